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

from event_stream import EVENTS, Stream, page
from feed_case import MANY_LOGS, TOLD_AT_LENGTH, FedFile
from own_postgresql import OwnPostgreSql
from served import PATIENCE, Client, Server, Watched, is_sanitized, make_database, memory_of, request, run, settled, wait_for
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

    def test_one_client_does_not_keep_others_out(self):
        """127.0.0.2 finds a place, though 127.0.0.1 has taken all."""
        def elsewhere(server) -> Client:
            return Client.on(socket.create_connection(("127.0.0.1", server.port), PATIENCE, ("127.0.0.2", 0)))

        with Server("--demo", "--max-subscribers", "3") as server, ExitStack() as stack:
            sessions = [server.get(SOCKET_IO + "polling").status for _ in range(4)]
            self.assertEqual([200, 200, 200, 503], sessions)
            with elsewhere(server) as other:
                self.assertEqual(200, other.get(SOCKET_IO + "polling").status)
            streams = [stack.enter_context(Stream(server.port)) for _ in range(3)]
            self.assertEqual(503, server.get(EVENTS).status)
            with elsewhere(server) as other:
                self.assertEqual(200, other.get(EVENTS).status)
            with self.assertRaises(ConnectionError):
                streams[-1].until(lambda name, data: False)
            self.assertEqual("settled", streams[0].next()[0])

    def test_lasting_connections_leave_some_for_requests(self):
        with Server("--demo", "--max-connections", "16") as server, ExitStack() as stack:
            lasting = [stack.enter_context(WebSocket(server.port, ROWS)) for _ in range(14)]
            self.assertEqual([503], [one.refused for one in lasting if one.refused])
            self.assertEqual(200, server.get("/api/v2/users").status)

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


class Profiles(unittest.TestCase):
    def test_more_are_listened_to_than_may_be_open(self):
        """They take turns, and requests come first."""
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            files = []
            for name in "abc":
                (Path(folder) / name).mkdir()
                files.append(FedFile(f"{folder}/{name}"))
            with Server(*(f"-p{name}={file.path}" for name, file in zip("abc", files)), "--max-open", "2") as server:
                streams = [stack.enter_context(Stream(server.port, f"/{name}{EVENTS}")) for name in "ab"]
                for _ in range(10):
                    for name in "cab":
                        self.assertEqual(200, server.get(f"/{name}/api/v2/users").status)
                streams.append(stack.enter_context(Stream(server.port, f"/c{EVENTS}")))
                for stream, file in zip(streams, files):
                    file.execute("UPDATE db_dbuser SET institution = 'heard' WHERE id = 1")
                    told = stream.until(lambda name, data: name == "updated")
                    self.assertEqual(["settled", "updated"], [name for name, data in told])

    def test_a_turn_that_begins_anew(self):
        """Without the setup nobody knows what has changed while the database was closed, also where nothing had been told before."""
        with tempfile.TemporaryDirectory() as folder:
            for name in "ab":
                settled(make_database(Path(folder) / f"{name}.sqlite"))
            with Watched(folder, "--max-open", "1") as server, Stream(server.port, f"/b{EVENTS}") as stream:
                self.assertEqual("settled", stream.next()[0])
                self.assertEqual(200, server.get("/a/api/v2/users").status)
                self.assertEqual("resnapshot", stream.next()[0])

    def test_a_page_of_a_profile_that_nobody_listens_to(self):
        """It does not take the place again."""
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for name in "ab":
                (Path(folder) / name).mkdir()
                files.append(FedFile(f"{folder}/{name}"))
            with Watched(f"-pa={files[0].path}", f"-pb={files[1].path}", "--max-open", "1") as server, \
                    Stream(server.port, f"/a{EVENTS}") as stream:
                self.assertEqual("settled", stream.next()[0])
                self.assertEqual(200, server.get(f"/b{EVENTS}").status)
                for i in range(8):
                    files[0].execute(f"UPDATE db_dbuser SET institution = '{i}' WHERE id = 1")
                    self.assertEqual("updated", stream.next()[0])
                    time.sleep(0.4)  # in which the other one would take its place
                self.assertEqual(1, server.metrics()['restapi_profile_opened_total{profile="b"}'])


class Pings(unittest.TestCase):
    def test_how_often(self):
        with Server("--demo", "--feed-ping", "1") as server:
            for target in (ROWS, CONTENT):
                with self.subTest(target), Client(server.port) as client:
                    client.send(upgrade(target))
                    self.assertEqual(101, client.receive().status)
                    frame = lambda: client.socket.recv(1 << 16)
                    self.assertIn(0x89, (frame()[0] for _ in range(3)))  # behind the first messages
            self.assertEqual(1000, json.loads(server.get(SOCKET_IO + "polling").body[1:])["pingInterval"])


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


class Files(unittest.TestCase):
    """Of strangers."""

    def serve_and_change(self, sql: str, door):
        with tempfile.TemporaryDirectory() as folder:
            file = FedFile(folder)
            with Server(file.path) as server:
                door(server, lambda: file.execute(sql))
                self.assertEqual(200, server.get("/api/v2/users").status)

    def test_long_texts(self):
        long = "printf('%.*c', 30000000, 'x')"

        def by_socket_io(server, change):
            with connected(server.port, transports=WEBSOCKET) as client:
                client.select("*")
                begin = page(server)["after"]
                change()
                wait_for(lambda: page(server, "?after=" + begin)["after"] != begin, "the change")
                time.sleep(0.5)  # a server that falls, falls now

        for sql in (f"INSERT INTO restapi_feed_change (entity, action, id, uuid) VALUES ('n', 'd', 5, {long})",
                    f"UPDATE db_dbgroup SET description = {long} WHERE id = 1",
                    f"UPDATE db_dbnode SET label = {long} WHERE id = 9",
                    f"UPDATE db_dbcomment SET content = {long}"):
            with self.subTest(sql):
                self.serve_and_change(sql, by_socket_io)

    def test_an_epoch_that_is_long(self):
        def by_page(server, change):
            change()
            self.assertLess(len(page(server)["after"]), 200)

        self.serve_and_change("UPDATE restapi_feed SET epoch = printf('%.*c', 30000000, 'e')", by_page)


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

    @unittest.skipIf(is_sanitized(), "sanitizers take memory of their own")
    def test_answers_that_nobody_fetches(self):
        """What waits in all sessions together is limited."""
        with Server("--demo") as server, server.connect() as client:
            before = memory_of(server)
            for _ in range(200):
                handshake = client.get(SOCKET_IO + "polling")
                target = SOCKET_IO + "polling&sid=" + json.loads(handshake.body[1:])["sid"]
                self.post(client, target, "\x1e".join(["40/x,"] * 12_000))
            self.assertLess(memory_of(server) - before, 160 << 20)

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
                execute(MANY_LOGS)
                for number in range(3):
                    execute(TOLD_AT_LENGTH + f"UPDATE db_dbgroup SET description = '{number}' WHERE id = 1")
                    other.until(lambda message: message.get("group", {}).get("description") == str(number))
                answers = [client.get(target)]
                while answers[-1].status == 200 and not answers[-1].body.endswith(b"1") and len(answers) < 20:
                    answers.append(client.get(target))
                self.assertIn(b"item-updated", answers[0].body)
                self.assertNotIn(b'"2"', answers[-1].body)
                wait_for(lambda: server.get(target).status == 400, "the end of the session")


if __name__ == "__main__":
    unittest.main()
