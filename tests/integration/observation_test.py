# SPDX-License-Identifier: MIT
"""What the program tells about itself: metrics, readiness, the admin port."""

import json
import re
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from served import PATIENCE, ROOT, Client, Watched, binary, environment, make_database, request, run, settled, wait_for

API = "/api/v2/"


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = Watched(settled(make_database(Path(cls.folder.name) / "document.sqlite")))

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()

    def test_known_requests_count_exactly(self):
        requests = [("users/1", 200, "GET"), ("users/1", 200, "GET"), ("users/1", 200, "HEAD"), ("users/77", 400, "GET"),
                    ("nodes", 200, "GET"), ("nodes?labl=1", 400, "GET"), ("nowhere", 404, "GET"), ("", 200, "GET"),
                    ("nodes", 405, "POST"), ("nodes/schema", 200, "GET"), ("nodes", 204, "OPTIONS")]
        # The head of an answer is not kept as bytes by our client, but its parts are: count them on the wire.
        before = self.server.metrics()
        received = 0
        with self.server.connect() as client:
            for target, status, method in requests:
                client.send(f"{method} {API}{target} HTTP/1.1\r\nHost: localhost\r\n\r\n")
                received -= len(client.kept)
                head = b""
                while b"\r\n\r\n" not in client.kept:
                    client._more()
                head, _, client.kept = client.kept.partition(b"\r\n\r\n")
                self.assertIn(f" {status} ".encode(), head.split(b"\r\n")[0])
                length = re.search(rb"content-length: (\d+)", head.lower())
                body = int(length[1]) if length and method != "HEAD" else 0
                while len(client.kept) < body:
                    client._more()
                received += len(head) + 4 + body
                client.kept = client.kept[body:]
        after = wait_for(lambda: (now := self.server.metrics())["restapi_response_bytes_total"] >=
                         before["restapi_response_bytes_total"] + received and now, "the last count")
        kept_by_others = ("restapi_connections", "restapi_store_", "restapi_requests_queued", "restapi_requests_working")
        self.assertGreater(after["restapi_connections_accepted_total"], before["restapi_connections_accepted_total"])
        grown = {name: after[name] - before.get(name, 0) for name in after
                 if name.startswith("restapi_") and after[name] != before.get(name, 0)
                 and "_seconds" not in name and "remembered_bytes" not in name and not name.startswith(kept_by_others)}
        self.assertEqual({
            'restapi_requests_total{route=":resource/:id",status="200"}': 3,
            'restapi_requests_total{route=":resource/:id",status="400"}': 1,
            'restapi_requests_total{route=":resource",status="200"}': 1,
            'restapi_requests_total{route=":resource",status="400"}': 1,
            'restapi_requests_total{route=":resource/schema",status="200"}': 1,
            'restapi_requests_total{route="/",status="200"}': 1,
            'restapi_requests_total{route="none",status="404"}': 1,
            'restapi_requests_total{route="none",status="405"}': 1,
            'restapi_requests_total{route="none",status="204"}': 1,
            'restapi_answers_total{origin="read"}': 3,
            'restapi_answers_total{origin="remembered"}': 2,
            'restapi_answers_total{origin="computed"}': 6,
            'restapi_statements_total{name="object"}': 2,
            'restapi_statements_total{name="list"}': 1,
            'restapi_statements_total{name="version"}': 5,
            'restapi_profile_requests_total{profile="document"}': 11,
            "restapi_response_bytes_total": received,
        }, grown)
        count = 'restapi_request_seconds_count{route=":resource/:id"}'
        self.assertEqual(4, after[count] - before[count])

    def test_every_sample_has_help_and_type_once(self):
        text = self.server.admin("/metrics").body.decode()
        names = {re.match(r"\w+", line)[0] for line in text.splitlines() if line[0] != "#"}
        helped = re.findall(r"^# HELP (\w+) \S", text, re.M)
        typed = re.findall(r"^# TYPE (\w+) (counter|gauge|histogram)$", text, re.M)
        self.assertEqual(len(set(helped)), len(helped))
        self.assertEqual(helped, [name for name, _ in typed])
        for name, kind in typed:
            self.assertEqual(kind == "counter", name.endswith("_total"), name)
        self.assertEqual(set(helped), {re.sub(r"_(bucket|sum|count)$", "", name) for name in names})

    def test_every_metric_is_explained(self):
        page = (ROOT / "docs/operations.md").read_text()
        explained = [name.replace("…", r"\w+") for name in re.findall(r"`((?:restapi|process)_[\w…]+)`", page)]
        for name in re.findall(r"^# TYPE (\w+) ", self.server.admin("/metrics").body.decode(), re.M):
            with self.subTest(metric=name):
                self.assertTrue(any(re.fullmatch(one, name) for one in explained), "a row of docs/operations.md")

    def test_strange_targets_make_no_series(self):
        self.server.get("/first/nowhere")
        before = len(self.server.metrics())
        for number in range(20):
            self.server.get(f"/x{number}/y")
            self.server.get(f"{API}x{number}")
        self.assertEqual(before, len(self.server.metrics()))

    def test_the_public_port_has_none_of_it(self):
        for target in ("/live", "/ready", "/metrics"):
            self.assertEqual(404, self.server.get(target).status)
            self.assertEqual(200, self.server.admin(target).status)
        self.assertEqual(404, self.server.admin(API + "nodes").status)
        self.assertEqual(405, self.server.admin("/live", "POST").status)

    def test_nobody_counts_what_is_asked_of_the_admin_port(self):
        name = "restapi_response_bytes_total"
        self.assertEqual(self.server.metrics()[name], self.server.metrics()[name])

    def test_an_archive_is_not_asked_for_its_version(self):
        with Watched("--demo") as server:
            self.assertEqual(200, server.get(API + "nodes").status)
            counted = 'restapi_statements_total{name="%s"}'
            metrics = wait_for(lambda: (now := server.metrics()).get(counted % "list") and now, "the count")
            self.assertNotIn(counted % "version", metrics)


class Refusals(unittest.TestCase):
    def test_admin_port_that_is_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            done = run("--demo", "-P", "0", "--admin-port", str(taken.getsockname()[1]))
        self.assertEqual(2, done.returncode)
        self.assertRegex(done.stderr, r"\Arestapi: [^\n]*in use[^\n]*--admin-port[^\n]*\n\Z")

    def test_access_log_that_cannot_be_opened(self):
        done = run("--demo", "-P", "0", "--access-log", "/nowhere/at/all")
        self.assertEqual(2, done.returncode)
        self.assertRegex(done.stderr, r"\Arestapi: the access log cannot be opened[^\n]*No such file[^\n]*\n\Z")


class AdminPlaces(unittest.TestCase):
    """The admin port has room for so many connections."""

    PLACES = 16

    def connect(self, server, count: int) -> list:
        clients = [Client(server.admin_port) for _ in range(count)]
        for client in clients:
            self.addCleanup(client.socket.close)
        return clients

    def test_the_one_that_has_been_idle_longest_makes_room(self):
        with Watched("--demo") as server:
            clients = self.connect(server, self.PLACES)
            for _ in range(2):
                for client in clients:
                    self.assertEqual(200, client.get("/live").status)
            newcomer, = self.connect(server, 1)
            self.assertEqual(200, newcomer.get("/live").status)
            self.assertTrue(clients[0].is_closed())
            for client in [*clients[1:], newcomer]:
                self.assertEqual(200, client.get("/live").status)

    def test_a_newcomer_waits_for_those_that_are_busy(self):
        with Watched("--demo") as server:
            clients = self.connect(server, self.PLACES)
            first, rest = (text := request("/live"))[:10], text[10:]
            for client in clients:
                self.assertEqual(200, client.get("/live").status)  # it has its place
                client.send(first)
            newcomer, = self.connect(server, 1)
            newcomer.send(text)
            for client in clients[1:]:
                client.send(rest.replace("Host", "Connection: close\r\nHost"))
                self.assertEqual(200, client.receive().status)
            self.assertEqual(200, newcomer.receive().status)
            clients[0].send(rest)
            self.assertEqual(200, clients[0].receive().status)


class Health(unittest.TestCase):
    def start_postgresql(self) -> str:
        """A server of this test's own, since it stops it: others use the one in RESTAPI_TEST_POSTGRESQL."""
        script = 'echo "$RESTAPI_TEST_POSTGRESQL"; echo "$RESTAPI_TEST_PGCTL"; exec cat'
        owner = subprocess.Popen([ROOT / "tools" / "with_postgresql", "sh", "-c", script], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(owner.communicate)  # ends with its input
        uri, self.pg_control = owner.stdout.readline().strip(), owner.stdout.readline().split()
        schema = (ROOT / "sql" / "schema" / "postgresql_gen1.sql").read_text()
        subprocess.run(["psql", "-qX", uri, "-v", "ON_ERROR_STOP=1"], input=schema, text=True, check=True)
        return uri

    def control(self, *words: str):
        subprocess.run([*self.pg_control, *words], check=True, timeout=PATIENCE, cwd="/", stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def test_ready_follows_the_database(self):
        with Watched(self.start_postgresql()) as server:
            self.assertEqual({"ready": True}, server.admin("/ready").json())
            before = server.metrics()
            self.control("stop", "-m", "fast")
            try:
                answer = wait_for(lambda: (now := server.admin("/ready")).status == 503 and now, "503")
                self.assertEqual({"ready": False, "reason": "the database is not available"}, answer.json())
                self.assertEqual(200, server.admin("/live").status)
                failed = server.get(API + "users")
                self.assertEqual(503, failed.status)
                errors = [name for name, value in server.metrics().items()
                          if name.startswith("restapi_store_errors_total") and value > before[name]]
                self.assertEqual(1, len(errors), errors)
                self.assertIn('kind="store_unavailable"', errors[0])
                # The log has the request under the id of its answer.
                wait_for(lambda: any(f"request {failed.headers['x-request-id']}: 503" in line for line in server.log),
                         "the line of the log")
            finally:
                self.control("start")
            wait_for(lambda: server.admin("/ready").status == 200, "200")
            self.assertEqual(200, server.get(API + "users").status)

    def test_the_program_asks_whether_a_server_is_ready(self):
        with tempfile.TemporaryDirectory() as folder:
            database = settled(make_database(Path(folder) / "document.sqlite"))
            with Watched(database) as server:
                port = str(server.admin_port)
                ready = run("--ready", "--admin-port", port)
                self.assertEqual((0, '{"ready":true}\n', ""), (ready.returncode, ready.stdout, ready.stderr))
                # As a container's check does, with the variables of the server.
                everywhere = run("--ready", RESTAPI_ADMIN_PORT=port, RESTAPI_ADMIN_HOSTNAME="0.0.0.0")
                self.assertEqual(0, everywhere.returncode)
                database.rename(Path(folder) / "away.sqlite")
                wait_for(lambda: server.admin("/ready").status == 503, "503")
                away = run("--ready", "--admin-port", port)
                self.assertEqual(1, away.returncode)
                self.assertFalse(json.loads(away.stdout)["ready"])
        gone = run("--ready", "--admin-port", port)
        self.assertEqual(1, gone.returncode)
        self.assertIn(f"no answer from port {port} on 127.0.0.1: Connection refused", gone.stdout)

    def test_what_is_not_our_answer_is_not_ready(self):
        head = b"HTTP/1.1 200 OK\r\n\r\n"
        for answer in (head + b'{"ready":false}', head + b"ready", head + b'{"status":"up"}', head + b'["ready"]', head,
                       b"HTTP/1.1 503 Service Unavailable\r\n\r\n" + b'{"ready":true}', b'{"ready":true}', b"SSH-2.0-x\r\n",
                       head + b'{"ready":true,"x":"' + b"x" * (64 << 10) + b'"}', head + b'{"ready":true}x'):
            with self.subTest(answer[:60]), socket.create_server(("127.0.0.1", 0)) as stranger:
                asked = subprocess.Popen([binary(), "--ready", "--admin-port", str(stranger.getsockname()[1])],
                                         env=environment(), stdout=subprocess.PIPE, text=True)
                accepted, _ = stranger.accept()
                with accepted:
                    accepted.recv(4096)
                    accepted.sendall(answer)
                output, _ = asked.communicate(timeout=PATIENCE)
                self.assertEqual(1, asked.returncode)
                self.assertRegex(output, r"\Awhat answers on port \d+ of 127.0.0.1 is no admin port of restapi\n\Z")

    def test_an_answer_without_an_end_is_not_read_to_its_end(self):
        with socket.create_server(("127.0.0.1", 0)) as stranger:
            asked = subprocess.Popen([binary(), "--ready", "--admin-port", str(stranger.getsockname()[1])],
                                     env=environment(), stdout=subprocess.PIPE, text=True)
            accepted, _ = stranger.accept()
            with accepted, self.assertRaises(OSError):
                for _ in range(10_000):
                    accepted.sendall(b"x" * (64 << 10))
            output, _ = asked.communicate(timeout=PATIENCE)
        self.assertEqual(1, asked.returncode)
        self.assertIn("no admin port of restapi", output)

    def test_who_accepts_and_says_nothing_is_not_ready(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            asked = subprocess.Popen([binary(), "--ready", "--admin-port", str(silent.getsockname()[1])],
                                     env=environment(), stdout=subprocess.PIPE, text=True)
            accepted, _ = silent.accept()
            with accepted:
                output, _ = asked.communicate(timeout=PATIENCE)
        self.assertEqual(1, asked.returncode)
        self.assertIn("no answer from port", output)

    def test_ready_while_one_of_several_databases_answers(self):
        with tempfile.TemporaryDirectory() as folder:
            first, second = (make_database(Path(folder) / f"{name}.sqlite") for name in ("first", "second"))
            with Watched(first, second) as server:
                for profile in ("first", "second"):
                    self.assertEqual(200, server.get(f"/{profile}{API}users").status)
                for file in (first, second):
                    writer = sqlite3.connect(file, isolation_level=None)
                    writer.execute("BEGIN EXCLUSIVE")
                    for _ in range(3):
                        self.assertEqual({"ready": True}, server.admin("/ready").json())
                        time.sleep(1.1)  # so long is what was found out not asked for again
                    writer.close()

    def test_not_ready_while_it_drains(self):
        with Watched("--demo") as server, server.connect() as busy:
            self.assertEqual(200, server.admin("/ready").status)
            busy.send("GET /api/v2/us")  # a request under way: the server waits for its end
            with Client(server.admin_port) as probe:
                self.assertEqual(200, probe.get("/ready").status)
                server.process.send_signal(signal.SIGTERM)
                answer = wait_for(lambda: (now := probe.get("/ready")).status == 503 and now, "503")
                self.assertEqual("the server is about to stop", answer.json()["reason"])


if __name__ == "__main__":
    unittest.main()
