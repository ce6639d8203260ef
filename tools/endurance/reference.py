# SPDX-License-Identifier: MIT
"""What the right answers are: those of a server without cache, asked one by one before anything goes wrong."""

import gzip
import zlib
from dataclasses import dataclass

from . import wire
from .targets import TOKEN

# Differ by right from one answer to the next, or say how this one was sent.
PASSING = {"date", "etag", "connection", "content-length", "content-encoding", "x-request-id"}
AS_BROWSERS = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"


@dataclass
class Right:
    status: int
    headers: dict[str, str]
    body: bytes


def lasting(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in PASSING}


class Reference:
    """Read-only once made; any thread may ask it."""

    def __init__(self, port: int, patience: float):
        self.port, self.patience = port, patience
        self.answers: dict[tuple[str, bool], Right] = {}

    def ask(self, target: str, *headers: str) -> wire.Answer:
        with wire.Connection(self.port, self.patience) as connection:
            connection.send(wire.request(target, *headers))
            return connection.receive()

    def learn(self, targets: list[str]) -> None:
        for target in targets:
            for indented in (False, True):
                answer = self.ask(target, *([AS_BROWSERS] if indented else []))
                if answer.status not in (200, 400, 404):
                    raise RuntimeError(f"the reference answers {target} with {answer.status}")
                self.answers[target, indented] = Right(answer.status, lasting(answer.headers), answer.body)

    def difference(self, target: str, token: str, answer: wire.Answer, indented: bool, is_head: bool) -> str | None:
        """In words; nothing: the answer is right. `target` is as it was learned, `token` as it was sent."""
        right = self.answers[target, indented]
        if answer.status != right.status:
            return f"{answer.status} instead of {right.status}: {answer.body[:200]!r}"
        headers = {name: value.replace(TOKEN, token) for name, value in right.headers.items()}
        if lasting(answer.headers) != headers:
            return f"headers {lasting(answer.headers)} instead of {headers}"
        if is_head:
            length = answer.headers.get("content-length")
            return None if length == str(len(right.body)) else f"a length of {length} instead of {len(right.body)}"
        body = answer.body
        if answer.headers.get("content-encoding") == "gzip":
            try:
                body = gzip.decompress(body)
            except (OSError, EOFError, zlib.error) as error:
                return f"a body that cannot be unpacked: {error}"
        expected = right.body.replace(TOKEN.encode(), token.encode())
        if body == expected:
            return None
        at = next((i for i, (one, other) in enumerate(zip(body, expected)) if one != other),
                  min(len(body), len(expected)))
        begin = max(0, at - 30)
        return (f"another body from byte {at} on ({len(body)} bytes instead of {len(expected)}): "
                f"{body[begin:at + 50]!r} instead of {expected[begin:at + 50]!r}")
