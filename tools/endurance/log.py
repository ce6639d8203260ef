# SPDX-License-Identifier: MIT
"""What a server has written to standard error: nothing of a sanitizer, and no error outside a fault."""

import re
import time
from pathlib import Path

from .ledger import Ledger

SANITIZERS = re.compile(r"(ERROR|WARNING): (Address|Thread|Leak|Memory)Sanitizer|runtime error:|^SUMMARY: ")
LINE = re.compile(r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.(\d+)\] \[\w+\] \[(?:\x1b\[\S*?m)?(\w+)")
EXPECTED = re.compile(r"request \S+: 50[34] store_(unavailable|too_slow):")
SLACK = 1.0  # seconds between an answer and its line at most
LINES_OF_A_REPORT = 40


def check_log(path: Path, ledger: Ledger) -> None:
    lines = path.read_text(errors="replace").splitlines()
    for number, line in enumerate(lines):
        if SANITIZERS.search(line):
            ledger.problem("in the log:\n" + "\n".join(lines[max(0, number - 1):number + LINES_OF_A_REPORT]),
                           is_cause=True)
            return
    for line in lines:
        found = LINE.match(line)
        if not found:
            if is_first_of_entry(line):
                ledger.problem(f"in the log: {line[:300]}", is_cause=True)
        elif found[3] in ("error", "critical"):
            moment = time.mktime(time.strptime(found[1], "%Y-%m-%d %H:%M:%S")) + float(f"0.{found[2]}")
            if not EXPECTED.search(line) or not ledger.is_disturbed(moment, SLACK):
                ledger.problem(f"in the log: {line[:300]}")


def is_first_of_entry(line: str) -> bool:
    """The other lines of an entry are libpq's and SOCI's own words, which may be several lines long."""
    return bool(re.match(r"terminate called|restapi: |.*[Aa]ssert|.*[Ss]egmentation", line))
