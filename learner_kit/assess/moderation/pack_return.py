"""Taking in what a moderator sends back: checked against the pack that went out, kept as it came, recorded once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit import files
from learner_kit.assess.dates import long_day
from learner_kit.assess.decisions import DECISIONS, standing_judgements
from learner_kit.assess.moderation import packs, raters
from learner_kit.assess.moderation.opened_pack import MORE, RETURN
from learner_kit.assess.moderation.sampling import FINDINGS
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.documents.text import long_date
from learner_kit.errors import KitError
from learner_kit.moments import local, sast

LARGEST = 20 * 2**20
FOLDER = "moderation"  # in the cohort's folder: every file that came back, taken or refused


class Refused(KitError):
    """A file that cannot be taken in; it is kept in the cohort's folder all the same."""


def take_in(
    cohort: Cohort, path: str | Path, who: str, late: str = "", at: dt.datetime | None = None, moderator: str = ""
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Take in the file that a moderator sent back.

    Args:
        cohort: the cohort.
        path: the file.
        who: who takes it in, for the log.
        late: the reason for taking in one that comes after its day.
        at: the time (UTC); now without one.
        moderator: whose findings are expected; anybody's without it.

    Returns:
        How many judgements were upheld, overturned, and need more evidence; and notes on what is worth knowing.

    Raises:
        KitError: the file cannot be read, or the pack went to another moderator than the one expected.
        Refused: it was edited, came back already, is late, or belongs to another cohort or pack. Nothing is recorded, and
            the file is kept.
    """
    at = at or records.now()
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise KitError(f"{path} is too large to be what a moderator sends back.")
        content = path.read_bytes()
    except OSError as error:
        raise KitError(f"{path} cannot be read: {error.strerror or error}.") from None
    try:
        held = _read(content)
        row = _check(cohort, held, late, at)
        if moderator and moderator != row["moderator"]:
            raise KitError(f"These are findings of {row['moderator']}, not of {moderator}. Nothing was recorded.")
        rows, told = _rest(cohort, row, _rows(cohort, held, row, at))
    except Refused as refusal:
        _keep(cohort, "refused", path.name, content)
        with records.transaction(cohort.engine) as connection:
            records.note(connection, who, "refuse moderation", path.name[:120], str(refusal))
        raise
    replaced = _replaced(cohort, row["sample"], rows)
    _keep(cohort, "returned", path.name, content)
    counts = {name: sum(one["finding"] == name for one in rows) for name in FINDINGS}
    with records.transaction(cohort.engine) as connection:
        table = records.packs
        taken = connection.execute(
            table.update()
            .where(table.c.id == row["id"], table.c.receipt == row["receipt"])
            .values(returned_at=at, receipt=held["receipt"])
        )
        if taken.rowcount != 1:
            raise Refused(
                f"{_name(cohort, row)} was taken in at another desk a moment ago. Nothing was recorded twice."
            )
        connection.execute(records.moderation.insert(), rows)
        detail = {**counts, "receipt": held["receipt"], "sample": row["sample"], "late": late}
        detail |= {"replaced": replaced[0]} if replaced else {}
        records.note(connection, who, "take in moderation", row["id"], detail)
    return counts, (*told, *replaced, *_notes(cohort, rows, held))


def _read(content: bytes) -> dict[str, Any]:
    try:
        held = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refused("This is not a file that a moderator's kit makes, or it is damaged.") from None
    if not isinstance(held, dict) or held.get("format") != RETURN or not isinstance(held.get("findings"), dict):
        raise Refused("This is not a file that a moderator's kit makes.")
    if "receipt" not in held:
        raise Refused(
            "It has no receipt: it is the file in which the moderator's kit keeps findings during the work, or it was edited. "
            "Ask for the one that the kit makes to send back: “Make the file to send back”, or open-pack with --return."
        )
    if packs.receipt(held) != held.get("receipt"):
        raise Refused(
            "It was edited after it was made: its receipt does not fit what it says. Ask the moderator to send it again."
        )
    return held


def _check(cohort: Cohort, held: dict[str, Any], late: str, at: dt.datetime) -> dict[str, Any]:
    """The row of the pack it belongs to."""
    if held.get("identity") != packs.identity(held.get("cohort"), cohort.seed):  # its name may be another by now
        raise Refused(f"It belongs to another cohort ({held.get('cohort')!s:.60}), not to {cohort.name}.")
    query = sa.select(records.packs).where(records.packs.c.id == str(held.get("pack")))
    found = records.rows(cohort.engine, query)
    if not found:
        raise Refused(f"It belongs to a pack that {cohort.name} never made ({held.get('pack')!s:.40}).")
    row = found[0]
    if held.get("pack_sha256") != row["sha256"]:
        raise Refused("The pack was changed after it left: what was looked at is not what was sent.")
    if held.get("moderator") != row["moderator"]:
        raise Refused(f"The pack went to {row['moderator']}, but {held.get('moderator')!s:.20} sends it back.")
    enrol.require(cohort, row["moderator"], "moderator")
    if row["returned_at"] is not None and row["receipt"] in ("", held["receipt"]):
        when = sast(row["returned_at"])
        raise Refused(f"{_name(cohort, row)} came back already and was taken in on {when}. Nothing was recorded twice.")
    if row["due"] is not None and local(at).date() > row["due"] and not late.strip():
        raise Refused(
            f"It was due on {long_date(row['due'])} and comes on {long_day(at)}. To take it in all the "
            "same, give the reason."
        )
    return row


def _name(cohort: Cohort, row: dict[str, Any]) -> str:
    return packs.name(cohort.name, row["sample"], row["id"])


def _rows(cohort: Cohort, held: dict[str, Any], row: dict[str, Any], at: dt.datetime) -> list[dict[str, Any]]:
    """What is recorded; every fault is found before anything is."""
    sample = records.rows(
        cohort.engine, sa.select(records.samples.c.drawn).where(records.samples.c.id == row["sample"])
    )
    drawn = {one["learner"] for one in json.loads(sample[0]["drawn"])}
    judged = {one["id"]: one for one in records.rows(cohort.engine, sa.select(records.judgements))}
    allowed = (*DECISIONS, MORE) if row["blind"] else FINDINGS
    rows, faults = [], []
    for learner, found in held["findings"].items():
        for criterion, one in found.items() if isinstance(found, dict) else ():
            number = one.get("judgement") if isinstance(one, dict) else None
            about = judged.get(number) if isinstance(number, int) else None
            fits = about and (about["learner"], about["criterion"]) == (learner, criterion) and learner in drawn
            if not fits or one.get("said") not in allowed or not isinstance(one.get("reason"), str):
                faults.append(f"{learner!s:.20} {criterion!s:.20}")
                continue
            said, decision = one["said"], about["decision"]
            finding = said if not row["blind"] or said == MORE else "upheld" if said == decision else "overturned"
            # In a blind pack the same is asked of every decision: to name only overturns would tell the hidden ones.
            if (finding != "upheld" or row["blind"]) and not one["reason"].strip():
                faults.append(f"{learner} {criterion} (no reason)")
            rows.append(
                {
                    "sample": row["sample"],
                    "judgement": number,
                    "finding": finding,
                    "reason": one["reason"].strip(),
                    "moderator": row["moderator"],
                    "found_at": at,
                    "own_decision": said if row["blind"] and said in DECISIONS else "",
                    "pack": row["id"],
                }
            )
    if faults or not rows:
        what = ", ".join(faults[:5]) or "no finding at all"
        raise Refused(f"It holds what does not fit the pack: {what}. Nothing was recorded.")
    return rows


def _rest(
    cohort: Cohort, row: dict[str, Any], rows: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Of a pack that came back before: what it brings on judgements that had no finding in it then; and what to say of it."""
    if row["returned_at"] is None:
        return rows, ()
    before = records.rows(cohort.engine, sa.select(records.moderation).where(records.moderation.c.pack == row["id"]))
    had = {one["judgement"]: (one["finding"], one["reason"]) for one in before}
    rest = [one for one in rows if one["judgement"] not in had]
    other = sum(had.get(one["judgement"]) not in (None, (one["finding"], one["reason"])) for one in rows)
    if not rest:
        raise Refused(
            f"{_name(cohort, row)} came back already on {sast(row['returned_at'])} "
            f"{'with other findings ' if other else ''}(receipt {row['receipt']}), and nothing new came. What was recorded "
            "stays. Record a change of mind on the moderator's desk, or make a new pack."
        )
    told = [f"the rest of a pack that came back on {sast(row['returned_at'])}"]
    if other:
        some = "1 finding says" if other == 1 else f"{other} findings say"
        told.append(f"{some} something else than before; what was recorded stays, and a change goes in at the desk")
    return rest, tuple(told)


def _replaced(cohort: Cohort, sample: int, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """How many findings recorded before stand no longer once these are in, and whose they were."""
    taken = {one["judgement"] for one in rows}
    gone = [one for one in raters.findings(cohort, sample) if one["judgement"] in taken]
    if not gone:
        return ()
    whose = ", ".join(sorted({one["moderator"] for one in gone}))
    some = f"{len(gone)} earlier finding{'' if len(gone) == 1 else 's'} replaced"
    return (f"{some} (recorded by {whose}); {'it stays' if len(gone) == 1 else 'they stay'} in the record",)


def _notes(cohort: Cohort, rows: list[dict[str, Any]], held: dict[str, Any]) -> tuple[str, ...]:
    stands = {row["id"] for row in standing_judgements(cohort).values()}
    since = sum(one["judgement"] not in stands for one in rows)
    notes = [f"{since} of these judgements were corrected or judged again since the pack was made"] if since else []
    drawn = records.rows(
        cohort.engine, sa.select(records.samples.c.drawn).where(records.samples.c.id == held["sample"])
    )
    silent = [one["learner"] for one in json.loads(drawn[0]["drawn"]) if one["learner"] not in held["findings"]]
    return tuple(notes + ([f"not looked at: {', '.join(silent)}"] if silent else []))


def _keep(cohort: Cohort, kind: str, name: str, content: bytes) -> None:
    """Keep the file as it came; the same content is kept once."""
    place = cohort.path / FOLDER / kind / f"{hashlib.sha256(content).hexdigest()[:16]}.json"
    try:
        if not place.is_file():
            files.write(place, content)
    except OSError as error:
        raise KitError(f"{name} could not be kept in {place.parent}: {error.strerror or error}.") from None
