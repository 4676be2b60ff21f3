"""`learner-kit …`: a thin face of what the other rooms do. Exit code 0: done; 1: the work found a fault; 2: wrong usage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from learner_kit import __version__

EXAMPLES = """examples:
  learner-kit start                              open the kit (makes a practice cohort the first time)
  learner-kit enrol cohorts/may learners.csv     make a cohort and enrol its learners
  learner-kit release may so1                    make the learners' version of workbook so1
  learner-kit collect may usb-stick/             take in every zip that learners handed in
  learner-kit grade may                          grade what is new
  learner-kit matrix may                         see who has shown what

Each command has its own help: learner-kit grade --help"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give back its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console would refuse a dash
    parser = _parser()
    given = parser.parse_args(arguments)
    if not given.command:
        parser.print_help()
        return 2
    from learner_kit.errors import DataError, KitError

    try:
        return _do(given) or 0
    except (KitError, DataError) as error:
        print(f"learner-kit {given.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was finished is kept; run the same command again to go on.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        print(f"learner-kit {given.command}: the computer says: {error.strerror or error}{place}.", file=sys.stderr)
        return 1


def _do(given: argparse.Namespace) -> int | None:
    from learner_kit import commands

    function: Callable[[argparse.Namespace], int | None] = getattr(commands, given.command)
    return function(given)


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="learner-kit",
        description="Train and assess people in customer liaison: guides, workbooks, grading, portfolios, moderation.",
        epilog=EXAMPLES,
        formatter_class=raw,
    )
    parser.add_argument("--version", action="version", version=f"learner-kit {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, says: str, example: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, help=says, description=says, epilog=f"example:\n  {example}", formatter_class=raw
        )

    def cohort(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("cohort", metavar="COHORT", help="the cohort's folder, or its name in cohorts/")

    one = command("start", "Open the kit in the browser.", "learner-kit start --lab")
    one.add_argument(
        "cohort", metavar="COHORT", nargs="?", default="cohorts/practice", help="default: a practice cohort"
    )
    one.add_argument("--lab", action="store_true", help="open JupyterLab instead of the pages")
    one.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
    one.add_argument("--port", type=int, help="the port to serve on; the next free one when it is taken")

    one = command(
        "demo", "Run the whole circle on a sample class of 12, from enrolment to results.", "learner-kit demo"
    )
    one.add_argument("--to", metavar="FOLDER", help="the cohort folder to make; a new one in cohorts/ without it")

    one = command("check", "Check a programme folder: settings, masters, memos.", "learner-kit check")
    one.add_argument("programme", metavar="FOLDER", nargs="?", help="default: assessments/")

    one = command(
        "enrol",
        "Enrol learners from a CSV or Excel list, or register staff; makes the cohort if there is none.",
        "learner-kit enrol cohorts/may learners.csv\n  learner-kit enrol may --assessor 'Dlamini, Thandi' --registration ETDP-1234",
    )
    cohort(one)
    one.add_argument(
        "list", metavar="LIST", nargs="?", help="columns: surname, first_names, and id_number, email, phone, site, note"
    )
    one.add_argument("--new", action="store_true", help="refuse if the cohort exists already")
    one.add_argument(
        "--partly", action="store_true", help="enrol the rows that are in order even if others have faults"
    )
    one.add_argument("--programme", metavar="FOLDER", help="for a new cohort: another programme folder")
    one.add_argument("--db", metavar="URL", help="for a new cohort: another database, as SQLAlchemy writes it")
    for role in ("assessor", "facilitator", "moderator"):
        one.add_argument(f"--{role}", metavar="'SURNAME, NAMES'", help=f"register a person as {role}")
    one.add_argument("--registration", metavar="NUMBER", default="", help="the person's registration number")

    one = command(
        "release",
        "Make the learners' version of a workbook.",
        "learner-kit release may so1 --due 2026-12-04 --to usb-stick",
    )
    cohort(one)
    one.add_argument("workbook", metavar="WORKBOOK")
    one.add_argument("--due", metavar="DATE", help="to be handed in by the end of this day (South African time)")
    one.add_argument("--to", metavar="FOLDER", help="put a copy here, to hand out; answers that are there stay")

    one = command(
        "submit",
        "Pack a filled workbook into a zip to hand in, with a receipt.",
        "learner-kit submit work/so1 --learner L-0001 --own-work",
    )
    one.add_argument("folder", metavar="FOLDER", help="the workbook's folder, with answers.json in it")
    one.add_argument("--learner", metavar="L-0000", help="the learner number; the one kept with the answers without it")
    one.add_argument("--workbook", metavar="WORKBOOK", help="default: the folder's name")
    one.add_argument("--to", metavar="FOLDER", default=".", help="where the zip goes")
    one.add_argument("--own-work", action="store_true", help="sign the declaration that the work is your own")

    one = command(
        "collect", "Take in submissions: zips, or folders that hold them.", "learner-kit collect may usb-stick/"
    )
    cohort(one)
    one.add_argument("sources", metavar="ZIP|FOLDER", nargs="+")

    one = command("grade", "Grade every submission that is new or changed.", "learner-kit grade may so1")
    cohort(one)
    one.add_argument("workbook", metavar="WORKBOOK", nargs="?")
    one.add_argument("--learner", metavar="L-0000")
    one.add_argument("--workers", type=_number, metavar="N", help="processes to use; one for all but very large classes")
    one.add_argument("--cluster", metavar="ADDRESS", help="grade on a dask cluster, such as tcp://10.0.0.5:8786")

    one = command(
        "matrix", "Show every learner's evidence and standing on every criterion.", "learner-kit matrix may --json"
    )
    cohort(one)
    one.add_argument("--learner", metavar="L-0000")
    shape = one.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true")
    shape.add_argument("--csv", action="store_true")

    one = command(
        "judge",
        "Record an assessor's decision on one criterion, or many from a CSV.",
        "learner-kit judge may L-0001 so1-ac1 C --by A-01 --reason 'Worked out with own figures'\n"
        "  learner-kit judge may --from decisions.csv --by A-01",
    )
    cohort(one)
    one.add_argument("learner", metavar="L-0000", nargs="?")
    one.add_argument("criterion", metavar="CRITERION", nargs="?")
    one.add_argument("decision", metavar="C|NYC", nargs="?")
    one.add_argument("--by", metavar="A-00", required=True, help="the registered assessor who decides")
    one.add_argument("--reason", default="", help="what the decision rests on; needed for NYC")
    one.add_argument("--confirmed", metavar="RULES", help="rules of evidence that are met, with commas; all without it")
    one.add_argument(
        "--override", metavar="REASON", default="", help="why a rule of the kit is set aside; it is recorded"
    )
    one.add_argument("--correct", metavar="NUMBER", type=int, help="correct the decision with this number")
    one.add_argument("--from", dest="source", metavar="CSV", help="columns: learner, criterion, decision, reason")

    one = command(
        "feedback", "Write feedback to learners and assessor's reports as PDF.", "learner-kit feedback may L-0001"
    )
    cohort(one)
    one.add_argument("learner", metavar="L-0000", nargs="?")

    one = command("portfolio", "Make learners' signed portfolios.", "learner-kit portfolio may")
    cohort(one)
    one.add_argument("learner", metavar="L-0000", nargs="?")
    one.add_argument("--key", metavar="FILE", help="the signing key; the cohort's own, made at first use, without it")
    one.add_argument("--by", metavar="CODE", default="learner-kit", help="who makes them, for the log")

    one = command(
        "verify", "Check portfolios: any byte changed, file added or file gone is named.", "learner-kit verify may"
    )
    one.add_argument("paths", metavar="PORTFOLIO|COHORT", nargs="+")
    one.add_argument("--key", metavar="FINGERPRINT", help="the key they must be signed with, such as 3f2a-91bc-…")

    one = command(
        "moderate",
        "Draw the sample to moderate, or record what a moderator found.",
        "learner-kit moderate may --by M-01 --seed 2026-1\n"
        "  learner-kit moderate may --by M-01 --sample 1 --learner L-0003 --upheld so1-ac1 so1-ac2 --overturned 'so1-ac3=no date'",
    )
    cohort(one)
    one.add_argument("--by", metavar="M-00", required=True, help="the registered moderator")
    one.add_argument("--seed", help="fixes the sample; keep it in the minutes")
    one.add_argument("--sample", type=int, metavar="NUMBER", help="record findings on this sample")
    one.add_argument("--learner", metavar="L-0000")
    one.add_argument("--upheld", nargs="+", metavar="CRITERION", default=[])
    one.add_argument("--overturned", nargs="+", metavar="CRITERION=REASON", default=[])
    one.add_argument("--more-evidence", nargs="+", metavar="CRITERION=REASON", default=[])

    one = command("results", "Show the results, or write them as CSV.", "learner-kit results may --csv results.csv")
    cohort(one)
    one.add_argument("--csv", metavar="FILE", help="write them here; - for the screen")
    one.add_argument("--named", action="store_true", help="with names, for a list that a person needs")

    one = command("status", "Show what a cohort holds and what waits for whom.", "learner-kit status may")
    cohort(one)
    return parser


def _number(said: str) -> int:
    number = int(said) if said.isascii() and said.isdigit() else 0
    if not number:
        raise argparse.ArgumentTypeError(f"{said!r} is no whole number of 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
