# SPDX-License-Identifier: MIT
"""A person's way through the pages, in Chromium (tests/clients/pages_test.js), on the demonstration data in each kind of store.
Screenshots of each step are in the build folder: pages/…"""

import json
import os
import shutil
import subprocess
import unittest
from pathlib import Path

from demo_stores import DemoArchive, DemoPostgreSqlProfile, DemoSqliteProfile
from served import ROOT, is_sanitized

BUILD = Path(os.environ["RESTAPI_BUILD_DIR"])
CLASSES = {"structure": "StructureData", "bands": "BandsData", "upf": "UpfData", "kpoints": "KpointsData",
           "arrays": "TrajectoryData", "cif": "CifData", "file": "FolderData", "process": "WorkChainNode"}


def nodes_of(server) -> dict:
    """A uuid for each of CLASSES that there is, and a part of a label."""
    found = {"label": "silicon", "isLarge": True}
    for name, class_name in CLASSES.items():
        nodes = server.get(f'/api/v2/nodes?type=like="%25.{class_name}."&orderby=id&limit=1').json()["data"]["nodes"]
        if nodes:
            found[name] = nodes[0]["uuid"]
    # Gallium and arsenic: both have a colour that is no grey.
    compounds = server.get('/api/v2/structures?label="gallium%20arsenide"&limit=1').json()["data"]["structures"]
    if compounds:
        found["compound"] = compounds[0]["uuid"]
    return found


@unittest.skipIf(is_sanitized(), "the pages are the same; Chromium would wait long for them")
class Walk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([ROOT / "tools/install_clients"], check=True)

    def walk(self, kind, **others):
        demo = kind()
        self.addCleanup(demo.stop)
        server = self.enterContext(demo.serve())
        shots = BUILD / "pages" / kind.__name__
        shutil.rmtree(shots, ignore_errors=True)
        ran = subprocess.run(["node", "--test", ROOT / "tests/clients/pages_test.js"], capture_output=True, text=True, timeout=500,
                             env=os.environ | others | {"SERVER": f"http://localhost:{server.port}", "NODES": json.dumps(nodes_of(server)),
                                               "SCREENSHOTS": str(shots), "NODE_PATH": str(ROOT / "build/clients/node_modules")})
        self.assertEqual(0, ran.returncode, ran.stdout + ran.stderr)

    def test_archive(self):
        self.walk(DemoArchive)

    def test_sqlite_profile(self):
        self.walk(DemoSqliteProfile, SHORT="1")

    def test_postgresql_profile(self):
        self.walk(DemoPostgreSqlProfile, SHORT="1")


if __name__ == "__main__":
    unittest.main()
