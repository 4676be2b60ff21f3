"""May this customer be contacted, now, this way, for this purpose? One question, six checks, one answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from learner_kit.contact.history import Contact, matter, read_history
from learner_kit.contact.people import Person, person
from learner_kit.contact.policy import Channel, Hours, Policy, Purpose
from learner_kit.contact.values import empty, local

_NO_PURPOSE = Purpose("", 0, "service", ())  # a contact without a reason passes the other checks as service does
CHECK_FIRST = "Check the national opt-out registry first: no check is on record."
_SEARCH = 800  # days: a birthday and a year's interval, one after the other, are within it


class Verdict(NamedTuple):
    """The answer of `may_contact`; it counts as true when the contact is allowed.

    `code` is "ok" or the check that refused; `next_time` is the first moment at which the contact is allowed (for an
    allowed one: the moment asked about), None where waiting does not help.
    """

    allowed: bool
    code: str
    reason: str
    next_time: datetime | None

    def __bool__(self) -> bool:
        return self.allowed


class Refusal(NamedTuple):
    """Why a contact may not be made; `for_good` when waiting does not help."""

    code: str
    reason: str
    for_good: bool = False


def may_contact(
    when: Any,
    channel: str,
    purpose: str | None,
    customer: Any,
    history: Any,
    policy: Policy,
    *,
    issue: str | None = None,
) -> Verdict:
    """Say whether a customer may be contacted at a moment, and if not why, and when next.

    The checks come in this order, and the first that refuses is the answer: opt-out (the customer's own and the
    national registry), consent, hours, frequency, duplicate, reason.

    Args:
        when: the moment, with its time of day; without a time zone it is South African time.
        channel: one of the policy's channels, such as "telephone" or "e-mail".
        purpose: one of the policy's purposes, such as "complaint"; None or "" is a contact without a reason.
        customer: the customer's record (dict, or row of a table) with at least `customer_id`. Read where
            given: relationship (customer, prospect), consent (a basis of the policy), consent_date, consent_channels,
            opted_out (yes: of marketing; or marketing, all, channels parted by ;), registry_blocked (yes, no), registry_checked,
            agreed_times (`sunday 10:00-12:00 in writing 2026-03-01; …`), last_purchase, birth_date, overdue_since.
        history: contacts made before, of this customer or of all: customer_id, purpose, `when` or `date` and `time`;
            channel, issue, outcome where known. None if there are none.
        policy: from `Policy.load`.
        issue: the matter it is about, such as a complaint's number, so that nobody is contacted twice about it.

    Returns:
        `Verdict(allowed, code, reason, next_time)`; the reason says so where marketing is allowed but no check of the
        opt-out registry is on record. Closing time itself is outside the hours.

    Raises:
        ValueError: for a moment without its time, and for a channel or purpose the policy does not know.
        DataError: for every field of the customer's record or of their history that cannot be read; a contact later
            than `when` is a fault of the history.

    Example:
        >>> from learner_kit.contact import Policy, may_contact
        >>> policy = Policy.load("data/contact_policy.toml")
        >>> sunday = datetime(2012, 11, 11, 10, 0)
        >>> verdict = may_contact(sunday, "telephone", "query", {"customer_id": "C-0001"}, None, policy)
        >>> verdict.code, verdict.reason
        ('hours', 'Nobody is contacted on a Sunday.')
        >>> verdict.next_time
        datetime.datetime(2012, 11, 12, 8, 0)

    Source:
        The rules and where each comes from: `policy.rules`. Training, not legal advice.
    """
    moment = local(when)
    way = Policy.of(policy).channel(channel)
    case = Case(
        policy,
        way,
        _NO_PURPOSE if empty(purpose) else policy.purpose(purpose),
        one := person(customer, policy),
        tuple(read_history(history, policy, moment, one.customer_id).get(one.customer_id, ())),
        None if empty(issue) else matter(issue),
    )
    refused = case.refusal(moment)
    if refused is None:
        unchecked = case.purpose.marketing and way.registry and one.registry_checked is None
        return Verdict(True, "ok", f"Allowed. {CHECK_FIRST}" if unchecked else "Allowed.", moment)
    return Verdict(False, refused.code, refused.reason, case.next_time(moment))


def standing(policy: Policy, channel: Channel, purpose: Purpose, one: Person, day: date) -> Refusal | None:
    """What the customer's own wish, the registry or a lack of consent forbids on a day, whatever the hour."""
    if "all" in one.opted_out:
        return Refusal("opt-out", "The customer asked not to be contacted at all.", True)
    if channel.name in one.opted_out:
        return Refusal("opt-out", f"The customer asked not to be contacted by {channel.name}.", True)
    if not purpose.marketing:
        return None
    if "marketing" in one.opted_out:
        return Refusal("opt-out", "The customer opted out of marketing.", True)
    if channel.registry:
        if one.registry_blocked:
            return Refusal("opt-out", "The customer stands in the national opt-out registry.", True)
        if one.registry_checked and (day - one.registry_checked).days > policy.cleanse_days:
            return Refusal(
                "opt-out",
                f"The opt-out registry was last checked on {one.registry_checked}, more than {policy.cleanse_days} "
                "days before: check it again first.",
                True,
            )
    return _consent(policy, channel, one, day) if purpose.consent and channel.consent else None


def _consent(policy: Policy, channel: Channel, one: Person, day: date) -> Refusal | None:
    if not one.consent:
        return Refusal("consent", f"No consent to marketing by {channel.name} is on record.", True)
    if one.relationship not in policy.bases[one.consent]:
        return Refusal("consent", f"The basis {one.consent} does not cover a {one.relationship}.", True)
    if one.consent_channels and channel.name not in one.consent_channels:
        covered = ", ".join(sorted(one.consent_channels))
        return Refusal("consent", f"The consent covers {covered}, not {channel.name}.", True)
    if one.consent_date and day < one.consent_date:
        return Refusal("consent", f"The consent holds from {one.consent_date} only.")
    return None


def soonest(
    policy: Policy, purpose: Purpose, day: int, any_days: list[int], same_days: list[int], last_purchase: int | None
) -> int:
    """The first day, from `day` on, that the frequency rules may allow; days are counted from any one day.

    Args:
        any_days: days of the customer's contacts up to `day`, the earliest first.
        same_days: those for the same purpose.
    """
    first = day
    if purpose.urgent:
        return first
    if any_days:
        first = max(first, any_days[-1] + policy.min_days_between)
        if len(any_days) >= policy.max_contacts:
            first = max(first, any_days[-policy.max_contacts] + policy.window_days)
        if same_days:
            first = max(first, same_days[-1] + purpose.min_days)
    if purpose.after_purchase and last_purchase is not None and last_purchase <= day:
        first = max(first, last_purchase + purpose.after_purchase)
    return first


def span(purpose: Purpose, one: Person, day: date) -> tuple[date, date] | None:
    """The days in which this purpose has its reason, from the customer's own dates: the span that `day` falls into,
    else the next one, else the last one that was. None when the record does not hold the date.
    """
    start = getattr(one, purpose.needs) if purpose.needs else None
    if start is None:
        return None
    if purpose.needs == "birth_date":
        for year in (day.year - 1, day.year, day.year + 1):
            first = _birthday(start, year) + timedelta(purpose.from_days)
            last = first + timedelta(purpose.to_days - purpose.from_days)
            if day <= last and year > start.year:
                return first, last
    last = date.max if purpose.to_days is None else start + timedelta(purpose.to_days)
    return start + timedelta(purpose.from_days), last


def _birthday(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:  # 29 February in a year without one
        return date(year, 3, 1)


@dataclass(frozen=True)
class Case:
    """One question, with everything it depends on but the moment."""

    policy: Policy
    channel: Channel
    purpose: Purpose
    person: Person
    contacts: tuple[Contact, ...]
    issue: str | None

    def refusal(self, moment: datetime) -> Refusal | None:
        """The first check that refuses this moment."""
        day = moment.date()
        return (
            standing(self.policy, self.channel, self.purpose, self.person, day)
            or self._hours(moment)
            or self._frequency(day)
            or self._duplicate(day)
            or self._reason(day)
        )

    def next_time(self, moment: datetime) -> datetime | None:
        """The first moment from this one on that no check refuses."""
        for candidate in self._openings(moment):
            refused = self.refusal(candidate)
            if refused is None:
                return candidate
            if refused.for_good:
                return None
        return None

    def _openings(self, moment: datetime) -> Iterator[datetime]:
        """The moments at which hours begin, and this one itself."""
        yield moment
        for ahead in range(_SEARCH):
            day = moment.date() + timedelta(ahead)
            starts = sorted(window.opens for window in self._windows(day))
            yield from (found for found in (datetime.combine(day, start) for start in starts) if found > moment)

    def _windows(self, day: date) -> list[Hours]:
        day_type = self.policy.day_type(day)
        usual = self.policy.hours_of(day_type, self.purpose.marketing)
        agreed = [
            one.hours
            for one in self.person.agreed_times
            if one.day == day_type and one.since <= day and (one.written or not self.channel.written)
        ]
        return [usual, *agreed] if usual else agreed

    def _hours(self, moment: datetime) -> Refusal | None:
        day = moment.date()
        windows = self._windows(day)
        if any(window.holds(moment.time()) for window in windows):
            return None
        if not windows:
            holiday = self.policy.holiday(day)
            which = f"a public holiday ({holiday})" if holiday else f"a {day:%A}"
            return Refusal("hours", f"Nobody is contacted on {which}.")
        day_type = self.policy.day_type(day)
        law = self.policy.marketing_hours[day_type] if self.purpose.marketing else None
        company = self.policy.company_hours[day_type]
        by_law = company is not None and company.holds(moment.time()) and not (law and law.holds(moment.time()))
        said = " and ".join(str(window) for window in windows)
        kind = "Marketing" if self.purpose.marketing else "Contact"
        return Refusal("hours", f"{kind} on this day is allowed {said} only{', by law' if by_law else ''}.")

    def _frequency(self, day: date) -> Refusal | None:
        days = [contact.when.toordinal() for contact in self.contacts]
        same = [contact.when.toordinal() for contact in self.contacts if contact.purpose == self.purpose.name]
        bought = self.person.last_purchase
        first = soonest(self.policy, self.purpose, day.toordinal(), days, same, bought and bought.toordinal())
        if first <= day.toordinal():
            return None
        last = f"last contact {self.contacts[-1].when:%Y-%m-%d}" if days else f"last purchase {bought}"
        return Refusal("frequency", f"Too soon ({last}): not before {date.fromordinal(first)}.")

    def _duplicate(self, day: date) -> Refusal | None:
        for contact in reversed(self.contacts):
            if self.purpose.once and contact.purpose == self.purpose.name:
                return Refusal("duplicate", f"This may be asked once only, and was on {contact.when:%Y-%m-%d}.", True)
            same = contact.issue == self.issue if self.issue else contact.purpose == self.purpose.name
            days = self.purpose.duplicate_days if self.issue else 1
            if same and not contact.attempt and (day - contact.when.date()).days < days:
                free = contact.when.date() + timedelta(days)
                return Refusal(
                    "duplicate", f"The customer was contacted about this on {contact.when:%Y-%m-%d}: not before {free}."
                )
        return None

    def _reason(self, day: date) -> Refusal | None:
        purpose = self.purpose
        if purpose is _NO_PURPOSE:
            return Refusal("reason", "There is no reason for this contact: say first what it is for.", True)
        if self.channel.name not in purpose.channels:
            ways = ", ".join(purpose.channels)
            return Refusal("reason", f"For {purpose.name} the policy uses {ways}; not {self.channel.name}.", True)
        if purpose.needs is None:
            return None
        found = span(purpose, self.person, day)
        named = purpose.needs.replace("_", " ")
        if found is None:
            return Refusal("reason", f"The record has no {named}, so there is no reason for {purpose.name}.", True)
        if day < found[0]:
            return Refusal("reason", f"There is no reason for {purpose.name} before {found[0]} ({named}).")
        if day > found[1]:
            return Refusal("reason", f"The time for {purpose.name} ended on {found[1]} ({named}).", True)
        return None
