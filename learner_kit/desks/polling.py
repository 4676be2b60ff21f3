"""The facilitator's desk: a question to the whole class, and what came back as chart and table."""

from __future__ import annotations

from html import escape
from pathlib import Path

import ipywidgets as widgets

from learner_kit import files
from learner_kit.course import enrol, exchange, naming, polls
from learner_kit.desks.asking import Asking
from learner_kit.desks.parts import Said, button, choose, offer, part, prose, row, stacked, table
from learner_kit.desks.room import Room
from learner_kit.reading import write_number
from learner_kit.shown import say
from learner_kit.teaching import polling

OWN = ""  # in the list of workbooks: a question typed in
CUT = 90  # letters of a question in a list


class Polling:
    """Choose or type a question, ask it, count, close."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.source = choose("Question", "26rem")
        self.question = choose("Which one", "40rem")
        self.kind = choose("Answered by", "12rem")
        offer(self.kind, [(said, kind) for kind, said in polls.KINDS.items()])
        self.prompt = stacked(widgets.Textarea(rows=2, description="Your question"), "40rem")
        self.options = stacked(widgets.Textarea(rows=4, description="Answers to choose from, one a line"), "26rem")
        self.folder = stacked(
            widgets.Text(description="Shared folder (empty: count raised hands only)", placeholder="such as S:/class"),
            "26rem",
        )
        self.ask = button("Ask the class", self.said, self._ask, main=True)
        self.hands = stacked(widgets.Text(description="Raised hands"), "26rem")
        self.look = button("Count the answers now", self.said, self._look)
        self.close = Asking(
            "Close and keep the counts", self.said, self._will_close, self._close, "Yes, keep these counts", main=True
        )
        self.drop = Asking(
            "Close without keeping", self.said, self._will_drop, self._drop, "Yes, close it and keep nothing"
        )
        self.past = choose("Earlier questions", "40rem")
        self.show = button("Show it", self.said, self._past)
        self.asked, self.shown = prose(), prose()
        words = prose(
            "<p>Learners answer on their page <em>In class</em>, each from their own computer. Or they raise their hands, and you "
            "type the counts. Both are added up. No answer has a name, and only the counts are kept.</p>"
        )
        self.typed = widgets.VBox((row(self.kind), row(self.prompt), row(self.options)))
        self.new = widgets.VBox((row(self.source, self.question), self.typed, row(self.folder, self.ask)))
        self.open = widgets.VBox((self.asked, row(self.hands, self.look), self.close.face, self.drop.face))
        self.earlier = row(self.past, self.show)
        self.face = part(words, self.open, self.said.face, self.shown, self.new, self.earlier)
        self.source.observe(lambda _: self._offered(), "value")
        self.kind.observe(lambda _: self._typed(), "value")
        self.hands.observe(lambda _: self.close.close(), "value")
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        self.close.close()
        self.drop.close()
        for face in (self.new, self.open, self.earlier):
            face.layout.display = "none"
        self.asked.value = ""
        if cohort is None:
            self.shown.value = ""
            return
        every = polling.history(cohort)
        asked = next((one for one in every if one.result is None), None)
        kept = [one for one in reversed(every) if one.result is not None]
        offer(self.past, [(f"{one.day}: {_cut(one.poll.prompt)}", one.poll.id) for one in kept])
        self.earlier.layout.display = "" if kept else "none"
        if asked is not None:
            self.open.layout.display = ""
            self._standing(asked)
            return
        self.new.layout.display = ""
        if not self.folder.value and every:
            self.folder.value = every[-1].folder
        elif not self.folder.value and exchange.on_hub():
            self.folder.value = str(exchange.Exchange(exchange.place(), exchange.course_id(cohort.name)).live)
        offer(
            self.source,
            [("Typed in here", OWN), *((naming.name(cohort.programme, one), one) for one in cohort.workbooks)],
        )
        self._offered()

    def _offered(self) -> None:
        own = not self.source.value
        self.typed.layout.display = "" if own else "none"
        self.question.layout.display = "none" if own else ""
        if not own:
            found = polling.offered(self.room.opened(), self.source.value)
            offer(self.question, [(_cut(prompt), id) for id, prompt in found.items()])
        self._typed()

    def _typed(self) -> None:
        self.options.layout.display = "" if self.kind.value in ("choice", "choices") else "none"

    def _standing(self, asked: polling.Asked) -> None:
        poll = asked.poll
        options = "".join(f"<li>{escape(one)}</li>" for one in poll.options)
        where = f"Learners answer it on their page In class, with the folder {asked.folder}." if asked.folder else ""
        self.asked.value = (
            f'<div class="lk-asked">{escape(poll.prompt)}</div>'
            + (f"<ol>{options}</ol>" if options else "")
            + (f"<p>{escape(where)}</p>" if where else "")
        )
        self.hands.layout.display = "none" if poll.kind == "text" else ""
        self.hands.description = (
            "Numbers called out, with spaces (may stay empty)"
            if poll.kind == "number"
            else f"Raised hands: {len(poll.options)} counts with spaces, in this order (may stay empty)"
        )

    def _ask(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        if self.source.value:
            poll = polling.from_question(cohort, self.source.value, self.question.value)
        else:
            options = self.options.value.splitlines() if self.kind.value in ("choice", "choices") else ()
            poll = polls.new(self.prompt.value, self.kind.value, options)
        named = files.typed(self.folder.value)
        if named and exchange.is_live(named):
            named = str(exchange.prepare_live(cohort.name))
        polling.ask(cohort, poll, self.room.who, str(Path(named)) if named else "")
        self.prompt.value = self.options.value = self.hands.value = self.shown.value = ""
        self._show()
        self.said.good("The question is open." if named else "The question is open: let the class raise their hands.")

    def _look(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        asked = polling.opened(cohort)
        if asked is None:
            self._show()
            return
        result, ignored = polling.results(asked, self.hands.value)
        self.shown.value = result_html(result)
        said = self._too_many(result) or f"{result.base} answered so far, in a class of {len(enrol.learners(cohort))}."
        if ignored:
            why = "; ".join(sorted({reason for _, reason in ignored}))
            said += f" {len(ignored)} files in the folder were left alone: {why}."
        self.said.good(said)

    def _too_many(self, result: polling.Result) -> str:
        """That more answered than there are people; nothing where that is not so, or nobody is enrolled."""
        people = len(enrol.learners(self.room.opened()))
        return (
            f"{result.base} answered, in a class of {people}: look at the raised hands again, or somebody answered twice."
            if 0 < people < result.base
            else ""
        )

    def _will_close(self) -> tuple[str, list[str]]:
        asked = polling.opened(self.room.opened())
        return (self._too_many(polling.results(asked, self.hands.value)[0]) if asked else ""), []

    def _close(self) -> None:
        self.said.clear()
        result = polling.close(self.room.opened(), self.room.who, self.hands.value)
        self.hands.value = ""
        self._show()
        self.shown.value = result_html(result)
        self.said.good(f"Closed: {result.base} answered. The counts are kept; the answers are gone from the folder.")

    def _will_drop(self) -> tuple[str, list[str]]:
        asked = polling.opened(self.room.opened())
        return (
            f"Closes “{_cut(asked.poll.prompt)}” and keeps no count of it." if asked else "No question is open.",
            [],
        )

    def _drop(self) -> None:
        polling.drop(self.room.opened(), self.room.who)
        self.shown.value = self.hands.value = ""
        self._show()
        self.said.good("Closed. Nothing of it was kept.")

    def _past(self) -> None:
        self.said.clear()
        found = {one.poll.id: one for one in polling.history(self.room.opened())}
        asked = found.get(self.past.value)
        if asked is not None and asked.result is not None:
            self.shown.value = result_html(asked.result)


def result_html(result: polling.Result) -> str:
    """What the class said: chart and table, or the words in an order drawn by chance."""
    from learner_kit import plots

    poll = result.poll
    if poll.kind == "text":
        said = "".join(f"<li>{escape(one)}</li>" for one in result.texts)
        return f"<h3>{escape(poll.prompt)}</h3>" + (f"<ul>{said}</ul>" if said else "<p>No answer yet.</p>")
    held = result.table
    rows = [[one.answer, str(one.count), f"{write_number(one.percent, 2)} %"] for one in held.itertuples()]
    note = " Several answers could be chosen, so the shares come to more than 100 %." if poll.kind == "choices" else ""
    if result.middle is not None:
        note += f" The middle one (median) is {say(result.middle)}."
    drawn = plots.to_html(plots.tally(held, title=_cut(poll.prompt))) if result.base else "<p>No answer yet.</p>"
    heads = ["Answer", "How often", "Share of those who answered"]
    return drawn + table(heads, rows, f"{result.base} answered.{note}")


def _cut(said: str) -> str:
    return said if len(said) <= CUT else f"{said[: CUT - 1].rsplit(' ', 1)[0]} …"
