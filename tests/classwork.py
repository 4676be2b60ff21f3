"""What a class does in many tests: answers from the memo, and marks as formgrader gives them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any


def memo_answers(programme: Path, workbook: str) -> dict[str, Any]:
    """What a learner who knows everything would type into a workbook."""
    from learner_kit.course import master

    memo = tomllib.loads((programme / "memo" / f"{workbook}.toml").read_text(encoding="utf-8"))
    asked = master.questions(master.read(programme / "source" / workbook / f"{workbook}.ipynb"))
    found = {id: one.get("answer", one.get("model")) for id, one in memo.items()}
    return {id: value for id, value in found.items() if id in asked and value is not None and asked[id].valid(value)}


def write_answers(folder: Path, answers: dict[str, Any], learner: str = "L-0001", workbook: str = "so1") -> Path:
    """Write the file that a filled workbook leaves in its folder, which is made where there is none; gives the folder."""
    held = {"format": 1, "workbook": workbook, "learner": learner, "saved": None, "answers": answers}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "answers.json").write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")
    return folder


def mark_all(cohort: Any, learner: str, share: float = 1.0, comment: str = "") -> None:
    """Mark every task of a learner's so1, as formgrader does."""
    from nbgrader.api import Gradebook

    with Gradebook(cohort.db_url) as book:
        for notebook in book.find_submission("so1", learner).notebooks:
            for one in notebook.grades:
                if one.cell.type == "TaskCell":
                    one.manual_score, one.needs_manual_grade = one.cell.max_score * share, False
            for one in notebook.comments:
                one.manual_comment = comment or None
        book.db.commit()
