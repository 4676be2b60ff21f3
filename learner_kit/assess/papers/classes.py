"""Papers about a whole class: the result sheet, and the criterion matrix with what is still to do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from learner_kit import files
from learner_kit.assess import evidence, heatmap, judgement, results
from learner_kit.course.cohort import Cohort
from learner_kit.course.provider import provider
from learner_kit.documents import Block, Document, Figure, Heading, Paragraph, SignatureLines, Table, to_pdf, to_word
from learner_kit.errors import KitError


def class_sheet(cohort: Cohort, named: bool = False) -> Document:
    """The class result sheet: one row a learner, in the order of their numbers, never ranked."""
    unit, rows = cohort.programme.unit, results.results(cohort, named)
    short = {judgement.OPEN: "–"}
    table = [
        [
            " ".join(filter(None, [row["learner"], row.get("name")])),
            *(short.get(row[one.id], row[one.id]) for one in unit.outcomes),
            short.get(row["unit"], row["unit"]),
            str(row["attempts"] or "–"),
            str(row["last_decision"] or "–"),
            row["assessors"],
            str(row["moderated"] or "–"),
            row["path"],
        ]
        for row in rows
    ]
    outcomes = [one.id.upper() for one in unit.outcomes]
    counted = {**judgement.DECISIONS, judgement.OPEN: "not judged to the end"}
    count = Counter(row["unit"] for row in rows)
    return Document(
        title="Class result sheet",
        subtitle=f"Unit standard {unit.id}: {unit.title}",
        letterhead=provider(cohort.programme).letterhead,
        meta=[
            ("Cohort", cohort.name),
            ("Learners", str(len(rows))),
            ("Unit", ", ".join(f"{count[state]} {says}" for state, says in counted.items())),
        ],
        blocks=[
            Table(
                ["Learner", *outcomes, "Unit", "Attempts", "Last decision", "Assessor", "Findings", "Remark"],
                table,
                widths=[4 if named else 1.6, *[0.9] * len(unit.outcomes), 0.9, 1.3, 1.7, 1.5, 1.3, 2.6],
                align=["left", *["center"] * (len(unit.outcomes) + 2), "left", "left", "center", "left"],
                empty="Nobody is enrolled yet.",
            ),
            Paragraph(
                "C is Competent, NYC Not Yet Competent, a dash not judged to the end. Attempts: the most on any criterion. "
                "Findings: how many judgements a moderator has looked at. Learners stand by number; nobody is ranked.",
                kind="quiet",
            ),
            SignatureLines(["Assessor", "Moderator"]),
        ],
        date=max((row["last_decision"] for row in rows if row["last_decision"]), default=None),
        footer=f"{cohort.name} · class result sheet · unit standard {unit.id}",
        landscape=True,
    )


def matrix_paper(cohort: Cohort, standings: list[evidence.Standing]) -> Document:
    """The criterion matrix on paper: the picture, how often each state stands, and for each learner what is still to do."""
    unit = cohort.programme.unit
    by_learner: dict[str, list[evidence.Standing]] = {}
    for one in standings:
        by_learner.setdefault(one.learner, []).append(one)
    numbers = {one.id: one.number for one in unit.criteria}
    todo = [
        [learner, who, what, ", ".join(numbers[id] for id in ids)]
        for learner, own in by_learner.items()
        for who, what, ids in evidence.missing(own)
    ]
    blocks: list[Block] = [Figure(png, alt) for png, alt in heatmap.pictures(unit, standings)]
    blocks += [
        Heading("What is still to do"),
        Table(["Learner", "Who", "What", "For criteria"], todo, widths=[1.3, 1.3, 3.6, 4], align=["left"] * 4),
        Paragraph("Points are no part of this sheet: a person decides on each criterion.", kind="quiet"),
    ]
    return Document(
        title="Criterion matrix",
        subtitle=f"Unit standard {unit.id}: {unit.title}",
        meta=[("Cohort", cohort.name), ("Learners", str(len(by_learner)))],
        blocks=blocks,
        footer=f"{cohort.name} · criterion matrix · unit standard {unit.id}",
    )


def write_sheet(cohort: Cohort, path: str | Path, named: bool = False) -> list[Path]:
    """Write the class result sheet as PDF, with the Word file beside it."""
    made, path = class_sheet(cohort, named), Path(path)
    return [_write(path.with_suffix(".pdf"), to_pdf(made)), _write(path.with_suffix(".docx"), to_word(made))]


def write_matrix(cohort: Cohort, standings: list[evidence.Standing], path: str | Path) -> Path:
    """Write the matrix as PDF."""
    if not standings:
        raise KitError(f"Nobody is enrolled in {cohort.name} yet.")
    return _write(Path(path), to_pdf(matrix_paper(cohort, standings)))


def write_pictures(cohort: Cohort, standings: list[evidence.Standing], path: str | Path) -> list[tuple[Path, str]]:
    """Write the matrix as pictures, thirty learners each; gives back each file with the words that stand for it."""
    if not standings:
        raise KitError(f"Nobody is enrolled in {cohort.name} yet.")
    path, found = Path(path), heatmap.pictures(cohort.programme.unit, standings)
    names = [path if len(found) == 1 else path.with_stem(f"{path.stem}-{place}") for place in range(1, len(found) + 1)]
    return [(_write(name, png), alt) for name, (png, alt) in zip(names, found, strict=True)]


def _write(path: Path, content: bytes) -> Path:
    try:
        return files.write(path, content)
    except OSError as error:
        raise KitError(f"{path} could not be written: {error.strerror}.") from None
