"""Workbook so3 and its guide: form of the master, memo of every question, full marks for the memo, none for a blank."""

import ast
import datetime as dt
import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from learner_kit import contact, workbook
from learner_kit.course import master, programme

HOME = Path(__file__).resolve().parents[2]
PATH = HOME / "assessments/source/so3/so3.ipynb"
MASTER = json.loads(PATH.read_text(encoding="utf-8"))
MEMO = tomllib.loads((HOME / "assessments/memo/so3.toml").read_text(encoding="utf-8"))
GUIDE = json.loads((HOME / "notebooks/so3-maintain.ipynb").read_text(encoding="utf-8"))
CRITERIA = [one.id for one in programme.load().unit.criteria if one.outcome == "so3"]
MARKED = {id: one for id, one in MEMO.items() if "levels" in one}
ANSWERS = {id: one["answer"] for id, one in MEMO.items() if "answer" in one}
MODELS = {id: one["model"] for id, one in MEMO.items() if "model" in one}


def told(cell):
    return cell["metadata"].get("nbgrader", {})


def source(cell):
    return "".join(cell["source"])


CODE = [cell for cell in MASTER["cells"] if cell["cell_type"] == "code"]
CHECKS = [cell for cell in CODE if told(cell).get("grade")]
TASKS = [cell for cell in MASTER["cells"] if told(cell).get("task")]
ASKED = dict(master.questions(master.read(PATH)))


def grade(answers):
    """Run the master on answers; gives the points of each check, and what was asked and found."""
    run = master.run(master.read(PATH), answers)
    checks = [one for one in run.shown if one.cell.role == "check"]
    assert all(one.error is None or isinstance(one.error, workbook.CheckFailed) for one in checks), checks
    return {one.cell.grade_id: one.score for one in checks}, run


# --- the form of the master ---


def test_notebook_format_and_kernel():
    assert (MASTER["nbformat"], MASTER["nbformat_minor"]) == (4, 5)
    assert MASTER["metadata"]["kernelspec"] == {"name": "python3", "display_name": "Python 3", "language": "python"}


def test_cells_are_locked_have_readable_ids_and_no_outputs():
    ids = [cell["id"] for cell in MASTER["cells"]]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[a-z][a-z0-9-]{1,60}", id) for id in ids)
    for cell in CODE:
        assert cell["outputs"] == [] and cell["execution_count"] is None
        assert told(cell)["locked"] and not told(cell)["solution"] and told(cell)["grade_id"] == cell["id"]
    for cell in CODE + TASKS:
        assert set(told(cell)) - {"points"} == {"grade", "grade_id", "locked", "schema_version", "solution", "task"}
        assert told(cell)["schema_version"] == 3


def test_checks_begin_with_a_visible_test_and_hide_the_expected_value():
    for cell in CHECKS:
        visible, hidden = source(cell).split("### BEGIN HIDDEN TESTS\n")
        assert visible == f'book.check("{cell["id"]}")\n'
        assert hidden.endswith("### END HIDDEN TESTS") and f'"{cell["id"]}"' in hidden and "hint=" in hidden
        assert told(cell)["points"] > 0


def test_a_share_of_points_is_said_with_the_points_of_its_cell():
    for cell in CHECKS:
        said = re.search(r"^    points=(\d+)", source(cell), re.MULTILINE)
        shared = "lambda" in source(cell) or ASKED[cell["id"]].kind == "table"
        assert shared == bool(said) and (not said or int(said[1]) == told(cell)["points"])


def test_masters_run_plain_python_and_load_nothing_heavy_for_a_learner():
    for cell in CODE:
        visible = source(cell).split("### BEGIN HIDDEN TESTS")[0]
        loaded = {
            name
            for node in ast.walk(ast.parse(source(cell)))
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for name in ([node.module] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
        }
        assert loaded <= {
            "learner_kit",
            "learner_kit.workbook",
            "learner_kit.contact",
            "learner_kit.course.programme",
            "datetime",
        }
        assert "open(" not in source(cell) and "learner_kit.contact" not in visible


def test_prose_has_headings_in_order_no_html_and_no_dollar_signs():
    text = "\n".join(source(cell) for cell in MASTER["cells"] if cell["cell_type"] == "markdown")
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert "$" not in text and not re.search(r"<(?!/?(details|summary)\b)[a-z/]", text)
    activities = re.findall(r"^### Activity (\d+)", text, re.MULTILINE)
    assert activities == [str(place) for place in range(1, len(activities) + 1)]


# --- what it asks ---


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_criterion_has_scored_questions_work_of_its_own_and_evidence_or_a_decision(criterion):
    scored = [cell["id"] for cell in CHECKS + TASKS if cell["id"].startswith(criterion + "-")]
    assert len(scored) >= 6
    asked = {question.kind for id, question in ASKED.items() if id.startswith(criterion + "-")}
    assert "text" in asked and {"choice", "order"} & asked
    assert any(criterion in one.criteria for one in ASKED.values() if one.kind == "evidence")


def test_every_question_names_its_criterion_and_is_asked_once():
    assert len(CHECKS) >= 14 and len(TASKS) == 3
    assert all(any(id.startswith(one + "-") for one in CRITERIA) for id in ASKED)
    assert {cell["id"] for cell in CHECKS + TASKS} <= set(ASKED)
    assert all(ASKED[cell["id"]].kind == "text" for cell in TASKS)
    kinds = {"number", "choice", "choices", "order", "text", "date", "table", "evidence"}
    assert {question.kind for question in ASKED.values()} == kinds


def test_the_right_option_does_not_always_stand_in_one_place():
    places = [
        [key for key, _ in ASKED[id].options].index(answer)
        for id, answer in ANSWERS.items()
        if ASKED[id].kind == "choice"
    ]
    assert max(places.count(place) for place in set(places)) <= len(places) * 0.6
    orders = [(id, answer) for id, answer in ANSWERS.items() if ASKED[id].kind == "order"]
    assert orders and all([key for key, _ in ASKED[id].options] != answer for id, answer in orders)


def test_every_kind_of_activity_is_there():
    text = "\n".join(source(cell) for cell in MASTER["cells"] if cell["cell_type"] == "markdown")
    for kind in (
        "Knowledge activity: own work",
        "Group activity",
        "Skills application",
        "Naturally occurring evidence",
    ):
        assert kind in re.sub(r"^- .*$", "", text, flags=re.MULTILINE)
    assert text.count("The source says … but …") >= 3 and "not legal advice" in text.replace("\n", " ")


# --- the memo ---


def test_memo_covers_every_question_and_nothing_else():
    assert set(MEMO) == set(ASKED)
    assert set(MARKED) == {cell["id"] for cell in TASKS}
    for id, one in MEMO.items():
        assert {"answer", "why"} <= set(one) or {"model", "look_for"} <= set(one), id
        assert ("answer" in one) == (id in {cell["id"] for cell in CHECKS})


def test_marked_questions_have_a_model_and_levels_from_full_points_to_none():
    for cell in TASKS:
        one = MARKED[cell["id"]]
        points = [level["points"] for level in one["levels"]]
        assert points[0] == told(cell)["points"] and points[-1] == 0 and points == sorted(points, reverse=True)
        assert all(level["says"] for level in one["levels"]) and len(one["look_for"]) >= 3
        low, high = ASKED[cell["id"]].words
        assert low <= len(one["model"].split()) <= high, cell["id"]


def test_memo_answers_are_sound_and_earn_full_points():
    for id, value in {**ANSWERS, **{id: said for id, said in MODELS.items() if ASKED[id].kind == "text"}}.items():
        assert ASKED[id].fault(value) is None, id
    points, graded = grade(ANSWERS)
    assert points == {cell["id"]: told(cell)["points"] for cell in CHECKS}
    assert all(one.state == "right" for one in graded.results.values())


@pytest.mark.parametrize("blank", [{}, dict.fromkeys(ASKED), dict.fromkeys(ASKED, ""), {id: [] for id in ASKED}])
def test_blank_answers_earn_nothing(blank):
    assert set(grade(blank)[0].values()) == {0}


def test_wrong_answers_earn_nothing_and_the_hint_does_not_tell():
    wrong = {id: _another(ASKED[id], answer) for id, answer in ANSWERS.items()}
    assert all(ASKED[id].fault(value) is None for id, value in wrong.items())
    points, graded = grade(wrong)
    assert sum(points.values()) == 0, {id: earned for id, earned in points.items() if earned}
    for id, result in graded.results.items():
        assert result.said
        if ASKED[id].kind == "number":  # written in any way, the figure itself must not stand in the hint
            assert f"{ANSWERS[id]:g}" not in result.said.replace(" ", "").replace("\u00a0", "")
        if ASKED[id].kind == "date":
            assert ANSWERS[id] not in result.said


def test_ticking_everything_earns_nothing():
    everything = {id: [key for key, _ in ASKED[id].options] for id in ANSWERS if ASKED[id].kind == "choices"}
    points, _ = grade({**ANSWERS, **everything})
    assert everything and all(points[id] == 0 for id in everything)


def test_one_answer_for_all_rows_earns_little_and_a_right_row_its_part():
    asked = ASKED["so3-ac3-reasons"]
    points, _ = grade({"so3-ac3-reasons": [{"Reason": "Positive"}] * len(asked.rows)})
    assert points["so3-ac3-reasons"] == 1  # of 4: five right less three wrong, of eight
    one_wrong = [dict(row) for row in ANSWERS["so3-ac2-may-you"]]
    one_wrong[0]["Decided by"] = "Consent"
    assert grade({"so3-ac2-may-you": one_wrong})[0]["so3-ac2-may-you"] == pytest.approx(6)
    kinds = [*ANSWERS["so3-ac1-kinds"][:3], *[{"Kind": None}] * 3]
    assert grade({"so3-ac1-kinds": kinds})[0]["so3-ac1-kinds"] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("so3-ac2-report", "2012-11-12"),  # the printed report's Sunday
        ("so3-ac2-long-weekend", "2027-03-23"),  # 21 March is a Sunday, so the Monday too
        ("so3-ac2-grade-a", "2026-12-17"),
        ("so3-ac2-open-days", 13),
        ("so3-ac4-gain", 8000),
        ("so3-ac3-waste", 6552),
    ],
)
def test_computed_answers_are_what_the_calendar_and_arithmetic_say(id, value):
    assert ANSWERS[id] == value
    assert grade({id: value})[0][id] > 0


def test_the_case_of_activity_11_stands_as_the_memo_says():
    """What the model answer claims of each of the four reasons is what the policy says."""
    policy = contact.Policy.load(HOME / "data" / "contact_policy.toml")
    record = {"customer_id": "D", "consent": "opt-in", "consent_channels": "e-mail", "last_purchase": "2026-11-18"}
    record |= {"birth_date": "1980-11-24", "overdue_since": "2026-11-04"}
    done = [("query", "2026-11-12"), ("satisfaction", "2026-11-16"), ("delivery", "2026-11-20")]
    history = [{"customer_id": "D", "purpose": why, "when": f"{day} 10:00"} for why, day in done]
    now = dt.datetime(2026, 11, 24, 9)
    assert contact.may_contact(now, "telephone", "complaint", record, history, policy)
    history.append({"customer_id": "D", "purpose": "complaint", "when": now})

    def after(channel, purpose):
        return contact.may_contact(dt.datetime(2026, 11, 24, 10), channel, purpose, record, history, policy)

    assert after("e-mail", "payment").next_time.date() == dt.date(2026, 12, 12)
    assert after("e-mail", "special-offer").next_time.date() == dt.date(2026, 12, 18)
    assert after("telephone", "special-offer").code == "consent"
    assert after("e-mail", "birthday").next_time.year == 2027


# --- the guide ---


def test_guide_is_stored_run_folded_and_without_warnings():
    assert GUIDE["metadata"]["kernelspec"]["name"] == "python3"
    code = [cell for cell in GUIDE["cells"] if cell["cell_type"] == "code"]
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{1,60}", cell["id"]) for cell in GUIDE["cells"])
    assert all(cell["metadata"]["jupyter"]["source_hidden"] and cell["execution_count"] for cell in code)
    assert all(out["output_type"] == "execute_result" for cell in code for out in cell["outputs"])
    assert all(cell["outputs"] for cell in code if cell["id"] != "setup")


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_lesson_keeps_the_rhythm(criterion):
    """Why, idea, example, something to try, two to five checks, workplace task and reflection, for each criterion."""
    short = criterion.removeprefix("so3-")
    cells = [cell for cell in GUIDE["cells"] if cell["id"] == short or cell["id"].startswith(short + "-")]
    text = "\n".join(source(cell) for cell in cells)
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert headings == [
        "Why it matters",
        "The idea",
        "A worked example",
        "Try it",
        "Check yourself",
        "In your workplace",
        "Reflect",
    ]
    assert re.search(r"(calculator|branching|sorter|planner|may_i)\(", text)
    assert re.search(r"show_contact\(|value\.\w+\(|policy\.\w+", text)
    assert 2 <= text.count("quiz(") <= 5 and f'"{criterion}-reflection"' in text
    assert f"evidence for {criterion.upper().replace('-', ' ')}" in " ".join(text.split())
    assert "The source says … but …" in text or short == "ac3"


def test_the_guide_plays_every_scenario_of_this_outcome():
    text = "\n".join(source(cell) for cell in GUIDE["cells"])
    played = set(re.findall(r'branching\("([a-z-]+)"', text))
    assert played == {
        "first-impressions",
        "shopping-with-a-purpose",
        "no-direction",
        "combative-customer",
        "guarded-customer",
    }


def test_the_law_is_dated_and_named_as_training():
    text = " ".join("\n".join(source(cell) for cell in GUIDE["cells"]).split())
    assert "not legal advice" in text and "21 November 2026" in text
    rules = next(cell for cell in GUIDE["cells"] if cell["id"] == "ac2-rules")
    words = "".join(rules["outputs"][0]["data"]["text/plain"])
    assert "Consumer Protection Act" in words and "Protection of Personal Information Act" in words


def test_ids_kept_by_the_guide_are_unique():
    ids = re.findall(r'(?:id=|text\()"([^"]+)"', "\n".join(source(cell) for cell in GUIDE["cells"]))
    assert len(ids) == len(set(ids)) >= 15 and all(id.startswith(tuple(CRITERIA)) for id in ids)
    assert not set(ids) & set(ASKED), "the guide and the workbook keep their answers under different ids"


def _another(question, answer):
    """An answer of the right form that is not right, and that earns no part either."""
    if question.kind == "number":
        return answer + 1
    if question.kind == "date":
        return (dt.date.fromisoformat(answer) + dt.timedelta(1)).isoformat()
    if question.kind == "table":
        return [
            {name: next(key for key, _ in cell.options if key != row[name]) for name, cell in question.cells}
            for row in answer
        ]
    keys = [key for key, _ in question.options]
    if question.kind == "choice":
        return next(key for key in keys if key != answer)
    if question.kind == "choices":
        return [key for key in keys if key not in answer]
    return answer[::-1]
