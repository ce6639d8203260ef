# SPDX-License-Identifier: MIT
"""/api/v4 as an explorer asks it: the requests of its session beside the floors of database and network, how long its start
takes, and what goes over all nodes of a database of twice the size."""

import statistics
from urllib.parse import quote

from .aims import span
from .compare import Comparison
from .page import number, spread, table, whole
from .session import Session
from .statements import script
from .subjects import Facts, Subject

NAMES = "process_label,process_state,exit_status"
START = ("server", "nodes/full_types_count", "nodes/statistics", "users/", "groups", "computers/", "nodes/download_formats/",
         "nodes/projectable_properties")
FIRST_PAGE = (f'nodes/page/1?perpage=20&full_type="process.%|%"&attributes=true&attributes_filter={NAMES}&orderby=-ctime')
LIMIT = 50.0  # ms of what is remembered
OF_ALL_NODES = {"list of 20", "page of processes", "tree", "full types with counts", "statistics"}
QUICK = {"list of 20", "incoming", "full types with counts"}


def target(path: str) -> str:
    return "/api/v4/" + quote(path, safe="/?=&,-_.:")


def subjects(facts: Facts) -> list[Subject]:
    node = f"nodes/{facts.process}"
    return [
        Subject("list of 20", target("nodes?limit=20")),
        Subject("page of processes", target(FIRST_PAGE)),
        Subject("list of 400", target("nodes?limit=400&orderby=-id")),
        Subject("one full type, 20", target('nodes?full_type="data.core.structure.StructureData.|"&limit=20')),
        Subject("node with attributes", target(f"{node}?attributes=true"), kind="node"),
        Subject("incoming", target(f"{node}/links/incoming"), kind="links"),
        Subject("outgoing", target(f"{node}/links/outgoing/"), kind="links"),
        Subject("tree", target(f"{node}/links/tree?in_limit=10&out_limit=10"), kind="links"),
        Subject("attributes, 3 KB", target(f"nodes/{facts.rich}/contents/attributes"), kind="attributes"),
        Subject("report", target(f"processes/{facts.process}/report"), kind="small"),
        Subject("users", target("users/"), kind="small"),
        Subject("full types with counts", target("nodes/full_types_count"), kind="statistics"),
        Subject("statistics", target("nodes/statistics"), kind="statistics"),
    ]


def measure_explorer_start(session: Session, uri: str) -> str:
    """Everything that an explorer asks before a person sees a list, one request behind the other."""
    times, asked = [], [Subject(f"start, {path}", target(path)) for path in (*START, FIRST_PAGE)]
    for repetition in range(session.repetitions):
        session.say(f"round {repetition + 1}: the start of an explorer")
        with session.programs.server(uri) as server:
            replies = [server.ask(subject.target) for subject in asked]
        for subject, reply in zip(asked, replies):
            session.check_reply("explorer", subject, reply)
        times.append(1000 * sum(reply.seconds for reply in replies))
    session.came_to("v4 start", f"{span([statistics.median(times) / 1000], lambda time: time < 1)} s, {whole(session.nodes)} nodes")
    return (f"The start of an explorer, {len(asked)} requests one behind the other to a server that has answered nothing before, "
            f"{whole(session.nodes)} nodes: {spread(times)} ms.\n")


def measure_all_nodes(session: Session) -> str:
    nodes = 2 * session.nodes
    database = session.database(nodes)
    wanted = [subject for subject in subjects(session.facts(database)) if subject.name in OF_ALL_NODES]
    rows, remembered = [], []
    with session.programs.server(session.cluster.uri(database)) as server:
        for subject in wanted:
            replies = [server.ask(subject.target) for _ in range(10)]
            session.check_reply("all nodes", subject, replies[-1])
            first, later = 1000 * replies[0].seconds, 1000 * statistics.median(reply.seconds for reply in replies[1:])
            remembered.append(later)
            rows.append([subject.name, number(first), number(later)])
    session.came_to("v4 remembered", f"{span(remembered, lambda time: time < LIMIT)} ms, {whole(nodes)} nodes")
    return f"Milliseconds of one request, {whole(nodes)} nodes.\n\n" + table(["request", "first", "remembered"], rows)


def measure_v4(session: Session) -> str:
    database = session.database()
    uri = session.cluster.uri(database)
    every = subjects(session.facts(database))
    comparison = Comparison(session, uri, database, [one for one in every if one.name in QUICK] if session.quick else every)
    comparison.measure()
    for aim, of_v2 in {"v4 lists": "cold lists", "v4 node": "cold node", "v4 links": "cold links", "v4 warm": "warm"}.items():
        session.came_to(aim, comparison.reached(of_v2))
    place = next(place for place, subject in enumerate(comparison.wanted) if subject.name == "full types with counts")
    passes = session.cluster.scans(database, *script(comparison.costs["cold"][place].statements), "db_dbnode")
    session.came_to("v4 passes", span([passes], lambda times: times == 1))
    return (f"{whole(session.nodes)} nodes in PostgreSQL, median of {session.repetitions}.\n\n{comparison.report()}\n"
            + measure_explorer_start(session, uri) + "\n" + measure_all_nodes(session))
