"""The contact register: one file that several people write to at once, in which nothing is lost or doubled."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from learner_kit import files
from learner_kit.checks import kind, number, path_of, single, today_or
from learner_kit.contact.history import matter, moment_of
from learner_kit.contact.policy import Policy
from learner_kit.contact.values import day_of, empty, identity, local, record, records
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.tablefile import neutral

# What a contact report must hold, for who reads it later: the first eight always, the rest where there is something.
NEEDED = ("customer_id", "date", "time", "channel", "purpose", "issue", "outcome", "contacted_by")
OPTIONAL = ("consent", "next_action", "next_date", "note")
COLUMNS = ("number", *NEEDED, *OPTIONAL)
_LONGEST = 2000  # characters of one field
_WAIT = 60  # seconds for a turn to write, when many do
_TRIES = 40
_TABLES = f"""
CREATE TABLE IF NOT EXISTS contacts (number INTEGER PRIMARY KEY, entry TEXT NOT NULL UNIQUE, matter TEXT NOT NULL,
    {", ".join(f"{name} TEXT NOT NULL DEFAULT ''" for name in (*NEEDED, *OPTIONAL))});
CREATE INDEX IF NOT EXISTS contacts_of ON contacts (customer_id, matter);
CREATE TABLE IF NOT EXISTS claims (customer_id TEXT, matter TEXT, claimed_by TEXT, until TEXT,
    PRIMARY KEY (customer_id, matter));
"""


class Claim(NamedTuple):
    """The answer of `Register.claim`; it counts as true when the contact is yours to make.

    `earlier` holds the contacts that were made about the same issue; `held_by` says who is on it right now.
    """

    granted: bool
    held_by: str
    until: datetime
    earlier: pd.DataFrame

    def __bool__(self) -> bool:
        return self.granted


class Register:
    """A register of contacts in one SQLite file.

    Several processes and people on one computer write to it at once. Put it on a disk of that computer: SQLite
    does not hold its promise on a network folder.

    Args:
        path: the file; it is made if it is not there.
        policy: if given, channels and purposes must be the policy's, and are kept under its names for them.
        today: the day after which no contact can have been made; None is the day it is.

    Example:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> register = Register(Path(folder.name, "register.db"))
        >>> register.append(customer_id="C-0001", when="2025-11-24 09:10", channel="telephone", purpose="query",
        ...                 issue="Q-17", outcome="answered", contacted_by="S-01")
        1
        >>> len(register.duplicates("C-0001", "q-17")), len(register.duplicates("C-0001", "Q-18"))
        (1, 0)
        >>> register.close(); folder.cleanup()
    """

    def __init__(self, path: str | Path, policy: Policy | None = None, today: date | None = None):
        self.path = path_of("path", path)
        self.policy = None if policy is None else Policy.of(policy)
        self.today = None if today is None else today_or("today", today)
        self._local = threading.local()
        if not self.path.parent.is_dir():
            raise KitError(f"There is no folder {self.path.parent} for the register: make it first.")
        with self._work():
            self._connection().executescript(_TABLES)

    def append(self, contact: Mapping[str, Any] | None = None, /, *, entry: str | None = None, **fields: Any) -> int:
        """Add one contact, and give its number.

        Args:
            contact: the fields as a record, or give them by name: customer_id, `when` or `date` and `time`, channel,
                purpose, outcome, contacted_by; where known issue (else the purpose), consent, next_action, next_date,
                note.
            entry: a name of your own for this entry. Given twice, it stands in the register once, and its number
                comes back: so a program that is not sure whether its entry went through can give it again.

        Raises:
            DataError: for every field that is missing or cannot be read; nothing was added.
            KitError: when the file cannot be written to.
        """
        faults: list[Fault] = []
        row = self._checked({**kind("contact", contact or {}, Mapping, "one contact's fields"), **fields}, None, faults)
        if faults:
            raise DataError(faults, "The contact")
        return self._insert([(entry or uuid.uuid4().hex, *row)])[0]

    def extend(self, contacts: pd.DataFrame) -> int:
        """Add a table of contacts, all of them or, when one has a fault, none.

        Args:
            contacts: one row for each, with the fields of `append` as columns.

        Returns:
            How many were added.

        Raises:
            DataError: for every field of every row that is missing or cannot be read; nothing was added.
        """
        faults: list[Fault] = []
        kind("contacts", contacts, pd.DataFrame, "a table (a pandas DataFrame)")
        rows = [
            (uuid.uuid4().hex, *self._checked(row, place, faults))
            for place, row in records(contacts, "contacts", "one row for each contact")
        ]
        if faults:
            raise DataError(faults, "The table of contacts")
        return len(self._insert(rows))

    def duplicates(self, customer_id: Any, issue: Any, days: int | None = None, when: Any = None) -> pd.DataFrame:
        """Look, before the call, whether anybody contacted this customer about this issue already.

        Args:
            customer_id: the customer.
            issue: the matter; capitals and spaces do not matter.
            days: only contacts of so many days before `when`; None for all.
            when: the moment of the call; None is now.

        Returns:
            The contacts, the latest first, with the register's columns.
        """
        found = self._read(
            "WHERE customer_id = ? AND matter = ? ORDER BY date DESC, time DESC", (identity(customer_id), matter(issue))
        )
        if days is None:
            return found
        now = _now() if when is None else local(when)
        first = (now - timedelta(number("days", single("days", days), 0, 36600))).strftime("%Y-%m-%d %H:%M")
        return found[(found["date"] + " " + found["time"]) >= first].reset_index(drop=True)

    def claim(self, customer_id: Any, issue: Any, by: str, minutes: float = 15, when: Any = None) -> Claim:
        """Take a contact upon yourself, so that nobody else makes it while you do.

        Two people who look at the same moment both find no earlier contact; only one of them is granted the claim.
        It ends with the contact's entry in the register, or after `minutes`.

        Args:
            customer_id, issue: the contact.
            by: who makes it.
            minutes: how long it is held, up to a day.
            when: the moment; None is now.

        Example:
            >>> import tempfile
            >>> folder = tempfile.TemporaryDirectory()
            >>> with Register(Path(folder.name, "register.db")) as register:
            ...     mine = register.claim("C-0001", "Q-17", by="S-01")
            ...     other = register.claim("C-0001", "q-17", by="S-02")
            >>> bool(mine), bool(other), other.held_by
            (True, False, 'S-01')
            >>> folder.cleanup()
        """
        if not isinstance(by, str) or empty(by):
            raise ValueError("by must say who makes the contact.")
        now = _now() if when is None else local(when)
        until = now + timedelta(minutes=number("minutes", single("minutes", minutes), above=0, high=1440))
        who, what = identity(customer_id), matter(issue)
        with self._work() as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM claims WHERE until <= ?", (now.isoformat(),))
            database.execute("INSERT OR IGNORE INTO claims VALUES (?, ?, ?, ?)", (who, what, by, until.isoformat()))
            held, ends = database.execute(
                "SELECT claimed_by, until FROM claims WHERE customer_id = ? AND matter = ?", (who, what)
            ).fetchone()
            database.execute("COMMIT")
        return Claim(held == by, held, datetime.fromisoformat(ends), self.duplicates(who, what))

    def table(self) -> pd.DataFrame:
        """Give the whole register, one row for each contact, in the order of entry; `may_contact` reads it as history."""
        return self._read("ORDER BY number", ())

    def export_csv(self, path: str | Path, separator: str = ",") -> Path:
        """Write the register to a CSV file that opens in a spreadsheet and runs nothing there.

        A cell that a spreadsheet would take for a formula gets an apostrophe before it.

        Args:
            path: the file to write.
            separator: what stands between cells; Excel with South African settings expects ";".
        """
        if not isinstance(separator, str) or separator not in (",", ";", "\t"):
            raise ValueError(f"separator must be a comma, a semicolon or a tab, not {separator!r}.")
        path = path_of("path", path)
        text = io.StringIO()
        writer = csv.writer(text, delimiter=separator, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.table().itertuples(index=False):
            writer.writerow([one if isinstance(one, int) else neutral(one) for one in row])
        try:
            return files.write(path, text.getvalue().encode("utf-8-sig"))  # the mark tells Excel that it is UTF-8
        except OSError as error:
            raise KitError(f"{path} cannot be written ({error.strerror}): close it if it is open elsewhere.") from None

    def close(self) -> None:
        """Close the file for this thread; the next use opens it again."""
        if getattr(self._local, "process", None) == os.getpid():
            self._local.database.close()
        self._local = threading.local()

    def __len__(self) -> int:
        with self._work() as database:
            return database.execute("SELECT count(*) FROM contacts").fetchone()[0]

    def __enter__(self) -> Register:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "policy": self.policy,
            "today": self.today,
        }  # to another process; it opens the file anew

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _local=threading.local())

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection; a process that was forked makes its own."""
        if getattr(self._local, "process", None) != os.getpid():
            database = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
            _log_ahead(database)
            database.execute("PRAGMA synchronous=FULL")  # an entry that was confirmed outlasts a power cut
            self._local.database, self._local.process = database, os.getpid()
        return self._local.database

    @contextlib.contextmanager
    def _work(self) -> Iterator[sqlite3.Connection]:
        """Work on the file; what goes wrong is undone, and told in words."""
        database = None
        try:
            database = self._connection()
            yield database
        except sqlite3.Error as error:
            raise KitError(_what_to_do(self.path, error)) from None
        finally:
            if database is not None and database.in_transaction:
                database.execute("ROLLBACK")

    def _insert(self, rows: list[tuple]) -> list[int]:
        names = ("entry", "matter", *NEEDED, *OPTIONAL)
        insert = (
            f"INSERT INTO contacts ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) "
            "ON CONFLICT (entry) DO NOTHING"
        )
        with self._work() as database:
            database.execute("BEGIN IMMEDIATE")
            database.executemany(insert, rows)
            numbers = [
                database.execute("SELECT number FROM contacts WHERE entry = ?", row[:1]).fetchone()[0] for row in rows
            ]
            done = "DELETE FROM claims WHERE customer_id = ? AND matter = ?"
            database.executemany(done, [(row[2], row[1]) for row in rows])
            database.execute("COMMIT")
        return numbers

    def _read(self, where: str, values: tuple) -> pd.DataFrame:
        with self._work() as database:
            rows = database.execute(f"SELECT {', '.join(COLUMNS)} FROM contacts {where}", values).fetchall()
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def _checked(self, given: Mapping[str, Any], place: int | None, faults: list[Fault]) -> tuple[str, ...]:
        """One contact as the register keeps it: the matter, then the fields, all of them text."""
        row = record(kind("contact", given, Mapping, "one contact's fields"))
        kept = {name: "" if empty(row.get(name)) else identity(row[name]) for name in (*NEEDED, *OPTIONAL)}

        def fault(column: str, reason: str) -> None:
            faults.append(Fault(place, column, row.get(column), reason))

        for name in sorted(set(row) - {*COLUMNS, "when"}, key=str):
            fault(name, f"is not a field of a contact; the fields are: {', '.join(COLUMNS[1:])}")
        try:
            if empty(row.get("when")) and empty(row.get("time")):
                raise ValueError("has no time: without it nobody can tell whether the hours were kept")
            moment = moment_of(row)
            latest = self.today or _now().date()
            if moment.date() > latest:
                raise ValueError(f"lies after {latest}: a register holds what has happened")
            kept["date"], kept["time"] = f"{moment:%Y-%m-%d}", f"{moment:%H:%M}"
        except ValueError as error:
            fault("when" if "when" in row else "date", str(error))
        for name in ("channel", "purpose"):
            if kept[name] and self.policy is not None:
                try:
                    kept[name] = getattr(self.policy, name)(kept[name]).name
                except ValueError as error:
                    fault(name, str(error))
        if kept["next_date"]:
            try:
                kept["next_date"] = day_of(row["next_date"]).isoformat()
            except ValueError as error:
                fault("next_date", str(error))
        kept["issue"] = kept["issue"] or kept["purpose"]
        for name in ("customer_id", "channel", "purpose", "outcome", "contacted_by"):
            if not kept[name]:
                fault(name, "is missing")
        for name in [name for name, value in kept.items() if len(value) > _LONGEST]:
            fault(name, f"is longer than {_LONGEST} characters")
        return (matter(kept["issue"]), *kept.values())


def _now() -> datetime:
    """This moment in South Africa, wherever the computer stands."""
    return local(datetime.now().astimezone())


def _log_ahead(database: sqlite3.Connection) -> None:
    """Set the file to a write-ahead log, in which readers and a writer do not wait for each other.

    The change of mode takes no turn in SQLite's own queue, so that several who make the file at once try again.
    """
    for attempt in range(_TRIES):
        try:
            database.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if attempt == _TRIES - 1:
                raise
            time.sleep(0.02 * (attempt + 1))


def _what_to_do(path: Path, error: sqlite3.Error) -> str:
    said = str(error)
    if "locked" in said or "busy" in said:
        return f"{path} is in use by another program that does not let go: close that program and try again."
    if "not a database" in said or "malformed" in said or "no such column" in said:
        return f"{path} is not a contact register ({said}): choose another file, or put back a copy of it."
    if "readonly" in said or "unable to open" in said:
        return f"{path} cannot be written to: choose a folder that you may write in."
    return f"{path} could not be used ({said}): nothing was added. Is the disk full?"
