# SPDX-License-Identifier: MIT
"""The pages say what is true: links lead somewhere, printed answers are the demo's, printed commands work.

The blocks made from the program's tables are checked by restapi_docs --check. Needs RESTAPI_BINARY and
RESTAPI_SOURCE_DIR in the environment (ctest -L docs sets them). With UPDATE_DOCS=1 printed answers are written, not
compared (tools/docs).
"""
import json
import os
import pathlib
import re
import subprocess
import unittest
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(os.environ["RESTAPI_SOURCE_DIR"])
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
UPDATES = os.environ.get("UPDATE_DOCS") == "1"
PRINTED = "http://localhost:5000"  # the address in the pages


def anchor(heading):
    """As GitHub makes it: "Behind a proxy" → behind-a-proxy."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


class Links(unittest.TestCase):
    def test_every_relative_link_leads_to_a_file_and_a_heading(self):
        for page in PAGES:
            text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M)
            for link in re.findall(r"\]\(([^)\s]+)\)", text):
                if re.match(r"[a-z]+:", link):
                    continue
                with self.subTest(page=page.name, link=link):
                    path, _, heading = link.partition("#")
                    target = (page.parent / path).resolve() if path else page
                    self.assertTrue(target.exists())
                    if heading:
                        headings = re.findall(r"^#+ (.*)$", target.read_text(), re.M)
                        self.assertIn(heading, map(anchor, headings))


class Figures(unittest.TestCase):
    def test_figures_of_the_first_pages_are_those_of_the_measurements(self):
        count = 0
        for page in PAGES:
            tables = re.findall(r"<!-- figures: (\S+) -->\n+\|.*\n\| ---.*\n((?:\|.*\n)+)", page.read_text())
            for name, rows in tables:
                measured = set(re.findall(r"[\d.]+(?: \d{3})*", (page.parent / name).read_text()))
                for row in rows.splitlines():
                    title, *figures = [cell.strip() for cell in row.strip("|").split("|")]
                    with self.subTest(page=page.name, row=title):
                        self.assertLessEqual(set(figures), measured)
                    count += 1
        self.assertGreater(count, 0)


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen(
            [os.environ["RESTAPI_BINARY"], "--demo", "--port", "0", "--no-pages"], stdout=subprocess.PIPE, text=True
        )
        cls.addClassCleanup(cls.stop)
        for line in cls.server.stdout:
            if found := re.search(r"http://localhost:\d+", line):
                cls.address = found[0]
                return
        raise RuntimeError("the server has not said where it listens")

    @classmethod
    def stop(cls):
        cls.server.terminate()
        cls.server.stdout.close()
        cls.server.wait(timeout=20)

    def get(self, target):
        """Status and body of a target as it is printed, indented as for a browser."""
        url = self.address + urllib.parse.quote(target, safe='/?&=<>!"%+,:')
        request = urllib.request.Request(url, headers={"Accept": "text/html"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def test_printed_answers_are_those_of_the_demo(self):
        block = re.compile(r"(<!-- answer: ([^\n]*) -->\n```json\n)(.*?)(\n```)", re.S)
        count = 0
        for page in PAGES:
            old = new = page.read_text()
            for match in block.finditer(old):
                begin, target, body, end = match.groups()
                _, answer = self.get(target)
                answer = answer.strip().replace(self.address, PRINTED)
                if UPDATES:
                    new = new.replace(match[0], begin + answer + end)
                else:
                    with self.subTest(page=page.name, target=target):
                        self.assertEqual(answer, body, "tools/docs writes it anew")
                count += 1
            if new != old:
                page.write_text(new)
                print(page.relative_to(ROOT), "written")
        self.assertGreater(count, 0)

    def test_printed_curl_commands_get_an_answer(self):
        count = 0
        for page in PAGES:
            for target, comment in re.findall(r"^curl -g '" + PRINTED + r"([^']*)'(.*)$", page.read_text(), re.M):
                with self.subTest(page=page.name, target=target):
                    status, body = self.get(target)
                    self.assertEqual(status, int((re.findall(r"# (\d+)", comment) or [200])[0]))
                    if re.search(r"\.(csv|ndjson)(\?|$)|/io/graph\.", target):
                        self.assertGreater(len(body), 200, "an example should show something")
                    elif status == 200:
                        data = json.loads(body)["data"]
                        self.assertTrue(next(iter(data.values())), "an example should show something")
                count += 1
        self.assertGreater(count, 0)


if __name__ == "__main__":
    unittest.main()
