# SPDX-License-Identifier: MIT
"""The paths of /api/v4, all of them: what stands in the envelope, which headers and methods there are, which keys act."""

import tempfile
import unittest
from pathlib import Path

from own_postgresql import OwnPostgreSql
from served import Server, make_database
from v4_case import CIF, JOB, STRUCTURE, Asked, OnPostgreSql, OnSqlite, node

COMPUTER, GROUP = "10000000-0000-4000-8000-000000000001", "20000000-0000-4000-8000-000000000001"
ANY = object()

# path → the id in the envelope (ANY: there is none), the total, the keys of data (None: it is a list). {id}: a segment.
PATHS = {
    "": (ANY, "1", {"available_endpoints"}), "/server/endpoints": (ANY, "1", {"available_endpoints"}),
    "/server": (ANY, "1", {"API_major_version", "API_minor_version", "API_revision_version", "API_prefix", "AiiDA_version",
                           "server"}),
    **{path + end: (None, total, {path[1:]}) for path, total in (("/computers", "5"), ("/groups", "2"), ("/users", "3"),
                                                                 ("/nodes", "11")) for end in ("", "/page", "/page/1")},
    f"/computers/{COMPUTER}": (COMPUTER, "1", {"computers"}), f"/groups/{GROUP}": (GROUP, "1", {"groups"}),
    "/users/2": (2, "1", {"users"}), f"/nodes/{JOB}": (JOB, "1", {"nodes"}), "/nodes/aB": ("aB", "1", {"nodes"}),
    **{f"/{resource}/projectable_properties": (None, "1", {"fields", "ordering"})
       for resource in ("computers", "groups", "users", "nodes", "processes")},
    "/nodes/statistics": (None, "0", {"total", "types", "ctime_by_day"}),
    "/nodes/full_types": (None, "0", {"namespace", "path", "label", "full_type", "subspaces"}),
    "/nodes/full_types_count": (None, "0", {"namespace", "path", "label", "full_type", "subspaces", "counter"}),
    "/nodes/download_formats": (None, "0", {
        f"data.core.{name}.|" for name in ("structure.StructureData", "cif.CifData", "upf.UpfData", "array.ArrayData",
                                           "array.kpoints.KpointsData", "array.projection.ProjectionData", "array.xy.XyData",
                                           "array.trajectory.TrajectoryData", "array.bands.BandsData")}),
    **{f"/nodes/{JOB}/links/{name}{end}": (JOB, total, {name}) for name, total in (("incoming", "4"), ("outgoing", "2"))
       for end in ("", "/page", "/page/1")},
    f"/nodes/{JOB}/links/tree": (JOB, "0", {"nodes", "metadata"}),
    **{f"/nodes/{JOB}/contents/{name}": (JOB, "1", {name})
       for name in ("attributes", "extras", "derived_properties", "comments")},
    f"/nodes/{JOB}/repo/list": (JOB, "1", {"repo_list"}),
    f"/processes/{JOB}/report": (JOB, "1", {"logs"}), "/processes/4/report": ("4", "1", {"logs"}),
    "/processes/ac000000-0000-4000-8000-000000000004/report": (JOB, "1", {"logs"}),
    f"/calcjobs/{JOB}/input_files": (JOB, "1", None), f"/calcjobs/{JOB}/output_files": (JOB, "1", None),
    "/calcjobs/4/input_files": ("4", "1", None),
}
# Which of these keys changes the answer of which path; elsewhere it is taken and does nothing.
KEYS = ('limit="1"', "offset=1", "orderby=-id", "attributes=true", 'attributes_filter="state"', "extras=true",
        "extras_filter=x", 'full_type="data.%|"', "in_limit=1", "out_limit=1", "tree_in_limit=0", "tree_out_limit=0",
        "download_format=xsf", "download=false", 'filename=""', "_=5")
LISTS = ("/computers", "/groups", "/users", "/nodes", f"/nodes/{JOB}/links/incoming", f"/nodes/{JOB}/links/outgoing")
ACT = {
    **{path: ('limit="1"', "offset=1", "orderby=-id") for path in LISTS}, **{path + "/page": ("orderby=-id",) for path in LISTS},
    **{path + "/page/1": ("orderby=-id",) for path in LISTS},
    **{path: ("offset=1",) for path in (f"/computers/{COMPUTER}", f"/groups/{GROUP}", "/users/2")},
    **{path: ("offset=1", "attributes=true", "extras=true") for path in (f"/nodes/{JOB}", "/nodes/aB")},
    f"/nodes/{JOB}/links/tree": ("in_limit=1", "out_limit=1", "tree_in_limit=0", "tree_out_limit=0"),
    f"/nodes/{JOB}/contents/attributes": ('attributes_filter="state"',),
}
for path in ("/nodes", "/nodes/page", "/nodes/page/1"):
    ACT[path] += ("attributes=true", "extras=true", 'full_type="data.%|"')
for end in ("incoming", "outgoing", "incoming/page", "outgoing/page", "incoming/page/1", "outgoing/page/1"):
    ACT[f"/nodes/{JOB}/links/{end}"] += ('full_type="data.%|"',) if end.startswith("incoming") else ()
# Of one type, or refused.
REFUSED = {'full_type="data.%|"': ("/nodes/download_formats", *(
    path for path, (id_, _, _) in PATHS.items() if id_ and "/links" not in path and not path.startswith(("/proc", "/calc"))))}


def takes_keys(path: str) -> bool:
    return "projectable_properties" not in path


class Paths(Asked):
    def test_envelopes_and_totals(self):
        for path, (id_, total, keys) in PATHS.items():
            with self.subTest(path=path):
                answer = self.good(path)
                body = answer.json
                self.assertEqual(sorted(body), list(body))
                self.assertEqual({"data", "method", "path", "query_string", "resource_type", "url", "url_root"}
                                 | ({"id"} if id_ is not ANY else set()), set(body))
                if id_ is not ANY:
                    self.assertEqual((id_, type(id_)), (body["id"], type(body["id"])))
                resource = path.split("/")[1] if path else "server"
                self.assertEqual({"method": "GET", "path": "/api/v4" + path, "query_string": "",
                                  "url_root": "http://localhost:5000/",
                                  "resource_type": "Info" if resource == "server" else resource,
                                  "url": "http://localhost:5000/api/v4" + path},
                                 {key: value for key, value in body.items() if key not in ("data", "id")})
                self.assertEqual(keys, None if isinstance(answer.data, list) else set(answer.data))
                self.assertEqual((total, total), (answer.total, answer.headers["x-total-counts"]))
                self.assertEqual("application/json", answer.headers["content-type"])
                self.assertEqual("/page" in path, "link" in answer.headers)

    def test_every_path_is_an_endpoint(self):
        endpoints = self.good("").data["available_endpoints"]
        self.assertEqual(46, len(endpoints))
        self.assertEqual(sorted(endpoints), endpoints)
        listed, found = {}, set()
        for line in endpoints:
            resource, methods, path = line.split()
            self.assertEqual(f"{resource:15} {methods:20} {path}", line)
            listed[path] = (resource, methods)
        for path in (*PATHS, f"/nodes/{JOB}/repo/contents", f"/nodes/{JOB}/download", "/querybuilder"):
            with self.subTest(path=path):
                words = path.strip("/").split("/") if path else []
                place = words.index("page") + 1 if "page" in words else 0
                if place and place < len(words):
                    words[place] = "<int:page>"
                if len(words) > 1 and words[0] != "server" and words[1][0] in "0123456789a":
                    words[1] = "<id>"
                name = "/api/v4/" + "".join(word + "/" for word in words)
                self.assertIn(name, listed)
                methods = "GET,HEAD,OPTIONS" + (",POST" if words == ["querybuilder"] else "")
                self.assertEqual((words[0] if words else "server", methods), listed[name])
                found.add(name)
        self.assertEqual(set(listed), found)

    def test_slashes(self):
        for path in PATHS:
            wanted = self.good(path)
            encoded = path[:1] + path[1:].replace("/", "%2F")
            for written in (path + "/", path + "///", path.replace("/", "//"), encoded):
                with self.subTest(path=written):
                    answer = self.ask(written, raw=True)
                    self.assertEqual((200, wanted.data, wanted.headers.get("link")),
                                     (answer.status, answer.data, answer.headers.get("link")))

    def test_methods(self):
        for path in (*PATHS, f"/nodes/{CIF}/repo/contents", f"/nodes/{STRUCTURE}/download"):
            with self.subTest(path=path):
                query = "download_format=xsf" if path.endswith("download") else ""
                answer, head = self.ask(path, query), self.ask(path, query, method="HEAD")
                self.assertEqual((answer.status, b""), (head.status, head.body))
                for name in ("content-length", "content-type", "x-total-count", "link", "etag", "content-disposition"):
                    self.assertEqual(answer.headers.get(name), head.headers.get(name), name)
                self.assertIn(self.ask(path, method="OPTIONS").status, (200, 204))
                for method in ("POST", "PUT", "DELETE", "PATCH"):
                    for end in ("", "/"):
                        answer = self.ask(path + end, method=method)
                        self.assertEqual((405, "GET, HEAD, OPTIONS", ["message"]),
                                         (answer.status, answer.headers["allow"], list(answer.json)))

    def test_keys_that_act_and_others(self):
        for path in filter(takes_keys, PATHS):
            wanted = self.good(path).data
            for key in KEYS:
                if ("/page" in path and key[:5] in ("limit", "offse")) or path in REFUSED.get(key, ()):
                    continue  # which is refused
                with self.subTest(path=path, key=key):
                    self.assertEqual(key in ACT.get(path, ()), self.good(path, key).data != wanted)

    def test_the_query_as_it_is_shown(self):
        for sent, shown in (("id%3D4", "id=4"), ("label=%22a+b%22", 'label="a+b"'), ("label=%22%2525%22", 'label="%25"'),
                            ("label=%22%C3%A9%22", 'label="é"'), ("id=4&", "id=4&"), ("&id=4", "&id=4"), ("&", "&")):
            with self.subTest(sent=sent):
                body = self.ask("/nodes/", sent, raw=True).json
                self.assertEqual((shown, f"http://localhost:5000/api/v4/nodes/?{shown}", "/api/v4/nodes/"),
                                 (body["query_string"], body["url"], body["path"]))

    def test_paths_as_they_are_shown(self):
        for sent, shown in (("/nodes/%61B/", "/nodes/aB/"), ("/nodes%2Fab", "/nodes/ab"), ("/%6Eodes/ab///", "/nodes/ab///"),
                            ("//nodes/ab", "//nodes/ab")):
            with self.subTest(sent=sent):
                body = self.ask(sent, raw=True).json
                self.assertEqual(("/api/v4" + shown, "http://localhost:5000/api/v4" + shown), (body["path"], body["url"]))

    def test_ids_as_they_are_sent(self):
        for id_ in ("ab", "AB", "aB000000", "ab000000-", "AB000000-0000-4000-8000-000000000003"):
            for end in ("", "/links/tree", "/contents/attributes", "/repo/list"):
                self.assertEqual(id_, self.good(f"/nodes/{id_}{end}").json["id"])

    def test_pks_of_processes_come_before_starts_of_uuids(self):
        self.assertEqual(4, self.good("/processes/4/report").data["logs"][0]["dbnode_id"])
        self.refused(404, "More than one node found.", "/nodes/a")
        self.assertEqual([1], self.good("/groups/20").ids("groups"))  # no pk there

    def test_dates_and_uuids(self):
        node = self.good(f"/nodes/{STRUCTURE.upper()}").rows()[0]
        self.assertEqual(("Thu, 07 Mar 2019 09:05:03 GMT", STRUCTURE), (node["ctime"], node["uuid"]))
        self.assertEqual("Mon, 01 Apr 2019 12:00:00 GMT", self.good("/groups").rows("groups")[0]["time"])

    def test_links_of_pages(self):
        for path, query, pages in (("/nodes/page/2", "perpage=4&id%3E1", {"first": 1, "prev": 1, "next": 3, "last": 3}),
                                   ("/users/page", "perpage=2", {"first": 1, "next": 2, "last": 2}),
                                   ("/nodes/page/3", "perpage=4", {"first": 1, "prev": 2, "last": 3})):
            with self.subTest(path=path):
                answer = self.ask(path, query, raw=True)
                begin = "http://localhost:5000/api/v4" + path.split("/page")[0] + "/page/"
                found = dict(reversed(one.split("; rel=")) for one in answer.headers["link"].split(", "))
                self.assertEqual({f'"{name}"': f"<{begin}{page}?{query}>" for name, page in pages.items()}, found)
                self.assertIn("Link", answer.headers["access-control-expose-headers"])


class OnAnSqliteFile(OnSqlite, Paths):
    pass


class InPostgreSql(OnPostgreSql, Paths):
    pass


class Digits(Asked):
    """Processes whose uuids begin with digits alone, 44 and 77; one has the pk 77."""

    def test_ids_of_digits_alone(self):
        for id_, pk in (("44", 50), ("77", 77), ("77000", 60), ("50", 50), ("440000", 50), ("60", 60)):
            for path in (f"/processes/{id_}/report", f"/calcjobs/{id_}/output_files"):
                with self.subTest(path=path):
                    answer = self.good(path)
                    logs = answer.data["logs"] if "report" in path else [{"dbnode_id": pk}]
                    self.assertEqual(([pk], id_), ([log["dbnode_id"] for log in logs], answer.json["id"]))
        for id_, pk in (("44", 50), ("77", 60)):  # elsewhere no id is a pk
            self.assertEqual([pk], self.good(f"/nodes/{id_}").ids())
        self.refused(404, "either no object's id starts with '50'", "/nodes/50")
        self.refused(404, "no Node found with ID45", "/processes/45/report")


JOB_TYPE = "process.calculation.calcjob.CalcJobNode."
JOBS = ((50, "44000000-0000-4000-8000-000000000050"), (60, "77000000-0000-4000-8000-000000000060"),
        (77, "88000000-0000-4000-8000-000000000077"))
ROWS = "".join(node(pk, JOB_TYPE, uuid=uuid) + (
    f"INSERT INTO db_dblog (id, uuid, time, loggername, levelname, dbnode_id, message, metadata) VALUES ({pk}, '{uuid}', "
    f"'2024-05-06 07:08:09', 'a', 'REPORT', {pk}, '', '{{}}');") for pk, uuid in JOBS)


class DigitsOnAnSqliteFile(OnSqlite, Digits):
    rows = ROWS


class DigitsInPostgreSql(OnPostgreSql, Digits):
    rows = ROWS


class Profiles(Asked):
    """A file and a PostgreSQL database in one process; the first is also served without a name."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.database = OwnPostgreSql("aiida2")
        cls.addClassCleanup(cls.database.__exit__)
        cls.server = Server("--profile", f"one={make_database(Path(cls.folder.name) / 'a.sqlite', 'document')}",
                            "--profile", f"two={cls.database.uri}")
        cls.addClassCleanup(cls.server.stop)

    def test_each_has_its_paths(self):
        for profile, ids in (("one", [1, 4, 6, 1822]), ("two", [1, 4, 6])):
            answer = self.ask("/nodes/page/1/", "id=in=1,4,6,1822", prefix=f"/{profile}/api/v4")
            body = answer.json
            self.assertEqual((200, ids), (answer.status, answer.ids()))
            root = f"http://localhost:5000/{profile}/"
            self.assertEqual((root, f"{root}api/v4/nodes/page/1/?id=in=1,4,6,1822", "/api/v4/nodes/page/1/", "nodes"),
                             tuple(body[key] for key in ("url_root", "url", "path", "resource_type")))
            self.assertIn(f"<{root}api/v4/nodes/page/1?id=in=1,4,6,1822>", answer.headers["link"])
            self.assertEqual("/api/v4", self.ask("/server", prefix=f"/{profile}/api/v4").data["API_prefix"])
            self.assertEqual(404, self.ask("/nope", prefix=f"/{profile}/api/v4").status)
            self.assertEqual(400, self.ask("/nodes", "profile=two", prefix=f"/{profile}/api/v4").status)
        self.assertEqual([1, 4, 6, 1822], self.good("/nodes", "id=in=1,4,6,1822").ids())
        self.assertEqual(404, self.ask("/nodes", prefix="/three/api/v4").status)


class OtherOrigins(Asked):
    """Pages of other origins read every answer, files and mistakes too, where the operator lets them."""

    def test_each_answer_may_be_read(self):
        origin = "Origin: https://explorer.example.org"
        for path in (*PATHS, f"/nodes/{STRUCTURE}/download?download_format=xsf", f"/nodes/{STRUCTURE}/repo/contents", "/nope",
                     "/nodes/x", "/nodes?id==", "/querybuilder", "/nodes?profile=x"):
            answer = self.ask(*path.split("?"), *([] if "?" in path else [""]), origin)
            with self.subTest(path=path):
                self.assertEqual("*", answer.headers["access-control-allow-origin"])
                exposed = answer.headers["access-control-expose-headers"].replace(" ", "").split(",")
                self.assertLessEqual({"X-Total-Count", "X-Total-Counts", "Link"}, set(exposed))

    def test_preflights(self):
        for path, method in (("/nodes", "GET"), ("/querybuilder", "POST"), ("/querybuilder/", "POST")):
            answer = self.ask(path, "", "Origin: https://explorer.example.org", f"Access-Control-Request-Method: {method}",
                              "Access-Control-Request-Headers: content-type", "Access-Control-Request-Private-Network: true",
                              method="OPTIONS")
            with self.subTest(path=path):
                self.assertIn(answer.status, (200, 204))
                self.assertIn(method, answer.headers["access-control-allow-methods"])
                self.assertIn("content-type", answer.headers["access-control-allow-headers"].lower())
                self.assertEqual("true", answer.headers["access-control-allow-private-network"])


class OtherOriginsOnAnSqliteFile(OnSqlite, OtherOrigins):
    options = ("--cors-origin", "*")


class OtherOriginsInPostgreSql(OnPostgreSql, OtherOrigins):
    options = ("--cors-origin", "*")


del Paths, Digits, OtherOrigins, Asked


if __name__ == "__main__":
    unittest.main()
