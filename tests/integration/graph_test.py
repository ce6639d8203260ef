# SPDX-License-Identifier: MIT
"""The graph around a node: the same nodes and links as an independent walk finds, in JSON and as drawings."""

import base64
import json
import random
import re
import sqlite3
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request
import xml.etree.ElementTree as xml
from collections import Counter
from pathlib import Path

import prov.model

from own_postgresql import OwnPostgreSql
from served import Server, make_database

TYPES = ("create", "return", "input_calc", "input_work", "call_calc", "call_work")
SVG = "{http://www.w3.org/2000/svg}"


def uuid_of(pk: int) -> str:
    return f"{pk:08x}-0000-4000-8000-{pk:012x}"


class Graph:
    """A random one, as SQL and as tables of this test."""

    def __init__(self, seed: int, nodes: int = 60, links: int = 110):
        dice = random.Random(seed)
        self.types = {pk: dice.choice(("data.core.dict.Dict.", "process.workflow.workchain.WorkChainNode.",
                                       "process.calculation.calcjob.CalcJobNode.", "data.core.code.Code."))
                      for pk in range(1001, 1001 + nodes)}
        # In any direction, and several between the same two: a file of a stranger may have it so.
        self.links = {pk: (dice.choice(list(self.types)), dice.choice(list(self.types)), f"link {pk}", dice.choice(TYPES))
                      for pk in range(5001, 5001 + links)}

    def sql(self) -> str:
        rows = ",".join(f"({pk}, '{uuid_of(pk)}', '{type_}', 'node {pk}', '', '2024-05-01 10:00:00', "
                        f"'2024-05-01 10:00:00', '{{}}', '{{}}', '{{}}', 1)" for pk, type_ in self.types.items())
        links = ",".join(f"({pk}, {a}, {b}, '{label}', '{type_}')" for pk, (a, b, label, type_) in self.links.items())
        return ("INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, "
                f"repository_metadata, user_id) VALUES {rows};"
                f"INSERT INTO db_dblink (id, input_id, output_id, label, type) VALUES {links};")

    def levels(self, start: int, most: int, sides: tuple, passes) -> dict:
        """By breadth: the level of each node within reach."""
        found = {start: 0}
        for side in sides:
            reached, edge = {start: 0}, {start}
            for level in range(1, most + 1):
                ends = {(a if side < 0 else b) for a, b, *_ in self.links.values() if (b if side < 0 else a) in edge}
                edge = {pk for pk in ends if pk not in reached and passes(pk)}
                reached.update({pk: side * level for pk in edge})
            for pk, level in reached.items():
                if pk not in found or (abs(level), level) < (abs(found[pk]), found[pk]):
                    found[pk] = level
        return found

    def links_between(self, nodes) -> dict:
        return {pk: link for pk, link in self.links.items() if link[0] in nodes and link[1] in nodes}


class GraphCase(unittest.TestCase):
    def read(self, server: Server, path: str, query: str = "", accept: str = "*/*"):
        target = f"http://127.0.0.1:{server.port}/api/v2/{path}?{urllib.request.quote(query, safe='=&,!()')}"
        with urllib.request.urlopen(urllib.request.Request(target, headers={"Accept": accept})) as answer:
            return answer.headers, answer.read().decode()

    def graph(self, server: Server, pk: int, query: str = "") -> tuple:
        headers, text = self.read(server, f"nodes/{uuid_of(pk)}/io/graph", query)
        answer = json.loads(text)
        self.assertEqual(pk, answer["pk"])
        return headers, answer["data"]["graph"]


class Walks(GraphCase):
    def check(self, server: Server, graph: Graph, dice: random.Random):
        seen = Counter()
        for _ in range(60):
            start, levels = dice.choice(list(graph.types)), dice.choice((0, 1, 1, 2, 2, 3, 20))
            word, sides = dice.choice((("both", (-1, 1)), ("inputs", (-1,)), ("outputs", (1,)), ("", (-1, 1))))
            passed, filters = dice.choice((
                ("", lambda pk: True), ("", lambda pk: True), ('type=like="process%"', self.is_process(graph)),
                ("!(id<1030)", lambda pk: pk >= 1030)))
            query = "&".join(part for part in (f"levels={levels}", f"direction={word}" if word else "", passed) if part)
            with self.subTest(start=start, query=query):
                expected = graph.levels(start, levels, sides, filters)
                headers, found = self.graph(server, start, query)
                self.assertEqual(sorted(expected.items(), key=lambda node: (abs(node[1]), node[1], node[0])),
                                 [(node["id"], node["level"]) for node in found["nodes"]])
                self.assertEqual(graph.links_between(expected), self.links(found["links"]))
                counted = Counter(expected.values())
                self.assertEqual([(level, counted[level], counted[level]) for level in sorted(counted)],
                                 [(row["level"], row["shown"], row["total"]) for row in found["levels"]])
                self.assertEqual((None, str(len(expected))), (found["next"], headers["X-Total-Count"]))
                self.check_pages(server, start, query, found, dice.choice((1, 3, 7)))
            seen["far"] += max(map(abs, expected.values())) > 2
            seen["filtered"] += bool(passed) and len(expected) > 1
        self.assertGreater(min(seen.values()), 3, seen)

    @staticmethod
    def is_process(graph: Graph):
        return lambda pk: graph.types[pk].startswith("process")

    @staticmethod
    def links(rows: list) -> dict:
        return {row["id"]: (row["input_id"], row["output_id"], row["label"], row["type"]) for row in rows}

    def check_pages(self, server: Server, start: int, query: str, whole: dict, limit: int):
        """All pages together are the whole, each link once; and the Link header leads to the next one."""
        nodes, links, after = [], [], ""
        while True:
            headers, page = self.graph(server, start, f"{query}&limit={limit}&after={after}")
            nodes += page["nodes"]
            links += page["links"]
            self.assertLessEqual(len(page["nodes"]), limit)
            self.assertEqual(Counter(node["level"] for node in page["nodes"]),
                             Counter({row["level"]: row["shown"] for row in page["levels"] if row["shown"]}))
            self.assertEqual([row["total"] for row in whole["levels"]], [row["total"] for row in page["levels"]])
            after = page["next"]
            if after is None:
                self.assertIsNone(headers["Link"])
                break
            self.assertRegex(headers["Link"], f'after={after}>; rel="next"$')
        self.assertEqual(whole["nodes"], nodes)
        self.assertEqual(len(links), len(self.links(links)))
        self.assertEqual(self.links(whole["links"]), self.links(links))

    def test_sqlite(self):
        graph = Graph(1)
        with tempfile.TemporaryDirectory() as folder:
            path = make_database(Path(folder) / "graph.sqlite", "generation2")
            with sqlite3.connect(path) as database:
                database.executescript(graph.sql())
            database.close()
            with Server(path) as server:
                self.check(server, graph, random.Random(2))

    def test_postgresql(self):
        graph = Graph(3)
        with OwnPostgreSql("generation2") as database:
            subprocess.run([*database.psql, "-c", graph.sql()], check=True, capture_output=True)
            with Server(database.uri) as server:
                self.check(server, graph, random.Random(4))


HOSTILE = "<script>alert(\"1\")</script> \\ \x01\x7f\n\uffff\ufffe]]> & é € 🧪 " + "x" * 400


class Drawings(GraphCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.random = Graph(5)
        path = make_database(Path(cls.folder.name) / "graph.sqlite", "generation2")
        database = sqlite3.connect(path)
        database.executescript(cls.random.sql())
        database.execute("UPDATE db_dbnode SET label = ? WHERE id % 2 = 0", (HOSTILE,))
        database.execute("UPDATE db_dbnode SET label = CAST(? AS TEXT) WHERE id = 1001", (b"\xff\xfe broken",))
        database.execute("UPDATE db_dblink SET label = ? WHERE id % 2 = 0", (HOSTILE,))
        database.commit()
        database.close()
        cls.server = Server(path)
        cls.addClassCleanup(cls.server.stop)
        cls.start = max(cls.random.types, key=lambda pk: len(cls.random.levels(pk, 2, (-1, 1), lambda _: True)))

    def drawn(self, ending: str, query: str = "") -> tuple:
        headers, text = self.read(self.server, f"nodes/{uuid_of(self.start)}/io/graph.{ending}", query)
        _, graph = self.graph(self.server, self.start, query.replace("100000", "400"))
        self.assertGreater(len(graph["links"]), 5)
        return headers, text, graph

    def test_dot_is_what_graphviz_reads(self):
        for query in "", "limit=7":
            headers, text, graph = self.drawn("dot", query)
            self.assertEqual("text/vnd.graphviz; charset=utf-8", headers["Content-Type"])
            plain = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, text=True, check=True).stdout
            nodes = re.findall(r"^node n(\d+) ", plain, re.M)
            self.assertEqual(sorted(node["id"] for node in graph["nodes"]), sorted(map(int, nodes)))
            edges = re.findall(r"^edge n(\d+) n(\d+) ", plain, re.M)
            self.assertEqual(sorted((link["input_id"], link["output_id"]) for link in graph["links"]),
                             sorted((int(a), int(b)) for a, b in edges))
            self.assertEqual(sum(row["total"] - row["shown"] for row in graph["levels"]),
                             sum(int(more) for more in re.findall(r'label="\+(\d+) more"', text)))

    def test_svg_shows_all_and_runs_nothing(self):
        for query in "", "limit=7", "direction=inputs", "limit=0":
            headers, text = self.read(self.server, f"nodes/{uuid_of(self.start)}/io/graph.svg", query)
            _, graph = self.graph(self.server, self.start, query)
            self.assertEqual(("image/svg+xml", None), (headers["Content-Type"], headers["Link"]))
            picture = xml.fromstring(text)
            base = f"http://127.0.0.1:{self.server.port}/api/v2/nodes/"
            self.assertEqual([base + node["uuid"] for node in graph["nodes"]],
                             [link.get("href") for link in picture.iter(f"{SVG}a") if link.find(f"{SVG}rect") is not None])
            # What is left out of the next levels is a list; without the node itself nobody knows of what.
            lists = {-1: "/io/inputs", 1: "/io/outputs"} if graph["nodes"] else {}
            self.assertEqual([base + uuid_of(self.start) + lists[row["level"]] for row in graph["levels"]
                              if row["total"] > row["shown"] and row["level"] in lists],
                             [link.get("href") for link in picture.iter(f"{SVG}a") if link.find(f"{SVG}rect") is None])
            self.assertEqual(len(graph["links"]), len(picture.findall(f"{SVG}g")))
            self.assertEqual([], [*picture.iter(f"{SVG}script")])
            # Each link goes a way of its own, also beside others between the same nodes.
            ways = [path.get("d") for path in picture.findall(f"{SVG}g/{SVG}path")]
            self.assertEqual(len(ways), len(set(ways)))
            labels = [(text.get("x"), text.get("y")) for text in picture.findall(f"{SVG}text") if text.get("paint-order")]
            self.assertEqual(len(labels), len(set(labels)))
            places = [(box.get("x"), box.get("y")) for box in picture.iter(f"{SVG}rect")]
            self.assertEqual(len(graph["nodes"]), len(set(places)))
            more = [text.text for text in picture.iter(f"{SVG}text") if (text.text or "").endswith(" more")]
            self.assertEqual([f"+{row['total'] - row['shown']} more" for row in graph["levels"]
                              if row["total"] > row["shown"]], more)

    def test_prov_is_what_other_programs_read(self):
        headers, text, graph = self.drawn("provjson", "levels=20&limit=100000")
        self.assertEqual("application/provenance+json", headers["Content-Type"])
        document = prov.model.ProvDocument.deserialize(content=text)
        found = Counter(type(record).__name__ for record in document.get_records())
        processes = {node["id"] for node in graph["nodes"] if node["type"].startswith("process")}
        kinds = Counter(link["type"].split("_")[0] for link in graph["links"])
        self.assertEqual({"ProvActivity": len(processes), "ProvEntity": len(graph["nodes"]) - len(processes),
                          "ProvAgent": 1, "ProvUsage": kinds["input"], "ProvGeneration": kinds["create"],
                          "ProvCommunication": kinds["call"], "ProvInfluence": kinds["return"],
                          "ProvAssociation": len(processes), "ProvAttribution": len(graph["nodes"]) - len(processes)},
                         dict(found))
        self.assertEqual({f"urn:uuid:{node['uuid']}" for node in graph["nodes"]},
                         {record.identifier.uri for record in document.get_records()
                          if isinstance(record, prov.model.ProvElement) and "uuid" in record.identifier.uri})

    def test_by_accept(self):
        path = f"nodes/{uuid_of(self.start)}/io/graph"
        for accept, begin in (("image/svg+xml", "<svg"), ("text/vnd.graphviz", "digraph"),
                              ("application/provenance+json", '{"activity"'), ("application/json", '{"data":{"graph"')):
            self.assertTrue(self.read(self.server, path, accept=accept)[1].startswith(begin), accept)


class Errors(GraphCase):
    def test_a_position_that_somebody_has_written_is_none(self):
        with Server("--demo") as server:
            path = "nodes/" + json.loads(self.read(server, "nodes", "limit=1&fields=uuid")[1])["data"]["nodes"][0]["uuid"]
            token = json.loads(self.read(server, path + "/io/graph", "limit=1")[1])["data"]["graph"]["next"]
            mark = base64.urlsafe_b64decode(token + "==").split(b";")[0]
            for values in b"-;-;", b"1:1;-;", b"-;1:1;", b"1:x;1:1;", b"1:1;1:x;", b"20:-9223372036854775808;1:1;", b"2:21;1:1;":
                forged = base64.urlsafe_b64encode(mark + b";" + values).decode().rstrip("=")
                answer = server.get(f"/api/v2/{path}/io/graph?limit=1&after={forged}")
                self.assertEqual((400, True), (answer.status, b"no position in this list" in answer.body), values)
            good = base64.urlsafe_b64encode(mark + b";1:0;1:1;").decode().rstrip("=")
            self.assertEqual(200, server.get(f"/api/v2/{path}/io/graph?limit=1&after={good}").status)

    def test_say_what_would_have_worked(self):
        with Server("--demo") as server:
            rows = json.loads(self.read(server, "nodes", "limit=2&fields=uuid")[1])["data"]["nodes"]
            one, other = (f"nodes/{row['uuid']}/io/graph" for row in rows)
            token = json.loads(self.read(server, one, "limit=1")[1])["data"]["graph"]["next"]
            self.assertIsNotNone(token)
            for path, query, status, said in (
                    (one, "levels=21", 400, "levels is too large (at byte 7 of the query string); at most 20"),
                    (one, "levels=-1", 400, "levels is too small"),
                    (one, "direction=up", 400, "direction takes both, inputs or outputs"),
                    (one, "offset=3", 400, "offset belongs to lists"),
                    (one, "orderby=id", 400, "orderby belongs to lists"),
                    (one, "count=none", 400, "count belongs to lists"),
                    (one, "limit=401", 400, "cannot be bigger than 400"),
                    (one, "after=abc", 400, "this is no position in this list"),
                    (one, f"after={token}&levels=3", 400, "this is no position in this list"),
                    (one, f"after={token}&id>1", 400, "this is no position in this list"),
                    (other, f"after={token}", 400, "this is no position in this list"),
                    (one, "nothing=1", 400, 'nodes has no key "nothing"'),
                    (one + "/page/2", "", 404, ""),
                    (one + ".csv", "", 406, "only lists can be read as CSV"),
                    (one + ".svg", "after=", 400, "SVG has no pages"),
                    (one + ".dot", "fields=id", 400, "fields can be chosen in JSON"),
                    (one, "level=1", 400, 'did you mean "levels"?'),
                    ("nodes/3/io/graphs", "", 404, "/io/graph"),
                    ("nodes", 'link="x"', 400, 'input.link.label="structure"'),
                    ("nodes", 'input.link="x"', 400, 'input.link.label="structure"'),
                    ("nodes.svg", "", 406, "only io/graph can be read as SVG"),
                    ("nodes", "levels=2", 400, "levels belongs to io/graph"),
                    ("computers/1/io/graph", "", 404, ""),
                    ("nodes/ffffffff-ffff/io/graph", "", 400, "no object's id starts with"),
                    ("nodes", 'link.label="x"', 400, "it is not said whose link is meant"),
                    ("nodes", 'link.label="x"&input.id>0&output.id>0', 400, "it is not said which link is meant"),
                    ("nodes", 'group.link.label="x"', 400, 'groups has no relation "link"'),
                    ("nodes", "input.link.x=1", 400, "known: id, label, type"),
                    ("nodes", 'comment.content="x"&comment.link.id=1', 400, 'comments has no relation "link"')):
                with self.subTest(path=path, query=query), self.assertRaises(urllib.error.HTTPError) as refused:
                    self.read(server, path, query)
                self.assertEqual(status, refused.exception.code)
                answer = refused.exception.read().decode()
                self.assertIn(said, json.loads(answer)["message"] if status == 400 else answer)
                refused.exception.close()


if __name__ == "__main__":
    unittest.main()
