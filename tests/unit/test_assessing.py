"""Matrix, roll-up, comment bank, flags, appeals, upload, authenticity aids: what each says, and what each refuses."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import re
from dataclasses import replace
from itertools import combinations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from learner_kit.assess import (
    appeals,
    authenticity,
    changes,
    comments,
    decisions,
    evidence,
    final,
    flags,
    heatmap,
    judgement,
    moderation,
    papers,
    results,
    statements,
    tables,
    upload,
)
from learner_kit.assess.dates import long_day
from learner_kit.assess.evidence import Item, Standing
from learner_kit.assess.grade import grade
from learner_kit.assess.papers import classes as class_papers
from learner_kit.assess.papers import results as results_papers
from learner_kit.course import records
from learner_kit.course.cohort import open_cohort
from learner_kit.course.programme import load
from learner_kit.course.provider import Provider, provider, read_provider, unfilled
from learner_kit.documents import SignatureLines, Table, long_date, to_pdf, to_word
from learner_kit.errors import DataError, KitError

UNIT = load().unit
AT = dt.datetime(2026, 6, 1, 8)
OWN = "every month we ask each of our hotels which orders came late and why and then we ring the depot about it at once"


def standing(criterion="so1-ac1", state=evidence.READY, items=(), missing=(), **more) -> Standing:
    return Standing("L-0001", criterion, state, more.pop("attempt", 1), tuple(items), tuple(missing), **more)


def decide(cohort, criterion="so1-ac1", decision="C", learner="L-0001", **more) -> int:
    return judgement.judge(cohort, learner, criterion, decision, "A-01", more.pop("reason", "As shown."), **more)


# --- lateness ---


def test_a_later_attempt_is_late_only_against_a_date_given_for_it(cohort, hand_in, right_answers, monkeypatch):
    from learner_kit.course import handins, release

    clock, ticks = records.now, itertools.count()  # records keep seconds, and a quick computer does all of this in one
    monkeypatch.setattr(records, "now", lambda: clock() + dt.timedelta(seconds=next(ticks)))

    def late(learner="L-0001") -> tuple[bool, bool]:
        """As the gradings say it, and as the lists of hand-ins do."""
        (one,) = grade(cohort, learner=learner)
        assert one.state == "graded"
        return one.late is not None, handins.states(cohort, learner)[learner, "so1"].late

    def at(month: int, day: int) -> dt.datetime:
        return dt.datetime(2026, month, day, 8, tzinfo=dt.UTC)

    release.release(cohort, "so1", "tests", dt.datetime(2026, 1, 31, 22))
    hand_in("L-0001", right_answers, at(2, 1))
    assert late() == (True, True)
    hand_in("L-0001", {}, at(2, 2))
    assert late() == (True, True), "nothing was judged: the same attempt, sent again"
    hand_in("L-0002", {}, at(2, 2))
    decide(cohort, decision="NYC", reason="No figure.")
    hand_in("L-0001", right_answers, at(10, 5))
    hand_in("L-0002", right_answers, at(10, 5))
    assert late() == (False, False), "246 days after a date that was for the first attempt"
    assert handins.states(cohort, "L-0001")["L-0001", "so1"].due is None
    assert late("L-0002") == (True, True), "nobody judged this learner"
    day = records.now() + dt.timedelta(days=20)
    release.release(cohort, "so1", "tests", day)
    assert handins.states(cohort, "L-0001")["L-0001", "so1"].due == day, "a date after the decision is for this attempt"


# --- the matrix ---


def test_a_mark_of_a_person_is_weighed_and_not_counted_as_not_shown():
    items = (Item("so1-ac3-who", "question", "so1", 1.0), Item("so1-ac3-memo", "marked", "so1", 0.8, out_of=10))
    assert standing(items=items).said == "ready to judge: 1 of 1 checks shown, marked 8/10"
    assert standing(items=items[1:]).said == "ready to judge: marked 8/10"
    waits = Item("so1-ac3-memo", "marked", "so1", None, out_of=10)
    assert standing(items=(waits,), state=evidence.WAITING).said == "waiting for marking"
    assert standing(state="NYC", attempt=3, spent=True).said == "NYC (attempt 3; a moderator reviews)"


def test_what_is_in_but_not_graded_is_a_state_of_its_own_everywhere(cohort, hand_in, right_answers):
    hand_in("L-0001", right_answers)
    found = evidence.matrix(cohort)
    lines = list(csv.DictReader(io.StringIO(evidence.as_csv(found))))
    told = {(one["learner"], one["criterion"]): one["state"] for one in lines}
    assert told["L-0001", "so1-ac1"] == "not graded yet" and told["L-0002", "so1-ac1"] == "nothing handed in"
    held = json.loads(evidence.as_json(cohort, found))
    assert held["learners"]["L-0001"]["so1-ac1"]["state"] == "not graded yet"
    assert held["learners"]["L-0001"]["so2-ac1"]["state"] == "not released"
    ((_, alt),) = heatmap.pictures(cohort.programme.unit, found)
    assert f"{sum(one.state == evidence.UNGRADED for one in found)} not graded yet" in alt
    assert evidence.table(found).loc["L-0001", "so1-ac1"] == "not graded yet"
    with pytest.raises(KitError, match=r"no evidence for so1-ac1 \(not graded yet\)"):
        decide(cohort)


def test_a_document_alone_is_not_ready_to_judge_while_the_checks_beside_it_are_not_graded():
    proof = Item("so1-ac3-proof", "document", "so1", None, "till.pdf")
    check = Item("so1-ac3-who", "question", "so1", 0.0)
    assert evidence._ungraded(("so1",), {"so1": None}, (proof,))
    assert not evidence._ungraded(("so1",), {"so1": None}, (proof, check))
    assert not evidence._ungraded((), {"so1": None}, (proof,)), (
        "nothing of it is graded by a check or marked by a person"
    )


names = st.sampled_from(["so1", "so2", "so3", "so4", "care"])


@given(st.lists(st.sets(names, min_size=1, max_size=3), max_size=8))
def test_the_list_of_what_is_missing_is_the_shortest_there_is(needs):
    rows = [standing(f"so1-ac{n}", evidence.MISSING, missing=sorted(need)) for n, need in enumerate(needs)]
    books = [what.removeprefix("hand in ") for _, what, _ in evidence.missing(rows)]
    assert all(need & set(books) for need in needs)
    every = sorted(set().union(*needs))
    for fewer in range(len(books)):
        for some in combinations(every, fewer):
            assert not all(need & set(some) for need in needs), f"{some} would have done"


def test_every_state_says_who_has_to_do_what():
    book = (Item("x", "question", "so2", 0.0),)
    found = evidence.missing(
        [
            standing("so1-ac1", evidence.WAITING),
            standing("so1-ac2", evidence.READY),
            standing("so1-ac3", "C"),
            standing("so2-ac1", "NYC", book),
            standing("so2-ac2", "NYC", book, spent=True),
            standing("so3-ac1", evidence.NO_ACTIVITY),
        ]
    )
    assert [one[:2] for one in found] == [
        ("learner", "hand in again: so2"),
        ("assessor", "mark the answers that wait"),
        ("assessor", "judge"),
        ("provider", "give an activity"),
        ("moderator", "review: all attempts are used"),
    ]


def test_the_matrix_in_all_its_shapes(graded, tmp_path):
    found = evidence.matrix(graded)
    wide = evidence.table(found)
    assert wide.shape == (3, 17) and wide.loc["L-0003", "so1-ac1"] == "nothing handed in"
    assert len(evidence.as_csv(found).splitlines()) == 1 + 3 * 17
    held = json.loads(evidence.as_json(graded, found))
    assert {"who": "learner", "what": "hand in so1"}.items() <= held["still_to_do"]["L-0003"][0].items()
    assert class_papers.write_matrix(graded, found, tmp_path / "matrix.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(KitError, match="Nobody is enrolled"):
        class_papers.write_matrix(graded, [], tmp_path / "none.pdf")


def test_the_picture_says_each_state_by_a_letter_and_its_words_count_them():
    from PIL import Image

    states = list(heatmap.LOOKS)
    rows = [
        Standing(f"L-{n:04d}", one.id, states[(n + place) % len(states)], 1, (), ())
        for n in range(1, 62)
        for place, one in enumerate(UNIT.criteria)
    ]
    found = heatmap.pictures(UNIT, rows)
    assert len(found) == 3 and [alt.split(" learners")[0][-2:] for _, alt in found] == ["30", "30", " 1"]
    assert sum(int(part.split()[0]) for part in found[0][1].split(": ")[1].split(", ")) == 30 * 17
    assert Image.open(io.BytesIO(found[0][0])).width > 1000
    assert len({look.letter for look in heatmap.LOOKS.values()}) == len(states)
    for look in heatmap.LOOKS.values():
        assert contrast(look.fill, look.ink) >= 4.5


def contrast(first: str, second: str) -> float:
    """The ratio of WCAG 2.2."""

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# --- judgement ---


def test_each_rule_of_evidence_is_kept_confirmed_or_not(graded):
    made = decide(graded, decision="NYC", confirmed=["valid", " Current "], reason="Too little.")
    assert decisions.rules_of(graded, made) == {
        "valid": True,
        "authentic": False,
        "reliable": False,
        "current": True,
        "sufficient": False,
    }
    with graded.engine.begin() as connection:
        connection.execute(records.confirmations.delete())
    assert sum(decisions.rules_of(graded, made).values()) == 2, "what an older cohort kept is read as it was meant"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"confirmed": ["true"]}, "'true' is no rule of evidence"),
        ({"reason": "x" * 5001}, "at most 5000 letters"),
        ({"decision": "NYC", "reason": " \n "}, "needs a reason"),
    ],
)
def test_what_a_judgement_refuses(graded, more, says):
    with pytest.raises(KitError, match=says):
        decide(graded, **more)
    assert judgement.history(graded) == []


def test_a_correction_to_competent_needs_every_rule_too(graded):
    first = decide(graded, decision="NYC", reason="No figure.")
    with pytest.raises(KitError, match="not confirmed: sufficient"):
        judgement.correct(
            graded, first, "C", "A-01", "I misread it.", confirmed=["valid", "authentic", "reliable", "current"]
        )
    second = judgement.correct(graded, first, "C", "A-01", "I misread it.")
    assert all(decisions.rules_of(graded, second).values())


def test_a_review_is_for_moderators_and_only_after_the_last_attempt(graded):
    decide(graded, decision="NYC", reason="No figure.")
    with pytest.raises(KitError, match="not registered as moderator"):
        judgement.review(graded, "L-0001", "so1-ac1", "A-01", judgement.AGAIN, "Ill.")
    with pytest.raises(KitError, match="has attempts left"):
        judgement.review(graded, "L-0001", "so1-ac1", "M-01", judgement.AGAIN, "Ill.")
    with pytest.raises(KitError, match="no outcome of a review"):
        judgement.review(graded, "L-0001", "so1-ac1", "M-01", "maybe", "Ill.")


def test_an_outcome_or_the_unit_is_never_averaged(graded):
    everything = {("L-0001", one.id): {"decision": "C"} for one in UNIT.criteria}
    assert judgement.outcomes(graded, everything, "L-0001")["L-0001"]["unit"] == judgement.OPEN, (
        "nothing else is evidenced"
    )
    with graded.engine.begin() as connection:
        for one in statements.wanted(UNIT):
            connection.execute(
                records.statements.insert().values(
                    learner="L-0001", statement=one.id, number=1, evidenced=True, assessor="A-01", at=AT
                )
            )
    assert judgement.outcomes(graded, everything, "L-0001")["L-0001"]["unit"] == "C"
    for one in UNIT.criteria:
        row = judgement.outcomes(graded, {**everything, ("L-0001", one.id): {"decision": "NYC"}}, "L-0001")["L-0001"]
        assert row["unit"] == row[one.outcome] == "NYC"
        assert all(row[other.id] == "C" for other in UNIT.outcomes if other.id != one.outcome)


def test_a_statement_rests_on_criteria_that_are_competent(graded):
    with pytest.raises(KitError, match="not Competent on so4-ac2 yet"):
        statements.evidence(graded, "L-0001", "ek-grading", "A-01")
    with pytest.raises(KitError, match="needs a reason"):
        statements.evidence(graded, "L-0001", "ek-grading", "A-01", evidenced=False)
    for wrong, says in ((("L-0009", "ek-grading"), "not enrolled"), (("L-0001", "ek-nothing"), "no statement")):
        with pytest.raises(KitError, match=says):
            statements.evidence(graded, *wrong, "A-01")
    with pytest.raises(KitError, match="not registered as assessor"):
        statements.evidence(graded, "L-0001", "ek-grading", "M-01")
    decide(graded)
    statements.evidence(graded, "L-0001", "ek-business", "A-01", ["so1-ac1"], reason="Names its own branch.")
    statements.evidence(graded, "L-0001", "ek-business", "A-01", evidenced=False, reason="Only one product.")
    held = decisions.standing_statements(graded)["L-0001", "ek-business"]
    assert not held["evidenced"] and held["number"] == 2, "the newest counts, the older one stays"


def test_a_cohort_of_an_older_kit_opens_and_gets_its_tables(graded):
    with graded.engine.begin() as connection:
        for table in (records.appeals, records.flags, records.confirmations):
            table.drop(connection)
    graded.engine.dispose()
    again = open_cohort(graded.path)
    assert appeals.appeals(again) == [] and flags.flags(again) == {}
    again.engine.dispose()


# --- flags, comments, appeals ---


def test_flags_hold_until_they_are_taken_back_and_both_stay(cohort):
    flags.flag(cohort, "L-0001", flags.RPL, "F-01", "Ten years")
    flags.flag(cohort, "L-0001", flags.NEEDS, "F-01", "Larger print")
    flags.flag(cohort, "L-0001", flags.RPL, "F-01", "A mistake", holds=False)
    assert flags.flags(cohort) == {"L-0001": {flags.NEEDS: "Larger print"}}
    assert len(records.rows(cohort.engine, sa.select(records.flags))) == 3
    assert {flags.RPL, flags.NEEDS} <= set(cohort.programme.rules.always_sampled)
    for wrong in (("L-0099", flags.RPL, "x"), ("L-0001", "genius", "x"), ("L-0001", flags.RPL, " ")):
        with pytest.raises(KitError):
            flags.flag(cohort, wrong[0], wrong[1], "F-01", wrong[2])


def test_the_comment_bank_offers_what_fits_and_keeps_ones_own(cohort):
    comments.keep(cohort, "A-01", "Say <b>which</b>  month.", "NYC")
    found = comments.bank(cohort, "A-01", "NYC")
    assert found[0].says == "Say <b>which</b> month." and all(one.decision != "C" for one in found)
    assert comments.bank(cohort, "A-02", "NYC")[0].own is None, "another assessor's lines are his own"
    comments.keep(cohort, "A-01", "Say <b>which</b> month.", "NYC", kept=False)
    assert all(one.own is None for one in comments.bank(cohort, "A-01"))
    for who, says in (("M-01", "x"), ("A-01", " "), ("A-01", "x" * 501)):
        with pytest.raises(KitError):
            comments.keep(cohort, who, says)
    assert comments.insert(comments.insert("", "One."), "One.") == "One."
    assert all(one.decision == "" or one.decision in judgement.DECISIONS for one in comments.ours())


def test_a_comment_bank_with_faults_names_all_of_them(tmp_path):
    (tmp_path / "c.toml").write_text(
        '[[comments]]\ndecision = "A"\n[[comments]]\nsays = 3\nmood = "x"\n', encoding="utf-8"
    )
    with pytest.raises(DataError) as error:
        comments.ours(tmp_path / "c.toml")
    assert len(error.value.faults) == 4


@pytest.fixture
def appealed(graded):
    decide(graded, decision="NYC", reason="No figure.", at=AT)
    return graded, appeals.lodge(graded, "L-0001", "so1-ac1", "unfair", "It is there.", "F-01", AT, at=AT)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"criterion": "so1-ac2"}, "nothing was decided"),
        ({"learner": "L-0099"}, "nothing was decided"),
        ({"ground": "rude"}, "is no ground"),
        ({"says": " "}, "own words are needed"),
        ({"told_at": AT - dt.timedelta(days=1)}, "before the decision was made"),
        ({"at": AT + dt.timedelta(hours=49)}, "Say why it is late"),
        ({}, "is open already"),
    ],
)
def test_an_appeal_that_is_not_taken_in(appealed, change, says):
    cohort, _ = appealed
    given = {"learner": "L-0001", "criterion": "so1-ac1", "ground": "unfair", "says": "x", "told_at": AT, "at": AT}
    with pytest.raises(KitError, match=says):
        appeals.lodge(cohort, who="F-01", **{**given, **change})
    assert len(appeals.appeals(cohort)) == 1


@pytest.mark.parametrize(
    ("what", "who", "says", "outcome", "match"),
    [
        ("closed", "M-01", "x", "", "after 'lodged' comes meeting, answered, withdrawn"),
        ("thought about", "M-01", "x", "", "is no step"),
        ("answered", "M-01", "x", "", "the answer is one of"),
        ("answered", "A-01", "x", "dismissed", "not registered as moderator"),
        ("meeting", "M-01", " ", "", "say what was said"),
        ("meeting", "M-01", "x", "upheld", "has no outcome"),
    ],
)
def test_a_step_that_does_not_follow(appealed, what, who, says, outcome, match):
    cohort, number = appealed
    with pytest.raises(KitError, match=match):
        appeals.step(cohort, number, what, who, says, outcome)
    with pytest.raises(KitError, match="There is no appeal 7"):
        appeals.step(cohort, 7, "meeting", "M-01", "x")
    assert len(appeals.appeal(cohort, number).steps) == 1


def test_the_path_of_an_appeal_has_deadlines_and_holds_results_open(appealed):
    cohort, number = appealed
    assert [one.number for one in appeals.overdue(cohort, dt.date(2026, 6, 5))] == [number]
    assert appeals.overdue(cohort, dt.date(2026, 6, 4)) == []
    assert any("Appeal 1" in said for said in final.why_not_final(cohort, "L-0001"))
    appeals.step(cohort, number, "answered", "M-01", "It is not.", "dismissed", at=AT)
    appeals.step(cohort, number, "escalated", "L-0001", "I do not agree.", at=AT)
    done = appeals.step(cohort, number, "final", "SETA", "It stands.", "dismissed", at=AT)
    assert done.open and done.outcome == "dismissed"
    assert not appeals.step(cohort, number, "closed", "F-01", "Told.", at=AT).open
    assert not any("Appeal" in said for said in final.why_not_final(cohort, "L-0001"))


# --- authenticity ---


def test_texts_of_a_class_that_are_alike_name_each_other_and_the_passage():
    texts = {
        "L-0001": OWN,
        "L-0002": OWN.upper() + "!",
        "L-0003": "Our depot is slow. "
        + OWN[: OWN.index("and then")]
        + " but nobody answers, so we wait and see what comes",
        "L-0004": "a text that is about quite another thing and long enough to count for something in this class",
        "L-0005": OWN[:30],
    }
    found = {(one.learner, one.other): one for one in authenticity.alike(texts)}
    assert set(found) >= {("L-0001", "L-0002"), ("L-0002", "L-0001")}
    assert not {pair for pair in found if "L-0004" in pair or "L-0005" in pair}
    assert found["L-0001", "L-0002"].likeness == 1.0 and found["L-0001", "L-0002"].passage == OWN
    assert "which orders came late" in found["L-0003", "L-0001"].passage
    only = authenticity.alike(texts, learner="L-0003")
    assert {(one.learner, one.other) for one in only} == {pair for pair in found if "L-0003" in pair}


def test_a_line_that_the_whole_class_has_points_at_nobody():
    given = "we keep a register of every call with the name the time and the reason so that nothing is lost"
    texts = {f"L-{n:04d}": given + " " + " ".join(f"w{n}x{k}" for k in range(40)) for n in range(40)}
    assert authenticity.alike(texts) == []


def test_declaration_files_and_dates_point(graded):
    folder = graded.path / "submitted"
    for learner, note in (("L-0001", "signed on 2019-02-30 and on 14/03/2019"), ("L-0002", "")):
        path = folder / learner / "so1" / "answers.json"
        held = json.loads(path.read_text(encoding="utf-8"))
        held["answers"]["so1-ac5-signed-minute"] = [{"file": f"{learner}.pdf", "sha256": "ab", "note": note}]
        path.write_text(json.dumps(held), encoding="utf-8")
    found = authenticity.pointers(graded)
    kinds = [one.kind for one in found if one.kind != authenticity.ALIKE]
    assert kinds == ["declaration", "declaration", "same file", "same file", "date"]
    assert "14 March 2019, before the learner was enrolled" in found[-1].says
    assert {one.learner for one in authenticity.pointers(graded, "L-0002")} == {"L-0002"}


# --- results ---


def test_results_for_upload_follow_the_mapping_and_name_what_is_missing(graded, tmp_path):
    decide(graded)
    made = upload.upload(graded)
    lines = made.text.splitlines()
    assert lines[0].startswith("National_Id;Person_Alternate_Id;") and len(lines) == 4
    assert ";enrolled;;" in lines[1], "not judged to the end: no achievement and no date"
    assert {fault.column for fault in made.faults} >= {"National_Id", "Assessor_Registration_Number", "Provider_Code"}
    assert "not filled in yet" not in made.text
    own = tmp_path / "own.toml"
    own.write_text(
        'separator = ","\n[[columns]]\nname = "Who"\nfrom = "surname"\n[[columns]]\nname = "Type"\nvalue = "=1+1"\n',
        encoding="utf-8",
    )
    assert upload.upload(graded, own).text == "Who,Type\r\nSurname1,'=1+1\r\nSurname2,'=1+1\r\nSurname3,'=1+1\r\n"


def test_a_mapping_with_faults_names_all_of_them(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'separator = "|"\n[[columns]]\nname = "A"\nfrom = "race"\n[[columns]]\nname = "A"\ncolour = "red"\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError) as error:
        upload.mapping(own)
    said = " ".join(map(str, error.value.faults))
    for part in ("separator", "'race' is not one of", "stands twice", "misspelt"):
        assert part in said


def test_results_of_a_thousand_are_not_slow_by_their_square(graded):
    rows = results.results(graded)
    assert [row["learner"] for row in rows] == ["L-0001", "L-0002", "L-0003"] and rows[0]["path"] == ""
    assert tables.as_csv([{"a": "+1"}], ";") == "a\r\n'+1\r\n"


def test_changes_since_the_last_look(graded):
    assert changes.last_visit(graded, "A-01", "assessor") is None
    kinds = {one.kind for one in changes.since(graded, None, "A-01")}
    assert kinds == {"hand-in"}
    changes.seen(graded, "A-01", "assessor", AT)
    changes.seen(graded, "A-01", "assessor", AT + dt.timedelta(days=1))
    assert changes.last_visit(graded, "A-01", "assessor") == AT + dt.timedelta(days=1)
    decide(graded, decision="NYC", reason="No figure.", at=dt.datetime(2030, 1, 1), override="Extended")
    appeals.lodge(
        graded, "L-0001", "so1-ac1", "unfair", "x", "F-01", dt.datetime(2030, 1, 1), at=dt.datetime(2030, 1, 2)
    )
    late = changes.since(graded, dt.datetime(2030, 1, 1), "A-02")
    assert [(one.kind, one.criterion) for one in late] == [("appeal", "so1-ac1"), ("decision", "so1-ac1")]
    assert [one.kind for one in changes.since(graded, dt.datetime(2030, 1, 1), "A-01")] == ["appeal"]


# --- papers ---

LONG = "Ṋemakonḓe-" + "ḓḽṋṱṅ" * 37 + "Ṱhi", "Ḽufuno Ṅanisa"


@pytest.fixture
def papers_of(graded):
    decide(graded, decision="NYC", reason="Say where the figure comes from. ṱalutshedzani! " * 40)
    with graded.engine.begin() as connection:
        named = records.identities.c.code == "L-0001"
        connection.execute(records.identities.update().where(named).values(surname=LONG[0], first_names=LONG[1]))
    return graded


@pytest.mark.parametrize("paper", ["statement", "remediation", "appeal_form"])
def test_papers_take_venda_letters_and_two_hundred_of_them(papers_of, paper):
    from pypdf import PdfReader

    made = getattr(results_papers, paper)(papers_of, "L-0001")
    content = to_pdf(made)
    text = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    bare = text.replace("\u200b", "")
    assert LONG[0] in bare and "�" not in bare
    import docx

    held = docx.Document(io.BytesIO(to_word(made)))
    assert any(LONG[0] in cell.text for table in held.tables for row in table.rows for cell in row.cells)


def test_a_statement_says_that_it_is_no_certificate_and_what_may_change(papers_of):
    said = repr(results_papers.statement(papers_of, "L-0001", named=False))
    assert "It is not a certificate" in said and "Ḽufuno" not in said and "Not everything has been judged" not in said
    assert results_papers.statement(papers_of, "L-0001").title == "Statement of Results (provisional)"
    for learner in ("L-0002", "L-0099"):
        with pytest.raises(KitError):
            results_papers.statement(papers_of, learner)


def test_a_plan_names_what_is_missing_and_which_rule_is_not_met(graded):
    decide(graded, decision="NYC", reason="No date.", confirmed=["valid"], at=dt.datetime(2028, 6, 1, 8))
    said = repr(results_papers.remediation(graded, "L-0001"))
    for part in (
        "No date.",
        "Not confirmed: authentic, reliable, current, sufficient",
        "attempt 2 of 3",
        "15 June 2028",
    ):
        assert part in said, part


def test_rules_that_an_assessor_left_empty_do_not_read_as_if_the_work_were_not_the_learners_own(graded):
    decide(graded, decision="NYC", reason="No date.", confirmed=[])
    decide(graded, "so1-ac2", decision="NYC", reason="No call.", confirmed=["valid"])
    said = repr(results_papers.remediation(graded, "L-0001"))
    assert "No date.\\nThe assessor did not record which rules of evidence were met." in said
    assert said.count("did not record") == 1 and said.count("Not confirmed:") == 1
    cells = [row for block in papers.report(graded, "L-0001").blocks for row in getattr(block, "rows", ())]
    assert [row[2] for row in cells if row[-1] in ("No date.", "No call.") and len(row) == 6] == ["–", "V – – – –"]
    assert "A single – beside Not Yet Competent" in repr(papers.report(graded, "L-0001"))


def test_the_report_says_where_evidence_lies_and_what_closes_a_gap(graded):
    decide(graded, decision="NYC", reason="No date.", at=dt.datetime(2028, 6, 1, 8))
    decide(graded, "so1-ac2", at=dt.datetime(2028, 6, 1, 8))
    (row,) = records.rows(
        graded.engine, sa.select(records.submissions).where(records.submissions.c.learner == "L-0001")
    )
    made = papers.report(graded, "L-0001")
    tables = [block for block in made.blocks if isinstance(block, Table)]
    judged = next(one for one in tables if "Rules of evidence" in one.columns)
    there = f"so1, hand-in 1, {long_day(row['made_at'])}"
    assert [cell[1].splitlines()[-1] for cell in judged.rows if cell[4] == "1"] == [there, there]
    (gap,) = next(one for one in tables if "Gap" in one.columns).rows
    assert gap[0].startswith("1.1 ") and gap[1:] == ("No date.", "Hand in again: so1 (attempt 2 of 3)", "15 June 2028")
    assert [cell[1] for cell in next(one for one in tables if one.columns[0] == "No.").rows] == ["1.1", "1.2"]
    assert "so1-ac" not in repr(made), "criteria stand as the unit standard counts them"


def test_a_statement_names_its_moderation(graded):
    number = decide(graded, decision="NYC", reason="No date.")
    assert "none recorded yet" in repr(results_papers.statement(graded, "L-0001"))
    sample, _ = moderation.moderate(graded, "M-01", "1")
    moderation.find(graded, sample, "L-0001", {"so1-ac1": ("upheld", "")}, "M-01")
    today = long_day(records.now())
    assert f"sample {sample}, M-01, {today}" in repr(results_papers.statement(graded, "L-0001")) and number == 1


def test_the_empty_appeal_form_has_room_for_the_answer_and_says_what_comes_after(graded):
    decide(graded, decision="NYC", reason="No date.")
    made = results_papers.appeal_form(graded, "L-0001")
    said = repr(made)
    assert all(one in said for one in appeals.OUTCOMES.values())
    assert "may take the appeal to the quality assurance body, which decides last" in said
    assert [block.roles for block in made.blocks if isinstance(block, SignatureLines)][-1] == (
        ("Internal moderator", ""),
    )


def test_rows_of_a_table_stay_on_one_page():
    from pypdf import PdfReader

    from learner_kit.documents import Document, Table

    rows = [[f"first-{n}", "word " * 60 + f"last-{n}"] for n in range(40)]
    made = to_pdf(Document("Rows", blocks=[Table(["A", "B"], rows)]))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    assert len(pages) > 3
    for n in range(40):
        (where,) = {
            place for place, page in enumerate(pages) for word in (f"first-{n}\n", f"first-{n} ") if word in page
        }
        assert f"last-{n}" in pages[where].split(), f"row {n} is torn"
    long = to_pdf(Document("Long", blocks=[Table(["A", "B"], [["x", "word " * 3000 + "end"]])]))
    assert "end" in PdfReader(io.BytesIO(long)).pages[-1].extract_text(), "what fits on no page may break"


def test_the_class_sheet_names_nobody_unless_asked(papers_of, tmp_path):
    assert "Ḽufuno" not in repr(class_papers.class_sheet(papers_of))
    assert "Ḽufuno" in repr(class_papers.class_sheet(papers_of, named=True))
    assert [path.suffix for path in class_papers.write_sheet(papers_of, tmp_path / "sheet.pdf")] == [".pdf", ".docx"]


def test_a_provider_is_read_with_every_fault(tmp_path):
    programme = load()
    assert provider(programme) == Provider(), "the values that the file comes with are nobody's"
    filled = 'name = "Ubuntu College"\naccreditation = "ABC/1"\nquality_body = "the SETA that accredits you"\n'
    (tmp_path / "provider.toml").write_text(filled, encoding="utf-8")
    assert read_provider(tmp_path).letterhead == ("Ubuntu College", "Accreditation: ABC/1")
    assert unfilled(tmp_path).startswith("Papers and uploads lack the provider's quality assurance body: fill in ")
    (tmp_path / "provider.toml").write_text(filled.replace("the SETA that accredits you", "MICT"), encoding="utf-8")
    assert unfilled(tmp_path) == ""
    (tmp_path / "provider.toml").write_text('name = 3\nfax = "1"\n', encoding="utf-8")
    from dataclasses import replace

    with pytest.raises(DataError) as error:
        provider(replace(programme, folder=tmp_path))
    assert len(error.value.faults) == 2
    (tmp_path / "provider.toml").unlink()
    assert provider(replace(programme, folder=tmp_path)).letterhead == ()


def test_answers_worked_out_with_another_learners_figures_point_at_that_learner(graded):
    from learner_kit.course import master

    read = master.read(graded.master("so1"))
    expected = {one: master.run(read, {}, one, dry=True).expected for one in ("L-0001", "L-0002")}
    id = "so1-ac1-annual-sales"
    assert expected["L-0001"][id] != expected["L-0002"][id]
    path = graded.path / "submitted" / "L-0001" / "so1" / "answers.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    held["answers"] = {id: expected["L-0002"][id]}
    path.write_text(json.dumps(held), encoding="utf-8")
    (found,) = authenticity.figures(graded, "L-0001")
    assert (found.kind, found.other, found.question) == (authenticity.VARIANT, "L-0002", id)
    held["answers"] = {id: expected["L-0001"][id]}
    path.write_text(json.dumps(held), encoding="utf-8")
    assert authenticity.figures(graded, "L-0001") == [], "one's own figures point at nobody"


# --- the command line ---


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["appeal", "{class}", "--form"], "Say whose form"),
        (["appeal", "{class}", "--step", "closed"], "Say which appeal"),
        (["appeal", "{class}", "4", "--step", "closed", "--says", "x"], "There is no appeal 4"),
        (["appeal", "{class}", "--learner", "L-0001", "--criterion", "so1-ac1"], "needs --learner, and --told"),
        (
            ["appeal", "{class}", "--learner", "L-0001", "--criterion", "so1-ac1", "--told", "2026-01-05"],
            "Say who it is, such as --by F-01",
        ),
        (["flag", "{class}", "L-0001"], "Say which flag"),
        (["flag", "{class}", "L-0001", "rpl"], "Give a reason."),
        (["authentic", "{class}", "L-0099"], "is not enrolled"),
        (["judge", "{class}", "L-0001", "ek-grading", "C", "--by", "A-01"], "not Competent on"),
        (
            ["judge", "{class}", "L-0001", "so1-ac1", "--review", "stands", "--by", "M-01", "--reason", "x"],
            "nothing to review",
        ),
        (["results", "{class}", "--statements"], "Nothing has been judged"),
        (["results", "{class}", "--upload", "x.csv", "--mapping", "{class}/cohort.toml"], "cohort.toml"),
    ],
)
def test_what_a_user_can_cause_at_the_command_line(arguments, says, cohort, capsys, monkeypatch, tmp_path):
    from learner_kit.cli import main

    monkeypatch.chdir(tmp_path)
    assert main([one.replace("{class}", str(cohort.path)) for one in arguments]) == 1
    said = capsys.readouterr()
    assert says in said.err and "Traceback" not in said.err + said.out


@pytest.fixture
def held(graded):
    """L-0001 overturned on so1-ac1 and under appeal on so1-ac2; L-0002 asked for more evidence."""
    decide(graded), decide(graded, "so1-ac2", decision="NYC", reason="No figure.")
    decide(graded, learner="L-0002", decision="NYC", reason="Half.")
    appeals.lodge(graded, "L-0001", "so1-ac2", "unfair", "It is there.", "F-01", records.now())
    sample, _ = moderation.moderate(graded, "M-01", "x")
    moderation.find(graded, sample, "L-0001", {"so1-ac1": ("overturned", "It names no caller.")}, "M-01")
    moderation.find(graded, sample, "L-0002", {"so1-ac1": ("more evidence", "Ask for the list.")}, "M-01")
    return graded


def test_what_is_overturned_or_under_appeal_is_still_to_do(held, capsys):
    from learner_kit.cli import main

    due = long_date(appeals.appeal(held, 1).due)
    todo = evidence.missing([one for one in evidence.matrix(held) if one.learner == "L-0001"])
    assert ("assessor", "correct what a moderator overturned", ("so1-ac1",)) in todo
    assert ("moderator", f"appeal 1 open, next step by {due}", ("so1-ac2",)) in todo
    assert main(["matrix", str(held.path)]) == 0
    said = capsys.readouterr().out
    assert "assessor: correct what a moderator overturned (so1-ac1)" in said
    assert f"moderator: appeal 1 open, next step by {due} (so1-ac2)" in said
    paper = repr(class_papers.matrix_paper(held, evidence.matrix(held)))
    assert "correct what a moderator overturned" in paper and f"appeal 1 open, next step by {due}" in paper
    assert main(["status", str(held.path)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "L-0001 so1-ac1). Judgement 1: a moderator (M-01) found “overturned” on" in said
    assert (
        "It names no caller." in said
        and f"Appeal 1 against judgement 2 is open: lodged on {long_day(records.now())}" in said
    )
    assert "L-0002 so1-ac1). Judgement 3" in said
    appeals.step(held, 1, "answered", "M-01", "It is.", "upheld")
    todo = evidence.missing(evidence.matrix(held, "L-0001"))
    assert any(who == "another assessor" and "appeal 1 open" in what for who, what, _ in todo)
    judgement.correct(held, 1, "NYC", "A-01", "The moderator is right.")
    assert not any("overturned" in what for _, what, _ in evidence.missing(evidence.matrix(held)))


def test_what_is_held_open_is_marked_in_every_shape_of_the_matrix(held):
    from learner_kit.desks import standings

    found = evidence.matrix(held)
    ((_, alt),) = heatmap.pictures(UNIT, found)
    assert "Moderator overturned: L-0001 on 1.1." in alt and "Under open appeal: L-0001 on 1.2." in alt
    assert "More evidence wanted: L-0002 on 1.1." in alt
    lines = {(one["learner"], one["criterion"]): one for one in csv.DictReader(io.StringIO(evidence.as_csv(found)))}
    assert lines["L-0001", "so1-ac1"]["held_open"] == "overturned" and not lines["L-0001", "so1-ac3"]["held_open"]
    own = json.loads(evidence.as_json(held, found))["learners"]["L-0001"]
    assert own["so1-ac1"]["held_open"][0]["kind"] == "overturned" and own["so1-ac3"]["held_open"] == []
    assert own["so1-ac2"]["held_open"][0]["due"] == str(appeals.appeal(held, 1).due)
    shown = standings.class_table(UNIT, found, "so1")
    assert shown.count('<td class="lk-c lk-held lk-first">C, overturned<') == 1
    assert "</b>moderator overturned: 1<" in shown and "</b>under open appeal: 1<" in shown
    clear = [replace(one, holds=()) for one in found]
    assert "lk-held" not in standings.class_table(UNIT, clear, "so1")
    assert not re.search("moderator|appeal", heatmap.pictures(UNIT, clear)[0][1])


def test_the_newest_finding_holds_and_the_class_is_asked_about_at_one_go(held):
    sample, _ = moderation.moderate(held, "M-01", "y")
    moderation.find(held, sample, "L-0001", {"so1-ac1": ("upheld", "Seen again: it does.")}, "M-01")
    assert set(final.holds(held)) == {("L-0001", "so1-ac2"), ("L-0002", "so1-ac1")}
    assert final.holds(held) == {**final.holds(held, "L-0001"), **final.holds(held, "L-0002")}
    asked = []
    sa.event.listen(held.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    final.holds(held)
    assert sum("SELECT" in one for one in asked) == 3, "decisions, findings, appeals: once each, whatever the class"


def test_the_command_says_how_a_decision_is_corrected(graded, capsys):
    from learner_kit.cli import main

    decide(graded, decision="NYC", reason="No figure.")
    assert main(["judge", str(graded.path), "L-0001", "so1-ac1", "C", "--by", "A-01"]) == 1
    said = capsys.readouterr().err
    assert "nothing new was handed in" in said and "C --correct 1 --by A-01 --reason" in said


def test_the_papers_through_the_command_line(graded, capsys, monkeypatch, tmp_path):
    from learner_kit.cli import main

    monkeypatch.chdir(tmp_path)
    place = str(graded.path)

    def run(*arguments: str, code: int = 0) -> str:
        assert main(list(arguments)) == code
        return capsys.readouterr().out

    decide(graded, decision="NYC", reason="No figure.")
    assert "remediation-plan.docx" in run("feedback", place, "--plan", "--word")
    assert "appeal-form.pdf" in run("appeal", place, "--learner", "L-0001", "--form")
    today = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    told = ("--ground", "unfair", "--says", "It is there.", "--by", "F-01", "--told")
    lodge = ("appeal", place, "--learner", "L-0001", "--criterion", "so1-ac1", *told)
    assert main([*lodge, f"{today + dt.timedelta(days=2):%Y-%m-%d}"]) == 1
    assert "lies in the future. Nothing was recorded." in capsys.readouterr().err
    assert "Appeal 1 taken in" in run(*lodge, f"{today:%Y-%m-%d}")
    assert "lodged" in run("appeal", place)
    assert "appeal-1.pdf" in run("appeal", place, "1", "--form")
    said = run("results", place, "--statements", "--sheet", "class.pdf", "--csv", "all.csv")
    assert all(name in said for name in ("statement-of-results.pdf", "class.pdf", "all.csv"))
    run("results", place, "--upload", "upload.csv", code=1)
    for arguments in (["feedback", place], ["results", place, "--sheet", "class.pdf"]):
        assert main(arguments) == 0
        (told,) = [one for one in capsys.readouterr().err.splitlines() if "provider.toml" in one]
        assert "lack the provider's name, accreditation" in told
    assert (tmp_path / "upload.csv").read_text(encoding="utf-8-sig").count("\n") == 4
    assert "recognition of prior learning" in run("flag", place, "L-0001", "rpl", "--reason", "Ten years")
    assert "Criterion matrix of 3 learners" in run("matrix", place, "--png", "m.png")
    assert run("matrix", place, "--pdf", "m.pdf").strip().endswith("m.pdf")
    assert "declaration" in run("authentic", place)
