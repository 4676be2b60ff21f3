"""Memos: for every question a model answer, with the figures of whichever learner is looked at.

A memo's `answer` is the answer to the practice figures, worked out by hand. What a learner is expected to answer comes from
the master's own check, run on that learner's figures; the texts take figures as a workbook's prompts do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import Programme
from learner_kit.errors import KitError
from learner_kit.workbook.questions import Number, Question
from learner_kit.workbook.variants import fill, shown


def read(programme: Programme, workbook: str) -> dict[str, dict[str, Any]]:
    """A workbook's memo as it is written, by question; nothing where there is no file.

    Raises:
        KitError: the file cannot be read as TOML.
    """
    path = programme.folder / "memo" / f"{workbook}.toml"
    try:
        return _read(path, path.stat().st_mtime_ns) if path.is_file() else {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KitError(f"The memo {path} cannot be read: {error}.") from None


def for_learner(cohort: Cohort, workbook: str, learner: str | None = None) -> dict[str, dict[str, Any]]:
    """A workbook's memo for one learner of a cohort.

    Args:
        cohort: the cohort, whose seed draws the figures.
        workbook: its name, such as so1.
        learner: the learner's number; the practice figures without one.

    Returns:
        By question what the memo file holds (`answer`, `why`, `model`, `look_for`, `levels`, `scored`), the `answer` that is
        expected of this learner, every text with this learner's figures, and `shown`, the answer as it would be typed.

    Raises:
        KitError: the memo or the master cannot be read.
    """
    return with_figures(read(cohort.programme, workbook), masters.read(cohort.master(workbook)), learner)


def beside(cohort: Cohort, workbook: str, learner: str | None = None) -> dict[str, dict[str, Any]]:
    """What `for_learner` gives, to be read beside the evidence; nothing where the memo cannot be read, which hides no evidence."""
    try:
        return for_learner(cohort, workbook, learner)
    except (KitError, ValueError):
        return {}


def expected(cohort: Cohort, workbook: str, learner: str | None = None) -> dict[str, Any]:
    """The right answers of one learner to all checked questions, as plain values that the workbook would keep."""
    return {id: one["answer"] for id, one in for_learner(cohort, workbook, learner).items() if "answer" in one}


def with_figures(
    memo: Mapping[str, Mapping[str, Any]], master: masters.Master, learner: str | None = None
) -> dict[str, dict[str, Any]]:
    """A memo as written, with a learner's figures and expected answers; `for_learner` says what comes back.

    Raises:
        ValueError: a text names a figure that there is not.
    """
    run = masters.run(master, {}, learner, dry=True)
    right, found = run.expected, {}
    for id, entry in memo.items():
        question, own = run.questions.get(id), dict(entry)
        if id in right:
            own["answer"] = right[id]
        names: dict[str, Any] = dict(run.figures)
        if question and "answer" in own:
            own["shown"] = _shown(question, own["answer"])
            names["answer"] = own["shown"]
        try:
            found[id] = {
                key: value if key in ("answer", "shown") else _filled(value, names) for key, value in own.items()
            }
        except ValueError as error:
            raise ValueError(f"{id}: {error}") from None
    return found


def _shown(question: Question, answer: Any) -> str:
    if isinstance(question, Number):
        return shown(answer, question.unit if question.unit in ("R", "%") else "")
    return question.show(answer)


def _filled(value: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return fill(value, names)
    if isinstance(value, list):
        return [_filled(one, names) for one in value]
    if isinstance(value, dict):
        return {key: _filled(one, names) for key, one in value.items()}
    return value


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int) -> dict[str, dict[str, Any]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
