"""The four editions, made from the kit's own folder: what each holds, as path → content."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from learner_kit import screen
from learner_kit.course import enrol, memos, naming
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import HOME
from learner_kit.course.provider import provider
from learner_kit.documents import Document, to_pdf
from learner_kit.editions import marking_guide, notes, paper, parts, readmes
from learner_kit.editions.codes import codes
from learner_kit.errors import KitError
from learner_kit.tablefile import neutral
from learner_kit.workbook.grids import Table

KINDS = ("learner", "facilitator", "assessor", "paper")
Contents = dict[str, bytes | Path]
SHARED = ("start.py", "requirements.lock", "pyproject.toml", "LICENSE")
FOLDERS = ("learner_kit", "notebooks", "assessments", "data", "programmes", "docs")
NOT_FOR_FACILITATORS = ("memo/", "sample_class/", "learner_kit/demo/", "commands/demo.py", "commands/check.py")


def learner(released: dict[str, Path], cohort: Cohort, own: bool, carried: str = "", home: Path = HOME) -> Contents:
    """The learner's edition: lessons, released workbooks, data and the learner's part of the package.

    Args:
        released: the folders of the released workbooks, by name.
        cohort: whose programme it is.
        own: the cohort is a class (its name is told), not one for practice.
        carried: for which computers packages come along; none without it.
        home: the kit's folder.
    """
    made: Contents = dict(parts.lessons(home))
    titles = {}
    for name, folder in released.items():
        for one in parts.files(folder):
            made[f"work/{name}/{one.relative_to(folder).as_posix()}"] = one
        titles[name] = naming.of_notebook(folder / f"{name}.ipynb")
    made |= parts.package(home, [_bytes(content) for path, content in made.items() if path.endswith(".ipynb")])
    made["learner_kit/pages/lessons.toml"] = parts.page_list(home, titles)
    for name in ("unit_standard.toml", "plan.toml", "rules.toml", "provider.toml", "evaluation.toml", "follow_up.toml"):
        if (cohort.programme.folder / name).is_file():
            made[f"assessments/{name}"] = cohort.programme.folder / name
    for one in parts.files(home / "data"):
        if one.suffix != ".py" and one.name != "comments.toml":  # the assessor's comment bank
            made[f"data/{one.relative_to(home / 'data').as_posix()}"] = one
    made |= {name: home / name for name in SHARED}
    whose = f"\nIt was made for the class {cohort.name}.\n" if own else ""
    made["README.md"] = readmes.LEARNER.format(
        whose=whose,
        setup=_setup(carried),
        workbooks="\n".join(f"- {title}: `work/{name}`" for name, title in titles.items()),
    ).encode()
    made["Start.bat"] = readmes.BAT.encode()
    return made


def facilitator(released: dict[str, Path], cohort: Cohort, own: bool, carried: str = "", home: Path = HOME) -> Contents:
    """The facilitator's edition: the kit with the facilitator's desk, and the papers of a class; no memo."""
    from learner_kit.teaching import evaluation_papers, plan_papers, plans, privacy, register_sheet

    made = {
        path: content
        for path, content in _kit(home).items()
        if not any(part in path for part in NOT_FOR_FACILITATORS)
        and path not in ("notebooks/assessor.ipynb", "notebooks/moderator.ipynb")
    }
    there = {path.rpartition("/")[2] for path in made if path.startswith("notebooks/")}
    made |= {
        path: parts.linked(_bytes(content), there)
        for path, content in made.items()
        if path.startswith("notebooks/") and path.endswith(".ipynb")
    }
    letterhead = provider(cohort.programme).letterhead
    papers: dict[str, Callable[[], Document]] = {
        "teaching-notes": lambda: notes.document(cohort.programme, letterhead),
        "knowledge-check": lambda: evaluation_papers.knowledge_form(cohort),
        "knowledge-check-key": lambda: evaluation_papers.knowledge_form(cohort, key=True),
        "evaluation-form": lambda: evaluation_papers.form(cohort),
        "evaluation-after-three-months": lambda: evaluation_papers.form(cohort, "follow-up"),
        "privacy-notice": lambda: privacy.notice_document(cohort),
    }
    plan = plans.current(cohort) if own else None
    if plan:
        papers["session-plan"] = lambda: plan_papers.document(cohort, plan)
        for day in dict.fromkeys(one.day for one in plan.sessions):
            papers[f"register-{day}"] = lambda day=day: register_sheet.sheet(cohort, day)
    made |= {f"papers/{name}.pdf": to_pdf(make()) for name, make in papers.items()}
    made |= {f"papers/workbooks/{name}": content for name, content in sheets(released, cohort, own).items()}
    return made | _readme("facilitator", made, readmes.FACILITATOR, carried)


def assessor(released: dict[str, Path], cohort: Cohort, own: bool, carried: str = "", home: Path = HOME) -> Contents:
    """The assessor's edition: the whole kit with memos, and a marking guide for every workbook."""
    made = _kit(home)
    letterhead = provider(cohort.programme).letterhead
    learners = enrol.learners(cohort) if own else []
    for name in released:
        if not memos.read(cohort.programme, name):
            continue
        made[f"papers/marking-guides/{name}.pdf"] = to_pdf(marking_guide.document(cohort, name, letterhead=letterhead))
        rows = marking_guide.table(cohort, name, learners) if learners else []
        if len(rows) > 1:
            made[f"papers/marking-guides/{name}-answers.csv"] = _csv(rows)
    made |= {f"papers/workbooks/{name}": content for name, content in sheets(released, cohort, own).items()}
    return made | _readme("assessor", made, readmes.ASSESSOR, carried)


def sheets(
    released: dict[str, Path],
    cohort: Cohort,
    own: bool,
    learners: Sequence[str | None] = (None,),
    doing: Callable[[str], Any] = lambda _: None,
) -> dict[str, bytes]:
    """Workbooks on paper: one PDF for each workbook and learner.

    Args:
        released: the folders of the released workbooks, by name.
        cohort: the cohort.
        own: the cohort is a class, whose name stands on the paper.
        learners: whose figures; None for sheets without a number.
        doing: told what is made.
    """
    unit = cohort.programme.unit
    letterhead = provider(cohort.programme).letterhead
    subtitle = f"Unit standard {unit.id}: {unit.title}" + (f"\n{cohort.name}" if own else "")
    made = {}
    for name, folder in released.items():
        for learner in learners:
            doing(f"{name} {learner or ''}".strip())
            said = paper.sheet(folder / f"{name}.ipynb", learner, subtitle, letterhead)
            made[f"{learner}/{name}.pdf" if learner else f"{name}.pdf"] = paper.to_pdf(said)
    return made


def on_paper(
    released: dict[str, Path],
    cohort: Cohort,
    own: bool,
    learners: Sequence[str | None] = (None,),
    doing: Callable[[str], Any] = lambda _: None,
) -> Contents:
    """The paper edition: the sheets, an empty table to type answers into for each workbook, and a page that explains."""
    pdfs = sheets(released, cohort, own, learners, doing)
    made: Contents = dict(pdfs)
    for name, folder in released.items():
        made[f"answers-{name}.csv"] = _csv(answer_rows(folder / f"{name}.ipynb", [one or "" for one in learners]))
    made["README.md"] = readmes.PAPER.format(
        papers="\n".join(f"- `{name}`" for name in pdfs),
        cohort=screen.word(cohort.name) if own else "COHORT",
        sheet=f"answers-{next(iter(released))}.csv",
    ).encode()
    return made


def answer_rows(released: Path, learners: Sequence[str]) -> list[list[str]]:
    """The table to type answers into: one line a question, or a row of a table; a hint says what is typed there."""
    rows = [["learner", "code", "answer", "hint"]]
    asked = codes(released.stem, masters.run(masters.read(released), {}, dry=True).questions.values())
    for learner in learners:
        for code, question in asked.items():
            if isinstance(question, Table):
                said = paper.hint(question)
                rows += [
                    [learner, f"{code}.{place}", "", f"{question.row_name(place)[:60]}: {said}"]
                    for place in range(1, len(question.rows) + 1)
                ]
            else:
                rows.append([learner, code, "", paper.hint(question)])
    return rows


def check_learners(cohort: Cohort, wanted: Sequence[str]) -> None:
    """Refuse numbers that are not enrolled, all at once."""
    known = set(enrol.learners(cohort))
    strange = [one for one in wanted if one not in known]
    if strange:
        raise KitError(f"Not enrolled in {cohort.name}: {', '.join(strange)}.")


def _kit(home: Path) -> Contents:
    made: Contents = {name: home / name for name in (*SHARED, "ARCHITECTURE.md", "CHANGELOG.md", "environment.yml")}
    for folder in FOLDERS:
        for one in parts.files(home / folder):
            if not (folder == "notebooks" and one.suffix != ".ipynb"):  # an author's own answers lie there too
                made[one.relative_to(home).as_posix()] = one
    return {path: content for path, content in made.items() if _bytes_there(content)}


def _bytes_there(content: bytes | Path) -> bool:
    return isinstance(content, bytes) or content.is_file()


def _readme(kind: str, made: Contents, more: str, carried: str) -> Contents:
    papers = sorted(path for path in made if path.startswith("papers/"))
    listed = "\n".join(f"- `{path.removeprefix('papers/')}`" for path in papers)
    return {
        "README.md": readmes.STAFF.format(kind=kind, papers=listed, more=more, setup=_setup(carried)).encode(),
        "Start.bat": readmes.BAT.encode(),
    }


def _setup(carried: str) -> str:
    return readmes.CARRIES.format(what=carried) if carried else readmes.FETCHES


def _bytes(content: bytes | Path) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def _csv(rows: list[list[str]]) -> bytes:
    """A table that Excel opens rightly (BOM); what a spreadsheet would take for a formula is led by an apostrophe."""
    held = io.StringIO()
    csv.writer(held, lineterminator="\r\n").writerows([neutral(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + held.getvalue().encode()
