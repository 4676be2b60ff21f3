"""The files of one learner in a cohort: where they are, how large they are, and taking them away."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

from learner_kit import files
from learner_kit.course.cohort import Cohort

FOLDERS = ("received", "submitted", "autograded", "feedback", "documents", "portfolios", "administration")
EXCHANGE = "exchange"


def of(cohort: Cohort, learner: str) -> list[Path]:
    """A learner's own folders, and what lies in the cohort's exchange under the learner's number."""
    found = [path for name in FOLDERS if (path := cohort.path / name / learner).exists()]
    mine = re.compile(rf"{re.escape(learner)}(?![0-9])")
    for one in sorted((cohort.path / EXCHANGE).rglob("*")):
        if mine.match(one.name) and not any(parent in found for parent in one.parents):
            found.append(one)
    return found


def inside(place: Path) -> list[Path]:
    """The plain files of a folder, or the file itself; links are not followed."""
    every = [place, *sorted(place.rglob("*"))] if place.is_dir() and not place.is_symlink() else [place]
    return [one for one in every if one.is_file() and not one.is_symlink()]


def sizes(places: Iterable[Path]) -> list[int]:
    """The size of every file, in bytes."""
    return [one.stat().st_size for place in places for one in inside(place)]


def remove(cohort: Cohort, places: Iterable[Path]) -> list[str]:
    """Take files and folders away.

    Returns:
        What could not be taken away, as paths in the cohort.
    """
    wanted = list(places)
    for place in wanted:
        if place.is_dir() and not place.is_symlink():
            files.clear(place)
        else:
            with contextlib.suppress(OSError):
                files.remove(place)
    return [place.relative_to(cohort.path).as_posix() for place in wanted if place.is_symlink() or place.exists()]
