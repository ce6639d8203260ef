# SPDX-License-Identifier: MIT
"""The units of tools/deploy/systemd: systemd reads them without complaint, and they stay as closed as they are."""

import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from proxies import ROOT
from served import PATIENCE, binary

ANALYZE = shutil.which("systemd-analyze")
UNITS = ROOT / "tools" / "deploy" / "systemd"
worst_exposure = 1.5  # of 10; `systemd-analyze security` says what it is made of


def values(unit: str, key: str) -> list:
    return re.findall(rf"^{key}=(.*)$", (UNITS / unit).read_text(encoding="utf-8"), re.M)


class Units(unittest.TestCase):
    def test_an_instance_differs_in_its_file_alone(self):
        def settings(unit):
            text = (UNITS / unit).read_text(encoding="utf-8")
            return re.sub("^#.*\n", "", text, flags=re.M)

        self.assertEqual(settings("restapi@.service").replace("%i.toml", "main.toml").replace(" (%i)", ""),
                         settings("restapi.service"))

    def test_messages_name_the_file_that_a_person_writes(self):
        for unit in ("restapi.service", "restapi@.service"):
            written = values(unit, "LoadCredential")[0].partition(":")[2]
            self.assertTrue(values(unit, "ExecStart")[0].endswith(f" --config-name {written}"))

    def test_the_socket_is_where_the_service_would_listen(self):
        options = (ROOT / "tools" / "deploy" / "debian" / "main.toml").read_text(encoding="utf-8")
        hostname, port = (re.search(rf"^{key} = \"?([^\"\n]+)", options, re.M)[1] for key in ("hostname", "port"))
        self.assertEqual([f"{hostname}:{port}"], values("restapi.socket", "ListenStream"))

    def test_it_is_given_time_to_finish(self):
        header = (ROOT / "src" / "config" / "options.hpp").read_text(encoding="utf-8")
        drain = int(re.search(r"drain = (\d+)", header)[1])
        self.assertGreater(int(values("restapi.service", "TimeoutStopSec")[0]), drain)


@unittest.skipUnless(ANALYZE, "no systemd-analyze here: tools/install_packages test installs it (systemd)")
class Analyzed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for unit in UNITS.iterdir():
            # The program is not installed here, and neither is its manual.
            text = unit.read_text(encoding="utf-8").replace("/usr/bin/restapi", binary()).replace("man:restapi(1) ", "")
            (self.folder / unit.name).write_text(text, encoding="utf-8")

    def analyze(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, timeout=PATIENCE)

    def test_systemd_has_nothing_to_say(self):
        for name in ("restapi.service", "restapi.socket", "restapi@django.service"):
            with self.subTest(unit=name):
                verified = self.analyze("verify", "--recursive-errors=no", str(self.folder / name))
                ours = [line for line in verified.stderr.splitlines() if "restapi" in line]
                self.assertEqual((0, []), (verified.returncode, ours), verified.stderr)

    def test_a_mistake_would_be_seen(self):
        path = self.folder / "restapi.service"
        path.write_text(path.read_text(encoding="utf-8").replace("Type=notify", "Type=notifyy"), encoding="utf-8")
        verified = self.analyze("verify", "--recursive-errors=no", str(path))
        self.assertIn("notifyy", verified.stderr)

    def test_little_is_exposed(self):
        rated = self.analyze("security", "--offline=yes", "--json=short", str(self.folder / "restapi.service"))
        table = json.loads(rated.stdout)
        self.assertGreater(len(table), 50)
        closed = self.analyze("security", "--offline=yes", f"--threshold={int(worst_exposure * 10)}",
                              str(self.folder / "restapi.service"))
        self.assertEqual(0, closed.returncode, closed.stdout)


if __name__ == "__main__":
    unittest.main()
