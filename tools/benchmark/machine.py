# SPDX-License-Identifier: MIT
"""Where and with what it was measured: a few lines for the page, without names and dates."""

import os
import platform
import re
import subprocess
from pathlib import Path

from .servers import Programs


def hardware() -> str:
    processor = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1]) / 2**20
    return (f"{processor[1] if processor else platform.machine()}, {os.cpu_count()} processors, {memory:.0f} GiB, "
            f"Linux {platform.release()}")


def describe(programs: Programs) -> str:
    versions = [version(programs.restapi, "--version"), version("psql", "--version"),
                "SQLite " + version("sqlite3", "--version").split()[0],
                " ".join(version("wrk", "--version").split()[:2]).replace("debian/", "")]
    return (f"{hardware()}; {', '.join(versions)}; build type {build_type(programs)}. "
            "Server, database and load share these processors.")


def version(*command: str | Path) -> str:
    """The first line; wrk says its own with exit status 1."""
    result = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return re.sub(r" \(Debian.*?\)", "", result.stdout.splitlines()[0])


def build_type(programs: Programs) -> str:
    return build_setting(programs.restapi, "CMAKE_BUILD_TYPE") or "unknown"


def build_setting(program: Path, name: str) -> str:
    """What CMake was told for the build that the program comes from; empty where that is not known."""
    for folder in program.resolve().parents:
        cache = folder / "CMakeCache.txt"
        if cache.exists():
            found = re.search(rf"^{name}:\w+=(.*)$", cache.read_text(), re.MULTILINE)
            return found[1] if found else ""
    return ""
