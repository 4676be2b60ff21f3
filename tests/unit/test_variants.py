"""Every learner's own figures: drawn alike everywhere, never degenerate, written as prompts show them."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learner_kit.workbook import Workbook, choice, count, grading, number, percent, pick, rand, table, worked
from learner_kit.workbook.variants import class_seed, fill, holes, make, shown
from learner_kit.workbook.variants import number as drawn_by

SHOP = {"price": rand(1_500, 900, 2_400, step=50), "people": count(10, 6, 24), "share": percent(20, 10, 30)}
# Worked out once and never to change: another machine, Python or release of the kit must draw the same.
DRAWN = [
    ("class", "L-0001", "shop", (1800, 7, 26)),
    ("class", "L-0002", "shop", (900, 12, 13)),
    ("class", "L-9999999999", "shop", (1300, 23, 13)),
    ("b84f94a8bc66a489fcce10bc6f043eec", "L-0001", "shop", (1150, 9, 13)),
    ("klas ê", "L-0001", "winkel", (1000, 17, 11)),
]


def drawn(seed, learner, name="shop", where=None, **figures):
    return make("so1", name, where, figures or SHOP).draw(seed, learner)


@pytest.mark.parametrize(("seed", "learner", "name", "values"), DRAWN)
def test_the_same_draw_everywhere(seed, learner, name, values):
    random.seed(7)
    found = drawn(seed, learner, name)
    assert (found.price, found.people, found.share) == values
    assert random.random() == random.Random(7).random()  # the state of the random module is not touched


def test_the_draw_is_what_the_module_says_it_is():
    said = "learner-kit figures 1\nclass\nL-0001\nso1\nshop\nprice\n0"
    whole = int(hashlib.sha256(said.encode()).hexdigest(), 16)
    assert drawn_by("class", "L-0001", "so1", "shop", "price") == whole
    assert drawn("class", "L-0001").price == 900 + whole % 31 * 50


@pytest.mark.parametrize(("seed", "learner"), [(None, "L-0001"), ("class", None), ("", "L-0001"), (None, None)])
def test_without_seed_or_number_the_practice_figures_stand(seed, learner):
    found = drawn(seed, learner)
    assert (found.price, found.people, found.share) == (1_500, 10, 20)


@given(st.text(min_size=1), st.integers(0, 99_999))
def test_every_draw_keeps_to_range_step_and_rule(seed, place):
    found = drawn(seed, f"L-{place:05d}", where=lambda f: f.price * f.people % 100 == 0)
    assert found.price in range(900, 2_401, 50) and 6 <= found.people <= 24 and 10 <= found.share <= 30
    assert found.price * found.people % 100 == 0


def test_figures_spread_over_their_range():
    people = [drawn("class", f"L-{place:04d}").people for place in range(1_900)]
    assert all(60 <= people.count(one) <= 150 for one in range(6, 25))


def test_a_class_seed_does_not_tell_the_cohorts_own():
    assert class_seed("tests") != class_seed("tests ") and "tests" not in class_seed("tests")


@pytest.mark.parametrize(
    ("make_it", "words"),
    [
        (lambda: rand(1, 5, 5), "low must be below high"),
        (lambda: count(1, 0, 5, step=0), "step above 0"),
        (lambda: count(1, 0, 5, step=2), "does not lead from"),
        (lambda: pick("one"), "two words or more"),
        (lambda: make("so1", "Shop", None, SHOP), "small letters"),
        (lambda: make("so1", "shop", None, {}), "none"),
        (lambda: make("so1", "shop", lambda f: f.price > 2_000, SHOP), "practice figures of variant shop break"),
        (
            lambda: drawn("class", "L-0001", where=lambda f: not f.price % 1_500),
            None,
        ),
    ],
)
def test_what_an_author_got_wrong_is_said(make_it, words):
    if words is None:
        assert make_it().price == 1_500
        return
    with pytest.raises(ValueError, match=words):
        make_it()


def test_a_rule_that_never_holds_is_said_and_not_searched_for_ever():
    rule = make(
        "so1",
        "shop",
        lambda f: type(f.price) is not int and f.people == 10 and f.price == 1_500 and f.share == 20 and not f.tries,
        SHOP | {"tries": count(0, 1, 9)},
    )
    with pytest.raises(ValueError, match="held in none of 1000 draws"):
        rule.draw("class", "L-0001")


def test_a_worked_figure_follows_from_those_before_it():
    found = drawn(
        "class", "L-0001", price=rand(5, 4, 9, 0.5), two=worked(lambda f: 2 * f.price, "R"), who=pick("a", "b")
    )
    assert found.two == 2 * found.price and str(found.two).startswith("R") and found.who in "ab"


def test_figures_are_numbers_and_write_themselves_with_their_unit():
    found = make("so1", "shop", None, SHOP | {"cost": rand(5.2, 3, 8, step=0.1)}).practice
    assert found.price * 2 == 3_000 and f"{found.price}" == "R1\u00a0500" and f"{found.price:.1f}" == "1500.0"
    assert (str(found.share), str(found.people), str(found.cost)) == ("20\u00a0%", "10", "R5,20")
    assert "a" * found.people == "aaaaaaaaaa"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{shop.people} people", "10 people"),
        ("{R shop.price * shop.people / 4}", "R3\u00a0750"),
        ("{% 100 * shop.people / 160}", "6,25\u00a0%"),
        ("{round(shop.price / 7, 1)} and {-shop.people}", "214,3 and -10"),
        ("nothing { here", "nothing { here"),
    ],
)
def test_figures_stand_in_texts(text, filled):
    assert fill(text, {"shop": make("so1", "shop", None, SHOP).practice}) == filled


@pytest.mark.parametrize(
    "text",
    [
        "{stall.price}",
        "{shop.weight}",
        "{shop.price / 0}",
        "{__import__('os')}",
        "{shop.price.real}",
        "{shop._held}",
        "{1 +}",
        "{'a' * 9}",
        "{shop.price ** 99}",
    ],
)
def test_only_arithmetic_on_known_figures_stands_between_braces(text):
    with pytest.raises(ValueError):
        fill(text, {"shop": make("so1", "shop", None, SHOP).practice})
    assert holes(text)


def test_numbers_are_written_as_prompts_write_them():
    assert (
        shown(0.1 + 0.2) == "0,3" and shown(1_234.567, "R") == "R1\u00a0234,57" and shown(99.999, "%") == "100\u00a0%"
    )


def asked(book):
    shop = book.variant("shop", **SHOP)
    form = book.ask(
        number("so1-ac1-sales", "{shop.people} people pay {shop.price} each. What comes in?", unit="R"),
        choice("so1-ac1-why", "Why?", {"a": "Because of {shop.share}", "b": "No reason"}),
        table("so1-ac1-rows", "Count", {"Count": "number"}, rows=["{shop.people} people", "None"]),
    )
    return shop, form


def test_options_and_rows_take_figures_too():
    with grading({}, "L-0001", "class"):
        shop, form = asked(Workbook("so1"))
    _, why, rows = form.questions
    assert why.options[0] == ("a", f"Because of {shop.share}") and rows.rows == (f"{shop.people} people", "None")


def test_a_prompt_that_names_no_figure_is_said():
    with grading({}), pytest.raises(ValueError, match=r"so1-ac1-sales: .*stall"):
        Workbook("so1").ask(number("so1-ac1-sales", "{stall.price}?"))


def seeded(tmp_path):
    (tmp_path / "figures.json").write_text('{"format": 1, "seed": "class"}')
    return Workbook("so1", tmp_path)


def test_the_number_draws_the_learners_own_figures(tmp_path):
    book = seeded(tmp_path)
    shop, form = asked(book)
    assert book.practising and form.questions[0].prompt.startswith("10 people") and shop.price == 1_500
    book.identify("l-0001")
    own = make("so1", "shop", None, SHOP).draw("class", "L-0001")
    assert book.own_figures and shop.price == own.price
    assert form.questions[0].prompt == f"{own.people} people pay {own.price} each. What comes in?"


def test_another_number_puts_answers_to_other_figures_aside_and_says_so(tmp_path):
    book = seeded(tmp_path)
    asked(book)
    book.ask(number("so1-ac1-plain", "How many?"))
    book.set("so1-ac1-sales", 15_000.0)
    book.set("so1-ac1-plain", 3.0)
    book.identify("L-0001")
    assert "so1-ac1-sales" not in book.answers and book.answers["so1-ac1-plain"] == 3
    assert "practice figures no longer counts; it is kept aside" in book.notice and ".json" not in book.notice
    assert book.trouble is None  # said once, at the number, and not again at every form
    book.set("so1-ac1-sales", 1.0)
    book.identify("L-0002")
    assert "so1-ac1-sales" not in book.answers and "figures of L-0001" in book.notice
    book.identify("L-0001")  # a slip of the finger costs nothing
    assert book.answers["so1-ac1-sales"] == 1
    assert (
        "no longer count" not in book.notice and "1 earlier answer to the figures of L-0001 counts again" in book.notice
    )
    book.identify("L-0003")
    book.identify("L-0004")
    assert book.notice is None, "nothing was put aside or taken back"
    book.identify("L-0001")
    assert Workbook("so1", tmp_path).answers["so1-ac1-sales"] == 1


def test_answers_of_cells_that_were_not_run_yet_are_put_aside_when_they_are(tmp_path):
    first = seeded(tmp_path)
    asked(first)
    first.set("so1-ac1-sales", 15_000.0)
    again = Workbook("so1", tmp_path)
    again.identify("L-0001")
    asked(again)
    assert "so1-ac1-sales" not in again.answers and "no longer count" in again.notice


def test_a_lost_file_of_the_class_is_said(tmp_path):
    book = Workbook("so1", tmp_path)
    asked(book)
    assert book.notice is None
    book.identify("L-0001")
    assert "figures.json is missing" in book.notice and book.practising


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"seed": 5}', b"\xff", b"[" * 9_000, b'{"seed": ""}'])
def test_a_damaged_file_of_the_class_is_said(tmp_path, content):
    (tmp_path / "figures.json").write_bytes(content)
    book = Workbook("so1", tmp_path)
    asked(book)
    book.identify("L-0001")
    assert "figures.json is missing" in book.notice


def test_another_tab_changed_the_number(tmp_path):
    one, other = seeded(tmp_path), Workbook("so1", tmp_path)
    shop, form = asked(one)
    other.identify("L-0001")
    one.ask(number("so1-ac1-plain", "How many?"))
    one.set("so1-ac1-plain", 3.0)
    assert one.learner == "L-0001" and form.questions[0].prompt.startswith(f"{shop.people} people") and one.own_figures


def test_given_figures_follow_the_number_and_are_shown_escaped(tmp_path):
    from learner_kit.forms import page
    from learner_kit.workbook import Workbook, given, number, rand
    from learner_kit.workbook.figures import write_seed

    write_seed(tmp_path, "class")
    book = Workbook("so1", tmp_path)
    book.variant("shop", price=rand(1_500, 900, 2_400, step=50))
    form = book.ask(
        given("Prices <b>", ["Shop", "Price"], ["A", "{shop.price}"]), number("so1-ac1-sales", "{shop.price} is what?")
    )
    face = page.form(form)
    held = lambda: "".join(getattr(one, "value", "") for one in face.children if hasattr(one, "value"))  # noqa: E731
    assert form.given[0].rows[0][1] == "R1\u00a0500" and "Prices &lt;b&gt;" in held()
    book.identify("L-0001")
    own = form.given[0].rows[0][1]
    assert own != "R1\u00a0500" and own in held() and own in form.questions[0].prompt


@pytest.mark.parametrize("rows", [(), (["A"],), (["A", "1", "2"],)])
def test_a_table_of_given_figures_is_whole_or_refused(rows):
    from learner_kit.workbook import given

    with pytest.raises(ValueError, match="row"):
        given("Prices", ["Shop", "Price"], *rows)


def test_a_table_that_names_no_figure_is_said_to_its_author():
    from learner_kit.workbook import Workbook, given, grading, number

    with grading({}), pytest.raises(ValueError, match="cannot be worked out"):
        Workbook("so1").ask(given("Prices", ["Price"], ["{shop.price}"]), number("so1-ac1-sales", "What?"))


@pytest.mark.parametrize("typed", ["l0001", "L 0001", " l-0001 ", "L\u20130001", "L0001"])
def test_a_learner_number_is_taken_however_it_is_typed(tmp_path, typed):
    book = seeded(tmp_path)
    book.identify(typed)
    assert book.learner == "L-0001"


def test_what_is_no_learner_number_is_said_and_stays_said_until_it_is_mended(tmp_path):
    from learner_kit.forms import page

    book = seeded(tmp_path)
    asked(book)
    number_form = page._Learner(book)
    number_form.input.value = "12"
    assert "L-0001" in number_form.said.value and "as your facilitator gave it to you" in number_form.said.value
    book.set("so1-ac1-sales", 15_000.0)
    book.tell(None)
    assert "lk-fault" in number_form.said.value
    number_form.input.value = "l 0001"
    assert "belongs to learner L-0001" in number_form.said.value
    assert number_form.notice.value.count("kept aside") == 1
    assert number_form.asking.layout.display == "none"


def test_answers_before_the_number_are_said_to_be_practice(tmp_path):
    from learner_kit.forms import page

    book = seeded(tmp_path)
    _, asked_form = asked(book)
    face = page.form(asked_form)
    face.fields["so1-ac1-sales"].input.value = "15000"
    assert "Practice" in face.fields["so1-ac1-sales"].said.value
    assert "Saved" not in face.fields["so1-ac1-sales"].said.value
    book.identify("L-0001")
    assert not any("kept aside" in getattr(one, "value", "") for one in face.children if hasattr(one, "value"))
    face.fields["so1-ac1-sales"].input.value = "15000"
    assert "Saved" in face.fields["so1-ac1-sales"].said.value and not book.for_practice("so1-ac1-sales")


def test_the_number_form_says_whose_figures_they_are(tmp_path):
    from learner_kit.forms import page
    from learner_kit.workbook.figures import write_seed

    for name, seed, said in (("may", "x", "Class: may"), ("a<b", class_seed("practice"), "Practice class")):
        write_seed(tmp_path, seed, name)
        book = Workbook("so1", tmp_path)
        asked(book)
        assert said in page._Learner(book).whose.value
    assert page._Learner(Workbook("so1", tmp_path / "elsewhere")).whose.value == ""
