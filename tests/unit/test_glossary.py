"""The glossary: its words, the notebook made from them, and the links from the lessons."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from learner_kit.errors import DataError
from learner_kit.lessons import glossary, guides

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
TERMS = glossary.load()
GUIDES = guides.read()
LINK = re.compile(r"\[([^]]*)\]\(glossary\.ipynb#([^)]*)\)")


def text_of(path: Path) -> list[tuple[str, str]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [(cell["id"], "".join(cell["source"])) for cell in cells if cell["cell_type"] == "markdown"]


def lessons_of(path: Path) -> list[str]:
    """The prose of each part of a notebook that has a heading of the second level."""
    return re.split(r"(?m)^(?=## )", "\n\n".join(text for _, text in text_of(path)))[1:]


def test_the_notebook_says_what_the_words_say(tmp_path):
    glossary.write(tmp_path / "glossary.ipynb")
    stored = (NOTEBOOKS / "glossary.ipynb").read_text(encoding="utf-8")
    assert (tmp_path / "glossary.ipynb").read_text(encoding="utf-8") == stored, (
        "make it anew: python -c \"from learner_kit.lessons import glossary; glossary.write('notebooks/glossary.ipynb')\""
    )


def test_words_stand_in_order_each_under_a_heading_of_its_own():
    headings = re.findall(r"(?m)^### (.+)$", "\n".join(text for _, text in text_of(NOTEBOOKS / "glossary.ipynb")))
    assert headings == [term.term for term in TERMS]
    assert headings == sorted(headings, key=str.casefold)
    assert len({one.replace(" ", "-") for one in headings}) == len(headings) == len(glossary.words())


@pytest.mark.parametrize("term", TERMS, ids=[term.id for term in TERMS])
def test_a_meaning_is_one_or_two_plain_sentences(term):
    sentences = [one for one in re.split(r"(?<=[.!?])\s+", term.says) if one]
    assert len(sentences) <= 2
    assert all(len(one.split()) <= 25 for one in sentences)
    assert term.says[0].isupper() and term.says[-1] == "."


@pytest.mark.parametrize("term", [term for term in TERMS if term.forms], ids=[term.id for term in TERMS if term.forms])
def test_the_lesson_that_teaches_a_word_links_to_it(term):
    guide, cell = term.taught.split("/")
    if cell in {"welcome", "your-place", "about", "map-intro"}:  # openings explain nothing in place
        return
    parts, inside = [], False
    for id, text in text_of(NOTEBOOKS / f"{guide}.ipynb"):
        inside = id == cell or (inside and not re.search(r"(?m)^## ", text))
        parts += [text] if inside else []
    assert f"(glossary.ipynb#{term.id})" in "\n".join(parts)


@pytest.mark.parametrize("guide", GUIDES, ids=[guide.name for guide in GUIDES])
def test_links_are_sound_and_stand_once_a_lesson(guide):
    known = glossary.words()
    for lesson in lessons_of(NOTEBOOKS / f"{guide.name}.ipynb"):
        found = LINK.findall(lesson)
        assert {target for _, target in found} <= set(known)
        assert len({target for _, target in found}) == len(found), "a word is linked once a lesson"
        assert not any(LINK.search(line) for line in lesson.splitlines() if line.startswith("#"))
        for words, target in found:
            plain = re.sub(r"\s+", " ", words)
            forms = next(term.forms for term in TERMS if term.id == target)
            assert plain in forms or plain[:1].lower() + plain[1:] in forms


def test_every_lesson_opens_some_words():
    for guide in GUIDES[1:]:
        for lesson in lessons_of(NOTEBOOKS / f"{guide.name}.ipynb"):
            if lesson.startswith("## Lesson"):
                assert LINK.search(lesson), lesson.splitlines()[0]


def test_all_faults_of_a_words_file_are_told_at_once(tmp_path):
    path = tmp_path / "words.toml"
    path.write_text(
        '[[terms]]\nterm = "base"\nsays = "x"\ntaught = "a/b"\n[[terms]]\nterm = "Base"\nsays = "x"\ntaught = "a/b"\n'
        '[[terms]]\nterm = "über (x)"\nsays = "x"\ntaught = "a/b"\nextra = 1\n[[terms]]\nterm = "y"\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError) as raised:
        glossary.load(path)
    told = str(raised.value)
    for said in ("stands twice", "plain letters", "extra", "terms[4].says", "terms[4].taught"):
        assert said in told


def test_a_word_taught_nowhere_is_refused():
    lost = glossary.Term("x", "X.", "so9-nothing/ac1", ())
    with pytest.raises(KeyError, match="so9-nothing"):
        glossary.page([lost], GUIDES)
