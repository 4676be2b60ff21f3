"""Settings files (TOML), read so that every fault is found at once, with its file and key."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from learner_kit.checks import path_of
from learner_kit.errors import DataError, Fault, KitError

_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false", list: "a list", dict: "a table"}


def read(path: str | Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        KitError: if it is not there, or is not TOML; the message says where.
    """
    path = path_of("path", path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise KitError(
            f"{path} is missing. It belongs to the kit's settings: put it back from the kit's own copy."
        ) from None
    except OSError as error:
        raise KitError(f"{path} cannot be read ({error.strerror}): name the settings file itself.") from None
    except UnicodeDecodeError:
        raise KitError(
            f"{path} is not saved as UTF-8: save it again in your editor with the encoding UTF-8. Nothing of it was used."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise KitError(f"{path} cannot be read as TOML: {error}. Nothing of it was used.") from None


class Keys:
    """One table of a settings file, from which keys are taken; faults gather in a list that all its tables share."""

    def __init__(self, table: dict[str, Any], faults: list[Fault], at: str = ""):
        self._table, self._faults, self._at = table, faults, at
        self._taken: set[str] = set()

    def path(self, key: str) -> str:
        return f"{self._at}.{key}" if self._at else key

    def fault(self, key: str, reason: str) -> None:
        self._faults.append(Fault(None, self.path(key), self._table.get(key), reason))

    def take(self, key: str, kind: type, default: Any = ..., among: list | tuple | None = None) -> Any:
        """The value of `key`, or `default`; a fault is noted when it is missing, of another kind or not `among`."""
        self._taken.add(key)
        if key not in self._table:
            if default is ...:
                self._faults.append(
                    Fault(None, self.path(key), None, f"is missing; {_NAMES.get(kind, kind.__name__)} is wanted")
                )
                return None
            return default
        value = self._table[key]
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        # A date in TOML is a datetime.date; true is no number though Python's bool is an int.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(key, f"must be {_NAMES.get(kind, 'a ' + kind.__name__)}")
            return None
        if among is not None:
            wrong = [one for one in (value if isinstance(value, list) else [value]) if one not in among]
            if wrong:
                self.fault(key, f"{', '.join(map(repr, wrong))} is not one of: {', '.join(map(str, among))}")
                return None
        return value

    def table(self, key: str) -> Keys:
        return Keys(self.take(key, dict) or {}, self._faults, self.path(key))

    def names(self) -> tuple[str, ...]:
        """The keys that stand in this table, for one whose keys are its owner's to choose."""
        return tuple(self._table)

    def tables(self, key: str) -> list[Keys]:
        rows = self.take(key, list) or []
        return [
            Keys(row if isinstance(row, dict) else {}, self._faults, f"{self.path(key)}[{number}]")
            for number, row in enumerate(rows, start=1)
        ]

    def done(self) -> None:
        """Note every key that nothing asked for: mostly a misspelt one."""
        for key in self._table.keys() - self._taken:
            self.fault(key, "is not a key the kit knows here; is it misspelt?")


def refuse(faults: list[Fault], source: str | Path) -> None:
    """Raise a DataError if there are faults."""
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.column or ""), source=str(source))
