"""The assessor's desk: the papers, signed portfolios and results."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets

from learner_kit.assess import evidence, judgement, papers, portfolio, results
from learner_kit.assess.papers import classes as class_papers
from learner_kit.assess.papers import preparation
from learner_kit.assess.papers import results as results_papers
from learner_kit.assess.portfolio import signing
from learner_kit.course.cohort import Cohort
from learner_kit.desks.parts import (
    Cell,
    Said,
    button,
    choose,
    download,
    offer,
    part,
    prose,
    row,
    served,
    stacked,
    table,
)
from learner_kit.desks.room import Room, progress
from learner_kit.documents import to_pdf
from learner_kit.errors import KitError

if TYPE_CHECKING:
    from learner_kit.desks.assessor import Register

LINKS = 160  # files that a page offers to save: about 8 MB


class Papers:
    """Feedback, assessor's reports, signed portfolios and the results."""

    def __init__(self, room: Room, register: Register):
        self.room, self.register, self.said = room, register, Said()
        self.learner = choose("Learner", "14rem")
        self.papers = button("Write feedback and report", self.said, self._papers, main=True)
        self.plans = button("Write remediation plans", self.said, self._plans)
        self.statements = button("Write statements of results", self.said, self._statements)
        self.before = button(
            "Write papers before the assessment",
            self.said,
            self._before,
            about="Background form, checklist, minutes, contract and declaration, with number and name",
        )
        self.word = widgets.Checkbox(description="As Word files too, to be edited", indent=False)
        self.passphrase = stacked(widgets.Password(description=""), "26rem")
        self.repeated = stacked(widgets.Password(description="The same again"), "26rem")
        self.bag = button("Make the signed portfolio", self.said, self._portfolio)
        self.results = button("Show the results", self.said, self._results)
        self.bar, self.found = progress(), prose()
        words = prose(
            "<p>Feedback and report are PDFs with the learner's name, as they are printed. They and the portfolios are kept "
            "in the cohort's folder; made again, they take the place of the older ones. Scans of what is signed go into its "
            "folder <em>administration/L-0000</em> (the learner's number), under the paper's file name.</p>"
        )
        self.face = part(
            words,
            row(self.learner, self.word),
            row(self.papers, self.plans, self.statements, self.before),
            row(self.passphrase, self.repeated),
            row(self.bag, self.results),
            self.bar,
            self.said.face,
            self.found,
        )
        room.tell(self._show)

    def _show(self) -> None:
        everyone = [("everyone", "")] if self.register.learners else []
        offer(self.learner, everyone + [(one, one) for one in self.register.learners])
        self._ask()

    def _ask(self) -> None:
        """Ask for the passphrase that the signing key has, or offer one while there is no key."""
        self.passphrase.value = self.repeated.value = ""
        path = self.room.cohort.path / signing.OWN if self.room.cohort else None
        new = path is not None and not path.exists()
        self.repeated.layout.display = "" if new else "none"
        self.passphrase.layout.display = "" if new or (path and signing.locked(path)) else "none"
        self.passphrase.description = (
            f"A passphrase for the new signing key, if you want one (at least {signing.SHORTEST} letters)"
            if new
            else "Passphrase of the signing key"
        )

    def _key(self, cohort: Cohort) -> tuple[signing.Key, bool]:
        said, path = self.passphrase.value, cohort.path / signing.OWN
        if not path.exists() and (said or self.repeated.value):
            if said != self.repeated.value:
                raise KitError("The two passphrases differ. Nothing was made.")
            signing.fit(said)
        if signing.locked(path) and not (said or signing.passphrase()):
            self.passphrase.focus()
            raise KitError("The signing key is locked: type its passphrase first. Nothing was signed.")
        key = signing.own_key(cohort.path, said)
        self._ask()
        return key

    def _each(self, learners: list[str], act) -> list:
        self.bar.max, self.bar.value, self.bar.layout.display = max(len(learners), 1), 0, ""
        made = []
        try:
            for one in learners:
                made.append((one, act(one)))
                self.bar.value += 1
        finally:
            self.bar.layout.display = "none"
        return made

    def _papers(self) -> None:
        word = self.word.value
        self._write("feedback and report", self._judged(), lambda cohort, one: papers.write(cohort, one, word=word))

    def _plans(self) -> None:
        word, behind = self.word.value, results_papers.behind(self.room.opened())
        if not (behind or self.learner.value) and self._judged():
            raise KitError("Nobody has anything to do again, so there is no plan to write.")
        self._write("remediation plans", behind, lambda cohort, one: results_papers.write_plan(cohort, one, word=word))

    def _statements(self) -> None:
        word, judged = self.word.value, self._judged()
        self._write(
            "statements of results", judged, lambda cohort, one: results_papers.write_statement(cohort, one, word=word)
        )

    def _before(self) -> None:
        word = self.word.value

        def save(cohort: Cohort, one: str) -> list[Path]:
            return papers.save(cohort.path / "documents" / one, preparation.documents(cohort, one), word)

        self._write("papers before the assessment", self.register.learners, save)

    def _judged(self) -> list[str]:
        """Everyone who is judged."""
        return sorted({who for who, _ in judgement.standing_judgements(self.room.opened())})

    def _write(self, what: str, everyone: list[str], act: Callable[[Cohort, str], list[Path]]) -> None:
        """Write one kind of paper for the chosen learner, or for everyone."""
        cohort = self.room.opened()
        self.found.value = ""
        self.said.note("Writing …")
        learners = [self.learner.value] if self.learner.value else everyone
        if not learners:
            why = "Nothing has been judged" if self.register.learners else "Nobody is enrolled"
            raise KitError(f"{why} in {cohort.name} yet, so there is nothing to write.")
        made = self._each(learners, lambda one: act(cohort, one))
        lines = "".join(
            "<li>"
            + escape(f"{one}: ")
            + " · ".join(download(path.read_bytes(), f"{one}-{path.name}", f"save {_name(path)}") for path in paths)
            + "</li>"
            for one, paths in made[: LINKS // max(len(made[0][1]), 1)]
        )
        self.found.value = f"<ul>{lines}</ul>"
        self.said.good(f"Wrote {what} for {len(made)} in {cohort.path / 'documents'}.")

    def _portfolio(self) -> None:
        cohort = self.room.opened()
        self.found.value = ""
        self.said.note("Making and signing …")
        able = portfolio.learners(cohort)
        learners = [self.learner.value] if self.learner.value else able
        if not learners:
            raise KitError(f"Nobody in {cohort.name} has handed anything in yet.")
        if learners[0] not in able:  # said before a key is made
            raise KitError(f"{learners[0]} has handed nothing in, so there is no portfolio to make.")
        key, new = self._key(cohort)
        made = self._each(learners, lambda one: portfolio.make(cohort, one, key, self.room.who))
        rows, drafts = [], 0
        for one, bag in made:
            faults, state = portfolio.verify(bag), portfolio.state(bag)
            lacks = "; ".join(portfolio.missing(cohort, one)) if state == portfolio.DRAFT else ""
            drafts += bool(lacks)
            rows.append(
                [
                    one,
                    Cell(f"draft; missing: {lacks}" if lacks else state, "lk-nyc" if lacks else "lk-c"),
                    Cell("; ".join(faults) or "whole", "lk-nyc" if faults else "lk-c"),
                    str(bag),
                ]
            )
        index = "".join(
            f"<li>{served(bag / 'data' / 'index.html', f'Contents of {one}', True)}</li>" for one, bag in made[:40]
        )
        self.found.value = (
            table(["Learner", "State", "Checked", "Folder"], rows, "Portfolios made now") + f"<ul>{index}</ul>"
        )
        said = f"Made, signed and checked {len(made)} portfolio{'' if len(made) == 1 else 's'}. "
        said += f"Closed: {len(made) - drafts}; drafts: {drafts}. Key: {key.fingerprint}."
        if new:
            place = cohort.path / signing.OWN
            said += f" The key is new: {place}. " + (
                "Nobody can open it without the passphrase; keep a copy of the file, and the passphrase elsewhere."
                if signing.locked(place)
                else "Whoever has this file can sign; keep a copy in a safe place."
            )
        self.said.good(said)

    def _results(self) -> None:
        cohort = self.room.opened()
        rows = results.results(cohort)
        if not rows:
            raise KitError(f"Nobody is enrolled in {cohort.name} yet.")
        looks = {evidence.C: "lk-c", evidence.NYC: "lk-nyc"}
        cells = [[Cell(str(results.plain(one)), looks.get(one, "")) for one in line.values()] for line in rows]
        heads = [name.replace("_", " ") for name in rows[0]]
        saved = download("\ufeff" + results.as_csv(rows), f"{cohort.name}-results.csv", "Save as CSV")
        sheet = download(to_pdf(class_papers.class_sheet(cohort)), f"{cohort.name}-results.pdf", "Save the class sheet")
        self.found.value = (
            table(heads, cells, "Results by outcome (learners by number)", "lk-matrix") + f"<p>{saved} · {sheet}</p>"
        )
        self.said.good("These are the results as they stand now. C is Competent, NYC Not Yet Competent.")


def _name(path: Path) -> str:
    """What a file is, in words."""
    name = {"report": "assessor's report"}.get(path.stem, path.stem.replace("-", " "))
    return name + (" (Word)" if path.suffix == ".docx" else "")
