# SPDX-License-Identifier: MIT
"""What the server tells of its requests: access log, main log, slow requests, Server-Timing."""

import json
import os
import signal
import sqlite3
import tempfile
import unittest
from pathlib import Path

from served import Server, Watched, make_database, run, settled, wait_for

API = "/api/v2/"
SECRET = "geheim1234"


class AccessLog(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name) / "access.log"
        self.database = settled(make_database(Path(folder.name) / "document.sqlite"))

    def lines(self, path=None) -> list:
        path = path or self.log
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def test_lines_match_the_answers(self):
        with Server(self.database, "--access-log", self.log) as server, server.connect() as client:
            answers = [client.get(API + "users/1", "User-Agent: one", "X-Request-Id: given-1", f"Authorization: {SECRET}"),
                       client.get(API + "users/1", f"Cookie: {SECRET}"),
                       client.get(API + 'users?first_name="""é"', 'User-Agent: a"b\\c\xff'),
                       client.get("/nowhere"), client.get(API + "users/1", method="HEAD")]
            client.send("nonsense\r\n\r\n")
            answers.append(client.receive())
            server.stop()
        lines = self.lines()
        self.assertEqual([answer.headers["x-request-id"] for answer in answers], [line["id"] for line in lines])
        self.assertEqual([answer.status for answer in answers], [line["status"] for line in lines])
        self.assertEqual("given-1", lines[0]["id"])
        self.assertEqual(["read", "remembered", "read", "computed", "remembered", "computed"],
                         [line["origin"] for line in lines])
        self.assertEqual([":resource/:id", ":resource/:id", ":resource", "", ":resource/:id", ""],
                         [line["route"] for line in lines])
        self.assertEqual([2, 1, 2, 0, 1, 0], [line["statements"] for line in lines])
        self.assertEqual(["GET", "GET", "GET", "GET", "HEAD", ""], [line["method"] for line in lines])
        self.assertEqual(API + 'users?first_name="""é"', lines[2]["target"])
        for line, answer in zip(lines, answers):
            self.assertEqual(["time", "id", "client", "method", "target", "profile", "route", "status", "bytes", "ms", "statements",
                              "origin", "user_agent"], list(line))
            self.assertRegex(line["time"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
            self.assertGreater(line["bytes"], len(answer.body))
            self.assertGreater(line["ms"], 0)
            self.assertEqual("127.0.0.1", line["client"])
        self.assertNotIn(SECRET, self.log.read_text())

    def test_it_appears_while_the_server_runs_and_is_opened_again(self):
        old = self.log.with_suffix(".1")
        with Server(self.database, "--access-log", self.log) as server:
            server.get(API + "users")
            wait_for(lambda: len(self.lines()) == 1, "the first line")
            self.log.rename(old)
            server.process.send_signal(signal.SIGHUP)
            wait_for(self.log.exists, "the new file")
            server.get(API + "nodes")
            wait_for(lambda: len(self.lines()) == 1, "the line of the new file")
            self.assertEqual(0, server.stop())
        self.assertEqual([API + "users"], [line["target"] for line in self.lines(old)])
        self.assertEqual([API + "nodes"], [line["target"] for line in self.lines()])

    def test_a_path_that_leads_to_a_served_file_by_now_is_not_opened(self):
        keys = self.log.with_name("keys.json")
        keys.write_text(json.dumps({"keys": [{"kty": "oct", "alg": "HS256", "k": "c2VjcmV0" * 6}]}))
        options = self.log.with_name("restapi.toml")
        options.write_text(f'[document]\nsource = "{self.database}"\n[other]\nsource = "{self.other()}"\ntoken-keys = "{keys}"\n')
        files = [self.database, self.other(), keys, options]
        before = [file.read_bytes() for file in files]
        journal = Path(f"{self.database}-wal")
        with Server("--config", options, "--access-log", self.log) as server:
            old = self.log.rename(self.log.with_suffix(".1"))
            for number, (link, path) in enumerate([(link, path) for path in files for link in (os.symlink, os.link)]
                                                  + [(os.symlink, journal)], 1):
                link(path, self.log)
                server.process.send_signal(signal.SIGHUP)
                wait_for(lambda: sum("the old file is kept" in line for line in server.log) == number, "the remark")
                server.get(f"/document/api/v2/users?{number}")
                self.log.unlink()
            self.assertEqual(0, server.stop())
        self.assertEqual(before, [file.read_bytes() for file in files])
        self.assertFalse(journal.exists())
        self.assertEqual(number, len(self.lines(old)))
        remarks = [line for line in server.log if "the old file is kept" in line]
        self.assertIn(f'"{self.log}" belongs to a database that is served: ', remarks[0])

    def test_files_that_it_cannot_be_from_the_start(self):
        options, missing = self.log.with_name("restapi.toml"), self.log.with_name("missing.sqlite")
        keys = self.log.with_name("keys.json")
        for file, text in ((options, f'source = "{self.database}"\n'), (keys, '{"keys": []}')):
            file.write_text(text)
        link = self.log.with_name("link.sqlite")
        link.symlink_to(missing)
        for arguments, log, why in (
                (("--config", options), options, "would be the configuration file"),
                (("--token-keys", keys, self.database), keys, "would be the file with the keys that sign tokens"),
                ((self.database, link), missing, "belongs to a database that is served"),
                ((self.database, missing), link, "belongs to a database that is served")):
            for more in ((), ("--check",)):
                with self.subTest(log=log, more=more):
                    done = run(*arguments, *more, "-P", "0", "--access-log", log)
                    self.assertEqual(2, done.returncode)
                    self.assertRegex(done.stderr, rf"\Arestapi: [^\n]*{why}[^\n]*\n")
        self.assertFalse(missing.exists())

    def other(self) -> Path:
        path = self.log.with_name("other.sqlite")
        return path if path.exists() else make_database(path)

    def test_standard_output(self):
        with Server(self.database, "--access-log", "-") as server:
            server.get(API + "users")
            server.stop()
            lines = [json.loads(line) for line in server.welcome if line.startswith("{")]
        self.assertEqual([API + "users"], [line["target"] for line in lines])

    def test_a_full_disk_costs_no_answer(self):
        with Watched(self.database, "--access-log", "/dev/full") as server:
            for _ in range(10):
                self.assertEqual(200, server.get(API + "users").status)
            dropped = "restapi_access_log_dropped_total"
            wait_for(lambda: server.metrics()[dropped] == 10, "the lines that were dropped")
            server.stop()
        self.assertRegex("".join(server.log), r"access log: \d+ lines dropped: No space left on device")


class MainLog(unittest.TestCase):
    def test_errors_are_told_without_what_was_asked_for(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = make_database(Path(folder.name) / "document.sqlite")
        with sqlite3.connect(path) as database:
            page, = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'db_dbuser'").fetchone()
            size, = database.execute("PRAGMA page_size").fetchone()
        with path.open("r+b") as file:
            file.seek((page - 1) * size)
            file.write(b"\x55" * size)
        with Server(path) as server:
            failed = server.get(f'{API}users?first_name!="{SECRET}"')
            self.assertEqual(503, failed.status)
            server.stop()
            lines = [line for line in server.log if failed.headers["x-request-id"] in line]
        self.assertEqual(1, len(lines), server.log)
        self.assertRegex(lines[0], r"503 store_damaged: /api/v2/users: .*malformed")
        self.assertNotIn(SECRET, lines[0])


class Timing(unittest.TestCase):
    def test_stages_are_shown_to_who_asks(self):
        with Server("--demo") as server, server.connect() as client:
            for origin in ("read", "remembered"):
                answer = client.get(API + "nodes?limit=1", "Prefer: server-timing")
                self.assertEqual("server-timing", answer.headers["preference-applied"])
                timing = answer.headers["server-timing"]
                for part in timing.split(", "):
                    self.assertRegex(part, r"\A([a-z]+;dur=\d+\.\d{3}|remembered)\Z")
                self.assertEqual(origin == "remembered", "remembered" in timing)
                self.assertEqual(origin == "read", "list;dur=" in timing)
                self.assertIn("server-timing", answer.headers["access-control-expose-headers"].lower())
            self.assertNotIn("server-timing", client.get(API + "nodes?limit=1").headers)
            preflight = client.get(API + "nodes", "Access-Control-Request-Headers: prefer", method="OPTIONS")
            self.assertIn("Prefer", preflight.headers["access-control-allow-headers"])

    def test_slow_requests_are_in_the_log(self):
        for limit, expected in (("1", 1), ("0", 0)):
            with Server(self.slow_database(), "--slow-request", limit) as server:
                answer = server.get(API + 'nodes?label=ilike="%x%"', "X-Request-Id: slow-one")
                self.assertEqual(200, answer.status)
                server.stop()
                slow = [line for line in server.log if "slow request" in line]
            self.assertEqual(expected, len(slow), slow)
            for line in slow:
                self.assertRegex(line, r"\[warning\] slow request slow-one: :resource 200 in \d+ ms \(queue \d+\.\d ms, "
                                       r"version \d+\.\d ms, list \d+\.\d ms")
                self.assertNotIn("ilike", line)

    def slow_database(self) -> Path:
        """Enough rows that a millisecond does not do."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = make_database(Path(folder.name) / "slow.sqlite")
        with sqlite3.connect(path) as database:
            columns = [row[1] for row in database.execute("PRAGMA table_info(db_dbnode)")]
            chosen = {"id": "id + 100000 * n", "uuid": "'00000000-0000-4000-8000-' || printf('%012d', id + 100000 * n)"}
            database.execute("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000) "
                             f"INSERT INTO db_dbnode ({', '.join(columns)}) SELECT "
                             f"{', '.join(chosen.get(name, name) for name in columns)} FROM c, "
                             "(SELECT * FROM db_dbnode ORDER BY id LIMIT 1)")
        return path


if __name__ == "__main__":
    unittest.main()
