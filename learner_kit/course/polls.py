"""A question to the whole class: the facilitator puts it into a shared folder, each learner's computer puts an answer there.

FOLDER/class-question.json        what is asked at the moment
FOLDER/class-answers/POLL/*.json  one small file for each who answered, under a name drawn by chance

An answer names nobody. Its file's name follows from a secret of the learner's own computer (and the learner's number, where
several share one), so that whoever answers again replaces the first answer, and nobody else can tell whose it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learner_kit import files
from learner_kit.course import dropped, exchange
from learner_kit.errors import KitError

FORMAT, ANSWER = "learner-kit class question 1", "learner-kit class answer 1"
QUESTION, ANSWERS = "class-question.json", "class-answers"
KINDS = {"choice": "One answer", "choices": "Several answers", "number": "A number", "text": "A few words"}
LONGEST, LONGEST_TEXT, MOST_OPTIONS = 600, 200, 20  # letters of a question and of an answer; answers to choose from
_ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class Poll:
    """What is asked: `kind` is a key of KINDS; only choice and choices have options."""

    id: str
    prompt: str
    kind: str
    options: tuple[str, ...] = ()

    def fault(self, value: Any) -> str | None:
        """Say why a value cannot be an answer, or None.

        Example:
            >>> new("Which?", "choice", ["A", "B"]).fault(2)
            'is none of the answers offered'
        """
        if self.kind == "choice":
            return None if self._place(value) else "is none of the answers offered"
        if self.kind == "choices":
            good = isinstance(value, list) and value and all(map(self._place, value)) and len(set(value)) == len(value)
            return None if good else "is none of the answers offered"
        if self.kind == "number":
            good = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15
            return None if good else "is no number"
        good = isinstance(value, str) and value.strip() and len(value) <= LONGEST_TEXT
        return None if good else f"is no text of at most {LONGEST_TEXT} letters"

    def _place(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(self.options)


@dataclass(frozen=True)
class Gathered:
    """What came in: the answers in an order drawn by chance, and how many files were left alone, by reason."""

    answers: tuple[Any, ...]
    ignored: tuple[tuple[str, str], ...] = ()


def new(prompt: str, kind: str, options: Sequence[str] = ()) -> Poll:
    """Make a question for the class.

    Args:
        prompt: what is asked, at most 600 letters.
        kind: choice, choices, number or text.
        options: 2 to 20 different answers, for choice and choices.

    Raises:
        KitError: with everything that is wrong with it.

    Example:
        >>> new("Which way suits you?", "choice", ["SMS", "Telephone"]).options
        ('SMS', 'Telephone')
    """
    said, given = _line(prompt), tuple(filter(None, map(_line, options)))
    faults = []
    if not said or len(said) > LONGEST:
        faults.append(f"the question must have 1 to {LONGEST} letters")
    if kind not in KINDS:
        faults.append(f"its kind must be one of {', '.join(KINDS)}")
    elif kind in ("choice", "choices"):
        if not 2 <= len(given) <= MOST_OPTIONS:
            faults.append(f"it needs 2 to {MOST_OPTIONS} answers to choose from, one a line")
        if len({one.casefold() for one in given}) != len(given):
            faults.append("an answer to choose from stands there twice")
        if any(len(one) > LONGEST_TEXT for one in given):
            faults.append(f"an answer to choose from has more than {LONGEST_TEXT} letters")
    elif given:
        faults.append("answers to choose from go with One answer or Several answers")
    if faults:
        raise KitError(f"This cannot be asked yet: {'; '.join(faults)}.")
    return Poll(secrets.token_hex(6), said, kind, given)


def publish(folder: str | Path, poll: Poll) -> None:
    """Put a question into the shared folder, in place of the one before.

    Raises:
        KitError: there is no such folder, or it cannot be written to.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise KitError(f"There is no folder {folder}. Make it first, where all computers of the class can reach it.")
    held = {"format": FORMAT, "poll": poll.id, "prompt": poll.prompt, "kind": poll.kind, "options": list(poll.options)}
    try:
        place = folder / ANSWERS / poll.id
        place.mkdir(parents=True, exist_ok=True)
        if exchange.is_live(folder):
            (folder / ANSWERS).chmod(exchange.SHARED)
            place.chmod(exchange.ANSWERS)
        else:
            files.share(place)
    except OSError as error:
        raise KitError(f"{folder} cannot be written to ({error.strerror or error}). Nothing was asked.") from None
    dropped.put(folder / QUESTION, held)


def current(folder: str | Path) -> Poll | None:
    """The question that is asked at the moment, or None.

    Raises:
        KitError: the folder cannot be reached, or what stands there is no question of this kit.
    """
    folder = Path(folder)
    if not folder.is_dir():
        if exchange.is_live(folder):  # made with the first question
            return None
        raise KitError(f"The folder {folder} cannot be reached. Ask your facilitator where it is.")
    try:
        held = dropped.read(folder / QUESTION)
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        said = getattr(error, "strerror", None) or error
        raise KitError(f"What stands in {folder} cannot be read ({said}). Tell your facilitator.") from None
    options = held.get("options")
    plain = (
        held.get("format") == FORMAT
        and isinstance(held.get("poll"), str)
        and _ID.fullmatch(held["poll"])
        and all(isinstance(held.get(name), str) for name in ("prompt", "kind"))
        and isinstance(options, list)
        and all(isinstance(one, str) for one in options)
    )
    if not plain:
        raise KitError("What stands in the shared folder is no question of this kit. Tell your facilitator.")
    made = new(held["prompt"], held["kind"], options)
    return Poll(held["poll"], made.prompt, made.kind, made.options)


def answer(folder: str | Path, poll: Poll, value: Any, secret: str, learner: str = "") -> Path:
    """Put an answer into the shared folder; the same person's answer before it is replaced.

    Args:
        folder: the shared folder.
        poll: from `current`.
        value: the place of the option (from 0), a list of places, a number, or a text.
        secret: of this computer; it never leaves it.
        learner: the learner's number where several share this computer; it does not leave it either.

    Raises:
        KitError: the answer does not fit, the question is no longer open, or the folder cannot be reached.
    """
    if fault := poll.fault(value):
        raise KitError(f"Your answer {fault}.")
    place = Path(folder) / ANSWERS / poll.id
    if not place.is_dir():
        open_one = current(folder)
        if open_one is None or open_one.id != poll.id:
            raise KitError("This question is closed. Press Look for the question to see whether there is a new one.")
    told = f"{secret}\n{poll.id}\n{learner.strip().upper()}"
    file = f"{hashlib.sha256(told.encode()).hexdigest()[:24]}.json"
    return dropped.put(place / file, {"format": ANSWER, "poll": poll.id, "answer": value})


def gather(folder: str | Path, poll: Poll) -> Gathered:
    """Read the answers that have come in; nothing is changed.

    Raises:
        KitError: the folder cannot be reached.
    """
    answers, ignored = [], []
    found = list(dropped.found(Path(folder) / ANSWERS / poll.id))
    older = _older(one.path for one in found) if exchange.is_live(folder) else set()
    for path, held, why in found:
        if path in older:
            ignored.append((path.name, "is a second answer from the same account"))
        elif held is None:
            ignored.append((path.name, why))
        elif held.get("format") != ANSWER or held.get("poll") != poll.id:
            ignored.append((path.name, "is no answer to this question"))
        elif fault := poll.fault(held.get("answer")):
            ignored.append((path.name, fault))
        else:
            value = held["answer"]
            answers.append(_line(value) if isinstance(value, str) else value)
    random.SystemRandom().shuffle(answers)
    return Gathered(tuple(answers), tuple(ignored))


def _older(paths: Iterable[Path]) -> set[Path]:
    """On a hub each learner has an account of its own: all files of an account but the newest."""
    newest: dict[int, tuple[int, Path]] = {}
    every = []
    for path in paths:
        with contextlib.suppress(OSError):
            about = os.lstat(path)
            every.append(path)
            newest[about.st_uid] = max(newest.get(about.st_uid, (-1, path)), (about.st_ctime_ns, path))
    return set(every) - {path for _, path in newest.values()}


def close(folder: str | Path, poll: Poll) -> None:
    """Take the question and its answers out of the shared folder; a newer question stays."""
    folder = Path(folder)
    try:
        open_one = current(folder)
    except KitError:
        open_one = None
    try:
        if open_one is not None and open_one.id == poll.id:
            files.remove(folder / QUESTION)
        place = folder / ANSWERS / poll.id
        if not place.is_symlink():
            files.clear(place)
    except OSError as error:
        raise KitError(
            f"{folder} cannot be written to ({error.strerror or error}). Close the question again."
        ) from None


def _line(said: Any) -> str:
    """A text on one line, with nothing in it that does not print."""
    return " ".join("".join(one if one.isprintable() else " " for one in str(said)).split())
