# SPDX-License-Identifier: MIT
"""The live feed over Socket.IO: what is written with psql and sqlite3 is what stock clients of npm are told."""

import itertools
import json
import os
import queue
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from access_test import Keys, put
from feed_case import FedFile, OnFedPostgreSql
from profiles_case import make_archive
from served import PATIENCE, ROOT, Client, Server, listening, make_database, request, run, settled

POLLING, WEBSOCKET, UPGRADE = ["polling"], ["websocket"], ["polling", "websocket"]
NODE_2, NODE_9, NODE_13 = "d158c575-a431-4b7c-9e93-5e6b6e50e2a8", "50bc7547-9515-4e4b-93e8-1032b7ca99b4", "da378c66-75cf-49c3-a882-381ad8823e28"
GROUP_1, GROUP_3, GROUP_4 = "fd9fb4b0-12bc-4499-9735-ed0dc3932958", "ee4cb759-be35-44dc-9fac-7601e4d99625", "1fec1b70-6d4f-490f-85fd-4ad0fe98c6b8"
NEW_GROUP = "5f6cd0a0-9f3c-4a62-8f3e-2a6f8d2b1c01"


def insert_nodes(first: int, last: int, uuid: str = "gen_random_uuid()", source: str = "generate_series({}, {}) AS t(i)") -> str:
    return ("INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, repository_metadata, user_id) "
            f"SELECT i, {uuid}, 'data.core.int.Int.', '', '', '2025-03-14 19:20:09', '2025-03-14 19:20:09', '{{}}', '{{}}', '{{}}', 1 "
            f"FROM {source.format(first, last)};")


def number_uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


class Socket:
    """A stock client (tests/clients/feed_client.js)."""

    def __init__(self, port: int, *, name_space: str = "/events", transports: list = WEBSOCKET, **options):
        options = {"transports": transports} | options
        self.process = subprocess.Popen(
            ["node", ROOT / "tests/clients/feed_client.js", f"http://127.0.0.1:{port}{name_space}", json.dumps(options)],
            env=os.environ | {"NODE_PATH": str(ROOT / "build/clients/node_modules")}, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.said = queue.Queue()
        self.last = None  # offset
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.said.put(json.loads(line))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stdout.close()

    def emit(self, *event):
        self.process.stdin.write(json.dumps(event) + "\n")
        self.process.stdin.flush()

    def next(self) -> list:
        """What happens next; of an event without its offset."""
        while True:
            name, *values = self.said.get(timeout=PATIENCE)
            if name == "-upgrade":
                continue
            if not name.startswith("-"):
                self.last = values.pop()
            return [name, *values]

    def body(self, *members: str) -> tuple:
        """The name of what happens next, and members of what comes with it."""
        name, body = self.next()
        return name, *(body[member] for member in members)

    def until(self, name: str) -> list:
        """All that happens, up to that."""
        told = [self.next()]
        while told[-1][0] != name:
            told.append(self.next())
        return told

    def select(self, workspace: str):
        self.emit("select-workspace", workspace)
        answers = [self.next(), self.next()]
        assert answers == [["-ack", {"status": "ok"}], ["workspace-selected", workspace]], answers


def connected(port: int, **options) -> Socket:
    socket = Socket(port, **options)
    event = socket.next()
    assert event[:2] == ["-connect", False], event
    return socket


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        subprocess.run([ROOT / "tools/install_clients"], check=True)


class OnPostgreSql(Case, OnFedPostgreSql):
    def serve(self, *arguments, **more):
        server = super().serve(*arguments, **more)
        self.addCleanup(server.stop)
        return server

    def test_every_kind_of_event(self):
        server = self.serve()
        for transports in (POLLING, WEBSOCKET, UPGRADE):
            with self.subTest(transports), connected(server.port, transports=transports) as socket:
                socket.select("*")
                self.execute(f"""
                    UPDATE db_dbnode SET extras = '{{"project": "oxides", "n": [1.50, {{}}]}}', dbcomputer_id = 1,
                        attributes = attributes || '{{"exit_status": 400, "exit_message": "did not converge"}}' WHERE id = 9;
                    INSERT INTO db_dbgroup (id, uuid, label, type_string, time, description, extras, user_id)
                        VALUES (90, '{NEW_GROUP}', 'oxides', 'core', now(), 'of "Mg"', '{{}}', 1);
                    INSERT INTO db_dbgroup_dbnodes (id, dbnode_id, dbgroup_id) VALUES (90, 9, 90), (91, 13, 90);
                    UPDATE db_dbnode SET label = 'in' WHERE id = 9;
                    {insert_nodes(900, 900, f"'{number_uuid(900)}'")}""")
                node, column, size, again, created = (socket.next() for _ in range(5))
                self.assertEqual(["item-updated", {
                    "id": NODE_9, "created_at": "2024-01-10 08:01:00.000000", "updated_at": "2024-01-10 08:02:00.000000",
                    "name": node[1]["name"], "error": "did not converge", "state": "finished",
                    "document_type": "process.calculation.calcjob.CalcJobNode.", "user_id": node[1]["user_id"],
                    "column_id": node[1]["column_id"], "collection_id": "2267eb55-f5b3-4816-ad0d-9f3452d01ad2",
                    "original_file_id": None, "locked_by_user_id": None, "deleted": False,
                    "values": [{"name": "n", "value": [1.5, {}]}, {"name": "project", "value": "oxides"}],
                    "page_count": 0, "comment_count": 1}], node)
                self.assertEqual(("column-patched", NEW_GROUP, "oxides", None, "core", {"description": 'of "Mg"'}),
                                 (column[0], *(column[1][name] for name in ("id", "name", "workflow_id", "type", "settings"))))
                self.assertEqual(["column-patched", {"id": NEW_GROUP, "updated_at": size[1]["updated_at"], "subscribed_items": 2}], size)
                self.assertRegex(size[1]["updated_at"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$")
                self.assertEqual(("item-updated", "in", NEW_GROUP), (again[0], again[1]["name"], again[1]["column_id"]))
                self.assertEqual(("item-updated", number_uuid(900), []), (created[0], created[1]["id"], created[1]["values"]))
                self.execute("DELETE FROM db_dbgroup_dbnodes WHERE id = 91")
                self.assertEqual(1, socket.next()[1]["subscribed_items"])
                self.execute("DELETE FROM db_dbgroup_dbnodes WHERE id = 90; DELETE FROM db_dbgroup WHERE id = 90; DELETE FROM db_dbnode WHERE id = 900")
                told = [socket.next() for _ in range(2)]
                if told[0][1].get("subscribed_items") == 0:  # unless the group had gone before that was read
                    told = [told[1], socket.next()]
                self.assertEqual([["column-patched", {"id": NEW_GROUP, "deleted": True}], ["item-removed", number_uuid(900)]], told)
                self.assertRegex(socket.last, r"^[A-Za-z0-9_-]+~\*$")
                self.execute("TRUNCATE db_dbgroup_dbnodes")
                self.assertEqual(["workspace-selected", "*"], socket.next())
                self.execute("UPDATE db_dbnode SET label = 'scf', extras = '{}', dbcomputer_id = NULL WHERE id = 9")
                self.assertEqual("scf", socket.next()[1]["name"])

    def test_a_group(self):
        server = self.serve()
        with connected(server.port) as socket, connected(server.port, transports=POLLING) as other:
            socket.select(GROUP_3)
            other.select(GROUP_4)
            self.execute("""
                UPDATE db_dbnode SET label = 'elsewhere' WHERE id = 2;
                INSERT INTO db_dbgroup_dbnodes (id, dbnode_id, dbgroup_id) VALUES (90, 9, 3), (91, 13, 3)""")
            told = [socket.next() for _ in range(3)]
            self.assertEqual([("item-updated", NODE_9, GROUP_3), ("item-updated", NODE_13, GROUP_3)],
                             [(name, item["id"], item["column_id"]) for name, item in told[:2]])
            self.assertEqual(("column-patched", GROUP_3, 2), (told[2][0], told[2][1]["id"], told[2][1]["subscribed_items"]))
            self.execute("UPDATE db_dbnode SET label = 'here' WHERE id IN (2, 13); UPDATE db_dbgroup SET description = 'x' WHERE id IN (1, 3)")
            self.assertEqual(("item-updated", "here", NODE_13), socket.body("name", "id"))
            self.assertEqual(("column-patched", {"description": "x"}, GROUP_3), socket.body("settings", "id"))
            # A node that is deleted leaves the group, which is told once.
            self.execute("BEGIN; DELETE FROM db_dbgroup_dbnodes WHERE id = 91; DELETE FROM db_dbcomment WHERE dbnode_id = 13; DELETE FROM db_dblog WHERE dbnode_id = 13; DELETE FROM db_dbnode WHERE id = 13; COMMIT")
            self.assertEqual(["item-removed", NODE_13], socket.next())
            self.assertEqual(("column-patched", 1), socket.body("subscribed_items"))
            self.execute("DELETE FROM db_dbgroup_dbnodes WHERE dbgroup_id IN (3, 4)")
            self.assertEqual(["item-removed", NODE_9], socket.next())
            self.assertEqual(("column-patched", 0), socket.body("subscribed_items"))
            # Nothing of all that is the other one's.
            self.assertEqual("item-removed", other.next()[0])
            self.assertEqual(("column-patched", GROUP_4, 0), other.body("id", "subscribed_items"))
            self.assertTrue(other.last.endswith("~" + GROUP_4))

    def test_workspaces_of_one_client(self):
        server = self.serve()
        with connected(server.port) as socket:
            self.execute("UPDATE db_dbnode SET label = 'before' WHERE id = 2")
            for wrong in ("", "no such", NEW_GROUP, GROUP_1[:-1], 1, None):
                socket.emit("select-workspace", wrong)
                name, answer = socket.next()
                self.assertEqual(("-ack", "error"), (name, answer["status"]))
                self.assertTrue(answer["message"])
            socket.emit("no-such-event")
            self.assertEqual("error", socket.next()[1]["status"])
            socket.emit("deselect-workspace")
            self.assertEqual(["-ack", {"status": "ok"}], socket.next())
            socket.select(GROUP_3)
            socket.emit("select-workspace", "no such")  # leaves the former one
            self.assertEqual("error", socket.next()[1]["status"])
            self.execute("INSERT INTO db_dbgroup_dbnodes (id, dbnode_id, dbgroup_id) VALUES (90, 9, 3)")
            self.assertEqual(["item-updated", "column-patched"], [socket.next()[0], socket.next()[0]])
            socket.select("*")
            self.execute("UPDATE db_dbnode SET label = 'all' WHERE id = 2")
            self.assertEqual(("item-updated", NODE_2), socket.body("id"))
            socket.emit("deselect-workspace")
            self.assertEqual([["settled"], ["-ack", {"status": "ok"}]], [socket.next(), socket.next()])
            self.assertTrue(socket.last.endswith("~"))
            self.execute("UPDATE db_dbnode SET label = 'nothing' WHERE id = 2")
            # Many at once: each is answered, and the last one counts.
            for workspace in 10 * (GROUP_1, GROUP_3) + (GROUP_4,):
                socket.emit("select-workspace", workspace)
            told = []
            while len([name for name, *_ in told if name == "-ack"]) < 21 or told[-1] != ["workspace-selected", GROUP_4]:
                told.append(socket.next())
            self.execute("DELETE FROM db_dbgroup_dbnodes")
            self.assertEqual(["item-removed", "column-patched"], [socket.next()[0], socket.next()[0]])
            self.assertTrue(socket.last.endswith("~" + GROUP_4))

    def test_nothing_is_lost_when_servers_die(self):
        """Clients that come back after kill -9 of the server, and of PostgreSQL, know of every commit, once."""
        door = self.enterContext(listening())  # outlives servers
        server = self.serve(sockets=(door,))
        port = server.port
        count, written, done = 300, [], threading.Event()
        self.addCleanup(done.set)

        def write():
            while len(written) < count and not done.is_set():
                number = 1000 + len(written)
                self.commit("SET synchronous_commit = on; " + insert_nodes(number, number, f"'{number_uuid(number)}'") +
                            f"INSERT INTO db_dbgroup_dbnodes (dbnode_id, dbgroup_id) VALUES ({number}, 3)",
                            f"SELECT count(*) = 1 FROM db_dbnode WHERE id = {number}")
                written.append(number_uuid(number))

        self.execute("SELECT setval('db_dbgroup_dbnodes_id_seq', 1000)")
        sockets = {transports[-1] + workspace: connected(port, transports=transports)
                   for transports, workspace in ((POLLING, "*"), (WEBSOCKET, "*"), (WEBSOCKET, GROUP_3))}
        told = {name: [] for name in sockets}
        for name, socket in sockets.items():
            self.enterContext(socket)
            socket.select(GROUP_3 if GROUP_3 in name else "*")
        writer = threading.Thread(target=write)
        writer.start()

        def take(name: str):
            event = sockets[name].next()
            if event[0] == "item-updated":
                told[name].append(event[1]["id"])
            return event

        for kill in ("server", "database", "server", "server"):
            for name in sockets:
                until = len(told[name]) + 40
                while len(told[name]) < until:
                    take(name)
            if kill == "database":
                self.postgresql.control("stop -m immediate")  # as a crash: nothing is written to the disk
                self.postgresql.start()
                continue  # the server goes on, and so do its clients
            server.stop(signal.SIGKILL)
            server = self.serve(sockets=(door,))
            for name, socket in sockets.items():
                events = []
                while not events or events[-1][0] != "-connect":
                    events.append(take(name))
                self.assertEqual(True, events[-1][1], "recovered")
        writer.join()
        for name in sockets:
            # To a group each node is told when it is created, and when it comes in: both at once here. The latter once
            # more where the connection broke between the two events that tell it.
            is_of_group = GROUP_3 in name
            while told[name].count(written[-1]) < (2 if is_of_group else 1):
                take(name)
            nodes = [(node, len(list(same))) for node, same in itertools.groupby(told[name])]
            self.assertEqual(written, [node for node, _ in nodes], name)
            self.assertLessEqual({times for _, times in nodes}, {2, 3} if is_of_group else {1}, name)

    def test_what_cannot_be_continued(self):
        door = self.enterContext(listening())
        server = self.serve(sockets=(door,))
        port = server.port
        with connected(port) as socket, connected(port) as grouped, connected(port) as idle:
            socket.select("*")
            grouped.select(GROUP_3)
            idle.select("*")
            idle.emit("deselect-workspace")
            self.assertEqual("-ack", idle.until("-ack")[-1][0])
            server.stop(signal.SIGKILL)
            self.execute("DELETE FROM db_dbgroup WHERE id = 3")
            self.execute(run("--print-feed-removal", "postgresql").stdout)
            self.execute(run("--print-feed-setup", "postgresql").stdout)  # another epoch
            self.serve(sockets=(door,))
            self.assertEqual(False, socket.until("-connect")[-1][1])
            self.assertEqual(["workspace-selected", "*"], socket.next())
            self.assertEqual(False, grouped.until("-connect")[-1][1])  # the group has gone: nothing is selected
            self.assertEqual(True, idle.until("-connect")[-1][1])  # it lacks nothing
            self.execute("UPDATE db_dbnode SET label = 'on' WHERE id = 2")
            self.assertEqual("on", socket.next()[1]["name"])
            grouped.select("*")
            idle.select("*")
            self.execute("UPDATE db_dbnode SET label = 'off' WHERE id = 2")
            for one in (socket, grouped, idle):
                self.assertEqual("off", one.next()[1]["name"])

    def test_a_server_that_stops(self):
        door = self.enterContext(listening())
        server = self.serve(sockets=(door,))
        port = server.port
        with connected(port) as socket, connected(port, transports=POLLING) as polling:
            for one in (socket, polling):
                one.select("*")
            self.assertEqual(0, server.stop())
            self.execute("UPDATE db_dbnode SET label = 'meanwhile' WHERE id = 2")
            self.serve(sockets=(door,))
            for one in (socket, polling):
                self.assertEqual(True, one.until("-connect")[-1][1])
                self.assertEqual("meanwhile", one.next()[1]["name"])

    def test_a_bulk_import(self):
        server = self.serve()
        sockets = [self.enterContext(connected(server.port, transports=transports)) for transports in (POLLING, WEBSOCKET)]
        for socket in sockets:
            socket.select("*")
        self.execute(insert_nodes(10001, 25000, "('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid"))
        for socket in sockets:
            self.assertEqual([number_uuid(number) for number in range(10001, 25001)], [socket.next()[1]["id"] for _ in range(15000)])

    def test_a_client_with_an_old_offset_beside_others(self):
        """What was told while nobody needed items has none, and comes from the database."""
        server = self.serve()
        port = server.port
        with connected(port) as socket:
            socket.select("*")
            self.execute("UPDATE db_dbnode SET label = 'first' WHERE id = 2")
            self.assertEqual("first", socket.next()[1]["name"])
            offset = socket.last
        answer = server.get("/api/v2/events?wait=1")
        after = answer.json()["data"]["after"]
        self.execute("UPDATE db_dbnode SET label = 'second' WHERE id = 2")
        self.assertEqual(1, len(server.get(f"/api/v2/events?wait=25&after={after}").json()["data"]["events"]))
        with Socket(port, auth={"pid": "pX1", "offset": offset}) as socket:
            self.assertEqual("-connect", socket.next()[0])
            self.assertEqual("second", socket.next()[1]["name"])

    def test_a_database_without_the_setup(self):
        self.execute(run("--print-feed-removal", "postgresql").stdout)
        server = self.serve()
        with connected(server.port) as socket:
            socket.select("*")
            self.execute("UPDATE db_dbnode SET label = 'x', mtime = now() WHERE id = 2")
            self.assertEqual(("item-updated", "x"), socket.body("name"))
            self.execute("DELETE FROM db_dbgroup_dbnodes WHERE dbnode_id = 2; DELETE FROM db_dbnode WHERE id = 2")
            self.assertEqual(["item-removed", NODE_2], socket.until("item-removed")[-1])


class OnSqlite(Case):
    def test_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            file = FedFile(folder)
            path, execute = file.path, file.execute
            door = self.enterContext(listening())
            server = Server(path, sockets=(door,))
            self.addCleanup(server.stop)
            port = server.port
            with connected(port) as socket, connected(port, transports=POLLING) as grouped:
                socket.select("*")
                grouped.select(GROUP_3)
                execute("""UPDATE db_dbnode SET extras = '{"a": NaN, "b": 1.50}', attributes = '{"exit_status": 3, "exit_message": "no", "x": NaN}' WHERE id = 9;
                           INSERT INTO db_dbgroup_dbnodes (id, dbnode_id, dbgroup_id) VALUES (90, 9, 3);
                           DELETE FROM db_dbgroup_dbnodes WHERE id = 90; DELETE FROM db_dbnode WHERE id = 13""")
                name, item = socket.next()
                self.assertEqual(("item-updated", NODE_9, "no", [{"name": "a", "value": None}, {"name": "b", "value": 1.5}], 1),
                                 (name, item["id"], item["error"], item["values"], item["comment_count"]))
                self.assertEqual(["item-removed", NODE_13], socket.until("item-removed")[-1])
                self.assertEqual(["item-removed", NODE_9], grouped.until("item-removed")[-1])
                server.stop(signal.SIGKILL)
                execute("UPDATE db_dbnode SET label = 'meanwhile' WHERE id = 2")
                server = Server(path, sockets=(door,))
                self.addCleanup(server.stop)
                self.assertEqual(True, socket.until("-connect")[-1][1])
                self.assertEqual(("item-updated", "meanwhile"), socket.body("name"))

    def test_an_older_generation(self):
        with tempfile.TemporaryDirectory() as folder:
            path = make_database(Path(folder) / "database.sqlite", "document")
            setup = run("--print-feed-setup", "sqlite").stdout
            subprocess.run(["sqlite3", "-bail", path], input=setup, text=True, check=True, capture_output=True)
            with Server(path) as server, connected(server.port) as socket:
                socket.select("*")
                subprocess.run(["sqlite3", "-bail", "-cmd", ".timeout 60000", path], text=True, check=True, capture_output=True, input="""
                    UPDATE db_dbnode SET label = 'old' WHERE id = (SELECT min(id) FROM db_dbnode);
                    UPDATE db_dbgroup SET description = 'old' WHERE id = (SELECT min(id) FROM db_dbgroup)""")
                self.assertEqual(("item-updated", "old"), socket.body("name"))
                self.assertEqual(("column-patched", {"description": "old"}), socket.body("settings"))


class Access(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_profiles(self):
        folder = self.folder / "archives"
        folder.mkdir()
        for name in ("first", "second"):
            make_archive(folder, name)
        with Server(folder) as server:
            for path, name_space, workspace in (("/socket.io/", "/events", "first"), ("/socket.io/", "/first/events", "*"),
                                                ("/second/socket.io/", "/events", "second"), ("/second/socket.io/", "/second/events", "*")):
                with connected(server.port, path=path, name_space=name_space) as socket:
                    socket.select(workspace)
            for path, name_space in (("/socket.io/", "/second/events"), ("/second/socket.io/", "/first/events"), ("/socket.io/", "/"), ("/socket.io/", "/other")):
                with Socket(server.port, path=path, name_space=name_space) as socket:
                    self.assertEqual(["-connect_error", "Invalid namespace", False], socket.next())
            with connected(server.port) as socket:
                socket.emit("select-workspace", "second")
                self.assertEqual("error", socket.next()[1]["status"])

    def test_tokens(self):
        keys = Keys(self.folder)
        file = self.folder / "keys"
        put(file, keys.jwk_set())
        good = keys.token("HS256", exp=int(time.time()) + 3600)
        with Server("--demo", "--token-keys", file) as server:
            for transports in (POLLING, WEBSOCKET):
                for options in ({"auth": {"token": good}}, {"auth": {"jwt_token": good}}, {"query": {"jwt_token": good}},
                                {"extraHeaders": {"Authorization": f"Bearer {good}"}}):
                    with connected(server.port, transports=transports, **options) as socket:
                        socket.select("*")
                for options, saying in (({}, "token"), ({"auth": {"token": "anonymous"}}, "malformed"), ({"auth": {"token": good[:-6]}}, ""),
                                        ({"auth": {"token": keys.token("HS256", exp=int(time.time()) - 3600)}}, "expired"),
                                        ({"auth": {"token": good}, "extraHeaders": {"Authorization": "Bearer x"}}, "malformed")):
                    with Socket(server.port, transports=transports, **options) as socket:
                        name, message, is_active = socket.next()
                        self.assertEqual(("-connect_error", False), (name, is_active), (message, options))
                        self.assertIn(saying, message)
            # A key that is taken away ends what it has opened.
            with connected(server.port, auth={"token": good}) as socket:
                put(file, keys.jwk_set(oct_key=False))
                self.assertEqual(["-disconnect", "io server disconnect"], socket.until("-disconnect")[-1])
                socket.emit("-connect")
                self.assertEqual("-connect_error", socket.next()[0])
            self.assertNotIn(good[-20:], "".join(server.log))

    def test_origins(self):
        upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
        page = "https://example.org"
        for origins, origin, status in (([], page, 403), ([], None, 101), ([], "http://localhost:5000", 101), ([], "http://localhost:5001", 403), (["--cors-origin", page], page, 101), (["--cors-origin", page], "https://example.com", 403),
                                        ([], "http://localhost:5000\r\nOrigin: https://example.com", 403)):
            with self.subTest(origins=origins, origin=origin), Server("--demo", *origins) as server, Client(server.port) as client:
                client.send(request("/socket.io/?EIO=4&transport=websocket", *upgrade, *([f"Origin: {origin}"] if origin else [])))
                self.assertEqual(status, client.receive().status)
        with Server("--demo", "--cors-origin", page) as server, Client(server.port) as client:
            polled = client.get("/socket.io/?EIO=4&transport=polling", f"Origin: {page}")
            self.assertEqual((200, page, "true"), (polled.status, polled.headers["access-control-allow-origin"], polled.headers["access-control-allow-credentials"]))
            preflight = client.get("/socket.io/?EIO=4&transport=polling", f"Origin: {page}", "Access-Control-Request-Method: POST", method="OPTIONS")
            self.assertIn("POST", preflight.headers["access-control-allow-methods"])
            self.assertEqual(405, client.get("/socket.io/?EIO=4&transport=polling", method="DELETE").status)

    def test_as_many_as_there_may_be(self):
        with Server("--demo", "--max-subscribers", "1") as server, connected(server.port) as socket, Client(server.port) as client:
            socket.select("*")
            refused = client.get("/socket.io/?EIO=4&transport=polling")
            self.assertEqual((503, "5"), (refused.status, refused.headers["retry-after"]))

    def test_without_the_feed(self):
        with Server("--demo", "--feed", "off") as server:
            self.assertEqual(404, server.get("/socket.io/?EIO=4&transport=polling").status)


if __name__ == "__main__":
    unittest.main()
