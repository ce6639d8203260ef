# SPDX-License-Identifier: MIT
"""One server under everything at once: clients of all kinds, faults, and eyes on what it holds."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmark.servers import Programs, Server
from benchmark.subjects import Facts

from . import wire
from .clients import Visitor, visit_until
from .faults import Fault, Victim
from .judge import Judge
from .ledger import Ledger
from .log import check_log
from .prober import Prober
from .reference import Reference
from .schedule import break_until
from .slowloris import dribble_until
from .targets import fixed_targets, fresh_targets, large_target
from .watch import Watch

STATEMENT_TIMEOUT = 2  # seconds; low, so that faults reach it
THREADS = 4
# Counting takes long while the database is broken: totals that are older than their rows would be right.
# The judge of browsers' answers reads JSON.
COMMON = ("--threads", str(THREADS), "--server-name", wire.HOST, "--total-age", "exact", "--no-pages")
OPTIONS = (*COMMON, "--statement-timeout", str(STATEMENT_TIMEOUT), "--cache", str(4 * 2**20))

# A statement may be tried twice, behind a fault that lasts; what is added is for a machine that does other things too.
MARGIN = 15.0

STOP_LIMIT = 5.0 + STATEMENT_TIMEOUT  # seconds: what is under way is finished, a statement waited for
LAST_QUIET = 2.0  # seconds of traffic after the last fault
FINAL_REQUESTS = 100  # before the server is stopped among them


@dataclass
class Subject:
    """What is soaked. `kept`: descriptors that one connection to the database holds."""

    name: str
    source: str | Path
    faults: tuple[Fault, ...]
    clients: int
    kept: int
    victim: Callable[[int], Victim]
    count_sessions: Callable[[], int | None] = lambda: None


@dataclass
class Pace:
    seconds: float
    quiet: tuple[float, float]  # seconds between two faults
    slower: int  # how many times a sanitizer makes everything slower; 1: there is none
    seed: int


@dataclass
class Trial:
    programs: Programs
    subject: Subject
    facts: Facts
    folder: Path
    pace: Pace
    ledger: Ledger = field(init=False)
    watch: Watch | None = None
    rest: tuple[int, int] | None = None  # descriptors and threads when all clients had left
    stop_seconds: float | None = None

    def __post_init__(self):
        self.ledger = Ledger(self.subject.name)
        longest = max(fault.seconds[1] for fault in self.subject.faults)
        self.patience = (2 * STATEMENT_TIMEOUT + longest + MARGIN) * self.pace.slower

    def run(self, stop: threading.Event) -> None:
        """For the time of the pace, or until `stop`."""
        try:
            fixed, reference = self.learn()
            log = self.folder / f"{self.subject.name}.log"
            with self.programs.server(self.subject.source, *OPTIONS, log=log) as server:
                self.soak(server, fixed, reference, stop)
            check_log(log, self.ledger)
        except Exception as error:  # this is a thread of its own: the report says what ended it
            self.ledger.problem(f"the run itself failed: {error!r}")

    def learn(self) -> tuple[list[str], Reference]:
        log = self.folder / f"{self.subject.name}.reference.log"
        quiet = (*COMMON, "--cache", "0")
        with self.programs.server(self.subject.source, *quiet, log=log) as server:
            reference = Reference(server.port, self.patience)
            fixed = fixed_targets(self.facts, reference.ask)
            reference.learn([*fixed, *fresh_targets(self.facts), large_target()])
        missing = {200, 400, 404} - {right.status for right in reference.answers.values()}
        if missing:
            raise RuntimeError(f"no target is answered with {missing}")
        return fixed, reference

    def soak(self, server: Server, fixed: list[str], reference: Reference, stop: threading.Event) -> None:
        judge, process = Judge(self.ledger, reference), server.process.pid
        fresh = fresh_targets(self.facts)
        self.watch = Watch(process, self.ledger, THREADS, self.subject.count_sessions)
        prober = Prober(judge, fresh[0], server.port, self.patience)
        visitors = [Visitor(judge, server.port, self.patience, random.Random(f"{self.pace.seed} {number}"), fixed,
                            fresh, large_target()) for number in range(self.subject.clients)]
        mended, leaving, ended = threading.Event(), threading.Event(), threading.Event()
        faults = thread(break_until, mended, self.subject.faults, self.subject.victim(process), self.ledger, prober,
                        self.pace.seed, self.pace.quiet)
        eyes = thread(self.watch.run, ended)
        traffic = [thread(visit_until, ended, leaving, visitor) for visitor in visitors]
        traffic += [thread(dribble_until, ended, self.ledger, server.port, self.patience), thread(prober.run, ended)]
        self.wait(self.pace.seconds - LAST_QUIET, server, stop)
        mended.set()
        faults.join()
        self.wait(LAST_QUIET, server, stop)
        ended.set()
        for each in (eyes, *traffic):
            each.join()
        if server.process.poll() is not None:
            self.ledger.problem(f"the server ended by itself with {server.process.returncode}", is_cause=True)
            return
        if self.pace.slower == 1:
            self.watch.check_growth()
        self.rest = self.watch.wait_for_rest(self.subject.kept * (THREADS + 1), self.patience)
        self.stop_among_requests(server, visitors, leaving)

    def wait(self, seconds: float, server: Server, stop: threading.Event) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and server.process.poll() is None and not self.ledger.has_enough():
            if stop.wait(0.1):
                return

    def stop_among_requests(self, server: Server, visitors: list[Visitor], leaving: threading.Event) -> None:
        """SIGTERM under load: what is answered must still be right, and the end must be quick and clean."""
        leaving.set()
        ended = threading.Event()
        before, end = self.ledger.requests(), time.monotonic() + self.patience
        traffic = [thread(visit_until, ended, leaving, visitor) for visitor in visitors]
        while self.ledger.requests() < before + FINAL_REQUESTS and time.monotonic() < end:
            time.sleep(0.01)
        begin = time.monotonic()
        status = server.stop((STOP_LIMIT + MARGIN) * self.pace.slower)
        self.stop_seconds = time.monotonic() - begin
        ended.set()
        for each in traffic:
            each.join()
        if status != 0:
            what = "had to be killed" if status is None else f"ended with {status}"
            self.ledger.problem(f"after SIGTERM the server {what} ({self.stop_seconds:.1f} s)")


def thread(function: Callable, *arguments: object) -> threading.Thread:
    started = threading.Thread(target=function, args=arguments, daemon=True)
    started.start()
    return started
