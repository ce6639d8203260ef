# SPDX-License-Identifier: MIT
"""tools/check, and the hook that it installs: what fails stops a commit. The steps themselves are stand-ins here."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(os.environ.get("RESTAPI_SOURCE_DIR", Path(__file__).parents[2]))
STEPS = ["tools/check_style", "tools/check_includes", "tools/build", "bin/ctest"]
SURROUNDINGS = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{who}_{what}": f"test{at}" for who in ("AUTHOR", "COMMITTER") for what, at in (("NAME", ""), ("EMAIL", "@localhost"))}}


@unittest.skipUnless(shutil.which("git"), "no git here: tools/install_packages test installs it")
class Check(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.here = Path(folder.name).resolve()
        self.clone = self.here / "clone"
        (self.clone / "tools").mkdir(parents=True)
        (self.clone / "bin").mkdir()
        shutil.copy(ROOT / "tools" / "check", self.clone / "tools")
        for step in STEPS:
            self.stand_in(step, 0)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "first")

    def stand_in(self, step: str, status: int):
        """Notes where it was called, with what, and with how much of a hook's surroundings."""
        path = self.clone / step
        path.write_text(f'#!/bin/sh\necho "$PWD {path.name} $* ${{GIT_DIR:-}}${{GIT_INDEX_FILE:-}}" >>{self.here}/calls\nexit {status}\n')
        path.chmod(0o755)

    def run_(self, *command, where=None):
        return subprocess.run(list(map(str, command)), cwd=where or self.clone, capture_output=True, text=True, timeout=60,
                              env=SURROUNDINGS | {"PATH": f"{self.clone}/bin:{os.environ['PATH']}"})

    def git(self, *arguments, where=None) -> str:
        done = self.run_("git", *arguments, where=where)
        self.assertEqual(0, done.returncode, done)
        return done.stdout.strip()

    def calls(self) -> list:
        path = self.here / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def steps(self, where, preset="dev") -> list:
        return [f"{where} check_style format ", f"{where} check_includes  ", f"{where} build {preset} "]

    def test_the_steps_in_their_order(self):
        self.assertEqual(0, self.run_("tools/check", where=self.clone).returncode)
        *steps, suite = self.calls()
        self.assertEqual(self.steps(self.clone), steps)
        self.assertIn("ctest --test-dir build/dev --label-regex ^unit$", suite)

    def test_another_preset(self):
        self.assertEqual(0, self.run_("tools/check", "ci").returncode)
        *steps, suite = self.calls()
        self.assertEqual(self.steps(self.clone, "ci"), steps)
        self.assertIn("--test-dir build/ci", suite)

    def test_each_step_can_stop_it(self):
        for count, step in enumerate(STEPS, 1):
            self.stand_in(step, 1)
            self.assertNotEqual(0, self.run_("tools/check").returncode, step)
            self.assertEqual(count, len(self.calls()), step)
            self.stand_in(step, 0)

    def test_the_hook_lets_a_commit_through_or_not_in_every_worktree(self):
        self.assertEqual(0, self.run_("tools/check", "--install").returncode)
        self.assertEqual(0, self.run_("tools/check", "--install").returncode)  # once more does no harm
        self.git("worktree", "add", "--quiet", self.here / "other")
        self.calls()
        for where in (self.clone, self.here / "other"):
            self.git("commit", "--quiet", "--all", "--allow-empty", "--message", "passes", where=where)
            self.assertEqual(self.steps(where), self.calls()[:3])
            (where / "tools" / "check_includes").write_text("#!/bin/sh\nexit 1\n")
            before = self.git("rev-parse", "HEAD", where=where)
            self.assertNotEqual(0, self.run_("git", "commit", "--quiet", "--allow-empty", "--message", "fails", where=where).returncode)
            self.assertEqual(before, self.git("rev-parse", "HEAD", where=where))
            self.calls()

    def test_an_older_commit_without_it_is_not_stopped(self):
        self.assertEqual(0, self.run_("tools/check", "--install").returncode)
        self.git("rm", "--quiet", "tools/check")
        self.git("commit", "--quiet", "--message", "without")
        self.assertEqual([], self.calls())

    def test_somebody_elses_hook_stays(self):
        hook = self.clone / ".git" / "hooks" / "pre-commit"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\ntrue\n")
        done = self.run_("tools/check", "--install")
        self.assertEqual(1, done.returncode)
        self.assertIn(str(hook), done.stderr)
        self.assertEqual("#!/bin/sh\ntrue\n", hook.read_text())


if __name__ == "__main__":
    unittest.main()
