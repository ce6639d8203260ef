# SPDX-License-Identifier: MIT
"""Random rows of every table, and stores that hold them: what the random questions of several tests are asked about."""

import json
import random
import sqlite3
import subprocess
import tempfile
import zipfile
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from own_postgresql import OwnPostgreSql
from served import Server, make_database

NODES, LINKS = 90, 170
FIRST = 1001  # ids of the rows that are made here; those of the fixture go
TYPES = ("data.core.dict.Dict.", "data.core.int.Int.", "process.workflow.workchain.WorkChainNode.",
         "process.calculation.calcjob.CalcJobNode.", "data.core.code.Code.")
TEXTS = ("", "a", "A", "ab", "Ab", "b_", "50%", "a\\b", "é", "É", "z", "Zoë", "null", "2", "true", "it's \"x\"", "🧪", "a,b&c=d")
LINK_TYPES = ("create", "return", "input_calc", "input_work", "call_calc", "call_work")
KEYS = ("value", "list", "deep", "my tag", "0")
NUMBERS = ("0", "1", "2", "2.0", "-3", "0.1", "1e-3", "-2.5e2", "9007199254740993", "9007199254740992", "1e300", "36")
BEGIN = datetime(2024, 2, 28, 22)


def uuid_of(resource: str, pk: int) -> str:
    return f"{pk:08x}-0000-4000-8000-{sum(resource.encode()):012x}"


def number(text: str):
    return json.loads(text, parse_float=Decimal)


class Dice(random.Random):
    def one_in(self, count: int) -> bool:
        return self.randrange(count) == 0

    def document_value(self, depth: int = 0) -> str:
        """As JSON: text, because numbers keep their digits."""
        choice = self.randrange(9 if depth < 2 else 6)
        if choice < 2:
            return self.choice(NUMBERS)
        if choice < 4:
            return json.dumps(self.choice(TEXTS))
        if choice < 6:
            return self.choice(("true", "false", "null"))
        if choice < 7:
            return "[" + ", ".join(self.document_value(depth + 1) for _ in range(self.randrange(4))) + "]"
        keys = self.sample(KEYS, self.randrange(4))
        return "{" + ", ".join(f"{json.dumps(key)}: {self.document_value(depth + 1)}" for key in keys) + "}"

    def document(self, **more: str) -> str:
        members = {key: self.document_value() for key in self.sample(KEYS, self.randrange(len(KEYS)))} | more
        return "{" + ", ".join(f"{json.dumps(key)}: {value}" for key, value in members.items()) + "}"


def made_by(dice: Dice) -> dict:
    """Rows by table and id, documents as text. Links go in any direction, several between the same two: cycles, too."""
    ids = [FIRST + place for place in range(NODES)]
    users = {pk: {"first_name": dice.choice(TEXTS), "last_name": dice.choice(TEXTS)} for pk in (FIRST, FIRST + 1, FIRST + 2)}
    computers = {pk: {"name": f"{dice.choice(TEXTS)}{pk}", "hostname": dice.choice(TEXTS), "metadata": dice.document()}
                 for pk in (FIRST, FIRST + 1)}
    nodes = {}
    for pk in ids:
        state = {"process_state": json.dumps(dice.choice(("finished", "killed")))} if dice.one_in(2) else {}
        status = {"exit_status": str(dice.choice((0, 0, 1, 410)))} if dice.one_in(3) else {}
        nodes[pk] = {"label": dice.choice(TEXTS), "description": dice.choice(TEXTS), "type": dice.choice(TYPES),
                     "ctime": BEGIN + timedelta(minutes=dice.randrange(4000), seconds=dice.randrange(60)),
                     "attributes": dice.document(**state, **status), "extras": dice.document(),
                     "user_id": dice.choice(list(users)), "computer_id": dice.choice((None, *computers))}
    groups = {pk: {"name": f"{dice.choice(TEXTS)}{pk}", "type": dice.choice(("core", "core.auto")),
                   "user_id": dice.choice(list(users)), "extras": dice.document()} for pk in range(FIRST, FIRST + 6)}
    links = {pk: {"input_id": dice.choice(ids), "output_id": dice.choice(ids), "label": dice.choice(TEXTS),
                  "type": dice.choice(LINK_TYPES)} for pk in range(FIRST, FIRST + LINKS)}
    comments = {pk: {"node_id": dice.choice(ids), "user_id": dice.choice(list(users)), "content": dice.choice(TEXTS)}
                for pk in range(FIRST, FIRST + 20)}
    logs = {pk: {"node_id": dice.choice(ids), "levelname": dice.choice(("ERROR", "REPORT")), "message": dice.choice(TEXTS),
                 "metadata": dice.document()} for pk in range(FIRST, FIRST + 20)}
    members = {(dice.choice(list(groups)), dice.choice(ids)) for _ in range(60)}
    return {"users": users, "computers": computers, "nodes": nodes, "groups": groups, "links": links,
            "comments": comments, "logs": logs, "members": members}


INSERTS = {  # resource → table, its columns → what is made, or a constant
    "users": ("db_dbuser", {"email": lambda row: f"{row['id']}@example.org", "first_name": "first_name",
                            "last_name": "last_name", "institution": lambda row: row.get("institution", "")}),
    "computers": ("db_dbcomputer", {"uuid": lambda row: uuid_of("c", row["id"]), "label": "name", "hostname": "hostname",
                                    "description": lambda row: "", "scheduler_type": lambda row: "core.direct",
                                    "transport_type": lambda row: "core.local", "metadata": "metadata"}),
    "nodes": ("db_dbnode", {"uuid": lambda row: uuid_of("n", row["id"]), "node_type": "type", "label": "label",
                            "description": "description", "ctime": "ctime", "process_type": lambda row: row.get("process_type"),
                            "mtime": lambda row: row.get("mtime", row["ctime"]), "attributes": "attributes", "extras": "extras",
                            "repository_metadata": lambda row: "{}", "dbcomputer_id": "computer_id",
                            "user_id": "user_id"}),
    "links": ("db_dblink", {"input_id": "input_id", "output_id": "output_id", "label": "label", "type": "type"}),
    "groups": ("db_dbgroup", {"uuid": lambda row: uuid_of("g", row["id"]), "label": "name", "type_string": "type",
                              "time": lambda row: BEGIN, "description": lambda row: "", "extras": "extras",
                              "user_id": "user_id"}),
    "comments": ("db_dbcomment", {"uuid": lambda row: uuid_of("k", row["id"]), "dbnode_id": "node_id",
                                  "ctime": lambda row: BEGIN, "mtime": lambda row: BEGIN, "user_id": "user_id",
                                  "content": "content"}),
    "logs": ("db_dblog", {"uuid": lambda row: uuid_of("o", row["id"]), "time": lambda row: BEGIN,
                          "loggername": lambda row: "aiida", "levelname": "levelname", "dbnode_id": "node_id",
                          "message": "message", "metadata": "metadata"}),
}
EMPTY = ("db_dbcomment", "db_dblog", "db_dblink", "db_dbgroup_dbnodes", "db_dbgroup", "db_dbnode", "db_dbcomputer", "db_dbuser")


def stored(made: dict, resource: str) -> list:
    """The rows of its table, by the names of the columns."""
    _, columns = INSERTS[resource]
    rows = ({**row, "id": pk} for pk, row in made[resource].items())
    return [{"id": row["id"]} | {name: row[what] if isinstance(what, str) else what(row) for name, what in columns.items()}
            for row in rows]


def stored_members(made: dict) -> list:
    return [{"id": FIRST + place, "dbnode_id": node, "dbgroup_id": group}
            for place, (group, node) in enumerate(sorted(made["members"]))]


def sql_of(made: dict, zone: str) -> str:
    def literal(value) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, datetime):
            return f"'{value:%Y-%m-%d %H:%M:%S.%f}{zone}'"
        return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"

    def insert(table: str, rows: list) -> str:
        texts = ", ".join("(" + ", ".join(map(literal, row.values())) + ")" for row in rows)
        return f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES {texts};"

    return "\n".join([*(f"DELETE FROM {table};" for table in EMPTY),
                      *(insert(table, stored(made, resource)) for resource, (table, _) in INSERTS.items()),
                      insert("db_dbgroup_dbnodes", stored_members(made))])


# ---- stores that hold them, each with a server -----------------------------------------------------------------------


def sqlite_file(made: dict, folder: Path) -> Path:
    path = make_database(folder / "some.sqlite", "generation2")
    database = sqlite3.connect(path)
    database.executescript("BEGIN;" + sql_of(made, "") + "COMMIT;")
    database.close()
    return path


@contextmanager
def on_sqlite(made: dict):
    with tempfile.TemporaryDirectory() as folder, Server(sqlite_file(made, Path(folder))) as server:
        yield server


@contextmanager
def on_archive(made: dict):
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "some.aiida"
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("metadata.json", '{"export_version": "main_0001", "aiida_version": "2.4.0"}')
            file.write(sqlite_file(made, Path(folder)), "db.sqlite3")
        with Server(archive) as server:
            yield server


@contextmanager
def on_postgresql(made: dict):
    with OwnPostgreSql("generation2") as database:
        subprocess.run([*database.psql, "-1", "-f", "-"], input=sql_of(made, "+00"), text=True, check=True, capture_output=True)
        with Server(database.uri) as server:
            yield server


class OnEachStore:
    """Tests of rows `made`, which judge(server, seed) judges."""

    def test_sqlite(self):
        with on_sqlite(self.made) as server:
            self.judge(server, 2)

    def test_archive(self):
        with on_archive(self.made) as server:
            self.judge(server, 3)

    def test_postgresql(self):
        with on_postgresql(self.made) as server:
            self.judge(server, 4)
