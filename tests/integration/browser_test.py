"""A real browser's address bar: what Chromium makes of the documented URLs arrives as what was typed."""

import html
import json
import re
import subprocess
import tempfile
import unittest

from served import PATIENCE, Server

# Without the last ones Chromium looks for its maker's servers at every start.
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def shown(url: str) -> str:
    """The text that a person sees at that address."""
    with tempfile.TemporaryDirectory() as profile:
        page = subprocess.run([*CHROMIUM, f"--user-data-dir={profile}", "--dump-dom", url],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    text = re.search(r"<pre>(.*)</pre>", page.stdout, re.DOTALL)
    if not text:
        raise AssertionError(f"no text at {url}: {page.stdout}{page.stderr}")
    return html.unescape(text[1])


class Browser(unittest.TestCase):
    def test_typed_urls_mean_what_they_say(self):
        with Server("--demo") as server:
            for target in ('/api/v2/nodes/?id>45&type=like="%data%"', '/api/v2/users/?first_name=ilike="a%"',
                           "/api/v2/nodes?ctime<2025-01-01T12:00+01:00&orderby=-id&limit=3"):
                with self.subTest(target):
                    text = shown(f"http://localhost:{server.port}{target}")
                    self.assertTrue(text.startswith('{\n  "data": {'), text)  # indented: a person reads it
                    seen = json.loads(text)
                    self.assertEqual(f"http://localhost:{server.port}{target}", seen["url"])
                    self.assertEqual(server.get(target).json()["data"], seen["data"])


if __name__ == "__main__":
    unittest.main()
