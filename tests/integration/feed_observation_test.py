# SPDX-License-Identifier: MIT
"""What the program tells about its live feed: metrics, the sources in /ready, lines of the access log."""

import json
import tempfile
import unittest
from pathlib import Path

from access_test import Keys, put
from event_stream import Stream, page
from feed_case import OnFedPostgreSql
from served import Watched, run, wait_for
from socket_io_test import POLLING, WEBSOCKET, connected
from web_sockets import WebSocket, install

ROWS, CONTENT = "/ws/core/", "/content/ws/v5"
LABELS = {"subscribers": "door", "messages_total": "door", "changes_total": "entity", "resnapshots_total": "reason", "source": "kind"}


def setUpModule():
    install()


class Observed(OnFedPostgreSql):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.log = self.folder / "access.log"

    def serve(self, *arguments):
        server = Watched("-p", f"main={self.postgresql.uri}", "--access-log", str(self.log), *arguments)
        self.addCleanup(server.stop)
        return server

    def metrics(self, server) -> dict:
        """Those of the feed, without their prefix and profile."""
        return {name.removeprefix("restapi_feed_").replace('profile="main",', "").replace('{profile="main"}', ""): value
                for name, value in server.metrics().items() if name.startswith("restapi_feed_")}

    def wait_for_metrics(self, server, **wanted: float):
        """`wanted`: a name, or a name, two underscores and the value of the label."""
        def value_of(metrics: dict, name: str):
            name, _, value = name.partition("__")
            return metrics.get(f'{name}{{{LABELS[name]}="{value.replace("_io", ".io")}"}}' if value else name)

        wait_for(lambda: (metrics := self.metrics(server)) and all(value_of(metrics, name) == value for name, value in wanted.items()),
                 str(wanted))

    def test_metrics(self):
        server = self.serve()
        self.assertNotIn('source{kind="installed"}', self.metrics(server))
        self.wait_for_metrics(server, subscribers__events=0, subscribers__rows=0, changes_total__nodes=0, lag_seconds_count=0)
        with Stream(server.port) as stream, WebSocket(server.port, ROWS + "?cursor=now") as rows, \
                WebSocket(server.port, CONTENT) as content, connected(server.port, transports=WEBSOCKET) as client:
            client.select("*")
            self.wait_for_metrics(server, subscribers__events=1, subscribers__rows=1, subscribers__content=1,
                                  subscribers__socket_io=1, source__installed=1, source__following=0, catching_up=0)
            self.assertEqual("settled", stream.next()[0])
            self.assertEqual(["authentication", "settled"], [rows.next()["type"] for _ in range(2)])
            self.assertEqual("Connected", content.next()["instruction"])
            self.execute("UPDATE db_dbgroup SET description = 'x' WHERE id IN (1, 3); UPDATE db_dbuser SET institution = 'x' WHERE id = 1")
            self.assertEqual(["groups", "groups", "users"], [stream.next()[1]["resource"] for _ in range(3)])
            self.assertEqual(["group_updated"] * 2 + ["user_updated"], [rows.next()["type"] for _ in range(3)])
            self.assertEqual(["/groups"] * 2 + ["/users"], ["/" + content.next()["path"].split("/")[1] for _ in range(3)])
            self.assertEqual(["column-patched"] * 2, [client.next()[0] for _ in range(2)])
            self.wait_for_metrics(server, changes_total__groups=2, changes_total__users=1, changes_total__nodes=0,
                                  messages_total__events=4, messages_total__rows=5, messages_total__content=4,
                                  messages_total__socket_io=3, ring_lost_total=0)
            metrics = self.metrics(server)
            entries = metrics["batch_seconds_count"]
            self.assertEqual(metrics['lag_seconds_bucket{le="+Inf"}'], metrics["lag_seconds_count"])
            self.assertIn(metrics["lag_seconds_count"], (4 * entries, 4 * entries - 4, 8))
            self.assertGreater(metrics["lag_seconds_sum"], 0)
            self.execute("DELETE FROM restapi_feed.change")
            with Stream(server.port, last=stream.last) as again, Stream(server.port, last="garbage"):
                self.assertEqual("resnapshot", again.next()[0])
                self.wait_for_metrics(server, resnapshots_total__no_cursor=1, resnapshots_total__undone=1,
                                      resnapshots_total__other_database=0, subscribers__events=3)
        self.wait_for_metrics(server, subscribers__events=0, subscribers__rows=0, subscribers__content=0, subscribers__socket_io=0)

    def test_routes_have_the_names_of_the_doors(self):
        server = self.serve()
        page(server)
        with WebSocket(server.port, ROWS) as rows:
            rows.next()
        wanted = ('restapi_requests_total{route="events",status="200"}', 'restapi_requests_total{route="rows",status="101"}')
        wait_for(lambda: [server.metrics().get(name) for name in wanted] == [1, 1], "the requests")

    def test_sources_in_ready(self):
        ready = lambda server: server.admin("/ready").json()
        server = self.serve()
        self.assertEqual({"ready": True}, ready(server))
        with Stream(server.port):
            wait_for(lambda: ready(server) == {"ready": True, "feeds": {"main": {"source": "installed"}}}, "the source")
        self.execute(run("--print-feed-removal", "postgresql").stdout)
        server = self.serve()
        with Stream(server.port):
            wait_for(lambda: ready(server) == {"ready": True, "feeds": {"main": {
                "source": "following", "why": "it is not installed"}}}, "the source")
        server = self.serve()
        with Stream(server.port):
            self.execute("ALTER TABLE db_dbnode RENAME TO away")
            wait_for(lambda: ready(server).get("feeds", {}).get("main", {}).get("source") == "unknown", "the trouble")
            self.execute("ALTER TABLE away RENAME TO db_dbnode")
            wait_for(lambda: ready(server).get("feeds", {}).get("main", {}).get("source") == "following", "the source")
        server = self.serve("--feed", "installed")
        with server.connect() as client:
            refused = client.get("/api/v2/events")
        self.assertEqual(503, refused.status)
        self.assertIn("because it does not write them down; its owner can run what --print-feed-setup prints", refused.json()["message"])
        wait_for(lambda: ready(server) == {"ready": True, "feeds": {"main": {
            "source": "unknown", "why": "it is not installed"}}}, "the source")

    def lines(self, route: str) -> list:
        return [line for line in map(json.loads, self.log.read_text().splitlines()) if line["route"] == route]

    def ends(self, route: str) -> list:
        """Lines of connections that have ended."""
        return [line for line in self.lines(route) if "messages" in line]

    def test_a_line_for_the_end_of_each_connection(self):
        keys = Keys(self.folder)
        put(self.folder / "keys.json", keys.jwk_set(rsa=False))
        token = keys.token("HS256", sub="somebody")
        server = self.serve("--token-keys", str(self.folder / "keys.json"))
        query = f"?cursor=now&jwt_token={token}"
        with WebSocket(server.port, ROWS + query) as rows, WebSocket(server.port, CONTENT + query) as content, \
                Stream(server.port, "/api/v2/events?jwt_token=" + token) as stream, \
                connected(server.port, transports=WEBSOCKET, auth={"token": token}) as client:
            client.select("*")
            stream.next()
            self.execute("UPDATE db_dbgroup SET description = 'x' WHERE id = 1")
            for told, last in ((rows, "type"), (content, "path")):
                told.until(lambda message: "group" in message.get(last, ""))
            self.assertEqual("updated", stream.next()[0])
            self.assertEqual("column-patched", client.next()[0])
            # Begun, and not ended.
            wait_for(lambda: all(self.lines(route) for route in ("rows", "content", "events", "socket.io")), "the lines")
            self.assertEqual([], [line for route in ("rows", "content", "events", "socket.io") for line in self.ends(route)])
        for route, status, messages in (("rows", 101, 3), ("content", 101, 2), ("events", 200, 2), ("socket.io", 101, 0)):
            with self.subTest(route):
                begin, end = wait_for(lambda: self.ends(route) and self.lines(route), "the end")
                self.assertEqual([status] * 2, [begin["status"], end["status"]])
                self.assertEqual(*(({name: line[name] for name in ("id", "client", "method", "target", "profile", "user_agent")})
                                   for line in (begin, end)))
                self.assertEqual("main", end["profile"])
                self.assertGreater(end["bytes"], begin["bytes"])
                self.assertGreater(end["ms"], begin["ms"])
                if messages:
                    self.assertEqual(messages, end["messages"])
                else:  # with those of Engine.IO
                    self.assertGreater(end["messages"], 3)
        text = self.log.read_text() + "".join(server.log)
        self.assertIn("jwt_token=…", text)
        self.assertNotIn(token, text)
        for part in token.split("."):
            self.assertNotIn(part, text)

    def test_polling_has_a_line_for_each_request(self):
        server = self.serve()
        with connected(server.port, transports=POLLING) as client:
            client.select("*")
        wait_for(lambda: {(line["method"], line["status"]) for line in self.lines("socket.io")} >= {("GET", 200), ("POST", 200)},
                 "the lines")
        self.assertEqual([], self.ends("socket.io"))


if __name__ == "__main__":
    unittest.main()
