"""The criterion matrix: for every learner and criterion what evidence there is, and what still has to happen.

Points never become competence. The matrix counts how often a criterion was shown; a person decides (`judgement`).
"""

from __future__ import annotations

import datetime as dt
import gc
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from learner_kit.assess import final, weighed
from learner_kit.assess import items as gathered
from learner_kit.assess.decisions import AGAIN, NYC, C, reviewed, standing_judgements
from learner_kit.assess.items import DOCUMENT, FORM, MARKED, QUESTION, Item
from learner_kit.course import enrol, handins
from learner_kit.course.cohort import Cohort

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DOCUMENT",
    "FORM",
    "MARKED",
    "QUESTION",
    "Item",
    "Standing",
    "as_csv",
    "as_json",
    "matrix",
    "missing",
    "table",
]

NO_ACTIVITY, MISSING = "no activity yet", "nothing handed in"
NOT_RELEASED, UNGRADED = handins.NOT_RELEASED, handins.UNGRADED  # the last: handed in, not graded
WAITING, READY = "waiting for marking", "ready to judge"

UNANSWERED = "not answered yet"  # what a check says of a question without an answer


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner stands on one criterion: `missing` are the workbooks to hand in next, those to practise in first.

    `spent` when the last attempt is used; `review` is what a moderator's review of that decision ended in, "" before one;
    `granted` counts the attempts that reviews gave beyond those of the rules; `holds` are open appeals and findings of a
    moderator that nobody answered yet; `rests_on` is what the last decision was decided on (`weighed.read`).
    """

    learner: str
    criterion: str
    state: str
    attempt: int
    items: tuple[Item, ...]
    missing: tuple[str, ...]
    spent: bool = False
    holds: tuple[final.Hold, ...] = ()
    review: str = ""
    granted: int = 0
    rests_on: str = field(default="", repr=False)

    @property
    def to_review(self) -> bool:
        """Whether a moderator has to review the decision now."""
        return self.spent and not self.review

    @property
    def basis(self) -> tuple[Item, ...]:
        """What the state speaks of: what a decision was decided on, else what there is to weigh now.

        What a hand-in showed that a newer one took the place of is left out until that one is graded.
        """
        kept = weighed.read(self.rests_on) if self.state in (C, NYC) else None
        if kept is not None:
            return kept.items
        return tuple(one for one in self.items if self.state != UNGRADED or one.kind in (DOCUMENT, FORM))

    @property
    def counted(self) -> str:
        """What there is to weigh, or was, such as `3 of 4 checks shown, marked 8/10, 1 document`.

        Example:
            >>> memo = Item("so1-ac3-memo", "marked", "so1", 0.8, out_of=10)
            >>> Standing("L-0001", "so1-ac3", READY, 1, (Item("so1-ac3-who", "question", "so1", 1.0), memo), ()).counted
            '1 of 1 checks shown, marked 8/10'
        """
        return weighed.counted(self.basis)

    @property
    def said(self) -> str:
        """The state as the matrix shows it, such as `ready to judge: 3 of 4 checks shown`."""
        said = self.state
        if self.state in (READY, WAITING) and self.counted:
            said += f": {self.counted}"
        elif self.state in (C, NYC):
            review = f"; review: {self.review}" if self.review else "; a moderator reviews" if self.spent else ""
            said += f" (attempt {self.attempt}{review})"
        return "; ".join([said, *(one.short for one in self.holds)])


def matrix(cohort: Cohort, learner: str | None = None) -> list[Standing]:
    """Every learner's standing on every criterion of the unit standard.

    Args:
        cohort: the cohort.
        learner: only this one.

    Returns:
        One `Standing` a learner and criterion, learners in order, criteria as the unit standard counts them.
    """
    with _at_one_go():
        return _matrix(cohort, learner)


def _matrix(cohort: Cohort, learner: str | None) -> list[Standing]:
    most, asked = cohort.programme.rules.max_attempts, gathered.asked(cohort)
    there, out = gathered.handed_in(cohort, learner), handins.released(cohort)
    items, stale = gathered.gather(cohort, asked, there, learner), handins.ungraded(cohort, learner)
    judged, reviews = standing_judgements(cohort, learner), reviewed(cohort, learner)
    more = Counter((row["learner"], row["criterion"]) for row in reviews if row["outcome"] == AGAIN)
    outcome = {row["judgement"]: row["outcome"] for row in reviews}
    held_open = final.holds(cohort, learner, judged)
    criteria = [(one.id, tuple(asked[one.id])) for one in cohort.programme.unit.criteria]
    first = {one.workbook for one in cohort.programme.activities if "formative" in one.stage}
    found = []
    for one in [learner] if learner else enrol.learners(cohort):
        own = there[one]
        lacking = {
            workbooks: _next([name for name in workbooks if name in out and name not in own], first)
            for _, workbooks in criteria
        }
        for criterion, workbooks in criteria:
            held = tuple(items.get((one, criterion), ()))
            last = judged.get((one, criterion))
            waits = any((one, name) in stale for name in workbooks)
            came = [*(_came(item, own) for item in held), *(own[name] for name in workbooks if name in own)]
            newer = last is not None and any(at > last["decided_at"] for at in came)
            state = _state(bool(workbooks), held, last, newer)
            if state in (MISSING, READY, WAITING) and (waits or _ungraded(workbooks, own, held)):
                state = UNGRADED
            if state == MISSING and not lacking[workbooks]:
                state = NOT_RELEASED
            spent = last is not None and last["decision"] == NYC and last["attempt"] >= most + more[one, criterion]
            if spent and state not in (C, NYC):
                state = NYC  # something new came, but no attempt is left for it
            attempt = 1 if last is None else last["attempt"] + (state not in (C, NYC))
            own_holds = held_open.get((one, criterion), ())
            review = outcome.get(last["id"], "") if last is not None and state == NYC else ""
            found.append(
                Standing(
                    one,
                    criterion,
                    state,
                    attempt,
                    held,
                    lacking[workbooks],
                    spent,
                    own_holds,
                    review,
                    more[one, criterion],
                    (last or {}).get("rests_on") or "",
                )
            )
    return found


def _next(lacking: Sequence[str], first: set[str | None]) -> tuple[str, ...]:
    """Of the workbooks that are out and not handed in those that come first: to practise in, and only then the final tasks."""
    return tuple(name for name in lacking if name in first) or tuple(lacking)


def _came(item: Item, handed_in: dict[str, dt.datetime]) -> dt.datetime:
    """When an item came: with its workbook's newest hand-in, or when its form was recorded."""
    return dt.datetime.fromisoformat(item.at) if item.at else handed_in[item.workbook]


@contextmanager
def _at_one_go() -> Iterator[None]:
    """Hold Python's garbage collector back: it would look through a large class's items again and again, a quarter of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _state(asked: bool, items: Sequence[Item], last: dict[str, Any] | None, newer: bool) -> str:
    if last is not None and (last["decision"] == C or not newer):
        return last["decision"]
    if not asked and not items:
        return NO_ACTIVITY
    if not items:
        return MISSING
    return WAITING if any(item.share is None and item.kind == MARKED for item in items) else READY


def _ungraded(workbooks: Sequence[str], handed_in: dict[str, dt.datetime], items: Sequence[Item]) -> bool:
    """Whether nothing but documents is there to weigh, only because what was handed in is not graded yet."""
    return any(name in handed_in for name in workbooks) and all(item.kind == DOCUMENT for item in items)


def missing(standings: Sequence[Standing]) -> list[tuple[str, str, tuple[str, ...]]]:
    """The shortest list of what one learner's criteria still need.

    Args:
        standings: of one learner, from `matrix`.

    Returns:
        (who, what, criteria) in the order to do it: the learner hands in as few workbooks as give every criterion
        evidence, or hands in again; the assessor marks and judges; the facilitator releases a workbook; the moderator
        reviews; the provider adds an activity; what a moderator overturned is corrected, and an open appeal goes on.

    Example:
        >>> one = Standing("L-0001", "so1-ac1", MISSING, 1, (), ("so1", "care"))
        >>> two = Standing("L-0001", "so2-ac1", MISSING, 1, (), ("so2", "care"))
        >>> missing([one, two])
        [('learner', 'hand in care', ('so1-ac1', 'so2-ac1'))]
    """
    found: list[tuple[str, str, tuple[str, ...]]] = []
    empty = [one for one in standings if one.state == MISSING and one.missing]
    for workbook in _fewest([set(one.missing) for one in empty]):
        serves = tuple(one.criterion for one in empty if workbook in one.missing)
        found.append(("learner", f"hand in {workbook}", serves))
    again: dict[str, list[str]] = defaultdict(list)
    for one in standings:
        if one.state == NYC and not one.spent:
            again[
                ", ".join(dict.fromkeys(item.workbook for item in one.items if item.workbook)) or "new evidence"
            ].append(one.criterion)
    found += [("learner", f"hand in again: {books}", tuple(ids)) for books, ids in again.items()]
    for who, what, state in (
        ("assessor", "grade what was handed in", UNGRADED),
        ("assessor", "mark the answers that wait", WAITING),
        ("assessor", "judge", READY),
        ("facilitator", "release a workbook", NOT_RELEASED),
        ("provider", "give an activity", NO_ACTIVITY),
    ):
        if ids := tuple(one.criterion for one in standings if one.state == state):
            found.append((who, what, ids))
    if ids := tuple(one.criterion for one in standings if one.to_review):
        found.append(("moderator", "review: all attempts are used", ids))
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in standings:
        for hold in one.holds:
            held[hold.to_do].append(one.criterion)
    found += [(who, what, tuple(ids)) for (who, what), ids in held.items()]
    return found


def _fewest(needs: Sequence[set[str]]) -> tuple[str, ...]:
    """The fewest names of which each need holds one; the first in the alphabet where several would do."""
    names = sorted(set().union(*needs))
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            if all(need & set(chosen) for need in needs):
                return chosen
    return tuple(names)


def table(standings: Sequence[Standing]) -> pd.DataFrame:
    """The matrix as a table: one row a learner, one column a criterion."""
    import pandas as pd

    if not standings:
        return pd.DataFrame()
    rows: dict[str, dict[str, str]] = {}
    for one in standings:
        rows.setdefault(one.learner, {})[one.criterion] = one.said
    made = pd.DataFrame.from_dict(rows, orient="index")
    return made.rename_axis(index="learner", columns="criterion")


def as_csv(standings: Sequence[Standing]) -> str:
    """The matrix as CSV, one row a learner and criterion: state, attempt, what there is, what lacks, what holds it open."""
    from learner_kit.assess.tables import as_csv as written

    return written(
        [
            {
                "learner": one.learner,
                "criterion": one.criterion,
                "state": one.state,
                "attempt": one.attempt,
                "evidence": one.counted,
                "not_handed_in": ", ".join(one.missing),
                "moderator_reviews": "yes" if one.to_review else "",
                "review": one.review,
                "held_open": "; ".join(hold.short for hold in one.holds),
            }
            for one in standings
        ]
    )


def as_json(cohort: Cohort, standings: Sequence[Standing]) -> str:
    """The matrix as JSON: the criteria with their wording, then learner → criterion → all that its `Standing` says."""
    learners: dict[str, dict[str, Any]] = defaultdict(dict)
    by_learner: dict[str, list[Standing]] = defaultdict(list)
    for one in standings:
        by_learner[one.learner].append(one)
        learners[one.learner][one.criterion] = {
            "state": one.state,
            "attempt": one.attempt,
            "evidence": [asdict(item) for item in one.basis],
            "missing": list(one.missing),
            "moderator_reviews": one.to_review,
            "review": one.review,
            "held_open": [
                {"kind": hold.kind, "judgement": hold.judgement, "says": hold.said, "due": hold.due and str(hold.due)}
                for hold in one.holds
            ],
        }
    asked = gathered.asked(cohort)
    criteria = {
        criterion.id: {
            "number": criterion.number,
            "handle": criterion.handle,
            "says": criterion.says,
            "activity": bool(asked[criterion.id]),
        }
        for criterion in cohort.programme.unit.criteria
    }
    held = {
        "cohort": cohort.name,
        "unit_standard": cohort.programme.unit.id,
        "criteria": criteria,
        "learners": learners,
        "still_to_do": {
            learner: [{"who": who, "what": what, "criteria": list(ids)} for who, what, ids in missing(own)]
            for learner, own in by_learner.items()
        },
    }
    return json.dumps(held, ensure_ascii=False, indent=1)
