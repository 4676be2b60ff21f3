"""The facilitator's desk: the class's own survey, put into one file without names for the tally lesson of SO2."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets

from learner_kit import files
from learner_kit.desks.parts import Said, button, download, part, prose, row, stacked, table
from learner_kit.desks.room import Room
from learner_kit.errors import KitError
from learner_kit.lessons.own_data import LIMIT
from learner_kit.lessons.own_tables import RATINGS
from learner_kit.lessons.own_templates import template_csv
from learner_kit.teaching import polling, pooling

MOST = 400  # files looked at in one folder


class Pooling:
    """Learners' tables in, one table out."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.upload = widgets.FileUpload(accept=".csv,.xlsx,.txt", multiple=True, description="Choose learners' tables")
        self.folder = stacked(widgets.Text(description="Or name a folder that holds them"), "26rem")
        self.asked = stacked(
            widgets.SelectMultiple(options=[], rows=4, description="And questions to the class with marks as answers"),
            "40rem",
        )
        self.make = button("Put them together", self.said, self._make, main=True)
        self.left = prose()
        words = prose(
            "<p>Each learner asks a few customers and writes down what was rated, how well it is done (1 to 5) and, if asked, "
            "how important it is. Names and telephone numbers in the tables are left behind. In the lesson <em>Making "
            "contact</em>, <em>Use your own data</em> takes the file.</p>"
            f"<p>{download(template_csv(RATINGS), 'survey-ratings.csv', 'Save the table that learners fill in (CSV)')}</p>"
        )
        self.face = part(
            words, row(self.upload, self.folder), row(self.asked), row(self.make), self.said.face, self.left
        )
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        found = [one for one in polling.history(cohort) if pooling.rates(one)] if cohort else []
        self.asked.options = [(f"{one.day}: {one.poll.prompt[:80]}", one.poll.id) for one in found]
        self.asked.layout.display = "" if found else "none"

    def _make(self) -> None:
        self.said.clear()
        self.left.value = ""
        cohort = self.room.opened()
        tables = [(str(one["name"])[:80], bytes(one["content"])) for one in self.upload.value]
        tables += _of_folder(self.folder.value.strip())
        chosen = set(self.asked.value)
        asked = [one for one in polling.history(cohort) if one.poll.id in chosen]
        found = pooling.pool(tables, asked)
        self.upload.value = ()
        if found.left:
            heads = ["File", "Why it was left out"]
            self.left.value = table(heads, [list(one) for one in found.left], "Files that were left out", "lk-wrap")
        things = len({one.attribute for one in found.rows})
        self.said.good(
            f"{len(found.rows)} ratings of {things} {'thing' if things == 1 else 'things'} from {found.files} "
            f"{'file' if found.files == 1 else 'files'}; {len(found.left)} left out. Nobody is named in it.",
            f" {download(pooling.csv_of(found), f'{cohort.name}-survey.csv', 'Save the class survey (CSV)')}",
        )


def _of_folder(said: str) -> list[tuple[str, bytes]]:
    if not said:
        return []
    place = Path(files.typed(said))
    if not place.is_dir():
        raise KitError(f"There is no folder {said}.")
    found = []
    for path in sorted(place.iterdir())[:MOST]:
        if path.suffix.lower() in (".csv", ".xlsx") and path.is_file() and not path.is_symlink():
            with open(path, "rb") as file:
                found.append((path.name, file.read(LIMIT + 1)))
    if not found:
        raise KitError(f"{said} holds no CSV or Excel file.")
    return found
