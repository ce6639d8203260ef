# SPDX-License-Identifier: MIT
"""What all modes of one run share: programs, databases made so far, sizes and durations, and what went wrong."""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from .aims import AIMS
from .archive import write_archive, write_sqlite
from .cluster import Cluster
from .load import Run
from .servers import Programs, Reply
from .subjects import Facts, Subject, read_facts


@dataclass
class Session:
    programs: Programs
    cluster: Cluster
    folder: Path  # temporary, on the disk of the archive
    nodes: int
    start_nodes: int  # of the start mode
    sizes: tuple[int, int]  # of the scaling mode
    seconds: int
    repetitions: int
    connections: list[int]
    requests: int  # of the memory mode
    quick: bool
    problems: list[str] = field(default_factory=list)
    aims: dict[str, str] = field(default_factory=dict)  # of aims.AIMS → what it came to
    made: dict[int, str] = field(default_factory=dict)  # nodes → database
    begin: float = field(default_factory=time.monotonic)

    def say(self, what: str) -> None:
        print(f"[{time.monotonic() - self.begin:7.1f} s] {what}", file=sys.stderr, flush=True)

    def database(self, nodes: int | None = None) -> str:
        """Name of a database in the private cluster, made when it is first needed, and read into memory."""
        nodes = nodes or self.nodes
        if nodes not in self.made:
            self.say(f"database of {nodes} nodes")
            self.made[nodes] = self.cluster.create(nodes)
            self.cluster.warm(self.made[nodes])
        return self.made[nodes]

    def facts(self, database: str) -> Facts:
        return read_facts(self.cluster, database)

    def sqlite(self, nodes: int | None = None) -> Path:
        """The database as an SQLite file."""
        path = self.folder / f"{nodes or self.nodes}.sqlite3"
        if not path.exists():
            database = self.database(nodes)
            self.say("the same in SQLite")
            write_sqlite(self.cluster, database, path)
        return path

    def archive(self, nodes: int | None = None) -> Path:
        path = self.folder / f"{nodes or self.nodes}.aiida"
        if not path.exists():
            database = self.sqlite(nodes)
            self.say("the same as an archive")
            write_archive(database, path)
        return path

    def came_to(self, aim: str, text: str) -> None:
        """For the table of aims; `aim` as aims.AIMS calls it, an empty text: not measured."""
        assert aim in AIMS, aim
        self.aims[aim] = text

    def check_reply(self, where: str, subject: Subject, reply: Reply) -> None:
        if reply.status != subject.status:
            self.problems.append(
                f"{where}: {subject.name}: {reply.status} instead of {subject.status} for {subject.target}")

    def check_run(self, where: str, run: Run) -> None:
        if run.failed:
            self.problems.append(f"{where}: {run.failed} of {run.requests} requests failed")
        if run.requests == 0:
            self.problems.append(f"{where}: no request was answered")
