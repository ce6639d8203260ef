# SPDX-License-Identifier: MIT
"""tools/bench runs in another test, which looks at no figure; these are the places where figures could go wrong."""

import os
import socket
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(os.environ.get("RESTAPI_SOURCE_DIR", Path(__file__).parents[2])) / "tools"))

from benchmark import aims, page
from benchmark.cluster import count_statements
from benchmark.doors import Door, Left, Listener
from benchmark.load import FEWEST, LONGEST, long_enough
from benchmark.processes import cpu_seconds
from benchmark.statements import read_trace, script

PIPELINE = """\
2026-11-21 11:22:32.433 UTC [25209] LOG:  execute P_0: SELECT 1;
2026-11-21 11:22:32.434 UTC [25209] LOG:  execute P_1: SELECT uuid
\tFROM db_dbnode WHERE id = $1;
2026-11-21 11:22:32.434 UTC [25209] DETAIL:  parameters: $1 = '5'
2026-11-21 11:22:32.475 UTC [25212] LOG:  execute <unnamed>: SELECT 3;
2026-11-21 11:22:32.475 UTC [25212] LOG:  statement: SELECT pg_current_snapshot()
2026-11-21 11:22:32.475 UTC [25212] LOG:  could not receive data from client: Connection reset by peer
"""


class Durations(unittest.TestCase):
    def test_a_fast_request_runs_as_long_as_was_said(self):
        self.assertEqual(long_enough(1, 0.0001, 64), 1)

    def test_a_slow_request_runs_longer_the_more_wait_for_it(self):
        self.assertGreater(long_enough(1, 0.1, 64), long_enough(1, 0.1, 1))
        self.assertLessEqual(long_enough(1, 0.1, 64), LONGEST)

    def test_a_very_slow_request_still_has_some_answers(self):
        self.assertEqual(long_enough(1, 2.0, 1), 2 * FEWEST)


class Statements(unittest.TestCase):
    def test_each_execution_counts_however_they_were_sent(self):
        self.assertEqual(count_statements(PIPELINE), 4)

    def test_a_script_for_pgbench_keeps_the_values_of_each_statement(self):
        trace = ('x statement list [20,0] SELECT id FROM n LIMIT CAST(:p1 AS bigint) OFFSET :p2\n'
                 'x statement count [true] SELECT count(*) FROM n WHERE a = :p1\n')
        text, variables = script(read_trace(trace))
        self.assertEqual(text.splitlines(), ["SELECT id FROM n LIMIT CAST(:s1p1 AS bigint) OFFSET :s1p2;",
                                             "SELECT count(*) FROM n WHERE a = :s2p1;"])
        self.assertEqual(variables, {"s1p1": "20", "s1p2": "0", "s2p1": "true"})


class Served:
    """One client is sent these bytes, in pieces as small as can be, and then the end."""

    def __init__(self, *said: bytes):
        self.said = b"".join(said)
        self.heard = b""
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.thread.join()
        self.listening.close()

    def _serve(self):
        client, _ = self.listening.accept()
        with client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in self.said:
                client.sendall(bytes([byte]))
            client.shutdown(socket.SHUT_WR)
            while data := client.recv(1 << 16):
                self.heard += data


def said(opcode: int, payload: bytes) -> bytes:
    """As servers send it: not masked."""
    size = len(payload)
    return bytes([0x80 | opcode]) + (bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")) + payload


class Listeners(unittest.TestCase):
    def hear(self, server: Served, door: Door) -> list[str]:
        heard = []
        with server, Listener(server.port, door) as listener:
            with self.assertRaises(Left):
                while True:
                    heard += listener.messages()
        return heard

    def test_an_event_is_heard_when_it_is_complete(self):
        server = Served(b"HTTP/1.1 200 OK\r\n\r\nretry: 1000\nid: 1\nevent: settled\ndata: {}\n\n: \n\n",
                        b"id: 2\nevent: created\ndata: {}\n\nid: 3\ndata")
        heard = self.hear(server, Door("events", "/"))
        self.assertEqual(["1", "2"], [text.split("id: ")[1][0] for text in heard])

    def test_frames_of_any_size_are_heard_and_pings_answered(self):
        server = Served(b"HTTP/1.1 101 Switching\r\n\r\n", said(1, b"welcome"), said(9, b"alive?"), said(1, b"2"),
                        said(1, b"agreed"), said(1, 1000 * b"long"))
        heard = self.hear(server, Door("rows", "/", ("say this",)))
        self.assertEqual(["welcome", "agreed", 1000 * "long"], heard)
        answers = [server.heard.find(words) for words in (b"say this", b"alive?", b"3")]
        self.assertNotIn(-1, answers)

    def test_whoever_is_not_admitted_has_left(self):
        with Served(b"HTTP/1.1 503 Service Unavailable\r\n\r\n") as server:
            with self.assertRaises(Left):
                Listener(server.port, Door("events", "/"))


class Figures(unittest.TestCase):
    def test_what_varies_is_shown(self):
        self.assertEqual(page.spread([0.5, 0.61, 0.58]), "0.58 (0.5–0.61)")
        self.assertEqual(page.spread([0.5]), "0.5")
        self.assertEqual(page.spread([]), "–")

    def test_a_missed_aim_stands_out(self):
        self.assertEqual(aims.span([0.7, 0.61], lambda ratio: ratio >= 0.6), "0.61–0.7")
        self.assertEqual(aims.span([0.7, 0.59], lambda ratio: ratio >= 0.6), "**0.59–0.7**")
        self.assertEqual(aims.span([1.0], lambda ratio: ratio >= 0.6), "1")

    def test_the_clock_of_a_process_goes_on_while_it_works(self):
        before = cpu_seconds(os.getpid())
        sum(range(100_000))
        self.assertGreater(cpu_seconds(os.getpid()), before)


class Page(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "page.md"

    def test_a_mode_that_did_not_run_keeps_what_its_rows_said(self):
        page.write_block(self.path, aims.BLOCK, aims.update(
            self.path, ["uuid", "start"], {"uuid": "1.01 ×", "start": "0.03 s"}))
        page.write_block(self.path, aims.BLOCK, aims.update(self.path, ["uuid"], {"uuid": "1.2 ×"}))
        text = self.path.read_text(encoding="utf-8")
        rows = [line for line in text.splitlines() if line.startswith("| ")]
        self.assertEqual(len(rows), 2 + len(aims.AIMS))
        self.assertEqual([row.split(" | ")[1] for row in rows if "`uuid`" in row or "`start`" in row],
                         ["1.2 ×", "0.03 s"])
        self.assertEqual(text.count(aims.BLOCK), 1)

    def test_a_mode_that_found_nothing_does_not_keep_an_older_figure(self):
        page.write_block(self.path, aims.BLOCK, aims.update(self.path, ["uuid"], {"uuid": "1.01 ×"}))
        self.assertNotIn("1.01", aims.update(self.path, ["uuid"], {"uuid": ""}))

    def test_what_stands_around_a_block_stays(self):
        self.path.write_text("# Page\n\nbefore\n\n<!-- generated: x -->\nold\n<!-- end -->\n\nafter\n", encoding="utf-8")
        page.write_block(self.path, "x", "new \\1")
        self.assertEqual(self.path.read_text(encoding="utf-8"),
                         "# Page\n\nbefore\n\n<!-- generated: x -->\nnew \\1\n<!-- end -->\n\nafter\n")


if __name__ == "__main__":
    unittest.main()
