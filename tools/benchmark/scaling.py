"""Does a request take longer where there is more of everything? One client, a small and a large database in turn."""

import contextlib
import statistics
from collections import defaultdict

from .load import settle, wrk
from .page import number, table, whole
from .session import Session
from .subjects import growing

QUICK = 1  # requests in a quick run


def measure_scaling(session: Session) -> str:
    databases = [session.database(nodes) for nodes in session.sizes]
    wanted = [growing(session.facts(database)) for database in databases]
    if session.quick:
        wanted = [subjects[:QUICK] for subjects in wanted]
    times: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    with contextlib.ExitStack() as stack:
        servers = {(lane, nodes): stack.enter_context(session.programs.server(session.cluster.uri(database), *options))
                   for lane, options in session.programs.lanes().items()
                   for nodes, database in zip(session.sizes, databases)}
        for repetition in range(session.repetitions):
            for pair in zip(*wanted):
                session.say(f"round {repetition + 1}: {pair[0].name}")
                for (lane, nodes), server in servers.items():
                    subject = pair[session.sizes.index(nodes)]
                    session.check_reply(f"{lane}, {nodes} nodes", subject, server.ask(subject.target))
                    run = wrk(server, subject.target, 1, session.seconds, subject.status)
                    settle(lambda: session.cluster.cpu_seconds())
                    session.check_run(f"{subject.name}, {lane}, {nodes} nodes", run)
                    times[subject.name, lane, nodes].append(run.p50)
    few, many = map(whole, session.sizes)
    return (f"Milliseconds (p50) of one client, {few} and {many} nodes in PostgreSQL, and their ratio; median of "
            f"{session.repetitions}.\n\n" + report(session, [subject.name for subject in wanted[0]], times))


def report(session: Session, names: list[str], times: dict[tuple[str, str, int], list[float]]) -> str:
    small, large = session.sizes
    heads, rows = ["request"], [[name] for name in names]
    for lane in session.programs.lanes():
        heads += [f"{lane}, {whole(small)}", f"{lane}, {whole(large)}", "ratio"]
        for row in rows:
            few, many = times[row[0], lane, small], times[row[0], lane, large]
            ratios = [slow / fast for fast, slow in zip(few, many) if fast]
            row += [number(statistics.median(few)), number(statistics.median(many)),
                    number(statistics.median(ratios) if ratios else None)]
    return table(heads, rows)
