# SPDX-License-Identifier: MIT
"""How the program starts and ends: under a service manager, at a terminal, with few threads."""

import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from served import PATIENCE, Server, binary, environment, is_sanitized, request, run


class FewThreads(unittest.TestCase):
    @unittest.skipIf(is_sanitized(), "sanitizers need all addresses that there are")
    def test_too_few_threads(self):
        """A limit on addresses leaves no room for the stack of some thread: with each limit of another one."""
        arguments = ("--demo", "-P", "0", "--threads", "4", "--admin-port", "0", "--access-log", "/dev/null")
        with Server(*arguments) as server:
            peak = int(re.search(r"VmPeak:\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())[1]) << 10
            stack = int(subprocess.run(["sh", "-c", "ulimit -s"], capture_output=True, text=True, check=True).stdout) << 10
        refused = set()
        least = 2 * stack  # below, the kernel cannot even begin the program
        for limit in range(peak, max(least, peak - 40 * stack), -stack):
            with self.subTest(limit):
                process = subprocess.Popen(["prlimit", f"--as={limit}", binary(), *arguments], env=environment(), text=True,
                                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                self.addCleanup(process.kill)
                timer = threading.Timer(PATIENCE, process.kill)
                timer.start()
                if any(line.startswith("Ctrl-C") for line in process.stdout):
                    process.send_signal(signal.SIGTERM)
                said = process.communicate()[1]
                timer.cancel()
                self.assertIn(process.returncode, (0, 2, 127), said)  # 127: not even its libraries could be loaded
                if process.returncode == 2:
                    refused.add(re.search(r"restapi: (.*)", said)[1])
        self.assertTrue(any("no more threads" in reason for reason in refused), refused)


class ServiceManager(unittest.TestCase):
    """As systemd does with Type=notify: a socket for datagrams, whose name is in NOTIFY_SOCKET."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(self.path)
        self.socket.settimeout(PATIENCE)

    def said(self) -> dict:
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def test_it_is_told_of_the_state(self):
        with Server("--demo", NOTIFY_SOCKET=self.path) as server:
            ready = self.said()
            self.assertEqual("1", ready["READY"])
            self.assertIn(f":{server.port}/", ready["STATUS"])
            self.assertEqual(200, server.get("/api/v2/users").status)
            self.assertEqual(0, server.stop())
        self.assertEqual("1", self.said()["STOPPING"])

    def test_it_is_told_why_there_is_no_start(self):
        self.assertEqual(2, run("/nowhere.aiida", NOTIFY_SOCKET=self.path).returncode)
        said = self.said()
        self.assertNotIn("READY", said)
        self.assertIn("no such file", said["STATUS"])
        self.assertEqual(2, run("--trheads", "3", "-P", "x", NOTIFY_SOCKET=self.path).returncode)
        self.assertRegex(self.said()["STATUS"], "there is no option --trheads.*; --port: must be")


class Courtesies(unittest.TestCase):
    def test_version(self):
        done = run("--version")
        self.assertEqual(0, done.returncode)
        self.assertRegex(done.stdout, r"\Arestapi \d+\.\d+\.\d+([~+][\w.~+]+)?\n\Z")
        self.assertEqual("", done.stderr)

    def test_help(self):
        done = run("--help")
        self.assertEqual(0, done.returncode)
        self.assertEqual("", done.stderr)
        for word in ("Usage: restapi", "--port", "--profile", "--demo", "RESTAPI_PORT", "postgresql://", ".aiida"):
            self.assertIn(word, done.stdout)

    def test_welcome_names_urls_that_work(self):
        with Server("--demo") as server:
            server.get("/api/v2/nodes")
            server.stop()
            urls = re.findall(r"http://localhost:\d+(/\S+)", "".join(server.welcome))
        self.assertGreaterEqual(len(urls), 4)
        with Server("--demo") as server:
            for url in urls:
                with self.subTest(url):
                    self.assertEqual(200, server.get(url).status)


class Ends(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_signals_end_it_with_0_and_nothing_is_left(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2,
                       signal.SIGALRM, signal.SIGXCPU):
            with self.subTest(number), Server("--demo", TMPDIR=self.folder) as server:
                self.assertEqual(200, server.get("/api/v2/nodes").status)
                self.assertEqual(0, server.stop(number))
                self.assertEqual([], os.listdir(self.folder))

    def test_who_is_to_survive_its_terminal_does(self):
        """As nohup starts it."""
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self.addCleanup(signal.signal, signal.SIGHUP, before)
        with Server("--demo", TMPDIR=self.folder) as server:
            server.process.send_signal(signal.SIGHUP)
            self.assertEqual(200, server.get("/api/v2/nodes").status)
            self.assertEqual(0, server.stop())
            self.assertEqual([], os.listdir(self.folder))

    def test_connections_that_idle_do_not_hold_it_up(self):
        with Server("--demo", "--drain", "2", TMPDIR=self.folder) as server, \
                server.connect() as idle, server.connect() as half:
            self.assertEqual(200, idle.get("/api/v2/users").status)
            half.send("GET /api/v2/us")
            self.assertEqual(0, server.stop())

    def test_a_second_signal_ends_it_at_once(self):
        with Server("--demo", "--drain", "3600", TMPDIR=self.folder) as server, server.connect() as silent:
            # Answers that nobody reads hold the end up for longer than the patience of this test.
            silent.send(request("/api/v2/nodes?limit=282") * 300)
            self.assertEqual(200, server.get("/api/v2/users").status)
            server.process.send_signal(signal.SIGTERM)
            server.wait_for_log("stopping")
            self.assertEqual(0, server.stop(signal.SIGINT))
            self.assertEqual([], os.listdir(self.folder))

    def test_a_signal_ends_the_opening_of_a_database_that_says_nothing(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            process = subprocess.Popen(
                [binary(), "--wait", "3600", f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/x?connect_timeout=3600"],
                env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            connection, _ = silent.accept()
            with connection:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=PATIENCE)
            self.assertEqual(0, process.returncode)

    def test_a_server_that_is_killed_leaves_nothing(self):
        with Server("--demo", TMPDIR=self.folder) as server:
            server.stop(signal.SIGKILL)
        self.assertEqual([], os.listdir(self.folder))

    def test_refusal_leaves_nothing(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.assertEqual(2, run("--demo", "-P", taken.getsockname()[1], TMPDIR=self.folder).returncode)
        self.assertEqual([], os.listdir(self.folder))


if __name__ == "__main__":
    unittest.main()
