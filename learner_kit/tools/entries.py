"""Small fields that forms are made of: a line to type a date or a time on, and a list to pick from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from learner_kit.forms.looks import box, markup, words

_TAKES = {"day": "such as 2026-11-28 or 28/11/2026", "clock": "such as 08:30"}


class Entry:
    """A field with its label: `input` is the widget, `face` the field as it stands in a form."""

    def __init__(self, label: str, made: widgets.Widget):
        self.label, self.input, self.fault = label, made, ""
        made.add_class("lk-stack")
        made.layout.width = "17rem"
        self.note = markup()
        self.face = box(made, self.note, look="lk-field")
        self.face.layout = widgets.Layout(width="18rem", margin="0 1rem 0.6rem 0")

    @property
    def sound(self) -> bool:
        """Whether what stands in the field could be read when it was last read."""
        return not self.fault

    def observe(self, changed: Callable[..., None]) -> None:
        self.input.observe(changed, "value")

    def show(self, seen: bool) -> None:
        """Show the field or hide it; a hidden field keeps what was typed."""
        self.face.layout.display = None if seen else "none"

    def bare(self) -> widgets.Widget:
        """The input alone, its label hidden: for a cell of a table."""
        self.input.remove_class("lk-stack")
        self.input.add_class("lk-hidden-label")
        self.input.layout.width = "100%"
        return self.input

    def read(self) -> Any:
        """The value, or None where it is empty or can't be read; then `fault` says why."""
        raise NotImplementedError


class Typed(Entry):
    """A date ("day") or a time ("clock") to type."""

    def __init__(self, label: str, start: str, kind: str, may_be_empty: bool = False):
        self.kind, self.may_be_empty = kind, may_be_empty
        takes = f"{label}, {_TAKES[kind]}"
        super().__init__(label, widgets.Text(value=start, description=label, tooltip=takes, continuous_update=False))

    def read(self) -> dt.date | dt.time | None:
        self.fault = ""
        said, value = self.input.value.strip(), None
        try:
            if said:
                value = read_clock(said) if self.kind == "clock" else _day(said)
            elif not self.may_be_empty:
                raise ValueError(f"Type a {'time' if self.kind == 'clock' else 'date'}, {_TAKES[self.kind]}.")
        except ValueError as error:
            self.fault = str(error)
        self.note.value = words(f"▲ {self.fault}" if self.fault else "", "lk-fault", "alert")
        for one in (self.face, self.input):
            (one.add_class if self.fault else one.remove_class)("lk-wrong")
        return value


class Pick(Entry):
    """One of several options, by key and label."""

    def __init__(self, label: str, options: Mapping[str, str], start: str):
        pairs = [(said, key) for key, said in options.items()]
        super().__init__(label, widgets.Dropdown(options=pairs, value=start, description=label, tooltip=label))

    def read(self) -> str:
        return self.input.value


def read_clock(said: str) -> dt.time:
    """Read a time of day as it is written here: 08:30, 8:30, 8h30 or 08.30; 17:00, never 5 pm.

    Raises:
        ValueError: saying what to type.

    Example:
        >>> read_clock("8h30")
        datetime.time(8, 30)
    """
    hours, _, minutes = said.strip().lower().replace("h", ":").replace(".", ":").partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and int(hours) < 24 and int(minutes) < 60):
        raise ValueError(f"This is no time of day. Type hours and minutes of a 24-hour clock, {_TAKES['clock']}.")
    return dt.time(int(hours), int(minutes))


def say_day(day: dt.date, short: bool = False) -> str:
    """Write a day with its weekday.

    Example:
        >>> say_day(dt.date(2026, 11, 28)), say_day(dt.date(2026, 11, 28), short=True)
        ('Saturday 28 November 2026', 'Sat 28 Nov')
    """
    return f"{day:%a} {day.day} {day:%b}" if short else f"{day:%A} {day.day} {day:%B %Y}"


def _day(said: str) -> dt.date:
    from learner_kit.contact.policy import FIRST, LAST
    from learner_kit.reading import read_date

    day = read_date(said)
    if not FIRST <= day <= LAST:
        raise ValueError(f"Type a date from {FIRST.year} to {LAST.year}.")
    return day
