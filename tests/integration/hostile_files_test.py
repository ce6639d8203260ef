"""Archives and SQLite files that are damaged, hostile, or change while they are served. The program refuses at its start
with exit code 2 and one sentence, or serves what is right, or answers 5xx; it never crashes, hangs or leaves files."""

import os
import random
import resource
import shutil
import sqlite3
import struct
import tempfile
import threading
import time
import unittest
import zipfile
from pathlib import Path

from served import PATIENCE, Server, make_database, run, wait_for

METADATA = '{"export_version": "main_0001", "aiida_version": "2.0.0"}'
NODES = "/api/v2/nodes"
FIRST = "17735b6b"  # the node with id 1


def write_archive(path: Path, *entries, compression=zipfile.ZIP_DEFLATED) -> Path:
    """Entries are pairs of a name or ZipInfo and content."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()

    def database(self, *statements: str, name: str = "database.sqlite") -> Path:
        path = make_database(self.folder / name, "generation2")
        if statements:
            database = sqlite3.connect(path)
            for statement in statements:
                database.executescript(statement)
            database.commit()
            database.close()
        return path

    def with_attributes(self, document: str) -> Path:
        path = self.folder / "attributes.sqlite"
        path.unlink(missing_ok=True)
        database = sqlite3.connect(self.database(name=path.name))
        database.execute("UPDATE db_dbnode SET attributes = ? WHERE id = 1", (document,))
        database.commit()
        database.close()
        return path

    def archive(self, name: str = "served.aiida", *statements: str) -> Path:
        content = self.database(*statements, name="inside.sqlite").read_bytes()
        (self.folder / "inside.sqlite").unlink()
        return write_archive(self.folder / name, ("metadata.json", METADATA), ("db.sqlite3", content))

    def refused(self, path: Path, saying: str = ""):
        done = run(path, TMPDIR=str(self.temporary))
        self.check_refusal(done)
        self.assertRegex(done.stderr, saying)

    def check_refusal(self, done):
        self.assertEqual(2, done.returncode, done)
        self.assertEqual("", done.stdout)
        self.assertRegex(done.stderr, r"\Arestapi: [^\n\x00-\x1f\x7f]+\n\Z")
        self.assertEqual([], os.listdir(self.temporary))

    def serve(self, *arguments):
        return Server(*arguments, TMPDIR=str(self.temporary))

    def refused_or_served(self, path: Path) -> bool:
        """Whether it was served; everything asked for is then valid JSON, with 200 or an error of the database's."""
        try:
            server = self.serve(path, "--threads", "2")
        except RuntimeError as ended:
            self.assertRegex(str(ended), r"\Athe program ended: restapi: [^\n]+\n\Z")
            self.assertEqual([], os.listdir(self.temporary))
            return False
        with server:
            for target in (NODES, NODES + "?orderby=-label", f"{NODES}/{FIRST}/content/attributes", NODES + "/statistics",
                           "/api/v2/groups", "/api/v2/users"):
                answer = server.get(target)
                answer.json()
                self.assertIn(answer.status, (200, 400, 404, 500, 503), target)
            self.assertEqual(0, server.stop())
        self.assertEqual([], os.listdir(self.temporary))
        return True


class Archives(Case):
    def test_cut_off_anywhere(self):
        whole = self.archive().read_bytes()
        path = self.folder / "cut.aiida"
        for part in range(12):
            with self.subTest(part):
                path.write_bytes(whole[: len(whole) * part // 12])
                self.refused(path, "cut.aiida")

    def test_names_lead_nowhere(self):
        good = self.archive()
        link = zipfile.ZipInfo("repo/link")
        link.external_attr = 0o120777 << 16
        with zipfile.ZipFile(good, "a") as archive:
            for name in ("../../escaped", "/tmp/restapi-escaped", "..\\escaped", "repo/../../escaped", "C:escaped"):
                archive.writestr(name, "escaped")
            archive.writestr(link, "/etc/passwd")
        self.assertTrue(self.refused_or_served(good))
        self.assertEqual([], list(self.folder.rglob("*escaped*")))
        self.assertFalse(Path("/tmp/restapi-escaped").exists())

    def test_link_in_the_place_of_the_database(self):
        link = zipfile.ZipInfo("db.sqlite3")
        link.external_attr = 0o120777 << 16
        self.refused(write_archive(self.folder / "x.aiida", ("metadata.json", METADATA), (link, str(self.database()))),
                     "is not an SQLite database")

    def test_two_databases(self):
        with self.assertWarns(UserWarning):
            with zipfile.ZipFile(self.archive(), "a") as archive:
                archive.writestr("db.sqlite3", b"SQLite format 3\0")
        self.refused(self.folder / "served.aiida", "more than one db.sqlite3")

    def test_metadata_from_a_stranger(self):
        cases = {"[" * 500_000: "is not JSON", '{"export_version":' * 40_000: "is not JSON",
                 '{"export_version": "main_0001\\u001b[2Jall is well\\nrestapi: "}': "has the export version",
                 '{"export_version": "' + "x" * 500_000 + '"}': "x…", " " * (2 << 20): "too large",
                 '{"export_version": ["main_0001"]}': "no export_version"}
        for metadata, saying in cases.items():
            with self.subTest(metadata[:40]):
                self.refused(write_archive(self.folder / "x.aiida", ("metadata.json", metadata),
                                           ("db.sqlite3", b"SQLite format 3\0")), saying)

    def test_bomb(self):
        path = self.folder / "bomb.aiida"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("metadata.json", METADATA)
            with archive.open("db.sqlite3", "w", force_zip64=True) as entry:
                entry.write(b"SQLite format 3\0")
                for _ in range(300):
                    entry.write(bytes(1 << 20))
        self.refused(path, "would grow from")

    def test_disk_that_takes_no_more(self):
        path = self.archive()
        limit = 64 << 10  # bytes of a file, in place of a full disk
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            done = run(path, TMPDIR=str(self.temporary))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        self.check_refusal(done)
        self.assertRegex(done.stderr, "cannot write .*File too large")

    def test_replaced_while_served(self):
        path = self.archive()
        with self.serve(path) as server:
            before = server.get(NODES).body
            for change in (lambda: path.write_bytes(b"overwritten"), lambda: os.truncate(path, 0), path.unlink,
                           lambda: self.archive("served.aiida", "UPDATE db_dbnode SET label = 'new'")):
                change()
                answer = server.get(NODES)
                self.assertEqual((200, before), (answer.status, answer.body))


class Databases(Case):
    def test_not_readable(self):
        whole = self.database().read_bytes()
        for name, content in {"header only": whole[:100], "first page": whole[:4096], "magic": whole[:16],
                              "page size 0": whole[:16] + b"\0\0" + whole[18:],
                              "page size 3": whole[:16] + b"\0\3" + whole[18:],
                              "schema is no tree": whole[:100] + b"\xff" * 8 + whole[108:]}.items():
            with self.subTest(name):
                path = self.folder / "x.sqlite"
                path.write_bytes(content)
                self.refused(path, "x.sqlite")

    def test_bytes_that_are_wrong(self):
        whole = self.database().read_bytes()
        chance = random.Random("bytes that are wrong")
        path = self.folder / "x.sqlite"
        served = 0
        for _ in range(40):
            broken = bytearray(whole)
            for _ in range(chance.choice((1, 8, 64))):
                broken[chance.randrange(16, len(broken))] = chance.randrange(256)
            path.write_bytes(broken)
            served += self.refused_or_served(path)
        self.assertGreater(served, 0)

    def test_views_and_virtual_tables_are_not_read(self):
        endless = ("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, "
                   "'u' AS uuid, randomblob(1000000000) AS label FROM n")
        rename = "ALTER TABLE db_dbnode RENAME TO honest; DROP VIEW IF EXISTS db_dbnode;"
        for create in (f"CREATE VIEW db_dbnode AS {endless}",
                       "CREATE VIEW db_dbnode AS SELECT *, load_extension('/tmp/x.so') AS more FROM honest",
                       "CREATE VIRTUAL TABLE db_dbnode USING fts5(id, uuid, node_type, label, ctime, mtime)"):
            with self.subTest(create[:60]):
                path = self.database(rename + create, name=f"{abs(hash(create))}.sqlite")
                self.refused(path, "no AiiDA database")

    def test_names_from_a_stranger(self):
        self.assertTrue(self.refused_or_served(self.database(
            'CREATE TABLE "db_db\x1b[2J\n\'""; DROP TABLE db_dbnode" ("a\nb" INTEGER)',
            "CREATE TRIGGER db_dbtrigger AFTER UPDATE ON db_dbnode BEGIN SELECT zeroblob(1000000000); END")))

    def test_cells_of_other_types(self):
        values = ["'text'", "x'ff00fe'", "9e999", "-9e999", "1.5", "''", "'1},{\"id\":2'",
                  "CAST(x'4100420a1b' AS TEXT)", "NULL", "zeroblob(10)", "9223372036854775807"]
        columns = ["label", "node_type", "ctime", "mtime", "uuid", "attributes", "extras", "user_id"]
        for number, value in enumerate(values):
            with self.subTest(value):
                # SQLite keeps any value in any column; NOT NULL it minds, and so keeps what was there.
                path = self.database(*(
                    f"UPDATE OR IGNORE db_dbnode SET {column} = {value} WHERE id = (SELECT min(id) FROM db_dbnode)"
                    for column in columns), name=f"{number}.sqlite")
                self.assertTrue(self.refused_or_served(path))

    def test_integers_that_are_none(self):
        path = self.database(
            "CREATE TABLE loose AS SELECT * FROM db_dbuser; DROP TABLE db_dbuser; ALTER TABLE loose RENAME TO db_dbuser",
            "UPDATE db_dbuser SET id = '1,\"admin\":true' WHERE rowid = 1")
        with self.serve(path) as server:
            ids = [row["id"] for row in server.get("/api/v2/users").rows()]
        self.assertIn('1,"admin":true', ids)

    def test_documents_that_are_none(self):
        for document, status in (("", 500), ("{", 500), ('{"a": NaN}', 500), ("[" * 100_000, 500),
                                 ('{"a":' * 100_000 + "1" + "}" * 100_000, 500), ("{}", 200), ('{"a\x00": 1}', 500)):
            with self.subTest(document[:20]):
                path = self.with_attributes(document)
                with self.serve(path) as server:
                    attributes = server.get(f"{NODES}/{FIRST}/content/attributes")
                    self.assertEqual(status, attributes.status)
                    attributes.json()
                    self.assertEqual(200, server.get(NODES).status)

    def test_cell_that_is_too_large(self):
        path = self.database("UPDATE db_dbnode SET attributes = zeroblob(100000000) WHERE id = 1")
        with self.serve(path) as server:
            self.assertEqual(422, server.get(f"{NODES}/{FIRST}/content/attributes").status)
            self.assertEqual(200, server.get(NODES + "?id>1").status)
            self.assertEqual(200, server.get(f"{NODES}/d158c575/content/attributes").status)
            server.stop()
        self.assertIn("string or blob too big", "".join(server.log))

    def test_reading_it_nicely_does_not_take_all_memory(self):
        wide = "[" * 900 + "1" + ",1" * 1_000_000 + "]" * 900
        path = self.with_attributes('{"a":' + wide + "}")
        with self.serve(path) as server:
            answer = server.get(f"{NODES}/{FIRST}/content/attributes", "Accept: text/html")
            self.assertEqual(200, answer.status)
            self.assertLess(len(answer.body), 100_000_000)

    def test_journal_of_a_crashed_writer(self):
        path = self.database()
        journal = path.with_name(path.name + "-journal")
        journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + struct.pack(">IIIII", 1, 7, 1, 512, 4096) + bytes(8192))
        self.refused_or_served(path)
        self.assertTrue(journal.exists())  # reading changes nothing

    def test_wal_left_over(self):
        path = self.database("PRAGMA journal_mode = WAL")
        path.with_name(path.name + "-wal").write_bytes(os.urandom(5000))
        self.refused_or_served(path)


class FilesThatChange(Case):
    def change_label(self, name: str, label: str) -> Path:
        return self.database(f"UPDATE db_dbnode SET label = '{label}'", name=name)

    def labels(self, server) -> set:
        return {row["label"] for row in server.get(NODES).rows()}

    def test_moved_over_it(self):
        for cache in ("0", "64"):
            with self.subTest(cache):
                path = self.change_label("served.sqlite", "old")
                with self.serve(path, "--cache", cache) as server:
                    self.assertEqual({"old"}, self.labels(server))
                    os.replace(self.change_label("next.sqlite", "new"), path)
                    self.assertEqual({"new"}, self.labels(server))
                path.unlink()

    def test_copied_over_it(self):
        path = self.change_label("served.sqlite", "old")
        following = self.change_label("next.sqlite", "new")  # its change counter is the same
        with self.serve(path) as server:
            self.assertEqual({"old"}, self.labels(server))
            shutil.copyfile(following, path)
            self.assertEqual({"new"}, self.labels(server))

    def test_gone_and_back(self):
        path = self.change_label("served.sqlite", "old")
        aside = self.folder / "aside.sqlite"
        with self.serve(path) as server:
            self.assertEqual({"old"}, self.labels(server))
            path.rename(aside)
            self.assertEqual(503, server.get(NODES).status)
            aside.rename(path)
            self.assertEqual({"old"}, self.labels(server))

    def test_absence_does_not_fill_the_log(self):
        path = self.database()
        with self.serve(path) as server:
            path.unlink()
            begin = time.monotonic()
            with server.connect() as client:
                for _ in range(200):
                    self.assertEqual(503, client.get(NODES).status)
            seconds = time.monotonic() - begin
            server.stop()
        lines = [line for line in server.log if "the file is gone" in line]
        self.assertGreater(len(lines), 0)
        self.assertLessEqual(len(lines), 2 + seconds)

    def test_replaced_by_something_else(self):
        path = self.database()
        with self.serve(path) as server:
            before = server.get(NODES).body
            good = self.folder / "good"
            shutil.copyfile(path, good)
            other = self.folder / "other.sqlite"
            for content in (b"", b"no database" * 1000, good.read_bytes()[:5000]):
                other.write_bytes(content)
                os.replace(other, path)
                self.assertIn(server.get(NODES).status, (500, 503))
            shutil.copyfile(good, other)
            os.replace(other, path)
            self.assertEqual(before.split(b'"url"')[0], server.get(NODES).body.split(b'"url"')[0])
            make_database(other, "document")  # other tables: opened anew, once a second at most
            os.replace(other, path)
            self.assertEqual(200, server.get(NODES).status)
            os.replace(good, path)
            wait_for(lambda: server.get(NODES).body.split(b'"url"')[0] == before.split(b'"url"')[0], "the first file")

    def test_under_load(self):
        path = self.change_label("served.sqlite", "old")
        old, new = path.read_bytes(), self.change_label("next.sqlite", "new").read_bytes()
        is_over = threading.Event()
        statuses, torn = set(), []

        def ask(server):
            with server.connect() as client:
                while not is_over.is_set():
                    answer = client.get(NODES + "?orderby=-ctime")
                    statuses.add(answer.status)
                    answer.json()
                    if answer.status == 200 and len({row["label"] for row in answer.rows()}) != 1:
                        torn.append(answer.body)

        with self.serve(path, "--threads", "3") as server:
            clients = [threading.Thread(target=ask, args=(server,)) for _ in range(4)]
            for client in clients:
                client.start()
            for content in (new, old, new[:10_000], old, b"", new) * 5:
                step = self.folder / "step"
                step.write_bytes(content)
                os.replace(step, path)
                self.assertIn(server.get(NODES).status, (200, 500, 503))
            self.assertEqual([], torn)  # so far only whole files took the place
            for size in (0, 4096, 10_000):
                os.truncate(path, size)
                self.assertIn(server.get(NODES).status, (500, 503))
                path.write_bytes(old)
                self.assertIn(server.get(NODES).status, (200, 500, 503))
            is_over.set()
            for client in clients:
                client.join(PATIENCE)
            self.assertEqual({"old"}, self.labels(server))
            self.assertEqual(0, server.stop())
        self.assertLessEqual(statuses, {200, 500, 503})


if __name__ == "__main__":
    unittest.main()
