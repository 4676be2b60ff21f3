"""Handouts of the sessions on paper, as a programme's `handouts.toml` lists them: PDF and Word."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from learner_kit import files
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import HOME, Programme
from learner_kit.course.provider import provider
from learner_kit.documents import Block, Document, Lines, Paragraph, SignatureLines, Table, long_date, to_pdf, to_word
from learner_kit.errors import Fault, KitError
from learner_kit.reading import write_number
from learner_kit.settings import Keys, read, refuse
from learner_kit.teaching import evaluation_papers, outline, plans

FILE = "handouts.toml"
DATA = HOME / "data"
END = dt.date(2026, 10, 31)  # the last day of the practice firm's orders
ROOM = "\u00a0\n\u00a0"  # two lines, so that a hand finds room
MARKETING = {"opt-in": "said yes", "existing": "similar products only", "none": "has not agreed"}
CHANNELS = {"sms": "SMS", "whatsapp": "WhatsApp"}


@dataclass(frozen=True)
class Handout:
    """A paper for a session; what is empty is left out."""

    id: str
    title: str
    says: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    widths: tuple[float, ...] = ()
    rows: int = 0
    weeks: bool = False
    after: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    questionnaire: str = ""
    leave_out: tuple[str, ...] = ()


def load(programme: Programme) -> tuple[Handout, ...]:
    """The handouts of a programme; none where it has no `handouts.toml`.

    Raises:
        DataError: every fault of the file.

    Example:
        >>> from learner_kit.course.programme import load as programme
        >>> [one.title for one in load(programme())]
        ['Minute of an agreement', 'Customer cards', 'Questionnaire', 'Contact calendar']
    """
    path = programme.folder / FILE
    if not path.is_file():
        return ()
    faults: list[Fault] = []
    top = Keys(read(path), faults)
    found = tuple(_handout(keys) for keys in top.tables("handouts"))
    top.done()
    refuse(faults, path)
    return found


def document(cohort: Cohort, one: Handout) -> Document:
    """A handout to print; a calendar begins on the day of the session that the cohort's plan prints it for."""
    programme = cohort.programme
    subtitle = f"Unit standard {programme.unit.id}: {programme.unit.title}"
    blocks: list[Block] = [Paragraph("\n".join(one.says))] if one.says else []
    blocks += _asked(one.asks)
    if one.cards:
        blocks.append(_cards(one.cards))
    if one.questionnaire:
        from learner_kit.survey import Questionnaire

        form = Questionnaire.load(DATA / one.questionnaire)
        subtitle = form.title
        blocks += evaluation_papers.to_fill_in(
            replace(form, questions=tuple(q for q in form.questions if q.id not in one.leave_out))
        )
    if one.columns:
        first = _weeks(cohort, one) if one.weeks else [ROOM + "\n\u00a0"] * one.rows
        rows = [[said, *[""] * (len(one.columns) - 1)] for said in first]
        blocks.append(Table(one.columns, rows, widths=one.widths or None, align=["left"] * len(one.columns)))
    blocks += _asked(one.after)
    if one.signatures:
        blocks.append(SignatureLines(one.signatures))
    return Document(
        title=one.title,
        subtitle=subtitle,
        letterhead=provider(programme).letterhead,
        meta=[(label, "") for label in one.head],
        blocks=blocks,
        footer=f"{one.title} · unit standard {programme.unit.id}",
    )


def write(cohort: Cohort, to: str | Path, word: bool = False) -> list[Path]:
    """Write every handout of a cohort's programme to a folder, as PDF and, with `word`, as Word.

    Raises:
        KitError: the folder cannot be written to.
    """
    made = []
    try:
        for one in load(cohort.programme):
            paper = document(cohort, one)
            made.append(files.write(Path(to) / f"{one.id}.pdf", to_pdf(paper)))
            if word:
                made.append(files.write(Path(to) / f"{one.id}.docx", to_word(paper)))
    except OSError as error:
        raise KitError(f"The handouts could not be written to {to}: {error.strerror}.") from None
    return made


def _handout(keys: Keys) -> Handout:
    id, title = keys.take("id", str) or "", keys.take("title", str) or ""
    lists = {
        name: tuple(map(str, keys.take(name, list, []) or ()))
        for name in ("says", "head", "asks", "columns", "after", "signatures", "cards", "leave_out")
    }
    widths = tuple(keys.take("widths", list, []) or ())
    rows = keys.take("rows", int, 0) or 0
    if widths and (
        len(widths) != len(lists["columns"]) or not all(isinstance(w, int | float) and w > 0 for w in widths)
    ):
        keys.fault("widths", "must be numbers above 0, one for each column")
    if bool(lists["columns"]) != (rows > 0):
        keys.fault("rows", "columns and a number of rows go together")
    weeks, form = bool(keys.take("weeks", bool, False)), keys.take("questionnaire", str, "") or ""
    if form and not (DATA / form).is_file():
        keys.fault("questionnaire", f"there is no {form} in data")
    keys.done()
    return Handout(id, title, widths=widths, rows=rows, weeks=weeks, questionnaire=form, **lists)


def _asked(prompts: tuple[str, ...]) -> list[Block]:
    return [block for prompt in prompts for block in (Paragraph(prompt, kind="strong"), Lines(2))]


def _weeks(cohort: Cohort, one: Handout) -> list[str]:
    """The weeks from the handout's session on, with their public holidays; only counted while there is no plan."""
    plan = plans.current(cohort)
    days = [
        session.day
        for session in (plan.sessions if plan else ())
        if any(said.partition(":")[0] == one.title for block in session.blocks for said in block.print)
    ]
    if not days:
        return [f"{week}\n{ROOM}" for week in range(1, one.rows + 1)]
    calendar, found = outline.load(cohort.programme).calendar, []
    for week in range(one.rows):
        first = days[0] + dt.timedelta(days=7 * week)
        held = [day for n in range(7) if calendar.holiday(day := first + dt.timedelta(days=n))]
        closed = ", ".join(long_date(day).rpartition(" ")[0].replace(" ", "\u00a0") for day in held)
        found.append(f"{week + 1}: {long_date(first)}\n" + (f"closed: {closed}" if held else "\u00a0") + "\n\u00a0")
    return found


def _cards(chosen: tuple[str, ...]) -> Table:
    """Customers of the practice firm as strips to cut, each with room for the group it is put in."""
    import pandas as pd

    from learner_kit import grading

    people = pd.read_csv(DATA / "customers.csv", dtype=str).set_index("customer_id")
    bought = grading.activity_of(pd.read_csv(DATA / "orders.csv"), pd.read_csv(DATA / "stock_turns.csv"), end=END)
    figures = bought.set_index("customer_id").reindex(people.index)[["orders", "revenue", "discounts"]].fillna(0)
    gone = [id for id in chosen if id not in people.index]
    if gone:
        raise KitError(f"{FILE} names cards of customers who are not in customers.csv: {', '.join(gone)}.")
    rows = []
    for id in chosen:
        person, sums = people.loc[id], figures.loc[id]
        wishes = "said stop" if person.opted_out == "yes" else MARKETING[person.consent]
        rows.append(
            [
                f"Customer {id}\nsince {person.since[:4]}\n\u00a0",
                f"{write_number(sums.orders)} orders, R{write_number(sums.revenue)}\n"
                f"taken off as discount: R{write_number(sums.discounts)}",
                f"Best reached by {CHANNELS.get(person.preferred_channel, person.preferred_channel)}\nmarketing: {wishes}",
                "",
            ]
        )
    return Table(["Customer", "Bought in twelve months", "Contact", "Our group"], rows, widths=[1.6, 2.6, 3.2, 1.6])
