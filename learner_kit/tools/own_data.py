"""Your own business: a tool of a lesson works on the learner's own CSV or Excel instead of the practice data.

own_data(METHODS, methods_view, practice, template="contact-methods")

The file is read in memory, and only the columns that the learner chooses are used; nothing is kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from learner_kit.errors import DataError, Fault, KitError
from learner_kit.faces import Face
from learner_kit.forms.looks import box, button, lay, markup, never_raises, upload, words
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_data import (
    MOST_ROWS,
    TAKES,
    Column,
    check_size,
    choose,
    cut,
    guess,
    open_upload,
    own_words,
    sheets,
    unmapped,
)
from learner_kit.lessons.own_templates import faults_csv, template_csv, template_excel
from learner_kit.shown import address_of, framed, scrolled, table
from learner_kit.tools.controls import grid, pick

if TYPE_CHECKING:
    import pandas as pd

PRIVACY = (
    "Your file is read for this page only: it is not saved and not sent to anybody. Customers' names are not needed; a "
    "number for each is enough. POPIA asks you to use no more than you need, so only the columns you choose are used."
)
MOST_SHOWN = 2_000  # faults in the list; all of them are in the file to download
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LINK = 'class="jupyter-button widget-button" style="padding:0.3rem 0.9rem;margin-right:0.5rem;display:inline-block"'


@sparing
def own_data(
    columns: Sequence[Column],
    use: Callable[[pd.DataFrame], widgets.Widget],
    practice: Face,
    template: str = "my-data",
    *,
    least: int = 1,
    most: int = MOST_ROWS,
) -> Face:
    """Put a way to use one's own data under a tool; the tool is then shown with them, and back with one press.

    Args:
        columns: what the tool needs of each row.
        use: makes the tool from a table with those columns; what it refuses (ValueError) is shown in words, faults of
            a DataError in the list.
        practice: the tool with the practice data.
        template: how the file to fill in is called.
        least, most: how many rows the tool can work with.

    Returns:
        The tool and, under it, a button that opens the upload form.
    """
    own = _Own(columns, use, practice, template, (least, most))
    face = Face([own.top, own.held, own.opener, own.panel], practice.words)
    face.own = own
    return face


class _Own:
    """The tool as it stands, and the form through which a learner's own table comes in."""

    def __init__(
        self,
        columns: Sequence[Column],
        use: Callable[[pd.DataFrame], widgets.Widget],
        practice: Face,
        template: str,
        rows: tuple[int, int],
    ):
        self.columns, self.use, self.practice, self.template, self.rows = columns, use, practice, template, rows
        self.table: pd.DataFrame | None = None
        self.source = ""
        self.picks: dict[str, widgets.Dropdown] = {}
        self.notes: dict[str, widgets.HTML] = {}
        self.shown = markup()
        self.back = button("Back to the practice data", self.to_practice)
        self.top = box(self.shown, self.back, look="lk-note")
        self.top.layout.margin = "0 0 0.9rem"
        self.held = widgets.VBox([practice])
        self.opener = button("Use your own data", self.open, "Use your own data with this tool")
        self.panel = box(look="lk-own")
        self.panel.layout.margin = "0.6rem 0 0"
        self.said = markup()
        _show(self.top, False)
        _show(self.panel, False)

    def wrong(self, sentence: str) -> None:
        """Say in place what is wrong."""
        self.said.value = framed(escape(sentence), "again", live=True)

    @never_raises(wrong)
    def open(self) -> None:
        """Open the form, or close it; it is made when it is opened first, so that a page stands sooner."""
        if not self.panel.children:
            self._build()
        opened = self.panel.layout.display == "none"
        _show(self.panel, opened)
        self._name()

    @never_raises(wrong)
    def to_practice(self) -> None:
        self.held.children = [self.practice]
        _show(self.top, False)
        self._name()
        self.opener.focus()

    def _name(self) -> None:
        opened, own = self.panel.layout.display != "none", self.held.children[0] is not self.practice
        self.opener.description = "Close this form" if opened else f"Use {'other' if own else 'your own'} data"

    def _build(self) -> None:
        links = "".join(
            f'<a {_LINK} download="{escape(self.template)}{ending}" href="{address_of(content, kind)}">{says}</a>'
            for says, ending, kind, content in (
                ("Template for any spreadsheet (CSV)", ".csv", "text/csv", template_csv(self.columns)),
                ("Template for Excel", ".xlsx", _EXCEL, template_excel(self.columns)),
            )
        )
        self.chooser = upload("Choose your file", ".csv,.txt,.tsv,.xlsx")
        self.chooser.observe(self.chosen, "value")
        self.pasted = widgets.Textarea(
            description="Or copy cells from a spreadsheet, with their headings, and paste them here",
            tooltip="Cells copied from a spreadsheet, with their headings",
            rows=3,
        )
        self.pasted.add_class("lk-stack")
        self.pasted.layout.width, self.pasted.layout.margin = "auto", "0.9rem 0 0.2rem"
        self.mapping = box(look="lk-own-map")
        self.mapping.layout.margin = "0.9rem 0 0"
        self.panel.children = [
            lay("lk-prompt", "Your own business"),
            lay("lk-calm", PRIVACY),
            lay("lk-takes", f"What it needs: {'; '.join(_needs(one) for one in self.columns)}."),
            markup(f'<div style="margin:0.4rem 0">{links}</div>'),
            lay("lk-takes", TAKES),
            box(self.chooser, look="lk-note"),
            self.pasted,
            box(button("Read what I pasted", self.take_pasted), look="lk-note"),
            self.mapping,
            self.said,
        ]

    @never_raises(wrong)
    def chosen(self, _: Any) -> None:
        """Read the file that was chosen."""
        given = tuple(self.chooser.value)
        if not given:
            return
        one = given[0]
        self.chooser.value = ()
        self.source, self.mapping.children = str(one["name"])[:80], []
        try:
            check_size(self.source, len(one["content"]))  # before it is copied
        except KitError as error:
            self.wrong(str(error))
            return
        self._read(bytes(one["content"]), None)

    @never_raises(wrong)
    def take_pasted(self) -> None:
        if not self.pasted.value.strip():
            self.wrong("Paste the cells first, with their headings in the first row.")
            return
        self.source = "What you pasted"
        self._read(self.pasted.value.encode("utf-8", "replace"), None)

    def _read(self, content: bytes, sheet: str | None) -> None:
        self.table, self.mapping.children, self.said.value = None, [], ""
        if sheet is None and len(found := sheets(self.source, content)) > 1:
            self._ask_sheet(content, found)
            return
        try:
            self.table = open_upload(self.source, content, sheet)
        except DataError as error:
            self._list(error.faults)
            return
        except KitError as error:
            self.wrong(str(error))
            return
        self._map()

    def _ask_sheet(self, content: bytes, found: Sequence[str]) -> None:
        which = pick(f"{self.source} has {len(found)} sheets. Which one holds your data?", found)
        go = button("Read this sheet", lambda: self._read_sheet(content, which.value), main=True)
        self.mapping.children = [which, box(go, look="lk-note")]

    @never_raises(wrong)
    def _read_sheet(self, content: bytes, sheet: str) -> None:
        self._read(content, sheet)

    def _map(self) -> None:
        """Offer for each thing the tool needs the headings of the file, with a guess."""
        headings = list(self.table.columns)
        guessed = guess(self.columns, headings)
        self.picks, self.notes, fields = {}, {}, []
        for one in self.columns:
            none = "Choose a column" if one.required else "None: leave it out"
            label = f"{one.label} ({'required' if one.required else 'optional'})"
            options = [(none, ""), *((_short(heading), heading) for heading in headings)]
            made = pick(label, options, guessed[one.name] or "")
            made.tooltip = f"{label}. {one.takes}"
            self.picks[one.name], self.notes[one.name] = made, markup(words(one.takes, "lk-takes"))
            made.observe(self.remapped, "value")
            fields.append(box(made, self.notes[one.name], look="lk-field"))
        self.first = markup()
        use = button("Use my data", self.take, main=True)
        self.mapping.children = [
            lay(
                "lk-prompt", f"{self.source}: {_rows(len(self.table))}, {len(headings)} columns. Which column is which?"
            ),
            grid(*fields, least="17rem"),
            self.first,
            box(use, look="lk-note"),
        ]
        self.remapped()

    def _chosen_columns(self) -> dict[str, str | None]:
        return {name: one.value or None for name, one in self.picks.items()}

    @never_raises(wrong)
    def remapped(self, _: Any = None) -> None:
        """Mark what is wrong with the choice of columns, and show the first rows of those that were chosen."""
        chosen = self._chosen_columns()
        wrong = unmapped(self.columns, chosen)
        for one in self.columns:
            why = wrong.get(one.name)
            said = words(f"▲ {why}", "lk-fault") if why else words(one.takes, "lk-takes")
            self.notes[one.name].value = said
        used = [(one.label, chosen[one.name]) for one in self.columns if chosen[one.name]]
        rest = [heading for heading in self.table.columns if heading not in dict(used).values()]
        html = ""
        if used and len(self.table):
            rows = [
                tuple(_short(cell) for cell in row) for row in self.table[[name for _, name in used]].head(3).values
            ]
            html = f'<div style="overflow-x:auto">{table([[label for label, _ in used], *rows], "The first rows").html}</div>'
        if rest:
            names = "; ".join(_short(one) for one in rest[:10]) + ("; …" if len(rest) > 10 else "")
            html += words(f"Left out, and not used: {names}.", "lk-takes")
        self.first.value = html

    @never_raises(wrong)
    def take(self) -> None:
        """Read the chosen columns, and show the tool with them; or list every fault."""
        chosen = self._chosen_columns()
        if unmapped(self.columns, chosen):
            self.remapped()
            self.wrong("Some columns are still to choose: they are marked above.")
            return
        least, most = self.rows
        try:
            mine = choose(self.table, self.columns, chosen, self.source, least=least, most=most)
        except DataError as error:
            self._list(error.faults)
            return
        try:
            made = self.use(mine)
        except DataError as error:
            self._list(own_words(error.faults, mine.attrs["headings"]))
            return
        self.said.value = ""
        self.held.children = [made]
        self.shown.value = framed(
            f"<strong>✔ Your own data:</strong> {escape(self.source)}, {_rows(len(mine))}. They are gone when you leave this page.",
            "good",
            live=True,
        )
        self.table, self.mapping.children, self.pasted.value = None, [], ""
        _show(self.top, True)
        _show(self.panel, False)
        self._name()
        self.back.focus()

    def _list(self, faults: Sequence[Fault]) -> None:
        many = len(faults)
        rows = [
            ("all" if one.row is None else str(one.row), _short(one.column or ""), _value(one.value), one.reason)
            for one in faults[:MOST_SHOWN]
        ]
        more = f" The first {MOST_SHOWN} are listed; the file below holds all." if many > MOST_SHOWN else ""
        says = (
            f"<strong>▲ {many} fault{'' if many == 1 else 's'} in {escape(self.source)}.</strong> Nothing of it is used "
            f"yet. Mend your file and choose it again.{more} Row 1 is the first row below the headings."
        )
        listed = table([("Row", "Column", "What stands there", "What is wrong"), *rows], "Every fault")
        link = f'<a {_LINK} download="faults.csv" href="{address_of(faults_csv(faults), "text/csv")}">Download this list</a>'
        self.said.value = (
            framed(says, "again", live=True)
            + scrolled(listed, "Every fault", 17)
            + f'<div style="margin:0.4rem 0">{link}</div>'
        )


def _needs(one: Column) -> str:
    return f"{one.label[:1].lower()}{one.label[1:]}{'' if one.required else ' (optional)'}"


def _rows(many: int) -> str:
    return f"{many} row{'' if many == 1 else 's'}"


def _value(value: Any) -> str:
    return "empty" if value is None or str(value).strip() == "" else _short(value)


def _short(said: Any) -> str:
    return cut(str(said), 40)


def _show(made: widgets.Widget, seen: bool) -> None:
    made.layout.display = None if seen else "none"
