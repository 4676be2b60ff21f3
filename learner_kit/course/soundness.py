"""Is a programme fit to be given? Every criterion covered four ways, every cell with a criterion, every question with a memo.

`faults` looks at the programme alone, `changed` at what became of it after a cohort's learners got their workbooks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learner_kit.course import master as masters
from learner_kit.course import memos, ranges
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import HOME, STAGES, Programme
from learner_kit.errors import Fault, KitError
from learner_kit.reading import write_number
from learner_kit.workbook import marking
from learner_kit.workbook.questions import Choice

FEWEST = 3  # scored questions a criterion needs, over all workbooks
TELLING = 4  # choice questions from which on a pattern of right options tells them


@dataclass(frozen=True)
class Coverage:
    """How one criterion is covered: the activities of each stage, and how many questions of workbooks show it."""

    criterion: str
    stages: dict[str, tuple[str, ...]]
    questions: int

    @property
    def gaps(self) -> tuple[str, ...]:
        return tuple(stage for stage in STAGES if not self.stages[stage])


def coverage(programme: Programme) -> list[Coverage]:
    """How each criterion is taught, practised, assessed formatively and evidenced summatively.

    An activity that names a lesson or a workbook counts only when that notebook is there.

    Returns:
        One `Coverage` a criterion, in the unit standard's order.
    """
    counted = _questions(programme)
    found = []
    for criterion in programme.unit.criteria:
        stages: dict[str, tuple[str, ...]] = {}
        for stage in STAGES:
            stages[stage] = tuple(
                one.id
                for one in programme.activities
                if stage in one.stage
                and criterion.id in one.criteria
                and _lesson_there(programme, one.notebook)
                and (one.workbook is None or counted.get((criterion.id, one.workbook)))
            )
        questions = sum(count for (id, _), count in counted.items() if id == criterion.id)
        found.append(Coverage(criterion.id, stages, questions))
    return found


def faults(programme: Programme) -> list[Fault]:
    """Everything that keeps a programme from being given.

    Returns:
        A fault for each criterion that lacks a stage or has fewer than three scored questions, each scored or marked cell
        whose `grade_id` begins with no criterion, each question without a memo, each memo that belongs to no question, and
        each memo that does not agree with its check, or has no answer for a learner's own figures; and one for each way in
        which a workbook's right options give themselves away.
    """
    found = [
        Fault(None, one.criterion, None, f"is not {' and not '.join(one.gaps)}")
        for one in coverage(programme)
        if one.gaps
    ]
    found += [
        Fault(None, one.criterion, one.questions, f"has fewer than {FEWEST} scored questions in all workbooks")
        for one in coverage(programme)
        if one.questions < FEWEST
    ]
    for workbook in programme.workbooks:
        found += _workbook_faults(programme, workbook)
    return found


def changed(cohort: Cohort) -> list[Fault]:
    """What differs between the workbooks that a cohort's learners were given and the masters of cohort and programme.

    Returns:
        A fault for each cell whose id came, went or changed its kind, or whose points changed, after the release.
    """
    found = []
    for workbook in cohort.programme.workbooks:
        released = cohort.release(workbook) / f"{workbook}.ipynb"
        if not released.is_file():
            continue
        then = _cells(released)
        sources = {"the cohort's master": cohort.master(workbook)}
        sources["the programme's master"] = cohort.programme.folder / "source" / workbook / f"{workbook}.ipynb"
        for whose, path in sources.items():
            now = _cells(path) if path.is_file() else {}
            for id in sorted(then.keys() | now.keys()):
                before, after = then.get(id), now.get(id)
                if before != after:
                    said = _difference(before, after)
                    found.append(Fault(None, f"{workbook}: {id}", None, f"{said} in {whose} after the release"))
    return found


def telling(asked: Iterable[tuple[Sequence[str], int]]) -> list[str]:
    """By what the right options of choice questions give themselves away: their length or their place.

    Args:
        asked: for each question its options as they are read, in their order, and the place of the right one, from 0.

    Returns:
        A sentence for each pattern: the right option is the longest, or the shortest, in more than 40 % of the questions,
        or one place holds more than half of the right options. Fewer than four questions make no pattern.

    Example:
        >>> telling([(["No", "Yes, and here is why", "Never"], 1)] * 4)[0]
        'the right option is the longest in 4 of 4 choice questions, at most 40 % may be'
    """
    asked = list(asked)
    if len(asked) < TELLING:
        return []
    places = Counter(right for _, right in asked)
    place, held = places.most_common(1)[0]
    found = []
    for much, sign in (("longest", 1), ("shortest", -1)):
        alone = sum(
            all(sign * len(options[right]) > sign * len(one) for at, one in enumerate(options) if at != right)
            for options, right in asked
        )
        if alone > 0.4 * len(asked):
            found.append(
                f"the right option is the {much} in {alone} of {len(asked)} choice questions, at most 40 % may be"
            )
    if held > len(asked) / 2:
        found.append(f"option {place + 1} is right in {held} of {len(asked)} choice questions, at most half may be")
    return found


def table(programme: Programme) -> str:
    """The coverage of every criterion, and of the range, as a Markdown page."""
    titles = {one.id: one.title for one in programme.activities}
    lines = [
        f"# How unit standard {programme.unit.id} is covered",
        "",
        "Every criterion is taught, practised, assessed formatively and evidenced summatively. This page is made by",
        "`learner-kit check --table`; the same command refuses a programme in which a criterion lacks one of the four.",
        "",
        "| Criterion | " + " | ".join(stage.capitalize() for stage in STAGES) + " | Scored questions |",
        "|---|" + "---|" * len(STAGES) + "---:|",
    ]
    for criterion, one in zip(programme.unit.criteria, coverage(programme), strict=True):
        cells = ["; ".join(titles[id] for id in one.stages[stage]) or "–" for stage in STAGES]
        lines.append(f"| {criterion.number} {criterion.handle} | {' | '.join(cells)} | {one.questions} |")
    return "\n".join([*lines, *ranges.table(programme)]) + "\n"


def _workbook_faults(programme: Programme, workbook: str) -> list[Fault]:
    """What is wrong between a workbook's cells, its questions and its memo."""
    found = []
    master = _master(programme, workbook)
    asked, memo = masters.questions(master), memos.read(programme, workbook)
    for cell in (*master.checks, *master.tasks):
        place = f"{workbook}: {cell.grade_id}"
        if programme.unit.criterion_of(cell.grade_id or "") is None:
            found.append(Fault(None, place, None, "begins with no criterion of the unit standard"))
        if cell.grade_id not in asked:
            found.append(Fault(None, place, None, "is scored but asked in no form"))
    found += [Fault(None, f"{workbook}: {id}", None, "has no memo") for id in asked if id not in memo]
    found += [Fault(None, f"{workbook}: {id}", None, "has a memo but is no question") for id in memo if id not in asked]
    for learner, seed in ((None, None), ("L-0001", "check"), ("L-0002", "check")):
        own = masters.seeded(master, seed) if seed else master
        try:
            run, filled = masters.run(own, {}, learner, dry=True), memos.with_figures(memo, own, learner)
        except (ValueError, KitError) as error:
            found.append(Fault(None, workbook, learner, str(error)))
            break
        if learner is None:
            found += [Fault(None, workbook, None, why) for why in telling(_choices(run))]
        for cell in master.checks:
            id, entry = str(cell.grade_id), filled.get(str(cell.grade_id), {})
            if id in asked and id in memo:
                found += [
                    Fault(None, f"{workbook}: {id}", learner, why) for why in _memo_faults(run, id, entry, memo[id])
                ]
    return found


def _choices(run: masters.Run) -> list[tuple[list[str], int]]:
    """Of each choice question with a right option that the master knows: what the options say, and its place."""
    return [
        ([label for _, label in question.options], [key for key, _ in question.options].index(run.expected[id]))
        for id, question in run.questions.items()
        if isinstance(question, Choice) and id in run.expected
    ]


def _memo_faults(run: masters.Run, id: str, entry: dict[str, Any], written: dict[str, Any]) -> list[str]:
    question = run.questions[id]
    if "answer" not in entry:
        return ["has a memo without an answer"]
    if fault := question.fault(entry["answer"]):
        return [f"has an answer in its memo that the question cannot hold: {fault}"]
    if (
        not run.figures.learner and id in run.expected and "answer" in written
    ):  # worked out twice, by hand and by the check
        share = marking.mark(written["answer"], run.expected[id], 0.006, question).share
        return [] if share == 1 else ["has an answer in its memo that is not the one its check expects"]
    if id in run.drawn and id not in run.expected and question.kind in ("number", "table"):
        return ["takes a learner's figures, but its check tells no answer (answer=…) for them"]
    return []


def _cells(path: Path) -> dict[str, tuple[str, float]]:
    """grade_id → kind and points of the scored and marked cells of a notebook, released or not."""
    master = masters.read(path)
    return {str(one.grade_id): (one.role, one.points) for one in (*master.checks, *master.tasks)}


def _difference(before: tuple[str, float] | None, after: tuple[str, float] | None) -> str:
    if before is None or after is None:
        return "came to be" if before is None else "is gone"
    if before[0] != after[0]:
        return "changed its kind"
    return f"went from {write_number(before[1], None)} to {write_number(after[1], None)} points"


def _questions(programme: Programme) -> dict[tuple[str, str], int]:
    """(criterion, workbook) → how many scored or marked cells show it."""
    counted: dict[tuple[str, str], int] = {}
    for workbook in programme.workbooks:
        master = _master(programme, workbook)
        for cell in (*master.checks, *master.tasks):
            criterion = programme.unit.criterion_of(cell.grade_id or "")
            if criterion:
                counted[criterion.id, workbook] = counted.get((criterion.id, workbook), 0) + 1
    return counted


def _master(programme: Programme, workbook: str) -> masters.Master:
    return masters.read(programme.folder / "source" / workbook / f"{workbook}.ipynb")


def _lesson_there(programme: Programme, notebook: str | None) -> bool:
    """Whether a lesson stands beside the programme's folder or, for a programme without lessons of its own, in the kit."""
    places = (Path(programme.folder).parent, HOME)
    return notebook is None or any((one / "notebooks" / f"{notebook}.ipynb").is_file() for one in places)
