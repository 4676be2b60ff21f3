"""A workbook on paper: every question with its code and room for the answer, as an accessible PDF.

It is made from the released workbook, so that nothing on paper can come from a hidden check; with a learner's number the
figures are that learner's own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from learner_kit.course import master as masters
from learner_kit.course.submission import DECLARATION
from learner_kit.documents import clean
from learner_kit.documents.layout import breakable
from learner_kit.documents.pdf import Unset, compiled
from learner_kit.editions import prose
from learner_kit.editions.codes import CELLS, codes, marks
from learner_kit.errors import KitError
from learner_kit.workbook import Form
from learner_kit.workbook.evidence_files import Evidence
from learner_kit.workbook.facts import Facts
from learner_kit.workbook.grids import Table
from learner_kit.workbook.questions import Choice, Day, Number, Options, Order, Question, Text

TEMPLATE = Path(__file__).parent.parent / "templates" / "workbook.typ"
WORDS_A_LINE = 9
HOW = (
    "Write clearly, with a pen. Beside each question stands its code in a frame: your facilitator types your answers in by "
    "it, so leave it readable. For a choice, put a cross into the box. To change an answer, strike it out and write the "
    "new one beside it. Write amounts like R1 500,00 and shares like 12,5 %. Leave out the names, numbers and addresses of "
    "customers. You may use a calculator and your own notes; all other figures that you need stand on these sheets."
)
PRACTICE = (
    "The figures on these sheets are for practice. Where work is to be assessed, ask for the sheets with your own learner "
    "number: they bear your own figures."
)


def sheet(
    released: str | Path,
    learner: str | None = None,
    subtitle: str = "",
    letterhead: Sequence[str] = (),
) -> dict[str, Any]:
    """What a workbook's paper says, as plain data for the template.

    Args:
        released: the released notebook; its class's seed stands beside it.
        learner: whose figures; the practice figures, and a place to write the number, without one.
        subtitle: one line below the title.
        letterhead: lines over the title.

    Raises:
        KitError: there is no such notebook.
    """
    path = Path(released)
    master = masters.read(path)
    run = masters.run(master, {}, learner, dry=True)
    by_id = {question.id: code for code, question in codes(path.stem, run.questions.values()).items()}
    shown = {one.cell.index: one.value for one in run.shown}
    title, blocks = path.stem, []
    for index, cell in enumerate(json.loads(master.source)["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and not _live(shown.get(index + 1)):
            blocks += prose.blocks(source)
        elif isinstance(form := shown.get(index), Form):
            blocks += [block for table in form.given for block in _given(table)]
            blocks += [{"kind": "question", "question": _question(one, by_id[one.id])} for one in form.questions]
    if blocks and blocks[0]["kind"] == "heading":
        title = "".join(text for text, _ in blocks.pop(0)["runs"])
    for one in blocks:
        if one["kind"] == "heading":  # the title has the first level
            one["level"] = max(one["level"] - 1, 1)
    notes = [{"title": "On paper", "text": HOW}]
    if run.drawn and not (learner and master.seed):
        notes.append({"title": "Practice figures", "text": PRACTICE})
    return {
        "title": clean(title),
        "plain-title": clean(" · ".join(filter(None, [title, learner]))),
        "subtitle": clean(subtitle),
        "letterhead": [clean(line) for line in letterhead],
        "learner": learner or "",
        "footer": f"Workbook {path.stem}",
        "notes": notes,
        "blocks": _stepped(blocks),
        "declaration": DECLARATION,
    }


def to_pdf(said: dict[str, Any]) -> bytes:
    """The PDF of a sheet: tagged for assistive software (PDF/UA-1), A4, the same bytes for the same sheet."""
    try:
        return compiled(TEMPLATE, said, TEMPLATE.parent)
    except Unset as error:
        raise KitError(f"The paper of “{said['plain-title']}” could not be made: {error}.") from None


def _live(value: Any) -> bool:
    """Whether a cell shows something that only works on a screen: the prose that leads to it is left out on paper."""
    return value is not None and not isinstance(value, Form)


def _stepped(blocks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """No heading may skip a level."""
    made, last = [], 0
    for one in blocks:
        if one["kind"] == "heading":
            last = min(one["level"], last + 1)
            one = {**one, "level": last}
        made.append(one)
    return made


def _given(table: Facts) -> list[dict[str, Any]]:
    """A table of given figures: its caption and its cells, the figures at the right."""
    cells = [[[[breakable(clean(cell), 24), ""]] for cell in row] for row in (table.columns, *table.rows)]
    align = ["left", *["right"] * (len(table.columns) - 1)]
    caption = {"kind": "paragraph", "runs": [[clean(table.caption), "strong"]]}
    return [caption, {"kind": "table", "head": cells[0], "rows": cells[1:], "align": align}]


def _question(question: Question, code: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": question.kind,
        "code": code,
        "prompt": breakable(clean(question.prompt), 60),
        "takes": _takes(question),
    }
    if isinstance(question, Number):
        unit = question.unit or ""
        told |= {"before": unit if unit == "R" else "", "after": "" if unit == "R" else clean(unit)}
    elif isinstance(question, Options):
        told["options"] = _options(question)
    elif isinstance(question, Text):
        told["lines"] = max(3, math.ceil((question.words[1] if question.words else 40) / WORDS_A_LINE))
    elif isinstance(question, Table):
        told |= _table(question)
    return told


def _takes(question: Question) -> str:
    if isinstance(question, Choice):
        return "Choose one."
    if isinstance(question, Order):
        return "Put these in the right order."
    if isinstance(question, Evidence):
        return f"Up to {question.most} documents. {_CARE}"
    if isinstance(question, Table):
        return question.wants
    return "" if isinstance(question, Day) else clean(question.takes)


_CARE = "First cover what could tell who a customer is. Keep the original at work."


def _options(question: Options) -> list[list[str]]:
    labels = question.labels
    return [
        [sign, "" if sign == labels[key].strip().upper() else breakable(clean(labels[key]), 55)]
        for sign, key in marks(question).items()
    ]


def _table(table: Table) -> dict[str, Any]:
    """A grid to fill in: the row's number and label, then a cell a column; long lists of options stand above it."""
    keys, head, shares, words = [], ["", ""], [0.5, 2.6 if any(table.rows) else 0.01], False
    for name, cell in table.cells:
        unit = f" ({cell.unit})" if isinstance(cell, Number) and cell.unit else ""
        head.append(breakable(clean(name), 14) + unit)
        shares.append(2.0 if isinstance(cell, Text) else 1.0)
        words = words or isinstance(cell, Text)
        if isinstance(cell, Options):
            listed = " · ".join(f"{sign} {label}".strip() for sign, label in _options(cell))
            keys.append(f"{clean(name)}, write one of: {listed}")
    rows = [
        [str(place), breakable(clean(label), 24), *[""] * len(table.cells)]
        for place, label in enumerate(table.rows, start=1)
    ]
    if not any(table.rows):
        head, shares, rows = head[:1] + head[2:], shares[:1] + shares[2:], [row[:1] + row[2:] for row in rows]
    head[0] = "Row"
    if any(table.rows):
        head[1] = "About"
    if len(shares) == 3 and not words:  # one narrow column beside its labels
        shares = [0.5, 4.6, 1.2]
    return {"keys": keys, "head": head, "shares": shares, "rows": rows, "height": 15 if words else 7}


def hint(question: Question) -> str:
    """How a facilitator types what stands on paper, in a few words."""
    if isinstance(question, Table):
        return f" {CELLS} ".join(f"{name}: {hint(cell)}" for name, cell in question.cells)
    if isinstance(question, Options):
        signs = " ".join(marks(question))
        return {"choice": f"one of {signs}", "choices": f"some of {signs}"}.get(question.kind, f"{signs} in order")
    if isinstance(question, Number):
        return f"a number{f' ({question.unit})' if question.unit else ''}"
    return {"date": "a date", "text": "the words", "evidence": "stays empty; add the scan below"}.get(question.kind, "")
