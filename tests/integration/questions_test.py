# SPDX-License-Identifier: MIT
"""Thousands of random questions, each judged by an independent evaluation (evaluation.py), on PostgreSQL, SQLite and an
archive: columns, paths into documents, alternatives, related rows, what is shown, orders, and pages behind positions."""

import json
import random
import re
import sqlite3
import subprocess
import tempfile
import unittest
import urllib.parse
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from evaluation import COLUMNS, DOCUMENTS, OVER_LINKS, RELATIONS, Clause, Evaluation, Group, Moment, Tables
from own_postgresql import OwnPostgreSql
from served import Server, make_database

ROUNDS = 1_200  # on each store
NODES, LINKS = 90, 170
FIRST = 1001  # ids of the rows that are made here; those of the fixture go
TYPES = ("data.core.dict.Dict.", "data.core.int.Int.", "process.workflow.workchain.WorkChainNode.",
         "process.calculation.calcjob.CalcJobNode.", "data.core.code.Code.")
TEXTS = ("", "a", "A", "ab", "Ab", "b_", "50%", "a\\b", "é", "É", "z", "Zoë", "null", "2", "true", "it's \"x\"", "🧪", "a,b&c=d")
LINK_TYPES = ("create", "return", "input_calc", "input_work", "call_calc", "call_work")
KEYS = ("value", "list", "deep", "my tag", "0")
NUMBERS = ("0", "1", "2", "2.0", "-3", "0.1", "1e-3", "-2.5e2", "9007199254740993", "9007199254740992", "1e300", "36")
BEGIN = datetime(2024, 2, 28, 22)
LENGTHS = (("%Y-%m-%d", timedelta(days=1)), ("%Y-%m-%dT%H", timedelta(hours=1)),
           ("%Y-%m-%dT%H:%M", timedelta(minutes=1)), ("%Y-%m-%dT%H:%M:%S", timedelta(seconds=1)))


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
    """Rows by table and id, documents as text."""
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
    # In any direction, and several between the same two: cycles, too.
    links = {pk: {"input_id": dice.choice(ids), "output_id": dice.choice(ids), "label": dice.choice(TEXTS),
                  "type": dice.choice(LINK_TYPES)} for pk in range(FIRST, FIRST + LINKS)}
    comments = {pk: {"node_id": dice.choice(ids), "user_id": dice.choice(list(users)), "content": dice.choice(TEXTS)}
                for pk in range(FIRST, FIRST + 20)}
    logs = {pk: {"node_id": dice.choice(ids), "levelname": dice.choice(("ERROR", "REPORT")), "message": dice.choice(TEXTS),
                 "metadata": dice.document()} for pk in range(FIRST, FIRST + 20)}
    members = {(dice.choice(list(groups)), dice.choice(ids)) for _ in range(60)}
    return {"users": users, "computers": computers, "nodes": nodes, "groups": groups, "links": links,
            "comments": comments, "logs": logs, "members": members}


def tables_of(made: dict) -> Tables:
    rows = {}
    for resource, columns in COLUMNS.items():
        rows[resource] = {pk: {**row, "id": pk} for pk, row in made[resource].items()}
        for row in rows[resource].values():
            for name in DOCUMENTS.get(resource, ()):
                row[name] = json.loads(row[name], parse_float=Decimal)
            if resource == "nodes":
                row["state"], row["exit_status"] = (row["attributes"].get(key) for key in ("process_state", "exit_status"))
            assert columns.keys() <= row.keys(), resource
    return Tables(rows, made["members"])


INSERTS = {  # resource → table, its columns → what is made, or a constant
    "users": ("db_dbuser", {"email": lambda row: f"{row['id']}@example.org", "first_name": "first_name",
                            "last_name": "last_name", "institution": lambda row: ""}),
    "computers": ("db_dbcomputer", {"uuid": lambda row: uuid_of("c", row["id"]), "label": "name", "hostname": "hostname",
                                    "description": lambda row: "", "scheduler_type": lambda row: "core.direct",
                                    "transport_type": lambda row: "core.local", "metadata": "metadata"}),
    "nodes": ("db_dbnode", {"uuid": lambda row: uuid_of("n", row["id"]), "node_type": "type", "label": "label",
                            "description": "description", "ctime": "ctime", "mtime": "ctime", "attributes": "attributes",
                            "extras": "extras", "repository_metadata": lambda row: "{}", "dbcomputer_id": "computer_id",
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


def sql_of(made: dict, zone: str) -> str:
    def literal(value) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, datetime):
            return f"'{value:%Y-%m-%d %H:%M:%S}{zone}'"
        return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"

    statements = [f"DELETE FROM {table};" for table in EMPTY]
    for resource, (table, columns) in INSERTS.items():
        rows = []
        for pk, row in made[resource].items():
            whole = {**row, "id": pk}
            rows.append([pk, *(whole[what] if isinstance(what, str) else what(whole) for what in columns.values())])
        texts = ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows)
        statements.append(f"INSERT INTO {table} (id, {', '.join(columns)}) VALUES {texts};")
    members = ", ".join(f"({FIRST + place}, {node}, {group})" for place, (group, node) in enumerate(sorted(made["members"])))
    statements.append(f"INSERT INTO db_dbgroup_dbnodes (id, dbnode_id, dbgroup_id) VALUES {members};")
    return "\n".join(statements)


class Questions:
    """Random ones, with what they are written as."""

    def __init__(self, dice: Dice):
        self.dice = dice

    def clause(self, resource: str) -> Clause:
        """Of the row, or of related ones."""
        path = []
        while len(path) < 2 and resource in RELATIONS and self.dice.one_in(2):
            name = self.dice.choice(list(RELATIONS[resource]))
            path.append(name)
            resource = RELATIONS[resource][name]
            if name in OVER_LINKS and self.dice.one_in(3):
                path.append("link")
                resource = "links"
        names = [*COLUMNS[resource], *DOCUMENTS.get(resource, ()), *DOCUMENTS.get(resource, ())]
        name = self.dice.choice(names)
        if name in COLUMNS[resource]:
            return Clause([*path, name], *self.of_column(COLUMNS[resource][name]))
        return Clause([*path, name, *self.steps()], *self.of_document())

    def steps(self) -> list:
        steps = [self.dice.choice((*KEYS, "process_state", "exit_status"))]
        while self.dice.one_in(3):
            steps.append(self.dice.choice((*KEYS, 0, 1)))
        return steps

    def of_column(self, kind: str) -> tuple:
        dice = self.dice
        if dice.one_in(6):
            return "=is=", [dice.choice(("null", "notnull"))]
        if kind == "string":
            operator = dice.choice(("=", "!=", "<", ">", "<=", ">=", "=like=", "=ilike=", "=in=", "=notin=", "=startswith="))
            if operator in ("=like=", "=ilike="):
                return operator, [self.pattern()]
            return operator, self.values(operator, lambda: dice.choice((*TEXTS, *TYPES)))
        operator = dice.choice(("=", "!=", "<", ">", "<=", ">=", "=in=", "=notin="))
        if kind == "integer":
            return operator, self.values(operator, lambda: dice.choice((0, 1, 410, -1, FIRST + dice.randrange(NODES))))
        return operator, self.values(operator, self.moment)

    def of_document(self) -> tuple:
        dice = self.dice
        operator = dice.choice(("=", "!=", "<", ">", "<=", ">=", "=in=", "=notin=", "=is=", "=like=", "=ilike=", "=startswith=",
                                "=has_key=", "=contains=", "=of_length=", "=longer=", "=shorter=", "=of_type="))
        if operator == "=is=":
            return operator, [dice.choice(("null", "notnull"))]
        if operator == "=of_type=":
            return operator, [dice.choice(("object", "array", "string", "number", "boolean", "null"))]
        if operator in ("=of_length=", "=longer=", "=shorter="):
            return operator, [dice.randrange(4)]
        if operator in ("=like=", "=ilike="):
            return operator, [self.pattern()]
        if operator == "=has_key=":
            return operator, [dice.choice(KEYS)]
        if operator in ("<", ">", "<=", ">="):
            return operator, [dice.choice((number(dice.choice(NUMBERS)), dice.choice(TEXTS)))]
        if operator == "=startswith=":
            return operator, [dice.choice(TEXTS)]
        return operator, self.values(operator, lambda: dice.choice((number(dice.choice(NUMBERS)), dice.choice(TEXTS),
                                                                    dice.one_in(2))))

    def values(self, operator: str, make) -> list:
        takes_list = operator in ("=in=", "=notin=", "=contains=")
        return [make() for _ in range(1 + self.dice.randrange(3) if takes_list else 1)]

    def pattern(self) -> str:
        return "".join(self.dice.choice(("%", "_", "a", "A", "b", "\\%", "\\_", "\\\\", "é", "50", "z", ".", "data"))
                       for _ in range(self.dice.randrange(5)))

    def moment(self) -> Moment:
        layout, length = self.dice.choice(LENGTHS)
        time = BEGIN + timedelta(minutes=self.dice.randrange(4000), seconds=self.dice.randrange(60))
        return Moment(datetime.strptime(time.strftime(layout), layout), length)

    def query(self, resource: str, depth: int = 0) -> list:
        parts = [self.clause(resource) for _ in range(1 + self.dice.randrange(2))]
        if self.dice.one_in(3) and len(parts[0].path) > 1 and parts[0].path[0] in RELATIONS.get(resource, {}):
            for _ in range(20):  # another one of the same row, which few of those that come by chance are
                other = self.clause(resource)
                if other.path[0] == parts[0].path[0]:
                    parts.append(other)
                    break
        if depth < 2 and self.dice.one_in(2):
            parts.append(Group([self.query(resource, depth + 1) for _ in range(1 + self.dice.randrange(3))],
                               self.dice.one_in(3)))
        return parts

    def path_of_field(self) -> list:
        dice = self.dice
        return dice.choice(([dice.choice(list(COLUMNS["nodes"]))], ["attributes", *self.steps()], ["extras", *self.steps()],
                            ["computer", "name"], ["computer", "metadata", *self.steps()], ["user", "last_name"], ["degree"]))

    def order(self) -> list:
        """Of values that are numbers, strings or nothing: how others lie is not said."""
        paths = (["label"], ["type"], ["ctime"], ["state"], ["exit_status"], ["user", "first_name"], ["computer", "name"],
                 ["attributes", "exit_status"], ["attributes", "process_state"], ["description"])
        return [(path, self.dice.one_in(2)) for path in self.dice.sample(paths, self.dice.randrange(4))]


def written(part) -> str:
    """In the language. Groups come last, so the relation of a link is known before them."""
    if isinstance(part, list):
        return "&".join(written(each) for each in part)
    if isinstance(part, Group):
        return "!" * part.is_negated + "(" + "|".join(written(each) for each in part.alternatives) + ")"
    words = part.operator in ("=is=", "=of_type=")
    return written_path(part.path) + part.operator + ",".join(value if words else written_value(value) for value in part.values)


def written_path(path: list) -> str:
    is_plain = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch
    return ".".join(str(step) if isinstance(step, int) or is_plain(step) else '"' + step.replace('"', '""') + '"'
                    for step in path)


def written_value(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Moment):
        return value.begin.strftime(next(layout for layout, length in LENGTHS if length == value.length))
    return str(value) if isinstance(value, (int, Decimal)) else '"' + value.replace('"', '""') + '"'


class Judged(unittest.TestCase):
    def setUp(self):
        self.made = made_by(Dice(1))
        self.tables = tables_of(self.made)
        self.evaluation = Evaluation(self.tables)

    def list(self, server: Server, resource: str, query: str) -> tuple:
        answer = server.get(f"/api/v2/{resource}?" + urllib.parse.quote(query, safe="=&,!()|<>"))
        self.assertEqual(200, answer.status, answer.body[:300])
        rows = json.loads(answer.body, parse_float=Decimal)["data"][resource]
        return answer.headers, rows

    def judge(self, server: Server, seed: int):
        dice = Dice(seed)
        questions = Questions(dice)
        some = 0
        for _ in range(ROUNDS):
            resource = dice.choice(("nodes", "nodes", "nodes", "computers", "users", "groups"))
            query = questions.query(resource)
            text = written(query)
            with self.subTest(resource=resource, query=text):
                expected = self.evaluation.rows(resource, query)
                headers, rows = self.list(server, resource, text)
                self.assertEqual(expected, [row["id"] for row in rows])
                self.assertEqual(str(len(expected)), headers["x-total-count"])
                if resource == "nodes" and expected:
                    self.judge_rows(server, questions, text, expected)
            some += 0 < len(expected) < len(self.tables.rows[resource])
        self.assertGreater(some, ROUNDS / 8)  # the questions are worth something only if they tell rows apart

    def judge_rows(self, server: Server, questions: Questions, text: str, expected: list):
        order = questions.order()
        fields = {written_path(path): path for path in ([["id"]] + [questions.path_of_field() for _ in range(3)])}
        asked = f"{text}&fields={','.join(fields)}"
        if order:
            asked += "&orderby=" + ",".join("-" * descending + written_path(path) for path, descending in order)
        wanted = self.evaluation.ordered(expected, order)
        _, rows = self.list(server, "nodes", asked)
        self.assertEqual(wanted, [row["id"] for row in rows], asked)
        for row in rows:
            node = self.tables.rows["nodes"][row["id"]]
            self.assertEqual({name: self.shown(self.evaluation.value(node, path)) for name, path in fields.items()}, row)
        self.judge_pages(server, asked, wanted)

    @staticmethod
    def shown(value):
        return value.strftime("%a, %d %b %Y %H:%M:%S GMT") if isinstance(value, datetime) else value

    def judge_pages(self, server: Server, asked: str, wanted: list):
        """Page after page is the list."""
        found, query = [], f"{asked}&count=none&limit={max(1, len(wanted) // 3)}&after="
        while True:
            headers, rows = self.list(server, "nodes", query)
            found += [row["id"] for row in rows]
            link = headers.get("link")
            if link is None:
                break
            query = urllib.parse.unquote(re.search(r"\?(.*)>", link)[1])
        self.assertEqual(wanted, found)

    def test_sqlite(self):
        with tempfile.TemporaryDirectory() as folder, Server(self.sqlite(Path(folder))) as server:
            self.judge(server, 2)

    def test_archive(self):
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "some.aiida"
            with zipfile.ZipFile(archive, "w") as file:
                file.writestr("metadata.json", '{"export_version": "main_0001", "aiida_version": "2.4.0"}')
                file.write(self.sqlite(Path(folder)), "db.sqlite3")
            with Server(archive) as server:
                self.judge(server, 3)

    def sqlite(self, folder: Path) -> Path:
        path = make_database(folder / "some.sqlite", "generation2")
        database = sqlite3.connect(path)
        database.executescript("BEGIN;" + sql_of(self.made, ".000000") + "COMMIT;")
        database.close()
        return path

    def test_postgresql(self):
        with OwnPostgreSql("generation2") as database:
            subprocess.run([*database.psql, "-1", "-f", "-"], input=sql_of(self.made, "+00"), text=True, check=True,
                           capture_output=True)
            with Server(database.uri) as server:
                self.judge(server, 4)


if __name__ == "__main__":
    unittest.main()
