"""The released workbooks that an edition takes: a cohort's own, or, without a cohort, released for practice."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from learner_kit import screen
from learner_kit.course.cohort import Cohort, create
from learner_kit.errors import KitError

PRACTICE = "practice"


@contextmanager
def cohort_or_practice(cohort: Cohort | None) -> Iterator[Cohort]:
    """Give the cohort, or one for practice that lasts as long as it is needed."""
    if cohort is not None:
        yield cohort
        return
    with tempfile.TemporaryDirectory(prefix="learner-kit-", ignore_cleanup_errors=True) as folder:
        made = create(Path(folder) / PRACTICE, seed=PRACTICE)
        try:
            yield made
        finally:
            made.engine.dispose()


def workbooks(cohort: Cohort, wanted: Sequence[str] = (), release: bool = False) -> dict[str, Path]:
    """The folders of released workbooks, by name, in the programme's order.

    Args:
        cohort: the cohort.
        wanted: only these; all that are released without it.
        release: release what is wanted first (a cohort for practice): without `wanted`, all but summative ones.

    Raises:
        KitError: a workbook is not in the programme or not released, or none is.
    """
    from learner_kit.course import release as releases

    known = cohort.programme.workbooks
    strange = [name for name in wanted if name not in known]
    if strange:
        raise KitError(f"There is no workbook {', '.join(strange)}; there are: {', '.join(known) or 'none'}.")
    if release:
        wanted = wanted or for_practice(cohort)
        for name in wanted:
            releases.release(cohort, name, "edition")
    there = {
        name: cohort.release(name) for name in known if (not wanted or name in wanted) and cohort.is_released(name)
    }
    missing = [name for name in wanted if name not in there]
    if missing or not there:
        first = (missing or known or ["WORKBOOK"])[0]
        what = f"{', '.join(missing)} not" if missing else "No workbook"
        raise KitError(
            f"{what} released in {cohort.name} yet. First: {screen.command(f'release {cohort.typed} {first}')}"
        )
    return there


def for_practice(cohort: Cohort) -> list[str]:
    """The workbooks that are not summative alone: nobody practises on the test that counts."""
    stages = {(one.workbook, stage) for one in cohort.programme.activities for stage in one.stage}
    return [
        name
        for name in cohort.programme.workbooks
        if any(workbook == name and stage != "summative" for workbook, stage in stages)
    ]
