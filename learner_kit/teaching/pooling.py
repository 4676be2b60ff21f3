"""The class's own survey: the answers that each learner gathered, or that the class gave, in one table without names.

The table has the columns of the ratings tool of the SO2 lesson (what is rated, how well done, how important), so that the
lesson counts the class's own data as it counts the practice data.
"""

from __future__ import annotations

import csv
import hashlib
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from learner_kit.errors import DataError, KitError
from learner_kit.lessons import own_data
from learner_kit.lessons.own_tables import RATINGS
from learner_kit.tablefile import neutral
from learner_kit.teaching.polling import Asked

MARK = next(one for one in RATINGS if one.name == "performance")
DIFFERENT = next(one.different for one in RATINGS if one.name == "attribute")


@dataclass(frozen=True)
class Row:
    """One rating by one customer: marks from 1 to 5; no importance where it was not asked."""

    attribute: str
    performance: str
    importance: str = ""


@dataclass(frozen=True)
class Pool:
    """The ratings of the class, and the files that were left alone, with why."""

    rows: tuple[Row, ...]
    files: int
    left: tuple[tuple[str, str], ...]


def pool(tables: Iterable[tuple[str, bytes]], asked: Sequence[Asked] = (), seed: int | None = None) -> Pool:
    """Put what learners gathered into one table, in an order drawn by chance.

    Args:
        tables: file name and content of CSV or Excel files with the columns of the ratings tool, under any heading that
            tells them; all other columns (names, telephone numbers) are left behind.
        asked: questions to the class whose answers are marks (1 to 5, or words such as Very well).
        seed: fixes the order, for tests; by chance without one.

    Raises:
        KitError: nothing could be used at all; it says why.

    Example:
        >>> found = pool([("a.csv", b"Name;Item;Rating\\nThandi;Delivery;4\\n")], seed=1)
        >>> found.rows
        (Row(attribute='Delivery', performance='4', importance=''),)
    """
    rows: list[Row] = []
    left: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
    used = 0
    for name, content in tables:
        digest = hashlib.sha256(content).hexdigest()
        if digest in seen:
            left.append((name, f"is the same file as {seen[digest]}"))
            continue
        seen[digest] = name
        try:
            rows += _of_table(name, content)
            used += 1
        except DataError as error:
            more = f"; and {len(error.faults) - 3} more" if len(error.faults) > 3 else ""
            left.append((name, "; ".join(str(one) for one in error.faults[:3]) + more))
        except KitError as error:
            left.append((name, str(error)))
    for one in asked:
        rows += of_question(one)
    rows = _alike(rows)
    if len({one.attribute for one in rows}) > DIFFERENT:
        raise KitError(
            f"The files rate more than {DIFFERENT} different things. Agree with the class on the same few, and use their names."
        )
    if not rows:
        why = "; ".join(f"{name}: {said}" for name, said in left[:5]) or "choose files, or a question with marks"
        raise KitError(f"There is nothing to put together: {why}.")
    (random.Random(seed) if seed is not None else random.SystemRandom()).shuffle(rows)
    return Pool(tuple(rows), used, tuple(left))


def rates(asked: Asked) -> bool:
    """Whether the answers to a question to the class are marks that can be counted with ratings."""
    poll = asked.poll
    return asked.result is not None and poll.kind == "choice" and all(_mark(one) for one in poll.options)


def of_question(asked: Asked) -> list[Row]:
    """The answers to a question to the class as ratings of what was asked."""
    if not rates(asked) or asked.result is None:
        return []
    what = own_data_text(asked.poll.prompt)
    return [Row(what, _mark(answer), "") for answer, many in asked.result.counts for _ in range(many)]


def csv_of(found: Pool) -> bytes:
    """The table as the SO2 lesson's own-data tool takes it; no cell is taken for a formula, and nobody is named."""
    columns = [one for one in RATINGS if one.required or any(row.importance for row in found.rows)]
    held = io.StringIO()
    writer = csv.writer(held, delimiter=";", lineterminator="\r\n")
    writer.writerow([one.label for one in columns])
    for row in found.rows:
        cells = [getattr(row, one.name) for one in columns]
        writer.writerow([neutral(cell) for cell in cells])
    return held.getvalue().encode("utf-8-sig")


def own_data_text(said: Any) -> str:
    """A text as the ratings tool can show it: one line, not too long."""
    line = " ".join(str(said).split())
    return line if len(line) <= 60 else line[:59].rstrip() + "…"


def _of_table(name: str, content: bytes) -> list[Row]:
    table = own_data.open_upload(name, content)
    mapping = own_data.guess(RATINGS, list(table.columns))
    chosen = own_data.choose(table, RATINGS, mapping, name)
    made = []
    for row in chosen.to_dict("records"):
        mark = _plain(row.get("performance"))
        if mark:  # a customer who gave no mark rates nothing
            made.append(Row(own_data_text(row["attribute"]), mark, _plain(row.get("importance"))))
    return made


def _alike(rows: Iterable[Row]) -> list[Row]:
    """Like things under one name: `delivery` and `Delivery ` are the one that came first."""
    names: dict[str, str] = {}
    return [
        Row(names.setdefault(one.attribute.casefold(), one.attribute), one.performance, one.importance) for one in rows
    ]


def _mark(said: str) -> str:
    try:
        return str(own_data.reader(MARK)(said))
    except ValueError:
        return ""


def _plain(value: Any) -> str:
    if value is None or value != value:
        return ""
    return str(value).strip()
