# SPDX-License-Identifier: MIT
"""The version that cmake/version.cmake makes of git's tags: its text, its order among Debian's versions, and what it costs."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from itertools import pairwise
from pathlib import Path

ROOT = Path(os.environ.get("RESTAPI_SOURCE_DIR", Path(__file__).parents[2]))
FILES = ["cmake/version.cmake", "src/base/program_version.cpp.in", "src/base/program_version.hpp",
         "tools/deploy/debian/changelog.in", "tools/deploy/debian/package_version.cmake.in"]
# Nobody's settings, and nobody's repository: a hook of git has that of its caller in the environment.
SURROUNDINGS = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{who}_{what}": f"test{at}" for who in ("AUTHOR", "COMMITTER") for what, at in (("NAME", ""), ("EMAIL", "@localhost"))}}


def told(*command) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, env=SURROUNDINGS)
    if done.returncode:
        raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


class Sources:
    """A folder with what the version needs, and the repository around it."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in FILES:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        (folder / "CMakeLists.txt").write_text("# 1\n")

    def git(self, *arguments) -> str:
        return told("git", "-C", self.folder, *arguments)

    def commit(self, tag: str = "") -> str:
        """The abbreviated name of a new commit."""
        self.git("commit", "--quiet", "--allow-empty", "--message", "one more")
        if tag:
            self.git("tag", tag)
        return self.git("rev-parse", "--short=7", "HEAD")

    def version(self) -> str:
        output = self.folder / "output"
        told("cmake", "-D", f"source={self.folder}", "-D", f"output={output}", "-D", "project_version=0.1.0", "-P",
             self.folder / "cmake" / "version.cmake")
        (version,) = re.findall(r'"(.+)"', (output / "package_version.cmake").read_text().splitlines()[-1])
        assert f'return "{version}";' in (output / "program_version.cpp").read_text()
        entry = (output / "changelog").read_text()
        assert entry.startswith(f"restapi ({version}-1) unstable"), entry
        assert re.search(r"^ -- .+ <.+>  [A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$", entry, re.M), entry
        return version


@unittest.skipUnless(shutil.which("git"), "no git here: tools/install_packages test installs it")
class Version(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.here = Path(folder.name)
        self.sources = Sources(self.here / "sources")

    def test_without_git_it_is_the_number_of_the_project(self):
        self.assertEqual("0.1.0", self.sources.version())

    def test_somebody_elses_repository_around_a_tarball_is_not_asked(self):
        outside = Sources(self.here)
        outside.git("init", "--quiet")
        outside.commit("v9.9.9")
        self.assertEqual("0.1.0", self.sources.version())

    def test_a_worktree_that_lost_its_repository_is_a_tarball(self):
        (self.sources.folder / ".git").write_text("gitdir: /nonexistent\n")
        self.assertEqual("0.1.0", self.sources.version())

    def test_each_commit_sorts_after_the_one_before(self):
        sources = self.sources
        sources.git("init", "--quiet")
        self.assertEqual("0.1.0", sources.version())  # no commit yet
        versions = []
        for tag, wanted in (("", "0.1.0~dev.1+g{}"), ("", "0.1.0~dev.2+g{}"), ("nightly", "0.1.0~dev.3+g{}"), ("v0.1.0-rc1", "0.1.0~rc1"),
                            ("", "0.1.0~rc1+1.g{}"), ("v0.1.0", "0.1.0"), ("", "0.1.0+1.g{}"), ("", "0.1.0+2.g{}"),
                            ("v0.1.1", "0.1.1"), ("v0.10.0-beta-2", "0.10.0~beta~2"), ("v0.10.0", "0.10.0")):
            commit = sources.commit(tag)
            versions.append(sources.version())
            self.assertEqual(wanted.format(commit), versions[-1])
        if not shutil.which("dpkg"):
            self.skipTest("no dpkg here to compare versions")
        for earlier, later in pairwise(versions):
            told("dpkg", "--compare-versions", f"{earlier}-1", "lt", f"{later}-1")

    def test_a_worktree_has_its_own(self):
        self.sources.git("init", "--quiet")
        self.sources.git("add", "CMakeLists.txt", *FILES)
        commit = self.sources.commit()
        other = Sources(self.here / "other")
        shutil.rmtree(other.folder)
        self.sources.git("worktree", "add", "--quiet", other.folder)
        self.sources.commit("v0.1.0")
        self.assertEqual(["0.1.0", f"0.1.0~dev.1+g{commit}"], [self.sources.version(), other.version()])

    @unittest.skipUnless(shutil.which("ninja") and shutil.which("g++"), "no ninja or g++ here")
    def test_a_commit_compiles_one_file_anew_and_a_build_without_one_nothing(self):
        sources, build = self.sources, self.here / "build"
        (sources.folder / "CMakeLists.txt").write_text("\n".join([
            "cmake_minimum_required(VERSION 3.25)", "project(try VERSION 0.1.0 LANGUAGES CXX)", "set(CMAKE_CXX_STANDARD 20)",
            "include(cmake/version.cmake)", "add_executable(try main.cpp other.cpp)",
            "target_include_directories(try PRIVATE src)", "target_link_libraries(try PRIVATE restapi_version)"]))
        (sources.folder / "main.cpp").write_text(
            '#include <cstdio>\n#include "base/program_version.hpp"\nint main() { std::puts(restapi::program_version().data()); }\n')
        (sources.folder / "other.cpp").write_text("int other() { return 1; }\n")
        sources.git("init", "--quiet")
        sources.commit()
        told("cmake", "-S", sources.folder, "-B", build, "-G", "Ninja")
        self.assertEqual({"main.cpp", "other.cpp", "program_version.cpp"}, self.compiled(build))
        self.assertEqual(set(), self.compiled(build))
        commit = sources.commit()
        self.assertEqual({"program_version.cpp"}, self.compiled(build))
        self.assertEqual(f"0.1.0~dev.2+g{commit}", told(build / "try"))
        self.assertEqual(set(), self.compiled(build))

    def compiled(self, build: Path) -> set:
        return set(re.findall(r"Building CXX object \S+?(\w+\.cpp)\.o", told("cmake", "--build", build)))


if __name__ == "__main__":
    unittest.main()
