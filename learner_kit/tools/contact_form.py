"""May I contact this customer, now, in this way, for this reason? A form on the company's policy and the law.

    may_i(policy, date="2026-11-28", time="08:30", channel="telephone", purpose="new-product")

The rules are those of `learner_kit.contact`; they are summarised for training, and are not legal advice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from learner_kit.contact.policy import Policy
from learner_kit.faces import Face
from learner_kit.forms.looks import box, lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.shown import Shown, framed, table
from learner_kit.tools.entries import Entry, Pick, Typed, say_day

if TYPE_CHECKING:
    from learner_kit.contact import Verdict

CHECKS = {
    "opt-out": "Did the customer opt out?",
    "consent": "Is there consent to marketing?",
    "hours": "Is it a lawful hour?",
    "frequency": "Is it too soon?",
    "duplicate": "Was it dealt with already?",
    "reason": "Is there a sound reason?",
}
_NEEDED = {"last_purchase": "Last purchase", "overdue_since": "Overdue since", "birth_date": "Date of birth"}
_CONSENT = {"": "None on record", "existing": "Existing customer", "opt-in": "Opted in"}
_OUT = {"": "No", "marketing": "Of marketing", "all": "Of all contact"}


@sparing
def may_i(policy: Policy, **start: str) -> Face:
    """Let a learner ask whether one contact is allowed: which check stops it, why, and when it is allowed next.

    Args:
        policy: from `contact.Policy.load`.
        start: where the fields stand at first: date, time, channel, purpose, relationship, consent, opted_out,
            last_contact, last_purpose, last_purchase, overdue_since, birth_date.

    Returns:
        A form; what can't be read is marked where it stands, and stays as it was typed.

    Example:
        >>> policy = Policy.load("data/contact_policy.toml")
        >>> face = may_i(policy, date="2026-11-28", time="08:30", channel="telephone", purpose="complaint")
        >>> str(face).split(" You can change")[0]
        'May I contact this customer? Yes, you may. It is Saturday 28 November 2026, 08:30. Hours for this: 08:00–13:00.'
    """
    purposes = {"": "No reason yet", **purpose_names(policy)}
    entries: dict[str, Entry] = {
        "date": Typed("Date", start.get("date", "2026-11-24"), "day"),
        "time": Typed("Time", start.get("time", "10:00"), "clock"),
        "channel": Pick("Way", channel_names(policy), start.get("channel", "telephone")),
        "purpose": Pick("Reason", purposes, start.get("purpose", "")),
        "relationship": Pick(
            "Who is it?", {"customer": "Customer", "prospect": "Prospect"}, start.get("relationship", "customer")
        ),
        "consent": Pick("Consent to marketing", _CONSENT, start.get("consent", "")),
        "opted_out": Pick("Opted out?", _OUT, start.get("opted_out", "")),
        "last_contact": Typed("Last contact (if any)", start.get("last_contact", ""), "day", may_be_empty=True),
        "last_purpose": Pick("It was about", purpose_names(policy), start.get("last_purpose", "query")),
        **{
            key: Typed(f"{name} (if known)", start.get(key, ""), "day", may_be_empty=True)
            for key, name in _NEEDED.items()
        },
    }
    outcome = markup()
    said = ""

    def refresh(*_: Any) -> None:
        nonlocal said
        purpose = policy.purposes.get(entries["purpose"].input.value)
        for key in ("overdue_since", "birth_date"):
            entries[key].show(purpose is not None and purpose.needs == key)
        given = {key: entry.read() for key, entry in entries.items()}
        if not all(entry.sound for entry in entries.values()):
            outcome.value = framed("Mend what is marked above; the answer then comes back.", "again", live=True)
            return
        try:
            verdict, moment = ask(policy, given)
        except ValueError as error:
            outcome.value = framed(escape(plainly(error)), "again", live=True)
            return
        shown = answer(policy, verdict, moment, given["purpose"])
        said, outcome.value = shown.words, shown.html

    for entry in entries.values():
        entry.observe(refresh)
    refresh()
    labels = ", ".join(entry.label for entry in entries.values())
    grid = box(*(entry.face for entry in entries.values()), look="lk-fields", across=True)
    grid.layout = widgets.Layout(flex_flow="row wrap")
    title = "May I contact this customer?"
    return Face([lay("lk-prompt", title), grid, outcome], f"{title} {said} You can change: {labels}.")


def purpose_names(policy: Policy) -> dict[str, str]:
    """The purposes of a policy as a learner reads them: the name, and whether it is marketing or service.

    Example:
        >>> purpose_names(Policy.load("data/contact_policy.toml"))["new-product"]
        'New product (marketing)'
    """
    return {key: f"{named(key)} ({one.kind})" for key, one in policy.purposes.items()}


def channel_names(policy: Policy) -> dict[str, str]:
    """The channels of a policy as a learner reads them."""
    return {key: {"sms": "SMS", "whatsapp": "WhatsApp"}.get(key, key.capitalize()) for key in policy.channels}


def ask(policy: Policy, given: Mapping[str, Any]) -> tuple[Verdict, dt.datetime]:
    """Put what the form holds to `contact.may_contact`.

    Args:
        policy: the policy.
        given: what the fields of `may_i` read: `date`, `time`, `channel`, `purpose` and the customer's fields.

    Returns:
        The verdict, and the moment asked about.
    """
    from learner_kit.contact import may_contact

    moment = dt.datetime.combine(given["date"], given["time"])
    history = None
    if given["last_contact"]:
        if given["last_contact"] > given["date"]:
            raise ValueError("The last contact lies after the day you ask about. Mend one of the two.")
        on_the_day = given["last_contact"] == given["date"]
        when = moment if on_the_day else dt.datetime.combine(given["last_contact"], dt.time())
        history = [{"customer_id": "C", "purpose": given["last_purpose"], "when": when}]
    customer = {"customer_id": "C"} | {
        key: given[key] for key in ("relationship", "consent", "opted_out", *_NEEDED) if given[key]
    }
    return may_contact(moment, given["channel"], given["purpose"] or None, customer, history, policy), moment


def show_contact(
    policy: Policy, when: str, channel: str, purpose: str | None, customer: Mapping[str, Any], history: Any = None
) -> Shown:
    """Show what the policy says of one contact: a worked example to read.

    Args: as for `contact.may_contact`; `when` as text.

    Example:
        >>> policy = Policy.load("data/contact_policy.toml")
        >>> show_contact(policy, "2012-11-11 10:00", "telephone", "query", {"customer_id": "C-0901"})
        No, not now. It is Sunday 11 November 2012, 10:00. Nobody is contacted on a Sunday.
        Next lawful time: Monday 12 November 2012, 08:00.
    """
    from learner_kit.contact import may_contact

    return answer(policy, may_contact(when, channel, purpose, customer, history, policy), when, purpose)


def answer(policy: Policy, verdict: Verdict, when: str | dt.datetime, purpose: str | None) -> Shown:
    """Say a verdict in words, with the six checks in their order and how far this contact came."""
    moment = dt.datetime.fromisoformat(when) if isinstance(when, str) else when
    holiday, hours = policy.holiday(moment.date()), policy.hours(moment.date(), purpose) if purpose else None
    said = f"It is {say_day(moment.date())}, {moment:%H:%M}."
    said += f" The day is a public holiday: {holiday}." if holiday else ""
    said += f" Hours for this: {hours}." if hours and verdict.code != "hours" else ""
    if verdict:
        said += verdict.reason.removeprefix("Allowed.")
        html = framed(f"<strong>✔ Yes, you may.</strong> {escape(said)}", "good", live=True)
        return Shown(html + _checks(verdict, purpose), f"Yes, you may. {said}")
    later = verdict.next_time
    ahead = (
        f"Next lawful time: {say_day(later.date())}, {later:%H:%M}."
        if later
        else "Waiting does not help: this must be put right first."
    )
    html = f"<strong>▲ No, not now.</strong> {escape(said)} {escape(verdict.reason)} <strong>{escape(ahead)}</strong>"
    words = f"No, not now. {said} {verdict.reason} {ahead}"
    return Shown(framed(html, "again", live=True) + _checks(verdict, purpose), words)


def _checks(verdict: Verdict, purpose: str | None) -> str:
    keys = list(CHECKS)
    at = keys.index(verdict.code) if verdict.code in keys else len(keys)
    first = 0 if purpose else at  # without a purpose nothing else can be looked at
    states = [
        "▲ stopped here" if place == at else "✔ in order" if first <= place < at else "– not looked at"
        for place in range(len(keys))
    ]
    rows = [
        (f"{place}. {said}", state) for place, (said, state) in enumerate(zip(CHECKS.values(), states, strict=True), 1)
    ]
    return table([("Check", "Result"), *rows], "The six checks, in their order").html


def named(key: str) -> str:
    """The name of a purpose or channel as a learner reads it."""
    return key.replace("-", " ").capitalize()


def plainly(error: ValueError) -> str:
    """What a ValueError says, for somebody who knows nothing of rows and tables."""
    faults = getattr(error, "faults", None)
    return "; ".join(f"{one.column}: {one.reason}" for one in faults) if faults else str(error)
