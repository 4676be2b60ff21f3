"""How far a moderator and the assessors agree: percent and Cohen's kappa, for each criterion and together.

Source: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.assess.decisions import NYC, C
from learner_kit.course import records
from learner_kit.course.cohort import Cohort

OTHER = {C: NYC, NYC: C}
READING = ((0.8, "almost perfect"), (0.6, "substantial"), (0.4, "moderate"), (0.2, "fair"), (0.0, "slight"))


@dataclass(frozen=True)
class Agreement:
    """Agreement on one criterion, or on all of them (`criterion` is then `all`).

    `share` is the part of the decisions compared on which both agree, 0 to 1; `kappa` is None where it has no value.
    """

    criterion: str
    looked_at: int
    upheld: int
    overturned: int
    more_evidence: int
    share: float | None
    kappa: float | None


def kappa(pairs: Sequence[tuple[Any, Any]]) -> float | None:
    """Cohen's kappa: agreement beyond what chance alone would give.

    Args:
        pairs: for each thing judged, what the first and what the second person said.

    Returns:
        From -1 to 1; 0 is agreement by chance, 1 is complete. None for no pairs, and where both only ever said one and
        the same thing: chance agreement is then complete, and kappa has no value.

    Example:
        >>> table = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
        >>> round(kappa(table), 3)
        0.4

    Source: Cohen 1960; the example has observed agreement 0,7 and chance agreement 0,5.
    """
    count = len(pairs)
    if not count:
        return None
    observed = sum(first == second for first, second in pairs) / count
    one, other = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    chance = sum(one[said] * other[said] for said in one) / count**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def reading(value: float | None) -> str:
    """A kappa in words, as Landis and Koch (Biometrics 33, 1977) put it.

    Example:
        >>> reading(0.4), reading(None)
        ('moderate', 'no value')
    """
    if value is None:
        return "no value"
    return next((word for least, word in READING if value >= least), "poor, worse than chance")


def findings(cohort: Cohort, sample: int | None = None) -> list[dict[str, Any]]:
    """The newest finding on each judgement, with learner, criterion, assessor, and both decisions.

    Args:
        cohort: the cohort.
        sample: only what was found on this sample.

    Returns:
        Rows of the findings; `decision` is the assessor's, `moderated` the moderator's (None for more evidence).
    """
    newest = {row["judgement"]: row for row in all_findings(cohort, sample)}
    return list(newest.values())


def all_findings(cohort: Cohort, sample: int | None = None) -> list[dict[str, Any]]:
    """Every finding, oldest first, those that a later one replaced too: `replaced_by` is its number, or None.

    Args:
        cohort: the cohort.
        sample: only what was found on this sample.
    """
    found, judged = records.moderation, records.judgements
    query = (
        sa.select(found, judged.c.learner, judged.c.criterion, judged.c.decision, judged.c.assessor, judged.c.attempt)
        .join(judged, judged.c.id == found.c.judgement)
        .order_by(found.c.id)
    )
    if sample is not None:
        query = query.where(found.c.sample == sample)
    later: dict[int, int] = {}
    rows = []
    for row in reversed(records.rows(cohort.engine, query)):
        rows.append({**row, "moderated": _moderated(row), "replaced_by": later.get(row["judgement"])})
        later[row["judgement"]] = row["id"]
    return rows[::-1]


def in_words(row: dict[str, Any]) -> str:
    """A finding as pages and reports show it.

    Example:
        >>> in_words({"finding": "overturned", "replaced_by": 5})
        'overturned, replaced by no. 5'
    """
    return row["finding"] + (f", replaced by no. {row['replaced_by']}" if row["replaced_by"] else "")


def reason(row: dict[str, Any]) -> str:
    """The reason of a finding as pages and reports show it: the moderator's own words.

    Example:
        >>> reason({"reason": "No date.", "own_decision": "NYC"}), reason({"reason": "", "own_decision": "NYC"})
        ('No date.', 'decided NYC without seeing the judgement')
    """
    own = row["own_decision"]
    return row["reason"] or (f"decided {own} without seeing the judgement" if own else "")


def in_figures(one: Agreement) -> str:
    """How many judgements were upheld, and the agreement: of those on which the moderator could decide.

    Example:
        >>> in_figures(Agreement("all", 41, 37, 2, 2, 37 / 39, None))
        '37 of 41 judgements looked at were upheld; agreement 95\xa0%: 37 of the 39 on which the moderator could decide'
    """
    said = f"{one.upheld} of {one.looked_at} judgements looked at were upheld"
    if one.share is None:
        return said
    if not one.more_evidence:
        return f"{said} ({percent(one.share)})"
    decided = one.looked_at - one.more_evidence
    return f"{said}; agreement {percent(one.share)}: {one.upheld} of the {decided} on which the moderator could decide"


def percent(share: float | None) -> str:
    """A share (0 to 1) as pages and reports show it, a dash where there is none.

    Example:
        >>> percent(0.25), percent(None)
        ('25\\xa0%', '–')
    """
    return "–" if share is None else f"{100 * share:.0f}\u00a0%"


def decimal(value: float | None) -> str:
    """A kappa as pages and reports show it, a dash where it has no value.

    Example:
        >>> decimal(-0.8), decimal(None)
        ('−0,80', '–')
    """
    return "–" if value is None else f"{value:.2f}".replace(".", ",").replace("-", "\u2212")


def _moderated(row: dict[str, Any]) -> str | None:
    if row["finding"] == "more evidence":
        return None
    own = row["own_decision"]
    return own or (row["decision"] if row["finding"] == "upheld" else OTHER.get(row["decision"]))


def by_criterion(cohort: Cohort, sample: int | None = None) -> list[Agreement]:
    """Agreement on each criterion that was looked at, in the unit standard's order, then on all of them."""
    rows = findings(cohort, sample)
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["criterion"]].append(row)
    order = [one.id for one in cohort.programme.unit.criteria if one.id in grouped]
    return [_agreement(id, grouped[id]) for id in order] + [_agreement("all", rows)]


def by_assessor(cohort: Cohort, sample: int | None = None) -> dict[str, Agreement]:
    """Agreement with each assessor, to see whether all judge alike."""
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in findings(cohort, sample):
        grouped[row["assessor"]].append(row)
    return {assessor: _agreement("all", rows) for assessor, rows in sorted(grouped.items())}


def _agreement(criterion: str, rows: list[dict[str, Any]]) -> Agreement:
    said = Counter(row["finding"] for row in rows)
    pairs = [(row["decision"], row["moderated"]) for row in rows if row["moderated"]]
    share = sum(first == second for first, second in pairs) / len(pairs) if pairs else None
    return Agreement(
        criterion, len(rows), said["upheld"], said["overturned"], said["more evidence"], share, kappa(pairs)
    )
