# SPDX-License-Identifier: MIT
"""/api/v4: what AiiDA's documentation and its clients expect of each path, and of each mistake."""

import math
import unittest

from v4_case import (CHAIN, CIF, CODE, DICT, FOLDER, JOB, JOB2, MESH, STRUCTURE, THING, Asked, OnPostgreSql,
                     OnSqlite)

NODE_KEYS = ["ctime", "full_type", "id", "label", "mtime", "node_type", "process_type", "user_id", "uuid"]
UNKNOWN_URL = "The requested URL is not found on the server."


class Answers(Asked):
    # ---- Paths and envelope ----

    def test_the_base_url_and_its_endpoints(self):
        base = self.good("")
        lines = base.data["available_endpoints"]
        self.assertEqual(lines, self.good("/server/endpoints/").data["available_endpoints"])
        self.assertEqual(sorted(lines), lines)
        self.assertIn("groups          GET,HEAD,OPTIONS     /api/v4/groups/page/<int:page>/", lines)
        self.assertIn("server          GET,HEAD,OPTIONS     /api/v4/server/endpoints/", lines)
        self.assertIn("server          GET,HEAD,OPTIONS     /api/v4/", lines)
        self.assertEqual("1", base.total)
        self.assertEqual("Info", base.json["resource_type"])
        self.assertNotIn("id", base.json)

    def test_the_version(self):
        data = self.good("/server").data
        self.assertEqual(("4", "1", "0", "/api/v4"), (data["API_major_version"], data["API_minor_version"],
                                                      data["API_revision_version"], data["API_prefix"]))
        self.assertRegex(data["AiiDA_version"], r"^2\.\d+\.\d+$")
        self.assertRegex(data["server"], "^restapi==")

    def test_slashes(self):
        wanted = self.good("/nodes").data
        for path in ("/nodes/", "/nodes///", "//nodes", "/nodes/page/1/"):
            with self.subTest(path=path):
                self.assertEqual(wanted["nodes"][:20], self.good(path).data["nodes"][:20])
        self.assertEqual(200, self.ask(f"/nodes/{JOB}/links%2Fincoming/", raw=True).status)

    def test_the_envelope(self):
        answer = self.good(f"/nodes/{JOB[:9]}0000-4000-8000-000000000004/", "attributes=true")
        self.assertEqual(["data", "id", "method", "path", "query_string", "resource_type", "url", "url_root"],
                         list(answer.json))
        root = "http://localhost:5000/"
        self.assertEqual({"id": JOB, "method": "GET", "path": f"/api/v4/nodes/{JOB}/", "query_string": "attributes=true",
                          "resource_type": "nodes", "url": f"{root}api/v4/nodes/{JOB}/?attributes=true",
                          "url_root": root}, {key: value for key, value in answer.json.items() if key != "data"})
        self.assertEqual("AA000000-0000-4000-8000-000000000002",
                         self.good("/nodes/AA000000-0000-4000-8000-000000000002").json["id"])
        self.assertIsNone(self.good("/nodes").json["id"])
        self.assertEqual(2, self.good("/users/2").json["id"])
        self.assertEqual("ab", self.good("/nodes/ab").json["id"])
        self.assertEqual("id=in=1,2", self.good("/nodes", "id=in=1,2").json["query_string"])

    def test_head_and_headers(self):
        answer = self.good("/nodes", "limit=2")
        head = self.ask("/nodes", "limit=2", method="HEAD")
        self.assertEqual(answer.headers["content-length"], head.headers["content-length"])
        self.assertEqual(("11", "11"), (answer.total, answer.headers["x-total-counts"]))
        exposed = answer.headers["access-control-expose-headers"]
        for name in ("X-Total-Count", "X-Total-Counts"):
            self.assertIn(name, exposed)
        self.assertEqual(405, self.ask("/nodes", method="DELETE").status)

    def test_unknown_paths(self):
        for path in ("/nope", "/processes", f"/processes/{JOB}", "/calcjobs", f"/nodes/{JOB}/links", f"/nodes/{JOB}/repo",
                     f"/nodes/{JOB}/contents", "/groups/20/nodes", "/nodes/page/-1", "/nodes/page/x",
                     "/nodes/page/1/2", "/computers/10/links/incoming"):
            with self.subTest(path=path):
                answer = self.refused(404, UNKNOWN_URL, path)
                self.assertEqual(self.good("").data["available_endpoints"], answer.json["available_endpoints"])

    def test_what_is_no_id(self):
        for path in ("/nodes/xyz", f"/nodes/{JOB.replace('-', '')}", "/nodes/aa0000000", "/nodes/aa_", "/users/a",
                     "/nodes/aa000000-0000-4000-8000-0000000000012", "/computers/10%", "/groups/g", "/processes/xy/report"):
            with self.subTest(path=path):
                answer = self.refused(404, UNKNOWN_URL, path)
                self.assertEqual(["message"], list(answer.json))

    # ---- Lists ----

    def test_rows(self):
        nodes = self.good("/nodes").rows()
        self.assertEqual(list(range(1, 12)), [node["id"] for node in nodes])
        for node in nodes:
            self.assertEqual(NODE_KEYS, list(node))
        self.assertEqual({"ctime": "Thu, 07 Mar 2019 09:05:03 GMT", "full_type": "data.core.structure.StructureData.|",
                          "id": 1, "label": "barium", "mtime": "Fri, 08 Mar 2019 10:00:00 GMT",
                          "node_type": "data.core.structure.StructureData.", "process_type": None, "user_id": 1,
                          "uuid": STRUCTURE}, nodes[0])
        self.assertEqual(("", "data.core.dict.Dict.|"), (nodes[1]["process_type"], nodes[1]["full_type"]))
        self.assertEqual("process.calculation.calcjob.CalcJobNode.|aiida.calculations:demo.scf", nodes[3]["full_type"])
        computer = self.good("/computers").rows("computers")[0]
        self.assertEqual({"description": "this machine", "hostname": "localhost", "id": 1, "label": "here",
                          "metadata": {"shebang": "#!/bin/sh", "workdir": "/tmp"}, "scheduler_type": "core.direct",
                          "transport_type": "core.local", "uuid": "10000000-0000-4000-8000-000000000001"}, computer)
        self.assertEqual(sorted(computer), list(computer))
        group = self.good("/groups").rows("groups")[0]
        self.assertEqual({"description": "the best ones", "extras": {"colour": "red"}, "id": 1, "label": "best",
                          "time": "Mon, 01 Apr 2019 12:00:00 GMT", "type_string": "core", "user_id": 1,
                          "uuid": "20000000-0000-4000-8000-000000000001"}, group)
        self.assertEqual([{"first_name": "Ada", "id": 1, "institution": "Invented Institute", "last_name": "Lovelace"},
                          {"first_name": "Emmy", "id": 2, "institution": "", "last_name": "Noether"},
                          {"first_name": "", "id": 3, "institution": "", "last_name": ""}],
                         self.good("/users/").rows("users"))

    def test_windows_and_pages(self):
        for query, ids in (("orderby=+id", [1, 2, 3, 4, 5]), ("limit=2&offset=2", [3, 4]), ("limit=0", []),
                           ("offset=4", [5]), ("limit=\"2\"", [1, 2]), ("limit=2.9", [1, 2]), ("limit=+2", [1, 2]),
                           ("limit=1e0", [1])):
            with self.subTest(query=query):
                answer = self.good("/computers", query)
                self.assertEqual((ids, "5"), (answer.ids("computers"), answer.total))
        self.assertEqual([1, 2], self.good("/computers/page/1", "perpage=2").ids("computers"))
        self.assertEqual([1, 2, 3, 4, 5], self.good("/computers/page").ids("computers"))
        page = self.good("/computers/page/2", "perpage=2&orderby=-id")
        self.assertEqual(([3, 2], "5"), (page.ids("computers"), page.total))
        root = "http://localhost:5000/api/v4/computers/page/"
        self.assertEqual(", ".join(f'<{root}{number}?perpage=2&orderby=-id>; rel="{relation}"' for number, relation in
                                   ((1, "first"), (1, "prev"), (3, "next"), (3, "last"))), page.headers["link"])
        self.assertEqual([], self.good("/nodes/page/1", "id=0").ids())

    def test_filters(self):
        for query, ids in (
                ("id=4", [4]), ("pk=4", [4]), ("id>9", [10, 11]), ("id=5.0", [5]), ("id=\"5\"", [5]), ("id>5.5&id<7.5", [6, 7]),
                ("id>=5.5&id<=7.5", [6, 7]), ("id=5.5", []), ("id!=5.5&id<3", [1, 2]), ("id=99999999999999999999", []),
                ("id<99999999999999999999&id<3", [1, 2]), ("id>99999999999999999999", []), ("id>-1e30&id<2", [1]),
                ("id=in=4,5,", [4, 5]), ("id=in=4", [4]), ("id=in=4,5.5,\"6\"", [4, 6]), ("id=notin=1,2,3,4,5,6", [7, 8, 9, 10, 11]),
                (" id > 9 & id < 11 ", [10]), ("&id=5", [5]), ("id=5&", [5]), ("_=3&id=5&_=4", [5]),
                ("label=\"relax\"", [4]), ("label=relax", [4]), ("label=\"RELAX\"", []), ("label=ilike=\"RELAX\"", [4]),
                ("label=like=\"%a%\"&id<4", [1, 2]), ("description=\"first\"", [4]), ("user_id=2", [5, 8, 11]),
                ("dbcomputer_id=2", [3, 4]), ("dbcomputer_id!=2", [5]), ("dbcomputer_id=notin=3", [3, 4]),
                ("process_type!=\"\"", [4, 8, 9]), ("process_type=notin=\"aiida.workflows:demo.relax\"&id>2", [4, 5, 8]),
                ("process_type=\"\"", [2, 5]), ("node_type=like=\"data.core.array%\"", [7]),
                ("uuid=\"" + JOB + "\"", [4]), ("uuid=like=\"ab%\"", [3]),
                ("ctime=2019-03-07", [1, 2, 3, 4, 6, 7, 8, 9, 10]), ("ctime>2019-03-08", [5, 11]), ("ctime>=2019-03-09", [5, 11]),
                ("ctime=2019-03-07T09:05:03", [1]), ("ctime=\"2019-03-07T09:05:03\"", []),
                ("ctime=\"2019-03-07T09:06:00\"", [2]), ("ctime=2019-03-07T11:06+02:00", [2]),
                ("ctime=\"2019-03-07 11:06:00+02:00\"", [2]), ("ctime>\"2019-03-07T12:30:00\"", [5, 11]),
                ("mtime<2019-03-07T09:06:30", [2]), ("mtime=in=2019-03-09,2019-03-10", [5, 11]),
                ("label=\"parameters\"&id=1", []), ("id>9&attributes_filter=nothing&download_format=xsf", [10, 11])):
            with self.subTest(query=query):
                answer = self.good("/nodes", query)
                self.assertEqual(ids, answer.ids())
                self.assertEqual(str(len(ids)), answer.total)
        for query, ids in (("name=\"alpha\"", [2]), ("label=\"alpha\"", [2]), ("hostname=\"beta.example.org\"", [3]),
                           ("transport_type=\"core.local\"&label=\"gamma\"", [4]), ("label=\"alpha\"&label=\"Beta\"", []),
                           ("scheduler_type=in=\"core.torque\",\"core.pbspro\"", [4, 5]),
                           ("uuid=\"10000000-0000-4000-8000-000000000003\"", [3])):
            with self.subTest(query=query):
                self.assertEqual(ids, self.good("/computers", query).ids("computers"))
        for query, ids in (("type=\"core\"", [1]), ("type_string=\"core.import\"", [2]), ("name=\"best\"", [1]),
                           ("time>=2019-04-02", [2]), ("time>2019-04-02", []), ("user_id=1", [1])):
            with self.subTest(query=query):
                self.assertEqual(ids, self.good("/groups", query).ids("groups"))
        self.assertEqual([2], self.good("/users", "first_name=\"Emmy\"").ids("users"))

    def test_orders(self):
        for query, ids in (("orderby=-scheduler_type,label", [5, 2, 3, 4, 1]), ("orderby=transport_type,id", [1, 4, 2, 3, 5]),
                           ("orderby=label", [2, 3, 5, 4, 1]), ("orderby=\"-id\"", [5, 4, 3, 2, 1]), ("orderby=-pk", [5, 4, 3, 2, 1]),
                           ("orderby=name", [2, 3, 5, 4, 1]), ("orderby=\"transport_type,-id\"", [4, 1, 5, 3, 2])):
            with self.subTest(query=query):
                self.assertEqual(ids, self.good("/computers", query).ids("computers"))
        self.assertEqual([11, 5, 10], self.good("/nodes", "orderby=-ctime&limit=3").ids())
        # What is missing stands last, and first where the order is turned round.
        self.assertEqual([3, 4, 5, 1], self.good("/nodes", "orderby=dbcomputer_id&limit=4").ids())
        self.assertEqual([1, 2], self.good("/nodes", "orderby=-dbcomputer_id&limit=2").ids())

    def test_full_types_as_filters(self):
        for full_type, ids in (
                ("data.core.dict.Dict.|", [2]), ("data.%|", [1, 2, 3, 6, 7, 10, 11]), ("process.%|%", [4, 5, 8, 9]),
                ("process.%|", [5]), ("process.calculation.calcjob.CalcJobNode.|aiida.calculations:demo.%", [4]),
                ("process.calculation.calcjob.CalcJobNode.|", [5]), ("process.calculation.calcjob.CalcJobNode.|%", [4, 5]),
                ("node.%|", []), ("|", []), ("%|%", list(range(1, 12))), ("%|some.module.double", [8]), ("data_core.%|", []),
                ("", list(range(1, 12)))):
            with self.subTest(full_type=full_type):
                self.assertEqual(ids, self.good("/nodes", f'full_type="{full_type}"').ids())
        # It replaces filters on the same columns.
        self.assertEqual([2], self.good("/nodes", 'full_type="data.core.dict.Dict.|"&node_type="x"&process_type="y"').ids())
        answer = self.ask("/nodes/page/1", "full_type=%22process.%25%7C%25%22&perpage=2", raw=True)
        self.assertEqual(([4, 5], "4"), (answer.ids(), answer.total))
        self.assertEqual([2], self.good(f"/nodes/{JOB}/links/incoming", 'full_type="data.core.dict.Dict.|"').ids("incoming"))
        for wrong in ("data.core.dict.Dict.", "a|b|c", "a%b|", "%%|", "|%a", "a|%%"):
            with self.subTest(full_type=wrong):
                self.refused(400, f'the full type "{wrong}"', "/nodes", f'full_type="{wrong}"')
        self.refused(400, "full_type takes a text", "/nodes", "full_type=5")

    def test_documents_of_rows(self):
        rows = self.good("/nodes", "attributes=true&id=in=2,4").rows()
        self.assertEqual({"a": {"b": [10, 20]}, "array|x": [3], "cutoff": 30.5}, rows[0]["attributes"])
        self.assertEqual(sorted([*NODE_KEYS, "attributes"]), list(rows[0]))
        rows = self.good("/nodes/page/1", "perpage=4&attributes=true&attributes_filter=process_label,exit_status").rows()
        self.assertEqual([{"exit_status": None, "process_label": None}] * 3 + [{"exit_status": 0, "process_label": "DemoScf"}],
                         [row["attributes"] for row in rows])
        row = self.good(f"/nodes/{DICT}", 'attributes=true&attributes_filter="a.b.1","array|x",cutoff,"a.b.7","nope"').rows()[0]
        self.assertEqual({"a.b.1": 20, "a.b.7": None, "array|x": [3], "cutoff": 30.5, "nope": None}, row["attributes"])
        row = self.good(f"/nodes/{STRUCTURE}", "extras=true&extras_filter=colour,x&attributes=true&attributes_filter=cell").rows()[0]
        self.assertEqual(({"colour": "green", "x": None}, {"cell": [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]}),
                         (row["extras"], row["attributes"]))
        for query in ("attributes=false", "attributes_filter=cell", "extras=false&extras_filter=a"):
            self.assertEqual(NODE_KEYS, list(self.good(f"/nodes/{STRUCTURE}", query).rows()[0]))
        self.assertIn("metadata", self.good("/computers/10000000-0000-4000-8000-000000000001", "attributes=true").rows("computers")[0])
        self.refused(400, "The attributes filter is false by default and can only be set to true.", "/nodes", "attributes=yes")
        self.refused(400, "The extras filter is false by default and can only be set to true.", f"/nodes/{JOB}", "extras=1")

    def test_single_objects(self):
        self.assertEqual([4], self.good(f"/nodes/{JOB}").ids())
        self.assertEqual("1", self.good(f"/nodes/{JOB}").total)
        self.assertEqual([3], self.good("/nodes/ab").ids())
        self.assertEqual([3], self.good("/nodes/AB000000-").ids())
        self.assertEqual([2], self.good("/groups/21").ids("groups"))
        self.assertEqual([2], self.good("/users/2/").ids("users"))
        answer = self.good(f"/nodes/{JOB}", "limit=0")
        self.assertEqual(([], "1"), (answer.ids(), answer.total))
        self.assertEqual([], self.good(f"/nodes/{JOB}", "offset=1").ids())
        self.refused(404, "More than one node found. Provide longer starting pattern for id.", "/nodes/aa")
        self.refused(404, "More than one node found. Provide longer starting pattern for id.", "/computers/1")
        for path, name in (("/nodes/ff", "node.Node"), ("/computers/ff", "Computer"), ("/groups/ff", "groups.Group"),
                           ("/users/77", "User")):
            with self.subTest(path=path):
                self.refused(404, f"either no object's id starts with '{path.split('/')[-1]}' or the corresponding object "
                             f"is not of type aiida.orm.{name}", path)

    # ---- Links ----

    def test_links(self):
        answer = self.good(f"/nodes/{JOB}/links/incoming", "orderby=id")
        self.assertEqual(([1, 2, 3, 9], "4"), (answer.ids("incoming"), answer.total))
        self.assertEqual(sorted([*NODE_KEYS, "link_label", "link_type"]), list(answer.rows("incoming")[0]))
        self.assertEqual(["structure", "parameters", "code", "CALL"], [row["link_label"] for row in answer.rows("incoming")])
        self.assertEqual(["input_calc", "input_calc", "input_calc", "call_calc"],
                         [row["link_type"] for row in answer.rows("incoming")])
        answer = self.good(f"/nodes/{JOB}/links/outgoing/")
        self.assertEqual([(6, "retrieved"), (7, "kpoints")],
                         [(row["id"], row["link_label"]) for row in answer.rows("outgoing")])
        # One row for each link between the same two.
        answer = self.good(f"/nodes/{CHAIN}/links/incoming")
        self.assertEqual(([2, 2], ["parameters", "other_parameters"], "2"),
                         (answer.ids("incoming"), [row["link_label"] for row in answer.rows("incoming")], answer.total))
        for query, ids in (("node_type=\"data.core.dict.Dict.\"", [2]), ("link_label=\"code\"", [3]),
                           ("link_type=\"call_calc\"", [9]), ("link_type!=\"call_calc\"&orderby=-id", [3, 2, 1]),
                           ("orderby=link_label", [9, 3, 2, 1]), ("limit=1&offset=1", [2]), ("id>2.5", [3, 9])):
            with self.subTest(query=query):
                self.assertEqual(ids, self.good(f"/nodes/{JOB}/links/incoming", query).ids("incoming"))
        page = self.good(f"/nodes/{JOB}/links/incoming/page/2", "perpage=3")
        self.assertEqual(([9], "4"), (page.ids("incoming"), page.total))
        self.assertEqual(f'<http://localhost:5000/api/v4/nodes/{JOB}/links/incoming/page/1?perpage=3>; rel="first"',
                         page.headers["link"].split(", ")[0])
        answer = self.good(f"/nodes/{STRUCTURE}/links/incoming/page/1")
        self.assertEqual(([], "0"), (answer.ids("incoming"), answer.total))
        self.refused(404, "either no object's id starts with 'ff'", "/nodes/ff/links/incoming")
        self.assertEqual("nodes", answer.json["resource_type"])

    def test_the_tree(self):
        answer = self.good(f"/nodes/{JOB}/links/tree")
        self.assertEqual("0", answer.total)
        [main], [metadata] = answer.data["nodes"], answer.data["metadata"]
        self.assertEqual(["ctime", "description", "id", "incoming", "mtime", "node_label", "node_type", "outgoing", "uuid"],
                         list(main))
        self.assertEqual((4, "relax", "parsing"), (main["id"], main["node_label"], main["description"]))
        self.assertEqual([(1, "structure", "Ba"), (2, "parameters", ""), (3, "code", "plane waves"), (9, "CALL", "")],
                         [(row["id"], row["link_label"], row["description"]) for row in main["incoming"]])
        self.assertEqual([(6, "create", ""), (7, "create", "Kpoints mesh: 4x4x2 (+0.5,0.0,0.0)")],
                         [(row["id"], row["link_type"], row["description"]) for row in main["outgoing"]])
        self.assertEqual({"total_no_of_incomings": 4, "total_no_of_outgoings": 2, "sent_no_of_incomings": 4,
                          "sent_no_of_outgoings": 2}, metadata)
        for query, sizes in (("in_limit=1&out_limit=1", (1, 1)), ("in_limit=0", (0, 2)), ("tree_in_limit=2&tree_out_limit=0", (2, 0)),
                             ("in_limit=3&limit=1&label=\"x\"", (3, 2))):
            with self.subTest(query=query):
                data = self.good(f"/nodes/{JOB}/links/tree", query).data
                self.assertEqual(sizes, (len(data["nodes"][0]["incoming"]), len(data["nodes"][0]["outgoing"])))
                self.assertEqual((4, *sizes[:1]), (data["metadata"][0]["total_no_of_incomings"],
                                                   data["metadata"][0]["sent_no_of_incomings"]))
        self.assertEqual("", self.good(f"/nodes/{JOB2}/links/tree").data["nodes"][0]["description"])
        self.refused(400, "in_limit must be an integer", f"/nodes/{JOB}/links/tree", "in_limit=a")
        self.refused(400, "out_limit must be an integer", f"/nodes/{JOB}/links/tree", "out_limit=-1")
        self.refused(400, "in_limit must be an integer", f"/nodes/{JOB}/links/tree", "in_limit=true")
        self.refused(404, "either no object's id starts with 'ff'", "/nodes/ff/links/tree", "in_limit=a")

    # ---- Contents ----

    def test_contents(self):
        answer = self.good(f"/nodes/{DICT}/contents/attributes")
        self.assertEqual({"attributes": {"a": {"b": [10, 20]}, "array|x": [3], "cutoff": 30.5}}, answer.data)
        self.assertEqual("1", answer.total)
        self.assertEqual({"attributes": {"a": {"b": [10, 20]}}},
                         self.good(f"/nodes/{DICT}/contents/attributes", 'attributes_filter="a"').data)
        self.assertEqual({"attributes": {"cutoff": 30.5}},
                         self.good(f"/nodes/{DICT}/contents/attributes", 'attributes_filter=cutoff,nope,"a.b"').data)
        self.assertEqual({"extras": {"colour": "green"}},
                         self.good(f"/nodes/{STRUCTURE}/contents/extras", "extras_filter=colour").data)
        self.assertEqual({"extras": {}}, self.good(f"/nodes/{JOB}/contents/extras", "attributes_filter=x").data)

    def test_comments(self):
        self.assertEqual({"comments": [
            {"created_time": "Fri, 08 Mar 2019 09:00:00 GMT", "message": "looks good",
             "modified_time": "Fri, 08 Mar 2019 09:30:00 GMT", "user": "Ada Lovelace"},
            {"created_time": "Fri, 08 Mar 2019 10:00:00 GMT", "message": "really?",
             "modified_time": "Fri, 08 Mar 2019 10:00:00 GMT", "user": " "}]},
            self.good(f"/nodes/{STRUCTURE}/contents/comments").data)
        self.assertEqual({"comments": []}, self.good(f"/nodes/{DICT}/contents/comments").data)

    def test_derived_properties(self):
        answer = self.good(f"/nodes/{STRUCTURE}/contents/derived_properties")
        self.assertEqual({"derived_properties": {"dimensionality": {"dim": 3, "label": "volume", "value": 8.0},
                                                 "formula": "Ba"}}, answer.data)
        mesh = self.good(f"/nodes/{MESH}/contents/derived_properties").data["derived_properties"]
        self.assertEqual((True, False, False, [4, 4, 2], 32), (mesh["has_mesh"], mesh["has_cell"], mesh["has_labels"],
                                                               mesh["mesh"], len(mesh["explicit_kpoints_rel"])))
        self.assertTrue(all(math.isclose(a, b) for a, b in zip((0.125, 0, 0), mesh["explicit_kpoints_rel"][0])))
        for uuid in (DICT, JOB, CODE, CIF, THING, FOLDER):
            with self.subTest(uuid=uuid):
                self.assertEqual({"derived_properties": {}}, self.good(f"/nodes/{uuid}/contents/derived_properties").data)

    def test_reports(self):
        for path in (f"/processes/{JOB}/report", "/processes/4/report", "/processes/ac000000-0000-4000-8000-000000000004/report/"):
            with self.subTest(path=path):
                answer = self.good(path)
                self.assertEqual([("it runs", "REPORT"), ("it has ended", "WARNING")],
                                 [(log["message"], log["levelname"]) for log in answer.data["logs"]])
                self.assertEqual({"dbnode_id": 4, "levelname": "REPORT", "loggername": "aiida.orm.nodes", "message": "it runs",
                                  "time": "Thu, 07 Mar 2019 10:30:00 GMT"}, answer.data["logs"][0])
                self.assertEqual(("1", "processes"), (answer.total, answer.json["resource_type"]))
        self.assertEqual([], self.good("/processes/8/report").data["logs"])
        self.refused(404, f"node {DICT} is not of the required type ProcessNode", f"/processes/{DICT}/report")
        self.refused(404, "node 2 is not of the required type ProcessNode", "/processes/2/report")
        self.refused(404, "no Node found with UUIDff", "/processes/ff/report")
        self.refused(404, "no Node found with ID77", "/processes/77/report")

    # ---- What the database holds ----

    def test_projectable_properties(self):
        for resource in ("nodes", "processes", "computers", "groups", "users"):
            with self.subTest(resource=resource):
                answer = self.good(f"/{resource}/projectable_properties")
                self.assertEqual("1", answer.total)
                fields = answer.data["fields"]
                for name in answer.data["ordering"]:
                    self.assertIn(name, fields)
                for field in fields.values():
                    self.assertLessEqual({"display_name", "help_text", "type", "is_display", "is_foreign_key"}, set(field))
                    self.assertEqual(field["is_foreign_key"], "related_resource" in field)
        self.assertEqual("_dbusers", self.good("/processes/projectable_properties", "a=1").data["fields"]["user_id"]["related_resource"])
        self.assertIn("core.slurm", self.good("/computers/projectable_properties").data["fields"]["scheduler_type"]["valid_choices"])
        self.refused(404, "projectable_properties requests do not allow specifying a query string",
                     "/computers/projectable_properties", "id=1")

    def test_statistics(self):
        answer = self.good("/nodes/statistics")
        self.assertEqual(("0", 11, 2), (answer.total, answer.data["total"],
                                        answer.data["types"]["process.calculation.calcjob.CalcJobNode."]))
        self.assertEqual({"2019-03-07": 9, "2019-03-09": 1, "2019-03-10": 1}, answer.data["ctime_by_day"])
        self.assertEqual(3, self.good("/nodes/statistics", "user=2").data["total"])
        self.assertEqual(3, self.good("/nodes/statistics", 'user="2"').data["total"])
        self.assertEqual({"ctime_by_day": {}, "total": 0, "types": {}}, self.good("/nodes/statistics", "user=77").data)
        for path in ("/nodes/statistics", "/nodes/full_types_count"):
            self.assertIn("user", self.refused(400, "", path, "label=\"x\"").message)
            self.assertIn("user", self.refused(400, "", path, "user=\"x\"").message)

    def test_full_types(self):
        for path, has_counts in (("/nodes/full_types", False), ("/nodes/full_types_count", True)):
            answer = self.good(path)
            self.assertEqual("0", answer.total)
            root = answer.data
            self.assertEqual(("node", "node", "node", "node.%|"),
                             (root["namespace"], root["path"], root["label"], root["full_type"]))
            self.assertEqual(["Data", "Process"], [child["label"] for child in root["subspaces"]])
            self.assertEqual(has_counts, "counter" in root)
        self.check_space(root, True)
        self.assertEqual(11, root["counter"])
        self.assertEqual(3, self.good("/nodes/full_types_count", "user=2").data["counter"])
        self.assertEqual({"full_type": "node.%|", "label": "node", "namespace": "node", "path": "node", "subspaces": []},
                         self.good("/nodes/full_types_count", "user=77").data)
        unregistered = self.find(root, "node.process.calculation.calcfunction.~no-entry-point~")
        self.assertEqual(("Unregistered", None), (unregistered["label"], unregistered["full_type"]))

    def find(self, space: dict, path: str) -> dict:
        if space["path"] == path:
            return space
        for inside in space["subspaces"]:
            if found := self.find(inside, path):
                return found
        return {}

    def check_space(self, space: dict, is_root: bool):
        """Each type finds as many nodes as are counted."""
        if space["full_type"] and not is_root:
            with self.subTest(full_type=space["full_type"]):
                self.assertEqual(str(space["counter"]), self.good("/nodes", f'full_type="{space["full_type"]}"').total)
        if space["subspaces"]:
            self.assertEqual(space["counter"], sum(inside["counter"] for inside in space["subspaces"]))
        for inside in space["subspaces"]:
            self.check_space(inside, False)

    def test_download_formats(self):
        answer = self.good("/nodes/download_formats/")
        self.assertEqual("0", answer.total)
        self.assertEqual(["chemdoodle", "cif", "xsf", "xyz"], answer.data["data.core.structure.StructureData.|"])
        self.assertEqual(["cif"], answer.data["data.core.cif.CifData.|"])
        self.assertEqual(9, len(answer.data))
        for full_type, formats in (("data.core.structure.StructureData.|", ["chemdoodle", "cif", "xsf", "xyz"]),
                                   ("data.structure.StructureData.|", ["chemdoodle", "cif", "xsf", "xyz"]),
                                   ("data.core.dict.Dict.|", []), ("data.core.code.installed.InstalledCode.|", []),
                                   ("data.core.upf.UpfData.|", ["json", "upf"])):
            self.assertEqual({full_type: formats}, self.good("/nodes/download_formats", f'full_type="{full_type}"').data)
        self.assertEqual({}, self.good("/nodes/download_formats",
                                       'full_type="process.calculation.calcjob.CalcJobNode.|aiida.calculations:demo.scf"').data)
        self.refused(404, "The full type a|b|c is invalid.", "/nodes/download_formats", 'full_type="a|b|c"')
        self.refused(501, "The download formats for this node type are not available.", "/nodes/download_formats",
                     'full_type="data.demo.Thing.|"')

    # ---- Mistakes ----

    def test_malformed_queries(self):
        for query, column in (("id", 3), ("&&id=5", 2), ("id==5", 4), ("id=4 5", 6), ("id=in=4,", 9), ("label=\"a", 7)):
            with self.subTest(query=query):
                answer = self.refused(404, "The query string format is invalid.", "/nodes", query)
                self.assertIn(f"(at column {column})", answer.message)
        self.refused(404, "time value has wrong format. The right format is <date>T<time><offset>", "/nodes", "ctime=2019-02-30")
        self.refused(404, "time value has wrong format. The right format is <date>T<time><offset>", "/nodes",
                     'ctime="2019-02-30T00:00:00"')
        self.refused(404, "You cannot specify limit more than once", "/nodes", "limit=1&limit=2")
        self.refused(404, "only assignment operator '=' is permitted after 'offset'", "/nodes", "offset>1")

    def test_conflicts(self):
        for path, query, message in (
                ("/computers/page/1", "limit=2&perpage=1", "perpage key is incompatible with limit and offset"),
                ("/computers", "offset=2&perpage=1", "perpage key is incompatible with limit and offset"),
                ("/nodes/page/2", "limit=2", "requesting a specific page is incompatible with limit and offset"),
                ("/nodes", "perpage=2", "perpage key requires that a page is requested (i.e. the path must contain /page/)"),
                (f"/nodes/{JOB}/contents/extras", "perpage=2",
                 "perpage key requires that a page is requested (i.e. the path must contain /page/)")):
            with self.subTest(path=path, query=query):
                self.refused(400, message, path, query)
        for path in (f"/nodes/{JOB}", f"/nodes/{JOB}/contents/attributes", "/nodes/ff", "/users/1"):
            self.refused(404, "selecting a specific id does not allow to specify filters", path, "id=1")
        self.refused(404, "selecting a specific id does not allow to specify filters", f"/nodes/{JOB}", 'full_type="a|"')
        for path, name in (("/nodes", "Node"), (f"/nodes/{JOB}", "Node"), ("/computers", "Computer"), ("/groups", "Group"),
                           ("/users", "User"), ("/processes/4/report", "ProcessNode")):
            with self.subTest(path=path):
                answer = self.ask(path, "profile=other")
                self.assertEqual((400, "0", name, {"message": "specifying an explicit profile is not enabled for this REST API."}),
                                 (answer.status, answer.total, answer.json["resource_type"], answer.data))
                self.assertNotIn("id", answer.json)

    def test_wrong_keys_and_values(self):
        self.assertIn("label", self.refused(400, 'nodes has no key "lable"', "/nodes", "lable=1").message)
        self.refused(400, 'nodes has no key "user"', "/nodes", "user=1")
        self.refused(400, 'nodes has no key "full-type"', "/nodes", "full-type=1")
        self.refused(400, 'nodes cannot be ordered by "full_type"', "/nodes", "orderby=full_type")
        self.refused(400, "id takes an integer", "/nodes", "id=x")
        self.refused(400, "id does not take the operator =like=", "/nodes", "id=like=\"6%\"")
        self.refused(400, "id takes one value after =", "/nodes", "id=1,2")
        self.refused(400, "email is private", "/users", "email=\"ada@example.org\"")
        self.refused(404, "Non existent page requested. The page range is [1 : 3]", "/computers/page/4", "perpage=2")
        self.refused(404, "Non existent page requested. The page range is [1 : 1]", "/nodes/page/0", "id=0")
        self.refused(404, "Non existent page requested. The page range is [1 : 1]", "/nodes/page/9999999999999999999999")
        for query in ("limit=401", "limit=99999999999999999999", "limit=1e9"):
            self.refused(400, "Limit and perpage cannot be bigger than 400", "/nodes", query)
        self.refused(400, "Limit and perpage cannot be bigger than 400", "/nodes/page/1", "perpage=401")
        self.refused(400, "Limit and perpage cannot be bigger than 400", f"/nodes/{JOB}", "limit=401")
        self.refused(400, "Limit value must be an integer", "/nodes", "limit=a")
        self.refused(400, "Limit value must be an integer", "/nodes", "limit=true")
        self.refused(400, "Limit value must be an integer", "/nodes", "limit=-1")
        self.refused(400, "Limit value must be an integer", f"/nodes/{JOB}", "limit=a")
        self.refused(400, "Offset value must be an integer", "/nodes", "offset=a")
        self.assertIn("at least 1", self.refused(400, "perpage must be an integer", "/nodes/page/1", "perpage=0").message)

    def test_which_mistake_is_told_first(self):
        for status, message, path, query in (
                (404, "The query string format is invalid.", "/nodes/ff", "limit=1&limit=2&"[:-1] + "&id"),
                (404, "time value has wrong format", "/nodes", "ctime=2019-02-30&limit=1&limit=2"),
                (404, "You cannot specify limit more than once", "/nodes", "limit=1&limit=2&profile=x"),
                (400, "perpage key is incompatible", "/nodes/ff", "perpage=1&limit=1&id=1"),
                (404, "selecting a specific id", "/nodes/ff", "id=1&attributes=x"),
                (404, "either no object's id starts with 'ff'", "/nodes/ff", "attributes=x"),
                (404, "either no object's id starts with 'ff'", "/nodes/ff", "limit=a"),
                (404, "either no object's id starts with 'ff'", "/nodes/ff/links/incoming", "nope=1"),
                (400, "The attributes filter", f"/nodes/{JOB}", "attributes=x&limit=a"),
                (400, 'nodes has no key "nope"', "/nodes", "nope=1&limit=401"),
                (400, 'nodes has no key "nope"', "/nodes", "nope=1&limit=a")):
            with self.subTest(path=path, query=query):
                self.refused(status, message, path, query)


    def test_a_path_without_an_endpoint_is_one_whatever_is_sent_to_it(self):
        for method in ("GET", "POST", "PUT", "DELETE", "FOO"):
            with self.subTest(method=method):
                answer = self.ask("/nope", method=method)
                self.assertEqual((404, True), (answer.status, "available_endpoints" in answer.json))
                answer = self.ask("/nodes/zz", method=method)
                self.assertEqual((404, "The requested URL is not found on the server."), (answer.status, answer.message))
        answer = self.ask("/nodes", method="PUT")
        self.assertEqual((405, "GET, HEAD, OPTIONS"), (answer.status, answer.headers["allow"]))

    def test_an_empty_full_type_is_none(self):
        for path in ("/nodes", f"/nodes/{JOB}", f"/nodes/{JOB}/contents/extras", "/nodes/download_formats",
                     f"/nodes/{JOB}/links/incoming"):
            with self.subTest(path=path):
                self.assertEqual(self.good(path).data, self.good(path, 'full_type=""').data)
        self.refused(404, "The full type 5 is invalid.", "/nodes/download_formats", "full_type=5")

    def test_whole_documents_order_nothing(self):
        for path in ("/nodes", f"/nodes/{JOB}/links/incoming"):
            self.refused(400, "", path, "orderby=attributes")
            self.refused(400, "", path, "orderby=-extras")
        self.good("/nodes", "orderby=attributes.cutoff")

    def test_who_is_nobody_has_no_nodes(self):
        for user in ("-1", "1.5", '"1.5"', "99", "1e300"):
            with self.subTest(user=user):
                self.assertEqual(0, self.good("/nodes/statistics", f"user={user}").data["total"])
        self.assertEqual(self.good("/nodes/statistics", "user=1").data, self.good("/nodes/statistics", "user=1.0").data)

    def test_what_is_accepted_makes_no_difference(self):
        for accept in ("text/plain", "text/csv", "image/png", "application/octet-stream", "application/json;q=0"):
            with self.subTest(accept=accept):
                answer = self.good("/nodes", "limit=1", f"Accept: {accept}")
                self.assertEqual("application/json", answer.headers["content-type"])
                self.assertEqual(404, self.ask("/nope", "", f"Accept: {accept}").status)

    def test_one_format_is_asked_for(self):
        self.refused(404, "The format xsf,xyz is not supported.", f"/nodes/{STRUCTURE}/download", "download_format=xsf,xyz")

    def test_ids_of_digits_alone_are_pks(self):
        self.refused(404, "no Node found with ID99999999999999999999999", "/processes/99999999999999999999999/report")


class OnAnSqliteFile(OnSqlite, Answers):
    pass


class InPostgreSql(OnPostgreSql, Answers):
    pass


del Answers, Asked


if __name__ == "__main__":
    unittest.main()
