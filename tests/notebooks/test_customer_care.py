"""Workbook 01-customer-care and its guide: form of the master, its memo, full marks for the memo, none for a blank."""

import ast
import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from learner_kit import workbook
from learner_kit.course import master
from learner_kit.lessons import scenarios, self_audit
from learner_kit.workbook import Workbook

HOME = Path(__file__).resolve().parents[2]
PATH = HOME / "assessments/source/01-customer-care/01-customer-care.ipynb"
MASTER = json.loads(PATH.read_text(encoding="utf-8"))
MEMO = tomllib.loads((HOME / "assessments/memo/01-customer-care.toml").read_text(encoding="utf-8"))
GUIDE = json.loads((HOME / "notebooks/01-customer-care.ipynb").read_text(encoding="utf-8"))
# The foundation serves criteria of all four outcomes; a lesson prepares for the first of its own.
LESSONS = {
    "f1": "so2-ac1",
    "f2": "so3-ac4",
    "f3": "so2-ac2",
    "f4": "so2-ac4",
    "f5": "so2-ac3",
    "f6": "so4-ac4",
    "f7": "so1-ac2",
    "f8": "so4-ac1",
}
CRITERIA = sorted({*LESSONS.values(), "so3-ac1"})
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
        shared = ASKED[cell["id"]].kind in ("choices", "table")
        assert shared == bool(said) and (not said or int(said[1]) == told(cell)["points"])


def test_masters_run_plain_python_and_load_nothing_heavy_for_a_learner():
    for cell in CODE:
        loaded = {
            name
            for node in ast.walk(ast.parse(source(cell)))
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for name in ([node.module] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
        }
        assert loaded <= {
            "learner_kit",
            "learner_kit.workbook",
        }
        assert "open(" not in source(cell)


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
def test_each_criterion_has_three_scored_questions(criterion):
    assert sum(cell["id"].startswith(f"{criterion}-care-") for cell in CHECKS + TASKS) >= 3


def test_every_question_names_its_criterion_and_is_asked_once():
    assert len(CHECKS) >= 14 and len(TASKS) == 3
    assert all(any(id.startswith(one + "-") for one in CRITERIA) for id in ASKED)
    assert {cell["id"] for cell in CHECKS + TASKS} <= set(ASKED)
    assert all(ASKED[cell["id"]].kind == "text" for cell in TASKS)
    kinds = {"number", "choice", "choices", "order", "text", "table", "evidence"}
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
    assert text.count("The source says … but …") >= 4


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


def test_ticking_everything_earns_nothing():
    everything = {id: [key for key, _ in ASKED[id].options] for id in ANSWERS if ASKED[id].kind == "choices"}
    points, _ = grade({**ANSWERS, **everything})
    assert everything and all(points[id] == 0 for id in everything)


def test_one_answer_for_all_rows_earns_little_and_a_right_row_its_part():
    sorted_ = [id for id, answer in ANSWERS.items() if ASKED[id].kind == "table" and isinstance(_first(answer), str)]
    assert len(sorted_) >= 8
    for id in sorted_:
        ((name, cell),) = ASKED[id].cells
        for option, _ in cell.options:
            earned = grade({id: [{name: option}] * len(ANSWERS[id])})[0][id]
            assert earned <= 0.26 * next(told(one)["points"] for one in CHECKS if one["id"] == id), (id, option)
    half = [*ANSWERS["so2-ac1-care-kinds"][:3], *[{"Kind": None}] * 3]
    assert grade({"so2-ac1-care-kinds": half})[0]["so2-ac1-care-kinds"] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("so2-ac1-care-pyramid", 5 + 25 + 125 + 625 + 3125),
        ("so2-ac1-care-commission", 3400),
        ("so2-ac4-care-mean-before", 2.4),
        ("so2-ac4-care-mean-after", 3.6),
        ("so4-ac4-care-score-b", 4.25),
        ("so1-ac2-care-without", 1500),
        ("so1-ac2-care-with", 1900),
        ("so1-ac2-care-gain", 120_000),
        ("so4-ac1-care-duplicates", 5),
    ],
)
def test_computed_answers_are_what_arithmetic_says(id, value):
    assert ANSWERS[id] == pytest.approx(value)
    assert grade({id: value})[0][id] > 0


def test_a_workbook_name_may_begin_with_a_digit(tmp_path):
    assert Workbook(PATH.stem, tmp_path).name == "01-customer-care"
    assert master.read(PATH).workbook == "01-customer-care"


# --- the guide ---


def test_guide_is_stored_run_folded_and_without_warnings():
    code = [cell for cell in GUIDE["cells"] if cell["cell_type"] == "code"]
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{1,60}", cell["id"]) for cell in GUIDE["cells"])
    assert all(cell["metadata"]["jupyter"]["source_hidden"] and cell["execution_count"] for cell in code)
    assert all(out["output_type"] == "execute_result" for cell in code for out in cell["outputs"])
    assert all(cell["outputs"] for cell in code if cell["id"] != "setup")


@pytest.mark.parametrize(("lesson", "criterion"), LESSONS.items())
def test_each_lesson_keeps_the_rhythm(lesson, criterion):
    """Why, idea, example, something to try, five checks, workplace task and a reflection that names its outcome."""
    cells = [cell for cell in GUIDE["cells"] if cell["id"] == lesson or cell["id"].startswith(lesson + "-")]
    text = "\n".join(source(cell) for cell in cells)
    assert re.findall(r"^### (.+)$", text, re.MULTILINE) == [
        "Why it matters",
        "The idea",
        "A worked example",
        "Try it",
        "Check yourself",
        "In your workplace",
        "Reflect",
    ]
    assert re.search(r"(calculator|branching|sorter|audit|option_matrix)\(", text)
    assert re.search(r"(value|survey|self_audit|trends|contact)\.\w+\(", text)
    assert text.count("quiz(") == 5 and f'"{criterion}-care-reflection"' in text
    assert criterion.upper().replace("-", " ") in text
    assert re.search(r"\((Working|Organising|Communicating|Science|Contributing)\)", text)


def test_every_cross_field_outcome_is_reflected_on():
    text = "\n".join(source(cell) for cell in GUIDE["cells"] if cell["id"].endswith("-reflect"))
    for skill in ("Working", "Organising", "Communicating", "Science", "Contributing"):
        assert f"({skill})" in text


def test_misprints_of_the_source_are_named_and_mended():
    text = " ".join("\n".join(source(cell) for cell in GUIDE["cells"]).split())
    for printed, meant in (("fear", "fair"), ("expenses", "expectations"), ("upraised", "apprised")):
        assert f"*{printed}*" in text and f"*{meant}*" in text
    for law in ("POPIA", "CPA", "OHS Act", "PEPUDA", "Employment Equity Act"):
        assert law in text
    assert "not legal advice" in text


def test_the_guide_plays_its_scenarios_and_asks_the_whole_audit():
    text = "\n".join(source(cell) for cell in GUIDE["cells"])
    played = re.findall(r'branching\("([a-z-]+)"', text)
    assert played == ["five-customers", "learn-late-uniform", "learn-meter-bill"]
    assert all(scenarios.load(name).scenes for name in played)
    assert len(self_audit.load().items) == 15 and "audit(book" in text


def test_ids_kept_by_the_guide_are_unique():
    text = "\n".join(source(cell) for cell in GUIDE["cells"])
    ids = re.findall(r'(?:id=|text\(|grid\(|audit\(book, )"([^"]+)"', text)
    assert len(ids) == len(set(ids)) >= 60 and all(re.match(r"so\d-ac\d-care-", id) for id in ids)
    assert not set(ids) & set(ASKED), "the guide and the workbook keep their answers under different ids"
    others = "\n".join(
        path.read_text(encoding="utf-8") for path in (HOME / "notebooks").glob("*.ipynb") if path.stem != PATH.stem
    )
    assert not [id for id in ids if f'"{id}"' in others.replace("\\", "")]


def _first(answer):
    return next(iter(answer[0].values()))


def _another(question, answer):
    """An answer of the right form that is not right, and that earns no part either."""
    if question.kind == "number":
        return answer + 1 if question.fault(answer + 1) is None else answer - 1
    if question.kind == "table":
        return [
            {
                name: next(key for key, _ in cell.options if key != row[name])
                if cell.kind == "choice"
                else row[name] + 1
                for name, cell in question.cells
            }
            for row in answer
        ]
    keys = [key for key, _ in question.options]
    if question.kind == "choice":
        return next(key for key in keys if key != answer)
    if question.kind == "choices":
        return [key for key in keys if key not in answer]
    return answer[::-1]
