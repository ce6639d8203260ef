# SPDX-License-Identifier: MIT
"""The live feed as events: what is written with psql and sqlite3 is what streams and pages tell, to whoever comes and goes."""

import signal
import tempfile
import unittest
from pathlib import Path

from access_test import Keys, put
from event_stream import EVENTS, Stream, page, short
from feed_case import FedFile, OnFedPostgreSql
from own_postgresql import eventually
from served import Client, Server, request, run, wait_for


class OnPostgreSql(OnFedPostgreSql):
    def test_pages(self):
        with self.serve() as server:
            begin = page(server)
            self.assertEqual(([], True, "installed"), (begin["events"], begin["settled"], begin["source"]))
            self.assertEqual([], page(server, "?after=" + begin["after"])["events"])
            self.execute("""
                UPDATE db_dbnode SET extras = '{"a": 1}' WHERE id = 2;
                INSERT INTO db_dblink (id, input_id, output_id, label, type) VALUES (900, 1, 2, 'x', 'create');
                DELETE FROM db_dblink WHERE id = 900;
                UPDATE db_dbcomputer SET label = 'renamed' WHERE id = 1;
                DELETE FROM db_dbgroup_dbnodes WHERE id = 1;
                UPDATE db_dbcomment SET content = 'words' WHERE id = 1;
                UPDATE db_dblog SET message = 'words' WHERE id = 1""")
            last = lambda: (page(server, "?after=" + begin["after"])["events"] or [{"resource": ""}])[-1]
            self.assertTrue(eventually(lambda: last()["resource"] == "logs"))
            self.execute("TRUNCATE db_dbcomment")
            self.assertTrue(eventually(lambda: last()["event"] == "cleared"))
            found = page(server, "?after=" + begin["after"])
            self.assertTrue(found["settled"])
            # The link may have been gone when it was read: then there is no word of its creation.
            told = [event for event in found["events"] if short(event) != "created links 900"]
            node, unlinked, computer, member, comment, log, cleared = told
            row = server.get("/api/v2/nodes?id=2").rows()[0]
            self.assertEqual({"event": "updated", "resource": "nodes", "id": 2, "uuid": row["uuid"], "changed": ["extras"],
                              "transaction": node["transaction"], "object": row}, node)
            self.assertEqual({"event": "deleted", "resource": "links", "id": 900, "ends": [1, 2],
                              "transaction": unlinked["transaction"]}, unlinked)
            self.assertEqual("renamed", computer["object"]["name"])
            self.assertEqual({"event", "resource", "id", "uuid", "ends", "transaction"}, set(member))
            self.assertEqual("words", comment["object"]["content"])
            self.assertEqual("words", log["object"]["message"])
            self.assertEqual({"event": "cleared", "resource": "comments", "transaction": cleared["transaction"]}, cleared)

    def test_pages_of_a_few_events_each(self):
        with self.serve() as server:
            after = page(server)["after"]
            self.execute("UPDATE db_dbnode SET label = 'x'; UPDATE db_dbuser SET institution = 'y'; "
                         "INSERT INTO db_dbcomputer (id, uuid, label, hostname, description, scheduler_type, transport_type, metadata) "
                         "VALUES (900, gen_random_uuid(), 'new', '', '', '', '', '{}')")
            number = int(self.postgresql.ask("SELECT (SELECT count(*) FROM db_dbnode) + (SELECT count(*) FROM db_dbuser) + 1"))
            self.assertTrue(eventually(lambda: len(page(server, "?after=" + after)["events"]) == number))
            whole = [short(event) for event in page(server, "?after=" + after)["events"]]
            for restarted in (False, True):
                with self.subTest(restarted):
                    told, cursor, found = [], after, {"events": [1]}
                    while found["events"]:
                        found = page(server, f"?limit=7&after={cursor}")
                        told += [short(event) for event in found["events"]]
                        cursor = found["after"]
                    self.assertEqual(whole, told)
                if not restarted:
                    server.stop()
                    server = self.serve()  # has nothing in memory, and reads the same from the database
                    self.addCleanup(server.stop)

    def test_waiting_for_the_first_event(self):
        with self.serve() as server:
            self.assertEqual([], page(server, "?wait=1")["events"])
            with Client(server.port) as client, Client(server.port) as other:
                client.send(request(EVENTS + "?wait=25&resource=users"))
                other.send(request(EVENTS + "?wait=25&resource=groups,computers"))
                self.assertEqual([], page(server, "?wait=1")["events"])  # by now they have been asked
                self.execute("UPDATE db_dbuser SET institution = 'x' WHERE id = 1")
                self.assertEqual(["updated users 1"], [short(event) for event in client.receive().json()["data"]["events"]])
                self.execute("UPDATE db_dbgroup SET description = 'x' WHERE id = 1")
                self.assertEqual(["updated groups 1"], [short(event) for event in other.receive().json()["data"]["events"]])

    def test_what_cannot_be_asked(self):
        with self.serve() as server:
            for query, saying in (("resource=node", "did you mean nodes?"), ("wat=1", "did you mean"), ("wait=26", "from 0 to 25"),
                                  ("limit=401", "from 0 to 400"), ("limit=x", "from 0 to 400"), ("resource=", "")):
                answer = server.get(f"{EVENTS}?{query}")
                self.assertEqual(400 if saying else 200, answer.status, query)
                self.assertIn(saying, answer.body.decode())
            with Client(server.port) as client:
                self.assertEqual(405, client.get(EVENTS, method="POST").status)
                self.assertEqual((200, b""), (client.get(EVENTS, method="HEAD").status, b""))
                self.assertEqual(204, client.get(EVENTS, method="OPTIONS").status)

    def test_a_stream(self):
        with self.serve() as server, Stream(server.port) as stream, Stream(server.port, EVENTS + "?resource=groups") as groups:
            for header in ("content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no"):
                self.assertIn("\r\n" + header, stream.head)
            self.assertEqual(("settled", {"source": "installed"}), stream.next())
            self.assertEqual(("settled", {"source": "installed"}), groups.next())
            self.execute("UPDATE db_dbnode SET label = 'one' WHERE id = 1; UPDATE db_dbgroup SET description = 'x' WHERE id = 1")
            name, data = stream.next()
            self.assertEqual(("updated", "nodes", "one", []), (name, data["resource"], data["object"]["label"], data["changed"]))
            self.assertEqual("groups", stream.next()[1]["resource"])
            self.assertEqual("groups", groups.next()[1]["resource"])
            # Cursors of streams are good for pages.
            self.execute("DELETE FROM db_dbgroup_dbnodes")
            last = stream.last
            self.assertTrue(eventually(lambda: page(server, f"?resource=group_nodes&after={last}")["events"]))

    def test_a_database_that_is_away(self):
        with self.serve() as server:
            self.assertEqual(200, server.get("/api/v2/users").status)
            self.postgresql.stop()
            self.addCleanup(self.postgresql.start)
            refused = server.get(EVENTS + "?jwt_token=secret")
            self.assertEqual((503, True), (refused.status, "retry-after" in refused.headers))
            line = wait_for(lambda: next((line for line in server.log if refused.headers["x-request-id"] in line), None), "the line")
            self.assertIn(f"503 store_unavailable: {EVENTS}: ", line)
            self.assertNotIn("secret", line)

    def test_a_database_that_cannot_be_read(self):
        """The log says why, on one line."""
        with self.serve() as server, Stream(server.port) as stream:
            self.assertEqual("settled", stream.next()[0])
            self.execute("UPDATE db_dbnode SET id = id; ALTER TABLE db_dbnode RENAME COLUMN uuid TO other")
            line = wait_for(lambda: next((line for line in server.log if "cannot be told" in line), None), "the line")
            self.assertIn("column n.uuid does not exist", line)
            self.execute("ALTER TABLE db_dbnode RENAME COLUMN other TO uuid")
            self.assertIn(stream.until(lambda name, data: name != "settled")[-1][0], ("updated", "resnapshot"))
            self.assertFalse([one for one in server.log if not one.startswith("[")])

    def test_nothing_new_is_not_said_of_a_database_that_cannot_be_read(self):
        with self.serve() as server, Stream(server.port) as stream:
            cursor = page(server)["after"]
            self.postgresql.stop()
            try:
                refused = wait_for(lambda: next((one for one in [server.get(f"{EVENTS}?after={cursor}")] if one.status != 200), None), "the refusal")
                self.assertEqual((503, True), (refused.status, "retry-after" in refused.headers))
                self.assertEqual(503, server.get(f"{EVENTS}?after={cursor}&wait=1").status)
            finally:
                self.postgresql.start()
            self.execute("UPDATE db_dbnode SET label = 'x' WHERE id = 1")
            self.assertEqual("settled", stream.next()[0])
            self.assertEqual("x", stream.next()[1]["object"]["label"])
            self.assertEqual(["updated nodes 1"], [short(event) for event in page(server, f"?after={cursor}")["events"]])

    def test_a_server_that_stops(self):
        with self.serve("--drain", "20") as server, Stream(server.port) as stream, Client(server.port) as client:
            self.assertEqual("settled", stream.next()[0])
            client.send(request(EVENTS + "?wait=25"))
            page(server, "?wait=1")
            self.assertEqual(0, server.stop())
            self.assertEqual([], client.receive().json()["data"]["events"])
            self.assertRaises(ConnectionError, stream.next)
            self.assertNotIn("slow request", "".join(server.log))

    def test_a_database_without_the_setup(self):
        self.execute(run("--print-feed-removal", "postgresql").stdout)
        with self.serve() as server, Stream(server.port) as stream:
            self.assertEqual("settled", stream.next()[0])
            self.execute("UPDATE db_dbnode SET label = 'x', mtime = now() WHERE id = 1")
            name, data = stream.next()
            self.assertEqual(("updated", "nodes", "x"), (name, data["resource"], data["object"]["label"]))
            self.execute(run("--print-feed-setup", "postgresql").stdout)
            self.execute("DELETE FROM db_dblink WHERE id = 1")
            events = stream.until(lambda name, data: name == "resnapshot" or data.get("resource") == "links")
            self.assertTrue(events)

    def test_a_role_that_may_not_read_everything(self):
        """What is out of its reach is not told, and keeps nobody from the rest."""
        self.execute("""
            CREATE ROLE reader LOGIN;
            GRANT SELECT ON db_dbnode, db_dblink, db_dbcomputer, db_dbgroup TO reader;
            GRANT SELECT (id, email, first_name, last_name, institution) ON db_dbuser TO reader""")
        self.addCleanup(self.execute, "DROP OWNED BY reader; DROP ROLE reader")
        removal, setup = (run(f"--print-feed-{what}", "postgresql").stdout for what in ("removal", "setup"))
        for script in (removal + setup, removal):
            self.execute(script)
            with Server(self.postgresql.uri.replace("user=restapi", "user=reader")) as server, \
                    Stream(server.port) as stream:
                self.assertEqual("settled", stream.next()[0])
                for number in range(2):
                    self.execute(f"""
                        UPDATE db_dbcomment SET content = 'words {number}' WHERE id = 1;
                        UPDATE db_dblog SET message = 'words {number}' WHERE id = 1;
                        DELETE FROM db_dbgroup_dbnodes WHERE id = {number + 1};
                        UPDATE db_dbuser SET first_name = 'name {number}' WHERE id = 1;
                        UPDATE db_dbnode SET label = 'x {number}', mtime = now() WHERE id = 1""")
                    events = stream.until(lambda name, data: data.get("resource") == "nodes")
                    self.assertEqual(f"x {number}", events[-1][1]["object"]["label"])
                    self.assertFalse([data for _, data in events if data["resource"] in ("comments", "logs", "group_nodes")])

    def test_a_right_that_is_taken_away(self):
        """What the role may not read any more is not used any more."""
        self.execute("CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
        self.addCleanup(self.execute, "DROP OWNED BY reader; DROP ROLE reader")
        self.execute(run("--print-feed-setup", "postgresql").stdout)
        with Server(self.postgresql.uri.replace("user=restapi", "user=reader")) as server, Stream(server.port) as stream:
            self.assertEqual("installed", stream.next()[1]["source"])
            self.execute("REVOKE SELECT ON restapi_feed.change FROM reader")
            self.assertEqual("resnapshot", stream.next()[0])
            self.execute("UPDATE db_dbnode SET label = 'x', mtime = now() WHERE id = 1")
            self.assertEqual("x", stream.until(lambda name, data: name == "updated")[-1][1]["object"]["label"])
            self.assertEqual("following", page(server)["source"])
            server.wait_for_log("the server's role may not read restapi_feed.change")

    def test_a_role_that_came_after_the_setup(self):
        """Which grants what it needs to those that there are."""
        self.execute("CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
        self.addCleanup(self.execute, "DROP OWNED BY reader; DROP ROLE reader")
        with Server(self.postgresql.uri.replace("user=restapi", "user=reader")) as server, Stream(server.port) as stream:
            self.assertEqual("following", stream.next()[1]["source"])
            server.wait_for_log("the server's role may not read it, or another role")
            self.execute(run("--print-feed-setup", "postgresql").stdout)
            self.assertEqual(("resnapshot", {"source": "installed"}), stream.next())

    def test_rows_that_row_level_security_hides(self):
        """Not even their end is told: what is written down is not used, because it is of all rows."""
        self.execute("""
            CREATE ROLE reader LOGIN;
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
            ALTER TABLE db_dbcomment ENABLE ROW LEVEL SECURITY;
            CREATE POLICY others ON db_dbcomment FOR SELECT TO reader USING (id <> 1)""")
        self.addCleanup(self.execute, "DROP OWNED BY reader; DROP ROLE reader")
        self.execute(run("--print-feed-setup", "postgresql").stdout)
        with Server(self.postgresql.uri.replace("user=restapi", "user=reader")) as server, Stream(server.port) as stream:
            self.assertEqual("settled", stream.next()[0])
            self.execute("DELETE FROM db_dbcomment WHERE id = 1; UPDATE db_dbnode SET label = 'x', mtime = now() WHERE id = 1")
            events = stream.until(lambda name, data: data.get("resource") == "nodes")
            self.assertEqual([], [data for _, data in events if data["resource"] == "comments"])


class Tokens(unittest.TestCase):
    def test_a_page_that_outlives_its_token(self):
        with tempfile.TemporaryDirectory() as folder:
            keys, file = Keys(Path(folder)), Path(folder) / "keys"
            put(file, keys.jwk_set())
            with Server("--demo", "--token-keys", file) as server, Client(server.port) as client:
                token = keys.token("HS256")
                self.assertEqual(200, server.get(f"{EVENTS}?wait=1&jwt_token={token}").status)
                client.send(request(f"{EVENTS}?wait=4&jwt_token={token}"))
                put(file, keys.jwk_set(oct_key=False))
                self.assertEqual(401, client.receive().status)


class OnSqlite(unittest.TestCase):
    def test_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            file = FedFile(folder)
            path, execute = file.path, file.execute
            with Server(path) as server, Stream(server.port) as stream:
                self.assertEqual("settled", stream.next()[0])
                execute("UPDATE db_dbnode SET label = 'one' WHERE id = 1; DELETE FROM db_dblink WHERE id = 1")
                name, data = stream.next()
                self.assertEqual(("updated", "one", []), (name, data["object"]["label"], data["changed"]))
                name, data = stream.next()
                self.assertEqual(("deleted", "links", 1, [7, 9]), (name, data["resource"], data["id"], data["ends"]))
                last = stream.last
                server.stop(signal.SIGKILL)
            execute("UPDATE db_dbuser SET institution = 'x' WHERE id = 1")
            with Server(path) as server, Stream(server.port, EVENTS, last) as stream:
                self.assertEqual("settled", stream.next()[0])
                self.assertEqual("users", stream.next()[1]["resource"])

    def test_rows_that_no_trigger_writes(self):
        with tempfile.TemporaryDirectory() as folder:
            file = FedFile(folder)
            file.execute("ALTER TABLE restapi_feed_change RENAME TO former; CREATE TABLE restapi_feed_change (position INTEGER PRIMARY KEY, "
                         "mark, at, entity, action, fields, id, first_id, second_id, uuid)")
            with Server(file.path) as server, Stream(server.port) as stream:
                self.assertEqual("settled", stream.next()[0])
                file.execute("INSERT INTO restapi_feed_change (mark, at, entity, action, id) VALUES (1, 0, 'n', 'u', NULL), (2, 'x', 'n', 'd', 'y'), "
                             "(3, NULL, 'm', 'i', NULL), (4, 0, 'k', 'u', x'00'), (5, 0, 'u', 'u', 1)")
                self.assertEqual(1, stream.until(lambda name, data: data.get("resource") == "users")[-1][1]["id"])

    def test_an_id_that_is_given_again(self):
        """What happened to the node that had it before is not told of the one that has it now."""
        insert = """INSERT INTO db_dbnode (uuid, node_type, label, description, ctime, mtime, attributes, extras,
            repository_metadata, user_id) VALUES ('a0000000-0000-4000-8000-{}', 'data.core.int.Int.', '', '',
            '2020-01-01', '2020-01-01', '{{}}', '{{}}', '{{}}', 1)"""
        with tempfile.TemporaryDirectory() as folder:
            file = FedFile(folder)
            with Server(file.path) as server:
                last = page(server)["after"]
            newest = "id = (SELECT max(id) FROM db_dbnode)"
            file.execute(f"""{insert.format("000000000001")};
                UPDATE db_dbnode SET label = 'first' WHERE {newest};
                DELETE FROM db_dbnode WHERE {newest};
                {insert.format("000000000002")};
                UPDATE db_dbnode SET label = 'second' WHERE {newest}""")
            with Server(file.path) as server:
                events = page(server, "?after=" + last)["events"]
            told = [(event["event"], event["uuid"][-1]) for event in events]
            self.assertEqual([("deleted", "1"), ("created", "2"), ("updated", "2")], told)


if __name__ == "__main__":
    unittest.main()
