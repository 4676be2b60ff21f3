"""The steps of the circle, each through the kit's own functions; each gives back what came of it and says so in a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from learner_kit import files
from learner_kit.assess import evidence, judgement, papers, portfolio, statements
from learner_kit.assess import grade as grading
from learner_kit.assess import results as class_results
from learner_kit.assess.final import why_not_final
from learner_kit.assess.papers import results
from learner_kit.assess.portfolio import signing
from learner_kit.course.cohort import Cohort
from learner_kit.course.collect import Taken, collect
from learner_kit.course.submission import ANSWERS
from learner_kit.demo import learners, practice
from learner_kit.demo.sample import SampleClass, Workbook
from learner_kit.documents import long_date
from learner_kit.workbook.answers import load_answers

WHO = "demo"


@dataclass(frozen=True)
class Room:
    """The cohort, its sample class, who signs what, and what was wrong with hand-ins so far: (learner, what)."""

    cohort: Cohort
    sample: SampleClass
    facilitator: str
    moderator: str
    assessors: dict[str, str]
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def learners(self) -> tuple[str, ...]:
        return tuple(self.assessors)

    def with_faults(self, found: Iterable[tuple[str, str]]) -> Room:
        return replace(self, faults=(*self.faults, *found))


def release(room: Room, book: Workbook) -> str:
    """Hand a workbook out."""
    from learner_kit.course.release import end_of, release

    day = room.sample.day(book.due)
    release(room.cohort, book.name, room.facilitator, end_of(day))
    return f"workbook {book.name}, to be handed in by {long_date(day)}"


def submit(room: Room, book: Workbook, number: int) -> tuple[Room, list[learners.Sent], str]:
    """The learners of a round fill a workbook in, pack and send."""
    sent = learners.send(room.cohort, room.sample, book.name, number)
    gone = [
        (one.hand_in.learner, f"{one.hand_in.answers.name} is not in the sample class, so nothing was sent")
        for one in sent
        if one.zip is None
    ]
    cut = sum(one.hand_in.cut < 1 for one in sent if one.zip)
    said = f"{count(len(sent) - len(gone), 'zip')} submitted"
    said += f"; {cut} of them cut off on the way" if cut else ""
    return room.with_faults(gone), sent, said


def take_in(room: Room, sent: Sequence[learners.Sent], day: int) -> tuple[Room, list[Taken], str]:
    """Collect a round's zips; what was refused, and what was left out of answers, is kept as a fault."""
    owners = {one.zip.name: one.hand_in.learner for one in sent if one.zip}
    zips = [one.zip for one in sent if one.zip]
    taken = collect(room.cohort, zips, room.facilitator, room.sample.time(day, 8))
    whole, faults = {one.learner for one in taken if one.state != "refused"}, []
    for one in taken:
        owner = one.learner or owners.get(one.file, "")
        if one.state == "refused":
            again = " (sent again, and taken in)" if owner in whole else ""
            faults.append((owner, f"refused {one.file}: {one.said}{again}"))
        elif one.said != "taken in":
            faults.append((owner, f"taken in, but: {one.said}"))
    refused = sum(one.state == "refused" for one in taken)
    return room.with_faults(faults), taken, f"{len(taken) - refused} taken in, {refused} refused (see below)"


def grade(room: Room, book: Workbook) -> tuple[Room, list[str], str]:
    """Grade what is new; lateness, unreadable answers and empty workbooks are kept as faults."""
    done = grading.grade(room.cohort, book.name, workers=1, who=room.facilitator)
    fresh = [one for one in done if one.state != "unchanged"]
    faults = []
    for one in fresh:
        if one.state == "faulty":
            faults.append((one.learner, f"answers could not be read, so they count as none: {one.said}"))
        if one.late:
            hours = one.late.total_seconds() / 3600
            late = f"{hours / 24:.1f} days".replace(".", ",") if hours >= 48 else f"{hours:.0f} hours"
            faults.append((one.learner, f"handed in {late} late; it was graded all the same"))
        path = room.cohort.path / "submitted" / one.learner / one.workbook / ANSWERS
        if one.state == "graded" and not load_answers(path).answers:
            faults.append((one.learner, "handed in without a single answer"))
    late = sum(1 for one in fresh if one.late)
    said = f"{count(len(fresh), 'workbook')} graded" + (f", {late} of them late" if late else "")
    return room.with_faults(faults), [one.learner for one in fresh], said


def mark(room: Room, book: Workbook, graded: Sequence[str], number: int) -> str:
    """Give the longer answers their marks."""
    found = practice.mark(room.cohort, book.name, graded, number, room.sample.marks)
    said = f"{count(found.given, 'longer answer')} marked"
    said += f", {found.empty} empty (no points)" if found.empty else ""
    return said + (f", still to mark: {listed(found.waiting)}" if found.waiting else "")


def matrix(room: Room) -> str:
    """Count the states of the matrix."""
    found = evidence.matrix(room.cohort)
    states = Counter(one.state for one in found)
    size = f"{len(room.learners)} learners × {len(room.cohort.programme.unit.criteria)} criteria"
    return f"{size}: " + ", ".join(f"{number} {state}" for state, number in states.items())


def judge(room: Room, day: int) -> str:
    """Judge what is ready."""
    done = practice.judge(room.cohort, room.assessors, room.sample.level, room.sample.time(day, 12))
    decisions = Counter(decision for _, decision in done)
    learner_count = len({standing.learner for standing, _ in done})
    return (
        f"{count(len(done), 'criterion', 'criteria')} of {count(learner_count, 'learner')} judged: "
        f"{decisions['C']} Competent, {decisions['NYC']} Not Yet Competent"
    )


def write_papers(room: Room, whose: Iterable[str] | None = None) -> str:
    """Feedback and assessor's report, for everyone who is judged or for some of them."""
    judged = {row["learner"] for row in judgement.history(room.cohort)}
    wanted = [one for one in (room.learners if whose is None else dict.fromkeys(whose)) if one in judged]
    for learner in wanted:
        papers.write(room.cohort, learner)
    return f"feedback and assessor's report as PDF for {count(len(wanted), 'learner')}"


def conclude(room: Room) -> str:
    """Say of embedded knowledge and cross-field outcomes whether they are shown, for all who are through the unit."""
    through = practice.through(room.cohort)
    if not through:
        return "nobody has every criterion judged yet"
    at = room.sample.time(room.sample.workbooks[-1].judged, 14)
    shown = sum(practice.conclude(room.cohort, learner, room.assessors[learner], at) for learner in through)
    many = len(through) * len(statements.wanted(room.cohort.programme.unit))
    return f"{shown} of {many} evidenced for {listed(through)}, who have every criterion judged"


def write_results(room: Room) -> str:
    """The class's matrix and results as files, and a statement of results for everyone whose results are final."""
    cohort, place = room.cohort, room.cohort.path / "documents"
    files.write(place / "matrix.json", evidence.as_json(cohort, evidence.matrix(cohort)) + "\n")
    files.write(place / "results.csv", "\ufeff" + class_results.as_csv(class_results.results(cohort)))
    final = [learner for learner in practice.through(cohort) if not why_not_final(cohort, learner)]
    for learner in final:
        results.write_statement(cohort, learner)
    return "written as CSV" + (f"; statement of results for {listed(final)}, whose results are final" if final else "")


def seal(room: Room, key: signing.Key, whose: Iterable[str] | None = None) -> str:
    """Make and sign portfolios, of everyone who handed something in or of some of them."""
    wanted = portfolio.learners(room.cohort) if whose is None else sorted(set(whose))
    made = [portfolio.make(room.cohort, learner, key, WHO) for learner in wanted]
    closed = sum(portfolio.state(one) == portfolio.CLOSED for one in made)
    drafts = count(len(made) - closed, "draft")
    return f"{count(len(made), 'portfolio')} signed with the key {key.fingerprint}: {closed} closed, {drafts}"


def verify(room: Room, key: signing.Key) -> tuple[list[str], str]:
    """Check every portfolio there is; gives back every fault found."""
    bags = sorted((room.cohort.path / "portfolios").glob("L-*"))
    faults = [f"{bag.name}: {fault}" for bag in bags for fault in portfolio.verify(bag, key.fingerprint)]
    return faults, listed(faults) if faults else f"{count(len(bags), 'portfolio')} whole, every file as it was signed"


def moderate(room: Room) -> tuple[tuple[str, ...], str]:
    """Moderate, and let what was overturned be corrected; gives back whose portfolios were looked at."""
    if not judgement.history(room.cohort):
        return (), "nothing was judged, so there is nothing to moderate"
    sample = room.sample
    found = practice.moderate(
        room.cohort, room.moderator, sample.seed, sample.second_marks, sample.level, sample.time(sample.moderated, 9)
    )
    write_papers(room, [learner for learner, _, _ in found.overturned])
    turned = listed([f"{learner} {criterion}, now {decision}" for learner, criterion, decision in found.overturned])
    return found.learners, (
        f"{count(len(found.learners), 'portfolio')} drawn with the seed “{sample.seed}”"
        f"{', and the same again when drawn twice' if found.again else ', BUT NOT THE SAME when drawn twice'}: "
        f"{found.upheld} of {found.looked_at} judgements upheld"
        + (f"; overturned and corrected: {turned}" if turned else "; none overturned")
    )


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    Example:
        >>> count(1, "zip"), count(2, "criterion", "criteria")
        ('1 zip', '2 criteria')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(items: Sequence[str]) -> str:
    """Items in a row.

    Example:
        >>> listed(["A-01", "A-02", "A-03"]), listed(["M-01"]), listed([])
        ('A-01, A-02 and A-03', 'M-01', '')
    """
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
