"""`learner-kit …`: a thin face of what the other rooms do. Exit code 0: done; 1: the work found a fault; 2: wrong usage."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence

from learner_kit import __version__, quick, screen

EXAMPLES = """examples:
  learner-kit start                              open the kit (makes a practice cohort the first time)
  learner-kit enrol cohorts/may learners.csv     make a cohort and enrol its learners
  learner-kit release may so1                    make the learners' version of workbook so1
  learner-kit collect may usb-stick/             take in every zip that learners handed in
  learner-kit grade may                          grade what is new
  learner-kit matrix may                         see who has shown what

Each command has its own help: learner-kit start --help"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give back its exit code."""
    quick.start()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console would refuse a dash
    parser = _parser()
    if said := _unknown(sys.argv[1:] if arguments is None else arguments):
        print(said, file=sys.stderr)
        return 2
    given = parser.parse_args(arguments)
    if not given.command:
        parser.print_help()
        return 2
    from learner_kit.errors import DataError, KitError

    try:
        return _do(given) or 0
    except (KitError, DataError) as error:
        print(f"{screen.command(given.command)}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was finished is kept; run the same command again to go on.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        print(f"{screen.command(given.command)}: the computer says: {error.strerror or error}{place}.", file=sys.stderr)
        return 1
    except Exception as error:
        if not type(error).__module__.startswith("sqlalchemy."):  # named, not imported: help must stay quick
            raise
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        print(
            f"{screen.command(given.command)}: the cohort's records cannot be used: {said}.\n"
            "If they stand on a server, does it run? If their file is damaged, restore the last back-up "
            f"({screen.command('restore')}). {screen.command('doctor COHORT')} looks closer.",
            file=sys.stderr,
        )
        return 1


def _unknown(arguments: Sequence[str]) -> str | None:
    """What to say of a command that the kit does not have, with the one that may be meant."""
    from learner_kit import commands

    word = arguments[0] if arguments else "-"
    if word.startswith("-") or word in commands.NAMES:
        return None
    near = difflib.get_close_matches(word, commands.NAMES, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"{screen.command()}: there is no command {word!r}.{meant} All commands: {screen.command('--help')}"


def _do(given: argparse.Namespace) -> int | None:
    from learner_kit import commands

    return commands.module(given.command).run(given)


def _parser() -> argparse.ArgumentParser:
    from learner_kit import commands

    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog=screen.command(),
        description="Train and assess people in customer liaison: guides, workbooks, grading, portfolios, moderation.",
        epilog=screen.commands(
            "\n".join(line for line in EXAMPLES.splitlines() if line[:2] != "  " or line.split()[1] in commands.NAMES)
        ),
        formatter_class=raw,
    )
    parser.add_argument("--version", action="version", version=f"learner-kit {__version__}")
    known = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in commands.NAMES:
        one = commands.module(name)
        says = one.SAYS
        one.arguments(
            known.add_parser(
                name,
                help=says,
                description=says,
                epilog=screen.commands(f"example:\n  {one.EXAMPLE}"),
                formatter_class=raw,
            )
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
