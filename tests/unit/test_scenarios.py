"""Branching scenarios: those of the kit are sound, faults are told all at once, walks follow what was chosen."""

from pathlib import Path

import pytest

from learner_kit.errors import DataError, KitError
from learner_kit.lessons import scenarios

NAMES = sorted(path.stem for path in scenarios.FOLDER.glob("*.toml"))
SOUND = """
format = 1
title = "T"
task = "Do it."
lesson = "L"
start = "a"
[scenes.a]
says = "Hello?"
[scenes.a.replies.one]
says = "One"
mark = "good"
why = "Because."
then = "b"
[scenes.a.replies.again]
says = "Again"
mark = "poor"
why = "Round you go."
then = "a"
[scenes.b]
ending = "good"
sees = "The end."
"""


@pytest.fixture
def load(tmp_path: Path):
    def load(text: str) -> scenarios.Scenario:
        path = tmp_path / "talk.toml"
        path.write_text(text, encoding="utf-8")
        return scenarios.load(path)

    return load


@pytest.mark.parametrize("name", NAMES)
def test_the_kits_scenarios_have_a_way_of_only_good_replies_to_a_good_end(name):
    told = scenarios.load(name)
    walk = scenarios.follow(told)
    for _ in told.scenes:
        if walk.now.is_end:
            break
        good = next(reply for reply in walk.now.replies.values() if reply.mark == "good")
        walk = scenarios.follow(told, f"{walk.path} {walk.now.key}/{good.key}")
    assert walk.now.ending == "good" and walk.count("good") == len(walk.steps) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_the_kits_scenarios_offer_a_good_reply_in_every_scene_and_not_always_in_one_place(name):
    scenes = [scene for scene in scenarios.load(name).scenes.values() if not scene.is_end]
    places = [[reply.mark for reply in scene.replies.values()].index("good") for scene in scenes]
    assert len(set(places)) > 1
    assert any(reply.mark == "poor" for scene in scenes for reply in scene.replies.values())
    assert f"`{name}.toml`" in (scenarios.FOLDER / "README.md").read_text(encoding="utf-8")


def test_a_walk_is_found_again_from_its_path_and_stops_where_it_no_longer_fits(load):
    told = load(SOUND)
    walk = scenarios.follow(told, "a/again a/again a/one")
    assert walk.now.is_end and walk.count("poor") == 2 and walk.path == "a/again a/again a/one"
    assert scenarios.follow(told, "a/again a/gone a/one").path == "a/again"
    assert scenarios.follow(told, ["b/one", "", "a"]).steps == ()


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ('start = "a"', 'start = "z"', "start", "not one of the scenes"),
        ('then = "b"', 'then = "z"', "scenes.a.replies.one.then", "not one of the scenes"),
        ('then = "b"', 'then = "a"', "scenes.b", "cannot be reached"),
        ('then = "b"', 'then = "a"', "scenes.a", "never comes to an ending"),
        ('mark = "good"', 'mark = "nice"', "scenes.a.replies.one.mark", "not one of"),
        ('why = "Because."', "", "scenes.a.replies.one.why", "missing"),
        ('says = "Hello?"', "", "scenes.a", "needs sees"),
        ('ending = "good"', "", "scenes.b", "two replies"),
        ('sees = "The end."', 'seas = "The end."', "scenes.b.seas", "misspelt"),
        ("format = 1", "format = 2", "format", "not one of"),
        ("[scenes.a.replies.one]", "[scenes.a.replies.One]", "scenes.a.One", "small letters"),
    ],
)
def test_each_fault_is_told_with_its_place(load, old, new, place, reason):
    with pytest.raises(DataError) as caught:
        load(SOUND.replace(old, new, 1))
    assert any(fault.column == place and reason in fault.reason for fault in caught.value.faults), caught.value


def test_an_ending_has_no_replies_and_faults_are_told_together(load):
    text = SOUND.replace('title = "T"', "").replace('ending = "good"', 'ending = "fair"\nreplies = {}')
    with pytest.raises(DataError) as caught:
        load(text)
    assert {fault.column for fault in caught.value.faults} == {"title", "scenes.b"}


@pytest.mark.parametrize("text", ["scenes = 3", "", "[scenes]\na = 4", "[scenes.a]\nreplies = 7", "= ="])
def test_nonsense_is_refused_in_words(load, text):
    with pytest.raises((DataError, KitError)):
        load(text)


def test_a_missing_scenario_is_named(tmp_path):
    with pytest.raises(KitError, match=r"no-such-talk\.toml is missing"):
        scenarios.load("no-such-talk")
