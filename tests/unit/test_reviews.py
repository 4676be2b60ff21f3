"""A moderator's review after the last attempt, and findings, wherever they must be seen."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from learner_kit.assess import decisions, evidence, final, judgement, moderation, papers
from learner_kit.assess.moderation import report as moderation_report
from learner_kit.assess.papers import results as results_papers
from learner_kit.assess.portfolio import completeness, readable
from learner_kit.cli import main
from learner_kit.course import records
from learner_kit.errors import KitError

widgets = pytest.importorskip("ipywidgets")
from learner_kit.desks import assessor, moderator  # noqa: E402

WHO, WHAT = "L-0001", "so1-ac1"


@pytest.fixture
def spent(graded):
    """The last attempt of L-0001 on 1.1 ended in Not Yet Competent."""
    judgement.judge(graded, WHO, WHAT, "NYC", "A-01", "No figure.")
    (row,) = judgement.history(graded)
    rows = [{**row, "id": number, "number": number, "attempt": number} for number in (2, 3)]
    with records.transaction(graded.engine) as connection:
        connection.execute(records.judgements.insert(), rows)
    return graded


def of(cohort) -> evidence.Standing:
    return next(one for one in evidence.matrix(cohort, WHO) if one.criterion == WHAT)


def test_a_review_that_is_due_stands_wherever_somebody_looks_for_it(spent, capsys):
    assert of(spent).said == "NYC (attempt 3; a moderator reviews)"
    assert list(decisions.reviews_due(spent)) == [(WHO, WHAT)]
    assert "a moderator has still to review after the last attempt: 1.1" in completeness.missing(spent, WHO)
    assert any("still to review so1-ac1" in said for said in final.why_not_final(spent, WHO))
    assert "A moderator looks at your portfolio first" in repr(papers.feedback(spent, WHO))
    assert main(["status", str(spent.path)]) == 0
    said = capsys.readouterr().out
    assert "moderator: review after the last attempt (L-0001 so1-ac1, judgement 3)" in said
    assert "Attempt 3 of 3." in assessor.Desk(spent.path).judging.head.value


def test_a_review_that_lets_the_decision_stand_ends_it(spent, capsys):
    moderation.moderate(spent, "M-01", "x")
    assert "Still to review: L-0001 1.1" in repr(moderation_report.report(spent, 1))
    judgement.review(spent, WHO, WHAT, "M-01", judgement.FINAL, "Three times the same figure.")
    own = of(spent)
    assert own.said == "NYC (attempt 3; review: stands)" and evidence.missing([own]) == []
    assert decisions.reviews_due(spent) == {} and "still to review" not in repr(completeness.missing(spent, WHO))
    with pytest.raises(KitError, match="a moderator's review let it stand"):
        judgement.judge(spent, WHO, WHAT, "C", "A-01", "Seen.")
    said = repr(papers.feedback(spent, WHO))
    for part in ("There is no further attempt", "Three times the same figure.", "Your right to appeal"):
        assert part in said, part
    assert "hand in again by" not in said and "looks at your portfolio first" not in said
    plan = repr(results_papers.remediation(spent, WHO))
    assert "Nothing to hand in" in plan and "Hand in again" not in plan and "handed in again by" not in plan
    report = repr(papers.report(spent, WHO))
    assert "Review of 3: stands" in report and "Three times the same figure." in report
    page = readable.decisions(spent, WHO, judgement.history(spent, WHO), (), decisions.reviewed(spent, WHO))
    assert "Reviews by moderators" in page and "Three times the same figure." in page
    made = repr(moderation_report.report(spent, 1))
    assert "Three times the same figure." in made and "Still to review" not in made
    head = assessor.Desk(spent.path).judging.head.value
    assert "Attempt 3 of 3." in head and "review let the decision stand" in head and "reviews the criterion" not in head
    assert main(["status", str(spent.path)]) == 0
    assert "moderator: review" not in capsys.readouterr().out
    assert [said for said in final.why_not_final(spent, WHO) if "again" in said or "review" in said] == []


def test_another_attempt_is_counted_as_granted(spent):
    judgement.review(spent, WHO, WHAT, "M-01", judgement.AGAIN, "Ill for the third.")
    assert of(spent).said == "NYC (attempt 3; review: another attempt)"
    said = repr(papers.feedback(spent, WHO))
    assert "This was attempt 3 of 4" in said and "Ill for the third." in said
    assert "attempt 4 of 4" in repr(results_papers.remediation(spent, WHO))
    assert "Attempt 3 of 4." in assessor.Desk(spent.path).judging.head.value


def test_the_moderator_reviews_at_the_desk_in_two_steps(spent):
    one = moderator.Desk(spent.path).reviewing
    assert one.which.value == (WHO, WHAT) and "No figure." in one.shown.value
    one.record.begin.click()
    assert "Choose first" in one.said.text
    one.outcome.value = judgement.FINAL
    one.record.begin.click()
    assert "needs a reason" in one.said.text
    one.reason.value = "<b>Three</b> times."
    one.record.begin.click()
    assert "review by M-01: stands" in one.said.text and decisions.reviewed(spent) == []
    one.record.yes.click()
    assert "Recorded the review: L-0001, 1.1" in one.said.text
    assert "&lt;b&gt;Three" in one.made.value and "No decision waits for a review" in one.made.value
    assert one.form.layout.display == "none" and [row["outcome"] for row in decisions.reviewed(spent)] == ["stands"]


def test_a_finding_is_on_one_judgement_and_says_nothing_of_a_later_one(graded):
    first = judgement.judge(graded, WHO, WHAT, "NYC", "A-01", "No figure.")
    moderation.moderate(graded, "M-01", "x")
    desk = moderator.Desk(graded.path)
    one = desk.review
    one.rest.click()
    assert "NYC · upheld" in one.criterion.label and "L-0001 · 1 finding" in one.learner.label
    judgement.correct(graded, first, "C", "A-01", "I misread it.")
    one.finding.value = "upheld"
    one.record.click()
    assert "decided anew meanwhile" in one.said.text and len(moderation_report.raters.all_findings(graded)) == 1
    assert "C · not looked at" in one.criterion.label and "L-0001 · 0 findings" in one.learner.label
    assert "NYC (no. 1, replaced since)" in one.kept.value
    one.rest.click()
    assert "Recorded 1 finding" in one.said.text
    found = records.rows(graded.engine, sa.select(records.moderation.c.judgement))
    assert [row["judgement"] for row in found] == [1, 2]
    assert "C · upheld" in one.criterion.label


def test_more_evidence_tells_everybody_what_to_do(graded):
    judgement.judge(graded, WHO, WHAT, "C", "A-01", "Own figures.")
    moderation.moderate(graded, "M-01", "x")
    moderation.find(graded, 1, WHO, {WHAT: ("more evidence", "The order form.")}, "M-01")
    feedback = repr(papers.feedback(graded, WHO))
    assert "asks for more evidence: The order form." in feedback and "Nothing that was judged" not in feedback
    assert "asks for more evidence: The order form." in repr(results_papers.remediation(graded, WHO))
    assert "(M-01) asks for more evidence: The order form." in repr(papers.report(graded, WHO))
    assert "Ask the learner for it" in assessor.Desk(graded.path).judging.head.value
    judgement.correct(graded, 1, "C", "A-01", "The order form came.")
    assert of(graded).holds == () and "Nothing that was judged" in repr(papers.feedback(graded, WHO))
