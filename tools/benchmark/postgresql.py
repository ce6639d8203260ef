# SPDX-License-Identifier: MIT
"""A session with the private PostgreSQL by the standard library alone: the simple query protocol (PostgreSQL 15, chapter
55) over its unix socket, for roles that need no password. Cheap enough to hold a hundred at once."""

import socket
import struct
from urllib.parse import parse_qs, urlsplit

PROTOCOL = 196608  # 3.0
PATIENCE = 30  # seconds


class Refused(Exception):
    """By the server, with its own words, or there is none."""


class Session:
    """Closed at the end of its `with` block; a transaction that is open then is rolled back. `uri`: with `host`, a
    folder, in its query part."""

    def __init__(self, uri: str, user: str):
        parts = urlsplit(uri)
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            self.socket.settimeout(PATIENCE)
            self.socket.connect(parse_qs(parts.query)["host"][0] + "/.s.PGSQL.5432")
            self.stream = self.socket.makefile("rb")
            names = f"user\0{user}\0database\0{parts.path[1:]}\0\0".encode()
            self.socket.sendall(struct.pack("!II", len(names) + 8, PROTOCOL) + names)
            self._read()
        except OSError as error:
            self.socket.close()
            raise Refused(str(error)) from error
        except Refused:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        self.stream.close()
        self.socket.close()

    def run(self, text: str) -> list[list[str | None]]:
        """Rows of all statements in the text."""
        data = text.encode() + b"\0"
        try:
            self.socket.sendall(b"Q" + struct.pack("!I", len(data) + 4) + data)
            return self._read()
        except OSError as error:
            raise Refused(str(error)) from error

    def _read(self) -> list[list[str | None]]:
        """Until the server is ready for the next query."""
        rows: list[list[str | None]] = []
        failure = None
        while True:
            head = self.stream.read(5)
            if len(head) < 5:
                raise Refused(failure or "the session was closed")
            content = self.stream.read(struct.unpack("!I", head[1:])[0] - 4)
            kind = head[:1]
            if kind == b"D":
                rows.append(cells_of(content))
            elif kind == b"E":
                failure = ", ".join(part[1:].decode() for part in content.split(b"\0") if part[:1] in (b"C", b"M"))
            elif kind == b"Z":
                if failure:
                    raise Refused(failure)
                return rows


def cells_of(content: bytes) -> list[str | None]:
    cells: list[str | None] = []
    position = 2
    for _ in range(struct.unpack_from("!H", content)[0]):
        size = struct.unpack_from("!i", content, position)[0]
        position += 4
        cells.append(None if size < 0 else content[position:position + size].decode())
        position += max(size, 0)
    return cells
