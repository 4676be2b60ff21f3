"""Make the practice data: the same bytes from the same seed, on every computer.

    python data/make_data.py            # write the files beside this script
    python data/make_data.py FOLDER     # write them somewhere else
    python data/make_data.py --check    # say which files differ from what the script makes; exit 1 if any does

Nobody in these files exists. The firm is a made-up wholesaler of cleaning and catering goods; its customers are made-up
small businesses. Only `random.Random.random()` and whole-number sums are used, because Python promises those to stay
the same between versions and systems.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

HOME = Path(__file__).resolve().parent
SEED = 252218
START, END = date(2024, 11, 1), date(2026, 10, 31)  # the 24 months of orders
LAST_YEAR = date(2025, 11, 1)  # the 12 months that stock turns are counted over
MONTHS = 24

# Province: share of customers in 100, then towns with their street postal codes.
PLACES = {
    "Gauteng": (30, ("0002", "2001", "1401", "1501", "1559", "1804", "2194")),
    "KwaZulu-Natal": (18, ("4001", "3201", "3900", "2940")),
    "Western Cape": (16, ("8001", "7530", "7600", "6529", "6850")),
    "Eastern Cape": (10, ("6001", "5201", "5099", "6139")),
    "Limpopo": (7, ("0699", "0950", "0850")),
    "Mpumalanga": (7, ("1200", "1035", "1050")),
    "North West": (5, ("2745", "2531", "2570")),
    "Free State": (5, ("9301", "9459", "9700")),
    "Northern Cape": (2, ("8301", "8801")),
}
# fmt: off
FIRST = (
    "Marula", "Baobab", "Protea", "Fynbos", "Karoo", "Kingfisher", "Weaver", "Aloe", "Sunbird", "Hoopoe",
    "Jacaranda", "Tambotie", "Umoya", "Ilanga", "Inyoni", "Khaya", "Thembisa", "Lapa", "Kwena", "Motse",
    "Letsatsi", "Pula", "Naledi", "Karee", "Springbok", "Kudu", "Dassie", "Mopane", "Rooibos", "Buchu", "Spekboom",
    "Disa", "Strelitzia", "Highveld", "Lowveld", "Wildcoast", "Bluecrane", "Redearth", "Sandveld", "Milkwood",
)
# fmt: on
TRADES = (
    "Spaza",
    "Guest House",
    "Café",
    "Superette",
    "Catering",
    "Hair Studio",
    "Crèche",
    "Tuck Shop",
    "Bakery",
    "Laundry",
)

# Product, group, list price and cost in cents, stock turns a year to aim at.
PRODUCTS = (
    ("Bath soap, box of 24", "Soap", 24000, 15600, 11),
    ("Green bar soap, box of 20", "Soap", 21000, 14700, 10),
    ("Hand soap, 5 litre", "Soap", 13500, 7800, 8),
    ("Dish liquid, 5 litre", "Cleaning", 9500, 5900, 12),
    ("Bleach, 5 litre", "Cleaning", 7000, 4500, 10),
    ("Floor polish, 5 litre", "Cleaning", 18500, 10200, 4),
    ("Oven cleaner, case of 6", "Cleaning", 31000, 17400, 3),
    ("Scouring pads, pack of 40", "Cleaning", 8500, 4700, 6),
    ("Toilet paper, 48 rolls", "Paper", 29500, 25400, 16),
    ("Paper towel, 12 rolls", "Paper", 23500, 19400, 13),
    ("Serviettes, pack of 500", "Paper", 9900, 6700, 8),
    ("Till rolls, box of 50", "Paper", 31500, 22400, 5),
    ("Paper cups, case of 1 000", "Catering", 52000, 43800, 12),
    ("Takeaway boxes, case of 200", "Catering", 33000, 27200, 11),
    ("Wooden forks, pack of 1 000", "Catering", 27500, 17300, 4),
    ("Cling wrap, 300 m", "Catering", 16500, 10800, 7),
    ("Foil, 150 m", "Catering", 28500, 19100, 5),
    ("Refuse bags, pack of 200", "Catering", 22000, 17900, 14),
    ("Sugar sachets, box of 1 000", "Dry goods", 19000, 16500, 15),
    ("Filter coffee, 1 kg", "Dry goods", 24500, 14900, 6),
    ("Rooibos tea, box of 200", "Dry goods", 17500, 10600, 6),
    ("Mop and bucket set", "Equipment", 42000, 24500, 3),
    ("Floor scrubber pads, box of 5", "Equipment", 56000, 33000, 2),
    ("Wall dispenser", "Equipment", 38000, 22800, 2),
)
LOW_MARGIN = (8, 9, 12, 13, 17, 18)
SLOW = (5, 6, 14, 21, 22, 23)


class Kind(NamedTuple):
    """A way of buying: how many customers, how they order and how they pay."""

    count: int
    orders: float  # a month
    lines: float  # an order
    quantity: tuple[int, int]
    delivered: float  # share of orders
    discount: int  # per cent of a line
    special: float  # share of lines
    returns: float  # share of lines
    terms: int  # days; 0 pays at once
    late: tuple[int, int]  # days after terms
    goods: tuple[int, ...] | None = None  # products mostly bought


KINDS = {
    "core": Kind(44, 1.7, 2.4, (6, 18), 0.9, 3, 0.02, 0.01, 30, (-6, 5)),
    "steady": Kind(127, 0.9, 1.9, (3, 10), 0.6, 2, 0.03, 0.02, 30, (-4, 16)),
    "small": Kind(55, 0.6, 1.3, (1, 4), 0.15, 0, 0.03, 0.02, 0, (0, 0)),
    "frequent small": Kind(8, 5.0, 1.1, (1, 2), 0.95, 5, 0.15, 0.08, 30, (10, 45)),
    "volume at a loss": Kind(13, 4.0, 1.7, (5, 11), 1.0, 13, 0.18, 0.05, 30, (20, 50), LOW_MARGIN),
    "slow payer": Kind(12, 0.9, 1.8, (3, 9), 0.6, 3, 0.05, 0.03, 30, (45, 110)),
    "drain": Kind(9, 0.9, 1.3, (2, 5), 0.7, 27, 0.1, 0.05, 30, (50, 115), SLOW),
    "dropping": Kind(8, 2.2, 1.9, (4, 10), 0.7, 2, 0.02, 0.02, 30, (-3, 12)),
    "new": Kind(24, 1.0, 1.7, (2, 8), 0.5, 2, 0.03, 0.02, 30, (-3, 15)),
}
BUSY = {11: 1.15, 12: 1.35, 1: 0.85, 2: 1.0, 6: 0.9, 7: 0.9}  # how busy a month of the year is; others 1

CAUSES = {  # in 100 complaints; causes and channels as the lesson on complaints names them
    "slow response": 64,
    "defect": 25,
    "over-promise": 11,
    "dissatisfied in use": 5,
    "price or quantity": 4,
    "rudeness": 3,
    "customer's mistake": 2,
    "unreasonable expectation": 2,
    "misleading marketing": 1,
    "discrimination": 1,
}
CHANNELS = {"call": 41, "mail": 22, "direct feedback": 17, "social media": 11, "staff": 6, "order history": 3}


class Chance:
    """Draws that stay the same on every Python and system."""

    def __init__(self, seed: int):
        self._next = Random(seed).random

    def whole(self, low: int, high: int) -> int:
        return low + int(self._next() * (high - low + 1))

    def happens(self, share: float) -> bool:
        return self._next() < share

    def one(self, items):
        return items[int(self._next() * len(items))]

    def weighted(self, shares: dict[str, int]) -> str:
        at = self._next() * sum(shares.values())
        for name, share in shares.items():
            at -= share
            if at < 0:
                return name
        return name

    def about(self, mean: float) -> int:
        """A whole number of that mean: never more than one and a half away from it, never below 0."""
        moved = max(0.0, mean + self._next() - 0.5)
        return int(moved) + (self._next() < moved - int(moved))

    def shuffled(self, items) -> list:
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self.whole(0, last)
            items[last], items[other] = items[other], items[last]
        return items


def rand(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def customers(chance: Chance) -> tuple[list[dict], dict[str, str]]:
    """300 businesses, and the kind of buyer that each is (never written to a file)."""
    kinds = chance.shuffled([name for name, kind in KINDS.items() for _ in range(kind.count)])
    names = chance.shuffled([(first, trade) for first in FIRST for trade in TRADES])
    provinces = {province: share for province, (share, _) in PLACES.items()}
    rows, kind_of = [], {}
    for number, kind in enumerate(kinds, start=1):
        first, trade = names[number - 1]
        province = chance.weighted(provinces)
        span = (date(2025, 12, 1), date(2026, 8, 20)) if kind == "new" else (date(2012, 1, 9), date(2025, 6, 30))
        if kind in ("volume at a loss", "frequent small", "dropping", "slow payer", "drain"):
            span = (span[0], date(2024, 6, 30))
        since = span[0] + timedelta(chance.whole(0, (span[1] - span[0]).days))
        checked = max(since, END - timedelta(chance.whole(5, 420)))
        mail = f"{first}.{trade}".lower().replace(" ", "").replace("è", "e").replace("é", "e")
        row = {
            "customer_id": f"C-{number:04d}",
            "name": f"{first} {trade}",
            "phone": f"082 000 {number:04d}",
            "email": f"{mail}@example.co.za",
            "postal_code": chance.one(PLACES[province][1]),
            "province": province,
            "consent": chance.weighted({"opt-in": 36, "existing": 54, "none": 10}),
            "opted_out": "yes" if chance.happens(0.08) else "no",
            "preferred_channel": chance.weighted({"telephone": 36, "e-mail": 30, "sms": 14, "whatsapp": 15, "post": 5}),
            "since": since.isoformat(),
            "last_verified": checked.isoformat(),
        }
        rows.append(row)
        kind_of[row["customer_id"]] = kind
    return rows, kind_of


def month_starts() -> list[date]:
    return [date(START.year + (START.month - 1 + i) // 12, (START.month - 1 + i) % 12 + 1, 1) for i in range(MONTHS)]


def working_day(chance: Chance, month: date) -> date:
    day = month + timedelta(chance.whole(0, 27))
    return day + timedelta(1) if day.weekday() == 6 else day  # the warehouse is closed on Sundays


def orders(chance: Chance, people: list[dict], kind_of: dict[str, str]) -> list[dict]:
    """Order lines over 24 months, by date; prices rose by 5 % on 1 March 2026."""
    placed = []
    for person in people:
        kind = KINDS[kind_of[person["customer_id"]]]
        size = 35 + chance.whole(0, 130)  # this customer's orders against its kind's, in 100
        favourites = kind.goods or tuple(chance.shuffled(range(len(PRODUCTS)))[:7])
        for place, month in enumerate(month_starts()):
            rate = kind.orders * BUSY.get(month.month, 1.0)
            if kind_of[person["customer_id"]] == "dropping" and place >= MONTHS - 4:
                rate *= 0.2
            for _ in range(chance.about(rate)):
                day = working_day(chance, month)
                if day.isoformat() >= person["since"]:
                    placed.append((day, person["customer_id"], kind, size, favourites))
    placed.sort(key=lambda one: one[:2])
    rows = []
    for number, (day, customer, kind, size, favourites) in enumerate(placed, start=1):
        delivered = "delivered" if chance.happens(kind.delivered) else "collected"
        chosen = {
            chance.one(favourites) if chance.happens(0.8) else chance.whole(0, len(PRODUCTS) - 1)
            for _ in range(max(1, chance.about(kind.lines)))
        }
        for product in sorted(chosen):
            quantity = max(1, chance.whole(*kind.quantity) * size // 100)
            if product in SLOW:
                quantity = max(1, quantity // 3)
            price = PRODUCTS[product][2] * (105 if day >= date(2026, 3, 1) else 100) // 100
            returned = chance.whole(1, quantity) if chance.happens(kind.returns) else 0
            rows.append(
                {
                    "order_id": f"O-{number:05d}",
                    "customer_id": customer,
                    "order_date": day,
                    "product_id": f"P-{product + 1:02d}",
                    "quantity": quantity,
                    "unit_price": price,
                    "discount": (quantity - returned) * price * kind.discount // 100,
                    "returned": returned,
                    "delivery": delivered,
                    "special": "yes" if chance.happens(kind.special) else "no",
                    "transfer": "yes" if chance.happens(kind.special / 2) else "no",
                }
            )
    return rows


def invoices(chance: Chance, lines: list[dict], kind_of: dict[str, str]) -> list[dict]:
    """One invoice an order, for what was not returned; nothing is invoiced when all of it was."""
    amounts: dict[tuple, int] = defaultdict(int)
    for line in lines:
        kept = (line["quantity"] - line["returned"]) * line["unit_price"] - line["discount"]
        amounts[line["order_id"], line["customer_id"], line["order_date"]] += kept
    rows = []
    for (order, customer, day), amount in amounts.items():
        if amount == 0:
            continue
        kind = KINDS[kind_of[customer]]
        due = day + timedelta(kind.terms)
        paid = due + timedelta(chance.whole(*kind.late))
        bad = kind_of[customer] == "slow payer" and day < date(2026, 6, 1) and chance.happens(0.05)
        rows.append(
            {
                "invoice_id": f"I-{order[2:]}",
                "order_id": order,
                "customer_id": customer,
                "invoice_date": day.isoformat(),
                "due_date": due.isoformat(),
                "amount": rand(amount),
                "paid_date": "" if bad or paid > END else max(paid, day).isoformat(),
                "written_off": rand(amount if bad else 0),
            }
        )
    return rows


def stock_turns(chance: Chance, lines: list[dict]) -> list[dict]:
    """What each product cost us in the last 12 months, and the stock that was held for it."""
    sold: dict[str, int] = defaultdict(int)
    for line in lines:
        if line["order_date"] >= LAST_YEAR:
            sold[line["product_id"]] += line["quantity"] - line["returned"]
    rows = []
    for number, (product, group, price, cost, turns) in enumerate(PRODUCTS, start=1):
        name = f"P-{number:02d}"
        cost_of_sales = sold[name] * cost
        rows.append(
            {
                "product_id": name,
                "product": product,
                "category": group,
                "list_price": rand(price),
                "unit_cost": rand(cost),
                "cost_of_sales": rand(cost_of_sales),
                "average_stock": rand(cost_of_sales * 100 // (turns * chance.whole(93, 107))),
            }
        )
    return rows


def complaints(chance: Chance, people: list[dict], lines: list[dict]) -> list[dict]:
    """240 complaints; slow response grows over the last half year, and some customers come back within 30 days."""
    bought = sorted({(line["order_date"], line["customer_id"], line["product_id"]) for line in lines})
    drawn = []
    while len(drawn) < 205:
        day, customer, product = chance.one(bought)
        cause = chance.weighted(CAUSES)
        if cause == "slow response" and day < date(2026, 5, 1) and chance.happens(0.65):
            continue  # fewer of them before the last half year
        day += timedelta(chance.whole(0, 12))
        channel = chance.weighted(CHANNELS)
        drawn.append((day, customer, product, cause, channel))
    for day, customer, product, cause, _ in chance.shuffled(drawn)[:35]:  # not solved the first time
        drawn.append((day + timedelta(chance.whole(4, 27)), customer, product, cause, chance.weighted(CHANNELS)))
    drawn = [(min(day, END), *rest) for day, *rest in drawn]
    rows = []
    for number, (day, customer, product, cause, channel) in enumerate(sorted(drawn), start=1):
        solved = day + timedelta(chance.whole(6, 40) if cause == "slow response" else chance.whole(0, 14))
        about_goods = cause in ("defect", "dissatisfied in use", "price or quantity", "over-promise")
        rows.append(
            {
                "complaint_id": f"K-{number:04d}",
                "customer_id": customer,
                "date": day.isoformat(),
                "channel": channel,
                "cause": cause,
                "product_id": product if about_goods else "",
                "resolved": solved.isoformat() if solved <= END else "",
            }
        )
    return rows


def product_calls() -> list[dict]:
    """Ten weeks of calls and of what was sold of two products: rebuilt from the exercise's printed conclusion."""
    calls = (12, 18, 20, 25, 28, 33, 38, 44, 47, 52)
    a = (4, 5, 5, 8, 7, 10, 9, 13, 12, 15)
    b = (5, 7, 3, 6, 4, 5, 7, 3, 6, 5)
    return [
        {"week": week, "calls": made, "product_a": sold_a, "product_b": sold_b}
        for week, (made, sold_a, sold_b) in enumerate(zip(calls, a, b, strict=True), start=1)
    ]


def three_customers() -> list[dict]:
    """The grading exercise: rebuilt so that the printed grades come out."""
    rows = (("Mrs Lotter", 120, 18000, 75), ("Ms Khumalo", 80, 12000, 40), ("Mrs Bright", 45, 7500, 15))
    return [dict(zip(("customer", "units", "spend", "days_to_pay"), row, strict=True)) for row in rows]


def unchecked(people: list[dict]) -> list[dict]:
    """40 records as they came from a careless office: what is wrong with each is in data/README.md."""
    rows = []
    for number, person in enumerate(people[:39], start=1):
        row = {**person, "age": str(24 + number), "marital_status": ("married", "single", "")[number % 3]}
        row["customer_id"] = f"U-{number:04d}"
        row["last_verified"] = max("2026-06-15", row["last_verified"])
        rows.append(row)

    def spoil(number: int, **changes: str) -> None:
        rows[number - 1].update(changes)

    spoil(2, phone="082 OOO 0002")  # letters O for noughts
    spoil(4, phone="fax 011 000 0456")
    spoil(6, postal_code="80010")
    spoil(8, age="200")
    spoil(10, since="2016-05-16", last_verified="2020-10-19")
    spoil(12, email="")
    spoil(14, phone="082 000 014")  # a digit short
    spoil(16, email="orders.example.co.za")
    spoil(18, last_verified="2027-03-09")
    spoil(20, name="")
    spoil(22, postal_code="8001", province="Limpopo")
    spoil(24, age="-3")
    spoil(26, since="2026-09-01", last_verified="2026-02-11")  # checked before it was a customer
    spoil(28, phone="orders@example.co.za", email="082 000 0028")  # in each other's place
    spoil(30, opted_out="maybe")
    spoil(32, consent="")
    spoil(34, phone="+44 20 7946 0034")  # not South African
    spoil(36, since="31/02/2024")
    spoil(38, preferred_channel="fax")
    rows.append({**rows[4], "customer_id": "U-0040", "name": rows[4]["name"].upper()})  # U-0005 again
    return rows


def csv_text(rows: list[dict]) -> str:
    lines = [",".join(rows[0])]
    for row in rows:
        cells = [str(cell) for cell in row.values()]
        lines.append(",".join(f'"{cell}"' if "," in cell else cell for cell in cells))
    return "\n".join(lines) + "\n"


def make() -> dict[str, bytes]:
    """Make every file: its name and its bytes."""
    # A stream of draws for each table, so that a change to one leaves the others as they are.
    people, kind_of = customers(Chance(SEED))
    lines = orders(Chance(SEED + 1), people, kind_of)
    written = [{**row, "unit_price": rand(row["unit_price"]), "discount": rand(row["discount"])} for row in lines]
    tables = {
        "customers.csv": people,
        "customers_unchecked.csv": unchecked(people),
        "orders.csv": written,
        "invoices.csv": invoices(Chance(SEED + 2), lines, kind_of),
        "stock_turns.csv": stock_turns(Chance(SEED + 3), lines),
        "complaints.csv": complaints(Chance(SEED + 4), people, lines),
        "product_calls.csv": product_calls(),
        "three_customers.csv": three_customers(),
    }
    return {name: csv_text(rows).encode("utf-8") for name, rows in tables.items()}


def main(arguments: list[str]) -> int:
    files = make()
    if arguments == ["--check"]:
        changed = [name for name, data in files.items() if (HOME / name).read_bytes() != data]
        print(f"Differ from what this script makes: {', '.join(changed)}" if changed else "All files are as made.")
        return 1 if changed else 0
    folder = Path(arguments[0]) if arguments else HOME
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
