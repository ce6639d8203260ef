"""What holds for one site with two profiles, whichever program is the proxy: mixed into the tests of each."""

import html
import re
import socket
import tempfile
from pathlib import Path

from proxies import ROOT, free_port
from served import Server, make_database

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
    "",
]


def printed_targets() -> list:
    """Those of the curl commands on the pages."""
    pages = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
    return [target for page in pages
            for target in re.findall(r"^curl -g 'http://localhost:5000/api/v2/([^']*)'", page.read_text(), re.M)]


class OneSiteCases:
    proxy_type = None
    site = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.django = Server(make_database(Path(folder.name) / "django.sqlite"))
        cls.addClassCleanup(cls.django.stop)
        cls.sqlalchemy = Server("--demo", "-P", str(free_port()))  # comes back there in one of the tests
        cls.addClassCleanup(cls.sqlalchemy.stop)
        cls.proxy = cls.proxy_type(cls.site, {80: free_port(), 5001: cls.django.port, 5002: cls.sqlalchemy.port})
        cls.addClassCleanup(cls.proxy.stop)

    def test_each_prefix_is_a_profile(self):
        for name, server in (("django", self.django), ("sqlalchemy", self.sqlalchemy)):
            rows = self.proxy.get(f"/{name}{API}computers").rows()
            self.assertEqual(server.get(API + "computers").rows(), rows)
        self.assertNotEqual(self.django.get(API + "computers").rows(), self.sqlalchemy.get(API + "computers").rows())

    def test_targets_arrive_byte_for_byte(self):
        printed = printed_targets()
        self.assertGreater(len(printed), 5)
        for target in TARGETS + printed:
            with self.subTest(target=target):
                # Asked directly, the server is told what the proxy is to tell it: the answers are equal to the byte.
                direct = self.sqlalchemy.get(API + target, "X-Forwarded-Prefix: /sqlalchemy")
                behind = self.proxy.get("/sqlalchemy" + API + target)
                self.assertEqual((direct.status, direct.body), (behind.status, behind.body))
                for header in ("link", "x-total-count", "etag", "access-control-allow-origin"):
                    self.assertEqual(direct.headers.get(header), behind.headers.get(header), header)

    def test_addresses_in_answers_are_public(self):
        answer = self.proxy.get(f"/django{API}computers/page/1?perpage=1")
        self.assertEqual("http://localhost:5000/django/", answer.json()["url_root"])
        self.assertEqual(f"http://localhost:5000/django{API}computers/page/1?perpage=1", answer.json()["url"])
        self.assertIn(f"<http://localhost:5000/django{API}computers/page/2?perpage=1>", answer.headers["link"])

    def test_a_client_cannot_claim_another_address(self):
        answer = self.proxy.get(f"/django{API}computers", "X-Forwarded-Host: evil.example.org",
                                "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /evil")
        self.assertEqual("http://localhost:5000/django/", answer.json()["url_root"])

    def test_packing_and_asking_again_are_left_to_the_server(self):
        target = f"/sqlalchemy{API}nodes"
        packed = self.proxy.get(target, "Accept-Encoding: gzip")
        self.assertEqual("gzip", packed.headers["content-encoding"])
        again = self.proxy.get(target, "Accept-Encoding: gzip", "If-None-Match: " + packed.headers["etag"])
        self.assertEqual((304, b""), (again.status, again.body))

    def test_head_and_preflight_pass(self):
        head = self.proxy.get(f"/django{API}computers", method="HEAD")
        self.assertEqual(200, head.status)
        self.assertIn("x-total-count", head.headers)
        preflight = self.proxy.get(f"/django{API}computers", "Origin: https://example.org",
                                   "Access-Control-Request-Method: GET", method="OPTIONS")
        self.assertEqual((204, "*"), (preflight.status, preflight.headers["access-control-allow-origin"]))

    def test_a_connection_serves_many_requests(self):
        with self.proxy.connect() as client:
            for _ in range(50):
                self.assertEqual(200, client.get(f"/django{API}computers").status)

    def test_other_paths_are_nobodys(self):
        answer = self.proxy.get(f"/djangox{API}computers")
        self.assertEqual(404, answer.status)
        self.assertNotIn("restapi", html.unescape(answer.body.decode()))

    def test_a_restart_is_noticed_at_once(self):
        port = self.sqlalchemy.port
        target = f"/sqlalchemy{API}computers"
        self.assertEqual(200, self.proxy.get(target).status)  # leaves a connection to the old one behind
        self.sqlalchemy.stop()
        self.assertIn(self.proxy.get(target).status, (502, 503))
        type(self).sqlalchemy = Server("--demo", "-P", str(port))
        self.addClassCleanup(type(self).sqlalchemy.stop)
        self.assertEqual(200, self.proxy.get(target).status)
