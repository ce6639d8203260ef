# SPDX-License-Identifier: MIT
"""The live feed, in one run: how soon a subscriber knows, what many subscribers take, what writers pay, and what is left
for other requests."""

from .changes import FOLLOWING, INSTALLED, insert, on_postgresql, on_sqlite, update
from .latency import Case, measure_latency
from .page import whole
from .session import Session
from .subscribers import measure_subscribers
from .writers import measure_writers

KINDS = (INSTALLED, FOLLOWING)
SMALL = 5_000  # nodes of a file whose updates are found by reading all of it


def measure_feed(session: Session) -> str:
    session.cluster.configure(autovacuum="on")  # here the data do change
    try:
        sources = [on_postgresql(session, kind) for kind in KINDS]
        installed, following = (on_sqlite(session, kind, session.nodes) for kind in KINDS)
        small = on_sqlite(session, FOLLOWING, min(SMALL, session.nodes // 2))
        cases = [*(Case(source, "update", update) for source in (*sources, installed)),
                 Case(following, "new node", insert), Case(small, "update", update, has_aim=False)]
        parts = {"How soon": measure_latency(session, cases),
                 "Many subscribers": measure_subscribers(session, sources),
                 "Writers": measure_writers(session)}
    finally:
        session.cluster.configure()
    return (f"{whole(session.nodes)} nodes unless stated otherwise, median of {session.repetitions}. With the setup in the "
            "database (installed) and without (following). The subscribers are one process with one thread and epoll "
            "(`tools/subscribers.cpp`), which reads everything and looks at no more than where messages end.\n\n"
            + "\n".join(f"## {heading}\n\n{text}" for heading, text in parts.items()))
