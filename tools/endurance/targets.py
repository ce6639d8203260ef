# SPDX-License-Identifier: MIT
"""What is asked: every resource, page, filter, kind of path and error, about nodes that the data really have."""

import json
from collections.abc import Callable

from benchmark.subjects import Facts, growing, subjects, target

from .wire import Answer

RESOURCES = ("nodes", "calculations", "codes", "data", "structures", "kpoints", "bands", "cifs", "upfs", "computers",
             "users", "groups")
NODES = RESOURCES[:9]

# Stands for eight characters that are others in every request, so that the answer cannot be remembered.
TOKEN = "t0000000"

FILTERS = (
    'nodes|type=like="data.core.structure%"&limit=20',
    'nodes|label=ilike="STRUCTURE 1%"&limit=50',
    'nodes|state="finished"&limit=30',
    'nodes|state=in="killed","excepted"&orderby=-mtime',
    "nodes|id=in=1,2,3,5,8,13,21,34,55",
    "nodes|id>100&id<=180&orderby=-id",
    'nodes|mtime>=2022-01-01&mtime<2022-06-01&orderby=type,-ctime&limit=40',
    'nodes|uuid!="00000000-0000-4000-a000-000000000000"&limit=3&offset=70',
    'computers|scheduler_type=in="core.slurm","core.pbspro"&state="finished"',
    'computers|orderby=-name',
    'users|first_name=ilike="a%"',
    'groups|name=like="group-1_"',
    'groups|type!="core"&orderby=name',
    'calculations|ctime>=2021-03-01T10:00:00&limit=10&orderby=-ctime',
)

ERRORS = (
    "nodes|labl=1", "nodes|id=like=\"4%\"", "nodes|limit=401", "nodes|limit=ten", "nodes|id=", "nodes|id=1&&",
    'nodes|label="no end', "nodes/page/100000", "nodes/page/1|limit=3", "nodes|perpage=5", "nodes/zzzz", "users/4711",
    'users|email="user1@example.org"', "nodes|limit=1&limit=2", "nodes|ctime>yesterday", "computers|id=1.5",
    "nothing", "nodes/1/2/3/4", "nodes/schema/extra", "codes/statistics",
)


def written(line: str) -> str:
    path, _, query = line.partition("|")
    return target(path, query)


def objects(ask: Callable[[str], Answer], resource: str, count: int) -> list[str]:
    """Ids as paths have them, of the first rows that the server lists."""
    rows = json.loads(ask(target(resource, f"limit={count}")).body)["data"][resource]
    return [row["uuid"] if "uuid" in row else str(row["id"]) for row in rows]


def fixed_targets(facts: Facts, ask: Callable[[str], Answer]) -> list[str]:
    """Remembered by a server with a cache."""
    found = [subject.target for subject in (*subjects(facts), *growing(facts))]
    found += [written(line) for line in (*FILTERS, *ERRORS)]
    found += [target(path) for path in ("", "server", "server/endpoints", "nodes/statistics")]
    found += [target("nodes/statistics", "user=2"), "/", "/api/v2", "/api/v1/nodes", "/api/v2/nodes?label=%FF"]
    for resource in RESOURCES:
        found += [target(f"{resource}/schema"), target(f"{resource}/page/1", "perpage=7"), target(resource, "limit=9")]
        found += [target(f"{resource}/{name}") for name in objects(ask, resource, 3)]
    for resource in NODES:
        for name in objects(ask, resource, 12):
            found += [target(f"{resource}/{name}/{part}") for part in
                      ("io/inputs", "io/outputs", "content/attributes", "content/extras")]
    found += [target(f"nodes/page/{page}", "perpage=30&orderby=-mtime") for page in range(1, 12)]
    return list(dict.fromkeys(found))


def fresh_targets(facts: Facts) -> list[str]:
    """Each with the token."""
    one = f'_="{TOKEN}"'
    return [
        target("nodes", f"limit=1&{one}"),
        target("nodes/page/2", f"perpage=11&{one}"),
        target("nodes", f'type=like="data.core.dict%"&orderby=-mtime&limit=15&{one}'),
        target(f"nodes/{facts.process}/io/inputs", one),
        target(f"nodes/{facts.process}/io/outputs/page/1", one),
        target("computers", one),
        target("users", one),
        target("groups", f"limit=10&{one}"),
        target("nodes", f"labl=1&{one}"),
    ]


def large_target() -> str:
    """For slow readers: a few hundred KB when it is indented."""
    return target("nodes", "limit=400&orderby=-id")
