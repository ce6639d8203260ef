# SPDX-License-Identifier: MIT
"""The program at the command line: what it refuses and how, how it says what it is."""

import os
import socket
import sqlite3
import subprocess
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

from served import ROOT, Server, make_database, postgresql, run


class Refusals(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def refused(self, *arguments, saying: str, **more):
        done = run(*arguments, **more)
        self.assertEqual(2, done.returncode, done)
        self.assertEqual("", done.stdout)
        self.assertRegex(done.stderr, r"\Arestapi: [^\n]+\n\Z")  # one sentence on one line
        self.assertRegex(done.stderr, saying)
        self.assertNotIn("soci", done.stderr.lower())
        return done.stderr

    def test_file_that_is_missing(self):
        self.refused(self.folder / "nowhere.aiida", saying="no such file.*nowhere.aiida")

    def test_file_that_is_no_database(self):
        path = self.folder / "notes.txt"
        path.write_text("not a database\n" * 100)
        self.refused(path, saying="neither an AiiDA archive nor an SQLite database")

    def test_empty_file(self):
        path = self.folder / "empty.aiida"
        path.touch()
        self.refused(path, saying="neither an AiiDA archive nor an SQLite database")

    def test_folder(self):
        self.refused(str(self.folder) + "/", saying="no AiiDA archive and no SQLite database in the folder")
        (self.folder / "notes.txt").write_text("not a database")
        self.refused(self.folder, saying="in the folder.*notes.txt")

    def test_folder_under_one_name(self):
        make_database(self.folder / "x.sqlite")
        self.refused("-p", f"all={self.folder}", saying='is a folder, and "all" can be the name of one database only')

    def test_two_databases_of_one_name(self):
        path = make_database(self.folder / "demo.sqlite")
        self.refused(path, "--demo", saying=f'"demo": SQLite file {path} and the demo; `--profile OTHER=SOURCE`')

    def test_name_that_cannot_be_in_an_address(self):
        self.refused(make_database(self.folder / "api.sqlite"), saying='cannot be served as "api"')

    def test_zip_that_is_no_archive(self):
        path = self.folder / "photos.aiida"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("holiday.jpg", b"\xff\xd8")
        self.refused(path, saying="photos.aiida")

    def test_zip_that_is_cut_off(self):
        path = self.folder / "half.aiida"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("metadata.json", "{}" * 1000)
        path.write_bytes(path.read_bytes()[:1000])
        self.refused(path, saying="half.aiida")

    def test_old_export_as_zip(self):
        for version, saying in (("0.9", "verdi archive migrate"),
                                ("0.3", "verdi export migrate .* of AiiDA 1.x comes first")):
            with self.subTest(version):
                path = self.folder / "export.aiida"
                with zipfile.ZipFile(path, "w") as archive:
                    archive.writestr("metadata.json", f'{{"export_version": "{version}", "aiida_version": "1.0.0"}}')
                    archive.writestr("data.json", "{}")
                self.refused(path, saying=saying)

    def test_old_export_as_tar(self):
        data = self.folder / "data.json"
        data.write_text("{}")
        for name, mode in (("export.tar", "w"), ("export.tar.gz", "w:gz")):
            with self.subTest(name):
                with tarfile.open(self.folder / name, mode) as archive:
                    archive.add(data, "data.json")
                self.refused(self.folder / name, saying="verdi archive migrate")

    def test_sqlite_file_without_the_tables(self):
        path = self.folder / "plain.sqlite"
        database = sqlite3.connect(path)
        database.execute("CREATE TABLE shopping (item TEXT)")
        database.commit()
        database.close()
        self.refused(path, saying="no AiiDA database")

    def test_sqlite_file_that_is_damaged(self):
        path = make_database(self.folder / "damaged.sqlite")
        content = path.read_bytes()
        path.write_bytes(content[:100] + b"\x55" * (len(content) - 100))
        self.refused(path, saying="damaged.sqlite")

    def test_postgresql_database_without_the_tables(self):
        self.refused(postgresql(), saying="no AiiDA database")

    def test_django_database_of_aiida_0x(self):
        changes = ("ALTER TABLE db_dbnode DROP COLUMN attributes; ALTER TABLE db_dbnode DROP COLUMN extras;"
                   "CREATE TABLE db_dbattribute (id integer PRIMARY KEY, key varchar(1024), tval text, dbnode_id integer);")
        saying = r"is a database of AiiDA 0\.x with the Django backend, .*; migrate it with AiiDA 1\.x"
        path = make_database(self.folder / "django.sqlite")
        database = sqlite3.connect(path)
        database.executescript(changes)
        database.close()
        self.assertNotIn("SELECT", self.refused(path, saying=saying))
        name = f"django_{os.getpid()}"
        subprocess.run(["psql", "-qX", postgresql(), "-c", f"CREATE DATABASE {name}"], check=True)
        try:
            uri = postgresql() + f"&dbname={name}"
            schema = (ROOT / "sql" / "schema" / "postgresql_gen1.sql").read_text()
            subprocess.run(["psql", "-qX", uri, "-v", "ON_ERROR_STOP=1"], input=schema + changes, text=True, check=True)
            self.assertNotIn("SELECT", self.refused(uri, saying=saying))
        finally:
            subprocess.run(["psql", "-qX", postgresql(), "-c", f"DROP DATABASE {name} WITH (FORCE)"], check=True)

    def test_configuration_without_a_default_profile(self):
        (self.folder / ".aiida").mkdir()
        for text, saying in (('{"profiles": {"work": {}, "play": {}}}', "no default profile; its profiles: play, work"),
                             ('{"profiles": {}}', "config.json has no profiles; --demo serves the demo")):
            with self.subTest(text):
                (self.folder / ".aiida" / "config.json").write_text(text)
                self.refused("-P", "0", saying=saying, AIIDA_PATH=str(self.folder))

    def test_postgresql_database_that_is_missing(self):
        self.refused(postgresql() + "&dbname=nowhere", saying='"nowhere" does not exist')

    def test_server_that_is_unreachable(self):
        with socket.socket() as bound:  # bound and not listening: nobody else takes the port, nobody answers
            bound.bind(("127.0.0.1", 0))
            port = bound.getsockname()[1]
            said = self.refused(f"postgresql://reader:geheim@127.0.0.1:{port}/aiida", saying="127.0.0.1")
            self.assertNotIn("geheim", said)
            said = self.refused(f"host=127.0.0.1 port={port} user=reader password=geheim dbname=aiida",
                                saying="127.0.0.1")
            self.assertNotIn("geheim", said)

    def test_profile_that_is_missing(self):
        self.refused("-p", "nowhere", saying='no profile "nowhere"', AIIDA_PATH=str(self.folder))

    def test_port_that_is_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            self.refused("--demo", "-P", port, saying=f"{port}.*in use")

    def test_values_that_are_empty_or_missing(self):
        """None takes the next word, and no server starts without what it should have had."""
        path = make_database(self.folder / "x.sqlite")
        for arguments, saying in ((["--token-issuer", "", "--token-keys", "k"], "--token-issuer: must not be empty"),
                                  (["--token-issuer=", "--token-keys", "k"], "--token-issuer: must not be empty"),
                                  (["--token-keys", "", path], "--token-keys: must not be empty"),
                                  (["--token-issuer", "--token-keys", "k"], "--token-issuer: a value must follow"),
                                  (["-P", "", path], "-P: must not be empty"),
                                  (["-p", "", path], "-p: must not be empty"),
                                  (["--config", "", path], "--config: must not be empty"),
                                  (["--cors-origin", "https://a,,https://b"], "--cors-origin: must not be empty"),
                                  (["--trusted-proxy", ","], "--trusted-proxy: must not be empty"),
                                  ([path, ""], "argument 2: .*must not be empty"),
                                  (["--", ""], "argument 2: .*must not be empty"),
                                  (["--token-keys"], "--token-keys: a value must follow")):
            with self.subTest(arguments):
                done = run(*arguments, "-P", "0") if "-P" not in arguments and "--" not in arguments else run(*arguments)
                self.assertEqual((2, ""), (done.returncode, done.stdout))
                self.assertRegex(done.stderr, saying)

    def test_variables_that_are_empty_or_unknown(self):
        for variable, saying in (("RESTAPI_TOKEN_KEYS", "RESTAPI_TOKEN_KEYS: --token-keys: must not be empty"),
                                 ("RESTAPI_PORT", "RESTAPI_PORT: --port: must not be empty"),
                                 ("RESTAPI_TOKEN_KEY", "did you mean RESTAPI_TOKEN_KEYS"),
                                 ("restapi_token_keys", "did you mean RESTAPI_TOKEN_KEYS"),
                                 ("REST_API_TOKEN_KEYS", "did you mean RESTAPI_TOKEN_KEYS")):
            with self.subTest(variable):
                done = run("--demo", "-P", "0", **{variable: ""})
                self.assertEqual((2, ""), (done.returncode, done.stdout))
                self.assertIn(saying, done.stderr)
        with Server("--demo", RESTAPI_SERVICE_HOST="10.0.0.1") as server:
            server.wait_for_log("there is no variable RESTAPI_SERVICE_HOST")

    def test_files_of_options_that_are_wrong(self):
        path = self.folder / "options.toml"
        for text, saying in (("token-keys = []", "line 1: --token-keys: has one value, not a list"),
                             ('token-keys = ""', "line 1: --token-keys: must not be empty"),
                             ("port = 1\nport = 2", "line 2: .*already exists"),
                             ("\nhostname = localhost", "line 2: .*a text stands between quotes"),
                             ('hostname = "a\0b"', "line 1: "), ('[x]\nport = 3', r"line 2, section \[x\]: ")):
            with self.subTest(text):
                path.write_text(text)
                done = run("--config", path, "--demo", "-P", "0")
                self.assertEqual((2, ""), (done.returncode, done.stdout))
                self.assertRegex(done.stderr, saying)
        # An unquoted source has a password that is not shown.
        path.write_text("source = postgresql://reader:geheim@db/aiida")
        self.assertNotIn("geheim", run("--config", path).stderr)

    def test_options_that_are_wrong(self):
        for arguments, saying in ((["--colour"], "--colour"), (["-P", "70000"], "70000"), (["-P", "http"], "http"),
                                  (["-p", "api=x.aiida"], "api"), (["--log-level", "loud"], "loud"),
                                  (["--statement-timeout", "0"], "0"), (["--cors-origin", "a b"], "a b")):
            with self.subTest(arguments):
                done = run(*arguments)
                self.assertEqual(2, done.returncode, done)
                self.assertEqual("", done.stdout)
                self.assertTrue(done.stderr.startswith("restapi: "))
                self.assertIn(saying, done.stderr)
                self.assertIn("--help", done.stderr)

    def test_check_opens_all_and_serves_nothing(self):
        good = make_database(self.folder / "good.sqlite")
        empty = self.folder / "empty.sqlite"
        sqlite3.connect(empty).execute("CREATE TABLE t (a)").connection.close()
        fine = run("--check", good, "-P", "1")
        self.assertEqual((0, f"good: SQLite file {good} can be served\n"), (fine.returncode, fine.stdout))
        done = run("--check", good, "-p", f"other={empty}")
        self.assertEqual(1, done.returncode)
        self.assertRegex(done.stdout, rf"\Agood: SQLite file {good} can be served\n"
                                      rf"other: SQLite file {empty}: this is no AiiDA database[^\n]*\n\Z")
        self.assertEqual(2, run("--check", good, "--prot", "1").returncode)

    def test_all_mistakes_are_said_at_once(self):
        options = self.folder / "options.toml"
        options.write_text('prot = 1\n[b]\ncors-orgin = "*"\nsource = "/does/not/exist.aiida"\n[c]\nsource = "notes.txt"\n')
        (self.folder / "notes.txt").write_text("no database")
        configuration = self.folder / ".aiida" / "config.json"
        configuration.parent.mkdir()
        configuration.write_text('{"profiles": {"main": {"AIIDADB_NAME": "d", "AIIDADB_USER": "u"}}}')
        arguments = ("--config", options, "--config-name", "in/r.toml", "--trheads", "3", "--admin-port", "x")
        expected = ['there is no option --trheads; did you mean "--threads"?', "--admin-port: must be a whole number",
                    '"in/r.toml", line 1: there is no option "prot" for a file; did you mean "port"?',
                    '"in/r.toml", line 3, section [b]: there is no option "cors-orgin" for a section; did you mean "cors-origin"?',
                    "there is no variable RESTAPI_PROT; did you mean RESTAPI_PORT?",
                    '"in/r.toml", line 2, section [b]: no such file: "/does/not/exist.aiida"',
                    '"in/r.toml", line 5, section [c]: "notes.txt" is neither']
        for check in ([], ["--check"]):
            with self.subTest(check):
                done = run(*arguments, *check, RESTAPI_PROT="1", AIIDA_PATH=str(self.folder), cwd=self.folder)
                self.assertEqual((2, ""), (done.returncode, done.stdout))
                lines = done.stderr.splitlines()
                self.assertEqual("Run `restapi --help` for the options.", lines.pop())
                self.assertEqual(len(expected), len(lines), lines)
                for line, beginning in zip(lines, expected):
                    self.assertTrue(line.startswith("restapi: " + beginning), line)
        options.write_text('source = "notes.sqlite"\n[mian]\ntoken-keys = "k"\n')
        make_database(self.folder / "notes.sqlite")
        done = run("--check", "--config", options, AIIDA_PATH=str(self.folder), cwd=self.folder)
        self.assertEqual(2, done.returncode)
        self.assertIn(f'"{options}", line 2, section [mian]: no database is called "mian"', done.stderr)
        self.assertIn('did you mean "main"?', done.stderr)
        self.assertIn('there is no profile "mian"', run("mian", AIIDA_PATH=str(self.folder)).stderr)
        self.assertIn('did you mean "main"?', run("-p", "mian", AIIDA_PATH=str(self.folder)).stderr)

    def test_paths_are_those_that_were_written(self):
        (self.folder / "deep" / "er").mkdir(parents=True)
        for name in ("z.sqlite", "database.sqlite"):
            path = Path("deep", "er", name)
            sqlite3.connect(self.folder / path).execute("CREATE TABLE t (a)").connection.close()
            self.assertIn(f"restapi: SQLite file {path}: this is no AiiDA database", run(path, cwd=self.folder).stderr)
            self.assertIn(f": SQLite file {path}: this is no AiiDA database", run("--check", path, cwd=self.folder).stdout)
        good = make_database(self.folder / "deep" / "database.sqlite")
        self.assertEqual("database: SQLite file deep/database.sqlite can be served\n",
                         run("--check", "deep/database.sqlite", "-P", "1", cwd=self.folder).stdout)
        with Server(good) as server:
            self.assertIn(f"restapi serves SQLite file {good}\n", server.welcome)
            self.assertNotIn(str(self.folder), server.get("/").body.decode() + server.get("/nowhere").body.decode())

    def test_check_says_which_section_cannot_be_opened(self):
        options = self.folder / "options.toml"
        empty = self.folder / "empty.sqlite"
        sqlite3.connect(empty).execute("CREATE TABLE t (a)").connection.close()
        options.write_text(f"[good]\nsource = '{make_database(self.folder / 'good.sqlite')}'\n[bad]\nsource = '{empty}'\n")
        done = run("--check", "--config", options, "-P", "0")
        self.assertEqual(1, done.returncode)
        self.assertIn(f'bad: "{options}", line 3, section [bad]: SQLite file {empty}: this is no AiiDA database', done.stdout)

    def test_check_tries_addresses(self):
        taken, other = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
        port, other_port = taken.getsockname()[1], other.getsockname()[1]
        with taken, other:
            done = run("--check", "--demo", "-P", port, "--admin-port", other_port)
            self.assertEqual(1, done.returncode)
            self.assertEqual(["demo: the demo can be served", f"port {port} on 127.0.0.1 is in use; -H and -P choose another address",
                              f"port {other_port} on 127.0.0.1 is in use; --admin-hostname and --admin-port choose another address"],
                             done.stdout.splitlines())
            self.assertEqual(0, run("--check", "--demo", "-P", "0", "--admin-port", "0").returncode)
            # Who inherits a socket has no other address.
            self.assertEqual(0, run("--check", "--demo", "-P", other_port, sockets=(taken,)).returncode)
        self.assertIn("unknown host name 'nowhere.invalid'", run("--check", "--demo", "-H", "nowhere.invalid").stdout)
        for check in ([], ["--check"]):
            done = run(*check, "--demo", "-P", port, "--admin-port", port)
            self.assertEqual((2, f"restapi: --port and --admin-port are the same: {port}\n"), (done.returncode, done.stderr))

    def test_check_looks_at_the_log_and_changes_nothing(self):
        log = self.folder / "access.log"
        self.assertEqual(0, run("--check", "--demo", "-P", "0", "--access-log", log).returncode)
        self.assertFalse(log.exists())
        log.write_text("before\n")
        before = log.stat()
        self.assertEqual(0, run("--check", "--demo", "-P", "0", "--access-log", log).returncode)
        self.assertEqual((before.st_size, before.st_mtime_ns, before.st_ctime_ns),
                         (log.stat().st_size, log.stat().st_mtime_ns, log.stat().st_ctime_ns))
        for wrong, reason in ((self.folder / "nowhere" / "log", "No such file or directory"), (self.folder, "Is a directory"),
                              (log / "log", "Not a directory")):
            done = run("--check", "--demo", "-P", "0", "--access-log", wrong)
            self.assertEqual((1, f'demo: the demo can be served\nthe access log cannot be opened: "{wrong}": {reason}\n'),
                             (done.returncode, done.stdout))
        self.assertEqual({"access.log"}, set(os.listdir(self.folder)))


if __name__ == "__main__":
    unittest.main()
