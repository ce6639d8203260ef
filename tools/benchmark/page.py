# SPDX-License-Identifier: MIT
"""Tables of Markdown, and the pages that keep them: docs/measurements/MODE.md, and docs/performance.md for the aims."""

import re
import statistics
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "performance.md"
HEADING = "# Performance\n"


def measurement(name: str) -> Path:
    return PAGE.with_name("measurements") / f"{name}.md"


def table(heads: list[str], rows: list[list[str]], texts: int = 1) -> str:
    """The first columns are text, as many as `texts` says, the others are numbers."""
    lines = [heads, ["---"] * texts + ["--:"] * (len(heads) - texts), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def number(value: float | None) -> str:
    """Three digits that mean something; – where nothing was measured."""
    if value is None:
        return "–"
    return whole(value) if abs(value) >= 1000 else f"{value:.3g}"


def whole(value: float) -> str:
    """500 000"""
    return f"{value:,.0f}".replace(",", " ")


def megabytes(size: float) -> str:
    return f"{size / 2**20:.0f} MiB"


def spread(values: list[float]) -> str:
    """The median, and from the least to the greatest: 0.57 (0.55–0.59)."""
    if not values:
        return "–"
    middle = number(statistics.median(values))
    ends = [number(min(values)), number(max(values))]
    return middle if len(values) == 1 else f"{middle} ({'–'.join(ends)})"


BEGIN, END = "<!-- generated: {} -->\n", "<!-- end -->\n"


def find_block(text: str, name: str) -> re.Match[str] | None:
    return re.search(re.escape(BEGIN.format(name)) + "(.*?)" + re.escape(END), text, re.DOTALL)


def read_block(page: Path, name: str) -> str:
    """What the block says; nothing where there is none."""
    found = find_block(page.read_text(encoding="utf-8"), name) if page.exists() else None
    return found[1] if found else ""


def write_block(page: Path, name: str, text: str, heading: str = HEADING) -> None:
    """Replaces what the block said before, or adds it at the end; the rest of the page is somebody's own words.
    A page that is not there yet begins with the heading."""
    old = page.read_text(encoding="utf-8") if page.exists() else heading
    block = BEGIN.format(name) + text.strip() + "\n" + END
    found = find_block(old, name)
    new = old[: found.start()] + block + old[found.end():] if found else old.rstrip() + "\n\n" + block
    page.write_text(new, encoding="utf-8")
