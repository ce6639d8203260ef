# SPDX-License-Identifier: MIT
"""Is an answer right? Equal to the reference, a 304 that may be, or a refusal while something is broken on purpose."""

import json
import threading
import time

from .ledger import Ledger
from .reference import Reference
from .targets import TOKEN
from .wire import Answer

REFUSALS = (503, 504)


class Judge:
    """Any thread may call."""

    def __init__(self, ledger: Ledger, reference: Reference):
        self.ledger, self.reference = ledger, reference
        self.lock = threading.Lock()
        self.tokens = 0

    def token(self) -> str:
        """As long as TOKEN, and never seen by the server."""
        with self.lock:
            self.tokens += 1
            return f"t{self.tokens:07x}"

    def check(self, kind: str, target: str, answer: Answer, begin: float, *, token: str = TOKEN, indented: bool = False,
              is_head: bool = False, etag: str | None = None) -> bool:
        """`target`: as learned by the reference; `begin`: time.time() before the request was sent; `etag`: what was
        sent as If-None-Match. Counts the answer, and writes down what is wrong with it."""
        self.ledger.count(kind, answer.status, time.time() - begin)
        wrong = self.wrong(target, answer, begin, token, indented, is_head, etag)
        if wrong:
            self.ledger.problem(f"{kind}: {target}: {wrong}")
        return wrong is None

    def wrong(self, target: str, answer: Answer, begin: float, token: str, indented: bool, is_head: bool,
              etag: str | None) -> str | None:
        if answer.status in REFUSALS:
            if not self.ledger.forgives(answer.status, begin):
                return f"{answer.status} while nothing was broken (after {time.time() - begin:.2f} s)"
            return wrong_refusal(answer, is_head)
        if answer.status == 304:
            if etag is None:
                return "304 to a request without If-None-Match"
            sent = answer.headers.get("etag")
            return None if sent == etag and not answer.body else f"304 with the ETag {sent}, asked with {etag}"
        return self.reference.difference(target, token, answer, indented, is_head)


def wrong_refusal(answer: Answer, is_head: bool) -> str | None:
    missing = [name for name in ("x-request-id", *(["retry-after"] if answer.status == 503 else []))
               if name not in answer.headers]
    if missing:
        return f"{answer.status} without {', '.join(missing)}"
    if not is_head and list(json.loads(answer.body)) != ["message"]:
        return f"{answer.status} with {answer.body[:200]!r}"
    return None
