"""`learner-kit key`."""

from __future__ import annotations

import argparse
from pathlib import Path

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Make the key that portfolios are signed with, or show its public half."
EXAMPLE = (
    "learner-kit key new may                     asks twice for a passphrase\n"
    "  learner-kit key show may --public may.pub.pem"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("new", "show"))
    parser.add_argument(
        "of", metavar="COHORT|FILE", help="a cohort, for its own key, or a file such as keys/college.pem"
    )
    parser.add_argument(
        "--public", metavar="FILE", help="write the public half there, for others to check signatures with"
    )


def run(given: argparse.Namespace) -> int | None:
    from learner_kit import files
    from learner_kit.assess.portfolio import signing

    place = common.place(given.of)
    path = place / signing.OWN if (place / "cohort.toml").is_file() else Path(given.of)
    if path.is_dir() or (not path.suffix and path.name == given.of):
        raise KitError(
            f"There is no cohort {given.of}. Name a cohort, or a file to keep the key in, such as college.pem."
        )
    if given.action == "new":
        if path.exists():
            raise KitError(f"{path} exists already; a key is never overwritten, for portfolios were signed with it.")
        key = signing.new_key(path, common.new_passphrase(signing.VARIABLE, "the new key"))
        print(f"Made the key {key.fingerprint} in {path}, locked with your passphrase.")
        print("Nobody can open it without the passphrase; keep a copy of the file, and the passphrase elsewhere.")
    else:
        key = signing.open_key(path, common.unlock(path))
        print(f"{path}: {key.fingerprint}, {'locked with a passphrase' if signing.locked(path) else 'not locked'}")
    if given.public:
        files.write(Path(given.public), signing.public_pem(key))
        print(f"Its public half: {given.public}")
    return None
