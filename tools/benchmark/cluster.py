# SPDX-License-Identifier: MIT
"""The PostgreSQL that tools/with_postgresql started for this run: settings, data, and what its processes cost."""

import os
import re
import shlex
import subprocess
from pathlib import Path

from .processes import family_cpu_seconds

HERE = Path(__file__).resolve().parent
SCHEMA = HERE.parent.parent / "sql" / "schema" / "postgresql_gen2.sql"
ADMIN = "postgres"

# As restapi sets its own sessions, so that pgbench's statements are planned and run alike.
SESSION = "-c default_transaction_read_only=on -c jit=off -c timezone=UTC -c datestyle=ISO"

# wal_level, max_wal_senders: rows that come in the transaction that makes their table need no log. Nothing of the
# private cluster outlives the run. autovacuum: the data do not change, and its work would be someone's CPU.
SETTINGS = {
    "shared_buffers": "1GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "32GB",
    "checkpoint_timeout": "1h",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "autovacuum": "off",
}

VARIABLE = r"(?<!:):([A-Za-z_]\w*)"  # of psql and pgbench


class Cluster:
    def __init__(self):
        self.admin_uri = os.environ["RESTAPI_TEST_POSTGRESQL"]
        self.data = Path(os.environ["RESTAPI_TEST_PGDATA"])
        self.log = self.data.parent / "log"
        self.control = shlex.split(os.environ["RESTAPI_TEST_PGCTL"])

    def configure(self, **others: str) -> None:
        """SETTINGS, and others that win over them."""
        settings = (f"ALTER SYSTEM SET {name} = '{value}'" for name, value in {**SETTINGS, **others}.items())
        self.psql(ADMIN, *(argument for setting in settings for argument in ("-c", setting)))
        subprocess.run([*self.control, "restart", "-m", "fast"], check=True, cwd="/", stdout=subprocess.DEVNULL)

    def uri(self, database: str) -> str:
        return self.admin_uri.replace("/postgres?", f"/{database}?", 1)

    def psql(self, database: str, *arguments: str, text: str | None = None) -> str:
        """Standard output, unaligned and without headings; raises when a statement fails."""
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *arguments, self.uri(database)]
        environment = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}
        return subprocess.run(command, input=text, text=True, check=True, stdout=subprocess.PIPE,
                              env=environment).stdout

    def rows(self, database: str, query: str) -> list[list[str]]:
        return [line.split("|") for line in self.psql(database, "-c", query).splitlines()]

    def create(self, nodes: int) -> str:
        """A new database of that many nodes, the same in every run; its name."""
        database = f"nodes_{nodes}"
        self.psql(ADMIN, "-c", f"CREATE DATABASE {database}")
        tables, indexes = split_indexes(SCHEMA.read_text(encoding="utf-8"))
        # replica: the rows keep their foreign keys by construction; checking each would take most of the time.
        script = [f"\\set nodes {nodes}", "SET session_replication_role = replica;", tables]
        script += [(HERE / name).read_text(encoding="utf-8") for name in ("samples.sql", "nodes.sql", "links.sql")]
        script += [indexes]
        self.psql(database, "-1", "-f", "-", text="\n".join(script))
        self.psql(database, "-c", "VACUUM (FREEZE, ANALYZE)", "-c", "CHECKPOINT")
        return database

    def warm(self, database: str) -> None:
        """Reads tables and indexes once, so that the first run does not pay for the disk."""
        self.psql(database, "-c", "CREATE EXTENSION IF NOT EXISTS pg_prewarm", "-c",
                  "SELECT sum(pg_prewarm(oid)) FROM pg_class WHERE relkind IN ('r', 'i') AND relname ~ 'db_db'")

    def scans(self, database: str, script: str, variables: dict[str, str], table: str) -> int:
        """How often the plans of a script's statements pass over a table."""
        arguments = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
        text = "".join(f"EXPLAIN {line}\n" for line in re.sub(VARIABLE, r":'\1'", script).splitlines())
        return len(re.findall(rf"Scan.* on {table}\b", self.psql(database, *arguments, "-f", "-", text=text)))

    def size(self, database: str) -> int:
        return int(self.rows(ADMIN, f"SELECT pg_database_size('{database}')")[0][0])

    def cpu_seconds(self) -> float:
        """Of all its processes so far, those that have ended included."""
        return family_cpu_seconds(int((self.data / "postmaster.pid").read_text().split()[0]))

    def statements_logged(self) -> int:
        """Of sessions with log_statement=all."""
        return count_statements(self.log.read_text(errors="replace"))


def count_statements(log: str) -> int:
    """As PostgreSQL writes them, before they run: a line for each simple query and for each Execute message, however
    many of those come before one Sync (libpq's pipeline mode)."""
    return len(re.findall(r"LOG:  (?:execute|statement)\b", log))


def split_indexes(schema: str) -> tuple[str, str]:
    """The schema without its plain indexes, and these: made after the rows they take a fraction of the time."""
    lines = schema.splitlines()
    return ("\n".join(line for line in lines if not line.startswith("CREATE INDEX")),
            "\n".join(line for line in lines if line.startswith("CREATE INDEX")))
