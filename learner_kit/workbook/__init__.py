"""Answers as data: what a workbook asks, what its learner answered, and the checks that grade it.

A notebook makes a `Workbook`, asks questions in locked cells and checks the answers in locked test cells. Answers are
plain values in `answers.json` beside the notebook; this package draws nothing and runs nothing a learner wrote.
`learner_kit.forms`, imported in a notebook, shows what this package makes as live forms.
"""

from __future__ import annotations

from learner_kit.workbook.answers import Answers, load_answers, save_answers
from learner_kit.workbook.asking import choice, choices, date, evidence, given, number, order, table, text
from learner_kit.workbook.book import FILE, Workbook
from learner_kit.workbook.facts import Facts
from learner_kit.workbook.marking import some_of
from learner_kit.workbook.questions import Question, blank
from learner_kit.workbook.results import CheckFailed, Form, Graded, Progress, Result, Status
from learner_kit.workbook.session import grading, marked
from learner_kit.workbook.variants import count, percent, pick, rand, worked

__all__ = [
    "FILE",
    "Answers",
    "CheckFailed",
    "Facts",
    "Form",
    "Graded",
    "Progress",
    "Question",
    "Result",
    "Status",
    "Workbook",
    "blank",
    "choice",
    "choices",
    "count",
    "date",
    "evidence",
    "given",
    "grading",
    "load_answers",
    "marked",
    "number",
    "order",
    "percent",
    "pick",
    "rand",
    "save_answers",
    "some_of",
    "table",
    "text",
    "worked",
]
