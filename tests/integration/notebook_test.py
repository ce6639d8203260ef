# SPDX-License-Identifier: MIT
"""What README.md and docs/notebooks.md offer for notebooks and web pages does what they promise when it is copied.

With UPDATE_DOCS=1 what the page shows is written, not compared (tools/docs).
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from access_test import Keys
from browser_test import Pages, document
from served import PATIENCE, ROOT, Server, environment

PAGE = ROOT / "docs" / "notebooks.md"
UPDATES = os.environ.get("UPDATE_DOCS") == "1"
PRINTED = "http://localhost:5000"  # the demo's address in the pages
GUARDED = "http://localhost:5001"  # that of a server that wants a token

# What runs a file of a language, and a line in it that prints a text. Debian's Python: it has Debian's pandas.
LANGUAGES = {
    "python": (["/usr/bin/python3", "-B"], ".py", 'print("{}")\n'),
    "js": (["node", "--preserve-symlinks", "--preserve-symlinks-main"], ".mjs", 'console.log("{}");\n'),
    "r": (["Rscript", "--vanilla"], ".R", 'cat("{}\\n")\n'),
}


def run(language: str, code: str, *arguments: str, **more: str) -> str:
    """What the code prints."""
    command, ending, _ = LANGUAGES[language]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"code{ending}"
        file.write_text(code, encoding="utf-8")
        Path(folder, "node_modules").symlink_to("/usr/share/nodejs")  # axios
        try:
            done = subprocess.run([*command, str(file), *arguments], env=environment(LC_ALL="C.UTF-8", **more),
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        except FileNotFoundError:
            raise AssertionError(f"there is no {command[0]}; tools/install_packages test installs it") from None
    if done.returncode:
        raise AssertionError(f"{done.stderr}(tools/install_packages test installs all that the examples need)")
    return done.stdout


class Readme(unittest.TestCase):
    def test_the_readme_prints_a_table_of_nodes(self):
        readme = ROOT / "README.md"
        self.assertTrue(readme.exists(), "README.md is missing")
        block = re.search(r"<!-- notebook -->\s*```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
        self.assertIsNotNone(block, "README.md has no ```python block right below a line <!-- notebook -->")
        code = block[1]
        self.assertIn(PRINTED, code)
        with Server("--demo") as server:
            code = code.replace(PRINTED, f"http://localhost:{server.port}")
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE)
            self.assertEqual(0, done.returncode, done.stderr)
            rows = server.get("/api/v2/nodes").rows()
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        self.assertGreater(len(lines), 1, done.stdout)
        # A table of nodes: its lines name nodes of the demo by their uuids (or starts of them) or ids.
        known = {row["uuid"][:8] for row in rows} | {str(row["id"]) for row in rows}
        named = [line for line in lines if any(re.search(rf"\b{re.escape(word)}", line) for word in known)]
        self.assertGreaterEqual(len(named), 3, done.stdout)


    def test_the_readme_prints_a_table_of_energies(self):
        blocks = re.findall(r"<!-- (?:notebook|table) -->\s*```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
        self.assertEqual(2, len(blocks))
        with Server("--demo") as server:
            printed = run("python", "\n".join(blocks).replace(PRINTED, f"http://localhost:{server.port}"))
        self.assertRegex(printed, r"attributes\.energy\n(\d+ +\d+ .*-\d+\.\d+\n){5}")


class Examples(unittest.TestCase):
    """Each block of docs/notebooks.md is followed by what it prints, if it prints anything. Blocks of one language are
    run one after the other, like the cells of a notebook."""

    BLOCK = re.compile(r"^```(?!text)(\w*)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.M | re.S)
    END = "-- end of a block --"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        keys = Keys(Path(folder.name))
        file = Path(folder.name) / "keys"
        file.write_text(keys.jwk_set(rsa=False))
        self.token = keys.token("HS256")
        self.pages = Pages("")
        self.addCleanup(self.pages.stop)
        self.site = f"http://localhost:{self.pages.port}"
        servers = {PRINTED: Server("--demo", "--cors-origin", self.site), GUARDED: Server("--demo", "--token-keys", file)}
        for server in servers.values():
            self.addCleanup(server.stop)
        self.addresses = {printed: f"http://localhost:{server.port}" for printed, server in servers.items()}

    def printed(self, language: str, blocks: list) -> list:
        """What each block prints."""
        end = LANGUAGES[language][2].format(self.END)
        code = "".join(block + end for block in blocks)
        for printed, real in self.addresses.items():
            code = code.replace(printed, real)
        text = run(language, code, AIIDA_TOKEN=self.token)
        for printed, real in self.addresses.items():
            text = text.replace(real, printed)
        return text.split(self.END + "\n")[:-1]

    def seen(self, block: str) -> str:
        """The list that a web page shows."""
        self.pages.text = block.replace(PRINTED, self.addresses[PRINTED])
        page = document(self.site, "--virtual-time-budget=60000")  # stands still while an answer is awaited
        return "".join(f"{item}\n" for item in re.findall(r"<li>(.*?)</li>", page))

    def test_each_block_prints_what_the_page_shows(self):
        text = PAGE.read_text(encoding="utf-8")
        blocks = list(self.BLOCK.finditer(text))
        self.assertEqual({*LANGUAGES, "html"}, {block[1] for block in blocks}, "what cannot be run is not on the page")
        self.assertEqual(text.count("```text\n"), sum(block[3] is not None for block in blocks))
        results = {block.start(): self.seen(block[2]) for block in blocks if block[1] == "html"}
        for language in LANGUAGES:
            own = [block for block in blocks if block[1] == language]
            results |= zip((block.start() for block in own), self.printed(language, [block[2] for block in own]))
        if UPDATES:
            PAGE.write_text(self.BLOCK.sub(lambda block: self.with_output(block, results[block.start()]), text), "utf-8")
            return
        for block in blocks:
            with self.subTest(block=block[2]):
                self.assertEqual(block[3] or "", results[block.start()], "tools/docs writes it anew")

    @staticmethod
    def with_output(block: re.Match, output: str) -> str:
        code = f"```{block[1]}\n{block[2]}```\n"
        return code + (f"\n```text\n{output}```\n" if output else "")


class Listener:
    """Notes what arrives."""

    def __init__(self):
        targets = self.targets = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                targets.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


# Each calls every client with every text, at an address that tells which; what only makes a text prints it.
CALLERS = {
    "Python": ("python", """
import json, sys
import pandas, requests
from http.client import HTTPException
from urllib.parse import quote, urlencode
from urllib.request import urlopen
asked = json.loads(sys.argv[1])
for i, client in enumerate(asked["clients"]):
    for j, text in enumerate(asked["texts"]):
        server = f"{asked['address']}/{i}/{j}"
        query, pairs = text, {"x": text}
        address = f"{server}?{query}"
        try:
            result = eval(client)
        except (HTTPException, ValueError):
            continue
        if isinstance(result, str):
            print(f"/{i}/{j}?{result}")
"""),
    "JavaScript": ("js", """
import axios from "axios";
const asked = JSON.parse(process.argv[2]);
for (const [i, client] of asked.clients.entries())
  for (const [j, text] of asked.texts.entries()) {
    const server = `${asked.address}/${i}/${j}`, query = text, pairs = { x: text }, address = `${server}?${query}`;
    const result = await eval(client);
    if (typeof result === "string" || result instanceof URLSearchParams) console.log(`/${i}/${j}?${result}`);
  }
"""),
    "R": ("r", """
library(jsonlite)
asked <- fromJSON(commandArgs(TRUE)[1])
for (i in seq_along(asked$clients)) for (j in seq_along(asked$texts)) {
  query <- asked$texts[j]
  path <- paste0("/", i - 1, "/", j - 1, "?")
  address <- paste0(asked$address, path, query)
  try(suppressWarnings({
    result <- eval(parse(text = asked$clients[i]))
    if (inherits(result, "connection")) { readLines(result); close(result) }
    if (is.character(result)) cat(path, result, "\\n", sep = "")
  }), silent = TRUE)
}
"""),
}


class Clients(unittest.TestCase):
    ROW = re.compile(r"^\| (Python|JavaScript|R) \| `([^`]+)` \|(?: [^|]+ \|| \|){4}$", re.M)
    TEXTS = ["%data%", '"', " ", "+"]

    def setUp(self):
        self.listener = Listener()
        self.addCleanup(self.listener.stop)

    def arrives(self, language: str, clients: list) -> list:
        """Of each client, the four cells of its row."""
        asked = {"address": self.listener.address, "clients": clients, "texts": [f"a{text}b" for text in self.TEXTS]}
        self.listener.targets.clear()
        targets = run(*CALLERS[language], json.dumps(asked)).splitlines() + self.listener.targets
        cells = [["an error"] * len(self.TEXTS) for _ in clients]
        for target in targets:
            client, text, arrived = re.fullmatch(r"/(\d+)/(\d+)\?(?:x=)?a(.*)b", target).groups()
            cells[int(client)][int(text)] = f"`{arrived}`"
        return cells

    def test_each_sends_what_the_table_says(self):
        text = PAGE.read_text(encoding="utf-8")
        rows = list(self.ROW.finditer(text))
        self.assertEqual(list(CALLERS), list(dict.fromkeys(row[1] for row in rows)))
        for language in CALLERS:
            own = [row for row in rows if row[1] == language]
            for row, cells in zip(own, self.arrives(language, [row[2] for row in own])):
                line = f"| {language} | `{row[2]}` | {' | '.join(cells)} |"
                if UPDATES:
                    text = text.replace(row[0], line)
                else:
                    with self.subTest(client=row[2]):
                        self.assertEqual(line, row[0], "tools/docs writes it anew")
        if UPDATES:
            PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    unittest.main()
