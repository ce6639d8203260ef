# SPDX-License-Identifier: MIT
"""What a person gets in a browser: pages of the same answers, with links that lead on, and nothing of what a database says
taken for markup."""

import re
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

from demo_stores import DemoArchive, DemoPostgreSqlProfile, DemoSqliteProfile
from served import Server, is_sanitized, make_database, wait_for

BROWSER = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JOB = "8e28e2c2-ba1f-45ea-b8f2-138e7a49d5b2"
HOSTILE = ("<script>alert(1)</script>", "\"quoted\" 'twice' & more", "\u202eright to left \u05d0\u05d1", "x" * 10_000, "{{title}} {{{main}}}")
EMPTY_ELEMENTS = {"meta", "link", "input", "br"}


class Page(HTMLParser):
    """Of an answer: links, forms, what it loads, and its text. Raises where elements are not nested."""

    def __init__(self, body: bytes):
        super().__init__()
        self.links, self.loaded, self.forms, self.texts, self.scripts, self.styles, self.open = [], [], [], [], 0, 0, []
        self.feed(body.decode())
        self.close()
        if self.open:
            raise AssertionError(f"not closed: {self.open}")

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in EMPTY_ELEMENTS:
            self.open.append(tag)
        if tag == "a":
            self.links.append(given.get("href"))
        if tag in ("script", "img") and "src" in given or tag == "link":
            self.loaded.append(given.get("src") or given["href"])
        if tag == "form":
            self.forms.append(given["action"])
        self.scripts += tag == "script"
        self.styles += tag == "style" or "style" in given
        if any(name.startswith("on") for name in given):
            raise AssertionError(f"<{tag} {given}>")

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in EMPTY_ELEMENTS:
            self.open.pop()

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            raise AssertionError(f"</{tag}> in {self.open}")

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    @property
    def words(self) -> str:
        """With a blank between what stands in different elements."""
        return " ".join(" ".join(self.texts).split())


class Asked:
    def page(self, target: str, *headers: str, status: int = 200) -> Page:
        answer = self.server.get(target, BROWSER, *headers)
        self.assertEqual((status, "text/html; charset=utf-8"), (answer.status, answer.headers["content-type"]), target)
        return Page(answer.body)


class OnEachStore(Asked):
    def test_start(self):
        for target in ("/", "/api/v2", "/api/v2/"):
            page = self.page(target)
            for words in ("291 nodes", "StructureData", "2025-03-14", "Newest nodes", "/api/v2/nodes/<id>"):
                self.assertIn(words, page.text)

    def test_list(self):
        page = self.page("/api/v2/nodes")
        self.assertIn("1–20 of 291", page.text)
        self.assertIn("/api/v2/nodes?orderby=ctime", page.links)
        self.assertIn("/api/v2/nodes?offset=20", page.links)
        self.assertIn("/api/v2/nodes?offset=280", page.links)
        self.assertIn("41–60 of 291", self.page("/api/v2/nodes?offset=40").text)
        self.assertIn("61–90 of 291", self.page("/api/v2/nodes/page/3?perpage=30").text)
        down = self.page("/api/v2/nodes?orderby=ctime&limit=50")
        self.assertIn("/api/v2/nodes?orderby=-ctime&limit=50", down.links)
        self.assertIn("Nothing matches.", self.page('/api/v2/nodes?label="nosuch"').text)

    def test_what_a_list_does_not_repeat(self):
        answer = self.server.get("/api/v2/nodes?limit=100", BROWSER)
        self.assertLess(len(answer.body), 60 << 10)
        self.assertIn("/api/v2/nodes.csv?id%3E3", self.page("/api/v2/nodes?id>3&count=none").links)
        neighbours = self.page(f"/api/v2/nodes/{JOB}/io/inputs")
        self.assertFalse([link for link in neighbours.links if ".csv" in link])

    def test_filters(self):
        page = self.page('/api/v2/nodes?type=like="%25data%25"&id>45')
        self.assertIn("/api/v2/nodes?id%3E45", page.links)
        for form, target in (("_key=label&_operator=%3Dilike%3D&_value=si+li&_query=limit%3D5", '?limit=5&label=ilike="%si li%"'),
                             ("_key=id&_operator=%3E&_value=45&_query=", "?id>45"),
                             ("_key=label&_operator=%3D&_value=123&_query=limit%3D50", '?limit=50&label="123"'),
                             ("_key=label&_operator=%3Dilike%3D&_value=50%25_%5C&_query=", '?label=ilike="%50\\%\\_\\\\%"'),
                             ("_key=label&_operator=%3D&_value=5%22+%26+x&_query=", '?label="5"" & x"'),
                             ("_query=id%3E3%26offset%3D7", "?id>3"), ("_query=", "")):
            answer = self.server.get("/api/v2/nodes?" + form, BROWSER)
            self.assertEqual((303, "/api/v2/nodes" + target), (answer.status, urllib.parse.unquote(answer.headers["location"])))
            self.assertEqual(200, self.server.get(answer.headers["location"], BROWSER).status)

    def test_search(self):
        for text, target in ((JOB[:8], f"/api/v2/nodes/{JOB}"), ("8e28", "/api/v2/nodes?uuid=startswith=8e28"), ("+282+", f"/api/v2/nodes/{JOB}"),
                             ("magnesium+oxide", '/api/v2/nodes?label=ilike="%magnesium oxide%"')):
            answer = self.server.get("/api/v2/nodes?_find=" + text, BROWSER)
            self.assertEqual((303, target), (answer.status, urllib.parse.unquote(answer.headers["location"])))
            self.page(answer.headers["location"])

    def test_node(self):
        page = self.page(f"/api/v2/nodes/{JOB}")
        for words in ("scf magnesium oxide", "killed", "pseudos__Mg", "input_calc", "aiida.in", "Killed through",
                      "is patient, but queued", "Provenance"):
            self.assertIn(words, page.text)
        self.assertIn("/api/v4/nodes/" + JOB + "/repo/contents?filename=%22aiida.in%22", page.links)

    def node(self, class_name: str, **others: str) -> str:
        """The address of the first node of a class."""
        query = "".join(f"&{key}={value}" for key, value in others.items())
        found = self.server.get(f'/api/v2/nodes?type=like="%25.{class_name}."&orderby=id&limit=1{query}').json()["data"]["nodes"]
        return "/api/v2/nodes/" + found[0]["uuid"]

    def test_pictures(self):
        for class_name, words in (("StructureData", ("Si2", "3.84, 3.84, 3.84 Å", "60°, 60°, 60°", "40.0479 Å³", "0.2500")),
                                  ("BandsData", ("Γ", "eV", "Fermi level 15.603 eV")), ("KpointsData", ("mesh 8 × 8 × 8",)),
                                  ("UpfData", ("valence electrons 3 functional", "element Al")),
                                  ("TrajectoryData", ("3 × 2 × 3", "-221.3977968", "energy")),
                                  ("CifData", ("_cell_length_a", "silicon.cif, 473 bytes")),
                                  ("WorkChainNode", ("57 min 33 s", "relax silicon"))):
            page = self.page(self.node(class_name))
            for word in words:
                self.assertIn(word, page.words, class_name)

    def test_files(self):
        folder = self.node("FolderData", label='"figures"')
        page = self.page(folder)
        self.assertIn("0 bytes", page.text)
        self.assertIn(f"{folder}?_file=plots", page.links)
        inner = [link for link in self.page(f"{folder}?_file=plots").links if "?_file=plots%2F" in link]
        self.assertTrue(inner)
        for link in inner:
            self.assertTrue(any("/repo/contents?filename=" in other for other in self.page(link).links), link)
        text = self.page(f"/api/v2/nodes/{JOB}?_file=aiida.in").text
        self.assertIn("&CONTROL", text)
        self.assertIn("8e28e2c2 aiida.in", self.page(f"/api/v2/nodes/{JOB}?_file=aiida.in").words)
        self.assertIn(f"/api/v4/nodes/{JOB}/repo/contents?filename=%22aiida.in%22' -o file", text)
        self.assertIn("No such file is present", self.page(f"/api/v2/nodes/{JOB}?_file=nothing", status=400).text)
        for strange in ("..", "%2Fetc%2Fpasswd", "%00", "a%0Ab", "x" * 5000):
            self.assertIn(self.server.get(f"/api/v2/nodes/{JOB}?_file={strange}", BROWSER).status, (400,), strange)

    def test_who_made_it_and_where(self):
        page = self.page(f"/api/v2/nodes/{JOB}")
        self.assertIn("made by Noor Lindqvist", page.text)
        self.assertIn("on Beta", page.text)
        self.assertIn("in semiconductors", self.page(self.node("StructureData")).text)
        self.assertIn("Noor Lindqvist, 2025-03-14", self.page(self.node("StructureData")).text)

    def test_values_of_a_list(self):
        page = self.page('/api/v2/nodes/facets?keys=state,type&type=like="process.%25"')
        self.assertIn("finished 82", page.words)
        (link,) = [link for link in page.links if 'state="finished"' in urllib.parse.unquote(link)]
        self.assertIn("1–20 of 82", self.page(link).text)

    def test_nodes_of_others(self):
        for resource, words in (("users", "Nodes made by this user"), ("computers", "Nodes on this computer"), ("groups", "Nodes in this group")):
            first = self.server.get(f"/api/v2/{resource}?limit=1").json()["data"][resource][0]
            page = self.page(f"/api/v2/{resource}/{first.get('uuid', first['id'])}")
            self.assertIn(words, page.text)
            self.assertTrue(any(re.search("/api/v2/nodes/[0-9a-f-]{36}", link) for link in page.links), resource)

    def test_description(self):
        page = self.page("/api/v2/openapi")
        for words in ("AiiDA REST API v2", "/nodes/{id}/io/graph", "Parameters", "rows in one answer"):
            self.assertIn(words, page.text)
        self.assertNotIn("**", page.text)

    def test_every_link_leads_somewhere(self):
        """Three of each kind of address, followed from the start."""
        seen, waiting, kinds = set(), ["/"], {}
        while waiting:
            target = waiting.pop()
            # Of a query the first key: filters can be put together without end.
            kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|[=<>!][^?]*", "#", urllib.parse.unquote(target))
            kinds[kind] = kinds.get(kind, 0) + 1
            if target in seen or kinds[kind] > 3:
                continue
            seen.add(target)
            answer = self.server.get(target, BROWSER)
            if answer.status == 503:  # the stream before is still being closed
                time.sleep(0.2)
                answer = self.server.get(target, BROWSER)
            self.assertIn(answer.status, (200, 303), (target, answer.body[-300:]))
            if answer.headers["content-type"] != "text/html; charset=utf-8" or answer.status == 303:
                continue
            page = Page(answer.body)
            self.assertEqual((1, 0), (page.scripts, page.styles), target)
            self.assertLess(len(answer.body), 600_000, target)
            for link in (*page.links, *page.loaded, *page.forms):
                if link is None or link.startswith("#"):
                    continue
                # Drawings name nodes by their whole address.
                link = re.sub(r"^http://localhost:\d+", "", link)
                self.assertTrue(link.startswith("/"), link)
                waiting.append(link)
        self.assertGreater(len(seen), 60)

    def test_programs_get_what_they_got(self):
        for target in ("/", "/api/v2", "/api/v2/nodes?limit=3", f"/api/v2/nodes/{JOB}", "/api/v4/nodes?limit=3", "/api/v2/nodse"):
            plain = self.server.get(target)
            for accept in ("*/*", "application/json", "text/html;q=0.5,*/*", "text/html, application/json"):
                self.assertEqual(plain.body, self.server.get(target, "Accept: " + accept).body, (target, accept))
            self.assertTrue(self.server.get(target, BROWSER).body.startswith(b"<!doctype html>"))


class OfStore(OnEachStore):
    @classmethod
    def setUpClass(cls):
        store = cls.kind()
        cls.addClassCleanup(store.stop)
        cls.server = cls.enterClassContext(store.serve())


class Archive(OfStore, unittest.TestCase):
    kind = DemoArchive


class SqliteProfile(OfStore, unittest.TestCase):
    kind = DemoSqliteProfile


class PostgreSqlProfile(OfStore, unittest.TestCase):
    kind = DemoPostgreSqlProfile


class Habits(Asked, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("--demo"))

    def test_headers(self):
        answer = self.server.get("/api/v2/nodes", BROWSER)
        policy = answer.headers["content-security-policy"]
        self.assertIn("default-src 'none'; script-src 'self'; style-src 'self'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertIn("Accept", answer.headers["vary"])
        self.assertLess(len(answer.body), 60 * 1024)
        self.assertEqual(304, self.server.get("/api/v2/nodes", BROWSER, "If-None-Match: " + answer.headers["etag"]).status)
        self.assertNotEqual(answer.headers["etag"], self.server.get("/api/v2/nodes").headers["etag"])
        with self.server.connect() as client:
            head = client.get("/api/v2/nodes", BROWSER, method="HEAD")
        self.assertEqual((200, str(len(answer.body))), (head.status, head.headers["content-length"]))

    def test_styles_and_scripts_are_kept_for_ever(self):
        for file in self.page("/").loaded:
            answer = self.server.get(file)
            self.assertEqual(200, answer.status)
            self.assertEqual("public, max-age=31536000, immutable", answer.headers["cache-control"])
            self.assertIn(answer.headers["content-type"], ("text/css; charset=utf-8", "text/javascript; charset=utf-8", "image/svg+xml", "text/plain; charset=utf-8"))
        for name in ("/api/pages/0000000000000000/style.css", file.replace("page.js", "list.mustache"), file + "x", "/api/pages/"):
            self.assertEqual(404, self.server.get(name).status, name)

    def test_endings(self):
        self.assertTrue(self.server.get(f"/api/v2/nodes/{JOB}.html").body.startswith(b"<!doctype html>"))
        json = self.server.get(f"/api/v2/nodes/{JOB}.json", BROWSER)
        self.assertEqual("application/json", json.headers["content-type"])

    def test_errors_say_where_and_what_would_work(self):
        page = self.page('/api/v2/nodes?limit=5&lable="x"', status=400)
        self.assertIn("The query: limit=5& lable", page.text.replace("&lable", "& lable"))
        self.assertIn("/api/v2/nodes?limit=5&label=%22x%22", page.links)
        self.assertTrue(any(link.endswith("/api/v2/nodes?id>45") for link in self.page("/api/v2/nodse?id>45", status=404).links))
        self.assertIn("the nearest endpoint", self.server.get("/api/v2/nodse.json").body.decode())
        self.assertIn("The query: limit=1000", self.page("/api/v2/nodes?limit=1000", status=400).text)
        self.assertIn(b"<mark>=ilike=</mark>", self.server.get('/api/v2/nodes?id=ilike="%1%"', BROWSER).body)
        self.assertIn("/api/v2/nodes/8e28e2c2", self.page("/api/v2/nodes/8e28e2c2?_file=nothing", status=400).links)
        numbers = ",".join(str(number) for number in range(1000))
        self.assertIn(f"/api/v2/nodes?label=%22x%22&id=notin={numbers}&id%3C5",
                      self.page(f'/api/v2/nodes?lable="x"&id=notin={numbers}&id<5', status=400).links)
        self.assertIn("name a field of the user: user.id", self.page("/api/v2/nodes?fields=user", status=400).text)
        self.assertNotIn("name a field", self.page("/api/v2/nodes?fields=input", status=400).text)
        self.assertTrue(self.page("/api/v2/%00", status=400).loaded[0].startswith("/api/pages/"))
        for query, mended in (('computer.nam="Alpha"', 'computer.name="Alpha"'), ("orderby=-ctim", "orderby=-ctime"),
                              ("attribute.energy>1", "attributes.energy>1"), ('input.lable="x"', 'input.label="x"')):
            links = [urllib.parse.unquote(link) for link in self.page("/api/v2/nodes?" + query, status=400).links]
            self.assertIn("/api/v2/nodes?" + mended, links)
            self.page("/api/v2/nodes?" + mended)
        self.assertIn("/api/v2/groups?id=1", self.page("/api/v2/groups/1", status=400).links)
        page = self.page("/api/v2/nodes/8e28e2c2?limit=1", status=400)
        self.assertFalse([link for link in page.links if link.endswith("/io/inputs")])
        self.assertIn("é", self.page("/api/v2/nodes?label=%C3%A9", status=400).text)
        for target, status in (("/api/v2/nodes/ffffffff", 400), ("/api/v4/nodes/ffffffff", 404), ("/nowhere", 404),
                               ("/api/v2/nodes?label=%00", 400), ("/api/v2/nodes?" + "(" * 300, 400)):
            self.page(target, status=status)

    def test_errors_say_how_a_program_gets_them(self):
        for target, status in (("/api/v2/nodes?lable=%22x%22", 400), ("/api/v2/nodes/ffffffff.html", 400), ("/nowhere?a='b'", 404),
                               ("/api/v2/%00", 400), ("/api/v2/nodes?label=" + "x" * 3000, 200)):
            page = self.page(target, status=status)
            command, = re.findall(r"curl -g '.*'(?= Python)", page.words)
            command = command.replace("localhost:5000", f"localhost:{self.server.port}")
            answer = subprocess.run(f"{command} -s -w ' %{{http_code}}'", shell=True, capture_output=True, text=True, check=True).stdout
            self.assertTrue(answer.endswith(f" {status}"), (command, answer))
        self.assertIn("/api/v2/nodes.json?lable=%22x%22", self.page("/api/v2/nodes?lable=%22x%22", status=400).links)

    def test_files_and_posted_queries_are_no_pages(self):
        file = self.server.get(f"/api/v4/nodes/{JOB}/repo/contents?filename=%22aiida.in%22", BROWSER)
        self.assertEqual("application/octet-stream", file.headers["content-type"])
        body = '{"path": [{"entity_type": "node", "orm_base": "node"}], "limit": 1}'
        for target, text in (("/api/v4/querybuilder", body), ("/api/v4/querybuilder", "{"), ("/api/v2/nodes", "")):
            with self.server.connect() as client:
                client.send(f"POST {target} HTTP/1.1\r\nHost: localhost\r\n{BROWSER}\r\nContent-Length: {len(text)}\r\n\r\n{text}")
                self.assertEqual("application/json", client.receive().headers["content-type"], (target, text))

    def test_several_accept_headers_are_one_list(self):
        self.page("/api/v2/nodes", "Accept: application/json;q=0.1")
        answer = self.server.get("/api/v2/nodes", "Accept: text/html;q=0.1", "Accept: application/json")
        self.assertEqual("application/json", answer.headers["content-type"])

    def test_without_pages(self):
        with Server("--demo", "--no-pages") as server:
            for target in ("/", "/api/v2/nodes", "/api/v2/nodes.html", "/api/v2/nodes/ffffffff"):
                answer = server.get(target, BROWSER)
                self.assertEqual("application/json", answer.headers["content-type"])
                self.assertTrue(answer.body.startswith(b"{\n"))

    def test_listening(self):
        for target, told in (("/", b"nodes"), ("/api/v2/nodes", b"nodes"), ("/api/v2/structures", b"nodes"), ("/api/v2/groups", b"groups"),
                             (f"/api/v2/nodes/{JOB}", b"nodes,links,logs,comments")):
            self.assertIn(b'data-events="/api/v2/events?resource=' + told + b'"', self.server.get(target, BROWSER).body)
        with Server("--demo", "--feed", "off") as server:
            self.assertNotIn(b"data-events", server.get("/api/v2/nodes", BROWSER).body)

    def test_how_long_it_took(self):
        self.assertIn("total;dur=", self.server.get("/api/v2/nodes", BROWSER).headers["server-timing"])
        self.assertNotIn("server-timing", self.server.get("/api/v2/nodes").headers)

    def test_several_profiles(self):
        demo = DemoArchive()
        self.addCleanup(demo.stop)
        other = demo.root / "a b.aiida"
        other.write_bytes(demo.path.read_bytes())
        with Server(demo.path, other) as self.server:
            page = self.page("/")
            self.assertEqual(["/demo/api/v2", "/a%20b/api/v2"], [link for link in page.links if link.endswith("/api/v2")])
            page = self.page("/a%20b/api/v2/nodes")
            self.assertIn("profiles a b nodes", page.words)
            self.assertEqual(["/", "/a%20b/api/v2"], page.links[1:3])
            for link in (*page.links, *page.loaded):
                self.assertTrue(link == "/" or link.startswith(("/a%20b/", "#")), link)
            self.assertIn("/demo/api/v2/nodes?id>4", self.page("/dmeo/api/v2/nodes?id>4", status=404).links)
            # What does not come soon is on the page some other time.
            wait_for(lambda: self.page("/").text.count("291 nodes, last change 2025-") == 2, "the numbers of both")
            self.assertNotIn(b"291", self.server.get("/").body)

    def test_behind_a_proxy(self):
        page = self.page(f"/api/v2/nodes/{JOB}", "X-Forwarded-Proto: https", "X-Forwarded-Host: aiida.example.org",
                         "X-Forwarded-Prefix: /provenance")
        for link in (*page.links, *page.loaded, *page.forms):
            self.assertTrue(link.startswith(("/provenance/", "https://aiida.example.org/provenance/", "#")), link)
        self.assertIn("curl -g 'https://aiida.example.org/provenance/api/v2/nodes/", page.text)


class Profiles(Asked, unittest.TestCase):
    """The page of several profiles whatever state one of them is in."""

    def serve(self, *commands: str):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.sick = make_database(folder / "sick.sqlite")
        make_database(folder / "sound.sqlite")
        with sqlite3.connect(self.sick) as database:
            for command in commands:
                database.execute(command)
        self.server = self.enterContext(Server(self.sick, folder / "sound.sqlite"))
        for profile in ("sick", "sound"):
            self.server.get(f"/{profile}/api/v2/nodes?limit=0")

    def test_no_time(self):
        self.serve("UPDATE db_dbnode SET mtime = NULL WHERE id = 1")
        wait_for(lambda: re.search(r"sick \d+ nodes ?sound \d+ nodes, last change", self.page("/").text), "the numbers of both")

    def test_stuck(self):
        self.serve()
        lock = sqlite3.connect(self.sick, isolation_level=None)
        lock.execute("UPDATE db_dbnode SET label = 'changed' WHERE id = 1")
        lock.execute("PRAGMA locking_mode = EXCLUSIVE")
        lock.execute("BEGIN EXCLUSIVE")
        try:
            wait_for(lambda: re.search(r"sick ?sound \d+ nodes, last change", self.page("/").text), "the numbers of one")
        finally:
            lock.close()


class OtherDatabases(Asked, unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.path = make_database(Path(self.folder) / "database.sqlite")

    def change(self, *statements):
        with sqlite3.connect(self.path) as database:
            for statement, values in statements:
                database.execute(statement, values)
        database.close()
        self.server = self.enterContext(Server(self.path))

    def test_what_the_database_says_is_text(self):
        self.change(*(("UPDATE db_dbnode SET label = ?, description = ? WHERE id = (SELECT id FROM db_dbnode ORDER BY id LIMIT 1 OFFSET ?)",
                       (text, text, number))
                      for number, text in enumerate(HOSTILE)))
        nodes = self.server.get("/api/v2/nodes?orderby=id&limit=5").json()["data"]["nodes"]
        self.assertEqual(list(HOSTILE), [node["label"] for node in nodes])
        for target in ("/api/v2/nodes", "/", *(f"/api/v2/nodes/{node['uuid']}" for node in nodes)):
            page = self.page(target)
            self.assertEqual((1, 0), (page.scripts, page.styles), target)
        self.assertIn(HOSTILE[0], self.page("/api/v2/nodes").text)
        self.assertIn(HOSTILE[4], self.page("/api/v2/nodes").text)
        self.page('/api/v2/nodes?label="<script>alert(1)</script>"&x=1', status=400)

    def test_empty(self):
        self.change(("DELETE FROM db_dblink", ()), ("DELETE FROM db_dbgroup_dbnodes", ()), ("DELETE FROM db_dbcomment", ()),
                    ("DELETE FROM db_dblog", ()), ("DELETE FROM db_dbnode", ()))
        self.assertIn("There are no nodes yet.", self.page("/").text)
        self.assertIn("Nothing matches.", self.page("/api/v2/nodes").text)

    def test_a_broken_part_is_not_the_whole_page(self):
        demo = DemoArchive()
        self.addCleanup(demo.stop)
        self.path = demo.root / "database.sqlite"
        self.path.write_bytes((demo.root / "db.sqlite3").read_bytes())
        kpoints = "SELECT id FROM db_dbnode WHERE node_type LIKE '%KpointsData.' LIMIT 1"
        for statement, words in ((("UPDATE db_dbnode SET attributes = '{' WHERE id = 1", ()), "Attributes"),
                                 (("UPDATE db_dbnode SET extras = '[1' WHERE id = 1", ()), "Extras"),
                                 (("UPDATE db_dbnode SET node_type = NULL, label = NULL WHERE id = 1", ()), "id 1"),
                                 (("UPDATE db_dblink SET type = NULL, label = NULL", ()), "id 1"),
                                 ((f"UPDATE db_dbnode SET attributes = ? WHERE id IN ({kpoints})",
                                   ('{"array|kpoints": [2, 3], "labels": "L", "label_numbers": {"a": 1}, "mesh": "none"}',)), "")):
            with self.subTest(statement):
                try:
                    self.change(statement)
                except sqlite3.IntegrityError as refused:
                    self.assertIn("NOT NULL", str(refused))
                    continue
                for node in self.server.get("/api/v2/nodes?(id=1|type=like=\"%25.KpointsData.\")").json()["data"]["nodes"]:
                    self.assertIn(words if node["id"] == 1 else "", self.page(f"/api/v2/nodes/{node['uuid']}").words)

    def test_many_neighbours(self):
        with sqlite3.connect(self.path) as database:
            columns = [row[1] for row in database.execute("PRAGMA table_info(db_dbnode)") if row[1] not in ("id", "uuid")]
            names = ", ".join(columns)
            for number in range(100_000, 110_000):
                database.execute(f"INSERT INTO db_dbnode (id, uuid, {names}) SELECT ?, ?, {names} FROM db_dbnode WHERE id = 1",
                                 (number, f"{number:08x}-0000-4000-8000-000000000000"))
                ends = (1, number) if number < 105_000 else (number, 1)
                database.execute("INSERT INTO db_dblink (input_id, output_id, label, type) VALUES (?, ?, ?, 'create')", (*ends, f"link_{number}"))
        self.change()
        uuid = self.server.get("/api/v2/nodes?id=1").json()["data"]["nodes"][0]["uuid"]
        answer = self.server.get(f"/api/v2/nodes/{uuid}", BROWSER)
        self.assertLess(len(answer.body), 100_000)
        page = Page(answer.body)
        self.assertEqual(2, len(re.findall("all 5.\\d\\d\\d", page.text)))
        self.assertEqual(2, len(re.findall("\\+4\\d\\d\\d more", page.text)))
        for words in (b'aria-label="Inputs"', b'aria-label="Outputs"'):
            self.assertIn(words, answer.body)
        for direction in ("inputs", "outputs"):
            self.assertEqual(2, sum(link.endswith(f"/api/v2/nodes/{uuid}/io/{direction}") for link in page.links))

    @unittest.skipIf(is_sanitized(), "50 MB take too long")
    def test_large_attributes(self):
        self.change(("UPDATE db_dbnode SET attributes = ? WHERE id = 1", ('{"a":[' + "1," * 25_000_000 + "1]}",)))
        uuid = self.server.get("/api/v2/nodes?id=1").json()["data"]["nodes"][0]["uuid"]
        self.page(f"/api/v2/nodes/{uuid}")
        self.assertIn("Too large for a page", self.page(f"/api/v2/nodes/{uuid}/content/attributes").text)


if __name__ == "__main__":
    unittest.main()
