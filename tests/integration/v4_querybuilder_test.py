# SPDX-License-Identifier: MIT
"""POST /api/v4/querybuilder as AiiDA's clients use it: what they send, what they read, and what they did wrong."""

import unittest

from own_postgresql import eventually
from v4_case import CHAIN, DICT, JOB, NO_NODES, STRUCTURE, OnPostgreSql, OnSqlite, Posted, node, vertex


class Queries(Posted):
    def test_the_envelope(self):
        answer = self.told({"path": [vertex("n")], "project": {"n": ["id"]}, "limit": 2})
        self.assertEqual(["data", "method", "path", "query_string", "resource_type", "url", "url_root"], list(answer.json))
        self.assertEqual(("POST", "QueryBuilder", "2", {"n": [{"id": 1}, {"id": 2}]}),
                         (answer.json["method"], answer.json["resource_type"], answer.total, answer.data))
        for path in ("/querybuilder", "/querybuilder//"):
            self.assertEqual(200, self.post({"path": [vertex("n")]}, path).status)
        answer = self.post({"path": [vertex("n")]}, "/querybuilder?a=%22b%20c%22")
        self.assertEqual("a=%22b%20c%22", answer.json["query_string"])
        self.assertEqual("http://localhost:5000/api/v4/querybuilder?a=\"b c\"", answer.json["url"])
        self.assertEqual(200, self.post({"path": [vertex("n")]}, "/querybuilder", "Content-Type: text/plain").status)

    def test_calculations_by_id(self):
        answer = self.told({"path": [vertex("calc", "process.calculation.calcjob.CalcJobNode.")],
                            "project": {"calc": ["id", "uuid"]}, "order_by": [{"calc": [{"id": {"order": "desc"}}]}]})
        self.assertEqual([5, 4], [row["id"] for row in answer.data["calc"]])
        self.assertEqual(["id", "uuid"], list(answer.data["calc"][0]))

    def test_full_types_and_documents(self):
        answer = self.told({"path": [vertex("p", "process.ProcessNode."),
                                     vertex("d", "data.core.dict.Dict.", joining_keyword="with_outgoing", joining_value="p",
                                            edge_tag="p--d", outerjoin=False)],
                            "filters": {"p": {"attributes.exit_status": {"==": 0}}, "d": {"attributes.cutoff": {">": 30}}},
                            "project": {"p": ["id", "node_type"], "d": ["uuid", {"attributes.cutoff": {"cast": "f"}}],
                                        "p--d": ["label"]}})
        self.assertEqual({"d": [{"attributes.cutoff": 30.5, "uuid": DICT}],
                          "p": [{"full_type": "process.calculation.calcjob.CalcJobNode.|", "id": 4,
                                 "node_type": "process.calculation.calcjob.CalcJobNode."}],
                          "p--d": [{"label": "parameters"}]}, answer.data)

    def test_users_of_calculations(self):
        answer = self.told({"path": [vertex("c", "process.calculation.calcjob.CalcJobNode."),
                                     {"tag": "u", "entity_type": "user", "orm_base": "user", "joining_keyword": "with_node",
                                      "joining_value": "c"}],
                            "project": {"u": ["first_name", "id"]}, "order_by": [{"c": ["id"]}]})
        self.assertEqual({"u": [{"first_name": "Ada", "id": 1}, {"first_name": "Emmy", "id": 2}]}, answer.data)

    def test_everything_of_both_ends_of_a_link(self):
        answer = self.told({"path": [vertex("a", "data.core.structure.StructureData."),
                                     vertex("b", "process.ProcessNode.", with_incoming="a")],
                            "project": {"a": [{"*": {}}], "b": [{"*": {}}]}})
        self.assertEqual((STRUCTURE, JOB), (answer.data["a"][0]["uuid"], answer.data["b"][0]["uuid"]))
        for tag in ("a", "b"):
            self.assertLessEqual({"full_type", "attributes", "ctime", "extras"}, set(answer.data[tag][0]))
        last = self.told({"path": [vertex("a", "data.core.structure.StructureData."),
                                   vertex("b", "process.ProcessNode.", with_incoming="a")]})
        self.assertEqual(["b"], list(last.data))

    def test_what_explorers_send(self):
        body = {"path": [{"entity_type": "process.calculation.calcjob.CalcJobNode.", "orm_base": "node", "tag": "main",
                          "joining_keyword": None, "joining_value": None, "edge_tag": None, "outerjoin": False}],
                "filters": {"main": {"or": [{"label": "relax"}, {"ctime": {">": "2024-01-01"}}]}}, "project_map": {},
                "project": {"main": ["id", "uuid", "label"]}, "order_by": [], "limit": 5000, "offset": None, "distinct": False}
        self.assertEqual([4], [row["id"] for row in self.told(body).data["main"]])

    def test_ancestors_and_nothing(self):
        answer = self.told({"path": [vertex("a", filters={"uuid": STRUCTURE}), vertex("b", with_ancestors="a")],
                            "project": {"b": ["id"], "a--b": ["depth"]}, "order_by": [{"b": ["id"]}]})
        self.assertEqual(([4, 6, 7], [0, 1, 1]), ([row["id"] for row in answer.data["b"]],
                                                  [row["depth"] for row in answer.data["a--b"]]))
        answer = self.told({"path": [vertex("n", filters={"uuid": "x"})]})
        self.assertEqual(({}, "0"), (answer.data, answer.total))
        self.assertEqual([9], [row["id"] for row in self.told({"path": [vertex("n", filters={"uuid": CHAIN})],
                                                               "project": {"n": ["pk", "id"]}}).data["n"]])

    def test_mistakes(self):
        self.wrong(b"{")
        self.wrong(b"[]")
        self.wrong(b"")
        self.wrong({"path": []}, "/path")
        self.wrong({"path": [vertex("n", "nonsense")]}, "/path/0/entity_type", "The type string nonsense is invalid")
        self.wrong({"path": [vertex("n")], "filters": {"n": {"id": {"===": 1}}}}, "/filters/n/id/===")
        self.wrong({"path": [vertex("n")], "project": {"n": ["nope"]}}, "nope")
        self.wrong({"path": [vertex("n")], "nope": 1}, "nope")
        self.wrong({"path": [vertex("n"), vertex("n")]}, "/path/1/tag", "is there already")
        self.wrong({"path": [vertex("n"), vertex("m", with_incoming="n", edge_tag="n")]}, "/path/1/edge_tag", "is there already")
        self.wrong({"path": [vertex("n")], "project": {"n": ["id", "id"]}}, "/project/n/1", "named twice")
        self.wrong({"path": [vertex("n", outerjoin="x")]}, "/path/0/outerjoin", "true or false")
        self.wrong({"path": [{"tag": "u", "entity_type": "user"}], "project": {"u": ["email"]}}, "email")
        self.wrong(b'{"path": ' + b"[" * 100 + b"]" * 100 + b"}")

    def test_other_methods(self):
        for method in ("GET", "HEAD"):
            answer = self.ask("/querybuilder/", method=method)
            self.assertEqual((405, "1", "POST, OPTIONS"), (answer.status, answer.total, answer.headers["allow"]))
        answer = self.ask("/querybuilder")
        self.assertTrue(answer.data["message"].startswith("Method Not Allowed. Use HTTP POST requests"))
        self.assertEqual("QueryBuilder", answer.json["resource_type"])
        self.assertNotIn("id", answer.json)
        self.assertEqual(405, self.ask("/querybuilder", method="PUT").status)
        answer = self.post({"path": [vertex("n")]}, "/querybuilder?profile=x")
        self.assertEqual((400, "QueryBuilder", "0"), (answer.status, answer.json["resource_type"], answer.total))

    def test_large_bodies(self):
        body = {"path": [vertex("n")], "filters": {"n": {"id": {"in": list(range(100_000))}}}, "project": {"n": ["id"]}}
        self.assertEqual(11, len(self.told(body).data["n"]))
        lines = ["POST /api/v4/querybuilder HTTP/1.1", "Host: localhost:5000", f"Content-Length: {2 << 20}", "", ""]
        with self.server.connect() as client:
            client.send("\r\n".join(lines))
            self.assertEqual(413, client.receive().status)


class OnAnSqliteFile(OnSqlite, Queries):
    pass


class InPostgreSql(OnPostgreSql, Queries):
    pass


class WithoutPosting(Posted):
    def test_there_is_no_such_path(self):
        answer = self.post({"path": [vertex("n")]})
        self.assertEqual((404, True), (answer.status, "available_endpoints" in answer.json))
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
            self.assertEqual(404, self.ask("/querybuilder", method=method).status)
        self.assertNotIn("querybuilder", " ".join(self.good("").data["available_endpoints"]))


class WithoutPostingOnAnSqliteFile(OnSqlite, WithoutPosting):
    options = ("--no-posting",)


class WithoutPostingInPostgreSql(OnPostgreSql, WithoutPosting):
    options = ("--no-posting",)


class FromAPageOfAnotherOrigin(Posted):
    def test_a_page_asks_whether_it_may_post(self):
        answer = self.ask("/querybuilder", "", "Origin: https://explorer.example.org",
                          "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type",
                          method="OPTIONS")
        self.assertIn(answer.status, (200, 204))
        self.assertEqual("https://explorer.example.org", answer.headers["access-control-allow-origin"])
        self.assertIn("POST", answer.headers["access-control-allow-methods"])
        self.assertIn("content-type", answer.headers["access-control-allow-headers"].lower())
        answer = self.post({"path": [vertex("n")]}, "/querybuilder", "Origin: https://explorer.example.org")
        self.assertEqual("https://explorer.example.org", answer.headers["access-control-allow-origin"])


class TooSlow(OnPostgreSql, Posted):
    options = ("--statement-timeout", "1")
    rows = NO_NODES + "".join(node(pk, "data.core.dict.Dict.") for pk in range(1, 41))

    def test_what_takes_too_long_is_cancelled_in_the_database(self):
        """All nodes beside all nodes of the same user, again and again: 40 to the eighth rows would be counted."""
        path = [vertex("n0")]
        for place in range(7):
            path += [vertex(f"u{place}", "user", orm_base="user", joining_keyword="with_node", joining_value=f"n{place}"),
                     vertex(f"n{place + 1}", joining_keyword="with_user", joining_value=f"u{place}")]
        answer = self.post({"path": path, "project": {"n0": ["id"]}})
        self.assertEqual(504, answer.status, answer.body)
        busy = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%n0%'"
        self.assertTrue(eventually(lambda: self.database.ask(busy) == "0"))
        self.assertEqual(200, self.post({"path": path[:1], "project": {"n0": ["id"]}}).status)


class FromAnotherOriginOnAnSqliteFile(OnSqlite, FromAPageOfAnotherOrigin):
    options = ("--cors-origin", "https://explorer.example.org")


class FromAnotherOriginInPostgreSql(OnPostgreSql, FromAPageOfAnotherOrigin):
    options = ("--cors-origin", "https://explorer.example.org")


del Queries, WithoutPosting, FromAPageOfAnotherOrigin, Posted


if __name__ == "__main__":
    unittest.main()
