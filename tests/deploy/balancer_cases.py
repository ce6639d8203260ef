# SPDX-License-Identifier: MIT
"""What holds for several servers behind one site, whichever program is the proxy: mixed into the tests of each."""

import signal
import socket
import threading
from contextlib import suppress

from crowd import Crowd
from one_site_cases import API
from proxies import free_port
from served import Server, wait_for
from socket_io_test import POLLING, UPGRADE, WEBSOCKET, connected
from web_sockets import WebSocket, install

CLIENTS = 4
ASKED = {API + "nodes/statistics": None}

TARGETS = [
    'nodes/?id>45&type=like="%data%"',
    'nodes?label=like=%22bands,%20killed%22',
    'nodes?label=like="{|}^`\\"',
    'nodes?label="a%2Fb"&limit=2',
    'computers?name=ilike="%25a%25"',
    "computers/page/1?perpage=2&orderby=+id",
    "nodes/a%252Fb",
    'nodes/"<>%3F?a=%3f',
    "nodes/../users",
    "nodes//1",
    # As long as the proxies take it; in Link three times as long.
    'nodes/page/2?perpage=1&label!="' + "|" * 7_800 + '"',
]


class Member:
    """One that says it is well (`OPTIONS *`) and to all else sends `reply`, which may be nothing, and closes.

    A whole reply says `Connection: close`, or the next request may go to the closing connection."""

    def __init__(self, reply: bytes = b""):
        self.reply, self.met = reply, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(client,), daemon=True).start()

    def answer(self, client: socket.socket):
        with suppress(ConnectionError), client, client.makefile("rb") as lines:
            while first := lines.readline().decode("latin-1"):
                while lines.readline().strip():
                    pass
                if not first.startswith("OPTIONS *"):
                    self.met.append(first.rsplit(" ", 1)[0])
                    client.sendall(self.reply)
                    return
                client.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class BalancerCases:
    proxy_type = None
    site = None

    def start(self, first: int, second: int):
        proxy = self.proxy_type(self.site, {80: free_port(), 5001: first, 5002: second})
        self.addCleanup(proxy.stop)
        return proxy

    def setUp(self):
        # On ports that are nobody else's until a member that ended is back.
        self.members = [Server("--demo", "-P", str(free_port())) for _ in range(2)]
        for index in range(2):
            self.addCleanup(lambda index=index: self.members[index].stop())
        self.proxy = self.start(self.members[0].port, self.members[1].port)

    def asked(self, requests: int = 8) -> set:
        """The members that answer now: each has ETags of its own."""
        return {self.proxy.get(API + "users").headers["etag"] for _ in range(requests)}

    def test_work_is_shared(self):
        wait_for(lambda: len(self.asked()) == 2, "both members")

    def test_targets_arrive_byte_for_byte(self):
        for target in TARGETS:
            with self.subTest(target=target):
                self.assertEqual(self.members[0].get(API + target).body, self.proxy.get(API + target).body)

    def test_a_client_cannot_claim_another_address(self):
        answer = self.proxy.get(API + "computers", "X-Forwarded-Host: evil.example.org", "X-Forwarded-Proto: https",
                                "X-Forwarded-Prefix: /evil", "X-Forwarded-Port: 6666")
        self.assertEqual("http://localhost:5000/", answer.json()["url_root"])

    def test_every_door_of_the_live_feed(self):
        install()
        # Sessions that poll belong to one member: clients keep the cookie that says which.
        for number in range(12):
            transports = (POLLING, WEBSOCKET, UPGRADE)[number % 3]
            with self.subTest(number), connected(self.proxy.port, transports=transports, withCredentials=True) as client:
                client.select("*")
        with WebSocket(self.proxy.port, "/ws/core/") as rows, WebSocket(self.proxy.port, "/content/ws/v5") as content:
            self.assertTrue(rows.next()["success"])
            self.assertEqual("Connected", content.next()["instruction"])
        self.assertEqual([], self.proxy.get(API + "events").json()["data"]["events"])

    def test_only_sessions_have_a_cookie(self):
        self.assertNotIn("set-cookie", self.proxy.get(API + "users").headers)
        answer = self.proxy.get("/socket.io/?EIO=4&transport=polling")
        self.assertRegex(answer.headers["set-cookie"], r"\Arestapi_\w+=[\w.]+; HttpOnly; SameSite=Lax\Z")
        cookie = "Cookie: " + answer.headers["set-cookie"].split(";")[0]
        self.assertNotIn("set-cookie", self.proxy.get("/socket.io/?EIO=4&transport=polling", cookie).headers)

    def lose_one(self, number: int, keeps: bool) -> list:
        """What a crowd lost while one member ended and came back."""
        crowd = Crowd(self.proxy.port, CLIENTS, keeps, ASKED)
        self.addCleanup(crowd.end)
        crowd.wait_for(100)
        port = self.members[0].port
        self.members[0].stop(number)
        crowd.wait_for(300)
        self.members[0] = Server("--demo", "-P", str(port))
        crowd.wait_for(100)
        crowd.end()
        wait_for(lambda: len(self.asked()) == 2, "the restarted member")
        return crowd.lost

    def test_a_member_that_ends_takes_nothing_along(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            for keeps in (True, False):
                with self.subTest(number=number, keeps=keeps):
                    self.assertEqual([], self.lose_one(number, keeps))

    def is_left_to_one(self) -> bool:
        # Apache closes some connections unanswered while it reloads on a busy machine, whatever its members do.
        with suppress(ConnectionError):
            return len(self.asked(40)) == 1
        return False

    def test_a_member_that_was_taken_out_takes_nothing_along(self):
        wait_for(lambda: len(self.asked()) == 2, "both members")
        self.proxy.reload(self.without(self.proxy.site, self.members[0].port))
        wait_for(self.is_left_to_one, "the member to be left out")
        crowd = Crowd(self.proxy.port, CLIENTS, False, ASKED)
        self.addCleanup(crowd.end)
        crowd.wait_for(100)
        self.members[0].stop()
        crowd.wait_for(300)
        crowd.end()
        self.assertEqual([], crowd.lost)

    def test_a_member_that_never_came_takes_no_request_along(self):
        self.members[1].stop()
        for _ in range(20):
            self.assertEqual(200, self.proxy.get(API + "users").status)

    def beside(self, *members: Member):
        """A proxy whose members are these and, if it is but one, a real one."""
        for member in members:
            self.addCleanup(member.stop)
        ports = [member.port for member in members] + [self.members[1].port]
        return self.start(*ports[:2])

    @staticmethod
    def meet(member: Member, proxy, target: str, *headers: str, method: str = "GET"):
        """The answer to the first request that went to this member; it was the only one there."""
        before = len(member.met)

        def ask():
            answer = proxy.get(API + target, *headers, method=method)
            return answer if len(member.met) > before else None

        answer = wait_for(ask, "the member's turn")
        if member.met[before:] != [f"{method} {API}{target}"]:
            raise AssertionError(f"{target} arrived as {member.met[before:]}")
        return answer

    def test_a_request_that_broke_is_repeated_byte_for_byte(self):
        broken = Member()
        proxy = self.beside(broken)
        for target in TARGETS:
            with self.subTest(target=target):
                wanted, got = self.members[1].get(API + target), self.meet(broken, proxy, target)
                self.assertEqual((wanted.status, wanted.body), (got.status, got.body))
        for method, headers, status in (
                ("HEAD", (), 200),
                ("GET", ("If-None-Match: " + self.members[1].get(API + "users").headers["etag"],), 304),
                ("GET", ("X-Forwarded-Host: evil.example.org",), 200),
                ("OPTIONS", ("Origin: https://example.org", "Access-Control-Request-Method: GET"), self.status_of_options),
                ("POST", (), 502)):
            with self.subTest(method=method, headers=headers):
                got = self.meet(broken, proxy, "users", *headers, method=method)
                self.assertEqual(status, got.status)
                if status == 200:
                    with self.members[1].connect() as client:
                        wanted = client.get(API + "users", method=method)
                    self.assertEqual((wanted.body, wanted.headers["content-length"]),
                                     (got.body, got.headers["content-length"]))

    def test_a_request_is_repeated_once(self):
        members = [Member(), Member()]
        answer = self.beside(*members).get(API + "users")
        self.assertEqual(502, answer.status)
        self.assertIn(len(members[0].met + members[1].met), (1, 2))

    def test_what_all_members_say_is_said(self):
        for status in (500, 502, 503, 504):
            reply = f"HTTP/1.1 {status} Told\r\nConnection: close\r\nContent-Length: 4\r\n\r\ntold".encode()
            with self.subTest(status=status):
                proxy = self.beside(Member(reply), Member(reply))
                for _ in range(5):
                    answer = proxy.get(API + "users")
                    self.assertEqual((status, b"told"), (answer.status, answer.body))

    def test_no_member_at_all_is_an_error(self):
        for member in self.members:
            member.stop()
        for _ in range(5):
            self.assertIn(self.proxy.get(API + "users").status, (502, 503))

    def test_an_answer_that_broke_off_does_not_look_complete(self):
        broken = Member(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b" " * 500000)
        proxy = self.beside(broken)
        broke_off = 0
        for _ in range(2):
            try:
                self.meet(broken, proxy, "users")
            except ConnectionError:
                broke_off += 1
        self.assertEqual(2, broke_off)
