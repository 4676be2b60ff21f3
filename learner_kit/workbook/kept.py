"""A learner's answers on their own disk: every change is written at once, and nothing kept is ever lost.

Several tabs may hold the same file: each change locks it, reads it again and changes only what changed. A damaged file is
set aside, never overwritten. Where nothing can be written, answers last in memory and the learner is told.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from learner_kit import files
from learner_kit.errors import DataError
from learner_kit.workbook.answers import LEARNER, Answers, load_answers, save_answers

LOCK_WAIT = 5.0  # seconds another tab may hold the file


class Kept(NamedTuple):
    """What stands in the file, and a sentence for the learner when something was amiss."""

    answers: Answers
    notice: str | None = None


class Keeper:
    """The answers of one workbook: `now` as they stand, `notice` when the learner must know something.

    Args:
        path: the file; None keeps everything in memory.
        workbook: the name that stands in the file.
        start: what to begin with; the file when left out.
        writes: False leaves the disk as it is (nbgrader reading what was handed in).
    """

    def __init__(self, path: Path | None, workbook: str, start: Answers | None = None, writes: bool = True):
        self.path, self.workbook = path, workbook
        self.now = start or Answers(workbook)
        self._writes = writes and path is not None
        self._unsaved: dict[str, Any] = {}
        self._unsaved_learner: str | None = None
        self._notices: dict[str, str] = {}
        if path is None:
            return
        seen = peek(path, workbook)
        if seen.notice and self._writes:
            self._write(lambda: recover(path, workbook))
        else:
            self._take(seen)
        if self.now.workbook not in (None, workbook):
            self._notices["other"] = (
                f"The answers in this folder were saved for workbook {self.now.workbook}, and this is {workbook}. "
                "Ask your facilitator before you go on."
            )

    @property
    def notice(self) -> str | None:
        """What the learner must know about how answers are kept; None when all is well."""
        return " ".join(self._notices.values()) or None

    @property
    def on_disk(self) -> bool:
        """Whether everything kept so far is on disk."""
        return self._writes and "memory" not in self._notices

    def put(self, id: str, value: Any) -> None:
        """Keep an answer; None takes it away."""
        self.put_all({id: value})

    def put_all(self, values: Mapping[str, Any]) -> None:
        """Keep several answers in one write."""
        self._unsaved.update(values)
        self._save()

    def identify(self, learner: str) -> None:
        """Keep the learner's number."""
        self._unsaved_learner = learner
        self._save()

    def _save(self) -> None:
        path = self.path
        if self._writes and path is not None:
            self._write(lambda: change(path, self.workbook, self._edited))
        else:
            self.now = self._edited(self.now)

    def _edited(self, answers: Answers) -> Answers:
        merged = {**answers.answers, **self._unsaved}
        kept = {id: value for id, value in merged.items() if value is not None}
        learner = self._unsaved_learner or answers.learner
        return replace(answers, workbook=self.workbook, learner=learner, answers=kept)

    def _write(self, act: Callable[[], Kept]) -> None:
        try:
            self._take(act())
            self._unsaved.clear()
            self._unsaved_learner = None
            self._notices.pop("memory", None)
        except (OSError, NotImplementedError) as error:
            self.now = self._edited(self.now)
            self._notices["memory"] = _why_unsaved(error, self.path)

    def _take(self, kept: Kept) -> None:
        self.now = kept.answers
        if kept.notice:
            self._notices["damaged"] = kept.notice


def peek(path: Path, workbook: str) -> Kept:
    """Read a learner's own file without touching the disk; a damaged one gives no answers and a notice."""
    if not path.exists():
        return Kept(Answers(workbook))
    try:
        return Kept(load_answers(path))
    except DataError as error:
        return Kept(Answers(workbook), f"The saved answers could not be read. {error}")


def change(path: Path, workbook: str, edit: Callable[[Answers], Answers]) -> Kept:
    """Change a learner's own file under a lock: read it again, edit, write; a damaged file is set aside first.

    Raises:
        OSError: the file could not be locked or written; nothing of it changed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        now, notice = _recovered(path, workbook)
        return Kept(save_answers(path, edit(now)), notice)


def recover(path: Path, workbook: str) -> Kept:
    """Read a learner's own file; a damaged one is renamed, never overwritten, and the notice says where it is.

    What is sound in a damaged file is taken over, so that one strange value does not cost the other answers.

    Raises:
        OSError: the file could not be locked or renamed.
    """
    with _locked(path):
        return _recovered(path, workbook)


def _recovered(path: Path, workbook: str) -> Kept:
    seen = peek(path, workbook)
    if seen.notice is None:
        return seen
    with path.open("rb") as file:  # a file that cannot be opened just now is not damaged: leave it where it is
        file.read(1)
    rescued = _sound_part(path, workbook)
    aside = _free(path.with_name(f"{path.stem}.damaged-{datetime.now():%Y%m%d-%H%M%S}{path.suffix}"))
    files.replace(path, aside)
    count = len(rescued.answers)
    if count:
        rescued = save_answers(path, rescued)
    saved = f" The {count} answer{'' if count == 1 else 's'} in it that could be read still stand{'s' if count == 1 else ''} here."
    return Kept(
        rescued,
        f"The file with your saved answers was damaged. It is kept as {aside.name}, so nothing is thrown away; "
        f"show it to your facilitator.{saved if count else ''} You can go on: new answers are saved.",
    )


def _sound_part(path: Path, workbook: str) -> Answers:
    """The answers of a damaged file that are sound by themselves; none when it cannot be read as JSON."""
    try:
        found = json.loads(path.read_bytes().decode("utf-8-sig"))
        given = found["answers"].items()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, MemoryError):
        return Answers(workbook)
    learner = found.get("learner")
    learner = learner if isinstance(learner, str) and LEARNER.fullmatch(learner) else None
    sound = Answers(workbook, learner)
    for key, value in [*given][:500]:
        one = {"format": 1, "workbook": workbook, "learner": learner, "answers": {key: value}}
        try:
            read = load_answers(json.dumps(one).encode())
        except (DataError, RecursionError):
            continue
        sound = replace(sound, answers={**sound.answers, **read.answers})
    return sound


def _free(path: Path) -> Path:
    found, number = path, 2
    while found.exists():
        found, number = path.with_name(f"{path.stem}-{number}{path.suffix}"), number + 1
    return found


def _locked(path: Path) -> Any:
    from filelock import FileLock

    # A lock in a folder that may not be written to can look like one that another program holds (Windows): try first.
    probe = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.try")
    probe.open("wb").close()
    files.remove(probe)
    return FileLock(path.with_name(f".{path.name}.lock"), timeout=LOCK_WAIT)


def _why_unsaved(error: Exception, path: Path | None) -> str:
    if getattr(error, "errno", None) in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        why = "The disk is full. Make room, then change an answer"
    elif isinstance(error, TimeoutError):
        why = "Another program holds the file. Close other tabs with this page, then change an answer"
    else:
        folder = path.parent.name if path else ""
        why = f"The folder {folder} cannot be written to. Copy the workbook to a folder of your own and open it there"
    return f"Your answers are NOT being saved. {why}. Until then they last only while this page is open."
