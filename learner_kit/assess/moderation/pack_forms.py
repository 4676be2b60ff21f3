"""What a moderation pack shows of the forms that somebody filled in at work: those that a judgement rests on.

That is every record that stood when the criterion was judged, also one that was corrected since, and every one that stands
now. In a blind pack names and codes (`people`) and every word that says a result are covered, also in what a witness wrote.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.assess import workplace
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort

COVERED = "[covered in a blind pack]"
_PIECE = re.compile(r"[^\W_]+")
_RESULT = re.compile(
    r"\b(?:not[\s-]+yet[\s-]+competent|(?:in)?competent(?:ly)?|(?:in)?competence|nyc)\b", re.IGNORECASE
)


def forms(
    cohort: Cohort, learner: str, criterion: str, decided_at: dt.datetime, cover: Cover | None = None
) -> list[dict[str, Any]]:
    """The filled forms of one criterion, oldest first, as plain text.

    Args:
        cohort: the cohort.
        learner: the learner's number.
        criterion: its id.
        decided_at: when it was judged (UTC).
        cover: for a blind pack, from `people`: what must not be read.

    Returns:
        For each: title, number, day, witness, what was seen for this criterion, what was said in words, and notes.
    """
    known = workplace.forms(cohort.programme)
    every = workplace.history(cohort, learner)
    later = {one.replaces: one for one in every if one.replaces is not None}
    found = []
    for one in every:
        since = later.get(one.number)
        stood = one.at <= decided_at and (since is None or since.at >= decided_at)  # times are whole seconds
        if criterion in one.criteria and (stood or since is None):
            found.append(_shown(known.get(one.form), one, since, criterion, decided_at, cover))
    return found


@dataclass(frozen=True)
class Cover:
    """The names that a blind pack covers, each under its first piece: a text is asked only for those that may stand in it."""

    names: Mapping[str, tuple[str, ...]]

    def sub(self, put: str, said: str) -> str:
        """Put something in the place of every name, in any case, also beside a low line as in a file's name.

        A name of two letters counts only as it is written, for it may be a word.
        """
        there = {name for piece in set(_PIECE.findall(said.casefold())) for name in self.names.get(piece, ())}
        if not there:
            return said
        words = [f"(?i:{re.escape(one)})" if len(one) > 2 else re.escape(one) for one in there]
        return re.sub(rf"(?<![^\W_])(?:{'|'.join(sorted(words, key=len, reverse=True))})(?![^\W_])", put, said)


def people(cohort: Cohort) -> Cover:
    """What names a learner of the class or anybody of its staff, and the codes of staff: surnames, and each first name."""
    found = {one["code"] for one in records.rows(cohort.engine, sa.select(records.staff.c.code))}
    for said in enrol.names(cohort).values():
        surname, _, first_names = said.partition(",")
        found |= {surname.strip(), *surname.split()[-1:], *first_names.split()}
    names: dict[str, list[str]] = {}
    for one in found:
        if len(one) > 1 and (pieces := _PIECE.findall(one.casefold())):
            names.setdefault(pieces[0], []).append(one)
    return Cover({piece: tuple(own) for piece, own in names.items()})


def _shown(
    form: workplace.Form | None,
    one: workplace.Filled,
    since: workplace.Filled | None,
    criterion: str,
    decided_at: dt.datetime,
    cover: Cover | None,
) -> dict[str, Any]:
    def plain(said: str) -> str:
        return said if cover is None else _RESULT.sub(COVERED, cover.sub(COVERED, said))

    lines = form.lines if form else [workplace.Line(id, id, workplace.WORDS) for id in one.answers]
    notes = []
    if one.at > decided_at:
        notes.append("Recorded after this judgement.")
    if since is not None:
        notes.append("Corrected or taken back since this judgement." + (f" Reason: {since.why}" if not cover else ""))
    if cover is None:
        notes.append(f"Recorded by {one.who}.")
    return {
        "title": form.title if form else one.form,
        "number": one.number,
        "done_on": str(one.done_on),
        "witness": plain(one.witness),
        "seen": [
            {"says": line.says, "answer": plain(one.answers.get(line.id, "not answered"))}
            for line in lines
            if line.kind == workplace.SEEN and criterion in line.criteria
        ],
        "words": [
            {"says": line.says, "answer": plain(one.answers[line.id])}
            for line in lines
            if line.kind == workplace.WORDS and line.id in one.answers
        ],
        "notes": notes,
    }
