"""The codes on paper: one for each question of a workbook, and what a learner wrote there, read back as a plain value.

A code such as `7K` is the question's number in its workbook and a letter that catches a slip of the pen, and a sheet of
another workbook. A table takes a line for each row: `12F.1`. Options have letters, so that nobody copies words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from learner_kit.errors import DataError, Fault
from learner_kit.workbook.evidence_files import Evidence
from learner_kit.workbook.grids import Table
from learner_kit.workbook.questions import Choice, Choices, Options, Order, Question, blank

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY"  # 23; no I, O, Z, which look like digits
CODE = re.compile(r"(\d{1,3})([A-Z])(?:\.(\d{1,3}))?")
CELLS = "|"  # between the cells of a table's row


class Typed(NamedTuple):
    """One line as it was typed from paper: where it stood, the code, what was written there."""

    place: int | None
    code: str
    said: str


def codes(workbook: str, questions: Iterable[Question]) -> dict[str, Question]:
    """The code of each question of a workbook, in their order.

    Example:
        >>> from learner_kit.workbook import number, text
        >>> list(codes("so1", [number("so1-ac1-sales", "Sales?"), text("so1-ac1-why", "Why?")]))
        ['1K', '2Y']
    """
    found = {}
    for place, question in enumerate(questions, start=1):
        drawn = hashlib.sha256(f"{workbook} {question.id}".encode()).digest()
        found[f"{place}{LETTERS[int.from_bytes(drawn[:4], 'big') % len(LETTERS)]}"] = question
    return found


def marks(question: Options) -> dict[str, str]:
    """The sign that stands beside each option on paper → the option's key.

    Letters; where an option is itself called by a single letter (grade A), that letter, and numbers for the others.

    Example:
        >>> from learner_kit.workbook import choice
        >>> marks(choice("so1-ac1-best", "Which?", {"tel": "Telephone", "walk": "Walk-in"}))
        {'A': 'tel', 'B': 'walk'}
    """
    single = any(len(label.strip()) == 1 and label.strip().isalpha() for _, label in question.options)
    numbers = [str(place) for place in range(1, len(question.options) + 1)]
    signs = _letters(len(numbers))
    if single:
        labels = [label.strip() for _, label in question.options]
        signs = [label.upper() if len(label) == 1 else sign for label, sign in zip(labels, numbers, strict=True)]
        signs = signs if len(set(signs)) == len(signs) else numbers
    return dict(zip(signs, (key for key, _ in question.options), strict=True))


def _letters(count: int) -> list[str]:
    return [chr(65 + place) if place < 26 else f"A{chr(65 + place - 26)}" for place in range(count)]


def line(question: Question, value: Any) -> list[str]:
    """What is typed for an answer: one line, or one for each row of a table; the way back of `answers`."""
    if isinstance(question, Table):
        return [
            f" {CELLS} ".join("".join(line(cell, row.get(name))) for name, cell in question.cells)
            for row in value or [{}] * len(question.rows)
        ]
    if value is None or isinstance(question, Evidence):
        return [""]
    if isinstance(question, Options):
        signs = {key: sign for sign, key in marks(question).items()}
        return [" ".join(signs[key] for key in ([value] if isinstance(question, Choice) else value))]
    return [question.show(value)]


def answers(workbook: str, questions: Iterable[Question], typed: Iterable[Typed], source: str) -> dict[str, Any]:
    """Read what was typed from a learner's paper.

    Args:
        workbook: its name, such as so1.
        questions: its questions, in order.
        typed: the lines; an empty answer is a question left open.
        source: what is read, for the message.

    Returns:
        Plain values by question id, for every question that holds an answer.

    Raises:
        DataError: every line with a fault: a code that is not on the paper, stands twice, or whose answer cannot be read.

    Example:
        >>> from learner_kit.workbook import number
        >>> answers("so1", [number("so1-ac1-sales", "Sales?", unit="R")], [Typed(1, "1k", "R60 000")], "paper")
        {'so1-ac1-sales': 60000.0}
    """
    known = codes(workbook, questions)
    by_number = {int(code[:-1]): code for code in known}
    faults: list[Fault] = []
    seen: set[str] = set()
    found: dict[str, Any] = {}
    rows: dict[str, dict[int, Typed]] = {}
    for one in typed:
        said = re.sub(r"\s+", "", str(one.code)).upper()
        match = CODE.fullmatch(said)
        reason = _code_fault(match, known, by_number, workbook) or ("stands here twice" if said in seen else "")
        seen.add(said)
        if reason or match is None:
            faults.append(Fault(one.place, "code", one.code, reason))
            continue
        question, row = known[f"{match[1]}{match[2]}"], int(match[3] or 0)
        if isinstance(question, Table) and not row and len(question.cells) == 1:
            _spread(rows.setdefault(question.id, {}), question, one, faults)
        elif isinstance(question, Table) != bool(row):
            how = f"is a table: type its rows as {match[1]}{match[2]}.1, {match[1]}{match[2]}.2, …"
            faults.append(Fault(one.place, "code", one.code, "has no rows" if row else how))
        elif row > (len(question.rows) if isinstance(question, Table) else 0):
            faults.append(Fault(one.place, "code", one.code, f"has {len(question.rows)} rows only"))  # type: ignore[attr-defined]
        elif row:
            if row in rows.setdefault(question.id, {}):
                faults.append(Fault(one.place, "code", one.code, "this row stands here twice"))
            rows[question.id][row] = one
        else:
            _keep(found, question, one, faults)
    asked = {question.id: question for question in known.values()}
    for id, lines in rows.items():
        _keep_table(found, asked[id], lines, faults)  # type: ignore[arg-type]
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.row or 0), source)
    return {id: found[id] for id in asked if id in found}


def _code_fault(
    match: re.Match[str] | None, known: Mapping[str, Question], by_number: Mapping[int, str], workbook: str
) -> str:
    if match is None:
        return "cannot be read; type the code beside the question, such as 7K, or 7K.2 for a row of a table"
    if int(match[1]) not in by_number:
        return f"is not on the paper of {workbook}: its questions are numbered 1 to {len(by_number)}"
    if f"{match[1]}{match[2]}" not in known:
        return f"has the wrong letter; compare it with the paper, and look whether it is the paper of {workbook}"
    return ""


def _spread(rows: dict[int, Typed], table: Table, one: Typed, faults: list[Fault]) -> None:
    """A table of one column in one line: A | C | B, or letters with spaces between."""
    said = one.said.strip()
    if not said:
        return
    parts = said.split(CELLS)
    if len(parts) == 1 and isinstance(table.cells[0][1], Choice):
        parts = re.split(r"[\s,;]+", said)
    if len(parts) != len(table.rows) or rows:
        reason = f"has {len(parts)} cells, not {len(table.rows)}; a cell left open is a -"
        faults.append(Fault(one.place, str(one.code), one.said, "its rows stand here twice" if rows else reason))
        return
    rows.update({row: Typed(one.place, one.code, part) for row, part in enumerate(parts, start=1)})


def _keep(found: dict[str, Any], question: Question, one: Typed, faults: list[Fault]) -> None:
    try:
        value = read(question, one.said)
    except ValueError as error:
        faults.append(Fault(one.place, str(one.code), one.said, str(error)))
        return
    if not blank(value):
        found[question.id] = value


def _keep_table(found: dict[str, Any], table: Table, lines: Mapping[int, Typed], faults: list[Fault]) -> None:
    held: list[dict[str, Any]] = [dict.fromkeys(table.columns) for _ in table.rows]
    before = len(faults)
    for row, one in lines.items():
        if not one.said.strip():
            continue
        parts = [part.strip() for part in one.said.split(CELLS)]
        if len(parts) != len(table.cells):
            names = f" {CELLS} ".join(table.columns)
            reason = (
                f"has {len(parts)} cells, not {len(table.cells)}; type {names}, with {CELLS} between, empty cells too"
            )
            faults.append(Fault(one.place, str(one.code), one.said, reason))
            continue
        for (name, cell), part in zip(table.cells, parts, strict=True):
            try:
                held[row - 1][name] = read(cell, part)
            except ValueError as error:
                faults.append(Fault(one.place, f"{one.code}, {name}", part, str(error)))
    if len(faults) == before and (fault := table.fault(held)):
        faults.append(Fault(next(iter(lines.values())).place, str(next(iter(lines.values())).code), None, fault))
    elif not blank(held):
        found[table.id] = held


def read(question: Question, said: str) -> Any:
    """One answer as it was typed; ValueError says what to type instead."""
    said = said.strip()
    if not said or said == "-":
        return None
    if isinstance(question, Evidence):
        raise ValueError("asks for a document: name the scanned file with --file, or leave the answer empty")
    if not isinstance(question, Options):
        return question.read(said)
    signs = marks(question)
    if isinstance(question, Choice):
        return signs.get(said.upper()) or _in_words(question, said, f"Type one of {' '.join(signs)}.")
    split = re.split(r"[\s,;]+", said.upper())
    if len(split) == 1 and len(signs) < 27 and all(sign in signs for sign in said.upper()):
        split = list(said.upper())  # CAB
    split = [one for one in split if one]
    if not all(one in signs for one in split):
        if ";" in said or isinstance(question, Choices):
            return _in_words(question, said, f"Type the letters of those that are marked, of {' '.join(signs)}.")
        raise ValueError(f"Type the letters in order, such as {' '.join(list(signs)[::-1])}.")
    if len(set(split)) != len(split):
        raise ValueError("The same letter stands here twice.")
    keys = [signs[one] for one in split]
    if isinstance(question, Order) and len(keys) != len(signs):
        raise ValueError(f"Type all {len(signs)} letters in order.")
    return question.read("; ".join(keys)) if isinstance(question, Choices) else keys


def _in_words(question: Options, said: str, letters: str) -> Any:
    """What stands there may be an option's own words; what is no option is asked for by the letters of the paper."""
    try:
        return question.read(said)
    except ValueError:
        raise ValueError(letters) from None
