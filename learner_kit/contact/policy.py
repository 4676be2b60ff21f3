"""The contact policy: hours, public holidays, frequency, channels and purposes, as one settings file says them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from learner_kit.checks import kind

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_TYPES = (*WEEKDAYS, "holiday")
FIRST, LAST = date(1995, 1, 1), date(2098, 12, 31)  # the Public Holidays Act holds from 1 January 1995


class Hours(NamedTuple):
    """A window of a day: from `opens` up to, but not including, `closes`."""

    opens: time
    closes: time

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"

    def holds(self, moment: time) -> bool:
        return self.opens <= moment < self.closes

    def meet(self, other: Hours | None) -> Hours | None:
        """The part of the day that both windows hold, or None."""
        if other is None:
            return None
        both = Hours(max(self.opens, other.opens), min(self.closes, other.closes))
        return both if both.opens < both.closes else None


class Rule(NamedTuple):
    """Where a part of the policy comes from: `kind` is law or company."""

    key: str
    kind: str
    since: date
    checked: date
    source: str


@dataclass(frozen=True)
class Channel:
    """A way to contact a customer."""

    name: str
    field: str  # the customer's column that must be filled to reach them so
    consent: bool  # marketing this way needs consent
    registry: bool  # the national opt-out registry blocks marketing this way
    written: bool  # a time agreed outside the hours must have been agreed in writing
    minutes: int = 0  # length of one contact; 0: sent to all at once
    at_once: int = 0


@dataclass(frozen=True)
class Purpose:
    """A reason to contact a customer, with its rules; the settings file explains each."""

    name: str
    order: int
    kind: str
    channels: tuple[str, ...]
    urgent: bool = False
    min_days: int = 0
    duplicate_days: int = 1
    once: bool = False
    consent: bool = True
    after_purchase: int = 0
    needs: str | None = None
    from_days: int = 0
    to_days: int | None = None
    plan_when: str | None = None
    every_days: int = 0
    by_grade: Mapping[str, int] = field(default_factory=dict)

    @property
    def marketing(self) -> bool:
        return self.kind == "marketing"


@dataclass(frozen=True)
class Policy:
    """A company's contact policy, read with `Policy.load(path)` and applied as it stands.

    An older contact is held against the policy of its own time by loading that policy's file. The dates of `rules`
    say since when each rule holds and when it was last checked; they switch nothing on or off.
    """

    title: str
    note: str
    rules: tuple[Rule, ...]
    company_hours: Mapping[str, Hours | None]
    marketing_hours: Mapping[str, Hours | None]
    added: Mapping[date, str]
    removed: frozenset[date]
    min_days_between: int
    max_contacts: int
    window_days: int
    attempts: frozenset[str]
    cleanse_days: int
    bases: Mapping[str, tuple[str, ...]]
    channels: Mapping[str, Channel]
    purposes: Mapping[str, Purpose]
    _also: Mapping[str, str] = field(default_factory=dict, repr=False)

    @staticmethod
    def load(path: str | Path) -> Policy:
        """Read a policy from its settings file (TOML), such as the kit's `data/contact_policy.toml`.

        Args:
            path: the file.

        Returns:
            The policy.

        Raises:
            DataError: for every key that is missing, misspelt, of another kind or against another key (a day that
                closes before it opens, a date both added and removed, …), all of them at once.
            KitError: when the file is not there or is not TOML.

        Example:
            >>> policy = Policy.load("data/contact_policy.toml")
            >>> str(policy.hours(date(2026, 11, 21), "special-offer")), policy.holiday(date(2026, 8, 10)) is None
            ('09:00–13:00', False)
        """
        from learner_kit.contact import policy_file

        return policy_file.load(path)

    @staticmethod
    def of(policy: Any) -> Policy:
        """Give back a policy, or say where one comes from."""
        return kind("policy", policy, Policy, "a contact policy, from Policy.load(path)")

    def holiday(self, day: date) -> str | None:
        """Give the name of the public holiday on this day, or None.

        South Africa's calendar comes from the `holidays` package; the policy's own list adds days that were proclaimed
        since, and removes days that were moved.
        """
        if day in self.removed:
            return None
        return self.added.get(day) or _calendar(day.year).get(day)

    def day_type(self, day: date) -> str:
        """Say which of the policy's days this is: "monday" … "sunday", or "holiday" for any public holiday."""
        return "holiday" if self.holiday(day) else WEEKDAYS[day.weekday()]

    def hours(self, day: date, purpose: str) -> Hours | None:
        """Give the hours in which customers may be contacted on a day, or None when they may not be.

        Args:
            day: the day.
            purpose: one of the policy's purposes. Marketing keeps to the company's hours and the law's.

        Returns:
            The window as `Hours(opens, closes)`; the closing time itself is outside it.
        """
        return self.hours_of(self.day_type(day), self.purpose(purpose).marketing)

    def hours_of(self, day_type: str, marketing: bool) -> Hours | None:
        """The hours of a type of day."""
        company = self.company_hours[day_type]
        if company is None or not marketing:
            return company
        return company.meet(self.marketing_hours[day_type])

    def channel(self, name: str) -> Channel:
        """Find a channel by its name or another name for it ("phone", "email")."""
        return self.channels[self._known("channel", name, self.channels)]

    def purpose(self, name: str) -> Purpose:
        """Find a purpose by its name; capitals, and spaces or underscores for hyphens, do not matter."""
        return self.purposes[self._known("purpose", name, self.purposes)]

    def _known(self, argument: str, name: str, there: Mapping) -> str:
        if isinstance(name, str):
            if name in there:
                return name
            said = plain(name)
            said = self._also.get(said, said) if argument == "channel" else said
            if said in there:
                return said
        raise ValueError(f"{argument} must be one of {', '.join(there)}; not {name!r}.")


def plain(name: str) -> str:
    """A name as the policy writes it: small letters, hyphens between words."""
    return "-".join(name.lower().replace("_", " ").split())


@lru_cache(maxsize=256)
def _calendar(year: int) -> dict[date, str]:
    import holidays

    return dict(holidays.country_holidays("ZA", years=year))
