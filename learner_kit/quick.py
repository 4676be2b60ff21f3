"""What a library would build at its import and the kit never uses is left out, so that commands and pages start sooner."""

from __future__ import annotations

import sys


def start() -> None:
    """Before Jupyter's libraries are imported: their JSON schemas then build no grammar for international addresses."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # a second and a half at each import
