# SPDX-License-Identifier: MIT
"""What the program keeps in memory, whatever it is asked: `--cache` bytes, and little besides."""

import gzip
import unittest

from served import Client, Server, forget_peak, keeps_freed_memory, memory_of

MIB = 1 << 20
CACHE = 16 * MIB
BESIDES = 64 * MIB  # for requests under way, and for what the allocator keeps for the next ones


LIST = "/api/v2/nodes?limit=400&id>-{}"
KINDS = {
    "lists, packed": (LIST, ("Accept-Encoding: gzip",), 200),
    "lists for reading, packed": (LIST, ("Accept: text/html", "Accept-Encoding: gzip"), 200),
    "lists": (LIST, (), 200),
    "attributes": ("/api/v2/calculations/8e28e2c2/content/attributes?nalist=\"a{}\"", (), 200),
    "one small row": ("/api/v2/users?limit=1&id>-{}", (), 200),
    "objects that are not there": ("/api/v2/nodes/{}9999", (), 400),
    "mistakes": ("/api/v2/nodes?labl{}=1", (), 400),
    "long targets": ("/api/v2/users?first_name={}&last_name=\"" + "x" * 12_000 + "\"", (), 200),
    "long targets with mistakes": ("/api/v2/users?first_name={}&y=\"" + "x" * 12_000 + "\"", (), 400),
    "totals of ever new lists": ("/api/v2/nodes?limit=1&id>-{}&label!=\"" + "x" * 2_000 + "\"", (), 200),
    "hosts": ("/api/v2/users", ("X-Forwarded-Host: h{}",), 200),
}
REQUESTS = 1_000  # of each kind


@unittest.skipIf(keeps_freed_memory(), "memory that was given back is not")
class Memory(unittest.TestCase):
    def ask(self, client: Client, kind: str, numbers: range):
        target, headers, status = KINDS[kind]
        for number in numbers:
            # A number, or a text where a text is wanted: the name of the kind keeps them apart.
            value = f'"{number}"' if "first_name={}" in target else number
            answer = client.get(target.format(value), *(header.format(number) for header in headers))
            self.assertEqual(status, answer.status, (kind, answer.body[:200]))
            if answer.headers.get("content-encoding") == "gzip" and number % 100 == 0:
                gzip.decompress(answer.body)

    def test_requests_that_all_differ(self):
        with Server("--demo", "--cache", str(CACHE), "--threads", "4") as server, server.connect() as client:
            for kind in KINDS:
                self.ask(client, kind, range(1, 11))
            warmed = memory_of(server)
            forget_peak(server)
            for kind in KINDS:
                with self.subTest(kind):
                    self.ask(client, kind, range(11, 11 + REQUESTS))
                    grown = memory_of(server, peak=True) - warmed
                    print(f"\n{kind}: {grown // MIB} MiB more than at first", end="", flush=True)
                    self.assertLess(grown, CACHE + BESIDES)


if __name__ == "__main__":
    unittest.main()
