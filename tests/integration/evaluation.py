# SPDX-License-Identifier: MIT
"""What the query language means, told once more in Python from docs/query-language.md alone, over tables in memory. It
shares nothing with the server, so where both agree, both are probably right."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

COLUMNS = {
    "nodes": {"id": "integer", "label": "string", "description": "string", "type": "string", "ctime": "datetime",
              "state": "string", "exit_status": "integer", "user_id": "integer", "computer_id": "integer"},
    "computers": {"id": "integer", "name": "string", "hostname": "string"},
    "users": {"id": "integer", "first_name": "string", "last_name": "string"},
    "groups": {"id": "integer", "name": "string", "type": "string", "user_id": "integer"},
    "links": {"id": "integer", "label": "string", "type": "string"},
    "comments": {"id": "integer", "content": "string", "user_id": "integer"},
    "logs": {"id": "integer", "levelname": "string", "message": "string"},
}
DOCUMENTS = {"nodes": ("attributes", "extras"), "groups": ("extras",), "computers": ("metadata",), "logs": ("metadata",)}
MADE_FROM = ("create", "input_calc")
CALLS = ("call_calc", "call_work")


@dataclass
class Tables:
    """Rows by resource and id, as dictionaries of the columns above and of the documents; links as (input, output) beside
    their columns; members as pairs of group and node."""

    rows: dict
    members: set = field(default_factory=set)

    def __post_init__(self):
        self.links = self.rows["links"].values()
        self._reached = {}

    def _linked(self, pk: int, start: str, end: str, types: tuple = ()) -> list:
        return [(link[end], link) for link in self.links if link[start] == pk and (not types or link["type"] in types)]

    def _walk(self, pk: int, start: str, end: str) -> set:
        if (pk, start) not in self._reached:
            found, edge = set(), {pk}
            while edge:
                edge = {other for one in edge for other, _ in self._linked(one, start, end, MADE_FROM)} - found
                found |= edge
            self._reached[pk, start] = found
        return self._reached[pk, start]

    def related(self, resource: str, row: dict, name: str) -> tuple:
        """The resource that the relation leads to, and pairs of its rows and of the links that lead there."""
        pk, rows = row["id"], self.rows

        def plain(to: str, pks) -> tuple:
            return to, [(rows[to][other], None) for other in pks]

        def over_links(found: list) -> tuple:
            return "nodes", [(rows["nodes"][other], link) for other, link in found]

        match resource, name:
            case _, "user":
                return plain("users", [row["user_id"]])
            case "nodes", "computer":
                return plain("computers", [row["computer_id"]] if row["computer_id"] else [])
            case "nodes", "group":
                return plain("groups", [group for group, node in self.members if node == pk])
            case "nodes", "input":
                return over_links(self._linked(pk, "output_id", "input_id"))
            case "nodes", "output":
                return over_links(self._linked(pk, "input_id", "output_id"))
            case "nodes", "caller":
                return over_links(self._linked(pk, "output_id", "input_id", CALLS))
            case "nodes", "called":
                return over_links(self._linked(pk, "input_id", "output_id", CALLS))
            case "nodes", "ancestor":
                return plain("nodes", self._walk(pk, "output_id", "input_id"))
            case "nodes", "descendant":
                return plain("nodes", self._walk(pk, "input_id", "output_id"))
            case "nodes", ("comment" | "log"):
                return plain(name + "s", [other["id"] for other in rows[name + "s"].values() if other["node_id"] == pk])
            case "groups", "node":
                return plain("nodes", [node for group, node in self.members if group == pk])
            case "computers", "node":
                return plain("nodes", [node["id"] for node in rows["nodes"].values() if node["computer_id"] == pk])
            case "users", ("node" | "group"):
                return plain(name + "s", [one["id"] for one in rows[name + "s"].values() if one["user_id"] == pk])
        raise ValueError(f"{resource} have no {name}")


RELATIONS = {  # resource → relation → where it leads to
    "nodes": {"user": "users", "computer": "computers", "group": "groups", "input": "nodes", "output": "nodes",
              "caller": "nodes", "called": "nodes", "ancestor": "nodes", "descendant": "nodes", "comment": "comments",
              "log": "logs"},
    "groups": {"user": "users", "node": "nodes"},
    "computers": {"node": "nodes"},
    "users": {"node": "nodes", "group": "groups"},
    "comments": {"user": "users"},
}
OVER_LINKS = ("input", "output", "caller", "called")
TO_ONE = ("user", "computer")


@dataclass
class Clause:
    path: list  # names and steps: ["input", "label"], ["attributes", "cell", 0]
    operator: str
    values: list  # as the value says: str, int, Decimal, bool, Moment


@dataclass
class Moment:
    """A date-time as an interval."""

    begin: datetime
    length: timedelta

    @property
    def end(self) -> datetime:
        return self.begin + self.length


@dataclass
class Group:
    alternatives: list  # of lists of Clause and Group
    is_negated: bool = False


# ---- values --------------------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    return re.sub("[A-Z]+", lambda letters: letters[0].lower(), text)


def compared(one, other) -> tuple:
    """Whether one lies before the other, and whether it counts as equal."""
    if isinstance(other, Moment):
        return one < other.begin, other.begin <= one < other.end
    if isinstance(other, str):
        one, other = folded(one), folded(other)
        return one < other, one.startswith(other)
    return one < other, one == other


def matches(text: str, pattern: str, ignores_case: bool) -> bool:
    parts = re.findall(r"\\(.)|(%)|(_)|(.)", pattern, re.DOTALL)
    expression = "".join(".*" if many else ".?" if one else re.escape(escaped or plain)
                         for escaped, many, one, plain in parts)
    if ignores_case:
        text, expression = folded(text), folded(expression)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def same(one, other) -> bool:
    if isinstance(other, Moment):
        return other.begin <= one < other.end
    return kind(one) == kind(other) and one == other


def kind(value) -> str:
    for types, name in ((bool, "boolean"), ((int, float, Decimal), "number"), (str, "string"), (list, "array"),
                        (dict, "object"), (datetime, "datetime"), (type(None), "null")):
        if isinstance(value, types):
            return name
    raise TypeError(value)


def fulfils(value, clause: Clause) -> bool:
    """Of a column, or of what is at a path: nothing and null are None."""
    operator, values = clause.operator, clause.values
    if operator in ("!=", "=notin="):
        return value is None or not any(same(value, each) for each in values)
    if operator == "=is=":
        return (value is None) == (values[0] == "null")
    if operator == "=of_type=":
        return kind(value) == values[0]
    if value is None:
        return False
    if operator in ("=", "=in="):
        return any(same(value, each) for each in values)
    if operator == "=has_key=":
        return isinstance(value, dict) and values[0] in value
    if operator == "=contains=":
        return isinstance(value, list) and all(any(same(element, each) for element in value) for each in values)
    if operator in ("=of_length=", "=longer=", "=shorter="):
        if not isinstance(value, list):
            return False
        return {"=of_length=": len(value) == values[0], "=longer=": len(value) > values[0],
                "=shorter=": len(value) < values[0]}[operator]
    if operator in ("=like=", "=ilike=", "=startswith="):
        if not isinstance(value, str):
            return False
        return value.startswith(values[0]) if operator == "=startswith=" else matches(value, values[0], operator == "=ilike=")
    if not isinstance(values[0], Moment) and kind(value) != kind(values[0]):
        return False
    before, equal = compared(value, values[0])
    return {"<": before, "<=": before or equal, ">": not before and not equal, ">=": not before or equal}[operator]


ABSENT = object()


def at(document, steps: list):
    """What is there; ABSENT where nothing is."""
    for step in steps:
        if isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        elif isinstance(document, dict) and str(step) in document:
            document = document[str(step)]
        else:
            return ABSENT
    return document


# ---- queries -------------------------------------------------------------------------------------------------------


class Evaluation:
    def __init__(self, tables: Tables):
        self.tables = tables

    def rows(self, resource: str, query: list) -> list:
        """Ids, ascending."""
        return sorted(pk for pk, row in self.tables.rows[resource].items() if self.holds(resource, row, None, query))

    def holds(self, resource: str, row: dict, link: dict, query: list) -> bool:
        """`query`: clauses and groups, all of which hold. Those that begin with the same relation are of one row."""
        shared = {}
        for part in query:
            if isinstance(part, Group):
                if any(self.holds(resource, row, link, each) for each in part.alternatives) == part.is_negated:
                    return False
            elif len(part.path) > 1 and part.path[0] in RELATIONS.get(resource, {}):
                shared.setdefault(part.path[0], []).append(Clause(part.path[1:], part.operator, part.values))
            elif part.path[0] == "link" and resource == "nodes":
                if not fulfils(link[part.path[1]], part):
                    return False
            elif not self.of_row(resource, row, part):
                return False
        return all(self.some_related(resource, row, name, clauses) for name, clauses in shared.items())

    def some_related(self, resource: str, row: dict, name: str, clauses: list) -> bool:
        to, found = self.tables.related(resource, row, name)
        return any(self.holds(to, other, link, clauses) for other, link in found)

    @staticmethod
    def of_row(resource: str, row: dict, clause: Clause) -> bool:
        name, *steps = clause.path
        if name not in DOCUMENTS.get(resource, ()):
            return fulfils(row[name], clause)
        value = at(row[name], steps)
        if clause.operator == "=of_type=" and value is ABSENT:
            return False
        return fulfils(None if value is ABSENT else value, clause)

    # ---- what is shown, and in which order

    def value(self, row: dict, path: list):
        """Of a field of a node."""
        name, *steps = path
        if name in TO_ONE:
            resource, found = self.tables.related("nodes", row, name)
            if not found:
                return None
            other = found[0][0]
            if steps[0] in DOCUMENTS.get(resource, ()):
                value = at(other[steps[0]], steps[1:])
                return None if value is ABSENT else value
            return other[steps[0]]
        if name == "degree":
            ends = [(link["input_id"], link["output_id"]) for link in self.tables.links]
            return {"inputs": sum(end == row["id"] for _, end in ends),
                    "outputs": sum(begin == row["id"] for begin, _ in ends)}
        value = at(row[name], steps)
        return None if value is ABSENT else value

    def ordered(self, pks: list, order: list) -> list:
        """`order`: pairs of a path and whether it is descending. Sorting is stable, so the last key goes first."""
        rows = [self.tables.rows["nodes"][pk] for pk in sorted(pks)]
        for path, descending in reversed(order):
            # Where all are equal, the ids ascend whatever the direction.
            rows.sort(key=lambda row, path=path: self.sort_key(self.value(row, path)), reverse=descending)
        return [row["id"] for row in rows]

    @staticmethod
    def sort_key(value) -> tuple:
        name = kind(value)
        if name == "null":
            return 3,
        if name == "number":
            return 0, value
        return (1, folded(value)) if name == "string" else (1, value)
