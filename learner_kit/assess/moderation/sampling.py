"""Moderation: a sample that anyone can draw again, and what the moderator found.

Within each stratum (assessor × result × site) portfolios are ordered by the SHA-256 of seed and learner number, and the
first share of them is taken; no random-number generator of any program is needed to draw the same sample again.

Source: at least a quarter and at least three portfolios (Services SETA, ETDP SETA), and always those that rules.toml names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.assess import judgement
from learner_kit.assess.flags import flags
from learner_kit.assess.moderation import raters
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.errors import KitError

FINDINGS = ("upheld", "overturned", "more evidence")
MARKED_ENOUGH = 0.5  # a marked answer counts as shown, for the look at borderline decisions, from half of its points
LONGEST_SEED = 60


@dataclass(frozen=True)
class Portfolio:
    """One judged portfolio in the frame from which the sample is drawn."""

    learner: str
    assessor: str
    result: str
    site: str
    always: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """One portfolio of the sample, and why it is in it."""

    learner: str
    why: str


def draw(frame: Iterable[Portfolio], seed: str, share: float = 0.25, minimum: int = 3) -> list[Drawn]:
    """Draw a stratified sample.

    Args:
        frame: every judged portfolio; one that names a reason in `always` is taken whatever the seed says.
        seed: any text; the same seed and frame give the same sample everywhere.
        share: the part of each stratum, 0 to 1, rounded up.
        minimum: at least this many in all, or everyone.

    Returns:
        The sample, by learner.

    Example:
        >>> frame = [Portfolio(f"L-{n:04d}", "A-01", "C", "") for n in range(1, 21)]
        >>> [one.learner for one in draw(frame, seed="2026-1")] == [one.learner for one in draw(reversed(frame), seed="2026-1")]
        True
        >>> len(draw(frame, seed="2026-1"))
        5
    """
    frame = sorted(frame, key=lambda one: one.learner)
    order = {one.learner: hashlib.sha256(f"{seed}|{one.learner}".encode()).hexdigest() for one in frame}
    strata: dict[tuple[str, str, str], list[Portfolio]] = defaultdict(list)
    for one in frame:
        strata[one.assessor, one.result, one.site].append(one)
    why: dict[str, str] = {}
    for stratum, members in strata.items():
        members = sorted(members, key=lambda one: order[one.learner])
        for one in members[: math.ceil(share * len(members) - 1e-9)]:
            why[one.learner] = "drawn from " + " / ".join(filter(None, stratum))
    for one in frame:
        if one.always:
            why[one.learner] = "always: " + ", ".join(one.always)
    for one in sorted(frame, key=lambda one: order[one.learner]):
        if len(why) >= min(minimum, len(frame)):
            break
        why.setdefault(one.learner, f"drawn to reach {minimum}")
    return [Drawn(learner, why[learner]) for learner in sorted(why)]


def frame_of(cohort: Cohort, on: dt.date | None = None) -> list[Portfolio]:
    """Every learner of a cohort on whom something was decided."""
    on = on or dt.date.today()
    rules = cohort.programme.rules
    standing = judgement.standing_judgements(cohort)
    results = judgement.outcomes(cohort, standing)
    sites = {row["pseudonym"]: row["site"] for row in records.rows(cohort.engine, sa.select(records.learners))}
    since = {row["code"]: row["since"] for row in records.rows(cohort.engine, sa.select(records.staff))}
    marked = _marked(cohort)
    by_learner: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (learner, _), row in standing.items():
        by_learner[learner].append(row)
    frame = []
    for learner, rows in sorted(by_learner.items()):
        assessors = sorted({row["assessor"] for row in rows})
        reasons = {
            "not yet competent": any(row["decision"] == judgement.NYC for row in rows),
            "new assessor": any(
                (on - since[one]).days < 31 * rules.new_assessor_months for one in assessors if one in since
            ),
            "borderline": any(borderline(row, rules.borderline_below) for row in rows),
        }
        held = {reason for reason, holds in reasons.items() if holds} | marked[learner]
        always = tuple(reason for reason in rules.always_sampled if reason in held)
        frame.append(
            Portfolio(learner, " and ".join(assessors), results[learner]["unit"], sites.get(learner, ""), always)
        )
    return frame


def borderline(row: Mapping[str, Any], below: float) -> bool:
    """Whether a decision could as well have been the other: one that overrode a rule, a Competent with few items shown, a
    Not Yet Competent with all of them shown. It says what to look at, never what to decide.

    Args:
        row: a judgement, with the items of evidence it rests on.
        below: the share of items, 0 to 1, under which a Competent is borderline (rules.toml).

    Example:
        >>> row = {"decision": "C", "override": "", "evidence": '[["question", "a", 1.0], ["question", "b", 0.0]]'}
        >>> borderline(row, 0.7), borderline(row, 0.5)
        (True, False)
    """
    if row["override"]:
        return True
    shares = [
        share >= (1 if kind == "question" else MARKED_ENOUGH) for kind, _, share in _items(row) if share is not None
    ]
    if not shares:
        return False
    shown = sum(shares) / len(shares)
    return shown < below if row["decision"] == judgement.C else shown == 1


def _items(row: Mapping[str, Any]) -> list[tuple[str, str, float | None]]:
    try:
        return [(str(kind), str(id), share) for kind, id, share in json.loads(row["evidence"])]
    except (ValueError, TypeError):
        return []


def _marked(cohort: Cohort) -> dict[str, set[str]]:
    """Learner → what was recorded of them that moderation always looks at: appeals, and flags that still hold."""
    found: dict[str, set[str]] = defaultdict(set)
    judged, steps = records.judgements, records.appeals
    query = sa.select(judged.c.learner).join(steps, steps.c.judgement == judged.c.id).distinct()
    for row in records.rows(cohort.engine, query):
        found[row["learner"]].add("appeal")
    for learner, held in flags(cohort).items():
        found[learner] |= set(held)
    return found


def moderate(cohort: Cohort, moderator: str, seed: str, at: dt.datetime | None = None) -> tuple[int, list[Drawn]]:
    """Draw a cohort's sample and keep seed, rules, frame and list, so that it can be drawn again.

    Raises:
        KitError: the moderator is not registered, nothing has been judged yet, or the seed drew from these very portfolios
            before: the sample would be the same.
    """
    enrol.require(cohort, moderator, "moderator")
    frame = frame_of(cohort, at.date() if at else None)
    if not frame:
        raise KitError(f"Nothing has been judged in {cohort.name} yet, so there is nothing to moderate.")
    if not seed.strip() or len(seed) > LONGEST_SEED:
        raise KitError(f"A seed is any word or number of at most {LONGEST_SEED} letters.")
    rules = cohort.programme.rules
    sample = draw(frame, seed, rules.sample_share, rules.sample_minimum)
    kept = {
        "rules": json.dumps({"share": rules.sample_share, "minimum": rules.sample_minimum}),
        "frame": json.dumps([asdict(one) for one in frame]),
    }
    for one in samples(cohort):
        if one["seed"] == seed and kept.items() <= one.items():
            raise KitError(
                f"Sample {one['id']} was drawn with the seed “{seed}” from the same portfolios: a new one would be the same. "
                f"Work on sample {one['id']}, or give another seed. Nothing was drawn."
            )
    with records.transaction(cohort.engine) as connection:
        made = connection.execute(
            records.samples.insert().values(
                seed=seed,
                drawn_at=at or records.now(),
                moderator=moderator,
                **kept,
                drawn=json.dumps([asdict(one) for one in sample]),
            )
        ).inserted_primary_key[0]
        records.note(
            connection, moderator, "draw sample", str(made), {"seed": seed, "drawn": [one.learner for one in sample]}
        )
    return made, sample


def draw_again(cohort: Cohort, number: int) -> bool:
    """Draw a kept sample from its own seed, rules and frame, and tell whether the same portfolios come out."""
    row = _sample(cohort, number)
    return redrawn(json.loads(row["frame"]), row["seed"], json.loads(row["rules"])) == json.loads(row["drawn"])


def redrawn(frame: list[dict[str, Any]], seed: str, rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Draw a sample from a frame that was kept or sent; needs neither cohort nor database."""
    held = [Portfolio(**{**one, "always": tuple(one["always"])}) for one in frame]
    return [asdict(one) for one in draw(held, seed, **rules)]


def find(
    cohort: Cohort,
    number: int,
    learner: str,
    findings: Mapping[str, tuple[str, str]],
    moderator: str,
    at: dt.datetime | None = None,
) -> int:
    """Record what a moderator found on the criteria of one portfolio of the sample.

    Args:
        number: the sample.
        learner: the portfolio.
        findings: criterion (its id or number) → (upheld, overturned or more evidence; reason, which all but upheld
            need, and any finding that differs from the one before). The earlier one stays in the record; the last counts.

    Returns:
        How many findings were recorded.

    Raises:
        KitError: the portfolio is not in the sample, a criterion was not judged, or a reason is missing; nothing is kept.
    """
    enrol.require(cohort, moderator, "moderator")
    row = _sample(cohort, number)
    if learner not in {one["learner"] for one in json.loads(row["drawn"])}:
        raise KitError(f"{learner} is not in sample {number}.")
    unit = cohort.programme.unit
    findings = {unit.id_of(criterion): said for criterion, said in findings.items()}
    decisions = judgement.standing_judgements(cohort)
    table = records.moderation
    query = sa.select(table).where(table.c.sample == number).order_by(table.c.id)
    before = {row["judgement"]: row["finding"] for row in records.rows(cohort.engine, query)}
    faults = []
    for criterion, (finding, reason) in findings.items():
        judged = decisions.get((learner, criterion))
        earlier = before.get(judged["id"], finding) if judged else finding
        if finding not in FINDINGS:
            faults.append(f"{criterion}: {finding!r} is not one of {', '.join(FINDINGS)}")
        elif finding != "upheld" and not reason.strip():
            faults.append(f"{criterion}: {finding} needs a reason")
        elif finding != earlier and not reason.strip():
            faults.append(f"{criterion}: to change the finding from {earlier} to {finding} needs a reason")
        if (learner, criterion) not in decisions:
            faults.append(f"{criterion} was not judged for {learner}")
    if faults:
        raise KitError("Nothing was recorded: " + "; ".join(faults) + ".")
    with records.transaction(cohort.engine) as connection:
        for criterion, (finding, reason) in findings.items():
            connection.execute(
                records.moderation.insert().values(
                    sample=number,
                    judgement=decisions[learner, criterion]["id"],
                    finding=finding,
                    reason=reason.strip(),
                    moderator=moderator,
                    found_at=at or records.now(),
                )
            )
        records.note(connection, moderator, "moderate", learner, {"sample": number, "criteria": len(findings)})
    return len(findings)


def agreement(cohort: Cohort, number: int | None = None) -> dict[str, Any]:
    """How many judgements moderators looked at and upheld.

    Returns:
        looked_at, upheld, share (0 to 1, of those on which a moderator could decide, so without more evidence; None when
        there are none).
    """
    whole = raters.by_criterion(cohort, number)[-1]
    return {"looked_at": whole.looked_at, "upheld": whole.upheld, "share": whole.share}


def samples(cohort: Cohort) -> list[dict[str, Any]]:
    """Every sample that was drawn, oldest first, with its list."""
    found = records.rows(cohort.engine, sa.select(records.samples).order_by(records.samples.c.id))
    return [{**row, "drawn": [Drawn(**one) for one in json.loads(row["drawn"])]} for row in found]


def _sample(cohort: Cohort, number: int) -> dict[str, Any]:
    found = records.rows(cohort.engine, sa.select(records.samples).where(records.samples.c.id == number))
    if not found:
        raise KitError(f"There is no sample {number} in {cohort.name}.")
    return found[0]
