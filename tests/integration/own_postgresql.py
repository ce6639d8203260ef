# SPDX-License-Identifier: MIT
"""A PostgreSQL server for one test alone, which may stop and start it."""

import re
import subprocess
import time
import urllib.parse

from served import PATIENCE, ROOT

SCHEMAS = {"document": "gen1", "generation2": "gen2", "aiida2": "gen2"}


def eventually(condition) -> bool:
    """Waits for a condition; False if it did not come."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return False


class OwnPostgreSql:
    """Runs tools/with_postgresql, which removes the server when its standard input is closed."""

    def __init__(self, fixture: str = "generation2"):
        script = 'echo "$RESTAPI_TEST_POSTGRESQL"; echo "$RESTAPI_TEST_PGCTL"; exec cat >/dev/null'
        self.tool = subprocess.Popen([ROOT / "tools" / "with_postgresql", "sh", "-c", script], text=True,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.uri = self.tool.stdout.readline().strip()
        self.pg_ctl = self.tool.stdout.readline().strip()
        self.psql = [re.search(r"(\S+/)pg_ctl", self.pg_ctl)[1] + "psql", "-q", "-A", "-t", "-d", self.uri]
        self.fill(fixture)

    def fill(self, fixture: str):
        """Its only database has this and nothing else."""
        clear = ("DROP SCHEMA IF EXISTS restapi_feed, public CASCADE; CREATE SCHEMA public; "
                 "GRANT USAGE ON SCHEMA public TO PUBLIC")
        schema = ROOT / "sql" / "schema" / f"postgresql_{SCHEMAS[fixture]}.sql"
        subprocess.run([*self.psql, "-c", clear, "-f", schema, "-f", ROOT / "tests" / "fixtures" / f"{fixture}.sql"],
                       check=True, capture_output=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tool.stdin.close()
        self.tool.wait()
        self.tool.stdout.close()

    def control(self, action: str):
        # From a folder that the server's owner may enter, without descriptors that a started server would keep.
        subprocess.run(["sh", "-c", f"{self.pg_ctl} {action}"], cwd="/", check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        self.control("stop -m fast")

    def start(self):
        self.control("start")

    def ask(self, sql: str) -> str:
        return subprocess.run([*self.psql, "-c", sql], check=True, capture_output=True, text=True).stdout.strip()

    def run(self, script: str):
        subprocess.run([*self.psql, "-v", "ON_ERROR_STOP=1"], input=script, check=True, capture_output=True, text=True)

    def keywords(self) -> dict:
        """Where it is, as AiiDA's configuration says it."""
        settings = urllib.parse.urlsplit(self.uri)
        more = dict(urllib.parse.parse_qsl(settings.query))
        return {"database_hostname": more["host"], "database_username": more["user"], "database_name": settings.path[1:]}

    def lock(self, table: str) -> "Lock":
        return Lock(self, table)


class Lock:
    """Keeps everybody else from reading a table: a statement that takes as long as one likes."""

    def __init__(self, server: OwnPostgreSql, table: str):
        self.session = subprocess.Popen(server.psql, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.session.stdin.write(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; SELECT 'locked';\n")
        self.session.stdin.flush()
        assert self.session.stdout.readline().strip() == "locked"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session.communicate()
