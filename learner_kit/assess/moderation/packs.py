"""Moderation packs: a zip with everything a moderator needs who has neither the cohort nor its database.

`make` packs a sample; the moderator opens it with `opened_pack` in any installed kit and sends back one small file, which
`take_in` checks. In a blind pack nothing tells what the assessors decided; the moderator decides first, and whether that
upholds the assessor's decision is worked out when the file comes back.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit import files
from learner_kit.assess import evidence, judgement, sheet
from learner_kit.assess.items import graded_answers
from learner_kit.assess.moderation import pack_forms, pack_page, raters, sampling
from learner_kit.assess.portfolio.contents import safe_name
from learner_kit.course import enrol, memos, records
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
from learner_kit.documents.text import long_date
from learner_kit.errors import KitError

FORMAT = "learner-kit moderation pack 1"
PACK, PAGE = "pack.json", "read-me.html"
HIDDEN = "drawn by the seed, or always looked at"  # in a blind pack; the stratum would tell the result


def name(cohort: str, sample: int, id: str) -> str:
    """The one name of a pack: of its file, at the desks, in receipts and in what comes back.

    Example:
        >>> name("may", 1, "3f2a91bc7d10")
        'moderation-may-1-3f2a'
    """
    return f"moderation-{safe_name(cohort)}-{sample}-{id[:4]}"


def identity(called: object, seed: str) -> str:
    """What tells a cohort from every other, also from one of the same name: its name when the pack was made, and its seed."""
    return hashlib.sha256(f"{called}|{seed}".encode()).hexdigest()[:20]


def make(
    cohort: Cohort, number: int, moderator: str, out: str | Path, blind: bool = False, due: dt.date | None = None
) -> Path:
    """Pack a sample for a moderator.

    Args:
        cohort: the cohort.
        number: the sample.
        moderator: the code of the registered moderator who will work on it.
        out: a folder, or the zip to make.
        blind: leave out what the assessors decided, and the marks and comments they gave.
        due: the day by which it must be back; one that comes later is refused unless a reason is given.

    Returns:
        The zip.

    Raises:
        KitError: no such sample or moderator, the due day has passed, or the zip cannot be written. Nothing is left behind.
    """
    enrol.require(cohort, moderator, "moderator")
    sample = next((one for one in sampling.samples(cohort) if one["id"] == number), None)
    if sample is None:
        raise KitError(f"There is no sample {number} in {cohort.name}.")
    if due is not None and due < dt.date.today():
        raise KitError(f"The pack would be due on {long_date(due)}, which has passed.")
    id = secrets.token_hex(6)
    out = Path(out)
    target = out if out.suffix.lower() == ".zip" else out / f"{name(cohort.name, number, id)}.zip"
    if target.exists():
        raise KitError(f"{target} exists already; nothing was changed. Give another name.")
    cover = pack_forms.people(cohort) if blind else None
    held = _held(cohort, sample, moderator, id, cover, due)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".making-", suffix=".zip", dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise KitError(f"The pack cannot be written to {target.parent}: {error.strerror or error}.") from None
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in held["learners"]:
                _documents(cohort, archive, one, held["files"], cover)
            archive.writestr(PAGE, pack_page.page(held, name(cohort.name, number, id)))
            said = json.dumps(held, ensure_ascii=False, indent=1)
            archive.writestr(PACK, said)
        files.replace(temporary, target)
    except OSError as error:
        raise KitError(f"The pack could not be made: {error.strerror or error}.") from None
    finally:
        Path(temporary).unlink(missing_ok=True)
    row = {
        "id": id,
        "sample": number,
        "moderator": moderator,
        "blind": blind,
        "made_at": records.now(),
        "due": due,
        "sha256": hashlib.sha256(said.encode()).hexdigest(),
    }
    with records.transaction(cohort.engine) as connection:
        connection.execute(records.packs.insert().values(**row))
        detail = {"sample": number, "blind": blind, "due": str(due) if due else None, "learners": len(held["learners"])}
        records.note(connection, moderator, "moderation pack", id, detail)
    return target


def found_before(cohort: Cohort, number: int, moderator: str) -> str:
    """What to tell when a pack goes to somebody who has findings on its portfolios already; empty when there are none."""
    drawn = {one.learner for each in sampling.samples(cohort) if each["id"] == number for one in each["drawn"]}
    had = [row for row in raters.findings(cohort) if row["moderator"] == moderator and row["learner"] in drawn]
    if not had:
        return ""
    some = f"{len(had)} finding{'' if len(had) == 1 else 's'}"
    return f"{moderator} has {some} on these portfolios already. What comes back replaces those on the same judgements."


def made(cohort: Cohort) -> list[dict[str, Any]]:
    """Every pack that was made, oldest first, and whether it is back."""
    return records.rows(cohort.engine, sa.select(records.packs).order_by(records.packs.c.made_at, records.packs.c.id))


def receipt(held: dict[str, Any]) -> str:
    """The code that names exactly what a moderator sends back; both sides can work it out.

    Example:
        >>> receipt({"pack": "a1", "findings": {}, "receipt": "anything"})
        'OOXA-N7PJ-V2VU-IFSG'
    """
    plain = json.dumps({name: value for name, value in held.items() if name != "receipt"}, sort_keys=True)
    code = base64.b32encode(hashlib.sha256(plain.encode()).digest()).decode()[:16]
    return "-".join(code[place : place + 4] for place in range(0, 16, 4))


def _held(
    cohort: Cohort,
    sample: dict[str, Any],
    moderator: str,
    id: str,
    cover: pack_forms.Cover | None,
    due: dt.date | None,
) -> dict[str, Any]:
    unit, blind = cohort.programme.unit, cover is not None
    held: dict[str, Any] = {
        "format": FORMAT,
        "pack": id,
        "cohort": cohort.name,
        "identity": identity(cohort.name, cohort.seed),
        "sample": sample["id"],
        "moderator": moderator,
        "blind": blind,
        "made_at": f"{records.now().isoformat()}+00:00",
        "due": str(due) if due else None,
        "unit": {"id": unit.id, "title": unit.title},
        "seed": sample["seed"],
        "rules": json.loads(sample["rules"]),
        "evidence_rules": list(cohort.programme.rules.evidence_rules),
        "frame": None if blind else json.loads(sample["frame"]),
        "drawn": [one.learner if blind else {"learner": one.learner, "why": one.why} for one in sample["drawn"]],
        "learners": [_learner(cohort, one, cover) for one in sample["drawn"]],
        "files": {},
    }
    return held


def _learner(cohort: Cohort, drawn: sampling.Drawn, cover: pack_forms.Cover | None) -> dict[str, Any]:
    blind = cover is not None
    standings = {one.criterion: one for one in evidence.matrix(cohort, drawn.learner)}
    decided = {id: row for (_, id), row in judgement.standing_judgements(cohort, drawn.learner).items()}
    answers = {name: graded_answers(cohort, drawn.learner, name) for name in cohort.workbooks}
    judged = []
    for criterion in cohort.programme.unit.criteria:
        row = decided.get(criterion.id)
        if row is None:
            continue
        one: dict[str, Any] = {
            "criterion": criterion.id,
            "number": criterion.number,
            "handle": criterion.handle,
            "says": criterion.says,
            "judgement": row["id"],
            "exhibits": _exhibits(cohort, standings[criterion.id], answers, cover),
            "forms": pack_forms.forms(cohort, drawn.learner, criterion.id, row["decided_at"], cover),
        }
        if not blind:
            one |= {
                "decision": row["decision"],
                "attempt": row["attempt"],
                "assessor": row["assessor"],
                "decided_at": row["decided_at"].isoformat(),
                "rules_met": json.loads(row["evidence_rules"]),
                "reason": row["reason"],
                "override": row["override"],
            }
        judged.append(one)
    return {"learner": drawn.learner, "why": HIDDEN if blind else drawn.why, "judged": judged}


def _exhibits(
    cohort: Cohort, standing: evidence.Standing, answers: dict[str, dict[str, Any]], cover: pack_forms.Cover | None
) -> list[dict[str, Any]]:
    """The questions of a criterion with answer, outcome, documents and memo, as plain text."""
    found, blind = [], cover is not None
    for workbook, given in answers.items():
        if not (cohort.path / "submitted" / standing.learner / workbook).is_dir():
            continue
        memo = memos.beside(cohort, workbook, standing.learner)
        ran = masters.run(masters.read(cohort.master(workbook)), given, standing.learner)
        asked = sheet.about(ran, cohort.programme.unit, standing.criterion)
        tables = sheet.above(ran, asked)
        for id, question in asked.items():
            items = [item for item in standing.items if item.id == id and item.workbook == workbook]
            listed = given.get(id) if question.kind == "evidence" else None
            found.append(
                {
                    "workbook": workbook,
                    "given": [
                        {"caption": one.caption, "columns": one.columns, "rows": one.rows} for one in tables.get(id, ())
                    ],
                    "question": question.prompt,
                    "answer": _covered(question.show(given.get(id)) or "", cover),
                    "outcome": [] if question.kind == "evidence" else [_outcome(item, blind) for item in items],
                    "documents": [
                        {"file": str(one.get("file", "")), "note": _covered(str(one.get("note") or ""), cover)}
                        for one in (listed if isinstance(listed, list) else [])
                        if isinstance(one, dict)
                    ],
                    "memo": _memo_text(memo.get(id, {})),
                }
            )
    return found


def _covered(said: str, cover: pack_forms.Cover | None) -> str:
    return cover.sub(pack_forms.COVERED, said) if cover else said


def _outcome(item: evidence.Item, blind: bool) -> str:
    if item.kind == evidence.MARKED:
        if blind:
            return "marked by the assessor (hidden in a blind pack)"
        return f"marked {item.mark}. {item.said}".strip() if item.share is not None else "not marked"
    if item.share is None:
        return "not scored"
    return ("shown" if item.shown else "partly shown" if item.share else "not shown") + " by a check"


def _memo_text(memo: dict[str, Any]) -> list[str]:
    lines = [str(memo.get("shown") or memo["answer"])] if "answer" in memo else []
    lines += [str(memo[name]) for name in ("model", "why") if name in memo]
    lines += [f"Look for: {line}" for line in memo.get("look_for", ())]
    lines += [f"{level.get('points', '')} points: {level.get('says', '')}" for level in memo.get("levels", ())]
    return lines


def _documents(
    cohort: Cohort,
    archive: zipfile.ZipFile,
    learner: dict[str, Any],
    listed: dict[str, str],
    cover: pack_forms.Cover | None,
) -> None:
    """Copy the workplace documents that the exhibits name into the pack, in pieces, and say where they stand.

    In a blind pack a document whose own name names somebody is called `document` and its ending.
    """
    taken: list[str] = []
    places: dict[tuple[str, str], str] = {}
    for exhibit, one in _named_in(learner):
        key = (exhibit["workbook"], one["file"])
        root = cohort.path / "submitted" / learner["learner"] / exhibit["workbook"] / "evidence"
        path = root / one["file"]
        if key not in places and path.is_file() and path.resolve().is_relative_to(root.resolve()):
            named = cover and cover.sub("", path.name) != path.name
            taken.append(safe_name(f"document{path.suffix}" if named else path.name, taken))
            places[key] = f"evidence/{learner['learner']}/{taken[-1]}"
            with path.open("rb") as source, archive.open(places[key], "w") as target:
                shutil.copyfileobj(source, target, 2**20)
            listed[places[key]] = files.sha256(path)
        one["path"] = places.get(key, "")
        one["file"] = Path(one["path"]).name if cover and one["path"] else _covered(one["file"], cover)


def _named_in(learner: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every document that a portfolio's exhibits name, with its exhibit."""
    for judged in learner["judged"]:
        for exhibit in judged["exhibits"]:
            for one in exhibit["documents"]:
                yield exhibit, one
