"""The papers of the portfolio's section 2 to fill in by hand, as `preparation.toml` lists them: background form to contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from learner_kit.assess.papers.judged import save
from learner_kit.course import enrol, handins, naming, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import ASSESSMENTS, Activity, Programme
from learner_kit.course.provider import provider
from learner_kit.documents import Block, Bullets, Document, Heading, Lines, PageBreak, Paragraph, SignatureLines, Table
from learner_kit.errors import Fault, KitError
from learner_kit.moments import local
from learner_kit.reading import write_number
from learner_kit.settings import Keys, read, refuse
from learner_kit.teaching import plan_papers, plans, sessions

FILE = "preparation.toml"
LISTS = ("says", "bullets", "ticks", "asks", "columns", "signatures")
ROOM = "\u00a0\n\u00a0"  # two lines, so that a hand finds room
WORKBOOKS, PLAN = "workbooks", "plan"  # tables that the kit fills in


@dataclass(frozen=True)
class Part:
    """A part of a paper; what is empty is left out."""

    title: str = ""
    shows: str = ""
    room: int = 1
    boxes: bool = False
    new_page: bool = False
    says: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    ticks: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    widths: tuple[float, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A paper to fill in; `head` holds labels, each with what is known of it."""

    id: str
    title: str
    head: tuple[str, ...]
    says: tuple[str, ...]
    parts: tuple[Part, ...]


def load(programme: Programme) -> tuple[Paper, ...]:
    """The papers of a programme; the kit's own where it has no `preparation.toml`.

    Raises:
        DataError: every fault of the file.

    Example:
        >>> from learner_kit.course.programme import load as programme
        >>> [one.title for one in load(programme())][:3]
        ['Background form', 'Voluntary details', "Learner's preparation checklist"]
    """
    own = programme.folder / FILE
    path = own if own.is_file() else ASSESSMENTS / FILE
    faults: list[Fault] = []
    top = Keys(read(path), faults)
    found = tuple(_paper(keys) for keys in top.tables("papers"))
    top.done()
    refuse(faults, path)
    return found


def documents(cohort: Cohort, learner: str = "") -> dict[str, Document]:
    """Each paper to print, by its id: for one learner with number and name, or without both, as a stock.

    Raises:
        KitError: the learner is not enrolled.
        DataError: every fault of `preparation.toml`.
    """
    if learner:
        enrol.require_learner(cohort, learner)
    return {one.id: _document(cohort, one, learner) for one in load(cohort.programme)}


def write(cohort: Cohort, to: str | Path, learner: str = "", word: bool = False) -> list[Path]:
    """Write each paper to a folder, as PDF and, with `word`, as Word; a learner's papers have the number in their names.

    Raises:
        KitError: the learner is not enrolled, or the folder cannot be written to.
        DataError: every fault of `preparation.toml`.
    """
    made = documents(cohort, learner)
    return save(Path(to), {"-".join(filter(None, [learner, id])): one for id, one in made.items()}, word)


def _document(cohort: Cohort, one: Paper, learner: str) -> Document:
    unit, people = cohort.programme.unit, _people(cohort, learner)
    known = _known(cohort, one, learner, people)

    def fill(said: str) -> str:
        try:
            return said.format_map(known)
        except (KeyError, ValueError, IndexError):
            raise KitError(
                f"{FILE} says “{said}”. What stands in braces has to be one of: {', '.join(sorted(known))}."
            ) from None

    heads = [fill(said).partition(":") for said in one.head]
    blocks: list[Block] = [Paragraph(fill("\n".join(one.says)))] if one.says else []
    for part in one.parts:
        blocks += _part(cohort, part, fill, people)
    return Document(
        title=one.title,
        subtitle=f"Unit standard {unit.id}: {unit.title}",
        letterhead=provider(cohort.programme).letterhead,
        meta=[(label, said.strip()) for label, _, said in heads],
        blocks=blocks,
        footer=" · ".join(filter(None, [learner, one.title, f"unit standard {unit.id}"])),
    )


def _part(cohort: Cohort, part: Part, fill: Callable[[str], str], people: Mapping[str, str]) -> list[Block]:
    blocks: list[Block] = [PageBreak()] if part.new_page else []
    if part.title:
        blocks.append(Heading(fill(part.title)))
    if part.says:
        blocks.append(Paragraph(fill("\n".join(part.says))))
    for kind, items in (("bullets", part.bullets), ("boxes", part.ticks)):
        if items:
            blocks.append(Bullets([fill(one) for one in items], kind=kind))
    if part.columns:
        blocks.append(_table(part, fill))
    if part.shows:
        blocks.append({WORKBOOKS: _workbooks, PLAN: _plan}[part.shows](cohort))
    for one in part.asks:
        blocks += [*([Paragraph(fill(one), kind="strong")] if one else []), Lines(2)]
    if part.signatures:
        blocks.append(SignatureLines([(role, people.get(role, "")) for role in part.signatures]))
    return blocks


def _table(part: Part, fill: Callable[[str], str]) -> Table:
    wide, rows = len(part.columns), []
    for given in part.rows:
        cells = [fill(one) for one in given] or [""]
        cells[0] += "\n\u00a0" * (part.room - 1)
        rows.append([*cells, *["☐" if part.boxes else ""] * (wide - len(cells))])
    side = "center" if part.boxes else "left"
    return Table(part.columns, rows, widths=part.widths or None, align=["left", *[side] * (wide - 1)])


def _workbooks(cohort: Cohort) -> Table:
    """What is handed in, with its day: as the workbook was released, else as the session plan has it, else to write in."""
    plan, days = plans.current(cohort), {}
    if plan:
        days = {one.activity: one.hand_in for one in plan.tasks}
        days |= {one.workbook: one.hand_in for one in sessions.releases(cohort.programme, plan)}
    days |= {one: local(at).date() for one, at in handins.due(cohort).items()}
    named = {one: naming.name(cohort.programme, one) for one in cohort.workbooks}
    named |= {one.id: one.title for one in _assessed(cohort) if not one.workbook}
    rows = [[name, plan_papers.day(days[id], True) if id in days else ROOM] for id, name in named.items()]
    return Table(["What", "Hand in by"], rows, widths=[6.5, 4], align=["left"] * 2)


def _plan(cohort: Cohort) -> Table:
    """Everything that is assessed, for which criteria, by which instrument, with which evidence."""
    numbers = {one.id: one.number for one in cohort.programme.unit.criteria}
    rows = [
        [
            one.title,
            "all" if set(one.criteria) == set(numbers) else ", ".join(numbers[id] for id in one.criteria),
            one.instrument,
            one.evidence,
        ]
        for one in _assessed(cohort)
    ]
    columns = ["What you do", "For criteria", "Instrument", "Evidence"]
    return Table(columns, rows, widths=[3.2, 1.8, 2.2, 3.8], align=["left"] * 4)


def _assessed(cohort: Cohort) -> list[Activity]:
    return [one for one in cohort.programme.activities if {"formative", "summative"} & set(one.stage)]


def _people(cohort: Cohort, learner: str) -> dict[str, str]:
    """Role → the name to print: the learner's, and that of the one person who is registered in a role."""
    names, held = enrol.names(cohort), records.rows(cohort.engine, sa.select(records.staff))
    found = {"Learner": names.get(learner, "")}
    for role in enrol.ROLES:
        own = [one for one in held if one["role"] == role]
        said = [names.get(own[0]["code"], ""), own[0]["registration"]] if len(own) == 1 else []
        found[role.capitalize()] = ", ".join(filter(None, said))
    return found


def _known(cohort: Cohort, one: Paper, learner: str, people: Mapping[str, str]) -> dict[str, str | int]:
    """What a paper may name in braces."""
    unit, rules = cohort.programme.unit, cohort.programme.rules
    *others, last = rules.evidence_rules or ("",)
    return {
        "cohort": cohort.name,
        "learner": " · ".join(filter(None, [learner or "L-", people["Learner"]])),
        "assessor": people["Assessor"],
        "meeting": _meeting(cohort, one),
        "unit": unit.id,
        "title": unit.title,
        "level": unit.nqf_level,
        "credits": unit.credits,
        "hours": unit.hours,
        "outcomes": len(unit.outcomes),
        "criteria": len(unit.criteria),
        "instruments": ", ".join(dict.fromkeys(one.instrument for one in _assessed(cohort))),
        "evidence_rules": f"{', '.join(others)} and {last}" if others else last,
        "attempts": rules.max_attempts,
        "resubmission_days": rules.resubmission_days,
        "attendance": f"{write_number(100 * rules.attendance)}\u00a0%",
        "sample": f"{write_number(100 * rules.sample_share)}\u00a0%",
        "retention_years": rules.retention_years,
        "appeal_hours": rules.appeal_hours,
        "appeal_to": rules.appeal_to,
        "appeal_grounds": ", ".join(rules.appeal_grounds),
        "appeal_answer_days": rules.appeal_answer_days,
        "appeal_meeting_days": rules.appeal_meeting_days,
    }


def _meeting(cohort: Cohort, one: Paper) -> str:
    """When and where the session is that has this paper printed; nothing while the session plan names none."""
    plan = plans.current(cohort)
    for session in plan.sessions if plan else ():
        if any(said.partition(":")[0] == one.title for block in session.blocks for said in block.print):
            day = f"{plan_papers.day(session.day)}, {plan_papers.times(session)}"
            return f"{day}, {session.venue}" if session.venue else day
    return ""


def _paper(keys: Keys) -> Paper:
    id, title = keys.take("id", str) or "", keys.take("title", str) or ""
    head, says = _texts(keys, "head"), _texts(keys, "says")
    parts = tuple(_read_part(one) for one in keys.tables("parts"))
    keys.done()
    return Paper(id, title, head, says, parts)


def _read_part(keys: Keys) -> Part:
    lists = {name: _texts(keys, name) for name in LISTS}
    widths, rows = (tuple(keys.take(name, list, []) or ()) for name in ("widths", "rows"))
    wide, room = len(lists["columns"]), keys.take("room", int, 1)
    if widths and (len(widths) != wide or not all(isinstance(one, int | float) and one > 0 for one in widths)):
        keys.fault("widths", "must be numbers above 0, one for each column")
    if bool(wide) != bool(rows):
        keys.fault("rows", "columns and rows go together")
    if not all(isinstance(one, list) and len(one) <= max(wide, 1) for one in rows):
        keys.fault("rows", "must be lists of texts, none longer than there are columns")
        rows = ()
    made = Part(
        title=keys.take("title", str, "") or "",
        shows=keys.take("shows", str, "", among=(WORKBOOKS, PLAN)) or "",
        room=room or 1,
        boxes=bool(keys.take("boxes", bool, False)),
        new_page=bool(keys.take("new_page", bool, False)),
        widths=widths,
        rows=tuple(tuple(map(str, one)) for one in rows),
        **lists,
    )
    keys.done()
    return made


def _texts(keys: Keys, name: str) -> tuple[str, ...]:
    return tuple(map(str, keys.take(name, list, []) or ()))
