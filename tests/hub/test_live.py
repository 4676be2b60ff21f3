"""A question to the class on a hub: asked by the facilitator, answered by accounts that cannot see each other's answers."""

from __future__ import annotations

import json
import os
import stat

import pytest

pytestmark = pytest.mark.xdist_group("hub")

ASK = r"""
import sys
from learner_kit.course import exchange, polls
from learner_kit.course.cohort import open_cohort
from learner_kit.teaching import polling
cohort = open_cohort("may")
polling.ask(cohort, polls.new("Which way suits you?", "choice", ["SMS", "Telephone", "Letter"]), "fay",
            str(exchange.prepare_live(cohort.name)))
"""
# As the page In class does: the folder from the hub, a secret of the account's own.
ANSWER = r"""
import sys
from learner_kit.course import exchange, polls
folder = exchange.joined().live
polls.answer(folder, polls.current(folder), int(sys.argv[1]), sys.argv[2])
"""
TRY = r"""
import json, os, sys
from pathlib import Path
place, theirs = Path(sys.argv[1]), sys.argv[2]
tries = {
    "list the answers": lambda: os.listdir(place),
    "read another's answer by its name": lambda: (place / theirs).read_text(),
    "write into another's answer": lambda: (place / theirs).write_text("{}"),
    "change the question": lambda: (place.parents[1] / "class-question.json").write_text("{}"),
    "take the question away": lambda: os.unlink(place.parents[1] / "class-question.json"),
    "put another question there": lambda: (place.parents[1] / "mine.json").write_text("{}"),
    "make a folder of answers": lambda: os.mkdir(place.parent / "0123456789ab"),
    "take the folder of answers away": lambda: os.rename(place, place.with_name("gone")),
    "loosen the folder of answers": lambda: os.chmod(place, 0o777),
}
found = {}
for name, attempt in tries.items():
    try:
        found[name] = f"REACHED {attempt()!r}"
    except OSError as error:
        found[name] = type(error).__name__
print("FOUND", json.dumps(found))
"""
RESULT = r"""
import json
from learner_kit.course.cohort import open_cohort
from learner_kit.teaching import polling
result, ignored = polling.results(polling.opened(open_cohort("may")))
print("FOUND", json.dumps([dict(result.counts), result.base, [why for _, why in ignored]]))
"""
CLOSE = "from learner_kit.course.cohort import open_cohort\nfrom learner_kit.teaching import polling\n"
CLOSE += "polling.close(open_cohort('may'), 'amy')\n"


def found(said: str):
    return json.loads(said.partition("FOUND ")[2])


@pytest.fixture(scope="module")
def asked(course):
    code, said = course.run_python("fay", ASK)
    assert code == 0, said
    live = course.root / "exchange/may/class"
    (place,) = (live / "class-answers").iterdir()
    return live, place


def test_many_accounts_answer_and_each_counts_once(course, asked):
    live, place = asked
    assert stat.S_IMODE(live.stat().st_mode) == 0o2775 and stat.S_IMODE(place.stat().st_mode) == 0o2773
    assert stat.S_IMODE((live / "class-question.json").stat().st_mode) & 0o022 == 0o020, (
        "staff may change it, no learner"
    )
    for number, (who, chosen) in enumerate({"ann": 0, "ben": 0, "c10": 1, "c11": 2}.items()):
        code, said = course.run_python(who, ANSWER, str(chosen), f"secret-{number}")
        assert code == 0, said
    for one in place.iterdir():
        assert stat.S_IMODE(one.stat().st_mode) == 0o640
    code, said = course.run_python("fay", RESULT)
    assert code == 0 and found(said) == [{"SMS": 2, "Telephone": 1, "Letter": 1}, 4, []], said
    assert course.run_python("c11", ANSWER, "1", "secret-3")[0] == 0  # changed her mind
    assert course.run_python("c10", ANSWER, "2", "a-second-secret")[0] == 0  # a second file of one account
    code, said = course.run_python("mia", RESULT)
    assert found(said) == [
        {"SMS": 2, "Telephone": 1, "Letter": 1},
        4,
        ["is a second answer from the same account"],
    ], said


def test_no_learner_reads_or_changes_what_is_anothers(course, asked):
    _, place = asked
    assert course.run_python("ben", ANSWER, "0", "secret-1")[0] == 0
    theirs = next(one.name for one in place.iterdir() if one.stat().st_uid == os.stat(course.home("ben")).st_uid)
    code, said = course.run_python("ann", TRY, str(place), theirs)
    assert code == 0 and set(found(said).values()) == {"PermissionError"}, said


def test_a_colleague_closes_it_and_nothing_of_it_is_left(course, asked):
    live, place = asked
    code, said = course.run_python("amy", CLOSE)
    assert code == 0, said
    assert not place.exists() and not (live / "class-question.json").exists()
    code, said = course.run_python("ann", ANSWER, "0", "secret-0")
    assert code != 0
    code, said = course.run_python(
        "ann",
        "from learner_kit.course import exchange, polls; print('OPEN', polls.current(exchange.joined().live))",
    )
    assert "OPEN None" in said


def test_the_page_in_class_knows_the_folder_and_asks_for_no_number(course):
    code = (
        "import os\nfrom learner_kit.course import exchange\nfrom learner_kit.desks import learner_class\n"
        "os.environ[learner_class.SHARED] = str(exchange.joined().live)\n"
        "made = learner_class.Class('kept.json')\n"
        "print('HID', made.folder.layout.display, made.question.learner.layout.display)\n"
        "made.question._look()\nprint('SAID', made.question.said.face.value)\n"
        "print('PLACE', made.place())\n"
    )
    code, said = course.run_python("ann", code)
    assert code == 0 and "HID none none" in said and f"PLACE {course.root}/exchange/may/class" in said, said
