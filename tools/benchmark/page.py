"""Tables of Markdown, and the page that keeps them: docs/performance.md, unless another is named."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "performance.md"
HEADING = "# Performance\n"


def table(heads: list[str], rows: list[list[str]]) -> str:
    """The first column is text, the others are numbers."""
    lines = [heads, ["---"] + ["--:"] * (len(heads) - 1), *rows]
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


def write_block(page: Path, name: str, text: str, heading: str = HEADING) -> None:
    """Replaces what the block said before, or adds it at the end; the rest of the page is somebody's own words.
    A page that is not there yet begins with the heading."""
    begin, end = f"<!-- generated: {name} -->\n", "<!-- end -->\n"
    old = page.read_text(encoding="utf-8") if page.exists() else heading
    block = begin + text.strip() + "\n" + end
    pattern = re.escape(begin) + ".*?" + re.escape(end)
    found = re.search(pattern, old, re.DOTALL)
    new = old[: found.start()] + block + old[found.end():] if found else old.rstrip() + "\n\n" + block
    page.write_text(new, encoding="utf-8")
