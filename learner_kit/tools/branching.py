"""A talk to practise: the learner chooses replies, sees what each one does, and can take a step back.

    branching("guarded-customer", book=book, id="so3-ac4-guarded")

The talk itself is a file in `data/scenarios/`; `learner_kit.lessons.scenarios` reads it.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import ipywidgets as widgets

from learner_kit.faces import Face, both_or_neither
from learner_kit.forms.looks import box, button, lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons import scenarios
from learner_kit.lessons.scenarios import Scenario, Scene, Step, Walk
from learner_kit.shown import framed
from learner_kit.workbook import Workbook, text

_MARKS = {
    "good": ("✔ This helps.", "good"),
    "fair": ("○ It does no harm, but there is better.", "plain"),
    "poor": ("▲ This makes it harder.", "again"),
}
_LOOKS = """<style>
.lk-form .lk-replies .jupyter-button { width: 100%; max-width: 44rem; margin: 0 0 0.4rem; padding: 0.45rem 0.9rem; text-align: left;
  background: #fff; color: #1a1a1a; border: 1px solid #0b6e99; box-shadow: none; }
.lk-form .lk-replies .jupyter-button:hover { background: #eef6fa; }
</style>"""
_ENDS = {"good": "A good end", "fair": "It could have gone better", "poor": "Not the end you wanted"}


@sparing
def branching(
    scenario: Scenario | str | Path, book: Workbook | None = None, id: str | None = None, title: str | None = None
) -> Face:
    """Show a scenario as a talk: a situation, replies to choose from, and feedback on each.

    Args:
        scenario: from `scenarios.load`, or the name of a file in `data/scenarios/`.
        book: a `Workbook` in which the talk is kept, so that it stands there again next time.
        id: under which it is kept, beginning with its criterion: `so3-ac4-guarded`.
        title: stands above it instead of the scenario's own.

    Returns:
        A form. Its last part sums the talk up once it came to an end; each talk can be taken back or begun again.

    Raises:
        ValueError: a book without an id, or an id without a book.
        DataError, KitError: as `scenarios.load`.

    Example:
        >>> branching("guarded-customer")
        A customer who holds back. A talk to practise, ...
    """
    both_or_neither(book, id, "so3-ac4-guarded")
    told = scenario if isinstance(scenario, Scenario) else scenarios.load(scenario)
    talk = _Talk(told, book, id)
    name = title or told.title
    first = " ".join(part for part in (told.first.sees, told.first.says) if part)
    offers = "; ".join(reply.says for reply in told.first.replies.values())
    plain = f"{name}. A talk to practise, with replies to choose from. {told.task} {first} First replies: {offers}."
    looks = markup(_LOOKS, layout=widgets.Layout(display="none"))
    return Face([looks, lay("lk-prompt", name), lay("lk-takes", told.task), *talk.parts], " ".join(plain.split()))


class _Talk:
    """The talk so far, the scene that is open, and the buttons under it."""

    def __init__(self, told: Scenario, book: Workbook | None, id: str | None):
        self.told, self.book, self.id = told, book, id
        if book is not None and id is not None:
            book.ask(text(id, f"The talk: {told.title}"))
        self.walk = scenarios.follow(told, (book.answers[id] or "") if book is not None and id else "")
        self.past, self.now = markup(), markup()
        self.replies = box(look="lk-replies")
        self.back = button("Take the last step back", self._back)
        self.again = button("Begin again", self._again)
        self.parts = [self.past, self.now, self.replies, box(self.back, self.again, look="lk-row", across=True)]
        self._draw()

    def _go(self, walk: Walk) -> None:
        self.walk = walk
        self._draw()
        if self.book is not None and self.id:
            self.book.set(self.id, walk.path or None)

    def _choose(self, scene: Scene, key: str) -> None:
        path = f"{self.walk.path} {scene.key}/{key}"
        self._go(scenarios.follow(self.told, path))
        follows = self.replies.children
        (follows[0] if follows else self.again).focus()

    def _back(self) -> None:
        self._go(scenarios.follow(self.told, self.walk.path.split()[:-1]))

    def _again(self) -> None:
        self._go(scenarios.follow(self.told))

    def _draw(self) -> None:
        walk, told = self.walk, self.told
        self.past.value = "".join(_past(step, told.who) for step in walk.steps[:-1])
        last = _past(walk.steps[-1], told.who, live=True) if walk.steps else ""
        self.now.value = last + (_ending(walk, told) if walk.now.is_end else _open(walk.now, told.who))
        made = []
        for key, reply in walk.now.replies.items():
            one = button(reply.says, lambda scene=walk.now, key=key: self._choose(scene, key))
            made.append(one)
        self.replies.children = made
        self.back.disabled = self.again.disabled = not walk.steps


def _open(scene: Scene, who: str) -> str:
    return f'<div style="margin:0.6em 0 0.3em">{_scene(scene, who)}<strong>What do you do?</strong></div>'


def _scene(scene: Scene, who: str) -> str:
    sees = f'<p style="margin:0.3em 0">{escape(scene.sees)}</p>' if scene.sees else ""
    says = f'<p style="margin:0.3em 0"><strong>{escape(who)}:</strong> {escape(scene.says)}</p>' if scene.says else ""
    return sees + says


def _past(step: Step, who: str, live: bool = False) -> str:
    mark, mood = _MARKS[step.reply.mark]
    yours = f'<p style="margin:0.3em 0"><strong>You:</strong> {escape(step.reply.says)}</p>'
    return (
        _scene(step.scene, who) + yours + framed(f"<strong>{mark}</strong> {escape(step.reply.why)}", mood, live=live)
    )


def _ending(walk: Walk, told: Scenario) -> str:
    steps, good, poor = len(walk.steps), walk.count("good"), walk.count("poor")
    said = f"{good} of your {steps} replies helped" + (f", and {poor} made it harder." if poor else ".")
    more = "" if good == steps else " Take a step back, or begin again, and see where another reply leads."
    mood = {"good": "good", "fair": "plain", "poor": "again"}[walk.now.ending or "fair"]
    summed = f"<strong>{_ENDS[walk.now.ending or 'fair']}.</strong> {escape(said)}{more}"
    lesson = f'<p style="margin:0.4em 0 0"><strong>Take away:</strong> {escape(told.lesson)}</p>'
    return _scene(walk.now, told.who) + framed(summed + lesson, mood, live=True)
