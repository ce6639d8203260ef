# SPDX-License-Identifier: MIT
"""Does the server grow? A great many requests of all kinds, of far more nodes than a cache holds."""

from pathlib import Path

from .aims import resident
from .load import wrk
from .page import megabytes, table, whole
from .servers import Server
from .session import Session
from .subjects import Subject, growing, subjects, target

STEPS = 10  # lines of the table
SECONDS = 2  # of one run between two looks
LONGEST = 1200.0  # seconds for all of it
NODES = 50_000  # lists without a cache count their rows: on more, the time would go there
OTHERS = 4000  # nodes besides the usual requests
CONNECTIONS = 64
PARTS = ("", "/io/inputs", "/io/outputs", "/content/attributes", "/content/extras")


def write_targets(session: Session, database: str, usual: list[Subject], path: Path) -> None:
    """One usual request in nine, statistics once, the others about single nodes spread over the table; every other one
    asks for gzip."""
    step = max(1, session.facts(database).nodes // OTHERS)
    uuids = [row[0] for row in session.cluster.rows(
        database, f"SELECT uuid FROM db_dbnode WHERE id % {step} = 0 ORDER BY id LIMIT {OTHERS}")]
    often = [subject.target for subject in usual if subject.kind != "statistics"]
    lines = [subject.target for subject in usual if subject.kind == "statistics"]
    for position, uuid in enumerate(uuids):
        lines.append(target(f"nodes/{uuid}{PARTS[position % len(PARTS)]}"))
        if position % 8 == 0:
            lines.append(often[position // 8 % len(often)])
    path.write_text("".join(f"{line}{' gzip' if position % 2 else ''}\n" for position, line in enumerate(lines)),
                    encoding="utf-8")


def fill(session: Session, server: Server, lane: str, targets: Path) -> list[int]:
    """Resident bytes at the beginning and after each step."""
    counts = [session.requests * step // STEPS for step in range(STEPS + 1)]
    found, done, seconds = [], 0, 0.0
    while len(found) <= STEPS and seconds < LONGEST:
        while len(found) <= STEPS and done >= counts[len(found)]:
            found.append(server.memory())
        run = wrk(server, "/", CONNECTIONS, 1 if session.quick else SECONDS, None, targets)
        done, seconds = done + run.requests, seconds + run.seconds
        session.check_run(f"memory, {lane}", run)
        if run.requests == 0:
            break
    session.say(f"memory, {lane}: {done} requests in {seconds:.0f} s")
    return found


def measure_memory(session: Session) -> str:
    nodes = min(session.nodes, NODES)
    database = session.database(nodes)
    facts, targets = session.facts(database), session.folder / "targets"
    usual = [*subjects(facts), *growing(facts)]
    write_targets(session, database, usual, targets)
    columns: dict[str, list[int]] = {}
    peaks: dict[str, int] = {}
    for lane, options in session.programs.lanes().items():
        with session.programs.server(session.cluster.uri(database), *options) as server:
            columns[lane] = fill(session, server, lane, targets)
            for subject in usual:
                session.check_reply(f"memory, {lane}", subject, server.ask(subject.target))
            peaks[lane] = server.peak_memory()
    session.came_to("memory", resident(peaks))
    first, last = whole(session.requests // STEPS), whole(session.requests)
    session.came_to("growth", ", ".join(
        f"{lane} from {megabytes(column[1])} after {first} to {megabytes(column[-1])} after {last}"
        for lane, column in columns.items() if len(column) > STEPS))
    rows = [[whole(session.requests * step // STEPS)]
            + [megabytes(column[step]) if step < len(column) else "–" for column in columns.values()]
            for step in range(STEPS + 1)]
    rows.append(["at most (`VmHWM`)", *map(megabytes, peaks.values())])
    return (f"Requests of all kinds, errors included, half of them with gzip, to {whole(nodes)} nodes in PostgreSQL, "
            f"{CONNECTIONS} connections.\n\n" + table(["requests", *(f"resident, {lane}" for lane in columns)], rows))
