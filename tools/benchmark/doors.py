# SPDX-License-Identifier: MIT
"""The doors of the live feed, and one listener at one of them, by the standard library alone: what it hears as text, and
nothing more understood than the protocol asks for."""

import socket
import struct
import time
from dataclasses import dataclass

PATIENCE = 30.0  # seconds for what takes none on a quiet machine
KEY = "AAAAAAAAAAAAAAAAAAAAAA=="
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10  # opcodes (RFC 6455)


@dataclass(frozen=True)
class Door:
    """`texts`: none: an event stream; else a WebSocket whose client says them, each when one more message has come. An
    empty one is not said; the others are answered."""

    name: str
    target: str
    texts: tuple[str, ...] = ()


DOORS = (
    Door("events", "/api/v2/events?resource=nodes"),
    Door("rows", "/ws/core/", ('{"page":"table","table_id":1}',)),
    Door("content", "/content/ws/v5?path=/nodes", ("",)),
    Door("Socket.IO", "/socket.io/?EIO=4&transport=websocket", ("40/events,", '42/events,["select-workspace","*"]')),
)


class Left(Exception):
    """The server has closed the connection, or did not admit us."""


def frame(opcode: int, payload: bytes) -> bytes:
    """Masked with zeros, which change nothing."""
    size = len(payload)
    head = bytes([0x80 | size]) if size < 126 else struct.pack("!BH", 0x80 | 126, size)
    return bytes([0x80 | opcode]) + head + bytes(4) + payload


class Listener:
    """Closed at the end of its `with` block. After the constructor the door has admitted it and has answered each of its
    texts; that is among the first messages."""

    def __init__(self, port: int, door: Door, *headers: str):
        self.door = door
        self.kept = b""
        self.said = 0
        self.heard: list[str] = []
        try:
            self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        except OSError as error:
            raise Left(str(error)) from error
        try:
            self._enter(headers)
        except BaseException:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def fileno(self) -> int:
        return self.socket.fileno()

    def _enter(self, headers: tuple[str, ...]) -> None:
        upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}")
        lines = [f"GET {self.door.target} HTTP/1.1", "Host: 127.0.0.1",
                 *(upgrade if self.door.texts else ("Accept: text/event-stream",)), *headers, "", ""]
        try:
            self.socket.sendall("\r\n".join(lines).encode())
            while b"\r\n\r\n" not in self.kept:
                self._more()
            head, self.kept = self.kept.split(b"\r\n\r\n", 1)
            if int(head.split()[1]) != (101 if self.door.texts else 200):
                raise Left(head.decode("latin-1"))
            heard = self._complete()
            while len(heard) <= sum(map(bool, self.door.texts)):
                self._more()
                heard += self._complete()
            self.heard = heard
        except OSError as error:
            raise Left(str(error)) from error

    def _more(self) -> None:
        data = self.socket.recv(1 << 20)
        if not data:
            raise Left("closed")
        self.kept += data

    def messages(self, limit: float = PATIENCE) -> list[str]:
        """Waits until at least one has come; none: not within `limit` seconds."""
        heard, self.heard = self.heard, []
        end = time.monotonic() + limit
        try:
            while not heard and (left := end - time.monotonic()) > 0:
                self.socket.settimeout(left)
                self._more()
                heard = self._complete()
        except TimeoutError:
            pass
        except OSError as error:
            raise Left(str(error)) from error
        return heard

    def _complete(self) -> list[str]:
        return self._frames() if self.door.texts else self._events()

    def _events(self) -> list[str]:
        *events, self.kept = self.kept.split(b"\n\n")
        return [text for event in events if "data:" in (text := event.decode())]

    def _frames(self) -> list[str]:
        heard: list[str] = []
        while len(self.kept) >= 2:
            length, head = self.kept[1], 2
            if length >= 126:
                head = 4 if length == 126 else 10
                length = int.from_bytes(self.kept[2:head], "big")
            if len(self.kept) < head + length:
                break
            opcode, payload = self.kept[0] & 0x0f, self.kept[head:head + length]
            self.kept = self.kept[head + length:]
            if opcode == CLOSE:
                raise Left(payload[2:].decode())
            if opcode == PING:
                self.socket.sendall(frame(PONG, payload))
            elif payload == b"2":  # the ping of Engine.IO
                self.socket.sendall(frame(TEXT, b"3"))
            elif opcode == TEXT:
                heard.append(payload.decode())
                self._say_next()
        return heard

    def _say_next(self) -> None:
        if self.said < len(self.door.texts):
            text = self.door.texts[self.said]
            self.said += 1
            if text:
                self.socket.sendall(frame(TEXT, text.encode()))
