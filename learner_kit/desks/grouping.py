"""The facilitator's desk: groups drawn by chance, different from those before."""

from __future__ import annotations

import secrets
from html import escape

import ipywidgets as widgets

from learner_kit.course import enrol, records
from learner_kit.desks.asking import Asking
from learner_kit.desks.parts import Said, button, part, prose, row, stacked, table
from learner_kit.desks.room import Room
from learner_kit.documents import long_date
from learner_kit.errors import KitError
from learner_kit.moments import local, short_date
from learner_kit.teaching import grouping


class Drawing:
    """Draw, look, keep; what is kept makes the next groups different."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.drawn: grouping.Grouping | None = None
        self.size = stacked(widgets.BoundedIntText(value=4, min=2, max=50, description="People to a group"), "12rem")
        self.without = stacked(widgets.Text(description="Leave out besides (numbers, with spaces)"), "22rem")
        self.names = widgets.Checkbox(description="Show names on this screen", indent=False)
        self.draw = button("Draw groups", self.said, self._draw, main=True)
        self.keep = button("Keep these groups", self.said, self._keep, main=True)
        self.again = button("Draw other ones", self.said, self._draw)
        self.back = Asking("Take back the newest groups", self.said, self._will_back, self._back, "Yes, take them back")
        self.teams, self.past = prose(), prose()
        self.choices = row(self.keep, self.again)
        words = prose(
            "<p>Who is absent in the register of today is left out. People who have worked together are kept apart as far as "
            "that can be. The same draw can be made again from its seed.</p>"
        )
        self.face = part(
            words,
            row(self.size, self.without, self.draw, self.names),
            self.said.face,
            self.teams,
            self.choices,
            self.past,
            self.back.face,
        )
        self.names.observe(lambda _: self._show_teams(), "value")
        room.tell(self._show)

    def _show(self) -> None:
        self.drawn = None
        self.back.close()
        self._show_teams()
        cohort = self.room.cohort
        kept = grouping.history(cohort) if cohort else []
        self.back.start.layout.display = "" if kept else "none"
        rows = [
            [
                f"{number}: {short_date(one.day)}",
                str(len(one.teams)),
                str(sum(map(len, one.teams))),
                str(len(one.again)),
                one.seed,
            ]
            for number, one in enumerate(kept, 1)
        ]
        heads = ["Draw and day", "Groups", "People", "Pairs met again", "Seed"]
        self.past.value = (
            f"<details><summary>Groups kept so far: {len(kept)}</summary>{table(heads, rows, 'Groups kept')}</details>"
            if kept
            else ""
        )

    def _draw(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        if not enrol.learners(cohort):
            raise KitError("Nobody is enrolled in this cohort yet.")
        today = local(records.now()).date()
        gone = [one.strip(",;").upper() for one in self.without.value.split()]
        strange = sorted(set(gone) - set(enrol.learners(cohort)))
        if strange:
            raise KitError(f"Not enrolled here: {', '.join(strange)}. Numbers look like L-0001. Nothing was drawn.")
        self.drawn = grouping.propose(cohort, today, self.size.value, secrets.token_hex(4), gone)
        self._show_teams()
        _, where = grouping.there(cohort, today)
        met = len(self.drawn.again)
        said = (
            "Nobody meets an old partner."
            if not met
            else f"{met} {'pair meets' if met == 1 else 'pairs meet'} again; fewer could not be found."
        )
        self.said.good(f"{where} {said} Nothing is kept yet.")

    def _show_teams(self) -> None:
        self.choices.layout.display = "none" if self.drawn is None else ""
        if self.drawn is None:
            self.teams.value = ""
            return
        called = enrol.names(self.room.opened()) if self.names.value else {}
        teams = "".join(
            f"<li><b>Group {place}</b>"
            + "".join(f"<span>{escape(' · '.join(filter(None, [one, called.get(one, '')])))}</span>" for one in team)
            + "</li>"
            for place, team in enumerate(self.drawn.teams, 1)
        )
        self.teams.value = f'<ol class="lk-teams">{teams}</ol>'

    def _keep(self) -> None:
        self.said.clear()
        if self.drawn is None:
            raise KitError("Draw groups first.")
        cohort, drawn = self.room.opened(), self.drawn
        number = grouping.keep(cohort, drawn, self.room.who)
        self._show()
        self.drawn = drawn
        self._show_teams()
        self.choices.layout.display = "none"
        self.said.good(f"Kept as draw {number}. The next groups will differ from them.")

    def _will_back(self) -> tuple[str, list[str]]:
        kept = grouping.history(self.room.opened())
        if not kept:
            raise KitError("No groups have been kept.")
        return f"Takes the groups of {long_date(kept[-1].day)} back, as if they had not worked together.", []

    def _back(self) -> None:
        grouping.take_back(self.room.opened(), self.room.who)
        self._show()
        self.said.good("Taken back.")
