"""Aids to authenticity: what an assessor should look at before confirming that work is a learner's own.

They point; a person decides. Nothing here is kept as a finding, and nothing here changes a decision: people who worked at the
same counter write alike, and a shared form is a shared form.

Source: passages in common are runs of words (shingles of `SHINGLE` words find the pairs, so that a class of 1,000 is
compared too); likeness is the normalised indel similarity of rapidfuzz.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any

import sqlalchemy as sa

from learner_kit.assess.items import answers_of
from learner_kit.course import enrol, records
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
from learner_kit.course.collect import UNSIGNED
from learner_kit.course.submission import ANSWERS
from learner_kit.documents.text import long_date

DECLARATION, VARIANT, DOUBLED, ALIKE, DATED = "declaration", "figures", "same file", "alike", "date"
SHINGLE = 4  # words in a row that must be the same for two texts to be compared at all
SHARED = 3  # of such runs
SHORTEST = 12  # words: a shorter text says nothing about who wrote it
LIKE = 0.75  # likeness from which two texts are pointed at
RUN = 12  # words in a row that are pointed at, however unlike the rest is
COMMON = 0.25  # a run of words in more than this share of the class is the question's, not a learner's
_DATE = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b|\b(\d{1,2})/(\d{1,2})/(20\d\d)\b")


@dataclass(frozen=True)
class Pointer:
    """Something to look at: whose work, in which question, like whose, how alike (0 to 1), and what they share."""

    kind: str
    learner: str
    workbook: str
    question: str
    says: str
    other: str = ""
    likeness: float | None = None
    passage: str = ""


def pointers(cohort: Cohort, learner: str | None = None) -> list[Pointer]:
    """Everything there is to look at in a cohort, the declaration first, then the most alike texts.

    Args:
        learner: only what concerns this one (compared with the whole class all the same); with whose figures the answers
            were worked out is looked at for one learner only, for it runs the checks once for each of the class.

    Returns:
        A pair of texts or files stands once for each of the two learners, so that whoever is opened shows it.
    """
    learners = enrol.learners(cohort)
    held = {
        (one, workbook): answers_of(cohort.path / "submitted" / one / workbook / ANSWERS)
        for one in learners
        for workbook in cohort.workbooks
    }
    found = _undeclared(cohort) + _doubled(held) + _dates(cohort, held)
    for workbook in cohort.workbooks:
        for id, question in masters.questions(masters.read(cohort.master(workbook))).items():
            if question.kind == "text":
                texts = {one: held[one, workbook].get(id) for one in learners}
                written = {one: text for one, text in texts.items() if isinstance(text, str)}
                found += alike(written, workbook, id, learner)
    if learner:
        found += figures(cohort, learner)
    order = {kind: place for place, kind in enumerate((DECLARATION, VARIANT, DOUBLED, ALIKE, DATED))}
    return sorted(
        (one for one in found if learner in (None, one.learner)),
        key=lambda one: (order[one.kind], -(one.likeness or 0), one.learner, one.workbook, one.question),
    )


def figures(cohort: Cohort, learner: str) -> list[Pointer]:
    """Answers that are wrong with a learner's own figures and right with those of somebody else in the class.

    Workbooks without figures of each learner's own give none.
    """
    found, others = [], [one for one in enrol.learners(cohort) if one != learner]
    for workbook in cohort.workbooks:
        master = masters.read(cohort.master(workbook))
        answers = answers_of(cohort.path / "submitted" / learner / workbook / ANSWERS)
        if not answers or getattr(master, "seed", None) is None:
            continue
        own = _passed(master, answers, learner)
        open_ones = {cell.grade_id for cell in master.checks if answers.get(cell.grade_id) is not None} - own
        fits = {one: (_passed(master, answers, one) & open_ones) - own for one in (others if open_ones else ())}
        most = max(map(len, fits.values()), default=0)
        for one, ids in fits.items():
            if most and len(ids) == most:
                says = f"{len(ids)} answer{'s' if len(ids) > 1 else ''} fit the figures of {one} and not the learner's own."
                found.append(Pointer(VARIANT, learner, workbook, ", ".join(sorted(ids)), says, one, None))
    return found


def _passed(master: masters.Master, answers: Mapping[str, Any], learner: str) -> set[str]:
    """The checks that a set of answers passes with the figures of some learner."""
    shown = masters.run(master, answers, learner).shown
    return {one.cell.grade_id for one in shown if one.cell.role == "check" and one.score >= one.cell.points}


def alike(
    texts: Mapping[str, str], workbook: str = "", question: str = "", learner: str | None = None
) -> list[Pointer]:
    """Texts of a class that share a long passage or are alike as a whole.

    Args:
        texts: learner → text.
        learner: only pairs with this one.

    Returns:
        Two pointers a pair, one for each learner, with the longest passage they share.

    Example:
        >>> own = "we visit every hotel twice a month and write down what the manager asks for and when"
        >>> [one.other for one in alike({"L-0001": own, "L-0002": own + " today", "L-0003": "something else " * 9})]
        ['L-0002', 'L-0001']
    """
    from rapidfuzz.distance import Indel

    words = {one: _words(text) for one, text in texts.items()}
    words = {one: own for one, own in words.items() if len(own) >= SHORTEST}
    found = []
    pairs = _candidates(words) if learner is None else _with(words, learner)
    for first, second in pairs:
        match = SequenceMatcher(None, words[first], words[second], autojunk=False).find_longest_match()
        share = Indel.normalized_similarity(words[first], words[second])
        if share < LIKE and match.size < RUN:
            continue
        passage = " ".join(words[first][match.a : match.a + match.size])
        for one, other in ((first, second), (second, first)):
            says = f"{share:.0%} alike; {match.size} words in a row are the same".replace("%", " %")
            found.append(Pointer(ALIKE, one, workbook, question, says, other, round(share, 3), passage))
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def _runs(own: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(own[start:] for start in range(SHINGLE)), strict=False))


def _candidates(words: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Pairs that share enough runs of words to be compared; runs that much of the class has are left out."""
    where: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for one in sorted(words):
        for run in _runs(words[one]):
            where[run].append(one)
    most = max(3, int(COMMON * len(words)))
    shared = Counter(pair for owners in where.values() if 2 <= len(owners) <= most for pair in combinations(owners, 2))
    return sorted(pair for pair, count in shared.items() if count >= SHARED)


def _with(words: Mapping[str, Sequence[str]], learner: str) -> list[tuple[str, str]]:
    """The pairs of `_candidates` that one learner is in, without looking at all the others."""
    own = _runs(words.get(learner, ()))
    there = {one: own & _runs(said) for one, said in words.items() if one != learner} if own else {}
    count = Counter(run for runs in there.values() for run in runs)
    most = max(3, int(COMMON * len(words)))
    fits = {one: sum(count[run] < most for run in runs) for one, runs in there.items()}
    return sorted((min(one, learner), max(one, learner)) for one, shared in fits.items() if shared >= SHARED)


def _undeclared(cohort: Cohort) -> list[Pointer]:
    """Newest hand-ins without the signed declaration, as `collect` noted."""
    table = records.submissions
    newest = {
        (row["learner"], row["workbook"]): row
        for row in records.rows(cohort.engine, sa.select(table).order_by(table.c.made_at, table.c.number))
    }
    says = f"{UNSIGNED.capitalize()}."
    return [
        Pointer(DECLARATION, learner, workbook, "", says)
        for (learner, workbook), row in newest.items()
        if UNSIGNED in row["note"]
    ]


def _evidence(held: Mapping[tuple[str, str], Mapping[str, Any]]) -> Iterable[tuple[str, str, str, dict[str, Any]]]:
    """Every evidence file that was handed in: by whom, in which workbook, to which question, and what was said of it."""
    for (learner, workbook), answers in held.items():
        for id, value in answers.items():
            for one in value if isinstance(value, list) else ():
                if isinstance(one, dict) and "sha256" in one:
                    yield learner, workbook, id, one


def _doubled(held: Mapping[tuple[str, str], Mapping[str, Any]]) -> list[Pointer]:
    """Evidence files that are the same byte for byte, of two learners or of one for two questions."""
    where: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for learner, workbook, id, one in _evidence(held):
        place = (learner, workbook, id, str(one.get("file", "")))
        if place not in where[str(one["sha256"])]:
            where[str(one["sha256"])].append(place)
    found = []
    for places in where.values():
        for learner, workbook, id, file in places:
            for other, _, other_id, other_file in places:
                if (other, other_id) != (learner, id) and (other != learner or id < other_id):
                    whose = f"{other} handed in the same file" if other != learner else "The same file serves here and"
                    says = f"{file}: {whose} ({other_file}, {other_id})."
                    found.append(Pointer(DOUBLED, learner, workbook, id, says, other, 1.0, file))
    return found


def _dates(cohort: Cohort, held: Mapping[tuple[str, str], Mapping[str, Any]]) -> list[Pointer]:
    """Dates named in the notes on evidence, held against the programme: before enrolment, or still to come."""
    table = records.learners
    start = {one["pseudonym"]: one["enrolled_on"] for one in records.rows(cohort.engine, sa.select(table))}
    today, found = records.now().date(), []
    for learner, workbook, id, one in _evidence(held):
        enrolled = start.get(learner)
        for day in _days(f"{one.get('file', '')} {one.get('note', '')}"):
            if day > today:
                wrong = "which is still to come."
            elif enrolled and day < enrolled:
                wrong = f"before the learner was enrolled ({long_date(enrolled)}). Is it current?"
            else:
                continue
            says = f"{one.get('file')}: names {long_date(day)}, {wrong}"
            found.append(Pointer(DATED, learner, workbook, id, says))
    return found


def _days(text: str) -> list[dt.date]:
    """The dates a text names, as 2026-03-14 or 14/03/2026; what is no date of the calendar is left out."""
    found = []
    for one in _DATE.finditer(text):
        year, month, day = (one[1], one[2], one[3]) if one[1] else (one[6], one[5], one[4])
        try:
            found.append(dt.date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found
