# SPDX-License-Identifier: MIT
"""What tests of the live feed share: a PostgreSQL of their own, in which the source of changes is installed."""

import os
import subprocess
import unittest

from own_postgresql import OwnPostgreSql
from served import Server, run


class OnFedPostgreSql(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postgresql = OwnPostgreSql()
        cls.addClassCleanup(cls.postgresql.__exit__)

    def setUp(self):
        self.fill("generation2")

    def fill(self, fixture: str):
        self.postgresql.fill(fixture)
        self.execute(run("--print-feed-setup", "postgresql").stdout)

    def execute(self, sql: str, **environment: str):
        """In one session of psql."""
        subprocess.run([*self.postgresql.psql, "-v", "ON_ERROR_STOP=1"], input=sql, text=True, check=True,
                       capture_output=True, env=os.environ | environment)

    def serve(self, *arguments, **more) -> Server:
        return Server(self.postgresql.uri, *arguments, **more)
