# SPDX-License-Identifier: MIT
"""What is asked: a row for each request of the benchmark, about nodes that the data of the run really have."""

from dataclasses import dataclass
from urllib.parse import quote

from .cluster import Cluster

PREFIX = "/api/v2/"


@dataclass(frozen=True)
class Subject:
    name: str
    target: str
    status: int = 200
    kind: str = "list"  # list, node, links, attributes, small, statistics, error: what the aims name together


@dataclass(frozen=True)
class Facts:
    """Of the data: what the requests name."""

    nodes: int
    process: str  # uuid of a calculation job in the middle of the table, with inputs and outputs
    rich: str  # uuid of a node with about 3 KB of attributes
    day: str
    next_day: str
    process_id: int
    label: str  # of a structure in the middle of the table, borne by no other
    moments: tuple[str, str]  # between them about 15 nodes were made
    changes: tuple[str, str]  # between them about 15 nodes were changed last

    @property
    def pages(self) -> int:
        return (self.nodes + 19) // 20


def read_facts(cluster: Cluster, database: str) -> Facts:
    middle = "(SELECT max(id) / 2 FROM db_dbnode)"
    nodes = cluster.rows(database, "SELECT count(*) FROM db_dbnode")[0][0]
    process, day, next_day, process_id = cluster.rows(
        database, "SELECT uuid, (ctime AT TIME ZONE 'UTC')::date, (ctime AT TIME ZONE 'UTC')::date + 1, id "
        f"FROM db_dbnode WHERE id > {middle} AND node_type LIKE 'process.calculation.calcjob%' ORDER BY id LIMIT 1")[0]
    rich = cluster.rows(
        database, f"SELECT uuid FROM (SELECT * FROM db_dbnode WHERE id > {middle} ORDER BY id LIMIT 20000) AS later "
        "ORDER BY abs(length(attributes::text) - 3000), id LIMIT 1")[0][0]
    label = cluster.rows(
        database, f"SELECT label FROM db_dbnode WHERE id > {middle} AND label LIKE 'structure %' ORDER BY id LIMIT 1"
    )[0][0]
    moment = "to_char({}({}) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')"
    moments = cluster.rows(database, f"SELECT {moment.format('min', 'ctime')}, {moment.format('max', 'ctime')} FROM db_dbnode "
                           f"WHERE id BETWEEN {process_id} AND {process_id} + 15")[0]
    changes = cluster.rows(
        database, f"SELECT {moment.format('min', 'mtime')}, {moment.format('max', 'mtime')} FROM (SELECT mtime FROM db_dbnode "
        f"WHERE mtime >= '{day}' ORDER BY mtime LIMIT 16) AS changed")[0]
    return Facts(int(nodes), process, rich, day, next_day, int(process_id), label, tuple(moments), tuple(changes))


def target(path: str, query: str = "") -> str:
    """Percent-encoded as a browser would send it."""
    return PREFIX + path + ("?" + quote(query, safe="=&,-_.:") if query else "")


def subjects(facts: Facts) -> list[Subject]:
    node = f"nodes/{facts.process}"
    day = f"ctime>={facts.day}&ctime<{facts.next_day}"
    return [
        Subject("list of 20", target("nodes", "limit=20")),
        Subject("list of 400", target("nodes", "limit=400")),
        Subject("page 1", target("nodes/page/1")),
        Subject("page in the middle", target(f"nodes/page/{facts.pages // 2}")),
        Subject("type like, 20", target("nodes", 'type=like="data.core.structure%"&limit=20')),
        Subject("one day, 20", target("nodes", f"{day}&limit=20")),
        Subject("node by uuid", target(node), kind="node"),
        Subject("node by 8 characters", target(node[: len("nodes/") + 8]), kind="node"),
        Subject("inputs", target(f"{node}/io/inputs"), kind="links"),
        Subject("outputs", target(f"{node}/io/outputs"), kind="links"),
        Subject("attributes, 3 KB", target(f"nodes/{facts.rich}/content/attributes"), kind="attributes"),
        Subject("users", target("users"), kind="small"),
        Subject("computers", target("computers"), kind="small"),
        Subject("statistics", target("nodes/statistics"), kind="statistics"),
        Subject("error 400", target("nodes", "labl=1"), 400, "error"),
    ]


QUICK = {"list of 20", "inputs", "statistics", "error 400"}  # one of each kind, for a run in seconds


def growing(facts: Facts) -> list[Subject]:
    """Requests whose answers have the same size however many nodes there are: every filter and order that an index of
    PostgreSQL serves, pages, and single nodes. Where the filter lets through a share of all nodes, the total grows
    with them, and so does the time to count it."""
    node, (first, last), (early, late) = f"nodes/{facts.process}", facts.moments, facts.changes
    ids = ",".join(str(facts.process_id + step) for step in range(5))
    return [
        Subject("list of 20", target("nodes", "limit=20")),
        Subject("page 2", target("nodes/page/2")),
        Subject("page in the middle", target(f"nodes/page/{facts.pages // 2}")),
        Subject("last page", target(f"nodes/page/{facts.pages}")),
        Subject("newest 20 by id", target("nodes", "orderby=-id&limit=20")),
        Subject("newest 20 by ctime", target("nodes", "orderby=-ctime&limit=20")),
        Subject("newest 20 by mtime", target("nodes", "orderby=-mtime&limit=20")),
        Subject("id>, 20", target("nodes", f"id>{facts.process_id}&limit=20")),
        Subject("type like, 20", target("nodes", 'type=like="data.core.structure%"&limit=20')),
        Subject("type=, 20", target("nodes", 'type="data.core.code.installed.InstalledCode."&limit=20')),
        Subject("codes, 20", target("codes", "limit=20")),
        Subject("id=", target("nodes", f"id={facts.process_id}")),
        Subject("id=in=, 5 values", target("nodes", f"id=in={ids}")),
        Subject("id interval", target("nodes", f"id>={facts.process_id}&id<{facts.process_id + 15}&limit=20")),
        Subject("uuid=", target("nodes", f'uuid="{facts.process}"')),
        Subject("uuid=in=, 2 values", target("nodes", f'uuid=in="{facts.process}","{facts.rich}"')),
        Subject("uuid like", target("nodes", f'uuid=like="{facts.process[:8]}%"')),
        Subject("label=", target("nodes", f'label="{facts.label}"')),
        Subject("label=in=, 2 values", target("nodes", f'label=in="{facts.label}","none"')),
        Subject("label like", target("nodes", f'label=like="{facts.label}%"&limit=20')),
        Subject("ctime interval", target("nodes", f"ctime>={first}&ctime<{last}&limit=20")),
        Subject("mtime interval", target("nodes", f"mtime>={early}&mtime<{late}&limit=20")),
        Subject("node by uuid", target(node), kind="node"),
        Subject("node by 8 characters", target(node[: len("nodes/") + 8]), kind="node"),
        Subject("inputs", target(f"{node}/io/inputs"), kind="links"),
        Subject("outputs", target(f"{node}/io/outputs"), kind="links"),
        Subject("groups", target("groups")),
        Subject("groups, name=", target("groups", 'name="group-7"')),
        Subject("groups, type=", target("groups", 'type="core"')),
        Subject("groups, user_id=", target("groups", "user_id=2")),
    ]
