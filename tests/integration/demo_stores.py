# SPDX-License-Identifier: MIT
"""The demonstration data, with its files, in each kind of store: an archive, an SQLite profile, a PostgreSQL profile."""

import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from container import Container, write_profile
from own_postgresql import OwnPostgreSql
from served import ROOT, Server

# Whom others point at comes first.
TABLES = ("db_dbuser", "db_dbcomputer", "db_dbgroup", "db_dbnode", "db_dbgroup_dbnodes", "db_dblink", "db_dbcomment", "db_dblog")


class DemoArchive:
    """`database`: the rows, for whoever wants to know them; `files`: hash → content."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.path = self.root / "demo.aiida"
        subprocess.run([sys.executable, "-B", ROOT / "tools" / "make_demo.py", self.path], check=True)
        with zipfile.ZipFile(self.path) as archive:
            archive.extract("db.sqlite3", self.root)
            self.files = {name.removeprefix("repo/"): archive.read(name) for name in archive.namelist()
                          if name.startswith("repo/") and not name.endswith("/")}
        self.database = sqlite3.connect(self.root / "db.sqlite3")

    def serve(self, *options: str) -> Server:
        return Server(self.path, *options)

    def stop(self):
        self.database.close()
        self.folder.cleanup()

    def fill(self, container: Path):
        """Half of the files loose, half of them packed."""
        made = Container(container)
        for number, content in enumerate(self.files.values()):
            made.add(content)
            if number == len(self.files) // 2:
                made.pack(compress=True)


class DemoSqliteProfile(DemoArchive):
    def serve(self, *options: str) -> Server:
        storage = self.root / "storage"
        self.fill(storage / "container")
        (storage / "database.sqlite").write_bytes((self.root / "db.sqlite3").read_bytes())
        write_profile(self.root, "core.sqlite_dos", {"filepath": str(storage)})
        return Server("main", *options, AIIDA_PATH=str(self.root))


class DemoPostgreSqlProfile(DemoArchive):
    def serve(self, *options: str) -> Server:
        self.server = OwnPostgreSql("aiida2")
        for table in reversed(TABLES):
            self.server.ask(f"DELETE FROM {table}")
        for table in TABLES:
            self.copy(table)
        self.fill(self.root / "repository" / "container")
        write_profile(self.root, "core.psql_dos",
                      {**self.server.keywords(), "repository_uri": (self.root / "repository").as_uri()})
        return Server("main", *options, AIIDA_PATH=str(self.root))

    def copy(self, table: str):
        rows = self.database.execute(f"SELECT * FROM {table}")
        columns = ", ".join(f'"{column[0]}"' for column in rows.description)

        def literal(value) -> str:
            return "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"

        values = ",\n".join("(" + ", ".join(map(literal, row)) + ")" for row in rows)
        self.server.run(f"SET TimeZone = 'UTC';\nINSERT INTO {table} ({columns}) VALUES {values};\n")

    def stop(self):
        self.server.__exit__()
        super().stop()
