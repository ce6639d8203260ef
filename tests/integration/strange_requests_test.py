#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Requests that nobody would send: endpoints, keys, values and encodings thrown together. Each is answered, by an answer or
by an error that is not the server's, and the server is there afterwards."""

import unittest
from collections import Counter

from demo_stores import DemoArchive, DemoPostgreSqlProfile, DemoSqliteProfile
from random_rows import Dice
from served import is_sanitized, request

ROUNDS = 1_000 if is_sanitized() else 3_000  # on each store

WORDS = ("", ".", "..", " ", "%", "1", "0", "-1", "99999999999999999999", "api", "v2", "v4", "demo", "events", "zz", "1.csv")
ENDINGS = (".json", ".csv", ".ndjson", ".dot", ".svg", ".provjson", ".html", ".", ".x")
RESERVED = ("limit", "offset", "perpage", "orderby", "fields", "count", "after", "facets", "attributes", "extras", "full_type",
            "attributes_filter", "extras_filter", "download", "download_format", "format", "filename", "rtype", "visformat",
            "levels", "direction", "in_limit", "out_limit", "nodes_in_limit", "alist", "nalist", "user", "pk", "_", "_file", "_part", "_find", "_key",
            "_operator", "_value", "_query")
KEYS = ("id", "uuid", "label", "name", "type", "node_type", "state", "ctime", "mtime", "attributes.energy", "extras.\"a b\".0",
        "group.label", "group.name", "input.type", "computer.name", "computer.label", "ancestor.uuid", "log.message", "degree")
OPERATORS = ("=", "!=", ">", "<", ">=", "<=", "=like=", "=ilike=", "=in=", "=notin=", "=is=", "=startswith=", "=has_key=",
             "=contains=", "=of_length=", "=longer=", "=shorter=", "=of_type=", "==", "=~", "")
VALUES = ("1", "-1", "0", "401", "99999999999999999999", "1.5", "1e400", "true", "null", "2024-09-02", "2024-13-40", "\"a\"",
          "\"\"\"", "\"%\"", "a,b", "\"a\",\"b\"", "1,2,3", "xsf", "cif", "json", "upf", "-ctime", "id,uuid", "\"data.%|%\"", "%27",
          "%00", "%ff", "%2F", "é", "+", "[1]", "{}", "exact", "none", "estimated", "aiida.in", "\"aiida.out\"", "")
ACCEPTED = ("*/*",) * 12 + ("text/html",) * 6 + ("application/json", "text/csv", "image/svg+xml", "application/octet-stream", "text/html;q=x", ",")
METHODS = ("GET",) * 40 + ("HEAD", "OPTIONS", "POST", "PUT", "get")
BODIES = ("", "{}", "[", "{\"path\": [{\"entity_type\": \"node\"}]}", "\xff")

# What the server itself is at fault for. 501 and 504 are answers: a format that a node does not have, a query that takes too
# long; 503 of a file: as many files as are sent at once.
FAULTS = (500, 502)


class Strange:
    """Endpoints of a server, and ids that it knows."""

    def __init__(self, dice: Dice, server, uuids: list):
        self.dice, self.uuids = dice, uuids
        self.paths = [path.removeprefix("/") for path in server.get("/api/v2/").json()["data"]["available_endpoints"]]
        self.paths += ["api/v2/nodes/<id>/io/graph", "api/v2/nodes/<id>/io/tree", "api/v2/nodes/<id>/content/download",
                       "api/v2/nodes/<id>/content/visualization", "api/v2/calculations/<id>/io/retrieved_outputs", "api/v2/openapi"]
        self.paths += [line.split()[-1].strip("/") for line in server.get("/api/v4/").json()["data"]["available_endpoints"]]

    def id(self) -> str:
        uuid = self.dice.choice(self.uuids)
        return uuid if self.dice.one_in(2) else uuid[:self.dice.randrange(len(uuid))] or "x"

    def path(self) -> str:
        words = [self.dice.choice(("1", "2", "3")) if word in ("<n>", "<int:page>") else self.id() if word.startswith("<") else word
                 for word in self.dice.choice(self.paths).split("/")]
        if self.dice.one_in(10):
            words.insert(self.dice.randrange(len(words) + 1), self.dice.choice(WORDS))
        if self.dice.one_in(20):
            words.pop(self.dice.randrange(len(words)))
        slashes = ("/", "%2F", "//") if self.dice.one_in(6) else ("/",)
        path = "".join(self.dice.choice(slashes) + word for word in words)
        return "/" + path.lstrip("/") + (self.dice.choice(ENDINGS) if self.dice.one_in(10) else "")

    def clause(self) -> str:
        keys = RESERVED if self.dice.one_in(2) else KEYS
        return self.dice.choice(keys) + (self.dice.choice(OPERATORS) if self.dice.one_in(3) else "=") + self.dice.choice(VALUES)

    def query(self) -> str:
        joined = self.dice.choice(("&",) * 10 + ("&&", "|", "&!", "&("))
        return joined.join(self.clause() for _ in range(self.dice.choice((0, 0, 1, 1, 2, 3))))

    def target(self) -> str:
        path, query = self.path(), self.query()
        target = path + ("?" + query if query or self.dice.one_in(8) else "")
        if self.dice.one_in(15):
            place = self.dice.randrange(len(target)) + 1
            target = target[:place] + self.dice.choice("()|!&%\"'=<>,;?#\\\t") + target[place:]
        return target.replace(" ", "%20").replace("\t", "%09")

    def request(self) -> tuple:
        method = self.dice.choice(METHODS)
        headers = [f"Accept: {self.dice.choice(ACCEPTED)}", "Connection: close"]
        if self.dice.one_in(8):
            headers.append(f"Range: bytes={self.dice.randrange(100)}-{self.dice.choice(('', '5', '99999', 'x'))}")
        if self.dice.one_in(8):
            headers.append("Accept-Encoding: gzip")
        body = self.dice.choice(BODIES) if method in ("POST", "PUT") else ""
        if method in ("POST", "PUT"):
            headers += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
        return method, self.target(), headers, body


class StrangeRequests(unittest.TestCase):
    def judge(self, store, seed: int):
        try:
            uuids = [row[0] for row in store.database.execute("SELECT uuid FROM db_dbnode")]
            with store.serve("--log-level", "error") as server:
                strange = Strange(Dice(seed), server, uuids)
                met = Counter(self.status_of(server, *strange.request()) for _ in range(ROUNDS))
                self.assertEqual(200, server.get("/api/v2/nodes?limit=1").status)
                # Not all of them are turned away at the door.
                self.assertGreater(met[200], ROUNDS / 10)
                self.assertGreater(met[400], ROUNDS / 20)
        finally:
            store.stop()

    def status_of(self, server, method: str, target: str, headers: list, body: str) -> int:
        with self.subTest(request=f"{method} {target}", headers=headers, body=body), server.connect() as client:
            client.send(request(target, *headers, method=method).encode() + body.encode())
            answer = bytearray()
            while data := client.socket.recv(1 << 16):
                answer += data
            self.assertTrue(answer.startswith(b"HTTP/1.1 "), bytes(answer[:200]))
            status = int(answer[9:12])
            self.assertNotIn(status, FAULTS, bytes(answer[-300:]))
            return status

    def test_archive(self):
        self.judge(DemoArchive(), 1)

    def test_sqlite_profile(self):
        self.judge(DemoSqliteProfile(), 2)

    def test_postgresql_profile(self):
        self.judge(DemoPostgreSqlProfile(), 3)


if __name__ == "__main__":
    unittest.main()
