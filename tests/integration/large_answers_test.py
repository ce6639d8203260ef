# SPDX-License-Identifier: MIT
"""Answers that are as large as somebody could make them: whole, or refused before the first byte; and never more memory
than there is for all of them together."""

import sqlite3
import tempfile
import threading
import unittest
from pathlib import Path

from served import (PATIENCE, Client, Server, forget_peak, is_sanitized, keeps_freed_memory, make_database,
                    memory_of, request, wait_for)

MIB = 1 << 20
NODES = "/api/v2/nodes"
ATTRIBUTES = "/api/v2/nodes/{}/content/attributes"
FOR_ANSWERS = 512 * MIB  # docs/operations.md


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = make_database(Path(folder.name) / "large.sqlite", "generation2")

    def change(self, statement: str, *values):
        database = sqlite3.connect(self.path)
        database.execute(statement, values)
        database.commit()
        database.close()

    def with_labels(self, size: int):
        """Four labels, which an answer writes with six bytes for each of theirs."""
        self.change("UPDATE db_dbnode SET label = ? WHERE id IN (SELECT id FROM db_dbnode ORDER BY id LIMIT 4)",
                    "\x01" * (size // 24))

    def attributes(self, document: str, headers=()):
        self.change("UPDATE db_dbnode SET attributes = ? WHERE id = 1", document)
        with Server(self.path, "--no-pages", "--statement-timeout", "50") as server:  # a busy machine takes longer, with sanitizers too
            return server.get(ATTRIBUTES.format("17735b6b"), *headers)


class Sizes(Case):
    def test_larger_than_this_server_answers(self):
        self.with_labels(200 * MIB)
        with Server(self.path) as server:
            server.get("/api/v2/users")
            before = memory_of(server)
            forget_peak(server)
            self.assertEqual(422, server.get(NODES + "?limit=400", "Accept: text/html").status)
            for headers in ((), ("Accept-Encoding: gzip",)):
                answer = server.get(NODES, *headers)
                self.assertEqual(422, answer.status)
                self.assertIn("larger than this server answers", answer.json()["message"])
            with server.connect() as client:
                self.assertEqual(422, client.get(NODES, method="HEAD").status)
            self.assertEqual(200, server.get(NODES + "?id>4").status)
            if not keeps_freed_memory():
                self.assertLess(memory_of(server, peak=True) - before, 200 * MIB)

    def test_nearly_as_large(self):
        self.with_labels(120 * MIB)
        with Server(self.path) as server, server.connect() as client:
            answer = client.get(NODES)
            self.assertEqual(200, answer.status)
            self.assertGreater(len(answer.body), 120 * MIB - 100)
            self.assertEqual(120 * MIB // 24, len(answer.rows()[0]["label"]))
            self.assertEqual(200, client.get(NODES, "Accept-Encoding: gzip").status)
            self.assertEqual(200, client.get("/api/v2/users").status)  # the connection is sound

    def test_many_at_once_are_whole_or_refused(self):
        self.with_labels(100 * MIB)
        statuses, broken = [], []
        with Server(self.path, "--threads", "8", "--cache", "0") as server:
            server.get("/api/v2/users")
            before = memory_of(server)
            forget_peak(server)

            def ask(number: int):
                try:
                    answer = server.get(f"{NODES}?id>-{number}")
                    statuses.append(answer.status)
                    if answer.status == 200 and len(answer.body) < 100 * MIB - 100:
                        broken.append(len(answer.body))
                except (OSError, ValueError) as error:
                    broken.append(repr(error))

            clients = [threading.Thread(target=ask, args=(number,)) for number in range(1, 9)]
            for client in clients:
                client.start()
            for client in clients:
                client.join(PATIENCE)
            self.assertEqual([], broken)
            self.assertEqual(8, len(statuses))
            self.assertLessEqual(set(statuses), {200, 503})
            self.assertIn(200, statuses)
            if not keeps_freed_memory():
                # SQLite and SOCI hold the cells once each, besides.
                self.assertLess(memory_of(server, peak=True) - before, FOR_ANSWERS + 8 * 2 * 20 * MIB)
            self.assertEqual(200, server.get(f"{NODES}?id>-99").status)  # all has been given back

    def test_readers_that_dawdle_do_not_keep_the_memory(self):
        self.with_labels(100 * MIB)
        with Server(self.path, "--threads", "4", "--cache", "0") as server:
            dawdling = []
            for number in range(1, 7):
                client = Client(server.port)
                self.addCleanup(client.socket.close)
                client.send(request(f"{NODES}?id>-{number}"))
                client.socket.recv(1)  # its answer has begun, or it is refused
                dawdling.append(client)

            def is_served() -> bool:
                return server.get(f"{NODES}?id>-99").status == 200

            self.assertTrue(any(is_served() for _ in range(600)))


    @unittest.skipIf(is_sanitized(), "its allocator keeps what is freed")
    def test_what_nobody_has_read_is_given_back(self):
        """Answers too small to be mapped one by one: they lie in the heaps, with others between them that are in use."""
        self.with_labels(900_000)
        with Server(self.path, "--threads", "8", "--cache", "0") as server:
            server.get(f"{NODES}?id>-99")
            before = memory_of(server)
            clients = []
            for number in range(1, 301):
                clients.append(Client(server.port))
                clients[-1].send(request(f"{NODES}?id>-{number}"))
            wait_for(lambda: memory_of(server) - before > 150 * MIB, "answers wait for their readers")
            for number, client in enumerate(clients):
                self.addCleanup(client.socket.close)
                if number % 10 > 0:
                    client.socket.close()
            wait_for(lambda: memory_of(server) - before < 100 * MIB, "their memory is given back")


class Documents(Case):
    def test_objects_in_objects_in_the_wrong_order(self):
        inner = '{"b":"' + "x" * (8 * MIB) + '","a":1}'
        for _ in range(990):
            inner = '{"b":' + inner + ',"a":1}'
        answer = self.attributes(inner)
        self.assertEqual(200, answer.status)
        self.assertTrue(answer.body.startswith(b'{"data":{"attributes":{"a":1,"b":{"a":1,"b":{"a":1,'))
        self.assertGreater(len(answer.body), 8 * MIB)

    def test_many_names_and_many_members(self):
        document = "{" + ",".join(f'"{number}":1' for number in range(1_000_000, 2_000_000)) + "}"
        self.change("UPDATE db_dbnode SET attributes = ? WHERE id = 1", document)
        names = ",".join(f'"{number}"' for number in range(1_500_000, 1_501_500))
        with Server(self.path) as server:
            for key in ("alist", "nalist"):
                answer = server.get(f'{ATTRIBUTES.format("17735b6b")}?{key}={names}')
                self.assertEqual(200, answer.status)
                self.assertEqual(1_500 if key == "alist" else 998_500, len(answer.rows()))

    def test_deeper_than_a_stack(self):
        for document in ("[" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000):
            self.assertEqual(422, self.attributes(document).status)

    def test_millions_of_small_members_in_the_wrong_order(self):
        document = '{"z":1,' + ",".join('"a":1' for _ in range(2_000_000)) + "}"
        answer = self.attributes(document, ("Accept: text/html",))
        self.assertEqual(200, answer.status)
        self.assertTrue(answer.body.rstrip().endswith(b"}"))


if __name__ == "__main__":
    unittest.main()
