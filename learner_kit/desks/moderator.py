"""The moderator's desk: draw the sample, look at each judgement in it, record the findings, draw again, work from packs."""

from __future__ import annotations

import json
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from learner_kit.assess import evidence, judgement, moderation
from learner_kit.assess.moderation import raters
from learner_kit.desks import exhibits
from learner_kit.desks.packing import Packing, PackReview
from learner_kit.desks.parts import Cell, Said, button, choose, further, offer, part, prose, row, safely, stacked, table
from learner_kit.desks.reviewing import Reviewing
from learner_kit.desks.room import Room, clock, moment
from learner_kit.errors import KitError

LOOKED = "not looked at"


class Desk:
    """The parts of the moderator's page.

    Args:
        path: the cohort to begin with; the one the kit was started with, without it.
    """

    def __init__(self, path: str | Path | None = None):
        self.room = Room("moderator", path)
        self.drawing = Drawing(self.room)
        self.review = Review(self.room, self.drawing)
        self.reviewing = Reviewing(self.room)
        self.packing = Packing(self.room, self.drawing)
        self.pack = PackReview()


class Drawing:
    """Draw a sample with a seed, and draw a kept one again."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self._quiet = False
        self.seed = stacked(widgets.Text(description="Seed (any word or number)", placeholder="2027-1"), "17rem")
        self.draw = button("Draw the sample", self.said, self._draw, main=True)
        self.sample = choose("Sample", "30rem")
        self.again = button("Draw it again and compare", self.said, self._again)
        self.words, self.found = prose(), prose()
        self.face = part(
            self.words, row(self.seed, self.draw), row(self.sample, self.again), self.said.face, self.found
        )
        room.tell(self._show)
        self.sample.observe(safely(self.said, self._picked), "value")

    def _show(self) -> None:
        cohort = self.room.cohort
        self.samples = [] if cohort is None else moderation.samples(cohort)
        self._quiet = True
        offer(
            self.sample,
            [
                (
                    f"Sample {one['id']} · seed {one['seed']} · {_bags(len(one['drawn']))} · {clock(one['drawn_at'])}",
                    one["id"],
                )
                for one in reversed(self.samples)
            ],
        )
        self._quiet = False
        self.again.disabled = not self.samples
        if cohort is None:
            self.words.value = ""
            return
        rules, frame = cohort.programme.rules, moderation.frame_of(cohort)
        judged = f"{len(frame)} {'learner has' if len(frame) == 1 else 'learners have'}"
        self.words.value = (
            f"<p>{judged} judgements. Of each group (assessor, result, site) {raters.percent(rules.sample_share)} are "
            f"drawn, at least {rules.sample_minimum} in all; always: {escape(', '.join(rules.always_sampled))}. The seed fixes "
            "the draw: write it into the minutes, and anyone can draw the same sample again. A drawn sample is kept.</p>"
        )
        self._list()

    def chosen(self) -> dict[str, Any] | None:
        return next((one for one in self.samples if one["id"] == self.sample.value), None)

    def _picked(self) -> None:
        if not self._quiet:
            self.said.clear()
            self.room.changed()

    def _list(self) -> None:
        one = self.chosen()
        rows = [[drawn.learner, drawn.why] for drawn in one["drawn"]] if one else []
        self.found.value = (
            table(["Learner", "Why it is in the sample"], rows, f"Sample {one['id']}, seed {one['seed']}")
            if one
            else "<p>No sample was drawn yet.</p>"
        )

    def _draw(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        seed = self.seed.value.strip()
        if not seed:
            raise KitError(
                "Type a seed first, any word or number; it makes sure that anyone can draw the same sample again."
            )
        if len(seed) > 60:
            raise KitError("A seed has at most 60 characters.")
        if not self.room.staff.value:
            raise KitError(
                "Nobody is registered as moderator in this cohort yet. The facilitator's desk registers people."
            )
        number, sample = moderation.moderate(cohort, str(self.room.staff.value), seed)
        self.seed.value = ""
        self.room.changed()
        self._quiet = True
        self.sample.value = number
        self._quiet = False
        self.room.changed()
        self.said.good(f"Drew sample {number} with the seed {seed}: {_bags(len(sample))}. It is kept.")

    def _again(self) -> None:
        cohort, one = self.room.opened(), self.chosen()
        if one is None:
            raise KitError("No sample was drawn yet.")
        if moderation.draw_again(cohort, one["id"]):
            self.said.good(
                f"Sample {one['id']} drawn again from its seed, rules and list: the same portfolios came out."
            )
        else:
            self.said.fault(f"Sample {one['id']} drawn again gives other portfolios: its record was changed.")


class Review:
    """One portfolio of the sample: its judgements, their evidence, and a finding on each."""

    def __init__(self, room: Room, drawing: Drawing):
        self.room, self.drawing, self.said = room, drawing, Said()
        self._quiet = False
        self.standings: dict[str, evidence.Standing] = {}
        self.decisions: dict[str, dict[str, Any]] = {}
        self.judged: dict[tuple[str, str], dict[str, Any]] = {}
        self.looked: set[tuple[str, str]] = set()
        self.learner, self.criterion = choose("Portfolio", "16rem"), choose("Judgement to look at", "36rem")
        self.shown, self.agreed, self.kept = prose(), prose(), prose()
        self.finding = stacked(
            widgets.RadioButtons(
                options=[(name.capitalize(), name) for name in moderation.FINDINGS], value=None, description="Finding"
            )
        )
        self.reason = stacked(
            widgets.Textarea(description="Reason (needed unless it is upheld, and for every change)", rows=2), "100%"
        )
        self.record = button("Record this finding", self.said, self._one, main=True)
        self.going_on = button(
            "Record and go on", self.said, self._one_and_on, about="Record, then the next that nobody looked at yet"
        )
        self.rest = button("Uphold all others of this portfolio", self.said, self._others)
        self.face = part(
            row(self.learner, self.criterion),
            self.shown,
            row(self.finding),
            self.reason,
            row(self.record, self.going_on, self.rest),
            self.said.face,
            self.agreed,
            self.kept,
        )
        room.tell(self._show)
        self.learner.observe(safely(self.said, self._learner_picked), "value")
        self.criterion.observe(safely(self.said, self._criterion_picked), "value")

    def _show(self) -> None:
        one = self.drawing.chosen()
        found = raters.all_findings(self.room.opened(), one["id"]) if one else []
        stands = {row["id"] for row in judgement.standing_judgements(self.room.opened()).values()} if one else set()
        seen = Counter(row["learner"] for row in found if not row["replaced_by"] and row["judgement"] in stands)
        options = (
            [(f"{each.learner} · {_some(seen[each.learner])}", each.learner) for each in one["drawn"]] if one else []
        )
        self._fill(self.learner, options)
        self._read(found)

    def _fill(self, field: widgets.Dropdown, options: list[tuple[str, Any]], keep: Any = None) -> None:
        self._quiet = True
        offer(field, options, keep)
        self._quiet = False

    def _learner_picked(self) -> None:
        if not self._quiet:
            self.said.clear()
            self._read()

    def _criterion_picked(self) -> None:
        if not self._quiet:
            self.said.clear()
            self._open()

    def _read(self, found: list[dict[str, Any]] | None = None, open_at: str | None = None) -> None:
        cohort, learner, sample = self.room.cohort, self.learner.value, self.drawing.chosen()
        live = cohort is not None and sample is not None and learner is not None
        self.record.disabled = self.going_on.disabled = self.rest.disabled = not live
        if not live:
            self._fill(self.criterion, [])
            self.shown.value = self.agreed.value = self.kept.value = ""
            return
        found = raters.all_findings(cohort, sample["id"]) if found is None else found
        self.standings = {one.criterion: one for one in evidence.matrix(cohort, learner)}
        self.judged = judgement.standing_judgements(cohort)
        self.decisions = {criterion: row for (who, criterion), row in self.judged.items() if who == learner}
        stands = {row["id"] for row in self.judged.values()}  # a finding is on one judgement, never on a later one
        newest = [row for row in found if row["judgement"] in stands]
        self.findings = {row["criterion"]: row["finding"] for row in newest if row["learner"] == learner}
        self.looked = {(row["learner"], row["criterion"]) for row in newest}
        order = [one.id for one in cohort.programme.unit.criteria if one.id in self.decisions]
        self._fill(
            self.criterion,
            [
                (f"{self._named(id)} · {self.decisions[id]['decision']} · {self.findings.get(id, LOOKED)}", id)
                for id in order
            ],
            open_at,
        )
        agreed = raters.by_criterion(cohort, sample["id"])[-1]
        changed = sum(bool(row["replaced_by"]) for row in found)
        note = f" {changed} of the findings below {'was' if changed == 1 else 'were'} replaced; the last counts."
        self.agreed.value = (
            f"<p class='lk-rule'><strong>Agreement so far</strong> in sample {sample['id']}: {raters.in_figures(agreed)}."
            f"{note if changed else ''}</p>"
        )
        rows = [
            [
                f"No. {row['id']}",
                row["learner"],
                self._named(row["criterion"]),
                f"{row['decision']} (no. {row['judgement']}{'' if row['judgement'] in stands else ', replaced since'})",
                raters.in_words(row),
                Cell(raters.reason(row), "lk-long"),
                row["moderator"],
                Cell(moment(row["found_at"]), "lk-keep"),
            ]
            for row in found
        ]
        heads = ["Finding", "Learner", "Criterion", "Judged", "What was found", "Reason", "Moderator", "When"]
        self.kept.value = table(heads, rows, "Findings recorded on this sample (South African time)") if rows else ""
        self._open()

    def _open(self) -> None:
        self.finding.value, self.reason.value = None, ""
        id = self.criterion.value
        if id is None:
            self.shown.value = "<p>Nothing was judged in this portfolio.</p>"
            return
        cohort, row_of = self.room.opened(), self.decisions[id]
        criterion = cohort.programme.unit.criterion(id)
        held = ", ".join(json.loads(row_of["evidence_rules"])) or "none"
        override = f" Override: {escape(row_of['override'])}" if row_of["override"] else ""
        self.shown.value = (
            f"<h3>{escape(row_of['learner'])} · {escape(self._named(id))}</h3><p>{escape(criterion.says)}</p>"
            f"<p>Judgement {row_of['id']}: <strong>{judgement.DECISIONS[row_of['decision']]}</strong>, attempt "
            f"{row_of['attempt']}, by {escape(row_of['assessor'])} on {clock(row_of['decided_at'])}. Rules met: "
            f"{escape(held)}. Reason: {escape(row_of['reason'] or 'none given')}{override}</p>"
            + exhibits.html(exhibits.read(cohort, self.standings[id]))
        )

    def _named(self, id: str) -> str:
        found = self.room.opened().programme.unit.criterion(id)
        return f"{found.number} {found.handle}" if found else id

    def _one(self) -> None:
        self.said.clear()
        if self.criterion.value is None:
            raise KitError("Choose a judgement first.")
        if self.finding.value is None:
            raise KitError("Choose a finding first: upheld, overturned or more evidence. Nothing was recorded.")
        self._write({self.criterion.value: (self.finding.value, self.reason.value)})

    def _one_and_on(self) -> None:
        self._one()
        said, sample = self.said.text, self.drawing.chosen()
        criteria = [one.id for one in self.room.opened().programme.unit.criteria]
        drawn = [each.learner for each in sample["drawn"]] if sample else []
        order = [pair for one in drawn for id in criteria if (pair := (one, id)) in self.judged]
        left = [one for one in order if one not in self.looked]
        found = further(order, (self.learner.value, self.criterion.value), left)
        if found is None:
            self.said.good(f"{said} Every judgement of this sample has been looked at.")
            return
        self._quiet = True
        self.learner.value = found[0]
        self._quiet = False
        self._read(open_at=found[1])
        self.said.good(f"{said} This is the next one; {len(left)} {'is' if len(left) == 1 else 'are'} left.")
        self.finding.focus()  # whoever works by keyboard goes on where the next finding begins

    def _others(self) -> None:
        """Uphold every judgement of the portfolio that has no finding yet."""
        self.said.clear()
        left = [id for id in self.decisions if id not in self.findings]
        if not left:
            raise KitError("Every judgement of this portfolio has a finding already. Nothing was recorded.")
        self._write(dict.fromkeys(left, ("upheld", "")))

    def _write(self, findings: dict[str, tuple[str, str]]) -> None:
        sample, learner = self.drawing.chosen(), self.learner.value
        if sample is None or learner is None:
            raise KitError("Draw or choose a sample first.")
        if not self.room.staff.value:
            raise KitError(
                "Nobody is registered as moderator in this cohort yet. The facilitator's desk registers people."
            )
        now = judgement.standing_judgements(self.room.opened(), learner)
        again = [id for id in findings if now[learner, id]["id"] != self.decisions[id]["id"]]
        if again:
            self.room.changed()
            raise KitError(
                f"{self._named(again[0])} was decided anew meanwhile: look at it first. Nothing was recorded."
            )
        count = moderation.find(self.room.opened(), sample["id"], learner, findings, str(self.room.staff.value))
        said = ", ".join(f"{self._named(id)}: {finding}" for id, (finding, _) in findings.items())
        self.room.changed()
        self.said.good(f"Recorded {_some(count)} on {learner}. {said}.")


def _bags(count: int) -> str:
    return f"{count} portfolio{'' if count == 1 else 's'}"


def _some(count: int) -> str:
    return f"{count} finding{'' if count == 1 else 's'}"
