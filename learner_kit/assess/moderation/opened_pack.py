"""A moderation pack on the moderator's machine: read it, keep findings beside it, and make the file that goes back.

Neither the cohort nor its database is needed. Findings stand in a file beside the pack, written at every change.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learner_kit import files
from learner_kit.assess.decisions import DECISIONS
from learner_kit.assess.moderation import packs, sampling
from learner_kit.course import records
from learner_kit.course.programme import criterion_id
from learner_kit.errors import KitError

RETURN = "learner-kit moderation findings 1"
LARGEST = 500 * 2**20  # bytes of a pack's own data
MORE = "more evidence"
SAYS = {"C": "competent", "NYC": "not yet competent"}  # what a blind moderator decides, in words


@dataclass(frozen=True)
class Pack:
    """An open pack: where it is, what it holds, and the hash of that."""

    path: Path
    held: dict[str, Any]
    sha256: str

    @property
    def blind(self) -> bool:
        return bool(self.held["blind"])

    @property
    def name(self) -> str:
        """What the provider calls it, whatever its file was called on the way."""
        return packs.name(str(self.held["cohort"]), self.held["sample"], str(self.held["pack"]))

    @property
    def notes(self) -> Path:
        """The file beside the pack that keeps the findings."""
        return self.path.with_name(f"{self.path.stem}.findings.json")

    def judged(self, learner: str) -> dict[str, dict[str, Any]]:
        """Criterion → what was judged, of one portfolio."""
        found = next((one for one in self.held["learners"] if one["learner"] == learner), None)
        if found is None:
            there = ", ".join(one["learner"] for one in self.held["learners"])
            raise KitError(f"{learner} is not in this pack; it holds {there}.")
        return {one["criterion"]: one for one in found["judged"]}


def open_pack(path: str | Path) -> Pack:
    """Open a moderation pack; every document in it is checked against its hash, and nothing is unpacked.

    Raises:
        KitError: it is no pack, it is damaged, or a document in it was changed.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(packs.PACK)
            if info.file_size > LARGEST:
                raise KitError(f"{path} is no moderation pack: its list is too large.")
            content = archive.read(info)
            held = json.loads(content)
            if not _plain(held):
                raise KitError(f"{path} is no moderation pack of this kit.")
            changed = [name for name, said in held["files"].items() if _hash(archive, name) != said]
    except FileNotFoundError:
        raise KitError(f"There is no file {path}.") from None
    except KeyError:
        raise KitError(f"{path} is no moderation pack: parts of it are missing.") from None
    except (zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, EOFError, RecursionError, OSError):
        raise KitError(f"{path} is no moderation pack, or it is damaged. Ask for it again.") from None
    if changed:
        raise KitError(f"{path} was changed since it was made: {', '.join(changed[:5])}. Ask for it again.")
    return Pack(path, held, hashlib.sha256(content).hexdigest())


def _plain(held: Any) -> bool:
    return (
        isinstance(held, dict)
        and held.get("format") == packs.FORMAT
        and isinstance(held.get("files"), dict)
        and isinstance(held.get("sample"), int)
        and str(held.get("pack")).isalnum()
        and isinstance(held.get("learners"), list)
        and all(isinstance(one, dict) and isinstance(one.get("judged"), list) for one in held["learners"])
    )


def _hash(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as member:
        return hashlib.file_digest(member, "sha256").hexdigest()  # type: ignore[arg-type]


def document(pack: Pack, name: str) -> bytes:
    """One workplace document of a pack."""
    if name not in pack.held["files"]:
        raise KitError(f"{name} is not in this pack.")
    with zipfile.ZipFile(pack.path) as archive:
        return archive.read(name)


def draw_again(pack: Pack) -> bool:
    """Draw the sample again on this machine from the seed, rules and frame in the pack.

    Raises:
        KitError: the pack is blind, so that the frame, which tells the results, is not in it.
    """
    if pack.held["frame"] is None:
        raise KitError(
            "A blind pack does not hold the frame, which would tell the results; ask the provider to draw again."
        )
    return sampling.redrawn(pack.held["frame"], pack.held["seed"], pack.held["rules"]) == pack.held["drawn"]


def findings(pack: Pack) -> dict[str, dict[str, dict[str, Any]]]:
    """Learner → criterion → what was found so far.

    Raises:
        KitError: the file beside the pack is damaged, or belongs to another pack.
    """
    try:
        held = json.loads(pack.notes.read_text(encoding="utf-8"))
        if held["pack"] != pack.held["pack"] or held["pack_sha256"] != pack.sha256:
            raise KitError(f"{pack.notes} belongs to another pack. Move it away, then open the pack again.")
        return dict(held["findings"])
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError):
        raise KitError(f"{pack.notes} is damaged. Move it away, then open the pack again.") from None


def record(pack: Pack, learner: str, said: Mapping[str, tuple[str, str]]) -> int:
    """Record findings on one portfolio; a later word on the same criterion takes the place of an earlier one.

    Args:
        pack: an open pack.
        learner: the portfolio.
        said: criterion → (what was found, reason). In an open pack: upheld, overturned or more evidence; in a blind one:
            C, NYC or more evidence. All but upheld need a reason: in a blind pack every decision may turn out to overturn
            one, and nobody can tell beforehand which. A criterion is named by its id or its number.

    Returns:
        How many findings this pack has now.

    Raises:
        KitError: with everything that cannot be recorded; nothing is.
    """
    judged = pack.judged(learner)
    allowed = (*DECISIONS, MORE) if pack.blind else sampling.FINDINGS
    numbers = {str(one["number"]): id for id, one in judged.items()}
    said = {criterion_id(criterion, numbers): told for criterion, told in said.items()}
    faults = []
    for criterion, (finding, reason) in said.items():
        if criterion not in judged:
            held = ", ".join(f"{number} ({id})" for number, id in numbers.items()) or "nothing"
            faults.append(f"{criterion} was not judged for {learner}; judged: {held}")
        elif finding not in allowed:
            kind, takes = "a blind" if pack.blind else "an open", ", ".join(SAYS.get(one, one) for one in allowed)
            faults.append(
                f"{criterion}: {SAYS.get(finding, finding)!r} is no finding in {kind} pack, which takes: {takes}"
            )
        elif finding != "upheld" and not reason.strip():
            faults.append(
                f"{criterion}: {SAYS.get(finding, finding)} needs a reason"
                + (", as every decision in a blind pack does" if pack.blind else "")
            )
    if faults:
        raise KitError("Nothing was recorded: " + "; ".join(faults) + ".")
    found = findings(pack)
    own = dict(found.get(learner, {}))
    for criterion, (finding, reason) in said.items():
        own[criterion] = {
            "judgement": judged[criterion]["judgement"],
            "said": finding,
            "reason": reason.strip(),
            "at": records.now().isoformat(),
        }
    found[learner] = own
    files.write(pack.notes, json.dumps(_file(pack, found), ensure_ascii=False, indent=1) + "\n")
    return sum(len(one) for one in found.values())


def left(pack: Pack) -> list[tuple[str, str]]:
    """The judgements on which nothing was found yet: (learner, criterion)."""
    found = findings(pack)
    return [
        (one["learner"], judged["criterion"])
        for one in pack.held["learners"]
        for judged in one["judged"]
        if judged["criterion"] not in found.get(one["learner"], {})
    ]


def left_in_words(pack: Pack) -> str:
    """How many judgements nothing was found on yet.

    Returns:
        Such as `1 judgement left`.
    """
    count = len(left(pack))
    return f"{count} judgement{'' if count == 1 else 's'} left"


def _file(pack: Pack, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": RETURN,
        "pack": pack.held["pack"],
        "pack_sha256": pack.sha256,
        "identity": pack.held["identity"],
        "cohort": pack.held["cohort"],
        "sample": pack.held["sample"],
        "moderator": pack.held["moderator"],
        "blind": pack.blind,
        "findings": found,
    }


def give_back(pack: Pack, out: str | Path, partly: bool = False) -> tuple[Path, str]:
    """Make the file that goes back to the provider.

    Args:
        pack: an open pack.
        out: a folder, or the file to make.
        partly: also when judgements are left that nothing was found on.

    Returns:
        The file, and its receipt.

    Raises:
        KitError: nothing was found yet, judgements are left, or the file cannot be written.
    """
    name, content, code = returned(pack, partly)
    out = Path(out)
    target = out if out.suffix.lower() == ".json" else out / name
    try:
        return files.write(target, content), code
    except OSError as error:
        raise KitError(f"{target} could not be written: {error.strerror or error}.") from None


def returned(pack: Pack, partly: bool = False) -> tuple[str, str, str]:
    """What goes back: the name of the file, its content, and its receipt."""
    found, open_ones = findings(pack), left(pack)
    if not found:
        raise KitError("Nothing was found yet, so there is nothing to send back.")
    if open_ones and not partly:
        some = ", ".join(f"{learner} {criterion}" for learner, criterion in open_ones[:5])
        more = f" and {len(open_ones) - 5} more" if len(open_ones) > 5 else ""
        raise KitError(f"These judgements were not looked at yet: {some}{more}.")
    bare = [
        f"{learner} {criterion}"
        for learner, own in found.items()
        for criterion, one in own.items()
        if pack.blind and not str(one.get("reason", "")).strip()
    ]  # kept by an older kit, which asked for none
    if bare:
        raise KitError(f"Every decision in a blind pack needs a reason; these have none: {', '.join(bare[:5])}.")
    held = _file(pack, found)
    held["receipt"] = packs.receipt(held)
    content = json.dumps(held, ensure_ascii=False, indent=1) + "\n"
    return f"{pack.name}-findings-{held['receipt'][:4]}.json", content, held["receipt"]
