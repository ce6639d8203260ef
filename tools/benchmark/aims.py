# SPDX-License-Identifier: MIT
"""What was aimed at, and what came of it: a table in the page, written from the figures of the run that wrote the other
tables. Each mode says its own rows (Session.came_to); rows of modes that did not run keep what they said."""

import re
from collections.abc import Callable
from pathlib import Path

from .page import number, read_block, table

BLOCK = "bench aims"
HEAD = ("Ratios of one run, from the worst to the best of the requests of each aim; **bold** if the worst misses it. Each "
        "row belongs to the same run as the table of its mode.\n")
HEADS = ["aim", "came to", "mode"]

AIMS = {  # what a mode calls it → its mode, the words of the page
    "cold lists": ("requests", "cold lists (20 and 400 rows, pages, by type, by day) at 0.6 of the database's floor"),
    "cold node": ("requests", "cold single node at 0.6 of the database's floor"),
    "cold links": ("requests", "cold inputs and outputs at 0.6 of the database's floor"),
    "cold attributes": ("requests", "cold attributes at 0.6 of the database's floor"),
    "cold small": ("requests", "cold users and computers at 0.6 of the database's floor"),
    "warm": ("requests", "warm answers at 0.7 of the network's floor"),
    "error": ("requests", "an error (400), never cached, at 0.7 of the network's floor"),
    "warm archive": ("archive", "warm answers of an archive at 0.7 of the network's floor"),
    "statements": ("requests", "statements of a cold list 1 or 2, of a single object 1"),
    "statistics warm": ("requests", "warm statistics in less than 1 ms (p50, 1 connection)"),
    "statistics cold": ("requests", "cold statistics in one pass over the nodes"),
    "grown warm": ("scaling", "a hundred times the nodes: at most 1.5 × the time, cached"),
    "grown cold": ("scaling", "the same, not cached, if as many rows are found"),
    "grown counted": ("scaling", "the same, not cached, if the rows to count grow with the nodes"),
    "grown pages": ("pages", "the same, for a page requested for the first time, in a list that has been counted"),
    "documents": ("questions", "a condition on an attribute, with and without an index, within 1.1 × of the best SQL by hand"),
    "relations": ("questions", "filters on related rows within 1.1 × of the best SQL by hand"),
    "walks": ("questions", "`ancestor.uuid` of a node with about 1 000 descendants within 1.2 × of SQL by hand"),
    "csv": ("questions", "all nodes as CSV at 0.5 of the speed of psql's `\\copy`, in less than 8 MiB"),
    "after": ("questions", "page 10 000 by `after` within 1.2 × of page 1"),
    "facets": ("questions", "values of type and state in one pass over the nodes"),
    "v4 lists": ("v4", "cold lists of `/api/v4` at 0.6 of the database's floor"),
    "v4 node": ("v4", "a cold single node of `/api/v4` at 0.6 of the database's floor"),
    "v4 links": ("v4", "cold links and trees of `/api/v4` at 0.6 of the database's floor"),
    "v4 warm": ("v4", "warm answers of `/api/v4` at 0.7 of the network's floor"),
    "v4 passes": ("v4", "the types of all nodes with their numbers in one pass over the nodes"),
    "v4 start": ("v4", "the start of an explorer in less than 1 s"),
    "v4 remembered": ("v4", "types, statistics, tree and lists in less than 50 ms, remembered"),
    "browser cpu": ("browser", "a list of 20 as a page: at most 3 × the server's CPU for JSON"),
    "browser size": ("browser", "a list page in 60 KiB"),
    "browser start": ("browser", "the start page in less than 100 ms, remembered"),
    "uuid": ("uuid", "the start of a uuid within 1.3 × of the whole"),
    "memory requests": ("requests", "at most 64 MiB resident, and warm the cache's 64 MiB: requests to PostgreSQL"),
    "memory archive": ("archive", "the same: requests to an archive"),
    "memory scaling": ("scaling", "the same: few and many nodes"),
    "memory": ("memory", "the same: a million requests of all kinds"),
    "growth": ("memory", "no growth over a million requests"),
    "start": ("start", "0.3 s from the start to the first answer, on 1 GB"),
    "writers elsewhere": ("writers", "lists beside 100 commits a second in another database at 0.8 of the idle rate"),
    "writers elsewhere, no setup": ("writers", "the same without the setup of the live feed at 0.3"),
    "writers here": ("writers", "lists beside 100 commits a second on the nodes themselves at 0.3 of the idle rate"),
    "writers here, no setup": ("writers", "the same without the setup at 0.1"),
    "writers p50": ("writers", "a list beside these writers in less than 5 ms (p50)"),
    "writers filtered": ("writers", "a filtered list beside writers of the nodes, with the setup, in less than 10 ms (p50)"),
    "writers standby": ("writers", "lists of a hot standby, with the setup, at 0.8 of the primary's rate"),
    "feed latency": ("feed", "a change is with a subscriber within the interval (100 ms) and 10 ms (p50), 50 ms (p99)"),
    "feed rest": ("feed", "a subscriber at rest in 4 KiB"),
    "feed beside": ("feed", "other requests within 20 ms (p99) beside 10 000 subscribers and 10 batches a second"),
    "feed writers": ("feed", "what the installed source takes of a writer's statement: at most what its design says"),
    "feed rate": ("feed", "0.9 of the requests while 1 000 subscribers follow 100 commits a second"),
}

MEBIBYTE = 2**20
RESIDENT = {"cold": 64 * MEBIBYTE, "warm": 128 * MEBIBYTE}  # bytes at most; warm: with the default of --cache


def span(values: list[float], is_met: Callable[[float], bool]) -> str:
    """0.36–0.41, or **0.36–0.41** where one of them does not meet the aim; – without values."""
    if not values:
        return "–"
    text = "–".join(dict.fromkeys((number(min(values)), number(max(values)))))
    return text if all(map(is_met, values)) else f"**{text}**"


def resident(peaks: dict[str, int]) -> str:
    """Peaks in bytes of each way to run the server: 36 MiB cold, 19 MiB warm."""
    return ", ".join(f"{span([peak / MEBIBYTE], lambda value, lane=lane: value * MEBIBYTE <= RESIDENT[lane])} MiB {lane}"
                     for lane, peak in peaks.items())


def update(page: Path, modes: list[str], came_to: dict[str, str]) -> str:
    """The text of the block: what these modes have found, and what the page says already of the others."""
    said = dict(re.findall(r"^\| (.+?) \| (.+?) \| `\w+` \|$", read_block(page, BLOCK), re.MULTILINE))
    rows = [[words, (came_to.get(key) if mode in modes else said.get(words)) or "–", f"`{mode}`"]
            for key, (mode, words) in AIMS.items()]
    return f"{HEAD}\n{table(HEADS, rows, len(HEADS))}"
