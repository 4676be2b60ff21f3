"""Records of the class, beside those of assessment: session plans, attendance, evaluation, knowledge checks, consent.

They stand in the same database and are made with it (`cohort` sees to that). Attendance, knowledge checks and consent
only ever grow: a correction is a new row with the next number. Evaluation knows no learner and no time.
"""

from __future__ import annotations

import sqlalchemy as sa

from learner_kit.course import records

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts up only plain INTEGER keys

session_plans = sa.Table(
    "kit_session_plans",
    records.META,
    sa.Column("id", KEY, primary_key=True),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("who", sa.String(60), nullable=False),
    sa.Column("why", sa.Text, nullable=False, default=""),
    sa.Column("plan", sa.Text, nullable=False),
)
attendance = sa.Table(
    "kit_attendance",
    records.META,
    sa.Column("id", KEY, primary_key=True),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("learner", sa.String(20), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("arrived", sa.Time, nullable=True),
    sa.Column("left", sa.Time, nullable=True),
    sa.Column("reason", sa.String(20), nullable=False, default=""),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Column("late", sa.Boolean, nullable=False, default=False),
    sa.Column("source", sa.String(10), nullable=False, default="screen"),
    sa.Column("batch", sa.String(32), nullable=False),
    sa.Column("who", sa.String(60), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    # Two facilitators who write at the same moment take the same number: the database refuses the second.
    sa.UniqueConstraint("day", "learner", "number"),
)
# No learner, no time, and a key drawn by chance: nothing here says who wrote a form, or in which order they came.
evaluations = sa.Table(
    "kit_evaluations",
    records.META,
    sa.Column("id", KEY, primary_key=True, autoincrement=False),
    sa.Column("form", sa.String(20), nullable=False),
    sa.Column("answers", sa.Text, nullable=False),
)
# Which forms were counted: the number drawn by chance that a form came with, hashed; nothing leads from it to its answers.
evaluations_taken = sa.Table(
    "kit_evaluations_taken",
    records.META,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("form", sa.String(20), nullable=False),
)
knowledge = sa.Table(
    "kit_knowledge",
    records.META,
    sa.Column("id", KEY, primary_key=True),
    sa.Column("learner", sa.String(20), nullable=False),
    sa.Column("round", sa.String(10), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("answers", sa.String(200), nullable=False),
    sa.Column("who", sa.String(60), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.UniqueConstraint("learner", "round", "number"),
)
consents = sa.Table(
    "kit_consents",
    records.META,
    sa.Column("id", KEY, primary_key=True),
    sa.Column("learner", sa.String(20), nullable=False, index=True),
    sa.Column("purpose", sa.String(40), nullable=False),
    sa.Column("answer", sa.String(10), nullable=False),
    sa.Column("notice", sa.String(20), nullable=False),
    sa.Column("how", sa.String(20), nullable=False),
    sa.Column("given_on", sa.Date, nullable=False),
    sa.Column("who", sa.String(60), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
# What somebody saw of a learner's work, on a form: observation, testimony, presentation, logbook. A correction is a new row
# that names the old one; without criteria it takes the old one back.
workplace = sa.Table(
    "kit_workplace",
    records.META,
    sa.Column("id", KEY, primary_key=True),
    sa.Column("learner", sa.String(20), nullable=False, index=True),
    sa.Column("form", sa.String(40), nullable=False),
    sa.Column("done_on", sa.Date, nullable=False),
    sa.Column("witness", sa.String(120), nullable=False),
    sa.Column("criteria", sa.Text, nullable=False),
    sa.Column("answers", sa.Text, nullable=False),
    sa.Column("replaces", KEY, nullable=True, unique=True),
    sa.Column("why", sa.Text, nullable=False, default=""),
    sa.Column("who", sa.String(60), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
# Questions to the class: counts alone, nobody's answer. While one is open, `counts` is empty and `folder` says where it is.
polls = sa.Table(
    "kit_polls",
    records.META,
    sa.Column("id", KEY, primary_key=True),
    sa.Column("poll", sa.String(12), nullable=False, unique=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("folder", sa.Text, nullable=False, default=""),
    sa.Column("asked_at", sa.DateTime, nullable=False),
    sa.Column("closed_at", sa.DateTime, nullable=True),
    sa.Column("counts", sa.Text, nullable=False, default=""),
    sa.Column("who", sa.String(60), nullable=False),
)
# Who worked with whom: one row a learner and grouping.
groups = sa.Table(
    "kit_groups",
    records.META,
    sa.Column("id", KEY, primary_key=True),
    sa.Column("grouping", sa.Integer, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("learner", sa.String(20), nullable=False),
    sa.Column("team", sa.Integer, nullable=False),
    sa.Column("seed", sa.String(40), nullable=False, default=""),
    sa.Column("who", sa.String(60), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.UniqueConstraint("grouping", "learner"),
)
