"""The practice data: made again byte for byte, of one piece, with the patterns in it that lessons are built on."""

import csv
import datetime as dt
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from learner_kit import grading
from learner_kit.errors import DataError
from learner_kit.reading import read_columns, read_date, read_number, read_table

DATA = Path(__file__).resolve().parents[2] / "data"
END = dt.date(2026, 10, 31)
FILES = [
    "complaints.csv",
    "customers.csv",
    "customers_unchecked.csv",
    "invoices.csv",
    "orders.csv",
    "product_calls.csv",
    "stock_turns.csv",
    "three_customers.csv",
]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_data", DATA / "make_data.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tables():
    return {name.removesuffix(".csv"): pd.read_csv(DATA / name, dtype={"postal_code": str}) for name in FILES}


@pytest.fixture(scope="module")
def kinds(script):
    return script.customers(script.Chance(script.SEED))[1]


@pytest.fixture(scope="module")
def activity(tables):
    return grading.activity_of(
        tables["orders"], tables["stock_turns"], tables["invoices"], tables["customers"], end=END, today=END
    )


@pytest.fixture(scope="module")
def grades(activity):
    return grading.abc(grading.net_contribution(activity, grading.Scales.load().rates), today=END)


# --- the script


def test_the_script_makes_the_kept_files_byte_for_byte(script, tmp_path):
    assert script.main([str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name


def test_another_process_makes_the_same_and_check_sees_a_change(tmp_path):
    shutil.copy(DATA / "make_data.py", tmp_path)
    run = [sys.executable, str(tmp_path / "make_data.py")]
    subprocess.run(run, check=True, capture_output=True)
    assert subprocess.run([*run, "--check"], capture_output=True, check=False).returncode == 0
    (tmp_path / "orders.csv").write_bytes((tmp_path / "orders.csv").read_bytes() + b"x")
    found = subprocess.run([*run, "--check"], capture_output=True, text=True, check=False)
    assert found.returncode == 1 and "orders.csv" in found.stdout


def test_the_data_stay_small():
    sizes = {name: (DATA / name).stat().st_size for name in FILES}
    assert sizes["orders.csv"] < 1_200_000 and sum(sizes.values()) < 2_000_000


def test_the_kits_own_readers_read_every_file():
    for name in FILES:
        assert len(read_table(DATA / name)) > 2
    lines = read_table(DATA / "orders.csv")
    money = dict.fromkeys(["quantity", "unit_price", "discount", "returned"], read_number)
    read = read_columns(lines, {"order_date": read_date, **money})
    assert read["unit_price"].min() > 0
    invoices = read_columns(
        read_table(DATA / "invoices.csv"),
        {
            **dict.fromkeys(["invoice_date", "due_date", "paid_date"], read_date),
            **dict.fromkeys(["amount", "written_off"], read_number),
        },
        may_be_empty=["paid_date"],
    )
    products = read_columns(
        read_table(DATA / "stock_turns.csv"),
        dict.fromkeys(["list_price", "unit_cost", "cost_of_sales", "average_stock"], read_number),
    )
    assert len(grading.measures_of(read, products, invoices, today=END)) == 300


# --- nobody real


def test_customers_are_pseudonyms_at_addresses_that_belong_to_nobody(tables):
    people = tables["customers"]
    assert people["customer_id"].tolist() == [f"C-{number:04d}" for number in range(1, 301)]
    assert people["phone"].str.fullmatch(r"082 000 \d{4}").all() and people["phone"].is_unique
    assert people["email"].str.fullmatch(r"[a-z]+\.[a-z]+@example\.co\.za").all() and people["email"].is_unique
    assert people["name"].is_unique and people["postal_code"].str.fullmatch(r"\d{4}").all()
    assert people["province"].nunique() == 9
    assert set(people["consent"]) == {"opt-in", "existing", "none"} and set(people["opted_out"]) == {"yes", "no"}
    assert set(people["preferred_channel"]) == {"telephone", "e-mail", "sms", "whatsapp", "post"}
    assert (people["last_verified"] >= people["since"]).all() and people["last_verified"].max() <= END.isoformat()
    for name in FILES:
        addresses = re.findall(r"@[\w.-]+", (DATA / name).read_text(encoding="utf-8"))
        assert set(addresses) <= {"@example.co.za"}


# --- of one piece


def test_tables_point_at_each_other(tables):
    orders, invoices, complaints = tables["orders"], tables["invoices"], tables["complaints"]
    known = set(tables["customers"]["customer_id"])
    assert set(orders["customer_id"]) == known
    assert set(invoices["customer_id"]) <= known and set(complaints["customer_id"]) <= known
    products = set(tables["stock_turns"]["product_id"])
    assert set(orders["product_id"]) == products and set(complaints["product_id"].dropna()) <= products
    assert orders.groupby("order_id")[["customer_id", "order_date", "delivery"]].nunique().eq(1).all(axis=None)


def test_orders_are_possible(tables):
    orders = tables["orders"].merge(tables["customers"][["customer_id", "since"]])
    days = pd.to_datetime(orders["order_date"])
    assert str(days.min().date()) >= "2024-11-01" and days.max().date() <= END
    assert (days.dt.day_of_week != 6).all() and (orders["order_date"] >= orders["since"]).all()
    assert (orders["quantity"] > 0).all() and orders["returned"].between(0, orders["quantity"]).all()
    kept = (orders["quantity"] - orders["returned"]) * orders["unit_price"]
    assert (orders["discount"] >= 0).all() and (orders["discount"] <= kept).all()


def test_invoices_are_the_orders_in_money(tables):
    orders, invoices = tables["orders"], tables["invoices"].set_index("order_id")
    worth = (orders["quantity"] - orders["returned"]) * orders["unit_price"] - orders["discount"]
    per_order = worth.groupby(orders["order_id"]).sum().round(2)
    per_order = per_order[per_order > 0]
    assert invoices.index.is_unique and set(invoices.index) == set(per_order.index)
    assert np.allclose(invoices["amount"], per_order[invoices.index], atol=0.005)
    dates = orders.groupby("order_id")["order_date"].first()
    assert (invoices["invoice_date"] == dates[invoices.index]).all()
    assert (invoices["due_date"] >= invoices["invoice_date"]).all()
    paid = invoices.dropna(subset="paid_date")
    assert (paid["paid_date"] >= paid["invoice_date"]).all() and paid["paid_date"].max() <= END.isoformat()
    assert invoices.loc[invoices["written_off"] > 0, "paid_date"].isna().all() and (invoices["written_off"] > 0).any()


def test_stock_turns_agree_with_the_orders(tables):
    orders, products = tables["orders"], tables["stock_turns"].set_index("product_id")
    year = orders[orders["order_date"] >= "2025-11-01"]
    sold = (year["quantity"] - year["returned"]).groupby(year["product_id"]).sum()
    assert np.allclose(products["cost_of_sales"], sold[products.index] * products["unit_cost"])
    turns = products["cost_of_sales"] / products["average_stock"]
    assert turns.min() > 1.5 and turns.max() < 20 and turns.max() / turns.min() > 5
    assert (products["list_price"] > products["unit_cost"]).all()


def test_what_is_summed_up_agrees_with_pandas(tables, activity):
    """The kit's sums against plain group-bys."""
    orders, products = tables["orders"], tables["stock_turns"]
    year = orders[orders["order_date"] >= "2025-11-01"].merge(products[["product_id", "unit_cost"]])
    kept = year["quantity"] - year["returned"]
    by = year.assign(revenue=kept * year["unit_price"], cogs=kept * year["unit_cost"]).groupby("customer_id")
    table = activity.set_index("customer_id")
    for name, column in (("revenue", "revenue"), ("discounts", "discount"), ("cogs", "cogs")):
        assert np.allclose(table[name], by[column].sum())
    assert (table["orders"] == by["order_id"].nunique()).all() and (table["lines"] == by.size()).all()
    for name, column in (("special_orders", "special"), ("transfers", "transfer")):
        assert (table[name] == (year[column] == "yes").groupby(year["customer_id"]).sum()).all()
    assert (table["returns"] == (year["returned"] > 0).groupby(year["customer_id"]).sum()).all()
    delivered = year[year["delivery"] == "delivered"].groupby("customer_id")["order_id"].nunique()
    assert (table["deliveries"] == delivered.reindex(table.index, fill_value=0)).all()
    invoices = tables["invoices"]
    owed = invoices[(invoices["invoice_date"] >= "2025-11-01") & (invoices["due_date"] > invoices["invoice_date"])]
    until = pd.to_datetime(owed["paid_date"].fillna(END.isoformat()))
    days = (until - pd.to_datetime(owed["invoice_date"])).dt.days
    amounts = owed["amount"].groupby(owed["customer_id"]).sum()
    mean = (days * owed["amount"]).groupby(owed["customer_id"]).sum() / amounts
    assert np.allclose(table["days_to_pay"], mean.reindex(table.index, fill_value=0))
    assert np.allclose(table["credit_sales"], amounts.reindex(table.index, fill_value=0))


def test_the_firm_as_one_customer_turns_as_the_firm_does(tables):
    """Turns against the average must be 1 for all customers together."""
    orders, products = tables["orders"].assign(customer_id="all"), tables["stock_turns"]
    orders = orders.assign(order_id=orders.index.astype(str))
    whole = grading.measures_of(orders, products, tables["invoices"].head(1), end=END, today=END)
    assert whole["turns"].tolist() == pytest.approx([1.0])


# --- what there is to be found


def test_every_grade_and_every_band_is_there(tables, grades):
    counts = grades["grade"].value_counts()
    assert counts["New"] == 24 and counts["A"] > 150 and counts["B"] >= 8 and counts["C"] >= 20
    measures = grading.measures_of(tables["orders"], tables["stock_turns"], tables["invoices"], end=END, today=END)
    bands = grading.scorecard(measures)["band"].value_counts()
    assert (bands.reindex([band.name for band in grading.Scales.load().bands]) >= 5).all()


def test_kinds_of_buyers_come_out_as_they_were_meant(grades, kinds):
    grade = grades.set_index("customer_id")["grade"].groupby(kinds)
    assert set(grade.get_group("frequent small")) == {"C"}
    assert (grade.get_group("volume at a loss") == "B").mean() > 0.8
    assert set(grade.get_group("new")) == {"New"} and set(grade.get_group("core")) == {"A"}


def test_volume_and_profit_name_different_customers(activity):
    table = grading.net_contribution(activity, grading.Scales.load().rates)
    assert grading.two_lists(table)["both"].sum() <= 6


def test_terms_can_mend_small_frequent_orders(activity, kinds):
    rates = grading.Scales.load().rates
    found = grading.what_if(activity, rates, minimum_order=2_000, delivery_charge=60, today=END).set_index(
        "customer_id"
    )
    small = found.loc[[name for name, kind in kinds.items() if kind == "frequent small"]]
    assert (small["grade_before"] == "C").all() and (small["grade_after"] == "A").any()


def test_orders_of_some_customers_drop(tables, kinds):
    orders = tables["orders"].drop_duplicates("order_id")
    month = orders["order_date"].str[:7]
    dropping = orders["customer_id"].map(kinds) == "dropping"
    before = (dropping & month.between("2025-07", "2026-06")).sum() / 12
    assert (dropping & (month >= "2026-07")).sum() / 4 < 0.4 * before


def test_complaints_have_a_pareto_a_trend_and_repeats(tables):
    log = tables["complaints"]
    share = log["cause"].value_counts(normalize=True)
    assert len(share) == 10 and share.index[0] == "slow response" and share.head(3).sum() > 0.7
    assert log["channel"].nunique() == 6 and log["complaint_id"].is_unique and log["date"].is_monotonic_increasing
    slow = log[log["cause"] == "slow response"]
    late = (slow["date"] >= "2026-05-01").sum() / 6
    assert late > 1.5 * (slow["date"] < "2026-05-01").sum() / 18
    sorted_log = log.assign(date=pd.to_datetime(log["date"])).sort_values(["customer_id", "cause", "date"])
    gap = sorted_log.groupby(["customer_id", "cause"])["date"].diff().dt.days
    assert (gap <= 30).sum() >= 20
    assert (log["resolved"].dropna() >= log.loc[log["resolved"].notna(), "date"]).all()


def test_the_exercises_give_their_printed_answers(tables):
    stats = pytest.importorskip("scipy.stats")
    calls = tables["product_calls"]
    assert len(calls) == 10
    assert round(stats.pearsonr(calls["calls"], calls["product_a"])[0], 3) == 0.969
    assert round(stats.spearmanr(calls["calls"], calls["product_a"])[0], 3) == 0.960
    assert round(stats.pearsonr(calls["calls"], calls["product_b"])[0], 3) == -0.021
    assert round(stats.spearmanr(calls["calls"], calls["product_b"])[0], 3) == -0.037
    ranked = grading.rank(tables["three_customers"], {"units": "high", "spend": "high", "days_to_pay": "low"})
    assert ["".join(row) for row in ranked.filter(like="_grade").to_numpy()] == ["AAC", "BBB", "CCA"]


def test_the_dictionary_names_every_file_and_column():
    said = (DATA / "README.md").read_text(encoding="utf-8")
    for path in sorted(DATA.iterdir()):
        if path.suffix in (".csv", ".toml"):
            assert f"`{path.name}`" in said, path.name
        elif path.is_dir() and path.name != "__pycache__":
            assert f"`{path.name}/`" in said and (path / "README.md").is_file(), path.name
    for path in sorted(DATA.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        part = said if path.name == "customers_unchecked.csv" else said[said.index(f"## {_heading(said, path.name)}") :]
        for column in header:
            short = column.split(".")[0]
            assert f"`{short}`" in part or f"`{short}.…`" in part, (path.name, column)


def _heading(said: str, name: str) -> str:
    return next(line[3:] for line in said.splitlines() if line.startswith("## ") and name in line)


# --- faults of the tables that grading starts from


def test_faults_of_order_lines_are_told_all_at_once(tables):
    lines = tables["orders"].head(6).astype(object)
    lines.loc[0, "quantity"] = 0
    lines.loc[1, "order_date"] = "2027-01-01"
    lines.loc[2, "product_id"] = "P-99"
    lines.loc[3, "delivery"] = "flown"
    lines.loc[4, "returned"] = 99
    lines.loc[5, "customer_id"] = None
    with pytest.raises(DataError) as error:
        grading.activity_of(lines, tables["stock_turns"], today=END)
    found = {(fault.row, fault.column) for fault in error.value.faults}
    assert found == {
        (1, "quantity"),
        (2, "order_date"),
        (3, "product_id"),
        (4, "delivery"),
        (5, "returned"),
        (6, "customer_id"),
    }


def test_more_faults_of_the_tables_behind_grading(tables):
    orders, products = tables["orders"].head(20), tables["stock_turns"]
    invoices, people = tables["invoices"].head(20), tables["customers"]
    shared = orders.assign(order_id="O-1")
    for wrong, said in (
        ((shared, products), "another customer's order"),
        ((orders.head(0), products), "not one row"),
        ((orders.drop(columns="discount"), products), "discount: this column is missing"),
        ((orders, pd.concat([products, products])), "is there already"),
        ((orders, products.assign(average_stock=0)), "above 0"),
        ((orders, products, invoices.assign(due_date="2020-01-01")), "before the date of the invoice"),
        ((orders, products, invoices.assign(paid_date="soon")), "is not a date"),
        ((orders, products, invoices.assign(written_off=1e9)), "more than the amount"),
        ((orders, products, invoices, people.head(1)), "is not in this table"),
        ((orders, products, invoices, people.assign(since="2030-01-01")), "in the future"),
    ):
        with pytest.raises(ValueError, match=said):
            grading.activity_of(*wrong, today=END)
    with pytest.raises(ValueError, match="there is no line"):
        grading.activity_of(orders, products, end=dt.date(2020, 1, 1), today=END)
    with pytest.raises(ValueError, match="months must be a whole number"):
        grading.activity_of(orders, products, months=0)


def test_the_period_ends_on_a_day_and_holds_whole_months(tables):
    orders, products = tables["orders"], tables["stock_turns"]
    for end, first in ((dt.date(2026, 2, 28), "2025-11-30"), (dt.date(2026, 8, 15), "2026-05-15")):
        counted = grading.activity_of(orders, products, end=end, months=3, today=END)["lines"].sum()
        within = orders["order_date"].between(first, end.isoformat(), inclusive="right")
        assert counted == within.sum(), end


def test_contacts_are_counted_for_customers_who_bought(tables, activity):
    contacts = pd.DataFrame({"customer_id": ["C-0001", "C-0001", "C-9999"]})
    table = grading.activity_of(tables["orders"], tables["stock_turns"], contacts=contacts, end=END, today=END)
    assert table.set_index("customer_id")["contacts"].to_dict() == dict.fromkeys(table["customer_id"], 0) | {
        "C-0001": 2
    }
