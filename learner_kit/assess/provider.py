"""The provider as papers name it, from `provider.toml` in the programme's folder."""

from __future__ import annotations

from dataclasses import dataclass

from learner_kit.course.programme import Programme
from learner_kit.errors import Fault
from learner_kit.settings import Keys, read, refuse


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
    path = programme.folder / "provider.toml"
    if not path.is_file():
        return Provider()
    faults: list[Fault] = []
    keys = Keys(read(path), faults)
    found = Provider(
        *(keys.take(key, str, "") for key in ("name", "accreditation", "quality_body")),
        tuple(str(line) for line in keys.take("address", list, []) or []),
        *(keys.take(key, str, "") for key in ("phone", "email")),
    )
    keys.done()
    refuse(faults, path)
    return found
