"""Does the server grow? A great many requests of all kinds, of far more nodes than a cache holds."""

from pathlib import Path

from .load import wrk
from .page import megabytes, table, whole
from .session import Session
from .subjects import PREFIX, subjects, target

STEPS = 10  # lines of the table
SECONDS = 2  # of one run between two looks
LONGEST = 1200.0  # seconds for all of it
NODES = 50_000  # lists without a cache count their rows: on more, the time would go there
OTHERS = 4000  # nodes besides the usual requests


def write_targets(session: Session, database: str, path: Path) -> None:
    """One usual request in nine, statistics seldom, the others about single nodes spread over the table."""
    facts = session.facts(database)
    usual = [subject.target for subject in subjects(facts) if subject.status == 200 and subject.name != "statistics"]
    step = max(1, facts.nodes // OTHERS)
    uuids = [row[0] for row in session.cluster.rows(
        database, f"SELECT uuid FROM db_dbnode WHERE id % {step} = 0 ORDER BY id LIMIT {OTHERS}")]
    lines = []
    for position, uuid in enumerate(uuids):
        parts = ("", "/io/inputs", "/io/outputs", "/content/attributes", "/content/extras")
        lines.append(target(f"nodes/{uuid}{parts[position % len(parts)]}"))
        if position % 8 == 0:
            lines.append(usual[position // 8 % len(usual)])
    lines.append(PREFIX + "nodes/statistics")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure_memory(session: Session) -> str:
    database = session.database(min(session.nodes, NODES))
    targets = session.folder / "targets"
    write_targets(session, database, targets)
    counts, heads, columns = [session.requests * step // STEPS for step in range(STEPS + 1)], ["requests"], []
    for lane, options in session.programs.lanes().items():
        heads += [f"resident, {lane}"]
        column, done, seconds = [], 0, 0.0
        with session.programs.server(session.cluster.uri(database), *options) as server:
            while len(column) <= STEPS and seconds < LONGEST:
                while len(column) <= STEPS and done >= counts[len(column)]:
                    column.append(megabytes(server.memory()))
                run = wrk(server, "/", 8, 1 if session.quick else SECONDS, targets=targets)
                done, seconds = done + run.requests, seconds + run.seconds
                session.check_run(f"memory, {lane}", run)
                if run.requests == 0:
                    break
            peak = megabytes(server.peak_memory())
            session.say(f"memory, {lane}: {done} requests in {seconds:.0f} s, at most {peak}")
        columns.append(column + ["–"] * (STEPS + 1 - len(column)))
    rows = [[whole(count), *line] for count, line in zip(counts, zip(*columns))]
    return (f"Requests of all kinds to {whole(min(session.nodes, NODES))} nodes in PostgreSQL, 8 connections.\n\n"
            + table(heads, rows))
