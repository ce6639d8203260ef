# SPDX-License-Identifier: MIT
"""Queries in JSON (POST /api/v4/querybuilder), row by row of what is said of them: keys of the body and of vertices, types,
joins and their edges, operators, casts, functions, what comes as answer, and each mistake."""

import itertools
import json
import unittest

from builder_values import ABSENT, on_document
from v4_case import JOB, NO_NODES, STRUCTURE, OnPostgreSql, OnSqlite, Posted, link, node, vertex

CALCJOB = "process.calculation.calcjob.CalcJobNode."
ALL = list(range(1, 12))


def of_nodes(**more) -> dict:
    return {"path": [vertex("n")], "project": {"n": ["id"]}, **more}


class Queries(Posted):
    def ids(self, body: dict, tag: str = "n") -> list:
        return [row["id"] for row in self.told(body).data.get(tag, [])]

    # ---- keys of the body ----

    def test_keys_of_the_body(self):
        for more, ids in (
                ({}, ALL), ({"filters": {}}, ALL), ({"filters": []}, ALL), ({"filters": None}, ALL),
                ({"filters": {"n": {}}}, ALL),
                ({"filters": {"n": {"id": {">": 9}}}}, [10, 11]), ({"order_by": []}, ALL), ({"order_by": None}, ALL),
                ({"order_by": {"n": {"id": "desc"}}, "limit": 2}, [11, 10]),
                ({"order_by": [{"n": [{"id": {"order": "desc"}}]}], "limit": 1}, [11]),
                ({"order_by": {"n": "label"}, "limit": 3}, [6, 7, 11]),
                ({"order_by": [{"n": ["user_id", {"id": "desc"}]}], "limit": 2}, [9, 7]),
                ({"order_by": {"n": ["dbcomputer_id"]}, "limit": 4}, [3, 4, 5, 1]),
                ({"order_by": {"n": {"dbcomputer_id": "desc"}}, "limit": 1}, [1]),
                ({"order_by": {"n": {"attributes.cutoff": {"cast": "f", "order": "asc"}}}, "limit": 2}, [2, 1]),
                ({"limit": None, "offset": None}, ALL), ({"limit": 2}, [1, 2]), ({"offset": 9}, [10, 11]),
                ({"limit": 1, "offset": 1}, [2]),
                ({"limit": 0}, []), ({"project_map": {}}, ALL), ({"project": {"n": "id"}}, ALL),
                ({"project": {"n": [{"id": {}}]}}, ALL)):
            with self.subTest(more=more):
                answer = self.told(of_nodes(**more))
                self.assertEqual((ids, str(len(ids))), ([row["id"] for row in answer.data.get("n", [])], answer.total))
        self.assertEqual({}, self.told(of_nodes(limit=0)).data)

    def test_duplicates(self):
        for distinct, count in ((True, 3), (1, 3), ("x", 3), ([1], 3), (False, 11), (None, 11), (0, 11), ("", 11), ([], 11)):
            with self.subTest(distinct=distinct):
                self.assertEqual(str(count), self.told({**of_nodes(distinct=distinct), "project": {"n": ["user_id"]}}).total)
        body = {**of_nodes(distinct=True), "project": {"n": ["user_id"]}}
        self.assertEqual("11", self.told({**body, "order_by": {"n": "id"}}).total)
        self.assertEqual([1, 2, 3], [row["user_id"] for row in self.told({**body, "order_by": {"n": "user_id"}}).data["n"]])

    def test_the_last_of_two_equal_keys_counts(self):
        answer = self.post(b'{"path": [{"tag": "n", "entity_type": "x"}], "limit": 5, "project": {"n": ["label"]}, '
                           b'"path": [{"tag": "n", "entity_type": ""}], "limit": 1, "project": {"n": ["id"]}}')
        self.assertEqual((200, {"n": [{"id": 1}]}), (answer.status, answer.data))

    def test_other_names(self):
        answer = self.told({**of_nodes(limit=1), "project": {"n": ["id", "attributes.cell.0.0"]},
                            "project_map": {"n": {"attributes.cell.0.0": "a"}}})
        self.assertEqual({"n": [{"id": 1, "a": 2.0}]}, answer.data)

    def test_types_of_content(self):
        for type_ in ("application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense"):
            self.assertEqual(200, self.post(of_nodes(), "/querybuilder", f"Content-Type: {type_}").status)

    # ---- vertices ----

    def test_types(self):
        for type_, ids in (
                ("", ALL), ("data.Data.", [1, 2, 3, 6, 7, 10, 11]), ("data.core.array.ArrayData.", [7]),
                ("data.core.dict.Dict.", [2]),
                ("data.core.code.abstract.AbstractCode.", [3]), ("data.core.code.Code.", [3]),
                ("process.ProcessNode.", [4, 5, 8, 9]),
                ("process.calculation.CalculationNode.", [4, 5, 8]), ("process.workflow.WorkflowNode.", [9]), (CALCJOB, [4, 5]),
                ("data.c_re.dict.Dict.", []), ("comment.Comment.", []), ("log.Log.", []),
                (["data.core.dict.Dict.", CALCJOB], [2, 4, 5]), (["", "data.core.dict.Dict."], ALL)):
            with self.subTest(type=type_):
                self.assertEqual(ids, self.ids({**of_nodes(), "path": [vertex("n", type_)]}))
        for type_, ids in (("group.core", [1, 2]), ("GROUP.", [1, 2]), ("group.core.import", [1, 2]),
                           ("computer", [1, 2, 3, 4, 5]),
                           ("user", [1, 2, 3]), ("link", [1, 2, 3, 4, 5, 6, 7, 8]), (["group.core", "group.x"], [1, 2])):
            with self.subTest(type=type_):
                self.assertEqual(ids, self.ids({**of_nodes(), "path": [{"tag": "n", "entity_type": type_}]}))

    def test_types_are_filters(self):
        data = vertex("n", "data.Data.")
        for filters, ids in (({"node_type": CALCJOB}, [4, 5]), ({"node_type": {"like": "%Node."}}, [4, 5, 8, 9]),
                             ({"or": [{"node_type": CALCJOB}, {"id": 1}]}, [1]), ({"and": [{"node_type": CALCJOB}]}, [])):
            self.assertEqual(ids, self.ids(of_nodes(path=[data], filters={"n": filters})))
        self.assertEqual([], self.ids(of_nodes(path=[{**data, "subclassing": False}])))
        self.assertEqual([2], self.ids(of_nodes(path=[vertex("n", "data.core.dict.Dict.", subclassing=False)])))
        self.assertEqual([2], self.ids(of_nodes(path=[vertex("n", "group.core", filters={"type_string": "core.import"})])))

    def test_keys_of_vertices(self):
        first = vertex("a", filters={"uuid": JOB})
        outputs = [6, 7]
        for second, ids in (({}, outputs), ({"with_incoming": "a"}, outputs),
                            ({"joining_keyword": "with_incoming", "joining_value": "a"}, outputs),
                            ({"joining_keyword": None, "joining_value": None, "edge_tag": None, "outerjoin": False}, outputs),
                            ({"joining_value": "a"}, outputs), ({"direction": 1}, outputs), ({"direction": -1}, [1, 2, 3, 9]),
                            ({"with_outgoing": "a"}, [1, 2, 3, 9]), ({"filters": {"node_type": {"like": "%Folder%"}}}, [6]),
                            ({"edge_filters": {"label": "kpoints"}}, [7]), ({"orm_base": "whatever"}, outputs)):
            with self.subTest(second=second):
                self.assertEqual(ids, self.ids({"path": [first, {**vertex("n"), **second}], "project": {"n": ["id"]}}))
        third = [vertex("a", filters={"id": 2}), vertex("b", CALCJOB), vertex("n", direction=2)]
        self.assertEqual([4, 9, 9], self.ids({"path": third, "project": {"n": ["id"]}}))
        # What stands at a vertex counts where nothing stands above.
        body = {"path": [first, vertex("n", edge_tag="e", project=["id"], edge_project=["label"])]}
        self.assertEqual({"n": [{"id": 6}, {"id": 7}], "e": [{"label": "retrieved"}, {"label": "kpoints"}]}, self.told(body).data)
        self.assertEqual({"n": [{"label": ""}] * 2, "e": [{"type": "create"}] * 2},
                         self.told({**body, "project": {"n": ["label"], "e": ["type"]}}).data)
        filters = {"path": [vertex("n", filters={"id": {">": 3}, "user_id": 1})], "filters": {"n": {"id": {"<": 3}}},
                   "project": {"n": ["id"]}}
        self.assertEqual([1, 2], self.ids(filters))

    # ---- joins ----

    def test_joins(self):
        for entity, keyword, other, where, ids in (
                ("", "with_incoming", "", {"id": 2}, [4, 9, 9]), ("", "with_outgoing", "", {"id": 4}, [1, 2, 3, 9]),
                ("", "with_ancestors", "", {"id": 2}, [4, 6, 7]), ("", "with_descendants", "", {"id": 7}, [1, 2, 3, 4]),
                ("", "with_group", "group.core", {"label": "best"}, [1, 4]), ("", "with_user", "user", {"id": 2}, [5, 8, 11]),
                ("", "with_computer", "computer", {"label": "alpha"}, [3, 4]), ("group.", "with_node", "", {"id": 4}, [1]),
                ("group.", "with_user", "user", {"id": 2}, [2]), ("computer", "with_node", "", {"id": 5}, [3]),
                ("user", "with_node", "", {"id": 10}, [3]), ("user", "with_group", "group.", {"label": "best"}, [1])):
            body = {"path": [vertex("a", other, filters=where), {"tag": "n", "entity_type": entity, keyword: "a"}],
                    "project": {"n": ["id"]}}
            with self.subTest(entity=entity, keyword=keyword):
                self.assertEqual(ids, sorted(self.ids(body)))
                self.assertEqual(ids, sorted(self.ids({**body, "path": [body["path"][0], {
                    "tag": "n", "entity_type": entity, "joining_keyword": keyword, "joining_value": "a"}]})))

    def test_edges(self):
        for entity, keyword, other, where, names, first in (
                ("", "with_incoming", "", {"id": 4}, "id input_id label output_id type",
                 {"id": 4, "input_id": 4, "label": "retrieved", "output_id": 6, "type": "create"}),
                ("", "with_group", "group.", {"id": 1}, "dbgroup_id dbnode_id id", {"dbgroup_id": 1, "dbnode_id": 1, "id": 1}),
                ("group.", "with_node", "", {"id": 4}, "dbgroup_id dbnode_id id", {"dbgroup_id": 1, "dbnode_id": 4, "id": 2}),
                ("", "with_ancestors", "", {"id": 2}, "ancestor_id depth descendant_id path",
                 {"ancestor_id": 2, "depth": 0, "descendant_id": 4, "path": [2, 4]}),
                ("", "with_descendants", "", {"id": 7}, "ancestor_id depth descendant_id path",
                 {"ancestor_id": 1, "depth": 1, "descendant_id": 7, "path": [7, 4, 1]})):
            with self.subTest(entity=entity, keyword=keyword):
                path = [vertex("a", other, filters=where), {"tag": "n", "entity_type": entity, keyword: "a"}]
                edges = self.told({"path": path, "project": {"a--n": ["**"]}}).data["a--n"]
                self.assertEqual((names.split(), first), (sorted(edges[0]), edges[0]))
                for name in set(names.split()) - {"path"}:  # each may be shown, filtered and ordered by
                    found = self.told({"path": path, "project": {"a--n": [name]}, "filters": {"a--n": {name: first[name]}},
                                       "order_by": {"a--n": {name: "desc"}}}).data["a--n"]
                    self.assertEqual([{name: first[name]}] * sum(edge[name] == first[name] for edge in edges), found)
        for entity, keyword, other in (("user", "with_node", ""), ("computer", "with_node", ""), ("", "with_user", "user")):
            self.wrong({"path": [vertex("a", other), {"tag": "n", "entity_type": entity, keyword: "a"}],
                        "project": {"a--n": ["id"]}},
                       "/project/a--n")

    def test_outer_joins(self):
        def rows(second: dict, **more) -> list:
            data = self.told({"path": [vertex("a", filters={"id": {"in": [1, 3, 6]}}), {"tag": "n", **second}],
                              "project": {"a": ["id"], "n": ["id"]}, **more}).data
            return [(a["id"], n["id"]) for a, n in zip(data.get("a", []), data.get("n", []))]

        computer = {"entity_type": "computer", "outerjoin": True}
        self.assertEqual([(1, None), (3, 2), (6, None)], rows(computer))
        self.assertEqual([(3, 2)], rows({**computer, "outerjoin": False}))
        self.assertEqual([(3, 2)], rows(computer, filters={"n": {"label": "alpha"}}))
        self.assertEqual([(1, None), (6, None)], rows(computer, filters={"n": {"label": None}}))
        self.assertEqual([(1, 4), (3, 4)], rows({"entity_type": "", "outerjoin": True}))  # the type is a filter

    # ---- filters of columns ----

    def test_operators_on_columns(self):
        for filters, ids in (
                ({"id": 4}, [4]), ({"id": "4"}, [4]), ({"id": {"==": 4.0}}, [4]), ({"id": 4.5}, []),
                ({"id": {">": 9.5}}, [10, 11]),
                ({"id": {"<=": 2}}, [1, 2]), ({"id": {"!==": 1, "<": 3}}, [2]), ({"id": {"~>": 2}}, [1, 2]),
                ({"id": {"in": [1, 2.0, None]}}, [1, 2]),
                ({"id": {"!in": [1], "<": 3}}, [2]), ({"id": {"like": "1%"}}, [1, 10, 11]), ({"id": {"ilike": "1_"}}, [10, 11]),
                ({"dbcomputer_id": None}, [1, 2, 6, 7, 8, 9, 10, 11]), ({"dbcomputer_id": {"!==": None}}, [3, 4, 5]),
                ({"dbcomputer_id": {"!==": 2}}, [5]), ({"dbcomputer_id": {"!in": [2]}}, [5]), ({"computer": 2}, [3, 4]),
                ({"user": 3}, [10]),
                ({"pk": 7}, [7]), ({"label": "relax"}, [4]), ({"label": "RELAX"}, []), ({"label": {">": "PW"}}, [4, 5]),
                ({"label": {">=": "pw", "<": "UNREGISTERED"}}, [3, 4]), ({"label": {"like": "p_"}}, [3]),
                ({"label": {"like": "rel"}}, []),
                ({"label": {"ilike": "RE%"}}, [4]), ({"label": {"like": "50\\% \\_odd\\_ \\\\name"}}, [10]),
                ({"label": {"like": "%\\%%"}}, [10]),
                ({"process_type": {"==": ""}}, [2, 5]), ({"process_type": {"!==": ""}}, [4, 8, 9]),
                ({"process_type": None}, [1, 3, 6, 7, 10, 11]),
                ({"uuid": STRUCTURE}, [1]), ({"uuid": {"like": "ab%"}}, [3]), ({"uuid": {"in": [STRUCTURE, JOB]}}, [1, 4]),
                ({"ctime": "2019-03-10"}, [11]), ({"ctime": {">=": "2019-03-09T12:00:00+02:00"}}, [5, 11]),
                ({"ctime": {">": "2019-03-09 10:00:00Z"}}, [11]),
                ({"ctime": {"in": ["2019-03-10", "2019-03-07T09:06"]}}, [2, 11]),
                ({"label": {"or": [{"==": "pw"}, {"==": "relax"}]}}, [3, 4]), ({"id": {"!or": [{"<": 9}, {"==": 10}]}}, [9, 11]),
                ({"or": [{"id": 1}, {"id": 2, "user_id": 2}, {}]}, [1]), ({"~or": [{"id": {">": 1}}]}, [1]),
                ({"!and": [{"id": {">": 1}}]}, [1]),
                ({"and": [{"id": {">": 9}}, {"or": []}]}, [10, 11]), ({"or": []}, ALL), ({"id": {}}, ALL)):
            with self.subTest(filters=filters):
                self.assertEqual(ids, self.ids(of_nodes(filters={"n": filters})))

    def test_paths_into_documents(self):
        for filters, ids in (
                ({"attributes.a.b.0": 10}, [2]), ({"attributes.a.b.-1": 20}, [2]), ({"attributes.a.b.-2": 10}, [2]),
                ({"attributes.a.b.2": 10}, []),
                ({"attributes.array|x.0": 3}, [2]), ({"attributes.cell.1.1": 2}, [1]),
                ({"attributes.a": {"==": {"b": [10, 20]}}}, [2]),
                ({"attributes": {"has_key": "cutoff"}}, [2]), ({"extras": {"==": {}}}, ALL[1:]),
                ({"attributes.nope": {"!==": 1}}, ALL),
                ({"attributes.process_state": {"like": "fin_shed"}}, [4]), ({"attributes.cutoff": {"=>": 30.5, "=<": 30.5}}, [2]),
                ({"repository_metadata": {"of_type": "object"}}, ALL), ({"extras.tags": {"contains": ["a", "b"]}}, [1])):
            with self.subTest(filters=filters):
                self.assertEqual(ids, self.ids(of_nodes(filters={"n": filters})))
        for entity, filters, ids in (("computer", {"metadata.workdir": "/tmp"}, [1]),
                                     ("computer", {"_metadata.workdir": "/tmp"}, [1]),
                                     ("group.", {"extras.colour": "red"}, [1])):
            self.assertEqual(ids, self.ids({**of_nodes(filters={"n": filters}), "path": [{"tag": "n", "entity_type": entity}]}))

    # ---- what is shown ----

    def test_all_columns(self):
        for entity, names in (
                ("", "attributes ctime dbcomputer_id description extras full_type id label mtime node_type process_type "
                     "repository_metadata user_id uuid"),
                ("group.", "description extras id label time type_string user_id uuid"),
                ("computer", "description hostname id label metadata scheduler_type transport_type uuid"),
                ("user", "first_name id institution last_name"), ("link", "id input_id label output_id type")):
            path = [{"tag": "n", "entity_type": entity}]
            for items in ("*", "**", ["*"], [{"*": {}}], [{"**": {}}], None, []):
                with self.subTest(entity=entity, items=items):
                    answer = self.told({"path": path, "limit": 1, "project": {"n": items} if items is not None else {}})
                    self.assertEqual(names.split(), list(answer.data["n"][0]))
            for name in names.split():  # each alone
                if name != "full_type":
                    self.assertIn(name, self.told({"path": path, "limit": 1, "project": {"n": [name]}}).data["n"][0])

    def test_the_answer(self):
        path = [vertex("a", filters={"id": 4}), vertex("b", with_incoming="a")]
        self.assertEqual(["b"], list(self.told({"path": path}).data))
        self.assertEqual(["b"], list(self.told({"path": path, "project": {"a": [], "b": []}}).data))
        self.assertEqual(["a"], list(self.told({"path": path, "project": {"a": ["id"], "b": []}}).data))
        self.assertEqual({"a": [{"id": 4}] * 2, "b": [{"id": 6}, {"id": 7}],
                          "a--b": [{"label": "retrieved"}, {"label": "kpoints"}]},
                         self.told({"path": path, "project": {"a": ["id"], "b": ["id"], "a--b": ["label"]}}).data)
        answer = self.told({**of_nodes(filters={"n": {"id": {"in": [1, 2, 4, 8]}}}), "project": {"n": ["process_type"]}})
        self.assertEqual([{"process_type": None}, {"process_type": ""},
                          {"process_type": "aiida.calculations:demo.scf", "full_type": "|aiida.calculations:demo.scf"},
                          {"process_type": "some.module.double", "full_type": "|some.module.double"}], answer.data["n"])
        shown = {**of_nodes(filters={"n": {"id": 4}}),
                 "project": {"n": ["node_type", "ctime", "uuid", "attributes.state", "attributes.x"]}}
        self.assertEqual([{"node_type": CALCJOB, "full_type": CALCJOB + "|", "ctime": "Thu, 07 Mar 2019 10:00:00 GMT",
                           "uuid": JOB,
                           "attributes.state": "parsing", "attributes.x": None}], self.told(shown).data["n"])

    def test_functions(self):
        for item, value in (({"id": {"func": "max"}}, 11), ({"id": {"func": "min"}}, 1), ({"id": {"func": "count"}}, 11),
                            ({"dbcomputer_id": {"func": "count"}}, 3), ({"dbcomputer_id": {"func": "max"}}, 3),
                            ({"label": {"func": "max"}}, "unregistered"),
                            ({"ctime": {"func": "min"}}, "Thu, 07 Mar 2019 08:00:00 GMT"),
                            ({"attributes.cutoff": {"func": "max", "cast": "f"}}, 30.5),
                            ({"attributes.cutoff": {"func": "count", "cast": "f"}}, 1)):
            with self.subTest(item=item):
                self.assertEqual([{next(iter(item)): value}], self.told(of_nodes(project={"n": [item]})).data["n"])

    def test_orders_without_and_with_names(self):
        body = {"path": [vertex("a", filters={"id": {"in": [2, 4]}}), vertex("b", with_incoming="a")],
                "project": {"a": ["id"], "b": ["id"]}}

        def rows(**more) -> list:
            data = self.told({**body, **more}).data
            return [(a["id"], b["id"]) for a, b in zip(data["a"], data["b"])]

        self.assertEqual([(2, 4), (2, 9), (2, 9), (4, 6), (4, 7)], rows())
        self.assertEqual([(2, 9), (2, 9), (4, 7), (4, 6), (2, 4)], rows(order_by={"b": {"id": "desc"}}))
        self.assertEqual([(4, 6), (4, 7), (2, 4), (2, 9), (2, 9)], rows(order_by=[{"a": {"id": "desc"}}]))
        self.assertEqual([(2, 9), (4, 6)], rows(offset=2, limit=2))
        self.assertEqual(["CALL", "code"], [row["label"] for row in self.told({
            "path": [vertex("a", filters={"id": 4}), vertex("b", with_outgoing="a")], "project": {"a--b": ["label"]}, "limit": 2,
            "order_by": {"a--b": "label"}}).data["a--b"]])


# ---- values in documents ----

STORED = (1, 2.5, 0, -3, "1", "ab", "AB", "", True, False, None, [], [1, "ab"], ["AB", None, 1], {}, {"a": 1},
          {"a": 1, "ab": [1]})
WANTED = {
    **dict.fromkeys(("==",), (1, 2.5, "1", "ab", True, False, None, [], [1, "ab"], {}, {"a": 1})),
    **dict.fromkeys((">", "<", ">=", "<=", "=>", "=<"), (1, 0, "ab", "1", True, False)),
    **dict.fromkeys(("like", "ilike"), ("a%", "_", "%", "AB")),
    "in": ([1, 2.5], ["ab", "1", None], [True], [None], [[1, "ab"], []], [{"a": 1}]),
    "contains": (1, "ab", [1], [], ["ab", 1], {}, {"a": 1}, None), "has_key": ("a", "ab", "1"),
    **dict.fromkeys(("of_length", "longer", "shorter"), (0, 2)),
    "of_type": ("object", "array", "string", "number", "boolean", "null"),
}
CASTS = (  # a value in a document, and what the casts make of it
    (12, dict(f=12.0, i=12, b=None, t="12", j=12, d=None)), (5.7, dict(f=5.7, i=None, t="5.7", b=None)), (0, dict(b=False)),
    (1, dict(b=True)),
    ("12", dict(f=12.0, i=12, b=None, t="12", j=12, d=None)), (" 7 ", dict(f=7.0, i=7)),
    ("12x", dict(f=None, i=None, b=None, t="12x", j=None)),
    ("2.5", dict(f=2.5, i=None, j=2.5)), (True, dict(b=True, f=None, i=None, t="true", j=True)), ("yes", dict(b=True)),
    ("off", dict(b=False)),
    ("[1, 2]", dict(j=[1, 2], t="[1, 2]")), ('{"a": 1}', dict(j={"a": 1})), ([1], dict(t="[1]", j=[1], f=None, b=None, d=None)),
    (None, dict(f=None, i=None, b=None, t=None, j=None, d=None)), ("2024-02-29", dict(d="Thu, 29 Feb 2024 00:00:00 GMT", f=None)),
    ("2024-02-29T01:30:00+02:00", dict(d="Wed, 28 Feb 2024 23:30:00 GMT")), ("2024-02-30", dict(d=None)), ("soon", dict(d=None)))


class Documents(Posted):
    """Node 100 + n has STORED[n] at attributes.x, node 200 + n has the value of CASTS[n]; node 1 has nothing there."""

    def test_operators(self):
        ids = [1, *range(100, 100 + len(STORED))]
        for operator, many in WANTED.items():
            for wanted, sign in itertools.product(many, ("", "!", "~")):
                # Unknown: neither it nor its negation finds the node.
                said = {pk: on_document(value, operator, wanted) for pk, value in zip(ids, (ABSENT, *STORED))}
                wanted_ids = [pk for pk in ids if said[pk] is (not sign)]
                with self.subTest(operator=sign + operator, wanted=wanted):
                    answer = self.told(of_nodes(filters={"n": {"id": {"in": ids}, "attributes.x": {sign + operator: wanted}}}))
                    self.assertEqual(wanted_ids, [row["id"] for row in answer.data.get("n", [])])

    def test_casts(self):
        for pk, (value, casts) in enumerate(CASTS, 200):
            for letter, wanted in casts.items():
                with self.subTest(value=value, cast=letter):
                    body = of_nodes(filters={"n": {"id": pk}}, project={"n": [{"attributes.x": {"cast": letter}}]})
                    found = self.told(body).data["n"][0]["attributes.x"]
                    if letter == "t" and isinstance(value, list):
                        found, wanted = json.loads(found), value
                    self.assertEqual((wanted, type(wanted)), (found, type(found)))

    def test_a_cast_never_fails(self):
        for letter in "fibtjd":
            self.assertEqual(str(len(CASTS)), self.told(of_nodes(
                filters={"n": {"id": {">=": 200}}}, project={"n": [{"attributes.x": {"cast": letter}}]})).total)

    def test_two_ways_are_two_rows(self):
        """From node 1 to 2 directly, and over 3 and 4; what returns or calls is no way."""
        body = {"path": [vertex("a", filters={"id": 1}), vertex("n", with_ancestors="a", filters={"id": 2})],
                "project": {"a--n": ["path", "depth"]}, "order_by": {"a--n": "depth"}}
        self.assertEqual([{"path": [1, 2], "depth": 0}, {"path": [1, 3, 4, 2], "depth": 2}], self.told(body).data["a--n"])
        self.assertEqual([2],
                         [row["depth"] for row in self.told({**body, "filters": {"a--n": {"depth": {">": 0}}}}).data["a--n"]])


# ---- mistakes ----

USER = {"tag": "u", "entity_type": "user"}
MISTAKES = (  # what is posted, words of the message
    ([], "object"), (5, "object"), ({}, "path"), ({"path": []}, "/path"), ({"path": {}}, "/path"), ({"path": ["n"]}, "/path/0"),
    ({"path": [{"entity_type": ""}]}, "/path/0", "tag"), ({"path": [vertex("a--b")]}, "/path/0/tag", "--"),
    ({"path": [vertex("n"), vertex("n")]}, "/path/1/tag"), ({"path": [vertex("n", nope=1)]}, "/path/0/nope"),
    *(({"path": [vertex("n", type_)]}, "/path/0/entity_type", f"The type string {type_} is invalid")
      for type_ in ("x", "comment", "log", "authinfo", "data.", "node", "data.core")),
    ({"path": [vertex("n", ["", "user"])]}, "/path/0/entity_type"), ({"path": [vertex("n", 5)]}, "/path/0/entity_type"),
    (of_nodes(nope=1), "/nope"), (of_nodes(filter={}), "/filter", '"filters"'), (of_nodes(project=["id"]), "/project"),
    *(({"path": [vertex("a", first), {"tag": "n", "entity_type": second, keyword: "a"}]}, keyword, other)
      for first, second, keyword, other in (
          ("", "", "with_group", "with_incoming"), ("user", "", "with_node", "with_user"),
          ("", "group.", "with_user", "with_node"),
          ("user", "computer", "with_user", "with_node"), ("", "", "with_comment", "with_"), ("", "", "with_log", "with_"),
          ("", "user", "with_authinfo", "with_node"),
          ("", "user", "with_comment", "with_node"))),
    ({"path": [vertex("n", with_incoming="n")]}, "/path/0"),
    ({"path": [vertex("a"), vertex("n", with_incoming="x")]}, "/path/1", "x"),
    ({"path": [vertex("a"), vertex("n", with_incoming="b"), vertex("b")]}, "/path/1", "b"),
    (of_nodes(filters={"x": {}}), "/filters/x"), (of_nodes(filters={"n": 5}), "/filters/n"),
    (of_nodes(filters={"n": {"not": []}}), "not"),
    (of_nodes(filters={"n": {"labl": 1}}), "/filters/n/labl", "label"),
    (of_nodes(filters={"n": {"label.x": 1}}), "/filters/n/label.x"),
    (of_nodes(filters={"n": {"node_type": 5}}), "/filters/n/node_type"), (of_nodes(filters={"n": {"id": True}}), "/filters/n/id"),
    (of_nodes(filters={"n": {"ctime": "soon"}}), "/filters/n/ctime", "ISO 8601"),
    (of_nodes(filters={"n": {"id": "x"}}), "/filters/n/id"),
    (of_nodes(filters={"n": {"id": {"in": []}}}), "/filters/n/id/in"),
    (of_nodes(filters={"n": {"id": {"in": [1, "2"]}}}), "/filters/n/id/in/1"),
    (of_nodes(filters={"n": {"id": {"has_key": "x"}}}), "has_key"), (of_nodes(filters={"n": {"label": {"like": 5}}}), "like"),
    (of_nodes(filters={"n": {"attributes.x": {"of_type": "list"}}}), "of_type", "object"),
    (of_nodes(filters={"n": {"attributes.x": {">": [1]}}}), "/filters/n/attributes.x/>"),
    (of_nodes(filters={"n": {"or": {}}}), "/filters/n/or"),
    *((of_nodes(project={"n": items}), "/project/n") for items in (
        ["id", "id"], ["**", "id"], ["nope"], [{"id": {"x": 1}}], [{"*": {"func": "max"}}], [{"id": {"func": "sum"}}], [5],
        ["id", {"label": {"func": "max"}}], [{"attributes.x": {"cast": "x"}}])),
    (of_nodes(project={"x": ["id"]}), "/project/x"), (of_nodes(order_by={"n": "attributes.x"}), "/order_by/n", "cast"),
    (of_nodes(order_by={"n": {"id": "down"}}), "down"), (of_nodes(order_by={"x": "id"}), "x"), (of_nodes(limit=-1), "/limit"),
    (of_nodes(limit="5"), "/limit"), (of_nodes(offset=True), "/offset"), (of_nodes(limit=1.5), "/limit"),
    ({"path": [USER], "project": {"u": ["email"]}}, "/project/u", "private"),
    ({"path": [USER], "filters": {"u": {"email": "a"}}}, "private"),
    ({"path": [USER], "order_by": {"u": "email"}}, "private"),
)


class Mistakes(Posted):
    def test_each(self):
        for body, *words in MISTAKES:
            with self.subTest(body=body):
                self.wrong(body, *words)
                self.assertEqual(["message"], list(self.post(body).json))

    def test_no_json(self):
        for body in (b"", b"{", b"nonsense", b'{"path": [}', b'{"path": NaN}', b"\xff", b"[" * 70 + b"]" * 70):
            with self.subTest(body=body[:20]):
                self.wrong(body)

    def test_a_large_body(self):
        self.assertEqual(413, self.post(b" " * (2 << 20)).status)


class Addresses(Posted):
    def test_they_are_served_where_they_are_allowed(self):
        addresses = ["ada@example.org", "noether@example.org", "nobody@example.org"]
        self.assertEqual([{"email": address} for address in addresses],
                         self.told({"path": [USER], "project": {"u": ["email"]}}).data["u"])
        self.assertEqual([2], [row["id"] for row in self.told({"path": [USER], "project": {"u": ["id"]}, "filters": {
            "u": {"email": {"like": "noe%"}}}, "order_by": {"u": "email"}}).data["u"]])
        self.assertNotIn("email", self.told({"path": [USER], "project": {"u": ["**"]}}).data["u"][0])


DICT = "data.core.dict.Dict."
ROWS = (NO_NODES + node(1, DICT) + node(2, DICT) + node(3, CALCJOB) + node(4, DICT) +
        link(1, 1, 2, "a", "create") + link(2, 1, 3, "b", "input_calc") + link(3, 3, 4, "c", "create") +
        link(4, 4, 2, "d", "create") + link(5, 3, 2, "e", "return") + link(6, 3, 1, "f", "call_calc") +
        "".join(node(pk, DICT, attributes={"x": value}) for pk, value in (
            *enumerate(STORED, 100), *enumerate((value for value, _ in CASTS), 200))))


class OnAnSqliteFile(OnSqlite, Queries):
    pass


class InPostgreSql(OnPostgreSql, Queries):
    pass


class DocumentsOnAnSqliteFile(OnSqlite, Documents):
    rows = ROWS


class DocumentsInPostgreSql(OnPostgreSql, Documents):
    rows = ROWS


class MistakesOnAnSqliteFile(OnSqlite, Mistakes):
    pass


class MistakesInPostgreSql(OnPostgreSql, Mistakes):
    pass


class AddressesOnAnSqliteFile(OnSqlite, Addresses):
    options = ("--private-filters",)


class AddressesInPostgreSql(OnPostgreSql, Addresses):
    options = ("--private-filters",)


del Queries, Documents, Mistakes, Addresses, Posted


if __name__ == "__main__":
    unittest.main()
