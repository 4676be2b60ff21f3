"""Ways to tell customers something (SO2 AC3): which medium fits an audience, and what to watch.

>>> choose("area", {"radio"}, "short")[0].medium
'Community radio'
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

AUDIENCES = {
    "everybody": "the public in the whole country",
    "area": "people who live near one branch",
    "group": "a group of customers whose details we have",
    "one": "one customer",
}
NEEDS = {
    "television": "a television",
    "radio": "a radio",
    "phone": "a cellphone of any kind",
    "data": "a smartphone and data",
    "e-mail": "an e-mail address",
    "address": "a postal address",
    "visits": "visits to our shop",
}
MESSAGES = {
    "short": "a short piece of news",
    "long": "details to read and keep",
    "talk": "something that needs an answer or a talk",
}


class Medium(NamedTuple):
    """A way to tell customers: whom it suits, what they must have, what it carries, and what to watch."""

    name: str
    audiences: frozenset[str]
    needs: str
    messages: frozenset[str]
    same_day: bool
    own_details: bool  # it uses a person's own number or address
    care: str


class Fit(NamedTuple):
    """How well a medium fits: `against` is empty when it does; `care` says what to watch all the same."""

    medium: str
    against: tuple[str, ...]
    care: str

    @property
    def fits(self) -> bool:
        return not self.against


def _medium(name: str, audiences: str, needs: str, messages: str, care: str, *, slow: bool = False, own: bool = False):
    return Medium(name, frozenset(audiences.split()), needs, frozenset(messages.split()), not slow, own, care)


MEDIA = (  # those that cost least for each person come first among the equal ones
    _medium("Notice in the shop", "area", "visits", "short long", "Only those who come in will see it."),
    _medium("Website and social media", "everybody area", "data", "short long", "Answer what people ask there."),
    _medium("Community radio", "area", "radio", "short", "Speak the listeners' language. Say things twice."),
    _medium("Leaflet or local newspaper", "area", "visits", "short long", "Printing takes days.", slow=True),
    _medium("E-mail", "group one", "e-mail", "short long", "Many are never opened. Put the news first.", own=True),
    _medium("WhatsApp", "group one", "data", "short long", "Send only to those who agreed to it.", own=True),
    _medium("SMS", "group one", "phone", "short", "160 characters. Name the sender and the way to stop.", own=True),
    _medium("Letter", "group one", "address", "short long", "It takes days, and costs postage.", slow=True, own=True),
    _medium("Phone call", "one group", "phone", "short talk", "Costs much for many people. Ask if it suits.", own=True),
    _medium("National radio", "everybody", "radio", "short", "Booked weeks ahead.", slow=True),
    _medium("Television", "everybody", "television", "short", "Costs a lot. Right for a whole country.", slow=True),
)


def choose(audience: str, has: Iterable[str], message: str, urgent: bool = False, consent: bool = True) -> list[Fit]:
    """Say which media fit an audience and a message, the best first.

    Args:
        audience: a key of `AUDIENCES`.
        has: keys of `NEEDS`: what nearly all of them have.
        message: a key of `MESSAGES`.
        urgent: it must be known today.
        consent: these people may be sent marketing, or the message is not marketing. Where False, media that use a
            person's own number or address are out (post to an address apart).

    Returns:
        A `Fit` for every medium: those with least against them first; of equal ones, the cheaper for each person.

    Raises:
        ValueError: for a key that is not there.

    Example:
        >>> found = choose("group", {"phone"}, "short", urgent=True)
        >>> [fit.medium for fit in found if fit.fits]
        ['SMS', 'Phone call']
    """
    has = frozenset([has] if isinstance(has, str) else has)
    for argument, given, known in (
        ("audience", [audience], AUDIENCES),
        ("has", has, NEEDS),
        ("message", [message], MESSAGES),
    ):
        wrong = [one for one in given if one not in known]
        if wrong:
            raise ValueError(f"{argument} must be among {', '.join(known)}; not {wrong[0]!r}.")
    fits = []
    for one in MEDIA:
        against = []
        if audience not in one.audiences:
            against.append(f"it does not suit {AUDIENCES[audience]}")
        if one.needs not in has:
            against.append(f"they would need {NEEDS[one.needs]}")
        if message not in one.messages:
            against.append(f"it does not carry {MESSAGES[message]}")
        if urgent and not one.same_day:
            against.append("it is too slow for today")
        if one.own_details and not consent and one.needs != "address":
            against.append("they did not agree to marketing by it")
        fits.append(Fit(one.name, tuple(against), one.care))
    return sorted(fits, key=lambda fit: len(fit.against))
