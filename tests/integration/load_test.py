# SPDX-License-Identifier: MIT
"""Crowds, floods, shortages and restarts, against the built program: those who behave are served all the while."""

import contextlib
import resource
import select
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import uuid
from pathlib import Path

from served import (PATIENCE, ROOT, Client, Server, binary, environment, listening, make_database, memory_of, postgresql,
                    request, wait_for)

USERS = "/api/v2/users"
CROWD = 10_000
OURS = 200  # descriptors of this process that are not connections


def connections_of(server: Server) -> int:
    """Sockets that the program has open."""
    sockets = 0
    for descriptor in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            sockets += str(descriptor.readlink()).startswith("socket:")
    return sockets


class Crowd(contextlib.ExitStack):
    """Connections that are closed together."""

    def connect(self, server: Server) -> Client:
        return self.enter_context(server.connect())


class Crowds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def test_ten_thousand_idle_connections(self):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        count = CROWD if limit == resource.RLIM_INFINITY else min(CROWD, limit - OURS)
        with Server("--demo") as server, Crowd() as crowd:
            server.get(USERS)
            before = memory_of(server)
            clients = [crowd.connect(server) for _ in range(count)]
            for client in clients[::100]:  # all are there once the last has been answered, on every thread
                self.assertEqual(200, client.get(USERS).status)
            self.assertGreater(connections_of(server), count)
            idle = memory_of(server) - before
            for client in clients:
                self.assertEqual(200, client.get(USERS).status)
            used = memory_of(server) - before
            print(f"\n{count} connections: {idle // count} bytes each, {used // count} once each has asked", flush=True)
            self.assertLess(used, count * 32 * 1024)

    def test_slowloris(self):
        with Server("--demo", "--max-connections", "100") as server, Crowd() as crowd:
            half = [crowd.connect(server) for _ in range(99)]
            for client in half:
                client.send("GET /api/v2/users HTTP/1.1\r\nX-a: b\r\n")
            with server.connect() as other:  # the last place
                for _ in range(50):
                    for client in half[:10]:
                        client.send("X")
                    self.assertEqual(200, other.get(USERS).status)
            # One more than places: it waits until those are told that they were too slow.
            with server.connect() as first, server.connect() as second:
                self.assertEqual(200, first.get(USERS).status)
                self.assertEqual(200, second.get(USERS).status)
            self.assertEqual(408, half[50].receive().status)

    def test_a_flood_of_connections(self):
        with Server("--demo", "--max-connections", "500") as server:
            done = threading.Event()

            def flood(keeps: int):
                kept = []
                while not done.is_set():
                    client = server.connect()
                    kept.append(client)
                    if len(kept) > keeps:
                        kept.pop(0).socket.close()
                for client in kept:
                    client.socket.close()

            floods = [threading.Thread(target=flood, args=(keeps,)) for keeps in (0, 1, 600)]
            for thread in floods:
                thread.start()
            try:
                with server.connect() as client:
                    for number in range(300):
                        # As HTTP clients do it: where an idle connection was closed for another, a new one.
                        try:
                            answer = client.get(USERS)
                        except ConnectionError:
                            client.socket.close()
                            client.socket, client.kept = socket.create_connection(("127.0.0.1", server.port)), b""
                            answer = client.get(USERS)
                        self.assertEqual(200, answer.status)
                        if number % 20 == 0:  # newcomers wait in one queue with the flood
                            self.assertEqual(200, server.get(USERS).status)
            finally:
                done.set()
                for thread in floods:
                    thread.join()

    def test_a_limit_on_open_files_that_is_reached(self):
        with Server("--demo", descriptors=256) as server, Crowd() as crowd:
            idle = [crowd.connect(server) for _ in range(400)]
            for _ in range(20):
                self.assertEqual(200, server.get(USERS).status)
            self.assertLess(connections_of(server), 256)
            self.assertEqual(b"", idle[0].socket.recv(1))  # it gave its place to others
            self.assertEqual(200, idle[-1].get(USERS).status)
            self.assertEqual([], [line for line in server.log if "cannot accept" in line])

    def test_a_limit_on_open_files_that_is_too_low(self):
        ended = subprocess.run(["prlimit", "--nofile=63", binary(), "--demo", "-P", "0"], env=environment(), text=True,
                               stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
        self.assertEqual((2, ""), (ended.returncode, ended.stdout))
        self.assertIn("the system allows 63 open files, and 64 are needed", ended.stderr)
        with Server("--demo", descriptors=64) as server:
            self.assertEqual(200, server.get(USERS).status)

    def test_clients_that_take_all_descriptors_leave_some_for_every_database(self):
        with tempfile.TemporaryDirectory() as folder:
            names = [f"profile{number}" for number in range(40)]
            first = make_database(Path(folder) / f"{names[0]}.sqlite")
            for name in names[1:]:
                shutil.copy(first, first.with_stem(name))
            with Server(f"{folder}/", "--threads", "4", descriptors=128) as server, Crowd() as crowd:
                for _ in range(200):
                    crowd.connect(server)
                with server.connect() as client:
                    for name in names:
                        self.assertEqual(200, client.get(f"/{name}{USERS}").status, name)
                self.assertEqual([], [line for line in server.log if "error" in line])
                server.wait_for_log("open databases")

    def test_more_places_than_open_files(self):
        with Server("--demo", "--max-connections", "1000", descriptors=256) as server:
            server.wait_for_log("room for")
            self.assertEqual(200, server.get(USERS).status)

    def test_readers_of_a_byte_a_second(self):
        with Server("--demo", "--cache", "0") as server, Crowd() as crowd:
            slow = []
            for _ in range(20):
                client = crowd.connect(server)
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.send(request("/api/v2/nodes?limit=282") * 50)
                slow.append(client)
            for _ in range(50):
                for client in slow[:5]:
                    client.socket.recv(1)
                self.assertEqual(200, server.get(USERS).status)
            self.assertEqual(200, slow[-1].receive().status)


class LockedTable:
    """A PostgreSQL database; while locked, whoever reads nodes waits."""

    def __init__(self):
        self.name = f"load_{uuid.uuid4().hex}"
        self.uri = postgresql() + "&dbname=" + self.name
        self._psql(postgresql(), f"CREATE DATABASE {self.name}")
        scripts = (ROOT / "sql/schema/postgresql_gen1.sql", ROOT / "tests/fixtures/document.sql")
        self._psql(self.uri, "".join(script.read_text(encoding="utf-8") for script in scripts))

    @staticmethod
    def _psql(uri: str, statements: str):
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", uri], input=statements, text=True, check=True,
                       capture_output=True, timeout=PATIENCE)

    @contextlib.contextmanager
    def locked(self):
        with subprocess.Popen(["psql", "-qXAt", self.uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as session:
            print("BEGIN; LOCK db_dbnode IN ACCESS EXCLUSIVE MODE; SELECT 'locked';", file=session.stdin, flush=True)
            session.stdout.readline()
            try:
                yield
            finally:
                session.stdin.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._psql(postgresql(), f"DROP DATABASE {self.name} WITH (FORCE)")


class SlowDatabase(unittest.TestCase):
    def test_more_work_than_is_good_is_refused_and_the_rest_is_answered(self):
        with LockedTable() as database, \
                Server(database.uri, "--threads", "3", "--max-requests", "5") as server, Crowd() as crowd:
            with database.locked():
                clients = [crowd.connect(server) for _ in range(8)]
                for number, client in enumerate(clients):
                    client.send(request(f"/api/v2/nodes?limit={number + 1}"))
                answered = []
                while len(answered) < 3:
                    answered = select.select([client.socket for client in clients], [], [], PATIENCE)[0]
                    self.assertTrue(answered)
                for _ in range(20):
                    refused = server.get("/api/v2/nodes?limit=98")
                    self.assertEqual((503, ["message"]), (refused.status, list(refused.json())))
                    self.assertGreater(int(refused.headers["retry-after"]), 0)
                    self.assertEqual(400, server.get("/api/v2/nodes?labl=1").status)
                    self.assertEqual(200, server.get("/api/v2/nodes/schema").status)
            self.assertEqual([200] * 5 + [503] * 3, sorted(client.receive().status for client in clients))
            # An answer may be here before its worker has said that it is done.
            wait_for(lambda: server.get("/api/v2/nodes?limit=98").status == 200, "a place in the queue")

    def test_a_statement_does_not_hold_the_end_up(self):
        with LockedTable() as database, database.locked(), \
                Server(database.uri, "--drain", "1", "--statement-timeout", "86400") as server, \
                server.connect() as client:
            client.send(request("/api/v2/nodes"))
            self.assertEqual(200, server.get(USERS).status)
            self.assertEqual(0, server.stop())


class Restarts(unittest.TestCase):
    """Servers on one inherited socket, one after the other or two at once; nobody notices."""

    def test_no_request_is_lost(self):
        inherited = self.enterContext(listening())
        port = inherited.getsockname()[1]
        done = threading.Event()
        served, lost, retried = [], [], []  # served: how long each took

        def start():
            return Server("--demo", sockets=(inherited,))

        def ask(client: Client, begin: float):
            answer = client.get(USERS)
            if answer.status != 200:
                raise RuntimeError(answer.status)
            served.append(time.monotonic() - begin)
            return answer.headers.get("connection") != "close"

        def with_new_connections():
            while not done.is_set():
                try:
                    begin = time.monotonic()
                    with Client(port) as client:
                        ask(client, begin)
                except (OSError, RuntimeError, ValueError) as error:
                    lost.append(repr(error))

        def with_kept_connections(pause: float):
            while not done.is_set():
                try:
                    begin = time.monotonic()
                    with Client(port) as client:
                        fresh = True
                        while not done.is_set():
                            try:
                                if not ask(client, begin):
                                    break
                            except ConnectionError:
                                # RFC 9112 §9.3.1: closed before a byte of the answer came, it was closed while idle.
                                if fresh or client.kept:
                                    raise
                                retried.append(None)
                                break
                            fresh = False
                            done.wait(pause)
                            begin = time.monotonic()
                except (OSError, RuntimeError, ValueError) as error:
                    lost.append(repr(error))

        def wait_for_some():
            before, end = len(served), time.monotonic() + PATIENCE
            while len(served) < before + 200:
                self.assertLess(time.monotonic(), end)
                time.sleep(0.01)

        threads = [threading.Thread(target=with_new_connections) for _ in range(3)]
        threads += [threading.Thread(target=with_kept_connections, args=(pause,)) for pause in (0, 0.01, 0.3)]
        server = start()
        try:
            for thread in threads:
                thread.start()
            for _ in range(5):
                wait_for_some()
                self.assertEqual(0, server.stop())
                server = start()
            for newer_leaves in (False, True, False):
                wait_for_some()
                other = start()
                wait_for_some()
                if newer_leaves:
                    server, other = other, server
                self.assertEqual(0, server.stop())
                server = other
            wait_for_some()
        finally:
            done.set()
            for thread in threads:
                thread.join()
            server.stop()
        print(f"\n8 restarts: {len(served)} requests served, {len(lost)} lost, {len(retried)} repeated, "
              f"at most {max(served):.2f} s", flush=True)
        self.assertEqual([], lost)
        self.assertLess(len(retried), 5)


if __name__ == "__main__":
    unittest.main()
