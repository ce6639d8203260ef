# SPDX-License-Identifier: MIT
"""A session of an explorer at /api/v4: Chromium asks from a page of another origin (explorer.js), of each kind of store; what
the page has read is compared with the rows and files that the store was made of."""

import hashlib
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from browser_test import CHROMIUM, Pages
from demo_stores import DemoArchive, DemoPostgreSqlProfile, DemoSqliteProfile
from served import wait_for

TYPES = ("data.core.structure.StructureData.", "data.core.array.bands.BandsData.", "data.core.array.kpoints.KpointsData.",
         "data.core.cif.CifData.", "data.core.upf.UpfData.", "data.core.dict.Dict.", "data.core.folder.FolderData.",
         "process.calculation.calcjob.CalcJobNode.", "process.workflow.workchain.WorkChainNode.")

# Behind these an answer says what was made, with status 501 where it was not.
NOT_MADE = {"mpl_pdf", "mpl_png"}


def files_below(tree: dict, folder: str = "") -> dict:
    """Path → hash, from the column repository_metadata."""
    found = {}
    for name, entry in (tree.get("o") or {}).items():
        path = folder + name
        found |= {path: entry["k"]} if "k" in entry else files_below(entry, path + "/")
    return found


class Session:
    store: type

    @classmethod
    def setUpClass(cls):
        cls.demo = cls.store()
        cls.addClassCleanup(cls.demo.stop)
        pages = Pages("")
        cls.addClassCleanup(pages.stop)
        server = cls.demo.serve("--cors-origin", f"http://127.0.0.1:{pages.port}")
        cls.addClassCleanup(server.stop)
        script = (Path(__file__).parent / "explorer.js").read_text()
        pages.text = (f"<!DOCTYPE html><title>explorer</title><script>const SERVER = 'http://localhost:{server.port}';"
                      f"const TYPES = {json.dumps(TYPES)};\n{script}</script>")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            browser = subprocess.Popen([*CHROMIUM, f"--user-data-dir={profile}", "--remote-debugging-port=0",
                                        f"http://127.0.0.1:{pages.port}/"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                wait_for(lambda: pages.said, "the end of the session")
            finally:
                browser.terminate()
                browser.wait()
        said = json.loads(pages.said[0])
        if "error" in said:
            raise AssertionError(said["error"])
        cls.seen = said["seen"]

    def rows(self, statement: str, *values) -> list:
        return self.demo.database.execute(statement, values).fetchall()

    def test_the_start(self):
        start = self.seen["start"]
        for name, read in start.items():
            self.assertEqual(200, read["status"], name)
        (total,), = self.rows("SELECT count(*) FROM db_dbnode")
        self.assertEqual(total, start["types"]["data"]["counter"])
        self.assertEqual(["Data", "Process"], [one["label"] for one in start["types"]["data"]["subspaces"]])
        statistics = start["statistics"]["data"]
        self.assertEqual({"total", "types", "ctime_by_day"}, set(statistics))
        self.assertEqual(dict(self.rows("SELECT node_type, count(*) FROM db_dbnode GROUP BY 1")), statistics["types"])
        users = start["users"]["data"]["users"]
        self.assertEqual(self.rows("SELECT id, first_name, last_name, institution FROM db_dbuser ORDER BY id"),
                         [tuple(user[key] for key in ("id", "first_name", "last_name", "institution")) for user in users])
        for name in ("groups", "computers"):
            (count,), = self.rows(f"SELECT count(*) FROM db_db{name[:-1]}")
            self.assertEqual((count, str(count)), (len(start[name]["data"][name]), start[name]["total"]))

    def test_pages(self):
        wanted = self.rows("SELECT id, attributes FROM db_dbnode WHERE node_type LIKE 'process.%' ORDER BY ctime DESC, id")
        self.assertEqual(str(len(wanted)), self.seen["pages"]["total"])
        self.assertEqual([pk for pk, _ in wanted], [row["id"] for row in self.seen["pages"]["rows"]])
        for (_, attributes), row in zip(wanted, self.seen["pages"]["rows"]):
            stored = json.loads(attributes)
            self.assertEqual({name: stored.get(name) for name in ("process_label", "process_state", "exit_status", "process_status")},
                             row["attributes"])

    def test_tables(self):
        wanted = self.rows("SELECT id, uuid, label FROM db_dbnode WHERE node_type LIKE 'data.core.structure.%' ORDER BY id DESC")
        read = self.seen["table"]
        self.assertEqual((200, str(len(wanted))), (read["status"], read["total"]))
        self.assertEqual(wanted, [(row["id"], row["uuid"], row["label"]) for row in read["data"]["nodes"]])
        self.assertEqual("data.core.structure.StructureData.|", read["data"]["nodes"][0]["full_type"])
        wanted = self.rows("SELECT n.id FROM db_dbnode n JOIN db_dbgroup_dbnodes m ON m.dbnode_id = n.id "
                           "WHERE m.dbgroup_id = 1 ORDER BY n.id DESC")
        self.assertEqual(wanted, [(row["id"],) for row in self.seen["of_group"]["data"]["nodes"]])

    def test_nodes(self):
        self.assertEqual(set(TYPES), set(self.seen["nodes"]))
        for kind, seen in self.seen["nodes"].items():
            with self.subTest(kind):
                pk = seen["row"]["id"]
                (uuid, attributes, extras, tree), = self.rows(
                    "SELECT uuid, attributes, extras, repository_metadata FROM db_dbnode WHERE id = ?", pk)
                self.assertEqual((uuid, json.loads(attributes)), (seen["row"]["uuid"], seen["row"]["attributes"]))
                self.assertEqual((json.loads(attributes), json.loads(extras)),
                                 (seen["attributes"]["data"]["attributes"], seen["extras"]["data"]["extras"]))
                self.assertEqual(files_below(json.loads(tree)), {file["path"]: file["hash"] for file in seen["files"]})
                for file in seen["files"]:
                    self.assertEqual(file["hash"], hashlib.sha256(self.demo.files[file["hash"]]).hexdigest())
                self.check_links(pk, seen)
                self.assertTrue(seen["there_and_back"] or seen["outgoing"]["data"]["outgoing"])
                for format_, read in seen["downloads"].items():
                    self.assertEqual(501 if format_ in NOT_MADE else 200, read["status"], format_)

        for kind in ("array.bands.BandsData.", "cif.CifData.", "upf.UpfData.", "folder.FolderData."):
            self.assertTrue(self.seen["nodes"]["data.core." + kind]["files"], kind)

    def check_links(self, pk: int, seen: dict):
        for name, own, other in (("incoming", "output_id", "input_id"), ("outgoing", "input_id", "output_id")):
            wanted = self.rows(f"SELECT n.uuid, l.label, l.type FROM db_dblink l JOIN db_dbnode n ON n.id = l.{other} "
                               f"WHERE l.{own} = ? ORDER BY n.id, l.id", pk)
            self.assertEqual(wanted[:400], [(row["uuid"], row["link_label"], row["link_type"]) for row in seen[name]["data"][name]])
            self.assertEqual(str(len(wanted)), seen[name]["total"])
            self.assertEqual(len(wanted), seen["tree"]["data"]["metadata"][0][f"total_no_of_{name}s"])
        self.assertTrue(all(seen["there_and_back"]))

    def test_what_is_drawn(self):
        nodes = self.seen["nodes"]
        structure = nodes["data.core.structure.StructureData."]["derived"]["data"]["derived_properties"]
        self.assertTrue(structure["formula"])
        self.assertEqual((3, "volume"), (structure["dimensionality"]["dim"], structure["dimensionality"]["label"]))
        bands = nodes["data.core.array.bands.BandsData."]["derived"]["data"]["derived_properties"]["bands"]
        self.assertEqual(len(bands["path"]), len(bands["paths"]))
        for part in bands["paths"]:
            for band in part["values"]:
                self.assertEqual(len(part["x"]), len(band))
        kpoints = nodes["data.core.array.kpoints.KpointsData."]["derived"]["data"]["derived_properties"]
        self.assertTrue(kpoints["explicit_kpoints_rel"])
        if kpoints["has_cell"]:
            self.assertEqual({"faces", "triangles", "triangles_vertices"}, set(kpoints["faces_data"]))
        cif = nodes["data.core.cif.CifData."]["downloads"]["cif"]["data"]["download"]
        self.assertIn("_cell_length_a", cif["data"])
        upf = json.loads(nodes["data.core.upf.UpfData."]["downloads"]["json"]["data"]["download"]["data"])
        self.assertTrue(upf["pseudo_potential"]["header"]["element"])

    def test_processes(self):
        job = self.seen["nodes"]["process.calculation.calcjob.CalcJobNode."]
        self.assertIsInstance(job["input_files"]["data"], list)
        self.assertTrue(job["input_files"]["data"])
        self.assertTrue(job["output_files"]["data"])
        self.assertTrue(job["computer"]["label"])
        for kind in ("process.calculation.calcjob.CalcJobNode.", "process.workflow.workchain.WorkChainNode."):
            seen = self.seen["nodes"][kind]
            wanted = self.rows("SELECT message FROM db_dblog WHERE dbnode_id = ? ORDER BY id", seen["row"]["id"])
            self.assertEqual(wanted, [(log["message"],) for log in seen["report"]["data"]["logs"]])


class OfAnArchive(Session, unittest.TestCase):
    store = DemoArchive


class OfAnSqliteProfile(Session, unittest.TestCase):
    store = DemoSqliteProfile


class OfAPostgreSqlProfile(Session, unittest.TestCase):
    store = DemoPostgreSqlProfile


if __name__ == "__main__":
    unittest.main()
