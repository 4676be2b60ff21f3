"""Plan the contacts of some weeks by the company's policy: a calendar, a table, and what was left out and why.

    planner(policy, customers, start="2026-12-07")

The rules are those of `learner_kit.contact`; they are summarised for training, and are not legal advice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from html import escape
from typing import Any

import ipywidgets as widgets

from learner_kit.contact.policy import Policy
from learner_kit.faces import Face
from learner_kit.forms.looks import box, lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_customers import plan_columns
from learner_kit.shown import framed, table
from learner_kit.tools.contact_form import channel_names, named, plainly, purpose_names
from learner_kit.tools.entries import Entry, Pick, Typed, say_day
from learner_kit.tools.own_data import own_data

MOST = 12  # customers on one page
_COLUMNS = {
    "grade": "Grade",
    "marketing": "Consent",
    "open": "Waiting for",
    "last_purchase": "Last purchase",
    "last_contact": "Kept in touch",
}
_MARKETING = {"": "None", "existing": "Existing", "opt-in": "Opted in", "out": "Opted out"}


@sparing
def planner(policy: Policy, customers: Any, start: str, weeks: int = 4) -> Face:
    """Let a learner plan the contacts of some weeks: a calendar, a table, and what was left out and why.

    Args:
        policy: from `contact.Policy.load`.
        customers: a table with customer_id and name; where given grade, consent, opted_out, last_purchase and
            last_contact (the day on which the customer was last kept in touch with), and what `contact.plan` reads.
            At most 12 rows.
        start: the first day.
        weeks: how many weeks at first, 1 to 8.

    Returns:
        A form; every change plans anew.

    Raises:
        ValueError: for no customers or more than 12, or weeks outside 1 to 8.
    """

    def own(mine: Any) -> Face:
        waits = mine["waiting"] if "waiting" in mine else [""] * len(mine)
        fields = {
            one.plan_when: [("yes" if wait == key else "") for wait in waits]
            for key, one in policy.purposes.items()
            if one.plan_when
        }
        return _planner(
            policy, mine.drop(columns="waiting", errors="ignore").assign(**fields), dt.date.today().isoformat(), weeks
        )

    return own_data(
        plan_columns(policy), own, _planner(policy, customers, start, weeks), "customers-to-plan-for", most=MOST
    )


def _planner(policy: Policy, customers: Any, start: str, weeks: int) -> Face:
    given = customers.to_dict("records")
    if not 1 <= len(given) <= MOST:
        raise ValueError(f"customers must be a table of 1 to {MOST} rows, not {len(given)}.")
    if weeks not in range(1, 9):
        raise ValueError(f"weeks must be a whole number from 1 to 8, not {weeks!r}.")
    names = {one["customer_id"]: _text(one.get("name")) or one["customer_id"] for one in given}
    first = Typed("First day", start, "day")
    many = Pick("Weeks", {str(one): str(one) for one in range(1, 9)}, str(weeks))
    rows = [_row(policy, one, names[one["customer_id"]]) for one in given]
    outcome = markup()
    said = ""

    def refresh(*_: Any) -> None:
        nonlocal said
        entries = [first, many, *(entry for row in rows for entry in row.values())]
        read = [entry.read() for entry in entries]
        if not all(entry.sound for entry in entries):
            faults = "; ".join(f"{entry.label}: {entry.fault}" for entry in entries if not entry.sound)
            outcome.value = framed(f"Mend this first. {escape(faults)}", "again", live=True)
            return
        day, days = read[0], int(read[1]) * 7
        table_ = [one | _changes(row) for one, row in zip(given, rows, strict=True)]
        try:
            said, outcome.value = _plan(policy, table_, names, day, days)
        except ValueError as error:
            outcome.value = framed(escape(plainly(error)), "again", live=True)

    for entry in (first, many, *(entry for row in rows for entry in row.values())):
        entry.observe(refresh)
    refresh()
    heads = [lay("lk-prompt", said) for said in ("Customer", *(_COLUMNS.values()))]
    body: list[widgets.Widget] = []
    for one, row in zip(given, rows, strict=True):
        body += [lay("lk-item", names[one["customer_id"]]), *(entry.bare() for entry in row.values())]
    grid = widgets.GridBox(
        [*heads, *body],
        layout=widgets.Layout(
            grid_template_columns="minmax(5.5rem, 1fr) 5rem 7.1rem 7.3rem 6.9rem 6.9rem", width="100%"
        ),
    )
    grid.add_class("lk-grid")
    top = box(first.face, many.face, look="lk-fields", across=True)
    top.layout = widgets.Layout(flex_flow="row wrap")
    title = "Plan your contacts"
    return Face(
        [lay("lk-prompt", title), top, grid, outcome], f"{title}. {said} You can change the days and customers."
    )


def _row(policy: Policy, one: Mapping[str, Any], name: str) -> dict[str, Entry]:
    out = _text(one.get("opted_out")).lower() in ("yes", "marketing", "all")
    consent = _text(one.get("consent")).lower()
    marketing = "out" if out else consent if consent in _MARKETING else ""
    opened = {"": "nothing"} | {
        purpose.plan_when: named(key).lower() for key, purpose in policy.purposes.items() if purpose.plan_when
    }
    waits = next((key for key in opened if key and _text(one.get(key))), "")
    return {
        "grade": Pick(f"{name}, grade", {key: key for key in ("A", "B", "C", "New")}, _text(one.get("grade")) or "C"),
        "marketing": Pick(f"{name}, consent", _MARKETING, marketing),
        "open": Pick(f"{name}, waiting for", opened, waits),
        "last_purchase": Typed(
            f"{name}, last purchase", _text(one.get("last_purchase"))[:10], "day", may_be_empty=True
        ),
        "last_contact": Typed(f"{name}, kept in touch", _text(one.get("last_contact"))[:10], "day", may_be_empty=True),
    }


def _changes(row: Mapping[str, Entry]) -> dict[str, Any]:
    """A row of the form as fields of a customer's record."""
    value = {key: entry.read() for key, entry in row.items()}
    marketing = value["marketing"]
    made = {"grade": value["grade"], "last_purchase": value["last_purchase"], "last_contact": value["last_contact"]}
    made |= {"consent": "" if marketing == "out" else marketing, "opted_out": "marketing" if marketing == "out" else ""}
    return made | ({value["open"]: "yes"} if value["open"] else {})


def _plan(
    policy: Policy, customers: list[dict[str, Any]], names: Mapping[str, str], start: dt.date, days: int
) -> tuple[str, str]:
    import pandas as pd

    from learner_kit import plots
    from learner_kit.contact import left_out, plan

    history = [
        {"customer_id": one["customer_id"], "purpose": "partnership", "when": dt.datetime.combine(at, dt.time())}
        for one in customers
        if (at := one["last_contact"])
    ]
    frame = pd.DataFrame(customers).drop(columns=["last_contact", "name"], errors="ignore")
    made = plan(frame, history or None, policy, start, days)
    left = left_out(frame, history or None, policy, start, days)
    all_days = [start + dt.timedelta(ahead) for ahead in range(days)]
    service = next(key for key, one in policy.purposes.items() if not one.marketing)
    closed = {day: policy.holiday(day) or f"{day:%A}" for day in all_days if policy.hours(day, service) is None}
    chart = plots.calendar(made, "Planned contacts by day", start=start, days=days, closed=closed)
    ways, reasons = channel_names(policy), purpose_names(policy)
    rows = [
        (
            say_day(one.date, short=True).replace(" ", "\u00a0"),
            f"{one.time:%H:%M}",
            names[one.customer_id],
            ways[one.channel],
            reasons[one.purpose],
        )
        for one in made.itertuples()
    ]
    count = len(rows)
    said = f"{count} contact{'' if count == 1 else 's'} planned in {days // 7} week{'' if days == 7 else 's'}."
    parts = [framed(escape(said), live=True), plots.to_html(chart)]
    if rows:
        parts.append(table([("Day", "Time", "Customer", "Way", "Reason"), *rows], "The plan").html)
    if made["registry_check_from"].notna().any():
        parts.append(
            framed(
                "Before each marketing contact, check the list against the national opt-out registry. The last "
                f"check may be {policy.cleanse_days} days old at most."
            )
        )
    if len(left):
        out = [(names[one.customer_id], reasons[one.purpose], one.reason) for one in left.itertuples()]
        parts.append(table([("Customer", "Reason to contact", "Why it was left out"), *out], "Due, but left out").html)
    # On a narrow screen each part scrolls for itself, and the page does not.
    inner = "".join(f'<div style="overflow-x:auto">{part}</div>' for part in parts)
    html = f'<div style="display:grid;grid-template-columns:minmax(0,1fr)">{inner}</div>'
    return said, html


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value).strip()
