"""A learner's progress to look at and to take along: one line at the top of a guide, the whole on the welcome page.

What is shown comes from the learner's own file when a page opens; a notebook stores only a plain sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from learner_kit.errors import DataError, KitError
from learner_kit.faces import Face
from learner_kit.forms.looks import box, button, lay, markup, never_raises, upload, words
from learner_kit.forms.sparing import sparing
from learner_kit.lessons import guides, progress
from learner_kit.shown import address_of, framed
from learner_kit.workbook import Workbook, text

_CELL = 'style="padding:0.35em 0.9em 0.35em 0;border-bottom:1px solid #b8c0c6;text-align:left;vertical-align:top"'
_HEADS = ("Criterion", "Read", "Tried", "Checked", "Thought about", "Go on with")


@sparing
def here(book: Workbook, guide: str) -> Face:
    """Show at the top of a guide how far its learner is, and the lesson to go on with.

    Args:
        book: the `Workbook` over progress.json.
        guide: the notebook's name, without .ipynb.

    Returns:
        A form that follows every answer.
    """
    shown = guides.guide(guides.HOME / f"{guide}.ipynb")
    steps = [step for lesson in shown.lessons for step in lesson.steps]
    line = markup()

    def draw() -> None:
        found = progress.count(steps, book.answers)
        last = progress.next_lesson(shown, book.answers)
        did = sum(one.done for one in found.values())
        if not did:
            said = "You have not begun this guide yet." if last else "This guide has nothing to fill in."
        else:
            said = f"In this guide you have {_counts(found)}."
        on = (
            f" {'Go on' if did else 'Begin'} with {_link('', last)}."
            if last
            else " Nothing is open here: well done."
            if did
            else ""
        )
        bar = f'<progress value="{did}" max="{len(steps) or 1}" aria-label="Steps of this guide"></progress>'
        line.value = framed(escape(said) + on) + bar

    _follow(book, ("progress", guide), draw)
    return Face([line], "Your progress in this guide stands here when the page is open.")


@sparing
def have_read(book: Workbook, id: str) -> Face:
    """Let a learner say at the end of a lesson that it is read, and take it back.

    Args:
        book: the `Workbook` over progress.json.
        id: under which it is kept: the criterion, then `read` at the end, such as `so1-ac1-read`.

    Returns:
        A form with one button; keyboard and screen reader use it as any other.
    """
    book.ask(text(id, "Lesson read"))
    said = markup()

    def press() -> None:
        book.set(id, None if book.answers[id] else "read")

    pressed = button("I have read this lesson", press, main=True)

    def draw() -> None:
        read = bool(book.answers[id])
        pressed.description = "Not read yet after all" if read else "I have read this lesson"
        pressed.tooltip = pressed.description
        pressed.button_style = "" if read else "primary"
        said.value = words("✔ Read. Go on with the next lesson below." if read else "", "lk-kept", "status")

    _follow(book, ("read", id), draw)
    return Face([box(pressed, said, look="lk-row", across=True)], "A button to press when you have read this lesson.")


@sparing
def overview(book: Workbook, criteria: Mapping[str, str]) -> Face:
    """Show the progress over all guides, criterion by criterion.

    Args:
        book: the `Workbook` over progress.json.
        criteria: id to a few words, for each criterion in order.

    Returns:
        A form: a sentence with the lesson to go on with, and a table that opens; its last column leads to the lessons
        where something is open. The table stands open once something was done.
    """
    found = guides.read()
    every = guides.Guide("", "", tuple(lesson for guide in found for lesson in guide.lessons))
    shorts = {guide.name: guide.short for guide in found}
    shown = markup()

    def draw() -> None:
        rows = {row.criterion: row for row in progress.by_criterion(found, book.answers)}
        did, of = (sum(one) for one in zip(*map(_sums, rows.values()), strict=True))
        last = progress.next_lesson(every, book.answers)
        on = f"{'Go on' if did else 'Begin'} with {_open(shorts, last)}." if last else "Nothing is open: well done."
        lines = "".join(_line(id, says, rows[id], shorts) for id, says in criteria.items() if id in rows)
        head = "".join(f'<th scope="col" {_CELL}>{name}</th>' for name in _HEADS)
        shown.value = (
            framed(f"You have done {did} of {of} steps in the lessons. {on}")
            + f'<progress value="{did}" max="{of or 1}" aria-label="Steps in the lessons"></progress>'
            + f"<details{' open' if did else ''}><summary>Your progress for each criterion</summary>"
            + '<div style="overflow-x:auto"><table style="border-collapse:collapse;width:100%">'
            + f"<tr>{head}</tr>{lines}</table></div></details>"
        )

    _follow(book, ("progress", "all"), draw)
    return Face([shown], "Your progress, criterion by criterion, stands here when the page is open.")


@sparing
def take_along(book: Workbook) -> Face:
    """Offer the learner's progress as a file, and take in one from another computer without losing what is here.

    Args:
        book: the `Workbook` over progress.json.
    """
    return _TakeAlong(book).face


class _TakeAlong:
    """Two steps: save the file here, choose it there; where both have an answer the learner decides."""

    def __init__(self, book: Workbook):
        self.book, self.differ = book, {}
        self.file, self.said = markup(), markup()
        self.chooser = upload("Choose progress.json", ".json")
        self.chooser.observe(self._chosen, "value")
        self.take = button("Take the answers of the file", self._take)
        self.keep = button("Keep the answers on this computer", self._keep)
        self.asked = box(self.keep, self.take, look="lk-row", across=True)
        self.asked.layout.display = "none"
        parts = [
            lay("lk-prompt", "Here: save your progress as a file"),
            box(button("Make my progress file", self._make, main=True), look="lk-note"),
            self.file,
            lay("lk-prompt", "There: add the file to what is on the other computer"),
            lay("lk-takes", "Takes the file progress.json, up to 5 MB. Nothing that is kept there is lost."),
            box(self.chooser, look="lk-note"),
            self.said,
            self.asked,
        ]
        self.face = Face(parts, "A form to save your progress as a file, and to add it on another computer.")

    def _wrong(self, sentence: str) -> None:
        self.said.value = framed(escape(sentence).replace("\n", "<br>"), "again", live=True)

    @never_raises(_wrong)
    def _make(self) -> None:
        self.file.value = framed(
            f'<a download="{progress.FILE}" href="{self._packed()}">Save {progress.FILE}</a>. '
            "Put it on a memory stick, or send it to yourself.",
            live=True,
        )

    @never_raises(_wrong)
    def _chosen(self, _: Any) -> None:
        chosen = tuple(self.chooser.value)
        if not chosen:
            return
        self.asked.layout.display = "none"
        try:
            found = progress.receive(self.book, bytes(chosen[0]["content"]))
        except (DataError, KitError) as error:
            self._wrong(str(error))
            return
        finally:
            self.chooser.value = ()
        new = f"{len(found.missing)} {'answer was' if len(found.missing) == 1 else 'answers were'} added."
        if not found.differ:
            self._good(f"{new} Nothing else differs." if found.missing else "All of it is here already.")
            return
        self.differ = found.differ
        where = sorted(
            {f"{one.criterion.upper().replace('-', ' ')}" for id in found.differ if (one := guides.step(id))}
        )
        named = f" ({', '.join(where)})" if where else ""
        many = len(found.differ)
        count = f"1 answer{named} differs" if many == 1 else f"{many} answers{named} differ"
        self._good(f"{new} {count} from what is kept here. What is kept here stands, unless you take the file's.")
        self.asked.layout.display = None

    @never_raises(_wrong)
    def _take(self) -> None:
        before = self._packed()
        self.book.bring(self.differ)
        self.asked.layout.display = "none"
        self.said.value = framed(
            "The answers of the file stand here now. Those that stood here before are in this file: "
            f'<a download="progress-before.json" href="{before}">save progress-before.json</a>.',
            "good",
            live=True,
        )

    def _packed(self) -> str:
        return address_of(progress.packed(self.book), "application/json")

    def _keep(self) -> None:
        self.asked.layout.display = "none"
        self._good("The answers on this computer stand.")

    def _good(self, sentence: str) -> None:
        self.said.value = framed(escape(sentence), "good", live=True)


def _counts(found: Mapping[str, progress.Count]) -> str:
    """ "tried 2 of 3 forms, checked 5 of 9 questions and thought about 1 of 4" """
    ways = {
        "read": ("read", "lesson", "lessons"),
        "tried": ("tried", "form", "forms"),
        "checked": ("checked", "question", "questions"),
        "reflected": ("thought about", "question at work", "questions at work"),
    }
    parts = [
        f"{way} {found[kind].done} of {found[kind].of} {one if found[kind].of == 1 else many}"
        for kind, (way, one, many) in ways.items()
        if found[kind].of
    ]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _line(id: str, says: str, row: progress.Row, shorts: Mapping[str, str]) -> str:
    """A criterion's row of the table."""
    counts = (f"{one.done} of {one.of}" if one.of else "–" for one in (row.read, row.tried, row.checked, row.reflected))
    cells = "".join(f'<td {_CELL}><span style="white-space:nowrap">{one}</span></td>' for one in counts)
    still = "<br>".join(_open(shorts, lesson) for lesson in row.open) or "✔ All done"
    name = f"{id.upper().replace('-', ' ')}: {says}"
    return f"<tr><td {_CELL}>{escape(name)}</td>{cells}<td {_CELL}>{still}</td></tr>"


def _sums(row: progress.Row) -> Sequence[int]:
    counts = (row.read, row.tried, row.checked, row.reflected)
    return sum(one.done for one in counts), sum(one.of for one in counts)


def _open(shorts: Mapping[str, str], lesson: guides.Lesson) -> str:
    number = lesson.title.partition(":")[0]
    return (
        f'<a href="{lesson.guide}.ipynb#{lesson.anchor}">{escape(shorts[lesson.guide])}, {escape(number.lower())}</a>'
    )


def _link(file: str, lesson: guides.Lesson) -> str:
    says = lesson.title[:1].lower() + lesson.title[1:]
    return f'<a href="{file}#{lesson.anchor}">{escape(says)}</a>'


def _follow(book: Workbook, what: Any, draw: Callable[[], None]) -> None:
    """Draw now and at every change of an answer."""
    book.watch(lambda _: draw(), what)
    draw()
