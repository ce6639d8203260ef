# SPDX-License-Identifier: MIT
"""Questions to /api/v4, each asked of PostgreSQL and of an SQLite file with the same rows (tests/fixtures/aiida2.sql)."""

import json
import sqlite3
import tempfile
import unittest
import urllib.parse
from contextlib import closing
from pathlib import Path

from own_postgresql import OwnPostgreSql
from served import Server, make_database

STRUCTURE, DICT, CODE, JOB, JOB2, FOLDER, MESH, FUNCTION, CHAIN, THING, CIF = (
    f"{start}000000-0000-4000-8000-{pk:012x}" for pk, start in
    enumerate(("aa", "aa", "ab", "ac", "ac", "ad", "ad", "ad", "ae", "ae", "ae"), 1))


class Answer:
    def __init__(self, status: int, headers: dict, body: bytes):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def data(self):
        return self.json["data"]

    @property
    def message(self) -> str:
        return self.json["message"]

    @property
    def total(self) -> str:
        return self.headers.get("x-total-count")

    def rows(self, name: str = "nodes") -> list:
        return self.data[name]

    def ids(self, name: str = "nodes") -> list:
        return [row["id"] for row in self.rows(name)]


class Asked(unittest.TestCase):
    """Subclasses have a server on a store each."""

    server: Server

    def ask(self, path: str, query: str = "", *headers: str, method: str = "GET", raw: bool = False,
            prefix: str = "/api/v4") -> Answer:
        """`query`: as a person would write it, unless it is `raw`."""
        target = prefix + path
        if query:
            target += "?" + (query if raw else urllib.parse.quote(query, safe="=&,!<>():+-_.~\"'|/ %").replace(" ", "%20")
                             .replace('"', "%22").replace("|", "%7C").replace("<", "%3C").replace(">", "%3E"))
        with self.server.connect() as client:
            answer = client.get(target, *headers, method=method)
        return Answer(answer.status, answer.headers, answer.body)

    def good(self, path: str, query: str = "", *headers: str) -> Answer:
        answer = self.ask(path, query, *headers)
        self.assertEqual(200, answer.status, f"{path}?{query}: {answer.body[:500]}")
        return answer

    def refused(self, status: int, message: str, path: str, query: str = "", raw: bool = False) -> Answer:
        """`message`: how it begins."""
        answer = self.ask(path, query, raw=raw)
        self.assertEqual(status, answer.status, f"{path}?{query}: {answer.body[:500]}")
        self.assertEqual(message, answer.message[:len(message)], f"{path}?{query}")
        self.assertNotIn("SELECT", answer.message)
        return answer


class OnSqlite:
    """`rows`: what is in the database besides the fixture, in SQL of both; `options` of the program."""

    fixture, rows, options = "aiida2", "", ()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        path = make_database(Path(cls.folder.name) / f"{cls.fixture}.sqlite", cls.fixture)
        with closing(sqlite3.connect(path)) as database:
            database.executescript(cls.rows)
        cls.server = Server(path, *cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()


class OnPostgreSql:
    """The same in PostgreSQL."""

    fixture, rows, options = "aiida2", "", ()

    @classmethod
    def setUpClass(cls):
        cls.database = OwnPostgreSql(cls.fixture)
        if cls.rows:
            cls.database.run("SET TimeZone = 'UTC';" + cls.rows)
        cls.server = Server(cls.database.uri, *cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.database.__exit__()
