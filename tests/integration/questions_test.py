# SPDX-License-Identifier: MIT
"""Thousands of random questions, each judged by an independent evaluation (evaluation.py), on PostgreSQL, SQLite and an
archive: columns, paths into documents, alternatives, related rows, what is shown, orders, and pages behind positions."""

import json
import re
import unittest
import urllib.parse
from datetime import datetime, timedelta
from decimal import Decimal

from evaluation import COLUMNS, DOCUMENTS, OVER_LINKS, RELATIONS, Clause, Evaluation, Group, Moment, Tables
from random_rows import BEGIN, FIRST, KEYS, NODES, NUMBERS, TEXTS, TYPES, Dice, OnEachStore, made_by, number
from served import Server

ROUNDS = 1_200  # on each store
LENGTHS = (("%Y-%m-%d", timedelta(days=1)), ("%Y-%m-%dT%H", timedelta(hours=1)),
           ("%Y-%m-%dT%H:%M", timedelta(minutes=1)), ("%Y-%m-%dT%H:%M:%S", timedelta(seconds=1)))


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


class Judged(OnEachStore, unittest.TestCase):
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


if __name__ == "__main__":
    unittest.main()
