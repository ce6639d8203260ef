# SPDX-License-Identifier: MIT
"""What is broken on purpose. A fault is a context manager that breaks something and mends it, and a row of a table: for
how long, which refusals are forgiven meanwhile, and which of them must be seen, since a fault that nobody feels tests
nothing."""

import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmark.cluster import Cluster
from benchmark.postgresql import Refused, Session
from benchmark.processes import children

OWNER, READER, OTHER = "restapi", "reader", "other"  # roles: all rights, the server's, one without rights

# Scratch tables beside AiiDA's: a transaction there moves the version of the data and changes no answer.
SCRATCH = "CREATE TABLE soak_scratch (number bigint)"


END_SESSIONS = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{READER}'"
PLACES = f"""SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
  - (SELECT count(*) FROM pg_stat_activity WHERE usename = '{OWNER}' AND backend_type = 'client backend')"""
TAKING = 10.0  # seconds in which all places must be taken


@dataclass
class Victim:
    """One server under test and the database behind it."""

    process: int
    cluster: Cluster | None = None
    uri: str = ""  # PostgreSQL
    file: Path | None = None  # SQLite

    def session(self, user: str = OWNER) -> Session:
        return Session(self.uri, user)

    def postmaster(self) -> int:
        return int((self.cluster.data / "postmaster.pid").read_text().split()[0])

    def control(self, *arguments: str) -> None:
        subprocess.run([*self.cluster.control, *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL)


@dataclass(frozen=True)
class Fault:
    name: str
    seconds: tuple[float, float]
    harm: Callable[[Victim], AbstractContextManager[None]]
    allowed: frozenset[int] = frozenset()
    felt: frozenset[int] = frozenset()


@contextmanager
def repeated(step: Callable[[int], None], pause: float) -> Iterator[None]:
    """The step again and again, on a thread, until the block ends; what it raises is raised there."""
    stop = threading.Event()
    failures: list[Exception] = []

    def run() -> None:
        number = 0
        while not failures:
            try:
                step(number)
            except Exception as error:
                failures.append(error)
            number += 1
            if stop.wait(pause):
                return

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if failures:
        raise failures[0]


def stopped(mode: str) -> Callable[[Victim], AbstractContextManager[None]]:
    @contextmanager
    def harm(victim: Victim) -> Iterator[None]:
        victim.control("stop", "-m", mode)
        try:
            yield
        finally:
            victim.control("start")
    return harm


@contextmanager
def frozen(victim: Victim) -> Iterator[None]:
    """The postmaster first: it cannot make new processes then."""
    postmaster = victim.postmaster()
    os.kill(postmaster, signal.SIGSTOP)
    processes = children(postmaster)
    try:
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        yield
    finally:
        for process in (*processes, postmaster):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


@contextmanager
def terminated(victim: Victim) -> Iterator[None]:
    with victim.session() as session:
        def terminate(_: int) -> None:
            session.run(END_SESSIONS)

        with repeated(terminate, 0.2):
            yield


@contextmanager
def exhausted(victim: Victim) -> Iterator[None]:
    """Every connection that PostgreSQL grants to roles like the server's is another's."""
    with victim.session() as session, ExitStack() as taken:
        session.run(f"ALTER ROLE {READER} CONNECTION LIMIT 0")  # until all are taken, so that it cannot keep one
        try:
            session.run(END_SESSIONS)
            take_all(session, victim, taken)
        finally:
            session.run(f"ALTER ROLE {READER} CONNECTION LIMIT -1")
        yield


def take_all(session: Session, victim: Victim, taken: ExitStack) -> None:
    """A session that was ended holds its place a moment longer."""
    end = time.monotonic() + TAKING
    count = 0
    while count < int(session.run(PLACES)[0][0]):
        try:
            taken.enter_context(victim.session(OTHER))
            count += 1
        except Refused:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


@contextmanager
def locked_table(victim: Victim) -> Iterator[None]:
    with victim.session() as session:
        session.run("BEGIN; LOCK TABLE db_dbnode IN ACCESS EXCLUSIVE MODE")
        yield
        session.run("ROLLBACK")


@contextmanager
def written_elsewhere(victim: Victim) -> Iterator[None]:
    """Commits and rollbacks that change no answer, some hundred a second."""
    with victim.session() as session:
        with repeated(lambda number: session.run(
                f"BEGIN; INSERT INTO soak_scratch VALUES ({number}); {'ROLLBACK' if number % 3 else 'COMMIT'}"), 0.002):
            yield
        session.run("TRUNCATE soak_scratch")


@contextmanager
def paused_server(victim: Victim) -> Iterator[None]:
    os.kill(victim.process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(victim.process, signal.SIGCONT)


@contextmanager
def locked_file(victim: Victim) -> Iterator[None]:
    database = sqlite3.connect(victim.file, timeout=30, isolation_level=None)
    try:
        database.execute("BEGIN EXCLUSIVE")
        yield
        database.execute("ROLLBACK")
    finally:
        database.close()


@contextmanager
def written_file(victim: Victim) -> Iterator[None]:
    """As AiiDA writes to the file of a profile: a commit now and then, here twenty a second."""
    database = sqlite3.connect(victim.file, timeout=30, isolation_level=None, check_same_thread=False)

    def write(number: int) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO soak_scratch VALUES (?)", (number,))
        database.execute("ROLLBACK" if number % 3 == 1 else "COMMIT")

    try:
        with repeated(write, 0.05):
            yield
        database.execute("DELETE FROM soak_scratch")
    finally:
        database.close()


UNAVAILABLE, TOO_SLOW = frozenset({503}), frozenset({504})

PAUSED = Fault("server stopped for a moment (SIGSTOP)", (0.5, 1.5), paused_server)

ON_POSTGRESQL = (
    Fault("PostgreSQL restarted (fast)", (0.3, 1.5), stopped("fast"), UNAVAILABLE, UNAVAILABLE),
    Fault("PostgreSQL restarted (immediate)", (0.3, 1.5), stopped("immediate"), UNAVAILABLE, UNAVAILABLE),
    Fault("PostgreSQL frozen (SIGSTOP)", (1.0, 4.0), frozen, UNAVAILABLE | TOO_SLOW),
    Fault("sessions terminated", (0.5, 2.0), terminated, UNAVAILABLE),
    Fault("no connection left", (1.0, 3.0), exhausted, UNAVAILABLE, UNAVAILABLE),
    Fault("nodes locked", (3.0, 4.0), locked_table, UNAVAILABLE, UNAVAILABLE),
    Fault("writes to another table", (1.0, 3.0), written_elsewhere),
    PAUSED,
)

# SQLite waits two seconds for a lock, for the version first; what meets one then is tried twice, and others may be
# before it: after ten seconds somebody must have been told.
ON_SQLITE = (
    Fault("file locked for a moment", (0.3, 0.8), locked_file),
    Fault("file locked", (10.0, 11.0), locked_file, UNAVAILABLE, UNAVAILABLE),
    Fault("writes to another table", (1.0, 3.0), written_file),
    PAUSED,
)


def break_something(fault: Fault, victim: Victim, seconds: float, stop: threading.Event) -> float:
    """time.time() when it was mended, just before the mending began to be felt at the latest."""
    with fault.harm(victim):
        stop.wait(seconds)
    return time.time()
