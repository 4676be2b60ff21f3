"""`python -m learner_kit.hub`: installing the kit on a hub, and what the hub itself starts."""

from __future__ import annotations

import argparse
import sys

from learner_kit.errors import DataError, KitError


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; exit 0 done, 1 with the reason when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m learner_kit.hub", description="The kit on a JupyterHub.")
    parts = parser.add_subparsers(dest="what", required=True)
    made = parts.add_parser("install", help="as root: put the kit on this computer for a hub, or renew it")
    made.add_argument("settings", metavar="HUB.TOML", help="the hub's settings (deploy/hub/hub.toml explains them)")
    looked = parts.add_parser("check", help="as root: whether the rights of the hub's folders are as they must be")
    looked.add_argument("settings", metavar="HUB.TOML")
    parts.add_parser("serve", help="started by the hub: the server of one account")
    given = parser.parse_args(arguments)
    try:
        return _do(given)
    except (KitError, DataError) as error:
        print(str(error), file=sys.stderr)
        return 1


def _do(given: argparse.Namespace) -> int:
    if given.what == "serve":
        from learner_kit.hub import single

        single.run()
        return 0
    from learner_kit.hub import install, rights, setting

    hub = setting.load(given.settings)
    if given.what == "install":
        places = install.install(hub.places.root, hub.groups["staff"])
        print(f"The kit is installed in {places.root}.")
    found = rights.faults(hub)
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        print("The rights of the hub's folders are as they must be.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
