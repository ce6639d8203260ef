# SPDX-License-Identifier: MIT
"""Pages that say what is new, in Chromium (tests/clients/live_page_test.js), while somebody writes to an SQLite profile."""

import os
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from served import ROOT, Server, is_sanitized, make_database

NEW_NODE = """
import sqlite3, sys, uuid
with sqlite3.connect(sys.argv[1], timeout=30) as database:
    columns = ", ".join(row[1] for row in database.execute("PRAGMA table_info(db_dbnode)") if row[1] not in ("id", "uuid"))
    database.execute(f"INSERT INTO db_dbnode (uuid, {columns}) SELECT ?, {columns} FROM db_dbnode ORDER BY id LIMIT 1", (str(uuid.uuid4()),))
"""


@unittest.skipIf(is_sanitized(), "Chromium would wait long for it; the feed has tests of its own")
class LivePage(unittest.TestCase):
    def test_new_nodes(self):
        subprocess.run([ROOT / "tools/install_clients"], check=True)
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        path = make_database(folder / "database.sqlite")
        server = self.enterContext(Server(path))
        script = folder / "new_node.py"
        script.write_text(NEW_NODE)
        ran = subprocess.run(["node", "--test", ROOT / "tests/clients/live_page_test.js"], capture_output=True, text=True, timeout=300,
                             env=os.environ | {"SERVER": f"http://localhost:{server.port}",
                                               "CHANGE": shlex.join([sys.executable, str(script), str(path)]),
                                               "NODE_PATH": str(ROOT / "build/clients/node_modules")})
        self.assertEqual(0, ran.returncode, ran.stdout + ran.stderr)


if __name__ == "__main__":
    unittest.main()
