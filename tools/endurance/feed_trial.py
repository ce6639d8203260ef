# SPDX-License-Identifier: MIT
"""The live feed of one server: subscribers at each door, a writer, and a server that is killed again and again. In the
end every subscriber must have seen what is in the database, by way of what it was told. Meanwhile lists are read, and
compared with the database."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmark.page import number, table, whole
from benchmark.servers import Programs, Server

from .ledger import Ledger
from .list_reader import ListReader
from .log import check_log
from .seen import LABEL
from .subscribers import Subscriber, subscribers
from .trial import MARGIN, STOP_LIMIT, Pace, thread
from .wire import HOST
from .writer import TRUTH, Writer

EACH = 2  # subscribers at a door
OPTIONS = ("--threads", "2", "--feed-interval", "50", "--server-name", HOST)
SHOWN = 5  # differences of one subscriber
LONGEST = 20  # times the patience: so long all may take to catch up, though they go on
AGAIN = 0.2  # seconds between two tries to start
KILL, TERMINATE = "kill -9", "SIGTERM"


@dataclass
class FeedSubject:
    """`connect`: gives what asks the database for rows. It, and what it gives, may raise `writer.failures`."""

    name: str
    source: str | Path
    writer: Writer
    connect: Callable[[], Callable[[str], list]]


@dataclass
class FeedTrial:
    programs: Programs
    subject: FeedSubject
    folder: Path
    pace: Pace
    ledger: Ledger = field(init=False)
    listeners: list[Subscriber] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=lambda: {KILL: 0, TERMINATE: 0})
    starts: int = 0
    server: Server | None = None
    caught_up: float | None = None  # seconds from the last commit until all had seen all

    def __post_init__(self):
        self.ledger = Ledger(f"live feed, {self.subject.name}")
        self.patience = 4 * MARGIN * self.pace.slower
        self.reader = ListReader(self.ledger, self.subject.writer.dialect, lambda: self.server.port, self.subject.connect,
                                 self.subject.writer.failures)

    def run(self, stop: threading.Event) -> None:
        """For the time of the pace, or until `stop`."""
        try:
            # The database is broken by others meanwhile: whoever comes then is refused.
            self.ledger.open_window("", frozenset({503, 504}))
            with ExitStack() as servers:
                self.start(servers, stop)
                self.soak(servers, stop)
            for log in sorted(self.folder.glob(f"{self.ledger.name}.*.log")):
                check_log(log, self.ledger)
        except Exception as error:  # this is a thread of its own: the report says what ended it
            self.ledger.problem(f"the run itself failed: {error!r}")

    def start(self, servers: ExitStack, stop: threading.Event) -> None:
        """Another one. It does not begin without its database, which may be down."""
        end = time.monotonic() + self.patience
        while True:
            self.starts += 1
            log = self.folder / f"{self.ledger.name}.{self.starts}.log"
            try:
                self.server = servers.enter_context(self.programs.server(self.subject.source, *OPTIONS, log=log))
                return
            except RuntimeError:
                if time.monotonic() > end or stop.wait(AGAIN):
                    raise
                log.unlink()  # it says why, on its last line

    def soak(self, servers: ExitStack, stop: threading.Event) -> None:
        writing, listening = threading.Event(), threading.Event()
        self.listeners = subscribers(self.ledger, lambda: self.server.port, EACH, self.pace.seed, stays=writing)
        threads = [thread(listener.run, listening) for listener in self.listeners]
        for listener in self.listeners:
            if not listener.has_begun.wait(self.patience):
                self.ledger.problem(f"subscriber ({listener.door.name}): not admitted within {self.patience:.0f} s")
        writer, reader = thread(self.subject.writer.run, writing), thread(self.reader.run, writing)
        self.break_often(servers, stop)
        writing.set()
        writer.join()
        reader.join()
        if not stop.is_set():
            self.compare()
        listening.set()
        for each in threads:
            each.join()

    def break_often(self, servers: ExitStack, stop: threading.Event) -> None:
        chance = random.Random(self.pace.seed)
        end = time.monotonic() + self.pace.seconds
        while (left := end - time.monotonic()) > 0 and not self.ledger.has_enough():
            if stop.wait(min(left, 2 * chance.uniform(*self.pace.quiet))):
                return
            if self.server.process.poll() is not None:
                self.ledger.problem(f"the server ended by itself with {self.server.process.returncode}", is_cause=True)
                return
            how = chance.choice([KILL, KILL, TERMINATE])
            self.ends[how] += 1
            if how == KILL:
                self.server.process.kill()
                self.server.process.wait()
            elif (status := self.server.stop((STOP_LIMIT + MARGIN) * self.pace.slower)) != 0:
                self.ledger.problem(f"after SIGTERM the server ended with {status}")
            self.start(servers, stop)

    def compare(self) -> None:
        """As soon as all have caught up; or what they lack, when none has been told anything for long. Nothing is written
        any more, so what they are told is older: they lack less with each message, though not always another node."""
        begin = closer_at = time.monotonic()
        before = []
        while True:
            found = self.differences()
            now = time.monotonic()
            self.caught_up = now - begin
            if found is not None and not any(found.values()):
                return
            cursors = [listener.cursor for listener in self.listeners]
            if cursors != before:
                before, closer_at = cursors, now
            if now - closer_at > self.patience or now - begin > LONGEST * self.patience:
                break
            time.sleep(0.1)
        if found is None:
            self.ledger.problem("the database could not be asked for the truth")
        for listener, lacks in (found or {}).items():
            for difference in lacks[:SHOWN]:
                self.ledger.problem(f"subscriber ({self.listeners[listener].door.name}): {difference}")

    def differences(self) -> dict[int, list[str]] | None:
        try:
            rows = self.subject.connect()(TRUTH)
        except self.subject.writer.failures:
            return None
        truth = {uuid: int(LABEL.fullmatch(label)[1]) for uuid, label in rows}
        return {place: listener.differences(truth)
                for place, listener in enumerate(self.listeners)}


def report(trial: FeedTrial) -> str:
    rows = []
    for door in dict.fromkeys(listener.door.name for listener in trial.listeners):
        mine = [listener for listener in trial.listeners if listener.door.name == door]
        rows.append([door, str(len(mine)), whole(sum(listener.messages for listener in mine)),
                     whole(sum(listener.returns for listener in mine))])
    ends = ", ".join(f"{count} × {how}" for how, count in trial.ends.items())
    lists = f"{whole(trial.reader.compared)} lists were compared with the database meanwhile"
    if trial.reader.aged:
        lists += f", {whole(trial.reader.aged)} of them with an older total"
    return (f"## Live feed, {trial.subject.name}: {whole(trial.subject.writer.committed)} commits\n\n"
            + table(["subscribers at", "how many", "messages", "came back"], rows)
            + f"\nServer: {ends}. All had seen what is in the database {number(trial.caught_up)} s after the last commit. "
            f"{lists}.\n")
