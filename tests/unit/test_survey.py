"""The survey room: the questionnaire, its responses, and every figure drawn from them."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from learner_kit import survey
from learner_kit.errors import DataError, KitError
from learner_kit.survey.shares import percent_of

untimed = settings(deadline=None, max_examples=60)  # a busy machine must not fail a test
DATA = Path(__file__).parents[2] / "data"
USAGE = {  # in the order of the questionnaire; the counts are those of the course's worked example
    "Daily": 35,
    "Weekly": 42,
    "Once a month": 46,
    "Every two to three months": 23,
    "Two or three times a year, or less often": 20,
    "Once a year": 12,
    "Do not use": 7,
}


@pytest.fixture(scope="module")
def form():
    return survey.Questionnaire.load(DATA / "questionnaire.toml")


@pytest.fixture(scope="module")
def responses(form):
    return survey.read_responses(DATA / "survey_responses.csv", form)


@pytest.fixture
def raw():
    return pd.read_csv(DATA / "survey_responses.csv", dtype=str, keep_default_na=False)


def reasons(error: pytest.ExceptionInfo) -> dict:
    return {(fault.row, fault.column): fault.reason for fault in error.value.faults}


class TestQuestionnaire:
    def test_the_whole_source_questionnaire_is_there(self, form):
        assert [question.id for question in form.questions] == [
            "usage",
            "usage_rare",
            "performance",
            "importance",
            "satisfaction",
            "contacted",
            "outcome",
            "comparison",
            "repurchase",
            "recommend",
            "recommend_score",
            "improve",
            "comments",
        ]
        assert len(form.question("performance").items) == len(form.question("importance").items) == 6
        assert form.question("recommend_score").answers == tuple(range(11))
        assert all(question.correction and question.prompt for question in form.questions)

    def test_scales_are_balanced_five_points(self, form):
        for id in ("performance", "importance", "satisfaction", "comparison", "repurchase", "recommend"):
            assert len(form.question(id).answers) == 5, id

    def test_both_matrices_ask_about_the_same_attributes(self, form):
        assert form.question("performance").items == form.question("importance").items

    def test_all_faults_at_once(self, tmp_path):
        path = tmp_path / "form.toml"
        path.write_text(
            """
title = "T"
respondent = "id"
[[questions]]
id = "a"
kind = "scale"
prompt = "?"
answers = ["Bad", "bad "]
[[questions]]
id = "Not good"
kind = "ladder"
prompt = "?"
[[questions]]
id = "a"
kind = "score"
prompt = "?"
low = 10
high = 0
colour = "red"
[[questions]]
id = "b"
kind = "matrix"
prompt = "?"
answers = ["only"]
asked_of = { question = "later", answers = ["x"] }
[[questions]]
id = "c"
kind = "choice"
answers = ["Yes", "No"]
asked_of = { question = "a", answers = ["Good"] }
""",
            encoding="utf-8",
        )
        with pytest.raises(DataError) as error:
            survey.Questionnaire.load(path)
        found = {fault.column for fault in error.value.faults}
        assert found >= {
            "questions[1].answers",
            "questions[2].id",
            "questions[2].kind",
            "questions[3].high",
            "questions[3].colour",
            "questions[4].answers",
            "questions[4].items",
            "questions[4].asked_of.question",
            "questions[5].prompt",
            "questions[5].asked_of.answers",
            "questions",
        }

    def test_missing_or_broken_file(self, tmp_path):
        with pytest.raises(KitError):
            survey.Questionnaire.load(tmp_path / "none.toml")
        (tmp_path / "bad.toml").write_text("title = ", encoding="utf-8")
        with pytest.raises(KitError):
            survey.Questionnaire.load(tmp_path / "bad.toml")
        (tmp_path / "empty.toml").write_text("", encoding="utf-8")
        with pytest.raises(DataError):
            survey.Questionnaire.load(tmp_path / "empty.toml")

    def test_unknown_question(self, form):
        with pytest.raises(ValueError, match="question must be one of usage, "):
            form.question("colour")


class TestSample:
    def test_same_bytes_each_time(self, tmp_path):
        spec = importlib.util.spec_from_file_location("make_survey", DATA / "make_survey.py")
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        made.main(tmp_path / "again.csv")
        assert (tmp_path / "again.csv").read_bytes() == (DATA / "survey_responses.csv").read_bytes()
        assert not made.responses(1).equals(made.responses(2))

    def test_usage_counts_of_the_worked_example(self, responses, form):
        table = survey.tally(responses, "usage")
        assert dict(zip(table["answer"], table["count"], strict=True)) == USAGE
        assert len(responses) == 185
        assert survey.tally(responses, "usage_rare")["count"].sum() == 20

    def test_outcome_is_of_those_who_said_yes(self, responses, form):
        said_yes = (responses["contacted"] == "Yes").sum()
        table = survey.tally(responses, form.question("outcome"))
        assert table.attrs["base"] == table.attrs["asked"] == table["base"].iloc[0] == said_yes < 185

    def test_non_users_are_not_asked_what_only_users_know(self, responses, form):
        table = survey.tally(responses, form.question("satisfaction"))
        assert table.attrs["asked"] == 178 > table.attrs["base"] > 160

    def test_there_is_something_to_find(self, responses):
        found = survey.importance_performance(responses).set_index("attribute")["quadrant"]
        assert found["After sales service"] == "Concentrate here"
        assert set(found) == set(survey.QUADRANTS.values())
        assert survey.compare(responses, "satisfaction", "period").low > 0
        branches = survey.compare(responses, "satisfaction", "branch")
        assert branches.low < 0 < branches.high


class TestReading:
    def test_excel_gives_what_csv_gives(self, raw, form, responses, tmp_path):
        raw.to_excel(tmp_path / "r.xlsx", index=False)
        pd.testing.assert_frame_equal(survey.read_responses(tmp_path / "r.xlsx", form), responses)

    def test_semicolons_spaces_capitals_and_dashes(self, raw, form, responses, tmp_path):
        raw["usage"] = "  " + raw["usage"].str.upper().str.replace(" ", "  ")
        raw["recommend_score"] = raw["recommend_score"].where(
            raw["recommend_score"] == "", raw["recommend_score"] + ",0"
        )
        raw.to_csv(tmp_path / "r.csv", sep=";", index=False, encoding="utf-8-sig")
        pd.testing.assert_frame_equal(survey.read_responses(tmp_path / "r.csv", form), responses)

    def test_every_fault_at_once(self, raw, form, tmp_path):
        raw.loc[1, "satisfaction"] = "Delighted"
        raw.loc[2, "recommend_score"] = "11"
        raw.loc[3, "recommend_score"] = "7.5"
        raw.loc[4, "respondent"] = raw.loc[0, "respondent"]
        raw.loc[5, "respondent"] = ""
        no = raw.index[raw["contacted"] == "No"][10]
        raw.loc[no, "outcome"] = "Resolved by us"
        non_user = raw.index[raw["usage"] == "Do not use"][0]
        raw.loc[non_user, "performance.buying"] = "Well"
        raw.to_csv(tmp_path / "r.csv", index=False)
        with pytest.raises(DataError) as error:
            survey.read_responses(tmp_path / "r.csv", form)
        found = reasons(error)
        assert set(found) == {
            (2, "satisfaction"),
            (3, "recommend_score"),
            (4, "recommend_score"),
            (5, "respondent"),
            (6, "respondent"),
            (no + 1, "outcome"),
            (non_user + 1, "performance.buying"),
        }
        assert "asked only of those who answered “Yes” to contacted" in found[no + 1, "outcome"]
        assert "stands in row 1 already" in found[5, "respondent"]
        rows = [fault.row for fault in error.value.faults]
        assert rows == sorted(rows)

    def test_outcome_without_an_answer_to_its_filter(self, raw, form):
        yes = raw.index[raw["contacted"] == "Yes"][0]
        raw.loc[yes, "contacted"] = ""
        with pytest.raises(DataError, match="contacted is empty"):
            survey.code_responses(raw, form)

    def test_a_wrong_filter_answer_is_one_fault_not_two(self, raw, form):
        yes = raw.index[raw["contacted"] == "Yes"][0]
        raw.loc[yes, "contacted"] = "Maybe"
        with pytest.raises(DataError) as error:
            survey.code_responses(raw, form)
        assert len(error.value.faults) == 1

    def test_missing_and_doubled_columns(self, raw, form):
        table = raw.drop(columns=["usage", "period"])
        table.insert(0, "comments", "", allow_duplicates=True)
        with pytest.raises(DataError) as error:
            survey.code_responses(table, form)
        assert {fault.column for fault in error.value.faults} == {"usage", "period", "comments"}

    def test_no_rows(self, raw, form):
        with pytest.raises(DataError, match="no row of responses"):
            survey.code_responses(raw.head(0), form)

    def test_mixed_types_and_missing_values(self, raw, form):
        table = raw.astype(object)
        table.loc[0, "recommend_score"] = 9
        table.loc[1, "recommend_score"] = 8.0
        table.loc[2, "recommend_score"] = math.nan
        table.loc[3, "improve"] = None
        table.loc[4, "satisfaction"] = 3
        with pytest.raises(DataError) as error:
            survey.code_responses(table, form)
        assert set(reasons(error)) == {(5, "satisfaction")}

    def test_rows_keep_their_numbers(self, raw, form):
        raw.loc[40, "usage"] = "Hourly"
        with pytest.raises(DataError) as error:
            survey.code_responses(raw.loc[30:], form)
        assert [fault.row for fault in error.value.faults] == [41]

    def test_nothing_beyond_the_questionnaire_is_kept(self, raw, form):
        raw["salary"] = "R1"
        before = raw.copy()
        assert "salary" not in survey.code_responses(raw, form).columns
        pd.testing.assert_frame_equal(raw, before)


class TestTally:
    def test_percentages_of_the_worked_example(self, responses):
        table = survey.tally(responses, "usage")
        assert table["percent"].tolist() == [18.92, 22.7, 24.86, 12.43, 10.81, 6.49, 3.78]
        assert round(table["percent"].sum(), 2) == 99.99
        assert table["rounded_to_100"].tolist() == [18.92, 22.7, 24.87, 12.43, 10.81, 6.49, 3.78]
        assert table["base"].tolist() == [185] * 7

    def test_the_percentages_that_were_printed_wrong(self):
        right = {12: 6.49, 42: 22.70, 7: 3.78}  # printed were 6,48, 22,77 and 3,73
        for count, percent in right.items():
            assert percent_of([count, 185 - count])[0] == percent

    def test_the_textbook_interval_lies_too_low_where_few_answered_so(self):
        share = 7 / 185
        wald = [share + way * 1.959964 * math.sqrt(share * (1 - share) / 185) for way in (-1, 1)]
        assert [round(100 * end, 2) for end in wald] == [1.03, 6.53]
        assert all(end > old for end, old in zip(survey.interval(7, 185), wald, strict=True))

    def test_the_widest_margin_of_185_answers(self):
        assert survey.sample_size(0.0721) <= 185 < survey.sample_size(0.0719)

    def test_largest_remainder_to_one_and_no_decimals(self):
        counts = [12, 35, 42, 46, 23, 20, 7]
        assert survey.largest_remainder(counts, 1) == [6.5, 18.9, 22.7, 24.9, 12.4, 10.8, 3.8]
        assert survey.largest_remainder(counts, 0) == [6, 19, 23, 25, 12, 11, 4]

    def test_halves_are_rounded_up(self):
        table = survey.tally(pd.DataFrame({"q": ["a"] + ["b"] * 799}), "q")
        assert table["percent"].tolist() == [0.13, 99.88]  # 0.125 and 99.875
        assert table["rounded_to_100"].tolist() == [0.13, 99.87]

    def test_nobody_answered(self, form):
        empty = pd.DataFrame({"usage": pd.Series([None, None], dtype=object)})
        table = survey.tally(empty, form.question("usage"))
        assert table["count"].tolist() == [0] * 7
        assert table["percent"].isna().all() and table["rounded_to_100"].isna().all()
        assert table.attrs["base"] == 0
        assert survey.tally(empty, "usage").empty
        assert survey.tally(empty.head(0), form.question("usage"))["count"].sum() == 0

    def test_one_row(self, form):
        table = survey.tally(pd.DataFrame({"usage": ["Daily"]}), form.question("usage"))
        assert table["percent"].tolist() == [100.0] + [0.0] * 6

    def test_mixed_types_blanks_and_missing(self):
        table = survey.tally(pd.DataFrame({"q": ["x", 1, None, math.nan, " ", "x"]}), "q")
        assert table["count"].tolist() == [1, 2]

    def test_unknown_answers_each_with_its_row(self, form):
        table = pd.DataFrame({"usage": ["Daily", "Hourly", None, "Monthly"]})
        with pytest.raises(DataError) as error:
            survey.tally(table, form.question("usage"))
        assert set(reasons(error)) == {(2, "usage"), (4, "usage")}

    @pytest.mark.parametrize("question", ["colour", "performance"])
    def test_question_that_is_no_column(self, responses, question):
        with pytest.raises(ValueError, match="question must be a column of responses"):
            survey.tally(responses, question)

    @pytest.mark.parametrize("question", [None, 3, ["usage"]])
    def test_question_of_another_kind(self, responses, question):
        for tool in (survey.tally, survey.matrix):
            with pytest.raises(ValueError, match="question must be the name"):
                tool(responses, question)

    def test_categories_of_another_questionnaire(self, form):
        other = pd.DataFrame({"contacted": pd.Categorical(["no", "yes", "no"])})
        assert survey.tally(other, form.question("contacted"))["count"].tolist() == [1, 2]
        with pytest.raises(DataError):
            survey.tally(other.rename(columns={"contacted": "usage"}), form.question("usage"))

    def test_not_a_table(self):
        with pytest.raises(ValueError, match="responses must be a table"):
            survey.tally([1, 2], "q")

    @untimed
    @given(st.lists(st.sampled_from(["a", "b", "c", None]), max_size=60), st.randoms())
    def test_sums_to_the_base_in_any_order_of_rows(self, values, random):
        table = survey.tally(pd.DataFrame({"q": pd.Series(values, dtype=object)}), "q")
        base = sum(one is not None for one in values)
        assert table["count"].sum() == table.attrs["base"] == base
        random.shuffle(values)
        again = survey.tally(pd.DataFrame({"q": pd.Series(values, dtype=object)}), "q")
        pd.testing.assert_frame_equal(table, again)

    @untimed
    @given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any), st.integers(0, 4))
    def test_rounded_to_100(self, counts, decimals):
        found = survey.largest_remainder(counts, decimals)
        assert round(sum(found), decimals) == 100
        exact = np.array(counts) / sum(counts) * 100
        assert (abs(exact - found) < 10.0**-decimals + 1e-9).all()  # never a whole step away

    @pytest.mark.parametrize("counts", [[], [0, 0], [-1, 2], [1.5], [math.nan, 1], ["1"]])
    def test_counts_that_cannot_be(self, counts):
        with pytest.raises(ValueError, match="counts"):
            survey.largest_remainder(counts)


class TestMatrix:
    def test_counts_are_those_of_each_column(self, responses):
        table = survey.matrix(responses, "performance")
        assert table["item"].nunique() == 6 and len(table) == 30
        one = table[table["item"] == "After sales service"]
        assert one["count"].tolist() == responses["performance.after_sales_service"].value_counts(sort=False).tolist()
        assert (one["count"].sum() == one["base"]).all()

    def test_by_question_on_plain_words(self, raw, form, responses):
        pd.testing.assert_frame_equal(
            survey.matrix(raw, form.question("importance")), survey.matrix(responses, "importance")
        )

    def test_not_a_matrix(self, responses):
        with pytest.raises(ValueError, match="must be a matrix"):
            survey.matrix(responses, "usage")

    def test_items_with_other_answers(self):
        table = pd.DataFrame({"q.a": pd.Categorical(["x"]), "q.b": pd.Categorical(["y"])})
        with pytest.raises(ValueError, match="different answers"):
            survey.matrix(table, "q")


class TestShares:
    @pytest.mark.parametrize(
        ("count", "low", "high"),
        [
            (12, 3.75, 10.99),
            (35, 13.93, 25.17),
            (42, 17.26, 29.26),
            (46, 19.19, 31.56),
            (23, 8.43, 17.96),
            (20, 7.11, 16.11),
            (7, 1.84, 7.60),
        ],
    )
    def test_wilson_of_the_worked_example(self, count, low, high):
        found = survey.interval(count, 185)
        assert (round(100 * found.low, 2), round(100 * found.high, 2)) == (low, high)

    @untimed
    @given(st.integers(1, 10**6), st.floats(0, 1), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
    def test_wilson_as_statsmodels(self, base, part, confidence):
        count = round(part * base)
        found = survey.interval(count, base, confidence)
        expected = proportion_confint(count, base, 1 - confidence, method="wilson")
        assert found == pytest.approx(expected, abs=1e-9)
        assert 0 <= found.low <= count / base <= found.high <= 1

    def test_series_in_series_out(self, responses):
        table = survey.tally(responses, "usage")
        low, high = survey.interval(table["count"], table["base"])
        assert (round(100 * low, 2).iloc[-1], round(100 * high, 2).iloc[-1]) == (1.84, 7.6)
        zero = survey.interval(pd.Series([0, 5]), pd.Series([5, 5]))
        assert zero.low.iloc[0] == 0 and zero.high.iloc[1] == 1
        assert survey.interval(pd.Series([1, 2]), 5).low.iloc[0] == survey.interval(1, 5).low

    @pytest.mark.parametrize(
        ("count", "base", "confidence", "named"),
        [
            (1, 0, 0.95, "base"),
            (-1, 5, 0.95, "count"),
            (6, 5, 0.95, "count"),
            (1.5, 5, 0.95, "count"),
            (math.nan, 5, 0.95, "count"),
            ("1", 5, 0.95, "count"),
            (1, math.inf, 0.95, "base"),
            (1, 5, 95, "For 95 % write 0.95"),
            (1, 5, 0, "confidence"),
            (1, 5, 1, "confidence"),
            (pd.Series([1, 2]), pd.Series([5, 5], index=[3, 4]), 0.95, "same rows"),
        ],
    )
    def test_interval_refuses(self, count, base, confidence, named):
        with pytest.raises(ValueError, match=named):
            survey.interval(count, base, confidence)

    @pytest.mark.parametrize(
        ("margin", "population", "wanted"),
        [(0.05, None, 385), (0.03, None, 1068), (0.1, None, 97), (0.05, 500, 218), (0.05, 1000, 278), (0.05, 1, 1)],
    )
    def test_sample_size(self, margin, population, wanted):
        assert survey.sample_size(margin, population) == wanted

    def test_worst_case_margin_of_185(self):
        assert round(1.959964 * math.sqrt(0.25 / 185), 3) == 0.072
        assert survey.sample_size(0.07205) == 185

    @untimed
    @given(st.floats(0.001, 0.999), st.integers(1, 10**7))
    def test_sample_never_exceeds_the_population(self, margin, population):
        assert 1 <= survey.sample_size(margin, population) <= min(population, survey.sample_size(margin))

    @pytest.mark.parametrize("margin", [0, 1, -0.05, 5, math.nan, "5 %", None])
    def test_sample_size_refuses(self, margin):
        with pytest.raises(ValueError, match="margin"):
            survey.sample_size(margin)

    @pytest.mark.parametrize("population", [0, -5, 10.5, math.nan])
    def test_sample_size_refuses_population(self, population):
        with pytest.raises(ValueError, match="population"):
            survey.sample_size(0.05, population)

    def test_top_box_and_satisfaction(self, responses):
        share = survey.satisfaction(responses)
        happy = responses["satisfaction"].isin(["Satisfied", "Very satisfied"]).sum()
        assert (share.count, share.base) == (happy, responses["satisfaction"].notna().sum())
        assert share.share == happy / share.base
        assert (share.low, share.high) == survey.interval(share.count, share.base)
        assert survey.top_box(survey.tally(responses, "satisfaction"), best=5).share == 1

    def test_top_box_of_a_question_without_order(self, responses):
        with pytest.raises(ValueError, match="none is best"):
            survey.top_box(survey.tally(responses, "contacted"))

    @pytest.mark.parametrize("best", [0, 6, 1.5, None, "2"])
    def test_top_box_refuses_best(self, responses, best):
        with pytest.raises(ValueError, match="best"):
            survey.top_box(survey.tally(responses, "satisfaction"), best)

    def test_top_box_of_nobody(self):
        with pytest.raises(ValueError, match="base is 0"):
            survey.top_box(pd.DataFrame({"answer": ["a", "b"], "count": [0, 0]}))
        for count in (math.nan, -1, 1.5):
            with pytest.raises(ValueError, match="the count in tally"):
                survey.top_box(pd.DataFrame({"answer": ["a", "b"], "count": [1, count]}))
        with pytest.raises(DataError):
            survey.top_box(pd.DataFrame({"answer": ["a"]}))


class TestNps:
    def test_counts_and_score(self, responses):
        found = survey.nps(responses["recommend_score"])
        scores = responses["recommend_score"].dropna().astype(int)
        assert found.score == pytest.approx(100 * ((scores >= 9).mean() - (scores <= 6).mean()))
        assert found.promoters + found.passives + found.detractors == found.base == len(scores)
        for plain in (scores, scores.astype(float), scores.astype("Int8"), scores.tolist(), scores.astype(object)):
            assert survey.nps(plain) == found
        assert survey.nps(responses["recommend_score"].astype(float)) == found  # with its missing ones

    @pytest.mark.parametrize(("score", "expected"), [(0, -100), (6, -100), (7, 0), (8, 0), (9, 100), (10, 100)])
    def test_every_edge(self, score, expected):
        assert survey.nps([score]).score == expected

    def test_five_points_are_refused_with_the_reason(self, responses):
        for scores in (responses["recommend"], [5, 4, 4, 1], pd.Series([1.0, 5.0, None]), ["Probably", "Definitely"]):
            with pytest.raises(ValueError, match=r"answered from 0 to 10.*top_box"):
                survey.nps(scores)
        with pytest.raises(ValueError, match="a scale from 1 to 5"):
            survey.nps([5, 4], scale=(1, 5))
        assert survey.nps([5, 4], scale=(0, 10)).score == -100

    @pytest.mark.parametrize("scores", [[11], [-1, 9], [7.5, 9], [math.inf, 9], [True, 9], [], [None], [math.nan]])
    def test_refuses(self, scores):
        with pytest.raises(ValueError, match="scores"):
            survey.nps(scores)

    @untimed
    @given(st.lists(st.integers(0, 10), min_size=1, max_size=50).filter(lambda all: max(all) > 5))
    def test_bounds(self, scores):
        assert -100 <= survey.nps(scores).score <= 100
        assert survey.nps(scores) == survey.nps(scores[::-1])


class TestImportancePerformance:
    def test_means_as_bare_pandas(self, responses):
        table = survey.importance_performance(responses)
        expected = (responses["importance.buying"].dropna().cat.codes + 1).mean()
        assert table.set_index("attribute").loc["Buying", "importance"] == pytest.approx(expected)
        cross = table.attrs["crosshair"]
        assert cross["method"] == "grand mean"
        assert cross["performance"] == pytest.approx(table["performance"].mean())
        assert survey.importance_performance(responses, "scale middle").attrs["crosshair"]["importance"] == 3

    def test_the_four_quadrants(self):
        table = pd.DataFrame(
            {f"importance.{name}": [matters] for name, matters in zip("abcd", (5, 5, 1, 1), strict=True)}
            | {f"performance.{name}": [works] for name, works in zip("abcd", (1, 5, 1, 5), strict=True)}
        )
        assert survey.importance_performance(table)["quadrant"].tolist() == [
            "Concentrate here",
            "Keep up the good work",
            "Low priority",
            "Possible overkill",
        ]

    @untimed
    @given(st.data())
    def test_quadrants_partition_in_any_order_of_rows(self, data):
        names, rows = [f"i{place}" for place in range(data.draw(st.integers(1, 6)))], data.draw(st.integers(1, 8))
        step = st.lists(st.integers(1, 5), min_size=rows, max_size=rows)
        table = pd.DataFrame(
            {f"{one}.{name}": data.draw(step) for one in ("importance", "performance") for name in names}
        )
        found = survey.importance_performance(table)
        assert found["attribute"].tolist() == [name.capitalize() for name in names]
        assert found["quadrant"].isin(survey.QUADRANTS.values()).all()
        for one, column in (("importance", 0), ("performance", 1)):
            above = found["quadrant"].isin([name for pair, name in survey.QUADRANTS.items() if pair[column]])
            assert above.any()  # something is always at or above the mean
            assert (found.loc[above, one].min() > found.loc[~above, one].max()) or above.all()
        pd.testing.assert_frame_equal(found, survey.importance_performance(table.sample(frac=1, random_state=1)))

    def test_one_question_short(self, responses):
        with pytest.raises(DataError, match="buying"):
            survey.importance_performance(responses.drop(columns="importance.buying"))

    def test_nobody_rated(self, responses):
        with pytest.raises(ValueError, match="nobody rated: Overall quality"):
            survey.importance_performance(responses.head(0))
        one = responses.assign(
            **{"performance.buying": responses["performance.buying"].mask(responses["usage"].notna())}
        )
        with pytest.raises(ValueError, match="nobody rated: Buying"):
            survey.importance_performance(one)

    def test_words_in_no_known_order(self, raw, form, responses):
        with pytest.raises(ValueError, match="no known order"):
            survey.importance_performance(raw)
        given = {"importance": form.question("importance"), "performance": form.question("performance")}
        pd.testing.assert_frame_equal(
            survey.importance_performance(raw, **given), survey.importance_performance(responses)
        )

    def test_plain_numbers_do_not_tell_the_scale(self):
        table = pd.DataFrame({"importance.a": [4, 5], "performance.a": [2, 3]})
        assert survey.importance_performance(table)["performance"].tolist() == [2.5]
        with pytest.raises(ValueError, match="needs the scales"):
            survey.importance_performance(table, "scale middle")

    def test_another_crosshair(self, responses):
        with pytest.raises(ValueError, match="crosshair must be one of"):
            survey.importance_performance(responses, "median")


class TestCompare:
    @untimed
    @given(st.integers(1, 500), st.integers(1, 500), st.floats(0, 1), st.floats(0, 1))
    def test_as_statsmodels(self, base1, base2, part1, part2):
        count1, count2 = round(part1 * base1), round(part2 * base2)
        found = survey.difference((count1, base1), (count2, base2))
        expected = confint_proportions_2indep(count2, base2, count1, base1, method="newcomb", compare="diff")
        assert (found.low, found.high) == pytest.approx(expected, abs=1e-9)
        assert found.low <= found.difference <= found.high

    def test_textbook_values(self):
        found = survey.difference((48, 80), (56, 70))  # Newcombe 1998, example (a), method 10
        assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)

    def test_periods(self, responses):
        found = survey.compare(responses, "satisfaction", "period", between=("2025", "2026"))
        assert found.names == ("2025", "2026")
        assert found.second.base + found.first.base == survey.satisfaction(responses).base
        assert "higher in 2026" in found.words
        turned = survey.compare(responses, "satisfaction", "period", between=("2026", "2025"))
        assert turned.difference == -found.difference and "lower in 2025" in turned.words

    def test_named_answers(self, responses, form):
        found = survey.compare(responses, form.question("outcome"), "branch", answers=["Not resolved", "Still open"])
        assert found.first.base + found.second.base == (responses["contacted"] == "Yes").sum()
        assert "do not show a difference" in found.words

    @pytest.mark.parametrize(
        ("changed", "named"),
        [
            ({"by": "colour"}, "by must be a column"),
            ({"between": ("2025", "2024")}, "between must name two groups"),
            ({"between": ("2025", "2025")}, "between must name two groups"),
            ({"by": "usage"}, "between must name two groups"),
            ({"answers": ["Delighted"]}, "answers must be among"),
            ({"answers": []}, "answers must be among"),
            ({"question": "contacted"}, "none is best"),
        ],
    )
    def test_refuses(self, responses, changed, named):
        with pytest.raises(ValueError, match=named):
            survey.compare(responses, **({"question": "satisfaction", "by": "period"} | changed))

    def test_group_in_which_nobody_answered(self):
        table = pd.DataFrame({"by": ["a", "b"], "q": [5, None]})
        for answers in (None, [5]):
            with pytest.raises(ValueError, match="in 'b' nobody did"):
                survey.compare(table, "q", "by", answers=answers, best=1)
