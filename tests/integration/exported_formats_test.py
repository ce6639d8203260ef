#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is downloaded from nodes, read by the programs that others read it with: CIF by gemmi, arrays by numpy."""

import io
import json
import unittest
import urllib.parse

import gemmi
import numpy

from demo_stores import DemoArchive


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = DemoArchive()
        cls.addClassCleanup(cls.demo.stop)
        cls.server = cls.demo.serve()
        cls.addClassCleanup(cls.server.stop)

    def nodes(self, type_: str) -> list:
        """uuid and attributes of all nodes of the class."""
        rows = self.demo.database.execute("SELECT uuid, attributes FROM db_dbnode WHERE node_type = ?", (type_,)).fetchall()
        self.assertTrue(rows)
        return [(uuid, json.loads(attributes)) for uuid, attributes in rows]

    def body(self, uuid: str, below: str) -> bytes:
        answer = self.server.get(f"/api/v4/nodes/{uuid}/{below}")
        self.assertEqual(200, answer.status, answer.body[:300])
        return answer.body

    def test_structures_as_cif(self):
        for uuid, attributes in self.nodes("data.core.structure.StructureData."):
            with self.subTest(uuid=uuid):
                document = gemmi.cif.read_string(self.body(uuid, "download?download_format=cif").decode())
                read = gemmi.make_small_structure_from_block(document.sole_block())
                cell = numpy.array(attributes["cell"])
                self.assertAlmostEqual(abs(numpy.linalg.det(cell)), read.cell.volume, 6)
                numpy.testing.assert_allclose(numpy.linalg.norm(cell, axis=1), (read.cell.a, read.cell.b, read.cell.c))
                symbols = {kind["name"]: kind["symbols"][0] for kind in attributes["kinds"]}
                self.assertEqual([symbols[site["kind_name"]] for site in attributes["sites"]],
                                 [site.element.name for site in read.sites])
                wanted = numpy.array([site["position"] for site in attributes["sites"]]) @ numpy.linalg.inv(cell)
                difference = wanted - numpy.array([site.fract.tolist() for site in read.sites])
                numpy.testing.assert_allclose(difference, numpy.round(difference), atol=1e-6)  # by whole cells at most

    def test_arrays_as_json(self):
        for uuid, attributes in self.nodes("data.core.array.trajectory.TrajectoryData."):
            told = json.loads(self.body(uuid, "download?download_format=json"))
            names = [key.removeprefix("array|") for key in attributes if key.startswith("array|")]
            self.assertTrue(names)
            for name in names:
                with self.subTest(uuid=uuid, array=name):
                    path = urllib.parse.quote(f'"{name}.npy"')
                    stored = numpy.load(io.BytesIO(self.body(uuid, f"repo/contents?filename={path}")))
                    self.assertEqual(attributes[f"array|{name}"], list(stored.shape))
                    if name in told:
                        numpy.testing.assert_array_equal(stored, numpy.array(told[name]))
            self.assertIn("positions", told)
            self.assertIn("cells", told)


if __name__ == "__main__":
    unittest.main()
