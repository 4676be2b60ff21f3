"""What can be wrong with one field of a customer's record, judged by itself: South African rules and forms."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

from learner_kit.contact.policy import plain
from learner_kit.contact.values import NO, YES, day_of, empty, identity, split

_PLACEHOLDERS = {
    "n/a",
    "na",
    "none",
    "unknown",
    "tba",
    "tbc",
    "x",
    "xx",
    "xxx",
    "?",
    "-",
    "--",
    ".",
    "nil",
    "null",
    "no email",
}
_SLIPS = {
    "gmial.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gmail.co.za": "gmail.com",
    "gmail.con": "gmail.com",
    "hotmial.com": "hotmail.com",
    "outlok.com": "outlook.com",
    "yaho.com": "yahoo.com",
}
# Main province of each range of postal codes, and the provinces that border on it: the ranges follow the borders
# roughly, so only a code from farther away is doubtful. 0300–0499, for one, lies in North West, partly in Limpopo.
_RANGES = (
    (1, 299, "gauteng"),
    (300, 499, "north west"),
    (500, 999, "limpopo"),
    (1000, 1399, "mpumalanga"),
    (1400, 2199, "gauteng"),
    (2200, 2499, "mpumalanga"),
    (2500, 2899, "north west"),
    (2900, 4730, "kwazulu-natal"),
    (4731, 6499, "eastern cape"),
    (6500, 8099, "western cape"),
    (8100, 8999, "northern cape"),
    (9300, 9999, "free state"),
)
_BORDERS = {
    "gauteng": {"north west", "limpopo", "mpumalanga", "free state"},
    "north west": {"gauteng", "limpopo", "free state", "northern cape"},
    "limpopo": {"gauteng", "north west", "mpumalanga"},
    "mpumalanga": {"gauteng", "limpopo", "kwazulu-natal", "free state"},
    "kwazulu-natal": {"mpumalanga", "free state", "eastern cape"},
    "eastern cape": {"kwazulu-natal", "free state", "northern cape", "western cape"},
    "western cape": {"eastern cape", "northern cape"},
    "northern cape": {"western cape", "eastern cape", "free state", "north west"},
    "free state": {"gauteng", "north west", "mpumalanga", "kwazulu-natal", "eastern cape", "northern cape"},
}
OLDEST = 120  # years


class Finding(NamedTuple):
    """What is wrong with a value: which quality of data it lacks, why, and what to do."""

    quality: str
    reason: str
    what_to_do: str


def missing(value: Any) -> bool:
    """Nothing stands there, or only a word for nothing."""
    return empty(value) or identity(value).lower() in _PLACEHOLDERS


def phone(value: Any) -> Finding | None:
    """Judge a telephone number: South African, of ten digits, or foreign with its country code.

    Example:
        >>> phone("082 000 0123")
        >>> phone("082 000 014").reason
        'a South African number has 10 digits, this one 9'
    """
    import phonenumbers

    said = identity(value)
    digits = re.sub("[^0-9]", "", said)
    if "@" in said:
        return Finding("accurate", "this is an e-mail address, not a telephone number", "Move it to the e-mail column.")
    if re.search(r"\bfax\b", said, re.IGNORECASE):
        return Finding(
            "accurate",
            "this is a fax number: nobody answers it",
            "Ask for a telephone number; keep fax in a column of its own.",
        )
    if re.search(r"\s(/|or|and|&)\s", f" {said} ") or len(digits) > 15:
        return Finding("accurate", "more than one number stands here", "Keep one number a column.")
    if re.search("[a-z]", re.sub(r"\b(ext|x)\.? ?[0-9]+$", "", said.lower())):
        return Finding("accurate", "letters stand among the digits (is an O meant as 0?)", "Ask for the number again.")
    if re.fullmatch("[1-8][0-9]{8}", digits) and not said.startswith("+"):
        return Finding(
            "accurate",
            "the first 0 is missing: spreadsheets drop it",
            f"Write 0{digits}, and give the column the format of text.",
        )
    try:
        number = phonenumbers.parse(said, "ZA")
    except phonenumbers.NumberParseException:
        return Finding("accurate", "this is not a telephone number", "Ask for the number again.")
    national = str(number.national_number)
    if number.country_code == 27 and len(national) != 9:
        own = len(digits) if not re.match(r"\+|00|27", said) else len(national) + 1
        return Finding("accurate", f"a South African number has 10 digits, this one {own}", "Ask for the number again.")
    if not phonenumbers.is_valid_number(number):
        return Finding("accurate", "no number like this is given out", "Ask for the number again.")
    if re.search(r"([0-9])\1{6}$", national):
        return Finding("accurate", "this looks made up: seven times the same digit", "Ask for the number again.")
    if national.startswith("86"):
        return Finding(
            "accurate",
            "086 is a shared-cost number, mostly fax to e-mail",
            "Ask for a number that the customer answers.",
        )
    if number.country_code != 27:
        return Finding(
            "accurate",
            "this number is not South African",
            "Check that it is right; mind the hours where the customer is.",
        )
    return None


def email(value: Any) -> Finding | None:
    """Judge an e-mail address by its form; nothing is sent and no server is asked.

    Example:
        >>> email("orders@example.co.za")
        >>> email("082 000 0123").reason
        'this is a telephone number, not an e-mail address'
    """
    from email_validator import EmailNotValidError, validate_email

    said = identity(value)
    if re.fullmatch(r"[+0-9() ./-]{7,}", said):
        return Finding("accurate", "this is a telephone number, not an e-mail address", "Move it to the phone column.")
    if said.count("@") > 1 and re.search("[;, ]", said):
        return Finding("accurate", "more than one address stands here", "Keep one address a column.")
    domain = said.rpartition("@")[2].lower()
    if domain in _SLIPS:
        return Finding(
            "accurate", f"{domain} is mostly a slip for {_SLIPS[domain]}", "Confirm the address with the customer."
        )
    try:
        validate_email(said, check_deliverability=False)
    except EmailNotValidError as error:
        why = "there is no @ in it" if "@" not in said else str(error).rstrip(".")
        return Finding("accurate", f"this is not an e-mail address: {why}", "Confirm the address with the customer.")
    return None


def postal_code(value: Any, province: Any = None) -> Finding | None:
    """Judge a postal code: four digits, 0001 to 9999, and not from the other end of the country.

    Example:
        >>> postal_code("8001", "Western Cape")
        >>> postal_code(181).what_to_do
        'Write 0181, and give the column the format of text.'
    """
    said = identity(value)
    if re.fullmatch("[0-9]{3}", said):
        return Finding(
            "accurate",
            "the first 0 is missing: spreadsheets drop it",
            f"Write 0{said}, and give the column the format of text.",
        )
    if not re.fullmatch("[0-9]{4}", said) or said == "0000":
        return Finding(
            "accurate",
            "a South African postal code has four digits, 0001 to 9999",
            "Look the code up by suburb and town.",
        )
    there = "" if missing(province) else " ".join(identity(province).lower().split())
    main = next((name for low, high, name in _RANGES if low <= int(said) <= high), None)
    if main is None:
        return Finding(
            "accurate", "no place in South Africa has a code from this range", "Look the code up by suburb and town."
        )
    if there in _BORDERS and there != main and there not in _BORDERS[main]:
        return Finding(
            "accurate",
            f"codes like this are for {main.title()}, the province says {there.title()}",
            "Confirm the address with the customer.",
        )
    return None


def age(value: Any) -> Finding | None:
    """Judge an age in whole years."""
    try:
        years = float(identity(value))
    except ValueError:
        return Finding("accurate", "this is not an age in years", "Ask again, or leave it out.")
    if not 0 <= years <= OLDEST or years != int(years):
        return Finding("accurate", f"an age is a whole number from 0 to {OLDEST}", "Ask again, or leave it out.")
    return child(years)


def child(years: float) -> Finding | None:
    """A customer under 18."""
    if years >= 18:
        return None
    return Finding(
        "relevant",
        "a child's record may be kept only with a parent's or guardian's consent, or where law asks for it (POPIA s 35)",
        "Find that consent, or remove the record.",
    )


def birth_date(value: Any, today: date) -> Finding | None:
    """Judge a date of birth."""
    born, fault = past_day(value, today)
    if fault:
        return fault
    years = years_between(born, today)
    if years > OLDEST:
        return Finding("accurate", f"nobody is {years} years old", "Ask again, or leave it out.")
    return child(years)


def years_between(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def past_day(value: Any, today: date) -> tuple[date | None, Finding | None]:
    """Read a day that cannot lie ahead."""
    try:
        day = day_of(value)
    except ValueError as error:
        return None, Finding("accurate", str(error), "Look it up in the document it came from.")
    if day > today:
        return day, Finding("accurate", "this day is still to come", "Look it up in the document it came from.")
    return day, None


def yes_or_no(value: Any) -> Finding | None:
    if identity(value).lower() in YES | NO:
        return None
    return Finding("accurate", "this is neither yes nor no", "Look it up; until then do not send marketing.")


def opted_out(value: Any, channels: tuple[str, ...]) -> Finding | None:
    """Judge an opt-out: yes or no, or what the customer opted out of."""
    if identity(value).lower() in YES | NO or all(one in ("marketing", "all", *channels) for one in split(value)):
        return None
    reason = "this is neither yes nor no, nor what the customer opted out of (marketing, all, or channels)"
    return Finding("accurate", reason, "Ask the customer; until then treat it as yes: no marketing.")


def one_of(value: Any, allowed: tuple[str, ...], what_to_do: str) -> Finding | None:
    if plain(identity(value)) in allowed:
        return None
    return Finding("accurate", f"must be one of {', '.join(allowed)}", what_to_do)


def name(value: Any) -> Finding | None:
    said = identity(value)
    if "@" in said:
        return Finding("accurate", "this is an e-mail address, not a name", "Move it, and ask for the name.")
    if re.search("[0-9]{5}", re.sub("[^0-9a-z]", "", said.lower())):
        return Finding("accurate", "this looks like a number, not a name", "Move it, and ask for the name.")
    return None


def address(value: Any) -> Finding | None:
    said = identity(value)
    if "@" in said:
        return Finding("accurate", "this is an e-mail address, not a postal address", "Move it to the e-mail column.")
    if re.fullmatch(r"[+0-9() -]{9,}", said):
        return Finding("accurate", "this is a telephone number, not a postal address", "Move it to the phone column.")
    return None
