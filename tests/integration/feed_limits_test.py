# SPDX-License-Identifier: MIT
"""The limits of the live feed, reached from outside."""

import base64
import json
import socket
import subprocess
import tempfile
import time
import unittest
from contextlib import ExitStack
from pathlib import Path

from events_test import EVENTS, Stream
from own_postgresql import OwnPostgreSql
from served import Client, Server, is_sanitized, make_database, memory_of, request, run, settled, wait_for
from socket_io_test import WEBSOCKET, connected
from web_sockets import WebSocket, install

ROWS, CONTENT, SOCKET_IO = "/ws/core/", "/content/ws/v5", "/socket.io/?EIO=4&transport="


def setUpModule():
    install()


def upgrade(target: str) -> str:
    return request(target, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                   "Sec-WebSocket-Key: " + base64.b64encode(bytes(16)).decode())


class Places(unittest.TestCase):
    def test_as_many_listeners_as_there_may_be(self):
        with Server("--demo", "--max-subscribers", "3") as server, ExitStack() as stack:
            streams = [stack.enter_context(Stream(server.port)) for _ in range(2)]
            client = stack.enter_context(connected(server.port, transports=WEBSOCKET))  # listens to nothing yet
            rows = stack.enter_context(WebSocket(server.port, ROWS))
            self.assertTrue(rows.next()["success"])
            for headers in ((), ("Accept: text/event-stream",)):
                refused = server.get(EVENTS + "?wait=25", *headers)
                self.assertEqual(503, refused.status)
                self.assertIn("retry-after", refused.headers)
            for target in (ROWS, CONTENT):
                with WebSocket(server.port, target) as another:
                    self.assertEqual(503, another.refused)
                    self.assertIn("retry-after", another.refusal["headers"])
            client.emit("select-workspace", "*")
            self.assertEqual("error", client.next()[1]["status"])
            self.assertEqual(200, server.get("/api/v2/users").status)
            streams[0].client.socket.close()
            wait_for(lambda: server.get(EVENTS).status == 200, "the place")

    def test_listeners_do_not_make_room_for_others(self):
        with tempfile.TemporaryDirectory() as folder:
            path = settled(make_database(Path(folder) / "database.sqlite", "generation2"))
            with Server(path, "--max-connections", "6") as server, Stream(server.port) as stream, \
                    WebSocket(server.port, ROWS) as rows, ExitStack() as stack:
                stream.next()
                rows.next()
                clients = [stack.enter_context(server.connect()) for _ in range(12)]
                for client in clients:  # each takes the place of an idle one
                    self.assertEqual(200, client.get("/api/v2/users").status)
                subprocess.run(["sqlite3", "-bail", "-cmd", ".timeout 60000", path], check=True, text=True,
                               input="UPDATE db_dbgroup SET description = 'x' WHERE id = 1")
                self.assertEqual("updated", stream.next()[0])
                self.assertEqual("group_updated", rows.next()["type"])

    @unittest.skipIf(is_sanitized(), "sanitizers take memory of their own")
    def test_a_listener_at_rest(self):
        """Bytes for each, of many beside some that are there already."""
        first, more, most = 300, 1200, 4096
        for name, message in (("rows", upgrade(ROWS)), ("content", upgrade(CONTENT)), ("Socket.IO", upgrade(SOCKET_IO + "websocket")),
                              ("polled", request(SOCKET_IO + "polling")), ("events", request(EVENTS, "Accept: text/event-stream"))):
            with self.subTest(name), Server("--demo", descriptors=4096) as server, ExitStack() as stack:
                def come(count: int):
                    for _ in range(count):
                        client = socket.create_connection(("127.0.0.1", server.port))
                        client.sendall(message.encode())
                        self.assertIn(client.recv(1 << 16)[9:12], (b"101", b"200"))
                        if name == "polled":  # the session stays
                            client.close()
                        else:
                            stack.enter_context(client)

                come(first)
                before = memory_of(server)
                come(more)
                self.assertLess((memory_of(server) - before) / more, most)


class Messages(unittest.TestCase):
    def test_what_a_client_sends_at_once(self):
        with Server("--demo") as server:
            for target in (ROWS, CONTENT):
                with self.subTest(target), WebSocket(server.port, target) as other:
                    other.send("x" * (64 << 10))
                    for _ in range(98):
                        other.send("x")
                    other.send({"page": "table", "table_id": 1} if target == ROWS else {"instruction": "Unlisten"})
                    told = other.until(lambda message: message.get("type") == "page_add" or message.get("instruction") == "Unlisten")
                    self.assertLessEqual(len(told), 2)  # what is none has no answer
                    for _ in range(200):
                        other.send("x")
                    self.assertEqual(1008, other.end()[1])
                with self.subTest(target), WebSocket(server.port, target) as other:
                    other.send("x" * ((64 << 10) + 1))
                    self.assertEqual(1009, other.end()[1])


class Polling(unittest.TestCase):
    def open(self, client: Client) -> str:
        """The target of a session in the namespace of the feed."""
        handshake = client.get(SOCKET_IO + "polling")
        target = SOCKET_IO + "polling&sid=" + json.loads(handshake.body[1:])["sid"]
        self.post(client, target, "40/events,")
        self.assertTrue(client.get(target).body.startswith(b"40/events,"))
        return target

    def post(self, client: Client, target: str, body: str) -> int:
        client.send(request(target, f"Content-Length: {len(body)}", method="POST") + body)
        return client.receive().status

    def test_what_a_client_posts(self):
        with Server("--demo") as server, server.connect() as client:
            target = self.open(client)
            self.assertEqual(200, self.post(client, target, '42/events,["x","' + "x" * (1_000_000 - 18) + '"]'))
            self.assertEqual(413, self.post(client, target, "4" * 1_000_001))

    def test_a_session_whose_place_is_gone_ends(self):
        with OwnPostgreSql() as postgresql:
            execute = lambda sql: subprocess.run([*postgresql.psql, "-v", "ON_ERROR_STOP=1"], input=sql, text=True, check=True, capture_output=True)
            execute(run("--print-feed-setup", "postgresql").stdout)
            with Server(postgresql.uri) as server, server.connect() as client, WebSocket(server.port, ROWS + "?cursor=now") as other:
                target = self.open(client)
                self.post(client, target, '42/events,["select-workspace","*"]')
                self.assertIn(b"workspace-selected", client.get(target).body)
                # What waits for its next poll, and then more than the server keeps.
                execute("".join(f"""UPDATE db_dbnode SET extras = jsonb_build_object('text', repeat('{number}', 60000)) WHERE id = 2;""" for number in range(4)))
                for number in range(3):
                    execute("UPDATE db_dblog SET message = repeat('x', 8000000) WHERE id = 1; "
                            f"UPDATE db_dbgroup SET description = '{number}' WHERE id = 1")
                    other.until(lambda message: message.get("group", {}).get("description") == str(number))
                answers = [client.get(target)]
                while answers[-1].status == 200 and not answers[-1].body.endswith(b"1") and len(answers) < 20:
                    answers.append(client.get(target))
                self.assertIn(b"item-updated", answers[0].body)
                self.assertNotIn(b'"2"', answers[-1].body)
                wait_for(lambda: server.get(target).status == 400, "the end of the session")


if __name__ == "__main__":
    unittest.main()
