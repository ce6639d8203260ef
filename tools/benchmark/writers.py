# SPDX-License-Identifier: MIT
"""What do writers pay for the installed source? pgbench in a database with the triggers and without them, in turn."""

import os
import random
import re
import statistics
import subprocess
from collections import defaultdict
from dataclasses import dataclass

from .aims import span
from .changes import FOLLOWING, OWNER, copy_postgresql, setup
from .load import percentile
from .page import number, spread, table
from .postgresql import Session as Connection
from .session import Session

PERCENT = 10  # of the latencies: what else happens on the machine makes single ones longer
OPTIONS = "-c synchronous_commit=off -c jit=off"
MANY = 100_000  # nodes in one statement

# A node that is there (multiples of 100 are missing), and a thousand of them.
NODE = "\\set node 1 + 100 * random(0, :nodes / 100 - 1)\n"
THOUSAND = "\\set node 1 + 100 * random(0, :nodes / 100 - 12)\n"
COPY = ("INSERT INTO db_dbnode (uuid, node_type, process_type, label, description, ctime, mtime, attributes, extras, "
        "repository_metadata, dbcomputer_id, user_id) SELECT gen_random_uuid(), node_type, process_type, {}, description, "
        "now(), now(), attributes, extras, repository_metadata, dbcomputer_id, user_id FROM db_dbnode WHERE ")


@dataclass(frozen=True)
class Statement:
    """`most`: milliseconds of it that the feed may take."""

    name: str
    script: str
    most: float


STATEMENTS = (
    Statement("link inserted", NODE + "INSERT INTO db_dblink (input_id, output_id, label, type) "
              "VALUES (:node, :node + 1, 'bench', 'input_calc');\n", 0.012),
    Statement("node inserted", NODE + COPY.format("label") + "id = :node;\n", 0.032),
    Statement("extras of a node updated", NODE + "UPDATE db_dbnode SET extras = extras || jsonb_build_object('bench', "
              "random()) WHERE id = :node;\n", 0.038),
    Statement("1000 nodes inserted", THOUSAND + COPY.format("label") + "id BETWEEN :node AND :node + 1010 LIMIT 1000;\n",
              0.43),
    Statement("extras of 1000 nodes updated", THOUSAND + "UPDATE db_dbnode SET extras = extras || "
              "jsonb_build_object('bench', random()) WHERE id BETWEEN :node AND :node + 1009;\n", 18.0),
    Statement(f"{MANY} nodes inserted, and deleted", "BEGIN;\n" + COPY.format("'many'") + "id <= :many;\nDELETE FROM "
              "db_dbnode WHERE label = 'many';\nCOMMIT;\n", 408.0),
)
QUICK = STATEMENTS[:3]
EXPLAINED = 30  # executions of each
WITHOUT, WITH = "without", "with"


def pgbench(session: Session, uri: str, statement: Statement) -> list[float]:
    """Sorted milliseconds of each transaction of one client."""
    script, log = session.folder / "writer.sql", session.folder / "writer.latency"
    script.write_text(statement.script, encoding="utf-8")
    subprocess.run(["pgbench", "-n", "-M", "prepared", "-c", "1", "-T", str(session.seconds), "-l", "--log-prefix", str(log),
                    "-D", f"nodes={session.nodes}", "-D", f"many={MANY * 100 // 99}", "-f", str(script),
                    uri], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env={**os.environ, "PGOPTIONS": OPTIONS})
    latencies: list[float] = []
    for part in log.parent.glob(log.name + ".*"):
        latencies += [int(line.split()[2]) / 1000 for line in part.read_text().splitlines()]
        part.unlink()
    return sorted(latencies)


def trigger_times(session: Session, uri: str, statement: Statement) -> list[float]:
    """Sorted milliseconds that PostgreSQL says the feed's triggers took."""
    chance, times = random.Random(1), []
    sql = next(line for line in statement.script.splitlines() if line.startswith(("INSERT", "UPDATE")))
    with Connection(uri, OWNER) as connection:
        for _ in range(EXPLAINED):
            node = 1 + 100 * chance.randrange(session.nodes // 100 - 12)
            plan = connection.run(f"EXPLAIN ANALYZE {sql.replace(':node', str(node))}")
            times.append(sum(float(time) for line in plan
                             for time in re.findall(r"Trigger restapi_feed_\w+.*: time=([\d.]+)", line[0])))
    return sorted(times)


def measure_writers(session: Session) -> str:
    cluster = session.cluster
    database = copy_postgresql(session.programs, cluster, session.database(), FOLLOWING, "feed_written")
    cluster.warm(database)
    scripts = {WITHOUT: setup(session.programs, "postgresql", "removal"), WITH: setup(session.programs, "postgresql")}
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    wanted = QUICK if session.quick else STATEMENTS
    for repetition in range(session.repetitions):
        for statement in wanted:
            session.say(f"writers, round {repetition + 1}: {statement.name}")
            for way in (WITHOUT, WITH) if repetition % 2 == 0 else (WITH, WITHOUT):
                cluster.psql(database, "-f", "-", text=scripts[way])
                latencies = pgbench(session, cluster.uri(database), statement)
                if not latencies:
                    session.problems.append(f"writers: no transaction of {statement.name}")
                found[statement.name, way].append(percentile(latencies, PERCENT, 0))
    cluster.psql(database, "-f", "-", text=scripts[WITH])
    triggers = {statement.name: trigger_times(session, cluster.uri(database), statement)
                for statement in wanted if statement != STATEMENTS[-1]}
    rows, shares = [], []
    for statement in wanted:
        plain, told = found[statement.name, WITHOUT], found[statement.name, WITH]
        more = [one - other for one, other in zip(told, plain)]
        inside = triggers.get(statement.name)
        share = percentile(inside, PERCENT, 0) if inside else statistics.median(more)
        shares.append(share / statement.most)
        rows.append([statement.name, spread(plain), spread(told), spread(more), number(share) if inside else "–",
                     number(statement.most)])
    session.came_to("feed writers", f"{span(shares, lambda share: share <= 1)} of that")
    return (f"Milliseconds of a transaction of one client (percentile {PERCENT}; `pgbench -M prepared`, "
            "`synchronous_commit = off`: a commit that waits for the disk takes milliseconds more), without and with the "
            "triggers, in turn; and what PostgreSQL itself says that the triggers took (`EXPLAIN ANALYZE`), which other work "
            "of the machine changes less.\n\n"
            + table(["statement", "without", "with", "difference", "triggers", "aim"], rows))
