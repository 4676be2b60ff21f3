"""Maintaining contact with customers (SO3), and reporting it (SO4 AC1).

`Policy` holds when, how and why customers are contacted; `may_contact` answers for one contact, `plan` for the coming
weeks; `Register` keeps what was done, for several people at once; `check_contacts` holds a register against the policy
and `check_records` holds customers' records against the four qualities of data. Times are South African.
The law is summarised for training; it is not legal advice.

    >>> from learner_kit import contact
    >>> policy = contact.Policy.load("data/contact_policy.toml")
    >>> str(contact.may_contact("2026-11-21 08:30", "telephone", "new-product",
    ...                         {"customer_id": "C-0001", "consent": "opt-in"}, None, policy).next_time)
    '2026-11-21 09:00:00'
"""

from learner_kit.contact.planning import left_out, plan
from learner_kit.contact.policy import Policy
from learner_kit.contact.records_check import check_records
from learner_kit.contact.register import Register
from learner_kit.contact.register_check import check_contacts
from learner_kit.contact.rules import Verdict, may_contact

__all__ = ["Policy", "Register", "Verdict", "check_contacts", "check_records", "left_out", "may_contact", "plan"]
