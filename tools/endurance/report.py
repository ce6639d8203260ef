# SPDX-License-Identifier: MIT
"""What is said of a run: tables, the same for a terminal and for docs/measurements/soak.md."""

from collections import Counter, defaultdict

from benchmark.page import megabytes, number, table, whole

from .ledger import Ledger, Window
from .trial import Trial

COMMON = (200, 204, 304, 400, 404, 405, 406, 408, 413, 414, 431, 503, 504)


def report(trials: list[Trial]) -> str:
    parts = []
    for trial in trials:
        parts.append(f"## {trial.subject.name}: {whole(trial.ledger.requests())} requests\n\n"
                     + "\n".join([requests(trial.ledger), faults(trial.ledger), holdings(trial)]))
    return "\n".join(parts)


def requests(ledger: Ledger) -> str:
    """Statuses that nobody got have no column; 0 stands for clients that did not wait, or got the connection's end."""
    seen = [status for status in (*COMMON, 0) if any(statuses[status] for statuses in ledger.statuses.values())]
    others = sorted({status for statuses in ledger.statuses.values() for status in statuses} - {*COMMON, 0})
    columns = seen + others
    heads = ["clients", *("no answer" if status == 0 else str(status) for status in columns), "p50 ms", "p99 ms",
             "slowest ms"]
    rows = []
    for kind, statuses in sorted(ledger.statuses.items()):
        latencies = ledger.latencies[kind]
        times = [latencies.percentile(percent) for percent in (50, 99, 100)]
        rows.append([kind, *(whole(statuses[status]) if statuses[status] else "" for status in columns),
                     *(number(None if seconds is None else seconds * 1000) for seconds in times)])
    return table(heads, rows)


def faults(ledger: Ledger) -> str:
    groups: dict[str, list[Window]] = defaultdict(list)
    for window in ledger.windows:
        groups[window.fault].append(window)
    rows = []
    for fault, windows in sorted(groups.items()):
        statuses = sum((window.statuses for window in windows), Counter())
        recoveries = sorted(window.recovery for window in windows if window.recovery is not None)
        refusals = [window.last_refusal for window in windows if window.last_refusal is not None]
        rows.append([fault, str(len(windows)), whole(sum(window.over - window.begin for window in windows)),
                     whole(statuses[503]), whole(statuses[504]),
                     number(recoveries[len(recoveries) // 2] if recoveries else None),
                     number(max(recoveries, default=None)), number(max(refusals, default=None))])
    return table(["fault", "times", "seconds in all", "503", "504", "served again after s, median", "at most",
                  "last refusal after s"], rows)


def holdings(trial: Trial) -> str:
    watch = trial.watch
    if watch is None:
        return ""
    heads = ["of the server", "at the start", "at most", "at the end"]
    at_rest = trial.rest or (None, None)
    rows = [
        ["resident memory", *map(megabytes, (watch.resident[0], max(watch.resident), watch.resident[-1]))],
        ["descriptors (the end: without clients)", str(watch.first_descriptors), str(watch.peak_descriptors),
         number(at_rest[0])],
        ["threads", str(watch.first_threads), "", number(at_rest[1])],
    ]
    if watch.peak_sessions:
        rows.append(["sessions with PostgreSQL", "", str(watch.peak_sessions), ""])
    text = table(heads, rows)
    text += (f"\nFrom the second quarter of the run to the last the memory grew by {watch.growth() / 2**20:.1f} MiB "
             "(medians).")
    if trial.stop_seconds is not None:
        text += f" SIGTERM among requests: ended after {trial.stop_seconds:.2f} s."
    return text + "\n"
