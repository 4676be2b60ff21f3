"""What tools need of a learner's own customers and contacts; the templates are made of this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from learner_kit.lessons.own_data import Column
from learner_kit.lessons.own_tables import MARGIN

if TYPE_CHECKING:
    from learner_kit.contact import Policy
    from learner_kit.grading import Scales

_IDS = (
    "customer",
    "customer number",
    "customer no",
    "customer code",
    "account",
    "account number",
    "client",
    "client number",
    "klient",
)
CUSTOMER = Column("customer_id", "Customer number", "text", ("C-0001", "C-0002"), also=_IDS, once=True)
_YES_NO = {"yes": ("y", "ja", "true", "1", "x"), "no": ("n", "nee", "false", "0")}

RECORDS = (
    replace(CUSTOMER, once=False),  # the check itself says which records are there twice
    Column(
        "phone",
        "Phone",
        "text",
        ("082 000 0123", "011 000 0123"),
        required=False,
        also=("telephone", "cell", "cellphone", "tel", "phone number", "cell number", "mobile"),
    ),
    Column(
        "email",
        "E-mail",
        "text",
        ("shop@example.co.za", "office@example.co.za"),
        required=False,
        also=("email address", "e mail address", "mail"),
    ),
    Column("postal_code", "Postal code", "text", ("0002", "9700"), required=False, also=("post code", "code", "zip")),
    Column("province", "Province", "text", ("Gauteng", "Free State"), required=False),
    Column(
        "consent", "Consent", "text", ("opt-in", "existing"), required=False, also=("marketing consent", "permission")
    ),
    Column(
        "opted_out",
        "Opted out",
        "text",
        ("no", "yes"),
        required=False,
        also=("opt out", "unsubscribed", "do not contact"),
    ),
    Column(
        "last_verified",
        "Last checked",
        "text",
        ("2026-08-08", "2025-10-04"),
        required=False,
        also=("last verified", "verified", "last updated", "checked", "updated"),
    ),
)

_BLANK = {"gaps": True, "required": False}
REGISTER = (
    replace(CUSTOMER, once=False),
    Column(
        "date", "Date", "text", ("2026-11-16", "2026-11-17"), also=("day", "date of contact", "contact date", "datum")
    ),
    Column("time", "Time", "text", ("09:10", "10:30"), also=("time of contact", "hour", "tyd"), **_BLANK),
    Column("channel", "Channel", "text", ("telephone", "e-mail"), also=("method", "medium", "how"), **_BLANK),
    Column(
        "purpose",
        "Purpose",
        "text",
        ("query", "complaint"),
        also=("reason", "reason for contact", "what for"),
        **_BLANK,
    ),
    Column(
        "issue",
        "Matter",
        "text",
        ("Q-0001", "K-0001"),
        also=("issue", "matter number", "reference", "ticket", "case"),
        **_BLANK,
    ),
    Column("outcome", "Outcome", "text", ("answered", "call back"), also=("result", "what came of it"), **_BLANK),
    Column(
        "contacted_by",
        "Made by",
        "text",
        ("S-01", "S-02"),
        also=("contacted by", "staff", "staff number", "agent", "employee"),
        **_BLANK,
    ),
    Column("consent", "Consent", "text", ("none", "none"), also=("marketing consent",), **_BLANK),
    Column(
        "next_action",
        "Next action",
        "text",
        ("send the price list", ""),
        also=("follow up", "promised", "action"),
        **_BLANK,
    ),
)


def plan_columns(policy: Policy) -> tuple[Column, ...]:
    """What the contact planner needs; the reasons to wait for are those of the policy."""
    waiting = {"nothing": ("none", "no")} | {
        key: (key.replace("-", " "),) for key, one in policy.purposes.items() if one.plan_when
    }
    consent = {"opt-in": ("opted in", "yes", "ja"), "existing": ("existing customer",), "none": ("no", "nee")}
    return (
        CUSTOMER,
        Column(
            "grade",
            "Grade",
            "choice",
            ("A", "B"),
            required=False,
            also=("class", "abc"),
            among={"A": (), "B": (), "C": (), "New": ("N",)},
        ),
        Column(
            "consent",
            "Consent",
            "choice",
            ("opt-in", "existing"),
            required=False,
            also=("marketing consent", "permission"),
            among=consent,
        ),
        Column(
            "opted_out",
            "Opted out",
            "choice",
            ("no", "no"),
            required=False,
            also=("opt out", "unsubscribed"),
            among=_YES_NO,
        ),
        Column(
            "waiting",
            "Waiting for",
            "choice",
            ("complaint", ""),
            required=False,
            also=("open matter", "open", "matter"),
            among=waiting,
        ),
        Column(
            "last_purchase",
            "Last purchase",
            "date",
            ("2026-11-10", "2026-10-02"),
            required=False,
            also=("last order", "last bought", "last invoice", "last order date"),
            past=True,
        ),
        Column(
            "last_contact",
            "Last contact",
            "date",
            ("2026-11-16", "2026-10-20"),
            required=False,
            also=("kept in touch", "last call", "last visit", "last contacted"),
            past=True,
        ),
    )


def scorecard_columns(scales: Scales) -> tuple[Column, ...]:
    """What a scorecard needs: a customer's number and what was measured for each criterion."""
    known = {
        "spend": (("R18 000,00", "R7 500,00"), ("spend", "sales", "turnover", "total spend", "amount", "revenue")),
        "margin": (("32 %", "18 %"), ("margin", "gross margin", "gp", "gp %", "gross profit %")),
        "days_late": (("0", "25"), ("days late", "days overdue", "days after terms", "late")),
        "turns": (("1,2", "0,8"), ("turns", "stock turns", "stock turn")),
    }
    made = []
    for name, one in scales.criteria.items():
        example, also = known.get(name, (("3", "5"), (name.replace("_", " "),)))
        share = one.unit == "fraction"
        made.append(
            Column(
                name,
                one.title,
                "number",
                example,
                also=also,
                unit={"R": "R", "fraction": "%"}.get(one.unit, ""),
                low=-1000 if share else None if one.unit == "days" else 0,
                high=100 if share else None,
            )
        )
    return (CUSTOMER, *made)


ACTIVITY = (
    CUSTOMER,
    Column(
        "since",
        "Customer since",
        "date",
        ("2021-05-14", "03/02/2024"),
        also=("since", "first purchase", "first order", "joined"),
        past=True,
    ),
    Column(
        "revenue",
        "Sales in a year",
        "number",
        ("R24 000,00", "R3 600,00"),
        also=("revenue", "sales", "turnover", "spend"),
        unit="R",
        low=0,
    ),
    Column(
        "cogs",
        "Cost of the goods sold",
        "number",
        ("R16 800,00", "R2 880,00"),
        also=("cogs", "cost of sales", "cost of goods"),
        unit="R",
        low=0,
    ),
    Column(
        "orders",
        "Orders in a year",
        "number",
        ("12", "18"),
        also=("orders", "number of orders", "invoices"),
        low=0,
        whole=True,
    ),
    Column(
        "deliveries", "Deliveries", "number", ("12", "9"), required=False, also=("drops", "trips"), low=0, whole=True
    ),
    Column(
        "special_orders", "Special orders", "number", ("0", "2"), required=False, also=("specials",), low=0, whole=True
    ),
    Column(
        "discounts",
        "Discounts given",
        "number",
        ("R600,00", "R0,00"),
        required=False,
        also=("discount", "discounts"),
        unit="R",
        low=0,
    ),
    Column(
        "slow_revenue",
        "Sales of slow lines",
        "number",
        ("R1 200,00", "R0,00"),
        required=False,
        also=("slow lines", "slow sales"),
        unit="R",
        low=0,
    ),
)


_SEGMENT = ("customer_id", "orders", "revenue", "discounts")
SEGMENTS = tuple(one for name in _SEGMENT for one in ACTIVITY if one.name == name)

WORTH = (
    CUSTOMER,
    next(one for one in ACTIVITY if one.name == "revenue"),
    MARGIN,
    Column("years", "Years they may stay", "number", ("5", "2"), required=False, also=("years",), low=0, high=100),
)


def criteria_columns(names: Mapping[str, str]) -> tuple[Column, ...]:
    """What the grading of customers on named criteria needs: who, and one number for each criterion."""
    who = Column("customer", "Customer number", "text", ("C-0001", "C-0002"), also=("customer_id", *_IDS), once=True)
    examples = (("120", "45"), ("R18 000", "R7 500"), ("75", "15"))
    return (
        who,
        *(
            Column(
                name,
                label,
                "number",
                examples[place % 3],
                also=(name.replace("_", " "),),
                unit="R" if "R" in examples[place % 3][0] else "",
                low=0,
            )
            for place, (name, label) in enumerate(names.items())
        ),
    )
