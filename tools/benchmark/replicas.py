# SPDX-License-Identifier: MIT
"""What a request costs each machine that has a part in it: Apache, restapi, PostgreSQL; and how many of them a service
of many machines needs. All on one machine here: CPU for each request is what can be carried over, throughput is not."""

import contextlib
import os
import statistics
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from .load import Run, settle, wrk
from .page import number, table, whole
from .processes import family_cpu_seconds
from .session import Session
from .subjects import Subject, subjects

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tests" / "deploy"))

from proxies import Balancer  # noqa: E402
from replicas import Standby, several  # noqa: E402

CONNECTIONS = 16
ASKED = ["list of 20", "type like, 20", "one day, 20", "node by uuid", "inputs", "attributes, 3 KB", "users", "statistics"]
THROUGHPUT = "inputs"
ENOUGH = 0.05  # seconds of CPU: five ticks of that clock
WISH = 100_000  # requests a second
GIGABIT = 117e6  # bytes a second of a wire with 1 Gbit/s, without what TCP/IP adds


class Front(Balancer):
    """Apache in front of the servers, as what wrk is pointed at."""

    def url(self, target: str) -> str:
        return f"http://127.0.0.1:{self.port}{target}"

    def cpu_seconds(self) -> float:
        return family_cpu_seconds(self.process.pid)


@dataclass
class Cost:
    """Microseconds of CPU for each request; nothing where that was too little for the clock of /proc."""

    apache: float | None
    restapi: float | None
    database: float | None


def measure_replicas(session: Session) -> str:
    database = session.database()
    session.cluster.configure(wal_level="replica", max_wal_senders="10", hot_standby="on")
    session.cluster.warm(database)
    try:
        with contextlib.ExitStack() as stack:
            standbys = [stack.enter_context(standby(session, name, database)) for name in ("one", "other")]
            return report(session, database, standbys)
    finally:
        session.cluster.configure()


@contextlib.contextmanager
def standby(session: Session, name: str, database: str):
    session.say(f"standby {name}")
    # PostgreSQL's own default: what a VACUUM of the primary removes does not interrupt statements.
    made = Standby(session.cluster.admin_uri, os.environ["RESTAPI_TEST_PGCTL"], name, max_standby_streaming_delay="30s")
    try:
        made.uri = made.uri.replace("/postgres?", f"/{database}?", 1)
        made.ask("SELECT sum(pg_prewarm(oid)) FROM pg_class WHERE relkind IN ('r', 'i') AND relname ~ 'db_db'")
        yield made
    finally:
        made.stop("fast")


def report(session: Session, database: str, standbys: list) -> str:
    wanted = [subject for subject in subjects(session.facts(database)) if subject.name in ASKED]
    if session.quick:
        wanted = wanted[-2:]
    primary = session.cluster.uri(database)
    standby_cpu = lambda: sum(family_cpu_seconds(one.postmaster()) for one in standbys)  # noqa: E731
    sizes: dict[str, int] = {}
    read = costs(session, "standbys", several(*(one.uri for one in standbys)), wanted, standby_cpu, sizes)
    remembered = costs(session, "primary", primary, wanted, session.cluster.cpu_seconds, sizes)
    rates = throughput(session, standbys, next((subject for subject in wanted if subject.name == THROUGHPUT), wanted[0]))
    head = f"{whole(session.nodes)} nodes, {CONNECTIONS} connections, Apache with balancer.conf, median of {session.repetitions}. "
    rows, capacity, cores = [], [], []
    for subject in wanted:
        one, two = read[subject.name], remembered[subject.name]
        rows.append([subject.name, whole(sizes[subject.name]), *map(number, (one.apache, one.restapi, one.database,
                                                                            two.apache, two.restapi, two.database))])
        capacity.append([subject.name, *(whole(1e6 / cost) if cost else "–" for cost in
                                         (one.apache, one.restapi, one.database, two.apache, two.restapi, two.database)),
                         whole(GIGABIT / sizes[subject.name])])
        cores.append([subject.name, *(number(cost and cost * WISH / 1e6) for cost in
                                      (one.apache, one.restapi, one.database, two.apache, two.restapi, two.database)),
                      number(WISH * sizes[subject.name] / GIGABIT)])
    parts = ["Apache", "restapi", "standby", "Apache, cached", "restapi, cached", "primary, cached"]
    return "\n".join([
        head + "CPU in µs for each request, of Apache, restapi and PostgreSQL: from standbys, where nothing is cached, and "
        "from the primary, where everything is. –: too little to be seen at so few requests.\n",
        table(["request", "bytes", *parts], rows),
        "Requests a second for each core of each, and what a wire of 1 Gbit/s carries.\n",
        table(["request", *parts, "1 Gbit/s"], capacity),
        f"Cores, and wires of 1 Gbit/s, for {whole(WISH)} requests a second.\n",
        table(["request", *parts, "1 Gbit/s"], cores),
        "Requests a second of all on this one machine, with so many restapi and standbys: they share its processors, so more "
        "of them do not make more.\n",
        rates])


def costs(session: Session, where: str, source: str, wanted: list[Subject], database_cpu: Callable[[], float],
          sizes: dict[str, int]) -> dict[str, Cost]:
    """One restapi behind Apache."""
    found: dict[str, list[Cost]] = {subject.name: [] for subject in wanted}
    with session.programs.server(source) as server, closing(Front([server.port])) as front:
        for repetition in range(session.repetitions):
            for subject in wanted:
                session.say(f"replicas, {where}, round {repetition + 1}: {subject.name}")
                reply = server.ask(subject.target)
                session.check_reply(where, subject, reply)
                sizes[subject.name] = reply.size
                clocks = (front.cpu_seconds, server.cpu_seconds, database_cpu)
                before = [clock() for clock in clocks]
                run = load(session, where, front, subject)
                settle(database_cpu)
                spent = [clock() - start for clock, start in zip(clocks, before)]
                found[subject.name].append(Cost(*(seconds * 1e6 / run.requests if seconds >= ENOUGH else None
                                                  for seconds in spent)))
    return {name: Cost(*(median(getattr(cost, part) for cost in all_of) for part in ("apache", "restapi", "database")))
            for name, all_of in found.items()}


def median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def throughput(session: Session, standbys: list, subject: Subject) -> str:
    counts = (1, 3) if session.quick else (1, 2, 3)
    heads = ["requests/s: " + subject.name, *(f"{count} restapi" for count in counts)]
    rows = []
    for used in range(1, len(standbys) + 1):
        row = [f"{used} standby" if used == 1 else f"{used} standbys"]
        for count in counts:
            with contextlib.ExitStack() as stack:
                # Each server begins with another standby, as chance would have it for many.
                orders = [[standbys[(number + place) % used].uri for place in range(used)] for number in range(count)]
                servers = [stack.enter_context(session.programs.server(several(*order, load_balance_hosts="disable")))
                           for order in orders]
                front = stack.enter_context(closing(Front([server.port for server in servers])))
                runs = [load(session, f"{count} restapi", front, subject) for _ in range(session.repetitions)]
                row.append(whole(statistics.median(run.rate for run in runs)))
        rows.append(row)
    return table(heads, rows)


def load(session: Session, where: str, front: Front, subject: Subject) -> Run:
    run = wrk(front, subject.target, CONNECTIONS, session.seconds, subject.status)
    session.check_run(f"{where}, {subject.name}", run)
    return run


@contextlib.contextmanager
def closing(front: Front):
    try:
        yield front
    finally:
        front.stop()
