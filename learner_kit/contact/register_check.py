"""Holding a register of contacts against the policy: what is missing in it, and which contacts should not have been."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from learner_kit.checks import has_columns, row_numbers
from learner_kit.contact.history import Contact, matter, moment_of
from learner_kit.contact.people import Person, people, person
from learner_kit.contact.policy import Policy
from learner_kit.contact.register import NEEDED
from learner_kit.contact.rules import Case
from learner_kit.contact.values import empty, identity, named
from learner_kit.errors import DataError

COLUMNS = ("row", "column", "value", "code", "reason")
_WHY = {
    "time": "without it nobody can tell whether the hours were kept",
    "channel": "without it nobody can tell which consent was needed, or what it cost",
    "purpose": "without it nobody can tell whether there was a reason",
    "issue": "without it nobody can tell two matters apart, or find a duplicate",
    "outcome": "without it nobody can tell whether the matter is closed",
    "contacted_by": "without it nobody can ask",
    "consent": "without it marketing cannot be shown to have been lawful",
    "next_action": "without it nobody knows what was promised",
}


def check_contacts(register: pd.DataFrame, policy: Policy, customers: pd.DataFrame | None = None) -> pd.DataFrame:
    """List what is wrong in a contact register: what was left out, and contacts against the policy.

    Each contact is judged with those before it as its history, by the same six checks as `may_contact`.

    Args:
        register: a table with customer_id and date, and where kept time, channel, purpose, issue, outcome, consent,
            next_action, contacted_by, as `Register.table()` gives it.
        policy: from `Policy.load`; an old register is best held against the policy of its own time.
        customers: the customers' records. Without them the register's own `consent` is believed, and opt-outs and
            the dates that give a reason are not looked at.

    Returns:
        One row for each finding: `row` (1 is the first; missing where it concerns a whole column), `column`, `value`,
        `code` (missing, unreadable, or a code of `may_contact`), `reason`. No rows: nothing was found.

    Raises:
        DataError: when the register has no customer_id or date, or the customers' records have faults.

    Example:
        >>> policy = Policy.load("data/contact_policy.toml")
        >>> old = pd.DataFrame({"customer_id": ["C-0001"], "date": ["11.11.2012"], "purpose": ["query"]})
        >>> found = check_contacts(old, policy)
        >>> found.loc[found["code"] == "hours", "reason"].item()
        'Nobody is contacted on a Sunday.'
    """
    if not isinstance(register, pd.DataFrame):
        raise ValueError(f"register must be a table (a pandas DataFrame), not {type(register).__name__}.")
    Policy.of(policy)
    table = register.rename(columns=named(register.columns))
    has_columns(table, ["customer_id", "when" if "when" in table else "date"], "The register")
    known = None if customers is None else {one.customer_id: one for one, _ in people(customers, policy)}
    found: list[tuple] = []
    wanted = [name for name in (*NEEDED, "consent", "next_action") if name not in ("customer_id", "date")]
    if "when" in table:
        wanted.remove("time")
    for name in wanted:
        if name not in table:
            found.append((pd.NA, name, None, "missing", f"this column is missing: {_WHY[name]}"))
    history: dict[str, list[Contact]] = {}
    for row, place, moment, timed in _in_order(table, row_numbers(register), found):
        found += [
            (place, name, None, "missing", f"nothing stands here: {_WHY[name]}")
            for name in ("time", "channel", "purpose", "outcome", "contacted_by")
            if name in table and empty(row[name])
        ]
        found += _judged(row, place, moment, timed, policy, known, history)
    found.sort(key=lambda one: 0 if one[0] is pd.NA else one[0])
    return pd.DataFrame(found, columns=list(COLUMNS)).astype({"row": "Int64"})


def _in_order(table: pd.DataFrame, rows: Any, found: list[tuple]) -> list[tuple[dict, int, datetime, bool]]:
    """The rows by time, each with its number, moment and whether its time is known; what cannot be read is noted."""
    order = []
    for place, row in zip(rows, table.to_dict("records"), strict=True):
        column = "when" if not empty(row.get("when")) else "date"
        if empty(row["customer_id"]):
            found.append((int(place), "customer_id", None, "missing", "nothing stands here: say who was contacted"))
            continue
        try:
            order.append((row, int(place), moment_of(row), column == "when" or not empty(row.get("time"))))
        except ValueError as error:
            found.append((int(place), column, row.get(column), "unreadable", str(error)))
    return sorted(order, key=lambda one: (one[2], one[1]))


def _judged(
    row: dict,
    place: int,
    moment: datetime,
    timed: bool,
    policy: Policy,
    known: dict[str, Person] | None,
    history: dict[str, list[Contact]],
) -> list[tuple]:
    """What the policy says of one contact, which then joins the history of its customer."""
    who = identity(row["customer_id"])
    names, found = {}, []
    for name in ("channel", "purpose"):
        try:
            names[name] = None if empty(row.get(name)) else getattr(policy, name)(row[name])
        except ValueError as error:
            found.append((place, name, row[name], "unreadable", str(error)))
    purpose, channel = names.get("purpose"), names.get("channel")
    if purpose is None:
        return found
    issue = None if empty(row.get("issue")) else matter(row["issue"])
    before = history.setdefault(who, [])
    if known is not None and who not in known:
        found.append((place, "customer_id", who, "unreadable", "there is no such customer in the table of customers"))
    else:
        way = channel or policy.channels[purpose.channels[0]]
        case = Case(policy, way, purpose, _person(row, who, policy, known), tuple(before), issue)
        hours = policy.hours(moment.date(), purpose.name)
        at = moment if timed or hours is None else datetime.combine(moment.date(), hours.opens)
        refused = case.refusal(at)
        unknown = refused and (
            (refused.code == "consent" and channel is None)
            or (refused.code == "reason" and known is None and purpose.needs)
        )
        if refused and not unknown:
            shown = f"{moment:%Y-%m-%d %H:%M}" if timed else f"{moment:%Y-%m-%d}"
            found.append((place, "when" if "when" in row else "date", shown, refused.code, refused.reason))
    outcome = row.get("outcome")
    attempt = not empty(outcome) and str(outcome).strip().lower() in policy.attempts
    before.append(Contact(moment, channel.name if channel else "", purpose.name, issue or purpose.name, attempt))
    return found


def _person(row: dict, who: str, policy: Policy, known: dict[str, Person] | None) -> Person:
    if known is not None:
        return known[who]
    try:
        return person({"customer_id": who, "consent": row.get("consent")}, policy)
    except DataError:
        return Person(who)  # no basis that the policy knows is no consent
