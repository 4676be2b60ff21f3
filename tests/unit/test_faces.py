"""Calculators and quizzes, used as a learner would: type, press, mistype, mend."""

import pytest

from learner_kit import value
from learner_kit.faces import calculator, field, quiz, right, wrong
from learner_kit.shown import result, say, table
from learner_kit.workbook import Workbook

from .hands import found, html, press

widgets = pytest.importorskip("ipywidgets")


def sales(**fields):
    given = {
        "price": field("Price", 1_500, high=5_000, step=50, unit="R"),
        "customers": field("Customers", 10, low=1, high=20),
        "purchases_per_year": field("Visits", 4, high=365),
    }
    return calculator(
        value.sales_potential,
        {**given, **fields},
        show=lambda rand, given: (f"{say(rand, 'R')} from {given['customers']} customers.", None),
    )


def typed(face, label):
    return next(one for one in found(face, widgets.Text) if one.description == label)


# --- numbers and tables ---


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((0, "R"), "R0"),
        ((-15_000, "R"), "-R15 000"),
        ((0.25, "R"), "R0,25"),
        ((1.999, "R"), "R2"),
        ((0.065, "%"), "6,5 %"),
        ((1 / 3, "%"), "33,33 %"),
        ((18.000000000000004, "customers"), "18 customers"),
        ((2.5, ""), "2,5"),
    ],
)
def test_say(given, said):
    assert say(*given).replace("\u00a0", " ") == said


def test_result_escapes_and_stands_in_plain_words():
    shown = result("Sales <b>now</b>", 60_000)
    assert "&lt;b&gt;" in shown._repr_html_() and "<b>" not in shown._repr_html_()
    assert repr(shown).replace("\u00a0", " ") == "Sales <b>now</b>: R60 000"


def test_a_column_of_money_has_cents_throughout_or_nowhere():
    words = repr(table([("Method", "Cost"), ("SMS", (10, "R")), ("E-mail", (12.5, "R"))], "Costs"))
    assert "R10,00" in words and "R12,50" in words
    assert "R10\n" in repr(table([("Method", "Cost"), ("SMS", (10, "R")), ("Post", (20, "R"))], "Costs")) + "\n"


def test_bars_are_drawn_to_scale_beside_their_numbers():
    html = table([("Round", "People"), ("1", (10, "")), ("2", (40, "")), ("3", (-20, ""))], "Heard", bar=1).html
    assert [part.split("em")[0] for part in html.split("width:")[1:] if part[0].isdigit()][1::2] == [
        "2.50",
        "10.00",
        "5.00",
    ]
    assert html.count("dashed") == 1 and html.count('aria-hidden="true"') == 3
    assert '<th scope="col"' in html and '<th scope="row"' in html and "<caption" in html


def test_a_table_of_nothing_but_zeros_or_of_no_rows_draws():
    assert "0" in table([("A", "B"), ("x", (0, ""))], "Nothing", bar=1).html
    assert "A | B" in repr(table([("A", "B")], "No rows", bar=1))


# --- calculators ---


def test_calculator_starts_with_an_answer_and_follows_what_is_typed():
    face = sales()
    assert "R60\u00a0000 from 10 customers." in html(face)
    typed(face, "Price").value = "R750,00"
    assert "R30\u00a0000 from 10 customers." in html(face)


def test_buttons_step_and_stop_at_the_bounds():
    face = sales()
    press(face, "Customers: more")
    assert typed(face, "Customers").value == "11"
    for _ in range(15):
        press(face, "Customers: less")
    assert typed(face, "Customers").value == "1"
    for _ in range(30):
        press(face, "Customers: more")
    assert typed(face, "Customers").value == "20"
    press(face, "Price: more")
    assert typed(face, "Price").value == "R1 550"


@pytest.mark.parametrize("bad", ["", "abc", "-1", "21", "2,5", "1,500", "<b>"])
def test_a_bad_entry_stays_as_typed_is_explained_in_place_and_can_be_mended(bad):
    face = sales()
    typed(face, "Customers").value = bad
    assert typed(face, "Customers").value == bad
    assert "▲" in html(face) and "Mend the field" in html(face) and "<b>" not in html(face)
    assert "R60\u00a0000" not in html(face)
    typed(face, "Customers").value = "10"
    assert "▲" not in html(face) and "R60\u00a0000" in html(face)


def test_a_step_from_a_bad_entry_goes_back_to_the_start():
    face = sales()
    typed(face, "Visits").value = "often"
    press(face, "Visits: more")
    assert typed(face, "Visits").value == "4"


def test_percent_is_typed_as_percent_and_given_as_a_fraction():
    seen = []
    face = calculator(
        lambda share: seen.append(share) or share,
        {"share": field("Share", 20, high=100, step=5, unit="%")},
        show=lambda share, given: (say(share, "%"), None),
    )
    typed(face, "Share").value = "12,5 %"
    press(face, "Share: more")
    assert seen == [0.2, 0.125, 0.175] and typed(face, "Share").value == "17,5 %"


def test_what_the_function_refuses_is_said_in_words():
    face = calculator(
        value.retention_rate,
        {"start": field("Start", 10, low=1), "end": field("End", 10), "new": field("New", 0)},
        show=lambda rate, given: (say(rate, "%"), None),
    )
    typed(face, "New").value = "11"
    assert "new" in html(face) and "Traceback" not in html(face)
    typed(face, "New").value = "2"
    assert "80\u00a0%" in html(face)


def test_live_faces_carry_plain_words_for_print():
    bundle = sales()._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    assert bundle["text/plain"].startswith("Try it. A calculator. You can change: Price; Customers; Visits.")


# --- quizzes ---

OPTIONS = (
    wrong("300", "Those are the <new> ones only."),
    right("400", "300 and 100."),
    wrong("103", "Three for each."),
)
MANY = (right("Who sends it", "Law."), right("How to stop", "Law too."), wrong("Urgent", "Only if it is."))


def test_the_answer_opens_only_after_an_attempt():
    face = quiz("How many?", *OPTIONS)
    reveal = next(one for one in found(face, widgets.Button) if one.description == "Show the answer")
    assert reveal.disabled and "300 and 100" not in html(face)
    press(face, "Check my answer")
    assert reveal.disabled and "Choose an answer first" in html(face)
    found(face, widgets.RadioButtons)[0].value = 0
    press(face, "Check my answer")
    assert "Those are the &lt;new&gt; ones only." in html(face) and "300 and 100" not in html(face)
    assert not reveal.disabled
    press(face, "Show the answer")
    assert "400" in html(face) and "300 and 100" in html(face)


def test_a_right_answer_says_why():
    face = quiz("How many?", *OPTIONS)
    found(face, widgets.RadioButtons)[0].value = 1
    press(face, "Check my answer")
    assert "Yes, that is right." in html(face) and "300 and 100" in html(face)


def test_several_right_answers_are_all_to_be_found():
    face = quiz("What must stand there?", *MANY)
    first, second, third = found(face, widgets.Checkbox)
    first.value = True
    press(face, "Check my answer")
    assert "one more" in html(face) and "Law too" not in html(face)
    third.value = True
    press(face, "Check my answer")
    assert "Only if it is." in html(face) and "Not there yet" in html(face)
    second.value, third.value = True, False
    press(face, "Check my answer")
    assert "Yes, that is right." in html(face)


@pytest.mark.parametrize(("options", "choose"), [(OPTIONS, [2]), (MANY, [0, 2])])
def test_the_last_attempt_is_kept_and_stands_there_again(tmp_path, options, choose):
    def make():
        return quiz("Well?", *options, book=Workbook("guide", tmp_path, file="progress.json"), id="so1-ac1-check-1")

    face = make()
    if boxes := found(face, widgets.Checkbox):
        for place in choose:
            boxes[place].value = True
    else:
        found(face, widgets.RadioButtons)[0].value = choose[0]
    press(face, "Check my answer")
    again = make()
    assert options[choose[-1]].why in html(again)
    boxes = found(again, widgets.Checkbox)
    chosen = [place for place, one in enumerate(boxes) if one.value] or [found(again, widgets.RadioButtons)[0].value]
    assert chosen == choose


def test_a_kept_attempt_whose_words_have_changed_is_forgotten(tmp_path):
    book = Workbook("guide", tmp_path, file="progress.json")
    face = quiz("Well?", *OPTIONS, book=book, id="so1-ac1-check-1")
    found(face, widgets.RadioButtons)[0].value = 0
    press(face, "Check my answer")
    changed = (wrong("three hundred", "No."), *OPTIONS[1:])
    again = quiz("Well?", *changed, book=Workbook("guide", tmp_path, file="progress.json"), id="so1-ac1-check-1")
    assert found(again, widgets.RadioButtons)[0].value is None


@pytest.mark.parametrize("options", [OPTIONS[:1], (OPTIONS[0], OPTIONS[2]), (OPTIONS[1], OPTIONS[1])])
def test_a_quiz_that_cannot_be_answered_is_refused(options):
    with pytest.raises(ValueError, match="options must be"):
        quiz("How many?", *options)


def test_a_book_needs_an_id(tmp_path):
    with pytest.raises(ValueError, match="book and id"):
        quiz("How many?", *OPTIONS, book=Workbook("guide", tmp_path, file="progress.json"))
