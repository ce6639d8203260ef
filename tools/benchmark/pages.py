# SPDX-License-Identifier: MIT
"""A page that nobody has asked for yet, of a list whose rows have been counted: does it take longer where there are more
nodes, or further back?"""

import statistics
from collections import defaultdict

from .aims import span
from .load import settle, wrk
from .page import number, spread, table, whole
from .servers import Server
from .session import Session
from .subjects import target

PAGES = 20_000  # in a file: more than a run asks for, so that none comes twice
GOLDEN = 0.6180339887  # its multiples spread evenly over 0…1 without repeating

LISTS = {  # what the table calls it → path, query
    "all nodes": "",
    "newest first": "orderby=-id",
    "id>, from the middle": "id>{middle}",
    "type like": 'type=like="data.core.structure%"',
    "half a year": "ctime>=2021-04-01&ctime<2021-10-01",
}
LIMIT = 1.5  # times what it takes with few nodes
QUICK = 1  # lists in a quick run


def total_of(server: Server, query: str) -> int:
    """Asks for the first and the last page, after which the total, and where in the table the rows are, is known."""
    def ask(offset: int) -> int:
        return server.ask(target("nodes", f"{query}&limit=20&offset={offset}".lstrip("&"))).total

    return ask(max(0, ask(0) - 20))  # the spread of a list is counted when a page far back is first asked for


def measure_pages(session: Session) -> str:
    lists = dict(list(LISTS.items())[:QUICK] if session.quick else LISTS.items())
    databases = {nodes: session.database(nodes) for nodes in session.sizes}
    times: dict[tuple[str, int], list[float]] = defaultdict(list)
    totals: dict[tuple[str, int], int] = {}
    path = session.folder / "pages"
    for repetition in range(session.repetitions):
        for name, query in lists.items():
            session.say(f"round {repetition + 1}: pages of {name}")
            for nodes, database in databases.items():
                asked = query.format(middle=nodes // 2)
                # A server of its own: it has not answered any of these pages before.
                with session.programs.server(session.cluster.uri(database)) as server:
                    total = total_of(server, asked)
                    offsets = (int((repetition * PAGES + place) * GOLDEN % 1 * max(1, total - 20))
                               for place in range(PAGES))
                    path.write_text("".join(target("nodes", f"{asked}&limit=20&offset={offset}".lstrip("&")) + "\n"
                                            for offset in offsets), encoding="utf-8")
                    run = wrk(server, "/", 1, session.seconds, targets=path)
                    session.check_run(f"pages of {name}, {nodes} nodes", run)
                settle(session.cluster.cpu_seconds)
                times[name, nodes].append(run.p50)
                totals[name, nodes] = total
    rows, grown = [], []
    for name in lists:
        few, many = (times[name, nodes] for nodes in session.sizes)
        ratios = [slow / fast for fast, slow in zip(few, many) if fast]
        grown += [statistics.median(ratios)] if ratios else []
        rows.append([name, *(whole(totals[name, nodes]) for nodes in session.sizes),
                     *(number(statistics.median(each)) for each in (few, many)),
                     spread(ratios)])
    small, large = map(whole, session.sizes)
    session.came_to("grown pages", f"{span(grown, lambda ratio: ratio <= LIMIT)} × ({small} → {large} nodes)")
    return (f"Milliseconds (p50) of one client for 20 rows anywhere in a list, each place asked for the first time, "
            f"{small} and {large} nodes in PostgreSQL, and their ratio; median of {session.repetitions}.\n\n"
            + table(["list", f"rows of {small}", f"rows of {large}", small, large, "ratio"], rows))
