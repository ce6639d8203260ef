# SPDX-License-Identifier: MIT
"""Databases that are written to while the live feed tells of it, and who writes: one small commit after another."""

import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .cluster import ADMIN, Cluster
from .postgresql import Session as Connection
from .servers import Programs
from .session import Session

INSTALLED, FOLLOWING = "installed", "following"
OWNER = "restapi"
WRITTEN = 1000  # nodes that are updated in turn
NOW = {"PostgreSQL": "now()", "SQLite": "strftime('%Y-%m-%d %H:%M:%f', 'now')"}
NEW_UUID = {"PostgreSQL": "gen_random_uuid()",
            "SQLite": " || '-' || ".join(f"lower(hex(randomblob({size})))" for size in (4, 2, 2, 2, 6))}
SEQUENCES = ("db_dbnode", "db_dblink")


@dataclass(frozen=True)
class Source:
    """`connect`: gives what runs a statement and commits it. `nodes`: how many there are."""

    name: str
    kind: str  # INSTALLED, FOLLOWING
    nodes: int
    served: str | Path
    connect: Callable[[], Callable[[str], object]]


def setup(programs: Programs, dialect: str, what: str = "setup") -> str:
    """Or the `removal`."""
    return subprocess.run([programs.restapi, f"--print-feed-{what}", dialect], text=True, check=True,
                          stdout=subprocess.PIPE).stdout


def copy_postgresql(programs: Programs, cluster: Cluster, database: str, kind: str, name: str = "") -> str:
    """Name of a copy of the database that may be written to."""
    name = name or f"feed_{kind}"
    cluster.psql(ADMIN, "-c", f"CREATE DATABASE {name} TEMPLATE {database}")
    for table in SEQUENCES:
        cluster.psql(name, "-c", f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
    if kind == INSTALLED:
        cluster.psql(name, "-f", "-", text=setup(programs, "postgresql"))
    return name


def copy_sqlite(programs: Programs, file: Path, path: Path, kind: str) -> None:
    shutil.copy(file, path)
    if kind == INSTALLED:
        subprocess.run(["sqlite3", "-bail", path], input=setup(programs, "sqlite"), text=True, check=True,
                       stdout=subprocess.DEVNULL)


def write_to_postgresql(uri: str) -> Callable[[str], object]:
    return Connection(uri, OWNER).run


def write_to_sqlite(path: Path) -> Callable[[str], object]:
    return sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False).execute


def on_postgresql(session: Session, kind: str) -> Source:
    name = copy_postgresql(session.programs, session.cluster, session.database(), kind)
    session.cluster.warm(name)
    uri = session.cluster.uri(name)
    return Source("PostgreSQL", kind, session.nodes, uri, lambda: write_to_postgresql(uri))


def on_sqlite(session: Session, kind: str, nodes: int) -> Source:
    path = session.folder / f"feed_{kind}_{nodes}.sqlite"
    copy_sqlite(session.programs, session.sqlite(nodes), path, kind)
    return Source("SQLite", kind, nodes, path, lambda: write_to_sqlite(path))


def label(number: int) -> str:
    """By which a change is recognised in what is told of it."""
    return f"change {number:06}"


def update(number: int, source: Source) -> str:
    """Of one of WRITTEN nodes."""
    # Ids that are multiples of 100 are missing.
    node = 1 + number % WRITTEN + number % WRITTEN // 99
    return f"UPDATE db_dbnode SET label = '{label(number)}', mtime = {NOW[source.name]} WHERE id = {node}"


def insert(number: int, source: Source) -> str:
    """A copy of the first node."""
    return ("INSERT INTO db_dbnode (uuid, node_type, process_type, label, description, ctime, mtime, attributes, extras, "
            f"repository_metadata, dbcomputer_id, user_id) SELECT {NEW_UUID[source.name]}, node_type, process_type, "
            f"'{label(number)}', description, {NOW[source.name]}, {NOW[source.name]}, attributes, extras, "
            "repository_metadata, dbcomputer_id, user_id FROM db_dbnode WHERE id = 1")


@contextmanager
def written(source: Source, rate: int) -> Iterator[Callable[[], int]]:
    """So many commits a second, while the block lasts; how many there have been."""
    stop, done = threading.Event(), [0]
    run = source.connect()

    def write() -> None:
        begin = time.monotonic()
        while not stop.wait(max(0.0, begin + done[0] / rate - time.monotonic())):
            run(update(done[0], source))
            done[0] += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield lambda: done[0]
    finally:
        stop.set()
        thread.join()
