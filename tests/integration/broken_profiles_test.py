# SPDX-License-Identifier: MIT
"""Databases that are missing, damaged or something else, beside others that are served."""

import json
import shutil
import sqlite3
import subprocess
import zipfile
from pathlib import Path

from access_test import Keys
from own_postgresql import OwnPostgreSql
from profiles_case import Case, make_archive
from served import ROOT, make_database, run, wait_for

NODES = "/api/v2/nodes"


class Broken(Case):
    def configure(self, **profiles):
        """AiiDA's configuration in self.folder, which is to be the home."""
        path = self.folder / ".aiida" / "config.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"profiles": profiles}))

    def errors(self, server, *headers: str) -> dict:
        """What the list says of each profile that cannot be served."""
        profiles = server.get("/", *headers).json()["data"]["profiles"]
        return {profile["name"]: profile["error"] for profile in profiles if "error" in profile}

    def assert_lasting(self, server, name: str, reason: str, *headers: str):
        """Its answer says why, and nothing of paths or coming back; so does the list."""
        # On a busy machine a refusal may come so late that nobody asks a second time for the reason.
        wait_for(lambda: "retry-after" not in server.get(f"/{name}{NODES}", *headers).headers, f"{name}: a reason")
        for _ in range(3):
            answer = server.get(f"/{name}{NODES}", *headers)
            self.assertEqual(503, answer.status)
            self.assertNotIn("retry-after", answer.headers)
            self.assertEqual({"message": "the database cannot be served: " + reason}, answer.json())
        self.assertEqual(reason, self.errors(server, *headers).get(name))

    def assert_passing(self, server, name: str):
        answer = server.get(f"/{name}{NODES}")
        self.assertEqual(503, answer.status)
        self.assertIn("retry-after", answer.headers)
        self.assertNotIn(name, self.errors(server))
        self.assertNotIn("profiles", server.admin("/ready").json())

    def assert_served(self, server, *names: str):
        for name in names:
            with self.subTest(name):
                wait_for(lambda: server.get(f"/{name}{NODES}?limit=1").status == 200, f"{name} to be served")
                self.assertNotIn(name, self.errors(server))

    def assert_logged_once(self, server, *names: str):
        for name in names:
            server.wait_for_log(f"{name} cannot be served")
            self.assertEqual(1, sum(f"{name} cannot be served" in line for line in server.log), server.log)
        self.assertFalse([line for line in server.log if "store_unavailable" in line])

    def test_what_is_found_broken_at_the_start(self):
        good, later, garbage = (self.folder / f"{name}.aiida" for name in ("good", "later", "garbage"))
        make_archive(self.folder, "good")
        garbage.write_text("hello")
        empty = self.folder / "empty"
        empty.mkdir()
        self.configure(
            incomplete={"storage": {"backend": "core.psql_dos", "config": {"database_password": "geheim"}}},
            moved={"storage": {"backend": "core.sqlite_dos", "config": {"filepath": str(self.folder / "moved")}}})
        server = self.serve(later, garbage, good, f"{empty}/", "-p", "nix", "-p", "incomplete", "-p", "moved",
                            HOME=str(self.folder))
        reasons = {
            "later": "its file is not there",
            "garbage": "its file is neither an AiiDA archive nor an SQLite database",
            "empty": "there is no database in its folder",
            "nix": "there is no such profile in AiiDA's configuration",
            "incomplete": "its profile in AiiDA's configuration cannot be used",
            "moved": "its file is not there",
        }
        self.assertEqual(reasons, self.errors(server))  # before anybody has asked for one
        for name, reason in reasons.items():
            self.assert_lasting(server, name, reason)
        self.assert_served(server, "good")
        ready = server.admin("/ready")
        self.assertEqual(200, ready.status)
        self.assertEqual(reasons.keys(), ready.json()["profiles"].keys())
        self.assertIn(f'no such file: "{later}"', ready.json()["profiles"]["later"])
        self.assert_logged_once(server, *reasons)
        self.assertTrue(any(f'later cannot be served: no such file: "{later}"' in line for line in server.log))
        self.assertNotIn("geheim", "".join(server.log) + ready.body.decode())
        # What appears or is mended is served.
        shutil.copy(good, later)
        make_archive(self.folder, "garbage")
        (self.folder / "moved").mkdir()
        make_database(self.folder / "moved" / "database.sqlite", "generation2")
        self.assert_served(server, "later", "garbage", "moved")
        self.assertEqual({"empty", "nix", "incomplete"}, server.admin("/ready").json()["profiles"].keys())

    def test_the_files_of_a_folder(self):
        make_archive(self.archives, "good")
        (self.archives / "garbage.aiida").write_text("hello")
        (self.archives / "dangling.sqlite").symlink_to("nowhere")
        (self.archives / "notes.txt").write_text("hello")
        (self.archives / "old.tar.gz").write_bytes(b"\x1f\x8b\x08 rest")
        server = self.serve(f"{self.archives}/")
        self.assertEqual({"dangling": "its file is not there",
                          "garbage": "its file is neither an AiiDA archive nor an SQLite database"}, self.errors(server))
        self.assert_served(server, "good")
        for name in ("notes", "notes.txt", "old", "old.tar.gz"):
            self.assertEqual(404, server.get(f"/{name}{NODES}").status)
        self.assert_logged_once(server, "dangling", "garbage")

    def test_a_section_locks_what_is_broken(self):
        keys = Keys(self.folder)
        (self.folder / "keys.json").write_text(keys.jwk_set())
        with_token = f"Authorization: Bearer {keys.token('HS256', exp=4102444800)}"
        make_archive(self.folder, "good")
        configuration = self.folder / "restapi.toml"
        configuration.write_text(f"""
            [good]
            source = "{self.folder}/good.aiida"
            [locked]
            source = "{self.folder}/locked.aiida"
            token-keys = "{self.folder}/keys.json"
            """)
        for arguments in ((), (self.folder / "good.aiida", "-p", f"locked={self.folder}/locked.aiida")):
            with self.subTest(arguments):
                server = self.serve("--config", configuration, *arguments)
                self.assertEqual(401, server.get(f"/locked{NODES}").status)
                self.assertEqual({}, self.errors(server))
                self.assert_lasting(server, "locked", "its file is not there", with_token)
                self.assertEqual(401, server.get(f"/locked{NODES}").status)
                self.assert_served(server, "good")
                shutil.copy(self.folder / "good.aiida", self.folder / "locked.aiida")
                wait_for(lambda: server.get(f"/locked{NODES}", with_token).status == 200, "the file that appeared")
                self.assertEqual(401, server.get(f"/locked{NODES}").status)
                server.stop()
                (self.folder / "locked.aiida").unlink()

    def test_what_only_opening_tells(self):
        files = {name: make_database(self.folder / f"{name}.sqlite", "generation2")
                 for name in ("good", "truncated", "crashed", "moved")}
        content = files["truncated"].read_bytes()
        files["truncated"].write_bytes(content[:len(content) // 2])
        with sqlite3.connect(files["crashed"]) as writer:
            writer.execute("PRAGMA cache_size = 1")
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("UPDATE db_dbnode SET label = hex(randomblob(2000))")
            journal = Path(f"{files['crashed']}-journal")
            shutil.copy(journal, self.folder / "journal")
            shutil.copy(files["crashed"], self.folder / "half")
        writer.close()
        (self.folder / "half").rename(files["crashed"])
        (self.folder / "journal").rename(journal)
        plain = self.folder / "plain.sqlite"
        with sqlite3.connect(plain) as database:
            database.execute("CREATE TABLE shopping (item TEXT)")
        database.close()
        old = self.folder / "old.aiida"
        with zipfile.ZipFile(old, "w") as archive:
            archive.writestr("metadata.json", '{"export_version": "0.9", "aiida_version": "1.0.0"}')
            archive.writestr("data.json", "{}")
        cut = make_archive(self.folder, "cut")
        cut.write_bytes(cut.read_bytes()[:1000])
        other = self.folder / "other.sqlite"
        schema = (ROOT / "sql" / "schema" / "sqlite_gen2.sql").read_text(encoding="utf-8")
        with sqlite3.connect(other) as database:
            database.executescript(schema.replace("label VARCHAR(255)", "label VARCHAR(255) COLLATE NOCASE"))
        database.close()
        server = self.serve(*files.values(), plain, old, cut, other)
        self.assertEqual({}, self.errors(server))  # nothing is opened for the list
        files["moved"].unlink()
        reasons = {
            "truncated": "its file is damaged",
            "crashed": "a program was interrupted while it wrote to its file, which has to be opened once with AiiDA or "
                       "sqlite3",
            "moved": "its file is not there",
            "plain": "it has no tables of AiiDA that this server may read",
            "old": "it is an export of AiiDA 1.x or older, which has to be migrated first",
            "cut": "its archive is damaged or was cut off",
            "other": "one of its tables is not like AiiDA's own",
        }
        for name, reason in reasons.items():
            with self.subTest(name):
                self.assert_lasting(server, name, reason)
        self.assertEqual(reasons, self.errors(server))
        self.assertEqual(reasons.keys(), server.admin("/ready").json()["profiles"].keys())
        self.assert_served(server, "good")
        # Tried again and again, and said once.
        for name, reason in reasons.items():
            refused = f'restapi_profile_not_opened_total{{profile="{name}"}}'
            before = server.metrics()[refused]
            wait_for(lambda: server.get(f"/{name}{NODES}").status == 503 and server.metrics()[refused] > before, "a try")
            self.assert_lasting(server, name, reason)
        self.assert_logged_once(server, *reasons)
        sqlite3.connect(files["crashed"]).execute("SELECT count(*) FROM db_dbnode").connection.close()
        files["truncated"].write_bytes(content)
        self.assert_served(server, "crashed", "truncated")

    def test_a_file_that_is_lost_while_it_is_served(self):
        """In a while: until then another one may take its place."""
        for others in ((), ("--demo",)):
            with self.subTest(others):
                file = make_database(self.folder / "file.sqlite", "generation2")
                server = self.serve(file, *others)
                self.assert_served(server, "file")
                file.unlink()
                self.assertEqual(503, server.get(f"/file{NODES}").status)
                self.assert_lasting(server, "file", "its file is not there")
                ready = server.admin("/ready")
                self.assertEqual(200 if others else 503, ready.status)
                self.assertEqual({"file"}, ready.json()["profiles"].keys())
                self.assertEqual(1, sum("file cannot be served" in line for line in server.log))
                make_database(file, "generation2")
                self.assert_served(server, "file")
                self.assertNotIn("profiles", server.admin("/ready").json())
                server.stop()
                file.unlink()

    def test_a_file_that_becomes_something_else_while_it_is_served(self):
        good = make_database(self.folder / "good.sqlite", "generation2").read_bytes()
        becomes = {"text": (b"hello" * 1000, "its file is not an SQLite database"),
                   "empty": (b"", "it has no tables of AiiDA that this server may read")}
        for name in becomes:
            (self.folder / f"{name}.sqlite").write_bytes(good)
        server = self.serve(*(self.folder / f"{name}.sqlite" for name in (*becomes, "good")))
        self.assert_served(server, *becomes, "good")
        for name, (content, reason) in becomes.items():
            (self.folder / f"{name}.sqlite").write_bytes(content)
            self.assert_lasting(server, name, reason)
            (self.folder / f"{name}.sqlite").write_bytes(good)
            self.assert_served(server, name)

    def test_a_schema_that_uses_like_is_none_that_is_damaged(self):
        file = make_database(self.folder / "indexed.sqlite", "generation2")
        with sqlite3.connect(file) as database:
            database.execute("CREATE INDEX mine ON db_dbnode (id) WHERE node_type LIKE 'process.%'")
            database.execute("CREATE TABLE other (a, b GENERATED ALWAYS AS (a LIKE 'x%') VIRTUAL)")
        server = self.serve(file, "--demo")
        self.assertEqual(200, server.get(f"/indexed{NODES}").status)

    def test_damaged_pages(self):
        """What they do not concern is served."""
        content = bytearray(make_database(self.folder / "good.sqlite", "generation2").read_bytes())
        page = int.from_bytes(content[16:18], "big")
        with sqlite3.connect(self.folder / "good.sqlite") as database:
            root = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'db_dbuser'").fetchone()[0]
        content[(root - 1) * page:root * page] = b"\xAA" * page
        (self.folder / "damaged.sqlite").write_bytes(content)
        server = self.serve(self.folder / "damaged.sqlite", "--demo")
        self.assertEqual(200, server.get("/damaged/api/v2/computers").status)
        refused = server.get("/damaged/api/v2/users")
        self.assertEqual((503, False), (refused.status, "retry-after" in refused.headers))
        self.assertEqual("the database cannot be served: a part of it is damaged", refused.json()["message"])
        server.wait_for_log("malformed")

    def test_a_server_that_refuses_and_one_that_is_away(self):
        good = make_archive(self.folder, "good")
        with OwnPostgreSql() as database:
            database.ask("CREATE DATABASE half")
            database.ask("CREATE DATABASE plain")
            nowhere, half, plain = (f"{database.uri}&dbname={name}" for name in ("nowhere", "half", "plain"))
            stranger = f"{database.uri}&user=nobody_here"
            homeless = "postgresql://reader@no-such-host.invalid/aiida"
            server = self.serve(good, "-p", f"nowhere={nowhere}", "-p", f"half={half}", "-p", f"plain={plain}",
                                "-p", f"stranger={stranger}", "-p", f"homeless={homeless}", "-p", f"main={database.uri}")
            self.assertEqual({}, self.errors(server))
            reasons = {"nowhere": "its server has no such database",
                       "plain": "it has no tables of AiiDA that this server may read",
                       "stranger": "its server does not let this service in",
                       "homeless": "its server's host name is not known"}
            for name, reason in reasons.items():
                self.assert_lasting(server, name, reason)
            self.assert_served(server, "good", "main")
            ready = server.admin("/ready")
            self.assertEqual(200, ready.status)
            self.assertEqual(reasons.keys(), ready.json()["profiles"].keys())
            self.assert_logged_once(server, *reasons)
            # It appears.
            database.ask("CREATE DATABASE nowhere TEMPLATE half")
            psql = [*database.psql[:-1], nowhere]
            self.fill(psql)
            self.assert_served(server, "nowhere")
            database.ask("DROP DATABASE nowhere WITH (FORCE)")
            self.assert_lasting(server, "nowhere", reasons["nowhere"])
            server.stop()
            # Half way: some tables are there.
            database.ask("DROP DATABASE plain")
            self.fill([*database.psql[:-1], half], "ALTER TABLE db_dbcomputer RENAME TO moved")
            server = self.serve(good, "-p", f"half={half}", "-p", f"main={database.uri}")
            self.assert_passing(server, "half")
            database.stop()
            self.assert_passing(server, "main")
            self.assert_served(server, "good")

    def fill(self, psql: list, *more: str):
        """Tables of AiiDA for a database."""
        subprocess.run([*psql, "-f", ROOT / "sql" / "schema" / "postgresql_gen2.sql",
                        *(part for sql in more for part in ("-c", sql))], check=True, capture_output=True)

    def test_a_link_that_leads_to_itself_stops_nobody(self):
        shutil.copy(make_database(self.folder / "good.sqlite"), self.archives)
        (self.archives / "round.sqlite").symlink_to("round.sqlite")
        server = self.serve(self.archives)
        self.assert_served(server, "good")
        self.assert_lasting(server, "round", "its file cannot be read")

    def test_where_nothing_can_be_served_all_reasons_are_said(self):
        good, garbage, gone = (self.folder / f"{name}.aiida" for name in ("good", "garbage", "gone"))
        make_archive(self.folder, "good")
        garbage.write_text("hello")
        done = run(gone)
        self.assertEqual((2, f'restapi: no such file: "{gone}"; did you mean "good.aiida"?\n'), (done.returncode, done.stderr))
        done = run(gone, garbage, "-p", "nix")
        self.assertEqual(2, done.returncode)
        self.assertRegex(done.stderr, r"\Arestapi: none of the 3 databases can be served; gone: no such file: .*; "
                                      r"garbage: .* is neither an AiiDA archive .*; nix: there is no profile \"nix\".*\n\Z")
        # Mistakes in what is typed stay what they are.
        for wrong, saying in ((("mysql://h/d",), 'scheme "mysql"'), (("--prot", "1"), "prot"),
                              (("-p", f"a={gone}", "-p", f"b={gone}"), "are one file"), ((gone, "-p", f"gone={garbage}"), "two databases")):
            with self.subTest(wrong):
                done = run(good, *wrong)
                self.assertEqual(2, done.returncode, done)
                self.assertIn(saying, done.stderr)

    def test_check_has_a_line_for_each(self):
        good, garbage, gone = (self.folder / f"{name}.aiida" for name in ("good", "garbage", "gone"))
        make_archive(self.folder, "good")
        garbage.write_text("hello")
        done = run("--check", gone, good, garbage, "-p", "nix")
        self.assertEqual(1, done.returncode, done)
        self.assertRegex(done.stdout, r'\Agone: no such file: .*\ngood: archive \S+/good.aiida can be served\n'
                                      r'garbage: .* is neither .*\nnix: there is no profile "nix".*\n\Z')
        done = run("--check", gone)
        self.assertEqual(1, done.returncode, done)
        self.assertEqual(f'gone: no such file: "{gone}"; did you mean "good.aiida"?\n', done.stdout)
        done = run("--check", self.folder / "archive.sqlite")
        self.assertEqual(f'archive: no such file: "{self.folder}/archive.sqlite"\n', done.stdout)
