"""Records and registers held against the four qualities and the policy: what is wrong, where, and what to do.

records_form(customers, today=dt.date(2026, 10, 31))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape

import pandas as pd

from learner_kit.contact import Policy, check_contacts, check_records
from learner_kit.faces import Face
from learner_kit.forms.looks import lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_customers import RECORDS
from learner_kit.shown import framed, scrolled, table
from learner_kit.tools.controls import on_change, pick
from learner_kit.tools.own_data import own_data

TITLE, CHECKED = "Check the records", "Your register, checked"
QUALITIES = {
    "accurate": "Accurate: it says what is true",
    "timely": "Timely: it is not out of date",
    "complete": "Complete: nothing needed is left out",
    "relevant": "Relevant: there is a purpose for it",
}
_ALL = ("All four qualities", "")


@sparing
def records_form(customers: pd.DataFrame, today: dt.date) -> Face:
    """Let a learner look through what is wrong with customers' records, quality by quality; also with records of their own.

    Args:
        customers: as `contact.check_records` takes them.
        today: the day of the check; records of the learner's own are held against the day it is.
    """

    def own(mine: pd.DataFrame) -> Face:
        return _view(mine, dt.date.today())

    return own_data(RECORDS, own, _view(customers, today), "customer-records", most=2_000)


def _view(customers: pd.DataFrame, today: dt.date) -> Face:
    found = check_records(customers, today)
    found = found.assign(column=[_heading(customers, name) for name in found["column"]])
    counts = {name: int((found["quality"] == name).sum()) for name in QUALITIES}
    which = pick("Which quality?", [_ALL, *((f"{name.capitalize()} ({many})", name) for name, many in counts.items())])
    outcome = markup()
    faulty = found["row"].nunique()
    says = (
        f"{len(found)} faults. {faulty} of {len(customers)} records have one or more."
        if len(found)
        else "No fault found."
    )

    def refresh() -> None:
        held = found[found["quality"] == which.value] if which.value else found
        tallied = table(
            [("Quality", "Faults"), *((said, (counts[name], "")) for name, said in QUALITIES.items())],
            "The four qualities",
            bar=1,
        )
        rows = [(_row(one.row), one.column, one.reason, one.what_to_do) for one in held.itertuples()]
        outcome.value = (
            framed(escape(says), live=True)
            + tallied.html
            + (_scrolled(("Row", "Column", "What is wrong", "What to do"), rows, "Every fault") if rows else "")
        )

    on_change(refresh, which)
    refresh()
    return Face([lay("lk-prompt", TITLE), which, outcome], f"{TITLE}. {says} Pick a quality to see its faults.")


@sparing
def register_check(register: pd.DataFrame, policy: Policy) -> Face:
    """Show what is missing in a contact register, and which contacts the policy speaks against.

    Args:
        register: as `contact.check_contacts` takes it.
        policy: from `Policy.load`.
    """
    found = check_contacts(register, policy)
    names = [_heading(register, name) for name in found["column"]]
    rows = [(_row(one.row), name, one.reason) for one, name in zip(found.itertuples(), names, strict=True)]
    if rows:
        says = f"{len(rows)} remark{'' if len(rows) == 1 else 's'} on {len(register)} contacts."
        html = framed(escape(says), live=True) + _scrolled(("Row", "Column", "What is wrong"), rows, "Every remark")
    else:
        says = f"{len(register)} contacts. Nothing is missing, and the policy has nothing against them."
        html = framed(f"✔ {escape(says)}", "good", live=True)
    return Face([lay("lk-prompt", CHECKED), markup(html)], f"{CHECKED}. {says}")


def _heading(given: pd.DataFrame, name: str) -> str:
    """A column as the learner's own file calls it, or in plain words."""
    return str(given.attrs.get("headings", {}).get(name, str(name).replace("_", " ").capitalize()))


def _row(row: object) -> str:
    return "all" if row is pd.NA or row != row else str(row)


def _scrolled(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> str:
    return scrolled(table([heads, *rows], caption), caption, 20)
