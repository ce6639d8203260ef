# SPDX-License-Identifier: MIT
"""What operators, casts and functions of queries in JSON (POST /api/v4/querybuilder) do with values: part of
builder_evaluation.py, which says what a whole query means."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from functools import reduce
from operator import eq, ge, gt, le, lt

ABSENT = object()  # what is at a path where nothing is


class NotSaid(Exception):
    """The description leaves open what comes, or it is more than a test wants to see."""


# ---- values ----------------------------------------------------------------------------------------------------------


def kind(value) -> str:
    for types, name in ((bool, "boolean"), ((int, float, Decimal), "number"), (str, "string"), (list, "array"),
                        (dict, "object"), (datetime, "time"), (type(None), "null")):
        if isinstance(value, types):
            return name
    raise TypeError(value)


def canonical(value):
    """Equal and hashable exactly where values are equal."""
    name = kind(value)
    if name == "array":
        return name, tuple(map(canonical, value))
    if name == "object":
        return name, frozenset((key, canonical(each)) for key, each in value.items())
    return name, Decimal(value) if name == "number" else value


def same(one, other) -> bool:
    return canonical(one) == canonical(other)


def folded(text):
    """Texts lie in the order of these: A to Z count as a to z."""
    return re.sub("[A-Z]+", lambda letters: letters[0].lower(), text) if isinstance(text, str) else text


def like(text: str, pattern: str, ignores_case: bool) -> bool:
    parts = re.findall(r"\\(.)|(%)|(_)|(.)", pattern, re.DOTALL)
    expression = "".join(".*" if many else "." if one else re.escape(escaped or plain) for escaped, many, one, plain in parts)
    if ignores_case:
        text, expression = folded(text), folded(expression)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def contains(value, wanted) -> bool:
    if kind(value) != kind(wanted):
        return False
    if isinstance(wanted, list):
        return all(any(contains(each, one) for each in value) for one in wanted)
    if isinstance(wanted, dict):
        return all(key in value and contains(value[key], one) for key, one in wanted.items())
    return same(value, wanted)


def at(document, steps: list):
    """What is there; ABSENT where nothing is."""
    for step in steps:
        if isinstance(document, list) and re.fullmatch(r"-?\d+", step) and -len(document) <= int(step) < len(document):
            document = document[int(step)]
        elif isinstance(document, dict) and step in document:
            document = document[step]
        else:
            return ABSENT
    return document


def instant(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.astimezone(timezone.utc).replace(tzinfo=None) if time.tzinfo else time


# ---- three values: True, False, None where it is unknown -------------------------------------------------------------


def negation(one):
    return None if one is None else not one


def both(one, other):
    return False if one is False or other is False else None if one is None or other is None else True


def either(one, other):
    return negation(both(negation(one), negation(other)))


def together(word: str, values: list):
    return reduce(both, values, True) if word == "and" else reduce(either, values, False)


def apart(word: str) -> tuple:
    """An operator, and whether it is negated."""
    return (word[1:], True) if word[0] in "!~" else (word, False)


# ---- operators -------------------------------------------------------------------------------------------------------

COMPARISONS = {"==": same, ">": gt, "<": lt, ">=": ge, "=>": ge, "<=": le, "=<": le}
LENGTHS = {"of_length": eq, "longer": gt, "shorter": lt}


def compared(operator: str, one, other) -> bool:
    if operator == "==":
        return same(one, other)
    return COMPARISONS[operator](folded(one), folded(other))


def on_column(column_type: str, value, operator: str, wanted):
    if wanted is None:
        return value is None
    if value is None:
        return None

    typed = {"time": instant, "integer": Decimal, "uuid": str.lower, "text": str}[column_type]
    if operator in ("like", "ilike"):
        return like(str(value), wanted, operator == "ilike" and column_type == "text")
    if operator == "in":
        return any(same(value, typed(one)) for one in wanted if one is not None)
    return compared(operator, value, typed(wanted))


def on_document(value, operator: str, wanted):
    if operator == "of_type":
        if value is ABSENT:
            return True if wanted == "null" else None
        return kind(value) == wanted
    if operator == "contains":
        wanted = wanted if isinstance(wanted, (list, dict)) else [wanted]
        return None if value is ABSENT else contains(value, wanted)
    if operator == "has_key":
        return None if value is ABSENT else isinstance(value, dict) and wanted in value
    if operator == "==" and wanted is None:
        return value is ABSENT or value is None
    if value is ABSENT:
        return False
    if operator in LENGTHS:
        return isinstance(value, list) and LENGTHS[operator](len(value), wanted)
    if operator in ("like", "ilike"):
        return isinstance(value, str) and like(value, wanted, operator == "ilike")
    if operator == "in":
        return any(same(value, one) for one in wanted if one is not None)
    return kind(value) == kind(wanted) and compared(operator, value, wanted)


# ---- casts and functions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class JsonText:
    """A text that is some way of writing this value, which is canonical: 1e3 or 1000."""

    value: tuple

    @classmethod
    def read(cls, text: str):
        """It, or the text where that is nothing of the kind."""
        value = parsed(text)
        return text if value is None or isinstance(value, (bool, str)) else cls(canonical(value))


def no_number(text: str):
    raise ValueError(text)


def parsed(text: str):
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=no_number)
    except ValueError:
        return None


def as_number(value):
    """Of a number, or of a text that is one."""
    if isinstance(value, str):
        found = re.fullmatch(r"\s*([-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)\s*", value)
        return Decimal(found[1]) if found else None
    return Decimal(value) if value is not None and kind(value) == "number" else None


def as_float(value):
    number = as_number(value)
    try:
        number = None if number is None else Decimal(repr(float(number)))
    except OverflowError:
        return None
    return number if number is not None and number.is_finite() else None


def as_integer(value):
    """Of 64 bits. Nothing is rounded, and no text with a fraction is one."""
    number = as_number(value)
    if number is None or isinstance(value, str) and not re.fullmatch(r"[-+]?\d+", value.strip()):
        return None
    return int(number) if number == number.to_integral_value() and -2**63 <= number < 2**63 else None


def as_boolean(value):
    """Of a boolean, 0, 1, or one of the words, of which the beginning is enough where it tells them apart."""
    if isinstance(value, (list, dict)):
        return None
    text = str(value).strip().lower()
    if text and any(word.startswith(text) for word in ("true", "yes", "1")) or text == "on":
        return True
    return False if text and any(word.startswith(text) for word in ("false", "no", "0")) or text in ("of", "off") else None


def as_text(value):
    if isinstance(value, (list, dict, Decimal)):
        return JsonText(canonical(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_time(value):
    try:
        return instant(value) if isinstance(value, str) else None
    except ValueError:
        return None


CASTS = {"f": as_float, "i": as_integer, "b": as_boolean, "t": as_text, "d": as_time,
         "j": lambda value: parsed(value) if isinstance(value, str) else value}


def cast_to(letter: str, value):
    return None if value is None or value is ABSENT else CASTS[letter](value)


def function_of(name: str, values: list):
    """Of values of one type, without those that are missing."""
    some = [value for value in values if value is not None]
    if name == "count":
        return len(some)
    if not some:
        return None
    if any(isinstance(value, JsonText) for value in some):
        raise NotSaid("how documents lie")
    extreme = (max if name == "max" else min)(some, key=folded)
    if len({canonical(value) for value in some if folded(value) == folded(extreme)}) > 1:
        raise NotSaid("which of two spellings is the greater")
    return extreme
