# SPDX-License-Identifier: MIT
"""Is the start of a uuid looked up as fast as the whole of it? In turn, on one server without a cache."""

import statistics
from collections import defaultdict

from .aims import span
from .load import Run, wrk
from .page import number, spread, table, whole
from .session import Session
from .subjects import Subject, target

LENGTHS = (36, 8)
LIMIT = 1.3  # times the whole uuid's


def measure_uuid(session: Session) -> str:
    database = session.database()
    uuid = session.facts(database).process
    wanted = [Subject(f"{length} characters", target(f"nodes/{uuid[:length]}")) for length in LENGTHS]
    connections = session.connections[-1] if session.quick else 8
    runs: dict[str, list[Run]] = defaultdict(list)
    with session.programs.server(session.cluster.uri(database), *session.programs.lanes()["cold"]) as server:
        for repetition in range(1 if session.quick else 2 * session.repetitions):
            session.say(f"uuid, round {repetition + 1}")
            for subject in wanted:
                session.check_reply("uuid", subject, server.ask(subject.target))
                run = wrk(server, subject.target, connections, session.seconds)
                session.check_run(f"uuid, {subject.name}", run)
                runs[subject.name].append(run)
    rows, times = [], {}
    for subject in wanted:
        mine, full = runs[subject.name], runs[wanted[0].name]
        slower = [one.rate / other.rate for one, other in zip(full, mine) if other.rate]
        times[subject.name] = slower
        rows.append([subject.name, number(statistics.median(run.rate for run in mine)),
                     number(statistics.median(run.p50 for run in mine)),
                     spread(slower)])
    start = times[wanted[-1].name]
    session.came_to("uuid", f"{span(start and [statistics.median(start)], lambda time: time <= LIMIT)} × at "
                    f"{connections} connections, {whole(session.nodes)} nodes")
    return (f"One node of {whole(session.nodes)}, no cache, {connections} connections.\n\n"
            + table(["uuid in the path", "requests/s", "p50 in ms", "time, of the whole uuid's"], rows))
