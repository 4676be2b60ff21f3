"""How long `plan` takes for 10 000 customers over 90 days, and what a register keeps when 8 processes write at once.

    python benchmarks/contact_plan.py            # both; needs about a minute, most of it the disk's
    python benchmarks/contact_plan.py --plan
    python benchmarks/contact_plan.py --register

Exits 1 when the plan takes 3 s or more, when a planned contact is against the policy, or when the register lost or
doubled an entry. A busy machine makes the plan slower: the best of the runs counts.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import measure
import pandas as pd

from learner_kit.contact import Policy, Register, may_contact, plan

POLICY = Path(__file__).parents[1] / "data" / "contact_policy.toml"
START, DAYS, CUSTOMERS, LIMIT = date(2026, 11, 23), 90, 10_000, 3.0
PROCESSES, EACH = 8, 1000
WRITER = """
import sys
from learner_kit.contact.register import Register
path, who, each = sys.argv[1:]
register = Register(path)
sys.stdin.readline()
for n in range(int(each)):
    register.append(customer_id=f"C-{who}-{n}", when="2025-11-24 09:10", channel="telephone", purpose="query",
                    outcome="answered", contacted_by=f"S-{who}")
"""


def crowd(chance: random.Random) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers with everything the plan looks at, and 10 000 contacts made before."""
    span = range(CUSTOMERS)

    def some(share: float, draw) -> list:
        return [draw() if chance.random() < share else None for _ in span]

    customers = pd.DataFrame(
        {
            "customer_id": [f"C-{n:05d}" for n in span],
            "phone": some(0.97, lambda: "082 000 0123"),
            "email": some(0.8, lambda: "shop@example.co.za"),
            "postal_code": "0001",
            "consent": [chance.choice(["opt-in", "existing", "none"]) for _ in span],
            "opted_out": [chance.choice(["no"] * 9 + ["yes"]) for _ in span],
            "preferred_channel": [chance.choice(["telephone", "e-mail", "sms", "whatsapp", "post"]) for _ in span],
            "grade": [chance.choice(["A", "B", "C", "New"]) for _ in span],
            "last_purchase": some(0.7, lambda: START - timedelta(chance.randrange(120))),
            "birth_date": some(0.8, lambda: date(1950, 1, 1) + timedelta(chance.randrange(20_000))),
            "overdue_since": some(0.1, lambda: START - timedelta(chance.randrange(60))),
            "open_complaint": some(0.02, lambda: "yes"),
        }
    )
    history = pd.DataFrame(
        {
            "customer_id": [f"C-{chance.randrange(CUSTOMERS):05d}" for _ in span],
            "date": [START - timedelta(chance.randrange(1, 60)) for _ in span],
            "time": "10:00",
            "channel": "telephone",
            "purpose": [chance.choice(["survey", "special-offer", "query"]) for _ in span],
        }
    )
    return customers, history


def planning(runs: int) -> bool:
    policy = Policy.load(POLICY)
    customers, history = crowd(random.Random(252218))
    taken, own = [], []
    for _ in range(runs):
        began, worked = time.perf_counter(), time.process_time()
        planned = plan(customers, history, policy, START, DAYS)
        taken.append(time.perf_counter() - began)
        own.append(time.process_time() - worked)
    best = min(taken)
    print(f"plan: {CUSTOMERS} customers, {DAYS} days, {len(planned)} contacts planned")
    print(f"  {measure.where()}")
    print(f"  best of {runs}: {best:.2f} s (all: {', '.join(f'{one:.2f}' for one in taken)}); limit {LIMIT:.0f} s")
    print(f"  of it the processor's own time, which other programs do not lengthen: {min(own):.2f} s")
    wrong = against_policy(customers, history, planned, policy, 500)
    print(f"  contacts of 500 customers against the policy: {wrong}")
    return best < LIMIT and not wrong


def against_policy(
    customers: pd.DataFrame, history: pd.DataFrame, planned: pd.DataFrame, policy: Policy, first: int
) -> int:
    """How many of the first customers' planned contacts `may_contact` refuses."""
    some = set(customers["customer_id"][:first])
    records = {row["customer_id"]: row for row in customers.to_dict("records") if row["customer_id"] in some}
    past: dict[str, list] = {who: [] for who in some}
    for row in history.to_dict("records"):
        if row["customer_id"] in some:
            past[row["customer_id"]].append(row)
    wrong = 0
    for row in planned[planned["customer_id"].isin(some)].to_dict("records"):
        who, when = row["customer_id"], datetime.combine(row["date"], row["time"])
        wrong += not may_contact(when, row["channel"], row["purpose"], records[who], past[who], policy)
        past[who].append({**row, "when": when})
    return wrong


def register() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "register.db")
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, path, str(n), str(EACH)], stdin=subprocess.PIPE, text=True)
            for n in range(PROCESSES)
        ]
        time.sleep(5)  # all of them have opened the file
        began = time.perf_counter()
        for one in writers:
            one.stdin.write("go\n")
            one.stdin.flush()
        failed = [one.wait() for one in writers]
        taken = time.perf_counter() - began
        with Register(path) as kept:
            table = kept.table()
    wanted = {f"C-{who}-{n}" for who in range(PROCESSES) for n in range(EACH)}
    found = table["customer_id"]
    lost, doubled = len(wanted - set(found)), int(found.duplicated().sum())
    print(f"register: {PROCESSES} processes x {EACH} appends, each on disk before the next")
    print(f"  kept {len(table)}, lost {lost}, doubled {doubled}; {taken:.1f} s, {len(table) / taken:.0f} a second")
    return not (any(failed) or lost or doubled)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--plan", action="store_true", help="only the plan")
    asked.add_argument("--register", action="store_true", help="only the register")
    asked.add_argument("--runs", type=int, default=5, help="runs of the plan (default 5)")
    given = asked.parse_args()
    good = True
    if given.plan or not given.register:
        good &= planning(max(1, given.runs))
    if given.register or not given.plan:
        good &= register()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
