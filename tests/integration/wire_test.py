# SPDX-License-Identifier: MIT
"""Bytes on the wire, as clients good and bad send them, against the built program."""

import gzip
import signal
import socket
import sqlite3
import tempfile
import unittest
from pathlib import Path
from urllib.parse import quote

from served import PATIENCE, Server, make_database, request, settled

API = "/api/v2/"
LARGEST_TARGET = 16 * 1024

# As printed in the documentation, and a few that hurt: curl sends a URL as it is typed.
QUERIES = [
    'computers?scheduler_type="slurm"',
    'nodes/?id>45&type=like="%data%"',
    "nodes?ctime>2016-04-23T05:45+03:45",
    "nodes?ctime<2016-04-23T05:45",
    "nodes?mtime>=2016-04-23",
    "nodes?id=in=45,56,78",
    'computers/?scheduler_type=in="slurm","pbs"&state="FINISHED"',
    "nodes?id>578",
    "users/?last_login>2014-04-07",
    'users/?last_name<="m"',
    'nodes?type="data.Data."',
    'nodes/a67fba41-8a/io/outputs/?type="data.folder.FolderData."',
    'users/?first_name=ilike="aii%"',
    'nodes/de83b1/io/inputs?type="data.array.kpoints.KpointsData."',
    'groups?description=like="This calculation is %\\% useful"',
    'groups?name=like="aii%d_a"',
    'groups?name="écoles"',
    'nodes?label=like="%\'s ""50\\%""%"',
    'nodes?label!="a&b=c"&id<10',
    "computers?orderby=+name",
    'nodes?type=like="data.%25"',
]


def as_a_browser(target: str) -> str:
    """What browsers do to a typed query (URL Standard, query percent-encode set; Chrome also encodes ')."""
    path, query = target.split("?", 1)
    return path + "?" + quote(query, safe="!#$%&()*+,-./:;=?@[\\]^_`{|}~")


def as_python(target: str) -> str:
    """What careful clients do: everything but the language's own signs."""
    path, query = target.split("?", 1)
    return path + "?" + quote(query.replace("%25", "%"), safe="=&")


class Wire(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = Server(make_database(Path(cls.folder.name) / "document.sqlite"), "--cors-origin", "*")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()

    def get(self, target: str, *headers: str):
        return self.server.get(API + target, *headers)

    def test_the_same_url_however_it_is_encoded(self):
        for target in QUERIES:
            with self.subTest(target):
                typed = self.get(target.replace(" ", "%20"))
                self.assertEqual(200, typed.status, typed.body)
                for encode in (as_a_browser, as_python):
                    other = self.get(encode(target))
                    self.assertEqual(200, other.status, (encode(target), other.body))
                    self.assertEqual(typed.json()["data"], other.json()["data"], encode(target))
                    self.assertEqual(typed.headers["x-total-counts"], other.headers["x-total-counts"])
        self.assertEqual("nodes?type=like=%22%data%%22", as_a_browser('nodes?type=like="%data%"'))

    def test_queries_of_the_documentation_find_something(self):
        for target in QUERIES[:16]:
            with self.subTest(target):
                self.assertTrue(self.get(target.replace(" ", "%20")).rows())

    def test_a_request_in_many_segments(self):
        whole = self.get("nodes?id=45").body
        text = request(API + "nodes?id=45")
        with self.server.connect() as client:
            client.socket.setsockopt(6, 1, 1)  # TCP_NODELAY: a segment for each send
            for byte in text:
                client.send(byte)
            self.assertEqual(whole, client.receive().body)

    def test_many_requests_over_one_connection(self):
        with self.server.connect() as client:
            for number in range(1, 50):
                answer = client.get(f"{API}nodes?id={number % 5}")
                self.assertEqual(200, answer.status)
                self.assertEqual(f"id={number % 5}", answer.json()["query_string"])

    def test_requests_in_one_segment_are_answered_in_order(self):
        with self.server.connect() as client:
            client.send("".join(request(f"{API}nodes?limit=1&offset={number}") for number in range(8)))
            for number in range(8):
                self.assertEqual(f"limit=1&offset={number}", client.receive().json()["query_string"])

    def test_an_error_leaves_the_connection_usable(self):
        with self.server.connect() as client:
            self.assertEqual(400, client.get(API + "nodes?labl=1").status)
            self.assertEqual(404, client.get("/nowhere").status)
            self.assertEqual(405, client.get(API + "nodes", "Content-Length: 0", method="POST").status)
            self.assertEqual(200, client.get(API + "nodes").status)

    def test_close_is_done_where_it_is_asked_for(self):
        with self.server.connect() as client:
            self.assertEqual(200, client.get(API + "users", "Connection: close").status)
            self.assertTrue(client.is_closed())

    def test_http_1_0(self):
        with self.server.connect() as client:
            client.send(f"GET {API}users/2 HTTP/1.0\r\n\r\n")
            answer = client.receive()
            self.assertEqual(200, answer.status)
            self.assertTrue(answer.json()["url_root"].startswith("http://localhost"))
            self.assertTrue(client.is_closed())

    def test_head_is_get_without_the_body(self):
        for target in ("nodes", "nodes/page/2", "users/2", "nodes?labl=1", "nowhere"):
            with self.subTest(target), self.server.connect() as client:
                whole = client.get(API + target)
                head = client.get(API + target, method="HEAD")
                self.assertEqual(whole.status, head.status)
                self.assertEqual(str(len(whole.body)), head.headers["content-length"])
                own = {"date": "", "x-request-id": ""}
                self.assertEqual(whole.headers | own, head.headers | own)
                self.assertEqual(200, client.get(API + "users").status)  # no byte of a body in between

    def test_preflight(self):
        with self.server.connect() as client:
            answer = client.get(API + "nodes", "Origin: https://example.org", method="OPTIONS")
            self.assertEqual(204, answer.status)
            self.assertEqual("*", answer.headers["access-control-allow-origin"])
            self.assertNotIn("content-length", answer.headers)

    def test_the_longest_target(self):
        def target(length: int) -> str:
            start = API + 'nodes?id=45&_="'
            return start + "x" * (length - len(start) - 1) + '"'

        with self.server.connect() as client:
            answer = client.get(target(LARGEST_TARGET))
            self.assertEqual(200, answer.status)
            self.assertEqual([45], [row["id"] for row in answer.rows()])
        with self.server.connect() as client:
            answer = client.get(target(LARGEST_TARGET + 1))
            self.assertEqual(414, answer.status)
            self.assertEqual(["message"], list(answer.json()))

    def test_bytes_that_are_no_request(self):
        for data, status in ((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
                             (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400),
                             (b"GET /api/v2/nodes HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 40000 + b"\r\n\r\n", 431)):
            with self.subTest(data[:20]), self.server.connect() as client:
                client.send(data)
                answer = client.receive()
                self.assertEqual(status, answer.status)
                self.assertEqual(["message"], list(answer.json()))
        self.assertEqual(200, self.get("users").status)

    def test_clients_that_go_away(self):
        for number in range(30):
            client = self.server.connect()
            client.send(request(API + "nodes") * (number % 3) + "GET /api"[: number % 9])
            if number % 2:
                client.reset()
            else:
                client.socket.close()
        self.assertEqual(200, self.get("nodes").status)

    def test_an_end_that_arrives_together_with_the_last_request(self):
        with self.server.connect() as client:
            client.socket.settimeout(PATIENCE / 2)  # the limit for idle connections must not end it
            self.assertEqual(200, client.get(API + "users/2").status)
            self.server.process.send_signal(signal.SIGSTOP)  # so that it meets both at once
            client.send(request(API + "users/2"))
            client.socket.shutdown(socket.SHUT_WR)
            self.server.process.send_signal(signal.SIGCONT)
            self.assertEqual(200, client.receive().status)
            self.assertTrue(client.is_closed())

    def test_clients_that_stall_delay_nobody(self):
        stalled = [self.server.connect() for _ in range(50)]
        try:
            for client in stalled:
                client.send("GET /api/v2/nodes HTTP/1.1\r\nHos")
            silent = self.server.connect()
            stalled.append(silent)
            silent.send(request(API + "nodes") * 200)  # reads nothing of some megabytes
            for _ in range(20):
                self.assertEqual(200, self.get("nodes").status)
            stalled[0].send("t: localhost\r\n\r\n")
            self.assertEqual(200, stalled[0].receive().status)
        finally:
            for client in stalled:
                client.socket.close()

    def test_many_clients_at_once_get_their_own_answers(self):
        clients = [self.server.connect() for _ in range(64)]
        try:
            for number, client in enumerate(clients):
                client.send(request(f'{API}nodes?_="{number}"'))
            for number, client in enumerate(clients):
                self.assertEqual(f'_="{number}"', client.receive().json()["query_string"])
        finally:
            for client in clients:
                client.socket.close()

    def test_a_client_that_has_the_answer_gets_no_body(self):
        for method in ("GET", "HEAD"):
            with self.server.connect() as client:
                tag = client.get(API + "users/2").headers["etag"]
                for known in (tag, "W/" + tag, f'"other", {tag}', "*"):
                    with self.subTest(method + " " + known):
                        answer = client.get(API + "users/2", "If-None-Match: " + known, method=method)
                        self.assertEqual((304, b"", tag), (answer.status, answer.body, answer.headers["etag"]))
                        self.assertNotIn("content-length", answer.headers)
                        self.assertEqual("*", answer.headers["access-control-allow-origin"])
                other = client.get(API + "users/1", "If-None-Match: " + tag)
                self.assertEqual(200, other.status)
                self.assertNotEqual(tag, other.headers["etag"])
                self.assertEqual(400, client.get(API + "users/0", "If-None-Match: *").status)

    def test_gzip_where_it_is_asked_for(self):
        with self.server.connect() as client:
            for target in ("nodes", "nodes/statistics", "nodes/schema"):
                for _ in ("made", "remembered"):
                    plain = client.get(API + target, "Accept-Encoding: identity")
                    packed = client.get(API + target, "Accept-Encoding: gzip, br")
                    self.assertNotIn("content-encoding", plain.headers)
                    self.assertEqual("gzip", packed.headers["content-encoding"])
                    self.assertIn("Accept-Encoding", packed.headers["vary"])
                    self.assertIn("Accept-Encoding", plain.headers["vary"])
                    self.assertLess(len(packed.body), len(plain.body) / 2)
                    self.assertEqual(plain.body, gzip.decompress(packed.body))
                    if "etag" in plain.headers:
                        self.assertNotEqual(plain.headers["etag"], packed.headers["etag"])

    def test_a_change_is_seen_by_the_next_request(self):
        path = make_database(Path(self.folder.name) / "changing.sqlite")
        with Server(path) as server, server.connect() as client, sqlite3.connect(path) as database:
            for name in ("one", "two", "three"):
                database.execute("UPDATE db_dbuser SET first_name = ? WHERE id = 2", (name,))
                database.commit()
                settled(path)
                first = client.get(API + "users/2")
                self.assertEqual(name, first.rows()[0]["first_name"])
                self.assertEqual(304, client.get(API + "users/2", "If-None-Match: " + first.headers["etag"]).status)
            database.execute("UPDATE db_dbuser SET first_name = 'four' WHERE id = 2")
            database.commit()
            again = client.get(API + "users/2", "If-None-Match: " + first.headers["etag"])
            self.assertEqual((200, "four"), (again.status, again.rows()[0]["first_name"]))

    def test_without_memory_there_are_no_tags(self):
        path = make_database(Path(self.folder.name) / "forgotten.sqlite")
        with Server(path, "--cache", "0") as server, server.connect() as client:
            for _ in range(2):
                answer = client.get(API + "users/2", "If-None-Match: *")
                self.assertEqual(200, answer.status)
                self.assertNotIn("etag", answer.headers)

    def test_a_tag_of_another_archive_means_nothing(self):
        with Server("--demo") as server:
            tag = server.get(API + "nodes?limit=1").headers["etag"]
        with Server("--demo") as server:
            self.assertEqual(200, server.get(API + "nodes?limit=1", "If-None-Match: " + tag).status)

    def test_a_browser_is_answered_for_a_person(self):
        browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"
        self.assertTrue(self.get("users/2", browser).body.startswith(b"<!doctype html>"))
        self.assertNotIn(b"\n", self.get("users/2").body)
        with Server(make_database(Path(self.folder.name) / "no_pages.sqlite"), "--no-pages") as server:
            self.assertTrue(server.get(API + "users/2", browser).body.startswith(b'{\n  "data": {\n    "users": ['))

    def test_loopback_is_a_trusted_proxy(self):
        answer = self.get("users/2", "X-Forwarded-Host: aiida.example.org", "X-Forwarded-Proto: https",
                          "X-Forwarded-Prefix: /django")
        self.assertEqual("https://aiida.example.org/django/", answer.json()["url_root"])


if __name__ == "__main__":
    unittest.main()
