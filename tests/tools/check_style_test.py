# SPDX-License-Identifier: MIT
"""tools/check_style finds a source without its licence and one that is laid out otherwise, and mends both."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(os.environ.get("RESTAPI_SOURCE_DIR", Path(__file__).parents[2]))
SURROUNDINGS = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
LINE = "SPDX-License-Identifier: MIT\n"

RIGHT = {
    "src/right.cpp": f"// {LINE}int right() {{ return 1; }}\n",
    "tools/right": f"#!/bin/sh\n# {LINE}true\n",
    "tools/right.py": f'# {LINE}"""A module."""\n',
    "tools/empty/__init__.py": "",
    "docs/page.md": "# A page\n",
    "tests/fixtures/data.sql": "SELECT 1;\n",
    "tests/golden/users.golden": "GET /\n",
}
WITHOUT_LICENCE = {  # name → what it is and what it ought to be
    "src/first.cpp": ("int first() { return 1; }\n", "// {}int first() {{ return 1; }}\n"),
    "src/first.hpp": ("/// The manual.\n#pragma once\n", "// {}/// The manual.\n#pragma once\n"),
    "src/made.cpp.in": ("int made();\n", "// {}int made();\n"),
    "src/CMakeLists.txt": ("project(x)\n", "# {}project(x)\n"),
    "cmake/one.cmake": ("# What it is.\n", "# {}# What it is.\n"),
    "tools/script": ("#!/bin/sh\ntrue\n", "#!/bin/sh\n# {}true\n"),
    "tools/program.py": ('#!/usr/bin/env python3\n"""What it does."""\n', '#!/usr/bin/env python3\n# {}"""What it does."""\n'),
    "sql/tables.sql": ("SELECT 1;\n", "-- {}SELECT 1;\n"),
    "grammar/query.ebnf": ("# Rules.\n", "# {}# Rules.\n"),
}


@unittest.skipUnless(shutil.which("git") and shutil.which("clang-format-14"), "no git or clang-format-14 here")
class Format(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.here = Path(folder.name)
        for name in (".clang-format", "tools/check_style"):
            (self.here / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, self.here / name)
        subprocess.run(["git", "init", "--quiet", self.here], check=True, env=SURROUNDINGS)
        self.write(RIGHT)

    def write(self, files: dict):
        for name, text in files.items():
            (self.here / name).parent.mkdir(parents=True, exist_ok=True)
            (self.here / name).write_text(text)

    def check(self, *options) -> tuple:
        done = subprocess.run([self.here / "tools" / "check_style", "format", *options], capture_output=True, text=True,
                              timeout=60, env=SURROUNDINGS)
        return done.returncode, done.stdout

    def test_nothing_to_say(self):
        self.assertEqual((0, ""), self.check())

    def test_every_source_without_its_licence_is_named_and_mended(self):
        self.write({name: before for name, (before, _) in WITHOUT_LICENCE.items()})
        status, said = self.check()
        self.assertEqual((1, sorted(WITHOUT_LICENCE)), (status, [line.split(":")[0] for line in said.splitlines()]))
        self.assertEqual((0, ""), self.check("--fix"))
        for name, (_, after) in WITHOUT_LICENCE.items():
            self.assertEqual(after.format(LINE), (self.here / name).read_text(), name)
        self.assertEqual((0, ""), self.check())

    def test_a_line_that_is_laid_out_otherwise_is_named_and_mended(self):
        self.write({"src/wide.cpp": f"// {LINE}int  wide( ){{return 1;}}\n"})
        status, said = self.check()
        self.assertEqual(1, status)
        self.assertIn("src/wide.cpp:2", said)
        self.assertEqual((0, ""), self.check("--fix"))
        self.assertEqual(f"// {LINE}int wide() {{ return 1; }}\n", (self.here / "src/wide.cpp").read_text())


if __name__ == "__main__":
    unittest.main()
