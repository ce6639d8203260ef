# SPDX-License-Identifier: MIT
"""How soon does a subscriber know? From the moment at which the writer's commit has been answered to the one at which
the subscriber has it; on an idle machine, one subscriber at each door of one server."""

import random
import selectors
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from .aims import span
from .changes import Source, label
from .doors import DOORS, PATIENCE, Listener
from .load import percentile
from .page import number, table, whole
from .session import Session

INTERVAL = 100  # ms, as restapi looks for changes unless told otherwise
BEYOND = {50: 10, 99: 50}  # percentile → ms beyond the interval that are aimed at
CHANGES = 200
FEW = 20  # where each takes its time
QUICK = 5
WARM = 2  # changes before, which find nothing prepared


@dataclass(frozen=True)
class Case:
    """`statement`: makes a change whose label has the number. `has_aim`: the feed is meant to be quick here."""

    source: Source
    what: str
    statement: Callable[[int, Source], str]
    has_aim: bool = True


def listen(session: Session, case: Case) -> dict[str, list[float]]:
    """Door → sorted milliseconds."""
    found: dict[str, list[float]] = {door.name: [] for door in DOORS}
    chance = random.Random(1)
    run = case.source.connect()
    changes = QUICK if session.quick else CHANGES if case.has_aim else FEW
    with session.programs.server(case.source.served) as server, ExitStack() as stack, selectors.DefaultSelector() as ready:
        for door in DOORS:
            ready.register(stack.enter_context(Listener(server.port, door)), selectors.EVENT_READ)
        for change in range(WARM + changes):
            time.sleep(chance.uniform(0, 2 * INTERVAL / 1000))  # so that commits fall anywhere between two looks
            waited_for = set(found)
            run(case.statement(change, case.source))
            committed = time.perf_counter()
            while waited_for:
                events = ready.select(PATIENCE)
                if not events:
                    session.problems.append(f"{case.source.name}, {case.source.kind}: no word of a change at "
                                            f"{', '.join(waited_for)}")
                    return {}
                for key, _ in events:
                    heard = key.fileobj.messages()
                    elapsed = time.perf_counter() - committed
                    name = key.fileobj.door.name
                    if name in waited_for and any(label(change) in text for text in heard):
                        waited_for.remove(name)
                        found[name] += [1000 * elapsed] if change >= WARM else []
    return {name: sorted(latencies) for name, latencies in found.items()}


def measure_latency(session: Session, cases: list[Case]) -> str:
    rows = []
    of_aim: dict[int, list[float]] = {percent: [] for percent in BEYOND}
    for case in cases:
        source = case.source
        session.say(f"latency: {source.name}, {source.nodes} nodes, {source.kind}, {case.what}")
        for door, latencies in listen(session, case).items():
            found = {percent: percentile(latencies, percent, 0) for percent in BEYOND}
            if case.has_aim:
                for percent, latency in found.items():
                    of_aim[percent].append(latency)
            rows.append([source.name, whole(source.nodes), source.kind, case.what, door, str(len(latencies)),
                         *map(number, (latencies[0], *found.values(), latencies[-1]))])
    session.came_to("feed latency", ", ".join(
        f"{span(of_aim[percent], lambda latency, most=INTERVAL + more: latency <= most)} ms (p{percent})"
        for percent, more in BEYOND.items()))
    return ("Milliseconds from the answer to a commit to a subscriber. Commits come one by one, at any time within the "
            f"interval of {INTERVAL} ms in which the server looks for changes. An update in an SQLite file without the "
            "setup is found by reading all of the file, which is done in a twentieth of the time: it has no part in the "
            "aim.\n\n"
            + table(["database", "nodes", "source", "change", "door", "changes", "least", "p50", "p99", "most"], rows, 5))
