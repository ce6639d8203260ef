# SPDX-License-Identifier: MIT
"""What is left of the rate of lists while somebody writes: to another database of the same PostgreSQL server, or to the
nodes themselves; with the live feed's setup in the database and without; and on a hot standby that nobody writes to."""

import os
import statistics
from contextlib import nullcontext

from .aims import span
from .changes import FOLLOWING, INSTALLED, Source, copy_postgresql, setup, write_to_postgresql, written
from .load import long_enough, wrk
from .page import number, spread, table, whole
from .replicas import standby
from .session import Session
from .subjects import Subject, growing, target

COMMITS = 100  # a second
CONNECTIONS = 8
ELSEWHERE_NODES = 5_000  # of the other database
IDLE, ELSEWHERE, NODES = "nobody", "another database", "the nodes"
LISTS = ("list of 20",)
FILTERED = ("type like, 20", "state, 20")
RATES = {(INSTALLED, ELSEWHERE): 0.8, (FOLLOWING, ELSEWHERE): 0.3, (INSTALLED, NODES): 0.3, (FOLLOWING, NODES): 0.1}
STANDBY_RATE = 0.8
LIST_P50, FILTERED_P50 = 5.0, 10.0  # ms
AIMS = {(INSTALLED, ELSEWHERE): "writers elsewhere", (FOLLOWING, ELSEWHERE): "writers elsewhere, no setup",
        (INSTALLED, NODES): "writers here", (FOLLOWING, NODES): "writers here, no setup"}


def asked(session: Session, database: str) -> list[Subject]:
    found = {subject.name: subject for subject in growing(session.facts(database))}
    found["state, 20"] = Subject("state, 20", target("nodes", 'state="finished"&limit=20'))
    return [found[name] for name in (LISTS if session.quick else (*LISTS, *FILTERED))]


class Found:
    """Of one request: rates and p50 (ms) of each round, by who writes where."""

    def __init__(self):
        self.rates: dict[str, list[float]] = {}
        self.p50: dict[str, list[float]] = {}

    def add(self, where: str, rate: float, p50: float) -> None:
        self.rates.setdefault(where, []).append(rate)
        self.p50.setdefault(where, []).append(p50)

    def ratios(self, where: str) -> list[float]:
        return [rate / idle for rate, idle in zip(self.rates[where], self.rates[IDLE]) if idle]


def measure(session: Session, source: Source, subjects: list[Subject], elsewhere: Source) -> dict[str, Found]:
    found = {subject.name: Found() for subject in subjects}
    with session.programs.server(source.served) as server:
        for repetition in range(session.repetitions):
            for subject in subjects:
                session.say(f"writers, {whole(source.nodes)} nodes, {source.kind}, round {repetition + 1}: {subject.name}")
                for where, writes_to in ((IDLE, None), (ELSEWHERE, elsewhere), (NODES, source)):
                    with written(writes_to, COMMITS) if writes_to else nullcontext():
                        alone = server.ask(subject.target)
                        seconds = long_enough(session.seconds, alone.seconds, CONNECTIONS)
                        run = wrk(server, subject.target, CONNECTIONS, seconds)
                    session.check_reply("beside writers", subject, alone)
                    session.check_run(f"beside writers: {subject.name}", run)
                    found[subject.name].add(where, run.rate, run.p50)
    return found


def rows_of(source: Source, found: dict[str, Found]) -> list[list[str]]:
    rows = []
    for name, one in found.items():
        for where in (ELSEWHERE, NODES):
            rows.append([whole(source.nodes), source.kind, name, where, number(statistics.median(one.rates[IDLE])),
                         number(statistics.median(one.rates[where])), spread(one.ratios(where)),
                         number(statistics.median(one.p50[where]))])
    return rows


def sources(session: Session, nodes: int):
    """The same database without the setup, and then with it."""
    name = copy_postgresql(session.programs, session.cluster, session.database(nodes), FOLLOWING, f"written_{nodes}")
    session.cluster.warm(name)
    uri = session.cluster.uri(name)
    for kind in (FOLLOWING, INSTALLED):
        if kind == INSTALLED:
            session.cluster.psql(name, "-f", "-", text=setup(session.programs, "postgresql"))
        yield Source("PostgreSQL", kind, nodes, uri, lambda: write_to_postgresql(uri))


def on_standby(session: Session, source: Source, subject: Subject) -> list[float]:
    """The standby's rate over the primary's, in turn."""
    database = source.served.split("?")[0].rsplit("/", 1)[1]
    with standby(session, "written", database) as made, session.programs.server(made.uri) as there, \
            session.programs.server(source.served) as here:
        ratios = []
        for server in (here, there):
            session.check_reply("on a standby", subject, server.ask(subject.target))  # counted once
        for _ in range(session.repetitions):
            runs = [wrk(server, subject.target, CONNECTIONS, session.seconds) for server in (here, there)]
            for run in runs:
                session.check_run("on a standby", run)
            if runs[0].rate:
                ratios.append(runs[1].rate / runs[0].rate)
        return ratios


def measure_beside_writers(session: Session) -> str:
    session.cluster.configure(autovacuum="on", wal_level="replica", max_wal_senders="10", hot_standby="on")
    try:
        small = min(ELSEWHERE_NODES, session.nodes)
        name = copy_postgresql(session.programs, session.cluster, session.database(small), FOLLOWING, "elsewhere")
        uri = session.cluster.uri(name)
        elsewhere = Source("PostgreSQL", FOLLOWING, small, uri, lambda: write_to_postgresql(uri))
        rows: list[list[str]] = []
        ratios: dict[tuple[str, str], list[float]] = {key: [] for key in RATES}
        p50_lists: list[float] = []
        p50_filtered: list[float] = []
        on_standbys: list[float] = []
        for nodes in sorted({session.nodes, max(session.sizes)}):
            subjects = asked(session, session.database(nodes))
            for source in sources(session, nodes):
                found = measure(session, source, subjects, elsewhere)
                rows += rows_of(source, found)
                for where in (ELSEWHERE, NODES):
                    ratios[source.kind, where] += [statistics.median(found[name].ratios(where)) for name in LISTS]
                    p50_lists += [statistics.median(found[name].p50[where]) for name in LISTS]
                if source.kind == INSTALLED:
                    p50_filtered += [statistics.median(found[name].p50[NODES]) for name in FILTERED if name in found]
                    if nodes == session.nodes:
                        on_standbys = on_standby(session, source, subjects[0])
    finally:
        session.cluster.configure()
    for key, least in RATES.items():
        session.came_to(AIMS[key], span(ratios[key], lambda ratio, least=least: ratio >= least))
    session.came_to("writers p50", f"{span(p50_lists, lambda p50: p50 < LIST_P50)} ms")
    if p50_filtered:
        session.came_to("writers filtered", f"{span(p50_filtered, lambda p50: p50 < FILTERED_P50)} ms")
    session.came_to("writers standby", span(on_standbys[:1] and [statistics.median(on_standbys)],
                                            lambda ratio: ratio >= STANDBY_RATE))
    return (f"Requests a second over {CONNECTIONS} connections while nobody writes, and while {COMMITS} commits a second are "
            f"made, each an update of one node, to another database of the server or to the nodes themselves; in turn, "
            f"median of {session.repetitions}; milliseconds. With the setup of the live feed in the database (installed) and "
            "without (following).\n\n"
            + table(["nodes", "source", "request", "who is written to", "idle", "beside", "ratio", "p50"], rows, 4)
            + f"\nA hot standby, with the setup, while nobody writes: {spread(on_standbys)} of the primary's rate "
            f"(list of 20, {whole(session.nodes)} nodes).\n")
