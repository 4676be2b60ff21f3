"""What the server is told, without starting one; the browser tests start it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from learner_kit import serve as serving
from learner_kit.errors import KitError

KIT = Path("/srv/kit")


@pytest.fixture
def kit(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("00-welcome.ipynb", "so1-benefits.ipynb", "so2-initiate.ipynb", "assessor.ipynb"):
        (tmp_path / "notebooks" / name).write_text("{}")
    return tmp_path


@pytest.fixture
def here(kit):
    return serving.Place(kit, "", kit / "cohorts" / "may", formgrader=True)


def test_a_page_list_names_only_pages_that_exist(kit, here):
    shown = serving.page_list("notebooks/so1-benefits.ipynb", "/", here, kit)
    assert [[page["title"] for page in group["pages"]] for group in shown["groups"]] == [
        ["Welcome", "1 · Why customers matter", "2 · Making contact"],
        ["Assessor"],
    ]
    assert shown["title"] == "1 · Why customers matter"
    assert shown["back"]["href"] == "/voila/render/notebooks/00-welcome.ipynb"
    assert shown["next"]["href"] == "/voila/render/notebooks/so2-initiate.ipynb"
    assert shown["notebook"] == "/lab/tree/notebooks/so1-benefits.ipynb"


def test_desks_and_workbooks_have_no_back_and_next(kit, here):
    for name in ("notebooks/assessor.ipynb", "cohorts/may/work/so1/so1.ipynb"):
        shown = serving.page_list(name, "/", here, kit)
        assert shown["back"] is None
        assert shown["next"] is None
    assert not any(page["current"] for group in shown["groups"] for page in group["pages"])
    assert shown["title"] == "so1"


def test_every_workbook_laid_out_is_listed_by_its_heading(kit, here):
    """Another programme's workbook has no line in lessons.toml; what is no workbook, or damaged, costs nothing."""
    for name, content in {
        "so1/so1": '{"cells": [{"cell_type": "markdown", "source": ["# Workbook 1 · Why customers matter"]}]}',
        "foundation/foundation": '{"cells": [{"cell_type": "markdown", "source": "# Workbook: customers *first*\\n\\nText"}]}',
        "odd/odd": "no notebook",
        "odd/copy of odd": "{}",
    }.items():
        path = kit / "work" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    shown = serving.page_list("work/foundation/foundation.ipynb", "/", here, kit)
    (group,) = [group for group in shown["groups"] if group["title"] == "Workbooks"]
    assert [page["title"] for page in group["pages"]] == [
        "Workbook 1 · Why customers matter (so1)",
        "Workbook: customers first (foundation)",
        "odd",
    ]
    assert [page["href"] for page in group["pages"] if page["current"]] == [
        "/voila/render/work/foundation/foundation.ipynb"
    ]
    assert shown["title"] == "Workbook: customers first (foundation)"
    assert shown["subject"] == "Unit standard 252218 · Liaise with a range of customers of a business"


def test_a_page_says_which_unit_standard_the_class_is_about(kit, here):
    here.cohort.mkdir(parents=True)
    held = serving.KIT / "programmes" / "customer-focus"
    (here.cohort / "cohort.toml").write_text(f'name = "may"\nprogramme = {str(held)!r}\nseed = "may"\n')
    shown = serving.page_list("notebooks/00-welcome.ipynb", "/", here, kit)["subject"]
    assert shown.startswith("Unit standard ") and "252218" not in shown


def test_addresses_keep_the_servers_base_and_the_kits_place(kit):
    place = serving.Place(kit.parent, "my kit/", kit.parent / "may", formgrader=True)
    shown = serving.page_list("my kit/notebooks/00-welcome.ipynb", "/user/x/", place, kit)
    assert shown["home"] == "/user/x/voila/render/my%20kit/notebooks/00-welcome.ipynb"
    assert shown["groups"][0]["pages"][0]["current"]
    assert shown["notebook"] == "/user/x/lab/tree/my%20kit/notebooks/00-welcome.ipynb"


@pytest.mark.parametrize(
    ("cohort", "root", "prefix", "formgrader"),
    [
        ("/srv/kit/cohorts/may", "/srv/kit", "", True),
        ("/srv/classes/may", "/srv", "kit/", True),
        ("/srv", "/srv/kit", "", False),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="paths of other systems")
def test_the_served_folder_holds_the_kit_and_the_cohort(cohort, root, prefix, formgrader):
    place = serving.place_for(KIT, Path(cohort))
    assert (str(place.root), place.prefix, place.formgrader) == (root, prefix, formgrader)


def test_two_drives_switch_formgrader_off(monkeypatch):
    def none(paths):
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr(serving.os.path, "commonpath", none)
    place = serving.place_for(KIT, Path("/other/may"))
    assert place == (KIT, "", Path("/other/may"), False)
    told = serving.settings(place, Path.cwd(), "x", False, False, 8888, kernels=None)
    assert told["ServerApp"]["jpserver_extensions"]["nbgrader.server_extensions.formgrader"] is False


@pytest.mark.parametrize("part", ["submitted", "Autograded", "feedback"])
def test_what_was_handed_in_is_refused_however_it_is_written(part):
    assert serving.refuse_handed_in(f"cohorts/may/{part}/L-0001/so1/so1.ipynb")
    assert serving.refuse_handed_in(f"cohorts\\may\\{part}\\x.ipynb")
    assert not serving.refuse_handed_in(f"cohorts/may/my-{part}.ipynb")


def test_the_server_listens_on_this_computer_only_and_asks_nobody(here):
    told = serving.settings(here, Path.cwd(), "secret", False, True, 8888, kernels=None)
    assert told["ServerApp"]["ip"] == "127.0.0.1"
    assert told["IdentityProvider"]["token"] == "secret"
    assert told["LabApp"]["news_url"] is None
    assert told["LabApp"]["check_for_updates_class"] == "jupyterlab.NeverCheckForUpdate"
    assert told["LabApp"]["extension_manager"] == "readonly"
    assert told["VoilaConfiguration"]["show_tracebacks"] is False
    assert told["ServerApp"]["default_url"] == "/voila/render/notebooks/00-welcome.ipynb"
    lab = serving.settings(here, Path.cwd(), "secret", True, True, 8888, kernels=None)
    assert lab["ServerApp"]["default_url"] == "/lab/tree/notebooks/00-welcome.ipynb"


def test_the_users_own_jupyter_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin")
    given = serving.environment(tmp_path / "home", tmp_path / "may")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        assert Path(given[name]).is_relative_to(tmp_path / "home")
    assert given["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0] == str(tmp_path / "may")
    assert given["PATH"].endswith(os.pathsep + "/usr/bin")


def test_a_wrong_port_or_a_missing_cohort_is_said_before_anything_starts(tmp_path):
    with pytest.raises(ValueError, match="port"):
        serving.serve(tmp_path, port=80)
    with pytest.raises(KitError, match="no cohort folder"):
        serving.serve(tmp_path / "none")


def test_a_folder_that_cannot_be_written_gets_a_temporary_one(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert serving.jupyter_home(blocked / "jupyter") != blocked / "jupyter"
    assert (serving.jupyter_home(tmp_path / "new") / ".gitignore").read_text() == "*\n"


def test_no_file_of_the_pages_names_another_machine():
    for path in serving.PAGES.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", text)) <= {"http://www.w3.org", "http://127.0.0.1"}, (
                path
            )
