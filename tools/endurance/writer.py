# SPDX-License-Identifier: MIT
"""A writer: small transactions, some of them rolled back, some in part. What it has done stands in the database: each of
its nodes says how often it has been updated."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from benchmark.changes import NEW_UUID, NOW

PAUSE, LONG_PAUSE = 0.005, 0.1  # seconds between two transactions; where a sanitizer makes the server many times slower
AGAIN = 0.2  # after one that failed, because the database is down
MOST = 100  # nodes, about
NODES = "label BETWEEN 'soak 0' AND 'soak 999999999'"  # by an index
ONE = f"id = (SELECT id FROM db_dbnode WHERE {NODES} ORDER BY random() LIMIT 1)"
# Now and then what is told of a transaction is more than the server keeps in memory (16 MiB).
LARGE = 0.005
LARGE_ROWS = 1500
LARGE_TEXT = {"PostgreSQL": "repeat('x', 12000)", "SQLite": "hex(zeroblob(6000))"}
TRUTH = f"SELECT uuid, label FROM db_dbnode WHERE {NODES}"


@dataclass
class Writer:
    """`connect`: gives what runs a statement; whatever that raises of `failures`, the transaction is lost. `pause`: between
    two transactions. run() is a thread."""

    dialect: str  # PostgreSQL, SQLite
    connect: Callable[[], Callable[[str], object]]
    failures: tuple[type[Exception], ...]
    seed: int
    pause: float
    committed: int = 0

    def statements(self, chance: random.Random) -> list[str]:
        now = NOW[self.dialect]
        insert = ("INSERT INTO db_dbnode (uuid, node_type, process_type, label, description, ctime, mtime, attributes, "
                  f"extras, repository_metadata, dbcomputer_id, user_id) SELECT {NEW_UUID[self.dialect]}, node_type, "
                  f"process_type, 'soak 0', description, {now}, {now}, attributes, extras, repository_metadata, "
                  "dbcomputer_id, user_id FROM db_dbnode WHERE id <= {}")
        set_label = f"SET label = 'soak ' || (CAST(substr(label, 6) AS integer) + 1), mtime = {now}"
        update_all = f"UPDATE db_dbnode {set_label} WHERE {NODES}"
        kinds = [insert.format(1), insert.format(3), *[f"UPDATE db_dbnode {set_label} WHERE {ONE}"] * 6, update_all,
                 *[f"DELETE FROM db_dbnode WHERE {ONE}"] * 2,
                 f"DELETE FROM db_dbnode WHERE {NODES} AND (SELECT count(*) FROM db_dbnode WHERE {NODES}) > {MOST}"]
        return chance.choices(kinds, weights=[2, 1, *[1] * 6, 0.2, 1, 1, 0.5], k=chance.randint(1, 5))

    def transaction(self, chance: random.Random) -> list[str]:
        statements = self.statements(chance)
        if chance.random() < 0.3:
            statements[1:1] = ["SAVEPOINT part", *self.statements(chance), "ROLLBACK TO part"]
        if chance.random() < LARGE:
            statements += [
                "DELETE FROM db_dblog WHERE loggername = 'soak'",
                "INSERT INTO db_dblog (uuid, time, loggername, levelname, dbnode_id, message, metadata) "
                f"SELECT {NEW_UUID[self.dialect]}, {NOW[self.dialect]}, 'soak', '', id, {LARGE_TEXT[self.dialect]}, '{{}}' "
                f"FROM db_dbnode WHERE id <= {LARGE_ROWS}"]
        return ["BEGIN", *statements, "ROLLBACK" if chance.random() < 0.2 else "COMMIT"]

    def run(self, stop: threading.Event) -> None:
        chance, execute = random.Random(self.seed), None
        while not stop.is_set():
            try:
                execute = execute or self.connect()
                transaction = self.transaction(chance)
                for statement in transaction:
                    execute(statement)
                self.committed += transaction[-1] == "COMMIT"
                stop.wait(self.pause)
            except self.failures:
                execute = None
                stop.wait(AGAIN)
