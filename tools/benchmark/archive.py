# SPDX-License-Identifier: MIT
"""A database of the benchmark as an archive: every row copied from PostgreSQL into an SQLite file, and that zipped."""

import csv
import json
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

from .cluster import Cluster

SCHEMA = Path(__file__).resolve().parent.parent.parent / "sql" / "schema" / "sqlite_gen2.sql"
NULL = r"\N"
TIME = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"

# Table → its columns in the order of the SQLite schema.
TABLES = {
    "db_dbuser": "id, email, first_name, last_name, institution",
    "db_dbcomputer": "id, uuid, label, hostname, description, scheduler_type, transport_type, metadata",
    "db_dbgroup": f"id, uuid, label, type_string, {TIME.format('time')}, description, extras, user_id",
    "db_dbnode": f"id, uuid, node_type, process_type, label, description, {TIME.format('ctime')}, "
                 f"{TIME.format('mtime')}, attributes, extras, repository_metadata, dbcomputer_id, user_id",
    "db_dbgroup_dbnodes": "id, dbnode_id, dbgroup_id",
    "db_dblink": "id, input_id, output_id, label, type",
}

METADATA = {
    "export_version": "main_0001",
    "aiida_version": "2.6.3",
    "key_format": "sha256",
    "compression": 1,
    "ctime": "2024-03-01T08:00:00+00:00",
    "creation_parameters": {"entities_starting_set": None, "include_authinfos": False, "include_comments": True,
                            "include_logs": True, "graph_traversal_rules": {}},
}


def write_sqlite(cluster: Cluster, database: str, path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    connection.executescript(SCHEMA.read_text(encoding="utf-8"))
    for table, columns in TABLES.items():
        marks = ", ".join("?" * len(connection.execute(f"PRAGMA table_info({table})").fetchall()))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", copy_out(cluster, database, table, columns))
    connection.commit()
    connection.close()


def copy_out(cluster: Cluster, database: str, table: str, columns: str) -> Iterator[list[str | None]]:
    copy = f"COPY (SELECT {columns} FROM {table} ORDER BY id) TO STDOUT (FORMAT csv, NULL '{NULL}')"
    command = ["psql", "-X", "-q", "-c", copy, cluster.uri(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as psql:
        for row in csv.reader(psql.stdout):
            yield [None if cell == NULL else cell for cell in row]
    if psql.returncode != 0:
        raise RuntimeError(f"{table} could not be copied")


def write_archive(database: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps(METADATA), zipfile.ZIP_STORED)
        archive.write(database, "db.sqlite3", zipfile.ZIP_DEFLATED, METADATA["compression"])
        archive.writestr("repo/", b"")
