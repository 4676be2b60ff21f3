"""The last look at a learner's edition: nothing of a hidden test, of a memo or of an expected answer may be in it."""

from __future__ import annotations

import ast
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from learner_kit.course import master as masters
from learner_kit.course import memos
from learner_kit.course.cohort import Cohort
from learner_kit.errors import DataError, Fault
from learner_kit.workbook.grids import Table
from learner_kit.workbook.questions import Day, Number, Question

WORDS = 5  # a sentence with fewer words may stand anywhere
NEAR = 300  # letters between a question's id and a value that would give it away
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS(.*?)### END HIDDEN TESTS", re.DOTALL)
_HOLE = re.compile(r"\{[^{}]*\}")


class Leak(NamedTuple):
    """Something that learners must not see: in which file, of which question, of what kind, and how it begins."""

    file: str
    question: str
    kind: str
    says: str


def find(contents: Mapping[str, bytes], cohort: Cohort, learners: Iterable[str | None] = (None,)) -> list[Leak]:
    """Look through every file of an edition, in notebooks and zips too.

    Args:
        contents: path → bytes.
        cohort: whose masters and memos are looked for.
        learners: whose expected answers are looked for; None for the practice figures.

    Returns:
        Every leak found; none is what is hoped for.
    """
    texts = {name: text for path, content in contents.items() for name, text in _texts(path, content)}
    whole = "\0".join(texts.values())
    triples = _triples(whole)
    found = []
    for workbook in cohort.workbooks:
        master = masters.read(cohort.master(workbook))
        secrets = [*_hidden(master), *_memo(cohort, workbook, master)]
        for question, kind, said in dict.fromkeys(secrets):
            if _likely(said, triples) and said in whole:
                found += [Leak(file, question, kind, said[:80]) for file, text in texts.items() if said in text]
        for learner in learners:
            run = masters.run(master, {}, learner, dry=True)
            for id, value in run.expected.items():
                values = set(_written(run.questions[id], value))
                found += [Leak(file, id, "expected answer", one) for file, one in _near(id, values, texts, whole)]
    return list(dict.fromkeys(found))


def _triples(text: str) -> set[int]:
    """Every three words that follow each other: most of what is looked for is ruled out by them at once."""
    words = text.split()
    return set(map(hash, zip(words, words[1:], words[2:], strict=False)))


def _likely(said: str, triples: set[int]) -> bool:
    inner = said.split()[1:-1]  # the first and the last word may stand against a bracket
    return len(inner) < 3 or all(hash(three) in triples for three in zip(inner, inner[1:], inner[2:], strict=False))


def _texts(path: str, content: bytes) -> Iterator[tuple[str, str]]:
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as held:
            for name in held.namelist():
                yield from _texts(f"{path}/{name}", held.read(name))
        return
    text = content.decode("utf-8", "replace")
    if path.endswith(".ipynb"):
        for cell in json.loads(text)["cells"]:
            said = "".join(cell["source"]) + "\n" + json.dumps(cell.get("outputs", ""), ensure_ascii=False)
            yield f"{path}#{cell.get('id', '')}", _flat(said)
        return
    yield path, _flat(text)


def _flat(said: str) -> str:
    return re.sub(r"\s+", " ", said)  # no-break spaces too


def _hidden(master: masters.Master) -> Iterator[tuple[str, str, str]]:
    """Every statement of a hidden test; what it imports is no secret."""
    for cell in json.loads(master.source)["cells"]:
        for block in HIDDEN.findall("".join(cell["source"])):
            for statement in ast.parse(block).body:
                said = _flat(ast.get_source_segment(block, statement) or "").strip()
                if not isinstance(statement, ast.Import | ast.ImportFrom):
                    yield cell["metadata"]["nbgrader"]["grade_id"], "hidden test", said


def _memo(cohort: Cohort, workbook: str, master: masters.Master) -> Iterator[tuple[str, str, str]]:
    """Every sentence of a memo, as it is written and with the practice figures."""
    written = memos.read(cohort.programme, workbook)
    for memo in (written, memos.with_figures(written, master)):
        for id, entry in memo.items():
            for key, value in entry.items():
                if key in ("answer", "shown", "look_for"):  # what a marker looks for is told to learners
                    continue
                for text in _strings(value):
                    for part in _HOLE.split(text):
                        yield from ((id, "memo", one) for one in _sentences(part))


def _sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.!?]) ", _flat(text).strip()) if len(one.split()) >= WORDS]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _written(question: Question, value: Any) -> Iterator[str]:
    """The ways in which an expected number or date may be written; options stand in the question itself."""
    if isinstance(question, Table) and isinstance(value, list):
        for row in value:
            for name, cell in question.cells:
                yield from _written(cell, row.get(name))
    elif isinstance(question, Number) and isinstance(value, (int, float)) and abs(value) >= 100:
        plain = str(int(value)) if float(value).is_integer() else f"{value:.2f}"
        yield from (plain, plain.replace(".", ","), f"{float(value)}", _flat(question.show(float(value))))
    elif isinstance(question, Day) and isinstance(value, str):
        yield value


def _near(id: str, values: set[str], texts: Mapping[str, str], whole: str) -> Iterator[tuple[str, str]]:
    """Where one of these values stands close behind or before the question's id, outside the question itself."""
    if not values or id not in whole:
        return
    looked = re.compile(rf"(?<![a-z0-9-]){re.escape(id)}(?![a-z0-9-])")
    value = re.compile(rf"(?<![\d.,])(?:{'|'.join(map(re.escape, sorted(values)))})(?!\d|[.,]\d)")
    for file, text in texts.items():
        if "#form-" in file:
            continue
        for place in looked.finditer(text):
            if told := value.search(text[max(0, place.start() - NEAR) : place.end() + NEAR]):
                yield file, told[0]


def refuse(made: Mapping[str, bytes | Path], cohort: Cohort) -> None:
    """Stop an edition that would tell learners what they must not see.

    Raises:
        DataError: every leak.
    """
    held = {path: content if isinstance(content, bytes) else content.read_bytes() for path, content in made.items()}
    faults = [Fault(None, one.file, one.says, f"is a {one.kind} of {one.question}") for one in find(held, cohort)]
    if faults:
        raise DataError(faults, "The learner's edition, which was not made,")
