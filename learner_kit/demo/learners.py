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
from learner_kit.demo.sample import SOUTH_AFRICA, HandIn, SampleClass, read_answers
from learner_kit.documents import Document, Paragraph, SignatureLines, long_date, to_pdf
from learner_kit.workbook.evidence_files import add_file


@dataclass(frozen=True)
class Sent:
    """A zip in the hand-in folder, and whose it is; no zip when the answers are not there."""

    hand_in: HandIn
    zip: Path | None


def send(cohort: Cohort, sample: SampleClass, round: int) -> list[Sent]:
    """Every hand-in of a round: the zips lie in the cohort's `hand-in/round-<n>` afterwards.

    Raises:
        KitError: a file of answers cannot be read, or is of another workbook or learner.
    """
    out = cohort.path / "hand-in" / f"round-{round}"
    out.mkdir(parents=True, exist_ok=True)
    return [Sent(one, _send(cohort, sample.workbook, one, out)) for one in sample.hand_ins if one.round == round]


def _send(cohort: Cohort, workbook: str, hand_in: HandIn, out: Path) -> Path | None:
    if not hand_in.answers.is_file():
        return None
    held = read_answers(hand_in.answers)
    # The learner's own PC: a folder that is gone when the zip is made.
    with tempfile.TemporaryDirectory(prefix=".filling-in-", dir=cohort.path, ignore_cleanup_errors=True) as place:
        folder = release.place(cohort, workbook, place).parent
        answers = {**held["answers"], **_evidence(cohort, workbook, hand_in, held["answers"], folder)}
        saved = hand_in.at.astimezone(SOUTH_AFRICA).isoformat(timespec="seconds")
        kept = {**held, "saved": saved, "answers": answers}
        files.write(folder / ANSWERS, json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
        packed = pack(folder, workbook, hand_in.learner, out, hand_in.at, hand_in.declared)
    if hand_in.cut < 1:
        whole = packed.path.read_bytes()
        files.write(packed.path, whole[: int(len(whole) * hand_in.cut)])
    return packed.path


def _evidence(
    cohort: Cohort, workbook: str, hand_in: HandIn, answers: dict[str, Any], folder: Path
) -> dict[str, list[dict[str, Any]]]:
    """The minute of a meeting as PDF, made of what the learner wrote, added as the workbook's page would add it."""
    minute = hand_in.minute
    question = minute and master.questions(master.read(cohort.master(workbook))).get(minute.question)
    said = minute and answers.get(minute.source)
    if not minute or not question or not isinstance(said, str) or not said.strip():
        return {}
    day = hand_in.at.astimezone(SOUTH_AFRICA).date()
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
    added = hand_in.at.astimezone(SOUTH_AFRICA).isoformat(timespec="seconds")
    items = add_file(folder, question, None, minute.file, to_pdf(document), "Signed by all who were there")
    return {minute.question: [{**one, "added": added} for one in items]}
