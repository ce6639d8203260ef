# SPDX-License-Identifier: MIT
"""HTTP/1.1 as bytes: a connection that sends what it is told and reads one answer at a time, within a time limit."""

import socket
import struct
import time
from dataclasses import dataclass

# The same name for every server, so that addresses inside answers are the same whatever the port.
HOST = "soak.example.org"


class Broken(Exception):
    """The connection ended before the answer did."""


class TooSlow(Exception):
    """The answer was not complete in time."""


@dataclass
class Answer:
    """Names of headers in small letters; the body as sent."""

    status: int
    headers: dict[str, str]
    body: bytes


def request(target: str, *headers: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/1.1", f"Host: {HOST}", *headers, "", ""]).encode("latin-1")


class Connection:
    """Closed at the end of its `with` block."""

    def __init__(self, port: int, patience: float, receive_buffer: int | None = None):
        self.patience = patience
        self.kept = b""
        self.socket = socket.socket()
        self.socket.settimeout(patience)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            self.socket.connect(("127.0.0.1", port))
        except TimeoutError as error:
            self.socket.close()
            raise TooSlow("no connection") from error
        except OSError as error:
            self.socket.close()
            raise Broken(f"no connection: {error}") from error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data: bytes) -> None:
        try:
            self.socket.settimeout(self.patience)
            self.socket.sendall(data)
        except TimeoutError as error:
            raise TooSlow("the request was not taken") from error
        except OSError as error:
            raise Broken(f"sending: {error}") from error

    def receive(self, is_head: bool = False, piece: int = 1 << 16, pause: float = 0) -> Answer:
        """At most `piece` bytes at a time, with a `pause` between two pieces: a slow reader's pauses are not counted
        against the server."""
        self.end = time.monotonic() + self.patience
        while b"\r\n\r\n" not in self.kept:
            self._more(piece, pause)
        head, self.kept = self.kept.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        if not first.startswith("HTTP/1.1 "):
            raise Broken(f"no answer but {first[:80]!r}")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = 0 if is_head else int(headers.get("content-length", 0))
        while len(self.kept) < length:
            self._more(piece, pause)
        body, self.kept = self.kept[:length], self.kept[length:]
        return Answer(int(first.split()[1]), headers, body)

    def is_at_end(self) -> bool:
        """Waits for the server to close; False: it has sent more."""
        self.end = time.monotonic() + self.patience
        try:
            self._more(1, 0)
        except Broken:
            return not self.kept
        return False

    def half_close(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise Broken(f"half-closing: {error}") from error

    def reset(self) -> None:
        """Leaves as a crashed client does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _more(self, piece: int, pause: float) -> None:
        if pause:
            time.sleep(pause)
            self.end += pause
        left = self.end - time.monotonic()
        try:
            self.socket.settimeout(max(left, 0.001))
            data = self.socket.recv(piece)
        except TimeoutError as error:
            raise TooSlow(f"{len(self.kept)} bytes within {self.patience:.0f} s") from error
        except OSError as error:
            raise Broken(f"receiving: {error}") from error
        if not data:
            raise Broken(f"closed after {len(self.kept)} bytes")
        self.kept += data
