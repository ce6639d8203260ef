# SPDX-License-Identifier: MIT
"""Clients that ask without pause, and what they lose."""

import http.client
import itertools
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration"))

from served import PATIENCE  # noqa: E402


class Crowd:
    """Each answer that is no 200 is a loss, or has another body than the target's; and so is each connection that ends
    unanswered; only a GET on a connection that has served before is asked once more, as RFC 9110, 9.2.2 has it.
    `expected`: target → body, None for any body."""

    def __init__(self, port: int, clients: int, keeps: bool, expected: dict):
        self.port, self.keeps, self.expected = port, keeps, expected
        self.lost, self.served, self.ends = [], 0, threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.ask, args=(number,)) for number in range(clients)]
        for thread in self.threads:
            thread.start()

    def ask(self, number: int):
        connection, age = None, 0
        targets = list(self.expected)
        for turn in itertools.count(number):
            if self.ends.is_set():
                break
            target = targets[turn % len(targets)]
            if connection is None:
                connection, age = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE), 0
            try:
                connection.request("GET", target)
                answer = connection.getresponse()
                body = answer.read()
                fault = None if answer.status == 200 else answer.status
                if fault is None and self.expected[target] not in (None, body):
                    fault = f"another body of {target}"
            except (OSError, http.client.HTTPException) as failure:
                fault = repr(failure) if age == 0 else None
                connection.close()
                connection = None
                with self.lock:
                    self.lost += [fault] if fault else []
                continue
            age += 1
            with self.lock:
                self.served += 1
                self.lost += [fault] if fault else []
            if not self.keeps:
                connection.close()
                connection = None
        if connection:
            connection.close()

    def wait_for(self, more: int):
        wanted, deadline = self.served + more, time.monotonic() + PATIENCE
        while self.served < wanted:
            if time.monotonic() > deadline:
                raise RuntimeError(f"only {self.served} of {wanted} answers; lost: {self.lost[:5]}")
            time.sleep(0.01)

    def end(self):
        self.ends.set()
        for thread in self.threads:
            thread.join()
