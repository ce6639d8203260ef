# SPDX-License-Identifier: MIT
"""What a request costs the database: the very statements, from its own trace, and how many there were."""

import itertools
import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

from .cluster import VARIABLE, Cluster
from .servers import Programs, Server
from .subjects import Subject, target

LINE = re.compile(r"statement (\S+) (\[.*)$")
MARKS = itertools.count(1_987_654_321)  # no user has such an id
PATIENCE = 20  # seconds


@dataclass
class Statement:
    values: list[str]
    text: str


@dataclass
class Cost:
    statements: list[Statement]  # as the server says
    seen: int  # by PostgreSQL; for an archive as many as the server says


def read_trace(text: str) -> list[Statement]:
    """From lines like `… statement list [20,0] SELECT … LIMIT CAST(:p1 AS bigint) OFFSET …`."""
    found = []
    for line in text.splitlines():
        matched = LINE.search(line)
        if matched:
            values, end = json.JSONDecoder().raw_decode(matched[2])
            found.append(Statement([as_text(value) for value in values], matched[2][end:].strip()))
    return found


def as_text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def place_of(text: str, lines: list[str]) -> int:
    """The first line with it; behind the last where there is none."""
    return next((number for number, line in enumerate(lines) if text in line), len(lines))


def mark(server: Server, log: Path) -> str:
    """Asks for something, and returns a text that its line in the log has, when it is there: a thread of the server writes
    the log, perhaps after the answer. What was asked before stands before it."""
    number = str(next(MARKS))
    server.ask(target("users", f"id={number}"))
    end = time.monotonic() + PATIENCE
    while number not in log.read_text(encoding="utf-8"):
        if time.monotonic() > end:
            raise TimeoutError(f"no statement about {number} in the trace of the server")
        time.sleep(0.01)
    return number


def costs(programs: Programs, source: str | Path, options: list[str], wanted: list[Subject], folder: Path,
          cluster: Cluster | None = None) -> list[Cost]:
    """Of each subject, when it is asked for the third time (so what is prepared or cached is). With a cluster the
    source is the URI of a database in it."""
    log = folder / "trace.log"
    if cluster:
        source = f"{source}&options=-c%20log_statement%3Dall"
    found = []
    # One worker has one connection, so that no other one opens in between.
    with programs.server(source, *options, "--threads", "1", "--log-level", "trace", log=log) as server:
        for subject in wanted:
            server.ask(subject.target)
            server.ask(subject.target)
            before = mark(server, log)
            seen = cluster.statements_logged() if cluster else 0
            server.ask(subject.target)
            sent = cluster.statements_logged() - seen if cluster else None
            after = mark(server, log)
            lines = log.read_text(encoding="utf-8").splitlines()
            between = lines[place_of(before, lines):place_of(after, lines)]
            statements = read_trace("\n".join(line for line in between if before not in line))
            found.append(Cost(statements, len(statements) if sent is None else sent))
    return found


def script(statements: list[Statement]) -> tuple[str, dict[str, str]]:
    """For pgbench: one transaction of these statements, and its variables."""
    lines, variables = [], {}
    for number, statement in enumerate(statements, 1):
        def written(place: re.Match, number=number, values=statement.values) -> str:
            return f":s{number}p{place[1]}" if values[int(place[1]) - 1] else "''"  # pgbench refuses an empty variable

        lines.append(re.sub(r":p(\d+)\b", written, " ".join(statement.text.split())) + ";\n")
        variables |= {f"s{number}p{place}": value for place, value in enumerate(statement.values, 1) if value}
    text = "".join(lines)
    named = set(re.findall(VARIABLE, text))
    if named != set(variables):
        raise ValueError(f"pgbench would take {named ^ set(variables)} for variables, or miss them: {text}")
    return text, variables
