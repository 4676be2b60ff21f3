"""Text as it stands on paper: made safe, and numbers, money and dates as South Africans write them."""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from typing import Any

from learner_kit.moments import MONTHS
from learner_kit.reading import write_number

MISSING = "–"
REPLACED = "\ufffd"  # the sign readers know for "something stood here that can't be shown"
# Marks that turn the direction of the text around them: a name could be made to read backwards with them.
_TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_KEPT = {"\n", "\u00ad", "\u200b", "\u200c", "\u200d", "\u2060"}  # new line; where a word may break or must join
_NUMBER = re.compile(r"[-−+]?\s*(R\s?)?[-−]?\d[\d\u00a0 ]*([.,]\d+)?\s*%?")


def clean(text: Any) -> str:
    """Make any text fit to print: what can't be printed is replaced by the sign �.

    Control characters, half characters (lone surrogates), characters that Unicode leaves unused, and marks that turn
    the reading direction are replaced; a tab becomes a space; all kinds of line end become one.

    Example:
        >>> clean("Line 1\\r\\nLine 2\\twith a tab and a bell\\x07")
        'Line 1\\nLine 2 with a tab and a bell�'
    """
    said = "" if text is None else str(text)
    said = re.sub(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", said).replace("\t", " ").replace("\ufeff", "")
    return "".join(one if _printable(one) else REPLACED for one in said)


def visible(text: Any) -> bool:
    """Tell whether a text shows anything at all once it is printed."""
    return any(not one.isspace() and one not in _KEPT for one in clean(text))


def _printable(one: str) -> bool:
    if one in _KEPT:
        return True
    return one not in _TURNING and unicodedata.category(one) not in ("Cc", "Cs", "Cn", "Co")


def shown(value: Any, decimals: int | None = None) -> str:
    """Write a value as it should stand in a document.

    Args:
        value: numbers get a space between thousands and a decimal comma; dates are written out; true and false become
            Yes and No; None and a number that is missing become a dash. Text stays as it is, so give code numbers
            and years as text.
        decimals: places after the comma; without it, at most two, and none that say nothing.

    Example:
        >>> shown(1234.5), shown(1234.5, decimals=2), shown(None), shown(True)
        ('1\\xa0234,5', '1\\xa0234,50', '–', 'Yes')
        >>> shown(datetime.date(2026, 11, 21))
        '21 November 2026'
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return MISSING
    if isinstance(value, str):
        return clean(value)
    if type(value).__name__ in ("bool", "bool_"):
        return "Yes" if value else "No"
    if isinstance(value, datetime.date):
        return long_date(value)
    if is_number(value):
        return _number(value, decimals)
    return clean(value)


def long_date(day: datetime.date) -> str:
    """Write a date out, in the same way on every computer.

    Example:
        >>> long_date(datetime.date(2026, 3, 1))
        '1 March 2026'
    """
    said = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    if isinstance(day, datetime.datetime) and (day.hour or day.minute):
        said += f", {day.hour:02}:{day.minute:02}"
    return said


def is_number(value: Any) -> bool:
    """Tell whether a value is a number rather than text, a date or true/false."""
    if isinstance(value, (str, bytes, bool)) or type(value).__name__ == "bool_":
        return False
    return hasattr(value, "__float__") and not isinstance(value, datetime.timedelta)


def spoken(column: Any) -> str:
    """The name of a column as a reader would write it: a capital first, spaces for underscores.

    Example:
        >>> spoken("first_order")
        'First order'
    """
    said = str(column).replace("_", " ").strip()
    return said[:1].upper() + said[1:]


def ended(said: str) -> str:
    """A title as a sentence: with a full stop, unless it ends in a sign already.

    Example:
        >>> ended("Answers"), ended("Which group?"), ended('"Yes."')
        ('Answers.', 'Which group?', '"Yes."')
    """
    return said if said.rstrip('"')[-1:] in ".?!" else f"{said}."


def looks_numeric(value: Any) -> bool:
    """Tell whether a value reads as a number on paper, such as 12, `R1 500,00` or `12 %`: it belongs at the right."""
    return is_number(value) or (isinstance(value, str) and bool(_NUMBER.fullmatch(value.strip())))


def _number(value: Any, decimals: int | None) -> str:
    try:
        number = float(value)
    except OverflowError:
        return str(value)
    if math.isnan(number):
        return MISSING
    if math.isinf(number):
        return "no limit" if number > 0 else "-no limit"
    if decimals is not None:
        return write_number(number, decimals)
    if isinstance(value, int):
        return write_number(value)
    said = write_number(number, 2)
    return said[:-3] if said.endswith(",00") else said.removesuffix("0")
