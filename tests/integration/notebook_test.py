# SPDX-License-Identifier: MIT
"""The lines that README.md offers for a notebook do what they promise when they are copied."""

import re
import subprocess
import sys
import unittest

from served import PATIENCE, ROOT, Server


class Notebook(unittest.TestCase):
    def test_the_readme_prints_a_table_of_nodes(self):
        readme = ROOT / "README.md"
        self.assertTrue(readme.exists(), "README.md is missing")
        block = re.search(r"<!-- notebook -->\s*```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
        self.assertIsNotNone(block, "README.md has no ```python block right below a line <!-- notebook -->")
        code = block[1]
        self.assertIn("http://localhost:5000", code)
        with Server("--demo") as server:
            code = code.replace("http://localhost:5000", f"http://localhost:{server.port}")
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE)
            self.assertEqual(0, done.returncode, done.stderr)
            rows = server.get("/api/v2/nodes").rows()
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        self.assertGreater(len(lines), 1, done.stdout)
        # A table of nodes: its lines name nodes of the demo by their uuids (or starts of them) or ids.
        known = {row["uuid"][:8] for row in rows} | {str(row["id"]) for row in rows}
        named = [line for line in lines if any(re.search(rf"\b{re.escape(word)}", line) for word in known)]
        self.assertGreaterEqual(len(named), 3, done.stdout)


if __name__ == "__main__":
    unittest.main()
