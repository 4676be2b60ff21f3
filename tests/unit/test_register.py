"""The register: nothing lost, nothing doubled, with several processes writing at once."""

import csv
import pickle
import sqlite3
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from learner_kit.contact import Policy, Register, may_contact
from learner_kit.contact.register import neutral
from learner_kit.errors import DataError, KitError
from learner_kit.reading import read_table

DATA = Path(__file__).parents[2] / "data"
POLICY = Policy.load(DATA / "contact_policy.toml")
CALL = {
    "customer_id": "C-0001",
    "when": "2025-11-24 09:10",
    "channel": "telephone",
    "purpose": "query",
    "issue": "Q-0017",
    "outcome": "answered",
    "contacted_by": "S-01",
}


@pytest.fixture
def register(tmp_path):
    with Register(tmp_path / "register.db", POLICY) as made:
        yield made


def at_once(program: str, path: Path, processes: int) -> list[str]:
    """Run a program in several processes that begin together, and give what each printed."""
    begin = path.with_suffix(".begin")
    wait = (
        "import sys, time, pathlib\n"
        "from learner_kit.contact.register import Register\n"
        "who, path = sys.argv[1:]\n"
        "print('ready', flush=True)\n"
        f"while not pathlib.Path({str(begin)!r}).exists(): time.sleep(0.005)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", wait + program, str(n), str(path)], stdout=subprocess.PIPE, text=True)
        for n in range(processes)
    ]
    for one in running:
        assert one.stdout.readline() == "ready\n"
    begin.touch()
    said = [one.communicate(timeout=120)[0] for one in running]
    assert [one.returncode for one in running] == [0] * processes
    return said


def test_several_processes_lose_and_double_nothing(tmp_path):
    """The file itself is made by all of them at once; 8 x 1 000 stands in benchmarks/contact_plan.py."""
    path, processes, each = tmp_path / "register.db", 4, 60
    program = (
        "register = Register(path)\n"
        f"for n in range({each}):\n"
        "    register.append(customer_id=f'C-{who}-{n}', when='2025-11-24 09:10', channel='telephone', purpose='query',\n"
        "                    outcome='answered', contacted_by=f'S-{who}')\n"
    )
    at_once(program, path, processes)
    with Register(path) as register:
        table = register.table()
    assert len(table) == processes * each
    assert sorted(table["number"]) == list(range(1, processes * each + 1))
    assert set(table["customer_id"]) == {f"C-{who}-{n}" for who in range(processes) for n in range(each)}


def test_one_entry_given_by_several_processes_stands_once(tmp_path):
    program = (
        "register = Register(path)\n"
        "for n in range(20):\n"
        "    print(register.append(customer_id='C-0001', when='2025-11-24 09:10', channel='telephone', purpose='query',\n"
        "          outcome='answered', contacted_by='S-01', entry=f'entry-{n}'), end=' ')\n"
    )
    numbers = at_once(program, tmp_path / "register.db", 3)
    assert len(Register(tmp_path / "register.db")) == 20
    assert len(set(numbers)) == 1


def test_only_one_of_several_processes_is_granted_a_claim(tmp_path):
    path = tmp_path / "register.db"
    program = "print(bool(Register(path).claim('C-0001', 'K-0001', by=f'S-{who}')))"
    answers = [said.strip() for said in at_once(program, path, 4)]
    assert sorted(answers) == ["False", "False", "False", "True"]


def test_threads_share_a_register(register):
    def work(who: int) -> None:
        for _ in range(25):
            register.append(CALL, contacted_by=f"S-{who}")
        register.close()

    threads = [threading.Thread(target=work, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert register.table()["contacted_by"].value_counts().to_dict() == {f"S-{who}": 25 for who in range(4)}


def test_a_register_goes_to_another_process_by_its_path(register):
    register.append(CALL)
    with pickle.loads(pickle.dumps(register)) as other:
        assert len(other) == 1


def test_append_gives_numbers_and_keeps_every_field(register):
    assert register.append(CALL) == 1
    assert (
        register.append(
            CALL, purpose="New product", channel="Email", when=datetime(2025, 11, 24, 9, 20), consent="opt-in"
        )
        == 2
    )
    row = register.table().iloc[1]
    assert (row["channel"], row["purpose"], row["date"], row["time"]) == (
        "e-mail",
        "new-product",
        "2025-11-24",
        "09:20",
    )
    assert (row["issue"], row["consent"], row["next_action"]) == ("Q-0017", "opt-in", "")


def test_the_same_entry_twice_stands_once(register):
    assert register.append(CALL, entry="mine") == register.append(CALL, entry="mine") == 1
    assert register.append(CALL) == 2
    assert len(register) == 2


def test_duplicates_are_found_before_the_call(register):
    register.append(CALL)
    register.append(CALL, when="2025-11-25 10:00", contacted_by="S-02")
    found = register.duplicates("C-0001", " q-0017")
    assert found["contacted_by"].tolist() == ["S-02", "S-01"]  # the latest first
    assert register.duplicates("C-0002", "Q-0017").empty
    assert register.duplicates("C-0001", "Q-0018").empty
    assert len(register.duplicates("C-0001", "Q-0017", days=1, when="2025-11-26 09:30")) == 1
    assert register.duplicates("C-0001", "Q-0017", days=0.5, when="2025-11-26 09:30").empty


def test_a_claim_keeps_others_off_until_the_entry_or_its_end(register):
    mine = register.claim("C-0001", "Q-0017", by="S-01", minutes=10, when="2025-11-24 09:00")
    assert mine.granted
    assert mine.earlier.empty
    other = register.claim("C-0001", "q-0017", by="S-02", when="2025-11-24 09:05")
    assert not other
    assert (other.held_by, other.until) == ("S-01", datetime(2025, 11, 24, 9, 10))
    assert register.claim("C-0001", "Q-0017", by="S-01", when="2025-11-24 09:06")  # again, by whom it is held
    assert register.claim("C-0001", "Q-0018", by="S-02", when="2025-11-24 09:05")
    register.append(CALL)
    after = register.claim("C-0001", "Q-0017", by="S-02", when="2025-11-24 09:07")
    assert after.granted
    assert len(after.earlier) == 1
    assert register.claim("C-0001", "Q-0017", by="S-03", when="2025-11-24 11:00").granted  # the claim ended


def test_the_register_is_a_history_for_may_contact(register):
    register.append(CALL)
    verdict = may_contact("2025-11-24 10:00", "telephone", "query", CALL, register.table(), POLICY, issue="Q-0017")
    assert verdict.code == "duplicate"


def test_the_sample_register_goes_in_and_out(register, tmp_path):
    sample = read_table(DATA / "contact_register.csv")
    assert register.extend(sample) == 5
    out = register.export_csv(tmp_path / "out.csv")
    again = read_table(out)
    pd.testing.assert_frame_equal(again[sample.columns], sample)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_exported_cells_are_no_formulas(register, tmp_path, separator):
    risky = [
        '=HYPERLINK("http://example.co.za")',
        "+27 82 000 0123",
        "-1",
        "@SUM(A1)",
        "\t=1+1",
        " =1+1",
        "＝1+1",
        "=1;2,3",
    ]
    for note in risky:
        register.append(CALL, note=note)
    register.append(CALL, note="plain, with a comma; and\na new line")
    text = register.export_csv(tmp_path / "out.csv", separator).read_bytes().decode("utf-8-sig")
    assert "\r" not in text
    rows = list(csv.DictReader(text.splitlines(keepends=True), delimiter=separator))
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@＝＋－＠")]
    assert [row["note"] for row in rows][:2] == ["'" + risky[0], "'" + risky[1]]
    assert rows[-1]["note"] == "plain, with a comma; and\na new line"
    assert neutral("  =1+1") == "'  =1+1"
    with pytest.raises(ValueError, match="separator"):
        register.export_csv(tmp_path / "out.csv", "|")


def test_all_faults_of_a_contact_are_told_and_nothing_is_added(register):
    with pytest.raises(DataError) as refused:
        register.append(
            {
                "date": "31/02/2026",
                "time": "09:00",
                "channel": "pigeon",
                "purpose": "query",
                "colour": "red",
                "next_date": "soon",
                "note": "x" * 2001,
            }
        )
    assert {fault.column for fault in refused.value.faults} == {
        "customer_id",
        "date",
        "channel",
        "outcome",
        "contacted_by",
        "colour",
        "next_date",
        "note",
    }
    with pytest.raises(DataError, match="no time"):
        register.append({**CALL, "when": None, "date": "2025-11-24"})
    with pytest.raises(DataError, match="outcome"):
        register.append({**CALL, "outcome": float("nan")})
    assert len(register) == 0


def test_a_table_goes_in_whole_or_not_at_all(register):
    sample = read_table(DATA / "contact_register.csv")
    sample.loc[[1, 3], "time"] = ["", "25:00"]
    with pytest.raises(DataError) as refused:
        register.extend(sample)
    assert [fault.row for fault in refused.value.faults] == [2, 4]
    assert len(register) == 0
    assert register.extend(sample.iloc[:0]) == 0


def test_values_are_data_and_never_commands(register):
    nasty = "C'); DROP TABLE contacts; --"
    register.append(CALL, customer_id=nasty)
    assert len(register.duplicates(nasty, "Q-0017")) == 1


def test_a_file_that_is_no_register_is_left_as_it_is(tmp_path):
    other = tmp_path / "letter.txt"
    other.write_text("Dear customer, " * 100, encoding="utf-8")
    with pytest.raises(KitError, match="not a contact register"):
        Register(other)
    assert other.read_text(encoding="utf-8").startswith("Dear customer")
    with pytest.raises(KitError, match="no folder"):
        Register(tmp_path / "nowhere" / "register.db")
    with pytest.raises(KitError):
        Register(tmp_path)


def test_another_program_that_does_not_let_go_is_told_in_words(register, monkeypatch):
    register.append(CALL)
    register._connection().execute("PRAGMA busy_timeout=50")
    other = sqlite3.connect(register.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(KitError, match="in use"):
        register.append(CALL)
    assert len(register) == 1  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    assert register.append(CALL) == 2


@pytest.mark.parametrize("minutes", [0, -1, 1441, float("nan")])
def test_a_claim_has_bounds(register, minutes):
    with pytest.raises(ValueError, match="minutes"):
        register.claim("C-0001", "Q-0017", by="S-01", minutes=minutes)
    with pytest.raises(ValueError, match="by"):
        register.claim("C-0001", "Q-0017", by=" ")
