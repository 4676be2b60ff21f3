"""docs/hostile.md says what the cases say."""

from __future__ import annotations

import page
from builders import ALL


def test_the_page_is_what_the_cases_make():
    written = page.PAGE.read_text(encoding="utf-8")
    assert written == page.text(), "docs/hostile.md is old: python tests/hostile/page.py"
    assert sum(
        line.startswith(tuple(f"| {n} | " for n in range(1, len(ALL) + 1))) for line in written.splitlines()
    ) == len(ALL)
    assert len({case.name for case in ALL}) == len(ALL) >= 40
