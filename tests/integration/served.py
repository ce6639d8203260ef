# SPDX-License-Identifier: MIT
"""The built program as a child process, databases for it, and a client that sends exactly what it is told.

    RESTAPI_BINARY          the program
    RESTAPI_SOURCE_DIR      where sql/schema and tests/fixtures are
    RESTAPI_TEST_POSTGRESQL a server's URI (tools/with_postgresql)
"""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(os.environ.get("RESTAPI_SOURCE_DIR", Path(__file__).resolve().parents[2]))
PATIENCE = 60  # seconds for what takes none on a quiet machine


def binary() -> str:
    path = os.environ.get("RESTAPI_BINARY")
    if not path:
        raise RuntimeError("RESTAPI_BINARY does not name the program; ctest does: ctest -L e2e")
    return path


def postgresql() -> str:
    uri = os.environ.get("RESTAPI_TEST_POSTGRESQL")
    if not uri:
        raise RuntimeError("this test needs a PostgreSQL server: run it as `tools/with_postgresql ctest …`")
    return uri


def make_database(path: Path, fixture: str = "document") -> Path:
    """An SQLite file with one of tests/fixtures."""
    schema = {"document": "gen1", "generation2": "gen2", "aiida2": "gen2"}[fixture]
    database = sqlite3.connect(path)
    for script in (ROOT / "sql" / "schema" / f"sqlite_{schema}.sql", ROOT / "tests" / "fixtures" / f"{fixture}.sql"):
        database.executescript(script.read_text(encoding="utf-8"))
    database.commit()
    database.close()
    return path


def settled(path: Path) -> Path:
    """The file, when it was last changed so long ago that the program counts on seeing the next change by its time."""
    wait_for(lambda: time.time() - path.stat().st_ctime > 0.05, "the file to be old enough")
    return path


def environment(**more: str) -> dict:
    """Ours, without what would name another database."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("RESTAPI_", "AIIDA", "PG"))}
    return clean | {"HOME": "/nonexistent"} | more


def listening(address: tuple = ("127.0.0.1", 0)) -> socket.socket:
    return socket.create_server(address, family=socket.AF_INET6 if ":" in address[0] else socket.AF_INET, backlog=4096)


def passing(sockets: tuple) -> tuple:
    """What starts a command as systemd does, with descriptors from 3 on, and how subprocess leaves them open."""
    if not sockets:
        return [], {}
    script = ("import fcntl, os, sys\n"
              "numbers, command = sys.argv[1].split(), sys.argv[2:]\n"
              "copies = [fcntl.fcntl(int(number), fcntl.F_DUPFD_CLOEXEC, 3 + len(numbers)) for number in numbers]\n"
              "for place, copy in enumerate(copies, 3): os.dup2(copy, place)\n"
              "os.environ.update(LISTEN_FDS=str(len(numbers)), LISTEN_PID=str(os.getpid()))\n"
              "os.execv(command[0], command)\n")
    numbers = [one.fileno() for one in sockets]
    return [sys.executable, "-c", script, " ".join(map(str, numbers))], {"pass_fds": numbers}


def run(*arguments: str, sockets: tuple = (), cwd: Path = None, **more: str) -> subprocess.CompletedProcess:
    """The program until it ends by itself. `sockets`: what it inherits."""
    passer, options = passing(sockets)
    return subprocess.run([*passer, binary(), *map(str, arguments)], env=environment(**more), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=PATIENCE, cwd=cwd, **options)


def wait_for(condition, what: str):
    """The first true value of the condition."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


class Server:
    """Serves until stop(); on a free port unless the arguments name one. `descriptors`: its limit on open files.
    `unread`: of "stdout" and "stderr", what nobody reads (of stdout: after the welcome). `sockets`: what it inherits."""

    def __init__(self, *arguments: str, descriptors: int = None, unread: tuple = (), sockets: tuple = (), **more: str):
        command = [binary(), "-P", "0", *map(str, arguments)] if "-P" not in arguments else [binary(), *arguments]
        if descriptors:
            command = ["prlimit", f"--nofile={descriptors}", *command]
        passer, options = passing(sockets)
        self.process = subprocess.Popen([*passer, *command], env=environment(**more), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        self.welcome, self.port = [], None
        for line in self.process.stdout:
            self.welcome.append(line)
            if not self.port and (found := re.search(r"http://localhost:(\d+)/api/v2$", line.rstrip())):
                self.port = int(found[1])
            if line.startswith("Ctrl-C"):
                break
        else:
            raise RuntimeError("the program ended: " + self.process.communicate()[1])
        # Pipes that nobody reads fill up and stop the program.
        self.log = []
        self.readers = [threading.Thread(target=sink.extend, args=(getattr(self.process, name),), daemon=True)
                        for sink, name in ((self.welcome, "stdout"), (self.log, "stderr")) if name not in unread]
        for reader in self.readers:
            reader.start()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends the signal and gives the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
        return code

    def wait_for_log(self, text: str):
        end = time.monotonic() + PATIENCE
        while not any(text in line for line in self.log):
            if time.monotonic() > end:
                raise RuntimeError(f"the log never said {text!r}: {self.log}")
            time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def connect(self) -> "Client":
        return Client(self.port)

    def get(self, target: str, *headers: str) -> "Response":
        with self.connect() as client:
            return client.get(target, *headers)


def memory_of(server: Server, peak: bool = False) -> int:
    """Bytes that the program has resident; `peak`: the most since the start, or since forget_peak()."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status)[1]) * 1024


def forget_peak(server: Server):
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5", encoding="ascii")


def keeps_freed_memory() -> bool:
    """Whether the program was built with AddressSanitizer, which does so to find mistakes."""
    return b"__asan_init" in Path(binary()).read_bytes()


def is_sanitized() -> bool:
    """Whether the program was built with AddressSanitizer or ThreadSanitizer."""
    program = Path(binary()).read_bytes()
    return b"__asan_init" in program or b"__tsan_init" in program


class Watched(Server):
    """A server with an admin port."""

    def __init__(self, *arguments: str, **more: str):
        super().__init__(*arguments, "--admin-port", "0", **more)
        line = wait_for(lambda: next((line for line in self.welcome if line.startswith("Health")), None), "the welcome")
        self.admin_port = int(re.search(r":(\d+)/ready", line)[1])

    def admin(self, target: str, method: str = "GET"):
        with Client(self.admin_port) as client:
            return client.get(target, method=method)

    def metrics(self) -> dict:
        lines = self.admin("/metrics").body.decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


class Response:
    def __init__(self, status: int, headers: dict, body: bytes):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def rows(self) -> list:
        return next(iter(self.json()["data"].values()))


class Client:
    """One connection."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.kept = b""

    @classmethod
    def on(cls, connection: socket.socket) -> "Client":
        """On a connection that the caller has made and closes."""
        client = cls.__new__(cls)
        client.socket, client.kept = connection, b""
        return client

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data: bytes | str):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def get(self, target: str, *headers: str, method: str = "GET") -> Response:
        self.send(request(target, *headers, method=method))
        return self.receive(method == "HEAD")

    def receive(self, is_head: bool = False) -> Response:
        while b"\r\n\r\n" not in self.kept:
            self._more()
        head, self.kept = self.kept.split(b"\r\n\r\n", 1)
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = 0 if is_head else int(headers.get("content-length", 0))
        body = bytearray(self.kept[:length])  # grows in place: a large one is not copied with every piece
        self.kept = self.kept[length:]
        while len(body) < length:
            data = self.socket.recv(min(length - len(body), 1 << 20))
            if not data:
                raise ConnectionError("the server closed the connection")
            body += data
        return Response(int(first.split()[1]), headers, bytes(body))

    def is_closed(self) -> bool:
        return not self.kept and self.socket.recv(1) == b""

    def reset(self):
        """Leaves as a crashed client does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def _more(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.kept += data


def request(target: str, *headers: str, method: str = "GET") -> str:
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: localhost:5000", *headers, "", ""])
