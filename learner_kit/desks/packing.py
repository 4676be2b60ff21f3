"""Moderation away from the cohort: send a sample away as a pack and take findings in; work on a pack without a cohort."""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from learner_kit import files
from learner_kit.assess import moderation
from learner_kit.assess.moderation import opened_pack, pack_page, pack_return, packs, raters
from learner_kit.assess.moderation import report as moderation_report
from learner_kit.course import programme
from learner_kit.desks.enrolling import keep_uploads
from learner_kit.desks.parts import (
    Said,
    button,
    choose,
    download,
    further,
    offer,
    part,
    prose,
    row,
    safely,
    served,
    stacked,
    table,
)
from learner_kit.desks.room import Room, moment
from learner_kit.errors import KitError
from learner_kit.workbook.evidence_files import safe_name

BLIND = {"Competent": "C", "Not Yet Competent": "NYC", "More evidence": opened_pack.MORE}
REASON = {
    False: "Reason for what you find (needed unless it is upheld)",
    True: "Reason for what you find (every decision in a blind pack needs one)",
}
LARGEST = 250_000_000  # bytes of a pack that is uploaded; a larger one is put into the folder


class Packing:
    """The provider's side: make a pack of the chosen sample, take in what comes back, agreement and report."""

    def __init__(self, room: Room, drawing: Any):
        self.room, self.drawing, self.said = room, drawing, Said()
        self.blind = widgets.Checkbox(description="Blind: hide what the assessors decided", indent=False)
        self.due = stacked(widgets.DatePicker(description="Back by (if there is a day)"), "17rem")
        self.make = button("Make the pack", self.said, self._make, main=True)
        self.upload = widgets.FileUpload(accept=".json", multiple=False, description="Choose what came back")
        self.late = stacked(widgets.Text(description="If it is late: why it is taken in"), "22rem")
        self.take = button("Take the findings in", self.said, self._take)
        self.write = button("Write the moderation report", self.said, self._report)
        self.links, self.shown = prose(), prose()
        words = prose(
            "<p>A pack holds the evidence and the memo of the sample chosen above. A moderator without this cohort opens it in "
            "any installed kit and sends back one small file. Keep packs away from learners.</p>"
        )
        self.face = part(
            words,
            row(self.blind, self.due, self.make),
            row(self.upload, self.late, self.take),
            row(self.write),
            self.said.face,
            self.links,
            self.shown,
        )
        room.tell(self._show)

    def _show(self) -> None:
        cohort, sample = self.room.cohort, self.drawing.chosen()
        self.make.disabled = self.write.disabled = sample is None
        self.take.disabled = cohort is None
        if cohort is None or sample is None:
            self.shown.value = ""
            return
        unit = cohort.programme.unit
        rows = [
            [
                f"{found.number} {found.handle}" if (found := unit.criterion(one.criterion)) else "All",
                str(one.looked_at),
                str(one.upheld),
                str(one.overturned),
                str(one.more_evidence),
                raters.percent(one.share),
                raters.decimal(one.kappa),
            ]
            for one in raters.by_criterion(cohort, sample["id"])
            if one.looked_at
        ]
        heads = ["Criterion", "Looked at", "Upheld", "Overturned", "More evidence", "Agreement", "Kappa"]
        said = table(heads, rows, f"Agreement in sample {sample['id']}") if rows else ""
        gone = [
            [
                packs.name(cohort.name, one["sample"], one["id"]),
                str(one["sample"]),
                one["moderator"],
                "blind" if one["blind"] else "open",
                str(one["due"] or "–"),
                moment(one["returned_at"]) or "not back yet",
            ]
            for one in packs.made(cohort)
        ]
        if gone:
            said += table(
                ["Pack", "Sample", "Moderator", "Kind", "Back by", "Taken in"],
                gone,
                "Packs sent away (South African time)",
            )
        self.shown.value = said

    def _sample(self) -> dict[str, Any]:
        one = self.drawing.chosen()
        if one is None:
            raise KitError("Draw or choose a sample first.")
        return dict(one)

    def _moderator(self) -> str:
        if not self.room.staff.value:
            raise KitError(
                "Nobody is registered as moderator in this cohort yet. The facilitator's desk registers people."
            )
        return str(self.room.staff.value)

    def _make(self) -> None:
        self.said.clear()
        cohort, sample = self.room.opened(), self._sample()
        folder = cohort.path / "documents" / "moderation"
        path = packs.make(cohort, sample["id"], self._moderator(), folder, self.blind.value, self.due.value)
        self.room.changed()
        self.links.value = f"<p>{served(path, f'Save {path.name}')}</p>"
        told = packs.found_before(cohort, sample["id"], self._moderator())
        self.said.good(
            f"Made the pack of sample {sample['id']} for {self._moderator()}. Its name: {path.stem}. {told}".rstrip()
        )

    def _take(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        if not self.upload.value:
            raise KitError("Choose the file that the moderator sent back.")
        try:
            with tempfile.TemporaryDirectory(prefix="learner-kit-", ignore_cleanup_errors=True) as folder:
                (path,) = keep_uploads(self.upload, folder)
                counts, notes = pack_return.take_in(cohort, path, self.room.who, self.late.value)
        finally:
            self.upload.value = ()
        self.late.value = ""
        self.room.changed()
        told = "".join(f"<br>{escape(note)}" for note in notes)
        self.said.good("Taken in: " + ", ".join(f"{count} {name}" for name, count in counts.items()) + ".", told)

    def _report(self) -> None:
        self.said.clear()
        sample = self._sample()
        pdf, word = moderation_report.write(self.room.opened(), sample["id"])
        self.links.value = f"<p>{served(pdf, 'Save the report (PDF)')} · {served(word, 'Save it for Word')}</p>"
        self.said.good(f"Wrote the moderation report on sample {sample['id']}.")


class PackReview:
    """The moderator's side: open a pack, judge, and make the file that goes back. No cohort is needed."""

    def __init__(self) -> None:
        self.said = Said()
        self.pack: opened_pack.Pack | None = None
        self._quiet = False
        self.upload = widgets.FileUpload(accept=".zip", multiple=False, description="Choose a pack (zip)")
        self.pick = choose("Packs on this computer", "26rem")
        self.open = button("Open the pack", self.said, self._open)
        self.learner, self.criterion = (
            choose("Portfolio in the pack", "16rem"),
            choose("Judgement in the pack", "36rem"),
        )
        self.about, self.shown, self.links = prose(), prose(), prose()
        self.finding = stacked(widgets.RadioButtons(options=[], value=None, description="What you find"))
        self.reason = stacked(widgets.Textarea(description=REASON[False], rows=2), "100%")
        self.record = button("Keep this finding", self.said, self._record, main=True)
        self.going_on = button(
            "Keep and go on", self.said, self._record_and_on, about="Keep, then the next that is not looked at"
        )
        self.back = button("Make the file to send back", self.said, self._back)
        self.partly = widgets.Checkbox(description="although some are not looked at", indent=False)
        self.face = part(
            row(self.upload, self.pick, self.open),
            self.about,
            row(self.learner, self.criterion),
            self.shown,
            row(self.finding),
            self.reason,
            row(self.record, self.going_on),
            row(self.back, self.partly),
            self.said.face,
            self.links,
        )
        self.learner.observe(safely(self.said, self._learner_picked), "value")
        self.criterion.observe(safely(self.said, self._criterion_picked), "value")
        safely(self.said, self._list)()
        safely(self.said, self._show)()

    @staticmethod
    def folder() -> Path:
        """Where packs are kept on the moderator's computer, with the findings beside each."""
        return programme.HOME / "work" / "moderation"

    def _list(self, wanted: Path | None = None) -> None:
        found = sorted(self.folder().glob("*.zip")) if self.folder().is_dir() else []
        offer(self.pick, [(one.name, one) for one in found], wanted)

    def _open(self) -> None:
        self.said.clear()
        if self.upload.value:
            path = self._kept()
        elif self.pick.value is not None:
            path = self.pick.value
        else:
            raise KitError(f"Choose a pack. A large one can be put into {self.folder()} instead.")
        self.pack = opened_pack.open_pack(path)
        self._list(path)
        options = list(BLIND.items()) if self.pack.blind else [(one.capitalize(), one) for one in moderation.FINDINGS]
        self.finding.options = options
        self._show()
        self.reason.description = REASON[self.pack.blind]
        count = len(opened_pack.left(self.pack))
        self.said.good(f"Opened the pack: {count} judgement{'' if count == 1 else 's'} to look at.")

    def _kept(self) -> Path:
        """Keep an uploaded pack; the same one is kept once, and findings beside it stay."""
        try:
            if sum(len(one["content"]) for one in self.upload.value) > LARGEST:
                raise KitError(f"This pack is too large to upload. Put it into {self.folder()} and choose it there.")
            with tempfile.TemporaryDirectory(prefix="learner-kit-", ignore_cleanup_errors=True) as folder:
                (path,) = keep_uploads(self.upload, folder)
                target = self.folder() / safe_name(f"{opened_pack.open_pack(path).name}.zip")
                if not target.exists():
                    files.write(target, path.read_bytes())
                elif files.sha256(target) != files.sha256(path):
                    raise KitError(
                        f"Another pack of that name is on this computer already: {target}. Nothing was changed."
                    )
            return target
        finally:
            self.upload.value = ()

    def _show(self) -> None:
        pack = self.pack
        self.record.disabled = self.going_on.disabled = self.back.disabled = pack is None
        self.links.value = ""
        if pack is None:
            self.about.value = "<p>No pack is open. A pack is a zip that a provider sends to a moderator.</p>"
            self._fill(self.learner, [])
            self._fill(self.criterion, [])
            self.shown.value = ""
            return
        held = pack.held
        due = f" Due back by {pack_page.day(held['due'])}." if held["due"] else ""
        kind = "Blind: decide for yourself; the judgements are hidden." if pack.blind else "The judgements are shown."
        again = (
            ""
            if pack.blind
            else f" Drawn again here: {'the same' if opened_pack.draw_again(pack) else 'NOT the same'}."
        )
        self.about.value = (
            f"<p><strong>{escape(pack.name)}</strong>: {escape(held['cohort'])}, sample {held['sample']}, "
            f"seed {escape(held['seed'])}.{again} "
            f"{kind}{due} Findings are kept in {escape(str(pack.notes))}.</p>"
        )
        found = opened_pack.findings(pack)
        options = [
            (f"{one['learner']} · {len(found.get(one['learner'], {}))} of {len(one['judged'])}", one["learner"])
            for one in held["learners"]
        ]
        self._fill(self.learner, options)
        self._criteria()

    def _fill(self, field: widgets.Dropdown, options: list[tuple[str, Any]], keep: Any = None) -> None:
        self._quiet = True
        offer(field, options, keep)
        self._quiet = False

    def _criteria(self, open_at: str | None = None) -> None:
        if self.pack is None or self.learner.value is None:
            return
        found = opened_pack.findings(self.pack).get(self.learner.value, {})
        options = [
            (f"{one['number']} {one['handle']} · {found.get(id, {}).get('said', 'not looked at')}", id)
            for id, one in self.pack.judged(self.learner.value).items()
        ]
        self._fill(self.criterion, options, open_at)
        self._read()

    def _read(self) -> None:
        pack, id = self.pack, self.criterion.value
        if pack is None or id is None:
            self.shown.value = "<p>Nothing was judged in this portfolio.</p>"
            return
        had = opened_pack.findings(pack).get(self.learner.value, {}).get(id, {})
        self.finding.value, self.reason.value = had.get("said"), had.get("reason", "")

        def link(path: str, name: str) -> str:
            return download(opened_pack.document(pack, path), name, f"Save {name}")

        said = pack_page.criterion(pack.judged(self.learner.value)[id], link, level=3)
        self.shown.value = (
            f"<div class='lk-exhibits' tabindex='0' role='region' aria-label='Evidence in the pack'>{said}</div>"
        )

    def _learner_picked(self) -> None:
        if not self._quiet:
            self.said.clear()
            self._criteria()

    def _criterion_picked(self) -> None:
        if not self._quiet:
            self.said.clear()
            self._read()

    def _opened(self) -> opened_pack.Pack:
        if self.pack is None:
            raise KitError("Open a pack first.")
        return self.pack

    def _record(self) -> None:
        self.said.clear()
        pack, learner, id = self._opened(), self.learner.value, self.criterion.value
        if id is None:
            raise KitError("Choose a judgement first.")
        if self.finding.value is None:
            raise KitError("Choose what you find first. Nothing was kept.")
        opened_pack.record(pack, learner, {id: (self.finding.value, self.reason.value)})
        self._show()
        self.said.good(f"Kept: {learner}, {id}. {opened_pack.left_in_words(pack)}.")

    def _record_and_on(self) -> None:
        self._record()
        pack, said = self._opened(), self.said.text
        order = [(one["learner"], judged["criterion"]) for one in pack.held["learners"] for judged in one["judged"]]
        found = further(order, (self.learner.value, self.criterion.value), opened_pack.left(pack))
        if found is None:
            self.said.good(f"{said} Make the file to send back when you are done.")
            return
        self._quiet = True
        self.learner.value = found[0]
        self._quiet = False
        self._criteria(found[1])
        self.said.good(f"{said} This is the next one.")
        self.finding.focus()

    def _back(self) -> None:
        self.said.clear()
        pack = self._opened()
        name, content, receipt = opened_pack.returned(pack, self.partly.value)
        self.links.value = f"<p>{download(content, name, f'Save {name}')}</p>"
        rest = " Make it again when all are looked at: it brings the rest." if opened_pack.left(pack) else ""
        self.said.good(f"Save the file and send it back. Receipt of {pack.name}: {receipt}.{rest}")
