# SPDX-License-Identifier: MIT
"""A socket that the program inherits from whoever has started it, as from systemd: it is served, whatever the options say
of an address. Restarts on it: load_test.py."""

import json
import os
import re
import shutil
import socket
import subprocess
import unittest

from served import PATIENCE, Client, Server, binary, environment, listening, run

USERS = "/api/v2/users"
ACTIVATE = shutil.which("systemd-socket-activate")


def host_and_port(server: Server) -> str:
    return re.search(r"http://(\S+)/api/v2$", "".join(server.welcome), re.M)[1]


class Served(unittest.TestCase):
    def inherit(self, address: str, *arguments: str) -> tuple:
        """The socket, and a server that was told of another address."""
        try:
            inherited = self.enterContext(listening((address, 0)))
        except OSError as error:
            self.skipTest(f"{address} is not here: {error}")
        return inherited, self.enterContext(Server("--demo", *arguments, sockets=(inherited,)))

    def ask(self, inherited: socket.socket, host: str = "localhost"):
        address, port = inherited.getsockname()[:2]
        reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
        with socket.create_connection((reachable, port), PATIENCE) as connection:
            client = Client.on(connection)
            client.send(f"GET {USERS} HTTP/1.1\r\nHost: {host}\r\n\r\n")
            return client.receive()

    def test_all_addresses_follow_the_socket(self):
        for address, name in (("127.0.0.1", "localhost"), ("127.0.0.2", "127.0.0.2"), ("0.0.0.0", "localhost"),
                              ("::1", "[::1]"), ("::", "localhost")):
            with self.subTest(address=address):
                inherited, server = self.inherit(address, "-H", "127.0.0.9", "-P", "1")
                port = inherited.getsockname()[1]
                self.assertEqual(f"{name}:{port}", host_and_port(server))
                server.wait_for_log(f"the inherited socket listens on port {port} of {address}; "
                                    "--hostname and --port have no effect")
                self.assertEqual(200, self.ask(inherited).status)

    def test_an_answer_without_host_names_the_address_of_the_socket(self):
        inherited, server = self.inherit("127.0.0.1", "-H", "0.0.0.0")
        with Client(inherited.getsockname()[1]) as client:
            client.send(f"GET {USERS} HTTP/1.0\r\n\r\n")
            self.assertEqual(f"http://{host_and_port(server)}/", client.receive().json()["url_root"])

    def test_names_follow_the_socket(self):
        stranger = "attacker.example"
        on_loopback, _ = self.inherit("127.0.0.1", "-H", "0.0.0.0")
        self.assertEqual(421, self.ask(on_loopback, stranger).status)
        everywhere, _ = self.inherit("0.0.0.0", "-H", "127.0.0.1")
        self.assertEqual(200, self.ask(everywhere, stranger).status)

    def test_the_access_log_names_clients_as_ever(self):
        inherited, server = self.inherit("0.0.0.0", "--access-log", "-")
        self.ask(inherited)
        server.stop()
        (line,) = (json.loads(line) for line in server.welcome if line.startswith("{"))
        self.assertEqual("127.0.0.1", line["client"])


class Refused(unittest.TestCase):
    def assert_refused(self, reason: str, *sockets):
        ended = run("--demo", "-P", "0", sockets=sockets)
        self.assertEqual((2, f"restapi: {reason}; systemd.socket(5) says how to pass one\n"), (ended.returncode, ended.stderr))

    def test_anything_but_one_socket_that_listens(self):
        with listening() as good, socket.socket() as silent, socket.socket(type=socket.SOCK_DGRAM) as datagrams, \
                socket.socket(socket.AF_UNIX) as local, open(os.devnull, "rb") as file:
            local.bind("")
            local.listen()
            self.assert_refused("LISTEN_FDS passes 2 sockets, and one is served", good, good)
            self.assert_refused("what LISTEN_FDS passes is not a socket", file)
            self.assert_refused("what LISTEN_FDS passes is not an IPv4 or IPv6 socket: clients are known by their IP address", local)
            self.assert_refused("what LISTEN_FDS passes is not a TCP socket", datagrams)
            self.assert_refused("what LISTEN_FDS passes does not listen (Accept=no in a .socket unit)", silent)

    def test_what_is_meant_for_another_process_is_passed_over(self):
        with Server("--demo", LISTEN_FDS="7", LISTEN_PID=str(os.getpid())) as server:
            self.assertEqual(200, server.get(USERS).status)


@unittest.skipUnless(ACTIVATE, "no systemd-socket-activate here: tools/install_packages test installs it (systemd)")
class FromSystemd(unittest.TestCase):
    def test_it_is_started_by_its_first_client(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            port = bound.getsockname()[1]
        with subprocess.Popen([ACTIVATE, f"--listen=127.0.0.1:{port}", binary(), "--demo"], env=environment(),
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True) as process:
            for line in process.stderr:
                if line.startswith("Listening on"):
                    break
            with Client(port) as client:
                self.assertEqual(200, client.get(USERS).status)
            process.terminate()
            process.stderr.read()
            self.assertEqual(0, process.wait(PATIENCE))


if __name__ == "__main__":
    unittest.main()
