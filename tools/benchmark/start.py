# SPDX-License-Identifier: MIT
"""How long after it was started does restapi answer its first request?"""

import statistics
import time
from pathlib import Path

from .aims import span
from .page import megabytes, number, table, whole
from .session import Session
from .subjects import Subject, target

FIRST = Subject("list of 20", target("nodes", "limit=20"))
LIMIT = 0.3  # seconds that are aimed at; an archive that has to be unpacked first is no part of it


def measure_start(session: Session) -> str:
    database = session.database(session.start_nodes)
    sqlite, archive = session.sqlite(session.start_nodes), session.archive(session.start_nodes)
    sources: list[tuple[str, str | Path]] = [
        (f"PostgreSQL, {megabytes(session.cluster.size(database))}", session.cluster.uri(database)),
        (f"an unpacked archive (SQLite), {megabytes(sqlite.stat().st_size)}", sqlite),
        (f"the archive itself, {megabytes(archive.stat().st_size)}", archive),
    ]
    listening: dict[str, list[float]] = {name: [] for name, _ in sources}
    answered: dict[str, list[float]] = {name: [] for name, _ in sources}
    for _ in range(session.repetitions):
        for name, source in sources:
            session.say(f"start on {name}")
            begin = time.perf_counter()
            with session.programs.server(source) as server:
                listening[name].append(time.perf_counter() - begin)
                session.check_reply(f"start on {name}", FIRST, server.ask(FIRST.target))
                answered[name].append(time.perf_counter() - begin)
    session.came_to("start", ", ".join(
        f"{span([statistics.median(answered[name])], lambda seconds: seconds <= LIMIT)} s on {name}"
        for name, source in sources if source != archive))
    rows = [[name, number(statistics.median(listening[name])), number(statistics.median(answered[name]))]
            for name, _ in sources]
    return (f"{whole(session.start_nodes)} nodes. Seconds from the start of the program, files in the cache of the system; "
            f"median of {session.repetitions}. An archive is unpacked at each start.\n\n"
            + table(["source", "listening", f"first answer ({FIRST.name})"], rows))
