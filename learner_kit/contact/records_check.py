"""Checking customers' records against the four qualities of data: accurate, timely, complete, relevant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from learner_kit.checks import column_faults, kind, row_numbers, whole
from learner_kit.contact import records_fields as fields
from learner_kit.contact.policy import Policy
from learner_kit.contact.records_fields import Finding, missing
from learner_kit.contact.values import day_of, identity, named
from learner_kit.errors import DataError

QUALITIES = ("accurate", "timely", "complete", "relevant")
NEEDED = ("customer_id", "name", "phone", "email", "consent", "opted_out", "last_verified")
COLUMNS = ("row", "column", "value", "quality", "reason", "what_to_do")
_CHANNELS = ("telephone", "sms", "whatsapp", "e-mail", "email", "post", "visit")
_BASES = ("opt-in", "existing", "none")
_REGISTRY_DAYS = 31
# Information that POPIA calls special (s 26), and other that is asked for more often than there is a purpose for it.
_SPECIAL = re.compile(
    r"medical|health|illness|disabilit|blood|allerg|religio|church|faith|race|ethnic|trade_?union|politic|sex(ual)?_?"
    r"(life|orientation)|biometric|fingerprint|criminal|offence",
)
_PERSONAL = re.compile(
    r"marital|married|spouse|next_?of_?kin|emergency|salary|income|wage|reputation|id_?number|identity_?number|^id_?no"
    r"|passport|family|dependants|children|social_?contacts",
)


def check_records(
    customers: pd.DataFrame,
    today: date,
    *,
    purposes: Mapping[str, str] | None = None,
    stale_days: int = 365,
    policy: Policy | None = None,
) -> pd.DataFrame:
    """List what is wrong with customers' records: which of the four qualities each value lacks, why, and what to do.

    Args:
        customers: one row for each customer. Checked where they stand there: customer_id, name, phone, fax, email,
            address, postal_code, province, age, birth_date, since, last_verified, consent, consent_date, opted_out,
            preferred_channel, registry_checked. Other names for them (telephone, e-mail, opt_out, …) are known.
        today: the day of the check.
        purposes: why a column of special or very personal information is kept, such as
            `{"medical_aid": "pharmacy orders"}`; a column with its purpose written down is not reported.
        stale_days: how many days after `last_verified` a record counts as out of date.
        policy: if given, its channels, consent bases and cleansing interval are used.

    Returns:
        One row for each finding: `row` (1 is the first; missing where it concerns a whole column), `column`, `value`
        (not shown for special information), `quality` (accurate, timely, complete, relevant), `reason`, `what_to_do`.
        No rows: nothing was found.

    Raises:
        ValueError: for customers that are no table, or a `today` that is no date.

    Example:
        >>> shops = pd.DataFrame({"customer_id": ["C-0001"], "name": ["Karee Spaza"], "phone": ["011 000 0123"],
        ...     "email": ["082 000 0123"], "postal_code": [181], "consent": ["none"], "opted_out": ["no"],
        ...     "last_verified": ["2026-10-01"]})
        >>> check_records(shops, date(2026, 11, 21))[["row", "column", "quality"]]
           row       column   quality
        0    1        email  accurate
        1    1  postal_code  accurate

    Source:
        The four qualities: accurate, timely, complete, relevant. Data minimisation and special personal information:
        Protection of Personal Information Act 4 of 2013, s 10 and s 26. Training, not legal advice.
    """
    kind("customers", customers, pd.DataFrame, "a table (a pandas DataFrame)")
    faults = column_faults(customers, [name for name in customers.columns if isinstance(name, str)], "customers")
    if faults:
        raise DataError(faults, "The table of customers")
    try:
        today = day_of(today)
    except ValueError as error:
        raise ValueError(f"today must be a date: {error}") from None
    stale_days = whole("stale_days", stale_days, 1)
    purposes = {} if purposes is None else kind("purposes", purposes, Mapping, "columns with their purposes")
    if policy is not None:
        Policy.of(policy)
    original = {own: str(given) for given, own in named(customers.columns).items()}
    table = customers.rename(columns={given: own for own, given in original.items()})
    table.columns = [str(name) for name in table.columns]
    found: list[tuple] = [(pd.NA, column, None, *finding) for column, finding in _columns(table, purposes)]
    if len(table):
        rows = row_numbers(customers)
        checks = _checks(today, stale_days, policy)
        hidden = {name for name in table.columns if _kind(name)}
        for place, row in zip(rows, table.to_dict("records"), strict=True):
            for column, finding in _row(row, checks, today):
                value = row.get(column)
                shown = None if missing(value) or column in hidden else identity(value)
                found.append((int(place), column, shown, *finding))
        found += _duplicates(table, rows)
    order = {name: place for place, name in enumerate(table.columns)}
    found.sort(key=lambda one: (0 if one[0] is pd.NA else one[0], order.get(one[1], -1)))
    report = pd.DataFrame(found, columns=list(COLUMNS)).astype({"row": "Int64"})
    return report.assign(column=[original.get(column, column) for column in report["column"]])


def _kind(column: str) -> str | None:
    name = "_".join(column.lower().split()).replace("-", "_")
    if _SPECIAL.search(name):
        return "special"
    return "personal" if _PERSONAL.search(name) else None


def _columns(table: pd.DataFrame, purposes: Mapping[str, str]) -> Iterator[tuple[str, Finding]]:
    stated = {name for name, why in purposes.items() if not missing(why)}
    for column in table.columns:
        kind = _kind(column)
        if kind is None or column in stated or all(missing(value) for value in table[column]):
            continue
        what = "special personal information (POPIA s 26)" if kind == "special" else "very personal information"
        yield (
            column,
            Finding(
                "relevant",
                f"this is {what}, and no purpose is stated for it",
                "State its purpose, or remove the column: keep no more than is needed.",
            ),
        )
    if "customer_id" not in table:
        yield "customer_id", Finding("complete", "this column is missing", "Give every customer a number.")
    if not {"phone", "email", "address"} & set(table.columns):
        yield "phone", Finding("complete", "no column says how to reach a customer", "Add phone, email or address.")
    if "last_verified" not in table:
        yield (
            "last_verified",
            Finding(
                "timely",
                "this column is missing: nobody can tell how old a record is",
                "Add the day on which each record was last confirmed.",
            ),
        )


def _checks(today: date, stale_days: int, policy: Policy | None) -> dict[str, Callable[[Any], Finding | None]]:
    """What to do with one value of each column, whatever else stands in its row."""
    bases = (*policy.bases, "none") if policy else _BASES
    registry = policy.cleanse_days if policy else _REGISTRY_DAYS

    def age_of(value: Any, days: int, quality: Finding) -> Finding | None:
        day, fault = fields.past_day(value, today)
        return fault or (quality if (today - day).days > days else None)

    def channel(value: Any) -> Finding | None:
        advice = "Ask how the customer likes to be contacted."
        if policy is None:
            return fields.one_of(value, _CHANNELS, advice)
        try:
            policy.channel(identity(value))
        except ValueError:
            return Finding("accurate", f"must be one of {', '.join(policy.channels)}", advice)
        return None

    stale = Finding("timely", f"not confirmed for more than {stale_days} days", "Confirm the record with the customer.")
    unclean = Finding(
        "timely", f"the opt-out registry was checked more than {registry} days ago", "Check it before any marketing."
    )
    return {
        "name": fields.name,
        "phone": fields.phone,
        "email": fields.email,
        "address": fields.address,
        "age": fields.age,
        "birth_date": lambda value: fields.birth_date(value, today),
        "since": lambda value: fields.past_day(value, today)[1],
        "last_purchase": lambda value: fields.past_day(value, today)[1],
        "consent_date": lambda value: fields.past_day(value, today)[1],
        "last_verified": lambda value: age_of(value, stale_days, stale),
        "registry_checked": lambda value: age_of(value, registry, unclean),
        "consent": lambda value: fields.one_of(value, bases, "Ask for consent, or write none."),
        "opted_out": lambda value: fields.opted_out(value, tuple(policy.channels) if policy else _CHANNELS),
        "registry_blocked": fields.yes_or_no,
        "preferred_channel": channel,
    }


def _row(row: dict, checks: Mapping[str, Callable], today: date) -> Iterator[tuple[str, Finding]]:
    """What is wrong in one row, field by field and between fields."""
    wrong = set()
    for column, value in row.items():
        if column == "consent" and str(value).strip().lower() == "none":
            continue  # here the word says something
        if missing(value):
            if column in NEEDED:
                yield (
                    column,
                    Finding("complete", "nothing stands here", "Ask at the next contact, or note that there is none."),
                )
            continue
        if column == "postal_code":
            finding = fields.postal_code(value, row.get("province"))
        else:
            finding = checks[column](value) if column in checks else None
        if finding:
            wrong.add(column)
            yield column, finding
    yield from _between(row, wrong, today)


def _between(row: dict, wrong: set[str], today: date) -> Iterator[tuple[str, Finding]]:
    def there(*columns: str) -> bool:
        return all(not missing(row.get(column)) and column not in wrong for column in columns)

    if there("since", "last_verified") and day_of(row["last_verified"]) < day_of(row["since"]):
        yield (
            "last_verified",
            Finding(
                "accurate",
                "this is before the day on which the customer became one",
                "Look up which of the two is right.",
            ),
        )
    if there("age", "birth_date"):
        years = fields.years_between(day_of(row["birth_date"]), today)
        if abs(years - float(identity(row["age"]))) > 1:
            yield (
                "age",
                Finding(
                    "accurate",
                    f"the birth date says {years}",
                    "Keep the birth date only: an age is wrong within a year.",
                ),
            )
    if there("phone", "fax") and _digits(row["phone"]) == _digits(row["fax"]):
        yield "phone", Finding("accurate", "this is the customer's fax number", "Ask for a telephone number.")
    if "consent_date" in row and missing(row["consent_date"]) and str(row.get("consent")).strip().lower() == "opt-in":
        yield (
            "consent_date",
            Finding(
                "complete",
                "consent without its date cannot be shown to anybody",
                "Find when and how it was given, or ask again.",
            ),
        )
    if (
        "phone" in row
        and "email" in row
        and missing(row["phone"])
        and missing(row["email"])
        and missing(row.get("address"))
    ):
        yield (
            "phone",
            Finding(
                "complete",
                "there is no way to reach this customer",
                "Look in orders and letters for a number or address.",
            ),
        )


def _duplicates(table: pd.DataFrame, rows: Any) -> Iterator[tuple]:
    """Customers that stand there twice: the same number; the same phone and e-mail; the same name and one of them."""
    keys = {
        "customer_id": lambda row: (identity(row["customer_id"]).lower(),),
        "email": lambda row: (_digits(row["phone"]), identity(row["email"]).lower()),
        "phone": lambda row: (_name(row["name"]), _digits(row["phone"])),
        "name": lambda row: (_name(row["name"]), identity(row["email"]).lower()),
    }
    wants = {
        "customer_id": ("customer_id",),
        "email": ("phone", "email"),
        "phone": ("name", "phone"),
        "name": ("name", "email"),
    }
    records = table.to_dict("records")
    told = set()
    for column, key in keys.items():
        if not set(wants[column]) <= set(table.columns):
            continue
        first: dict[tuple, int] = {}
        for place, row in zip(rows, records, strict=True):
            if any(missing(row[name]) for name in wants[column]):
                continue
            same = first.setdefault(key(row), int(place))
            if same != place and place not in told:
                told.add(place)
                reason = f"this customer seems to stand in row {same} already (same {' and '.join(wants[column])})"
                yield (
                    int(place),
                    column,
                    identity(row[column]),
                    "accurate",
                    reason,
                    "Compare the two, and merge them if they are one.",
                )


def _digits(value: Any) -> str:
    return re.sub("[^0-9]", "", identity(value))[-9:]


def _name(value: Any) -> str:
    return " ".join(identity(value).lower().split())
