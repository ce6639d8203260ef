# SPDX-License-Identifier: MIT
"""What a person is told where libraries are missing (cmake/require.cmake): all of them at once, and what installs them."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(os.environ.get("RESTAPI_SOURCE_DIR", Path(__file__).parents[2]))


def configure(*lines: str) -> str:
    """What CMake says of a project that requires this; a package is found by the file of its configuration."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "old-config.cmake").write_text("")
        (here / "old-config-version.cmake").write_text("set(PACKAGE_VERSION 1.74)\nset(PACKAGE_VERSION_COMPATIBLE FALSE)\n")
        (here / "present-config.cmake").write_text("")
        (here / "CMakeLists.txt").write_text("\n".join([
            "cmake_minimum_required(VERSION 3.25)", "project(try LANGUAGES NONE)",
            f'include("{ROOT}/cmake/require.cmake")', 'set(CMAKE_PREFIX_PATH "${CMAKE_SOURCE_DIR}")',
            *lines, "restapi_report_missing()", 'message("all there")']))
        done = subprocess.run(["cmake", "-S", here, "-B", here / "build"], capture_output=True, text=True, timeout=60)
        return " ".join((done.stdout + done.stderr).split())


class Missing(unittest.TestCase):
    def test_nothing(self):
        said = configure("restapi_require_package(present)", "restapi_require(something UNIX)")
        self.assertIn("all there", said)

    def test_every_one_is_named(self):
        said = configure("restapi_require_package(absent)", "restapi_require_package(present)",
                         "restapi_require_package(old 1.81)", "find_path(HEADER absent/absent.h)",
                         "restapi_require(absent/absent.h HEADER)", "restapi_require_package(PkgConfig)",
                         "restapi_require_module(nowhere libnowhere)")
        self.assertIn("Missing, or too old: absent, old 1.81 (here is 1.74), absent/absent.h, libnowhere.", said)
        self.assertIn("on Debian 12: tools/install_packages build", said)
        self.assertNotIn("install_packages build test", said)
        self.assertNotIn("all there", said)

    def test_what_only_tests_need_is_in_their_group(self):
        said = configure("restapi_require_package(absent 2 GROUP test)")
        self.assertIn("Missing, or too old: absent 2.", said)
        self.assertIn("tools/install_packages test", said)


if __name__ == "__main__":
    unittest.main()
