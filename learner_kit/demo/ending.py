"""What the demo shows when the circle is closed: results by outcome, what was wrong with hand-ins, and what it made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from learner_kit.assess import evidence, judgement, portfolio, results
from learner_kit.assess.evidence import MISSING, NO_ACTIVITY, NOT_RELEASED, Standing
from learner_kit.course.cohort import Cohort
from learner_kit.demo import practice
from learner_kit.demo.steps import Room, count

JUDGED = (judgement.C, judgement.NYC)
NOT_IN = "not handed in"  # short, so that the table fits a window of 100 columns
SHORT = {judgement.C: "Competent", judgement.NYC: "NYC"}


def by_outcome(cohort: Cohort) -> dict[str, dict[str, str]]:
    """Learner → outcome → how it stands, in words.

    An outcome is Competent when all its criteria are; `NYC` names the criteria that are not; else it says what is
    missing: an activity, a hand-in, or a judgement.
    """
    standings = evidence.matrix(cohort)
    together = judgement.outcomes(cohort)
    found: dict[str, dict[str, str]] = {}
    for learner, decisions in together.items():
        found[learner] = {}
        for outcome in cohort.programme.unit.outcomes:
            ids = {criterion.id for criterion in outcome.criteria}
            own = [one for one in standings if one.learner == learner and one.criterion in ids]
            found[learner][outcome.id] = _words(own, decisions[outcome.id])
    return found


def _words(own: list[Standing], decision: str) -> str:
    if decision == judgement.C:
        return SHORT[decision]
    if decision == judgement.NYC:
        missing = [one for one in own if one.state == judgement.NYC]
        return f"{SHORT[decision]}: {'all' if len(missing) == len(own) else _named(missing)}"
    states = {one.state for one in own}
    if states == {NO_ACTIVITY}:
        return NO_ACTIVITY
    if states <= {NO_ACTIVITY, NOT_RELEASED}:
        return NOT_RELEASED
    if states <= {NO_ACTIVITY, NOT_RELEASED, MISSING}:
        return NOT_IN
    return f"not judged yet: {_named(one for one in own if one.state not in JUDGED)}"


def _named(standings: Iterable[Standing]) -> str:
    return " ".join(one.criterion.split("-")[-1].upper() for one in standings)


def result_rows(room: Room) -> tuple[list[str], list[list[str]]]:
    """The table learner × outcome: its columns and rows."""
    outcomes = [one.id for one in room.cohort.programme.unit.outcomes]
    attempts = {row["learner"]: row["attempts"] for row in results.results(room.cohort)}
    rows = [
        [learner, *(row[id] for id in outcomes), str(attempts.get(learner) or "–")]
        for learner, row in by_outcome(room.cohort).items()
    ]
    return ["Learner", *(id.upper() for id in outcomes), "Attempts"], rows


def through_rows(room: Room) -> list[list[str]]:
    """Everyone with every criterion judged: the unit, the portfolio, and whether a statement of results was written."""
    cohort, together = room.cohort, judgement.outcomes(room.cohort)
    rows = []
    for learner in practice.through(cohort):
        written = (cohort.path / "documents" / learner / "statement-of-results.pdf").is_file()
        unit = judgement.DECISIONS.get(together[learner]["unit"], together[learner]["unit"])
        rows.append(
            [learner, unit, portfolio.state(cohort.path / "portfolios" / learner), "written" if written else "not yet"]
        )
    return rows


def fault_rows(room: Room) -> list[list[str]]:
    """Learner and what was wrong, by learner, in the order it happened; those who never handed in too."""
    handed_in = {one.name for one in (room.cohort.path / "submitted").iterdir()}
    told = {learner for learner, _ in room.faults}
    never = [(one, "never handed in") for one in room.learners if one not in handed_in and one not in told]
    return [list(one) for one in sorted((*room.faults, *never), key=lambda one: one[0])]


def made_rows(room: Room) -> list[list[str]]:
    """What the demo made, and where it stands in the cohort's folder."""
    path = room.cohort.path
    database = path / "gradebook.db"
    rows = [
        ["zips as they were submitted", "hand-in/", _count(path, "hand-in/*/*.zip", "zip")],
        ["hand-ins that were taken in, as they came", "received/", _count(path, "received/*/*/*.zip", "zip")],
        ["graded workbooks", "autograded/", _count(path, "autograded/*/*/*.ipynb", "notebook")],
        ["feedback and assessor's reports", "documents/L-…/", _count(path, "documents/*/[fr]*.pdf", "PDF")],
        ["statements of results", "documents/L-…/", _count(path, "documents/*/statement-of-results.pdf", "PDF")],
        [
            "signed portfolios (open data/index.html)",
            "portfolios/L-…/",
            _count(path, "portfolios/*/bagit.txt", "portfolio"),
        ],
        ["matrix, learner × criterion", "documents/matrix.json", ""],
        ["results", "documents/results.csv", ""],
        ["signing key", "keys/portfolio.pem", ""],
    ]
    return rows + ([["gradebook and records", "gradebook.db", ""]] if database.is_file() else [])


def _count(path: Path, pattern: str, what: str) -> str:
    return count(len(list(path.glob(pattern))), what)
