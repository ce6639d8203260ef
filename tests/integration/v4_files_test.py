# SPDX-License-Identifier: MIT
"""Files of nodes at /api/v4: from an archive, and from the container of a profile, loose, packed and compressed."""

import json
import socket
import sqlite3
import tempfile
import threading
import unittest
import zipfile
from pathlib import Path

from container import Container, key, tree, write_profile
from served import Server, is_sanitized, make_database, memory_of, request, wait_for
from v4_case import CIF, DICT, FOLDER, JOB, JOB2, MESH, STRUCTURE, Answer, Asked, OnPostgreSqlProfile

CIF_TEXT = b"data_Ba\n_cell_length_a 2.0\n"
LARGE = bytes(range(256)) * (64 * 1024)  # 16 MiB
FILES = {
    JOB: {"aiida.in": b"&CONTROL\n/\n", ".aiida/calcinfo.json": b"{}", "sub/deep/er.txt": b"deep", "empty": b"",
          'na"me \xc3\xa9.txt'.encode("latin-1").decode("utf-8"): b"odd"},
    FOLDER: {"aiida.out": b"all is well\n" * 1000, "raw/x": b"raw", "large.bin": LARGE},
    CIF: {"Ba.cif": CIF_TEXT},
}


def database_with_files(path: Path) -> Path:
    make_database(path, "aiida2")
    with sqlite3.connect(path) as database:
        for uuid, files in FILES.items():
            database.execute("UPDATE db_dbnode SET repository_metadata = ? WHERE uuid = ?", (json.dumps(tree(files)), uuid))
    database.close()
    return path


def contents() -> dict:
    return {key(content): content for files in FILES.values() for content in files.values()}


def make_archive(path: Path, folder: Path) -> Path:
    database = database_with_files(folder / "archive.sqlite")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", json.dumps({"export_version": "main_0001"}))
        for number, (hash_, content) in enumerate(contents().items()):
            archive.writestr(f"repo/{hash_}", content,
                             compress_type=zipfile.ZIP_STORED if number % 2 else zipfile.ZIP_DEFLATED)
        archive.write(database, "db.sqlite3")
    return path


class Files(Asked):
    def test_lists(self):
        for path, query, expected in (
                (f"/nodes/{JOB}/repo/list", "", [".aiida", "aiida.in", "empty", 'na"me é.txt', "sub"]),
                (f"/nodes/{JOB}/repo/list", 'filename=""', [".aiida", "aiida.in", "empty", 'na"me é.txt', "sub"]),
                (f"/nodes/{JOB}/repo/list", "filename=sub", ["deep"]), (f"/nodes/{JOB}/repo/list", 'filename="./sub/deep/"', ["er.txt"]),
                (f"/nodes/{DICT}/repo/list", "", [])):
            with self.subTest(path=path, query=query):
                answer = self.good(path, query)
                self.assertEqual((expected, "1"), ([one["name"] for one in answer.data["repo_list"]], answer.total))
        types = {one["name"]: one["type"] for one in self.good(f"/nodes/{JOB}/repo/list").data["repo_list"]}
        self.assertEqual(("DIRECTORY", "FILE"), (types["sub"], types["aiida.in"]))
        self.refused(404, "aiida.in is not a directory in this repository", f"/nodes/{JOB}/repo/list", 'filename="aiida.in"')
        self.refused(404, "object with path `nope` does not exist.", f"/nodes/{JOB}/repo/list", "filename=nope")
        self.refused(404, "object with path `../x` does not exist.", f"/nodes/{JOB}/repo/list", 'filename="../x"')
        self.refused(400, "path `/sub` is not a relative path.", f"/nodes/{JOB}/repo/list", 'filename="/sub"')

    def test_contents(self):
        for uuid, files in FILES.items():
            for path, content in files.items():
                with self.subTest(path=path):
                    answer = self.good(f"/nodes/{uuid}/repo/contents", 'filename="' + path.replace('"', '""') + '"')
                    self.assertTrue(content == answer.body, len(answer.body))
                    self.assertEqual(("application/octet-stream", str(len(content)), f'"{key(content)}"', None),
                                     (answer.headers["content-type"], answer.headers["content-length"],
                                      answer.headers["etag"], answer.total))
                    page = self.good(f"/nodes/{uuid}/repo/contents", 'filename="' + path.replace('"', '""') + '"',
                                     "Accept: text/html,*/*;q=0.8")
                    self.assertTrue(content == page.body)
                    disposition = answer.headers["content-disposition"]
                    if path.isascii():
                        self.assertEqual(f'attachment; filename="{path}"', disposition)
                    else:
                        self.assertTrue(disposition.endswith("filename*=UTF-8''na%22me%20%C3%A9.txt"), disposition)
        self.refused(400, "filename is not provided", f"/nodes/{JOB}/repo/contents")
        self.refused(400, "filename is not provided", f"/nodes/{JOB}/repo/contents", 'filename=""')
        self.refused(404, "No such file is present", f"/nodes/{JOB}/repo/contents", "filename=nope")
        self.refused(404, "No such file is present", f"/nodes/{JOB}/repo/contents", 'filename="../aiida.in"')
        self.refused(400, "object with path `sub` is not a file.", f"/nodes/{JOB}/repo/contents", "filename=sub")
        self.refused(404, "No such file is present", f"/nodes/{DICT}/repo/contents", "filename=a")
        self.refused(404, "either no object's id starts with 'ff'", "/nodes/ff/repo/contents")

    def test_parts(self):
        path = f"/nodes/{FOLDER}/repo/contents"
        for name, content in (("large.bin", LARGE), ("aiida.out", FILES[FOLDER]["aiida.out"])):
            size, etag = len(content), f'"{key(content)}"'
            for wanted, part in (("bytes=0-9", (0, 10)), ("bytes=100-", (100, size - 100)), ("bytes=-7", (size - 7, 7)),
                                 (f"bytes=5-{2 * size}", (5, size - 5)), (f"bytes={size // 2}-{size // 2}", (size // 2, 1))):
                with self.subTest(name=name, wanted=wanted):
                    answer = self.ask(path, f'filename="{name}"', f"Range: {wanted}")
                    begin, length = part
                    self.assertEqual((206, f"bytes {begin}-{begin + length - 1}/{size}", str(length)),
                                     (answer.status, answer.headers["content-range"], answer.headers["content-length"]))
                    self.assertTrue(content[begin:begin + length] == answer.body)
            answer = self.ask(path, f'filename="{name}"', f"Range: bytes={size}-")
            self.assertEqual((416, f"bytes */{size}"), (answer.status, answer.headers["content-range"]))
            answer = self.ask(path, f'filename="{name}"', "Range: bytes=0-1", f"If-Range: {etag}")
            self.assertEqual(206, answer.status)
            answer = self.ask(path, f'filename="{name}"', "Range: bytes=0-1", 'If-Range: "other"')
            self.assertEqual((200, size), (answer.status, len(answer.body)))
            answer = self.ask(path, f'filename="{name}"', f"If-None-Match: {etag}")
            self.assertEqual((304, b""), (answer.status, answer.body))
            head = self.ask(path, f'filename="{name}"', method="HEAD")
            self.assertEqual((200, str(size), b""), (head.status, head.headers["content-length"], head.body))

    @unittest.skipIf(is_sanitized(), "sanitizers take memory of their own")
    def test_large_files_take_no_memory(self):
        before = memory_of(self.server)
        threads = [threading.Thread(target=self.good, args=(f"/nodes/{FOLDER}/repo/contents", 'filename="large.bin"'))
                   for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLess(memory_of(self.server) - before, len(LARGE))

    def test_files_of_jobs(self):
        for query, names in (("", [".aiida", "aiida.in", "empty", 'na"me é.txt', "sub"]), ("filename=.aiida", ["calcinfo.json"]),
                             ("filename=sub/deep", ["er.txt"]), ('filename="sub/deep"', ["er.txt"])):
            with self.subTest(query=query):
                answer = self.good(f"/calcjobs/{JOB}/input_files", query)
                self.assertEqual((names, "1", "calcjobs"), ([one["name"] for one in answer.data], answer.total,
                                                            answer.json["resource_type"]))
        self.assertEqual(["aiida.out", "large.bin", "raw"], [one["name"] for one in self.good(f"/calcjobs/{JOB}/output_files").data])
        self.assertEqual(["x"], [one["name"] for one in self.good("/calcjobs/4/output_files", "filename=raw").data])
        self.assertEqual({"status": 200, "data": "This node does not have retrieved folder"},
                         self.good(f"/calcjobs/{JOB2}/output_files").data)
        self.assertEqual([], self.good(f"/calcjobs/{JOB2}/input_files").data)
        self.refused(404, "raw/x is not a directory in this repository", f"/calcjobs/{JOB}/output_files", "filename=raw/x")
        self.refused(404, f"node {STRUCTURE} is not of the required type CalcJobNode", f"/calcjobs/{STRUCTURE}/input_files")
        self.refused(404, "node 9 is not of the required type CalcJobNode", "/calcjobs/9/input_files")
        self.refused(404, "no Node found with UUIDff", "/calcjobs/ff/output_files")

    def test_downloads(self):
        path = f"/nodes/{STRUCTURE}/download"
        xsf = self.good(path, "download_format=xsf")
        self.assertEqual((f'attachment; filename="{STRUCTURE}.xsf"', "application/octet-stream"),
                         (xsf.headers["content-disposition"], xsf.headers["content-type"]))
        self.assertTrue(xsf.body.startswith(b"CRYSTAL\nPRIMVEC 1\n"))
        self.assertEqual(f'"{key(xsf.body)}"', xsf.headers["etag"])
        self.assertEqual(304, self.ask(path, "download_format=xsf", f"If-None-Match: {xsf.headers['etag']}").status)
        part = self.ask(path, "download_format=xsf", "Range: bytes=8-", f"If-Range: {xsf.headers['etag']}")
        self.assertEqual((206, xsf.body[8:]), (part.status, part.body))
        for word in ("false", "False", '"false"', '"False"', "0"):
            answer = self.good(path, f"download_format=xsf&download={word}")
            self.assertEqual({"data": xsf.body.decode(), "status": 200, "filename": f"{STRUCTURE}.xsf"}, answer.data["download"])
            self.assertEqual("1", answer.total)
        self.assertEqual(xsf.body, self.good(path, "download_format=xsf&download=true").body)
        cif = self.good(f"/nodes/{CIF}/download", 'download_format="cif"')
        self.assertEqual((CIF_TEXT, 'attachment; filename="Ba.cif"'), (cif.body, cif.headers["content-disposition"]))
        formats = "The available download formats can be queried using the /nodes/download_formats/ endpoint."
        self.refused(404, f"Please specify the download format. {formats}", path)
        self.refused(404, f"The format agr is not supported. {formats}", path, "download_format=agr")
        self.refused(404, f"The format json is not supported. {formats}", f"/nodes/{DICT}/download", "download_format=json")
        self.refused(501, "This endpoint is not available for Process nodes.", f"/nodes/{JOB}/download", "download_format=x")
        self.refused(404, "either no object's id starts with 'ff'", "/nodes/ff/download")
        self.assertEqual({"has_mesh": True}, {"has_mesh": self.good(f"/nodes/{MESH}/contents/derived_properties")
                                              .data["derived_properties"]["has_mesh"]})


    # Under the names of AiiDA 0.12: the same, in the envelope of /api/v2.

    def ask_v2(self, path: str, query: str = "", *headers: str, method: str = "GET") -> Answer:
        return self.ask(path, query, *headers, method=method, prefix="/api/v2")

    def test_v2_says_what_v4_says(self):
        for old, new in ((f"/nodes/{JOB}/io/tree", f"/nodes/{JOB}/links/tree"),
                         (f"/nodes/{STRUCTURE}/content/visualization", f"/nodes/{STRUCTURE}/contents/derived_properties"),
                         (f"/data/{MESH}/content/visualization", f"/nodes/{MESH}/contents/derived_properties"),
                         (f"/nodes/{DICT}/content/visualization", f"/nodes/{DICT}/contents/derived_properties"),
                         (f"/calculations/{JOB}/io/retrieved_inputs", f"/calcjobs/{JOB}/input_files"),
                         (f"/nodes/{JOB}/io/retrieved_outputs", f"/calcjobs/{JOB}/output_files"),
                         (f"/calculations/{JOB2}/io/retrieved_outputs", f"/calcjobs/{JOB2}/output_files")):
            with self.subTest(path=old):
                answer = self.ask_v2(old)
                self.assertEqual((200, self.good(new).data), (answer.status, answer.data))
                pk = int(old.split("/")[2][-12:], 16)
                self.assertEqual((old.split("/")[1], pk), (answer.json["resource_type"], answer.json["pk"]))
        for query, answer in (("", [4, 2]), ("in_limit=1", [1, 2]), ("out_limit=0", [4, 0]), ("in_limit=0&out_limit=0", [0, 0])):
            with self.subTest(query=query):
                main, = self.ask_v2(f"/nodes/{JOB}/io/tree", query).data["nodes"]
                self.assertEqual(answer, [len(main["incoming"]), len(main["outgoing"])])

    def test_v2_files_of_jobs(self):
        path = f"/calculations/{JOB}/io/retrieved_"
        for which, uuid in (("inputs", JOB), ("outputs", FOLDER)):
            for name, content in FILES[uuid].items():
                for query in (f'filename="{name}"', f'filename="{name}"&rtype="download"', f"filename={name}&rtype=download"):
                    if '"' in name:
                        continue
                    with self.subTest(query=query):
                        answer = self.ask_v2(path + which, query)
                        self.assertEqual((200, "application/octet-stream", f'attachment; filename="{name}"'),
                                         (answer.status, answer.headers["content-type"], answer.headers["content-disposition"]))
                        self.assertTrue(content == answer.body)
        self.assertEqual(["er.txt"], [one["name"] for one in self.ask_v2(path + "inputs", "filename=sub/deep").data])
        part = self.ask_v2(path + "outputs", "filename=large.bin", "Range: bytes=10-19")
        self.assertEqual((206, LARGE[10:20]), (part.status, part.body))
        head = self.ask_v2(path + "outputs", "filename=large.bin", method="HEAD")
        self.assertEqual((200, str(len(LARGE)), b""), (head.status, head.headers["content-length"], head.body))
        for status, message, query in ((400, "No such file is present", "filename=nope"), (400, "No such file is present", "filename=../x"),
                                       (400, "path `/sub` is not a relative path.", "filename=/sub"),
                                       (400, "rtype is not supported", "filename=aiida.in&rtype=view")):
            with self.subTest(query=query):
                answer = self.ask_v2(path + "inputs", query)
                self.assertEqual((status, message), (answer.status, answer.message[:len(message)]))
        for other in (f"/calculations/{JOB2}", f"/nodes/{JOB2}"):
            self.assertEqual("This node does not have retrieved folder",
                             self.ask_v2(other + "/io/retrieved_outputs", "filename=x").data["data"])
        refused = self.ask_v2(f"/nodes/{STRUCTURE}/io/retrieved_inputs")
        self.assertEqual((400, f"node {STRUCTURE} is not of the required type CalcJobNode"), (refused.status, refused.message))
        self.assertEqual(404, self.ask_v2(f"/data/{STRUCTURE}/io/retrieved_inputs").status)  # no such endpoint

    def test_v2_downloads(self):
        for uuid, format_ in ((STRUCTURE, "xsf"), (STRUCTURE, "cif"), (CIF, "cif")):
            with self.subTest(uuid=uuid, format=format_):
                there, here = (self.good(f"/nodes/{uuid}/download", f"download_format={format_}"),
                               self.ask_v2(f"/data/{uuid}/content/download", f"format={format_}"))
                self.assertEqual((there.body, there.headers["content-disposition"]),
                                 (here.body, here.headers["content-disposition"]))
                text = self.ask_v2(f"/nodes/{uuid}/content/visualization", f'visformat="{format_}"').data["download"]
                self.assertEqual(there.body.decode(), text["data"])
        for status, message, path, query in (
                (400, "Please specify the download format. The formats of each class are listed by",
                 f"/nodes/{STRUCTURE}/content/download", ""),
                (400, "The format agr is not supported.", f"/nodes/{STRUCTURE}/content/download", "format=agr"),
                (400, "The format agr is not supported.", f"/nodes/{STRUCTURE}/content/visualization", "visformat=agr"),
                (501, "This endpoint is not available for Process nodes.", f"/nodes/{JOB}/content/download", "format=cif"),
                (400, "format takes", f"/nodes/{STRUCTURE}/content/download", "format=1"),
                (400, "format takes one value", f"/nodes/{STRUCTURE}/content/download", "format=cif,xsf"),
                (400, "in_limit takes", f"/nodes/{JOB}/io/tree", "in_limit=many"),
                (400, "in_limit must not be negative", f"/nodes/{JOB}/io/tree", "in_limit=-1"),
                (400, "filename cannot stand here (at byte 0", f"/nodes/{JOB}/io/tree", "filename=x"),
                (400, "format cannot stand here (at byte 0 of the query string); format belongs to content/download; the "
                      "format of other answers is chosen with the header Accept", "/nodes", "format=csv"),
                (400, "selecting a specific id does not allow to specify filters", f"/nodes/{JOB}/io/tree", "label=x"),
                (400, "either no object's id starts with 'ff'", "/nodes/ff/io/tree", "")):
            with self.subTest(path=path, query=query):
                answer = self.ask_v2(path, query)
                self.assertEqual((status, message), (answer.status, answer.message[:len(message)]))


class InAnArchive(Files):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = Path(cls.folder.name)
        cls.server = Server(make_archive(folder / "files.aiida", folder))

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()


class Profile(Files):
    """Of AiiDA, with an SQLite database."""

    @classmethod
    def fill(cls, container: Container):
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = Path(cls.folder.name)
        storage = folder / "storage"
        storage.mkdir()
        database_with_files(storage / "database.sqlite")
        cls.container = Container(storage / "container")
        cls.fill(cls.container)
        cls.server = cls.serve(folder, storage)

    @classmethod
    def serve(cls, folder: Path, storage: Path) -> Server:
        write_profile(folder, "core.sqlite_dos", {"filepath": str(storage)})
        return Server("main", AIIDA_PATH=str(folder))

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()


class Loose(Profile):
    @classmethod
    def fill(cls, container: Container):
        for content in contents().values():
            container.add(content)

    def test_zz_what_is_missing_or_cut_short(self):
        """A fault of the server for that file, and a line in the log. Last: it leaves the container damaged."""
        hash_ = key(b"raw")
        (self.container.folder / "loose" / hash_[:2] / hash_[2:]).unlink()
        answer = self.ask(f"/nodes/{FOLDER}/repo/contents", 'filename="raw/x"')
        self.assertEqual((500, "Internal server error"), (answer.status, answer.message))
        self.server.wait_for_log("500")
        self.assertEqual(200, self.ask(f"/nodes/{FOLDER}/repo/contents", 'filename="aiida.out"').status)


class Packed(Profile):
    """By the path of its database, without AiiDA's configuration."""

    @classmethod
    def serve(cls, folder: Path, storage: Path) -> Server:
        return Server(storage / "database.sqlite")

    @classmethod
    def fill(cls, container: Container):
        for content in contents().values():
            container.add(content)
        container.pack(compress=False)


class Compressed(Profile):
    @classmethod
    def fill(cls, container: Container):
        for content in contents().values():
            container.add(content)
        container.pack(compress=True)

    def test_slow_readers_have_places_of_which_there_are_so_many(self):
        target = f"/api/v4/nodes/{FOLDER}/repo/contents?filename=large.bin"
        clients = []
        try:
            for _ in range(64):
                clients.append(self.server.connect())
                clients[-1].send(request(target))
                wait_for(lambda: clients[-1].socket.recv(1, socket.MSG_PEEK), "the beginning of the file")
            answer = self.ask(f"/nodes/{FOLDER}/repo/contents", "filename=large.bin")
            self.assertEqual(503, answer.status)
            self.assertIn("as many files are being sent", answer.message)
            self.assertEqual(200, self.ask(f"/nodes/{FOLDER}/repo/contents", 'filename="raw/x"').status)
            self.assertEqual(200, self.ask(f"/nodes/{FOLDER}/repo/contents", "filename=large.bin", method="HEAD").status)
        finally:
            for client in clients:
                client.socket.close()
        wait_for(lambda: self.ask(f"/nodes/{FOLDER}/repo/contents", "filename=large.bin").status == 200, "a place")

    def test_files_that_are_packed_meanwhile(self):
        """`verdi storage maintain` moves what is being read."""
        wanted = [f"new {number}".encode() * 100 for number in range(40)]
        problems = []

        def ask():
            for _ in range(30):
                answer = self.ask(f"/nodes/{FOLDER}/repo/contents", 'filename="aiida.out"')
                if answer.body != FILES[FOLDER]["aiida.out"]:
                    problems.append(answer.status)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for content in wanted:
            self.container.add(content)
            self.container.pack(compress=True)
        for thread in threads:
            thread.join()
        self.assertEqual([], problems)


class InPostgreSql(OnPostgreSqlProfile, Files):
    files = FILES


del Files, Profile, Asked


if __name__ == "__main__":
    unittest.main()
