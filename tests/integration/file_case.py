# SPDX-License-Identifier: MIT
"""What tests of archives and SQLite files share: files of each kind, and the program serving them."""

import os
import re
import sqlite3
import tempfile
import unittest
import zipfile
from pathlib import Path

from served import Server, make_database, run

METADATA = '{"export_version": "main_0001", "aiida_version": "2.0.0"}'
NODES = "/api/v2/nodes"
FIRST = "17735b6b"  # the node with id 1


def write_archive(path: Path, *entries, compression=zipfile.ZIP_DEFLATED) -> Path:
    """Entries are pairs of a name or ZipInfo and content."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def peak_memory(server) -> int:
    """The most that the server has taken so far, in bytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()

    def database(self, *statements: str, name: str = "database.sqlite") -> Path:
        path = make_database(self.folder / name, "generation2")
        if statements:
            database = sqlite3.connect(path)
            for statement in statements:
                database.executescript(statement)
            database.commit()
            database.close()
        return path

    def with_attributes(self, document: str) -> Path:
        path = self.folder / "attributes.sqlite"
        path.unlink(missing_ok=True)
        database = sqlite3.connect(self.database(name=path.name))
        database.execute("UPDATE db_dbnode SET attributes = ? WHERE id = 1", (document,))
        database.commit()
        database.close()
        return path

    def archive(self, name: str = "served.aiida", *statements: str) -> Path:
        content = self.database(*statements, name="inside.sqlite").read_bytes()
        (self.folder / "inside.sqlite").unlink()
        return write_archive(self.folder / name, ("metadata.json", METADATA), ("db.sqlite3", content))

    def refused(self, path: Path, saying: str = ""):
        done = run(path, TMPDIR=str(self.temporary))
        self.check_refusal(done)
        self.assertRegex(done.stderr, saying)

    def check_refusal(self, done):
        self.assertEqual(2, done.returncode, done)
        self.assertEqual("", done.stdout)
        self.assertRegex(done.stderr, r"\Arestapi: [^\n\x00-\x1f\x7f]+\n\Z")
        self.assertEqual([], os.listdir(self.temporary))

    def serve(self, *arguments, **more):
        return Server(*arguments, TMPDIR=str(self.temporary), **more)

    def refused_or_served(self, path: Path) -> bool:
        """Whether it was served; everything asked for is then valid JSON, with 200 or an error of the database's."""
        try:
            server = self.serve(path, "--threads", "2")
        except RuntimeError as ended:
            self.assertRegex(str(ended), r"\Athe program ended: restapi: [^\n]+\n\Z")
            self.assertEqual([], os.listdir(self.temporary))
            return False
        with server:
            for target in (NODES, NODES + "?orderby=-label", f"{NODES}/{FIRST}/content/attributes", NODES + "/statistics",
                           "/api/v2/groups", "/api/v2/users"):
                answer = server.get(target)
                answer.json()
                self.assertIn(answer.status, (200, 400, 404, 500, 503), target)
            self.assertEqual(0, server.stop())
        self.assertEqual([], os.listdir(self.temporary))
        return True
