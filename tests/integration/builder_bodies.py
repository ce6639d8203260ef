# SPDX-License-Identifier: MIT
"""Random queries in JSON (POST /api/v4/querybuilder) with everything that such a query may have, about the rows of some
tables: what is looked for often is there."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

from builder_evaluation import COLUMNS, JOINS, Tables
from builder_values import ABSENT, CASTS, kind
from random_rows import BEGIN, FIRST, KEYS, NODES, NUMBERS, TEXTS, TYPES, Dice, number

ENTITIES = ("node", "group", "computer", "user", "link")
LONG_NUMBERS = ("12345678901234567890", "12345678901234567891", "0.1000000000000000055511151231257827", "1e400", "-1e400",
                "-0.0", "1.50", "100e-2")
ENTITY_TYPES = ("data.Data.", "data.core.dict.Dict.", "data.core.int.Int.", "process.ProcessNode.",
                "process.calculation.CalculationNode.", "process.calculation.calcjob.CalcJobNode.",
                "process.workflow.WorkflowNode.", "data.core.code.abstract.AbstractCode.", "data.core.code.Code.",
                "comment.Comment.", "log.Log.", "data.c_re.dict.Dict.")
MANY = ("data.Data.", "process.ProcessNode.")
COMPARISONS = ("==", ">", "<", ">=", "<=")
OPERATORS = {"integer": (*COMPARISONS, "like", "ilike", "in"), "text": (*COMPARISONS, "like", "ilike", "in"),
             "uuid": (*COMPARISONS, "like", "ilike", "in"), "time": (*COMPARISONS, "like", "in"),
             "json": (*COMPARISONS, "=>", "=<", "like", "ilike", "in", "contains", "has_key", "of_length", "longer",
                      "shorter", "of_type")}
SYNONYMS = {"id": "pk", "user_id": "user", "dbcomputer_id": "computer"}
PATTERNS = {"integer": ("1%", "%1", "10__", "%", "_"), "time": ("2024%", "2024-02-2%", "2024-0_-29%", "%", "2023-%"),
            "uuid": ("0000%", "%-4000-%", "%3f%", "%3F%", "_", "%")}
KINDS = ("object", "array", "string", "number", "boolean", "null")


class Bodies:
    """Random bodies. `used`: what the last one has in it."""

    def __init__(self, dice: Dice, tables: Tables):
        self.dice, self.tables = dice, tables
        self.used = set()

    def one_of(self, name: str, choices):
        choice = self.dice.choice(tuple(choices))
        self.used.add(f"{name} {choice}")
        return choice

    def chance(self, name: str, count: int) -> bool:
        happens = self.dice.one_in(count)
        if happens:
            self.used.add(name)
        return happens

    def body(self) -> dict:
        self.used.clear()
        dice = self.dice
        vertices, edges = self.path()
        known = [(vertex["tag"], self.entity_of[vertex["tag"]]) for vertex in vertices] + edges
        body = {"path": vertices, "project": self.projections(known), "filters": {}}
        if "functions" in self.used:  # which cannot stand beside anything else
            for vertex in vertices:
                vertex.pop("project", None)
                vertex.pop("edge_project", None)
        for tag, entity in known:
            if entity != "nothing" and dice.one_in(3):
                body["filters"][tag] = self.filters(entity)
        if not body["filters"] and dice.one_in(3):
            body["filters"] = dice.choice(([], None))
        self.add_the_rest(body, known)
        return body

    # ---- path

    def path(self) -> tuple:
        dice = self.dice
        self.entity_of = {}
        first = dice.choice(("node",) * 6 + ("group", "computer", "user", "link"))
        vertices, edges = [self.vertex(first, "v0")], []
        count = 1 if first == "link" else self.one_of("vertices", (1, 1, 2, 2, 2, 3, 3, 4))
        while len(vertices) < count:
            vertex, edge = self.joining(vertices, f"v{len(vertices)}")
            vertices.append(vertex)
            edges.append(edge)
        if count == 1 and dice.one_in(2):
            vertices[0] |= {"joining_keyword": None, "joining_value": None, "edge_tag": None, "outerjoin": False}
            self.used.add("joining_keyword null")
        return vertices, edges

    def vertex(self, entity: str, tag: str) -> dict:
        dice = self.dice
        self.used.add(f"entity {entity}")
        self.entity_of[tag] = entity
        vertex = {"tag": tag, "entity_type": self.entity_type(entity)}
        if dice.one_in(2):
            vertex["orm_base"] = entity
        if entity == "node" and self.chance("subclassing", 8):
            vertex["subclassing"] = dice.one_in(3)
            if not vertex["subclassing"]:
                vertex["entity_type"] = dice.choice(TYPES)
        if self.chance("filters of a vertex", 8):
            vertex["filters"] = self.filters(entity)
        if self.chance("project of a vertex", 10):
            vertex["project"] = self.items(entity)
        return vertex

    def entity_type(self, entity: str):
        dice = self.dice
        if entity == "group":
            return dice.choice(("group.core", "group.core.auto", "Group.x", ["group.core", "group.core.auto"]))
        if entity != "node":
            return entity
        if dice.one_in(2):
            return ""
        if self.chance("several types", 4):
            return dice.sample(ENTITY_TYPES, 2)
        return self.one_of("type", ENTITY_TYPES + MANY * 3)

    def joining(self, vertices: list, tag: str) -> tuple:
        """A vertex that joins an earlier one; tag and entity of what joins them."""
        dice = self.dice
        possible = [(entity, keyword, other["tag"]) for (entity, keyword), (needed, _, _) in JOINS.items()
                    for other in vertices if self.entity_of[other["tag"]] == needed]
        entity, keyword, value = dice.choice(possible)
        self.used.add(f"join {entity} {keyword}")
        vertex = self.vertex(entity, tag)
        last = vertices[-1]["tag"]
        is_default = value == last and keyword == ("with_incoming" if entity == "node" else "with_node")
        back = len(vertices) - int(value[1:])
        if is_default and self.chance("joining by default", 2):
            vertex |= dice.choice(({}, {"joining_keyword": None}, {"joining_keyword": None, "joining_value": None}))
        elif keyword in ("with_incoming", "with_outgoing") and self.chance("direction", 4):
            vertex["direction"] = back if keyword == "with_incoming" else -back
        elif dice.one_in(2):
            vertex[keyword] = value
        else:
            vertex |= {"joining_keyword": keyword, "joining_value": value}
        if self.chance("outerjoin", 3):
            vertex["outerjoin"] = True
        edge_tag = f"{value}--{tag}"
        if self.chance("edge_tag", 4):
            edge_tag = vertex["edge_tag"] = f"e{tag}"
        edge_entity = JOINS[entity, keyword][1]
        if edge_entity != "nothing":
            if self.chance(f"edge_filters {edge_entity}", 4):
                vertex["edge_filters"] = self.filters(edge_entity)
            if self.chance(f"edge_project {edge_entity}", 6):
                vertex["edge_project"] = self.items(edge_entity)
        return vertex, (edge_tag, edge_entity)

    # ---- filters

    def filters(self, entity: str, depth: int = 0) -> dict:
        dice = self.dice
        found = {}
        for _ in range(1 + dice.one_in(3)):
            if depth < 2 and dice.one_in(3):
                word = self.one_of("filters", ("and", "or", "or", "!and", "~and", "!or", "~or"))
                found[word] = [self.filters(entity, depth + 1) for _ in range(1 + dice.randrange(3))]
                if self.chance("filters of nothing", 6):
                    found[word].append(dice.choice(({}, {"and": []}, {"!or": [{}]})))
            else:
                key, value = self.filter(entity)
                found[key] = value
        return found

    def filter(self, entity: str) -> tuple:
        name = self.dice.choice(self.names(entity))
        column_type = COLUMNS[entity][name]
        if column_type == "json":
            return self.document_filter(entity, name)
        self.used.add(f"filter {entity}.{name}")
        value_of = partial(self.column_value, entity, name, column_type)
        return self.perhaps_otherwise(entity, name), self.condition(column_type, value_of)

    def perhaps_otherwise(self, entity: str, name: str) -> str:
        """The name of a column, or the other one that it has."""
        return SYNONYMS.get(name, name) if entity in ("node", "group") and self.chance("synonym", 8) else name

    @staticmethod
    def names(entity: str) -> list:
        """What has operators of its own more often."""
        often = {"integer": 1, "text": 1, "time": 2, "uuid": 3, "json": 4}
        return [name for name, column_type in COLUMNS[entity].items() for _ in range(often[column_type])
                if name != "repository_metadata"]

    def condition(self, column_type: str, value_of):
        dice = self.dice
        if dice.one_in(5):
            value = value_of("==")
            if not isinstance(value, (dict, list)):
                self.used.add(f"{column_type} value alone")
                return value
        if self.chance("and, or of operators", 8):
            word = dice.choice(("and", "or", "!and", "!or", "~or"))
            found = [self.operators(column_type, value_of) for _ in range(1 + dice.randrange(2))]
            return {word: found + [{}] * self.chance("operators of nothing", 6)}
        return self.operators(column_type, value_of)

    def operators(self, column_type: str, value_of) -> dict:
        found = {}
        for _ in range(1 + self.dice.one_in(5)):
            operator = self.dice.choice(OPERATORS[column_type])
            value = value_of(operator)
            if operator[-1:] in "<>=" and operator != "==" and not isinstance(value, (int, str, Decimal)):
                operator = "=="
            negated = self.dice.choice(("", "", "!", "~"))
            self.used.add(f"{column_type} {'!' if negated else ''}{operator}")
            found[negated + operator] = value
        return found

    def column_value(self, entity: str, name: str, column_type: str, operator: str):
        dice = self.dice
        if operator in ("like", "ilike"):
            return self.pattern() if column_type == "text" else dice.choice(PATTERNS[column_type])
        if operator == "in":
            found = [self.single_value(entity, name, column_type) for _ in range(1 + dice.randrange(4))]
            return found + self.perhaps_null()
        if operator == "==" and dice.one_in(10):
            self.used.add("column == null")
            return None
        if column_type == "integer" and self.chance("text of an integer", 12):
            return str(FIRST + dice.randrange(4))
        return self.single_value(entity, name, column_type)

    def single_value(self, entity: str, name: str, column_type: str):
        dice = self.dice
        if column_type == "time":
            return self.moment()
        if column_type == "text":
            return self.stored_value(entity, name) or dice.choice((*TEXTS, *TYPES))
        if column_type == "uuid":
            return dice.choice((str.lower, str.lower, str.upper))(dice.choice(self.tables.rows[entity])[name])
        if entity == "walk" and name == "depth":
            return dice.choice((0, 0, 1, 1, 2, 3))
        value = FIRST + dice.choice((dice.randrange(4), dice.randrange(NODES)))
        if dice.one_in(3):
            return dice.choice((Decimal(f"{value}.5"), Decimal(f"{value}.0"), -1, 10**20, Decimal("1e400")))
        return value

    def stored_value(self, entity: str, name: str):
        """Of some row, more often than not."""
        rows = self.tables.rows.get(entity)
        return self.dice.choice(rows).get(name) if rows and self.dice.randrange(4) else None

    def moment(self) -> str:
        time = BEGIN + timedelta(minutes=self.dice.randrange(4000), seconds=self.dice.randrange(60))
        node = self.dice.choice(self.tables.rows["node"])
        return self.dice.choice((
            f"{time:%Y-%m-%d}", f"{time:%Y-%m-%dT%H:%M}", f"{time:%Y-%m-%d %H:%M:%S}-0330", f"{time:%Y-%m-%dT%H:%M:%S}",
            f"{time:%Y-%m-%dT%H:%M:%SZ}", f"{time:%Y-%m-%dT%H:%M:%S.%f}", node["mtime"].isoformat(),
            f"{node['ctime'].isoformat()}Z", f"{(node['ctime'] + timedelta(hours=2)).isoformat()}+02:00"))

    def pattern(self) -> str:
        return "".join(self.dice.choice(("%", "%", "_", "a", "A", "b", "\\%", "\\_", "\\\\", "é", "50", "z", ".", "data"))
                       for _ in range(self.dice.randrange(5)))

    def document_filter(self, entity: str, name: str) -> tuple:
        steps, there = self.place_in(entity, name)
        self.used.add(f"filter {entity}.{name}" if steps else f"filter of a whole document {name}")
        if name == "metadata" and self.dice.one_in(3):
            name = "_metadata"
        return ".".join([name, *steps]), self.condition("json", partial(self.document_value, there))

    def place_in(self, entity: str, name: str) -> tuple:
        """A way into a document, and what is there in some row."""
        dice = self.dice
        if entity == "walk":
            there = FIRST + dice.randrange(NODES // 3)
            return dice.choice((([], [there]), (["0"], there), (["1"], there), (["-1"], there), (["2"], there)))
        document = dice.choice(self.tables.rows[entity])[name]
        steps = []
        if dice.one_in(4):
            steps = [dice.choice((*KEYS, "process_state", "exit_status", "when"))]
            while dice.one_in(3):
                steps.append(dice.choice((*KEYS, "0", "1", "-1")))
            return steps, None
        if document is ABSENT:
            return [], None
        while isinstance(document, (dict, list)) and document and (dice.one_in(2) if steps else dice.randrange(12)):
            if isinstance(document, dict):
                steps.append(dice.choice(tuple(document)))
                document = document[steps[-1]]
            else:
                index = dice.randrange(len(document))
                steps.append(str(dice.choice((index, index - len(document)))))
                document = document[index]
        return steps, document

    def document_value(self, there, operator: str):
        """Often the one that is there in some row."""
        dice = self.dice
        if operator in ("like", "ilike"):
            return self.pattern()
        if operator in ("of_length", "longer", "shorter"):
            return dice.randrange(4)
        if operator == "of_type":
            return dice.choice((kind(there), *KINDS))
        if operator == "has_key":
            return dice.choice((*there,) if isinstance(there, dict) and there else KEYS)
        if operator == "contains":
            return self.contained(there)
        if operator == "in":
            return self.values_of_one_type(there)
        if there is not None and dice.randrange(3):
            if operator == "==" or not isinstance(there, (dict, list)):
                return self.spelled_otherwise(there)
        if operator == "==" and self.chance("document == null", 10):
            return None
        return self.scalar()

    def spelled_otherwise(self, value):
        """The same value; numbers now and then with further zeros."""
        if isinstance(value, list):
            return [self.spelled_otherwise(each) for each in value]
        if isinstance(value, dict):
            return {key: self.spelled_otherwise(each) for key, each in sorted(value.items(), reverse=True)}
        if kind(value) == "number" and self.dice.one_in(4):
            return Decimal(f"{Decimal(value):f}" + (".0" if isinstance(value, int) else ""))
        return value

    def scalar(self):
        dice = self.dice
        return dice.choice((number(dice.choice(NUMBERS + LONG_NUMBERS)), dice.choice(TEXTS), dice.one_in(2)))

    def contained(self, there):
        dice = self.dice
        if isinstance(there, dict):
            return {key: self.contained(value) if isinstance(value, (dict, list)) else value
                    for key, value in there.items() if dice.one_in(2)}
        if isinstance(there, list):
            return [value for value in there if dice.one_in(2)]
        return dice.choice((self.scalar(), [self.scalar()], {dice.choice(KEYS): self.scalar()}, [], {}))

    def values_of_one_type(self, there) -> list:
        dice = self.dice
        make = {"number": lambda: number(dice.choice(NUMBERS + LONG_NUMBERS)), "string": lambda: dice.choice(TEXTS),
                "boolean": lambda: dice.one_in(2)}
        name = kind(there) if kind(there) in make else dice.choice(tuple(make))
        found = [make[name]() for _ in range(1 + dice.randrange(3))]
        return found + [there] * (kind(there) == name) + self.perhaps_null()

    def perhaps_null(self) -> list:
        return [None] * self.chance("null in a list", 6)

    # ---- what is shown

    def projections(self, known: list) -> dict:
        dice = self.dice
        if self.chance("functions", 12):
            return {tag: self.functions(entity) for tag, entity in known if entity != "nothing" and dice.one_in(2)}
        return {tag: self.items(entity) for tag, entity in known if entity != "nothing" and dice.randrange(3)}

    def items(self, entity: str):
        dice = self.dice
        if self.chance("project *", 8):
            return dice.choice(("*", "**", ["*"], ["**"], [{"*": {}}], {"*": {}}))
        if dice.one_in(20):
            return []
        found = {}
        for _ in range(1 + dice.randrange(4)):
            name, options = self.item(entity)
            found.setdefault(name, options)
        if dice.one_in(2):
            found.setdefault("id" if "id" in COLUMNS[entity] else "depth", {})
        items = [name if not options and dice.one_in(2) else {name: options} for name, options in found.items()]
        if len(items) == 1 and dice.one_in(2):
            return items[0]
        if dice.one_in(4):
            return dict(found)
        return items

    def item(self, entity: str) -> tuple:
        dice = self.dice
        name = dice.choice(list(COLUMNS[entity]))
        if COLUMNS[entity][name] != "json" or name in ("repository_metadata", "path"):
            self.used.add(f"project {entity}.{name}")
            return self.perhaps_otherwise(entity, name), {"cast": dice.choice(tuple(CASTS))} if dice.one_in(8) else {}
        steps, _ = self.place_in(entity, name)
        options = {"cast": self.one_of("cast", CASTS)} if dice.one_in(2) else {}
        return ".".join([name, *steps]), options

    def functions(self, entity: str) -> list:
        dice = self.dice
        columns = [name for name, column_type in COLUMNS[entity].items() if column_type != "json"
                   and name not in ("node_type", "process_type")]  # whether such a result has a full type is not said
        found = {}
        for name in dice.sample(columns, 1 + dice.randrange(min(3, len(columns)))):
            found[name] = {"func": self.one_of("function", ("max", "min", "count"))}
        if entity == "node" and self.chance("function of a path", 2):
            name = dice.choice(("extras.castable", "extras.when", "attributes.exit_status", f"attributes.{dice.choice(KEYS)}"))
            function = dice.choice(("max", "min", "count"))
            casts = [{"cast": letter} for letter in ("fibtdj" if function == "count" else "fitd")]
            found[name] = {"func": function} | dice.choice(casts + [{}] * (function == "count"))
        return [{name: options} for name, options in found.items()]

    # ---- order, window, and the rest

    def add_the_rest(self, body: dict, known: list):
        dice = self.dice
        if "functions" in self.used:
            return
        if self.chance("order_by", 2):
            body["order_by"] = self.orders(known)
        if self.chance("limit", 4):
            body["limit"] = dice.choice((0, 1, 2, 5, 20, None))
        if self.chance("offset", 4):
            body["offset"] = dice.choice((0, 1, 3, 10, None))
        if self.chance("distinct", 5):
            body["distinct"] = dice.choice((True, True, True, False, None))
        if self.chance("project_map", 6):
            body["project_map"] = self.renamed(body["project"], dict(known))

    def orders(self, known: list):
        dice = self.dice
        some = [pair for pair in known if pair[1] != "nothing"]
        groups = [{tag: self.order_items(entity) for tag, entity in dice.sample(some, 1 + dice.randrange(min(2, len(some))))}
                  for _ in range(1 + dice.one_in(3))]
        return groups[0] if len(groups) == 1 and dice.one_in(2) else groups

    def order_items(self, entity: str):
        found = [self.order_item(entity) for _ in range(1 + self.dice.randrange(2))]
        return found[0] if len(found) == 1 and self.dice.one_in(2) else found

    def order_item(self, entity: str):
        dice = self.dice
        documents = [name for name in ("attributes", "extras", "metadata") if name in COLUMNS[entity]]
        direction = self.one_of("order", ("asc", "desc"))
        if documents and self.chance("order by a path", 2):
            name = dice.choice(documents)
            steps, _ = self.place_in(entity, name)
            cast = self.one_of("order cast", "fibtd")
            return {".".join([name, *(steps or ["value"])]): {"order": direction, "cast": cast}}
        name = dice.choice([name for name, column_type in COLUMNS[entity].items() if column_type != "json"])
        return dice.choice((name, {name: direction}, {name: {"order": direction}}))

    def renamed(self, project: dict, entities: dict) -> dict:
        found = {}
        for tag, items in project.items():
            names = [name for item in (items if isinstance(items, list) else [items])
                     for name in (item if isinstance(item, dict) else [item])]
            if {"*", "**"} & {*names}:
                names = list(COLUMNS[entities[tag]])
            # Whether an element has a full type after these have another name is not said.
            names = [name for name in names if name not in ("node_type", "process_type")]
            found[tag] = {name: f"new {name}" for name in names if self.dice.one_in(2)}
        return found


WANTED = {  # of every kind some must have been asked
    *(f"join {entity} {keyword}" for entity, keyword in JOINS), *(f"entity {entity}" for entity in ENTITIES),
    *(f"type {name}" for name in ENTITY_TYPES), *(f"vertices {count}" for count in (1, 2, 3, 4)),
    *(f"{column_type} {sign}{operator}" for column_type, some in OPERATORS.items() for operator in some
      for sign in ("", "!")),
    *(f"filters {word}" for word in ("and", "or", "!and", "~and", "!or", "~or")),
    *(f"cast {letter}" for letter in CASTS), *(f"order cast {letter}" for letter in "fibtd"),
    *(f"function {name}" for name in ("max", "min", "count")), *(f"order {direction}" for direction in ("asc", "desc")),
    *(f"edge_{what} {entity}" for what in ("filters", "project") for entity in ("link", "member", "walk")),
    "joining_keyword null", "joining by default", "direction", "outerjoin", "edge_tag", "subclassing", "several types",
    "filters of a vertex", "project of a vertex", "and, or of operators", "filters of nothing", "operators of nothing",
    "column == null", "document == null", "null in a list", "text of an integer", "synonym", "project *",
    "filter of a whole document attributes", "filter of a whole document extras", "limit", "offset", "distinct",
    "project_map",
}
