"""One module for each command of `learner-kit`: what it says of itself, what it takes, and what it does.

A module holds `SAYS` and `EXAMPLE` for its help, `arguments(parser)`, and `run(given)`, which asks the rooms below and
prints what they say. It gives back an exit code, or None for 0. Rooms are imported inside the functions, so that
`learner-kit --help` stays quick.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

_ORDER = (
    "start",
    "demo",
    "check",
    "enrol",
    "accounts",
    "plan",
    "attendance",
    "release",
    "edition",
    "fetch",
    "submit",
    "collect",
    "capture",
    "grade",
    "progress",
    "matrix",
    "authentic",
    "forms",
    "judge",
    "flag",
    "feedback",
    "appeal",
    "key",
    "portfolio",
    "verify",
    "seal",
    "open",
    "moderate",
    "open-pack",
    "results",
    "evaluate",
    "purge",
    "status",
    "export-person",
    "forget",
    "backup",
    "restore",
    "move",
    "doctor",
)
#: The commands in the order in which help lists them: the order of a programme. An edition holds only some of them.
NAMES = tuple(name for name in _ORDER if Path(__file__).with_name(f"{name.replace('-', '_')}.py").is_file())


def module(name: str) -> ModuleType:
    """Give the module of a command; a command of two words has an underscore in its module's name."""
    return importlib.import_module(f"learner_kit.commands.{name.replace('-', '_')}")
