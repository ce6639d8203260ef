# SPDX-License-Identifier: MIT
"""What holds for one site with two profiles of one server, whichever program is the proxy: mixed into the tests of each."""

import html
import json
import re
import shlex
import socket
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from event_stream import EVENTS, Stream
from own_database import make_postgresql_database, psql
from proxies import ROOT, free_port
from served import PATIENCE, Client, Server, wait_for
from socket_io_test import POLLING, UPGRADE, WEBSOCKET, connected
from web_sockets import WebSocket, install

API = "/api/v2/"

# Addresses as the description of the API and people write them: raw and encoded.
TARGETS = [
    'nodes/?id>45&type=like="%data%"',
    'nodes?label=like="bands,%20killed"',
    'nodes?label=like=%22bands,%20killed%22',
    'nodes?id%3E45&id<60&orderby=-id',
    'nodes?label=like="{|}^`\\"',
    'nodes?label="100%25"',
    'nodes?label="a%2Fb"&limit=2',
    'computers?name=ilike="%25a%25"',
    "computers/page/1?perpage=2&orderby=+id",
    'nodes?mtime>=2024-10-01T00:00:00+00:00&limit=3',
    "nodes/a%2Fb",
    "nodes/a%252Fb",
    'nodes/"<>',
    "nodes//1",
    "nodes/../users",
    "nodes/%2e%2e/users",
    "nodes/;a=b,c@d",
    'nodes?labl="silicon"',
    # As long as the proxies take it; in Link three times as long.
    'nodes/page/2?perpage=1&label!="' + "|" * 7_800 + '"',
    'nodes/page/2?perpage=1&label!="' + "x" * 1_600 + '"',
    "",
]


def printed_targets() -> list:
    """Those of the curl commands on the pages."""
    pages = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
    return [target for page in pages
            for target in re.findall(r"^curl -g 'http://localhost:5000/api/v2/([^']*)'", page.read_text(), re.M)]


def printed_commands() -> list:
    """What the page and Apache's site tell people to type."""
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    site = (ROOT / "tools" / "deploy" / "apache" / "one_site.conf").read_text(encoding="utf-8")
    return (re.findall(r"^curl .*http://localhost/.*$", page, re.M)
            + [line.replace("aiida.example.org", "localhost") for line in re.findall(r"^#   (curl .*)$", site, re.M)])


def in_form(site: str, part: str) -> str:
    """The site with another of its forms in force: the paragraph with this part, whose settings have a # before them."""
    def changed(paragraph):
        if not re.search(r"^ *#?(ProxyPass|location) ", paragraph, re.M):
            return paragraph
        if part in paragraph:
            return re.sub(r"^( *)#(?! \S)", r"\1", paragraph, flags=re.M)
        return "".join(line for line in paragraph.splitlines(True) if line.startswith(("}", "</VirtualHost>")))

    if part not in site:
        raise RuntimeError(f"the site has no form with {part}")
    return "\n\n".join(map(changed, site.split("\n\n")))


class OneSiteCases:
    proxy_type = None
    site = None
    part = None  # of the form that is tried; none: as it is
    prefix = ""  # where that form has all profiles
    is_whole = True  # whether that form shows all of the server

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.log = Path(folder.name) / "access.log"
        cls.archive = Path(folder.name) / "sqlalchemy.aiida"
        subprocess.run([sys.executable, "-B", ROOT / "tools" / "make_demo.py", cls.archive], check=True)
        cls.internal = shutil.copy(cls.archive, Path(folder.name) / "copy.aiida")  # one file is served once
        cls.database = make_postgresql_database(cls, "one_site", "gen1", "document")
        cls.port = free_port()  # comes back there in one of the tests
        cls.server = cls.serve()
        change = (lambda site: in_form(site, cls.part)) if cls.part else None
        cls.proxy = cls.proxy_type(cls.site, {80: free_port(), 5000: cls.port}, change)
        cls.addClassCleanup(cls.proxy.stop)
        cls.public = f"http://localhost:5000{cls.prefix}/"  # the Host of the tests' client, and the path

    @classmethod
    def serve(cls) -> Server:
        server = Server("--access-log", str(cls.log), "-p", f"django={cls.database}", "-p", f"internal={cls.internal}",
                        str(cls.archive), "-P",
                        str(cls.port))
        cls.addClassCleanup(server.stop)
        return server

    def get(self, target: str, *headers: str, method: str = "GET"):
        return self.proxy.get(self.prefix + target, *headers, method=method)

    def test_each_name_is_a_profile(self):
        computers = {}
        for name in ("django", "sqlalchemy"):
            computers[name] = self.get(f"/{name}{API}computers").rows()
            self.assertEqual(self.server.get(f"/{name}{API}computers").rows(), computers[name])
        self.assertNotEqual(computers["django"], computers["sqlalchemy"])

    def test_targets_arrive_byte_for_byte(self):
        printed = printed_targets()
        self.assertGreater(len(printed), 5)
        told = [f"X-Forwarded-Prefix: {self.prefix}"] if self.prefix else []
        for target in TARGETS + printed:
            with self.subTest(target=target):
                # Asked directly, the server is told what the proxy is to tell it: the answers are equal to the byte.
                direct = self.server.get("/sqlalchemy" + API + target, *told)
                behind = self.get("/sqlalchemy" + API + target)
                self.assertEqual((direct.status, direct.body), (behind.status, behind.body))
                for header in ("link", "x-total-count", "etag", "access-control-allow-origin"):
                    self.assertEqual(direct.headers.get(header), behind.headers.get(header), header)

    def test_addresses_in_answers_are_public(self):
        for name in ("django", "sqlalchemy"):
            root = f"{self.public}{name}/"
            answer = self.get(f"/{name}{API}computers/page/1?perpage=1")
            self.assertEqual(root, answer.json()["url_root"])
            self.assertEqual(f"{root}api/v2/computers/page/1?perpage=1", answer.json()["url"])
            self.assertIn(f"<{root}api/v2/computers/page/2?perpage=1>", answer.headers["link"])

    def test_a_client_cannot_claim_another_address(self):
        answer = self.get(f"/django{API}computers", "X-Forwarded-Host: evil.example.org", "X-Forwarded-Proto: https",
                          "X-Forwarded-Prefix: /evil", "X-Forwarded-Port: 6666")
        self.assertEqual(f"{self.public}django/", answer.json()["url_root"])

    def asked_for(self, *headers: str, version: str = "1.1", target: str = API + "computers"):
        """The answer to a request with these headers alone, and the client's address in the server's log."""
        with socket.create_connection(("127.0.0.1", self.proxy.port), PATIENCE, source_address=("127.0.0.2", 0)) as client:
            name = f"hop-{time.monotonic_ns()}"
            lines = [f"GET {self.prefix}/django{target} HTTP/{version}", *headers, f"X-Request-Id: {name}", "", ""]
            client.sendall("\r\n".join(lines).encode())
            answer = Client.on(client).receive()
        self.assertEqual(200, answer.status)
        line = wait_for(lambda: next((line for line in map(json.loads, self.log.read_text().splitlines())
                                      if line["id"] == name), None), "the line of the access log")
        return answer, line["client"]

    def test_a_client_cannot_take_away_what_the_proxy_says(self):
        told = ("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-For", "Host")
        for names in (*told, *map(str.lower, told), ", ".join(told), "close," + ",".join(told), "keep-alive , " + told[2]):
            with self.subTest(names):
                claims = ["X-Forwarded-For: 192.0.2.66"] if "or" in names else []
                answer, client = self.asked_for("Host: aiida.example.org:8080", f"Connection: {names}", *claims)
                self.assertEqual(f"http://aiida.example.org:8080{self.prefix}/django/", answer.json()["url_root"])
                self.assertEqual("127.0.0.2", client)

    def test_who_closes_is_closed(self):
        with self.proxy.connect() as client:
            self.assertEqual(200, client.get(f"{self.prefix}/django{API}users", "Connection: close").status)
            self.assertTrue(client.is_closed())

    def test_a_client_without_a_host_gets_the_name_of_the_site(self):
        for headers in ([], ["Connection: keep-alive"], ["Connection: X-Forwarded-Host"]):
            with self.subTest(headers):
                answer, client = self.asked_for(*headers, version="1.0")
                self.assertRegex(answer.json()["url_root"],
                                 rf"\Ahttp://aiida\.example\.org(:\d+)?{self.prefix}/django/\Z")
                self.assertEqual("127.0.0.2", client)

    def test_every_name_of_the_site_is_let_in(self):
        for host in ("aiida.example.org", "other.example:8080", "192.0.2.1"):
            with self.subTest(host):
                answer, _ = self.asked_for(f"Host: {host}")
                self.assertEqual(f"http://{host}{self.prefix}/django/", answer.json()["url_root"])

    def test_what_people_are_told_to_type(self):
        commands = printed_commands()
        self.assertGreater(len(commands), 3)
        root = f"http://localhost:{self.proxy.port}{self.prefix}/"
        for command in commands:
            with self.subTest(command=command):
                words = shlex.split(command.replace("http://localhost/", root))
                done = subprocess.run([*words, "--noproxy", "*"], capture_output=True, text=True, timeout=PATIENCE)
                self.assertEqual(0, done.returncode, done.stderr)
                answer = json.loads(done.stdout)
                self.assertIn(answer["url_root"], {f"{root}{name}/" for name in ("django", "sqlalchemy")})
                self.assertTrue(answer["url"].startswith(answer["url_root"] + "api/v2/"), answer["url"])
                self.assertTrue(next(iter(answer["data"].values())), "an example should show something")

    def test_the_whole_server(self):
        answer = self.get("/")
        if not self.is_whole:
            self.assertEqual([404, 404], [answer.status, self.get(f"{API}computers").status])
            return
        self.assertEqual([f"{self.public}{name}/api/v2/" for name in ("sqlalchemy", "django", "internal")],
                         [profile["url"] for profile in answer.rows()])
        first = self.get(f"{API}computers")  # a source comes before those of --profile
        self.assertEqual(self.get(f"/sqlalchemy{API}computers").rows(), first.rows())
        self.assertEqual(self.public, first.json()["url_root"])
        if self.prefix:
            self.assertIn(self.get("").status, (200, 301))

    def test_packing_and_asking_again_are_left_to_the_server(self):
        target = f"/sqlalchemy{API}nodes"
        packed = self.get(target, "Accept-Encoding: gzip")
        self.assertEqual("gzip", packed.headers["content-encoding"])
        again = self.get(target, "Accept-Encoding: gzip", "If-None-Match: " + packed.headers["etag"])
        self.assertEqual((304, b""), (again.status, again.body))

    def test_head_and_preflight_pass(self):
        head = self.get(f"/django{API}computers", method="HEAD")
        self.assertEqual(200, head.status)
        self.assertIn("x-total-count", head.headers)
        preflight = self.get(f"/django{API}computers", "Origin: https://example.org",
                             "Access-Control-Request-Method: GET", method="OPTIONS")
        self.assertEqual(204, preflight.status)
        self.assertNotIn("access-control-allow-origin", preflight.headers)

    def test_a_connection_serves_many_requests(self):
        with self.proxy.connect() as client:
            for number in range(50):
                name = ("django", "sqlalchemy")[number % 2]
                self.assertEqual(200, client.get(f"{self.prefix}/{name}{API}computers").status)

    def describe_group(self, text: str):
        name = re.search(r"/(\w+)\?", self.database)[1]
        psql(name, "-c", f"UPDATE db_dbgroup SET description = '{text}' WHERE id = (SELECT min(id) FROM db_dbgroup)")

    def test_every_door_of_the_live_feed(self):
        install()
        port, path = self.proxy.port, f"{self.prefix}/django"
        with Stream(port, f"{path}{EVENTS}?resource=groups") as stream, \
                WebSocket(port, f"{path}/ws/core/?cursor=now") as rows, \
                WebSocket(port, f"{path}/content/ws/v5?path=/groups") as content:
            self.assertEqual((200, "settled"), (stream.status, stream.next()[0]))
            self.assertEqual(["authentication", "settled"], [rows.next()["type"] for _ in range(2)])
            self.assertEqual("Connected", content.next()["instruction"])
            clients = [connected(port, transports=transports, path=f"{path}/socket.io/") for transports in (POLLING, WEBSOCKET, UPGRADE)]
            try:
                for client in clients:
                    client.select("*")
                self.describe_group("through a proxy")
                name, event = stream.next()
                self.assertEqual("updated", name)
                self.assertEqual("through a proxy", rows.next()["group"]["description"])
                self.assertEqual(f"/groups/{event['uuid']}/properties", content.next()["path"])
                for client in clients:
                    self.assertEqual(("column-patched", event["uuid"], {"description": "through a proxy"}),
                                     client.body("id", "settings"))
            finally:
                for client in clients:
                    client.__exit__()

    def test_a_page_of_events_that_waits(self):
        after = self.get(f"/django{EVENTS}").json()["data"]["after"]
        with self.proxy.connect() as client:
            client.send(f"GET {self.prefix}/django{EVENTS}?resource=groups&wait=25&after={after} HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.describe_group("while a page waits")
            self.assertEqual(["while a page waits"],
                             [event["object"]["description"] for event in client.receive().json()["data"]["events"]])

    def test_only_websocket_is_another_protocol(self):
        for value in ("h2c", "websocket, h2c", "TLS/1.0"):
            with self.subTest(value):
                answer = self.get(f"/django{API}users", f"Upgrade: {value}", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABk")
                self.assertEqual(200, answer.status)

    def test_other_paths_are_nobodys(self):
        for path in ("/djangox", "/x/../djangox", "/django/../djangox", "/x/..%2fdjango"):
            with self.subTest(path=path):
                answer = self.get(f"{path}{API}computers")
                self.assertEqual(404, answer.status)
                self.assertNotIn("127.0.0.1", html.unescape(answer.body.decode()))

    def test_no_way_leads_round_the_names(self):
        shown = {f"{self.public}{name}/" for name in ("django", "sqlalchemy", *(["internal"] if self.is_whole else []))}
        for path in ("/internal", "/x/../internal", "/django/../internal", "/django/%2e%2e/internal", "/django/..%2finternal",
                     "//internal", "/%69nternal", "/internal/../django", "/internal/%2e%2e/django", "/internal/..%2f../django",
                     "/x/../django", "/%64jango"):
            with self.subTest(path=path):
                answer = self.get(f"{path}{API}computers")
                self.assertIn(answer.status, (200, 400, 404))
                if answer.status == 200:
                    self.assertIn(answer.json()["url_root"], shown)

    def test_a_restart_is_noticed_at_once(self):
        target = f"/sqlalchemy{API}computers"
        self.assertEqual(200, self.get(target).status)  # leaves a connection to the old one behind
        self.server.stop()
        self.assertIn(self.get(target).status, (502, 503))
        type(self).server = self.serve()
        self.assertEqual(200, self.get(target).status)
