"""What stands around the text of a page: the list of pages, what the programme is, back and next."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

KIT = Path(__file__).resolve().parent.parent
PAGES = Path(__file__).resolve().parent / "pages"
WELCOME = "notebooks/00-welcome.ipynb"
WORKBOOKS = "Workbooks"  # the group of lessons.toml that every workbook laid out in work/ joins


class Place(NamedTuple):
    """Where the server stands: the folder it serves, the kit's path in it ("" at the top), and the cohort."""

    root: Path
    prefix: str
    cohort: Path
    formgrader: bool


def page_list(notebook: str, base_url: str, place: Place, kit: Path = KIT) -> dict[str, Any]:
    """List what a page shows around its text: pages that exist, the current one, back, next, and its notebook.

    Args:
        notebook: path of the open notebook below the served folder, with `/`.
        base_url: where the server's addresses begin, with `/` at both ends.
        place: the served folder.
        kit: the kit's folder.

    Returns:
        A dict of plain values: `title`, `subject`, `home`, `notebook` (its address in JupyterLab), `groups`, `back`, `next`.
    """
    here = notebook.strip("/")
    start = f"{base_url}voila/render/{quote(place.prefix)}"
    groups, back, following, title = [], None, None, Path(here).stem
    for group in _groups(kit):
        pages = [
            {
                "title": page["title"],
                "href": start + quote(page["file"]),
                "current": place.prefix + page["file"] == here,
            }
            for page in group["pages"]
            if (kit / page["file"]).is_file()
        ]
        if pages:
            groups.append({"title": group["title"], "pages": pages})
        for index, page in enumerate(pages):
            if page["current"]:
                title = page["title"]
                if group["turn"]:
                    back = pages[index - 1] if index else None
                    following = pages[index + 1] if index + 1 < len(pages) else None
    return {
        "title": title,
        "subject": subject(place.cohort),
        "home": start + WELCOME,
        "notebook": f"{base_url}lab/tree/{quote(here)}",
        "groups": groups,
        "back": back,
        "next": following,
    }


def _groups(kit: Path) -> list[dict[str, Any]]:
    """The groups of lessons.toml; what else was laid out in work/, such as another programme's, joins the workbooks."""
    from learner_kit.course import naming

    groups = tomllib.loads((PAGES / "lessons.toml").read_text(encoding="utf-8"))["group"]
    known = {page["file"] for group in groups for page in group["pages"]}
    found = sorted(path for path in (kit / "work").glob("*/*.ipynb") if path.stem == path.parent.name)
    more = [{"file": file} for path in found if (file := f"work/{path.stem}/{path.name}") not in known]
    return [
        {
            **group,
            "pages": [
                {"title": page.get("title") or naming.of_notebook(kit / page["file"]), "file": page["file"]}
                for page in [*group["pages"], *(more if group["title"] == WORKBOOKS else [])]
            ],
        }
        for group in groups
    ]


@lru_cache(maxsize=16)
def subject(cohort: Path) -> str:
    """Say which unit standard a cohort is about; the kit's own programme where there is no cohort.

    Example:
        >>> subject(Path("nowhere"))
        'Unit standard 252218 · Liaise with a range of customers of a business'
    """
    from learner_kit.course import programme
    from learner_kit.errors import DataError, KitError

    try:
        if (cohort / "cohort.toml").is_file():
            from learner_kit.course.cohort import open_cohort  # a learner's edition has neither cohorts nor this module

            unit = open_cohort(cohort).programme.unit
        else:
            unit = programme.load().unit
    except (DataError, KitError, OSError):
        return ""
    return f"Unit standard {unit.id} · {unit.title}"
