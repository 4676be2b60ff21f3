"""The provider as papers name it, from `provider.toml` in the programme's folder; the values it comes with count as none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from learner_kit.course.programme import Programme
from learner_kit.errors import Fault
from learner_kit.settings import Keys, read, refuse

FILE = "provider.toml"
SAMPLES = {  # as the file comes: no paper and no upload bears any of them
    "Sample Training Provider",
    "not filled in yet",
    "the SETA that accredits you",
    "1 Example Street",
    "Bloemfontein, 9301",
    "051 000 0123",
    "training@example.co.za",
}


@dataclass(frozen=True)
class Provider:
    """Who trains and assesses."""

    name: str = ""
    accreditation: str = ""
    quality_body: str = ""
    address: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""

    @property
    def letterhead(self) -> tuple[str, ...]:
        """The lines over the title of a paper; none where nobody filled the file in."""
        reach = " · ".join(filter(None, [self.phone, self.email]))
        number = f"Accreditation: {self.accreditation}" if self.accreditation else ""
        lines = (self.name, ", ".join(self.address), reach, number)
        return tuple(filter(None, lines)) if self.name else ()


def provider(programme: Programme) -> Provider:
    """Read who the provider is; a programme without the file has papers without a letterhead.

    Raises:
        DataError: every fault of the file at once.
    """
    return read_provider(programme.folder)


def read_provider(folder: Path) -> Provider:
    """As `provider`, from the folder of a programme."""
    path = folder / FILE
    if not path.is_file():
        return Provider()
    faults: list[Fault] = []
    keys = Keys(read(path), faults)

    def own(said: object) -> str:
        return "" if str(said or "").strip() in SAMPLES else str(said or "").strip()

    found = Provider(
        *(own(keys.take(key, str, "")) for key in ("name", "accreditation", "quality_body")),
        tuple(filter(None, map(own, keys.take("address", list, []) or []))),
        *(own(keys.take(key, str, "")) for key in ("phone", "email")),
    )
    keys.done()
    refuse(faults, path)
    return found


def unfilled(folder: Path) -> str:
    """What papers and uploads lack of the provider, and the file to fill in; empty when nothing does."""
    found = read_provider(folder)
    lacking = [
        said
        for said, value in (
            ("name", found.name),
            ("accreditation", found.accreditation),
            ("quality assurance body", found.quality_body),
        )
        if not value
    ]
    return f"Papers and uploads lack the provider's {', '.join(lacking)}: fill in {folder / FILE}." if lacking else ""
