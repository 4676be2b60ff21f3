"""Numbers, money and dates as South Africans write them; what can be read two ways is refused with the choice to make.

>>> read_number("R1 500,00")
1500.0
>>> read_date("21 November 2026")
datetime.date(2026, 11, 21)
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from learner_kit.checks import has_columns, row_numbers
from learner_kit.errors import DataError, Fault
from learner_kit.tablefile import read_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_columns", "read_date", "read_number", "read_table", "write_number", "write_rand"]

NBSP = "\u00a0"  # keeps "R1 500,00" on one line
HALF_A_CENT = 0.005  # what is less is not shown: two amounts this near print the same
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2011": "-"})
_PLAIN = re.compile(r"-?(?:[0-9]+(?:\.[0-9]{1,2})?|0\.[0-9]+)")  # most numbers in most files
_RAND = "rand|R|ZAR"
_MONEY = re.compile(
    rf"(?P<sign>[-+]?) ?(?P<rand>(?:{_RAND})?) ?(?P<sign2>[-+]?) ?"
    rf"(?P<number>[0-9.,][0-9., ]*)(?P<no_cents>-00)? ?(?P<behind>(?:{_RAND})?)",
    re.IGNORECASE,
)
_PERCENT = re.compile(r" ?(?:%|per ?cent|persent)$", re.IGNORECASE)
_FOREIGN = re.compile(r"[$€£¥]|USD|EUR|GBP")
_MONTHS = {
    name: month
    for names in (
        "january february march april may june july august september october november december",
        "januarie februarie maart april mei junie julie augustus september oktober november desember",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "jan feb mrt apr mei jun jul aug sept okt nov des",
    )
    for month, name in enumerate(names.split(), start=1)
}
_YEARS = (1900, 2100)


def read_number(text: Any, unit: str | None = None) -> float:
    """Read one number or amount of money, written the South African way or the plain way.

    Args:
        text: such as `R1 500,00`, `1 500 rand`, `R1 500-00`, `1,500.00`, `1500`, `-2,5` or `(R20,00)` for an amount below
            zero. A number that is one already (int or float) is given back as a float.
        unit: what is being counted: "R", "%", "days" …; it may stand behind the number, `12 %`, `12 percent`, `1 day`,
            and another one may not. A percentage stays one: `12 %` is 12.0, and only where the unit is "%".

    Returns:
        The number as a float.

    Raises:
        ValueError: for what is no number, and for what can be read two ways, with both ways to write it.

    Example:
        >>> read_number("R1 500,00"), read_number("12,5 %", unit="%")
        (1500.0, 12.5)
        >>> read_number("1,500")
        Traceback (most recent call last):
        ...
        ValueError: '1,500' can be read two ways: write 1500 or 1,5.
    """
    if unit is not None and not isinstance(unit, str):
        raise ValueError(f"unit must be a text such as R or %, not {unit!r}.")
    if not isinstance(text, str):
        return _already_number(text)
    if unit != "%" and _PLAIN.fullmatch(text):
        return _finite(text, text)
    text = " ".join(text.split())  # a message shows it with plain spaces
    said = text.translate(_MINUS)
    if not said:
        raise ValueError("There is no number here: it is empty.")
    number = _without_unit(said, unit, text)
    named = number != said
    said = number
    below_zero = said.startswith("(") and said.endswith(")")
    if below_zero:
        said = said[1:-1].strip()
    found = _MONEY.fullmatch(said)
    if _FOREIGN.search(said.upper()):
        raise ValueError(
            f"{text!r} is not in Rand: change it to Rand first and write, for example, {write_rand(1500)}."
        )
    signs = [sign for sign in (found["sign"], found["sign2"]) if sign] if found else []
    money = bool(found and (found["rand"] or found["behind"]))
    if not found or len(signs) + below_zero > 1 or (found["no_cents"] and not (money or unit == "R")):
        raise _no_number(text)
    if money and unit not in (None, "R"):
        raise ValueError(f"{text!r} is an amount of money; this asks for {unit}.")
    digits = found["number"].strip()
    if found["no_cents"]:  # R1 500-00
        digits += ",00" if "." in digits else ".00"
    value = math.copysign(_finite(_digits(digits, text), text), -1 if below_zero or "-" in signs else 1)
    if unit == "%" and 0 < abs(value) < 1 and not named:  # a share typed as a fraction?
        ways = (write_number(way, 10).rstrip("0").rstrip(",") + f"{NBSP}%" for way in (value, value * 100))
        raise ValueError(f"{text!r} can be read two ways: write {' or '.join(ways)}.")
    return value


def read_date(text: Any) -> date:
    """Read one date; where only numbers stand, the day comes first, as in South Africa, or the year does.

    Args:
        text: such as `2026-11-21`, `31/12/2025`, `31.12.2025`, `21 November 2026` or `21 Nov 2026` (English or
            Afrikaans months). A `datetime.date` is given back as it is.

    Returns:
        The date, from 1900 to 2100.

    Raises:
        ValueError: for a day that does not exist, the month first, a year of two digits or a time of day.

    Example:
        >>> read_date("31/12/2025")
        datetime.date(2025, 12, 31)
        >>> read_date("12/31/2025")
        Traceback (most recent call last):
        ...
        ValueError: '12/31/2025' has no month 31: the day comes first. Write 31/12/2025 or 2025-12-31.
    """
    if isinstance(text, date):
        if isinstance(text, datetime):
            if text != text:  # pandas' NaT is a datetime that equals nothing, itself included
                raise ValueError("There is no date here: it is empty.")
            if text.hour or text.minute or text.second or text.microsecond:
                raise ValueError(f"{text} has a time of day: give the date alone, {text:%Y-%m-%d}.")
            text = text.date()
        return _in_years(text.year, text.month, text.day, str(text))
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is not a date: write, for example, 2026-11-21 or 21/11/2026.")
    said = re.sub(r"[ T]00:00(:00(\.0+)?)?$", "", " ".join(text.split()))
    if not said:
        raise ValueError("There is no date here: it is empty.")
    if found := re.fullmatch(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})", said):
        return _year_first(int(found[1]), int(found[3]), int(found[4]), text)
    if found := re.fullmatch(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})", said):
        return _day_first(int(found[1]), int(found[3]), int(found[4]), text)
    if found := re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]+)\.?,?[ -]([0-9]{4})", said):
        month = _MONTHS.get(found[2].lower())
        if month is None:
            raise ValueError(f"{text!r} has no month that is known: write, for example, 21 November 2026.")
        return _in_years(int(found[3]), month, int(found[1]), text)
    raise ValueError(f"{text!r} {_why_no_date(said)}")


def read_columns(
    table: pd.DataFrame,
    readers: Mapping[str, Callable[[Any], Any]],
    source: str = "The table",
    *,
    may_be_empty: Iterable[str] = (),
) -> pd.DataFrame:
    """Turn columns of text into numbers and dates, and list everything in them that cannot be read.

    Args:
        table: a table of text, as `read_table` gives it.
        readers: for each column to turn, what reads one value: `read_number`, `read_date`, or your own function that
            raises ValueError for what it refuses. Other columns stay as they are.
        source: the file or table, for the message.
        may_be_empty: columns in which nothing may stand: it becomes a missing value.

    Returns:
        A new table: `read_number` columns hold floats, `read_date` columns pandas dates (datetime64).

    Raises:
        DataError: for missing columns, else one fault for each value that cannot be read.

    Example:
        >>> import pandas as pd
        >>> orders = pd.DataFrame({"day": ["31/12/2025"], "amount": ["R1 500,00"]})
        >>> read_columns(orders, {"day": read_date, "amount": read_number})
                 day  amount
        0 2025-12-31  1500.0
    """
    import pandas as pd

    if not isinstance(readers, Mapping) or not all(map(callable, readers.values())):
        raise ValueError("readers must say for each column what reads it, such as {'amount': read_number}.")
    has_columns(table, readers, source)
    may_be_empty = set(may_be_empty)
    faults: list[Fault] = []
    columns = {}
    for name, reader in readers.items():
        read, codes, wrong = each_once(table, name, reader, gaps=name in may_be_empty)
        faults += wrong
        if wrong:
            continue
        if reader is read_date:
            columns[name] = pd.to_datetime(pd.Series(read, dtype="object")).to_numpy("datetime64[s]")[codes]
        elif reader is read_number:
            columns[name] = pd.Series(read, dtype="float64").to_numpy()[codes]
        else:
            columns[name] = pd.Series(read).take(codes).to_numpy()
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.row), source)
    return table.assign(**columns)


def each_once(
    table: pd.DataFrame, column: str, reader: Callable[[Any], Any], *, gaps: bool = False
) -> tuple[list[Any], Any, list[Fault]]:
    """Read each different value of a column once.

    Args:
        table, column: where the values stand.
        reader: what reads one value and raises ValueError for what it refuses.
        gaps: True where a cell may be empty; it is read as None.

    Returns:
        What was read of each different value (None where it was refused), the place in this list of each row, and a
        fault for each row that was refused.
    """
    import pandas as pd

    codes, different = pd.factorize(table[column], use_na_sentinel=False)
    read, bad = [], {}
    for code, value in enumerate(different):
        missing = not isinstance(value, str) and pd.isna(value)
        try:
            if gaps and (missing or (isinstance(value, str) and not value.strip())):
                read.append(None)
            else:
                read.append(reader("" if missing else value))
        except ValueError as error:
            read.append(None)
            bad[code] = (None if missing else value, str(error))
    if not bad:
        return read, codes, []
    rows = row_numbers(table)
    faulty = pd.Series(codes).isin(list(bad)).to_numpy().nonzero()[0]
    return read, codes, [Fault(int(rows[place]), column, *bad[int(codes[place])]) for place in faulty]


def write_number(value: float, decimals: int | None = 0) -> str:
    """Write a number for show: a hard space between thousands, a decimal comma.

    Args:
        value: the number.
        decimals: how many places after the comma; None writes as many as it needs, at most two.

    Example:
        >>> write_number(-1234567.5, 1).replace(NBSP, " "), write_number(0.375, None)
        ('-1 234 567,5', '0,38')
    """
    if decimals is None:
        decimals = next((places for places in (0, 1) if abs(value - round(value, places)) < HALF_A_CENT), 2)
    said = f"{round(value, decimals) + 0.0:,.{decimals}f}"  # + 0.0: never "-0"
    return said.replace(",", NBSP).replace(".", ",")


def write_rand(amount: float, cents: bool | None = True) -> str:
    """Write an amount of money for show, as `R1 500,00`; `read_number` reads it back.

    Args:
        amount: Rand.
        cents: False rounds to whole Rand; None writes cents only where there are any.

    Example:
        >>> write_rand(1500).replace(NBSP, " "), write_rand(-60000, cents=False).replace(NBSP, " ")
        ('R1 500,00', '-R60 000')
    """
    if cents is None:
        cents = abs(amount - round(amount)) >= HALF_A_CENT
    said = write_number(amount, 2 if cents else 0)
    return f"-R{said[1:]}" if said.startswith("-") else f"R{said}"


def _already_number(value: Any) -> float:
    try:
        if isinstance(value, (bool, bytes, bytearray)) or not hasattr(value, "__float__"):
            raise TypeError
        given = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{value!r} is not a number.") from None
    if not math.isfinite(given):
        raise ValueError(f"{value!r} is not a number that can be counted with.")
    return given


def _finite(digits: str, text: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]!r}… is too large a number.")
    return value


def _without_unit(said: str, unit: str | None, text: str) -> str:
    """Take the unit from behind the number, if it is the one asked for."""
    if percent := _PERCENT.search(said):
        if unit == "%":
            return said[: percent.start()]
        if unit == "R":
            raise ValueError(
                f"This asks for an amount in rand, not a percentage. Write, for example, {write_rand(1500)[1:]}."
            )
        if unit:
            raise ValueError(f"{text!r} is a percentage; this asks for {unit}.")
        raise ValueError(f"{text!r} is a percentage; this asks for a number. Write 12{NBSP}% as the fraction 0,12.")
    if unit and unit not in ("R", "%"):
        one = "person" if unit == "people" else unit.removesuffix("s")
        ways = "|".join(re.escape(way) for way in (unit, one + "s", one))
        return re.sub(rf"(?<=[0-9)]) ?(?:{ways})$", "", said, flags=re.IGNORECASE)
    return said


def _digits(number: str, text: str) -> str:
    """Bring the digits of a number, whose separators are spaces, points and commas, to the form `1500.25`."""
    marks = [mark for mark in number if mark in ".,"]
    decimal = marks[-1] if marks else ""
    if len(marks) > 1 and len(set(marks)) == 1:
        decimal = ""  # 1,500,000: the same mark twice can only part thousands
    whole, _, part = number.rpartition(decimal) if decimal else (number, "", "")
    if decimal and not part.isdigit():
        raise _no_number(text)
    parting = set(re.findall("[^0-9]", whole))
    if len(parting) > 1 or (parting and not re.fullmatch(r"[1-9][0-9]{0,2}(?:[., ][0-9]{3})+", whole)):
        raise _no_number(text)
    plain = re.sub("[^0-9]", "", whole)
    if not (plain or part):
        raise _no_number(text)
    could_part_thousands = " " in parting or (not parting and len(plain) <= 3 and not plain.startswith("0") and plain)
    if len(part) == 3 and could_part_thousands:
        as_decimal = f"{plain},{part}".rstrip("0").rstrip(",")
        if as_decimal.endswith(part):
            as_decimal += "0 (with a fourth decimal)"  # three again could be read two ways
        raise ValueError(f"{text!r} can be read two ways: write {plain}{part} or {as_decimal}.")
    return f"{plain or '0'}.{part or '0'}"


def _no_number(text: str) -> ValueError:
    return ValueError(f"{text!r} is not a number: write figures alone, for example 1500 or {write_rand(1500.5)[1:]}.")


def _in_years(year: int, month: int, day: int, text: str) -> date:
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise ValueError(f"{text!r} has the year {year}: years from {_YEARS[0]} to {_YEARS[1]} are allowed.")
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        raise ValueError(f"{text!r} does not exist: {calendar.month_name[month]} {year} has the days 1 to {days}.")
    return date(year, month, day)


def _day_first(day: int, month: int, year: int, text: str) -> date:
    if not 1 <= month <= 12:
        raise ValueError(f"{text!r} has no month {month}{_swapped(month, day, year, 'the day comes first')}")
    return _in_years(year, month, day, text)


def _year_first(year: int, month: int, day: int, text: str) -> date:
    if not 1 <= month <= 12:
        raise ValueError(f"{text!r} has no month {month}{_swapped(month, day, year, 'after the year comes the month')}")
    return _in_years(year, month, day, text)


def _swapped(day: int, month: int, year: int, rule: str) -> str:
    try:
        meant = date(year, month, day)
    except ValueError:
        return "."
    return f": {rule}. Write {meant:%d/%m/%Y} or {meant:%Y-%m-%d}."


def _why_no_date(said: str) -> str:
    if found := re.fullmatch(r"([0-9]{1,2})([-/. ])([0-9]{1,2}|[A-Za-z]+)\2([0-9]{2})", said):
        ways = " or ".join(f"{found[1]}{found[2]}{found[3]}{found[2]}{century}{found[4]}" for century in (20, 19))
        return f"has a year of two digits: write the day first and the year in full, such as {ways}."
    if re.fullmatch(r"[A-Za-z]+\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}", said):
        return "has the month first: write the day first, such as 21 November 2026."
    if re.search(r"[0-9]:[0-9]{2}", said):
        return "has a time of day: write the date alone, such as 2026-11-21."
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", said):
        return "is a number, not a date: in the spreadsheet, give the cell the format of a date (yyyy-mm-dd)."
    return "is not a date: write, for example, 2026-11-21, 21/11/2026 or 21 November 2026."
