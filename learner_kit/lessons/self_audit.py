"""A self-audit of customer focus: ratings before and after, and what they say; plain data, no widgets.

The statements stand in `data/customer_focus.toml`. `learner_kit.tools.audit` shows them as a live form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import NamedTuple

from learner_kit.errors import Fault
from learner_kit.settings import Keys, read, refuse
from learner_kit.shown import Shown, say

FILE = Path(__file__).resolve().parents[2] / "data" / "customer_focus.toml"
_CELL = "padding:0.3em 0.8em 0.3em 0;border-bottom:1px solid #767676;text-align:left;vertical-align:top"
_SOLID = "background:#0b6e99"
_STRIPED = "border:1px solid #0b6e99;background:repeating-linear-gradient(45deg,#fff 0 3px,#0b6e99 3px 4px)"
_WIDTH = 1.4  # em of bar for each point of the scale


class Item(NamedTuple):
    """A statement to rate: its key, a short name and the whole sentence."""

    key: str
    short: str
    says: str


class Part(NamedTuple):
    """Statements that belong together."""

    key: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Audit:
    """The statements, and the answers of the scale from the lowest to the highest."""

    parts: tuple[Part, ...]
    scale: tuple[str, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for part in self.parts for item in part.items)


class Rating(NamedTuple):
    """A statement's two ratings, from 1; None where it was not rated."""

    item: Item
    before: int | None
    after: int | None

    @property
    def now(self) -> int | None:
        """The newest rating."""
        return self.before if self.after is None else self.after

    @property
    def change(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before


class Outcome(NamedTuple):
    """What an audit says: all ratings, the mean of each part before and after, and where to begin."""

    ratings: tuple[Rating, ...]
    means: Mapping[str, tuple[float | None, float | None]]
    lowest: tuple[Rating, ...]
    grown: tuple[Rating, ...]
    fallen: tuple[Rating, ...]
    says: str


def load(path: str | Path = FILE) -> Audit:
    """Read the statements of a self-audit.

    Raises:
        DataError: every fault of the file at once.
        KitError: it is not there, or is not TOML.

    Example:
        >>> [len(part.items) for part in load().parts]
        [7, 8]
    """
    faults: list[Fault] = []
    raw = read(path)
    top = Keys(raw, faults)
    top.take("format", int, among=(1,))
    scale = top.take("scale", list) or []
    if len(scale) < 2 or len(set(map(str, scale))) < len(scale):
        faults.append(Fault(None, "scale", None, "needs two answers or more, all different"))
    parts = [_part(part, faults) for part in top.tables("parts")]
    top.done()
    keys = [item.key for part in parts for item in part.items] + [part.key for part in parts]
    faults += [
        Fault(None, key, None, "stands twice") for key in sorted({key for key in keys if keys.count(key) > 1}, key=str)
    ]
    if not any(part.items for part in parts):
        faults.append(Fault(None, "parts", None, "holds no statement to rate"))
    refuse(faults, Path(path).name)
    return Audit(tuple(parts), tuple(map(str, scale)))


def outcome(audit: Audit, before: Mapping[str, int | None], after: Mapping[str, int | None] | None = None) -> Outcome:
    """Say what the ratings show.

    Args:
        audit: from `load`.
        before: rating of each statement by its key, from 1 up to the length of the scale; None or left out: not rated.
        after: the same, later.

    Returns:
        The ratings; the mean of each part (None where nothing was rated); the statements with the lowest rating now
        (at most three, the earlier ones first); those that grew, most first; those that fell; and a sentence.

    Raises:
        ValueError: for a rating that is not on the scale, or a key that is not in the audit.

    Example:
        >>> audit = load()
        >>> found = outcome(audit, {"vision": 2, "values": 4}, {"vision": 4})
        >>> found.means["business"], [one.item.key for one in found.grown]
        ((3.0, 4.0), ['vision'])
    """
    after = after or {}
    known = {item.key for item in audit.items}
    for name, given in (("before", before), ("after", after)):
        for key, rating in given.items():
            if key not in known:
                raise ValueError(f"{name} must name statements of the audit, not {key!r}.")
            if rating is not None and (isinstance(rating, bool) or rating not in range(1, len(audit.scale) + 1)):
                raise ValueError(
                    f"{name} must be a whole number from 1 to {len(audit.scale)} for {key}, not {rating!r}."
                )
    ratings = tuple(Rating(item, before.get(item.key), after.get(item.key)) for item in audit.items)
    means = {
        part.key: (
            _mean([before.get(item.key) for item in part.items]),
            _mean([after.get(item.key) for item in part.items]),
        )
        for part in audit.parts
    }
    rated = [one for one in ratings if one.now is not None]
    least = min((one.now for one in rated), default=None)
    lowest = tuple(one for one in rated if one.now == least)
    lowest = lowest[:3] if least is not None and least < len(audit.scale) else ()
    moved = sorted((one for one in ratings if one.change), key=lambda one: -abs(one.change or 0))
    grown, fallen = (tuple(one for one in moved if (one.change > 0) == up) for up in (True, False))
    return Outcome(ratings, means, lowest, grown, fallen, _sentence(rated, lowest, least, grown, fallen))


def chart(audit: Audit, found: Outcome) -> Shown:
    """Show the ratings as a table with bars, before and after one above the other, so that nothing is said by colour alone.

    Args:
        audit: from `load`.
        found: from `outcome`.

    Returns:
        A table to read; in plain words, one line for each statement that was rated.
    """
    rows, plain = [], ["Your ratings"]
    for part in audit.parts:
        means = found.means[part.key]
        said = ", ".join(
            f"{when} {say(mean)}" for when, mean in zip(("before", "after"), means, strict=True) if mean is not None
        )
        rows.append(
            f'<tr><th scope="rowgroup" colspan="2" style="{_CELL};font-weight:bold;padding-top:0.9em">{escape(part.title)}'
            f"{f'. Mean: {said}' if said else ''}</th></tr>"
        )
        plain.append(f"{part.title}: {said or 'not rated yet'}")
        for one in found.ratings:
            if one.item in part.items and one.now is not None:
                rows.append(
                    f'<tr><th scope="row" style="{_CELL};font-weight:normal">{escape(one.item.short)}</th>'
                    f'<td style="{_CELL}">{_bar("before", one.before)}{_bar("after", one.after)}</td></tr>'
                )
                plain.append(f"{one.item.short} | before {one.before or '-'} | after {one.after or '-'}")
    caption = '<caption style="text-align:left;font-weight:bold">Your ratings, before and after</caption>'
    return Shown(
        f'<table style="border-collapse:collapse;margin:0.5em 0">{caption}{"".join(rows)}</table>', "\n".join(plain)
    )


def _part(table: Keys, faults: list[Fault]) -> Part:
    key, title = table.take("key", str), table.take("title", str)
    items = []
    for one in table.tables("items"):
        items.append(Item(*(one.take(name, str) for name in Item._fields)))
        one.done()
    table.done()
    return Part(key, title, tuple(items))


def _mean(ratings: list[int | None]) -> float | None:
    given = [one for one in ratings if one is not None]
    return sum(given) / len(given) if given else None


def _sentence(rated: list, lowest: tuple, least: int | None, grown: tuple, fallen: tuple) -> str:
    if not rated:
        return "Rate one statement or more; what it shows then stands here."
    said = [f"{len(rated)} statement{'' if len(rated) == 1 else 's'} rated."]
    if lowest:
        said.append(f"Lowest now, at {least}: {_names(lowest)}. Begin there.")
    if grown:
        said.append(f"Grown most: {_names(grown[:1])} (up {grown[0].change}).")
    if fallen:
        said.append(f"Fallen: {_names(fallen)}. Ask why.")
    return " ".join(said)


def _names(ratings: tuple[Rating, ...]) -> str:
    return ", ".join(one.item.short.lower() for one in ratings)


def _bar(when: str, rating: int | None) -> str:
    if rating is None:
        return ""
    look = _SOLID if when == "after" else _STRIPED
    return (
        f'<span style="display:block;white-space:nowrap"><span style="display:inline-block;width:5.5em">{when} {rating}</span>'
        f'<span aria-hidden="true" style="display:inline-block;height:0.7em;width:{rating * _WIDTH:.1f}em;{look}"></span></span>'
    )
