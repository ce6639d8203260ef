# SPDX-License-Identifier: MIT
"""Questions to /api/v4, each asked of PostgreSQL and of an SQLite file with the same rows (tests/fixtures/aiida2.sql)."""

import json
import sqlite3
import tempfile
import unittest
import urllib.parse
from contextlib import closing
from pathlib import Path

from container import Container, tree, write_profile
from own_postgresql import OwnPostgreSql
from served import Server, make_database

STRUCTURE, DICT, CODE, JOB, JOB2, FOLDER, MESH, FUNCTION, CHAIN, THING, CIF = (
    f"{start}000000-0000-4000-8000-{pk:012x}" for pk, start in
    enumerate(("aa", "aa", "ab", "ac", "ac", "ad", "ad", "ad", "ae", "ae", "ae"), 1))


# Of fixture aiida2, what stands between rows of one's own and none but these.
NO_NODES = "".join(f"DELETE FROM {table};" for table in
                   ("db_dbcomment", "db_dblog", "db_dblink", "db_dbgroup_dbnodes", "db_dbnode"))


def node(pk: int, node_type: str, process_type: str = None, attributes: dict = None, uuid: str = "", **columns) -> str:
    """SQL that inserts a node of the first user."""
    row = {"id": pk, "uuid": uuid or uuid_of(pk), "node_type": node_type, "process_type": process_type, "label": "",
           "description": "", "ctime": "2024-05-06 07:08:09", "mtime": "2024-05-06 07:08:09", "attributes": attributes or {},
           "extras": {}, "repository_metadata": {}, "user_id": 1, **columns}

    def literal(value) -> str:
        if value is None:
            return "NULL"
        text = json.dumps(value) if isinstance(value, (dict, list)) else str(value)
        return "'" + text.replace("'", "''") + "'"

    return f"INSERT INTO db_dbnode ({', '.join(row)}) VALUES ({', '.join(map(literal, row.values()))});\n"


def uuid_of(pk: int) -> str:
    return f"f{pk:07x}-0000-4000-8000-000000000000"


def link(pk: int, input_id: int, output_id: int, label: str, type_: str) -> str:
    return (f"INSERT INTO db_dblink (id, input_id, output_id, label, type) "
            f"VALUES ({pk}, {input_id}, {output_id}, '{label}', '{type_}');\n")


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


def vertex(tag: str, entity_type="", **more) -> dict:
    return {"tag": tag, "entity_type": entity_type, "orm_base": "node"} | more


class Posted(Asked):
    """Queries in JSON, too."""

    def post(self, body, path: str = "/querybuilder/", *headers: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"POST /api/v4{path} HTTP/1.1", "Host: localhost:5000", f"Content-Length: {len(data)}", *headers, "", ""]
        with self.server.connect() as client:
            client.send("\r\n".join(lines).encode() + data)
            answer = client.receive()
        return Answer(answer.status, answer.headers, answer.body)

    def told(self, body: dict) -> Answer:
        answer = self.post(body)
        self.assertEqual(200, answer.status, answer.body[:500])
        return answer

    def wrong(self, body, *words: str, status: int = 400):
        answer = self.post(body)
        self.assertEqual(status, answer.status, answer.body[:500])
        for word in words:
            self.assertIn(word, answer.message)
        self.assertNotIn("SELECT", answer.message)


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


class OnProfile:
    """`files`: uuid → path → content, in the repository of a profile of AiiDA."""

    rows, files = "", {}

    @classmethod
    def make(cls, folder: Path) -> str:
        """The files, and SQL that puts them and the rows into the database."""
        container = Container(folder)
        for files in cls.files.values():
            for content in files.values():
                container.add(content)
        trees = {uuid: json.dumps(tree(files)).replace("'", "''") for uuid, files in cls.files.items()}
        return cls.rows + "".join(f"UPDATE db_dbnode SET repository_metadata = '{text}' WHERE uuid = '{uuid}';"
                                  for uuid, text in trees.items())

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()


class OnSqliteProfile(OnProfile):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        root = Path(cls.folder.name)
        storage = root / "storage"
        script = cls.make(storage / "container")
        with closing(sqlite3.connect(make_database(storage / "database.sqlite", "aiida2"))) as database:
            database.executescript(script)
        write_profile(root, "core.sqlite_dos", {"filepath": str(storage)})
        cls.server = Server("main", AIIDA_PATH=str(root))


class OnPostgreSqlProfile(OnProfile):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        root = Path(cls.folder.name)
        cls.database = OwnPostgreSql("aiida2")
        cls.database.run("SET TimeZone = 'UTC';" + cls.make(root / "repository" / "container"))
        write_profile(root, "core.psql_dos", {**cls.database.keywords(), "repository_uri": (root / "repository").as_uri()})
        cls.server = Server("main", AIIDA_PATH=str(root))

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.database.__exit__()
