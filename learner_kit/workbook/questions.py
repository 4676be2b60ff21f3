"""Question records: what is asked, what was typed turned into a plain value, and whether a plain value is a sound one.

A question knows no screen and no disk. `learner_kit.workbook` offers the short names (`number`, `choice`, …) that
notebooks use; the classes here are what those give back.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date as Date
from typing import Any, ClassVar

LONGEST = 20_000  # characters in one text answer
LARGEST = 1e15  # above this a float no longer tells cents apart
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Question:
    """What every kind of question has: an id, which begins with its criterion, and a prompt.

    `read(raw)` turns what was typed into a plain value, `fault(value)` says what is wrong with a plain value from a file
    nobody vouches for, `show(value)` writes a value as a learner would type it.
    """

    id: str
    prompt: str
    kind: ClassVar[str] = ""

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or len(self.id) > 100 or not ID.fullmatch(self.id):
            raise ValueError(
                f"id must be small letters, digits and single hyphens, for example so1-ac1-sales, not {self.id!r}."
            )
        if not isinstance(self.prompt, str) or not self.prompt.strip():
            raise ValueError(f"prompt of {self.id} must be a sentence, not {self.prompt!r}.")

    @property
    def takes(self) -> str:
        """What the field takes, in a sentence a learner reads before anything is wrong."""
        raise NotImplementedError

    def read(self, raw: Any) -> Any:
        """Turn what was typed into a plain value; nothing typed gives None. ValueError says what to type instead."""
        raise NotImplementedError

    def fault(self, value: Any) -> str | None:
        """Say what is wrong with a plain value, or None when it is sound (None itself, unanswered, is)."""
        raise NotImplementedError

    def valid(self, value: Any) -> bool:
        """Tell whether a plain value is one this question can hold."""
        return self.fault(value) is None

    def show(self, value: Any) -> str:
        """Write a plain value as the learner would type it; unanswered gives "", an unsound value is shown as it is, cut."""
        if value is None:
            return ""
        return clean(str(value))[:200] if self.fault(value) else self._show(value)

    def _show(self, value: Any) -> str:
        return str(value)

    def begun(self, value: Any) -> str:
        """How far an answer is that is only begun, such as "2 of 7 cells"; nothing of any other."""
        return ""


def blank(value: Any) -> bool:
    """Tell whether a plain value holds no answer at all: None, only spaces, or a list or table of nothing.

    Example:
        >>> blank([{"Calls": None, "Group": " "}]), blank(0.0)
        (True, False)
    """
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return all(blank(one) for one in value.values())
    if isinstance(value, (list, tuple)):
        return all(blank(one) for one in value)
    return False


@dataclass(frozen=True)
class Number(Question):
    """A number with its unit and bounds; its plain value is a float."""

    unit: str | None = None
    low: float | None = None
    high: float | None = None
    whole: bool = False
    kind: ClassVar[str] = "number"

    @property
    def takes(self) -> str:
        whole = "whole " if self.whole else ""
        plain = f"A {whole}number of {self.unit}" if self.unit else f"A {whole}number"
        what = {"R": "An amount in rand", "%": "A percentage"}.get(self.unit or "", plain)
        example = "12" if self.whole or self.unit == "%" else "1\u00a0500,00"
        span = f", {_plain(self.low)} or more" if self.low is not None else self._span().replace(" of", ",")
        if self.low is not None and self.high is not None:
            middle = (self.low + self.high) / 2
            example, span = _plain(float(round(middle)) if self.whole else middle), self._span()
        return f"{what}{span}, for example {example}."

    def read(self, raw: Any) -> float | None:
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        if isinstance(raw, (int, float)) and not isinstance(raw, bool):
            value = raw
        else:
            from learner_kit.reading import read_number

            value = read_number(str(raw), self.unit)
        wrong = self.fault(value)
        if wrong:
            raise ValueError(wrong)
        return float(value)

    def fault(self, value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return f"Type a number{self._span()}, not {_kind_in_words(value)}."
        try:
            given = float(value)
        except OverflowError:
            given = math.inf
        if not math.isfinite(given) or abs(given) > LARGEST:
            return "This number is too large. Look at the number of zeros."
        if self.whole and given != int(given):
            return f"Type a whole number{self._span()}, without a decimal comma."
        if (self.low is not None and given < self.low) or (self.high is not None and given > self.high):
            return f"Type a number{self._span()}."
        return None

    def _show(self, value: Any) -> str:
        sign = "\u00a0%" if self.unit == "%" and 0 < abs(value) < 1 else ""  # 0,12 alone could be 12 %
        return _plain(float(value), cents=self.unit == "R") + sign

    def _span(self) -> str:
        if self.low is not None and self.high is not None:
            return f" from {_plain(self.low)} to {_plain(self.high)}"
        if self.low is not None:
            return f" of {_plain(self.low)} or more"
        return f" of at most {_plain(self.high)}" if self.high is not None else ""


@dataclass(frozen=True)
class Options(Question):
    """What choice, choices and order share: named options, kept as (key, label) in the order they are shown."""

    options: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for what, names in (("key", [key for key, _ in self.options]), ("label", [label for _, label in self.options])):
            if len(names) < 2 or len({folded(name) for name in names}) != len(names) or not all(map(str.strip, names)):
                raise ValueError(f"options of {self.id} must be two or more, each with a {what} of its own.")

    @property
    def labels(self) -> dict[str, str]:
        """The label of each key."""
        return dict(self.options)

    def key(self, raw: Any) -> str:
        """Find the option meant by a key or a label, whatever its case and stray spaces."""
        wanted = folded(str(raw))
        for names in (0, 1):
            for option in self.options:
                if folded(option[names]) == wanted:
                    return option[0]
        raise ValueError(f"Choose one of these: {'; '.join(self.labels.values())}.")

    def _keys(self, raw: Any) -> list[str]:
        parts = raw.split(";") if isinstance(raw, str) else list(raw or [])
        return [self.key(part) for part in parts if str(part).strip()]

    def _list_fault(self, value: Any) -> str | None:
        known = self.labels
        if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) and one in known for one in value):
            return f"Choose from these: {'; '.join(known.values())}."
        return "The same option stands here twice." if len(set(value)) != len(value) else None


@dataclass(frozen=True)
class Choice(Options):
    """One option out of several; its plain value is the option's key."""

    kind: ClassVar[str] = "choice"

    @property
    def takes(self) -> str:
        return "Choose one."

    def read(self, raw: Any) -> str | None:
        return None if blank(raw) else self.key(raw)

    def fault(self, value: Any) -> str | None:
        if value is None or (isinstance(value, str) and value in self.labels):
            return None
        return f"Choose one of these: {'; '.join(self.labels.values())}."

    def _show(self, value: Any) -> str:
        return self.labels[value]


@dataclass(frozen=True)
class Choices(Options):
    """Any number of options; its plain value is the list of keys, in the order the options are shown."""

    kind: ClassVar[str] = "choices"

    @property
    def takes(self) -> str:
        return "Choose all that apply."

    def read(self, raw: Any) -> list[str] | None:
        chosen = set(self._keys(raw))
        return [key for key, _ in self.options if key in chosen] or None

    def fault(self, value: Any) -> str | None:
        return None if value is None else self._list_fault(value)

    def _show(self, value: Any) -> str:
        return "; ".join(self.labels[key] for key in value)


@dataclass(frozen=True)
class Order(Options):
    """All options put in an order; its plain value is the list of keys, first to last."""

    kind: ClassVar[str] = "order"

    @property
    def takes(self) -> str:
        return "Move the lines up or down until the order is right, then keep it."

    def read(self, raw: Any) -> list[str] | None:
        keys = self._keys(raw)
        wrong = self.fault(keys) if keys else None
        if wrong:
            raise ValueError(wrong)
        return keys or None

    def fault(self, value: Any) -> str | None:
        if value is None:
            return None
        return self._list_fault(value) or (
            None if len(value) == len(self.options) else f"Put all {len(self.options)} lines in order."
        )

    def _show(self, value: Any) -> str:
        return "; ".join(self.labels[key] for key in value)


@dataclass(frozen=True)
class Text(Question):
    """Words of the learner's own, with guidance on how many, or as long as one SMS; its plain value is a string."""

    words: tuple[int, int] | None = None
    sms: bool = False
    kind: ClassVar[str] = "text"

    @property
    def takes(self) -> str:
        if self.sms:
            return "In your own words, in one SMS: at most 160 plain characters."
        return (
            f"In your own words, about {self.words[0]} to {self.words[1]} words."
            if self.words
            else "In your own words."
        )

    def read(self, raw: Any) -> str | None:
        said = "" if raw is None else clean(str(raw)).replace("\r\n", "\n").replace("\r", "\n")
        wrong = self.fault(said)
        if wrong:
            raise ValueError(wrong)
        return said if said.strip() else None

    def fault(self, value: Any) -> str | None:
        if value is not None and not isinstance(value, str):
            return f"Type words, not {_kind_in_words(value)}."
        if value and len(value) > LONGEST:
            return f"This is {len(value):,} characters long; at most {LONGEST:,} fit. Shorten it.".replace(",", " ")
        return None

    def count(self, value: str | None) -> int:
        """Count the words, as the guidance under the field does."""
        return len((value or "").split())


@dataclass(frozen=True)
class Day(Question):
    """A date; its plain value is text such as 2026-11-21."""

    low: Date | None = None
    high: Date | None = None
    kind: ClassVar[str] = "date"

    @property
    def takes(self) -> str:
        return f"A date: day, month and year{self._span()}, for example 21 November 2026 or 2026-11-21."

    def read(self, raw: Any) -> str | None:
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        if not isinstance(raw, Date):
            from learner_kit.reading import read_date

            raw = read_date(str(raw))
        value = raw.isoformat()[:10]
        wrong = self.fault(value)
        if wrong:
            raise ValueError(wrong)
        return value

    def fault(self, value: Any) -> str | None:
        if value is None:
            return None
        try:
            if not isinstance(value, str) or len(value) != 10:
                raise ValueError
            given = Date.fromisoformat(value)
        except ValueError:
            return "Type a date, for example 21 November 2026 or 2026-11-21."
        if (self.low and given < self.low) or (self.high and given > self.high):
            return f"Type a date{self._span()}."
        return None

    def _span(self) -> str:
        return (f" from {self.low.isoformat()}" if self.low else "") + (
            f" up to {self.high.isoformat()}" if self.high else ""
        )


def folded(said: str) -> str:
    """Make a key, label or short text comparable: case, stray spaces and no-break spaces do not count.

    Example:
        >>> folded("  Walk-In  customers ")
        'walk-in customers'
    """
    return " ".join(said.split()).casefold()


def clean(said: str) -> str:
    """Replace halves of broken characters, which cannot be written to a file.

    Example:
        >>> clean("a" + chr(0xD800) + "b") == "a" + chr(0xFFFD) + "b"
        True
    """
    return _BROKEN.sub("\ufffd", said)


_BROKEN = re.compile("[\ud800-\udfff]")


def _plain(value: float, cents: bool = False) -> str:
    """Write a number the South African way, with all its digits: no-break space for thousands, decimal comma."""
    from decimal import Decimal

    sign = "-" if value < 0 else ""
    whole, _, part = format(Decimal(repr(abs(float(value)))), "f").partition(".")
    part = part.rstrip("0")
    if len(part) == 3 or (cents and len(part) == 1):  # three digits could be read as a thousand
        part += "0"
    return sign + f"{int(whole):,}".replace(",", "\u00a0") + (f",{part}" if part else "")


def _kind_in_words(value: Any) -> str:
    names = {bool: "true or false", str: "text", list: "a list", tuple: "a list", dict: "a table", float: "a number"}
    return names.get(type(value), "a number" if isinstance(value, int) else "this")
