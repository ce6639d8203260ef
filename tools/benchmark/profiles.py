# SPDX-License-Identifier: MIT
"""What does a further profile in the same process cost?"""

import shutil
import statistics
from pathlib import Path

from .archive import write_archive, write_sqlite
from .cluster import ADMIN
from .page import megabytes, number, table
from .servers import Server
from .session import Session
from .subjects import Subject, target

NODES = 3_000
ARCHIVES, DATABASES = 100, 20
ASKED = [Subject("list of 20", target("nodes", "limit=20")), Subject("statistics", target("nodes/statistics")),
         Subject("newest 20 by ctime", target("nodes", "orderby=-ctime&limit=20")), Subject("users", target("users"))]


def ask_all(session: Session, server: Server, names: list[str]) -> list[str]:
    """A row of the table: what the profiles take when all have been asked."""
    closed = server.memory()
    first = []
    for name in names:
        reply = server.ask(f"/{name}{ASKED[0].target}")
        session.check_reply(f"profile {name}", ASKED[0], reply)
        first.append(reply.seconds)
    opened = server.memory()
    again = []
    for name in names:
        for subject in ASKED:
            reply = server.ask(f"/{name}{subject.target}")
            session.check_reply(f"profile {name}", subject, reply)
        again.append(server.ask(f"/{name}{ASKED[0].target}").seconds)
    asked = server.memory()
    return [megabytes(closed), megabytes(opened), megabytes(asked), f"{(asked - closed) / len(names) / 1e6:.2f} MB",
            number(1000 * statistics.median(first)), number(1000 * statistics.median(again))]


def archives_in(session: Session, folder: Path, nodes: int, count: int) -> list[str]:
    folder.mkdir()
    database = folder.parent / "profile.sqlite3"
    write_sqlite(session.cluster, session.database(nodes), database)
    write_archive(database, folder / "p0.aiida")
    for index in range(1, count):
        shutil.copy(folder / "p0.aiida", folder / f"p{index}.aiida")  # one file, however named, is one profile
    return [f"p{index}" for index in range(count)]


def measure_profiles(session: Session) -> str:
    nodes, archives, databases = (500, 4, 2) if session.quick else (NODES, ARCHIVES, DATABASES)
    folder = session.folder / "profiles"
    names = archives_in(session, folder, nodes, archives)
    rows = []
    session.say(f"{archives} archives in one process")
    with session.programs.server(folder, "--max-open", str(archives)) as server:
        rows.append([f"{archives} archives", *ask_all(session, server, names)])
    options = []
    for index in range(databases):
        session.cluster.psql(ADMIN, "-c", f"CREATE DATABASE profile_{index} TEMPLATE {session.database(nodes)}")
        options += ["--profile", f"p{index}={session.cluster.uri(f'profile_{index}')}"]
    session.say(f"{databases} PostgreSQL databases in one process")
    with Server(session.programs.restapi, "-P", "0", *options) as server:
        rows.append([f"{databases} databases", *ask_all(session, server, [f"p{index}" for index in range(databases)])])
    return (f"One process, {nodes} nodes in each profile: its memory before any is open, when each has been asked once, "
            f"and five times more; what one profile takes of that (with the response cache); and the "
            f"medians of its first answer ({ASKED[0].name}: opening, for archives also unpacking) and of the same "
            "again. Each request has a connection of its own.\n\n"
            + table(["profiles", "closed", "opened", "asked", "for each", "first, ms", "again, ms"], rows))
