# SPDX-License-Identifier: MIT
"""The program beside a PostgreSQL that is away, comes back, or does not answer; and clients that do not wait."""

import signal
import sqlite3
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from own_postgresql import OwnPostgreSql, eventually
from served import PATIENCE, Server, Watched, binary, environment, make_database, run

NODES = "/api/v2/nodes?limit=1"
WAITING = """SELECT count(*) FROM pg_stat_activity
             WHERE application_name = 'restapi' AND wait_event_type = 'Lock' AND state = 'active'"""


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgresql = OwnPostgreSql()
        cls.addClassCleanup(cls.postgresql.__exit__)

    def test_server_that_stops_and_comes_back(self):
        with Server(self.postgresql.uri) as server:
            self.assertEqual(200, server.get(NODES).status)
            self.postgresql.stop()
            self.addCleanup(self.postgresql.control, "restart -m fast")  # starts it as well
            for _ in range(20):
                answer = server.get(NODES)
                self.assertEqual(503, answer.status)
                self.assertIn("retry-after", answer.headers)
                self.assertEqual(200, server.get("/api/v2/nodes/schema").status)
            self.postgresql.start()
            self.assertTrue(eventually(lambda: server.get(NODES).status == 200))
            self.assertEqual(0, server.stop())

    def test_a_table_that_is_locked_for_longer_than_a_statement_may_wait(self):
        with Server(self.postgresql.uri, "--statement-timeout", "2") as server:
            with self.postgresql.lock("db_dbnode"):
                answer = server.get(NODES)
                self.assertEqual(503, answer.status)
                self.assertIn("retry-after", answer.headers)
                self.assertIn("locked by somebody who changes it", answer.json()["message"])
            self.assertEqual(200, server.get(NODES).status)

    def test_a_file_that_somebody_keeps_locked(self):
        """Each request is told once, and not after one attempt after the other."""
        with tempfile.TemporaryDirectory() as folder:
            path = make_database(Path(folder) / "locked.sqlite", "generation2")
            with Server(path, "--statement-timeout", "600") as server:
                self.assertEqual(200, server.get(NODES).status)
                writer = sqlite3.connect(path, isolation_level=None)
                writer.execute("BEGIN EXCLUSIVE")
                messages = set()
                for number in range(8):
                    answer = server.get(f"/api/v2/nodes?id>-{number + 1}")
                    self.assertEqual(503, answer.status)
                    self.assertIn("retry-after", answer.headers)
                    messages.add(answer.json()["message"])
                self.assertTrue(any("locked by somebody who changes it" in message for message in messages), messages)
                writer.execute("COMMIT")
                writer.close()
                self.assertTrue(eventually(lambda: server.get(NODES).status == 200))

    def test_a_slow_statement_of_the_only_worker_delays_nothing_that_needs_none(self):
        with Server(self.postgresql.uri, "--threads", "1", "--statement-timeout", "600") as server:
            remembered = server.get("/api/v2/users")
            self.assertEqual(200, remembered.status)
            with self.postgresql.lock("db_dbnode"):
                client = server.connect()
                client.send(f"GET {NODES} HTTP/1.1\r\nHost: localhost\r\n\r\n")
                self.assertTrue(eventually(lambda: self.postgresql.ask(WAITING) == "1"))
                self.assertEqual(200, server.get("/api/v2/nodes/schema").status)
                self.assertEqual(400, server.get("/api/v2/nodes?no_key=1").status)
                again = server.get("/api/v2/users")
                self.assertEqual((200, remembered.body), (again.status, again.body))
                self.assertEqual("1", self.postgresql.ask(WAITING))
            with client:
                self.assertEqual(200, client.receive().status)

    def test_a_database_that_is_migrated_while_it_is_served(self):
        with Watched(self.postgresql.uri) as server:
            computers = server.get("/api/v2/computers")
            self.assertEqual((200, 200), (computers.status, server.admin("/ready").status))
            self.postgresql.ask("ALTER TABLE db_dbcomputer RENAME COLUMN uuid TO half_way")
            try:
                for _ in range(5):
                    half_way = server.get("/api/v2/computers")
                    self.assertEqual(503, half_way.status)
                    self.assertIn("retry-after", half_way.headers)
                    self.assertEqual(200, server.get("/api/v2/users").status)
            finally:
                self.postgresql.ask("ALTER TABLE db_dbcomputer RENAME COLUMN half_way TO uuid")
            after = server.get("/api/v2/computers")
            self.assertEqual((200, computers.body), (after.status, after.body))
            self.assertEqual(200, server.admin("/ready").status)

    def test_clients_that_leave_take_their_statements_with_them(self):
        with Server(self.postgresql.uri, "--threads", "4") as server, self.postgresql.lock("db_dbnode"):
            clients = [server.connect() for _ in range(3)]  # as many as there are workers for statements
            for number, client in enumerate(clients):
                client.send(f"GET {NODES}&id>{number} HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertTrue(eventually(lambda: self.postgresql.ask(WAITING) == "3"))
            for client in clients:
                client.reset()
            self.assertTrue(eventually(lambda: self.postgresql.ask(WAITING) == "0"))
            self.assertEqual(200, server.get("/api/v2/users").status)
            server.stop()
            self.assertNotIn("error", "".join(server.log))


class Waiting(unittest.TestCase):
    def setUp(self):
        self.postgresql = OwnPostgreSql()
        self.addCleanup(self.postgresql.__exit__)

    def test_database_that_comes_is_waited_for(self):
        self.postgresql.stop()
        starting = threading.Thread(target=self.postgresql.start)
        process = subprocess.Popen([binary(), "-P", "0", "--wait", "600", self.postgresql.uri], env=environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("waiting for the database", process.stderr.readline())
        starting.start()
        self.assertIn("restapi serves", process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(0, process.returncode)
        starting.join()

    def test_database_that_does_not_come_is_given_up(self):
        self.postgresql.stop()
        done = run("--wait", "1", self.postgresql.uri)
        self.assertEqual(2, done.returncode)
        self.assertIn("waiting for the database", done.stderr)
        self.assertRegex(done.stderr.splitlines()[-1], r"\Arestapi: .* cannot be opened: ")

    def test_what_waiting_cannot_mend_is_refused_at_once(self):
        done = run("--wait", "3600", self.postgresql.uri + "&dbname=nowhere")
        self.assertEqual(2, done.returncode)
        self.assertRegex(done.stderr, r'\Arestapi: [^\n]*"nowhere" does not exist\n\Z')

    def test_signal_ends_the_wait(self):
        self.postgresql.stop()
        process = subprocess.Popen([binary(), "--wait", "3600", self.postgresql.uri], env=environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("waiting for the database", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(0, process.returncode)


if __name__ == "__main__":
    unittest.main()
