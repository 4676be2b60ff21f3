"""The faces of questions that take several things: an order, a table and files from the workplace."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets as widgets

from learner_kit import files
from learner_kit.forms.fields import Field
from learner_kit.forms.looks import box, button, lay, markup, never_raises, upload, words
from learner_kit.workbook.evidence_files import FOLDER, LONGEST_NOTE, WARNING, add_file
from learner_kit.workbook.questions import Choice, blank


class Ordered(Field):
    """Lines to put in order with buttons; the order counts once a line was moved or the order was kept."""

    def _parts(self) -> list[widgets.Widget]:
        self.keys = [key for key, _ in self.question.options]
        self.lines = [markup(layout=widgets.Layout(flex="1 1 auto", width="auto")) for _ in self.keys]
        self.up, self.down, rows = [], [], []
        for place, line in enumerate(self.lines):
            self.up.append(button("▲ Up", partial(self._move, place, -1)))
            self.down.append(button("▼ Down", partial(self._move, place, 1)))
            rows.append(box(line, self.up[-1], self.down[-1], look="lk-row", across=True))
        self.up[0].disabled = self.down[-1].disabled = True
        self.confirm = button("Keep this order", self._keep_order, main=True)
        return [lay("lk-prompt", self.question.prompt), box(*rows, look="lk-list"), box(self.confirm, look="lk-note")]

    def _put(self, value: Any) -> None:
        self.keys = list(value or [key for key, _ in self.question.options])
        self._draw()

    def _draw(self) -> None:
        labels = self.question.labels
        for place, key in enumerate(self.keys):
            self.lines[place].value = words(f"{place + 1}. {labels[key]}", "lk-item")
            self.up[place].tooltip = f"Move up: {labels[key]}"
            self.down[place].tooltip = f"Move down: {labels[key]}"

    @never_raises(Field.wrong)
    def _move(self, place: int, step: int) -> None:
        other = place + step
        self.keys[place], self.keys[other] = self.keys[other], self.keys[place]
        self._draw()
        buttons = self.up if step < 0 else self.down
        if buttons[other].disabled:
            buttons = self.down if step < 0 else self.up
        buttons[other].focus()  # stay with the line, so that it can be moved on by keyboard
        self.keep(self.keys)

    @never_raises(Field.wrong)
    def _keep_order(self) -> None:
        self.keep(self.keys)


class Grid(Field):
    """A table to fill in, cell by cell; each sound cell is kept at once, a wrong one is named under the table."""

    def _parts(self) -> list[widgets.Widget]:
        question = self.question
        labelled = any(question.rows)
        heads = ([lay("lk-prompt", "")] if labelled else []) + [
            lay("lk-prompt", _head(name, cell)) for name, cell in question.cells
        ]
        self.inputs: dict[tuple[int, str], widgets.Widget] = {}
        body: list[widgets.Widget] = []
        for place in range(len(question.rows)):
            if labelled:
                body.append(lay("lk-item", question.row_name(place + 1)))
            for name, cell in question.cells:
                self.inputs[place, name] = self._cell(f"{question.row_name(place + 1)}, {name}", cell)
                body.append(self.inputs[place, name])
        wide = {1: 55, 2: 45}.get(len(question.cells), 35)  # long labels break, so that options are not cut short
        columns = (f"fit-content({wide}%) " if labelled else "") + " ".join(_track(*one) for one in question.cells)
        grid = widgets.GridBox([*heads, *body], layout=widgets.Layout(grid_template_columns=columns, width="100%"))
        grid.add_class("lk-grid")
        return [lay("lk-prompt", question.prompt), grid]

    def _cell(self, name: str, cell: Any) -> widgets.Widget:
        if isinstance(cell, Choice):
            made = widgets.Dropdown(
                options=[("", ""), *((label, key) for key, label in cell.options)],
                value="",
                description=name,
                tooltip=name,
            )
        else:
            made = widgets.Text(description=name, tooltip=f"{name}: {cell.takes}", continuous_update=False)
        made.layout.width = "100%"
        made.add_class("lk-hidden-label")
        made.observe(self._filled, "value")
        return made

    def _put(self, value: Any) -> None:
        columns = self.question.columns
        for (place, name), one in self.inputs.items():
            kept = value[place].get(name) if value else None
            one.value = (
                (kept or "") if isinstance(columns[name], Choice) else columns[name].show(kept).replace("\u00a0", " ")
            )

    @never_raises(Field.wrong)
    def _filled(self, _: Any) -> None:
        if self._quiet:
            return
        before, columns, wrong = self.value, self.question.columns, []
        rows: list[dict[str, Any]] = [{} for _ in self.question.rows]
        for (place, name), one in self.inputs.items():
            one.remove_class("lk-wrong")
            try:
                rows[place][name] = columns[name].read(one.value)
            except ValueError as error:
                rows[place][name] = before[place].get(name) if before else None
                one.add_class("lk-wrong")
                wrong.append(f"{self.question.row_name(place + 1)}, {name}: {error}")
        value = None if blank(rows) else rows
        if value != before:
            self._shown = value
            self.book.set(self.question.id, value)
        if wrong:
            self.said.value = words("▲ Not saved in these cells:\n" + "\n".join(wrong), "lk-fault", "alert")
        else:
            self.saved()

    def _say(self, sentence: str) -> None:
        super()._say(sentence)
        still = self.question.open_cells(self.value)
        if still and not blank(self.value):
            self.said.value += words(f"{still} cell{' is' if still == 1 else 's are'} still empty.", "lk-takes")
        self.said.value += words(self.question.remark(self.value), "lk-fault", "status")


class Files(Field):
    """Files from the workplace: chosen, checked, kept beside the notebook, and listed with a way to take each away."""

    def _parts(self) -> list[widgets.Widget]:
        question = self.question
        self.note = widgets.Text(
            description="What does it show, and where does it come from? (optional)",
            tooltip="A few words; optional",
            continuous_update=True,
        )
        self.note.add_class("lk-stack")
        self.chooser = upload("Choose files to add", question.accept, multiple=True)
        self.chooser.observe(self._chosen, "value")
        self.listed = box(look="lk-files")
        return [
            lay("lk-prompt", question.prompt),
            lay("lk-calm", WARNING),
            self.hint,
            self.note,
            box(self.chooser, look="lk-note"),
            self.listed,
        ]

    def _hints(self) -> list[widgets.Widget]:
        return []  # limits stand above the button: before the upload, not after it

    def _put(self, value: Any) -> None:
        rows = []
        for item in value or []:
            says = (
                f"{item['file']} ({item['kind']}, {_size(item['size'])}){': ' + item['note'] if item['note'] else ''}"
            )
            drop = button("Take away", partial(self._drop, item["file"]), f"Take away {item['file']}")
            rows.append(box(lay("lk-item", says), drop, look="lk-row", across=True))
        self.listed.children = rows

    @never_raises(Field.wrong)
    def _chosen(self, _: Any) -> None:
        chosen = tuple(self.chooser.value)
        if not chosen:
            return
        folder = self.book.path.parent if self.book.path else None
        value, refused = self.value, []
        note = " ".join(self.note.value.split())[:LONGEST_NOTE]
        for one in chosen:
            try:
                if folder is None:
                    raise ValueError("Files cannot be kept here.")
                value = add_file(folder, self.question, value, one["name"], bytes(one["content"]), note)
            except ValueError as error:
                refused.append(f"{one['name'][:80]}: {error}")
            except OSError:
                refused.append(
                    f"{one['name'][:80]}: it could not be written to the folder {folder.name if folder else ''}."
                )
        self.chooser.value = ()
        if value != self.value:
            self.note.value = ""
            self.keep(value)
            self._put(value)
        if refused:
            self.said.value = words("▲ Not added:\n" + "\n".join(refused), "lk-fault", "alert")

    @never_raises(Field.wrong)
    def _drop(self, name: str) -> None:
        value = [item for item in self.value or [] if item["file"] != name]
        self.keep(value)
        self._put(value)
        held = [item for other in self.book.answers.values() if isinstance(other, list) for item in other]
        if self.book.path and not any(isinstance(item, dict) and item.get("file") == name for item in held):
            files.remove(self.book.path.parent / FOLDER / name)


def _head(name: str, cell: Any) -> str:
    unit = getattr(cell, "unit", None)
    return f"{name} ({unit})" if unit else name


def _track(name: str, cell: Any) -> str:
    """How wide a column is at least, by what is typed in it and the longest word over it; words get more of the rest."""
    needs = {"number": 4.5, "choice": 5.5, "date": 6.5}.get(cell.kind, 7.0)
    word = 0.62 * max(map(len, _head(name, cell).split())) + 0.3
    return f"minmax({max(needs, word):.1f}em, {2 if cell.kind == 'text' else 1}fr)"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB".replace(".", ",") if size >= 1e6 else f"{max(1, round(size / 1000))} kB"
