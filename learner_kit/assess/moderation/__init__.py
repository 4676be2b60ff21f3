"""Moderation: the sample and what is found, the moderator's report, and packs that travel to a moderator and back."""

from learner_kit.assess.moderation.sampling import (
    FINDINGS,
    Drawn,
    Portfolio,
    agreement,
    borderline,
    draw,
    draw_again,
    find,
    frame_of,
    moderate,
    redrawn,
    samples,
)

__all__ = [
    "FINDINGS",
    "Drawn",
    "Portfolio",
    "agreement",
    "borderline",
    "draw",
    "draw_again",
    "find",
    "frame_of",
    "moderate",
    "redrawn",
    "samples",
]
