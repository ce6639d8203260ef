# SPDX-License-Identifier: MIT
"""Load on a server (wrk) and on PostgreSQL (pgbench), from so many clients for so many seconds."""

import json
import math
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .cluster import SESSION
from .servers import Server

HERE = Path(__file__).resolve().parent
THREADS = 2  # of the program that makes the load
ENOUGH = 30  # answers in a run: the few that are under way when wrk stops are not counted, and must not matter
ROUNDS = 3  # answers for each connection: the first have not waited in a full queue, latencies must not be theirs
LONGEST = 10  # seconds of a run that is longer for their sake
FEWEST = 15  # answers, however long they take: a rate must not rest on a handful


@dataclass
class Run:
    """What came of one run. Latencies in milliseconds; `failed`: no answer, or one with another status. CPU in seconds,
    until nothing is left to do: what wrk leaves behind, restapi cancels."""

    requests: int
    seconds: float
    p50: float
    p99: float
    failed: int = 0
    server_cpu: float = 0.0
    database_cpu: float = 0.0

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def long_enough(seconds: int, alone: float, connections: int) -> int:
    """How long a run should be, at least `seconds`: one request alone takes `alone` seconds, and as many at a time as
    there are processors do not slow each other."""
    each = alone / min(connections, os.cpu_count() or 1)
    return max(seconds, math.ceil(each * FEWEST),
               min(LONGEST, math.ceil(each * max(ENOUGH, ROUNDS * connections))))


def wrk(server: Server, target: str, connections: int, seconds: int, status: int | None = 200,
        targets: Path | None = None) -> Run:
    """`status`: of a good answer; none: any. `targets`: a file of targets that the connections go through in turn,
    instead of the one (see targets.lua)."""
    threads = min(THREADS, connections)
    command = ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "60s", "-s",
               str(HERE / ("targets.lua" if targets else "report.lua")), server.url(target)]
    command += ["--", str(targets)] if targets else []
    output = subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE, timeout=seconds + 90).stdout
    report = json.loads(output[output.rindex("{"):])
    unexpected = 0
    if status is not None:
        unexpected = report["errors"] if status < 400 else report["requests"] - report["errors"]
    return Run(report["requests"], report["seconds"], report["p50"], report["p99"], report["broken"] + unexpected)


def pgbench(uri: str, script: Path, variables: dict[str, str], connections: int, seconds: int, sampled: float) -> Run:
    """`sampled`: the share of transactions whose latency is written down; that costs time too."""
    log = script.with_suffix(".latency")
    command = ["pgbench", "-n", "-M", "prepared", "-c", str(connections), "-j", str(min(THREADS, connections)), "-T",
               str(seconds), "-l", "--log-prefix", str(log), "--sampling-rate", str(sampled), "-f", str(script)]
    for name, value in variables.items():
        command += ["-D", f"{name}={value}"]
    begin = time.perf_counter()
    run = subprocess.run([*command, uri], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         env={**os.environ, "PGOPTIONS": SESSION})
    if run.returncode:
        raise RuntimeError(f"pgbench {script.name}: {run.stderr.strip()[-1000:]}")
    output = run.stdout
    elapsed = time.perf_counter() - begin
    numbers = dict(line.split(" = ", 1) for line in output.splitlines() if " = " in line)
    done = int(next(line for line in output.splitlines() if "actually processed" in line).split(":")[1].split("/")[0])
    rate = float(numbers["tps"].split()[0]) if done else 0.0  # pgbench says neither where nothing has ended
    average = float(numbers["latency average"].split()[0]) if done else elapsed * 1000
    latencies = []
    for part in sorted(log.parent.glob(log.name + ".*")):
        latencies += [int(line.split()[2]) / 1000 for line in part.read_text().splitlines()]
        part.unlink()
    latencies.sort()
    return Run(done, done / rate if rate else elapsed, percentile(latencies, 50, average),
               percentile(latencies, 99, average))


def percentile(ordered: list[float], percent: int, without: float) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else without


def settle(cpu_seconds: Callable[[], float], limit: float = 30.0) -> None:
    """Waits until what is measured has nothing left to do: a load that ends leaves requests in the queue."""
    end = time.monotonic() + limit
    before = cpu_seconds()
    while time.monotonic() < end:
        time.sleep(0.05)
        now = cpu_seconds()
        if now - before < 0.011:  # a tick of the clock that /proc has
            return
        before = now
