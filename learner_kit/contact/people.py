"""Customers as the contact rules need them: read from a table's rows, every fault at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any, NamedTuple

import pandas as pd

from learner_kit.checks import has_columns
from learner_kit.contact.policy import DAY_TYPES, Hours, Policy, plain
from learner_kit.contact.values import NO, YES, among, day_of, empty, identity, named, record, records, split, yes
from learner_kit.errors import DataError, Fault
from learner_kit.reading import read_date

_NONE = {"", "none", "nan", "-"}
_AGREED = re.compile(
    r"(?P<day>[a-z]+) (?P<opens>[0-9]{2}:[0-9]{2}) ?[-–] ?(?P<closes>[0-9]{2}:[0-9]{2})(?P<written> in writing)? "
    r"(?P<since>[0-9]{4}-[0-9]{2}-[0-9]{2})"
)


class AgreedTime(NamedTuple):
    """A time outside the hours at which a customer agreed to be contacted."""

    day: str  # "monday" … "sunday" or "holiday"
    hours: Hours
    written: bool
    since: date


class Person(NamedTuple):
    """What the rules need to know of one customer."""

    customer_id: str
    relationship: str = "customer"
    consent: str = ""
    consent_date: date | None = None
    consent_channels: frozenset[str] = frozenset()  # empty: the consent covers every channel
    opted_out: frozenset[str] = frozenset()  # "marketing", "all" or channels
    registry_blocked: bool = False
    registry_checked: date | None = None
    agreed_times: tuple[AgreedTime, ...] = ()
    last_purchase: date | None = None
    birth_date: date | None = None
    overdue_since: date | None = None


def person(customer: Any, policy: Policy) -> Person:
    """Read one customer's record.

    Raises:
        DataError: for every field that cannot be read; a record needs the field `customer_id`.
    """
    if isinstance(customer, Person):
        return customer
    if isinstance(customer, pd.Series):
        customer = customer.to_dict()
    if not isinstance(customer, Mapping):
        raise ValueError(f"customer must be one customer's record, not {type(customer).__name__}.")
    faults: list[Fault] = []
    found = read_person(record(customer), policy, None, faults)
    if faults:
        raise DataError(faults, "The customer's record")
    return found


def people(customers: Any, policy: Policy) -> list[tuple[Person, dict[str, Any]]]:
    """Read a table of customers: each as the rules need them, with the whole record.

    Raises:
        DataError: for every field of every customer that cannot be read, and for customers that stand there twice.
    """
    if isinstance(customers, pd.DataFrame):
        has_columns(customers.rename(columns=named(customers.columns)), ["customer_id"], "The table of customers")
    faults: list[Fault] = []
    found, first = [], {}
    for row, given in records(customers, "customers", "one row for each customer"):
        one = read_person(given, policy, row, faults)
        if one is None:
            continue
        if one.customer_id in first:
            faults.append(Fault(row, "customer_id", one.customer_id, f"stands in row {first[one.customer_id]} already"))
        first.setdefault(one.customer_id, row)
        found.append((one, given))
    if faults:
        raise DataError(faults, "The table of customers")
    return found


def read_person(given: Mapping[str, Any], policy: Policy, row: int | None, faults: list[Fault]) -> Person | None:
    """Read one record; what cannot be read is added to `faults`, and None is given back."""
    before = len(faults)

    def take(column: str, read: Any, default: Any = None) -> Any:
        value = given.get(column)
        if empty(value):
            return default
        try:
            return read(value)
        except ValueError as error:
            faults.append(Fault(row, column, value, str(error)))
            return default

    if empty(given.get("customer_id")):
        faults.append(Fault(row, "customer_id", None, "is missing: the customer's number, such as C-0001"))
    found = Person(
        identity(given.get("customer_id")),
        take("relationship", lambda value: among(value, ("customer", "prospect")), "customer"),
        take("consent", lambda value: _consent(value, policy), ""),
        take("consent_date", day_of),
        take(
            "consent_channels", lambda value: frozenset(policy.channel(one).name for one in split(value)), frozenset()
        ),
        take("opted_out", lambda value: _opt_out(value, policy), frozenset()),
        take("registry_blocked", yes, False),
        take("registry_checked", day_of),
        take("agreed_times", _agreed, ()),
        take("last_purchase", day_of),
        take("birth_date", day_of),
        take("overdue_since", day_of),
    )
    return found if len(faults) == before else None


def _consent(value: Any, policy: Policy) -> str:
    said = plain(identity(value))
    if said in _NONE or said in NO:
        return ""
    if said in YES:
        raise ValueError(f"must say on which basis: {', '.join(policy.bases)}; or none")
    if said not in policy.bases:
        raise ValueError(f"must be one of {', '.join(policy.bases)}, or none")
    return said


def _opt_out(value: Any, policy: Policy) -> frozenset[str]:
    said = identity(value).lower()
    if said in NO or said in _NONE:
        return frozenset()
    if said in YES:
        return frozenset(["marketing"])
    try:
        return frozenset(one if one in ("marketing", "all") else policy.channel(one).name for one in split(value))
    except ValueError:
        raise ValueError(f"must be marketing, all, or channels ({', '.join(policy.channels)}), parted by ;") from None


def _agreed(value: Any) -> tuple[AgreedTime, ...]:
    if not isinstance(value, str):
        return tuple(value)
    return tuple(_one_agreed(part) for part in value.split(";") if part.strip())


def _one_agreed(said: str) -> AgreedTime:
    found = _AGREED.fullmatch(" ".join(said.lower().split()))
    try:
        if not found or found["day"] not in DAY_TYPES:
            raise ValueError
        hours = Hours(time.fromisoformat(found["opens"]), time.fromisoformat(found["closes"]))
        if hours.opens >= hours.closes:
            raise ValueError
        return AgreedTime(found["day"], hours, bool(found["written"]), read_date(found["since"]))
    except ValueError:
        raise ValueError(
            "must say the day, the hours and when it was agreed, such as: sunday 10:00-12:00 in writing 2026-03-01"
        ) from None
