# SPDX-License-Identifier: MIT
"""Many profiles in one process: archives of a folder, SQLite files and PostgreSQL databases side by side."""

import contextlib
import itertools
import os
import random
import re
import shutil
import signal
import sqlite3
import threading
import unittest
from pathlib import Path
from urllib.parse import quote, urlsplit

from access_test import Keys
from own_postgresql import OwnPostgreSql
from profiles_case import Case, make_archive
from served import Server, is_sanitized, make_database, request, run, wait_for

NODES = "/api/v2/nodes"


def resident(server: Server) -> int:
    """Bytes of memory that the process has."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


def unpacked(server: Server, temporary: Path) -> int:
    """How many databases of archives it has open: files on that disk that have no name."""
    found = set()
    for descriptor in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it was closed meanwhile
            found.add(os.readlink(descriptor))
    return sum(name.startswith((f"{temporary}/#", f"{temporary}/restapi-")) for name in found)


class Profiles(Case):
    def names(self, server) -> list:
        return [profile["name"] for profile in server.get("/").json()["data"]["profiles"]]

    def test_a_folder_of_archives(self):
        for name in ("mc3d", "two words"):
            make_archive(self.archives, name)
        (self.archives / "notes.txt").write_text("no archive")
        server = self.serve(f"{self.archives}/")
        self.assertEqual(["mc3d", "two words"], self.names(server))
        metrics = server.metrics()
        self.assertEqual(0, metrics['restapi_profile_open{profile="mc3d"}'])
        for prefix in ("/mc3d", "/two%20words", ""):
            answer = server.get(f"{prefix}{NODES}/page/1?perpage=2&orderby=id")
            self.assertEqual(200, answer.status)
            self.assertEqual(f"http://localhost:5000{prefix}/", answer.json()["url_root"])
            self.assertIn(f"<http://localhost:5000{prefix}{NODES}/page/2?", answer.headers["link"])
        metrics = server.metrics()
        self.assertEqual(1, metrics['restapi_profile_open{profile="mc3d"}'])
        self.assertEqual(2, metrics['restapi_profile_requests_total{profile="mc3d"}'])
        self.assertEqual(1, metrics['restapi_profile_requests_total{profile="two words"}'])
        self.assertEqual(404, server.get(f"/notes{NODES}").status)

    def test_a_name_with_characters_that_mean_something_in_a_url(self):
        """Each address that is shown leads to the profile, as a browser or curl would read it."""
        first = make_database(self.folder / "first.sqlite")
        for name in ("a?b", "c#d", "e%3Ff"):
            path = make_database(self.folder / f"{name}.sqlite")
            for arguments in ((path,), ("-p", f"{name}={first}")):
                with self.subTest(arguments), Server(make_database(self.folder / "other.db"), *arguments) as server:
                    shown = next(line for line in server.welcome if line.startswith("  http:") and "/other/" not in line)
                    (listed,) = (each for each in server.get("/").json()["data"]["profiles"] if each["name"] == name)
                    not_found = server.get(f"/{quote(name)}/api/v3/nodes").body.decode()
                    named = re.findall(r"http:[^\s;]+", not_found)
                    self.assertEqual(2, len(named), not_found)
                    for address in (shown.strip(), listed["url"], *named):
                        parts = urlsplit(address)
                        self.assertEqual(("", ""), (parts.query, parts.fragment), address)
                        answer = server.get(parts.path)
                        self.assertEqual(200, answer.status, address)
                        self.assertEqual(f"http://localhost:5000/{quote(name)}/", answer.json()["url_root"])
                (self.folder / "other.db").unlink()

    def test_engines_side_by_side(self):
        archive = make_archive(self.folder, "export")
        file = make_database(self.folder / "file.sqlite")
        with OwnPostgreSql() as database:
            server = self.serve(archive, "--profile", f"old={file}", "--profile", f"live={database.uri}",
                                "--connection-timeout", "1")
            self.assertEqual(["export", "old", "live"], self.names(server))
            counts = {name: int(server.get(f"/{name}{NODES}?limit=1").headers["x-total-count"])
                      for name in ("export", "old", "live")}
            self.assertTrue(all(counts.values()), counts)
            # What one profile suffers is no matter of the others.
            database.stop()
            wait_for(lambda: server.get(f"/live{NODES}").status == 503, "503")
            for name in ("export", "old"):
                self.assertEqual(200, server.get(f"/{name}{NODES}?limit=3").status)
            self.assertEqual(200, server.admin("/ready").status)
            self.assertGreaterEqual(server.metrics()['restapi_store_errors_total{kind="store_unavailable",profile="live"}'], 1)

    def test_a_slow_profile_takes_no_worker_from_the_others(self):
        file = make_database(self.folder / "file.sqlite")
        with OwnPostgreSql() as database:
            server = self.serve("--profile", f"quick={file}", "--profile", f"slow={database.uri}", "--threads", "4",
                                "--statement-timeout", "600")
            self.assertEqual(200, server.get(f"/slow{NODES}?limit=1").status)
            waiting = []
            with database.lock("db_dbnode"):
                for number in range(20):
                    waiting.append(server.connect())
                    waiting[-1].send(request(f"/slow{NODES}?limit={number + 1}"))
                wait_for(lambda: server.metrics()["restapi_requests_working"] >= 2, "the slow requests")
                for number in range(20):
                    self.assertEqual(200, server.get(f"/quick{NODES}?limit={number + 1}").status)
            for client in waiting:
                with client:
                    self.assertEqual(200, client.receive().status)

    def test_a_profile_that_cannot_be_opened_is_no_matter_of_the_others(self):
        make_archive(self.archives, "good")
        (self.archives / "bad.aiida").write_bytes(b"PK\3\4 and nothing more")
        server = self.serve(f"{self.archives}/")
        answer = server.get(f"/bad{NODES}")
        self.assertEqual(503, answer.status)
        self.assertEqual("the database cannot be served: its archive is damaged or was cut off", answer.json()["message"])
        self.assertNotIn("retry-after", answer.headers)
        self.assertNotIn(str(self.archives), answer.body.decode())
        server.wait_for_log("bad.aiida")
        self.assertEqual(200, server.get(f"/good{NODES}").status)
        # Repaired, it is served without a restart.
        make_archive(self.archives, "bad")
        wait_for(lambda: server.get(f"/bad{NODES}").status == 200, "the repaired archive")

    def test_what_nobody_asks_is_closed_and_opened_again(self):
        make_archive(self.archives, "a")
        make_archive(self.archives, "b")
        temporary = self.folder / "temporary"
        temporary.mkdir()
        server = self.serve(f"{self.archives}/", "--close-after", "1", TMPDIR=str(temporary))
        tags = {server.get(f"/a{NODES}").headers["etag"]}
        self.assertEqual(1, unpacked(server, temporary))
        wait_for(lambda: server.metrics()['restapi_profile_open{profile="a"}'] == 0, "the profile to be closed")
        wait_for(lambda: not unpacked(server, temporary), "the unpacked copy to go")
        again = server.get(f"/a{NODES}")
        self.assertEqual(200, again.status)
        self.assertNotIn(again.headers["etag"], tags)  # the file may have become another
        self.assertEqual(2, server.metrics()['restapi_profile_opened_total{profile="a"}'])

    def test_a_hundred_profiles_take_a_few_megabytes_each(self):
        archive = make_archive(self.archives, "0")
        for number in range(1, 100):
            shutil.copy(archive, self.archives / f"{number}.aiida")
        server = self.serve(f"{self.archives}/", "--max-open", "20")
        before = resident(server)
        for number in range(100):
            self.assertEqual(200, server.get(f"/{number}{NODES}?limit=2").status)
        if not is_sanitized():  # sanitizers keep what is freed
            self.assertLess(resident(server) - before, 20 * (4 << 20))
        metrics = server.metrics()
        self.assertEqual(20, sum(value for name, value in metrics.items() if name.startswith("restapi_profile_open{")))

    def test_busy_profiles_give_way_to_others(self):
        for name in "ab":
            make_archive(self.archives, name)
        server = self.serve(f"{self.archives}/", "--max-open", "1", "--threads", "4")
        stop, statuses = threading.Event(), []

        def keep_busy():
            with server.connect() as client:
                for number in itertools.count(1):  # never the same: each answer is read
                    if stop.is_set():
                        return
                    statuses.append(client.get(f"/a{NODES}?limit=1&id>-{number}").status)

        crowd = [threading.Thread(target=keep_busy) for _ in range(3)]
        for thread in crowd:
            thread.start()
        try:
            for _ in range(2):
                wait_for(lambda: server.get(f"/b{NODES}?limit=1").status == 200, "the other profile")
                served = statuses.count(200)
                wait_for(lambda: statuses.count(200) > served, "the busy profile")
        finally:
            stop.set()
            for thread in crowd:
                thread.join()
        self.assertEqual(set(), set(statuses) - {200, 503})

    def test_a_crowd_opens_a_profile_once(self):
        make_archive(self.archives, "a")
        make_archive(self.archives, "b")
        server = self.serve(f"{self.archives}/", "--threads", "2")
        statuses = []
        threads = [threading.Thread(target=lambda name=name: statuses.append(server.get(f"/{name}{NODES}").status))
                   for name in "ab" * 20]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([200] * 40, statuses)
        for name in "ab":
            self.assertEqual(1, server.metrics()[f'restapi_profile_opened_total{{profile="{name}"}}'])

    def test_each_profile_has_readers_of_its_own(self):
        keys = Keys(self.folder)
        (self.folder / "keys.json").write_text(keys.jwk_set())
        make_archive(self.folder, "public")
        make_archive(self.folder, "private")
        configuration = self.folder / "restapi.toml"
        configuration.write_text(f"""
            cors-origin = "https://example.org"
            [public]
            source = "{self.folder}/public.aiida"
            [private]
            source = "{self.folder}/private.aiida"
            token-keys = "{self.folder}/keys.json"
            """)
        server = self.serve("--config", configuration)
        self.assertEqual(["public", "private"], self.names(server))
        self.assertEqual(200, server.get(f"/public{NODES}").status)
        self.assertEqual(401, server.get(f"/private{NODES}").status)
        self.assertEqual(0, server.metrics()['restapi_profile_open{profile="private"}'])  # strangers open nothing
        with_token = f"Authorization: Bearer {keys.token('HS256', exp=4102444800)}"
        for _ in range(2):
            self.assertEqual(200, server.get(f"/private{NODES}", with_token).status)
            self.assertEqual(401, server.get(f"/private{NODES}").status)

    def lock(self, name: str, more: str = "") -> tuple[Path, str]:
        """A file whose only section needs tokens, and the header that opens it."""
        keys = Keys(self.folder)
        (self.folder / "keys.json").write_text(keys.jwk_set())
        configuration = self.folder / "restapi.toml"
        configuration.write_text(f'{more}\n["{name}"]\ntoken-keys = "{self.folder}/keys.json"\n')
        return configuration, f"Authorization: Bearer {keys.token('HS256', exp=4102444800)}"

    def assert_locked(self, server, with_token: str, *targets: str):
        for target in targets:
            with self.subTest(target):
                self.assertEqual(401, server.get(target).status)
                self.assertEqual(200, server.get(target, with_token).status)

    def test_a_section_locks_what_is_named_as_it(self):
        configuration, with_token = self.lock("mc3d")
        archive = make_archive(self.archives, "mc3d")
        for arguments in ((archive,), (f"{self.archives}/",), ("-p", f"mc3d={archive}"), (archive, "--demo")):
            with self.subTest(arguments):
                server = self.serve("--config", configuration, *arguments)
                # The first profile is the same without its name.
                self.assert_locked(server, with_token, f"/mc3d{NODES}", NODES)
                server.stop()

    def test_a_section_locks_the_demo(self):
        configuration, with_token = self.lock("demo")
        self.assert_locked(self.serve("--config", configuration, "--demo"), with_token, f"/demo{NODES}", NODES)

    def test_a_locked_file_is_not_served_a_second_time(self):
        archive = make_archive(self.archives, "mc3d")
        make_archive(self.archives, "open")
        os.link(archive, self.archives / "tight.aiida")
        (self.archives / "soft.aiida").symlink_to(archive)
        configuration, with_token = self.lock("mc3d", f'source = "{self.archives}/"')
        server = self.serve("--config", configuration)
        self.assertEqual({"mc3d", "open"}, set(self.names(server)))
        self.assert_locked(server, with_token, f"/mc3d{NODES}", NODES)
        self.assertEqual(200, server.get(f"/open{NODES}").status)
        for name in ("tight", "soft", "mc3d.aiida", "tight.aiida"):
            self.assertEqual(404, server.get(f"/{name}{NODES}").status)
        server.wait_for_log("tight.aiida is the same file")

    def test_a_file_that_turns_into_a_locked_one_is_not_served(self):
        """Also where it is opened only now; the locked file is served on."""
        locked = make_database(self.folder / "mc3d.sqlite", "generation2")
        public, later = (make_database(self.folder / f"{name}.sqlite", "generation2") for name in ("public", "later"))
        configuration, with_token = self.lock("mc3d")
        server = self.serve("--config", configuration, locked, public, later)
        self.assertEqual(200, server.get(f"/public{NODES}").status)
        for path in (public, later):
            path.unlink()
            path.symlink_to(locked)
        for name in ("public", "later"):
            self.assertEqual(503, server.get(f"/{name}{NODES}").status)
        self.assert_locked(server, with_token, f"/mc3d{NODES}", NODES)
        public.unlink()
        make_database(public, "generation2")
        self.assertEqual(200, server.get(f"/public{NODES}").status)

    def test_looking_at_a_file_takes_no_locks_away(self):
        """Closing a file ends all locks of the process on it (POSIX): the writer would take the server for gone."""
        locked, public = (make_database(self.folder / f"{name}.sqlite", "generation2") for name in ("mc3d", "public"))
        writer = sqlite3.connect(locked)
        self.addCleanup(writer.close)
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE db_dbnode SET label = 'locked'")
        writer.commit()
        configuration, with_token = self.lock("mc3d")
        server = self.serve("--config", configuration, locked, public)
        for target, headers in ((f"/mc3d{NODES}", [with_token]), (f"/public{NODES}", [])):
            self.assertEqual(200, server.get(target, *headers).status)

        def locks() -> int:
            mark = f":{locked.stat().st_ino} "
            return sum(f" {server.process.pid} " in line and mark in line
                       for line in Path("/proc/locks").read_text().splitlines())

        before = locks()
        self.assertGreater(before, 0)
        public.unlink()
        public.symlink_to(locked)
        self.assertEqual(503, server.get(f"/public{NODES}").status)
        self.assertEqual(before, locks())

    def test_files_that_are_replaced_are_served(self):
        """A file system gives the inode of a file that has gone to the next one, be it another profile's."""
        files = [make_database(self.folder / f"{name}.sqlite", "generation2") for name in "ab"]
        server = self.serve(*files)
        for number in range(30):
            for file in files:
                new = self.folder / "new"
                shutil.copy(file, new)
                new.rename(file)
                self.assertEqual(200, server.get(f"/{file.stem}{NODES}?id>-{number}").status)

    def test_files_that_are_rotated_are_served(self):
        current, previous, new = (make_database(self.folder / f"{name}.sqlite", "generation2")
                                  for name in ("current", "previous", "new"))
        server = self.serve(current, previous)  # neither is open yet
        current.rename(previous)
        new.rename(current)
        for profile in ("current", "previous"):
            self.assertEqual(200, server.get(f"/{profile}{NODES}").status, profile)

    def test_a_log_of_a_locked_file_is_not_read_with_another(self):
        files = [make_database(self.folder / f"{name}.sqlite", "generation2") for name in ("mc3d", "public")]
        writers = [sqlite3.connect(file) for file in files]
        for writer in writers:
            self.addCleanup(writer.close)
            writer.execute("PRAGMA journal_mode = WAL")
        writers[0].execute("UPDATE db_dbnode SET label = 'locked'")
        writers[0].commit()
        configuration, with_token = self.lock("mc3d")
        server = self.serve("--config", configuration, *files, "--cache", "0")
        self.assertIn(b"locked", server.get(f"/mc3d{NODES}", with_token).body)
        for end in ("-wal", "-shm"):
            other = Path(f"{files[1]}{end}")
            other.unlink(missing_ok=True)
            other.hardlink_to(f"{files[0]}{end}")
        for number in range(3):
            answer = server.get(f"/public{NODES}?id>-{number}")
            self.assertEqual((503, False), (answer.status, b"locked" in answer.body))

    def test_a_path_to_what_the_server_has_open(self):
        """A link leads the server wherever it may go itself: to the database of a locked archive, too."""
        locked = make_archive(self.folder, "mc3d")
        public = make_database(self.folder / "public.sqlite", "generation2")
        configuration, with_token = self.lock("mc3d")
        server = self.serve("--config", configuration, locked, public)
        self.assertEqual(200, server.get(f"/mc3d{NODES}", with_token).status)
        self.assertEqual(200, server.get(f"/public{NODES}").status)
        numbers = os.listdir(f"/proc/{server.process.pid}/fd")
        self.assertGreater(len(numbers), 8)
        for number in numbers:
            for process in ("self", server.process.pid):
                public.unlink()
                public.symlink_to(f"/proc/{process}/fd/{number}")
                self.assertEqual(503, server.get(f"/public{NODES}").status, number)

    def test_a_file_that_keeps_turning_into_a_locked_one(self):
        """Between a look at a path and its opening another file may have taken it."""
        locked, public = (make_database(self.folder / f"{name}.sqlite", "generation2") for name in ("mc3d", "other"))
        database = sqlite3.connect(locked)
        database.execute("UPDATE db_dbnode SET label = 'locked'")
        database.commit()
        database.close()
        link, next_link = self.folder / "public.sqlite", self.folder / "next"
        link.symlink_to(public)
        configuration, with_token = self.lock("mc3d")
        server = self.serve("--config", configuration, locked, link, "--cache", "0")
        self.assertEqual(200, server.get(f"/public{NODES}").status)
        stop, chance = threading.Event(), random.Random(1)

        def turn():
            for target in itertools.cycle((locked, public)):
                next_link.symlink_to(target)
                next_link.rename(link)
                if stop.wait(chance.uniform(0, 0.02)):
                    return

        turning = threading.Thread(target=turn)
        turning.start()
        try:
            statuses = set()
            for number in range(1500):
                answer = server.get(f"/public{NODES}?limit=1&id>-{number}")
                statuses.add(answer.status)
                self.assertNotIn(b"locked", answer.body)
                if number % 10 == 0:
                    self.assertEqual(200, server.get(f"/mc3d{NODES}?limit=1&id>-{number}", with_token).status)
        finally:
            stop.set()
            turning.join()
        self.assertEqual(set(), statuses - {200, 503}, [line for line in server.log if " 500 " in line])

    def test_locks_that_would_not_be_on(self):
        configuration, _ = self.lock("mc3d")
        other = make_archive(self.archives, "other")
        for arguments, words in (((other,), "section [mc3d]: this is about a database that is not served; served are other"),
                                 (("--demo",), "section [mc3d]: this is about a database that is not served; served are demo"),
                                 ((), 'section [mc3d]: no database is called "mc3d"'),
                                 (("-p", f"a={other}", "-p", f"b={other}"), '"a" and "b" are one file')):
            with self.subTest(arguments=arguments):
                ended = run("--config", configuration, *arguments, "-P", "0")
                self.assertEqual((2, ""), (ended.returncode, ended.stdout))
                self.assertIn(words, ended.stderr)

    def test_mistakes_are_told_at_the_start(self):
        archive, other = make_archive(self.folder, "a"), make_archive(self.folder, "b")
        for arguments, words in (((self.folder / "missing.aiida", "-p", "nix"), "no such file"),
                                 ((archive, "--profile", f"a={other}"), 'two databases are called "a"'),
                                 (("--profile", f"api={archive}"), '"api"'),
                                 ((f"{self.archives}/",), str(self.archives))):
            with self.subTest(arguments=arguments):
                ended = run(*arguments)
                self.assertEqual(2, ended.returncode)
                self.assertIn(words, ended.stderr)

    def test_the_end_leaves_nothing_behind(self):
        make_archive(self.archives, "a")
        make_archive(self.archives, "b")
        temporary = self.folder / "temporary"
        temporary.mkdir()
        server = self.serve(f"{self.archives}/", TMPDIR=str(temporary))
        for name in "ab":
            self.assertEqual(200, server.get(f"/{name}{NODES}").status)
        self.assertEqual(0, server.stop(signal.SIGTERM))
        self.assertEqual([], list(temporary.iterdir()))


if __name__ == "__main__":
    unittest.main()
