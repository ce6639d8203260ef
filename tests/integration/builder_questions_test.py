# SPDX-License-Identifier: MIT
"""Hundreds of random queries in JSON (POST /api/v4/querybuilder), each judged by an independent evaluation
(builder_evaluation.py), on PostgreSQL, SQLite and an archive: what is looked for and how it joins, filters of columns and
of documents, what is shown, orders and windows.

    BUILDER_QUESTIONS_SEED    asks other questions than always; a failure says which seed and which number"""

import json
import os
import unittest
from collections import Counter
from datetime import timedelta
from decimal import Decimal

from builder_bodies import LONG_NUMBERS, WANTED, Bodies
from builder_evaluation import COLUMNS, Expected, Item, Query, Tables
from builder_values import ABSENT, NotSaid, folded
from random_rows import FIRST, Dice, OnEachStore, made_by, stored, stored_members
from served import Server, is_sanitized, request

ROUNDS = 150 if is_sanitized() else 600  # on each store
SEED = int(os.environ.get("BUILDER_QUESTIONS_SEED", "1"))
RESOURCES = {"node": "nodes", "group": "groups", "computer": "computers", "user": "users", "link": "links"}
ANCESTRY = ("create", "input_calc")
PROCESS_TYPES = (None, "", "aiida.calculations:demo.scf", "demo.mod.run")
CASTABLE = ("12", "-7", "2.5", "+7", " 2 ", "1e400", "yes", "of", "TRUE", "nan", "1_000", "[1, 2]", '"x"',
            '{"a": 1}', "2024-02-30")
DATES = ("2024-02-29", "2024-02-29T01:30:00", "2024-02-28T23:30:00.250000+02:00", "2024-03-01T00:00:00Z")


def filled(made: dict, dice: Dice) -> dict:
    """What other tests have no need of; and ancestry has no cycles, because each way would be a row."""
    for node in made["nodes"].values():
        node["process_type"] = dice.choice(PROCESS_TYPES)
        node["mtime"] = node["ctime"] + timedelta(microseconds=dice.randrange(3) * 250_000)
        more = {key: dice.document_value() for key in ("-1", "ключ|x") if dice.one_in(2)}
        more |= {"long": dice.choice(LONG_NUMBERS)} if dice.one_in(3) else {}
        more |= {"castable": json.dumps(dice.choice(CASTABLE))} if dice.one_in(2) else {}
        node["extras"] = dice.choice((None, "null", *[dice.document(when=json.dumps(dice.choice(DATES)), **more)] * 6))
    for link in made["links"].values():
        if link["type"] in ANCESTRY:
            link["input_id"], link["output_id"] = sorted((link["input_id"], link["output_id"]))
            if link["input_id"] == link["output_id"]:
                link["type"] = "return"
    made["users"][FIRST + 3] = {"first_name": "Nobody", "last_name": "", "institution": "Institute"}
    made["computers"][FIRST + 2] = {"name": "unused", "hostname": "a", "metadata": "{}"}
    return made


def tables_of(made: dict) -> Tables:
    rows = {entity: stored(made, resource) for entity, resource in RESOURCES.items()}
    for entity, some in rows.items():
        for row in some:
            for name, column_type in COLUMNS[entity].items():
                if column_type == "json":
                    row[name] = ABSENT if row[name] is None else json.loads(row[name], parse_float=Decimal)
    return Tables(rows | {"member": stored_members(made)})


def written(value) -> str:
    """JSON with the digits of numbers as they are."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


# ---- what the server answers otherwise; docs/api-v4.md says so ---------------------------------------------------------


def extreme_text(query: Query) -> bool:
    """The least and the greatest text: in the order of texts, but capitals come first."""
    def differs(name: str, values: list) -> bool:
        extreme = max if name == "max" else min
        texts = [value for value in values if isinstance(value, str)]
        return bool(texts) and extreme(texts) != extreme(texts, key=folded)

    return any(item.options.get("func") in ("max", "min") and differs(item.options["func"], query.values(tag, item))
               for tag, item in projected(query))


def distinct_casts(query: Query) -> bool:
    """Duplicates that a cast makes: they go, but are looked for before it."""
    asked = query.asked()
    uncast = {tag: [Item(item.name, {}) for item in items] for tag, items in asked.items()}

    def stored_as(row: dict) -> tuple:
        return query.shown_row(uncast, row), tuple(query.is_absent(tag, row, item) for tag, item in projected(query))

    return is_distinct(query) and different(query, stored_as) > different(query, lambda row: query.shown_row(asked, row))


def distinct_case(query: Query) -> bool:
    """Texts that only the order names: "a" and "A" are two, but count as one."""
    def shown(row: dict) -> frozenset:
        return query.shown_row(query.asked(), row)

    return is_distinct(query) and different(query, shown) > different(query, shown, folded)


def count_of_parsed(query: Query) -> bool:
    """How many can be cast to "j": every text is counted."""
    return any(item.options.get("func") == "count" and item.options.get("cast") == "j" for _, item in projected(query))


KNOWN = (extreme_text, distinct_casts, distinct_case, count_of_parsed)


def projected(query: Query) -> list:
    return [(tag, item) for tag, items in query.asked().items() for item in items]


def is_distinct(query: Query) -> bool:
    return bool(query.body.get("distinct"))


def different(query: Query, of_row, of_order=lambda value: value) -> int:
    """How many different rows there are by what is of a row and of the values in the order."""
    return len({(of_row(row), tuple(query.shown(of_order(key(row))) for key, _ in query.keys())) for row in query.rows})


class Judged(OnEachStore, unittest.TestCase):
    def setUp(self):
        dice = Dice(1)
        self.made = filled(made_by(dice), dice)
        self.tables = tables_of(self.made)

    def judge(self, server: Server, seed: int):
        dice = Dice(f"{SEED} {seed}")
        bodies = Bodies(dice, self.tables)
        used, some, asked = Counter(), 0, 0
        while asked < ROUNDS:
            body = bodies.body()
            try:
                query = Query(self.tables, body)
                expected = query.expected()
            except NotSaid:
                continue
            if any(is_wrong(query) for is_wrong in KNOWN):
                continue
            asked += 1
            used.update(bodies.used)
            some += expected.count > 0
            text = written(body)
            with self.subTest(seed=SEED, store=seed, number=asked, body=text):
                self.compare(expected, [query.read(elements) for elements in self.ask(server, text)])
        self.assertGreater(some, ROUNDS / 3)  # the questions are worth something only if rows answer them
        if not is_sanitized():
            self.assertEqual(set(), WANTED - used.keys())

    def ask(self, server: Server, text: str) -> list:
        """The rows, {tag: element}."""
        data = text.encode()
        with server.connect() as client:
            client.send(request("/api/v4/querybuilder", f"Content-Length: {len(data)}", method="POST").encode() + data)
            answer = client.receive()
        self.assertEqual(200, answer.status, answer.body[:500])
        tags = json.loads(answer.body, parse_float=Decimal)["data"]
        lengths = {len(elements) for elements in tags.values()}
        self.assertLessEqual(len(lengths), 1)
        count = max(lengths, default=0)
        self.assertEqual(str(count), answer.headers["x-total-count"])
        return [{tag: elements[place] for tag, elements in tags.items()} for place in range(count)]

    def compare(self, expected: Expected, rows: list):
        self.assertEqual(expected.count, len(rows))
        begin = 0
        for block, length in expected.windows():
            unexpected = Counter(rows[begin:begin + length]) - Counter(block)
            self.assertEqual([], [*unexpected], f"at row {begin}, instead of some of {block[:3]}")
            begin += length


if __name__ == "__main__":
    unittest.main()
