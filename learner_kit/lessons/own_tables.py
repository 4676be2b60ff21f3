"""What tools need of a learner's own figures: prospects, methods, ratings, complaints and numbers; templates are made of this."""

from __future__ import annotations

from learner_kit.lessons.own_data import Column

MARGIN = Column(
    "margin",
    "Gross margin",
    "number",
    ("30 %", "30 %"),
    also=("margin", "gp", "gp %", "gross profit %"),
    unit="%",
    low=0,
    high=100,
)

PROSPECTS = (
    Column(
        "group",
        "Group of prospects",
        "text",
        ("Schools", "Guest houses"),
        also=("group", "segment", "name", "groep"),
        once=True,
    ),
    Column(
        "prospects",
        "Prospects in the group",
        "number",
        ("40", "12"),
        also=("prospects", "size", "number", "how many", "customers"),
        low=0,
        whole=True,
    ),
    Column(
        "purchase",
        "Each spends at a time",
        "number",
        ("R1 200,00", "R3 500,00"),
        also=("spend", "price", "purchase", "amount", "sale"),
        unit="R",
        low=0,
    ),
    Column(
        "purchases",
        "Purchases a year",
        "number",
        ("4", "6"),
        also=("purchases", "times a year", "visits", "orders"),
        low=0,
    ),
    Column(
        "conversion",
        "Share you expect to buy",
        "number",
        ("20 %", "25 %"),
        also=("share", "conversion", "chance"),
        unit="%",
        low=0,
        high=100,
    ),
    MARGIN,
)

METHODS = (
    Column("method", "Method", "text", ("Telephone", "SMS"), also=("channel", "way", "medium", "contact method")),
    Column(
        "cost",
        "Cost in all",
        "number",
        ("R450,00", "R180,00"),
        also=("cost", "total cost", "spend", "amount", "rand", "koste"),
        unit="R",
        low=0,
    ),
    Column(
        "contacts",
        "Contacts made",
        "number",
        ("100", "600"),
        also=("contacts", "sent", "calls", "messages sent", "number sent"),
        low=0,
        whole=True,
    ),
    Column(
        "reached",
        "Customers reached",
        "number",
        ("60", "450"),
        also=("delivered", "read", "spoken to", "opened"),
        low=0,
        whole=True,
    ),
    Column(
        "responses",
        "Responses",
        "number",
        ("24", "18"),
        also=("replies", "answers", "answered", "orders"),
        low=0,
        whole=True,
    ),
)

_MARKS = {
    "5": ("very well", "extremely important", "very satisfied", "excellent", "very good"),
    "4": ("well", "very important", "satisfied", "good"),
    "3": ("neither well nor poorly", "moderately important", "neither satisfied nor dissatisfied", "fair", "neutral"),
    "2": ("poorly", "slightly important", "dissatisfied", "poor"),
    "1": ("very poorly", "not at all important", "very dissatisfied", "very poor"),
}
RATINGS = (
    Column(
        "attribute",
        "What is rated",
        "text",
        ("Delivery", "Delivery"),
        also=("attribute", "item", "question", "topic", "aspect", "service"),
        different=20,
    ),
    Column(
        "performance",
        "How well done",
        "choice",
        ("4", "2"),
        also=("performance", "rating", "score", "mark", "satisfaction", "answer"),
        gaps=True,
        among=_MARKS,
    ),
    Column(
        "importance",
        "How important",
        "choice",
        ("5", "4"),
        required=False,
        also=("importance", "important", "weight"),
        among=_MARKS,
    ),
)

COMPLAINTS = (
    Column(
        "date",
        "Date",
        "date",
        ("2026-10-05", "12/10/2026"),
        also=("day", "when", "received", "date received", "datum"),
        past=True,
    ),
    Column(
        "cause",
        "Cause",
        "text",
        ("late delivery", "wrong item"),
        also=("reason", "problem", "category", "complaint", "type", "complaint type", "oorsaak"),
        different=40,
    ),
    Column(
        "channel",
        "Channel",
        "text",
        ("telephone", "e-mail"),
        required=False,
        also=("how received", "came through", "medium", "source", "kanaal"),
        different=20,
    ),
)

PAIRS = (
    Column(
        "x",
        "First number",
        "number",
        ("12", "18"),
        also=("x", "calls", "contacts", "visits"),
        low=0,
        high=1_000_000,
        whole=True,
    ),
    Column(
        "y",
        "Second number",
        "number",
        ("4", "5"),
        also=("y", "sales", "sold", "orders"),
        low=0,
        high=1_000_000,
        whole=True,
    ),
)

AMOUNTS = (
    Column(
        "date",
        "Date",
        "date",
        ("2026-09-30", "31/10/2026"),
        also=("day", "month", "when", "period", "order date", "invoice date", "datum"),
        past=True,
    ),
    Column(
        "amount",
        "Amount",
        "number",
        ("R15 500,00", "R16 250,00"),
        also=("amount", "sales", "number", "total", "value", "count", "bedrag"),
        unit="R",
    ),
)
