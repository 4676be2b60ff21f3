"""People on an enrolment list who may be the same person: doubled or misspelt names. A person decides; nothing is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from learner_kit.course.enrol import Person

ALIKE = 90  # of 100: "Dlamini, Thandi" and "Dlamini, Tandi" are 97


def namesakes(people: Sequence[Person], enrolled: Mapping[str, str]) -> list[str]:
    """Say which rows look like each other, or like somebody who is enrolled already.

    Args:
        people: rows of an enrolment list.
        enrolled: number → "Surname, First names" of those enrolled.

    Example:
        >>> namesakes([Person(1, "Dlamini", "Thandi"), Person(2, "Dlamini", "Tandi"), Person(3, "Botha", "Piet")], {})
        ['Rows 1 and 2 look alike: Dlamini, Thandi and Dlamini, Tandi.']
    """
    from rapidfuzz import fuzz, process

    said = [f"{one.surname}, {one.first_names}" for one in people]
    plain, codes = [_plain(one) for one in said], [code for code in enrolled if code.startswith("L-")]
    there = [_plain(enrolled[code]) for code in codes]
    found = []
    for place, one in enumerate(people):
        for _, _, other in process.extract(
            plain[place], plain[place + 1 :], scorer=fuzz.ratio, score_cutoff=ALIKE, limit=3
        ):
            twin = people[place + 1 + other]
            if not (one.id_number and twin.id_number and one.id_number != twin.id_number):
                found.append(f"Rows {one.row} and {twin.row} look alike: {said[place]} and {said[place + 1 + other]}.")
        for _, _, other in process.extract(plain[place], there, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2):
            found.append(f"Row {one.row}, {said[place]}, looks like {codes[other]}, who is enrolled already.")
    return found


def alike(name: str, others: Mapping[str, str], letter: str) -> list[str]:
    """The codes with this letter of people whose name looks like this one.

    Example:
        >>> alike("Dlamini, Tandi", {"F-01": "Dlamini, Thandi", "A-01": "Dlamini, Thandi"}, "F")
        ['F-01']
    """
    from rapidfuzz import fuzz

    wanted = _plain(name)
    return [
        code
        for code, one in others.items()
        if code.startswith(f"{letter}-") and fuzz.ratio(wanted, _plain(one)) >= ALIKE
    ]


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name).casefold()
    return " ".join(
        "".join(letter if letter.isalnum() else " " for letter in bare if not unicodedata.combining(letter)).split()
    )
