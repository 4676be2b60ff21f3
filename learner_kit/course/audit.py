"""The audit: whether the log of who did what when still is what was written.

Every row of the log holds the SHA-256 of the row before it, so an edited, removed or added row breaks the chain. Somebody
who may write the database could make the whole chain anew; the heads of the log that stand in signed portfolios would
then not fit any more, and neither would a head that was written down elsewhere (`learner-kit verify --audit` prints it).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.course import records
from learner_kit.course.cohort import Cohort

AT_MOST = 50  # faults that are told one by one
ANCHOR = "Log-Head"  # in a portfolio's bag-info.txt: number and hash of the newest row when it was made


@dataclass(frozen=True)
class Audit:
    """What an audit found: rows in the chain, older rows before it, the newest row's hash, and one sentence a fault."""

    rows: int
    before: int
    head: str
    faults: tuple[str, ...]


def head(connection: sa.Connection) -> str:
    """The newest row of the log as `number hash`, to be kept outside the database."""
    found = connection.execute(sa.select(records.head.c.count, records.head.c.hash)).first()
    return f"{found.count} {found.hash}" if found else f"0 {records.START}"


def check(cohort: Cohort, noted: str | None = None) -> Audit:
    """Read the whole log and find every edit and every gap.

    Args:
        cohort: the cohort.
        noted: a head that was written down earlier, as `number hash`; the log must still hold it.

    Returns:
        What was found; `faults` is empty when the log is whole.
    """
    faults: list[str] = []
    hashes: dict[int, str] = {0: records.START}
    decided: Counter[tuple[Any, ...]] = Counter()
    with cohort.engine.connect() as connection:
        counted, top = connection.execute(sa.select(records.head.c.count, records.head.c.hash)).first() or (0, "")
        before, digest = records.before_chain(connection)
        begun: dict[str, Any] = {}
        last, last_hash, count = 0, records.START, 0
        for row in _chain(connection):
            count += 1
            place = f"row {row['number']} ({row['at']:%Y-%m-%d %H:%M} UTC, {row['who']}: {row['what']} {row['about']})"
            if row["number"] != last + 1:
                faults.append(f"{_span(last + 1, row['number'] - 1)} gone from the log")
            elif row["previous"] != last_hash:
                faults.append(f"{place} does not follow from the row before it: one of the two was changed")
            if records.row_hash(row["previous"] or "", row["number"], row) != row["hash"]:
                faults.append(f"{place} was changed")
            last, last_hash = row["number"], row["hash"]
            hashes[last] = last_hash
            if row["what"] == records.BEGUN:
                begun = _read(row["detail"])
            elif row["what"] == "judge":
                decided[_told(row)] += 1
        rows = [dict(row) for row in connection.execute(sa.select(records.log).where(_unchained())).mappings()]
        decided.update(_told(row) for row in rows if row["what"] == "judge")
        if counted > last:
            faults.append(f"{_span(last + 1, counted)} gone from the end of the log")
        elif (counted, top) != (last, last_hash):
            faults.append("the end of the log does not fit its last row: one of the two was changed")
        if before != begun.get("rows_before", 0) or (begun and digest != begun.get("sha256")):
            said = begun.get("rows_before", 0)
            faults.append(
                f"the {said} rows from before the chain were changed, or rows were added past it ({before} now)"
            )
        faults += _judgements(connection, decided)
    faults += _anchors(cohort, hashes)
    if noted and not _holds(noted, hashes):
        faults.append(f"the log no longer holds the row that was noted as {noted}")
    if len(faults) > AT_MOST:
        faults = [*faults[:AT_MOST], f"and {len(faults) - AT_MOST} more"]
    return Audit(count, before, f"{last} {last_hash}", tuple(faults))


def _unchained() -> Any:
    return records.log.c.number.is_(None)


def _chain(connection: sa.Connection) -> Iterator[Any]:
    query = sa.select(records.log).where(~_unchained()).order_by(records.log.c.number)
    yield from connection.execution_options(yield_per=1000).execute(query).mappings()


def _span(first: int, last: int) -> str:
    return f"row {first} is" if first == last else f"rows {first} to {last} are"


def _read(detail: str) -> dict[str, Any]:
    try:
        held = json.loads(detail)
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def _told(row: Any) -> tuple[Any, ...]:
    """A judgement as the log tells it."""
    held = _read(row["detail"])
    return row["who"], row["about"], held.get("decision"), held.get("attempt"), held.get("corrects")


def _judgements(connection: sa.Connection, decided: Counter[tuple[Any, ...]]) -> list[str]:
    """Every decision must stand in the log as it stands in its own table, and the other way round."""
    faults = []
    left = decided.copy()
    for row in connection.execute(sa.select(records.judgements)).mappings():
        told = (
            row["assessor"],
            f"{row['learner']} {row['criterion']}",
            row["decision"],
            row["attempt"],
            row["corrects"],
        )
        if left[told]:
            left[told] -= 1
        else:
            faults.append(f"judgement {row['id']} ({told[1]}: {row['decision']}) does not stand so in the log")
    faults += [
        f"the log tells of a judgement that is gone: {told[1]}, {told[2]}, by {told[0]}" for told in left.elements()
    ]
    return faults


def _anchors(cohort: Cohort, hashes: dict[int, str]) -> list[str]:
    """The heads in signed portfolios; each must still be a row of the log."""
    faults = []
    for path in sorted((cohort.path / "portfolios").glob("*/bag-info.txt")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, said = line.partition(":")
            if name == ANCHOR and not _holds(said.strip(), hashes):
                faults.append(f"the log is not the one that the portfolio {path.parent.name} was made under")
    return faults


def _holds(noted: str, hashes: dict[int, str]) -> bool:
    number, _, said = noted.strip().partition(" ")
    return number.isdigit() and bool(said.strip()) and hashes.get(int(number)) == said.strip()
