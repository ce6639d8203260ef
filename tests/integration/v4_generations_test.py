# SPDX-License-Identifier: MIT
"""/api/v4 on databases of AiiDA 0.x and 1.x: the same answers, from what those keep."""

import json
import unittest

from v4_case import DICT, JOB, STRUCTURE, OnPostgreSql, OnSqlite, Posted, vertex

KEYS = {"nodes": "ctime full_type id label mtime node_type process_type user_id uuid",
        "computers": "description hostname id label metadata scheduler_type transport_type uuid",
        "groups": "description extras id label time type_string user_id uuid", "users": "first_name id institution last_name"}
PW = "calculation.job.quantumespresso.pw.PwCalculation."
CALCULATION, WORK, INLINE = "de83b1c4-9e5f-4c71-8f4b-5d2a90c7e613", "56", "85"
COMMENT = ("INSERT INTO db_dbcomment (id, uuid, dbnode_id, ctime, mtime, user_id, content) VALUES (1, "
           "'30000000-0000-4000-8000-000000000001', 6, '2016-03-08 09:00:00', '2016-03-08 09:30:00', 2, 'looks good');")


CUBE = {"cell": [[2, 0, 0], [0, 2, 0], [0, 0, 2]], "pbc1": True, "pbc2": True, "pbc3": True, "sites": [
    {"kind_name": "Ba", "position": [0, 0, 0]}], "kinds": [{"name": "Ba", "symbols": ["Ba"], "weights": [1], "mass": 137}]}
ROWS = f"{COMMENT} UPDATE db_dbnode SET attributes = '{json.dumps(CUBE)}' WHERE id = 92;"


class Old(Posted):
    def test_columns_are_todays(self):
        for resource, keys in KEYS.items():
            for row in self.good(f"/{resource}").rows(resource):
                self.assertEqual(keys.split(), list(row))

    def test_trees_of_types_count_what_is_found(self):
        def check(space: dict):
            below = space["subspaces"]
            if below:
                self.assertEqual(space["counter"], sum(inside["counter"] for inside in below))
            if space["full_type"] and space["path"] != "node":
                with self.subTest(full_type=space["full_type"]):
                    self.assertEqual(str(space["counter"]), self.good("/nodes", f'full_type="{space["full_type"]}"').total)
            for inside in below:
                check(inside)

        root = self.good("/nodes/full_types_count").data
        self.assertEqual(self.good("/nodes").total, str(root["counter"]))
        check(root)

    def test_everything_of_a_query_in_json(self):
        for kind, resource in (("", "nodes"), ("group.core", "groups"), ("computer", "computers"), ("user", "users")):
            answer = self.told({"path": [vertex("x", kind)], "project": {"x": ["**"]}})
            self.assertEqual(self.good(f"/{resource}").total, answer.total)
            shown = set(answer.data["x"][0])
            self.assertLessEqual(set(KEYS[resource].split()) - {"full_type"}, shown)


class OfAiida0(Old):
    def test_nodes(self):
        node = self.good(f"/nodes/{CALCULATION}").rows()[0]
        self.assertEqual((PW, None, PW + "|", "pw relax"),
                         (node["node_type"], node["process_type"], node["full_type"], node["label"]))
        self.assertEqual([6, 92, 579], sorted(self.good("/nodes", 'id=in=6,92,579&orderby=-node_type').ids()))
        self.assertEqual(4, len(self.good("/nodes", f'full_type="{PW}|"').ids()))
        self.assertEqual(4, len(self.good("/nodes", f'node_type="{PW}"').ids()))
        for query in ('process_type=""', "process_type!=x", 'process_type=like="%"'):
            self.assertEqual([], self.good("/nodes", query).ids())

    def test_documents(self):
        shown = self.good(f"/nodes/{CALCULATION}", "attributes=true&attributes_filter=withmpi,nope&extras=true").rows()[0]
        self.assertEqual(({"withmpi": True, "nope": None}, {"project": "perovskites"}), (shown["attributes"], shown["extras"]))
        self.assertEqual({"attributes": {"withmpi": True}},
                         self.good(f"/nodes/{CALCULATION}/contents/attributes", "attributes_filter=withmpi").data)

    def test_computers_and_groups(self):
        computer, = self.good("/computers", 'label="Alpha"').rows("computers")
        self.assertEqual((3, "slurm", "ssh", {"workdir": "/scratch/{username}/aiida", "mpirun_command": ["srun"]}),
                         tuple(computer[key] for key in ("id", "scheduler_type", "transport_type", "metadata")))
        self.assertEqual([3], self.good("/computers", 'name="Alpha"').ids("computers"))
        group, = self.good("/groups", 'type_string="autogroup.run"').rows("groups")
        self.assertEqual((7, "aiida", "Mon, 01 Feb 2016 09:00:02 GMT"), (group["id"], group["label"], group["time"]))
        self.assertEqual([5, 7], self.good("/groups", 'name="aiida"').ids("groups"))

    def test_links_as_they_are_stored(self):
        self.assertEqual([(9215, "kpoints", "inputlink"), (10605, "parent_calc_folder", "inputlink"),
                          (20001, "structure", "inputlink")],
                         [(row["id"], row["link_label"], row["link_type"])
                          for row in self.good(f"/nodes/{CALCULATION}/links/incoming").rows("incoming")])
        self.assertEqual({"createlink"},
                         {row["link_type"] for row in self.good(f"/nodes/{CALCULATION}/links/outgoing").rows("outgoing")})
        tree, = self.good(f"/nodes/{CALCULATION}/links/tree").data["nodes"]
        self.assertEqual(({"inputlink"}, {"createlink"}),
                         tuple({row["link_type"] for row in tree[name]} for name in ("incoming", "outgoing")))

    def test_ancestry_follows_createlink_and_inputlink(self):
        def found(pk: int, keyword: str) -> list:
            body = {"path": [vertex("a", filters={"id": pk}), vertex("b", **{keyword: "a"})], "project": {"b": ["id"]}}
            return [row["id"] for row in self.told(body).data.get("b", [])]

        # 92 is the structure of 579, of the work 56 that has called it, and of an inline calculation.
        self.assertEqual([56, 78, 579, 386912, 386913, 386914], sorted(found(92, "with_ancestors")))
        self.assertEqual([56, 92], sorted(found(78, "with_descendants")))  # returnlink is no way
        self.assertNotIn(56, found(579, "with_descendants"))

    def test_which_are_processes_and_jobs(self):
        for pk in ("6", "640", WORK, INLINE):
            self.assertEqual({"logs": []}, self.good(f"/processes/{pk}/report").data)
        for pk in ("6", "640"):
            for name in ("input_files", "output_files"):
                self.assertEqual([], self.good(f"/calcjobs/{pk}/{name}").data)
        for pk in (WORK, INLINE, "92"):
            self.refused(404, f"node {pk} is not of the required type CalcJobNode", f"/calcjobs/{pk}/input_files")
        self.refused(404, "node 92 is not of the required type ProcessNode", "/processes/92/report")
        self.refused(501, "This endpoint is not available for Process nodes.", f"/nodes/{CALCULATION}/download",
                     "download_format=xsf")

    def test_comments(self):
        self.assertEqual({"comments": [{"created_time": "Tue, 08 Mar 2016 09:00:00 GMT", "message": "looks good",
                                        "modified_time": "Tue, 08 Mar 2016 09:30:00 GMT", "user": "Gengis Khan"}]},
                         self.good(f"/nodes/{CALCULATION}/contents/comments").data)

    def test_there_are_no_files(self):
        self.assertEqual({"repo_list": []}, self.good(f"/nodes/{CALCULATION}/repo/list").data)
        self.refused(404, "No such file is present", f"/nodes/{CALCULATION}/repo/contents", "filename=a")

    def test_structures_are_structures(self):
        answer = self.good("/nodes/download_formats")
        self.assertIn("data.structure.StructureData.|", answer.data)
        path = f"/nodes/{self.good('/nodes', 'id=92').rows()[0]['uuid']}"
        self.assertEqual({"dimensionality": {"dim": 3, "label": "volume", "value": 8}, "formula": "Ba"},
                         self.good(path + "/contents/derived_properties").data["derived_properties"])
        self.assertTrue(self.good(path + "/download", "download_format=xsf").body.startswith(b"CRYSTAL\n"))


# What AiiDA 1.x had otherwise than 2.x, with the rows of the latter.
AIIDA_1 = ("ALTER TABLE db_dbcomputer RENAME COLUMN label TO name; ALTER TABLE db_dbnode DROP COLUMN repository_metadata;"
           "UPDATE db_dbnode SET node_type = replace(node_type, 'data.core.', 'data.');"
           "UPDATE db_dbcomputer SET scheduler_type = replace(scheduler_type, 'core.', ''), "
           "transport_type = replace(transport_type, 'core.', '');")


class OfAiida1(Old):
    def test_computers(self):
        for query in ("label=alpha", "name=alpha", 'name="alpha"&scheduler_type="slurm"'):
            row, = self.good("/computers", query).rows("computers")
            self.assertEqual(("alpha", "slurm", "ssh"), (row["label"], row["scheduler_type"], row["transport_type"]))
        self.assertEqual([2, 3, 5, 4, 1], self.good("/computers", "orderby=name").ids("computers"))

    def test_types_as_they_are_stored(self):
        self.assertEqual("data.dict.Dict.|", self.good(f"/nodes/{DICT}").rows()[0]["full_type"])
        self.assertEqual([2], self.good("/nodes", 'full_type="data.dict.Dict.|"').ids())
        self.assertEqual(["chemdoodle", "cif", "xsf", "xyz"],
                         self.good("/nodes/download_formats").data["data.structure.StructureData.|"])
        self.assertEqual("Ba", self.good(f"/nodes/{STRUCTURE}/contents/derived_properties").data["derived_properties"]["formula"])
        self.assertTrue(self.good(f"/nodes/{STRUCTURE}/download", "download_format=xyz").body.startswith(b"1\n"))

    def test_there_are_no_files(self):
        self.assertEqual({"repo_list": []}, self.good(f"/nodes/{JOB}/repo/list").data)
        self.assertEqual([], self.good(f"/calcjobs/{JOB}/input_files").data)
        self.refused(404, "No such file is present", f"/nodes/{JOB}/repo/contents", "filename=a")


class OfAiida0OnSqlite(OnSqlite, OfAiida0):
    fixture, rows = "document", ROWS


class OfAiida0InPostgreSql(OnPostgreSql, OfAiida0):
    fixture, rows = "document", ROWS


class OfAiida1OnSqlite(OnSqlite, OfAiida1):
    rows = AIIDA_1


class OfAiida1InPostgreSql(OnPostgreSql, OfAiida1):
    rows = AIIDA_1


del Old, OfAiida0, OfAiida1, Posted


if __name__ == "__main__":
    unittest.main()
