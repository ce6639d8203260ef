# SPDX-License-Identifier: MIT
"""Archives and SQLite files that are damaged or hostile. The program refuses at its start with exit code 2 and one
sentence, or serves what is right, or answers 5xx; it never crashes, hangs or leaves files."""

import concurrent.futures
import os
import random
import resource
import sqlite3
import struct
import subprocess
import threading
import unittest
import zipfile
from pathlib import Path

from file_case import FIRST, METADATA, NODES, Case, peak_memory, write_archive
from served import PATIENCE, ROOT, make_database, request, run, wait_for


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

    def test_list_of_entries_without_end(self):
        """As many as there is room for: libzip would take gigabytes for them."""
        path = self.archive()
        with path.open("r+b") as file:
            size = 600 << 20
            file.truncate(size)  # holes
            file.seek(size)
            file.write(struct.pack("<IQHHIIQQQQ", 0x06064b50, 44, 45, 45, 0, 0, *2 * (size // 46,), size, 0))
            file.write(struct.pack("<IIQI", 0x07064b50, 0, size, 1))
            file.write(struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0))
        self.refused(path, "list of files in the archive .* is too long: 13677078 entries or 629.1 MB")

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

    def test_tables_and_views_without_end(self):
        """SQLite takes the square of their number to read them."""
        path = self.database()
        database = sqlite3.connect(path)
        database.execute("PRAGMA writable_schema = ON")
        database.executemany("INSERT INTO sqlite_master VALUES ('view', ?1, ?1, 0, 'CREATE VIEW ' || ?1 || ' AS SELECT 1 a')",
                             ((f"v{number}",) for number in range(300_000)))
        database.commit()
        database.close()
        self.refused(path, "it takes too long to find out what tables there are")

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

    def with_node_column(self, old: str, new: str, name: str) -> Path:
        """The fixture with one column of db_dbnode declared in another way."""
        before, of_nodes = (ROOT / "sql" / "schema" / "sqlite_gen2.sql").read_text().split("CREATE TABLE db_dbnode")
        path = self.folder / name
        database = sqlite3.connect(path)
        database.executescript(before + "CREATE TABLE db_dbnode" + of_nodes.replace(old, new, 1))
        database.executescript((ROOT / "tests" / "fixtures" / "generation2.sql").read_text())
        database.commit()
        database.close()
        return path

    def test_columns_that_compare_in_another_way_are_not_read(self):
        for old, new, saying in (
                ("  label VARCHAR(255)", "  label VARCHAR(255) COLLATE NOCASE", "column label .* by the collation NOCASE"),
                ("  uuid CHAR(36)", "  uuid CHAR(36) COLLATE rtrim", "column uuid .* by the collation rtrim"),
                ("  node_type VARCHAR(255)", "  node_type VARCHAR(255) COLLATE NOCASE", "column node_type"),
                ("  id INTEGER", "  id TEXT", "column id would compare numbers as texts"),
                ("  user_id INTEGER", "  user_id VARCHAR(9)", "column user_id")):
            with self.subTest(new):
                self.refused(self.with_node_column(old, new, f"{len(new)}.sqlite"), f"db_dbnode is not read: its {saying}")

    def test_texts_in_another_encoding_are_not_read(self):
        """Their order is that of the bytes: U+0100 would come before "a", and patterns would not find what they match."""
        before = self.folder / "before.sqlite"
        database = sqlite3.connect(before)
        database.executescript("PRAGMA encoding = 'UTF-16le'; CREATE TABLE x (y)")
        database.close()
        self.refused(make_database(before, "generation2"), "db_dbnode is not read: its texts are kept in UTF-16le, ")

    def test_columns_that_say_how_they_compare_and_do_as_always(self):
        path = self.with_node_column("  label VARCHAR(255)", "  label VARCHAR(255) COLLATE binary", "binary.sqlite")
        with self.serve(path) as server:
            self.assertEqual(200, server.get(NODES).status)

    def test_columns_that_compare_in_another_way_while_the_file_is_served(self):
        path = self.database()
        other = self.with_node_column("  label VARCHAR(255)", "  label VARCHAR(255) COLLATE NOCASE", "other.sqlite")
        whole = self.database(name="whole.sqlite")
        with self.serve(path) as server:
            self.assertEqual(200, server.get(NODES).status)
            os.replace(other, path)
            self.assertEqual(503, server.get(NODES + '?label="x"').status)
            self.assertEqual(200, server.get("/api/v2/users").status)
            os.replace(whole, path)
            self.assertEqual(200, server.get(NODES + '?label="x"').status)

    def test_names_from_a_stranger(self):
        self.assertTrue(self.refused_or_served(self.database(
            'CREATE TABLE "db_db\x1b[2J\n\'""; DROP TABLE db_dbnode" ("a\nb" INTEGER)',
            "CREATE TRIGGER db_dbtrigger AFTER UPDATE ON db_dbnode BEGIN SELECT zeroblob(1000000000); END")))

    def test_ids_that_are_given_more_than_once(self):
        schema = (ROOT / "sql" / "schema" / "sqlite_gen2.sql").read_text(encoding="utf-8")
        before, nodes = schema.split("CREATE TABLE db_dbnode (", 1)
        path = self.folder / "same_ids.sqlite"
        with sqlite3.connect(path) as database:
            database.executescript(before + "CREATE TABLE db_dbnode (" + nodes.replace("PRIMARY KEY (id),", "", 1))
            database.execute("INSERT INTO db_dbuser (id, email) VALUES (1, 'a')")
            database.executemany("INSERT INTO db_dbnode (id, uuid, node_type, label, ctime, mtime, attributes, extras, user_id) "
                                 "VALUES (5, ?, 'data.', '', '2024-01-01', '2024-01-01', '{}', '{}', 1)",
                                 [(f"{number:08x}-0000-4000-8000-000000000000",) for number in range(1000)])
        database.close()
        with self.serve(path) as server:
            for query, rows in (("orderby=label&limit=1", 1), ("orderby=label", 400), ("orderby=-ctime&offset=200&limit=3", 3),
                                ("limit=2&offset=300", 2)):
                with self.subTest(query):
                    self.assertEqual(rows, len(server.get("/api/v2/nodes?" + query).json()["data"]["nodes"]))

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
        for document, status in (("", 422), ("{", 422), ('{"a": NaN}', 200), ("[" * 100_000, 422),
                                 ('{"a":' * 100_000 + "1" + "}" * 100_000, 422), ("{}", 200), ('{"a\x00": 1}', 422)):
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
        with self.serve(path, "--no-pages") as server:
            answer = server.get(f"{NODES}/{FIRST}/content/attributes", "Accept: text/html")
            self.assertEqual(200, answer.status)
            self.assertLess(len(answer.body), 100_000_000)

    def test_lists_that_are_too_large_together_are_not_so_alone(self):
        path = self.with_attributes('{"a":[' + "1," * (7 << 20) + "1]}")
        with self.serve(path, "--threads", "8") as server:
            targets = [f"/api/v2/nodes?orderby=-ctime&id<{1 << 40 | number}" for number in range(16)]
            with concurrent.futures.ThreadPoolExecutor(len(targets)) as clients:
                together = {response.status for response in clients.map(server.get, targets)}
            self.assertLessEqual(together, {200, 503, 504})  # 504: where all of them take longer than one may
            self.assertEqual([200] * len(targets), [server.get(target).status for target in targets])

    def test_sorting_without_room_on_the_disk(self):
        path = self.database("WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) "
                             "INSERT INTO db_dbnode (id, uuid, node_type, label, ctime, mtime, user_id) "
                             "SELECT i, printf('%08x-0000-4000-8000-000000000000', i), 'data.', hex(randomblob(120)), '2024-01-01', '2024-01-01', 1 FROM n")
        target = "/api/v2/nodes?orderby=-label&limit=1&offset=35000"
        with self.serve(path) as server:
            limit = ["prlimit", f"--pid={server.process.pid}"]
            subprocess.run([*limit, "--fsize=65536:unlimited"], check=True)  # as a full disk
            self.assertEqual(503, server.get(target).status)
            subprocess.run([*limit, "--fsize=unlimited"], check=True)
            self.assertEqual(200, server.get(target).status)

    def test_pattern_over_a_large_cell_is_stopped(self):
        """Each row shows the same large text to a pattern that needs its time for every character."""
        path = self.database("UPDATE db_dbnode SET label = replace(hex(zeroblob(8000000)), '0', 'a')")
        slow = "%25" + "a" * 900 + "_" * 64 + "b"
        with self.serve(path, "--statement-timeout", "1", "--threads", "2") as server:
            self.assertEqual(504, server.get(f'{NODES}?label=like="{slow}"').status)
            with server.connect() as client:  # who leaves is not worked for any longer
                client.send(request(f'{NODES}?label=like="{slow}"'))
                client.reset()
            self.assertEqual(200, server.get(NODES + "?id=1&limit=1").status)

    def test_cache_that_a_file_asks_for(self):
        """The whole of a large table is read; what is kept of it is what we allow, not what the file's header says."""
        path = self.database(
            "PRAGMA default_cache_size = 1000000",
            "WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 41000) "
            "INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, "
            "repository_metadata, user_id) SELECT i, printf('%08x-0000-4000-8000-000000000000', i), 'data.', '', "
            "hex(zeroblob(1500)), '2024-01-01 00:00:00', '2024-01-01 00:00:00', '{}', '{}', '{}', 1 FROM n")
        self.assertGreater(path.stat().st_size, 120_000_000)
        with self.serve(path, "--threads", "2") as server:
            before = peak_memory(server)
            self.assertEqual(200, server.get(NODES + "/statistics").status)
            self.assertEqual(200, server.get(NODES + '?label!="x"&limit=1').status)
            self.assertLess(peak_memory(server) - before, 60 << 20)

    def test_one_profile_cannot_take_the_memory_of_others(self):
        """Reading the state of these takes SQLite many times their size."""
        path = self.database("UPDATE db_dbnode SET attributes = '[' || replace(hex(zeroblob(15000000)), '00', '1,') || '1]'"
                             " WHERE id < 5")
        is_over, statuses = threading.Event(), set()

        def ask(server):
            with server.connect() as client:
                while not is_over.is_set():
                    statuses.add(client.get(f"/hostile/api/v2/nodes?id<5&limit={random.randint(1, 400)}").status)

        # AddressSanitizer keeps what is freed: a quarter of a gigabyte, unless it is told otherwise.
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=16"
        with self.serve("-p", f"hostile={path}", "-p", f"other={self.database(name='other.sqlite')}",
                        "--threads", "4", "--cache", "0", ASAN_OPTIONS=sanitizer) as server:
            clients = [threading.Thread(target=ask, args=(server,)) for _ in range(3)]
            for client in clients:
                client.start()
            for _ in range(5):
                wait_for(lambda before=len(statuses): statuses or before, "an answer")
                self.assertEqual(200, server.get("/other/api/v2/nodes").status)
            is_over.set()
            for client in clients:
                client.join(PATIENCE)
            self.assertLessEqual(statuses, {200, 422, 503, 504})
            self.assertEqual(200, server.get("/other/api/v2/nodes").status)
            self.assertLess(peak_memory(server), 900 << 20)  # the share, and what the rows take outside

    def test_list_that_is_too_large(self):
        path = self.database("UPDATE db_dbnode SET label = hex(zeroblob(20000000)) WHERE id < 5")
        with self.serve(path) as server:
            self.assertEqual(422, server.get(NODES + "?id<5").status)
            self.assertEqual(200, server.get(NODES + "?id>4").status)
            server.stop()
        self.assertIn("the rows are too large", "".join(server.log))

    def test_equal_times_that_are_written_differently(self):
        times = ("2024-05-01 10:00:00.000000", "2024-05-01 10:00:00", "2024-05-01T10:00:00", "2024-05-01 10:00:00.0",
                 "2024-05-01T10:00:00.000Z", "2024-05-01 10:00:00+00:00")
        path = self.database("DELETE FROM db_dbnode WHERE id > 6",
                             *(f"UPDATE db_dbnode SET ctime = '{time}' WHERE id = {id}"
                               for id, time in enumerate(reversed(times), 1)))
        with self.serve(path) as server:
            def ids(query):
                return [row["id"] for row in server.get(f"{NODES}?{query}").rows()]
            self.assertEqual([1, 2, 3, 4, 5, 6], ids("orderby=ctime"))
            self.assertEqual([1, 2, 3, 4, 5, 6], ids("orderby=-ctime,id"))
            self.assertEqual([1, 2, 3, 4, 5, 6], ids("ctime=2024-05-01T10:00:00.0&orderby=id"))
            self.assertEqual([], ids("ctime>2024-05-01T10:00:00.0"))
            self.assertEqual(6, len(ids("ctime<=2024-05-01T10:00:00.0")))
            self.assertEqual({"Wed, 01 May 2024 10:00:00 GMT"}, {row["ctime"] for row in server.get(NODES).rows()})

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


if __name__ == "__main__":
    unittest.main()
