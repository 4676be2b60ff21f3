"""The facilitator's desk: a new cohort, its learners from a list, and the people who sign."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from dataclasses import replace
from html import escape
from pathlib import Path

import ipywidgets as widgets

from learner_kit.assess import results
from learner_kit.course import cohort as cohorts
from learner_kit.course import enrol, programme
from learner_kit.desks.asking import Asking
from learner_kit.desks.parts import Said, button, choose, download, offer, part, prose, row, stacked, table
from learner_kit.desks.room import Room
from learner_kit.documents import long_date
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.teaching import rights
from learner_kit.teaching.namesakes import alike, namesakes
from learner_kit.workbook.evidence_files import safe_name

SHOWN = 200  # faults listed on the page
MANY = 12  # pairs of alike names listed on the page


def keep_uploads(upload: widgets.FileUpload, folder: str | Path) -> list[Path]:
    """Write uploaded files into a folder, each in one of its own, under a name that is safe on every system."""
    kept = []
    for number, one in enumerate(upload.value):
        place = Path(folder) / str(number)
        place.mkdir(parents=True, exist_ok=True)
        path = place / safe_name(one["name"])
        path.write_bytes(bytes(one["content"]))
        kept.append(path)
    return kept


def as_list(typed: str) -> str:
    """Typed or pasted lines (surname; first names; ID number; e-mail; phone; site) as the CSV that a list is.

    Cells end in a tab (from Excel or Word), a semicolon or a comma. A line of headings may come first and say another order.

    Example:
        >>> print(as_list("Nkosi; Thandi"), end="")
        Surname,First names,ID number,E-mail,Phone,Site
        Nkosi,Thandi,,,,
    """
    lines = [_cells(line) for line in typed.splitlines()]
    bare = [
        f"line {number}, “{cells[0]}”: put a semicolon or comma after the surname"
        for number, cells in enumerate(lines, 1)
        if len(cells) == 1
    ]
    if bare:
        raise KitError(f"Nothing was checked yet. {'; '.join(bare[:5])}{' …' if len(bare) > 5 else ''}.")
    columns = [enrol.WORDS[name] for name in enrol.COLUMNS if name != "note"]
    first = next((place for place, cells in enumerate(lines) if cells), 0)
    if lines and "surname" in map(enrol.column, lines[first]):
        columns, lines[first] = [one for one in lines[first] if one], []
    made = io.StringIO()
    rows = csv.writer(made, lineterminator="\n")
    rows.writerow(columns)
    count = len(columns)
    for cells in lines:  # an empty line keeps its place in the count, and Excel's empty cells at the end are left out
        rows.writerow((cells + [""] * count)[:count] + list(filter(None, cells[count:])) if cells else [])
    return made.getvalue()


def _cells(line: str) -> list[str]:
    """The cells of a typed or pasted line; none where nothing stands in it."""
    between = next((one for one in "\t;," if one in line), "\t")
    cells = [one.strip() for one in line.split(between)]
    return cells if any(cells) else []


def _typed(fault: Fault) -> Fault:
    """A fault counted by the lines that were typed: no headings stand above them."""

    def line(found: re.Match[str]) -> str:
        return f"stands in line {int(found[1]) - enrol.HEADINGS} too"

    reason = re.sub(r"stands in row (\d+) too", line, fault.reason)
    return fault._replace(row=fault.row and fault.row - enrol.HEADINGS, reason=reason)


def _read_upload(upload: widgets.FileUpload) -> tuple[list[enrol.Person], list[Fault]]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        (path,) = keep_uploads(upload, folder)
        return enrol.read_list(path)


def _read_typed(typed: str) -> tuple[list[enrol.Person], list[Fault]]:
    """Typed lines, read as a list is; people and faults are counted by the lines, for no headings stand above them."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "typed.csv"
        path.write_text(as_list(typed), encoding="utf-8")
        try:
            people, faults = enrol.read_list(path)
        except DataError as error:
            raise DataError([_typed(one) for one in error.faults], "What you typed") from None
    return [replace(one, row=one.row - enrol.HEADINGS) for one in people], [_typed(one) for one in faults]


def _faulty(faults: list[Fault], listed: bool) -> str:
    """The faults of a list, or of typed lines, as a table."""
    if not faults:
        return ""
    kind = "row" if listed else "line"
    rows = [
        [
            f"{kind} {one.row}" if one.row else "",
            one.column or "",
            "" if one.value is None else one.value,
            one.reason,
        ]
        for one in faults[:SHOWN]
    ]
    more = f" (the first {SHOWN})" if len(faults) > SHOWN else ""
    counted = "; rows as Excel counts them, the headings are row 1" if listed else ""
    return table([kind.title(), "Column", "What stands there", "What is wrong"], rows, f"Faults{more}{counted}")


def _twice(people: list[enrol.Person], enrolled: dict[str, str], listed: bool) -> str:
    """Who may stand there twice, or be enrolled already."""
    twins = namesakes(people, enrolled)
    if not twins:
        return ""
    named = twins if listed else [re.sub("^Row", "Line", one) for one in twins]
    lines = "".join(f"<li>{escape(one)}</li>" for one in named[:MANY])
    return f"<p class='lk-notice'><strong>The same person twice?</strong> You decide.</p><ul>{lines}</ul>"


def _in_order(people: list[enrol.Person]) -> str:
    """Who will be enrolled, as a table."""
    return table(
        ["Surname", "First names", "ID number"],
        [[one.surname, one.first_names, "given" if one.id_number else "none"] for one in people[:SHOWN]],
        "In order, to be enrolled" + (f" (the first {SHOWN})" if len(people) > SHOWN else ""),
    )


class NewCohort:
    """Make a cohort from a name."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self._made: Path | None = None
        self.name = stacked(widgets.Text(description="Name of the new cohort", placeholder="may-2027"), "18rem")
        self.make = button("Make this cohort", self.said, self._make, main=True)
        words = prose(
            f"<p>Makes a folder of that name in {escape(str(programme.HOME / 'cohorts'))}, with the workbooks and an "
            "empty record. Nothing that exists is changed.</p>"
        )
        self.face = part(words, row(self.name, self.make), self.said.face)

    def _make(self) -> None:
        name = self.name.value.strip()
        if not name and self._made and self.room.cohort and self.room.cohort.path == self._made:
            return  # pressed once more: what was said still stands
        self.said.clear()
        if not name:
            raise KitError("Type a name for the cohort first, such as may-2027.")
        if not cohorts.NAME.fullmatch(name):
            raise KitError(cohorts.NAMING)
        self.said.note(f"Making {name}. This takes some seconds …")
        made = cohorts.create(programme.HOME / "cohorts" / name)
        made.engine.dispose()
        self.name.value, self._made = "", made.path
        self.room.list_cohorts(made.path)
        self.said.good(f"Made the cohort {made.name} in {made.path}. It is open now: enrol its learners below.")


class Enrolling:
    """Enrol learners from an uploaded list: checked first, written only when confirmed."""

    def __init__(self, room: Room):
        self.room, self.said, self.listed = room, Said(), Said()
        self.cohort: cohorts.Cohort | None = None
        self.people: list[enrol.Person] = []
        self.faults: list[Fault] = []
        self.upload = widgets.FileUpload(
            accept=".csv,.xlsx", multiple=False, description="Choose a list (CSV or Excel)"
        )
        self.typed = stacked(
            widgets.Textarea(
                rows=4,
                description="Or type them here, or paste them from Excel, one a line: surname; first names; ID number; "
                "e-mail; phone; site",
                placeholder="Nkosi; Thandi",
            ),
            "40rem",
        )
        self.check = button("Check the list", self.said, self._check, main=True)
        self.fresh: tuple[str, ...] = ()
        self.undo = Asking("Take back this enrolment", self.said, self._will_undo, self._undo)
        self.confirm = button("Enrol", self.said, self._enrol, main=True)
        self.names = button("Make a list with names", self.listed, self._names)
        self.confirm.layout.display = "none"
        self.words, self.found = prose(), prose()
        self.face = part(
            self.words,
            row(self.upload),
            row(self.typed, self.check),
            self.found,
            self.confirm,
            self.said.face,
            self.undo.face,
            prose(
                "<p class='lk-rule'>Everywhere in the kit learners have numbers. This list alone says whose number is "
                "whose: save it where only you can open it.</p>"
            ),
            self.names,
            self.listed.face,
        )
        room.tell(self._show)

    def _show(self) -> None:
        self.listed.clear()  # the list to save may be of before
        if self.room.cohort is not self.cohort:  # a list is checked for one cohort, not for the next
            self.cohort = self.room.cohort
            self._put_away()
        template = download(
            "\ufeff" + enrol.words(enrol.COLUMNS, ",") + "\r\n", "learners.csv", "Save an empty list to fill in"
        )
        said = (
            f"<p>{template}. It needs the columns {enrol.words(enrol.NEEDED, ' and ')}; the others may stay empty. Choosing "
            "and checking a list writes nothing.</p>"
        )
        if self.room.cohort is not None:
            last = self.room.cohort.programme.unit.registration.last_enrolment
            if dt.date.today() > last:
                said += (
                    f"<p class='lk-notice'><strong>Please note:</strong> the last date of enrolment for this unit "
                    f"standard was {long_date(last)}. You can still enrol; the warning is kept in the records. Ask the quality "
                    "assurance body before you promise credits.</p>"
                )
        self.words.value = said

    def _put_away(self) -> None:
        self.fresh = ()
        self.undo.close()
        self.undo.face.layout.display = "none"
        self.people, self.faults, self.found.value = [], [], ""
        self.confirm.layout.display = "none"

    def _check(self) -> None:
        self.said.clear()
        self._put_away()
        cohort, listed = self.room.opened(), bool(self.upload.value)
        if not listed and not self.typed.value.strip():
            raise KitError("Choose a list first, or type the learners below it.")
        if listed and self.typed.value.strip():
            raise KitError(
                "There is a list and typed learners. Take one at a time: empty the field, or load the page again."
            )
        self.people, self.faults = _read_upload(self.upload) if listed else _read_typed(self.typed.value)
        if not self.people and not self.faults:
            raise KitError("The list has no rows. Fill in at least one person below the headings.")
        count, wrong = len(self.people), len({one.row for one in self.faults})
        in_order = f"{count} {'person is' if count == 1 else 'people are'} in order. Nothing is written yet."
        if self.faults:
            self.said.fault(
                f"{wrong} {'row has' if wrong == 1 else 'rows have'} faults; {in_order} Mend the list and check it again, or "
                "enrol only the rows that are in order."
            )
        else:
            self.said.note(in_order)
        self.found.value = _faulty(self.faults, listed) + _twice(self.people, enrol.names(cohort), listed)
        if count:
            self.found.value += _in_order(self.people)
            self.confirm.description = f"Enrol {'only these ' if self.faults else ''}{count} in {cohort.name}"
            self.confirm.layout.display = ""

    def _enrol(self) -> None:
        if not self.people:  # pressed twice: what was said still stands
            return
        cohort = self.room.opened()
        done = enrol.enrol(cohort, self.people, self.room.who)
        left = len({one.row for one in self.faults})
        new = done.pseudonyms
        span = ": " + " to ".join(dict.fromkeys((new[0], new[-1]))) if new else ""
        said = f"Enrolled {len(new) or 'no new'} {'learner' if len(new) == 1 else 'learners'} in {cohort.name}{span}."
        if done.already:
            said += f" Enrolled already, and left as before: {len(done.already)}."
        if left:
            said += f" {left} {'row was' if left == 1 else 'rows were'} left out."
        self.upload.value, self.typed.value = (), ""
        self._put_away()
        self.room.changed()
        self.fresh = new
        self.undo.face.layout.display = "" if new else "none"
        self.said.good(said, f"<p>{escape('Please note: ' + done.warning)}</p>" if done.warning else "")

    def _will_undo(self) -> tuple[str, list[str]]:
        cohort = self.room.opened()
        busy = [one for one in self.fresh if not rights.forgetting(cohort, one).whole]
        if busy:
            raise KitError(
                f"{', '.join(busy)} handed work in already, so this enrolment stays. See Privacy for one person."
            )
        return f"Takes {len(self.fresh)} learners out again, with all that was recorded about them:", list(self.fresh)

    def _undo(self) -> None:
        cohort, gone = self.room.opened(), self.fresh
        for one in gone:
            rights.forget(cohort, one, self.room.who)
        self._put_away()
        self.room.changed()
        self.said.good(f"Took back the enrolment of {len(gone)}. The log says so.")

    def _names(self) -> None:
        cohort = self.room.opened()
        names = enrol.names(cohort)
        rows = [{"learner": code, "name": names.get(code, "")} for code in enrol.learners(cohort)]
        if not rows:
            raise KitError(f"Nobody is enrolled in {cohort.name} yet.")
        name = f"{cohort.name}-names.csv"
        saved = download("\ufeff" + results.as_csv(rows), name, f"Save {name}")
        self.listed.good(f"The list of {len(rows)} names is ready.", f" {saved}")


class Staff:
    """Register a facilitator, an assessor or a moderator."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self._pointed: object = None  # for whom a namesake was pointed out: pressing again registers them
        self.role = choose("Role", "12rem")
        offer(self.role, [(role.title(), role) for role in enrol.ROLES])
        self.surname = stacked(widgets.Text(description="Surname"), "13rem")
        self.first = stacked(widgets.Text(description="First names"), "13rem")
        self.number = stacked(widgets.Text(description="Registration number"), "13rem")
        self.register = button("Register this person", self.said, self._register, main=True)
        words = prose(
            "<p>Only registered people can sign what the kit records. An assessor or a moderator needs the number under "
            "which the quality assurance body knows them.</p>"
        )
        self.known = prose()
        self.face = part(
            words, row(self.role, self.surname, self.first, self.number, self.register), self.said.face, self.known
        )
        room.tell(self._show)

    def _show(self) -> None:
        import sqlalchemy as sa

        from learner_kit.course import records

        if self.room.cohort is None:
            self.known.value = ""
            return
        found = records.rows(self.room.cohort.engine, sa.select(records.staff).order_by(records.staff.c.code))
        by_role = {role: [one["code"] for one in found if one["role"] == role] for role in enrol.ROLES}
        said = "; ".join(f"{role}: {', '.join(codes) or 'none yet'}" for role, codes in by_role.items())
        self.known.value = f"<p>Registered so far: {escape(said)}.</p>"

    def _register(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        role = str(self.role.value)
        person = (cohort.path, role, self.surname.value, self.first.value)
        twins = alike(f"{self.surname.value}, {self.first.value}", enrol.names(cohort), enrol.ROLES[role])
        if twins and person != self._pointed:
            self._pointed = person
            raise KitError(
                f"{' and '.join(twins)} looks like the same person. Nobody was registered. Is it somebody else of that "
                "name? Then press again."
            )
        code = enrol.register(cohort, role, self.surname.value, self.first.value, self.number.value, self.room.who)
        self.surname.value = self.first.value = self.number.value = ""
        self.room.changed()
        self.said.good(f"Registered as {role}: {code}. This code is what they sign with.")
