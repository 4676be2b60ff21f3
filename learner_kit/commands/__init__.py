"""One module for each command of `learner-kit`: what it says of itself, what it takes, and what it does.

A module holds `SAYS` and `EXAMPLE` for its help, `arguments(parser)`, and `run(given)`, which asks the rooms below and
prints what they say. It gives back an exit code, or None for 0. Rooms are imported inside the functions, so that
`learner-kit --help` stays quick.
"""

from __future__ import annotations

import importlib
from types import ModuleType

#: The commands in the order in which help lists them: the order of a programme.
NAMES = (
    "start",
    "demo",
    "check",
    "enrol",
    "release",
    "submit",
    "collect",
    "grade",
    "matrix",
    "judge",
    "feedback",
    "portfolio",
    "verify",
    "moderate",
    "results",
    "status",
)


def module(name: str) -> ModuleType:
    """Give the module of a command; a command of two words has an underscore in its module's name."""
    return importlib.import_module(f"learner_kit.commands.{name.replace('-', '_')}")
