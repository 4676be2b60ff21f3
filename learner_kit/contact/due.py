"""What falls due for a customer, when, and by which channels: the parts of a contact plan that look at one customer.

Days are counted from the start of the plan: 0 is its first day, contacts made before have days below 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from learner_kit.contact.history import Contact
from learner_kit.contact.people import Person, people
from learner_kit.contact.policy import Policy, Purpose
from learner_kit.contact.rules import Refusal, soonest, span, standing
from learner_kit.contact.values import NO, day_of, empty, identity

_DETAILS = {"phone": ("phone",), "email": ("email",), "address": ("address", "postal_code")}
_FIELDS = tuple(name for names in _DETAILS.values() for name in names)
_FIRST_SERVED = {"A": 0, "New": 1, "B": 2, "C": 3}


class Due(NamedTuple):
    """A contact that waits for its day; sorts by how pressing it is."""

    rank: int
    due: int
    place: int
    purpose: Purpose
    last: int


@dataclass
class Waiting:
    """One customer while a plan is made: the days of contacts grow."""

    person: Person
    grade: str
    reach: tuple[str, tuple[str, ...]]  # the preferred channel ("" for none), and those that reach the customer
    opened: dict[str, int]  # purposes that wait to be dealt with, and since when
    free_from: int  # whoever was contacted on the first day already is left in peace until the next
    bought: int | None
    days: list[int] = field(default_factory=list)
    same: dict[str, list[int]] = field(default_factory=dict)
    ways: dict[str, tuple[str, ...] | Refusal] = field(default_factory=dict)  # by purpose, once worked out

    def note(self, purpose: str, day: int) -> None:
        self.days.append(day)
        self.same.setdefault(purpose, []).append(day)

    @staticmethod
    def read(customers: Any, history: dict[str, list[Contact]], policy: Policy, start: date) -> list[Waiting]:
        """Read the customers of a plan, with the contacts made before."""
        found = []
        reach: dict[tuple, tuple[str, tuple[str, ...]]] = {}
        openings = [purpose for purpose in policy.purposes.values() if purpose.plan_when]
        zero = start.toordinal()
        for one, row in people(customers, policy):
            before = history.get(one.customer_id, ())
            preferred = row.get("preferred_channel")
            blank = tuple(name for name in _FIELDS if name in row and empty(row[name]))
            known = (str(preferred), blank)
            if known not in reach:
                reach[known] = _reach(preferred, blank, row, policy)
            customer = Waiting(
                # A plan takes it that the opt-out registry is checked as often as the policy says.
                one._replace(registry_checked=None) if one.registry_checked else one,
                "" if empty(row.get("grade")) else identity(row["grade"]),
                reach[known],
                {purpose.name: since for purpose in openings if (since := _since(row, purpose, start)) is not None},
                1 if before and before[-1].when.date() == start else 0,
                one.last_purchase and one.last_purchase.toordinal() - zero,
            )
            for contact in before:
                customer.note(contact.purpose, contact.when.toordinal() - zero)
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


def _since(row: dict, purpose: Purpose, start: date) -> int | None:
    """Since when something waits that this purpose would deal with: the start of the plan where only `yes` stands."""
    value = row.get(purpose.plan_when)
    if empty(value) or identity(value).lower() in NO:
        return None
    try:
        return max(0, (day_of(value) - start).days)
    except ValueError:
        return 0


def next_due(place: int, one: Waiting, purpose: Purpose, after: int, end: int, start: date) -> Due | None:
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
        zero = start.toordinal()
        found = span(purpose, one.person, date.fromordinal(zero + after))
        if found is None:
            return None
        opens, closes = found[0].toordinal() - zero, found[1].toordinal() - zero
        if closes < after:
            return None
        due, last = max(opens, after), min(closes, end)
        if same and same[-1] >= opens:  # done for this reason; again only where the policy repeats it
            if not purpose.every_days:
                return None
            due = max(due, same[-1] + purpose.every_days)
    elif purpose.every_days:
        due = max(after, same[-1] + purpose.by_grade.get(one.grade, purpose.every_days)) if same else after
    else:
        return None
    if due > last:
        return None
    rank = (0 if purpose.urgent else 1000) + purpose.order * 10 + _FIRST_SERVED.get(one.grade, 4)
    return Due(rank, due, place, purpose, last)


def put_off(policy: Policy, purpose: Purpose, one: Waiting, day: int) -> int:
    """The first day from this one on that frequency and duplicates allow."""
    same = one.same.get(purpose.name, [])
    first = soonest(policy, purpose, day, one.days, same, one.bought)
    if one.days and one.days[-1] == day and (not purpose.urgent or (same and same[-1] == day)):
        first = max(first, day + 1)
    return max(first, one.free_from)


def ways_open(policy: Policy, purpose: Purpose, one: Waiting, day: date, known: dict) -> tuple[str, ...] | Refusal:
    """The channels open to this purpose and customer on a day, or what forbids them all; worked out once a kind."""
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
