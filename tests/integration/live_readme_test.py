# SPDX-License-Identifier: MIT
"""What README.md shows of the live feed does what it says when it is copied: in Chromium, and in Python."""

import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

from browser_test import CHROMIUM, Pages
from served import ROOT, Server, binary, environment, make_database, settled, wait_for

PRINTED = "http://localhost:5000"

# What is printed in the page is told to the test.
PAGE = """<!DOCTYPE html><title>live</title><script>
console.log = (...words) => fetch("/", { method: "POST", body: words.join(" ") });
CODE
</script>"""


def example(language: str) -> str:
    block = re.search(rf"<!-- live -->\n```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    if not block:
        raise AssertionError(f"README.md has no ```{language} block right below a line <!-- live -->")
    return block[1]


class LiveReadme(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = settled(make_database(Path(folder.name) / "live.sqlite", "generation2"))
        setup = subprocess.run([binary(), "--print-feed-setup", "sqlite"], capture_output=True, text=True, check=True)
        self.change(setup.stdout)
        with sqlite3.connect(self.path) as database:
            self.node, self.other = database.execute("SELECT min(id), max(id) FROM db_dbnode").fetchone()
        database.close()

    def change(self, statements: str):
        database = sqlite3.connect(self.path)
        database.executescript(statements)
        database.close()

    def label(self, text: str):
        self.change(f"UPDATE db_dbnode SET label = '{text}' WHERE id = {self.node}")

    def wait_for_first(self, heard: list):
        """Whoever listens hears only of what happens from then on."""
        number = 0

        def is_heard() -> bool:
            nonlocal number
            number += 1
            self.label(f"try {number}")
            return any(line.startswith("updated") for line in heard)

        wait_for(is_heard, "the first change")

    def test_javascript(self):
        pages = Pages("")
        self.addCleanup(pages.stop)
        origin = f"http://127.0.0.1:{pages.port}"
        server = Server(self.path, "--cors-origin", origin)
        self.addCleanup(lambda: server.stop())
        pages.text = PAGE.replace("CODE", example("js").replace(PRINTED, f"http://localhost:{server.port}"))
        profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(profile.cleanup)
        browser = subprocess.Popen([*CHROMIUM, f"--user-data-dir={profile.name}", "--remote-debugging-port=0", origin],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(browser.wait)
        self.addCleanup(browser.terminate)
        self.wait_for_first(pages.said)
        self.label("seen")
        wait_for(lambda: any(line.startswith(f"updated {self.node} seen") for line in pages.said), "an update")
        # The browser comes back by itself and goes on with what it has seen last.
        server.stop(signal.SIGKILL)
        self.label("while nobody serves")
        self.change(f"DELETE FROM db_dblink WHERE {self.other} IN (input_id, output_id);"
                    f"DELETE FROM db_dbgroup_dbnodes WHERE dbnode_id = {self.other};"
                    f"DELETE FROM db_dbcomment WHERE dbnode_id = {self.other};"
                    f"DELETE FROM db_dblog WHERE dbnode_id = {self.other};"
                    f"DELETE FROM db_dbnode WHERE id = {self.other};")
        server = Server(self.path, "--cors-origin", origin, "-P", str(server.port))
        wait_for(lambda: f"deleted {self.other}" in pages.said, "what happened meanwhile")
        # Each line is a request of the page, and they may overtake each other.
        wait_for(lambda: any(line.startswith(f"updated {self.node} while nobody serves") for line in pages.said),
                 "the update meanwhile")
        self.assertNotIn("read everything anew", pages.said)

    def test_python(self):
        with Server(self.path) as server:
            code = example("python").replace(PRINTED, f"http://localhost:{server.port}")
            program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment())
            heard = []

            def read():
                for line in program.stdout:
                    heard.append(line.strip())

            reader = threading.Thread(target=read, daemon=True)
            reader.start()
            try:
                self.wait_for_first(heard)
                self.label("seen")
                wait_for(lambda: f"updated {self.node} seen" in heard, "an update")
            finally:
                program.kill()
                program.wait()
                reader.join()
                program.stdout.close()


if __name__ == "__main__":
    unittest.main()
