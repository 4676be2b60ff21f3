"""Rewrite an SMS, and see at once how long it is and what it still lacks."""

from __future__ import annotations

from html import escape
from typing import Any

from learner_kit.faces import Face
from learner_kit.forms import page
from learner_kit.forms.looks import lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons import notice
from learner_kit.shown import framed
from learner_kit.workbook import Workbook, text

ASK_YOURSELF = "Still to be judged by you: is it true, is it clear what to do, and do these people want to know it?"


@sparing
def message_form(before: str, sender: str, book: Workbook, id: str, prompt: str = "Write it better") -> Face:
    """Show a poor SMS and let a learner rewrite it; each point is looked at as the words are kept.

    Args:
        before: the message to rewrite.
        sender: the name by which customers know the business.
        book: the `Workbook` that keeps the words.
        id: under which they are kept, beginning with the criterion: `so2-ac3-rewrite`.
        prompt: what is asked.

    Returns:
        A form; under the field stands what is in order and what is not.
    """
    field = page.form(book.ask(text(id, prompt)))
    said = markup()

    def look(words: object) -> str:
        if not isinstance(words, str) or not words.strip():
            return framed("Your message is looked at as soon as you write it.", live=True)
        points = notice.check_sms(words, sender)
        lines = "".join(f"<li>{'✔' if point.ok else '✘'} {escape(point.says)}</li>" for point in points)
        bad = sum(not point.ok for point in points)
        head = (
            f"{bad} of {len(points)} points {'needs' if bad == 1 else 'need'} another look."
            if bad
            else "All points are in order."
        )
        return framed(
            f"<strong>{head}</strong><ul>{lines}</ul>{escape(ASK_YOURSELF)}", "again" if bad else "good", live=True
        )

    def heard(changed: Any = id) -> None:
        if changed in (id, None):
            said.value = look(book.answers[id])

    book.watch(heard, ("message", id))
    heard()
    wrong = [point.says for point in notice.check_sms(before, sender) if not point.ok]
    shown = framed(f"<strong>Before:</strong> {escape(before)}", "again")
    faults = "".join(f"<li>✘ {escape(one)}</li>" for one in wrong)
    opened = f"<details><summary>What is wrong with it?</summary><ul>{faults}</ul></details>"
    plain = f"{prompt}. An SMS to rewrite: “{before}” The sender is {sender}."
    return Face([markup(shown + opened), field, lay("lk-prompt", "Your message"), said], plain)
