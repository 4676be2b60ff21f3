"""Planning contacts at predetermined intervals: who, when, which way and why, all within the policy."""

from __future__ import annotations

from datetime import date, time, timedelta
from heapq import heapify, heappop, heappush, heapreplace
from typing import Any

import pandas as pd

from learner_kit.checks import whole
from learner_kit.contact.due import Due, Waiting, next_due, put_off, ways_open
from learner_kit.contact.history import read_history
from learner_kit.contact.policy import FIRST, LAST, Channel, Hours, Policy
from learner_kit.contact.rules import Refusal
from learner_kit.contact.values import day_of

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

    Example:
        >>> from learner_kit.contact import Policy, left_out
        >>> policy = Policy.load("data/contact_policy.toml")
        >>> shop = pd.DataFrame({"customer_id": ["C-0001"], "opted_out": ["all"], "open_query": ["yes"]})
        >>> left_out(shop, None, policy, date(2026, 11, 23), 5).loc[0, ["purpose", "code"]].tolist()
        ['query', 'opt-out']
    """
    _, left = _schedule(customers, history, policy, start, days)
    return pd.DataFrame(left, columns=list(LEFT_OUT))


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
    Policy.of(policy)
    start = _start(start)
    days = whole("days", days, 1, LONGEST)
    everyone = Waiting.read(customers, read_history(history, policy, start), policy, start)
    book = _Book(policy, _Calendar(policy, start, days), everyone, start)
    for at in range(days):
        book.admit(at)
        book.serve(at)
    book.close()
    return book.planned, book.left


class _Book:
    """The queues of a plan: one for each channel and kind of hours, so that a full day costs nothing but its end.

    Days are counted from the start of the plan.
    """

    def __init__(self, policy: Policy, calendar: _Calendar, everyone: list[Waiting], start: date):
        self.planned: list[tuple] = []
        self.left: list[tuple] = []
        self._policy, self._calendar, self._everyone, self._start = policy, calendar, everyone, start
        self._end = len(calendar.days) - 1
        self._falling_due: list[list[Due]] = [[] for _ in calendar.days]
        self._queues: dict[tuple[str, bool], list[Due]] = {}
        self._known: dict[tuple, tuple[str, ...] | Refusal] = {}
        regular = [purpose for purpose in policy.purposes.values() if purpose.needs or purpose.every_days]
        for place, one in enumerate(everyone):
            opened = [policy.purposes[name] for name in one.opened]
            for purpose in [*opened, *(purpose for purpose in regular if purpose.name not in one.opened)]:
                self._await(next_due(place, one, purpose, 0, self._end, start))

    def admit(self, at: int) -> None:
        """Put what falls due on a day into the queue of the channel that suits it best, or leave it out."""
        for due in self._falling_due[at]:
            one, purpose = self._everyone[due.place], due.purpose
            ways = one.ways.get(purpose.name)
            if ways is None:
                ways = ways_open(self._policy, purpose, one, self._calendar.days[at], self._known)
            if not isinstance(ways, Refusal):
                heappush(self._queues.setdefault((ways[0], purpose.marketing), []), due)
            elif ways.for_good or at >= due.last:
                self._leave(due, ways.code, ways.reason)
            else:
                self._falling_due[at + 1].append(due)

    def serve(self, at: int) -> None:
        """Plan a day's contacts over all queues, the most pressing first, until each queue is empty or its day full."""
        heads = [(queue[0], way) for way, queue in self._queues.items() if queue and self._calendar.hours[way[1]][at]]
        heapify(heads)
        while heads:
            due, way = heads[0]
            if not self._served(due, way, at):
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
            self._full(due)

    def _served(self, due: Due, way: tuple[str, bool], at: int) -> bool:
        """Deal with the first of a queue: plan it, put it off, or leave it out. False when its day is full."""
        one, purpose = self._everyone[due.place], due.purpose
        if at > due.last:
            self._full(due)
            return True
        first = put_off(self._policy, purpose, one, at)
        if first > due.last:
            until = self._start + timedelta(first)
            self._leave(due, "frequency", f"Too soon after another contact until {until}; then its time is over.")
            return True
        if first > at:
            self._falling_due[first].append(due)
            return True
        channel = self._policy.channels[way[0]]
        clock = self._calendar.take(channel, way[1], at)
        if clock is None:
            return False
        one.note(purpose.name, at)
        day = self._calendar.days[at]
        check_from = day - timedelta(self._policy.cleanse_days) if way[1] and channel.registry else None
        fell_due = self._calendar.days[due.due]
        self.planned.append((one.person.customer_id, day, clock, channel.name, purpose.name, fell_due, check_from))
        if at < self._end:
            self._await(next_due(due.place, one, purpose, at + 1, self._end, self._start))
        return True

    def _await(self, due: Due | None) -> None:
        if due is not None:
            self._falling_due[due.due].append(due)

    def _full(self, due: Due) -> None:
        self._leave(due, "full", "No time was left, or the days were closed, while it was due.")

    def _leave(self, due: Due, code: str, reason: str) -> None:
        one = self._everyone[due.place].person
        self.left.append((one.customer_id, due.purpose.name, self._calendar.days[due.due], code, reason))


def _start(start: Any) -> date:
    try:
        first = day_of(start)
    except ValueError as error:
        raise ValueError(f"start must be a date: {error}") from None
    if not FIRST <= first <= LAST:
        raise ValueError(f"start must lie in the years {FIRST.year} to {LAST.year}, not in {first.year}.")
    return first
