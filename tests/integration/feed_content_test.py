# SPDX-License-Identifier: MIT
"""The live feed as entries with paths: what is written with psql and sqlite3 is what a stock WebSocket client hears."""

import json
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from access_test import Keys, put
from feed_case import FedFile, OnFedPostgreSql
from served import Server, run
from web_sockets import WebSocket, install

CONTENT = "/content/ws/v5"
STRUCTURE = "/nodes/17735b6b-1ebe-426b-809e-0b8e639115f0"  # node 1
CODE, JOB = "/nodes/e63f48fa-d6e1-482b-ba75-bcc3f712003a", "/nodes/50bc7547-9515-4e4b-93e8-1032b7ca99b4"  # 7, 9
GROUP = "/groups/fd9fb4b0-12bc-4499-9735-ed0dc3932958"  # 1
COMPUTER = "/computers/2267eb55-f5b3-4816-ad0d-9f3452d01ad2"  # 1
NEW = "11111111-1111-4111-8111-111111111111"


def setUpModule():
    install()


def connected(socket: WebSocket) -> dict:
    first = socket.next()
    assert (first["statusCode"], first["instruction"]) == (202, "Connected"), first
    return first


def listen(socket: WebSocket, path: str) -> int:
    socket.send({"instruction": "Listen", "path": path})
    return socket.until(lambda message: message.get("instruction") == "Listen")[-1]["statusCode"]


def short(message: dict) -> tuple:
    return message["path"], message["action"]


class OnPostgreSql(OnFedPostgreSql):
    def told(self, socket: WebSocket, sql: str) -> list:
        """What is heard of a statement, and of nothing else."""
        self.execute(sql)
        self.execute("UPDATE db_dbuser SET institution = institution WHERE id = 3")
        return socket.until(lambda message: message.get("path") == "/users/3/properties")[:-1]

    def test_every_kind_of_entry(self):
        with self.serve() as server, WebSocket(server.port, CONTENT) as socket:
            self.assertEqual({"id", "statusCode", "instruction"}, set(connected(socket)))
            entry = lambda owner, directory, **more: more | {
                "isDirectory": directory, "owners": [owner], "readers": ["*"], "lastEditor": owner, "canRead": True, "canWrite": False}
            timeless = lambda message: message | ({"entry": {k: v for k, v in message["entry"].items() if k != "timestamp"}} if "entry" in message else {})
            path = "/nodes/" + NEW
            told = self.told(socket, f"""
                INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, repository_metadata, user_id)
                VALUES (900, '{NEW}', 'data.core.int.Int.', 'new', '', now(), '2025-03-14 19:20:37.5Z', '{{"value": 1}}', '{{}}', '{{}}', 2)""")
            row = server.get("/api/v2/nodes?id=900").rows()[0]
            self.assertEqual(1741980037500, told[0]["entry"]["timestamp"])
            self.assertEqual({"path": path, "action": "ADD", "entry": entry("2", True)}, timeless(told[0]))
            self.assertEqual((path + "/properties", "UPDATED"), short(told[1]))
            self.assertEqual(row, json.loads(told[1]["entry"]["content"]))
            self.assertEqual(2, len(told))

            told = self.told(socket, """UPDATE db_dbnode SET attributes = '{"value": [1.50, "ü"]}', extras = '{"b": 1, "a": null}' WHERE id = 900""")
            self.assertEqual([path + "/properties", path + "/attributes", path + "/extras"], [message["path"] for message in told])
            self.assertEqual(['{"value":[1.50,"ü"]}', '{"a":null,"b":1}'], [message["entry"]["content"] for message in told[1:]])
            self.assertEqual(entry("2", False, content='{"a":null,"b":1}'), timeless(told[2])["entry"])
            told = self.told(socket, "UPDATE db_dbnode SET extras = jsonb_build_object('a', repeat('x', 300000)) WHERE id = 900")
            self.assertEqual(entry("2", False, contentLength=300009), timeless(told[1])["entry"])

            told = self.told(socket, "INSERT INTO db_dblink (id, input_id, output_id, label, type) VALUES (900, 7, 900, 'x', 'create')")
            self.assertEqual([(path + "/inputs/900", "ADD"), (path + "/inputs/900", "UPDATED"),
                              (CODE + "/outputs/900", "ADD"), (CODE + "/outputs/900", "UPDATED")], [short(message) for message in told])
            self.assertEqual({"uuid": CODE[7:], "label": "code 2.x", "type": "data.core.code.installed.InstalledCode."},
                             json.loads(told[1]["entry"]["content"]))
            self.assertEqual(entry("2", False), timeless(told[0])["entry"])
            self.assertEqual([(path + "/inputs/900", "REMOVE"), (CODE + "/outputs/900", "REMOVE")],
                             [short(message) for message in self.told(socket, "DELETE FROM db_dblink WHERE id = 900")])

            told = self.told(socket, "INSERT INTO db_dbgroup_dbnodes (id, dbgroup_id, dbnode_id) VALUES (900, 1, 900)")
            self.assertEqual([(f"{GROUP}/nodes/{NEW}", "ADD"), (f"{GROUP}/nodes/{NEW}", "UPDATED")], [short(message) for message in told])
            self.assertEqual(["1"], told[0]["entry"]["owners"])
            told = self.told(socket, "BEGIN; DELETE FROM db_dbgroup_dbnodes WHERE id = 900; DELETE FROM db_dbnode WHERE id = 900; COMMIT")
            self.assertEqual([{"path": f"{GROUP}/nodes/{NEW}", "action": "REMOVE"}, {"path": path, "action": "REMOVE"}], told)

            told = self.told(socket, f"""INSERT INTO db_dbcomment (id, uuid, dbnode_id, ctime, mtime, user_id, content)
                VALUES (900, '{NEW}', 1, now(), now(), 2, 'words "quoted"')""")
            self.assertEqual([(f"{STRUCTURE}/comments/{NEW}", "ADD"), (f"{STRUCTURE}/comments/{NEW}", "UPDATED")], [short(message) for message in told])
            self.assertEqual('words "quoted"', told[1]["entry"]["content"])
            self.assertEqual(["2"], told[1]["entry"]["owners"])
            told = self.told(socket, f"""INSERT INTO db_dblog (id, uuid, dbnode_id, time, levelname, loggername, message, metadata)
                VALUES (900, '{NEW}', 1, now(), 'REPORT', 'x', 'said', '{{}}'); UPDATE db_dblog SET message = 'more' WHERE id = 900""")
            self.assertEqual("more", told[-1]["entry"]["content"])
            self.assertEqual([(f"{STRUCTURE}/comments/{NEW}", "REMOVE"), (f"{STRUCTURE}/logs/{NEW}", "REMOVE")],
                             [short(message) for message in self.told(socket, "DELETE FROM db_dbcomment WHERE id = 900; DELETE FROM db_dblog WHERE id = 900")])

            told = self.told(socket, "UPDATE db_dbcomputer SET description = 'x' WHERE id = 1; UPDATE db_dbgroup SET description = 'x' WHERE id = 1")
            self.assertEqual([(COMPUTER + "/properties", "UPDATED"), (GROUP + "/properties", "UPDATED")], [short(message) for message in told])
            self.assertEqual(([], ""), (told[0]["entry"]["owners"], told[0]["entry"]["lastEditor"]))
            told = self.told(socket, "INSERT INTO db_dbuser (id, email, first_name, last_name, institution) VALUES (900, 'private@example.org', 'A', 'B', 'C'); "
                                     "DELETE FROM db_dbuser WHERE id = 900")
            self.assertEqual(("/users/900", "REMOVE"), short(told[-1]))
            self.assertNotIn("private@example.org", json.dumps(told))

    def test_paths(self):
        with self.serve() as server, WebSocket(server.port, f"{CONTENT}?path={GROUP}") as group, \
                WebSocket(server.port, CONTENT + "?path=/nowhere") as nowhere, WebSocket(server.port, CONTENT) as socket:
            for one in (group, nowhere, socket):
                connected(one)
            self.assertEqual({"instruction": "Listen", "path": "/nowhere", "statusCode": 404}, nowhere.next())
            self.execute("UPDATE db_dbgroup SET description = 'one'")
            self.assertEqual((GROUP + "/properties", "UPDATED"), short(group.next()))
            self.assertEqual(202, listen(nowhere, "/users/"))
            self.assertEqual(404, listen(socket, "/groups/shared"))  # the former stays
            self.execute("UPDATE db_dbcomputer SET description = 'x' WHERE id = 1")
            self.assertEqual((COMPUTER + "/properties", "UPDATED"), short(socket.until(lambda message: "computers" in message["path"])[-1]))
            socket.send({"instruction": "Unlisten"})
            self.assertEqual({"instruction": "Unlisten", "statusCode": 202}, socket.next())
            self.execute("UPDATE db_dbgroup SET description = 'two'")
            self.execute("UPDATE db_dbuser SET institution = 'x' WHERE id = 1")
            self.assertEqual(("/users/1/properties", "UPDATED"), short(nowhere.next()))
            for message in ("no JSON", [], {"instruction": "Dance"}):
                socket.send(message)
            self.assertEqual(202, listen(socket, "/users/1"))
            self.execute("UPDATE db_dbuser SET institution = 'y'")
            self.assertEqual(("/users/1/properties", "UPDATED"), short(socket.next()))

    def test_the_older_generation(self):
        self.fill("document")
        with self.serve() as server, WebSocket(server.port, CONTENT) as socket:
            connected(socket)
            node = self.postgresql.ask("SELECT id FROM db_dbnode ORDER BY id LIMIT 1")
            uuid = self.postgresql.ask(f"SELECT uuid FROM db_dbnode WHERE id = {node}")
            self.execute(f"""UPDATE db_dbnode SET extras = '{{"a": 1}}', attributes = '{{"b": 2}}' WHERE id = {node}""")
            told = [socket.next() for _ in range(3)]
            self.assertEqual([f"/nodes/{uuid}/properties", f"/nodes/{uuid}/attributes", f"/nodes/{uuid}/extras"], [message["path"] for message in told])
            self.assertEqual(['{"b":2}', '{"a":1}'], [message["entry"]["content"] for message in told[1:]])
            link = self.postgresql.ask("SELECT id FROM db_dblink ORDER BY id LIMIT 1")
            self.execute(f"UPDATE db_dblink SET label = 'x' WHERE id = {link}")
            self.assertEqual({"uuid", "label", "type"}, set(json.loads(socket.next()["entry"]["content"])))

    def test_resnapshots(self):
        with self.serve() as server, WebSocket(server.port, CONTENT) as plain, \
                WebSocket(server.port, CONTENT + "?cursor=garbage") as other, \
                WebSocket(server.port, CONTENT + "?cursor=now&path=/groups") as elsewhere:
            me = connected(plain)["id"]
            connected(other)
            first = connected(elsewhere)
            self.assertEqual(({"id", "statusCode", "instruction", "source", "cursor"}, "installed"), (set(first), first["source"]))
            self.assertEqual((410, "Resnapshot"), (lambda told: (told["statusCode"], told["instruction"]))(other.next()))
            self.execute("TRUNCATE db_dblog; UPDATE db_dbgroup SET description = 'x' WHERE id = 1")
            self.assertEqual(([{"id": me, "statusCode": 410, "instruction": "Disconnected"}], 1013), plain.end())
            self.assertEqual("Resnapshot", other.next()["instruction"])
            self.assertEqual(GROUP + "/properties", other.next()["path"])
            self.assertEqual(GROUP + "/properties", elsewhere.next()["path"])

    def test_nothing_is_lost_when_servers_die(self):
        count, done = 150, threading.Event()
        self.addCleanup(done.set)

        def write():
            for value in range(1, count + 1):
                if done.is_set():
                    return
                self.execute(f"""UPDATE db_dbnode SET extras = '{{"value": {value}}}' WHERE id = 1""")

        server = self.serve()
        self.addCleanup(lambda: server.stop(signal.SIGKILL))
        target = f"{CONTENT}?path={STRUCTURE}&cursor="
        socket = WebSocket(server.port, target + "now")
        connected(socket)
        writer = threading.Thread(target=write)
        writer.start()
        told = []
        for _ in range(2):
            until = len(told) + 60
            while len(told) < until:
                told.append(socket.next())
            server.stop(signal.SIGKILL)
            told += socket.end()[0]
            last = told[-1]["cursor"]
            socket.close()
            server = self.serve()
            socket = WebSocket(server.port, target + last)
            self.assertEqual(last, connected(socket)["cursor"])
        writer.join()
        # A change of its own: rows that are told together are read together, so an earlier one may show a later state.
        self.execute(f"""INSERT INTO db_dbcomment (id, uuid, dbnode_id, ctime, mtime, user_id, content)
                         VALUES (901, '{NEW}', 1, now(), now(), 1, 'end')""")
        with socket:
            told += socket.until(lambda message: message["path"].endswith(NEW))
        told = [message for message in told if message["path"].endswith("/extras")]
        # What was read again between two messages of one change is told again.
        self.assertLessEqual(len(told), count + 2)
        self.assertGreaterEqual(len(told), count)
        self.assertEqual(count, json.loads(told[-1]["entry"]["content"])["value"])

    def test_whoever_comes_first_and_needs_contents(self):
        """What was told to others before, without contents, is read from the database for whoever goes back to it."""
        with self.serve() as server, WebSocket(server.port, CONTENT + "?cursor=now") as first:
            connected(first)
            last = first.last
            first.close()
            with WebSocket(server.port, "/ws/core/?cursor=now") as rows:
                rows.send({"page": "table", "table_id": 1})
                rows.until(lambda message: message["type"] == "page_add")
                self.execute("""UPDATE db_dbnode SET extras = '{"a": 1}' WHERE id = 1""")
                rows.until(lambda message: message["type"] == "rows_updated")
                with WebSocket(server.port, f"{CONTENT}?cursor={last}") as again:
                    connected(again)
                    self.assertEqual(STRUCTURE + "/properties", again.next()["path"])
                    self.assertEqual('{"a":1}', again.next()["entry"]["content"])
                    self.execute("""UPDATE db_dbnode SET extras = '{"a": 2}' WHERE id = 1""")
                    self.assertEqual(STRUCTURE + "/properties", again.next()["path"])
                    self.assertEqual('{"a":2}', again.next()["entry"]["content"])

    def test_a_database_that_is_away(self):
        """Nothing has been told, so there is no cursor to keep."""
        with self.serve() as server:
            self.assertEqual(200, server.get("/api/v2/users").status)
            self.postgresql.stop()
            self.addCleanup(self.postgresql.start)
            with WebSocket(server.port, CONTENT + "?cursor=now") as socket:
                (last,), code = socket.end()
                self.assertEqual((503, "Disconnected", 1013), (last["statusCode"], last["instruction"], code))
                self.assertNotIn("cursor", last)

    def test_what_no_entry_can_be(self):
        with self.serve() as server, WebSocket(server.port, CONTENT) as socket:
            connected(socket)
            for path in ("/nowhere", 5, ["/nodes"]):
                self.assertEqual(404, listen(socket, path))

    def test_a_database_without_the_setup(self):
        self.execute(run("--print-feed-removal", "postgresql").stdout)
        with self.serve() as server, WebSocket(server.port, f"{CONTENT}?path={STRUCTURE}") as socket:
            connected(socket)
            self.execute("""UPDATE db_dbnode SET extras = '{"a": 1}', mtime = now() WHERE id = 1""")
            told = [socket.next() for _ in range(3)]  # which document has changed is not known
            self.assertEqual([f"{STRUCTURE}/{name}" for name in ("properties", "attributes", "extras")], [message["path"] for message in told])
            self.assertEqual('{"a":1}', told[2]["entry"]["content"])

    def test_a_server_that_stops(self):
        with self.serve() as server, WebSocket(server.port, CONTENT) as socket:
            me = connected(socket)["id"]
            self.assertEqual(0, server.stop())
            self.assertEqual(([{"id": me, "statusCode": 503, "instruction": "Disconnected"}], 1012), socket.end())


class WhoMayEnter(unittest.TestCase):
    def test_tokens_and_origins(self):
        with tempfile.TemporaryDirectory() as folder:
            keys = Keys(Path(folder))
            file = Path(folder) / "keys.json"
            put(file, keys.jwk_set())
            with Server("--demo", "--token-keys", file, "--cors-origin", "https://a.example") as server:
                good = keys.token("HS256", exp=int(time.time()) + 3600)
                for query in ("", "?jwt_token=anonymous"):
                    with WebSocket(server.port, CONTENT + query) as socket:
                        self.assertEqual(401, socket.refused)
                with WebSocket(server.port, CONTENT + "?jwt_token=" + good, Origin="https://b.example") as socket:
                    self.assertEqual(403, socket.refused)
                self.assertEqual(426, server.get(CONTENT + "?jwt_token=" + good).status)
                with WebSocket(server.port, CONTENT, Authorization="Bearer " + good) as socket:
                    connected(socket)
                # A minute of grace is nearly over.
                with WebSocket(server.port, CONTENT + "?jwt_token=" + keys.token("HS256", exp=int(time.time()) - 40)) as socket:
                    me = connected(socket)["id"]
                    self.assertEqual(([{"id": me, "statusCode": 401, "instruction": "Disconnected"}], 1008), socket.end())

    def test_what_is_too_large(self):
        with Server("--demo") as server, WebSocket(server.port, CONTENT) as socket:
            me = connected(socket)["id"]
            socket.send("x" * 70000)
            self.assertEqual(([{"id": me, "statusCode": 413, "instruction": "Disconnected"}], 1009), socket.end())


class OnSqlite(unittest.TestCase):
    def test_both_generations(self):
        for fixture in ("generation2", "document"):
            with self.subTest(fixture), tempfile.TemporaryDirectory() as folder:
                file = FedFile(folder, fixture)
                path, execute = file.path, file.execute
                uuid = subprocess.run(["sqlite3", path, "SELECT uuid FROM db_dbnode ORDER BY id LIMIT 1"], text=True, check=True, capture_output=True).stdout.strip()
                node = f"/nodes/{uuid[:8]}-{uuid[8:12]}-{uuid[12:16]}-{uuid[16:20]}-{uuid[20:]}" if "-" not in uuid else f"/nodes/{uuid}"
                with Server(path) as server, WebSocket(server.port, CONTENT + "?cursor=now") as socket:
                    connected(socket)
                    execute("""UPDATE db_dbnode SET extras = '{"b": "ü", "a": 1}' WHERE id = (SELECT min(id) FROM db_dbnode)""")
                    self.assertEqual((node + "/properties", "UPDATED"), short(socket.next()))
                    extras = socket.next()
                    self.assertEqual((node + "/extras", '{"a":1,"b":"ü"}'), (extras["path"], extras["entry"]["content"]))
                    server.stop(signal.SIGKILL)
                    self.assertEqual(1006, socket.end()[1])
                execute("UPDATE db_dbuser SET institution = 'x' WHERE id = 1; DELETE FROM db_dblink WHERE id = (SELECT min(id) FROM db_dblink)")
                with Server(path) as server, WebSocket(server.port, f"{CONTENT}?cursor={socket.last}") as socket:
                    connected(socket)
                    self.assertEqual(("/users/1/properties", "UPDATED"), short(socket.next()))
                    self.assertEqual(["REMOVE", "REMOVE"], [socket.next()["action"] for _ in range(2)])


if __name__ == "__main__":
    unittest.main()
