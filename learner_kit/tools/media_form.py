"""Choose a way to tell customers something, by audience, message and what those people have."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as widgets

from learner_kit.faces import Face
from learner_kit.forms.looks import box, lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons import media
from learner_kit.shown import framed

TITLE = "Which medium fits?"


@sparing
def media_form() -> Face:
    """Let a learner describe an audience and a message, and see which media fit and what speaks against the others.

    Returns:
        A form; every change shows at once.

    Example:
        >>> media_form()
        Which medium fits? A form with the audience, what they have, the message, ...
    """
    chooser = _Chooser()
    plain = (
        f"{TITLE} A form with the audience, what they have, the message, whether it is urgent, and consent. "
        f"{chooser.says}"
    )
    return Face([lay("lk-prompt", TITLE), chooser.fields, chooser.outcome], plain)


class _Chooser:
    """The fields of the form, and what they come to."""

    def __init__(self) -> None:
        self.audience = self._one("Whom do you want to tell?", media.AUDIENCES, "group")
        self.message = self._one("What do you want to tell them?", media.MESSAGES, "short")
        self.has = {
            key: widgets.Checkbox(description=says, value=key == "phone", indent=False)
            for key, says in media.NEEDS.items()
        }
        self.urgent = widgets.Checkbox(description="They must know today", indent=False)
        self.consent = widgets.Checkbox(
            description="They agreed to marketing from us, or this is not marketing", value=True, indent=False
        )
        self.outcome, self.says = markup(), ""
        for one in (self.audience, self.message, self.urgent, self.consent, *self.has.values()):
            one.layout.width = "auto"
            one.observe(self._changed, "value")
        self.fields = box(
            self.audience,
            lay("lk-prompt", "What do nearly all of them have?"),
            *self.has.values(),
            self.message,
            lay("lk-prompt", "And also"),
            self.urgent,
            self.consent,
        )
        self._changed()

    def _one(self, says: str, options: dict[str, str], start: str) -> widgets.Dropdown:
        made = widgets.Dropdown(
            options=[(f"{label[0].upper()}{label[1:]}", key) for key, label in options.items()],
            value=start,
            description=says,
        )
        made.add_class("lk-stack")
        return made

    def _changed(self, _: Any = None) -> None:
        has = [key for key, one in self.has.items() if one.value]
        found = media.choose(self.audience.value, has, self.message.value, self.urgent.value, self.consent.value)
        good = [fit for fit in found if fit.fits]
        if good:
            names = ", ".join(fit.medium for fit in good)
            self.says = f"{'This fits' if len(good) == 1 else 'These fit, the cheaper for each person first'}: {names}."
        else:
            near = found[0]
            self.says = f"Nothing fits in full. Nearest: {near.medium}, but {' and '.join(near.against)}."
        lines = "".join(f"<li><strong>{fit.medium}</strong>: {escape(fit.care)}</li>" for fit in good)
        others = "".join(
            f"<li>{fit.medium}: {escape(' and '.join(fit.against))}.</li>" for fit in found if not fit.fits
        )
        self.outcome.value = (
            framed(f"<strong>{escape(self.says)}</strong><ul>{lines}</ul>", "good" if good else "again", live=True)
            + f"<details><summary>Why not the others?</summary><ul>{others}</ul></details>"
        )
