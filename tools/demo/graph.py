# SPDX-License-Identifier: MIT
"""What an archive holds, as plain objects: persons, computers, nodes with their files, links, groups, comments, logs.

Everything is appended in the order in which it happened, so ids count from 1 and grow with time. `Graph.now` is the
only clock; it moves when the story says so, by amounts that depend on nothing but the story.
"""

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LINK_TYPES = ("input_calc", "input_work", "create", "return", "call_calc", "call_work")


def derived_uuid(*words: object) -> str:
    """A version 4 uuid that follows from the words: looks random, is the same in each run."""
    digest = hashlib.sha256("|".join(str(word) for word in words).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def fraction(*words: object) -> float:
    """A number in [0, 1) that follows from the words: the chance of this story."""
    return int.from_bytes(hashlib.sha256("|".join(str(word) for word in words).encode()).digest()[:6], "big") / 2**48


@dataclass
class User:
    id: int
    email: str
    first_name: str
    last_name: str
    institution: str


@dataclass
class Computer:
    id: int
    uuid: str
    label: str
    hostname: str
    description: str
    scheduler_type: str
    transport_type: str
    metadata: dict


@dataclass
class Node:
    id: int
    uuid: str
    node_type: str
    ctime: datetime
    mtime: datetime
    user: User
    process_type: str | None = None
    label: str = ""
    description: str = ""
    attributes: dict = field(default_factory=dict)
    extras: dict = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)  # path with '/' → content
    computer: Computer | None = None

    @property
    def is_process(self) -> bool:
        return self.node_type.startswith("process.")

    @property
    def is_calculation(self) -> bool:
        return self.node_type.startswith("process.calculation.")


@dataclass
class Link:
    source: Node
    target: Node
    label: str
    type: str


@dataclass
class Group:
    id: int
    uuid: str
    label: str
    type_string: str
    time: datetime
    description: str
    extras: dict
    user: User
    nodes: list[Node]


@dataclass
class Comment:
    uuid: str
    node: Node
    time: datetime
    user: User
    content: str


@dataclass
class Log:
    uuid: str
    node: Node
    time: datetime
    level: str
    message: str


class Graph:
    def __init__(self, start: datetime):
        self.now = start
        self.users: list[User] = []
        self.computers: list[Computer] = []
        self.nodes: list[Node] = []
        self.links: list[Link] = []
        self.groups: list[Group] = []
        self.comments: list[Comment] = []
        self.logs: list[Log] = []

    def wait(self, seconds: float) -> None:
        """Move the clock by about that long: between 80 and 120 %, to the microsecond."""
        share = 0.8 + 0.4 * fraction("wait", len(self.nodes), len(self.logs), self.now)
        self.now += timedelta(microseconds=max(1, int(seconds * share * 1e6)))

    def user(self, *columns: str) -> User:
        self.users.append(User(len(self.users) + 1, *columns))
        return self.users[-1]

    def computer(self, label: str, **columns) -> Computer:
        number = len(self.computers) + 1
        self.computers.append(Computer(number, derived_uuid("computer", label), label, **columns))
        return self.computers[-1]

    def node(self, node_type: str, user: User, **columns) -> Node:
        """A node created now and stored a moment later."""
        self.wait(0.9)
        number = len(self.nodes) + 1
        stored = self.now + timedelta(microseconds=int(2000 + 38000 * fraction("stored", number)))
        self.nodes.append(Node(number, derived_uuid("node", number), node_type, self.now, stored, user, **columns))
        return self.nodes[-1]

    def link(self, source: Node, target: Node, label: str, link_type: str) -> None:
        assert link_type in LINK_TYPES
        self.links.append(Link(source, target, label, link_type))

    def group(self, label: str, type_string: str, user: User, nodes: list[Node], description: str = "",
              **extras) -> None:
        self.wait(40)
        number = len(self.groups) + 1
        self.groups.append(
            Group(number, derived_uuid("group", number), label, type_string, self.now, description, extras, user, nodes)
        )

    def comment(self, node: Node, user: User, content: str) -> None:
        self.wait(300)
        self.comments.append(Comment(derived_uuid("comment", len(self.comments)), node, self.now, user, content))

    def log(self, node: Node, level: str, message: str, time: datetime | None = None) -> None:
        self.logs.append(Log(derived_uuid("log", len(self.logs)), node, time or self.now, level, message))
