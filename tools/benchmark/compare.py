# SPDX-License-Identifier: MIT
"""The main table: each request against the floor of the database (pgbench with the same statements), the floor of the
network (the same HTTP server with a constant of the same size), restapi without and with its cache. All of them in
turn, so that a slow minute of the machine slows all alike."""

import contextlib
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from operator import attrgetter
from pathlib import Path

from .aims import resident, span
from .load import Run, long_enough, pgbench, settle, wrk
from .page import megabytes, number, spread, table, whole
from .servers import Server
from .session import Session
from .statements import Cost, costs, script
from .subjects import QUICK, Subject, subjects

DATABASE, NETWORK, COLD, WARM = "database", "network", "cold", "warm"
LETTERS = {DATABASE: "a database", NETWORK: "b network", COLD: "c cold", WARM: "d warm"}
LEGEND = ("a: pgbench with the statements of c (an error has none). b: the same HTTP server with a constant of the same "
          "size. c: restapi without a cache. d: restapi. c/(a+b): against both floors one after the other, "
          "1/(1/a + 1/b), the best that a client can get. In brackets the least and the greatest of the "
          "repetitions. –: too few answers for latencies.\n")
RATIOS = {  # aim → lane, floor, the least that is aimed at, kinds of subjects
    "cold lists": (COLD, DATABASE, 0.6, {"list"}),
    "cold node": (COLD, DATABASE, 0.6, {"node"}),
    "cold links": (COLD, DATABASE, 0.6, {"links"}),
    "cold attributes": (COLD, DATABASE, 0.6, {"attributes"}),
    "cold small": (COLD, DATABASE, 0.6, {"small"}),
    "warm": (WARM, NETWORK, 0.7, {"list", "node", "links", "attributes", "small", "statistics"}),
    "error": (WARM, NETWORK, 0.7, {"error"}),
}
STATISTICS_LIMIT = 1.0  # ms

SERVER_CPU, DATABASE_CPU = attrgetter("server_cpu"), attrgetter("database_cpu")

Measured = dict[tuple[str, int, str], list[Run]]  # subject, connections, lane → one run for each repetition


class Comparison:
    """One source (a database in the cluster, or an archive) and everything measured on it."""

    def __init__(self, session: Session, source: str | Path, database: str | None, wanted: list[Subject]):
        self.session = session
        self.source = source
        self.database = database  # name; None: an archive, where nothing but restapi runs the statements
        self.wanted = wanted
        self.lanes = session.programs.lanes()
        self.measured: Measured = defaultdict(list)
        self.size: dict[str, int] = {}
        self.alone: dict[tuple[str, str], float] = {}  # subject, lane → seconds of a single request
        self.peak: dict[str, int] = {}
        self.costs: dict[str, list[Cost]] = {}

    def measure(self) -> None:
        session = self.session
        for lane, options in self.lanes.items():
            session.say(f"statements of each request, {lane}")
            cluster = session.cluster if self.database else None
            self.costs[lane] = costs(session.programs, self.source, options, self.wanted, session.folder, cluster)
        with contextlib.ExitStack() as stack:
            servers = {lane: stack.enter_context(session.programs.server(self.source, *options))
                       for lane, options in self.lanes.items()}
            for lane, server in servers.items():
                self.probe(lane, server)
            for repetition in range(session.repetitions):
                for position, subject in enumerate(self.wanted):
                    session.say(f"round {repetition + 1}: {subject.name}")
                    self.measure_subject(position, subject, servers)
            self.peak = {lane: server.peak_memory() for lane, server in servers.items()}

    def probe(self, lane: str, server: Server) -> None:
        for subject in self.wanted:
            replies = [server.ask(subject.target) for _ in range(3)]
            self.session.check_reply(lane, subject, replies[-1])
            self.size[subject.name] = replies[-1].size
            self.alone[subject.name, lane] = min(reply.seconds for reply in replies)

    def measure_subject(self, position: int, subject: Subject, servers: dict[str, Server]) -> None:
        with self.session.programs.network(self.size[subject.name]) as floor:
            for connections in self.session.connections:
                for lane, server, run in self.runs(position, subject, servers, floor):
                    seconds = self.duration(subject, lane, connections)
                    done = self.run_alone(server, lambda run=run, seconds=seconds: run(connections, seconds))
                    self.session.check_run(f"{subject.name}, {lane}, {connections} connections", done)
                    self.measured[subject.name, connections, lane].append(done)

    def runs(self, position: int, subject: Subject, servers: dict[str, Server],
             floor: Server) -> Iterator[tuple[str, Server | None, Callable[[int, int], Run]]]:
        """Lane, its server, and what to call with connections and seconds."""
        statements = self.costs[COLD][position].statements
        if self.database and statements:
            path = self.session.folder / "statements.sql"
            text, variables = script(statements)
            path.write_text(text, encoding="utf-8")
            sampled = 1.0 if self.alone[subject.name, COLD] > 0.005 else 0.05
            uri = self.session.cluster.uri(self.database)
            yield DATABASE, None, lambda connections, seconds: pgbench(
                uri, path, variables, connections, seconds, sampled)
        yield NETWORK, floor, lambda connections, seconds: wrk(floor, subject.target, connections, seconds)
        for lane, server in servers.items():
            yield lane, server, lambda connections, seconds, server=server: wrk(
                server, subject.target, connections, seconds, subject.status)

    def duration(self, subject: Subject, lane: str, connections: int) -> int:
        """Of the floor of the network one request alone costs next to nothing, of the database's as much as cold."""
        alone = self.alone.get((subject.name, COLD if lane == DATABASE else lane), 0.0)
        return long_enough(self.session.seconds, alone, connections)

    def run_alone(self, server: Server | None, run: Callable[[], Run]) -> Run:
        """The run, with the CPU that it took; begins and ends when server and database have nothing to do."""
        def server_cpu() -> float:
            return server.cpu_seconds() if server else 0.0

        def database_cpu() -> float:
            return self.session.cluster.cpu_seconds() if self.database else 0.0

        before = server_cpu(), database_cpu()
        done = run()
        settle(lambda: server_cpu() + database_cpu())
        done.server_cpu, done.database_cpu = server_cpu() - before[0], database_cpu() - before[1]
        return done

    def median(self, subject: Subject, connections: int, lane: str, value: Callable[[Run], float]) -> float | None:
        runs = self.measured.get((subject.name, connections, lane))
        return statistics.median(value(run) for run in runs) if runs else None

    def ratios(self, subject: Subject, connections: int, lane: str, floor: str) -> list[float]:
        """Of one lane's rate to another's in the same round."""
        runs = self.measured.get((subject.name, connections, lane), [])
        floors = self.measured.get((subject.name, connections, floor), [])
        return [run.rate / floor.rate for run, floor in zip(runs, floors) if floor.rate]

    def ratios_in_series(self, subject: Subject, connections: int) -> list[float]:
        """The same of the cold lane to database and network one after the other."""
        runs, databases, networks = (self.measured.get((subject.name, connections, lane), [])
                                     for lane in (COLD, DATABASE, NETWORK))
        return [run.rate * (1 / database.rate + 1 / network.rate)
                for run, database, network in zip(runs, databases, networks) if database.rate and network.rate]

    def present(self) -> list[str]:
        return [lane for lane in (DATABASE, NETWORK, COLD, WARM) if any(key[2] == lane for key in self.measured)]

    def rates(self, connections: int) -> str:
        lanes = self.present()
        pairs = [(lane, floor) for lane, floor in ((COLD, DATABASE), (WARM, NETWORK)) if {lane, floor} <= set(lanes)]
        rows = []
        for subject in self.wanted:
            rows.append([subject.name]
                        + [number(self.median(subject, connections, lane, lambda run: run.rate)) for lane in lanes]
                        + [spread(self.ratios(subject, connections, *pair)) for pair in pairs]
                        + ([spread(self.ratios_in_series(subject, connections))] if self.database else []))
        return table(["requests/s"] + [LETTERS[lane] for lane in lanes]
                     + [f"{LETTERS[lane][0]}/{LETTERS[floor][0]}" for lane, floor in pairs]
                     + (["c/(a+b)"] if self.database else []), rows)

    def latencies(self, connections: int) -> str:
        lanes = self.present()
        rows = []
        for subject in self.wanted:
            row = [subject.name]
            for lane in lanes:
                row.append(self.percentiles(subject, connections, lane))
            rows.append(row)
        return table(["p50 / p99 in ms"] + [LETTERS[lane] for lane in lanes], rows)

    def percentiles(self, subject: Subject, connections: int, lane: str) -> str:
        answers = self.median(subject, connections, lane, lambda run: run.requests) or 0
        if answers < (1 if lane == DATABASE else 2) * connections:  # pgbench waits for all of them, wrk does not
            return "–"
        return " / ".join(number(self.median(subject, connections, lane, value))
                          for value in (lambda run: run.p50, lambda run: run.p99))

    def cost_table(self, connections: int) -> str:
        servers = [lane for lane in self.present() if lane != DATABASE]
        databases = [lane for lane in self.present() if lane != NETWORK] if self.database else []
        heads = (["one request", "bytes"] + [f"statements {LETTERS[lane][0]}" for lane in self.lanes]
                 + [f"server {LETTERS[lane][0]}" for lane in servers]
                 + [f"database {LETTERS[lane][0]}" for lane in databases])
        rows = []
        for position, subject in enumerate(self.wanted):
            rows.append([subject.name, whole(self.size[subject.name])]
                        + [str(self.costs[lane][position].seen) for lane in self.lanes]
                        + [self.microseconds(subject, connections, lane, SERVER_CPU) for lane in servers]
                        + [self.microseconds(subject, connections, lane, DATABASE_CPU) for lane in databases])
        return table(heads, rows)

    def microseconds(self, subject: Subject, connections: int, lane: str, cpu: Callable[[Run], float]) -> str:
        return number(self.median(subject, connections, lane,
                                  lambda run: 1e6 * cpu(run) / run.requests))

    def reached(self, aim: str) -> str:
        """From the worst to the best of an aim's subjects, for each number of connections; empty without subjects."""
        lane, floor, least, kinds = RATIOS[aim]
        wanted = [subject for subject in self.wanted if subject.kind in kinds]
        parts = []
        for connections in self.session.connections if wanted else ():
            ratios = [self.ratios(subject, connections, lane, floor) for subject in wanted]
            medians = [statistics.median(each) for each in ratios if each]
            parts.append(f"{span(medians, lambda ratio: ratio >= least)} at "
                         + (str(connections) if parts else clients(connections)))
        return ", ".join(parts)

    def statements(self, kinds: set[str]) -> list[int]:
        """How many a cold request of these kinds took, each number once."""
        return sorted({cost.seen for cost, subject in zip(self.costs[COLD], self.wanted) if subject.kind in kinds})

    def report(self) -> str:
        parts = [LEGEND]
        for connections in self.session.connections:
            parts.append(f"**{clients(connections)}**\n\n{self.rates(connections)}\n{self.latencies(connections)}")
        middle = self.session.connections[len(self.session.connections) // 2]
        parts.append(f"**What a request costs**: CPU of server and of database in µs at {clients(middle)}, "
                     "statements that the database saw\n\n"
                     + self.cost_table(middle))
        parts.append("Peak memory of the server: "
                     + ", ".join(f"{megabytes(peak)} {lane}" for lane, peak in self.peak.items()) + ".\n")
        return "\n".join(parts)


def clients(connections: int) -> str:
    return f"{connections} connection" + ("s" if connections > 1 else "")


def wanted(session: Session, database: str) -> list[Subject]:
    every = subjects(session.facts(database))
    return [subject for subject in every if subject.name in QUICK] if session.quick else every


def tell_statistics(comparison: Comparison, subject: Subject, position: int) -> None:
    session, first = comparison.session, comparison.session.connections[0]
    if first == 1 and WARM in comparison.lanes:
        warm = comparison.median(subject, first, WARM, lambda run: run.p50)
        session.came_to("statistics warm", f"{span([warm], lambda time: time < STATISTICS_LIMIT)} ms, "
                        f"{whole(session.nodes)} nodes")
    statements = comparison.costs[COLD][position].statements
    passes = session.cluster.scans(comparison.database, *script(statements), "db_dbnode")
    rate = comparison.median(subject, first, COLD, lambda run: run.rate)
    session.came_to("statistics cold", f"{span([passes], lambda count: count == 1)} in "
                    f"{len(statements)} statement{'s' if len(statements) > 1 else ''}, {number(1000 / rate)} ms, "
                    f"{whole(session.nodes)} nodes")


def compare_postgresql(session: Session) -> str:
    database = session.database()
    comparison = Comparison(session, session.cluster.uri(database), database, wanted(session, database))
    comparison.measure()
    for aim in RATIOS:
        session.came_to(aim, comparison.reached(aim))
    lists, single = comparison.statements({"list"}), comparison.statements({"node", "links", "attributes"})
    session.came_to("statements", f"{span(lists, lambda count: count in (1, 2))} and "
                    f"{span(single, lambda count: count == 1)}")
    session.came_to("memory requests", resident(comparison.peak))
    for position, subject in enumerate(comparison.wanted):
        if subject.kind == "statistics":
            tell_statistics(comparison, subject, position)
    return (f"{whole(session.nodes)} nodes in PostgreSQL ({megabytes(session.cluster.size(database))}), median of "
            f"{session.repetitions}.\n\n" + comparison.report())


def compare_archive(session: Session) -> str:
    database = session.database()
    archive = session.archive()
    comparison = Comparison(session, archive, None, wanted(session, database))
    comparison.measure()
    session.came_to("warm archive", comparison.reached("warm"))
    session.came_to("memory archive", resident(comparison.peak))
    unpacked = megabytes(session.sqlite().stat().st_size)
    return (f"{whole(session.nodes)} nodes in an archive ({unpacked} unpacked), median of {session.repetitions}.\n\n"
            + comparison.report())
