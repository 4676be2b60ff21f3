"""nbgrader's exchange between the accounts of one computer: workbooks go out through it, submissions come in.

ROOT/COURSE/outbound/   what learners may fetch: everyone reads, staff write
ROOT/COURSE/inbound/    what learners hand in: everyone may put something in, staff alone may list it, and (sticky) nobody
                        may take away or rename what is another's
ROOT/COURSE/class/      questions to the whole class: everyone reads, staff write; its folders of answers are write-only

The folders are those of nbgrader, so that `nbgrader fetch_assignment` and `nbgrader submit` work in them too. Who handed a
submission in is the owner of its folder, which the system sets and no learner can change (see `arrivals`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from learner_kit import files, screen
from learner_kit.errors import KitError
from learner_kit.moments import sast
from learner_kit.workbook.answers import Answers, save_answers

if TYPE_CHECKING:
    from learner_kit.course.cohort import Cohort

ROOT = "LEARNER_KIT_EXCHANGE"  # in the environment: where the exchange is, when it is not nbgrader's usual place
COURSE = "LEARNER_KIT_COURSE"  # in the environment of a learner's server: the course it takes part in
LEARNER = "LEARNER_KIT_LEARNER"  # and the learner's number, so that nobody has to type it
USUAL = Path("/usr/local/share/nbgrader/exchange")
SHARED, WRITE_ONLY = 0o2775, 0o3773
ANSWERS = (
    0o2773  # not sticky, so that any of the staff can clear it: its files' names cannot be guessed, and not be listed
)
COMING = ".coming-"  # a submission that is still being written


@dataclass(frozen=True)
class Exchange:
    """The exchange of one course."""

    root: Path
    course: str

    @property
    def outbound(self) -> Path:
        return self.root / self.course / "outbound"

    @property
    def inbound(self) -> Path:
        return self.root / self.course / "inbound"

    @property
    def live(self) -> Path:
        return self.root / self.course / "class"


class HandedIn(NamedTuple):
    """Where a submission stands in the exchange, and when it was put there (UTC)."""

    path: Path
    at: dt.datetime


def course_id(name: str) -> str:
    """The course's name in the exchange, as the cohort's nbgrader_config.py makes it.

    Example:
        >>> course_id("May 2026, Durban")
        'May-2026-Durban'
    """
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)


def place() -> Path:
    """The exchange of this computer: LEARNER_KIT_EXCHANGE, or nbgrader's usual folder."""
    return Path(os.environ.get(ROOT) or USUAL)


def joined() -> Exchange | None:
    """The exchange that this learner's server takes part in; None on a PC."""
    course = os.environ.get(COURSE)
    return Exchange(place(), course) if course else None


def on_hub() -> bool:
    """Whether this is the server of a hub's account: only there is LEARNER_KIT_EXCHANGE set."""
    return bool(os.environ.get(ROOT))


def is_live(folder: str | Path) -> bool:
    """Whether a folder is that of a hub's class, in which every file's owner is one account.

    Example:
        >>> is_live("S:/class")
        False
    """
    return on_hub() and Path(folder).name == "class" and Path(folder).parent.parent == place()


def prepare_live(course: str) -> Path:
    """Make the folder for questions to the class of a course, for staff.

    Raises:
        KitError: there is no exchange, or this account may not write in it.
    """
    folder = prepare(course).live
    try:
        if not folder.is_dir():
            folder.mkdir()
            os.chmod(folder, SHARED)
    except OSError as error:
        raise KitError(f"{folder} cannot be made ({error.strerror}). Nothing was asked.") from None
    return folder


def opened(course: str) -> Exchange:
    """Open the exchange of a course.

    Raises:
        KitError: there is no exchange on this computer, or not for this course.
    """
    found = Exchange(place(), course_id(course))
    if not found.root.is_dir():
        raise KitError(
            f"There is no exchange at {found.root}. It is set up on a hub only (docs/hub.md); elsewhere learners hand in zips."
        )
    if not found.inbound.is_dir():
        raise KitError(
            f"The course {found.course} has no exchange yet: {screen.command(f'release {screen.word(course)} WORKBOOK --exchange')}"
        )
    return found


def prepare(course: str) -> Exchange:
    """Make a course's folders in the exchange, with the rights that keep learners apart.

    Raises:
        KitError: there is no exchange on this computer, or this account may not write in it.
    """
    if os.name == "nt":
        raise KitError("The exchange works on a hub under Linux only. On this computer, hand out a folder with --to.")
    found = Exchange(place(), course_id(course))
    if not found.root.is_dir():
        raise KitError(f"There is no exchange at {found.root}. Set the hub up first (docs/hub.md).")
    try:
        for folder, rights in ((found.outbound.parent, SHARED), (found.outbound, SHARED), (found.inbound, WRITE_ONLY)):
            if not folder.is_dir():
                folder.mkdir()
                os.chmod(folder, rights)  # what mkdir is asked for, the umask may take away
    except OSError as error:
        raise KitError(
            f"The exchange {found.root} cannot be written to ({error.strerror}). Only staff of the hub release into it."
        ) from None
    if not _of_staff(found.outbound.parent, found.root):
        raise KitError(
            f"{found.outbound.parent} was made by an account that is not of the staff. Look at it, take it away as root, and "
            "release again."
        )
    if found.inbound.stat().st_mode & 0o7777 != WRITE_ONLY:
        raise KitError(
            f"{found.inbound} has other rights than it needs: learners could see or take away what others hand in. "
            f"Set them right, as its owner: chmod 3773 {found.inbound}"
        )
    return found


def _of_staff(folder: Path, root: Path) -> bool:
    """Whether a course's folder was made by root or by one of the group that the exchange belongs to."""
    import pwd

    about = folder.stat()
    if about.st_uid in (0, root.stat().st_uid):
        return True
    try:
        owner = pwd.getpwuid(about.st_uid)
    except KeyError:
        return False
    return root.stat().st_gid in os.getgrouplist(owner.pw_name, owner.pw_gid)


def publish(cohort: Cohort, workbook: str) -> Path:
    """Put a released workbook where learners fetch it, whole or not at all.

    Returns:
        Its folder in the exchange.

    Raises:
        KitError: it is not released, or the exchange cannot be written to.
    """
    source = cohort.released(workbook)
    found = prepare(cohort.name)
    target, build = found.outbound / workbook, found.outbound / f".{workbook}-{secrets.token_hex(6)}"
    try:
        shutil.copytree(source, build, copy_function=shutil.copyfile)
        for one in (build, *build.rglob("*")):
            one.chmod(SHARED if one.is_dir() else 0o664)
        old = build.with_name(build.name + "-old")
        if target.exists():
            os.replace(target, old)
        os.replace(build, target)
        shutil.rmtree(old, ignore_errors=True)
        files.settle(found.outbound)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(build, ignore_errors=True)
        said = getattr(error, "strerror", None) or error
        raise KitError(f"{workbook} could not be put into the exchange {found.outbound}: {said}.") from None
    return target


def on_offer(exchange: Exchange) -> tuple[str, ...]:
    """The workbooks that can be fetched."""
    with contextlib.suppress(OSError):
        return tuple(
            sorted(
                one.name
                for one in exchange.outbound.iterdir()
                if not one.name.startswith(".") and (one / f"{one.name}.ipynb").is_file()
            )
        )
    return ()


def fetch(exchange: Exchange, folder: str | Path, learner: str | None = None) -> list[str]:
    """Bring the released workbooks into a learner's folder; what the learner has answered is never touched.

    Args:
        exchange: the course's exchange.
        folder: the learner's folder of workbooks.
        learner: the learner's number: a new workbook gets it, so that nobody has to type it.

    Returns:
        The workbooks that are new or were released again.

    Raises:
        KitError: the folder cannot be written to.
    """
    done = []
    for workbook in on_offer(exchange):
        source, target = exchange.outbound / workbook, Path(folder) / workbook
        try:
            found = {one.relative_to(source): one for one in sorted(source.rglob("*")) if one.is_file()}
            fresh = {
                target / name: one.read_bytes()
                for name, one in found.items()
                if name.parts[0] not in {"answers.json", "evidence"} and not _alike(one, target / name)
            }
            if fresh:
                files.write_many(fresh)
                done.append(workbook)
            if learner and not (target / "answers.json").exists():
                save_answers(target / "answers.json", Answers(workbook, learner))
        except OSError as error:
            raise KitError(
                f"The workbook {workbook} could not be fetched into {target} ({error.strerror}). Your answers are as they were."
            ) from None
    return done


def _alike(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size and files.sha256(one) == files.sha256(other)
    except OSError:
        return False


def hand_in(exchange: Exchange, packed: str | Path, workbook: str) -> HandedIn:
    """Put a packed submission into the exchange, whole or not at all.

    Args:
        exchange: the course's exchange.
        packed: the zip that `submission.pack` made; it stays where it is, and a note beside it says that it arrived.
        workbook: its workbook, which names the folder as nbgrader names it.

    Raises:
        KitError: the exchange is gone or full, or may not be written to; the packed work is safe where it is.
    """
    packed = Path(packed)
    at = dt.datetime.now(dt.UTC)
    name = f"{_account()}+{workbook}+{at:%Y-%m-%d %H:%M:%S.%f} UTC+{secrets.token_urlsafe(9)}"
    coming = exchange.inbound / f"{COMING}{secrets.token_hex(16)}"
    try:
        coming.mkdir(0o700)
        try:
            _put(coming / packed.name, packed.read_bytes())
            _put(coming / "timestamp.txt", f"{at:%Y-%m-%d %H:%M:%S.%f} UTC".encode())
            coming.chmod(0o750)  # the group is that of the inbound folder: staff read, no other learner does
            files.settle(coming)
            os.rename(coming, exchange.inbound / name)
            files.settle(exchange.inbound / name)
        except BaseException:
            shutil.rmtree(coming, ignore_errors=True)
            raise
    except OSError as error:
        raise KitError(
            f"Your work could not be handed in now ({_why(error)}). Nothing is lost: it is packed in {packed}. "
            "Try again in a while; if it stays so, give that file to your facilitator."
        ) from None
    with contextlib.suppress(OSError):  # without it the learner's page is not sure
        files.write(note(packed), f"Handed in to {exchange.course} at {sast(at)}.\n")
    return HandedIn(exchange.inbound / name, at)


def note(packed: Path) -> Path:
    """The note beside a packed submission that it reached the exchange."""
    return packed.with_suffix(".txt")


def _put(path: Path, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)
        os.fchmod(file.fileno(), 0o640)
        file.flush()
        os.fsync(file.fileno())


def _why(error: OSError) -> str:
    import errno

    return {
        errno.ENOSPC: "the exchange's disk is full",
        errno.EDQUOT: "your share of the exchange's disk is used up",
        errno.EFBIG: "the exchange's disk is full",
        errno.ENOENT: "the exchange is not there",
        errno.EACCES: "you may not write into the exchange",
        errno.EROFS: "the exchange's disk can only be read",
    }.get(error.errno or 0, error.strerror or str(error))


def _account() -> str:
    """The account's name as part of a folder's name; who handed in is read from the owner, never from this."""
    with contextlib.suppress(OSError, KeyError):
        return re.sub(r"[^A-Za-z0-9._-]", "_", getpass.getuser())[:32] or "somebody"
    return "somebody"
