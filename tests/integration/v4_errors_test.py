# SPDX-License-Identifier: MIT
"""Mistakes in requests to /api/v4: each cause on each path that has it, and which of several is told."""

import itertools
import unittest

from v4_case import CIF, CODE, DICT, FOLDER, JOB, MESH, STRUCTURE, Asked, OnPostgreSql, OnSqlite

UNKNOWN_URL = "The requested URL is not found on the server."
MALFORMED = "The query string format is invalid."
TIME = "time value has wrong format. The right format is <date>T<time><offset>"
NO_PROFILE = "specifying an explicit profile is not enabled for this REST API."
NEEDS_PAGE = "perpage key requires that a page is requested (i.e. the path must contain /page/)"
NO_WINDOW = "perpage key is incompatible with limit and offset"
NO_WINDOW_OF_PAGES = "requesting a specific page is incompatible with limit and offset"
NO_QUERY = "projectable_properties requests do not allow specifying a query string"
NO_FILTERS = "selecting a specific id does not allow to specify filters"
SEVERAL = "More than one node found. Provide longer starting pattern for id."
NO_NODE = "either no object's id starts with 'ff' or the corresponding object is not of type aiida.orm.node.Node"
NO_ATTRIBUTES = "The attributes filter is false by default and can only be set to true."
NO_EXTRAS = "The extras filter is false by default and can only be set to true."
TOO_LARGE = "Limit and perpage cannot be bigger than 400"
FORMATS = "The available download formats can be queried using the /nodes/download_formats/ endpoint."
NO_FORMATS = "The download formats for this node type are not available."

TABLES = ("nodes", "computers", "groups", "users")
COMPUTER, GROUP = "/computers/10000000-0000-4000-8000-000000000001", "/groups/20000000-0000-4000-8000-000000000001"
ENDS_OF_NODES = ("", "/links/incoming", "/links/incoming/page", "/links/outgoing/page/1", "/links/tree",
                 "/contents/attributes", "/contents/extras", "/contents/derived_properties", "/contents/comments",
                 "/repo/list", "/repo/contents", "/download")
OF_ONE_NODE = tuple(end for end in ENDS_OF_NODES if not end.startswith("/links"))
OF_NODES = ("/nodes", "/nodes/page", "/nodes/page/1", "/nodes/projectable_properties", "/nodes/statistics",
            "/nodes/full_types", "/nodes/full_types_count", "/nodes/download_formats",
            *(f"/nodes/{JOB}{end}" for end in ENDS_OF_NODES))
# Paths whose query string is read: all but those of the server itself.
READ = (*OF_NODES, "/computers", "/computers/page/1", COMPUTER, "/computers/projectable_properties", "/groups",
        "/groups/page", GROUP, "/groups/projectable_properties", "/users", "/users/page/1", "/users/1",
        "/users/projectable_properties", "/processes/projectable_properties", f"/processes/{JOB}/report",
        f"/calcjobs/{JOB}/input_files", f"/calcjobs/{JOB}/output_files")
WITH_KEYS = ("limit", "offset", "perpage", "orderby", "attributes", "extras", "attributes_filter", "extras_filter",
             "full_type", "download_format", "download", "filename", "in_limit", "out_limit", "profile")
PAGES = ("/nodes/page", "/computers/page", "/groups/page", "/users/page", f"/nodes/{JOB}/links/incoming/page",
         f"/nodes/{JOB}/links/outgoing/page")

# Mistakes that can be made at once, in the order in which they are told: (query, status, message).
OF_THE_TEXT = (("id==1", 404, MALFORMED), ("ctime=2019-02-30", 404, TIME),
               ("in_limit=1&in_limit=2", 404, "You cannot specify in_limit more than once"),
               ("profile=x", 400, NO_PROFILE))
TOLD_FIRST = {
    "/nodes/page/9": (*OF_THE_TEXT, ("limit=2", 400, NO_WINDOW_OF_PAGES), ('full_type="a"', 400, 'the full type "a" has no |'),
                      ("attributes=x", 400, NO_ATTRIBUTES), ("nope=1", 400, 'nodes has no key "nope"'),
                      ("orderby=id", 404, "Non existent page requested. The page range is [1 : 1]")),
    "/computers/page/9": (*OF_THE_TEXT, ("offset=2", 400, NO_WINDOW_OF_PAGES),
                          ("nope=1", 400, 'computers has no key "nope"'),
                          ("perpage=2", 404, "Non existent page requested. The page range is [1 : 3]")),
    "/nodes": (*OF_THE_TEXT, ("perpage=2", 400, NEEDS_PAGE), ('full_type="a"', 400, 'the full type "a" has no |'),
               ("attributes=x", 400, NO_ATTRIBUTES), ("nope=1", 400, 'nodes has no key "nope"'),
               ("limit=401", 400, TOO_LARGE)),
    "/nodes/ff": (*OF_THE_TEXT, ("perpage=2", 400, NEEDS_PAGE), ('full_type="a"', 400, 'the full type "a" has no |'),
                  ("id=1", 404, NO_FILTERS), ("attributes=x", 404, NO_NODE), ("limit=401", 404, NO_NODE)),
    "/nodes/aa": (*OF_THE_TEXT, ("perpage=2", 400, NEEDS_PAGE), ("label=x", 404, NO_FILTERS), ("extras=x", 404, SEVERAL)),
    f"/nodes/{JOB}": (*OF_THE_TEXT, ("perpage=2", 400, NEEDS_PAGE), ("nope=1", 404, NO_FILTERS),
                      ("extras=x", 400, NO_EXTRAS), ("limit=401", 400, TOO_LARGE)),
    "/nodes/ff/links/incoming/page/9": (
        *OF_THE_TEXT, ("limit=2", 400, NO_WINDOW_OF_PAGES), ('full_type="a"', 400, 'the full type "a" has no |'),
        ("nope=1", 404, NO_NODE), ("perpage=401", 404, NO_NODE)),
    "/groups/projectable_properties": (*OF_THE_TEXT, ("perpage=2", 400, NEEDS_PAGE), ("nope=1", 404, NO_QUERY)),
    "/nodes/download_formats": (*OF_THE_TEXT, ("perpage=2", 400, NEEDS_PAGE),
                                ('full_type="a"', 404, "The full type a is invalid.")),
    "/nodes/ff/repo/contents": (*OF_THE_TEXT, ("perpage=2", 400, NEEDS_PAGE), ('full_type="a"', 400, 'the full type "a" has'),
                                ("id=1", 404, NO_FILTERS), ("filename=nope", 404, NO_NODE), ("limit=401", 404, NO_NODE)),
    f"/nodes/{JOB}/download": (*OF_THE_TEXT, ("perpage=2", 400, NEEDS_PAGE), ('full_type="a|"', 404, NO_FILTERS),
                               ("limit=401", 404, "Please specify the download format. " + FORMATS)),
    "/nodes/statistics": (*OF_THE_TEXT, ("perpage=2", 400, NEEDS_PAGE), ('full_type="a"', 400, 'the full type "a" has no |'),
                          ("label=x", 400, "")),
    f"/calcjobs/{DICT}/output_files": (*OF_THE_TEXT, ("nope=1", 404, f"node {DICT} is not of the required type CalcJobNode")),
}


class Errors(Asked):
    def all_refused(self, *rows):
        """Rows of status, message, path and, if there is one, query."""
        for status, message, path, *query in rows:
            with self.subTest(path=path, query=query):
                answer = self.refused(status, message, path, *query)
                self.assertIsNone(answer.total)

    def test_which_is_told_first(self):
        for path, mistakes in TOLD_FIRST.items():
            for first, second in itertools.combinations(mistakes, 2):
                if {"limit", "offset", "perpage"} >= {first[0].split("=")[0], second[0].split("=")[0]}:
                    continue  # one more mistake
                for query in (f"{first[0]}&{second[0]}", f"{second[0]}&{first[0]}"):
                    with self.subTest(path=path, query=query):
                        self.told(first, path, query)

    def told(self, mistake: tuple, path: str, query: str):
        _, status, message = mistake
        answer = self.ask(path, query)
        said = answer.json.get("message") or answer.data["message"]
        self.assertEqual((status, message), (answer.status, said[:len(message)]))

    def test_queries_that_are_not_well_formed(self):
        for path in READ:
            with self.subTest(path=path):
                self.assertIn("(at column 4)", self.refused(404, MALFORMED, path, "id==1").message)
                self.refused(404, TIME, path, "ctime=2019-02-30")
                self.refused(404, TIME, path, "ctime=2019-02-28T25:00")

    def test_columns_count_what_is_decoded(self):
        for query, column in (("id=%31%20&&", 7), ("id%3D%3D1", 4), ("&&", 2), ("%6cabel=%22a%22x", 10), ("label=%22%C3%A9%22x", 10)):
            with self.subTest(query=query):
                self.assertIn(f"(at column {column})", self.refused(404, MALFORMED, "/nodes", query, raw=True).message)

    def test_keys_that_stand_once_behind_an_equals_sign(self):
        for path in ("/nodes", "/computers/page/1", "/users/1", f"/nodes/{JOB}/links/tree", f"/processes/{JOB}/report",
                     "/groups/projectable_properties"):
            for key in WITH_KEYS:
                with self.subTest(path=path, key=key):
                    self.refused(404, f"You cannot specify {key} more than once", path, f"{key}=1&{key}=1")
                    for operator in (">", "!=", "=like=", "=in="):
                        self.refused(404, f"only assignment operator '=' is permitted after '{key}'", path,
                                     f'{key}{operator}"1"')

    def test_profiles_are_in_the_path(self):
        kinds = {"nodes": "Node", "computers": "Computer", "groups": "Group", "users": "User", "processes": "ProcessNode",
                 "calcjobs": "CalcJobNode"}
        for path in READ:
            for query in ("profile=x", 'profile="a b"&limit=1'):
                with self.subTest(path=path, query=query):
                    answer = self.ask(path, query)
                    self.assertEqual((400, "0", "0", {"message": NO_PROFILE}),
                                     (answer.status, answer.total, answer.headers["x-total-counts"], answer.data))
                    self.assertEqual(kinds[path.split("/")[1]], answer.json["resource_type"])
                    self.assertNotIn("id", answer.json)
                    self.assertEqual({"method", "path", "query_string", "resource_type", "url", "url_root", "data"},
                                     set(answer.json))

    def test_windows_beside_pages(self):
        no_page = [path for path in READ if "/page" not in path and path.split("/")[1] in TABLES]
        for path in no_page:
            self.all_refused((400, NEEDS_PAGE, path, "perpage=2"), (400, NO_WINDOW, path, "perpage=2&limit=2"),
                             (400, NO_WINDOW, path, "offset=2&perpage=2"))
        for page in PAGES:
            for path in (page, page + "/1", page + "/9"):
                self.all_refused((400, NO_WINDOW_OF_PAGES, path, "limit=2"), (400, NO_WINDOW_OF_PAGES, path, "offset=2"),
                                 (400, NO_WINDOW, path, "perpage=2&offset=1"))

    def test_properties_take_no_query(self):
        for resource in TABLES:
            for query in ("id=1", "limit=2", "attributes=true", "nope=1"):
                self.all_refused((404, NO_QUERY, f"/{resource}/projectable_properties", query))
        for query in ("id=1", "limit=2&perpage=2", "nope=1"):
            self.good("/processes/projectable_properties", query)

    def test_ill_formed_full_types(self):
        paths = ("/nodes", "/nodes/page/1", f"/nodes/{JOB}", f"/nodes/{JOB}/links/outgoing", f"/nodes/{JOB}/repo/list",
                 f"/nodes/{JOB}/download")
        for text in ("a", "a|b|c", "%a|", "a%b|", "a%%|", "|a%b", "|%%", "%%|%"):
            for path in paths:
                self.assertIn(text, self.refused(400, f'the full type "{text}"', path, f'full_type="{text}"').message)
            self.all_refused((404, f"The full type {text} is invalid.", "/nodes/download_formats", f'full_type="{text}"'))
        for path in paths:
            for query in ("full_type=5", "full_type=word", 'full_type="a|","b|"'):
                self.assertIn("full_type", self.refused(400, "", path, query).message)

    def test_filters_beside_an_id(self):
        paths = [*(f"/nodes/{JOB}{end}" for end in OF_ONE_NODE), COMPUTER, GROUP, "/users/1"]
        for path in paths:
            self.all_refused((404, NO_FILTERS, path, "id=1"), (404, NO_FILTERS, path, 'label="x"'),
                             (404, NO_FILTERS, path, "nope=1"))
            if path.startswith("/nodes"):
                self.all_refused((404, NO_FILTERS, path, 'full_type="data.%|"'))
        self.good(f"/nodes/{JOB}/links/incoming", "id=1")
        self.good(f"/nodes/{JOB}/links/tree", "id=1")

    def test_ids_of_none_and_of_several(self):
        for end in ENDS_OF_NODES:
            self.all_refused((404, NO_NODE, f"/nodes/ff{end}"), (404, SEVERAL, f"/nodes/aa{end}"))
        for path, kind in (("/computers/ff", "Computer"), ("/groups/ff", "groups.Group"), ("/users/77", "User")):
            self.all_refused((404, f"either no object's id starts with '{path.split('/')[2]}' or the corresponding object "
                              f"is not of type aiida.orm.{kind}", path))
        self.all_refused((404, SEVERAL, "/computers/1"), (404, SEVERAL, "/groups/2"))

    def test_attributes_and_extras_are_true_or_false(self):
        for path in ("/nodes", "/nodes/page/1", f"/nodes/{JOB}"):
            for value in ("x", "1", '"true"', "True", "true,false"):
                self.all_refused((400, NO_ATTRIBUTES, path, f"attributes={value}"), (400, NO_EXTRAS, path, f"extras={value}"))

    def test_keys_operators_and_values(self):
        for path, resource in (("/nodes", "nodes"), ("/nodes/page/1", "nodes"), (f"/nodes/{JOB}/links/incoming", "links"),
                               ("/computers", "computers"), ("/groups/page", "groups"), ("/users", "users")):
            with self.subTest(path=path):
                message = self.refused(400, f'{resource} has no key "nope" (at byte 11 of the query string)', path,
                                       "orderby=id&nope=1").message
                self.assertIn("id", message)
                self.refused(400, f'{resource} cannot be ordered by "nope"', path, "orderby=nope")
                for value in ("x", '"x"', "true", "2019-01-01"):
                    self.refused(400, "id takes an integer", path, f"id={value}")
                for operator in ("like", "ilike"):
                    self.refused(400, f"id does not take the operator ={operator}=", path, f'id={operator}="1%"')
                self.refused(400, "id takes one value after =", path, "id=1,2")
        for path in ("/nodes", f"/nodes/{JOB}/links/outgoing"):
            for query in ("ctime=5", "ctime=true", 'ctime="soon"', "mtime=x"):
                self.all_refused((400, f"{query[:5]} takes a date", path, query))
            self.all_refused((400, "ctime does not take the operator =like=", path, 'ctime=like="2019%"'),
                             (400, "label takes", path, "label=5"), (400, "label takes", path, "label=2019-01-01"))
        self.assertIn('did you mean "label"', self.refused(400, 'nodes has no key "labl"', "/nodes", "labl=x").message)

    def test_pages_out_of_range(self):
        for path, query, last in (("/computers/page/4", "perpage=2", 3), ("/computers/page/0", "perpage=2", 3),
                                  ("/nodes/page/2", "", 1),
                                  ("/nodes/page/3", "perpage=10", 2), ("/users/page/2", "id=99", 1), ("/groups/page/0", "", 1),
                                  (f"/nodes/{JOB}/links/incoming/page/3", "perpage=3", 2),
                                  (f"/nodes/{STRUCTURE}/links/incoming/page/2", "", 1), ("/nodes/page/" + "9" * 30, "", 1)):
            self.all_refused((404, f"Non existent page requested. The page range is [1 : {last}]", path, query))
        for page in PAGES:
            self.good(page + "/1", "id=0")

    def test_large_windows(self):
        for path in ("/nodes", "/computers", "/groups", "/users", f"/nodes/{JOB}", COMPUTER, GROUP, "/users/1",
                     f"/nodes/{JOB}/links/incoming", f"/nodes/{JOB}/links/outgoing"):
            self.good(path, "limit=400")
            self.all_refused(*((400, TOO_LARGE, path, f"limit={number}") for number in ("401", '"401"', "401.5", "1e30")))
        for path in PAGES:
            self.good(path, "perpage=400")
            self.all_refused((400, TOO_LARGE, path, "perpage=401"))

    def test_what_is_too_large_is_told_before_what_is_no_number(self):
        for path in ("/nodes", "/users", f"/nodes/{JOB}", COMPUTER, f"/nodes/{JOB}/links/incoming"):
            for query in ("limit=401&offset=x", "offset=-1&limit=401"):
                self.all_refused((400, TOO_LARGE, path, query))

    def test_numbers(self):
        for path in ("/nodes", "/users", f"/nodes/{JOB}", COMPUTER, f"/nodes/{JOB}/links/incoming"):
            for value in ("x", '""', '"x"', "true", "-1", "2019-01-01", "1,2", '"1", "2"'):
                self.all_refused((400, "Limit value must be an integer", path, f"limit={value}"),
                                 (400, "Offset value must be an integer", path, f"offset={value}"))
        for path in PAGES:
            for value in ("x", "true", '"x"'):
                self.all_refused((400, "perpage must be an integer", path, f"perpage={value}"))
            for value in ("0", "-1", "0.9", '"0"'):
                self.assertIn("at least 1", self.refused(400, "perpage must be an integer", path, f"perpage={value}").message)
        for key in ("in_limit", "out_limit", "tree_in_limit", "tree_out_limit"):
            for value in ("x", "true", "-1", '"x"'):
                self.all_refused((400, f"{key} must be an integer", f"/nodes/{JOB}/links/tree", f"{key}={value}"))

    def test_whose_nodes_are_counted(self):
        for path in ("/nodes/statistics", "/nodes/full_types_count"):
            for query in ("id=1", 'label="x"', "nope=1", "user_id=1", "user=x", "user>1", "user=1,2", "user=true"):
                with self.subTest(path=path, query=query):
                    answer = self.ask(path, query)
                    self.assertIn("user", answer.message)
                    self.assertEqual(404 if query == "user>1" else 400, answer.status)

    def test_files(self):
        for uuid in (JOB, DICT, FOLDER):
            path = f"/nodes/{uuid}/repo"
            self.all_refused((400, "filename is not provided", path + "/contents"),
                             (400, "filename is not provided", path + "/contents", 'filename=""'),
                             (404, "No such file is present", path + "/contents", "filename=nope"),
                             (404, "object with path `nope` does not exist.", path + "/list", "filename=nope"),
                             (400, "path `/nope` is not a relative path.", path + "/list", 'filename="/nope"'))
        for name in ("input_files", "output_files"):
            path = f"/calcjobs/{JOB}/{name}"
            self.all_refused((404, "object with path `nope` does not exist.", path, "filename=nope"),
                             (404, "object with path `a/../b` does not exist.", path, "filename=a/../b"),
                             (400, "path `/nope` is not a relative path.", path, "filename=/nope"))

    def test_downloads(self):
        for uuid in (STRUCTURE, DICT, MESH, CIF, JOB):
            self.all_refused((404, f"Please specify the download format. {FORMATS}", f"/nodes/{uuid}/download"),
                             (404, f"Please specify the download format. {FORMATS}", f"/nodes/{uuid}/download",
                              'download_format=""'))
        for uuid in (STRUCTURE, DICT, MESH, CIF, FOLDER):
            for name in ("upf", "XSF", "nope", "0"):
                self.all_refused((404, f"The format {name} is not supported. {FORMATS}", f"/nodes/{uuid}/download",
                                  f"download_format={name}"))
        for name in ("yaml", "yml"):
            self.all_refused((404, f"The format {name} is not supported. {FORMATS}", f"/nodes/{CODE}/download",
                              f"download_format={name}"))
        for name in ("xsf", "nope", "json"):
            self.all_refused((501, "This endpoint is not available for Process nodes.", f"/nodes/{JOB}/download",
                              f"download_format={name}"))
        self.all_refused((501, "", f"/nodes/{CIF}/download", "download_format=cif"))  # its file is not there

    def test_formats_of_types(self):
        for full_type in ("data.demo.Thing.|", "process.calculation.calcjob.CalcJobNode.|", "node.Node.|", "data.%|", "|",
                          "process.calculation.calcjob.CalcJobNode.|some.module", "data.demo.upf.UpfData.|"):
            self.all_refused((501, NO_FORMATS, "/nodes/download_formats", f'full_type="{full_type}"'))

    def test_processes(self):
        for uuid, pk in ((DICT, "2"), (STRUCTURE, "1"), (CIF, "11")):
            for id_ in (uuid, pk):
                self.all_refused((404, f"node {id_} is not of the required type ProcessNode", f"/processes/{id_}/report"))
        for name in ("input_files", "output_files"):
            for id_ in (DICT, "2", "8", "9", "ae000000-0000-4000-8000-000000000009"):
                self.all_refused((404, f"node {id_} is not of the required type CalcJobNode", f"/calcjobs/{id_}/{name}"))
            self.all_refused((404, "no Node found with UUIDff", f"/calcjobs/ff/{name}"),
                             (404, "no Node found with ID77", f"/calcjobs/77/{name}"))
        self.all_refused((404, "no Node found with UUIDff", "/processes/ff/report"),
                         (404, "no Node found with ID77", "/processes/77/report"),
                         (404, SEVERAL, "/processes/aa/report"), (404, SEVERAL, "/calcjobs/ac/input_files"))


class OnAnSqliteFile(OnSqlite, Errors):
    pass


class InPostgreSql(OnPostgreSql, Errors):
    pass


del Errors, Asked


if __name__ == "__main__":
    unittest.main()
