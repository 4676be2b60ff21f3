"""nbgrader's settings for a cohort folder: learners' files are never run; their answers are checked as data."""

import os
import re
import tomllib
from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader provides it

folder = Path(__file__).resolve().parent
cohort = tomllib.loads((folder / "cohort.toml").read_text(encoding="utf-8"))

c.CourseDirectory.root = str(folder)
c.CourseDirectory.course_id = re.sub(r"[^A-Za-z0-9_-]+", "-", cohort["name"])
if "db_url" in cohort:
    c.CourseDirectory.db_url = cohort["db_url"]
# nbgrader's exchange passes work between the accounts of one computer. Where the computer has the usual one, that is used;
# elsewhere the cohort has its own, so that formgrader does not complain. Learners hand in zips: they need neither.
usual = "/usr/local/share/nbgrader/exchange"
if not os.access(usual, os.W_OK | os.X_OK):
    c.Exchange.root = str(folder / "exchange")

c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "evidence", "*.lock"]

# The notebook that is graded is made from the master (FromMaster), and nbgrader's Execute, which would run the
# learner's code in the assessor's account, gives way to the master's checks on the learner's answers (CheckAnswers).
c.Autograde.sanitize_preprocessors = ["learner_kit.assess.autograde.FromMaster"]
c.Autograde.autograde_preprocessors = [
    "learner_kit.assess.autograde.CheckAnswers",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
