# SPDX-License-Identifier: MIT
"""The live feed as events: whoever comes back, with whatever cursor, is told what it lacks, once, or that this is impossible."""

import select
import signal
import subprocess
import tempfile
import unittest

from event_stream import EVENTS, Stream, cursor_of, page, parts_of, short
from feed_case import FedFile, OnFedPostgreSql
from own_postgresql import eventually
from served import Client, Server, Watched, request, run, wait_for


class OnPostgreSql(OnFedPostgreSql):
    def test_a_cursor_that_cannot_be_continued(self):
        with self.serve() as server:
            for after in ("garbage", "MS9hYWFhYWFhYS4xLjEvMTo1MDovMC4wLjA"):
                self.assertEqual(["resnapshot"], [event["event"] for event in page(server, "?after=" + after)["events"]])
                with Stream(server.port, EVENTS, after) as stream:
                    self.assertEqual(("resnapshot", {"source": "installed"}), stream.next())
                    self.execute("UPDATE db_dbuser SET institution = 'x' WHERE id = 1")
                    self.assertEqual("updated", stream.next()[0])

    def test_a_cursor_from_the_future(self):
        with self.serve() as server:
            after = page(server)["after"]
            version, epoch, delivered, check = parts_of(after)
            distant = int(delivered.split(":")[1]) + 10**6
            forged = cursor_of(version, epoch, f"{distant}:{distant}:", "0.0.0")
            self.assertEqual(["resnapshot"], [event["event"] for event in page(server, "?after=" + forged)["events"]])
            self.execute("UPDATE db_dbuser SET institution = 'x' WHERE id = 1")
            wait_for(lambda: page(server, "?after=" + after)["events"], "the change")
            version, epoch, delivered, check = parts_of(page(server)["after"])
            for parts in ((f"{distant}:{distant}:", check), (f"1:{distant}:", "0.0.0"), (delivered, "1:1:", "5", "0", check), (delivered, f"{distant}:{distant}:", "5", "0", check)):
                with self.subTest(parts=parts):
                    found = page(server, "?after=" + cursor_of(version, epoch, *parts))
                    self.assertEqual(["resnapshot"], [event["event"] for event in found["events"]])
            self.assertEqual([], page(server)["events"])

    def test_a_long_way_back(self):
        """Whoever looks for a few events among many does not hold up the others."""
        with self.serve() as server:
            after = page(server)["after"]
            self.execute("INSERT INTO restapi_feed.change (entity, action, ids) "
                         "SELECT 'n', 'd', ARRAY(SELECT generate_series(1, 1000)) FROM generate_series(1, 300)")
        with Watched(self.postgresql.uri) as server, Client(server.port) as slow:
            slow.send(request(f"{EVENTS}?resource=computers&after={after}"))
            wait_for(lambda: any(name.startswith("restapi_feed_catching_up") and value for name, value in server.metrics().items()), "the way back")
            self.assertEqual([], page(server)["events"])
            self.assertEqual(([], []), select.select([slow.socket], [], [], 0)[:2])
            found = slow.receive().json()["data"]
            self.assertEqual(([], True), (found["events"], found["settled"]))

    def test_a_cursor_within_a_transaction(self):
        """Its rest is read as it was then, so what has come since follows with another page."""
        with self.serve() as server:
            after = page(server)["after"]
            self.execute("BEGIN; UPDATE db_dbuser SET institution = 'x' WHERE id = 1; UPDATE db_dbuser SET institution = 'x' WHERE id = 2; COMMIT")
            self.assertTrue(eventually(lambda: len(page(server, "?after=" + after)["events"]) == 2))
            first = page(server, "?limit=1&after=" + after)["after"]
        self.execute("UPDATE db_dbuser SET institution = 'y' WHERE id = 3")
        with self.serve() as server, Stream(server.port, EVENTS, first) as stream:
            self.assertEqual("settled", stream.next()[0])
            self.assertEqual([2, 3], [stream.next()[1]["id"] for _ in range(2)])

    def test_another_server_in_the_middle_of_a_batch(self):
        """What a client has is not told again, though the other server has not told it before."""
        def labelled(found: dict) -> list:
            return [event["id"] for event in found["events"]]

        with self.serve() as one, self.serve("--feed-interval", "2000") as other, Stream(other.port) as listener:
            self.assertEqual("settled", listener.next()[0])
            begin = page(one)["after"]
            self.execute("UPDATE db_dbuser SET institution = 'x' WHERE id = 1")
            self.assertEqual(1, listener.next()[1]["id"])  # the other one does not look again for a while
            begin = page(one, "?wait=20&after=" + begin)["after"]
            slow = subprocess.Popen(self.postgresql.psql, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            slow.stdin.write("BEGIN; UPDATE db_dbuser SET institution = 'slow' WHERE id = 2; \\echo begun\n")
            slow.stdin.flush()
            while "begun" not in slow.stdout.readline():
                pass
            self.execute("UPDATE db_dbuser SET institution = 'y' WHERE id = 1")
            seen = page(one, "?wait=20&after=" + begin)
            self.assertEqual([1], labelled(seen))
            slow.communicate("COMMIT;")
            self.execute("UPDATE db_dbuser SET institution = 'y' WHERE id = 3")
            told, after = [], seen["after"]
            while len(told) < 2:
                found = page(other, f"?limit=1&wait=20&after={after}")
                told, after = told + labelled(found), found["after"]
            self.assertEqual([2, 3], told)
            self.assertEqual([], labelled(page(other, "?after=" + after)))

    def test_nothing_is_lost_when_servers_die(self):
        """Listeners that come back after kill -9 of the server, and of PostgreSQL, know of every commit."""
        count = 300
        server = self.serve()
        self.addCleanup(lambda: server.stop(signal.SIGKILL))
        stream = Stream(server.port)
        self.assertEqual("settled", stream.next()[0])
        writer = self.label_first_node(count, "UPDATE db_dbnode SET description = '{value}' WHERE id IN (2, 3)")
        told = []
        for kill in ("server", "database", "server", "database", "server"):
            until = len(told) + 60
            while len(told) < until:
                told.append(stream.next())
            if kill == "server":
                server.stop(signal.SIGKILL)
                server = self.serve()
            else:
                self.postgresql.control("stop -m immediate")  # as a crash: nothing is written to the disk
                self.postgresql.start()
                continue  # the server goes on, and so does the stream
            while True:  # what was on its way when the server died
                try:
                    told.append(stream.next())
                except ConnectionError:
                    break
            stream.client.socket.close()
            stream = Stream(server.port, EVENTS, stream.last)
            self.assertEqual("settled", stream.next()[0])
        writer.join()
        self.execute("UPDATE db_dbuser SET institution = 'end' WHERE id = 1")
        with stream:
            told += stream.until(lambda _, data: data.get("resource") == "users")
        for node in (1, 2, 3):
            updates = [data["transaction"] for name, data in told if data.get("resource") == "nodes" and data["id"] == node]
            self.assertNotIn("resnapshot", {name for name, _ in told})
            self.assertEqual(sorted(updates, key=int), updates)
            self.assertEqual(len(set(updates)), len(updates), "told twice")
            self.assertEqual(count, len(updates))
        self.assertEqual(str(count), next(data for _, data in reversed(told) if data.get("id") == 1 and data["resource"] == "nodes")["object"]["label"])

    def test_a_bulk_import(self):
        with self.serve() as server, Stream(server.port, EVENTS + "?resource=nodes") as stream:
            stream.next()
            self.execute("INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, repository_metadata, user_id) "
                         "SELECT i, gen_random_uuid(), 'data.core.int.Int.', '', '', now(), now(), '{}', '{}', '{}', 1 FROM generate_series(10001, 30000) AS i")
            told = [stream.next() for _ in range(20000)]
            self.assertEqual(list(range(10001, 30001)), [data["id"] for _, data in told])
            self.assertEqual({"created"}, {name for name, _ in told})

    def test_a_transaction_larger_than_the_memory(self):
        """Of which only the end is still there for those who come back: the database has the rest."""
        for setup, first in ((True, 10000), (False, 20000)):
            with self.subTest(setup=setup), Watched("-p", f"main={self.postgresql.uri}") as server, Stream(server.port, EVENTS + "?resource=users"):
                if not setup:
                    self.execute(run("--print-feed-removal", "postgresql").stdout)
                wait_for(lambda: page(server)["source"] == ("installed" if setup else "following"), "the source")
                after = page(server)["after"]
                self.execute(f"""
                    INSERT INTO db_dblog (id, uuid, time, loggername, levelname, dbnode_id, message, metadata)
                    SELECT i, gen_random_uuid(), now(), '', 'INFO', 1, repeat('x', 8192), '{{}}' FROM generate_series({first}, {first} + 5999) AS i""")
                changes = 'restapi_feed_changes_total{profile="main",entity="logs"}'
                wait_for(lambda: server.metrics().get(changes) == 6000, "all to be in the log")
                told, is_settled = [], False
                while not is_settled:
                    part = page(server, f"?after={after}")
                    after, is_settled = part["after"], part["settled"]
                    told += [short(event) for event in part["events"]]
                self.assertEqual([f"created logs {first + i}" for i in range(6000)], told)


class OnSqlite(unittest.TestCase):
    def test_a_cursor_from_the_future(self):
        with tempfile.TemporaryDirectory() as folder:
            file = FedFile(folder)
            with Server(file.path) as server:
                file.execute("UPDATE db_dbuser SET institution = 'x' WHERE id = 1")
                version, epoch, delivered, check = parts_of(page(server)["after"])
                for parts in (("99999:99999:", check), ("99999:99999:", "0.0.0"), (delivered, "99999:99999:", "99999", "0", check)):
                    with self.subTest(parts=parts):
                        found = page(server, "?after=" + cursor_of(version, epoch, *parts))
                        self.assertEqual(["resnapshot"], [event["event"] for event in found["events"]])


if __name__ == "__main__":
    unittest.main()
