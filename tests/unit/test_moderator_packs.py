"""The moderator's desk with packs: sent away from one computer, worked on at another, taken in again."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from pathlib import Path

import pytest

from learner_kit.assess import judgement, moderation
from learner_kit.assess.grade import grade
from learner_kit.assess.moderation import packs
from learner_kit.course import programme

widgets = pytest.importorskip("ipywidgets")
from learner_kit.desks import moderator, room  # noqa: E402


def put(upload, name: str, content: bytes) -> None:
    """Upload a file as a browser does."""
    when = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    held = {"name": name, "type": "", "size": len(content), "content": memoryview(content), "last_modified": when}
    upload.value = (held,)


@pytest.fixture
def judged(cohort, hand_in, right_answers):
    trick = {**right_answers, "so1-ac1-two-items": 1.0}
    hand_in("L-0001", trick)
    grade(cohort)
    for criterion in ("so1-ac1", "so1-ac2"):
        judgement.judge(cohort, "L-0001", criterion, "C", "A-01", "<i>Own</i> figures.")
    return cohort


@pytest.fixture
def desk(judged, tmp_path, monkeypatch):
    monkeypatch.setattr(programme, "HOME", tmp_path / "home")
    made = moderator.Desk(judged.path)
    made.drawing.seed.value = "x"
    made.drawing.draw.click()
    return made


def elsewhere(monkeypatch) -> moderator.Desk:
    """The desk of somebody who has no cohort."""
    monkeypatch.delenv(room.STARTED_WITH, raising=False)
    return moderator.Desk()


def pack_of(desk) -> bytes:
    desk.packing.make.click()
    said = desk.packing.said.text
    (path,) = (desk.room.cohort.path / "documents" / "moderation").glob("*.zip")
    assert f"Made the pack of sample 1 for M-01. Its name: {path.stem}." in said
    assert f">{path.stem}<" in desk.packing.shown.value
    return path.read_bytes()


@pytest.mark.parametrize("blind", [False, True])
def test_a_pack_is_worked_on_without_a_cohort_and_taken_in(desk, judged, blind, monkeypatch):
    desk.packing.blind.value = blind
    content = pack_of(desk)
    other = elsewhere(monkeypatch).pack
    assert "No pack is open" in other.about.value
    other.record.click()
    assert "Open a pack first" in other.said.text
    put(other.upload, "pack.zip", content)
    other.open.click()
    assert "2 judgements to look at" in other.said.text
    assert ("&lt;i&gt;Own&lt;/i&gt;" in other.shown.value) is not blind
    assert "<i>" not in other.shown.value
    other.record.click()
    assert "Choose what you find" in other.said.text
    other.finding.value = "NYC" if blind else "overturned"
    other.record.click()
    assert "needs a reason" in other.said.text
    other.reason.value = "The working is missing."
    other.going_on.click()
    assert "1 judgement left. This is the next one." in other.said.text
    assert other.criterion.value == "so1-ac2" and other.finding.value is None and not other.reason.value
    other.back.click()
    assert "not looked at yet: L-0001 so1-ac2" in other.said.text
    again = elsewhere(monkeypatch).pack
    again.open.click()
    assert "1 judgement to look at" in again.said.text, "what was found stands beside the pack"
    again.criterion.value = "so1-ac1"
    assert again.reason.value == "The working is missing."
    again.criterion.value = "so1-ac2"
    again.finding.value = "C" if blind else "upheld"
    again.record.click()
    assert ("competent needs a reason" in again.said.text) is blind, "a blind moderator cannot know what overturns"
    again.reason.value = "Own figures, worked out." if blind else ""
    again.going_on.click()
    assert "0 judgements left. Make the file to send back" in again.said.text
    again.back.click()
    (sent,) = packs.made(judged)
    name = packs.name(judged.name, sent["sample"], sent["id"])
    assert f"Receipt of {name}: " in again.said.text and name in again.about.value
    assert [one.name for one in again.folder().glob("*.zip")] == [f"{name}.zip"], "though it came as pack.zip"
    found = re.search(r'download="([^"]+)" href="data:[^,]+,([^"]+)"', again.links.value)
    back = base64.b64decode(found[2])
    assert found[1].startswith(f"{name}-findings-")
    put(desk.packing.upload, found[1], back)
    desk.packing.take.click()
    assert "1 upheld, 1 overturned, 0 more evidence" in desk.packing.said.text
    assert "Agreement in sample 1" in desk.packing.shown.value
    assert moderation.agreement(judged, 1)["looked_at"] == 2
    put(desk.packing.upload, found[1], back)
    desk.packing.take.click()
    assert f"{name} came back already" in desk.packing.said.text
    assert "The working is missing." in desk.review.kept.value, "the moderator's own words"
    assert ">50\u00a0%<" in desk.packing.shown.value
    desk.packing.make.click()
    assert "M-01 has 2 findings on these portfolios already" in desk.packing.said.text
    desk.packing.write.click()
    assert "Wrote the moderation report" in desk.packing.said.text and "sample-1.docx" in desk.packing.links.value


def test_what_is_no_pack_and_what_is_no_return_is_said(desk, monkeypatch, tmp_path):
    other = elsewhere(monkeypatch).pack
    other.open.click()
    assert "Choose a pack" in other.said.text
    put(other.upload, "pack.zip", b"PK")
    other.open.click()
    assert "is no moderation pack" in other.said.text
    assert not list(Path(tmp_path / "home").rglob("*.zip"))
    desk.packing.take.click()
    assert "Choose the file" in desk.packing.said.text
    put(desk.packing.upload, "x.json", json.dumps({"format": "x"}).encode())
    desk.packing.take.click()
    assert "not a file that a moderator's kit makes" in desk.packing.said.text
    desk.packing.due.value = dt.date(2020, 1, 1)
    desk.packing.make.click()
    assert "has passed" in desk.packing.said.text and packs.made(desk.room.cohort) == []
