"""`learner-kit open-pack`."""

from __future__ import annotations

import argparse
from pathlib import Path

from learner_kit import files, screen
from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Work on a moderation pack, without the cohort and its database."
EXAMPLE = (
    "learner-kit open-pack moderation-may-1-3f2a.zip\n"
    "  learner-kit open-pack PACK.zip --learner L-0003 --upheld so1-ac1 --overturned 'so1-ac3=no date'\n"
    "  learner-kit open-pack PACK.zip --learner L-0003 --competent '1.1=own figures' --not-yet '1.3=no date'   (a blind pack)\n"
    "  learner-kit open-pack PACK.zip --return usb-stick"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pack", metavar="PACK.zip")
    parser.add_argument("--learner", metavar="L-0000", help="the portfolio that findings are about")
    parser.add_argument("--upheld", nargs="+", metavar="CRITERION", default=[])
    parser.add_argument("--overturned", nargs="+", metavar="CRITERION=REASON", default=[])
    parser.add_argument("--more-evidence", nargs="+", metavar="CRITERION=REASON", default=[])
    blind = "in a blind pack, where every decision needs a reason"
    parser.add_argument("--competent", nargs="+", metavar="CRITERION=REASON", default=[], help=blind)
    parser.add_argument("--not-yet", nargs="+", metavar="CRITERION=REASON", default=[], help=blind)
    parser.add_argument("--read", metavar="FOLDER", help="put the page to read and the documents there")
    parser.add_argument("--again", action="store_true", help="draw the sample again on this machine and compare")
    parser.add_argument("--return", dest="back", metavar="FOLDER", help="make the file that goes back")
    parser.add_argument(
        "--partly", action="store_true", help="with --return: although some judgements were not looked at"
    )


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess.moderation import opened_pack, pack_page

    pack = opened_pack.open_pack(given.pack)
    said = common.found(given.upheld, given.overturned, given.more_evidence)
    said |= common.reasons("C", given.competent) | common.reasons("NYC", given.not_yet)
    if said:
        if not given.learner:
            raise KitError("Say whose portfolio was looked at: --learner L-0001.")
        count = opened_pack.record(pack, given.learner, said)
        findings = f"{count} finding{'' if count == 1 else 's'}"
        print(f"Kept beside the pack: {findings}, {opened_pack.left_in_words(pack)}.")
        return 0
    if given.again:
        same = opened_pack.draw_again(pack)
        print("The same portfolios came out." if same else "OTHER PORTFOLIOS came out: the pack does not fit its seed.")
        return 0 if same else 1
    if given.read:
        print(_unpack(pack, Path(given.read)))
        return 0
    if given.back:
        path, receipt = opened_pack.give_back(pack, given.back, given.partly)
        print(f"{path}\nReceipt of {pack.name}: {receipt}. Send the file back, and keep the receipt.")
        if opened_pack.left(pack):
            print(f"{opened_pack.left_in_words(pack)}. Make the file again when all are looked at: it brings the rest.")
        return 0
    found = opened_pack.findings(pack)
    rows = [
        [
            one["learner"],
            f"{judged['number']} {judged['handle']}",
            judged["criterion"],
            judged.get("decision", "hidden"),
            found.get(one["learner"], {}).get(judged["criterion"], {}).get("said", "–"),
        ]
        for one in pack.held["learners"]
        for judged in one["judged"]
    ]
    due = f", due back by {pack_page.day(pack.held['due'])}" if pack.held["due"] else ""
    title = f"{pack.name}: {pack.held['cohort']}, sample {pack.held['sample']}{', blind' if pack.blind else ''}{due}"
    screen.table(title, ["learner", "criterion", "id", "judged", "found"], rows)
    print(f"{opened_pack.left_in_words(pack)}. --read FOLDER shows the evidence.")
    return 0


def _unpack(pack: object, folder: Path) -> Path:
    from learner_kit.assess.moderation import opened_pack, pack_page, packs

    assert isinstance(pack, opened_pack.Pack)
    for name in pack.held["files"]:
        target = folder.joinpath(*Path(name).parts)
        if not target.resolve().is_relative_to(folder.resolve()):
            raise KitError(f"The pack holds a name that may not be unpacked: {name!r:.80}")
        files.write(target, opened_pack.document(pack, name))
    return files.write(folder / packs.PAGE, pack_page.page(pack.held, pack.name))
