# SPDX-License-Identifier: MIT
"""Many subscribers: what they take while nothing happens, and what other requests notice of them while a lot does."""

import http.client
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from .aims import span
from .changes import Source, written
from .crowd import Crowd, raise_limits
from .doors import DOORS, PATIENCE, Door
from .load import percentile, settle, wrk
from .page import number, spread, table, whole
from .servers import Server
from .session import Session
from .subjects import Subject, subjects

MOST = 10_000  # subscribers
QUICK = 100
BATCHES, COMMITS = 10, 100  # a second: beside MOST, and beside FOLLOWERS
FOLLOWERS = 1_000
MEMORY_LIMIT = 4 * 1024  # bytes of one at rest
LATENCY_LIMIT = 20.0  # ms, p99 of other requests
RATE_LIMIT = 0.9
PAUSE = 0.005  # seconds between two requests of the one who watches
CONNECTIONS = 8
ASKED = ["node by uuid", "inputs", "attributes, 3 KB", "one day, 20"]
CROWDED = [door for door in DOORS if door.name != "content"]  # which is like rows
FOLLOWED = CROWDED[:2]
# Lasting connections have seven eighths of all.
ROOM = ("--max-subscribers", str(MOST), "--max-connections", str(MOST * 8 // 7 + 200))


def open_server(session: Session, source: Source) -> Server:
    return session.programs.server(source.served, *ROOM)


def wanted(session: Session) -> list[Subject]:
    found = [subject for subject in subjects(session.facts(session.database())) if subject.name in ASKED]
    return found[:1] if session.quick else found


# ---- At rest ----

def at_rest(session: Session, source: Source, count: int) -> str:
    rows, each = [], []
    for door in DOORS:
        session.say(f"{count} subscribers at rest: {door.name}")
        row = [door.name]
        for size in sorted({count // 10, count}):
            with open_server(session, source) as server:
                with Crowd(session.programs, server.port, 1, door):  # so that what one alone needs is there
                    settle(server.cpu_seconds)
                before = server.memory()
                with Crowd(session.programs, server.port, size, door):
                    settle(server.cpu_seconds)
                    taken = (server.memory() - before) / size
                    row.append(whole(taken))
        each.append(taken)
        rows.append(row)
    session.came_to("feed rest", f"{span([size / 1024 for size in each], lambda size: size * 1024 <= MEMORY_LIMIT)} KiB")
    return ("Bytes of the server's resident memory for each subscriber at rest.\n\n"
            + table(["door", *(f"{whole(size)} subscribers" for size in sorted({count // 10, count}))], rows))


# ---- Other requests beside them ----

@dataclass
class Watcher:
    """One client that asks now and then, on a thread of its own; latencies in milliseconds."""

    session: Session
    server: Server
    asked: list[Subject]
    latencies: list[float] = field(default_factory=list)

    @contextmanager
    def watching(self) -> Iterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=self._watch, args=[stop])
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _watch(self, stop: threading.Event) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        while not stop.wait(PAUSE):
            for subject in self.asked:
                begin = time.perf_counter()
                connection.request("GET", subject.target)
                response = connection.getresponse()
                response.read()
                self.latencies.append(1000 * (time.perf_counter() - begin))
                if response.status != subject.status:
                    self.session.problems.append(f"beside subscribers: {response.status} for {subject.target}")
        connection.close()

    def percentile(self, percent: int) -> float:
        return percentile(sorted(self.latencies), percent, 0)


@dataclass
class Beside:
    """What came of some seconds with batches."""

    p50: float
    p99: float
    messages: float = 0  # a second
    server: float = 0  # cores
    crowd: float = 0


def seconds_beside(session: Session) -> int:
    return 1 if session.quick else max(10, 5 * session.seconds)


def beside(session: Session, source: Source, server: Server, asked: list[Subject], count: int, door: Door) -> Beside:
    watcher = Watcher(session, server, asked)
    with Crowd(session.programs, server.port, count, door) as crowd:
        settle(server.cpu_seconds)
        before = crowd.heard()
        clocks = [crowd.cpu_seconds, server.cpu_seconds]
        begin, cpu = time.monotonic(), [clock() for clock in clocks]
        with written(source, BATCHES) as commits, watcher.watching():
            time.sleep(seconds_beside(session))
            elapsed = time.monotonic() - begin
            crowd_cpu, server_cpu = (clock() - first for clock, first in zip(clocks, cpu))
        told = commits()
        heard = crowd.heard_all(before.least + told)
    if heard.open != count or heard.least - before.least != told or heard.most - before.most != told:
        session.problems.append(f"{count} subscribers ({door.name}): {told} commits, {heard} after {before}")
    return Beside(watcher.percentile(50), watcher.percentile(99), count * told / elapsed, server_cpu / elapsed,
                  crowd_cpu / elapsed)


def with_batches(session: Session, source: Source, asked: list[Subject], count: int) -> str:
    rows, worst = [], []
    for door in CROWDED:
        with open_server(session, source) as server:
            for size in (1, count):
                session.say(f"{size} subscribers and {BATCHES} batches a second: {door.name}")
                found = [beside(session, source, server, asked, size, door) for _ in range(session.repetitions)]
                middle = {name: statistics.median(getattr(one, name) for one in found)
                          for name in ("p50", "p99", "messages", "server", "crowd")}
                if size == count:
                    worst.append(middle["p99"])
                rows.append([door.name, whole(size), number(middle["p50"]), spread([one.p99 for one in found]),
                             number(middle["messages"]), number(middle["server"]), number(middle["crowd"])])
    session.came_to("feed beside", f"{span(worst, lambda p99: p99 <= LATENCY_LIMIT)} ms beside {whole(count)}")
    return (f"{BATCHES} commits a second, each an update of one node that all subscribers are told of, and a client that "
            f"asks for {', '.join(subject.name for subject in asked)} every {PAUSE * 1000:.0f} ms: its latencies "
            "in milliseconds; messages to all subscribers a second; cores that the server and the subscribers' process "
            "take. Each subscriber has got every message.\n\n"
            + table(["door", "subscribers", "others' p50", "others' p99", "messages/s", "server", "subscribers' process"],
                    rows))


# ---- The rate of other requests ----

def rates(session: Session, sources: list[Source], asked: list[Subject], count: int) -> str:
    rows, worst = [], []
    for source in sources:
        for door in FOLLOWED:
            ratios: dict[str, list[float]] = {subject.name: [] for subject in asked}
            pairs: dict[str, list[tuple[float, float]]] = {name: [] for name in ratios}
            cores: list[float] = []
            with open_server(session, source) as server, written(source, COMMITS):
                idle = [cores_alone(session, server, size, door) for size in (0, count)]
                for repetition in range(session.repetitions):
                    for subject in asked:
                        session.say(f"rate beside {count} subscribers ({source.kind}, {door.name}), round "
                                    f"{repetition + 1}: {subject.name}")
                        found = [rate(session, server, subject, size, door, cores) for size in (0, count)]
                        pairs[subject.name].append(tuple(found))
                        if found[0]:
                            ratios[subject.name].append(found[1] / found[0])
            rows.append([source.kind, door.name, "none: the server's cores", *map(number, idle), "", ""])
            for name, each in ratios.items():
                worst += [statistics.median(each)] if each else []
                without, beside_them = (statistics.median(pair[place] for pair in pairs[name]) for place in (0, 1))
                rows.append([source.kind, door.name, name, number(without), number(beside_them), spread(each),
                             number(statistics.median(cores))])
    session.came_to("feed rate", f"{span(worst, lambda ratio: ratio >= RATE_LIMIT)} beside {whole(count)}")
    return (f"Requests a second over {CONNECTIONS} connections while {COMMITS} commits a second are made, without "
            f"subscribers and with {whole(count)}, in turn; cores that the subscribers' process takes.\n\n"
            + table(["source", "door", "request", "without", "with", "ratio", "subscribers' process"], rows, 3))


def cores_alone(session: Session, server: Server, count: int, door: Door) -> float:
    with Crowd(session.programs, server.port, count, door) if count else nullcontext():
        time.sleep(0.5)
        begin, before = time.monotonic(), server.cpu_seconds()
        time.sleep(seconds_beside(session) / 4)
        return (server.cpu_seconds() - before) / (time.monotonic() - begin)


def rate(session: Session, server: Server, subject: Subject, count: int, door: Door, cores: list[float]) -> float:
    with Crowd(session.programs, server.port, count, door) if count else nullcontext() as crowd:
        time.sleep(0.5)  # the first messages
        before = crowd.cpu_seconds() if crowd else 0
        run = wrk(server, subject.target, CONNECTIONS, session.seconds)
        if crowd:
            cores.append((crowd.cpu_seconds() - before) / run.seconds)
            if crowd.heard().open != count:
                session.problems.append(f"{count} subscribers ({door.name}): some have been closed")
    session.check_run(f"beside {count} subscribers: {subject.name}", run)
    return run.rate


def measure_subscribers(session: Session, sources: list[Source]) -> str:
    room = raise_limits()
    count = min(QUICK if session.quick else MOST, room)
    installed, asked = sources[0], wanted(session)
    parts = [at_rest(session, installed, count), with_batches(session, installed, asked, count),
             rates(session, sources, asked, min(FOLLOWERS, count))]
    return "\n".join(parts)
