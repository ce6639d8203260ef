# SPDX-License-Identifier: MIT
"""Asks for something that must be read from the database, all the time: is it served at this moment?"""

import threading
import time

from . import wire
from .judge import Judge
from .targets import TOKEN

KIND = "probe"
PAUSE = 0.02  # seconds between two probes


class Prober:
    """run() is a thread; the others may be called from any."""

    def __init__(self, judge: Judge, target: str, port: int, patience: float):
        self.judge, self.target, self.port, self.patience = judge, target, port, patience
        self.changed = threading.Condition()
        self.last_begin = 0.0  # of the last probe that was answered from the database
        self.last_end = 0.0

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(PAUSE) and not self.judge.ledger.has_enough():
            try:
                self.probe()
            except wire.Broken as error:
                self.judge.ledger.problem(f"{KIND}: no answer: {error}")
            except wire.TooSlow as error:
                self.judge.ledger.problem(f"{KIND}: hangs: {error}")

    def probe(self) -> None:
        token, begin = self.judge.token(), time.time()
        with wire.Connection(self.port, self.patience) as connection:
            connection.send(wire.request(self.target.replace(TOKEN, token), "Connection: close"))
            answer = connection.receive()
        if self.judge.check(KIND, self.target, answer, begin, token=token) and answer.status == 200:
            with self.changed:
                self.last_begin, self.last_end = begin, time.time()
                self.changed.notify_all()

    def wait_for_answer(self, since: float, limit: float) -> float | None:
        """Seconds from `since` to the end of the first answer to a probe that began after it; nothing: none within
        `limit` seconds."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.last_begin >= since, limit):
                return None
            return self.last_end - since
