# SPDX-License-Identifier: MIT
"""The Debian package as this build would make it, and the manual page and completions in it. tools/deploy/try_package
installs it into a clean Debian. Needs RESTAPI_BUILD_DIR, the build's folder, with the target restapi_manual built."""

import gzip
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from proxies import ROOT
from served import PATIENCE, run

TOOLS = ["cpack", "dpkg-deb", "dpkg-shlibdeps", "file"]
MISSING = [tool for tool in TOOLS if not shutil.which(tool)]
BUILD = Path(os.environ.get("RESTAPI_BUILD_DIR", "."))


def told(*command, **more) -> str:
    """Standard output of a command that succeeds and has no complaint."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=5 * PATIENCE, **more)
    if done.returncode:
        raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def long_options() -> set:
    return set(re.findall(r"^  (?:-\w,)?(--[a-z-]+)", run("--help").stdout, re.M))


@unittest.skipIf(MISSING, f"not here: {', '.join(MISSING)}; tools/install_packages test installs them")
@unittest.skipUnless((BUILD / "CPackConfig.cmake").is_file(), "a build with sanitizers makes no package")
class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        told("cpack", "-G", "DEB", "-B", cls.folder / "made", cwd=BUILD)
        (cls.file,) = (cls.folder / "made").glob("*.deb")
        cls.root = cls.folder / "root"
        told("dpkg-deb", "-x", cls.file, cls.root)
        # The folder of a debugging build has another prefix than a release's.
        (program,) = cls.root.rglob("bin/restapi")
        cls.prefix = program.parent.parent
        cls.share = cls.prefix / "share"

    def field(self, name: str) -> str:
        return told("dpkg-deb", "-f", self.file, name).strip()

    def test_it_says_what_it_is(self):
        self.assertEqual("restapi", self.field("Package"))
        self.assertEqual("restapi " + self.field("Version").rsplit("-", 1)[0], run("--version").stdout.strip())
        self.assertIn("AiiDA", self.field("Description"))

    def test_its_papers_name_the_version_and_the_licence(self):
        documents = self.share / "doc" / "restapi"
        entry = gzip.decompress((documents / "changelog.Debian.gz").read_bytes()).decode()
        self.assertTrue(entry.startswith(f"restapi ({self.field('Version')}) "), entry)
        holder = re.search(r"^Copyright \(c\) (.*)$", (ROOT / "LICENSE").read_text(encoding="utf-8"), re.M)[1]
        self.assertIn(f"\nFiles: *\nCopyright: {holder}\nLicense: Expat\n", (documents / "copyright").read_text(encoding="utf-8"))

    def test_dependencies_are_those_of_the_program(self):
        depends = set(re.findall(r"(?:^|, )([a-z0-9.+-]+)", self.field("Depends")))
        listed = (ROOT / "tools" / "packages").read_text(encoding="utf-8")
        runtime = set(re.findall(r"^runtime +(\S+)", listed, re.M))
        versioned = {re.sub("-fmt9$", "", name) for name in depends}  # a name that libspdlog provides
        self.assertLessEqual(runtime, versioned)
        self.assertLessEqual(versioned - runtime, {"libc6", "libgcc-s1"})

    def test_everything_has_its_place(self):
        for name in ("man/man1/restapi.1.gz", "bash-completion/completions/restapi", "zsh/vendor-completions/_restapi",
                     "fish/vendor_completions.d/restapi.fish", "doc/restapi/copyright", "doc/restapi/changelog.gz",
                     "doc/restapi/changelog.Debian.gz", "doc/restapi/README.md", "doc/restapi/docs/deployment.md",
                     "doc/restapi/examples/apache/one_site.conf", "doc/restapi/examples/nginx/one_site.conf"):
            self.assertTrue((self.share / name).is_file(), name)
        for unit in ("restapi.service", "restapi.socket", "restapi@.service"):
            self.assertTrue((self.prefix / "lib" / "systemd" / "system" / unit).is_file(), unit)

    def test_only_the_configuration_is_kept_from_others(self):
        for path in self.root.rglob("*"):
            mode = path.stat().st_mode & 0o777
            wanted = 0o600 if path.name == "main.toml" else 0o755 if path.is_dir() or path.parent.name == "bin" else 0o644
            self.assertEqual(oct(wanted), oct(mode), path)

    def test_the_configuration_is_one(self):
        (path,) = self.root.rglob("main.toml")
        # What has no # before it, and what would have none.
        text = path.read_text(encoding="utf-8")
        possible = re.sub(r"^# (?=[\[a-z-]+(?: =|\]$))", "", text, flags=re.M)
        self.assertGreater(len(re.findall(r"^source", possible, re.M)), 5)
        # Above the sections one source is wanted.
        *others, last = re.findall(r"^source.*\n", possible.partition("\n[")[0], re.M)
        for source in others:
            possible = possible.replace(source, "", 1)
        for content in (text, possible):
            changed = self.folder / "main.toml"
            changed.write_text(content, encoding="utf-8")
            # The file was read and accepted: the complaint is about a variable, and variables come after it.
            self.assertIn("RESTAPI_PORT", run("--config", changed, RESTAPI_PORT="none").stderr)

    def test_the_manual_page_has_every_option_and_no_fault(self):
        page = self.share / "man" / "man1" / "restapi.1.gz"
        if not shutil.which("man"):
            self.skipTest("no man here: tools/install_packages test installs it (man-db)")
        done = subprocess.run(["man", "--warnings", "-l", str(page)], capture_output=True, text=True, timeout=PATIENCE,
                              env=os.environ | {"LC_ALL": "C.UTF-8", "MANWIDTH": "100", "MANROFFOPT": "-c"})
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        shown = re.sub(".\b", "", done.stdout)
        for option in long_options():
            self.assertRegex(shown, rf"(?m)^ +(-\w, )?{option}\b")
        # The help's examples, and its file with sections, each line as it is written there.
        help_ = run("--help").stdout
        for title, found in (("EXAMPLES", re.search(r"^Examples:\n((?:  .*\n)+)", help_, re.M)),
                             ("NOTES", re.search(r"^((?:  .*\n)+  \[.*\n(?:  .*\n)*)", help_, re.M))):
            (part,) = re.findall(rf"^{title}\n((?: .*\n|\n)*)", shown, re.M)
            self.assertIn(re.sub("^ +", "", found[1], flags=re.M), re.sub("^ +", "", part, flags=re.M))

    def test_bash_completes(self):
        script = self.share / "bash-completion" / "completions" / "restapi"

        def completed(*words):
            listed = " ".join(f"'{word}'" for word in words)
            text = (f"source {script}; COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}; _restapi;"
                    'printf "%s\\n" "${COMPREPLY[@]}"')
            return set(told("bash", "--norc", "-c", text, cwd=self.folder, stdin=subprocess.DEVNULL).split())

        self.assertLessEqual(long_options(), completed("restapi", "-"))
        self.assertEqual({"--port"}, completed("restapi", "--por"))
        self.assertIn("critical", completed("restapi", "--log-level", ""))
        self.assertEqual({"made"}, completed("restapi", "ma") - {"main.toml"})
        self.assertEqual({"made"}, completed("restapi", "-p", "name", "=", "ma") - {"main.toml"})
        self.assertIn("made", completed("restapi", "-p", "name", "="))

    def test_the_other_shells_have_every_option(self):
        zsh = (self.share / "zsh" / "vendor-completions" / "_restapi").read_text(encoding="utf-8")
        fish = (self.share / "fish" / "vendor_completions.d" / "restapi.fish").read_text(encoding="utf-8")
        for option in long_options():
            self.assertIn(option, zsh)
            self.assertIn(f"-l {option[2:]} ", fish)


if __name__ == "__main__":
    unittest.main()
