"""A contact register to practise on: look before you call, report after it, and see what the policy says.

register_form(Policy.load("../data/contact_policy.toml"), practice_contacts("../data/contact_register.csv", day))
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable
from datetime import date, timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from learner_kit.contact import Policy, Register, check_contacts
from learner_kit.errors import DataError, KitError
from learner_kit.faces import Face
from learner_kit.forms.looks import box, button, lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_customers import REGISTER
from learner_kit.reading import read_date
from learner_kit.shown import address_of, framed, table
from learner_kit.tools.contact_form import channel_names, purpose_names
from learner_kit.tools.controls import Line, grid, pick
from learner_kit.tools.own_data import own_data
from learner_kit.tools.records_form import register_check

if TYPE_CHECKING:
    import pandas as pd

TITLE = "The contact register"
_HEADS = ("Customer and matter", "When", "How and what for", "Outcome", "Next action", "Made by")
_BASES = [("Service: not needed", "none"), ("Opted in", "opt-in"), ("Existing customer", "existing")]


def practice_contacts(path: str | Path, monday: date) -> list[dict[str, str]]:
    """Read a register from a CSV file and move its days to the week of `monday`, or to the weeks after it.

    Args:
        path: such as the kit's `data/contact_register.csv`.
        monday: the Monday on which the first week of the file shall begin.

    Returns:
        A record for each contact, as `Register.append` takes them.

    Raises:
        ValueError: for a day that is no Monday.

    Example:
        >>> found = practice_contacts("data/contact_register.csv", date(2026, 11, 16))
        >>> len(found), found[0]["date"], found[0]["customer_id"]
        (5, '2026-11-16', 'C-0901')
    """
    if monday.weekday() != 0:
        raise ValueError(f"monday must be a Monday; {monday} is not one.")
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    first = min((read_date(row["date"]) for row in rows), default=monday)
    moved = monday - (first - timedelta(days=first.weekday()))
    for row in rows:
        row.pop("number", None)
        for column in ("date", "next_date"):
            if row[column]:
                row[column] = (read_date(row[column]) + moved).isoformat()
    return rows


@sparing
def register_form(
    policy: Policy,
    contacts: Iterable[dict[str, str]] = (),
    busy: Iterable[tuple[str, str, str]] = (),
) -> Face:
    """Let a learner look into a register before a call and report the call after it.

    Args:
        policy: channels and purposes to choose from, and the rules a contact is held against.
        contacts: what the register holds at first, as `Register.append` takes it.
        busy: customer, matter and colleague: contacts that a colleague is making at this moment.

    Returns:
        A form; what is missing or wrong in a report is named at its field, and nothing typed is lost. The register lasts
        as long as the page. One of the learner's own is checked, not filled in.
    """
    folder = tempfile.TemporaryDirectory(prefix="register-", ignore_cleanup_errors=True)
    register = Register(Path(folder.name, "register.db"), policy)
    for one in contacts:
        register.append(one)
    for customer, matter, colleague in busy:
        register.claim(customer, matter, by=colleague, minutes=1440)
    form = _Form(register, policy)
    practice = Face(
        [lay("lk-prompt", TITLE), *form.parts],
        f"{TITLE}. Before the call: type the customer, the matter and your staff number, and look whether somebody "
        "was in touch already. After the call: fill in the contact report and add it to the register.",
    )
    face = own_data(REGISTER, lambda mine: register_check(mine, policy), practice, "contact-register", most=2_000)
    face.register, face.folder = register, folder  # the practice file lives as long as its form
    return face


class _Form:
    """The search before a call, the report after it, and the register as it stands."""

    def __init__(self, register: Register, policy: Policy):
        self.register, self.policy = register, policy
        self.customer = Line("Customer", "The customer's number, for example C-0903")
        self.matter = Line("Matter", "The number of the matter, for example K-0001")
        self.me = Line("Your staff number", "For example S-05", "S-05")
        self.found = markup()
        self.lines = {
            "date": Line("Date", "For example 2026-11-20 or 20 November 2026"),
            "time": Line("Time", "Hours and minutes, for example 09:10"),
            "outcome": Line("Outcome", "What came of it, for example answered"),
            "next_action": Line("Next action", "What was promised; leave it empty if nothing was"),
            "next_date": Line("Day of the next action", "Empty if there is none"),
        }
        self.channel = pick("Channel", [("Choose", ""), *_offered(channel_names(policy))], "")
        self.purpose = pick("Purpose", [("Choose", ""), *_offered(purpose_names(policy))], "")
        self.basis = pick("Consent", _BASES, "none")
        self.notes = {"channel": markup(), "purpose": markup()}
        self.added, self.shown = markup(), markup()
        first, last = list(self.lines.values())[:2], list(self.lines.values())[2:]
        before = box(
            lay("lk-takes", "Step 1. Before the call: has somebody been in touch about the same matter?"),
            grid(self.customer.face, self.matter.face, self.me.face, least="12rem"),
            box(button("Look before you call", self._look, main=True), look="lk-note"),
            self.found,
        )
        after = box(
            lay(
                "lk-takes",
                "Step 2. After the call: the report. Customer, matter and staff number are taken from above.",
            ),
            grid(
                *(one.face for one in first),
                box(self.channel, self.notes["channel"], look="lk-field"),
                box(self.purpose, self.notes["purpose"], look="lk-field"),
                box(self.basis, look="lk-field"),
                *(one.face for one in last),
                least="12rem",
            ),
            box(button("Add the report to the register", self._add, main=True), look="lk-note"),
            self.added,
        )
        self.parts = [before, after, self.shown]
        self._show()

    def _who(self) -> bool:
        """Say at its field what is missing of customer, matter and staff number."""
        lines = (self.customer, self.matter, self.me)
        for one in lines:
            one.fault("" if one.said else "Fill this in first.")
        return all(one.said for one in lines)

    def _look(self) -> None:
        if not self._who():
            self.found.value = framed("Mend the fields that are marked, then look again.", "again", live=True)
            return
        try:
            claim = self.register.claim(self.customer.said, self.matter.said, by=self.me.said)
        except (ValueError, KitError) as error:
            self.found.value = framed(escape(str(error)), "again", live=True)
            return
        about = f"{escape(self.customer.said)} about {escape(self.matter.said)}"
        if not claim:
            said = (
                f"<strong>▲ Wait.</strong> {escape(claim.held_by)} is in touch with {about} at this moment. "
                "Do not call: ask your colleague first."
            )
            self.found.value = framed(said, "again", live=True) + _past(claim.earlier)
        elif len(claim.earlier):
            last = claim.earlier.iloc[0]
            promised = f" Promised: {escape(last.next_action)} {_on(last.next_date)}." if last.next_action else ""
            said = (
                f"<strong>▲ Stop and read.</strong> {escape(last.contacted_by)} was in touch with {about} on "
                f"{last.date} at {last.time}. Outcome: {escape(last.outcome)}.{promised} Do not ask the customer the "
                "same things again. Call only to do what was promised, or if there is news."
            )
            self.found.value = framed(said, "again", live=True) + _past(claim.earlier)
        else:
            said = (
                f"<strong>✔ Nobody was in touch with {about}.</strong> The contact is yours for 15 minutes; a colleague "
                "who looks now is told so."
            )
            self.found.value = framed(said, "good", live=True)

    def _add(self) -> None:
        ready = self._who()
        for name, one in self.lines.items():
            one.fault("This is missing." if name in ("date", "time", "outcome") and not one.said else "")
        for note in self.notes.values():
            note.value = ""
        given = {name: one.said for name, one in self.lines.items()}
        given |= {"customer_id": self.customer.said, "issue": self.matter.said, "contacted_by": self.me.said}
        given |= {"channel": self.channel.value, "purpose": self.purpose.value, "consent": self.basis.value}
        if not ready:
            given["customer_id"] = ""  # nothing is added, and what else is missing is said at the same time
        try:
            place = self.register.append(given)
        except DataError as error:
            for fault in error.faults:
                self._mark(fault.column, fault.reason)
            said = "Not added yet: mend what is marked. What you typed still stands."
            self.added.value = framed(said, "again", live=True)
            return
        except (ValueError, KitError) as error:
            self.added.value = framed(escape(str(error)), "again", live=True)
            return
        self.added.value = self._judged(place)
        self._show()
        for name in ("outcome", "next_action", "next_date"):
            self.lines[name].input.value = ""

    def _mark(self, column: Any, reason: str) -> None:
        if column == "date" and reason.startswith(("has no time", "time must")):
            column = "time"
        said = "Choose one." if column in self.notes and reason == "is missing" else _sentence(reason)
        if column in self.notes:
            self.notes[column].value = f'<div class="lk-fault" role="alert">▲ {escape(said)}</div>'
        elif column in self.lines:
            self.lines[column].fault(said)

    def _judged(self, place: int) -> str:
        """What the policy says of the contact that was added last."""
        try:
            found = check_contacts(self.register.table(), self.policy)
        except ValueError as error:
            return framed(f"Added as number {place}. {escape(str(error))}", "again", live=True)
        mine = found[found["row"] == len(self.register)]
        if not len(mine):
            return framed(
                f"<strong>✔ Added as number {place}.</strong> The policy has nothing against it.", "good", live=True
            )
        lines = "".join(f"<li>{escape(_sentence(reason))}</li>" for reason in mine["reason"])
        return framed(
            f"<strong>Added as number {place}, as it happened.</strong> But held against the policy:<ul>{lines}</ul>"
            "A register tells the truth, so the entry stays. Tell your team leader what went wrong.",
            "again",
            live=True,
        )

    def _show(self) -> None:
        held = self.register.table()
        if not len(held):
            self.shown.value = framed("The register is still empty.")
            return
        self.shown.value = table([_HEADS, *_rows(held)], "The register as it stands").html + self._link()

    def _link(self) -> str:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            data = self.register.export_csv(Path(folder, "register.csv"), separator=";").read_bytes()
        return (
            f'<a class="jupyter-button widget-button" style="padding:0.3rem 0.9rem" download="contact-register.csv" '
            f'href="{address_of(data, "text/csv")}">Download the register for a spreadsheet</a>'
        )


def _past(earlier: pd.DataFrame) -> str:
    return table([_HEADS, *_rows(earlier)], "Earlier contacts about this matter").html if len(earlier) else ""


def _rows(held: pd.DataFrame) -> list[tuple[str, ...]]:
    """A contact a line, in few columns, so that it fits on a page."""
    return [
        (
            _unbroken(f"{row.customer_id} {row.issue}"),
            _unbroken(f"{row.date} {row.time}"),
            f"{row.channel}, {row.purpose}",
            row.outcome,
            f"{row.next_action} {_unbroken(row.next_date)}".strip(),
            row.contacted_by,
        )
        for row in held.itertuples()
    ]


def _offered(names: dict[str, str]) -> list[tuple[str, str]]:
    return [(says, name) for name, says in names.items()]


def _unbroken(said: str) -> str:
    """Numbers and days that do not break at their hyphens."""
    return said.replace("-", "\u2011")


def _on(day: str) -> str:
    return f"on {escape(day)}" if day else ""


def _sentence(reason: str) -> str:
    """A reason from the tools as a sentence beside its field."""
    said = {"is missing": "This is missing.", "has no date": "This is missing."}.get(reason, reason)
    if said.startswith(("has no time", "date must", "time must", "when must")):
        said = f"This {said}" if said.startswith("has") else said
    said = said[:1].upper() + said[1:]
    return said if said.endswith((".", "!", "?")) else f"{said}."
