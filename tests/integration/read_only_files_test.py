# SPDX-License-Identifier: MIT
"""SQLite files that are served read-only: nothing is written beside them, and their writers are not disturbed."""

import os
import subprocess
import sys
import threading
import unittest
from pathlib import Path

from file_case import NODES, Case
from served import PATIENCE, make_database, run

OTHER_USER = 65534


class Writer:
    """AiiDA's part: another process, which writes to a file, as another user where we may choose one."""

    def __init__(self, path: Path):
        as_user = ["setpriv", "--reuid", str(OTHER_USER), "--regid", str(OTHER_USER), "--clear-groups"]
        command = ["sqlite3", "-batch", "-bail", str(path)]
        self.process = subprocess.Popen(as_user + command if os.geteuid() == 0 else command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.run("\n.timeout 60000")

    def run(self, sql: str) -> str:
        """Returns when it is done, with what SQLite says."""
        self.process.stdin.write(sql + ";\n.print done\n")
        self.process.stdin.flush()
        said = ""
        for line in self.process.stdout:
            if line == "done\n":
                return said
            said += line
        raise AssertionError(f"{sql}: {said}")

    def label(self, text: str):
        self.run(f"UPDATE db_dbnode SET label = '{text}'")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()

    def kill(self):
        self.process.kill()


class ReadOnly(Case):
    """Nothing is made, changed or removed beside a served file, in whatever mode it is, by whatever user."""

    def setUp(self):
        super().setUp()
        self.place = self.folder / "place"
        self.place.mkdir()
        self.path = self.place / "database.sqlite"
        make_database(self.path, "generation2")
        if os.geteuid() == 0:
            self.folder.chmod(0o755)
            for one in (self.place, self.path):
                os.chown(one, OTHER_USER, OTHER_USER)

    def state(self):
        def of(path):
            status = path.stat()
            return (status.st_ino, status.st_uid, status.st_gid, status.st_mode, status.st_size, status.st_ctime_ns)
        return {path.name: of(path) for path in (self.place, *self.place.iterdir())}

    def labels(self, server) -> set:
        return {row["label"] for row in server.get(NODES).rows()}

    def check_untouched(self, labels: set = None):
        """Serves it; without labels it must be refused."""
        before = self.state()
        try:
            with self.serve(self.path, "--threads", "3") as server:
                for _ in range(3):
                    self.assertEqual(labels, self.labels(server))
                    self.assertEqual(200, server.get(NODES + "/statistics").status)
                server.stop()
        except RuntimeError as refused:
            self.assertIsNone(labels, refused)
            self.assertRegex(str(refused), "open it once with AiiDA or sqlite3, which puts it in order")
        else:
            self.assertIsNotNone(labels)
        self.assertEqual(before, self.state())  # a file made and removed would have changed the folder's time

    def check_owner_can_write(self):
        with Writer(self.path) as writer:
            writer.label("of the owner")
        self.check_untouched({"of the owner"})
        for path in self.place.iterdir():
            self.assertEqual(self.path.stat().st_uid, path.stat().st_uid, path)

    def write_ahead(self):
        with Writer(self.path) as writer:
            writer.run("PRAGMA journal_mode = WAL")
            writer.label("ahead")

    def test_rollback_journal(self):
        with Writer(self.path) as writer:
            writer.label("back")
        self.check_untouched({"back"})
        self.check_owner_can_write()

    def test_write_ahead_log_that_was_closed(self):
        self.write_ahead()
        self.assertEqual(["database.sqlite"], os.listdir(self.place))
        self.check_untouched({"ahead"})
        self.check_owner_can_write()

    def test_write_ahead_log_on_a_folder_that_is_read_only(self):
        self.write_ahead()
        self.path.chmod(0o444)
        self.place.chmod(0o555)
        self.check_untouched({"ahead"})
        self.place.chmod(0o755)

    def test_write_ahead_log_that_is_open(self):
        self.write_ahead()
        with Writer(self.path) as writer:
            writer.label("open")
            self.check_untouched({"open"})
            writer.label("once more")
            self.check_untouched({"once more"})
        self.assertEqual(["database.sqlite"], os.listdir(self.place))
        self.check_owner_can_write()

    def test_write_ahead_log_of_a_crashed_writer(self):
        self.write_ahead()
        with Writer(self.path) as writer:
            writer.label("crashed")
            writer.kill()
        self.assertEqual(3, len(os.listdir(self.place)))
        self.check_untouched({"crashed"})
        self.check_owner_can_write()

    def test_write_ahead_log_without_its_index(self):
        self.write_ahead()
        with Writer(self.path) as writer:
            writer.label("crashed")
            writer.kill()
        (self.place / "database.sqlite-shm").unlink()
        self.check_untouched()
        with Writer(self.path) as writer:
            self.assertIn("crashed", writer.run("SELECT DISTINCT label FROM db_dbnode"))
        self.check_untouched({"crashed"})

    def test_empty_write_ahead_log(self):
        self.write_ahead()
        (self.place / "database.sqlite-wal").touch()
        self.check_untouched({"ahead"})

    def test_journal_of_an_interrupted_writer(self):
        with Writer(self.path) as writer:
            writer.run("PRAGMA cache_size = 1; BEGIN; UPDATE db_dbnode SET description = hex(randomblob(9000))")
            writer.kill()
        self.assertIn("database.sqlite-journal", os.listdir(self.place))
        self.check_untouched()
        with Writer(self.path) as writer:
            writer.run("SELECT count(*) FROM db_dbnode")

    def test_empty_file_beside_a_log(self):
        self.write_ahead()
        os.truncate(self.path, 0)
        (self.place / "database.sqlite-wal").write_bytes(bytes(100))
        before = self.state()
        self.check_refusal(run(self.path, TMPDIR=str(self.temporary)))
        self.assertEqual(before, self.state())

    def test_index_of_a_write_ahead_log_that_is_cut_short(self):
        """It is mapped: what is gone of it must not end the process, and with it the other profiles."""
        other = make_database(self.folder / "other.sqlite", "generation2")
        index = self.path.with_name(self.path.name + "-shm")
        with Writer(self.path) as writer:
            writer.run("PRAGMA journal_mode = WAL")
            writer.label("before")
            with self.serve("-p", f"cut={self.path}", "-p", f"other={other}", "--threads", "3") as server:
                target = "/cut/api/v2/nodes"
                self.assertEqual(200, server.get(target).status)
                os.truncate(index, 0)
                for _ in range(5):
                    self.assertIn(server.get(target + "/statistics").status, (200, 500, 503))
                    self.assertEqual(200, server.get("/other/api/v2/nodes").status)
                server.stop()

    def test_locks_of_a_write_ahead_log_that_somebody_keeps(self):
        """SQLite would try for ten seconds, whatever its time limit, and the other profiles would wait for that."""
        other = make_database(self.folder / "other.sqlite", "generation2")
        with Writer(self.path) as writer:
            writer.run("PRAGMA journal_mode = WAL")
            writer.label("before")
            with self.serve("-p", f"kept={self.path}", "-p", f"other={other}", "--threads", "2") as server:
                self.assertEqual(200, server.get("/kept/api/v2/nodes").status)
                keeper = subprocess.Popen(
                    [sys.executable, "-c", "import fcntl, sys; f = open(sys.argv[1], 'r+b')\n"
                     "fcntl.lockf(f, fcntl.LOCK_EX, 5, 123); print('kept', flush=True); sys.stdin.read()",
                     self.path.with_name(self.path.name + "-shm")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                self.addCleanup(keeper.stdout.close)
                self.addCleanup(keeper.wait)
                self.addCleanup(keeper.stdin.close)
                self.assertEqual(b"kept\n", keeper.stdout.readline())
                writer.process.stdin.write("UPDATE db_dbnode SET label = 'after';\n")
                for _ in range(3):
                    self.assertIn(server.get("/kept/api/v2/nodes?limit=3").status, (200, 503))
                    self.assertEqual(200, server.get("/other/api/v2/nodes").status)
                server.stop()
                keeper.kill()

    def test_link_to_a_file_with_a_write_ahead_log(self):
        """The log lies beside the file that the link leads to."""
        link = self.folder / "link.sqlite"
        link.symlink_to(self.path)
        with Writer(self.path) as writer:
            writer.run("PRAGMA journal_mode = WAL")
        with self.serve(link, "--threads", "3") as server:
            self.labels(server)
            with Writer(self.path) as writer:
                for i in range(10):
                    writer.label(f"written {i}")
                    self.assertEqual({f"written {i}"}, self.labels(server))
            server.stop()

    def test_written_to_while_it_is_served(self):
        for mode in ("DELETE", "TRUNCATE", "PERSIST", "WAL", "DELETE", "WAL"):
            with self.subTest(mode), Writer(self.path) as first:
                first.run(f"PRAGMA journal_mode = {mode}")
            with self.subTest(mode), self.serve(self.path, "--threads", "3") as server:
                for number in range(10):
                    with Writer(self.path) as writer:
                        for change in range(3):
                            writer.label(f"{mode} {number} {change}")
                            self.assertEqual({f"{mode} {number} {change}"}, self.labels(server))
                        if mode == "WAL":
                            self.assertIn("0|0|0", writer.run("PRAGMA wal_checkpoint(TRUNCATE)"))
                            self.assertEqual({f"{mode} {number} 2"}, self.labels(server))
                            writer.label(f"{mode} {number} after")
                            self.assertEqual({f"{mode} {number} after"}, self.labels(server))
                self.assertEqual(0, server.stop())
            self.check_owner_can_write()

    def test_written_to_under_load(self):
        for mode in ("DELETE", "WAL"):
            with Writer(self.path) as writer, self.subTest(mode):
                writer.run(f"PRAGMA journal_mode = {mode}")
                writer.label("0")
                statuses, wrong = [], []
                published, is_over = [0], threading.Event()

                def ask(server):
                    with server.connect() as client:
                        while not is_over.is_set():
                            since = published[0]
                            answer = client.get(NODES + "?orderby=-ctime")
                            statuses.append(answer.status)
                            labels = {row["label"] for row in answer.rows()} if answer.status == 200 else {since}
                            if len(labels) != 1 or int(labels.pop()) < since:
                                wrong.append(answer.body)

                with self.serve(self.path, "--threads", "3") as server:
                    clients = [threading.Thread(target=ask, args=(server,)) for _ in range(3)]
                    for client in clients:
                        client.start()
                    for number in range(1, 200):
                        writer.label(str(number))
                        published[0] = number
                        if number % 50 == 0 and mode == "WAL":
                            writer.run("PRAGMA wal_checkpoint(PASSIVE)")
                    is_over.set()
                    for client in clients:
                        client.join(PATIENCE)
                    self.assertEqual({"199"}, self.labels(server))
                self.assertEqual([], wrong)
                self.assertLessEqual(set(statuses), {200, 503})  # SQLite was locked again and again
                self.assertLess(statuses.count(503), len(statuses) / 10)


if __name__ == "__main__":
    unittest.main()
