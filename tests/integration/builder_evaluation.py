# SPDX-License-Identifier: MIT
"""What a query in JSON (POST /api/v4/querybuilder) means, told once more in Python from the description alone, over tables
in memory. It shares nothing with the server, so where both agree, both are probably right.

It takes the body as it is sent, numbers as int or Decimal, and believes that it is well-formed."""

import re
from dataclasses import dataclass
from datetime import datetime

from builder_values import (ABSENT, JsonText, NotSaid, apart, as_float, at, canonical, cast_to, folded, function_of, kind,
                            negation, on_column, on_document, together)

MOST_ROWS = 4_000

COLUMNS = {
    "node": {"id": "integer", "uuid": "uuid", "node_type": "text", "process_type": "text", "label": "text",
             "description": "text", "ctime": "time", "mtime": "time", "attributes": "json", "extras": "json",
             "repository_metadata": "json", "dbcomputer_id": "integer", "user_id": "integer"},
    "group": {"id": "integer", "uuid": "uuid", "label": "text", "type_string": "text", "time": "time",
              "description": "text", "extras": "json", "user_id": "integer"},
    "computer": {"id": "integer", "uuid": "uuid", "label": "text", "hostname": "text", "description": "text",
                 "scheduler_type": "text", "transport_type": "text", "metadata": "json"},
    "user": {"id": "integer", "first_name": "text", "last_name": "text", "institution": "text"},
    "link": {"id": "integer", "input_id": "integer", "output_id": "integer", "label": "text", "type": "text"},
    "member": {"id": "integer", "dbnode_id": "integer", "dbgroup_id": "integer"},
    "walk": {"ancestor_id": "integer", "descendant_id": "integer", "depth": "integer", "path": "json"},
    "nothing": {},  # of edges to users and computers
}
SYNONYMS = {"pk": "id", "user": "user_id", "computer": "dbcomputer_id", "_metadata": "metadata"}
TYPE_COLUMN = {"node": "node_type", "group": "type_string"}
ALL_CODES = {"data.core.code.abstract.AbstractCode.": "data.core.code."}  # more than what begins like it
ANCESTRY = ("create", "input_calc")

JOINS = {  # this entity, keyword → the other entity, what the edge is, whether an outer join may find nothing
    ("node", "with_incoming"): ("node", "link", True),
    ("node", "with_outgoing"): ("node", "link", False),
    ("node", "with_ancestors"): ("node", "walk", False),
    ("node", "with_descendants"): ("node", "walk", False),
    ("node", "with_group"): ("group", "member", False),
    ("node", "with_user"): ("user", "nothing", True),
    ("node", "with_computer"): ("computer", "nothing", True),
    ("group", "with_node"): ("node", "member", False),
    ("group", "with_user"): ("user", "nothing", True),
    ("computer", "with_node"): ("node", "nothing", True),
    ("user", "with_node"): ("node", "nothing", True),
    ("user", "with_group"): ("group", "nothing", True),
}


class Tables:
    """Lists of rows by entity, with the columns above: times as datetime, documents as what is in them, those that are NULL
    as ABSENT."""

    def __init__(self, rows: dict):
        self.rows = rows
        self.by_id = {entity: {row["id"]: row for row in some} for entity, some in rows.items()}
        self._found = {}

    def _where(self, entity: str, column: str, value) -> list:
        return [row for row in self.rows[entity] if row[column] == value]

    def joined(self, entity: str, keyword: str, other: dict) -> list:
        """Pairs of an edge and a row of `entity` that belong to this row of the other entity."""
        key = (entity, keyword, other["id"])
        if key not in self._found:
            self._found[key] = self._join(entity, keyword, other)
        return self._found[key]

    def _join(self, entity: str, keyword: str, other: dict) -> list:
        pk = other["id"]

        def over(table: str, here: str, there: str) -> list:
            return [(edge, self.by_id[entity][edge[there]]) for edge in self._where(table, here, pk)]

        def pointing_here(column: str) -> list:
            return [({}, row) for row in self._where(entity, column, pk)]

        def pointed_at(column: str) -> list:
            return [({}, row) for row in self._where(entity, "id", other[column])]

        match entity, keyword:
            case "node", "with_incoming":
                return over("link", "input_id", "output_id")
            case "node", "with_outgoing":
                return over("link", "output_id", "input_id")
            case "node", "with_ancestors":
                return self._walk([pk], "input_id", "output_id")
            case "node", "with_descendants":
                return self._walk([pk], "output_id", "input_id")
            case "node", "with_group":
                return over("member", "dbgroup_id", "dbnode_id")
            case "group", "with_node":
                return over("member", "dbnode_id", "dbgroup_id")
            case ("node" | "group"), "with_user":
                return pointing_here("user_id")
            case "node", "with_computer":
                return pointing_here("dbcomputer_id")
            case "computer", "with_node":
                return pointed_at("dbcomputer_id")
            case "user", ("with_node" | "with_group"):
                return pointed_at("user_id")
        raise ValueError(f"{entity} has no {keyword}")

    def _walk(self, path: list, here: str, there: str) -> list:
        """Each way is a row of its own."""
        found = []
        for link in self._where("link", here, path[-1]):
            if link["type"] not in ANCESTRY:
                continue
            way = [*path, link[there]]
            ends = (way[0], way[-1]) if there == "output_id" else (way[-1], way[0])
            edge = {"ancestor_id": ends[0], "descendant_id": ends[1], "depth": len(way) - 2, "path": way}
            found += [(edge, self.by_id["node"][way[-1]]), *self._walk(way, here, there)]
            if len(found) > MOST_ROWS:
                raise NotSaid("too many ways")
        return found


@dataclass
class Item:
    """Of a projection or an order."""

    name: str
    options: dict

    @classmethod
    def list(cls, items) -> list:
        found = []
        for item in items if isinstance(items, list) else [items]:
            found += [cls(*pair) for pair in item.items()] if isinstance(item, dict) else [cls(item, {})]
        return found


@dataclass
class Vertex:
    tag: str
    entity: str  # of edges: link, member, walk, nothing
    filters: dict


@dataclass
class Expected:
    """Rows in blocks: the blocks in this order, those of one block in any. A row is {tag: element}, canonical."""

    blocks: list
    offset: int
    limit: int | None

    @property
    def count(self) -> int:
        behind = max(0, sum(map(len, self.blocks)) - self.offset)
        return behind if self.limit is None else min(self.limit, behind)

    def windows(self) -> list:
        """For each block that is in the window: it, and how many of its rows are."""
        found, begin, end = [], 0, self.offset + self.count
        for block in self.blocks:
            length = min(begin + len(block), end) - max(begin, self.offset)
            if length > 0:
                found.append((block, length))
            begin += len(block)
        return found


def begins(text: str) -> str:
    """How the types begin that an entity type stands for: without its class."""
    return ALL_CODES.get(text) or re.sub(r"[^.]*\.$", "", text)


def says_something(filters: dict) -> bool:
    """Of filters or of operators: {} and what has only such in it count as absent."""
    return any(apart(key)[0] not in ("and", "or") or any(map(says_something, value)) for key, value in filters.items())


class Query:
    """One body, evaluated over tables."""

    def __init__(self, tables: Tables, body: dict):
        self.tables, self.body = tables, body
        self.vertices, self.edges = [], {}
        self.project = {}
        self.rows = [{}]
        for vertex in body["path"]:
            self._join(vertex)

    # ---- which rows there are

    def _join(self, vertex: dict):
        tag, entity = vertex["tag"], self._entity(vertex)
        here = Vertex(tag, entity, self._filters(tag, vertex.get("filters"), vertex, entity))
        if vertex.get("project") is not None:
            self.project[tag] = vertex["project"]
        if not self.vertices:
            self.rows = [{tag: row} for row in self.tables.rows[entity] if self.selects(here, row)]
        else:
            keyword, value = self._joining(vertex, entity)
            _, edge_entity, may_miss = JOINS[entity, keyword]
            edge_tag = vertex.get("edge_tag") or f"{value}--{tag}"
            edge = Vertex(edge_tag, edge_entity, self._filters(edge_tag, vertex.get("edge_filters")))
            if vertex.get("edge_project") is not None:
                self.project[edge_tag] = vertex["edge_project"]
            self.edges[edge_tag] = edge
            self.rows = self._joined(here, edge, keyword, value, bool(vertex.get("outerjoin")) and may_miss)
        self.vertices.append(here)

    def _joined(self, here: Vertex, edge: Vertex, keyword: str, value: str, is_outer: bool) -> list:
        found, judged = [], {}
        for before in self.rows:
            other = before[value]
            pairs = [] if other is None else self.tables.joined(here.entity, keyword, other)
            for link, row in pairs or [(None, None)] * is_outer:
                key = row and row["id"]
                if key not in judged:
                    judged[key] = self.selects(here, row)
                if judged[key] and self.selects(edge, link):
                    found.append(before | {here.tag: row, edge.tag: link})
            if len(found) > MOST_ROWS:
                raise NotSaid("too many rows")
        return found

    @staticmethod
    def _types(vertex: dict) -> list:
        types = vertex["entity_type"]
        return types if isinstance(types, list) else [types]

    def _entity(self, vertex: dict) -> str:
        first = self._types(vertex)[0]
        if first.lower().startswith("group."):
            return "group"
        return first if first in ("computer", "user", "link") else "node"

    def _joining(self, vertex: dict, entity: str) -> tuple:
        before = self.vertices[-1].tag
        for key, value in vertex.items():
            if key.startswith("with_"):
                return key, value
        if direction := vertex.get("direction"):
            return "with_outgoing" if direction < 0 else "with_incoming", self.vertices[-abs(direction)].tag
        if vertex.get("joining_keyword"):
            return vertex["joining_keyword"], vertex["joining_value"]
        return "with_incoming" if entity == "node" else "with_node", before

    def _filters(self, tag: str, own, vertex: dict = None, entity: str = None) -> list:
        """Objects of filters, all of which hold."""
        asked = (own or {}) | ((self.body.get("filters") or {}).get(tag) or {})
        column = TYPE_COLUMN.get(entity)
        if column is None or column in asked:
            return [asked]
        types = self._types(vertex)
        if entity == "group" or "" in types and vertex.get("subclassing") is not False:
            return [asked, {column: {"like": "%"}}]
        if vertex.get("subclassing") is False:
            return [asked, {column: {"in": types}}]
        return [asked, lambda row: row is not None and row[column].startswith(tuple(map(begins, types)))]

    # ---- filters

    def selects(self, vertex: Vertex, row: dict) -> bool:
        return all(each(row) if callable(each) else self.holds(vertex.entity, row, each) is True for each in vertex.filters)

    def holds(self, entity: str, row: dict, filters: dict):
        found = []
        for key, value in filters.items():
            word, is_negated = apart(key)
            if word in ("and", "or"):
                parts = [self.holds(entity, row, each) for each in value if says_something(each)]
                if not parts:
                    continue
                result = together(word, parts)
                found.append(negation(result) if is_negated else result)
            else:
                operators = value if isinstance(value, dict) else {"==": value}
                found.append(self.fulfils(*self.operand(entity, row, key), operators))
        return together("and", found)

    @staticmethod
    def operand(entity: str, row: dict, name: str) -> tuple:
        """Type and value: of a column None for NULL, in a document ABSENT where nothing is."""
        head, *steps = name.split(".")
        column = head if head in COLUMNS[entity] else SYNONYMS[head]
        column_type = COLUMNS[entity][column]
        if column_type == "json":
            return column_type, at(ABSENT if row is None else row[column], steps)
        return column_type, None if row is None else row[column]

    def fulfils(self, column_type: str, value, operators: dict):
        found = []
        for key, wanted in operators.items():
            operator, is_negated = apart(key)
            if operator in ("and", "or"):
                parts = [self.fulfils(column_type, value, each) for each in wanted if says_something(each)]
                if not parts:
                    continue
                result = together(operator, parts)
            elif column_type == "json":
                result = on_document(value, operator, wanted)
            else:
                result = on_column(column_type, value, operator, wanted)
            found.append(negation(result) if is_negated else result)
        return together("and", found)

    # ---- what is shown

    def known(self, tag: str) -> Vertex:
        return self.edges.get(tag) or next(vertex for vertex in self.vertices if vertex.tag == tag)

    def asked(self) -> dict:
        """Items by tag."""
        project = self.project | (self.body.get("project") or {})
        items = {tag: found for tag, some in project.items() if (found := Item.list(some))}
        return items or {self.vertices[-1].tag: [Item("**", {})]}

    def value(self, vertex: Vertex, row: dict, item: Item):
        column_type, value = self.operand(vertex.entity, row, item.name)
        if column_type == "json" and item.options.get("cast"):
            return cast_to(item.options["cast"], value)
        return None if value is ABSENT else value

    def element(self, vertex: Vertex, row: dict, items: list) -> dict:
        found = {}
        for item in items:
            each = [Item(name, {}) for name in COLUMNS[vertex.entity]] if item.name in ("*", "**") else [item]
            found |= {self.key(vertex.tag, one.name): self.value(vertex, row, one) for one in each}
        return self.with_full_type(found)

    def key(self, tag: str, name: str) -> str:
        """Of a value in an element."""
        return (self.body.get("project_map") or {}).get(tag, {}).get(name, name)

    @staticmethod
    def with_full_type(element: dict) -> dict:
        if "node_type" in element or element.get("process_type"):
            halves = [element.get(name) or "" for name in ("node_type", "process_type")]
            element["full_type"] = "|".join(halves) if any(halves) else None
        return element

    @staticmethod
    def shown(value):
        if isinstance(value, datetime):
            value = f"{value:%a, %d %b %Y %H:%M:%S GMT}"
        if isinstance(value, str):
            value = JsonText.read(value)
        return value if isinstance(value, JsonText) else canonical(value)

    def read(self, elements: dict) -> frozenset:
        """A row of an answer, {tag: element}, as it is in Expected."""
        floats = {(tag, self.key(tag, item.name)) for tag, items in self.asked().items() for item in items
                  if item.options.get("cast") == "f" and self.column_type(tag, item) == "json"}
        return self.frozen({tag: {name: as_float(value) if (tag, name) in floats and kind(value) == "number" else value
                                  for name, value in element.items()} for tag, element in elements.items()})

    def of_functions(self, asked: dict) -> dict:
        return {tag: {item.name: function_of(item.options["func"], [self.of_function(self.known(tag), row[tag], item)
                                                                    for row in self.rows])
                      for item in items} for tag, items in asked.items()}

    def values(self, tag: str, item: Item) -> list:
        """Of all rows, before what is asked of them."""
        return [self.value(self.known(tag), row[tag], item) for row in self.rows]

    def column_type(self, tag: str, item: Item) -> str:
        return self.operand(self.known(tag).entity, None, item.name)[0]

    def of_function(self, vertex: Vertex, row: dict, item: Item):
        column_type, value = self.operand(vertex.entity, row, item.name)
        if column_type == "json" and value is None and not item.options.get("cast"):
            raise NotSaid("whether a null in a document is counted")
        return self.value(vertex, row, item)

    # ---- in which order

    def order_items(self) -> list:
        """Pairs of a tag and an item."""
        orders = self.body.get("order_by") or []
        return [(tag, Item(item.name, item.options if isinstance(item.options, dict) else {"order": item.options}))
                for order in (orders if isinstance(orders, list) else [orders])
                for tag, items in order.items() for item in Item.list(items)]

    def keys(self) -> list:
        """Pairs of what gives a row's value and whether it descends."""
        return [(self._key(self.known(tag), item), item.options.get("order") == "desc") for tag, item in self.order_items()]

    def _key(self, vertex: Vertex, item: Item):
        return lambda row: self.value(vertex, row[vertex.tag], item)

    @staticmethod
    def place(value) -> tuple:
        if isinstance(value, (JsonText, list, dict)):
            raise NotSaid("how documents lie")
        return (1,) if value is None else (0, folded(value))

    def expected(self) -> Expected:
        offset, limit = self.body.get("offset") or 0, self.body.get("limit")
        asked = self.asked()
        if any(item.options.get("func") for items in asked.values() for item in items):
            row = {tag: self.with_full_type(element) for tag, element in self.of_functions(asked).items()}
            return Expected([[self.frozen(row)]], offset, limit)
        keys = self.keys()
        found = [(self.shown_row(asked, row), [key(row) for key, _ in keys], row) for row in self.rows]
        if self.body.get("distinct"):
            found = self.without_duplicates(found, asked)
        else:  # after everything else by the ids of the vertices
            keys = [*keys, *((None, False) for _ in self.vertices)]
            found = [(shown, values + [row[vertex.tag] and row[vertex.tag]["id"] for vertex in self.vertices])
                     for shown, values, row in found]
        return Expected(self.in_blocks(found, [descends for _, descends in keys]), offset, limit)

    def shown_row(self, asked: dict, row: dict) -> frozenset:
        return self.frozen({tag: self.element(self.known(tag), row[tag], items) for tag, items in asked.items()})

    def without_duplicates(self, found: list, asked: dict) -> list:
        different, told_apart = {}, set()
        for shown, values, row in found:
            key = (shown, tuple(map(self.shown, values)))
            different.setdefault(key, (shown, values))
            told_apart.add((key, tuple(self.is_absent(tag, row, item) for tag, items in asked.items() for item in items)))
        if len(told_apart) > len(different):
            raise NotSaid("whether a null in a document and nothing at all are duplicates")
        return list(different.values())

    def is_absent(self, tag: str, row: dict, item: Item) -> bool:
        vertex = self.known(tag)
        names = COLUMNS[vertex.entity] if item.name in ("*", "**") else [item.name]
        return any(self.operand(vertex.entity, row[tag], name)[1] is ABSENT for name in names)

    def in_blocks(self, found: list, descending: list) -> list:
        placed = [(shown, [self.place(value) for value in values]) for shown, values in found]
        for index in reversed(range(len(descending))):
            placed.sort(key=lambda pair, index=index: pair[1][index], reverse=descending[index])
        blocks, last = [], None
        for shown, place in placed:
            if place != last:
                blocks.append([])
            blocks[-1].append(shown)
            last = place
        return blocks

    def frozen(self, row: dict) -> frozenset:
        return frozenset((tag, frozenset((name, self.shown(value)) for name, value in element.items()))
                         for tag, element in row.items())
