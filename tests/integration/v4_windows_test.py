# SPDX-License-Identifier: MIT
"""Windows and pages of long lists at /api/v4, and many questions at once where there are few connections."""

import threading
import unittest

from v4_case import NO_NODES, Asked, OnPostgreSql, OnSqlite, link, node, uuid_of

COUNT = 405  # nodes; all but the first are outputs of the first
FIRST = f"/nodes/{uuid_of(1)}"
LISTS = (("/nodes", "nodes", range(1, COUNT + 1)), (f"{FIRST}/links/outgoing", "outgoing", range(2, COUNT + 1)))


class Windows(Asked):
    def test_windows(self):
        for path, name, ids in LISTS:
            for query, begin, length in (("", 0, 400), ("limit=400", 0, 400), ("offset=3", 3, 400), ("offset=100", 100, 400),
                                         ("limit=3&offset=4", 4, 3),
                                         ("limit=0", 0, 0), ("offset=99999999999999999999", COUNT, 400),
                                         ("limit=400.9&offset=1.9", 1, 400)):
                for order in ("", "orderby=-id"):
                    with self.subTest(path=path, query=query, order=order):
                        answer = self.good(path, "&".join(filter(None, (query, order))))
                        wanted = list(reversed(ids)) if order else list(ids)
                        self.assertEqual((wanted[begin:begin + length], str(len(ids))), (answer.ids(name), answer.total))
                        self.assertNotIn("link", answer.headers)

    def test_pages(self):
        for path, name, ids in LISTS:
            for page, query, size in (("", "", 20), ("/1", "", 20), ("/21", "", 20), ("/2", "perpage=400", 400),
                                      ("/7", "perpage=1", 1),
                                      ("/3", "perpage=100&orderby=id", 100), ("/5", "perpage=100.9", 100)):
                with self.subTest(path=path, page=page, query=query):
                    number = int(page[1:] or 1)
                    answer = self.good(f"{path}/page{page}", query)
                    self.assertEqual((list(ids)[(number - 1) * size:number * size], str(len(ids))),
                                     (answer.ids(name), answer.total))
                    last = -(-len(ids) // size)
                    self.assertIn(f'{path}/page/{last}{"?" if query else ""}{query}>; rel="last"', answer.headers["link"])
                    self.refused(404, f"Non existent page requested. The page range is [1 : {last}]", f"{path}/page/{last + 1}",
                                 query)

    def test_pages_together_are_the_list(self):
        for path, name, ids in LISTS:
            pages = [self.good(f"{path}/page/{page}", "perpage=50&orderby=label").ids(name) for page in range(1, 10)]
            together = [pk for page in pages for pk in page]
            self.assertEqual(sorted(ids), sorted(together))

    def test_trees_have_no_window(self):
        data = self.good(f"{FIRST}/links/tree").data
        self.assertEqual((COUNT - 1, COUNT - 1),
                         (len(data["nodes"][0]["outgoing"]), data["metadata"][0]["total_no_of_outgoings"]))

    def test_many_at_once(self):
        problems = []

        def ask():
            for path in ("/nodes?limit=5", f"{FIRST}/links/outgoing", "/nodes/statistics", f"{FIRST}/contents/attributes",
                         "/users"):
                answer = self.ask(*path.split("?"))
                if answer.status != 200:
                    problems.append((path, answer.status, answer.body))

        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([], problems)


ROWS = NO_NODES + "".join(node(pk, "data.core.int.Int.", label=f"label {pk % 7}") for pk in range(1, COUNT + 1)) + "".join(
    link(pk, 1, pk, f"to {pk}", "create") for pk in range(2, COUNT + 1))
FEW = ("--threads", "2", "--cache", "0")


class OnAnSqliteFile(OnSqlite, Windows):
    rows, options = ROWS, FEW


class InPostgreSql(OnPostgreSql, Windows):
    rows, options = ROWS, FEW


del Windows, Asked


if __name__ == "__main__":
    unittest.main()
