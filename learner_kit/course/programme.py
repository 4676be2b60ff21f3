"""The programme as data: a unit standard, the plan of activities and the rules of assessment.

Another unit standard is another folder with the same three files (`unit_standard.toml`, `plan.toml`, `rules.toml`);
no code names an outcome or a criterion.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from learner_kit.errors import Fault
from learner_kit.settings import Keys, read, refuse

HOME = Path(__file__).resolve().parents[2]
ASSESSMENTS = HOME / "assessments"

KINDS = ("knowledge", "skills application", "naturally occurring evidence")
MODES = ("individual", "group")
SETTINGS = ("contact", "practice")
STAGES = ("taught", "practised", "formative", "summative")


def criterion_id(said: str, numbers: Mapping[str, str]) -> str:
    """The id of a criterion that is named by its id or its number; anything else as it was said.

    Example:
        >>> criterion_id(" 1.2", {"1.1": "so1-ac1", "1.2": "so1-ac2"}), criterion_id("SO1-AC2", {"1.2": "so1-ac2"})
        ('so1-ac2', 'so1-ac2')
    """
    plain = said.strip()
    return numbers.get(plain) or next((id for id in numbers.values() if id == plain.casefold()), plain)


@dataclass(frozen=True)
class Criterion:
    """One assessment criterion; `number` is as SAQA counts, `explain` marks one shown by explaining to a person."""

    id: str
    outcome: str
    number: str
    handle: str
    says: str
    explain: bool


@dataclass(frozen=True)
class Outcome:
    """A specific outcome with its criteria."""

    id: str
    title: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Statement:
    """A cross-field outcome or an item of embedded knowledge; `criteria` are those through which it is mostly shown."""

    id: str
    title: str
    says: str
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class Registration:
    """The dates between which people may be enrolled on the unit standard and credited with it."""

    start: dt.date
    end: dt.date
    last_enrolment: dt.date
    last_achievement: dt.date
    source: str


@dataclass(frozen=True)
class UnitStandard:
    """A registered unit standard."""

    id: str
    title: str
    nqf_level: int
    credits: int
    hours: int
    source: str
    registration: Registration
    outcomes: tuple[Outcome, ...]
    cross_field: tuple[Statement, ...]
    knowledge: tuple[Statement, ...]
    range: dict[str, tuple[str, ...]]

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for outcome in self.outcomes for criterion in outcome.criteria)

    def criterion(self, id: str) -> Criterion | None:
        return self._by_id.get(id)

    @cached_property
    def _by_id(self) -> dict[str, Criterion]:
        return {criterion.id: criterion for criterion in self.criteria}

    def id_of(self, said: str) -> str:
        """The id of the criterion that is named by its id or its number (`1.1` → `so1-ac1`); else what was said."""
        return criterion_id(said, {one.number: one.id for one in self.criteria})

    def criterion_of(self, grade_id: str) -> Criterion | None:
        """The criterion whose id a question's or cell's id begins with (`so1-ac1-annual-sales` → `so1-ac1`)."""
        while grade_id and grade_id not in self._by_id:
            grade_id = grade_id.rpartition("-")[0]
        return self.criterion(grade_id)


@dataclass(frozen=True)
class Activity:
    """Something learners do, with the criteria it serves and the evidence it leaves."""

    id: str
    title: str
    kind: str
    mode: str
    setting: str
    stage: tuple[str, ...]
    hours: float
    criteria: tuple[str, ...]
    instrument: str
    evidence: str
    workbook: str | None
    notebook: str | None


@dataclass(frozen=True)
class Rules:
    """The provider's rules; `rules.toml` says where each comes from."""

    max_attempts: int
    sample_share: float
    sample_minimum: int
    always_sampled: tuple[str, ...]
    new_assessor_months: int
    attendance: float
    appeal_hours: int
    appeal_answer_days: int
    retention_years: int
    resubmission_days: int
    evidence_rules: tuple[str, ...]
    borderline_below: float = 0.7
    appeal_meeting_days: int = 5
    appeal_grounds: tuple[str, ...] = ()
    appeal_to: str = ""


@dataclass(frozen=True)
class Programme:
    """All that is fixed before a cohort starts."""

    unit: UnitStandard
    activities: tuple[Activity, ...]
    rules: Rules
    folder: Path

    @property
    def workbooks(self) -> tuple[str, ...]:
        """The workbooks of the plan whose master stands in `source/`, in the plan's order."""
        named = dict.fromkeys(activity.workbook for activity in self.activities if activity.workbook)
        return tuple(name for name in named if (self.folder / "source" / name / f"{name}.ipynb").is_file())


def load(folder: str | Path = ASSESSMENTS) -> Programme:
    """Read a programme folder.

    Args:
        folder: where `unit_standard.toml`, `plan.toml` and `rules.toml` stand.

    Raises:
        KitError: a file is missing or is not TOML.
        DataError: every other fault of all three files at once, each with its file and key.

    Example:
        >>> programme = load()
        >>> len(programme.unit.outcomes), len(programme.unit.criteria), programme.unit.hours
        (4, 17, 40)
        >>> programme.unit.criterion_of("so1-ac1-annual-sales").handle
        'Value of prospects'
    """
    folder = Path(folder).resolve()
    faults: list[Fault] = []
    parts: list[Any] = []
    unit: UnitStandard | None = None
    for name, reader in (("unit_standard.toml", _unit), ("plan.toml", _plan), ("rules.toml", _rules)):
        own: list[Fault] = []
        keys = Keys(read(folder / name), own)
        part = reader(keys, unit)
        keys.done()
        if name == "unit_standard.toml" and not own:
            unit = part
        parts.append(part)
        faults += [fault._replace(column=f"{name}: {fault.column}") for fault in own]
    refuse(faults, folder)
    return Programme(parts[0], parts[1], parts[2], folder)


def _unit(keys: Keys, _: None) -> UnitStandard:
    head = keys.table("unit")
    dates = keys.table("registration")
    outcomes = []
    for number, row in enumerate(keys.tables("outcomes"), start=1):
        outcome = row.take("id", str)
        criteria = []
        for place, one in enumerate(row.tables("criteria"), start=1):
            id = one.take("id", str)
            if id and outcome and not id.startswith(outcome + "-"):
                one.fault("id", f"must begin with its outcome, as in {outcome}-ac{place}")
            criteria.append(
                Criterion(
                    id,
                    outcome,
                    f"{number}.{place}",
                    one.take("handle", str),
                    one.take("says", str),
                    one.take("explain", bool, False),
                )
            )
            one.done()
        outcomes.append(Outcome(outcome, row.take("title", str), tuple(criteria)))
        row.done()
    ids = [criterion.id for outcome in outcomes for criterion in outcome.criteria]
    for id in {id for id in ids if ids.count(id) > 1}:
        keys.fault("outcomes", f"the criterion {id} stands more than once")
    credits, per_credit = head.take("credits", int) or 0, head.take("hours_per_credit", int) or 0
    registration = Registration(
        *(dates.take(key, dt.date) for key in ("start", "end", "last_enrolment", "last_achievement")),
        dates.take("source", str),
    )
    for early, late in (("start", "last_enrolment"), ("last_enrolment", "last_achievement")):
        first, then = getattr(registration, early), getattr(registration, late)
        if first and then and first > then:
            dates.fault(late, f"must not come before {early} ({first})")
    for key in ("decision", "note"):
        dates.take(key, str, None)
    unit = UnitStandard(
        id=head.take("id", str),
        title=head.take("title", str),
        nqf_level=head.take("nqf_level", int),
        credits=credits,
        hours=credits * per_credit,
        source=head.take("source", str),
        registration=registration,
        outcomes=tuple(outcomes),
        cross_field=_statements(keys, "cross_field", ids),
        knowledge=_statements(keys, "knowledge", ids),
        range=_range(keys),
    )
    for key, kind in (("field", str), ("subfield", str), ("purpose", str), ("assumed", list)):
        head.take(key, kind, None)
    head.done()
    dates.done()
    return unit


def _statements(keys: Keys, name: str, known: list[str]) -> tuple[Statement, ...]:
    found = []
    for row in keys.tables(name):
        found.append(
            Statement(
                row.take("id", str),
                row.take("title", str, row.take("depth", str, "")),
                row.take("says", str),
                tuple(row.take("criteria", list, [], among=known) or ()),
            )
        )
        row.done()
    return tuple(found)


def _range(keys: Keys) -> dict[str, tuple[str, ...]]:
    table = keys.table("range")
    return {name: tuple(table.take(name, list) or ()) for name in table.names()}


def _plan(keys: Keys, unit: UnitStandard | None) -> tuple[Activity, ...]:
    known = [criterion.id for criterion in unit.criteria] if unit else None
    activities = []
    for row in keys.tables("activities"):
        activities.append(
            Activity(
                id=row.take("id", str),
                title=row.take("title", str),
                kind=row.take("kind", str, among=KINDS),
                mode=row.take("mode", str, among=MODES),
                setting=row.take("setting", str, among=SETTINGS),
                stage=tuple(row.take("stage", list, among=STAGES) or ()),
                hours=row.take("hours", float) or 0.0,
                criteria=tuple(row.take("criteria", list, among=known) or ()),
                instrument=row.take("instrument", str),
                evidence=row.take("evidence", str),
                workbook=row.take("workbook", str, None),
                notebook=row.take("notebook", str, None),
            )
        )
        if activities[-1].hours < 0:
            row.fault("hours", "must be 0 or more")
        row.done()
    ids = [activity.id for activity in activities]
    for id in {id for id in ids if ids.count(id) > 1}:
        keys.fault("activities", f"the activity {id} stands more than once")
    total = sum(activity.hours for activity in activities)
    if unit and abs(total - unit.hours) > 1e-9:
        keys.fault("activities", f"the hours add up to {total:g}, not to the unit standard's {unit.hours:g}")
    return tuple(activities)


def _rules(keys: Keys, _: UnitStandard | None) -> Rules:
    parts = {
        name: keys.table(name)
        for name in ("attempts", "moderation", "attendance", "appeals", "retention", "resubmission", "evidence")
    }
    for part in parts.values():
        part.take("source", str)
        part.take("looked_up", dt.date)

    def share(part: str, key: str, default: Any = ...) -> float:
        value = parts[part].take(key, float, default)
        if value is not None and not 0 <= value <= 1:
            parts[part].fault(key, "must be a fraction from 0 to 1")
        return value

    def count(part: str, key: str) -> int:
        value = parts[part].take(key, int)
        if value is not None and value < 1:
            parts[part].fault(key, "must be a whole number of 1 or more")
        return value

    rules = Rules(
        max_attempts=count("attempts", "maximum"),
        sample_share=share("moderation", "share"),
        sample_minimum=count("moderation", "minimum"),
        always_sampled=tuple(parts["moderation"].take("always", list) or ()),
        new_assessor_months=count("moderation", "new_assessor_months"),
        attendance=share("attendance", "minimum_share"),
        appeal_hours=count("appeals", "lodge_within_hours"),
        appeal_answer_days=count("appeals", "answer_within_working_days"),
        retention_years=count("retention", "evidence_years"),
        resubmission_days=count("resubmission", "working_days"),
        evidence_rules=tuple(parts["evidence"].take("rules", list) or ()),
        borderline_below=share("moderation", "borderline_below", 0.7),
        appeal_meeting_days=count("appeals", "meeting_within_working_days"),
        appeal_grounds=tuple(parts["appeals"].take("grounds", list) or ()),
        appeal_to=parts["appeals"].take("to", str),
    )
    for part, key, kind in (
        ("attempts", "only_not_yet_competent_again", bool),
        ("attempts", "after_last", str),
        ("retention", "results", str),
        ("evidence", "quoted_share", float),
    ):
        parts[part].take(key, kind)
    for part in parts.values():
        part.done()
    return rules
