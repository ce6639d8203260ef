# SPDX-License-Identifier: MIT
"""Databases of a test's own in the PostgreSQL server of tools/with_postgresql."""

import os
import subprocess

from proxies import ROOT
from served import PATIENCE, postgresql


def psql(database: str, *arguments: str, **more) -> str:
    """Runs psql on a database of the server, and gives the database's URI."""
    uri = postgresql().replace("/postgres?", f"/{database}?")
    done = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", uri, *arguments], capture_output=True,
                          text=True, timeout=PATIENCE, **more)
    if done.returncode:
        raise AssertionError(done.stderr)
    return uri


def make_postgresql_database(test_class, name: str, generation: str, fixture: str) -> str:
    """The URI of a database with one of tests/fixtures, which goes with the class of tests."""
    name = f"{name}_{os.getpid()}"
    psql("postgres", "-c", f"CREATE DATABASE {name}")
    test_class.addClassCleanup(psql, "postgres", "-c", f"DROP DATABASE {name} WITH (FORCE)")
    return psql(name, "-f", str(ROOT / "sql" / "schema" / f"postgresql_{generation}.sql"),
                "-f", str(ROOT / "tests" / "fixtures" / f"{fixture}.sql"))
