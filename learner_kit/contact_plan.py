"""Planning contacts at predetermined intervals: who, when, which way and why, all within the policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import pandas as pd

from learner_kit.checks import number
from learner_kit.contact_history import Contact, read_history
from learner_kit.contact_people import Person, people
from learner_kit.contact_policy import FIRST, LAST, Channel, Hours, Policy, Purpose
from learner_kit.contact_rules import Refusal, span, standing, too_soon
from learner_kit.contact_values import among, day_of, empty, identity, records

LONGEST = 366  # days a plan may reach ahead
PLANNED = ("customer_id", "date", "time", "channel", "purpose", "due", "registry_check_from")
LEFT_OUT = ("customer_id", "purpose", "due", "code", "reason")


def plan(customers: pd.DataFrame, history: Any, policy: Policy, start: date, days: int) -> pd.DataFrame:
    """Plan the contacts of the coming days so that every one of them keeps to the policy.

    A purpose is planned where the policy gives an interval (`every_days`, by the customer's grade where it says so),
    where one of the customer's dates gives the reason (birthday, last purchase, overdue since), or where the customer
    has something open (open_complaint, open_query, … : yes, or the day since when). The most pressing comes first, a
    customer has one contact a day unless it is urgent, and nobody is planned for beyond the hands there are (`minutes`
    and `at_once` of a channel). Agreed times outside the usual hours are left to whoever makes the call.

    Args:
        customers: one row for each customer, with `customer_id` and what `may_contact` reads; also grade (A, B, C,
            New) and preferred_channel. A channel whose column (phone, email, address) is blank is not planned.
        history: contacts made before `start`, or on it; None if there are none.
        policy: from `Policy.load`.
        start: the first day of the plan.
        days: how many days it covers, 1 to 366.

    Returns:
        A table in order of time: `customer_id`, `date`, `time`, `channel`, `purpose`, `due` (the day it fell due) and
        `registry_check_from`: marketing is only lawful if the opt-out registry was checked on that day or later.

    Raises:
        DataError: for every customer and every past contact that cannot be read, a contact after `start` included.
        ValueError: for a start that is no date, or days outside 1 to 366.

    Example:
        >>> from learner_kit.contact import Policy, plan
        >>> policy = Policy.load("data/contact_policy.toml")
        >>> shops = pd.DataFrame({"customer_id": ["C-0001", "C-0002"], "open_query": ["yes", "no"],
        ...                       "last_purchase": [None, date(2026, 11, 20)]})
        >>> plan(shops, None, policy, date(2026, 11, 21), 7)[["customer_id", "date", "time", "channel", "purpose"]]
          customer_id        date      time    channel       purpose
        0      C-0001  2026-11-21  08:00:00  telephone         query
        1      C-0002  2026-11-23  08:00:00  telephone  satisfaction
        2      C-0001  2026-11-23  08:00:00     e-mail        survey
        3      C-0002  2026-11-25  08:00:00     e-mail     thank-you
        4      C-0002  2026-11-27  08:00:00     e-mail        survey
    """
    planned, _ = _schedule(customers, history, policy, start, days)
    table = pd.DataFrame(planned, columns=list(PLANNED))
    return table.sort_values(["date", "time"], kind="stable", ignore_index=True)


def left_out(customers: pd.DataFrame, history: Any, policy: Policy, start: date, days: int) -> pd.DataFrame:
    """List what fell due in these days and is not in the plan, with the check that kept it out.

    Args: as for `plan`.

    Returns:
        `customer_id`, `purpose`, `due`, `code` (as of `may_contact`; "unreachable": no channel that suits can be used;
        "full": no time was left) and `reason`.
    """
    _, left = _schedule(customers, history, policy, start, days)
    return pd.DataFrame(left, columns=list(LEFT_OUT))


class _Due(NamedTuple):
    """A contact that waits for its day; sorts by how pressing it is."""

    rank: tuple[bool, int]
    due: date
    place: int
    purpose: Purpose
    last: date


@dataclass
class _Customer:
    """One customer while a plan is made: the days of contacts grow."""

    person: Person
    grade: str
    ways: tuple[str, ...]  # channels that reach the customer, the preferred one first
    opened: dict[str, date]  # purposes that wait to be dealt with, and since when
    days: list[date] = field(default_factory=list)
    same: dict[str, list[date]] = field(default_factory=dict)

    def note(self, purpose: str, day: date) -> None:
        self.days.append(day)
        self.same.setdefault(purpose, []).append(day)


class _Hands:
    """The free minutes of one day in a channel that people serve one customer at a time."""

    def __init__(self, channel: Channel, hours: Hours):
        self._step, self._at_once = channel.minutes, channel.at_once
        self._start = datetime.combine(FIRST, hours.opens)
        self._taken: dict[int, int] = {}
        self._next: dict[Hours, int] = {}

    def take(self, hours: Hours) -> time | None:
        """The first time at which somebody is free for a whole contact within these hours."""
        opens, closes = datetime.combine(FIRST, hours.opens), datetime.combine(FIRST, hours.closes)
        step = timedelta(minutes=self._step)
        slot = self._next.get(hours, -((self._start - opens) // step))
        while self._taken.get(slot, 0) >= self._at_once:
            slot += 1
        self._next[hours] = slot
        begins = self._start + slot * step
        if begins + step > closes:
            return None
        self._taken[slot] = self._taken.get(slot, 0) + 1
        return begins.time()


class _Calendar:
    """The lawful hours of every day of the plan, worked out once."""

    def __init__(self, policy: Policy, start: date, days: int):
        self.days = [start + timedelta(ahead) for ahead in range(days)]
        types = [policy.day_type(day) for day in self.days]
        self.hours = {
            marketing: [policy.hours_of(day_type, marketing) for day_type in types] for marketing in (False, True)
        }
        self._hands: dict[tuple[str, int], _Hands] = {}

    def take(self, channel: Channel, marketing: bool, at: int) -> time | None:
        """A time on the day at this place for one contact, or None when the day is closed or full."""
        hours = self.hours[marketing][at]
        if hours is None or not channel.minutes:
            return hours and hours.opens
        hands = self._hands.get((channel.name, at))
        if hands is None:
            hands = self._hands[channel.name, at] = _Hands(channel, self.hours[False][at])
        return hands.take(hours)


def _schedule(customers: Any, history: Any, policy: Policy, start: Any, days: Any) -> tuple[list, list]:
    start = _start(start)
    days = int(number("days", days, 1, LONGEST, whole=True))
    everyone = _customers(customers, read_history(history, policy, start), policy, start)
    calendar = _Calendar(policy, start, days)
    end = calendar.days[-1]
    waiting: list[list[_Due]] = [[] for _ in range(days)]
    for place, one in enumerate(everyone):
        for purpose in policy.purposes.values():
            _wait(waiting, _next_due(place, one, purpose, start, end), start, end)
    planned: list[tuple] = []
    left: list[tuple] = []
    ways: dict[tuple, tuple[str, ...] | Refusal] = {}
    for at, day in enumerate(calendar.days):
        for due in sorted(waiting[at]):
            one, purpose = everyone[due.place], due.purpose
            soonest = _soonest(policy, purpose, one, day)
            allowed = _ways(policy, purpose, one, day, ways) if soonest == day else ()
            refused = allowed if isinstance(allowed, Refusal) else None
            taken = None
            if soonest == day and refused is None:
                taken = _take(policy, calendar, purpose, allowed, at)
            if taken:
                channel, clock = taken
                one.note(purpose.name, day)
                checked = purpose.marketing and channel.registry
                check_from = day - timedelta(policy.cleanse_days) if checked else None
                planned.append((one.person.customer_id, day, clock, channel.name, purpose.name, due.due, check_from))
                _wait(waiting, _next_due(due.place, one, purpose, day + timedelta(1), end), start, end)
                continue
            later = max(soonest, day + timedelta(1))
            if later <= min(due.last, end) and not (refused and refused.for_good):
                waiting[(later - start).days].append(due)
                continue
            code, reason = refused[:2] if refused else _why(soonest, day)
            left.append((one.person.customer_id, purpose.name, due.due, code, reason))
    return planned, left


def _start(start: Any) -> date:
    try:
        first = day_of(start)
    except ValueError as error:
        raise ValueError(f"start must be a date: {error}") from None
    if not FIRST <= first <= LAST:
        raise ValueError(f"start must lie in the years {FIRST.year} to {LAST.year}, not in {first.year}.")
    return first


def _customers(customers: Any, history: dict[str, list[Contact]], policy: Policy, start: date) -> list[_Customer]:
    found = []
    for one, (_, row) in zip(people(customers, policy), records(customers, "customers", ""), strict=True):
        customer = _Customer(
            # A plan takes it that the opt-out registry is checked as often as the policy says.
            one._replace(registry_checked=None),
            "" if empty(row.get("grade")) else identity(row["grade"]),
            tuple(_reach(row, policy)),
            {p.name: since for p in policy.purposes.values() if (since := _open_since(row, p, start))},
        )
        for contact in history.get(one.customer_id, ()):
            customer.note(contact.purpose, contact.when.date())
        found.append(customer)
    return found


def _reach(row: dict, policy: Policy) -> Iterator[str]:
    """The channels by which this customer can be reached, the preferred one first."""
    first = row.get("preferred_channel")
    try:
        first = None if empty(first) else policy.channel(first).name
    except ValueError:
        first = None  # a channel that nobody uses here; check_records tells its owner
    for channel in sorted(policy.channels.values(), key=lambda channel: channel.name != first):
        fields = [name for name in (channel.field, "postal_code" if channel.field == "address" else None) if name in row]
        if not fields or any(not empty(row[name]) for name in fields):
            yield channel.name


def _open_since(row: dict, purpose: Purpose, start: date) -> date | None:
    """Since when something waits that this purpose would deal with: the start of the plan where only `yes` stands."""
    value = row.get(purpose.plan_when) if purpose.plan_when else None
    if empty(value) or identity(value).lower() in ("no", "false", "0", "n"):
        return None
    try:
        return max(start, day_of(value))
    except ValueError:
        return start


def _next_due(place: int, one: _Customer, purpose: Purpose, after: date, end: date) -> _Due | None:
    """When this purpose falls due next for this customer, from a day on; None if it does not."""
    same = one.same.get(purpose.name)
    last = end
    if purpose.name in one.opened:
        if same and same[-1] >= one.opened[purpose.name]:
            return None  # dealt with
        due = one.opened[purpose.name]
    elif purpose.needs:
        found = span(purpose, one.person, after)
        if found is None or found[1] < after:
            return None
        due, last = max(found[0], after), min(found[1], end)
        if same and same[-1] >= found[0]:  # done for this reason; again only where the policy repeats it
            if not purpose.every_days:
                return None
            due = max(due, same[-1] + timedelta(purpose.every_days))
    elif purpose.every_days:
        interval = purpose.by_grade.get(one.grade, purpose.every_days)
        due = max(after, same[-1] + timedelta(interval)) if same else after
    else:
        return None
    return _Due((not purpose.urgent, purpose.order), due, place, purpose, last)


def _wait(waiting: list[list[_Due]], due: _Due | None, start: date, end: date) -> None:
    if due is not None and due.due <= min(due.last, end):
        waiting[(due.due - start).days].append(due)


def _soonest(policy: Policy, purpose: Purpose, one: _Customer, day: date) -> date:
    """The first day from this one on that frequency and duplicates allow."""
    same = one.same.get(purpose.name, [])
    soonest = too_soon(policy, purpose, day, one.days, same, one.person.last_purchase) or day
    if one.days and one.days[-1] == day and (not purpose.urgent or (same and same[-1] == day)):
        soonest = max(soonest, day + timedelta(1))
    return soonest


def _ways(policy: Policy, purpose: Purpose, one: _Customer, day: date, known: dict) -> tuple[str, ...] | Refusal:
    """The channels open to this purpose and customer on this day, or what forbids them all; worked out once a kind."""
    who = one.person
    given = who.consent_date if who.consent_date and who.consent_date > day else None
    key = (purpose.name, one.ways, who.relationship, who.consent, given, who.consent_channels, who.opted_out, who.registry_blocked)
    if key not in known:
        suited = [name for name in purpose.channels if name in one.ways]
        suited.sort(key=lambda name: name != one.ways[0])  # the preferred one first, else as the policy has them
        refused = {name: standing(policy, policy.channels[name], purpose, who, day) for name in suited}
        free = tuple(name for name in suited if refused[name] is None)
        waits = [refusal for refusal in refused.values() if refusal and not refusal.for_good]
        nothing = Refusal("unreachable", "No channel for this purpose has its details on record.", True)
        known[key] = free or next(iter([*waits, *refused.values()]), nothing)
    return known[key]


def _take(policy: Policy, calendar: _Calendar, purpose: Purpose, ways: tuple, at: int) -> tuple[Channel, time] | None:
    channel = policy.channels[ways[0]]  # a full day is waited out: the first channel is the one that suits best
    clock = calendar.take(channel, purpose.marketing, at)
    return None if clock is None else (channel, clock)


def _why(soonest: date, day: date) -> tuple[str, str]:
    if soonest > day:
        return "frequency", f"Too soon after another contact until {soonest}, and then its time is over."
    return "full", "No time was left, or the days were closed, while it was due."
