"""What the sample learners do: fill the released workbook in, pack it with the kit's own `pack`, and send it."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learner_kit import files
from learner_kit.course import master, release
from learner_kit.course.cohort import Cohort
from learner_kit.course.submission import ANSWERS, pack
from learner_kit.demo.sample import HandIn, SampleClass, read_answers
from learner_kit.documents import Document, Paragraph, SignatureLines, long_date, to_pdf
from learner_kit.moments import local
from learner_kit.workbook import marking
from learner_kit.workbook.evidence_files import add_file


@dataclass(frozen=True)
class Sent:
    """A zip in the hand-in folder, and whose it is; no zip when the answers are not there."""

    hand_in: HandIn
    zip: Path | None


def send(cohort: Cohort, sample: SampleClass, workbook: str, round: int) -> list[Sent]:
    """Every hand-in of a workbook in a round: the zips lie in the cohort's `hand-in/<workbook>` afterwards.

    Raises:
        KitError: a file of answers cannot be read, or is of another workbook or learner.
    """
    out = cohort.path / "hand-in" / workbook
    out.mkdir(parents=True, exist_ok=True)
    wanted = [one for one in sample.hand_ins if (one.workbook, one.round) == (workbook, round)]
    return [Sent(one, _send(cohort, one, out)) for one in wanted]


def _send(cohort: Cohort, hand_in: HandIn, out: Path) -> Path | None:
    if not hand_in.answers.is_file():
        return None
    workbook = hand_in.workbook
    held = read_answers(hand_in.answers)
    # The learner's own PC: a folder that is gone when the zip is made.
    with tempfile.TemporaryDirectory(prefix=".filling-in-", dir=cohort.path, ignore_cleanup_errors=True) as place:
        folder = release.place(cohort, workbook, place).parent
        own = own_answers(master.read(cohort.master(workbook)), hand_in.learner, held["answers"])
        answers = {**own, **_evidence(cohort, hand_in, held["answers"], folder)}
        saved = local(hand_in.at).isoformat(timespec="seconds")
        kept = {**held, "saved": saved, "answers": answers}
        files.write(folder / ANSWERS, json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
        packed = pack(folder, workbook, hand_in.learner, out, hand_in.at, hand_in.declared)
    if hand_in.cut < 1:
        whole = packed.path.read_bytes()
        files.write(packed.path, whole[: int(len(whole) * hand_in.cut)])
    return packed.path


def own_answers(found: master.Master, learner: str, answers: dict[str, Any]) -> dict[str, Any]:
    """Answers that were given to the practice figures, as the same learner would have given them to their own figures.

    What was right stays right, also cell by cell in a table; a wrong number stays wrong, by as much; all else stays as it is.
    """
    practice = master.run(found, {}, dry=True)
    then, now = practice.expected, master.run(found, {}, learner, dry=True).expected
    given = dict(answers)
    for id in then.keys() & now.keys() & given.keys():
        if then[id] != now[id]:
            given[id] = _carried(given[id], then[id], now[id], practice.questions[id])
    return given


def _carried(value: Any, practice: Any, own: Any, question: Any) -> Any:
    if value is None or question.fault(value):
        return value
    if marking.mark(value, practice, 0.006, question).share == 1:
        return own
    if isinstance(value, (int, float)) and isinstance(own, float):
        wrong = round(value * own / practice if practice else own + value, 2)
        wrong = float(round(wrong)) if question.whole else wrong
        wrong = wrong + 1 if abs(wrong - own) < 0.1 else wrong
        return wrong if question.valid(wrong) else own - 1 if question.valid(own - 1) else value
    if isinstance(own, list) and len(value) == len(own) and all(isinstance(row, dict) for row in (*own, *value)):
        return [
            {name: mine[name] if row.get(name) == then[name] else row.get(name) for name in mine}
            for row, then, mine in zip(value, practice, own, strict=True)
        ]
    if value != own:
        return value
    return value[::-1] if isinstance(value, list) else practice  # a wrong choice stays one


def _evidence(
    cohort: Cohort, hand_in: HandIn, answers: dict[str, Any], folder: Path
) -> dict[str, list[dict[str, Any]]]:
    """The minute of a meeting as PDF, made of what the learner wrote, added as the workbook's page would add it."""
    minute = hand_in.minute
    question = minute and master.questions(master.read(cohort.master(hand_in.workbook))).get(minute.question)
    said = minute and answers.get(minute.source)
    if not minute or not question or not isinstance(said, str) or not said.strip():
        return {}
    day = local(hand_in.at).date()
    document = Document(
        title="Minute on contact methods",
        subtitle="Sample evidence, made by the demo",
        meta=[("Handed in by", hand_in.learner), ("Date", long_date(day))],
        blocks=[
            Paragraph(said),
            SignatureLines([(role, "signed on the original") for role in minute.signed]),
        ],
        date=day,
        footer=f"{hand_in.learner} · sample evidence",
    )
    added = local(hand_in.at).isoformat(timespec="seconds")
    items = add_file(folder, question, None, minute.file, to_pdf(document), "Signed by all who were there")
    return {minute.question: [{**one, "added": added} for one in items]}
