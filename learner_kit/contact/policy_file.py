"""Reading a contact policy from its settings file: every fault at once, contradictions included."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from learner_kit import settings
from learner_kit.checks import path_of
from learner_kit.contact.policy import DAY_TYPES, Channel, Hours, Policy, Purpose, Rule, plain
from learner_kit.errors import Fault

_KINDS = ("marketing", "service")
_GRADES = ("A", "B", "C", "New")
_RELATIONSHIPS = ("customer", "prospect")
_FIELDS = ("phone", "email", "address")
_NEEDS = ("last_purchase", "birth_date", "overdue_since")
_LONGEST = 3660  # days; a longer wait is a slip of the pen


def load(path: str | Path) -> Policy:
    """Read and check a policy; `Policy.load` says more. A file that holds what it held before is not checked again."""
    path = path_of("path", path)
    try:
        content = path.read_bytes()
    except OSError:
        content = b""  # reading it as settings says what is wrong
    return _checked(path, content)


@lru_cache(maxsize=16)  # a class of learners is held against the same policy, check after check
def _checked(path: Path, _content: bytes) -> Policy:
    faults: list[Fault] = []
    raw = settings.read(path)
    top = settings.Keys(raw, faults)
    rules: list[Rule] = []
    top.take("format", int, among=(1,))
    title, note = top.take("title", str), top.take("note", str)
    company = _hours(_section(top, "company_hours", rules))
    marketing = _hours(_section(top, "marketing_hours", rules))
    added, removed = _holidays(_section(top, "holidays", rules))
    frequency = _frequency(_section(top, "frequency", rules))
    registry = _section(top, "opt_out_registry", rules)
    cleanse_days = _days(registry, "cleanse_days", low=1)
    registry.done()
    bases = _bases(_section(top, "consent", rules), faults)
    channels, also = _channels(_section(top, "channels", rules), _tables(raw, "channels"))
    purposes = _purposes(_section(top, "purposes", rules), _tables(raw, "purposes"), channels)
    for name, found in (("channels", channels), ("purposes", purposes)):
        if not found:
            top.fault(name, "names none")
    top.done()
    policy = Policy(
        title,
        note,
        tuple(rules),
        company,
        marketing,
        added,
        removed,
        *frequency,
        cleanse_days,
        bases,
        channels,
        purposes,
        also,
    )
    if not faults:  # these compare keys that must each be right by themselves first
        for name, marketing_only in (("company_hours", False), ("marketing_hours", True)):
            if not any(policy.hours_of(day, marketing_only) for day in DAY_TYPES):
                top.fault(name, "leaves no hour of any day in which customers may be contacted")
    settings.refuse(faults, path)
    return policy


def _tables(raw: dict[str, Any], name: str) -> list[str]:
    """The keys of a section that are tables themselves: one for each channel or purpose."""
    section = raw.get(name)
    return [key for key, value in section.items() if isinstance(value, dict)] if isinstance(section, dict) else []


def _section(top: settings.Keys, name: str, rules: list[Rule]) -> settings.Keys:
    section = top.table(name)
    rule = Rule(
        name,
        section.take("rule", str, among=("law", "company")),
        _date(section, "since"),
        _date(section, "checked"),
        section.take("source", str),
    )
    if rule.since and rule.checked and rule.checked < rule.since:
        section.fault("checked", f"is before the rule itself, which holds since {rule.since}")
    rules.append(rule)
    return section


def _hours(section: settings.Keys) -> dict[str, Hours | None]:
    found: dict[str, Hours | None] = {}
    for day in DAY_TYPES:
        found[day] = None
        window = section.take(day, list)
        if not window:
            continue
        if len(window) != 2:
            section.fault(
                day, 'must be [] for a closed day, or an opening and a closing time such as ["08:00", "18:00"]'
            )
            continue
        times = [_time(one) for one in window]
        if None in times:
            section.fault(day, "has a time that is none: write hours and minutes from 00:00 to 23:59, such as 08:00")
        elif times[0] >= times[1]:
            section.fault(day, f"opens at {times[0]:%H:%M}, which is not before it closes at {times[1]:%H:%M}")
        else:
            found[day] = Hours(*times)
    section.done()
    return found


def _time(said: Any) -> time | None:
    if isinstance(said, time):
        return said
    try:
        return time.fromisoformat(said) if isinstance(said, str) and len(said) == 5 else None
    except ValueError:
        return None


def _holidays(section: settings.Keys) -> tuple[dict[date, str], frozenset[date]]:
    added: dict[date, str] = {}
    for row in section.tables("added"):
        day, name = _date(row, "date"), row.take("name", str)
        if day in added:
            row.fault("date", "is added twice")
        if day:
            added[day] = name or "Public holiday"
        row.done()
    removed = section.take("removed", list) or []
    if not all(type(day) is date for day in removed):
        section.fault("removed", "must be a list of dates, such as [2026-11-04]")
        removed = []
    for day in set(removed) & set(added):
        section.fault("removed", f"{day} is both added and removed")
    section.done()
    return added, frozenset(removed)


def _frequency(section: settings.Keys) -> tuple[int, int, int, frozenset[str]]:
    found = (
        _days(section, "min_days_between"),
        _days(section, "max_contacts", low=1),
        _days(section, "window_days", low=1),
    )
    if None not in found and found[0] > found[2]:
        section.fault("min_days_between", f"is longer than window_days ({found[2]})")
    attempts = _words(section, "attempts", default=[])
    section.done()
    return (*found, frozenset(one.lower() for one in attempts))


def _bases(section: settings.Keys, faults: list[Fault]) -> dict[str, tuple[str, ...]]:
    table = section.take("bases", dict) or {}
    keys = settings.Keys(table, faults, section.path("bases"))
    bases = {name: tuple(keys.take(name, list, among=_RELATIONSHIPS) or ()) for name in table}
    if not table:
        section.fault("bases", "names no basis on which marketing may be sent")
    section.done()
    return bases


def _channels(section: settings.Keys, names: list[str]) -> tuple[dict[str, Channel], dict[str, str]]:
    channels: dict[str, Channel] = {}
    also: dict[str, str] = {}
    for name in names:
        keys = section.table(name)
        minutes, at_once = _days(keys, "minutes", 0), _days(keys, "at_once", 0)
        if bool(minutes) != bool(at_once):
            keys.fault("minutes", "and at_once belong together: give both or neither")
        for other in _words(keys, "also", default=[]):
            if also.setdefault(plain(other), name) != name:
                keys.fault("also", f"{other!r} already stands for {also[plain(other)]}")
        channels[name] = Channel(
            name,
            keys.take("field", str, among=_FIELDS),
            *(keys.take(key, bool) for key in ("consent", "registry", "written")),
            minutes,
            at_once,
        )
        keys.done()
    for other in set(also) & set(channels):
        section.fault(f"{also[other]}.also", f"{other!r} is itself a channel")
    section.done()
    return channels, also


def _purposes(section: settings.Keys, names: list[str], channels: dict[str, Channel]) -> dict[str, Purpose]:
    purposes = {name: _purpose(name, order, section.table(name), channels) for order, name in enumerate(names)}
    section.done()
    return purposes


def _purpose(name: str, order: int, keys: settings.Keys, channels: dict[str, Channel]) -> Purpose:
    kind = keys.take("kind", str, among=_KINDS)
    ways = keys.take("channels", list, among=tuple(channels))
    if ways == []:
        keys.fault("channels", "names no channel")
    found = Purpose(
        name,
        order,
        kind,
        tuple(ways or ()),
        keys.take("urgent", bool, False),
        _days(keys, "min_days", 0),
        _days(keys, "duplicate_days", 1, low=1),
        keys.take("once", bool, False),
        keys.take("consent", bool, kind == "marketing"),
        _days(keys, "after_purchase", 0),
        keys.take("needs", str, None, among=_NEEDS),
        _days(keys, "from_days", 0),
        _days(keys, "to_days", None),
        keys.take("plan_when", str, None),
        _days(keys, "every_days", 0),
        _grades(keys),
    )
    _contradictions(found, keys)
    keys.done()
    return found


def _contradictions(purpose: Purpose, keys: settings.Keys) -> None:
    if None in (purpose.kind, purpose.min_days, purpose.from_days, purpose.every_days, purpose.urgent):
        return  # noted already
    if purpose.to_days is not None and purpose.to_days < purpose.from_days:
        keys.fault("to_days", f"is before from_days ({purpose.from_days})")
    if purpose.needs is None and (purpose.from_days or purpose.to_days is not None):
        keys.fault("needs", "is missing: from_days and to_days count from it")
    if purpose.needs == "birth_date" and (purpose.to_days is None or purpose.to_days > 300):
        keys.fault("to_days", "must be given, at most 300: how long after the birthday the wish may still come")
    for key, days in (("every_days", purpose.every_days), *((f"by_grade.{g}", d) for g, d in purpose.by_grade.items())):
        if days and days < purpose.min_days:
            keys.fault(key, f"plans this purpose every {days} days, but min_days asks for {purpose.min_days} between")
    if purpose.by_grade and not purpose.every_days:
        keys.fault("every_days", "is missing: it is the interval of customers without a grade")
    if purpose.once and purpose.every_days:
        keys.fault("every_days", "repeats a purpose that may be used once only")
    if purpose.urgent and purpose.min_days:
        keys.fault("min_days", "has no effect: an urgent purpose does not wait")
    if purpose.urgent and purpose.marketing:
        keys.fault("urgent", "cannot hold for marketing, which can always wait")


def _grades(keys: settings.Keys) -> dict[str, int]:
    table = keys.take("by_grade", dict, {}) or {}
    found = {}
    for grade, days in table.items():
        if grade not in _GRADES:
            keys.fault("by_grade", f"{grade!r} is not one of: {', '.join(_GRADES)}")
        elif isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= _LONGEST:
            keys.fault("by_grade", f"{grade} must be a whole number of days from 1 to {_LONGEST}")
        else:
            found[grade] = days
    return found


def _date(keys: settings.Keys, key: str) -> date | None:
    day = keys.take(key, date)
    if isinstance(day, datetime):
        keys.fault(key, "must be a date without a time, such as 2026-11-21")
        return None
    return day


def _days(keys: settings.Keys, key: str, default: Any = ..., low: int = 0) -> int | None:
    days = keys.take(key, int, default)
    if days is not None and not low <= days <= _LONGEST:
        keys.fault(key, f"must be a whole number from {low} to {_LONGEST}")
        return None
    return days


def _words(keys: settings.Keys, key: str, default: Any = ...) -> list[str]:
    words = keys.take(key, list, default) or []
    if not all(isinstance(one, str) and one.strip() for one in words):
        keys.fault(key, "must be a list of words")
        return []
    return words
