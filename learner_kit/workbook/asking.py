"""The questions by the short names that notebooks use; `learner_kit.workbook` offers all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date as Date
from typing import Any

from learner_kit.workbook.evidence_files import KINDS, Evidence
from learner_kit.workbook.facts import Facts
from learner_kit.workbook.grids import Table, make_table
from learner_kit.workbook.questions import Choice, Choices, Day, Number, Order, Text


def number(
    id: str,
    prompt: str,
    unit: str | None = None,
    low: float | None = None,
    high: float | None = None,
    *,
    whole: bool = False,
) -> Number:
    """Ask for a number; its plain value is a float, in the unit (12 % is 12.0).

    Args:
        id: question id, which begins with its criterion.
        prompt: the question.
        unit: "R", "%" or a word such as "customers", shown beside the field.
        low, high: smallest and largest number taken.
        whole: only whole numbers.

    Example:
        >>> number("so1-ac1-share", "What share comes back?", unit="%", low=0, high=100).fault(120)
        'Type a number from 0 to 100.'
    """
    return Number(id, prompt, unit, low, high, whole)


def choice(id: str, prompt: str, options: Iterable[str] | Mapping[str, str]) -> Choice:
    """Ask for one of several options; its plain value is the option's key (its label, where a list is given).

    Example:
        >>> choice("so1-ac1-best", "Which group?", options={"walk": "Walk-in", "tel": "Telephone"}).read(" WALK-IN ")
        'walk'
    """
    return Choice(id, prompt, _pairs(options))


def choices(id: str, prompt: str, options: Iterable[str] | Mapping[str, str]) -> Choices:
    """Ask for any number of options; its plain value is a list of keys.

    Example:
        >>> choices("so2-ac1-who", "Who is a customer?", options=["Client", "Colleague", "Nobody"]).read(["colleague", "Client"])
        ['Client', 'Colleague']
    """
    return Choices(id, prompt, _pairs(options))


def order(id: str, prompt: str, options: Iterable[str] | Mapping[str, str]) -> Order:
    """Ask to put all options in order; they are shown in the order given here. Its plain value is the list of keys.

    Example:
        >>> order("so3-ac1-steps", "First to last", options=["Thank", "Listen"]).read(["Listen", "Thank"])
        ['Listen', 'Thank']
    """
    return Order(id, prompt, _pairs(options))


def text(id: str, prompt: str, words: tuple[int, int] | None = None, sms: bool = False) -> Text:
    """Ask for words; `words` is guidance (from, to), never a limit. Its plain value is a string.

    With `sms` the characters are counted, as an SMS counts them, in place of the words.

    Example:
        >>> text("so1-ac3-memo", "Explain the benefits.", words=(80, 200)).takes
        'In your own words, about 80 to 200 words.'
    """
    return Text(id, prompt, None if words is None else (int(words[0]), int(words[1])), sms)


def date(id: str, prompt: str, low: Date | None = None, high: Date | None = None) -> Day:
    """Ask for a date, from `low` up to `high`; its plain value is text such as 2026-11-21.

    Example:
        >>> date("so3-ac2-call", "When do you phone?").read("2026-11-21")
        '2026-11-21'
    """
    return Day(id, prompt, low, high)


def table(
    id: str,
    prompt: str,
    columns: Iterable[str] | Mapping[str, Any],
    rows: int | Iterable[str] = 3,
    *,
    least: int | None = None,
    rising: bool = False,
) -> Table:
    """Ask for a table; its plain value is a list of rows, each a dict of column name to number, text or None.

    Args:
        id: question id, which begins with its criterion.
        prompt: the question.
        columns: names (text cells), or name to "text", "number", "date", a list of options, or a question for its cells.
        rows: how many rows, or a label for each.
        least: how many rows are enough, so that the others may stay empty; all of them when left out.
        rising: tell a learner when a number is smaller than the one before it in its row, such as "From" and "To".

    Example:
        >>> table("so2-ac4-tally", "Tally", {"Count": "number"}, rows=["Yes", "No"]).read([{"Count": 12}, {"Count": 7}])
        [{'Count': 12.0}, {'Count': 7.0}]
    """
    return make_table(id, prompt, columns, rows, least, rising)


def evidence(
    id: str,
    prompt: str,
    criteria: Iterable[str] = (),
    kinds: Iterable[str] = tuple(KINDS),
    *,
    most: int = 10,
) -> Evidence:
    """Ask for files from the workplace; its plain value is a list of {file, sha256, kind, size, added, note}.

    Args:
        id: question id.
        prompt: what to bring.
        criteria: the criteria it is evidence for.
        kinds: which of pdf, image, word, excel, csv, text, audio, email are taken.
        most: how many files at most.
    """
    return Evidence(id, prompt, tuple(criteria), tuple(kinds), most)


def given(caption: str, columns: Sequence[str], *rows: Sequence[Any]) -> Facts:
    """Show given figures as a table above the questions of a form; `ask` takes it beside the questions.

    Args:
        caption: what the table shows.
        columns: the names over the columns.
        rows: one sequence a row, as long as `columns`; texts may take figures, such as "{ways.cost}".

    Example:
        >>> given("What each way brought", ["Way", "Cost"], ["Telephone", "{ways.calls_cost}"]).columns
        ('Way', 'Cost')
    """
    return Facts(caption, tuple(map(str, columns)), tuple(tuple(map(str, row)) for row in rows))


def _pairs(options: Iterable[str] | Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    named = options.items() if isinstance(options, Mapping) else ((option, option) for option in options)
    return tuple((str(key), str(label)) for key, label in named)
