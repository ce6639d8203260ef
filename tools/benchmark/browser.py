# SPDX-License-Identifier: MIT
"""What a page for a browser costs beside the JSON that it is made of."""

import http.client
import statistics
import time

from .aims import span
from .page import number, table, whole
from .servers import Server
from .session import Session

PAGE = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
LIST = "/api/v2/nodes?limit=20"
TIMES = 3  # the CPU of the list as JSON, at most
SIZE = 60  # KiB of a list page
REMEMBERED = 100  # milliseconds for the start page
REQUESTS = 1000


class Client:
    def __init__(self, server: Server):
        self.server = server
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)

    def ask(self, target: str, headers: dict[str, str]) -> bytes:
        self.connection.request("GET", target, headers=headers)
        response = self.connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{target}: {response.status}")
        return body

    def cpu(self, target: str, headers: dict[str, str], count: int) -> float:
        """Microseconds of the server for a request."""
        self.ask(target, headers)
        begin = self.server.cpu_seconds()
        for _ in range(count):
            self.ask(target, headers)
        return (self.server.cpu_seconds() - begin) / count * 1e6

    def seconds(self, target: str, headers: dict[str, str]) -> float:
        begin = time.perf_counter()
        self.ask(target, headers)
        return time.perf_counter() - begin


def measure_browser(session: Session) -> str:
    count = REQUESTS if session.nodes > 10_000 else 50
    sources = [("PostgreSQL", session.cluster.uri(session.database(session.nodes))),
               ("an archive", session.archive(session.nodes))]
    rows, ratios, sizes, remembered = [], [], [], []
    for name, source in sources:
        session.say(f"pages for browsers on {name}")
        with session.programs.server(source, "--cache=0") as server:
            client = Client(server)
            costs = [(client.cpu(LIST, JSON, count), client.cpu(LIST, PAGE, count)) for _ in range(session.repetitions)]
        json, page = (statistics.median(values) for values in zip(*costs))
        with session.programs.server(source) as server:
            client = Client(server)
            size = len(client.ask(LIST, PAGE)) / 1024
            first = client.seconds("/", PAGE) * 1000
            again = statistics.median(client.seconds("/", PAGE) for _ in range(20)) * 1000
        ratios.append(page / json)
        sizes.append(size)
        remembered.append(again)
        rows.append([name, whole(json), whole(page), number(page / json), number(size), number(first), number(again)])
    session.came_to("browser cpu", span(ratios, lambda ratio: ratio <= TIMES))
    session.came_to("browser size", span(sizes, lambda size: size <= SIZE) + " KiB")
    session.came_to("browser start", span(remembered, lambda time: time <= REMEMBERED) + " ms")
    return (f"{whole(session.nodes)} nodes. CPU of the server in microseconds for a list of 20 that is not cached, as JSON and as a "
            f"page, median of {session.repetitions}; the size of the page in KiB; milliseconds for the start page, the first time "
            f"and remembered.\n\n"
            + table(["store", "JSON", "page", "ratio", "size", "start page, first", "remembered"], rows))
