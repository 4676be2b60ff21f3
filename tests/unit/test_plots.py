"""Every chart: what it draws, what it says in words, and that nothing a table may hold breaks it."""

import datetime
import inspect
import re
import warnings

import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from learner_kit import plots, trends
from learner_kit.errors import DataError
from learner_kit.plots import canvas

DAY = datetime.date(2026, 11, 21)
LONG = "A very long label that somebody typed with $5 and $6 and #1 and \x07 and 中 and ḓḽṋṱ " * 2
USAGE = {
    "Daily": 35,
    "Weekly": 42,
    "Once a month": 46,
    "Every two to three months": 23,
    "Two or three times a year": 20,
    "Once a year": 12,
    "Do not use": 7,
}


def tallied(names, count):
    return pd.DataFrame({"answer": names, "count": [count] * len(names)})


def rated(names, count):
    answers = ["Poor", "Fair", "Good"]
    rows = [(name, answer, count) for name in names for answer in answers]
    return pd.DataFrame(rows, columns=["item", "answer", "count"]).astype({"count": float})


# name -> (chart of so many things with these names and this number, whether an empty table makes sense)
CHARTS = {
    "tally": lambda names, value: plots.tally(tallied(names, value).astype({"count": float}), title=LONG),
    "likert": lambda names, value: plots.likert(rated(names, value), title=LONG),
    "importance_performance": lambda names, value: plots.importance_performance(
        pd.DataFrame({"attribute": names, "importance": [value] * len(names), "performance": [value] * len(names)}),
        title=LONG,
    ),
    "calendar": lambda names, value: plots.calendar(
        pd.DataFrame({"date": [DAY] * len(names), "n": [value] * len(names)}), title=LONG, count="n", closed={DAY: LONG}
    ),
    "pareto": lambda names, value: plots.pareto(
        pd.DataFrame({"cause": names, "count": [value] * len(names)}), title=LONG
    ),
    "scorecard": lambda names, value: plots.scorecard(
        pd.DataFrame({"customer_id": names, "spend_score": value, "turns_score": value, "value": value, "band": LONG}),
        title=LONG,
    ),
    "trend": lambda names, value: plots.trend(pd.Series([value] * len(names), index=names), title=LONG, unit=LONG),
    "scatter": lambda names, value: plots.scatter(
        pd.DataFrame({"x": [value] * len(names), "y": [value] * len(names)}), "x", "y", title=LONG
    ),
}
SIZES = {"empty": ([], 0), "single": (["One"], 3), "zero": (["a", "b", "c"], 0), "long": ([LONG, LONG + "2"], 4)}


@pytest.fixture(autouse=True)
def strict():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)  # somebody else's file, collected while a chart is drawn
        yield


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_survives(name, size):
    made = CHARTS[name](*SIZES[size])
    assert isinstance(made, Axes)
    said = plots.alt(made)
    assert said == made.alt
    assert "\x07" not in said
    assert "\\" not in said
    assert ("no data" in said) == (size == "empty")
    picture = plots.to_png(made, dpi=60)
    assert picture.startswith(b"\x89PNG")
    assert picture == plots.to_png(CHARTS[name](*SIZES[size]), dpi=60)
    assert outside(made) == []


def outside(ax: Axes) -> list[str]:
    """Texts of a drawn chart that stand beyond the edge of its picture."""
    figure = ax.figure
    figure.draw_without_rendering()
    edge = figure.bbox.padded(1)
    texts = [
        *ax.texts,
        ax._left_title,
        *figure.texts,
        *(one for legend in figure.legends for one in legend.get_texts()),
    ]
    if ax.axison:
        texts += [ax.xaxis.label, ax.yaxis.label]
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            texts += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    boxes = [(one.get_text(), one.get_window_extent()) for one in texts if one.get_text().strip()]
    return [
        said
        for said, box in boxes
        if box.width and not (edge.x0 <= box.x0 and box.x1 <= edge.x1 and edge.y0 <= box.y0 and box.y1 <= edge.y1)
    ]


def test_nothing_reaches_pyplot_and_settings_are_left_alone():
    from matplotlib import pyplot

    before = dict(matplotlib.rcParams)
    for make in CHARTS.values():
        make(["One"], 2)
    assert pyplot.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("name", CHARTS)
def test_charts_draw_on_the_axes_they_are_given(name):
    assert inspect.signature(getattr(plots, name)).parameters["ax"].default is None
    mine = Figure().subplots()
    table = {
        "tally": tallied(["a"], 1),
        "likert": rated(["a"], 1),
        "importance_performance": pd.DataFrame({"attribute": ["a"], "importance": [1], "performance": [2]}),
        "calendar": pd.DataFrame({"date": [DAY]}),
        "pareto": pd.DataFrame({"cause": ["a"], "count": [1]}),
        "scorecard": pd.DataFrame({"customer_id": ["a"], "spend_score": [1], "value": [1]}),
        "trend": pd.DataFrame({"period": ["a"], "value": [1]}),
        "scatter": pd.DataFrame({"x": [1], "y": [1]}),
    }[name]
    before = table.copy(deep=True)
    more = ("x", "y") if name == "scatter" else ()
    assert getattr(plots, name)(table, *more, ax=mine) is mine
    pd.testing.assert_frame_equal(table, before)


def test_a_users_own_settings_do_not_change_the_picture():
    plain = plots.to_png(CHARTS["tally"](["a", "b"], 2))
    with matplotlib.rc_context({"font.size": 30, "axes.edgecolor": "red", "font.family": "monospace"}):
        assert plots.to_png(CHARTS["tally"](["a", "b"], 2)) == plain


# --- what is drawn and said ------------------------------------------------------------------------------------------


def test_tally_draws_and_says_the_counts():
    made = plots.tally(pd.DataFrame({"answer": list(USAGE), "count": list(USAGE.values())}), title="How often?")
    assert [bar.get_width() for bar in made.patches] == list(USAGE.values())
    said = plots.alt(made).replace("\u00a0", " ")
    assert said.startswith("How often? Bar chart of 185 answers: Daily 35 (18,92 %), Weekly 42 (22,70 %)")
    assert "Once a year 12 (6,49 %)" in said
    assert made.get_yticklabels()[0].get_text() == "Daily"
    low, high = made.get_ylim()
    assert low > high  # the first answer stands on top


def test_tally_shows_intervals():
    table = pd.DataFrame({"answer": ["a", "b"], "count": [30, 70], "low": [0.2, 0.6], "high": [0.4, 0.8]})
    made = plots.tally(table)
    [lines] = made.collections
    assert [tuple(one[:, 0]) for one in lines.get_segments()] == [pytest.approx((20, 40)), pytest.approx((60, 80))]


def test_likert_parts_at_the_middle_of_the_scale():
    counts = {"Very poor": 10, "Poor": 20, "So-so": 30, "Good": 25, "Very good": 15}
    table = pd.DataFrame({"item": "Price", "answer": list(counts), "count": list(counts.values())})
    made = plots.likert(table)
    bars = made.patches
    assert [bar.get_width() for bar in bars] == pytest.approx(list(counts.values()))
    assert bars[0].get_x() == pytest.approx(-45)  # 10 + 20 + half of 30
    assert bars[2].get_x() == pytest.approx(-15)
    assert [bool(bar.get_hatch()) for bar in bars] == [True, True, False, False, True]
    looks = {(to_hex(bar.get_facecolor()), bar.get_hatch()) for bar in bars}
    assert len(looks) == 5


def test_likert_of_an_even_scale_and_of_one_tally():
    made = plots.likert(pd.DataFrame({"answer": ["No", "Yes"], "count": [1, 3]}))
    assert [(bar.get_x(), bar.get_width()) for bar in made.patches] == [(-25, 25), (0, 75)]
    with pytest.raises(ValueError, match="2 to 5 answers, not 6"):
        plots.likert(pd.DataFrame({"answer": list("abcdef"), "count": 1}))


def test_importance_performance_places_every_attribute_in_its_quarter():
    table = pd.DataFrame(
        {"attribute": list("abcd"), "importance": [4.0, 4, 2, 2], "performance": [2.0, 4, 2, 4]},
    )
    made = plots.importance_performance(table)
    said = plots.alt(made)
    assert "meet at importance 3,00 and performance 3,00" in said
    for letter, quarter in zip(
        "abcd", ["concentrate here", "keep up the good work", "low priority", "possible overkill"], strict=True
    ):
        assert re.search(rf"\b{letter}: [^()]*\({quarter}\)", said)
    markers = {line.get_marker() for line in made.lines if line.get_marker() != "None"}
    assert len(markers) == 4  # a shape for each quarter
    moved = plots.importance_performance(table, cross=(1.0, 1.0))
    assert plots.alt(moved).count("keep up the good work") == 4


def test_calendar_counts_days_and_names_closed_ones():
    dates = [DAY, DAY, datetime.date(2026, 11, 25)]
    made = plots.calendar(pd.DataFrame({"date": dates}), closed={datetime.date(2026, 11, 24): "Day off"})
    said = plots.alt(made)
    assert "3 contacts on 2 days, most on 21 November 2026 (2)." in said
    assert "24 November 2026 (Day off)" in said
    assert any(patch.get_hatch() for patch in made.patches)
    texts = [one.get_text() for one in made.texts]
    assert texts.count("2") == 1
    assert "21" in texts


def test_calendar_leaves_out_other_days_and_limits_its_span():
    table = pd.DataFrame({"date": ["2026-01-01", "2026-11-23"]})
    assert "1 contact on 1 day" in plots.alt(plots.calendar(table, start=DAY, days=30))
    assert "no contacts" in plots.alt(plots.calendar(table.head(0), start=DAY, days=30))
    with pytest.raises(ValueError, match="days must be from 1 to 400"):
        plots.calendar(pd.DataFrame({"date": ["2020-01-01", "2026-11-23"]}))
    with pytest.raises(DataError, match="row 2, date"):
        plots.calendar(pd.DataFrame({"date": ["2026-01-01", "soon"]}))


def test_pareto_sorts_marks_the_vital_few_and_adds_up():
    table = pd.DataFrame({"cause": ["b", "a", "c"], "count": [20, 70, 10]})
    made = plots.pareto(table)
    assert [bar.get_width() for bar in made.patches] == [70, 20, 10]
    assert [bool(bar.get_hatch()) for bar in made.patches] == [True, True, False]
    assert "a 70 (70\u00a0% together), b 20 (90\u00a0%), c 10 (100\u00a0%)" in plots.alt(made)
    same = plots.pareto(trends.pareto(table, amount="count"))
    assert plots.alt(same) == plots.alt(made)


def test_pareto_gathers_the_rest():
    table = pd.DataFrame({"cause": [f"c{n}" for n in range(40)], "count": [1.0] * 40})
    made = plots.pareto(table)
    assert len(made.patches) == 16
    assert "25 others 25 (100\u00a0%)" in plots.alt(made)


def test_scorecard_says_every_score():
    table = pd.DataFrame(
        {"customer_id": ["C-1"], "spend_score": [5], "days_late_score": [1], "value": [3.75], "band": ["Core Customer"]}
    )
    assert "C-1: spend 5, days late 1, value 3,75 (Core Customer)." in plots.alt(plots.scorecard(table))


def test_trend_draws_sens_line_in_its_band():
    values = [12, 14, 13, 16, 18, 17, 21, 22]
    found = trends.trend(values)
    made = plots.trend(pd.Series(values), found)
    line = next(one for one in made.lines if one.get_label() == "trend line")
    x, y = line.get_data()
    assert np.diff(y) / np.diff(x) == pytest.approx([found.slope] * 7)
    assert found.reading in plots.alt(made)
    assert len({(one.get_linestyle(), one.get_marker()) for one in made.lines}) == 3


def test_trend_keeps_gaps():
    made = plots.trend(pd.Series([1.0, None, 3.0], index=pd.period_range("2026-01", periods=3, freq="M")))
    assert (
        "2 values from Jan 2026 to Mar 2026: lowest 1 (Jan 2026), highest 3 (Mar 2026), last 3. 1 missing." in made.alt
    )


def test_scatter_says_the_reading():
    calls = [12, 18, 20, 25, 28, 33, 38, 44, 47, 52]
    sold = [5, 7, 3, 6, 4, 5, 7, 3, 6, 5]
    found = trends.correlate(calls, sold)
    made = plots.scatter(pd.DataFrame({"calls": calls, "b_sold": sold}), "calls", "b_sold", found)
    assert found.reading in plots.alt(made)
    assert made.lines[:] == []  # no line through the points


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: plots.tally(pd.DataFrame({"answer": ["a"]})), "count: this column is missing"),
        (lambda: plots.tally(pd.DataFrame({"answer": ["a", "b"], "count": [-1, "x"]})), "2 faults"),
        (lambda: plots.pareto(pd.DataFrame({"cause": ["a"], "count": [np.inf]})), "row 1, count"),
        (lambda: plots.scatter(pd.DataFrame({"x": [1]}), "x", "z"), "z: this column is missing"),
        (lambda: plots.scorecard(pd.DataFrame({"customer_id": ["a"]})), "value: this column is missing"),
        (lambda: plots.trend(pd.DataFrame({"value": [1]})), "period: this column is missing"),
        (lambda: plots.tally([1, 2]), "table must be a DataFrame"),
        (lambda: plots.alt(Figure().subplots()), "carries no text"),
        (lambda: plots.to_png(CHARTS["tally"](["a"], 1), dpi=5000), "dpi must be"),
    ],
)
def test_wrong_tables_are_refused_with_the_reason(make, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        make()


# --- for everybody's eyes --------------------------------------------------------------------------------------------


def seen_by(colour: str, kind: str) -> np.ndarray:
    """A colour as somebody without red, green or blue cones sees it (Viénot, Brettel and Mollon's matrices, linear RGB)."""
    matrices = {
        "protan": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
        "deutan": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
        "tritan": [[1, 0.1446, -0.1446], [0, 0.8592, 0.1408], [0, 0.8592, 0.1408]],
    }
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.clip(np.array(matrices[kind]) @ linear, 0, 1) ** (1 / 2.2)


@pytest.mark.parametrize("kind", ["protan", "deutan", "tritan"])
def test_the_steps_of_a_scale_differ_for_colour_blind_readers(kind):
    made = plots.likert(pd.DataFrame({"answer": list("abcde"), "count": 1}))
    colours = [seen_by(to_hex(bar.get_facecolor()), kind) for bar in made.patches]
    for place, one in enumerate(colours):
        for other in colours[place + 1 :]:
            assert np.abs(one - other).max() > 0.1


def test_words_are_dark_enough_on_white():
    for colour in (canvas.INK, canvas.QUIET):
        rgb = np.array(matplotlib.colors.to_rgb(colour))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) > 7  # WCAG AAA


def test_show_gives_a_picture_with_its_words():
    made = plots.tally(tallied(['<b>"quoted"</b>'], 1), title="Said")
    shown = plots.show(made)
    html = shown._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;&quot;quoted&quot;&lt;/b&gt;" in html
    assert html.count("<img alt=") == 1
    assert repr(shown) == plots.alt(made)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["tally", "pareto", "likert"]),
    st.lists(st.text(max_size=40), min_size=1, max_size=4, unique=True),
    st.integers(0, 10**9),
)
def test_any_label_can_be_drawn(name, names, count):
    plots.to_png(CHARTS[name](names, count), dpi=50)
