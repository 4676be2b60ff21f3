"""Planning contacts at predetermined intervals: who, when, which way and why, all within the policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from heapq import heapify, heappop, heappush, heapreplace
from typing import Any, NamedTuple

import pandas as pd

from learner_kit.checks import number
from learner_kit.contact_history import Contact, read_history
from learner_kit.contact_people import Person, people
from learner_kit.contact_policy import FIRST, LAST, Channel, Hours, Policy, Purpose
from learner_kit.contact_rules import Refusal, span, standing, too_soon
from learner_kit.contact_values import day_of, empty, identity

LONGEST = 366  # days a plan may reach ahead
PLANNED = ("customer_id", "date", "time", "channel", "purpose", "due", "registry_check_from")
_DETAILS = {"phone": ("phone",), "email": ("email",), "address": ("address", "postal_code")}
_FIELDS = tuple(name for names in _DETAILS.values() for name in names)
_FIRST_SERVED = {"A": 0, "New": 1, "B": 2, "C": 3}
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
            New) and preferred_channel. Where the table has any of phone, email, address and postal_code, a channel whose
            details are not in it, or blank, is not planned.
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
        ...     "phone": "082 000 0123", "email": "shop@example.co.za", "last_purchase": [None, date(2026, 11, 20)]})
        >>> plan(shops, None, policy, date(2026, 11, 21), 7)[["customer_id", "date", "time", "channel", "purpose"]]
          customer_id        date      time    channel       purpose
        0      C-0001  2026-11-21  08:00:00  telephone         query
        1      C-0002  2026-11-21  08:00:00     e-mail     thank-you
        2      C-0002  2026-11-23  08:00:00  telephone  satisfaction
        3      C-0001  2026-11-23  08:00:00     e-mail        survey
        4      C-0002  2026-11-25  08:00:00     e-mail        survey
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

    rank: int
    due: date
    place: int
    purpose: Purpose
    last: date


@dataclass
class _Customer:
    """One customer while a plan is made: the days of contacts grow."""

    person: Person
    grade: str
    reach: tuple[str, tuple[str, ...]]  # the preferred channel ("" for none), and those that reach the customer
    opened: dict[str, date]  # purposes that wait to be dealt with, and since when
    free_from: date  # whoever was contacted on the first day already is left in peace until the next
    days: list[date] = field(default_factory=list)
    same: dict[str, list[date]] = field(default_factory=dict)
    ways: dict[str, tuple[str, ...] | Refusal] = field(default_factory=dict)  # by purpose, once worked out

    def note(self, purpose: str, day: date) -> None:
        self.days.append(day)
        self.same.setdefault(purpose, []).append(day)


class _Hands:
    """The free times of one day in a channel whose users serve one customer at a time."""

    def __init__(self, channel: Channel, hours: Hours):
        self._step, self._at_once = channel.minutes, channel.at_once
        self._start = _minutes(hours.opens)
        self._taken: dict[int, int] = {}
        self._next: dict[Hours, int] = {}

    def take(self, hours: Hours) -> time | None:
        """The first time at which somebody is free for a whole contact within these hours."""
        slot = self._next.get(hours)
        if slot is None:
            slot = -((self._start - _minutes(hours.opens)) // self._step)  # rounded up
        while self._taken.get(slot, 0) >= self._at_once:
            slot += 1
        self._next[hours] = slot
        begins = self._start + slot * self._step
        if begins + self._step > _minutes(hours.closes):
            return None
        self._taken[slot] = self._taken.get(slot, 0) + 1
        return time(*divmod(begins, 60))


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


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
    regular = [purpose for purpose in policy.purposes.values() if purpose.needs or purpose.every_days]
    for place, one in enumerate(everyone):
        for purpose in regular:
            if purpose.name not in one.opened:
                _wait(waiting, _next_due(place, one, purpose, start, end), start)
        for name in one.opened:
            _wait(waiting, _next_due(place, one, policy.purposes[name], start, end), start)
    book = _Book(policy, calendar, everyone, start, waiting)
    for at, day in enumerate(calendar.days):
        book.admit(at, day)
        book.serve(at, day)
    book.close()
    return book.planned, book.left


class _Book:
    """The queues of a plan: one for each channel and kind of hours, so that a full day costs nothing but its end."""

    def __init__(
        self, policy: Policy, calendar: _Calendar, everyone: list[_Customer], start: date, waiting: list[list[_Due]]
    ):
        self.planned: list[tuple] = []
        self.left: list[tuple] = []
        self._policy, self._calendar, self._everyone, self._start = policy, calendar, everyone, start
        self._waiting = waiting
        self._queues: dict[tuple[str, bool], list[_Due]] = {}
        self._known: dict[tuple, tuple[str, ...] | Refusal] = {}

    def admit(self, at: int, day: date) -> None:
        """Put what falls due on a day into the queue of the channel that suits it best, or leave it out."""
        for due in self._waiting[at]:
            one, purpose = self._everyone[due.place], due.purpose
            ways = one.ways.get(purpose.name) or _ways(self._policy, purpose, one, day, self._known)
            if not isinstance(ways, Refusal):
                heappush(self._queues.setdefault((ways[0], purpose.marketing), []), due)
            elif ways.for_good or day >= due.last:
                self._leave(due, ways.code, ways.reason)
            else:
                self._waiting[at + 1].append(due)

    def serve(self, at: int, day: date) -> None:
        """Plan a day's contacts over all queues, the most pressing first, until each queue is empty or its day full."""
        heads = [(queue[0], way) for way, queue in self._queues.items() if queue and self._calendar.hours[way[1]][at]]
        heapify(heads)
        while heads:
            due, way = heads[0]
            if not self._plan(due, way, at, day):
                heappop(heads)  # full: the queue waits for the next day
                continue
            queue = self._queues[way]
            heappop(queue)
            if queue:
                heapreplace(heads, (queue[0], way))
            else:
                heappop(heads)

    def close(self) -> None:
        """Leave out what still waits after the last day."""
        for due in sorted(due for queue in self._queues.values() for due in queue):
            self._leave(due, "full", "No time was left, or the days were closed, while it was due.")

    def _plan(self, due: _Due, way: tuple[str, bool], at: int, day: date) -> bool:
        """Deal with the first of a queue: plan it, put it off, or leave it out. False when its day is full."""
        one, purpose = self._everyone[due.place], due.purpose
        if day > due.last:
            self._leave(due, "full", "No time was left, or the days were closed, while it was due.")
            return True
        soonest = _soonest(self._policy, purpose, one, day)
        if soonest > due.last:
            self._leave(due, "frequency", f"Too soon after another contact until {soonest}; then its time is over.")
            return True
        if soonest > day:
            self._waiting[(soonest - self._start).days].append(due)
            return True
        channel = self._policy.channels[way[0]]
        clock = self._calendar.take(channel, purpose.marketing, at)
        if clock is None:
            return False
        one.note(purpose.name, day)
        check_from = day - timedelta(self._policy.cleanse_days) if purpose.marketing and channel.registry else None
        self.planned.append((one.person.customer_id, day, clock, channel.name, purpose.name, due.due, check_from))
        end = self._calendar.days[-1]
        if day < end:
            _wait(self._waiting, _next_due(due.place, one, purpose, day + timedelta(1), end), self._start)
        return True

    def _leave(self, due: _Due, code: str, reason: str) -> None:
        one = self._everyone[due.place].person
        self.left.append((one.customer_id, due.purpose.name, due.due, code, reason))


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
    reach: dict[tuple, tuple[str, ...]] = {}
    openings = [purpose for purpose in policy.purposes.values() if purpose.plan_when]
    for one, row in people(customers, policy):
        before = history.get(one.customer_id, ())
        preferred = row.get("preferred_channel")
        blank = tuple(name for name in _FIELDS if name in row and empty(row[name]))
        known = (str(preferred), blank)
        if known not in reach:
            reach[known] = _reach(preferred, blank, row, policy)
        customer = _Customer(
            # A plan takes it that the opt-out registry is checked as often as the policy says.
            one._replace(registry_checked=None),
            "" if empty(row.get("grade")) else identity(row["grade"]),
            reach[known],
            {purpose.name: since for purpose in openings if (since := _open_since(row, purpose, start))},
            start + timedelta(1) if before and before[-1].when.date() == start else start,
        )
        for contact in before:
            customer.note(contact.purpose, contact.when.date())
        found.append(customer)
    return found


def _reach(preferred: Any, blank: tuple[str, ...], row: dict, policy: Policy) -> tuple[str, tuple[str, ...]]:
    try:
        first = "" if empty(preferred) else policy.channel(preferred).name
    except ValueError:
        first = ""  # a channel that nobody uses here; check_records tells its owner
    details = {name for name in _FIELDS if name in row}
    found = tuple(
        channel.name
        for channel in policy.channels.values()
        if not details or any(name in details and name not in blank for name in _DETAILS[channel.field])
    )
    return first, found


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
    """When this purpose falls due next for this customer, from a day on; None if it does not before the end."""
    same = one.same.get(purpose.name)
    last = end
    if same and purpose.once:
        return None
    if purpose.name in one.opened:
        due = one.opened[purpose.name]
        if same and same[-1] >= due:
            return None  # dealt with
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
    rank = (0 if purpose.urgent else 1000) + purpose.order * 10 + _FIRST_SERVED.get(one.grade, 4)
    return _Due(rank, due, place, purpose, last) if due <= last else None


def _wait(waiting: list[list[_Due]], due: _Due | None, start: date) -> None:
    if due is not None:
        waiting[(due.due - start).days].append(due)


def _soonest(policy: Policy, purpose: Purpose, one: _Customer, day: date) -> date:
    """The first day from this one on that frequency and duplicates allow."""
    same = one.same.get(purpose.name, [])
    soonest = too_soon(policy, purpose, day, one.days, same, one.person.last_purchase) or day
    if one.days and one.days[-1] == day and (not purpose.urgent or (same and same[-1] == day)):
        soonest = max(soonest, day + timedelta(1))
    return max(soonest, one.free_from)


def _ways(policy: Policy, purpose: Purpose, one: _Customer, day: date, known: dict) -> tuple[str, ...] | Refusal:
    """The channels open to this purpose and customer on this day, or what forbids them all; worked out once a kind."""
    who = one.person
    given = who.consent_date if who.consent_date and who.consent_date > day else None
    consent = (who.relationship, who.consent, given, who.consent_channels)
    key = (purpose.name, one.reach, consent, who.opted_out, who.registry_blocked)
    if key not in known:
        preferred, reached = one.reach
        suited = [name for name in purpose.channels if name in reached]
        suited.sort(key=lambda name: name != preferred)  # the preferred one first, else as the policy has them
        refused = {name: standing(policy, policy.channels[name], purpose, who, day) for name in suited}
        free = tuple(name for name in suited if refused[name] is None)
        waits = [refusal for refusal in refused.values() if refusal and not refusal.for_good]
        nothing = Refusal("unreachable", "No channel for this purpose has its details on record.", True)
        known[key] = free or next(iter([*waits, *refused.values()]), nothing)
    if given is None:
        one.ways[purpose.name] = known[key]
    return known[key]
