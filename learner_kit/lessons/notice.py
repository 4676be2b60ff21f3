"""A notice to customers (SO2 AC3): how long an SMS is, and whether it holds what a marketing message must hold.

>>> sms_size("Your order is ready.").parts
1
"""

from __future__ import annotations

import re
from typing import NamedTuple

_PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€\f")  # plain letters that take two places
_ASKS_TO_STOP = re.compile(
    r"\b(?:reply|sms|send|text|whatsapp|type|answer|antwoord|stuur)\b\W{0,3}(?:\w+\W+){0,3}?stop\b"
    r"|\bstop\s+(?:to|and|at no cost)\b|\bto stop\b|\bopt(?:ing)?[\s-]?out\b|\bunsubscribe\b",
    re.IGNORECASE,
)
_NO_WAY_OUT = re.compile(r"\b(?:no|not|never|cannot|can't|can’t)\s+(?:\w+\s+)?(?:opt|stop|unsubscribe)", re.IGNORECASE)
_GAP = re.compile(r"\[[^\]]*\]|<[^>]*>|\{[^}]*\}|\bX{3,}\b|_{3,}|\.{4,}")
_PRIVATE = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


class Size(NamedTuple):
    """How long an SMS is: its characters, the parts it is sent in (each is paid for), and letters that make it dear."""

    characters: int
    parts: int
    special: tuple[str, ...]

    @property
    def says(self) -> str:
        """The length in a sentence, and why less fits where a letter is not plain."""
        many = f"{self.characters} characters, {'one part' if self.parts == 1 else f'{self.parts} parts'}."
        if not self.special:
            return many
        shown = " ".join(self.special[:5])
        return f"{many} Because of {shown} only 70 characters fit in a part, not 160."


class Point(NamedTuple):
    """One thing looked at in a message: `name`, whether it is in order, and a sentence that says what was found."""

    name: str
    ok: bool
    says: str


def sms_size(text: str) -> Size:
    """Count the characters of an SMS and the parts it goes in.

    Args:
        text: the whole message.

    Returns:
        `characters` (a few marks such as € count twice), `parts`, and `special`: the letters outside the plain SMS
        alphabet, in the order they stand. One of them is enough to shrink every part.

    Raises:
        ValueError: when the text is no text.

    Example:
        >>> sms_size("a" * 160).parts, sms_size("a" * 161).parts, sms_size("ê" + "a" * 70).parts
        (1, 2, 2)

    Source: 3GPP TS 23.038: 160 plain characters or 70 others in one part; 153 or 67 each where several are joined.
    """
    if not isinstance(text, str):
        raise ValueError("text must be the words of the message.")
    special = tuple(dict.fromkeys(one for one in text if one not in _PLAIN and one not in _DOUBLE))
    if special:
        widths, alone, joined = [2 if ord(one) > 0xFFFF else 1 for one in text], 70, 67
    else:
        widths, alone, joined = [2 if one in _DOUBLE else 1 for one in text], 160, 153
    total = sum(widths)
    if total <= alone:
        return Size(total, 1 if total else 0, special)
    parts, room = 1, joined
    for width in widths:  # a character is never split over two parts
        if width > room:
            parts, room = parts + 1, joined
        room -= width
    return Size(total, parts, special)


def check_sms(text: str, sender: str, most_parts: int = 1) -> list[Point]:
    """Look at a marketing SMS: length, sender, a way to stop, and slips that cost trust.

    Args:
        text: the whole message.
        sender: the name by which customers know the business.
        most_parts: how many parts it may go in, 1 or more.

    Returns:
        A `Point` each for length, sender, opt-out, calm, gaps and private. What the message says, and whether it is
        true, is for a person to judge.

    Raises:
        ValueError: for an empty message or an empty sender.

    Example:
        >>> found = check_sms("Kit Foods: bread R12 until Friday. Reply STOP to opt out.", sender="Kit Foods")
        >>> [point.name for point in found if not point.ok]
        []

    Source: the Protection of Personal Information Act 4 of 2013, s 69(4): who sends it, and how to make it stop.
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError("text must hold the words of the message.")
    if not isinstance(sender, str) or not sender.strip():
        raise ValueError("sender must be the name of the business.")
    size, name = sms_size(text), " ".join(sender.split())
    named = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", " ".join(text.split()), re.IGNORECASE) is not None
    stops = _ASKS_TO_STOP.search(text) is not None and _NO_WAY_OUT.search(text) is None
    loud = _loud(text, name)
    gap, private = _GAP.search(text), _PRIVATE.search(text)
    return [
        Point("length", size.parts <= most_parts, size.says),
        Point("sender", named, f"It names {name}." if named else f"It does not say that {name} sends it."),
        Point(
            "opt-out",
            stops,
            "It says how to stop further messages." if stops else "It does not say how to stop further messages.",
        ),
        Point("calm", not loud, f"It shouts: {loud}." if loud else "It speaks in a calm voice."),
        Point(
            "gaps", gap is None, f"A gap was left open: {gap[0]}" if gap else "No gap was left open, such as a [name]."
        ),
        Point(
            "private",
            private is None,
            "It shows a number as long as an identity or card number." if private else "It shows no identity number.",
        ),
    ]


def _loud(text: str, sender: str) -> str:
    """What shouts in a text: capitals and rows of exclamation marks; the sender's own name and STOP do not."""
    said = re.sub(re.escape(sender), " ", text, flags=re.IGNORECASE)
    capitals = [one for one in re.findall(r"\b[^\W\d_]{4,}\b", said) if one.isupper() and one != "STOP"]
    if len(capitals) > 1:
        return " ".join(capitals[:3])
    marks = re.search(r"[!?]{2,}", text)
    return marks[0] if marks else ("several exclamation marks" if text.count("!") > 1 else "")
