# SPDX-License-Identifier: MIT
"""What docs/deployment.md names is there, and what it grants is enough. tools/deploy/try_page does all that it says."""

import os
import re
import tempfile
import unittest
from pathlib import Path

from own_database import psql
from proxies import ROOT
from served import Server, run

PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
WORDS = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", PAGE, flags=re.S | re.M))
DEPLOY = ROOT / "tools" / "deploy"


def options() -> set:
    return set(re.findall(r"^  (?:-\w,)?--([a-z-]+)", run("--help").stdout, re.M))


class Names(unittest.TestCase):
    def test_options_exist(self):
        named = [word[2:] for word in WORDS if re.fullmatch(r"--[a-z-]+", word)]
        named += [word.split(" = ")[0] for word in WORDS if re.fullmatch(r"[a-z-]+ = .*", word)]
        self.assertGreater(len(named), 2)
        self.assertLessEqual(set(named), options())

    def test_files_exist(self):
        sites = [word for word in WORDS if word.endswith(".conf") and not word.startswith(("/", "pg_"))]
        self.assertGreater(len(sites), 2)
        for site in sites:
            self.assertTrue(list(DEPLOY.rglob(Path(site).name)), site)
        for name in re.findall(r"restapi@?\.service", PAGE):
            self.assertTrue((DEPLOY / "systemd" / name).is_file(), name)
        for example in re.findall(r"/usr/share/doc/restapi/examples/(\S+\.conf)", PAGE):
            self.assertTrue((DEPLOY / example).is_file(), example)
        for tool in re.findall(r"^tools/\w+", PAGE, re.M):
            self.assertTrue((ROOT / tool).is_file(), tool)

    def test_options_of_files_are_accepted(self):
        files = re.findall(r"```toml\n(.*?)```", PAGE, re.S) + re.findall(r"<<'TOML'\n(.*?)TOML\n", PAGE, re.S)
        self.assertGreater(len(files), 1)
        with tempfile.TemporaryDirectory() as folder:
            for text in files:
                with self.subTest(text=text):
                    path = Path(folder) / "options.toml"
                    path.write_text(text, encoding="utf-8")
                    # Read and accepted: the complaint is about a variable, and variables come after the file.
                    self.assertIn("RESTAPI_PORT", run("--config", path, RESTAPI_PORT="none").stderr)

    def test_numbers_are_those_of_the_program(self):
        text = run("--help").stdout
        for help_, page in (("on one statement [30]", "`statement-timeout` is 30 seconds"),
                            ("0: keep it open [300]", "no requests for five minutes (`close-after`)"),
                            ("an idle one if there is any [64]", "at most 64 are open at once (`max-open`)"),
                            ("[twice the processors, at least 4]", "twice the processors and at least 4 unless given")):
            self.assertIn(help_, re.sub(r"\s+", " ", text))
            self.assertIn(page, re.sub(r"\s+", " ", PAGE))


class Role(unittest.TestCase):
    """The grants of the page, with other names, on databases of both generations."""

    def grants(self, name: str) -> str:
        usual = "".join(re.findall(r"<<'SQL'\n(.*?)SQL\n", PAGE, re.S))
        (older,) = re.findall(r"```sql\n(.*?)```", PAGE, re.S)
        text = usual if name.endswith("gen2") else usual + older
        return re.sub(r"\brestapi\b", name, text)

    def check(self, generation: str, fixture: str):
        name = f"page_{os.getpid()}_{generation}"
        psql("postgres", "-c", f"CREATE DATABASE {name}")
        self.addCleanup(psql, "postgres", "-c", f"DROP DATABASE {name} WITH (FORCE)", "-c", f"DROP ROLE {name}")
        psql(name, "-f", str(ROOT / "sql" / "schema" / f"postgresql_{generation}.sql"),
             "-f", str(ROOT / "tests" / "fixtures" / f"{fixture}.sql"))
        owner = psql(name, input=self.grants(name), *["-f", "-"])
        with Server(owner) as all_, Server(owner.replace("user=restapi", "user=" + name)) as some:
            for target in ("nodes", "calculations", "codes", "data", "computers", "users", "groups", "nodes/statistics",
                           'computers?state="finished"', "nodes/page/1?orderby=-mtime", "nodes?user_id=1"):
                with self.subTest(target=target):
                    wanted, got = (server.get("/api/v2/" + target) for server in (all_, some))
                    self.assertEqual((wanted.status, wanted.body), (got.status, got.body))
            (node,) = some.get("/api/v2/nodes?limit=1").rows()
            for answer in ("io/inputs", "io/outputs", "content/attributes", "content/extras"):
                self.assertEqual(200, some.get(f"/api/v2/nodes/{node['uuid']}/{answer}").status)

    def test_it_is_enough_for_aiida_0(self):
        self.check("gen1", "document")

    def test_it_is_enough_for_aiida_1_and_2(self):
        self.check("gen2", "generation2")


if __name__ == "__main__":
    unittest.main()
