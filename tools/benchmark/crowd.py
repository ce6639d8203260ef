# SPDX-License-Identifier: MIT
"""Thousands of subscribers to the live feed: a process of tools/subscribers.cpp."""

import json
import resource
import subprocess
import time
from dataclasses import dataclass

from . import processes
from .doors import PATIENCE, Door
from .servers import Programs

SPARE = 500  # descriptors of a server that are no subscribers


def raise_limits() -> int:
    """For this process and what it starts; how many subscribers there is room for."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard - SPARE


@dataclass(frozen=True)
class Heard:
    """Since the crowd came."""

    open: int
    messages: int  # of all
    least: int  # of the one that has had least
    most: int
    bytes: int


class Crowd:
    """All are there when the `with` block begins, and leave with it."""

    def __init__(self, programs: Programs, port: int, count: int, door: Door):
        self.count = count
        self.command = [programs.subscribers, str(port), str(count), door.target, *door.texts]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            self.process.wait()
            raise RuntimeError(f"{self.count} subscribers were not admitted")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()

    def heard(self) -> Heard:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return Heard(**json.loads(self.process.stdout.readline()))

    def heard_all(self, least: int) -> Heard:
        """When each has had so many messages, and nothing more comes."""
        heard = self.heard()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            time.sleep(0.5)
            before, heard = heard, self.heard()
            if before == heard and heard.least >= least:
                break
        return heard

    def cpu_seconds(self) -> float:
        return processes.cpu_seconds(self.process.pid)
