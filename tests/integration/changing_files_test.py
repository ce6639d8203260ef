# SPDX-License-Identifier: MIT
"""SQLite files that others write to, replace, remove or put something else in the place of, while they are served: answers
are of one state of the file, the last, or 5xx; and nothing that belongs to others is touched."""

import os
import shutil
import socket
import threading
import time
import unittest
from pathlib import Path

from file_case import NODES, Case
from served import PATIENCE, make_database, wait_for


class FilesThatChange(Case):
    def change_label(self, name: str, label: str) -> Path:
        return self.database(f"UPDATE db_dbnode SET label = '{label}'", name=name)

    def labels(self, server) -> set:
        return {row["label"] for row in server.get(NODES).rows()}

    def wait_for_labels(self, server, labels: set):
        """Soon after it was of no use."""
        wait_for(lambda: server.get(NODES).status == 200, "an answer")
        self.assertEqual(labels, self.labels(server))

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

    def test_copied_over_it_with_the_old_time(self):
        path = self.change_label("served.sqlite", "old")
        following, again = self.change_label("next.sqlite", "new"), self.change_label("again.sqlite", "old")
        self.assertEqual(path.stat().st_size, following.stat().st_size)
        for cache in ("0", "1000000"):
            with self.subTest(cache), self.serve(path, "--cache", cache) as server:
                for source, label in ((following, "new"), (again, "old")) * 3:
                    before = path.stat()
                    shutil.copyfile(source, path)
                    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
                    for _ in range(3):
                        self.assertEqual({label}, self.labels(server))

    def test_copied_over_it_again_and_again(self):
        path = self.change_label("served.sqlite", "old")
        following = self.change_label("next.sqlite", "new").read_bytes()
        old = path.read_bytes()
        is_over, statuses, torn = threading.Event(), set(), []

        def ask(server):
            with server.connect() as client:
                while not is_over.is_set():
                    answer = client.get(NODES + "?orderby=-ctime")
                    statuses.add(answer.status)
                    if answer.status == 200 and len({row["label"] for row in answer.rows()}) != 1:
                        torn.append(answer.body)

        with self.serve(path, "--threads", "3", "--cache", "0") as server:
            clients = [threading.Thread(target=ask, args=(server,)) for _ in range(3)]
            for client in clients:
                client.start()
            for _ in range(30):
                for content in (following, old):
                    with open(path, "wb", buffering=0) as copy:
                        for begin in range(0, len(content), 4096):
                            copy.write(content[begin:begin + 4096])
                    self.assertIn(server.get(NODES).status, (200, 500, 503))
            is_over.set()
            for client in clients:
                client.join(PATIENCE)
            self.wait_for_labels(server, {"old"})
        self.assertEqual([], torn)
        self.assertLessEqual(statuses, {200, 500, 503})

    def test_something_else_in_its_place(self):
        path = self.change_label("served.sqlite", "old")
        aside = self.folder / "aside.sqlite"

        def listen(name):
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(str(name))

        for beside in ("", "-journal", "-wal"):
            place = Path(str(path) + beside)
            for make in (os.mkfifo, os.mkdir, lambda name: os.symlink("/dev/zero", name),
                         lambda name: os.symlink("/dev/tty", name), listen):
                with self.subTest(beside), self.serve(path, self.archive("other.aiida"), "--threads", "2") as server:
                    self.assertEqual({"old"}, self.labels(server))
                    if not beside:
                        path.rename(aside)
                    make(place)
                    statuses = [server.get(NODES).status for _ in range(3)]
                    self.assertEqual({503} if not beside else set(statuses), set(statuses))
                    self.assertEqual(200, server.get("/other/api/v2/nodes").status)
                    place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()
                    if not beside:
                        aside.rename(path)
                    self.wait_for_labels(server, {"old"})

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
