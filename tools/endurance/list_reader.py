# SPDX-License-Identifier: MIT
"""A client that reads lists while they are written, and compares them with the database: where this is the same before
and after a request, the answer has to be of that state, its total too unless it says that it is older."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from .ledger import Ledger
from .wire import Answer, Broken, Connection, TooSlow, request
from .writer import NODES

PATIENCE = 30  # seconds
PAUSE = 0.01  # between two requests
AGAIN = 0.2  # after one that failed
ALLOWED = (503, 504)  # the database is broken by others
NEWEST, WRITTEN, DEEP = "nodes?orderby=-id&limit=3", "nodes?label=like=%22soak%20%25%22&limit=1", "nodes?limit=3&offset={}"
# How many nodes, the newest, how many of the writer's.
STATE = (f"SELECT (SELECT count(*) FROM db_dbnode), (SELECT max(id) FROM db_dbnode), (SELECT count(*) FROM db_dbnode WHERE "
         f"{NODES})")
# Another one after each commit; a state may come again, where a node is made and deleted.
VERSION = {"PostgreSQL": "SELECT CAST(pg_current_snapshot() AS text)", "SQLite": "PRAGMA data_version"}


@dataclass
class ListReader:
    """`connect`: gives what asks the database for rows; whatever that raises of `failures`, it is asked again."""

    ledger: Ledger
    dialect: str  # PostgreSQL, SQLite
    port_of: Callable[[], int]
    connect: Callable[[], Callable[[str], list]]
    failures: tuple[type[Exception], ...]
    compared: int = 0
    aged: int = field(default=0)  # of these, with an older total

    def run(self, stop: threading.Event) -> None:
        ask = None
        while not stop.wait(PAUSE):
            try:
                ask = ask or self.connect()
                with Connection(self.port_of(), PATIENCE) as client:
                    while not stop.wait(PAUSE):
                        self.look(ask, client)
            except self.failures:
                ask = None
                stop.wait(AGAIN)
            except (Broken, TooSlow):  # the server was killed
                stop.wait(AGAIN)

    def look(self, ask: Callable[[str], list], client: Connection) -> None:
        version = list(ask(VERSION[self.dialect]))
        nodes, newest, written = (int(value) for value in ask(STATE)[0])
        for target, total, first in ((NEWEST, nodes, newest), (WRITTEN, written, None),
                                     (DEEP.format(max(0, nodes - 2)), nodes, None)):
            client.send(request("/api/v2/" + target))
            answer = client.receive()
            if list(ask(VERSION[self.dialect])) != version:
                return
            if answer.status in ALLOWED:
                continue
            self.compare(target, answer, total, first)

    def compare(self, target: str, answer: Answer, total: int, first: int | None) -> None:
        self.compared += 1
        if answer.status != 200:
            return self.ledger.problem(f"{target}: status {answer.status}")
        rows = json.loads(answer.body)["data"]["nodes"]
        if first is not None and rows[0]["id"] != first:
            self.ledger.problem(f"{target}: the newest node is {first}, and not {rows[0]['id']}")
        if "x-total-age" in answer.headers:
            self.aged += 1
        elif int(answer.headers["x-total-count"]) != total:
            self.ledger.problem(f"{target}: the total is {total}, and not {answer.headers['x-total-count']}")
