# SPDX-License-Identifier: MIT
"""What happened to one server: requests, faults, problems. Any thread may write."""

import math
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

# Beyond that many problems a run says nothing new.
ENOUGH = 200

STEP = 1.1  # ratio of neighbouring classes of latencies: a percentile is right to 5 %
LEAST = 1e-5  # seconds


class Latencies:
    """A histogram: an hour has too many to keep each."""

    def __init__(self):
        self.classes: Counter[int] = Counter()

    def add(self, seconds: float) -> None:
        self.classes[int(math.log(max(seconds, LEAST) / LEAST, STEP))] += 1

    def percentile(self, percent: float) -> float | None:
        left = sum(self.classes.values()) * percent / 100
        for number in sorted(self.classes):
            left -= self.classes[number]
            if left <= 0:
                return LEAST * STEP ** (number + 0.5)
        return None


@dataclass
class Window:
    """A fault, and the time after it in which its statuses are still forgiven. Seconds of time.time()."""

    fault: str
    allowed: frozenset[int]
    begin: float
    over: float = math.inf  # when the fault itself ended
    end: float = math.inf  # until when it is forgiven
    recovery: float | None = None  # seconds from `over` to the first answer read from the database
    last_refusal: float | None = None  # seconds from `over` to the last 503 or 504
    statuses: Counter[int] = field(default_factory=Counter)

    def overlaps(self, begin: float, end: float) -> bool:
        return self.begin <= end and begin <= self.end


class Ledger:
    def __init__(self, name: str):
        self.name = name
        self.lock = threading.Lock()
        self.problems: list[str] = []
        self.windows: list[Window] = []
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)  # of a kind of request; 0: not answered, rightly
        self.latencies: dict[str, Latencies] = defaultdict(Latencies)

    def problem(self, text: str, is_cause: bool = False) -> None:
        """`is_cause`: it explains others, and is said before them."""
        with self.lock:
            self.problems.insert(0 if is_cause else len(self.problems),
                                 f"{time.strftime('%H:%M:%S')} {self.name}: {text}")

    def has_enough(self) -> bool:
        return len(self.problems) >= ENOUGH

    def count(self, kind: str, status: int, seconds: float | None = None) -> None:
        with self.lock:
            self.statuses[kind][status] += 1
            if seconds is not None:
                self.latencies[kind].add(seconds)

    def open_window(self, fault: str, allowed: frozenset[int]) -> Window:
        window = Window(fault, allowed, time.time())
        with self.lock:
            self.windows.append(window)
        return window

    def forgives(self, status: int, begin: float) -> bool:
        """A request that began then and has this status now; it is counted with the latest fault that explains it."""
        now = time.time()
        with self.lock:
            found = [window for window in self.windows if status in window.allowed and window.overlaps(begin, now)]
            if not found:
                return False
            window = found[-1]
            window.statuses[status] += 1
            if window.over < now:
                window.last_refusal = max(window.last_refusal or 0.0, now - window.over)
            return True

    def is_disturbed(self, moment: float, slack: float) -> bool:
        with self.lock:
            return any(window.allowed and window.overlaps(moment - slack, moment + slack) for window in self.windows)

    def requests(self) -> int:
        return sum(sum(statuses.values()) for statuses in self.statuses.values())
