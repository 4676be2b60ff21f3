"""A learner's own table on a page: choose a file, see the tool's result change, go back; read every fault."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SOUND = "Datum;Klagte;Kanaal;Bedrag;Naam\r\n" + "".join(
    f"{day:02}/09/2026;{cause};telefoon;R1 500,00;Thandi\r\n"
    for day, cause in enumerate(["noise"] * 6 + ["smell"] * 2 + ["dust"], start=1)
)
FAULTY = "Date;Cause\r\n31/02/2026;noise\r\n2026-09-01;\r\n9/10/26;<b>dust</b>\r\nsoon;noise\r\n"


def choose_file(page, place, name: str, content: str) -> None:
    with page.expect_file_chooser() as asked:
        place.get_by_role("button", name="Choose your file").click()
    asked.value.set_files({"name": name, "mimeType": "text/csv", "buffer": content.encode()})


def tool(page, title: str):
    """The form with this title, with the way to one's own data below it."""
    return page.locator(".lk-form").filter(has_text=title).filter(has=page.locator(".lk-own")).first


def test_a_learners_own_complaints(kit, kept):
    page = kept(kit.page("so4-administer.ipynb"))
    place = tool(page, "Look through the complaints")
    place.get_by_role("button", name="Use your own data").click()
    place.get_by_text("Your own business").wait_for()
    every_fault_can_be_read_and_nothing_is_lost(page, place)
    the_tool_shows_them_and_goes_back(page, place)


def every_fault_can_be_read_and_nothing_is_lost(page, place):
    choose_file(page, place, "faulty.csv", FAULTY)
    place.get_by_role("button", name="Use my data").click()
    place.get_by_text("4 faults in faulty.csv").wait_for()
    rows = place.get_by_role("region", name="Every fault").locator("tr").all_inner_texts()
    assert len(rows) == 5
    assert "February 2026 has the days 1 to 28" in rows[1] and "empty" in rows[2]
    assert "9/10/2026" in rows[3] and "soon" in rows[4]
    assert place.get_by_text("240 complaints.").is_visible()


def the_tool_shows_them_and_goes_back(page, place):
    choose_file(page, place, "my complaints.csv", SOUND)
    place.get_by_text("my complaints.csv: 9 rows, 5 columns").wait_for()
    assert "Thandi" not in place.inner_text()
    place.get_by_label("Cause (required)").select_option("Klagte")
    place.get_by_role("button", name="Use my data").click()
    place.get_by_text("9 complaints. Noise").wait_for()
    assert "my complaints.csv, 9 rows" in place.inner_text()
    assert place.get_by_text("240 complaints.").count() == 0
    place.get_by_role("button", name="Back to the practice data").click()
    place.get_by_text("240 complaints.").wait_for()


def test_money_with_a_decimal_comma_is_read(kit, kept):
    page = kept(kit.page("so4-administer.ipynb"))
    place = tool(page, "Weigh the scorecard")
    place.get_by_role("button", name="Use your own data").click()
    text = "Klient;Spend;GP %;Days late;Stock turns\r\nK-1;R1 500,00;12,5 %;0;1,2\r\nK-2;R900,50;30 %;12;0,8\r\n"
    choose_file(page, place, "mine.csv", text)
    place.get_by_role("button", name="Use my data").click()
    place.get_by_text("K-1 scores").wait_for()
    said = place.inner_text().replace("\u00a0", " ")
    assert "R1 500" in said and "12,5 %" in said and "C-0015" not in said
    with page.expect_download() as asked:
        place.get_by_role("button", name="Use other data").click()
        place.get_by_text("Template for any spreadsheet").click()
    assert asked.value.suggested_filename == "scorecard.csv"
