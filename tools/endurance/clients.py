# SPDX-License-Identifier: MIT
"""Clients good and bad. A kind of client is a function and a row of KINDS; each call is one visit, of one connection or
a few requests, and checks every answer that it waits for."""

import http.client
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from . import wire
from .judge import Judge
from .reference import AS_BROWSERS
from .targets import TOKEN

GZIP = "Accept-Encoding: gzip"


@dataclass
class Visitor:
    """One thread of clients."""

    judge: Judge
    port: int
    patience: float  # seconds in which every answer must be complete
    random: random.Random
    fixed: list[str]
    fresh: list[str]
    large: str

    def connect(self, receive_buffer: int | None = None) -> wire.Connection:
        return wire.Connection(self.port, self.patience, receive_buffer)

    def choose(self) -> tuple[str, str]:
        """A target as learned, and the token to be sent in it: two in five cannot have been remembered."""
        if self.random.random() < 0.4:
            return self.random.choice(self.fresh), self.judge.token()
        return self.random.choice(self.fixed), TOKEN


def one(visitor: Visitor, kind: str, *headers: str, method: str = "GET") -> wire.Answer:
    target, token = visitor.choose()
    begin = time.time()
    with visitor.connect() as connection:
        connection.send(wire.request(target.replace(TOKEN, token), *headers, method=method))
        answer = connection.receive(method == "HEAD")
    visitor.judge.check(kind, target, answer, begin, token=token, indented=AS_BROWSERS in headers,
                        is_head=method == "HEAD")
    return answer


def new_connection(visitor: Visitor, kind: str) -> None:
    one(visitor, kind, "Connection: close")


def packed(visitor: Visitor, kind: str) -> None:
    one(visitor, kind, GZIP, *([AS_BROWSERS] if visitor.random.random() < 0.3 else []))


def indented(visitor: Visitor, kind: str) -> None:
    one(visitor, kind, AS_BROWSERS)


def head(visitor: Visitor, kind: str) -> None:
    one(visitor, kind, method="HEAD")


def keep_alive(visitor: Visitor, kind: str) -> None:
    """The client of Python's library, as people use it."""
    connection = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=visitor.patience)
    try:
        for _ in range(visitor.random.randint(1, 20)):
            target, token = visitor.choose()
            begin = time.time()
            connection.request("GET", target.replace(TOKEN, token), headers={"Host": wire.HOST})
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            answer = wire.Answer(response.status, headers, response.read())
            visitor.judge.check(kind, target, answer, begin, token=token)
    except TimeoutError as error:
        raise wire.TooSlow(str(error)) from error
    except (OSError, http.client.HTTPException) as error:
        raise wire.Broken(repr(error)) from error
    finally:
        connection.close()


def pipelined(visitor: Visitor, kind: str) -> None:
    """Several requests in one segment, or cut at any byte."""
    chosen = [visitor.choose() for _ in range(visitor.random.randint(2, 12))]
    data = b"".join(wire.request(target.replace(TOKEN, token)) for target, token in chosen)
    begin = time.time()
    with visitor.connect() as connection:
        if visitor.random.random() < 0.5:
            cut = visitor.random.randrange(1, len(data))
            connection.send(data[:cut])
            connection.send(data[cut:])
        else:
            connection.send(data)
        for target, token in chosen:
            visitor.judge.check(kind, target, connection.receive(), begin, token=token)


def revalidating(visitor: Visitor, kind: str) -> None:
    """With the ETag of an earlier answer: 304 or the same answer again. With another one: never 304."""
    target, token = visitor.choose()
    sent = target.replace(TOKEN, token)
    pack = [GZIP] if visitor.random.random() < 0.5 else []
    with visitor.connect() as connection:
        begin = time.time()
        connection.send(wire.request(sent, *pack))
        first = connection.receive()
        visitor.judge.check(kind, target, first, begin, token=token)
        etag = first.headers.get("etag")
        for asked in (etag, etag, '"restapi-0"'):
            if asked is None:
                continue
            begin = time.time()
            connection.send(wire.request(sent, *pack, f"If-None-Match: {asked}"))
            visitor.judge.check(kind, target, connection.receive(), begin, token=token,
                                etag=asked if asked == etag else None)


def half_closed(visitor: Visitor, kind: str) -> None:
    """Says that nothing more will come, and still waits for all answers."""
    chosen = [visitor.choose() for _ in range(visitor.random.randint(1, 3))]
    begin = time.time()
    with visitor.connect() as connection:
        connection.send(b"".join(wire.request(target.replace(TOKEN, token)) for target, token in chosen))
        connection.half_close()
        for target, token in chosen:
            visitor.judge.check(kind, target, connection.receive(), begin, token=token)
        if not connection.is_at_end():
            visitor.judge.ledger.problem(f"{kind}: bytes after the last answer")


def slow_reader(visitor: Visitor, kind: str) -> None:
    """Takes a few hundred KB in small pieces; they must be whole."""
    begin = time.time()
    with visitor.connect(receive_buffer=4096) as connection:
        connection.send(wire.request(visitor.large, AS_BROWSERS))
        answer = connection.receive(piece=4096, pause=0.01)
    visitor.judge.check(kind, visitor.large, answer, begin, indented=True)


def gone_before(visitor: Visitor, kind: str) -> None:
    """Leaves before the answer, some of them in the middle of a request."""
    target, token = visitor.choose()
    data = wire.request(target.replace(TOKEN, token)) * visitor.random.randint(1, 3)
    with visitor.connect() as connection:
        connection.send(data[:visitor.random.randint(1, len(data))])
        if visitor.random.random() < 0.5:
            connection.reset()
    visitor.judge.ledger.count(kind, 0)


def gone_within(visitor: Visitor, kind: str) -> None:
    """Leaves in the middle of a long answer."""
    with visitor.connect(receive_buffer=4096) as connection:
        connection.send(wire.request(visitor.large, AS_BROWSERS) * 2)
        connection.socket.settimeout(visitor.patience)
        try:
            connection.socket.recv(visitor.random.randint(1, 2000))
        except TimeoutError as error:
            raise wire.TooSlow("the begin of an answer") from error
        except OSError as error:
            raise wire.Broken(str(error)) from error
        if visitor.random.random() < 0.5:
            connection.reset()
    visitor.judge.ledger.count(kind, 0)


REFUSED = (  # what is sent → the status that it must get
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
    (b"GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 40_000 + b"\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 300 + b"\r\n", 431),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" + b"z" * 2000, 413),
    (b"POST /api/v2/nodes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", 405),
    (b"DELETE /api/v2/nodes HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"OPTIONS /api/v2/nodes HTTP/1.1\r\nHost: localhost\r\n\r\n", 204),
    (b"GET /api/v2/nodes HTTP/1.1\r\nHost: localhost\r\nAccept: image/png\r\n\r\n", 406),
)


def refused(visitor: Visitor, kind: str) -> None:
    data, status = visitor.random.choice(REFUSED)
    begin = time.time()
    with visitor.connect() as connection:
        connection.send(data)
        answer = connection.receive()
    visitor.judge.ledger.count(kind, answer.status, time.time() - begin)
    if answer.status != status:
        visitor.judge.ledger.problem(f"{kind}: {answer.status} instead of {status} for {data[:60]!r}")


def garbage(visitor: Visitor, kind: str) -> None:
    """Any bytes, some behind the start of a request, get a 4xx or the connection's end."""
    data = visitor.random.randbytes(visitor.random.randint(1, 3000))
    if visitor.random.random() < 0.5:
        whole = wire.request(visitor.random.choice(visitor.fixed))
        data = whole[:visitor.random.randrange(5, len(whole) - 4)] + data
    begin = time.time()
    status = 0
    with visitor.connect() as connection:
        try:
            connection.send(data)
            connection.half_close()
            status = connection.receive().status
        except wire.Broken:
            pass
    visitor.judge.ledger.count(kind, status, time.time() - begin)
    if status and not 400 <= status < 500:
        visitor.judge.ledger.problem(f"{kind}: {status} for {data[:80]!r}")


KINDS: dict[str, tuple[Callable[[Visitor, str], None], int]] = {  # name → client, how often of all
    "keep-alive": (keep_alive, 20),
    "new connection": (new_connection, 20),
    "pipelined": (pipelined, 15),
    "revalidating": (revalidating, 20),
    "packed": (packed, 15),
    "indented": (indented, 5),
    "HEAD": (head, 10),
    "half-closed": (half_closed, 6),
    "slow reader": (slow_reader, 1),
    "gone before the answer": (gone_before, 6),
    "gone within the answer": (gone_within, 4),
    "refused": (refused, 8),
    "garbage": (garbage, 6),
}


def visit_until(stop: threading.Event, leaving: threading.Event, visitor: Visitor) -> None:
    """One visit after the other. `leaving`: the server is being stopped, so that connections may end."""
    names = list(KINDS)
    weights = [weight for _, weight in KINDS.values()]
    ledger = visitor.judge.ledger
    while not stop.is_set() and not ledger.has_enough():
        kind = visitor.random.choices(names, weights)[0]
        try:
            KINDS[kind][0](visitor, kind)
        except wire.Broken as error:
            if leaving.is_set():
                stop.wait(0.01)
            else:
                ledger.problem(f"{kind}: no answer: {error}")
        except wire.TooSlow as error:
            ledger.problem(f"{kind}: hangs: {error}")
        except Exception as error:  # a thread of clients that ends silently would be a run that passes silently
            ledger.problem(f"{kind}: {error!r}")
