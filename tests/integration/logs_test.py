# SPDX-License-Identifier: MIT
"""Whoever reads what the program says may leave or stand still: no answer waits for them, and neither does the end."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from own_postgresql import OwnPostgreSql
from served import PATIENCE, Client, Server, Watched, binary, environment, wait_for

API = "/api/v2/"
PIPE = 64 * 1024  # bytes that a pipe holds unless it is told otherwise

# At this level each request that is read from the database has a line of a few hundred bytes and more.
TALKATIVE = ("--demo", "--log-level", "trace", "--cache", "0")


class Readers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def serve(self, *arguments: str, kind=Server, **more) -> Server:
        server = kind(*arguments, TMPDIR=str(self.folder), **more)
        self.addCleanup(server.process.wait, PATIENCE)
        self.addCleanup(server.process.kill)
        return server

    def ask(self, server: Server, times: int = 400):
        """Far more than a pipe holds is said of these."""
        with server.connect() as client:
            for number in range(times):
                self.assertEqual(200, client.get(f"{API}nodes?limit=1&id>{number}&label!=\"{'x' * 400}\"").status)

    def ends(self, server: Server):
        self.assertEqual(0, server.stop())
        self.assertEqual([], [name for name in os.listdir(self.folder) if name.startswith("restapi")])

    def test_a_reader_of_the_log_that_left(self):
        server = self.serve(*TALKATIVE, unread=("stderr",))
        server.process.stderr.close()
        self.ask(server, 50)
        self.ends(server)

    def test_a_reader_of_the_log_that_stands_still(self):
        server = self.serve(*TALKATIVE, "--threads", "2", unread=("stderr",))
        self.ask(server)
        self.ends(server)

    def test_a_reader_of_the_log_that_goes_on_is_told_what_it_missed(self):
        server = self.serve(*TALKATIVE, kind=Watched, unread=("stderr",))
        while not server.metrics()["restapi_log_dropped_total"]:
            self.ask(server, 200)
        threading.Thread(target=server.log.extend, args=(server.process.stderr,), daemon=True).start()
        server.wait_for_log("lines dropped: they came faster than they could be written")
        self.assertEqual(200, server.get(API + "users").status)
        self.ends(server)

    def test_a_reader_of_the_access_log_that_left(self):
        server = self.serve("--demo", "--access-log", "-", kind=Watched, unread=("stdout",))
        server.process.stdout.close()
        self.ask(server, 5)
        wait_for(lambda: server.metrics()["restapi_access_log_dropped_total"], "the lines that were dropped")
        server.wait_for_log("lines dropped: Broken pipe")
        self.ends(server)

    def test_a_reader_of_the_access_log_that_stands_still(self):
        server = self.serve("--demo", "--access-log", "-", unread=("stdout",))
        self.ask(server)
        self.ends(server)

    def test_a_socket_whose_reader_stands_still(self):
        """As journald may, under systemd."""
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        process = subprocess.Popen([binary(), *TALKATIVE, "-P", str(port)], env=environment(TMPDIR=str(self.folder)),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
        self.addCleanup(process.wait, PATIENCE)
        self.addCleanup(process.kill)
        theirs.close()
        wait_for(lambda: self.listens(port), "the server")
        with Client(port) as client:
            for number in range(1500):
                self.assertEqual(200, client.get(f"{API}nodes?limit=1&id>{number}&label!=\"{'x' * 400}\"").status)
        process.terminate()
        self.assertEqual(0, process.wait(PATIENCE))

    @staticmethod
    def listens(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def test_nobody_reads_the_welcome(self):
        """A pipe that is full already, and one whose reader has left."""
        for is_full in (True, False):
            with self.subTest(is_full=is_full):
                reading, writing = os.pipe()
                if is_full:
                    os.write(writing, b"x" * PIPE)
                else:
                    os.close(reading)
                with socket.socket() as taken:
                    taken.bind(("127.0.0.1", 0))
                    port = taken.getsockname()[1]
                process = subprocess.Popen([binary(), "--demo", "-P", str(port)], env=environment(TMPDIR=str(self.folder)),
                                           stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.DEVNULL)
                self.addCleanup(process.wait, PATIENCE)
                self.addCleanup(process.kill)
                wait_for(lambda: self.listens(port), "the server")
                process.terminate()
                self.assertEqual(0, process.wait(PATIENCE))
                os.close(writing)
                if is_full:
                    os.close(reading)

    def test_nobody_reads_a_refusal(self):
        reading, writing = os.pipe()
        os.write(writing, b"x" * PIPE)
        done = subprocess.run([binary(), str(self.folder / "nowhere.aiida")], env=environment(), stdin=subprocess.DEVNULL,
                              stdout=writing, stderr=writing, timeout=PATIENCE)
        self.assertEqual(2, done.returncode)
        os.close(writing)
        os.close(reading)

    def test_a_named_pipe_that_nobody_reads(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        refused = subprocess.run([binary(), "--demo", "-P", "0", "--access-log", str(pipe)], env=environment(),
                                 stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(2, refused.returncode)
        self.assertIn("nobody reads this pipe", refused.stderr)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        server = self.serve("--demo", "--access-log", str(pipe))
        self.ask(server)  # the reader stands still
        server.process.send_signal(signal.SIGHUP)
        os.close(reader)  # and leaves
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_log("cannot be opened again, the old file is kept: nobody reads this pipe")
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.assertEqual(200, server.get(API + "users").status)
        seen = bytearray()

        def is_seen():
            try:
                seen.extend(os.read(reader, PIPE))
            except BlockingIOError:
                pass
            return b"/users" in seen

        wait_for(is_seen, "the line for the new reader")
        self.assertEqual(0, server.stop())

    def test_a_file_takes_over_from_a_pipe_that_stands_still(self):
        """The lines that wait for the pipe must not keep the file from its first."""
        log = self.folder / "log"
        os.mkfifo(log)
        reader = os.open(log, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        server = self.serve("--demo", "--access-log", str(log))
        self.ask(server)
        log.unlink()
        server.process.send_signal(signal.SIGHUP)
        wait_for(log.exists, "the new file")
        self.assertEqual(200, server.get(API + "users").status)
        wait_for(lambda: API + "users" in [json.loads(line)["target"] for line in log.read_text().splitlines()], "its line")
        self.assertEqual(0, server.stop())

    def test_scrapers_that_stand_still(self):
        server = self.serve("--demo", kind=Watched)
        clients = [Client(server.admin_port) for _ in range(10)]  # of 16 places
        for client in clients:
            self.addCleanup(client.socket.close)
            client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50)
        self.assertEqual(200, server.admin("/ready").status)
        self.assertEqual(200, server.get(API + "users").status)
        self.ends(server)


class Remarks(unittest.TestCase):
    """A role may have PostgreSQL tell its clients how it plans a statement, with all values, on thousands of lines."""

    ROLE = "talkative"
    SECRET = "geheim1234"

    @classmethod
    def setUpClass(cls):
        cls.server = OwnPostgreSql()
        cls.server.ask(f"""CREATE ROLE {cls.ROLE} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {cls.ROLE};
            ALTER ROLE {cls.ROLE} SET client_min_messages = 'debug1'; ALTER ROLE {cls.ROLE} SET debug_print_parse = on;
            ALTER ROLE {cls.ROLE} SET debug_print_plan = on""")
        cls.uri = cls.server.uri.replace("user=restapi", f"user={cls.ROLE}")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def ask(self, program: Server):
        with program.connect() as client:
            for number in range(20):
                target = f'{API}nodes?limit=1&id>{number}&label!="{self.SECRET}"'
                self.assertEqual(200, client.get(target).status)

    def test_they_are_not_in_the_log(self):
        with Server(self.uri, "--cache", "0") as program:
            self.ask(program)
            program.stop()
            said = "".join(program.log)
        secret = " ".join(str(byte) for byte in self.SECRET.encode())  # as plans have it
        self.assertNotIn(secret, said)
        self.assertNotIn(self.SECRET, said)

    def test_nobody_waits_for_who_reads_them(self):
        with Server(self.uri, "--cache", "0", "--threads", "2", unread=("stderr",)) as program:
            self.ask(program)
            self.assertEqual(0, program.stop())


class Descriptors(unittest.TestCase):
    def test_those_that_are_closed_at_the_start_are_nobodys(self):
        """What is printed must not go where a file or connection has got the number 1 or 2."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        log = Path(folder.name) / "access.log"
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        command = f'exec "{binary()}" --demo -P {port} --access-log "{log}" --log-level trace <&- >&- 2>&-'
        process = subprocess.Popen(["sh", "-c", command], env=environment(TMPDIR=folder.name))
        self.addCleanup(process.wait, PATIENCE)
        self.addCleanup(process.kill)
        wait_for(lambda: Readers.listens(port), "the server")
        with Client(port) as client:
            self.assertEqual(200, client.get(API + "users").status)
        for number in range(3):
            self.assertEqual("/dev/null", os.readlink(f"/proc/{process.pid}/fd/{number}"))
        process.terminate()
        self.assertEqual(0, process.wait(PATIENCE))
        self.assertEqual([API + "users"], [json.loads(line)["target"] for line in log.read_text().splitlines()])


if __name__ == "__main__":
    unittest.main()
