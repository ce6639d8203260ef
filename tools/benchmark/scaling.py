# SPDX-License-Identifier: MIT
"""Does a request take longer where there is more of everything? One client, a small and a large database in turn."""

import contextlib
import statistics
from collections import defaultdict

from .aims import resident, span
from .load import long_enough, settle, wrk
from .page import number, spread, table, whole
from .session import Session
from .subjects import growing

QUICK = 1  # requests in a quick run
LIMIT = 1.5  # times what it takes with few nodes
AS_MANY = 1.5  # times the rows of few nodes: chance at the ends of an interval; what grows with the nodes has far more


class Scaling:
    def __init__(self, session: Session):
        self.session = session
        self.times: dict[tuple[str, str, int], list[float]] = defaultdict(list)  # request, lane, nodes → p50 in ms
        self.totals: dict[tuple[str, int], int | None] = {}  # request, nodes → rows of the list; nothing if it is none
        self.peaks: dict[str, int] = {}

    def measure(self) -> None:
        session = self.session
        databases = [session.database(nodes) for nodes in session.sizes]
        wanted = [growing(session.facts(database)) for database in databases]
        if session.quick:
            wanted = [subjects[:QUICK] for subjects in wanted]
        self.names = [subject.name for subject in wanted[0]]
        with contextlib.ExitStack() as stack:
            start = session.programs.server
            servers = {(lane, nodes): stack.enter_context(start(session.cluster.uri(database), *options))
                       for lane, options in session.programs.lanes().items()
                       for nodes, database in zip(session.sizes, databases)}
            for repetition in range(session.repetitions):
                for pair in zip(*wanted):
                    session.say(f"round {repetition + 1}: {pair[0].name}")
                    for (lane, nodes), server in servers.items():
                        subject = pair[session.sizes.index(nodes)]
                        server.ask(subject.target)
                        reply = server.ask(subject.target)
                        session.check_reply(f"{lane}, {nodes} nodes", subject, reply)
                        self.totals[subject.name, nodes] = reply.total
                        run = wrk(server, subject.target, 1, long_enough(session.seconds, reply.seconds, 1))
                        settle(session.cluster.cpu_seconds)
                        session.check_run(f"{subject.name}, {lane}, {nodes} nodes", run)
                        self.times[subject.name, lane, nodes].append(run.p50)
            for (lane, _), server in servers.items():
                self.peaks[lane] = max(self.peaks.get(lane, 0), server.peak_memory())

    def ratios(self, name: str, lane: str) -> list[float]:
        few, many = (self.times[name, lane, nodes] for nodes in self.session.sizes)
        return [slow / fast for fast, slow in zip(few, many) if fast]

    def grows(self, name: str) -> bool:
        """Whether the list has more rows where there are more nodes."""
        few, many = (self.totals[name, nodes] for nodes in self.session.sizes)
        return few is not None and many > AS_MANY * few

    def tell(self) -> None:
        few, many = map(whole, self.session.sizes)
        for aim, lane, wanted in (("grown warm", "warm", self.names),
                                  ("grown cold", "cold", [name for name in self.names if not self.grows(name)]),
                                  ("grown counted", "cold", [name for name in self.names if self.grows(name)])):
            ratios = {name: statistics.median(ratios) for name in wanted if (ratios := self.ratios(name, lane))}
            most = f"; most: {max(ratios, key=ratios.get)}" if ratios else ""
            self.session.came_to(
                aim, f"{span(list(ratios.values()), lambda ratio: ratio <= LIMIT)} × ({few} → {many} nodes{most})")
        self.session.came_to("memory scaling", resident(self.peaks))

    def report(self) -> str:
        sizes = self.session.sizes
        heads = ["request", *(f"rows of {whole(nodes)}" for nodes in sizes)]
        rows = [[name, *("" if (total := self.totals[name, nodes]) is None else whole(total) for nodes in sizes)]
                for name in self.names]
        for lane in self.session.programs.lanes():
            heads += [*(f"{lane}, {whole(nodes)}" for nodes in sizes), "ratio"]
            for row in rows:
                row += [*(number(statistics.median(self.times[row[0], lane, nodes])) for nodes in sizes),
                        spread(self.ratios(row[0], lane))]
        return table(heads, rows)


def measure_scaling(session: Session) -> str:
    scaling = Scaling(session)
    scaling.measure()
    scaling.tell()
    few, many = map(whole, session.sizes)
    return (f"Milliseconds (p50) of one client, {few} and {many} nodes in PostgreSQL, and their ratio; median of "
            f"{session.repetitions}, in brackets the least and the greatest. Rows: what the list has in all, which a "
            "request that is not cached counts.\n\n" + scaling.report())
