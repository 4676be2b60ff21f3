"""The file of answers: read as something nobody vouches for, written whole or not at all."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from learner_kit import files
from learner_kit.errors import DataError, Fault
from learner_kit.workbook.questions import ID, LONGEST, Question, clean

FORMAT = 1
LIMIT = 5_000_000  # bytes; a long workbook, every text at its longest, stays below a tenth of it
DEEPEST = 8  # answers hold at most a list of rows
MOST = 2_000  # answers in one file
PARTS = 20_000  # cells, keys and words in one answer
LEARNER = re.compile(r"L-[0-9]{4,10}")
NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def tidy_learner(typed: str) -> str:
    """A learner number as it was typed, brought to the form L-0001 where it is one; else in capitals.

    Example:
        >>> [tidy_learner(one) for one in ("l0001", " L 0001 ", "l-0001", "12")]
        ['L-0001', 'L-0001', 'L-0001', '12']
    """
    said = str(typed).strip().upper()
    found = re.fullmatch(r"L[\s\u2010-\u2015\u2212_-]*([0-9]{4,10})", said)
    return f"L-{found[1]}" if found else said


@dataclass(frozen=True)
class Answers:
    """What a file of answers says: whose it is, when it was saved, and a plain value for each question id."""

    workbook: str | None = None
    learner: str | None = None
    saved: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    notes: tuple[Fault, ...] = ()  # strange but harmless: left out, and worth telling


def load_answers(source: str | Path | bytes, questions: Iterable[Question] | None = None) -> Answers:
    """Read a file of answers that nobody vouches for.

    Args:
        source: path of the file, or its bytes; at most 5 MB of UTF-8 (a byte-order mark is allowed).
        questions: the workbook's questions; with them each value is checked, and answers to others are left out and noted.

    Returns:
        The answers, with `notes` on what was left out.

    Raises:
        DataError: with every fault of the file: unreadable, too large, not JSON, nested too deep, doubled names, NaN or
            infinity, text that is too long, a value its question cannot hold.

    Example:
        >>> load_answers(b'{"format": 1, "workbook": "so1", "learner": "L-0001", "answers": {"so1-ac1-sales": 60000}}').answers
        {'so1-ac1-sales': 60000}
        >>> load_answers(b"nonsense")
        Traceback (most recent call last):
        ...
        learner_kit.errors.DataError: The file of answers has 1 fault:
          it is not JSON (line 1, column 1): it may be cut off or written by another program
    """
    name = "The file of answers" if isinstance(source, bytes) else str(Path(source).name)
    faults: list[Fault] = []
    found = _parse(_content(source, name), name, faults)
    if not isinstance(found, dict):
        reason = "it holds no answers: it should be one object with format, workbook and answers"
        raise DataError([*faults, Fault(None, None, None, reason)], name)
    notes: list[Fault] = []
    head = _head(found, faults, notes)
    values = _values(found, faults, notes, questions)
    if faults:
        raise DataError(faults, name)
    return Answers(**head, answers=values, notes=tuple(notes))


def save_answers(path: str | Path, kept: Answers) -> Answers:
    """Write a file of answers whole or not at all, stamped with the time.

    Args:
        path: where it goes.
        kept: what it holds; `saved` and `notes` are not taken over.

    Returns:
        What was written.

    Raises:
        OSError: the folder cannot be written to, or the disk is full; what stood there still stands.
        ValueError: a value is not plain (NaN, a set, …).
    """
    stamped = replace(kept, saved=datetime.now().astimezone().isoformat(timespec="seconds"), notes=())
    body = {
        "format": FORMAT,
        "workbook": stamped.workbook,
        "learner": stamped.learner,
        "saved": stamped.saved,
        "answers": stamped.answers,
    }
    try:
        files.write(path, json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    except TypeError as error:
        raise ValueError(f"answers must be plain values: {error}.") from None
    return stamped


def _content(source: str | Path | bytes, name: str) -> bytes:
    if isinstance(source, bytes):
        content = source
    else:
        try:
            with Path(source).open("rb") as file:
                content = file.read(LIMIT + 1)
        except FileNotFoundError:
            raise DataError([Fault(None, None, None, "it is not there")], name) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "no such name can exist"
            raise DataError([Fault(None, None, None, f"it cannot be read: {reason}")], name) from None
    if len(content) > LIMIT:
        reason = f"it is larger than {LIMIT // 1_000_000} MB, which no honest file of answers is"
        raise DataError([Fault(None, None, None, reason)], name)
    return content


def _parse(content: bytes, name: str, faults: list[Fault]) -> Any:
    """Turn bytes into plain values; what JSON allows and answers do not goes to `faults`, what stops reading raises."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) < len(found):
            seen: set[str] = set()
            doubled = {key for key, _ in found if key in seen or seen.add(key)}
            faults.extend(Fault(None, clean(key)[:100], None, "this name stands twice") for key in sorted(doubled)[:20])
        return made

    def constant(said: str) -> None:
        faults.append(Fault(None, None, said, "this is no number: NaN and infinity are not allowed"))

    def whole(digits: str) -> int:
        if len(digits) > 30:
            faults.append(Fault(None, None, digits, "this number is too large"))
            return 0
        return int(digits)

    if not content.strip():
        raise DataError([Fault(None, None, None, "it is empty")], name)
    try:
        said = content.decode("utf-8-sig")
        return json.loads(said, object_pairs_hook=pairs, parse_constant=constant, parse_int=whole)
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        reason = f"it is not JSON ({place}): it may be cut off or written by another program"
    except RecursionError:
        reason = f"it is nested deeper than {DEEPEST} levels"
    except MemoryError:
        reason = "it holds more than this computer can take in"
    raise DataError([*faults, Fault(None, None, None, reason)], name)


def _head(found: dict[str, Any], faults: list[Fault], notes: list[Fault]) -> dict[str, Any]:
    version, workbook, learner, saved = (found.get(key) for key in ("format", "workbook", "learner", "saved"))
    if isinstance(version, bool) or version != FORMAT:
        reason = f"must be {FORMAT}; another version of the kit may have written it"
        faults.append(Fault(None, "format", _shown(version), reason))
    if not isinstance(workbook, str) or len(workbook) > 100 or not NAME.fullmatch(workbook):
        faults.append(Fault(None, "workbook", _shown(workbook), "must be the name of a workbook, for example so1"))
    if learner is not None and not (isinstance(learner, str) and LEARNER.fullmatch(learner)):
        faults.append(Fault(None, "learner", _shown(learner), "must be a learner number such as L-0001, or null"))
    try:
        saved = None if saved is None else datetime.fromisoformat(saved).isoformat(timespec="seconds")
    except (TypeError, ValueError):
        notes.append(Fault(None, "saved", _shown(saved), "is no date and time; it was left out"))
        saved = None
    strange = [key for key in found if key not in {"format", "workbook", "learner", "saved", "answers"}]
    notes.extend(Fault(None, clean(key)[:100], None, "is not known here; it was left out") for key in strange[:20])
    return {"workbook": workbook, "learner": learner, "saved": saved}


def _values(
    found: dict[str, Any], faults: list[Fault], notes: list[Fault], questions: Iterable[Question] | None
) -> dict[str, Any]:
    given = found.get("answers")
    if not isinstance(given, dict):
        faults.append(Fault(None, "answers", _shown(given), "must hold the answers by question id"))
        return {}
    if len(given) > MOST:
        faults.append(Fault(None, "answers", len(given), f"at most {MOST} answers fit in a file"))
        return {}
    asked = None if questions is None else {question.id: question for question in questions}
    values: dict[str, Any] = {}
    for key, raw in given.items():
        shown = clean(key)[:100]
        strange = _strange(raw)
        value = None if strange else _cleaned(raw)
        known = ID.fullmatch(key) and len(key) <= 100 and (asked is None or key in asked)
        if known and not strange and asked is not None:
            strange = asked[key].fault(value)
        if strange:
            faults.append(Fault(None, shown, _shown(raw), strange))
        elif not known:
            notes.append(Fault(None, shown, None, "is no question of this workbook; it was left out"))
        else:
            values[key] = value
    return values


def _strange(value: Any) -> str | None:
    """What no question could hold, whatever its kind; walks without recursion, for the nesting is not ours."""
    todo, seen = [(value, 2)], 0
    while todo:
        one, depth = todo.pop()
        seen += 1
        if depth > DEEPEST:
            return f"it is nested deeper than {DEEPEST} levels"
        if isinstance(one, float) and not math.isfinite(one):
            return "this number is too large"
        if isinstance(one, str) and len(one) > LONGEST:
            return f"this text is {len(one)} characters long; at most {LONGEST} fit"
        if isinstance(one, dict):
            todo.extend((part, depth + 1) for pair in one.items() for part in pair)
        elif isinstance(one, list):
            todo.extend((part, depth + 1) for part in one)
        if seen + len(todo) > PARTS:
            return "it holds more parts than any answer has"
    return None


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list) else value


def _shown(value: Any) -> Any:
    """A short, printable form of a value, for a message; lists and tables are named, not spelt out."""
    if isinstance(value, (list, dict)):
        return f"{'a list' if isinstance(value, list) else 'a table'} of {len(value)}"
    return clean(value)[:60] if isinstance(value, str) else value
