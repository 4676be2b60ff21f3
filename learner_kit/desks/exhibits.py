"""What a judgement rests on: each question of a criterion with the learner's answer, beside the memo.

Only the desks of assessor and moderator show this: it holds model answers. Whatever a learner wrote is escaped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from learner_kit.assess import evidence, sheet, workplace
from learner_kit.course import master as masters
from learner_kit.course import memos, naming
from learner_kit.course.cohort import Cohort
from learner_kit.course.submission import ANSWERS
from learner_kit.desks.parts import served
from learner_kit.errors import DataError
from learner_kit.workbook.answers import load_answers
from learner_kit.workbook.facts import Facts
from learner_kit.workbook.questions import Question

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True)
class Exhibit:
    """One question of a criterion, the figures given above it, what was answered, what came of it, what the memo says."""

    workbook: str
    question: Question
    answer: str
    items: tuple[evidence.Item, ...] = ()
    files: tuple[tuple[Path, str], ...] = ()
    memo: dict[str, Any] = field(default_factory=dict)
    given: tuple[Facts, ...] = ()


@dataclass(frozen=True)
class Shown:
    """The exhibits of one criterion, and what the reader must know about them."""

    exhibits: tuple[Exhibit, ...]
    notes: tuple[str, ...]
    forms: tuple[tuple[workplace.Form, workplace.Filled], ...] = ()
    criterion: str = ""


def read(cohort: Cohort, standing: evidence.Standing) -> Shown:
    """Gather a criterion's exhibits from the workbooks that the learner handed in, as they were graded."""
    found: list[Exhibit] = []
    notes: list[str] = []
    for workbook in cohort.programme.workbooks:
        handed_in = cohort.path / "submitted" / standing.learner / workbook
        graded = cohort.path / "autograded" / standing.learner / workbook
        if not handed_in.is_dir():
            continue
        folder = graded if (graded / ANSWERS).is_file() else handed_in
        if folder is handed_in:
            notes.append(
                f"{naming.name(cohort.programme, workbook)} was handed in but is not graded yet: press Grade first."
            )
        elif (handed_in / ANSWERS).is_file() and (handed_in / ANSWERS).read_bytes() != (graded / ANSWERS).read_bytes():
            notes.append(
                f"A newer hand-in of {naming.name(cohort.programme, workbook)} is not graded yet: press Grade to see it here."
            )
        master = masters.read(cohort.master(workbook))
        try:
            answers = load_answers(folder / ANSWERS, masters.questions(master).values()).answers
        except (DataError, OSError):
            answers = {}
            notes.append(
                f"The answers of {naming.name(cohort.programme, workbook)} cannot be read; they count as none."
            )
        memo = memos.beside(cohort, workbook, standing.learner)
        ran = masters.run(master, answers, standing.learner)
        asked = sheet.about(ran, cohort.programme.unit, standing.criterion)
        given = sheet.above(ran, asked)
        for id, question in asked.items():
            files = ()
            if question.kind == "evidence":
                files = tuple(
                    (handed_in / "evidence" / str(one["file"]), str(one.get("note", "")))
                    for one in answers.get(id) or []
                )
            items = tuple(item for item in standing.items if item.id == id and item.workbook == workbook)
            said = question.show(answers.get(id))
            found.append(Exhibit(workbook, question, said, items, files, memo.get(id, {}), given.get(id, ())))
    known = workplace.forms(cohort.programme)
    forms = tuple(
        (known[one.form], one)
        for one in workplace.standing(cohort, standing.learner)
        if one.form in known and standing.criterion in one.criteria
    )
    return Shown(tuple(found), tuple(notes), forms, standing.criterion)


def html(shown: Shown, marking: dict[str, str] | None = None) -> str:
    """The exhibits as HTML, answer and memo side by side.

    Args:
        shown: from `read`.
        marking: question → a link to where its answer is marked.
    """
    notes = "".join(f"<p class='lk-notice'>{escape(note)}</p>" for note in shown.notes)
    if not shown.exhibits and not shown.forms:
        return notes + "<p>There is no evidence for this criterion yet.</p>"
    parts = "".join(_form(form, filled, shown.criterion) for form, filled in shown.forms)
    parts += "".join(_exhibit(one, (marking or {}).get(one.question.id, "")) for one in shown.exhibits)
    return f"{notes}<div class='lk-exhibits' tabindex='0' role='region' aria-label='Evidence beside memo'>{parts}</div>"


def _form(form: workplace.Form, filled: workplace.Filled, criterion: str) -> str:
    """A form that somebody filled in: the lines of the criterion, and all that was said in words."""
    lines = [
        f"<li>{_plain(line.says)}: <strong>{escape(filled.answers.get(line.id, 'not answered'))}</strong></li>"
        for line in form.lines
        if line.kind == workplace.SEEN and criterion in line.criteria
    ]
    words = [
        f"<h5>{_plain(line.says)}</h5><div class='lk-answer'>{_plain(filled.answers[line.id])}</div>"
        for line in form.lines
        if line.kind == workplace.WORDS and line.id in filled.answers
    ]
    return (
        f"<div class='lk-exhibit'><h4>{_plain(form.title)}, record {filled.number}: {_plain(filled.said)}</h4>"
        f"<div><h5>What was seen</h5><ul>{''.join(lines)}</ul></div><div>{''.join(words)}</div></div>"
    )


def _exhibit(one: Exhibit, marking: str) -> str:
    answer = f"<div class='lk-answer'>{_plain(one.answer or '(not answered)')}</div>"
    for path, note in one.files:
        answer += f"<p>{served(path, f'Save {path.name}')} {_plain(note)}</p>"
    for item in one.items:
        answer += _outcome(item, marking)
    if not one.items and one.question.kind != "evidence":
        answer += "<p><span class='lk-mark lk-missing'>to read</span> Kept with the work; it is not scored.</p>"
    tables = "".join(f"<div class='lk-figures'>{sheet.figures(table)}</div>" for table in one.given)
    return (
        f"{tables}<div class='lk-exhibit'><h4>{_plain(one.question.prompt)}</h4>"
        f"<div><h5>Answer</h5>{answer}</div><div><h5>Memo</h5>{_memo_html(one)}</div></div>"
    )


def _outcome(item: evidence.Item, marking: str) -> str:
    if item.kind == "document":
        return ""
    by = "by a person" if item.kind == "marked" else "by a check"
    if item.share is None:
        where = f" {marking}" if marking else ""
        return f"<p><span class='lk-mark lk-waiting'>waits for marking</span>{where}</p>"
    if item.kind == evidence.MARKED:  # a person's mark is weighed, not counted
        word, look = f"marked {item.mark}", "lk-ready"
    elif item.shown:
        word, look = "shown", "lk-c"
    else:
        word, look = ("partly shown", "lk-waiting") if item.share else ("not shown", "lk-nyc")
    said = f"<br>{_plain(item.said)}" if item.said else ""
    return f"<p><span class='lk-mark {look}'>{word}</span> {by}{said}</p>"


def _memo_html(one: Exhibit) -> str:
    memo = one.memo
    if not memo:
        return "<p>The memo has nothing on this question.</p>"
    said = ""
    if "answer" in memo:
        shown = memo.get("shown") or one.question.show(memo["answer"]) or str(memo["answer"])
        said += f"<div class='lk-memo'>{_plain(str(shown))}</div>"
    if "model" in memo:
        said += f"<div class='lk-memo'>{_plain(str(memo['model']))}</div>"
    if "why" in memo:
        said += f"<p>{_plain(str(memo['why']))}</p>"
    if memo.get("look_for"):
        said += (
            "<h5>Look for</h5><ul>" + "".join(f"<li>{_plain(str(line))}</li>" for line in memo["look_for"]) + "</ul>"
        )
    if memo.get("levels"):
        lines = (
            f"<li>{level.get('points', '')} points: {_plain(str(level.get('says', '')))}</li>"
            for level in memo["levels"]
        )
        said += f"<h5>Levels</h5><ul>{''.join(lines)}</ul>"
    return said


def _plain(said: str) -> str:
    """Escaped, with signs that turn the direction of text shown as what they are."""
    turned = "".join(f"[U+{ord(one):04X}]" if one in TURNING else one for one in said)
    return escape(turned)
