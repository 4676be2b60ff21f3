"""What a graded notebook shows to whoever opens it in formgrader: question, answer and what the check said, side by side.

Every word of a learner's is escaped. The look is in the notebook itself (styles on the elements, and one style sheet that
only touches this page), so that it needs nothing of nbgrader's or Jupyter's settings.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from learner_kit.course.submission import TURNING
from learner_kit.reading import write_number
from learner_kit.workbook.facts import Facts
from learner_kit.workbook.questions import Question

if TYPE_CHECKING:
    from learner_kit.course.master import Run
    from learner_kit.course.programme import UnitStandard

RIGHT, PART, WRONG, OPEN = "Right", "Partly right", "Not there yet", "Not answered yet"
_COLOURS = {RIGHT: ("#e6f4ea", "#1e7b34"), PART: ("#fff4d6", "#a15c00"), WRONG: ("#fdecea", "#b3261e")}
_PLAIN = ("#eef3f7", "#485662")
_ODD = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f{TURNING}]")

_CELL = "text-align:left;vertical-align:top;padding:.5em .8em;border-top:1px solid #bbb;overflow-wrap:anywhere"
_ASKED = f"{_CELL};font-weight:normal;background:#fff;color:#111"
_GIVEN = f"{_CELL};background:#eef4fb;color:#111;white-space:pre-wrap"
_TABLE = (
    "<table style='width:100%;table-layout:fixed;border-collapse:collapse;font-size:1em;margin:0;"
    "border:0;border-bottom:1px solid #bbb'>"
)
_FIGURE = f"{_CELL};text-align:right;background:#fff;color:#111"
_HEAD = ";font-weight:bold;background:#eef6fa"
_SPACED = _TABLE.replace("margin:0", "margin:0 0 1em")  # what stands below it is not part of it
_NARROW = f"<th scope='row' style='{_ASKED};width:50%'>"
_WIDE = f"<tr><th scope='row' colspan='2' style='{_ASKED}'>"

# In formgrader's page only: no code, no prompts; what belongs to one question in one frame; room below the fixed bar.
_STYLE = f"""<style>
#notebook-container .prompt, #notebook-container .anchor-link, #notebook-container .inner_cell > .input_area,
#notebook-container .nbgrader_cell .input_area, #notebook-container .output_execute_result {{ display: none }}
#notebook-container .panel-body:has(> .input_area) {{ display: none }}
#notebook-container .code_cell .nbgrader_cell {{ margin-bottom: 0; border-radius: 4px 4px 0 0 }}
#notebook-container .code_cell:has(.nbgrader_cell) {{ margin-bottom: 20px }}
#notebook-container .nbgrader_cell > .panel-heading {{ padding: 5px 10px }}
#notebook-container .code_cell {{ padding: 0 }}
#notebook-container .code_cell .output_area, #notebook-container .code_cell .output_subarea {{ padding: 0; max-width: none }}
#notebook-container .output_error pre {{ margin: 0; padding: .5em .8em; border: 0; border-radius: 0; font: inherit;
  white-space: pre-wrap; background: {_COLOURS[WRONG][0]}; color: #111; border-left: 5px solid {_COLOURS[WRONG][1]} }}
#notebook-container h1 {{ font-size: 26px }} #notebook-container h2 {{ font-size: 22px }}
#notebook-container h3 {{ font-size: 18px }}
#notebook-container input.score {{ scroll-margin-top: 40vh }}
#notebook-container input.score::placeholder {{ color: #111; opacity: 1 }}
#notebook-container .nbgrader-label code {{ color: #fff; background: none; font: inherit; padding: 0 }}
#notebook-container .text_cell .nbgrader-label {{ font-size: 0 }}
#notebook-container .text_cell .nbgrader-label::after {{ font-size: 14px; content: "Your mark for the answer above" }}
#notebook-container .text_cell .nbgrader_cell h3 {{ margin: 5px 0; font-size: 15px; font-weight: bold }}
#notebook-container .text_cell .nbgrader_cell .panel-body {{ padding: 5px 10px }}
</style>"""


def opening(tasks: Mapping[str, float]) -> tuple[str, str]:
    """What stands at the head: which answers a person marks, each a way there; as a page and as plain text.

    Args:
        tasks: points by the id of each question that a person marks.
    """
    if not tasks:
        said = "The kit has checked every answer. None waits for a person's mark."
        return f"{_STYLE}<p style='{_note(RIGHT)}'>{said}</p>", said
    worth = {id: f"({write_number(points, None)} points)" for id, points in tasks.items()}
    ways = ", ".join(f"<a href='#{escaped(id)}'>{escaped(id)}</a> {said}" for id, said in worth.items())
    said = f"You mark {len(tasks)} answer{'' if len(tasks) == 1 else 's'}: "
    rest = " All others were checked by the kit; you may change its points."
    plain = ", ".join(f"{id} {said}" for id, said in worth.items())
    return f"{_STYLE}<p style='{_note(PART)}'><b>{said}</b>{ways}.{rest}</p>", f"{said}{plain}.{rest}"


def checked(question: Question | None, answers: Mapping[str, Any], state: str, said: str = "") -> tuple[str, str]:
    """A question that was checked: what was asked, the answer, and what the check said; as a page and as plain text.

    Args:
        question: as this learner met it; None for a check of something else.
        answers: the learner's.
        state: RIGHT, PART, WRONG or other words; "" where what the check said is shown by other means.
        said: what the check said, beside the state.
    """
    asked = f"{_TABLE}{_row(question, answers)}</table>" if question else ""
    words = f"{state}. {said}".rstrip() if state else ""
    verdict = f"<p style='{_note(state)}'><b>{state}.</b> {escaped(said)}</p>" if state else ""
    plain = _plain(question, answers) if question else ""
    return f"{asked}{verdict}", "\n".join(filter(None, [plain, words]))


def answered(questions: Iterable[Question], answers: Mapping[str, Any], given: Iterable[Facts] = ()) -> tuple[str, str]:
    """Questions and answers of a form, as a page and as plain text.

    Args:
        questions: those that are not shown with a check of their own.
        answers: the learner's.
        given: the form's tables of figures, as this learner met them; they stand first, as they did for the learner.
    """
    questions, given = list(questions), list(given)
    rows = "".join(_row(one, answers) for one in questions)
    page = "".join(map(figures, given)) + (f"{_TABLE}{rows}</table>" if rows else "")
    plain = [*map(figures_in_words, given), *(_plain(one, answers) for one in questions)]
    return page, "\n".join(plain)


def figures(table: Facts) -> str:
    """A table of given figures as the learner met it; figures stand at the right."""
    head = "".join(
        f"<th scope='col' style='{_FIGURE if place else _ASKED}{_HEAD}'>{escaped(name)}</th>"
        for place, name in enumerate(table.columns)
    )
    rows = "".join(
        f"<tr><th scope='row' style='{_ASKED}'>{escaped(first)}</th>"
        + "".join(f"<td style='{_FIGURE}'>{escaped(cell)}</td>" for cell in cells)
        + "</tr>"
        for first, *cells in table.rows
    )
    caption = "<caption style='caption-side:top;text-align:left;font-weight:bold;color:#111;padding:.5em .8em .3em'>"
    return f"{_SPACED}{caption}{escaped(table.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def about(ran: Run, unit: UnitStandard, criterion: str) -> dict[str, Question]:
    """The questions of a master run that speak for a criterion: by their id, or because they name it."""
    return {
        id: question
        for id, question in ran.questions.items()
        if criterion in getattr(question, "criteria", ()) or getattr(unit.criterion_of(id), "id", None) == criterion
    }


def above(ran: Run, shown: Iterable[str]) -> dict[str, tuple[Facts, ...]]:
    """Of the questions that are shown, those above which tables of given figures stand: the first one of each such form.

    Args:
        ran: the master run for one learner.
        shown: ids of the questions.
    """
    shown = set(shown)
    first = [(next((id for id in form.ids if id in shown), None), form.given) for form in ran.forms.values()]
    return {id: given for id, given in first if id and given}


def figures_in_words(table: Facts) -> str:
    """A table of given figures as plain text, one row a line.

    Example:
        >>> from learner_kit.workbook import given
        >>> print(figures_in_words(given("What each way costs", ["Way", "Cost"], ["Telephone", "R600"])))
        What each way costs
            Way | Cost
            Telephone | R600
    """
    return "\n    ".join([table.caption, *(" | ".join(row) for row in (table.columns, *table.rows))])


def escaped(said: str) -> str:
    """Escaped for a page; signs that turn the direction of text or steer a terminal are shown as what they are."""
    return html.escape(_ODD.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", said))


def _row(question: Question, answers: Mapping[str, Any]) -> str:
    given = f"<td style='{_GIVEN}'>{escaped(_said(question, answers))}</td></tr>"
    if question.kind in ("text", "table"):  # long: the answer has the whole width, below its question
        return f"{_WIDE}{_prompt(question.prompt)}</th></tr><tr>{given.replace('<td', '<td colspan=2', 1)}"
    return f"<tr>{_NARROW}{_prompt(question.prompt)}</th>{given}"


def _plain(question: Question, answers: Mapping[str, Any]) -> str:
    return f"{question.prompt}\n    {_said(question, answers)}"


def _said(question: Question, answers: Mapping[str, Any]) -> str:
    value = answers.get(question.id)
    if question.kind in ("choices", "order") and value and question.valid(value):
        sign = "{}. " if question.kind == "order" else "• "
        return "\n".join(sign.format(n) + question.labels[key] for n, key in enumerate(value, start=1))
    return question.show(value) or "(not answered)"


@lru_cache(maxsize=4096)
def _prompt(prompt: str) -> str:
    """A question's words, which are the same for many learners."""
    return escaped(prompt)


def _note(state: str) -> str:
    ground, edge = _COLOURS.get(state, _PLAIN)
    return f"margin:0;padding:.5em .8em;background:{ground};color:#111;border-left:5px solid {edge}"
