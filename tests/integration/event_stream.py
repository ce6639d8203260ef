# SPDX-License-Identifier: MIT
"""The live feed as a client of events meets it: streams, pages, cursors."""

import base64
import json

from served import Client, request

EVENTS = "/api/v2/events"


class Stream:
    """What EventSource does: reads events, and comes back with the last id."""

    def __init__(self, port: int, target: str = EVENTS, last: str = None, *headers: str):
        self.client = Client(port)
        more = [f"Last-Event-ID: {last}"] if last else []
        self.client.send(request(target, "Accept: text/event-stream", *more, *headers))
        head = self._until(b"\r\n\r\n")
        self.status = int(head.split()[1])
        self.head = head.decode().lower()
        self.last = last

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.socket.close()

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.client.kept:
            self.client._more()
        part, self.client.kept = self.client.kept.split(mark, 1)
        return part

    def next(self) -> tuple:
        """Name and data of the next event. ConnectionError: the stream has ended."""
        while True:
            fields = {}
            for line in self._until(b"\n\n").decode().splitlines():
                name, _, value = line.partition(":")
                if name:
                    fields[name] = value.removeprefix(" ")
            if "data" in fields:
                self.last = fields["id"]
                return fields["event"], json.loads(fields["data"])

    def until(self, is_last) -> list:
        events = []
        while not events or not is_last(*events[-1]):
            events.append(self.next())
        return events


def page(server, query: str = "") -> dict:
    answer = server.get(EVENTS + query)
    assert answer.status == 200, answer.body
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()["data"]


def short(event: dict) -> str:
    return f'{event["event"]} {event["resource"]} {event.get("id")}'


def parts_of(cursor: str) -> list:
    return base64.urlsafe_b64decode(cursor + "===").decode().split("/")


def cursor_of(*parts: str) -> str:
    return base64.urlsafe_b64encode("/".join(parts).encode()).decode().rstrip("=")
