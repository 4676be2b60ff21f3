"""Which account of a hub is which learner: `accounts.csv` in the cohort's folder, with the columns user and learner.

Learners cannot read it. Who handed a submission in is decided by it and by the owner of the submission's folder.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from learner_kit import files, screen
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.errors import DataError, Fault, KitError

FILE = "accounts.csv"
COLUMNS = ("user", "learner")
USER = re.compile(r"[a-z_][a-z0-9._-]{0,31}")
LIMIT = 5_000_000  # bytes


def read(path: str | Path) -> dict[str, str]:
    """Read a table of accounts.

    Args:
        path: a CSV file with the columns user and learner.

    Returns:
        account → learner number.

    Raises:
        KitError: the file is not there or cannot be read.
        DataError: every fault at once: a column is missing, a name or number cannot be one, or stands twice.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LIMIT:
            raise KitError(f"{path} is larger than 5 MB, which no table of accounts is.")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise KitError(
            f"{path} is not there. Make it with the columns user and learner, then: "
            f"{screen.command(f'accounts COHORT {path.name}')}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise KitError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8 text'}.") from None
    rows = csv.DictReader(io.StringIO(text))
    lacking = [name for name in COLUMNS if name not in (rows.fieldnames or [])]
    if lacking:
        raise DataError([Fault(None, name, None, "this column is missing") for name in lacking], str(path))
    found: dict[str, str] = {}
    faults: list[Fault] = []
    owners: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        user, learner = ((row[name] or "").strip() for name in COLUMNS)
        if not USER.fullmatch(user):
            faults.append(Fault(number, "user", user, "is no account's name: small letters, digits, dot, dash"))
        elif user in found:
            faults.append(Fault(number, "user", user, "stands twice; an account is one learner"))
        if not enrol.PSEUDONYM.fullmatch(learner):
            faults.append(Fault(number, "learner", learner, "is no learner number such as L-0001"))
        elif learner in owners:
            faults.append(Fault(number, "learner", learner, f"has the account {owners[learner]} already"))
        found[user] = learner
        owners[learner] = user
    if faults:
        raise DataError(faults, str(path))
    return found


def of(cohort: Cohort) -> dict[str, str]:
    """A cohort's accounts (account → learner number).

    Raises:
        KitError: it has no table of accounts yet.
        DataError: the table has faults.
    """
    return read(cohort.path / FILE)


def keep(cohort: Cohort, path: str | Path, who: str) -> dict[str, str]:
    """Check a table of accounts and keep it in the cohort's folder.

    Args:
        cohort: the cohort.
        path: the CSV file.
        who: for the log, which notes how many there are, no names.

    Raises:
        KitError: it cannot be read or kept.
        DataError: every fault at once; a learner who is not enrolled is one too.
    """
    found = read(path)
    known = set(enrol.learners(cohort))
    faults = [
        Fault(number, "learner", learner, f"is not enrolled in {cohort.name}")
        for number, learner in enumerate(found.values(), start=1)
        if learner not in known
    ]
    if faults:
        raise DataError(faults, str(path))
    held = "".join(f"{user},{learner}\n" for user, learner in found.items())
    try:
        files.write(cohort.path / FILE, f"{','.join(COLUMNS)}\n{held}")
    except OSError as error:
        raise KitError(f"{cohort.path / FILE} could not be written: {error.strerror}.") from None
    with records.transaction(cohort.engine) as connection:
        records.note(connection, who, "accounts", cohort.name, {"accounts": len(found)})
    return found
