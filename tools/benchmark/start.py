"""How long after it was started does restapi answer its first request?"""

import statistics
import time
from pathlib import Path

from .page import megabytes, number, table
from .session import Session
from .subjects import Subject, target

FIRST = Subject("list of 20", target("nodes", "limit=20"))


def measure_start(session: Session) -> str:
    database = session.database()
    sqlite, archive = session.sqlite(), session.archive()
    sources: list[tuple[str, str | Path]] = [
        (f"PostgreSQL, {megabytes(session.cluster.size(database))}", session.cluster.uri(database)),
        (f"SQLite file, {megabytes(sqlite.stat().st_size)}", sqlite),
        (f"archive of that file, {megabytes(archive.stat().st_size)}", archive),
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
    rows = [[name, number(statistics.median(listening[name])), number(statistics.median(answered[name]))]
            for name, _ in sources]
    return ("Seconds from the start of the program, files in the cache of the system; median of "
            f"{session.repetitions}. An archive is unpacked at each start.\n\n"
            + table(["source", "listening", f"first answer ({FIRST.name})"], rows))
