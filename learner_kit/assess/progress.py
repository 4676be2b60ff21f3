"""How a class gets on: who has handed in nothing, who is stuck and on which question, and what most of the class misses.

It helps to teach. Nothing here is a judgement, and nothing here tells a hidden check or an expected answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from learner_kit.assess import evidence
from learner_kit.course import handins, naming, records
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
from learner_kit.moments import local
from learner_kit.teaching import attendance, plan_papers, plans

MOST = 0.5  # from this share on, "most of the class" misses a question
HALF = 0.5  # of the marks a person gave: below it, the question was not got
FEWEST = 3  # answers that are enough to say something of a class
PROMPT = 90  # letters of a question that are enough to find it again


@dataclass(frozen=True)
class Stuck:
    """A question a learner does not get past: the hand-ins so far, and whether it was answered at all."""

    learner: str
    criterion: str
    workbook: str
    question: str
    hand_ins: int
    answered: bool
    said: str
    again: bool  # the criterion was judged Not Yet Competent, or the question stayed open over two hand-ins


@dataclass(frozen=True)
class Missed:
    """A question of a workbook: of those graded, how many did not show it, and how many left it open."""

    workbook: str
    criterion: str
    question: str
    graded: int
    missed: int
    open: int

    @property
    def share(self) -> float:
        return self.missed / self.graded if self.graded else 0.0


@dataclass(frozen=True)
class Progress:
    """The whole picture of a class."""

    learners: tuple[str, ...]
    work: Mapping[tuple[str, str], handins.HandIn]
    released: tuple[str, ...]
    handed_in: dict[str, tuple[str, ...]]
    not_started: tuple[str, ...]
    stuck: tuple[Stuck, ...]
    questions: tuple[Missed, ...]
    standings: tuple[evidence.Standing, ...]

    @property
    def to_grade(self) -> int:
        """How many hand-ins nobody graded yet: what is said of questions leaves them out."""
        return sum(one.state == handins.UNGRADED for one in self.work.values())

    @property
    def missed_by_most(self) -> tuple[Missed, ...]:
        """The questions that at least half of those graded did not show, the worst first."""
        return tuple(one for one in self.questions if one.graded >= FEWEST and one.share >= MOST)

    @property
    def stuck_learners(self) -> tuple[str, ...]:
        """Whoever is stuck, those with most questions that stay open first."""
        return tuple(sorted(dict.fromkeys(one.learner for one in self.stuck), key=self._how_stuck))

    def stuck_of(self, learner: str) -> tuple[Stuck, ...]:
        return tuple(one for one in self.stuck if one.learner == learner)

    def _how_stuck(self, learner: str) -> tuple[int, int, str]:
        own = self.stuck_of(learner)
        return -sum(one.again for one in own), -len(own), learner


def progress(cohort: Cohort) -> Progress:
    """Read how a class gets on."""
    found = tuple(evidence.matrix(cohort))
    learners = tuple(dict.fromkeys(one.learner for one in found))
    work, released = handins.states(cohort), handins.released(cohort)
    counts = {key: one.number for key, one in work.items() if one.number}
    handed: dict[str, list[str]] = defaultdict(list)
    for learner, workbook in counts:
        handed[learner].append(workbook)
    stuck = [one for standing in found for one in _stuck(standing, counts)]
    stuck.sort(key=lambda one: (not one.again, -one.hand_ins, one.learner, one.question))
    return Progress(
        learners,
        work,
        released,
        {one: tuple(sorted(handed[one])) for one in learners},
        tuple(one for one in learners if not handed[one]) if released else (),
        tuple(stuck),
        _questions(found),
        found,
    )


def grade_first(found: Progress) -> str:
    """That work waits to be graded, and what cannot be seen before; nothing where none waits."""
    if not found.to_grade:
        return ""
    waits = "1 workbook is" if found.to_grade == 1 else f"{found.to_grade} workbooks are"
    return f"{waits} {handins.UNGRADED}: who is stuck there, and on what, shows only after grading."


def prompt(cohort: Cohort, workbook: str, question: str) -> str:
    """What a question asks, short enough for a line."""
    asked = masters.questions(masters.read(cohort.master(workbook))).get(question)
    said = " ".join(asked.prompt.split()) if asked else question
    return said if len(said) <= PROMPT else said[:PROMPT].rsplit(" ", 1)[0] + " …"


def message(cohort: Cohort, found: Progress, learner: str) -> str:
    """Draft a message to one learner, for the facilitator to change and send.

    Args:
        cohort: the cohort.
        found: from `progress`.
        learner: the learner's number.
    """
    named, given = partial(naming.name, cohort.programme), found.handed_in.get(learner, ())
    own = [found.work[learner, one] for one in found.released]
    waiting = [one for one in own if one.state in handins.STILL_OUT]
    lines = [f"Dear {learner}", ""]
    if given:
        lines += [f"Thank you for handing in {_and([named(one) for one in given])}.", ""]
    elif waiting:
        lines += ["We have not received any work from you yet. Can I help you to begin?", ""]
    if waiting:
        lines.append("Still to hand in:")
        dated = [(named(one.workbook), handins.when_due(one)) for one in waiting]
        lines += [f"- {name}{f', {when}' if when else ''}" for name, when in dated] + [""]
    stuck = found.stuck_of(learner)
    if stuck:
        lines.append("Please look at these questions again:")
        for one in stuck[:6]:
            hint = "" if not one.answered else f" ({one.said.rstrip('.')})" if one.said else ""
            opened = "" if one.answered else " (not answered yet)"
            lines.append(f"- {named(one.workbook)}: {prompt(cohort, one.workbook, one.question)}{opened}{hint}")
        if len(stuck) > 6:
            lines.append(f"- and {len(stuck) - 6} more; start with these.")
        lines.append("")
    lines += _sessions(cohort, learner)
    if given and not waiting and not stuck:
        lines += ["Nothing is open at the moment. Well done.", ""]
    return "\n".join([*lines, "Ask me when something is not clear.", "Your facilitator"])


def _sessions(cohort: Cohort, learner: str) -> list[str]:
    """What share of the sessions a learner attended, and when the class meets next."""
    ruling, lines = attendance.may_be_assessed(cohort, learner), []
    if ruling.share is not None:
        so_far = f"You have attended {ruling.share:.0%} of the sessions so far; {ruling.needed:.0%} is needed."
        lines += [so_far, ""]
    plan, today = plans.current(cohort), local(records.now()).date()
    then = next((one for one in plan.sessions if one.day > today), None) if plan else None
    return [*lines, f"We meet again on {plan_papers.day(then.day)}, {plan_papers.times(then)}.", ""] if then else lines


def _missed(item: evidence.Item) -> bool:
    """Whether a question was not got: a check that failed, or less than half of the marks that a person gave."""
    if item.share is None or item.kind == evidence.DOCUMENT:
        return False
    return item.share < HALF if item.kind == evidence.MARKED else not item.shown


def _stuck(one: evidence.Standing, counts: dict[tuple[str, str], int]) -> list[Stuck]:
    if one.state == evidence.C:
        return []
    found = []
    for item in one.items:
        if not _missed(item):
            continue
        answered = item.said != evidence.UNANSWERED
        often = counts.get((one.learner, item.workbook), 1)
        again = one.state == evidence.NYC or often > 1
        found.append(Stuck(one.learner, one.criterion, item.workbook, item.id, often, answered, item.said, again))
    return found


def _questions(standings: Iterable[evidence.Standing]) -> tuple[Missed, ...]:
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in standings:
        for item in one.items:
            if item.share is None or item.kind == evidence.DOCUMENT:
                continue
            held = counts[item.workbook, one.criterion, item.id]
            held[0] += 1
            held[1] += _missed(item)
            held[2] += item.said == evidence.UNANSWERED
    made = [Missed(*key, *held) for key, held in counts.items()]
    return tuple(sorted(made, key=lambda one: (-one.share, -one.graded, one.question)))


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
