# SPDX-License-Identifier: MIT
"""What a process has cost."""

import ctypes
import os
import time
from pathlib import Path

LIBC = ctypes.CDLL(None)
TICKS = os.sysconf("SC_CLK_TCK")


def stat_fields(process: int) -> list[str]:
    """From the state on: the name before it may contain anything. Field n of proc(5) is at n - 3."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def cpu_seconds(process: int) -> float:
    """User and system time of all its threads, by its own clock, which is finer than /proc; 0 when it is gone."""
    clock = ctypes.c_int()
    if LIBC.clock_getcpuclockid(process, ctypes.byref(clock)) != 0:
        return 0.0
    try:
        return time.clock_gettime(clock.value)
    except OSError:  # it has gone meanwhile
        return 0.0


def reaped_cpu_seconds(process: int) -> float:
    """That of its children that have ended."""
    fields = stat_fields(process)
    return (int(fields[13]) + int(fields[14])) / TICKS


def family_cpu_seconds(process: int) -> float:
    """Of a process and its children so far, those that have ended included."""
    return cpu_seconds(process) + reaped_cpu_seconds(process) + sum(cpu_seconds(child) for child in children(process))


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def memory(process: int, name: str) -> int:
    """`VmRSS` or `VmHWM` in bytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"no {name} in /proc/{process}/status")
