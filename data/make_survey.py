"""Make data/survey_responses.csv: 185 made-up responses to data/questionnaire.toml, the same bytes every time.

    python data/make_survey.py

The counts of the question on usage are those of the course's worked example; everything else is invented, with things
to find in it: after-sales service matters much and does badly, 2026 pleases more than 2025, and the two branches do
not differ by more than chance.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pandas as pd

from learner_kit import files
from learner_kit.survey import Questionnaire

FOLDER = Path(__file__).parent
SEED = 252218
USAGE = [35, 42, 46, 23, 20, 12, 7]  # in the order of the questionnaire: daily, weekly, … once a year, do not use
RARE = 14  # of those who ticked the joined line, how many mean two or three times a year
# How each attribute does and how much it matters, on steps 1 to 5, about which customers scatter.
PERFORMANCE = [4.1, 3.2, 3.0, 4.2, 4.0, 2.5]
IMPORTANCE = [4.7, 4.2, 2.7, 2.9, 4.0, 4.4]
BETTER_IN = {"2025": -0.3, "2026": 0.3}
BRANCHES = ["Durban", "Polokwane"]
EMPTY = 0.03  # of the answers are left out, as people do
IMPROVE = [
    "Answer the phone sooner when something breaks.",
    "I waited three weeks for a spare part.",
    "Tell me when my repair is ready, so that I need not keep phoning.",
    "A smaller pack would suit me better.",
    "The price went up twice this year.",
    "Keep the queue at the till shorter at month end.",
    "Nobody could tell me what the guarantee covers.",
    "Instructions in isiZulu and Sepedi would help my mother.",
    "Send fewer messages, please.",
    "Nothing, I am happy.",
]
COMMENTS = [
    "The lady at the counter was very kind to me.",
    "It has not let me down in two years.",
    "I bought a second one for my sister.",
    "The shop is always clean.",
    "Delivery came a day early.",
    "I might try another brand next time.",
]


def responses(seed: int = SEED) -> pd.DataFrame:
    """Give 185 made-up responses, one row for each respondent; None is not asked or not answered."""
    draw = random.Random(seed).random  # only random(): the one whose numbers Python promises to keep
    form = Questionnaire.load(FOLDER / "questionnaire.toml")
    answers = {question.id: question.answers for question in form.questions}
    usage = [answer for answer, count in zip(answers["usage"], USAGE, strict=True) for _ in range(count)]
    rare = iter([answers["usage_rare"][0]] * RARE + [answers["usage_rare"][1]] * (USAGE[4] - RARE))
    rows = []
    for one in sorted(usage, key=lambda _: draw()):
        rows.append(_respondent(f"R-{len(rows) + 1:03}", one, rare, form, answers, draw))
    return pd.DataFrame(rows, columns=list(form.columns))


def _respondent(id: str, usage: str, rare: Any, form: Questionnaire, answers: dict, draw: Any) -> dict[str, Any]:
    period = "2025" if draw() < 0.48 else "2026"
    row = {"respondent": id, "period": period, "branch": BRANCHES[draw() < 0.45], "usage": usage}
    mood = BETTER_IN[period] + _spread(draw, 0.7)
    uses = usage != answers["usage"][-1]

    def step(question: str, middle: float) -> Any:
        """An answer near `middle`, or none now and then."""
        place = min(max(round(middle + _spread(draw, 0.8)), 1), len(answers[question]))
        return None if draw() < EMPTY else answers[question][place - 1]

    if usage == answers["usage"][4]:
        row["usage_rare"] = next(rare)
    for column, middle in zip(form.question("performance").columns, PERFORMANCE, strict=True):
        row[column] = step("performance", middle + mood) if uses else None
    for column, middle in zip(form.question("importance").columns, IMPORTANCE, strict=True):
        row[column] = step("importance", middle)
    row["satisfaction"] = step("satisfaction", 3.6 + mood) if uses else None
    contacted = draw() < (0.38 if uses else 0.1)
    row["contacted"] = answers["contacted"][0 if contacted else 1]
    if contacted:  # everybody who said yes answers, so that the base of the outcome is those who said yes
        luck = draw() * 100 - 8 * mood
        row["outcome"] = answers["outcome"][sum(luck >= edge for edge in (45, 60, 72, 90))]
    row["comparison"] = step("comparison", 3.3 + mood / 2)
    row["repurchase"] = step("repurchase", 3.7 + mood) if uses else None
    row["recommend"] = step("recommend", 3.6 + mood) if uses else None
    score = min(max(round(7.3 + 2 * mood + _spread(draw, 1.5)), 0), 10)
    row["recommend_score"] = score if uses and draw() >= EMPTY else None
    unhappy = max(0, min(9, round(5 - 3 * mood + _spread(draw, 4))))
    row["improve"] = IMPROVE[9 - unhappy] if draw() < 0.4 else None
    row["comments"] = COMMENTS[int(draw() * len(COMMENTS))] if draw() < 0.2 else None
    return row


def _spread(draw: Any, width: float) -> float:
    """A bell-shaped draw about 0 (the sum of four even ones)."""
    return width * (draw() + draw() + draw() + draw() - 2) * 3**0.5


def main(path: Path = FOLDER / "survey_responses.csv") -> Path:
    """Write the file."""
    table = responses()
    table["recommend_score"] = table["recommend_score"].astype("Int64")
    return files.write(path, table.to_csv(index=False, lineterminator="\n"))


if __name__ == "__main__":
    print(main())
