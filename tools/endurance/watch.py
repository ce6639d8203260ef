# SPDX-License-Identifier: MIT
"""What a server holds, looked at while it runs: memory, descriptors, threads, and sessions with PostgreSQL."""

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmark.processes import memory

from .ledger import Ledger

PAUSE = 0.5  # seconds between two looks

# The memory of a server that does not leak has a level, which it reaches while caches and pools fill: in the first
# quarter of the run. From the second quarter's median to the last one's it may grow by this much, which over an hour
# is a few bytes a request.
MOST_GROWTH = 16 * 2**20

# A session that ends is listed by PostgreSQL until its process has gone: more than the pool holds is a mistake only if
# so many looks in a row see it.
LOOKS = 10


def descriptors(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def threads(process: int) -> int:
    return len(list(Path(f"/proc/{process}/task").iterdir()))


@dataclass
class Watch:
    """run() is a thread. `count_sessions`: of this server, nothing while PostgreSQL does not say."""

    process: int
    ledger: Ledger
    most_sessions: int
    count_sessions: Callable[[], int | None]
    resident: list[int] = field(default_factory=list)
    peak_descriptors: int = 0
    peak_sessions: int = 0
    first_descriptors: int = 0
    first_threads: int = 0

    def __post_init__(self):
        self.first_descriptors, self.first_threads = descriptors(self.process), threads(self.process)
        self.resident.append(memory(self.process, "VmRSS"))

    def run(self, stop: threading.Event) -> None:
        too_many = 0
        while not stop.wait(PAUSE):
            try:
                self.resident.append(memory(self.process, "VmRSS"))
                self.peak_descriptors = max(self.peak_descriptors, descriptors(self.process))
            except (OSError, ValueError) as error:
                self.ledger.problem(f"the server has gone: {error}")
                return
            sessions = self.count_sessions()
            if sessions is None:
                continue
            self.peak_sessions = max(self.peak_sessions, sessions)
            too_many = too_many + 1 if sessions > self.most_sessions else 0
            if too_many == LOOKS:
                self.ledger.problem(f"{sessions} sessions for {self.most_sessions} threads")

    def growth(self) -> int:
        """Bytes, from the second quarter of the run to the last."""
        quarter = max(1, len(self.resident) // 4)
        return int(statistics.median(self.resident[-quarter:])
                   - statistics.median(self.resident[quarter:2 * quarter] or self.resident))

    def check_growth(self) -> None:
        if self.growth() > MOST_GROWTH:
            self.ledger.problem(f"memory grew by {self.growth() / 2**20:.1f} MiB between the second and the last "
                                "quarter of the run")

    def wait_for_rest(self, kept: int, limit: float) -> tuple[int, int]:
        """Descriptors and threads, once there are no more than at the start; `kept`: connections to the database that
        may stay open."""
        end = time.monotonic() + limit
        while True:
            found = descriptors(self.process), threads(self.process)
            is_at_rest = found[0] <= self.first_descriptors + kept and found[1] <= self.first_threads
            if is_at_rest or time.monotonic() > end:
                break
            time.sleep(0.1)
        if not is_at_rest:
            self.ledger.problem(f"{found[0]} descriptors and {found[1]} threads after the last client has gone; at the "
                                f"start {self.first_descriptors} and {self.first_threads}, and {kept} descriptors of "
                                "the database may be added")
        return found
