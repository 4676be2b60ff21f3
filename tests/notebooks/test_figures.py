"""Every learner's own figures in every workbook: the memo earns all, neighbours' answers do not fit, nothing leaks."""

from __future__ import annotations

import itertools
import json
import re

import pytest

from learner_kit.course import master as masters
from learner_kit.course import memos, programme
from learner_kit.workbook import marking
from learner_kit.workbook.variants import class_seed

pytestmark = pytest.mark.xdist_group("figures")  # what the module's tests share is made once
PROGRAMME = programme.load()
LEARNERS = [f"L-{place:04d}" for place in range(1, 201)]
OWN_FIGURES = "summative"  # the checks of this one hold a learner's own figures against one another
# The same for everyone, and why: each is read off a document that the whole class has before it and talks about.
SHARED = {
    "so4-ac4-care-tally": "a log of ten complaints, printed in the workbook; the questions after it build on its dates",
    "so4-ac1-care-duplicates": "a file of eight records, printed in the workbook, whose names and numbers belong together",
    "so4-ac1-sunday": "the register of the printed guide, with its real calendar",
    "so3-ac2-report": "the contact report of the printed guide, with its real calendar",
}

# Drawn, and alike all the same: percentages that add up to near 100; six customers of whom the class talks by their letters.
ALIKE = {"so2-ac2-total", "so2-ac1-own-groups"}


def seeded(name):
    return masters.seeded(masters.read(PROGRAMME.folder / "source" / name / f"{name}.ipynb"), "a class")


def computing(run):
    """The questions answered by a number or a date, and tables that ask for numbers or are filled in from many figures."""
    return [id for id in run.expected if computed(run.questions[id])]


def computed(question):
    if question.kind != "table":
        return question.kind in ("number", "date")
    figures = re.findall(r"\d+(?:[\u00a0, ]\d+)*", " ".join((question.prompt, *question.rows)))
    return any(cell.kind == "number" for _, cell in question.cells) or len(figures) >= 6


def test_memo_answers_earn_all_and_blanks_nothing_for_200_learners(book):
    master, memo = seeded(book.name), memos.read(PROGRAMME, book.name)
    for learner in LEARNERS:
        answers = {
            id: one["answer"] for id, one in memos.with_figures(memo, master, learner).items() if "answer" in one
        }
        ran = masters.run(master, answers, learner)
        earned = {one.cell.grade_id: one.score for one in ran.shown if one.cell.role == "check"}
        assert earned == book.full, (learner, {id: answers.get(id) for id in earned if earned[id] != book.full[id]})
        blank = masters.run(master, {}, learner)
        assert not [one.cell.grade_id for one in blank.shown if one.cell.role == "check" and one.score], learner


def test_every_text_takes_its_figures(book):
    master = seeded(book.name)
    for learner in (None, *LEARNERS[:20]):
        texts = json.dumps(memos.with_figures(book.memo, master, learner), ensure_ascii=False)
        shown = [str(one) for one in masters.questions(master, learner).values()]
        assert not [one for one in (texts, *shown) if re.search(r"\{[a-z_]+\.|\bnan\b|\binf\b", one)]


def test_neighbours_share_no_computed_answer(books):
    """Over all workbooks and many pairs: at least nine in ten computing questions have another answer."""
    found = [[masters.run(seeded(book.name), {}, learner, dry=True) for book in books] for learner in LEARNERS[:40]]
    asked = [(place, id) for place, run in enumerate(found[0]) for id in computing(run)]
    assert len(asked) >= 50
    pairs = list(itertools.combinations(found, 2))
    alike = {
        (place, id): sum(
            marking.mark(one[place].expected[id], other[place].expected[id], 0.005).share == 1 for one, other in pairs
        )
        / len(pairs)
        for place, id in asked
    }
    assert 1 - sum(alike.values()) / len(asked) >= 0.9
    own = {id: share for (_, id), share in alike.items() if id not in SHARED}
    assert {id for id, share in own.items() if share > 0.2} == ALIKE


def test_a_computing_question_is_drawn_or_reads_a_shared_document(book):
    run = masters.run(seeded(book.name), {}, LEARNERS[0], dry=True)
    assert set(computing(run)) - run.drawn - SHARED.keys() <= {"so2-ac2-total", "so1-ac2-care-gain"} | run.drawn
    assert not SHARED.keys() & run.drawn


# Choices whose right option is the outcome of a sum, by workbook: a neighbour's answer must often be wrong.
OUTCOMES = {
    "so1": [
        "so1-ac1-best-group",
        "so1-ac3-whom",
        "so1-ac4-risk-order",
        "so1-ac4-which-first",
        "so1-ac5-cheapest-reply",
        "so1-ac5-decision",
    ],
    "so2": ["so2-ac2-first"],
    "so3": ["so3-ac4-worth-it"],
    "so4": ["so4-ac2-above", "so4-ac2-band", "so4-ac2-weighted-band", "so4-ac4-vital"],
    "knowledge-test": ["so1-ac5-know-reply", "so4-ac2-know-grade"],
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_choices_that_follow_from_figures_have_more_than_one_right_answer(name):
    """Where the options are the outcomes of a sum, learners must not be able to pass the answer on."""
    runs = [masters.run(seeded(name), {}, learner, dry=True) for learner in LEARNERS[:40]]
    for id in OUTCOMES[name]:
        found = [run.expected[id] for run in runs]
        assert max(map(found.count, found)) <= 30, (id, found)
        assert id in runs[0].drawn, id  # with another number the answer counts no longer


def test_the_practice_answer_does_not_fit_a_learner(book):
    master = seeded(book.name)
    practice = {id: one["answer"] for id, one in book.memo.items() if "answer" in one}
    run = masters.run(master, practice, LEARNERS[0])
    drawn = [id for id in computing(run) if id in run.drawn - ALIKE]
    assert sum(run.results[id].state == "right" for id in drawn) <= max(2, len(drawn) // 5)


def test_the_number_in_the_file_does_not_count(book):
    """Grading draws for whoever handed in; the master takes the number from its caller, never from the answers."""
    master = seeded(book.name)
    other = masters.run(master, {}, LEARNERS[1], dry=True).expected
    run = masters.run(master, other, LEARNERS[0])
    drawn = [id for id in computing(run) if id in run.drawn - ALIKE]
    assert sum(run.results[id].state == "right" for id in drawn) <= max(2, len(drawn) // 5)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """All workbooks as learners get them: folder by name."""
    from learner_kit.course import release
    from learner_kit.course.cohort import create

    cohort = create(tmp_path_factory.mktemp("released") / "class", seed="tests")
    folders = {name: release.release(cohort, name, "tests") for name in cohort.programme.workbooks}
    cohort.engine.dispose()
    return folders


def test_nothing_that_is_hidden_is_released(book, released):
    folder = released[book.name]
    assert {one.name for one in folder.iterdir()} == {"READ-ME.txt", "figures.json", f"{book.name}.ipynb"}
    text = (folder / f"{book.name}.ipynb").read_text(encoding="utf-8")
    given = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    given += "\n" + (folder / "READ-ME.txt").read_text(encoding="utf-8")
    assert "tests" not in (folder / "figures.json").read_text() and "HIDDEN TESTS" not in given
    assert (
        "hint=" not in given or book.name == OWN_FIGURES
    )  # where figures are held against one another, all may see how
    master = masters.read(PROGRAMME.folder / "source" / book.name / f"{book.name}.ipynb")
    visible = {line.strip() for cell in book.cells for line in cell["source"].split("### BEGIN HIDDEN")[0].splitlines()}
    for cell in book.checks:
        if book.name == OWN_FIGURES and "HIDDEN" not in cell["source"]:
            continue
        hidden = cell["source"].split("### BEGIN HIDDEN TESTS\n")[1].split("### END HIDDEN TESTS")[0]
        lines = [line.strip() for line in hidden.splitlines() if len(line.strip()) > 25 and line.strip() not in visible]
        lines = [line for line in lines if not re.fullmatch(r'"[^"]*",', line)]  # an id, or an option all may read
        assert not [line for line in lines if line in given], cell["id"]
    for id, one in book.memo.items():
        texts = [
            one.get("model", ""),
            one.get("why", ""),
            *one.get("look_for", []),
            *(x["says"] for x in one.get("levels", [])),
        ]
        said = [part for text in texts for part in re.split(r"(?<=[.;:])\s", text) if len(part) > 30]
        assert not [part for part in said if part in given], id
    figures = set(re.findall(r"\d+(?:[_.,]\d+)*", given.replace("\u00a0", "")))
    for id, value in masters.run(masters.seeded(master, class_seed("tests")), {}, "L-0001", dry=True).expected.items():
        if isinstance(value, float) and len(f"{value:g}") >= 4:
            written = (
                {f"{value:.0f}"}
                if value.is_integer()
                else {f"{value:g}".replace(".", ","), f"{value:.2f}".replace(".", ",")}
            )
            assert not written & figures, id
