# SPDX-License-Identifier: MIT
"""The programs that are asked: restapi on a database, and the floor of the network. Both on the loopback address and a
free port; both end with the `with` block that started them."""

import http.client
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import processes

FIRST_ANSWER = 120  # seconds: an archive may have to be unpacked


@dataclass
class Reply:
    status: int
    size: int
    seconds: float
    total: int | None  # rows of the list that it is a page of


class Server:
    """A running program that prints a URL with its port once it answers."""

    def __init__(self, *command: str | Path, log: Path | None = None):
        self.command = [str(word) for word in command]
        self.log = log

    def __enter__(self):
        errors = open(self.log, "wb") if self.log else subprocess.DEVNULL
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=errors, text=True)
        if self.log:
            errors.close()
        for line in self.process.stdout:
            found = re.search(r"http://localhost:(\d+)/", line)
            if found:
                self.port = int(found[1])
                return self
        self.process.wait()
        raise RuntimeError(f"{' '.join(self.command)} ended with {self.process.returncode} before it answered")

    def __exit__(self, *_):
        self.stop(10)
        self.process.stdout.close()

    def stop(self, limit: float) -> int | None:
        """Asks it to end; its exit status, or nothing if it had to be killed after `limit` seconds."""
        self.process.terminate()
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def url(self, target: str) -> str:
        return f"http://127.0.0.1:{self.port}{target}"

    def ask(self, target: str) -> Reply:
        """One request on a connection of its own, the whole answer read."""
        begin = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=FIRST_ANSWER)
        connection.request("GET", target)
        response = connection.getresponse()
        size = len(response.read())
        connection.close()
        total = response.headers["X-Total-Count"]
        return Reply(response.status, size, time.perf_counter() - begin, int(total) if total else None)

    def cpu_seconds(self) -> float:
        return processes.cpu_seconds(self.process.pid)

    def memory(self) -> int:
        return processes.memory(self.process.pid, "VmRSS")

    def peak_memory(self) -> int:
        return processes.memory(self.process.pid, "VmHWM")


@dataclass
class Programs:
    """Where the programs are, and what this restapi can do."""

    restapi: Path
    floor: Path
    subscribers: Path

    @classmethod
    def built(cls, build: Path) -> "Programs":
        tools = build / "tools"
        return cls(build / "src" / "app" / "restapi", tools / "restapi_floor", tools / "restapi_subscribers")

    def __post_init__(self):
        help_text = subprocess.run([self.restapi, "--help"], text=True, check=True, stdout=subprocess.PIPE).stdout
        self.has_cache = "--cache" in help_text

    def lanes(self) -> dict[str, list[str]]:
        """Ways to run restapi → options. Before it had a cache there was one way, and that was cold."""
        return {"cold": ["--cache", "0"], "warm": []} if self.has_cache else {"cold": []}

    def server(self, source: str | Path, *options: str, log: Path | None = None) -> Server:
        return Server(self.restapi, "-P", "0", *options, source, log=log)

    def network(self, size: int) -> Server:
        return Server(self.floor, "0", str(size))
