"""Every guide notebook: stored as run and folded, one rhythm for every lesson, ids of its own for what it keeps."""

import re
from collections import Counter

from learner_kit.course.soundness import telling


def test_guide_is_stored_run_folded_and_without_warnings(guide):
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{1,60}", cell["id"]) for cell in guide.cells)
    assert all(cell["metadata"]["jupyter"]["source_hidden"] and cell["execution_count"] for cell in guide.code)
    assert all(out["output_type"] == "execute_result" for cell in guide.code for out in cell["outputs"])
    assert all(cell["outputs"] for cell in guide.code if cell["id"] != "setup")


def test_lessons_stand_in_the_order_of_the_criteria_and_say_so(guide):
    if guide.by_criterion:
        assert tuple(lesson.criterion for lesson in guide.lessons) == guide.criteria
    for place, lesson in enumerate(guide.lessons, start=1):
        assert lesson.heading.startswith(f"Lesson {place}: ")
        assert not lesson.criterion or lesson.heading.endswith(f"({lesson.criterion.upper().replace('-', ' ')})")


def test_neither_length_nor_place_tells_the_right_answer_of_a_quiz(guide):
    asked = [
        ([one.says for one in answers], [one.is_right for one in answers].index(True))
        for answers in guide.quizzes
        if sum(one.is_right for one in answers) == 1
    ]
    assert bool(asked) == bool(guide.lessons) and telling(asked) == []


def test_each_lesson_keeps_the_rhythm(lesson):
    """Why, idea, example, something to try, two to five checks, workplace task and reflection."""
    assert re.findall(r"^### (.+)$", lesson.text, re.MULTILINE) == [
        "Why it matters",
        "The idea",
        "A worked example",
        "Try it",
        "Check yourself",
        "In your workplace",
        "Reflect",
    ]
    assert 2 <= lesson.text.count("quiz(") <= 5 and '-reflection"' in lesson.text
    if lesson.criterion:
        assert f'"{lesson.criterion}-reflection"' in lesson.text
        assert f"evidence for {lesson.criterion.upper().replace('-', ' ')}" in " ".join(lesson.text.split())


def test_ids_are_kept_by_one_guide_once(guides, notebooks):
    """All guides keep what a learner writes in one file."""
    times = Counter(id for guide in guides for id in guide.kept)
    assert not [id for id, many in times.items() if many > 1]
    for guide in guides:
        others = "\n".join(other.raw.replace("\\", "") for other in notebooks if other.name != guide.name)
        assert not [id for id in guide.kept if f'"{id}"' in others]


def test_no_id_is_both_a_guides_and_a_workbooks(guides, books):
    """Otherwise a step of a lesson could be taken for an answer of a workbook, or the other way round."""
    asked = {id for book in books for id in book.asked}
    kept = {id for guide in guides for id in guide.kept}
    assert kept and not kept & asked


def test_every_lesson_can_be_marked_as_read(lesson):
    assert lesson.text.count("have_read(book, ") == 1


def test_ids_kept_by_a_guide_begin_with_its_criteria(guide):
    if guide.criteria:
        assert all(id.startswith(guide.criteria) for id in guide.kept)
