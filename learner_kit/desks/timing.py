"""The facilitator's desk: a timer that runs in the page alone, whatever the kernel is doing."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

import ipywidgets as widgets

from learner_kit.desks.parts import part, prose


@cache
def page() -> str:
    """The timer as a page of its own; it asks nothing of any other file or computer."""
    return Path(__file__).with_name("timer.html").read_text(encoding="utf-8")


class Timing:
    """The timer in a frame of its own, where its script can reach nothing of the desk."""

    def __init__(self) -> None:
        frame = (
            '<iframe title="Timer" class="lk-timer" sandbox="allow-scripts" allow="fullscreen; autoplay" allowfullscreen '
            f'srcdoc="{escape(page(), quote=True)}"></iframe>'
        )
        self.frame = widgets.HTML(frame)
        self.face = part(
            prose(
                "<p>Set it, start it, and let it fill the screen. It goes on while you work at other parts of the desk.</p>"
            ),
            self.frame,
        )
