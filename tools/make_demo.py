#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write the demonstration archive: about 300 nodes of small, plausible provenance in an AiiDA 2.x archive.

    tools/make_demo.py OUTPUT.aiida

Needs nothing but the standard library of Python 3.11 and sql/schema/sqlite_gen2.sql. The same bytes come out of each
run: uuids and times are computed, nothing is read from a clock or a random source. All persons, places and numbers
are invented, all texts are this project's own.
"""

import sys
from pathlib import Path

from demo.archive import write_archive
from demo.story import tell

SCHEMA = Path(__file__).resolve().parent.parent / "sql" / "schema" / "sqlite_gen2.sql"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    Path(arguments[0]).write_bytes(write_archive(tell(), SCHEMA.read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
