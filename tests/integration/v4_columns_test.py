# SPDX-License-Identifier: MIT
"""What can be asked of each column at /api/v4 (GET): operators, values and orders, with the answers that the rows of the
fixture give; what tables of columns say of them; what is written otherwise than in /api/v2."""

import json
import re
import sqlite3
import tempfile
import unittest
from contextlib import closing
from decimal import Decimal
from pathlib import Path

from served import make_database
from v4_case import CHAIN, DICT, JOB, NO_NODES, Asked, OnPostgreSql, OnSqlite, node, uuid_of

TABLES = {"nodes": "db_dbnode", "computers": "db_dbcomputer", "groups": "db_dbgroup", "users": "db_dbuser"}
KEYS = {  # of filters and orders
    "nodes": {"integer": ("id", "user_id", "dbcomputer_id"), "time": ("ctime", "mtime"),
              "text": ("uuid", "label", "description", "node_type", "process_type")},
    "computers": {"integer": ("id",), "text": ("uuid", "label", "hostname", "description", "scheduler_type", "transport_type")},
    "groups": {"integer": ("id", "user_id"), "text": ("uuid", "label", "type_string", "description"), "time": ("time",)},
    "users": {"integer": ("id",), "text": ("first_name", "last_name", "institution")},
}
SHOWN = {
    "nodes": "ctime full_type id label mtime node_type process_type user_id uuid",
    "computers": "description hostname id label metadata scheduler_type transport_type uuid",
    "groups": "description extras id label time type_string user_id uuid",
    "users": "first_name id institution last_name",
}
NO_KEYS = {  # but columns of the table, or of others
    "nodes": ("repository_metadata", "email", "name", "hostname", "time", "link_label", "type"),
    "computers": ("metadata", "ctime", "node_type", "type"), "groups": ("ctime", "hostname", "node_type"),
    "users": ("label", "uuid", "password", "name"),
}
SYNONYMS = {("computers", "name"): "label", ("groups", "name"): "label", ("groups", "type"): "type_string",
            **{(resource, "pk"): "id" for resource in TABLES}}

# field → display_name, help_text, type, and of whom: N P C G U; a small letter: it is not shown.
FIELDS = """
attributes.process_label|Name|Process label attribute|str|.P...
attributes.process_state|Process state|Process state attribute|str|.P...
creator|Creator|User that created the node|str|NP...
ctime|Creation time|Creation time of the node|datetime.datetime|NP...
mtime|Last Modification time|Last modification time|datetime.datetime|NP...
description|Description|short description of the Computer|str|..c..
description|Description|Short description of the group|str|...g.
first_name|First name|First name of the user|str|....U
last_name|Last name|Last name of the user|str|....U
institution|Institution|Affiliation of the user|str|....U
hostname|Host|Name of the host|str|..C..
id|Id|Id of the object|int|..cgU
label|Label|User-assigned label|str|n....
label|Label|Label of the computer|str|..C..
label|Label|Name of the object|str|...G.
node_type|Type|Node type|str|N....
process_type|Process type|Process type|str|np...
scheduler_type|Scheduler|Scheduler type|str|..C..
transport_type|Transport type|Transport Type|str|..c..
type_string|Type_string|Type of the group|str|...G.
user_id|Id of creator|Id of the user that created the node|int|np.g.
uuid|Unique ID|Universally Unique Identifier|unicode|NPCg.
"""
ORDERING = {
    "nodes": "uuid label node_type ctime mtime creator",
    "processes": "uuid attributes.process_label ctime mtime creator attributes.process_state",
    "computers": "uuid label hostname description scheduler_type transport_type",
    "groups": "id label type_string description user_id uuid", "users": "id first_name last_name institution",
}
PLUGINS = {"scheduler_type": "core.direct core.lsf core.pbspro core.sge core.slurm core.torque",
           "transport_type": "core.local core.ssh core.ssh_async"}


def folded(value):
    """Texts without regard to the case of ASCII letters."""
    return re.sub("[A-Z]+", lambda found: found[0].lower(), value) if isinstance(value, str) else value


def begins_with(value, other) -> bool:
    return isinstance(value, str) and folded(value).startswith(folded(other))


def pattern(text: str) -> str:
    """% is any run, _ one character or none, behind \\ each is itself."""
    words = re.findall(r"\\.|.", text, re.DOTALL)
    return "".join({"%": ".*", "_": ".?"}.get(word) or re.escape(word[-1]) for word in words)


OPERATORS = {
    "=": lambda value, other: value == other, "!=": lambda value, other: value != other,
    "<": lambda value, other: folded(value) < folded(other), ">=": lambda value, other: not folded(value) < folded(other),
    # What begins with a text is not greater.
    "<=": lambda value, other: folded(value) <= folded(other) or begins_with(value, other),
    ">": lambda value, other: not OPERATORS["<="](value, other),
    "=in=": lambda value, other: value == other, "=notin=": lambda value, other: value != other,
    "=like=": lambda value, other: bool(re.fullmatch(pattern(other), value, re.DOTALL)),
    "=ilike=": lambda value, other: bool(re.fullmatch(pattern(other), value, re.DOTALL | re.IGNORECASE)),
}
COMPARED = ("=", "!=", "<", "<=", ">", ">=", "=in=", "=notin=")


def rows_of(resource: str) -> list:
    with tempfile.TemporaryDirectory() as folder, \
            closing(sqlite3.connect(make_database(Path(folder) / "a.sqlite", "aiida2"))) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(f"SELECT * FROM {TABLES[resource]} ORDER BY id")]


def time_of(value: str) -> str:
    """As a quoted text: an instant."""
    return value.replace(" ", "T")


class Columns(Asked):
    def check(self, resource: str, rows: list, key: str, column: str, kind: str, path: str = ""):
        values = sorted({row[column] for row in rows if row[column] is not None})
        for value in {*values[:2], *values[-2:]}:
            for operator in COMPARED + (("=like=", "=ilike=") if kind == "text" else ()):
                other = value
                if "like" in operator:
                    other = value[:1].swapcase() + value[1:3].replace("%", "\\%") + "%"
                is_met = OPERATORS["=ilike=" if (column, operator) == ("uuid", "=like=") else operator]
                wanted = [row["id"] for row in rows if row[column] is not None and is_met(row[column], other)]
                literal = {"integer": str, "time": lambda value: f'"{time_of(value)}"',
                           "text": lambda value: '"' + value.replace('"', '""') + '"'}[kind](other)
                with self.subTest(key=key, operator=operator, value=other):
                    self.assertEqual(wanted, self.good(f"{path}/{resource}", f"{key}{operator}{literal}").ids(resource))

    def check_orders(self, resource: str, rows: list, key: str, column: str, path: str = ""):
        for sign, descends in (("", False), ("+", False), ("-", True)):
            some = sorted((row for row in rows if row[column] is not None), key=lambda row: folded(row[column]), reverse=descends)
            none = [row for row in rows if row[column] is None]
            wanted = [row["id"] for row in (none + some if descends else some + none)]
            with self.subTest(orderby=sign + key):
                self.assertEqual(wanted, self.good(f"{path}/{resource}", f"orderby={sign}{key}").ids(resource))

    def test_filters_and_orders(self):
        for resource, kinds in KEYS.items():
            rows = rows_of(resource)
            for kind, columns in kinds.items():
                for column in columns:
                    for key in (column, *(name for (of, name), same in SYNONYMS.items() if (of, same) == (resource, column))):
                        self.check(resource, rows, key, column, kind)
                        self.check_orders(resource, rows, key, column)

    def test_what_is_no_key(self):
        for resource, names in NO_KEYS.items():
            for name in names:
                self.refused(400, "", f"/{resource}", f'{name}="x"')
                self.refused(400, "", f"/{resource}", f"orderby={name}")

    def test_rows_have_these_columns(self):
        for resource, names in SHOWN.items():
            for row in self.good(f"/{resource}").rows(resource):
                self.assertEqual(names.split(), list(row))
        for end in ("incoming", "outgoing"):
            for row in self.good(f"/nodes/{JOB}/links/{end}", "attributes=true&extras=true").rows(end):
                self.assertEqual(sorted([*SHOWN["nodes"].split(), "link_label", "link_type"]), list(row))

    def test_columns_of_links(self):
        rows = {row["id"]: row for row in rows_of("nodes")}
        incoming = [rows[pk] | {"link_label": label, "link_type": type_} for pk, label, type_ in (
            (1, "structure", "input_calc"), (2, "parameters", "input_calc"), (3, "code", "input_calc"), (9, "CALL", "call_calc"))]
        kinds = {**KEYS["nodes"], "text": (*KEYS["nodes"]["text"], "link_label", "link_type")}
        for kind, columns in kinds.items():
            for column in columns:
                self.check("incoming", incoming, column, column, kind, f"/nodes/{JOB}/links")
                self.check_orders("incoming", incoming, column, column, f"/nodes/{JOB}/links")

    def test_orders_of_links_end_with_the_link(self):
        for order in ("id", "-id", "label", "-node_type,label"):
            answer = self.good(f"/nodes/{CHAIN}/links/incoming", f"orderby={order}")
            self.assertEqual(["parameters", "other_parameters"], [row["link_label"] for row in answer.rows("incoming")])

    # ---- what tables of columns say ----

    def test_fields(self):
        for letter, resource in zip("NPCGU", ("nodes", "processes", "computers", "groups", "users")):
            data = self.good(f"/{resource}/projectable_properties").data
            self.assertEqual(ORDERING[resource].split(), data["ordering"])
            wanted = {}
            for line in FIELDS.split("\n"):
                name, *said, whose = line.split("|") if line else ("", "")
                if letter.lower() in whose.lower():
                    wanted[name] = dict(zip(("display_name", "help_text", "type"), said)) | {
                        "is_display": letter in whose, "is_foreign_key": name == "user_id"}
            if "user_id" in wanted:
                wanted["user_id"] |= {"related_column": "id", "related_resource": "_dbusers" if letter == "P" else "users"}
            choices = {name: data["fields"].get(name, {}).pop("valid_choices", None) for name in PLUGINS}
            self.assertEqual(wanted, data["fields"], resource)
            for name, plugins in PLUGINS.items():
                self.assertEqual(plugins.split() if resource == "computers" else None, choices[name] and list(choices[name]))
                for choice in (choices[name] or {}).values():
                    self.assertRegex(choice["doc"], r"\A[^\n]+\Z")
                    self.assertEqual(["doc"], list(choice))

    # ---- how it is written ----

    def test_words_without_quotes(self):
        for word in ("x", "-x", "a_b-c", "-a.b_c-1", "x1"):
            self.good("/nodes", f"label={word}")
        for word in ("50%", "a/b", "a b", "a:b", "é"):
            self.refused(404, "The query string format is invalid.", "/nodes", f"label={word}")
        self.assertEqual([2], self.good("/computers", "label=alpha").ids("computers"))
        self.assertEqual([3], self.good("/computers", "hostname=beta.example.org").ids("computers"))

    def test_numbers(self):
        for written in ("5", "+5", "5.0", "5e0", "0.5e1", "50E-1", '"5"', '"5.0"', "5.00000000000000000000"):
            self.assertEqual([5], self.good("/nodes", f"id={written}").ids(), written)
        for query, ids in (("limit=2.9", [1, 2]), ('limit="2"', [1, 2]), ("limit=1e0&offset=1.9", [2]),
                           ("limit=2&offset=+3", [4, 5]),
                           ('user_id="2"', [5, 8, 11]), ("id>9.5", [10, 11]), ("id>=9.5", [10, 11]), ("id<1.5", [1]),
                           ("id!=1.5&id<2", [1]),
                           ("id>-5&id<2", [1]), ("id<123456789012345678901234&limit=1", [1]), ("id=-99999999999999999999", [])):
            with self.subTest(query=query):
                self.assertEqual(ids, self.good("/nodes", query).ids())
        self.assertEqual([3], self.good("/computers/page/2", "perpage=2.9&id<4").ids("computers"))
        self.assertEqual([4, 5], self.good("/computers/page/2", 'perpage="3"').ids("computers"))

    def test_lists(self):
        for query, ids in (("id=in=4", [4]), ("id=in=4,5", [4, 5]), ("id=in=4,5,", [4, 5]), ('label=in="relax","pw",', [3, 4]),
                           ("id=notin=4,5,&id<6", [1, 2, 3]), ("orderby=-id,label,&limit=1", [11]), (" id =in= 4 , 5 ,", [4, 5])):
            with self.subTest(query=query):
                self.assertEqual(ids, self.good("/nodes", query).ids())
        for query in ("id=in=4,", "id=in=4,5,,", "id=in=,4", "id=in="):
            self.refused(404, "The query string format is invalid.", "/nodes", query)
        for query in ("id=4,5", 'label="a","b"', "id!=4,5"):
            self.refused(400, "", "/nodes", query)

    def test_ampersands_and_blanks(self):
        for query in ("&id=5", "id=5&", "&id=5&", "  id  =  5  ", "id=5 & limit = 2", " & id=5", "id = 5&_=1&_=2& _ > 3"):
            self.assertEqual([5], self.good("/nodes", query).ids(), query)
        self.assertEqual("11", self.good("/nodes", "&").total)
        for query in ("&&id=5", "id=5&&limit=2", "&&", "id=5&&"):
            self.refused(404, "The query string format is invalid.", "/nodes", query)

    def test_times(self):
        for query, ids in (
                ("ctime=2019-03-07T09", [1, 2, 3]), ("ctime=2019-03-07T09:06", [2]), ("ctime=2019-03-07T09:05:03", [1]),
                ("ctime=2019-03-07T09:05:03.25", [1]), ("ctime=2019-03-07T09:05:03.3", []), ("ctime=2019-03-07T11:06+02:00", [2]),
                ("ctime=2019-03-07T11+02", [1, 2, 3]), ("ctime>2019-03-07T09:05:03&ctime<2019-03-07T10", [2, 3]),
                ("ctime<=2019-03-07T09:05", [1, 9]), ("ctime>=2019-03-09", [5, 11]), ("ctime!=2019-03-07", [5, 11]),
                ("ctime=notin=2019-03-07,2019-03-09", [11]), ('ctime="2019-03-07T09:05:03.25"', [1]),
                ('ctime="2019-03-10"', [11]),
                ('ctime="2019-03-07"', []), ('ctime>="2019-03-09T12:00:00+02:00"', [5, 11]),
                ('ctime>"2019-03-09T12:00:00+02:00"', [11]),
                ('ctime=in="2019-03-07T09:06:00Z","2019-03-10"', [2, 11])):
            with self.subTest(query=query):
                self.assertEqual(ids, self.good("/nodes", query).ids())
        self.assertEqual([2], self.good("/groups", "time=2019-04-02").ids("groups"))
        self.refused(404, "", "/nodes", "ctime=2019-03-07+02:00")  # a shift without a time

    def test_patterns(self):
        for text, ids in (("relax", [4]), ("rel_x", [4]), ("relax_", [4]), ("_relax", [4]), ("re%", [4]), ("RELAX", []),
                          ("r_x", []),
                          ("%\\%%", [10]), ("50\\% \\_odd\\_ \\\\name", [10]), ("50% %", [10]), ("%\\_o%", [10])):
            with self.subTest(pattern=text):
                self.assertEqual(ids, self.good("/nodes", f'label=like="{text}"').ids())
        self.assertEqual([4], self.good("/nodes", 'label=ilike="RE_AX"').ids())

    def test_null_fulfils_nothing(self):
        for query, ids in (("process_type!=x", [2, 4, 5, 8, 9]), ("process_type=notin=x", [2, 4, 5, 8, 9]),
                           ('process_type=like="%"', [2, 4, 5, 8, 9]),
                           ('process_type=""', [2, 5]), ("dbcomputer_id!=77", [3, 4, 5]), ("dbcomputer_id=notin=2", [5]),
                           ("dbcomputer_id<1e30", [3, 4, 5])):
            with self.subTest(query=query):
                self.assertEqual(ids, self.good("/nodes", query).ids())

    def test_documents_of_rows(self):
        stored = {"a": {"b": [10, 20]}, "array|x": [3], "cutoff": 30.5}
        for query, shown in (("attributes=true", stored), ("attributes=true&attributes_filter=cutoff", {"cutoff": 30.5}),
                             ('attributes=true&attributes_filter="a.b.0",cutoff', {"a.b.0": 10, "cutoff": 30.5}),
                             ("attributes=true&attributes_filter=a.b", {"a.b": [10, 20]}),
                             ('attributes=true&attributes_filter="a.b.2","a.c","nope.x","cutoff.y"',
                              {"a.b.2": None, "a.c": None, "nope.x": None, "cutoff.y": None}),
                             ("attributes_filter=a,a&attributes=true", {"a": {"b": [10, 20]}})):
            with self.subTest(query=query):
                self.assertEqual(shown, self.good(f"/nodes/{DICT}", query).rows()[0]["attributes"])
                self.assertEqual(shown, self.good("/nodes", query + "&id=2").rows()[0]["attributes"])
        self.assertEqual({"colour": "green", "tags.1": "b"},
                         self.good("/nodes", 'id=1&extras=true&extras_filter=colour,"tags.1"').rows()[0]["extras"])
        for query in ("attributes=false", "attributes_filter=a", "extras_filter=a&extras=false"):
            self.assertEqual(SHOWN["nodes"].split(), list(self.good("/nodes", query).rows()[0]))


class OnAnSqliteFile(OnSqlite, Columns):
    pass


class InPostgreSql(OnPostgreSql, Columns):
    pass


class Addresses(Asked):
    """What the operator may allow."""

    def test_filters_of_addresses(self):
        self.assertEqual([1], self.good("/users", 'email="ada@example.org"').ids("users"))
        self.assertEqual([1, 2, 3], self.good("/users", 'email=like="%@example.org"').ids("users"))
        self.assertEqual(SHOWN["users"].split(), list(self.good("/users", 'email="ada@example.org"').rows("users")[0]))


NUMBERS = ("0", "-0.5", "1e300", "1e-300", "123456789012345678901234567890", "0.1000000000000000055511151231257827", "1.5e3")


class Documents(Asked):
    """Node 1 has numbers, node 2 has no documents at all, node 3 has texts."""

    def test_numbers_by_value(self):
        body = json.loads(self.good(f"/nodes/{uuid_of(1)}/contents/attributes").body, parse_float=Decimal, parse_int=Decimal)
        self.assertEqual([Decimal(number) for number in NUMBERS], body["data"]["attributes"]["numbers"])

    def test_nothing_is_an_empty_object(self):
        for name in ("attributes", "extras"):
            self.assertEqual({name: {}}, self.good(f"/nodes/{uuid_of(2)}/contents/{name}").data)
            self.assertEqual({name: {}}, self.good(f"/nodes/{uuid_of(2)}/contents/{name}", f"{name}_filter=a,b").data)
            self.assertEqual({"a": None, "b.0": None}, self.good(
                f"/nodes/{uuid_of(2)}", f'{name}=true&{name}_filter=a,"b.0"').rows()[0][name])

    def test_texts_and_names(self):
        self.assertEqual({"extras": TEXTS}, self.good(f"/nodes/{uuid_of(3)}/contents/extras").data)
        for name, value in TEXTS.items():
            quoted = '"' + name.replace('"', '""') + '"'
            self.assertEqual({"extras": {name: value}},
                             self.good(f"/nodes/{uuid_of(3)}/contents/extras", f"extras_filter={quoted}").data)


TEXTS = {"é": "Ångström", "a b": "\u2028 \\ \" '", "🧪": {"x": [None, True]}, 'qu"ote': "", "a,b&c=d": 1}
TYPE = "data.core.dict.Dict."
ROWS = (NO_NODES + node(1, TYPE) + node(2, TYPE) + node(3, TYPE, extras=TEXTS) +
        f"""UPDATE db_dbnode SET attributes = '{{"numbers": [{", ".join(NUMBERS)}]}}' WHERE id = 1;"""
        "UPDATE db_dbnode SET attributes = NULL, extras = NULL WHERE id = 2;")


class DocumentsOnAnSqliteFile(OnSqlite, Documents):
    rows = ROWS


class DocumentsInPostgreSql(OnPostgreSql, Documents):
    rows = ROWS


class AddressesOnAnSqliteFile(OnSqlite, Addresses):
    options = ("--private-filters",)


class AddressesInPostgreSql(OnPostgreSql, Addresses):
    options = ("--private-filters",)


del Columns, Documents, Addresses, Asked


if __name__ == "__main__":
    unittest.main()
