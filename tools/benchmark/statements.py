# SPDX-License-Identifier: MIT
"""What a request costs the database: the very statements, from its own trace, and how many there were."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from .cluster import VARIABLE, Cluster
from .servers import Programs
from .subjects import Subject

LINE = re.compile(r"statement (\S+) (\[.*)$")


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
            begin, seen = log.stat().st_size, cluster.statements_logged() if cluster else 0
            server.ask(subject.target)
            with open(log, encoding="utf-8") as text:
                text.seek(begin)
                statements = read_trace(text.read())
            found.append(Cost(statements, cluster.statements_logged() - seen if cluster else len(statements)))
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
