# SPDX-License-Identifier: MIT
"""A real browser's address bar: what Chromium makes of the documented URLs arrives as what was typed."""

import html
import json
import re
import subprocess
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from served import PATIENCE, Server

# Without the last ones Chromium looks for its maker's servers at every start.
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def document(url: str, *flags: str) -> str:
    """The page when all that it began has ended."""
    with tempfile.TemporaryDirectory() as profile:
        page = subprocess.run([*CHROMIUM, f"--user-data-dir={profile}", *flags, "--dump-dom", url],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    if not page.stdout:
        raise AssertionError(f"nothing at {url}: {page.stderr}")
    return page.stdout


def shown(url: str) -> str:
    """The text that a person sees at that address."""
    page = document(url)
    text = re.search(r"<pre>(.*)</pre>", page, re.DOTALL)
    if not text:
        raise AssertionError(f"no text at {url}: {page}")
    return html.unescape(text[1])


# What an explorer's page does, or one that should not: it asks, once as any page may and once as needs a preflight, and
# ends with what it could read. The load of the page waits for the blocking requests.
EXPLORER = """<!DOCTYPE html><title>explorer</title><p id="seen"></p><script>
function ask(headers) {
  const request = new XMLHttpRequest();
  request.open("GET", "SERVER/api/v2/users", false);
  for (const name of headers) request.setRequestHeader(name, "x");
  try { request.send(); } catch (error) { return "nothing"; }
  return request.status + (request.responseText.includes('"users"') ? " users" : " refused");
}
document.getElementById("seen").textContent = ask([]) + ", " + ask(["Cache-Control", "X-Requested-With"]);
</script>"""


class Pages:
    """A site of somebody else, on this machine."""

    def __init__(self, text: str):
        pages = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                body = pages.text.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):  # noqa: N802
                pages.said.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.text = text
        self.said = []  # what a page has posted
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Browser(unittest.TestCase):
    def test_typed_urls_mean_what_they_say(self):
        with Server("--demo", "--no-pages") as server:
            for target in ('/api/v2/nodes/?id>45&type=like="%data%"', '/api/v2/users/?first_name=ilike="a%"',
                           "/api/v2/nodes?ctime<2025-01-01T12:00+01:00&orderby=-id&limit=3"):
                with self.subTest(target):
                    text = shown(f"http://localhost:{server.port}{target}")
                    self.assertTrue(text.startswith('{\n  "data": {'), text)  # indented: a person reads it
                    seen = json.loads(text)
                    self.assertEqual(f"http://localhost:{server.port}{target}", seen["url"])
                    self.assertEqual(server.get(target).json()["data"], seen["data"])


class PagesOfOthers(unittest.TestCase):
    # Names that lead to this machine, as somebody's who owns a domain may.
    LEAD_HERE = "--host-resolver-rules=MAP *.example 127.0.0.1"

    def seen(self, server: Server, address: str) -> str:
        """What a page of explorer.example reads of the server at that address."""
        pages = Pages(EXPLORER.replace("SERVER", address))
        self.addCleanup(pages.stop)
        page = document(f"http://explorer.example:{pages.port}/", self.LEAD_HERE)
        return re.search(r'<p id="seen">(.*?)</p>', page)[1]

    def test_a_page_reads_nothing_unless_it_is_named(self):
        with Server("--demo") as server:
            self.assertEqual("nothing, nothing", self.seen(server, f"http://localhost:{server.port}"))

    def test_a_page_that_is_named_reads(self):
        pages = Pages("")
        self.addCleanup(pages.stop)
        origin = f"http://explorer.example:{pages.port}"
        with Server("--demo", "--cors-origin", origin) as server:
            pages.text = EXPLORER.replace("SERVER", f"http://localhost:{server.port}")
            page = document(origin + "/", self.LEAD_HERE)
            self.assertIn('<p id="seen">200 users, 200 users</p>', page)

    def test_a_name_that_was_made_to_lead_here_reads_nothing(self):
        with Server("--demo") as server:
            text = document(f"http://rebound.example:{server.port}/api/v2/users", self.LEAD_HERE)
            self.assertIn("this server is not called", text)
            self.assertNotIn("first_name", text)


if __name__ == "__main__":
    unittest.main()
