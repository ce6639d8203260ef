# SPDX-License-Identifier: MIT
"""tools/soak passes when nothing is wrong; these are the cases in which it must not."""

import gzip
import os
import random
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(os.environ.get("RESTAPI_SOURCE_DIR", Path(__file__).parents[2])) / "tools"))

from benchmark.doors import DOORS
from endurance.judge import Judge
from endurance.ledger import Latencies, Ledger
from endurance.log import check_log
from endurance.reference import Reference, Right
from endurance.seen import Seen, differences
from endurance.subscribers import KINDS, ReadAnew
from endurance.targets import TOKEN
from endurance.watch import MOST_GROWTH, Watch
from endurance.wire import Answer

JSON = {"content-type": "application/json"}
UNAVAILABLE = Answer(503, {"x-request-id": "a-1", "retry-after": "1"}, b'{"message": "x"}')


class Answers(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger("test")
        reference = Reference(0, 0)
        reference.answers["/a", False] = Right(200, JSON, b"told " + TOKEN.encode())
        self.judge = Judge(self.ledger, reference)

    def is_right(self, answer: Answer, **sent) -> bool:
        before = len(self.ledger.problems)
        right = self.judge.check("test", "/a", answer, time.time(), **sent)
        self.assertEqual(right, len(self.ledger.problems) == before)
        return right

    def test_bytes_and_headers_of_the_reference(self):
        body = b"told " + TOKEN.encode()
        self.assertTrue(self.is_right(Answer(200, JSON | {"date": "now", "etag": '"1"'}, body)))
        self.assertTrue(self.is_right(Answer(200, JSON | {"content-encoding": "gzip"}, gzip.compress(body))))
        self.assertTrue(self.is_right(Answer(200, JSON, b"told t0000001"), token="t0000001"))
        self.assertTrue(self.is_right(Answer(200, JSON | {"content-length": "13"}, b""), is_head=True))
        self.assertFalse(self.is_right(Answer(200, JSON, b"told t0000002"), token="t0000001"))
        self.assertFalse(self.is_right(Answer(200, JSON, body[:-1])))
        self.assertFalse(self.is_right(Answer(200, JSON | {"content-encoding": "gzip"}, gzip.compress(body)[:-9])))
        self.assertFalse(self.is_right(Answer(200, JSON | {"x-more": "1"}, body)))
        self.assertFalse(self.is_right(Answer(200, JSON | {"content-length": "12"}, b""), is_head=True))
        self.assertFalse(self.is_right(Answer(400, JSON, body)))

    def test_not_modified_only_for_the_etag_that_was_sent(self):
        self.assertTrue(self.is_right(Answer(304, {"etag": '"1"'}, b""), etag='"1"'))
        self.assertFalse(self.is_right(Answer(304, {"etag": '"1"'}, b"")))
        self.assertFalse(self.is_right(Answer(304, {"etag": '"2"'}, b""), etag='"1"'))

    def test_refusals_only_while_a_fault_explains_them(self):
        self.assertFalse(self.is_right(UNAVAILABLE))
        window = self.ledger.open_window("fault", frozenset({503}))
        self.assertTrue(self.is_right(UNAVAILABLE))
        self.assertFalse(self.is_right(Answer(504, UNAVAILABLE.headers, UNAVAILABLE.body)))
        self.assertFalse(self.is_right(Answer(500, UNAVAILABLE.headers, UNAVAILABLE.body)))
        self.assertFalse(self.is_right(Answer(503, {}, UNAVAILABLE.body)))
        window.over = window.end = time.time() - 1
        self.assertFalse(self.is_right(UNAVAILABLE))
        self.assertEqual({503: 2}, window.statuses)

    def test_percentiles(self):
        latencies = Latencies()
        self.assertIsNone(latencies.percentile(50))
        for number in range(1, 101):
            latencies.add(number / 1000)
        for percent in (50, 99):
            self.assertAlmostEqual(percent / 1000, latencies.percentile(percent), delta=percent / 1000 * 0.1)


class Logs(unittest.TestCase):
    def problems(self, text: str) -> int:
        ledger = Ledger("test")
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(text)
            file.flush()
            check_log(Path(file.name), ledger)
        return len(ledger.problems)

    def test_what_a_server_may_say(self):
        self.assertEqual(0, self.problems("[2026-01-02 03:04:05.678] [restapi] [warning] x: connection lost: y\nmore\n"
                                          "[2026-01-02 03:04:05.678] [restapi] [info] stopping\n"))

    def test_what_it_may_not(self):
        for text in ("==1==ERROR: AddressSanitizer: heap-use-after-free",
                     "==1==ERROR: LeakSanitizer: detected memory leaks",
                     "WARNING: ThreadSanitizer: data race (pid=1)", "a.cpp:1:2: runtime error: signed integer overflow",
                     "terminate called after throwing", "a: b.cpp:1: c: Assertion `d' failed.",
                     "[2026-01-02 03:04:05.678] [restapi] [error] request a-1: 500 internal: x",
                     "[2026-01-02 03:04:05.678] [restapi] [\x1b[31merror\x1b[m] request a-1: 503 store_unavailable: x"):
            with self.subTest(text):
                self.assertEqual(1, self.problems(text + "\n"))


# Of each door: a node is new, it is deleted, all must be read anew.
TOLD = {
    "events": ('id: c1\nevent: created\ndata: {"uuid":"a","object":{"label":"soak 0"}}',
               'id: c2\nevent: deleted\ndata: {"uuid":"a"}',
               "id: c3\nevent: resnapshot\ndata: {}"),
    "rows": ('{"type":"rows_created","rows":[{"id":1,"uuid":"a","label":"soak 0"}],"cursor":"c1"}',
             '{"type":"rows_deleted","rows":[{"id":1,"uuid":"a"}],"cursor":"c2"}',
             '{"type":"resnapshot","cursor":"c3"}'),
    "content": (r'{"path":"/nodes/a/properties","action":"UPDATED","entry":{"content":"{\"label\":\"soak 0\"}"},"cursor":"c1"}',
                '{"path":"/nodes/a","action":"REMOVE","cursor":"c2"}',
                '{"statusCode":410,"instruction":"Resnapshot","cursor":"c3"}'),
    "Socket.IO": ('42/events,["item-updated",{"id":"a","name":"soak 0"},"c1"]',
                  '42/events,["item-removed","a","c2"]',
                  '42/events,["workspace-selected","*","c3"]'),
}


class Listeners(unittest.TestCase):
    def seen(self, *told: tuple[str, int | None], is_told_once: bool = True) -> Seen:
        """`told`: uuids, and the number that the label had; none: that it is gone."""
        seen = Seen(is_told_once)
        for uuid, number in told:
            if number is None:
                seen.deleted(uuid)
            else:
                seen.changed(uuid, f"soak {number}")
        return seen

    def test_who_was_told_everything_has_the_truth(self):
        seen = self.seen(("a", 0), ("b", 0), ("a", 1), ("b", None), ("never", None))
        seen.changed("of AiiDA", "structure 5")
        self.assertEqual([], differences({"a": 1}, seen))
        # Two updates within one look: both are told with what the node is by then.
        self.assertEqual([], differences({"a": 2}, self.seen(("a", 0), ("a", 2), ("a", 2))))
        # The first was read later than the second, by somebody who came back.
        self.assertEqual([], differences({"a": 2}, self.seen(("a", 2), ("a", 1), ("a", 2))))

    def test_what_is_wrong_with_what_a_subscriber_has_seen(self):
        for told, truth, wrong in (
                ([("a", 0)], {"a": 0, "b": 0}, "b is not known"),
                ([("a", 0), ("b", 0)], {"a": 0}, "b is not known to be gone"),
                ([("a", 0), ("a", 0)], {"a": 1}, "a is known as update 0 instead of 1"),
                ([("a", 0), ("a", 2)], {"a": 2}, "a has changed 3 times, of which 2 were told"),
                ([("a", 0), ("a", 1), ("a", 1)], {"a": 1}, "a has changed 2 times, of which 3 were told"),
                ([("a", 1), ("a", 0), ("a", 2)], {"a": 2}, "a was told of update 1 as it was after 0"),
                ([("a", 0), ("a", None), ("a", 0)], {"a": 0}, "a came back after it was deleted")):
            with self.subTest(wrong):
                self.assertIn(wrong, differences(truth, self.seen(*told)))

    def test_twice_is_right_where_a_break_may_come_between_messages_of_a_change(self):
        self.assertEqual([], differences({"a": 0}, self.seen(("a", 0), ("a", 0), is_told_once=False)))
        self.assertNotEqual([], differences({"a": 2}, self.seen(("a", 0), ("a", 2), is_told_once=False)))

    def test_each_door_is_understood_and_comes_back_with_its_cursor(self):
        self.assertEqual({door.name for door in DOORS}, TOLD.keys())
        for door in DOORS:
            with self.subTest(door.name):
                subscriber = KINDS[door.name](door, Ledger("test"), lambda: 0, Seen(), random.Random(1))
                created, deleted, anew = TOLD[door.name]
                subscriber.hear(created)
                self.assertEqual([], subscriber.differences({"a": 0}))
                subscriber.hear(deleted)
                self.assertEqual([], subscriber.differences({}))
                entrance = subscriber.entrance()
                self.assertIn("c2", entrance.target + entrance.texts[-1] if door.texts else entrance.target)
                with self.assertRaises(ReadAnew):
                    subscriber.hear(anew)


class Memory(unittest.TestCase):
    def test_a_level_is_none_and_a_slope_is_a_leak(self):
        for step, count in ((0, 0), (MOST_GROWTH // 100, 1)):
            ledger = Ledger("test")
            watch = Watch(os.getpid(), ledger, 1, lambda: None)
            watch.resident = [2**20 * number for number in range(100)]
            watch.resident += [2**27 + step * number for number in range(300)]
            watch.check_growth()
            self.assertEqual(count, len(ledger.problems))


if __name__ == "__main__":
    unittest.main()
