"""A questionnaire as data: its questions, answers and skip logic, read from a settings file.

`learner_kit.survey` offers the names of this module too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from learner_kit import settings
from learner_kit.errors import Fault

KINDS = ("scale", "choice", "matrix", "score", "text")
MOST_ANSWERS = 100  # codes of answers fit in one byte: a million responses stay small
BLANK, UNKNOWN = -1, -2
_DASHES = str.maketrans("‐‑‒–—’‘", "-----''")


@dataclass(frozen=True)
class Asked:
    """Who gets a question: those who gave one of `answers` to `question`, or, with `inverse`, everybody else."""

    question: str
    answers: tuple[str, ...]
    inverse: bool = False

    def __str__(self) -> str:
        said = " or ".join(f"“{answer}”" for answer in self.answers)
        return f"those who {'did not answer' if self.inverse else 'answered'} {said} to {self.question}"


@dataclass(frozen=True)
class Question:
    """One question: its answers stand from the lowest to the highest, or in no order of merit (kind "choice")."""

    id: str
    kind: str
    prompt: str
    answers: tuple[Any, ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    asked_of: Asked | None = None
    correction: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns in a table of responses: its id, or `id.item` for each item of a matrix."""
        return tuple(f"{self.id}.{key}" for key, _ in self.items) if self.items else (self.id,)

    @property
    def ordered(self) -> bool:
        return self.kind in ("scale", "matrix", "score")

    def asked(self, responses: pd.DataFrame) -> pd.Series:
        """True in the rows of those who should get this question."""
        if self.asked_of is None:
            return pd.Series(True, index=responses.index)
        return responses[self.asked_of.question].isin(self.asked_of.answers) != self.asked_of.inverse

    def code(self, values: pd.Series) -> np.ndarray:
        """The place of each value among the answers: 0 for the first, BLANK for no answer, UNKNOWN for any other."""
        places = {_plain(answer): place for place, answer in enumerate(self.answers)} | {"": BLANK}
        codes, uniques = pd.factorize(values)
        found = [places.get(_plain(one, number=self.kind == "score"), UNKNOWN) for one in uniques]
        return np.array([*found, BLANK], dtype=np.int8)[codes]  # factorize gives a missing value the code -1, the last

    def coded(self, codes: np.ndarray) -> pd.Categorical:
        """Those codes as categories, in the order of the answers; an unknown answer counts as none."""
        dtype = pd.CategoricalDtype(list(self.answers), ordered=self.ordered)
        return pd.Categorical.from_codes(np.maximum(codes, BLANK), dtype=dtype)

    @property
    def allowed(self) -> str:
        if self.kind == "score":
            return f"must be a whole number from {self.answers[0]} to {self.answers[-1]}"
        return f"is not one of the answers: {'; '.join(self.answers)}"


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire: its questions in the order they are asked."""

    title: str
    respondent: str
    background: tuple[str, ...]
    questions: tuple[Question, ...]
    invitation: str = ""
    correction: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that a table of responses must have."""
        asked = [column for question in self.questions for column in question.columns]
        return (self.respondent, *self.background, *asked)

    def question(self, id: str) -> Question:
        """The question with this id.

        Raises:
            ValueError: if there is none; the message lists those there are.
        """
        for question in self.questions:
            if question.id == id:
                return question
        raise ValueError(f"question must be one of {', '.join(one.id for one in self.questions)}, not {id!r}.")

    @classmethod
    def load(cls, path: str | Path) -> Questionnaire:
        """Read a questionnaire from a TOML file, such as data/questionnaire.toml, which says how it is written.

        Args:
            path: the file.

        Returns:
            The questionnaire.

        Raises:
            KitError: if the file is missing or is not TOML.
            DataError: every fault in it: unknown kinds and keys, ids and answers given twice, scales of fewer than two
                answers, skip logic that points at no earlier question or at no answer of it.

        Example:
            >>> Questionnaire.load("data/questionnaire.toml").question("outcome").asked_of.question
            'contacted'
        """
        faults: list[Fault] = []
        top = settings.Keys(settings.read(path), faults)
        invitation = settings.Keys(top.take("invitation", dict, {}) or {}, faults, "invitation")
        questions: list[Question] = []
        for keys in top.tables("questions"):
            questions.append(_question(keys, questions))
        made = cls(
            title=top.take("title", str) or "",
            respondent=top.take("respondent", str) or "respondent",
            background=tuple(top.take("background", list, []) or ()),
            questions=tuple(questions),
            invitation=invitation.take("text", str, "") or "",
            correction=invitation.take("correction", str, "") or "",
        )
        invitation.done()
        top.done()
        for name in {name for name in made.columns if made.columns.count(name) > 1 and name}:
            faults.append(Fault(None, "questions", name, "this column is used twice; each needs a name of its own"))
        if not made.questions and not faults:
            top.fault("questions", "at least one question is wanted")
        settings.refuse(faults, path)
        return made


def _question(keys: settings.Keys, earlier: list[Question]) -> Question:
    id = keys.take("id", str) or ""
    if id and not re.fullmatch(r"[a-z][a-z0-9_]*", id):
        keys.fault("id", "must be small letters, digits and _, and begin with a letter")
    kind = keys.take("kind", str, among=KINDS) or ""
    prompt = keys.take("prompt", str) or ""
    answers: tuple[Any, ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    if kind in ("scale", "choice", "matrix"):
        answers = _answers(keys)
    if kind == "score":
        low, high = keys.take("low", int), keys.take("high", int)
        if low is not None and high is not None:
            if not 0 <= low < high or high - low >= MOST_ANSWERS:
                keys.fault("high", f"low must be 0 or more and high above it, by less than {MOST_ANSWERS}")
            else:
                answers = tuple(range(low, high + 1))
    if kind == "matrix":
        given = keys.take("items", dict) or {}
        items = tuple((key, str(wording)) for key, wording in given.items())
        if any(not re.fullmatch(r"[a-z][a-z0-9_]*", key) or not isinstance(given[key], str) for key in given):
            keys.fault("items", "each item needs a key of small letters, digits and _, and its wording as text")
        if not items:
            keys.fault("items", "a matrix needs at least one item")
    asked_of = _asked(keys, earlier)
    correction = keys.take("correction", str, "") or ""
    if kind:  # with an unknown kind nobody can say which keys belong
        keys.done()
    return Question(id, kind, prompt, answers, items, asked_of, correction)


def _answers(keys: settings.Keys) -> tuple[str, ...]:
    answers = keys.take("answers", list) or []
    if not all(isinstance(answer, str) and answer.strip() for answer in answers):
        keys.fault("answers", "every answer must be text, and not empty")
        return ()
    if not 2 <= len(answers) <= MOST_ANSWERS:
        keys.fault("answers", f"from 2 to {MOST_ANSWERS} answers are wanted")
    if len({_plain(answer) for answer in answers}) < len(answers):
        keys.fault("answers", "an answer stands here twice")
    return tuple(answers)


def _asked(keys: settings.Keys, earlier: list[Question]) -> Asked | None:
    table = keys.take("asked_of", dict, None)
    if table is None:
        return None
    where = keys.table("asked_of")
    id, only, but = where.take("question", str), where.take("answers", list, None), where.take("not", list, None)
    where.done()
    filters = {one.id: one for one in earlier if one.kind in ("scale", "choice")}
    if (only is None) == (but is None):
        where.fault("question", "give either answers (who is asked) or not (who is left out)")
    elif id is not None and id not in filters:
        where.fault("question", "must be a scale or choice question that stands earlier in the file")
    elif id is not None:
        chosen = only if but is None else but
        wrong = [one for one in chosen if one not in filters[id].answers]
        if wrong or not chosen:
            where.fault("answers" if but is None else "not", f"must be answers of {id}; {wrong} are not")
        else:
            return Asked(id, tuple(chosen), inverse=but is not None)
    return None


def _plain(value: Any, number: bool = False) -> str:
    """Text as it is compared: case, runs of spaces and kinds of dashes make no difference, nor does 9 or 9,0."""
    text = " ".join(str(value).translate(_DASHES).split()).casefold()
    whole = re.fullmatch(r"(\d{1,9})(?:[.,]0+)?", text) if number else None
    return str(int(whole[1])) if whole else text
