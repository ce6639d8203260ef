# SPDX-License-Identifier: MIT
"""What tests of the live feed share: databases in which the source of changes is installed."""

import os
import subprocess
import threading
import unittest
from pathlib import Path

from own_postgresql import OwnPostgreSql
from served import Server, make_database, run, settled, wait_for

# Entries of the log, and statements that each tell 8 MB of them: the server keeps 16.
MANY_LOGS = """INSERT INTO db_dblog (id, uuid, time, loggername, levelname, dbnode_id, message, metadata)
               SELECT 1000 + i, gen_random_uuid(), now(), '', 'INFO', 1, '', '{}' FROM generate_series(1, 500) AS t(i);"""
TOLD_AT_LENGTH = "UPDATE db_dblog SET message = repeat('x', 16384) WHERE id > 1000;"


class OnFedPostgreSql(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postgresql = OwnPostgreSql()
        cls.addClassCleanup(cls.postgresql.__exit__)

    def setUp(self):
        self.fill("generation2")

    def fill(self, fixture: str):
        self.postgresql.fill(fixture)
        self.execute(run("--print-feed-setup", "postgresql").stdout)

    def execute(self, sql: str, **environment: str):
        """In one session of psql."""
        subprocess.run([*self.postgresql.psql, "-v", "ON_ERROR_STOP=1"], input=sql, text=True, check=True,
                       capture_output=True, env=os.environ | environment)

    def commit(self, sql: str, is_committed: str):
        """One transaction, once, whatever the server suffers. One that is killed may have committed without an answer:
        the query that gives true from then on tells."""
        while subprocess.run([*self.postgresql.psql, "-1", "-v", "ON_ERROR_STOP=1"], input=sql, text=True,
                             capture_output=True).returncode != 0:
            if wait_for(lambda: subprocess.run([*self.postgresql.psql, "-c", is_committed], text=True,
                                               capture_output=True).stdout.strip(), "an answer of the database") == "t":
                return

    def label_first_node(self, count: int, more: str) -> threading.Thread:
        """Commits the labels 1 to `count` of node 1, one after the other, whatever the server suffers, each together
        with `more` ({value} in it is the label)."""
        ended = threading.Event()
        self.addCleanup(ended.set)

        def write():
            for value in range(1, count + 1):
                if ended.is_set():
                    return
                self.commit(f"SET synchronous_commit = on; UPDATE db_dbnode SET label = '{value}' WHERE id = 1; "
                            + more.format(value=value), f"SELECT label = '{value}' FROM db_dbnode WHERE id = 1")

        writer = threading.Thread(target=write)
        writer.start()
        return writer

    def serve(self, *arguments, **more) -> Server:
        return Server(self.postgresql.uri, *arguments, **more)


class FedFile:
    """A file of SQLite in that folder."""

    def __init__(self, folder: str, fixture: str = "generation2"):
        self.path = make_database(Path(folder) / "database.sqlite", fixture)
        self.execute(run("--print-feed-setup", "sqlite").stdout)
        settled(self.path)

    def execute(self, sql: str):
        subprocess.run(["sqlite3", "-bail", "-cmd", ".timeout 60000", self.path], input=sql, text=True, check=True,
                       capture_output=True)
