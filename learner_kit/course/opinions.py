"""A learner's filled-in form of the programme's evaluation, as one small file that names nobody.

FOLDER/class-evaluation/*.json    where there is a shared folder; the facilitator takes the files in and they are gone

The file holds the answers, which form they belong to, and a key drawn by chance, so that it counts once: no learner, no
time, no computer; its own time on disk says nothing. What is not in it cannot be found out from it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from learner_kit.course import dropped
from learner_kit.errors import KitError

FORMAT = "learner-kit evaluation form 1"
FOLDER = "class-evaluation"
FORMS = {"end": "evaluation.toml", "follow-up": "follow_up.toml"}  # in the programme's folder
LIMIT = 60_000  # bytes of such a file: every answer and several long remarks


def packed(form: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What goes into the file.

    Args:
        form: end or follow-up.
        answers: column of the questionnaire → answer; what is empty is left out.

    Raises:
        KitError: nothing was answered.
    """
    given = {name: said for name, one in answers.items() if one is not None and (said := str(one).strip())}
    if not given:
        raise KitError("Answer at least one question first. Nothing was sent.")
    return {"format": FORMAT, "form": form, "key": secrets.token_hex(12), "answers": given}


def content(form: str, answers: Mapping[str, Any]) -> bytes:
    """The file itself, to carry by hand."""
    return (json.dumps(packed(form, answers), ensure_ascii=False, sort_keys=True) + "\n").encode()


def send(folder: str | Path, form: str, answers: Mapping[str, Any]) -> None:
    """Put a form into the shared folder.

    Raises:
        KitError: nothing was answered, or the folder takes no forms at the moment.
    """
    held = packed(form, answers)
    place = Path(folder) / FOLDER
    if not place.is_dir():
        raise KitError(
            f"{folder} takes no evaluation forms at the moment. Ask your facilitator, or save the form as a file."
        )
    dropped.put(place / dropped.name(), held)


def prepare(folder: str | Path) -> Path:
    """Make the place in a shared folder where forms are put.

    Raises:
        KitError: there is no such folder, or it cannot be written to.
    """
    if not Path(folder).is_dir():
        raise KitError(f"There is no folder {folder}. Make it first, where all computers of the class can reach it.")
    place = Path(folder) / FOLDER
    try:
        place.mkdir(exist_ok=True)
    except OSError as error:
        raise KitError(f"{folder} cannot be written to ({error.strerror or error}).") from None
    return place


def lying(folder: str | Path) -> Iterable[dropped.Dropped]:
    """The forms that lie in a shared folder, or in any folder that holds such files."""
    place = Path(folder) / FOLDER
    return dropped.found(place if place.is_dir() else Path(folder), LIMIT)


def key(one: dropped.Dropped) -> str:
    """What tells a form from every other: its key, or, of a form of an older kit, the name of its file."""
    said = (one.held or {}).get("key")
    return said if isinstance(said, str) and said else one.path.stem


def unpacked(held: Mapping[str, Any], form: str) -> dict[str, str]:
    """The answers of a file.

    Raises:
        ValueError: it is no such form, or of another kind.
    """
    answers = held.get("answers")
    if held.get("format") != FORMAT or not isinstance(answers, dict):
        raise ValueError("is no evaluation form of this kit")
    if held.get("form") != form:
        raise ValueError("is a form of the other kind (end, three months later)")
    if not all(isinstance(name, str) and isinstance(said, str) for name, said in answers.items()):
        raise ValueError("is no evaluation form of this kit")
    return dict(answers)
