# SPDX-License-Identifier: MIT
"""Lists as CSV and NDJSON: the same rows as in JSON, however many, in no more memory, and never half of them unnoticed."""

import csv
import http.client
import io
import json
import socket
import sqlite3
import tempfile
import unittest
import urllib.request
from pathlib import Path

from own_postgresql import OwnPostgreSql
from served import Client, Server, forget_peak, is_sanitized, make_database, memory_of, request

MIB = 1 << 20
FIELDS = ("fields=*,description,exit_status,attributes,extras.\"ключ\",attributes.value,attributes.state,degree,"
          "computer.name,user.last_name")


def read(server: Server, target: str, *headers: tuple) -> tuple:
    quoted = urllib.request.quote(target, safe="/?&=,*%")
    asked = urllib.request.Request(f"http://127.0.0.1:{server.port}/api/v2/{quoted}", headers=dict(headers))
    with urllib.request.urlopen(asked) as answer:
        return answer.headers, answer.read().decode()


def from_csv(cell: str, like):
    """What a cell of CSV says, where JSON has a value like that: strings without quotes, nothing for null."""
    if like is None or isinstance(like, str):
        return cell or like
    return json.loads(cell)


def many(path: Path, rows: int) -> Path:
    make_database(path, "generation2")
    database = sqlite3.connect(path)
    database.execute(
        "WITH RECURSIVE n(i) AS (SELECT 100001 UNION ALL SELECT i + 1 FROM n WHERE i < 100000 + ?) INSERT INTO db_dbnode "
        "(id, uuid, node_type, process_type, label, description, ctime, mtime, attributes, extras, repository_metadata, "
        "dbcomputer_id, user_id) SELECT i, lower(hex(randomblob(16))), node_type, process_type, 'node ' || i, '', ctime, "
        "mtime, '{\"energy\": -1.5}', '{}', '{}', NULL, user_id FROM n, (SELECT * FROM db_dbnode LIMIT 1)", (rows,))
    database.commit()
    database.close()
    return path


class Same(unittest.TestCase):
    def check(self, server: Server):
        for resource in "nodes", "computers", "users", "groups", "data":
            for query in ("", FIELDS, "orderby=-id&limit=3", "id>2&offset=1"):
                if query == FIELDS and resource not in ("nodes", "data"):
                    continue
                with self.subTest(resource=resource, query=query):
                    rows = json.loads(read(server, f"{resource}?{query}")[1])["data"][resource]
                    headers, text = read(server, f"{resource}.ndjson?{query}")
                    self.assertEqual("application/x-ndjson", headers["Content-Type"])
                    self.assertEqual(rows, [json.loads(line) for line in text.splitlines()])
                    headers, text = read(server, f"{resource}.csv?{query}")
                    self.assertEqual("text/csv; charset=utf-8", headers["Content-Type"])
                    cells = list(csv.DictReader(io.StringIO(text, newline="")))
                    self.assertEqual(len(rows), len(cells))
                    for row, line in zip(rows, cells):
                        self.assertEqual(row, {name: from_csv(line[name], row[name]) for name in line})
        _, text = read(server, "nodes.csv?fields=label,id,attributes.value&limit=1")
        self.assertEqual("label,id,attributes.value", text.splitlines()[0])
        self.assertEqual(read(server, "computers.csv")[1], read(server, "computers", ("Accept", "text/csv"))[1])
        listed = json.loads(read(server, "computers.json", ("Accept", "text/csv"))[1])
        self.assertEqual(json.loads(read(server, "computers")[1])["data"], listed["data"])

    def test_sqlite(self):
        with tempfile.TemporaryDirectory() as folder:
            for fixture in "document", "generation2":
                with Server(make_database(Path(folder) / f"{fixture}.sqlite", fixture)) as server:
                    self.check(server)

    def test_postgresql(self):
        for fixture in "document", "generation2":
            with OwnPostgreSql(fixture) as database, Server(database.uri) as server:
                self.check(server)


class Long(unittest.TestCase):
    ROWS = 60_000

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = many(Path(cls.folder.name) / "many.sqlite", cls.ROWS)

    def test_all_rows_in_little_memory(self):
        with Server(self.path) as server:
            read(server, "nodes.csv?limit=1")
            before = memory_of(server)
            forget_peak(server)
            _, text = read(server, "nodes.csv?fields=id,label,type,ctime,attributes.energy&id>100000")
            lines = text.splitlines()
            self.assertEqual(self.ROWS + 1, len(lines))
            self.assertTrue(lines[-1].startswith(f"{100000 + self.ROWS},node {100000 + self.ROWS},"))
            self.assertTrue(lines[-1].endswith(",-1.5"))
            if not is_sanitized():
                self.assertLess(memory_of(server, peak=True) - before, 8 * MIB)

    def test_a_reader_that_stands_still_takes_no_memory_and_others_are_served(self):
        with Server(self.path) as server:
            read(server, "nodes.csv?limit=1")
            before = memory_of(server)
            connections = []
            for _ in range(4):
                connection = socket.create_connection(("127.0.0.1", server.port))
                self.addCleanup(connection.close)
                connection.sendall(request("/api/v2/nodes.csv").encode())
                self.assertTrue(connection.recv(20).startswith(b"HTTP/1.1 200"))
                connections.append(connection)
            refused = server.get("/api/v2/nodes.csv")
            self.assertEqual(503, refused.status)
            self.assertEqual(200, server.get("/api/v2/nodes?limit=5").status)
            if not is_sanitized():
                self.assertLess(memory_of(server) - before, 16 * MIB)

    def test_a_file_that_is_written_over_ends_it_visibly(self):
        with tempfile.TemporaryDirectory() as folder:
            path = many(Path(folder) / "cut.sqlite", self.ROWS)
            with Server(path) as server:
                client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
                client.connect()
                client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.request("GET", "/api/v2/nodes.ndjson")
                answer = client.getresponse()
                self.assertEqual(200, answer.status)
                answer.read(10)
                server.stop()
                with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
                    while answer.read(1 << 16):
                        pass
                client.close()


class Refused(unittest.TestCase):
    def test_what_has_no_rows_is_no_csv(self):
        with Server("--demo") as server, Client(server.port) as client:
            for target in ("nodes/statistics.csv", "server.ndjson", "nodes/schema.csv", "computers/1.csv"):
                answer = client.get(f"/api/v2/{target}")
                self.assertEqual(406, answer.status, target)
                self.assertIn("only lists", answer.json()["message"])
            self.assertEqual(404, client.get("/api/v2/nodes.xml").status)
            answer = client.get("/api/v2/nodes.csv?labl=1")
            self.assertEqual(400, answer.status)
            self.assertIn("did you mean", answer.json()["message"])
            self.assertEqual(200, client.get("/api/v2/nodes.csv", method="HEAD").status)


if __name__ == "__main__":
    unittest.main()
