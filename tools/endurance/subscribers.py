# SPDX-License-Identifier: MIT
"""Subscribers to the live feed, one kind for each door: they keep what they are told, leave now and then while there is
writing, and after each break come back with their cursor. To be told to read anew would be wrong, since every change is written down where they listen."""

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from benchmark.doors import DOORS, Door, Left, Listener

from .ledger import Ledger
from .seen import Seen, differences

LOOK = 0.2  # seconds after which one that hears nothing sees whether it is to leave
PAUSE = 0.05  # between two tries to come back
STAYS, IS_AWAY = (0.5, 4), (0, 1)  # so long one listens before it leaves by itself, and until it comes back


class ReadAnew(Exception):
    """What a subscriber lacks could not be told."""


@dataclass
class Subscriber:
    """`hear` of each kind: one message; keeps what it tells, and the cursor behind it. run() is a thread."""

    door: Door
    ledger: Ledger
    port: Callable[[], int]
    seen: Seen
    chance: random.Random
    stays: threading.Event = field(default_factory=threading.Event)  # from then on it does not leave by itself
    cursor: str | None = None
    messages: int = 0
    returns: int = 0
    has_begun: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)  # of `seen`

    def entrance(self) -> Door:
        """As it enters now."""
        raise NotImplementedError

    def hear(self, text: str) -> None:
        raise NotImplementedError

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                with Listener(self.port(), self.entrance()) as listener:
                    self.returns += self.has_begun.is_set()
                    leaves_at = time.monotonic() + self.chance.uniform(*STAYS)
                    while not stop.is_set() and (not self.cursor or self.stays.is_set() or time.monotonic() < leaves_at):
                        for text in listener.messages(LOOK):
                            self.messages += 1
                            with self.lock:
                                self.hear(text)
                            if self.cursor:
                                self.has_begun.set()
                stop.wait(self.chance.uniform(*IS_AWAY))
            except Left:
                stop.wait(PAUSE)
            except Exception as error:  # this is a thread of its own
                self.ledger.problem(f"subscriber ({self.door.name}): {error!r}")
                return

    def differences(self, truth: dict[str, int]) -> list[str]:
        with self.lock:
            return differences(truth, self.seen)

    def read_anew(self, text: str) -> None:
        raise ReadAnew(text[:200])


class OfEvents(Subscriber):
    def entrance(self) -> Door:
        return replace(self.door, target=self.door.target + (f"&after={self.cursor}" if self.cursor else ""))

    def hear(self, text: str) -> None:
        fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
        event, data = fields["event"], json.loads(fields["data"])
        if event == "resnapshot":
            self.read_anew(text)
        if event in ("created", "updated"):
            self.seen.changed(data["uuid"], data["object"]["label"])
        if event == "deleted":
            self.seen.deleted(data["uuid"])
        self.cursor = fields["id"]


class OfRows(Subscriber):
    def entrance(self) -> Door:
        return replace(self.door, target=f"{self.door.target}?cursor={self.cursor or 'now'}")

    def hear(self, text: str) -> None:
        message = json.loads(text)
        kind = message["type"]
        if kind == "resnapshot" or (kind == "page_add" and self.cursor and message["cursor"] != self.cursor):
            self.read_anew(text)
        if kind in ("rows_created", "rows_updated"):
            for row in message["rows"]:
                self.seen.changed(row["uuid"], row["label"])
        if kind == "rows_deleted":
            for row in message["rows"]:
                self.seen.deleted(row["uuid"])
        self.cursor = message.get("cursor", self.cursor)


class OfContent(Subscriber):
    """Several messages may tell one change, and all come again after a break between them."""

    def entrance(self) -> Door:
        return replace(self.door, target=f"{self.door.target}&cursor={self.cursor or 'now'}")

    def hear(self, text: str) -> None:
        message = json.loads(text)
        if message.get("instruction") == "Resnapshot":
            self.read_anew(text)
        _, resource, uuid, *rest = message.get("path", "///").split("/")
        if resource == "nodes" and rest == ["properties"]:
            self.seen.changed(uuid, json.loads(message["entry"]["content"])["label"])
        if resource == "nodes" and not rest and message["action"] == "REMOVE":
            self.seen.deleted(uuid)
        self.cursor = message.get("cursor", self.cursor)


class OfSocketIo(Subscriber):
    """By WebSocket from the start; recovers as stock clients do, with the session's private id and the last offset."""

    pid: str | None = None

    def entrance(self) -> Door:
        if not self.cursor:
            return self.door
        return replace(self.door, texts=("40/events," + json.dumps({"pid": self.pid, "offset": self.cursor}),))

    def hear(self, text: str) -> None:
        kind, _, data = text.partition(",")
        if kind == "40/events":
            pid = json.loads(data)["pid"]
            if self.cursor and pid != self.pid:
                self.read_anew(text)
            self.pid = pid
        if kind != "42/events":
            return
        name, *arguments = json.loads(data)
        if name == "workspace-selected" and self.cursor:
            self.read_anew(text)
        if name == "item-updated":
            self.seen.changed(arguments[0]["id"], arguments[0]["name"])
        if name == "item-removed":
            self.seen.deleted(arguments[0])
        self.cursor = arguments[-1]


KINDS = {"events": OfEvents, "rows": OfRows, "content": OfContent, "Socket.IO": OfSocketIo}


def subscribers(ledger: Ledger, port: Callable[[], int], each: int, seed: int, stays: threading.Event) -> list[Subscriber]:
    """So many at each door."""
    return [KINDS[door.name](door, ledger, port, Seen(is_told_once=door.name != "content"),
                             random.Random(f"{seed} {door.name} {number}"), stays)
            for door in DOORS for number in range(each)]
