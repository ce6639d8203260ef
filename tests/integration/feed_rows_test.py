# SPDX-License-Identifier: MIT
"""The live feed as pages and rows: what is written with psql and sqlite3 is what a stock WebSocket client hears."""

import base64
import signal
import tempfile
import time
import unittest
import uuid
from pathlib import Path

from access_test import Keys, put
from feed_case import MANY_LOGS, TOLD_AT_LENGTH, FedFile, OnFedPostgreSql
from served import Client, Server, request, run, settled
from web_sockets import WebSocket, install

ROWS = "/ws/core/"


def setUpModule():
    install()


def begun(socket: WebSocket) -> str:
    """The id that a client is given first."""
    first = socket.next()
    assert (first["type"], first["success"]) == ("authentication", True), first
    return first["web_socket_id"]


def turn(socket: WebSocket, table) -> dict:
    """Asks for a page."""
    socket.send({"page": "table", "table_id": table})
    return socket.until(lambda message: message["type"] == "page_add")[-1]


class OnPostgreSql(OnFedPostgreSql):
    def test_a_page(self):
        with self.serve() as server, WebSocket(server.port, ROWS) as socket:
            self.assertEqual(4, uuid.UUID(begun(socket)).version)
            self.assertEqual({"type": "page_add", "page": "table", "parameters": {"table_id": 1}}, turn(socket, 1))
            self.execute("""UPDATE db_dbnode SET extras = '{"a": 1}' WHERE id = 2""")
            row = server.get("/api/v2/nodes?id=2").rows()[0]
            self.assertEqual({"type": "rows_updated", "table_id": 1, "rows_before_update": [{"id": 2}],
                              "rows": [{"id": 2, "order": "2.00000000000000000000"} | row],
                              "updated_field_ids": [103, 104], "metadata": {}}, socket.next())
            self.execute("INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, repository_metadata, user_id) "
                         "SELECT i, gen_random_uuid(), 'data.core.int.Int.', 'x', '', now(), now(), '{}', '{}', '{}', 1 FROM generate_series(901, 1150) AS i")
            messages = [socket.next() for _ in range(3)]
            self.assertEqual({"rows_created"}, {message["type"] for message in messages})
            self.assertEqual([100, 100, 50], [len(message["rows"]) for message in messages])
            self.assertEqual(list(range(901, 1151)), [row["id"] for message in messages for row in message["rows"]])
            self.assertEqual((None, {}), (messages[0]["before_row_id"], messages[0]["metadata"]))
            gone = self.postgresql.ask("SELECT uuid FROM db_dbnode WHERE id = 901")
            self.execute("DELETE FROM db_dbnode WHERE id = 901")
            self.assertEqual({"type": "rows_deleted", "table_id": 1, "row_ids": [901], "rows": [{"id": 901, "uuid": gone}]},
                             socket.next())

    def test_pages_come_one_at_a_time(self):
        with self.serve() as server, WebSocket(server.port, ROWS) as socket:
            begun(socket)
            add = lambda table: {"type": "page_add", "page": "table", "parameters": {"table_id": table}}
            discard = lambda table: {"type": "page_discard", "page": "table", "parameters": {"table_id": table}}
            for message in ({"page": "table", "table_id": "computers"}, {"page": "table", "table_id": 13},
                            {"remove_page": "table", "table_id": 1}, {"page": "table", "table_id": 99}, "no JSON", [],
                            {"page": "table", "table_id": 5}, {"remove_page": "table", "table_id": "structures"},
                            {"page": "table", "table_id": 14}, {"page": "row", "row_id": 1},
                            {"page": "table", "table_id": 16}):
                socket.send(message)
            told = socket.until(lambda message: message == add(16))
            self.assertEqual([add(10), discard(10), add(13), discard(13), add(5), discard(5), add(14), discard(14), add(16)], told)

    def test_every_table(self):
        """Each has what it is about, and nothing else; groups and users are told to all."""
        writes = """
            UPDATE db_dbnode SET label = 'x' WHERE node_type LIKE 'data.%structure.%';
            UPDATE db_dbnode SET label = 'x' WHERE node_type LIKE 'process.%';
            UPDATE db_dbcomputer SET label = 'renamed' WHERE id = 1;
            UPDATE db_dbgroup SET description = 'x' WHERE id = 1;
            UPDATE db_dbuser SET institution = 'x' WHERE id = 1;
            DELETE FROM db_dblink WHERE id = 1;
            DELETE FROM db_dbgroup_dbnodes WHERE id = 1;
            UPDATE db_dbcomment SET content = 'words' WHERE id = 1;
            UPDATE db_dblog SET message = 'words' WHERE id = 1;
            UPDATE db_dbuser SET institution = 'end' WHERE id = 2"""
        expected = {
            1: 2, 2: 1, 3: 0, 4: 1, 5: 1, 6: 0, 10: 1, 11: 1, 12: 2, 13: 1, 14: 1, 15: 1, 16: 1}
        with self.serve() as server:
            sockets = {table: WebSocket(server.port, ROWS) for table in expected}
            for table, socket in sockets.items():
                self.addCleanup(socket.close)
                begun(socket)
                turn(socket, table)
            self.execute(writes)
            for table, socket in sockets.items():
                with self.subTest(table):
                    told = socket.until(lambda message: message["type"] == "user_updated" and message["user"]["id"] == 2)
                    rows = [message for message in told if message["type"].startswith("rows_")]
                    if table == 12:  # the last row comes before the last word on the user
                        self.assertLess(told.index(rows[-1]), len(told) - 1)
                    self.assertEqual(expected[table], len(rows), told)
                    self.assertLessEqual({message["table_id"] for message in rows}, {table})
                    self.assertEqual(["group_updated", "user_updated", "user_updated"],
                                     [message["type"] for message in told if message not in rows])

    def test_groups_users_and_comments(self):
        with self.serve() as server, WebSocket(server.port, ROWS) as socket:
            begun(socket)
            turn(socket, "nodes")
            self.execute("""
                INSERT INTO db_dbuser (id, email, first_name, last_name, institution) VALUES (900, 'private@example.org', 'A', 'B', 'C');
                INSERT INTO db_dbgroup (id, uuid, label, type_string, time, description, extras, user_id)
                  VALUES (900, '11111111-1111-4111-8111-111111111111', 'a/b', 'core', now(), 'd', '{}', 900);
                INSERT INTO db_dbcomment (id, uuid, dbnode_id, ctime, mtime, user_id, content)
                  VALUES (900, gen_random_uuid(), 1, '2025-03-14 19:20:09Z', '2025-03-14 19:20:10Z', 1, 'words')""")
            self.assertEqual({"type": "user_updated", "user": {"id": 900, "first_name": "A", "last_name": "B", "institution": "C"}}, socket.next())
            group = {"id": 900, "name": "a/b", "order": 900, "uuid": "11111111-1111-4111-8111-111111111111", "type": "core",
                     "description": "d", "user_id": 900}
            self.assertEqual({"type": "group_created", "group_id": 900, "group": group}, socket.next())
            comment = {"id": 900, "row_id": 1, "user_id": 1, "comment": "words", "created_on": "Fri, 14 Mar 2025 19:20:09 GMT",
                       "updated_on": "Fri, 14 Mar 2025 19:20:10 GMT"}
            self.assertEqual({"type": "row_comment_created", "table_id": 1, "row_id": 1, "row_comment": comment}, socket.next())
            self.execute("UPDATE db_dbgroup SET label = 'c' WHERE id = 900")
            self.assertEqual({"type": "group_updated", "group_id": 900, "group": group | {"name": "c"}}, socket.next())
            self.execute("DELETE FROM db_dbgroup WHERE id = 900; DELETE FROM db_dbuser WHERE id = 900")
            self.assertEqual({"type": "group_deleted", "group_id": 900}, socket.next())
            self.assertEqual({"type": "user_deleted", "user": {"id": 900}}, socket.next())
            self.assertEqual({"type": "user_permanently_deleted", "user_id": 900}, socket.next())

    def test_own_changes_are_left_out(self):
        with self.serve() as server, WebSocket(server.port, ROWS) as one, WebSocket(server.port, ROWS) as other:
            begun(other)
            turn(other, 11)
            name = begun(one)
            turn(one, 11)
            self.execute("UPDATE db_dbgroup SET description = 'mine' WHERE id = 1", PGOPTIONS=f"-c restapi.web_socket_id={name}")
            self.execute("UPDATE db_dbgroup SET description = 'theirs' WHERE id = 1")
            self.assertEqual("theirs", one.next()["rows"][0]["description"])
            self.assertEqual("rows_updated", other.next()["type"])
            self.assertEqual("group_updated", other.next()["type"])
            self.assertEqual("theirs", other.next()["rows"][0]["description"])

    def test_without_a_cursor_a_client_is_closed_where_it_has_to_read_anew(self):
        with self.serve() as server, WebSocket(server.port, ROWS) as plain, WebSocket(server.port, ROWS + "?cursor=now") as other, \
                WebSocket(server.port, ROWS + "?cursor=now") as elsewhere:
            for socket in (plain, other, elsewhere):
                begun(socket)
                turn(socket, "nodes" if socket is elsewhere else "logs")
            self.execute("TRUNCATE db_dblog; UPDATE db_dbuser SET institution = 'x' WHERE id = 1")
            self.assertEqual(([], 1013), plain.end())
            self.assertEqual({"type", "cursor"}, set(other.next()))
            self.assertEqual("user_updated", other.next()["type"])
            self.assertEqual("user_updated", elsewhere.next()["type"])

    def test_a_cursor_that_cannot_be_continued(self):
        with self.serve() as server, WebSocket(server.port, ROWS + "?cursor=garbage") as socket:
            begun(socket)
            socket.send({"page": "table", "table_id": 12})
            first = socket.next()
            self.assertEqual(("resnapshot", "installed"), (first["type"], first["source"]))
            added = socket.next()
            self.assertEqual(("page_add", {"table_id": 12}), (added["type"], added["parameters"]))
            self.assertTrue(added["cursor"])
            self.execute("UPDATE db_dbuser SET institution = 'x' WHERE id = 1")
            self.assertEqual(["rows_updated", "user_updated"], [socket.next()["type"] for _ in range(2)])

    def test_a_client_that_needs_no_page_goes_on_too(self):
        with self.serve() as server:
            with WebSocket(server.port, ROWS + "?cursor=now") as socket:
                begun(socket)
                first = socket.next()
                self.assertEqual(("settled", "installed"), (first["type"], first["source"]))
            self.execute("UPDATE db_dbgroup SET description = 'x' WHERE id = 1")
            with WebSocket(server.port, f"{ROWS}?cursor={socket.last}") as socket:
                begun(socket)
                self.assertEqual(["settled", "group_updated"], [socket.next()["type"] for _ in range(2)])

    def test_nothing_is_lost_when_servers_die(self):
        """A client that comes back with its cursor after kill -9 of the server, and of PostgreSQL, knows of every commit."""
        count = 200
        server = self.serve()
        self.addCleanup(lambda: server.stop(signal.SIGKILL))
        socket = WebSocket(server.port, ROWS + "?cursor=now")
        begun(socket)
        turn(socket, 1)
        writer = self.label_first_node(count, "UPDATE db_dbgroup SET description = '{value}' WHERE id = 1")
        told = []
        for kill in ("server", "database", "server"):
            until = len(told) + 40
            while len(told) < until:
                told.append(socket.next())
            if kill == "database":
                self.postgresql.control("stop -m immediate")
                self.postgresql.start()
                continue
            server.stop(signal.SIGKILL)
            told += socket.end()[0]
            last = told[-1]["cursor"]
            socket.close()
            server = self.serve()
            socket = WebSocket(server.port, f"{ROWS}?cursor={last}")
            begun(socket)
            self.assertEqual(last, turn(socket, 1)["cursor"])
        writer.join()
        self.execute("UPDATE db_dbuser SET institution = 'end' WHERE id = 1")
        with socket:
            told += socket.until(lambda message: message["type"] == "user_updated")
        self.assertEqual({"rows_updated", "group_updated", "user_updated"}, {message["type"] for message in told})
        rows = [message for message in told if message["type"] == "rows_updated"]
        self.assertEqual([[1]] * count, [[row["id"] for row in message["rows"]] for message in rows])
        self.assertEqual(count, sum(message["type"] == "group_updated" for message in told))
        self.assertEqual(str(count), rows[-1]["rows"][0]["label"])

    def test_a_server_that_stops(self):
        with self.serve() as server, WebSocket(server.port, ROWS) as socket:
            begun(socket)
            turn(socket, 1)
            self.assertEqual(0, server.stop())
            self.assertEqual(([], 1012), socket.end())

    def test_a_reader_that_is_too_slow(self):
        with self.serve() as server, Client(server.port) as slow, WebSocket(server.port, ROWS) as other:
            slow.send(request(ROWS, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                              "Sec-WebSocket-Key: " + base64.b64encode(bytes(16)).decode()))
            page = b'{"page":"table","table_id":16}'
            slow.send(b"\x81" + bytes([0x80 | len(page)]) + bytes(4) + page)
            heard = b""
            while b"page_add" not in heard:
                heard += slow.socket.recv(1 << 16)
            begun(other)
            self.execute(MANY_LOGS)
            for number in range(6):
                self.execute(TOLD_AT_LENGTH + f"UPDATE db_dbgroup SET description = '{number}' WHERE id = 1")
                other.until(lambda message: message["group"]["description"] == str(number))
            heard = b""
            while data := slow.socket.recv(1 << 20):
                heard = heard[-100:] + data
            self.assertIn(b"\x03\xf5too slow", heard)  # 1013

    def test_a_database_without_the_setup(self):
        self.execute(run("--print-feed-removal", "postgresql").stdout)
        with self.serve() as server, WebSocket(server.port, ROWS + "?cursor=now") as socket:
            begun(socket)
            self.assertEqual("following", socket.next()["source"])
            turn(socket, "nodes")
            self.execute("UPDATE db_dbnode SET label = 'x', mtime = now() WHERE id = 1")
            message = socket.next()
            self.assertEqual(("rows_updated", "x"), (message["type"], message["rows"][0]["label"]))


class WhoMayEnter(unittest.TestCase):
    def test_requests_that_are_no_web_sockets(self):
        with Server("--demo", "--cors-origin", "https://a.example", "--max-subscribers", "1") as server:
            answer = server.get(ROWS)
            self.assertEqual((426, "websocket"), (answer.status, answer.headers["upgrade"]))
            self.assertEqual(404, server.get("/ws/core").status)
            with server.connect() as client:
                self.assertEqual(405, client.get(ROWS, method="POST").status)
            with WebSocket(server.port, ROWS, Origin="https://b.example") as socket:
                self.assertEqual(403, socket.refused)
            with WebSocket(server.port, ROWS, Origin="https://a.example") as socket:
                begun(socket)
                with WebSocket(server.port, ROWS) as another:
                    self.assertEqual(503, another.refused)
                    self.assertIn("retry-after", another.refusal["headers"])
                self.assertEqual("page_add", turn(socket, 1)["type"])  # an archive: confirmed, and nothing follows

    def test_anybody_where_there_are_no_keys(self):
        with Server("--demo") as server:
            for query in ("", "?jwt_token=anonymous", "?jwt_token=anything"):
                with WebSocket(server.port, ROWS + query) as socket:
                    begun(socket)

    def test_tokens(self):
        with tempfile.TemporaryDirectory() as folder:
            keys = Keys(Path(folder))
            file = Path(folder) / "keys.json"
            put(file, keys.jwk_set())
            wrong = {"type": "authentication", "success": False, "web_socket_id": None}
            with Server("--demo", "--token-keys", file) as server:
                good = keys.token("HS256", exp=int(time.time()) + 3600)
                for query in ("", "?jwt_token=anonymous", "?jwt_token=" + good[:-2] + "AA",
                              "?jwt_token=" + keys.token("HS256", exp=int(time.time()) - 3600)):
                    with WebSocket(server.port, ROWS + query) as socket:
                        self.assertEqual(([wrong], 1008), socket.end())
                with WebSocket(server.port, ROWS + "?jwt_token=" + good) as by_query, \
                        WebSocket(server.port, ROWS, Authorization="Bearer " + good) as by_header:
                    begun(by_query)
                    begun(by_header)
                # A minute of grace is nearly over.
                with WebSocket(server.port, ROWS + "?jwt_token=" + keys.token("HS256", exp=int(time.time()) - 40)) as socket:
                    begun(socket)
                    self.assertEqual(([wrong], 1008), socket.end())
                # The keys change while somebody listens.
                with WebSocket(server.port, ROWS + "?jwt_token=" + good) as socket:
                    begun(socket)
                    put(file, Keys(Path(folder)).jwk_set())
                    self.assertEqual(([wrong], 1008), socket.end())
                self.assertNotIn(good, "".join(server.log))


class OnSqlite(unittest.TestCase):
    def test_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            file = FedFile(folder)
            path, execute = file.path, file.execute
            with Server(path) as server, WebSocket(server.port, ROWS + "?cursor=now") as socket:
                begun(socket)
                turn(socket, 1)
                execute("UPDATE db_dbnode SET label = 'one' WHERE id = 1; DELETE FROM db_dblink WHERE id = 1; "
                        "UPDATE db_dbgroup SET description = 'x' WHERE id = 1")
                updated = socket.next()
                self.assertEqual(("rows_updated", "one"), (updated["type"], updated["rows"][0]["label"]))
                self.assertEqual("group_updated", socket.next()["type"])
                turn(socket, "links")
                execute("DELETE FROM db_dblink WHERE id = 2")
                self.assertEqual([2], socket.next()["row_ids"])
                last = socket.last
                server.stop(signal.SIGKILL)
                self.assertEqual(1006, socket.end()[1])
            execute("DELETE FROM db_dblink WHERE id = 3; UPDATE db_dbuser SET institution = 'x' WHERE id = 1")
            with Server(path) as server, WebSocket(server.port, f"{ROWS}?cursor={last}") as socket:
                begun(socket)
                turn(socket, "links")
                self.assertEqual(["rows_deleted", "user_updated"], [socket.next()["type"] for _ in range(2)])


if __name__ == "__main__":
    unittest.main()
