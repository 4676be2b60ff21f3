"""Past contacts as the contact rules need them: read from a table's rows, every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

import pandas as pd

from learner_kit.checks import has_columns
from learner_kit.contact.policy import Policy
from learner_kit.contact.values import clock_of, day_of, empty, identity, local, named, records
from learner_kit.errors import DataError, Fault


class Contact(NamedTuple):
    """One contact that was made."""

    when: datetime
    channel: str
    purpose: str
    issue: str
    attempt: bool  # nobody was reached, so the matter is still open


def read_history(
    history: Any, policy: Policy, last: datetime | date, customer: str | None = None
) -> dict[str, list[Contact]]:
    """Read past contacts into a list for each customer, the earliest first.

    Args:
        history: a table or a list of records with customer_id, purpose, `when` or `date` (and `time`), and where known
            channel, issue and outcome; None and an empty table are nobody contacted yet.
        last: the latest moment, or day, that a past contact can have.
        customer: read this customer's contacts only.

    Raises:
        DataError: for every row that cannot be used, a contact later than `last` included.
    """
    if isinstance(history, pd.DataFrame):
        if not len(history):
            return {}
        own = history.rename(columns=named(history.columns))
        has_columns(own, ["customer_id", "purpose", "when" if "when" in own else "date"], "The history")
        if customer is not None:  # a long history is read for one customer at a time
            history = own[
                own["customer_id"].map(lambda one: empty(one) or identity(one) == customer).to_numpy(dtype=bool)
            ]
    given = records(history, "history", "one row for each contact")
    faults: list[Fault] = []
    found: dict[str, list[Contact]] = {}
    for row, record in given:
        if (
            customer is not None
            and not empty(record.get("customer_id"))
            and identity(record["customer_id"]) != customer
        ):
            continue
        contact = _contact(record, policy, row, last, faults)
        if contact is not None:
            found.setdefault(identity(record["customer_id"]), []).append(contact)
    if faults:
        raise DataError(faults, "The history")
    for contacts in found.values():
        contacts.sort(key=lambda one: one.when)
    return found


def moment_of(record: Mapping[str, Any]) -> datetime:
    """The moment of a contact from its `when`, or its `date` and `time`; without a time, the start of that day."""
    if not empty(record.get("when")):
        return local(record["when"])
    if empty(record.get("date")):
        raise ValueError("has no date")
    clock = record.get("time")
    return local(datetime.combine(day_of(record["date"]), time() if empty(clock) else clock_of(clock)), "date")


def _contact(
    record: Mapping[str, Any], policy: Policy, row: int, last: datetime | date, faults: list[Fault]
) -> Contact | None:
    before = len(faults)

    def take(column: str, read: Any) -> Any:
        try:
            return read()
        except ValueError as error:
            faults.append(Fault(row, column, record.get(column), str(error)))
            return None

    if empty(record.get("customer_id")):
        faults.append(Fault(row, "customer_id", None, "is missing: say who was contacted"))
    when = take("when" if not empty(record.get("when")) else "date", lambda: moment_of(record))
    if when is not None and (when > last if isinstance(last, datetime) else when.date() > last):
        faults.append(
            Fault(row, "when", f"{when:%Y-%m-%d %H:%M}", f"lies after {last}: a history holds what has happened")
        )
    purpose = take("purpose", lambda: policy.purpose(record.get("purpose")).name)
    channel = "" if empty(record.get("channel")) else take("channel", lambda: policy.channel(record["channel"]).name)
    issue = record.get("issue")
    outcome = record.get("outcome")
    if len(faults) > before:
        return None
    return Contact(
        when,
        channel,
        purpose,
        purpose if empty(issue) else matter(issue),
        not empty(outcome) and str(outcome).strip().lower() in policy.attempts,
    )


def matter(issue: Any) -> str:
    """An issue as it is compared: capitals and spaces do not make it another one."""
    return " ".join(identity(issue).lower().split())
