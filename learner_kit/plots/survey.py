"""Charts of a survey: tally bars, answers on a scale, importance against performance."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from learner_kit.checks import has_columns, number
from learner_kit.plots.canvas import (
    BLUE,
    GREEN,
    INK,
    MOST,
    ORANGE,
    PURPLE,
    QUIET,
    RED,
    SKY,
    SMALL,
    also,
    canvas,
    drawn,
    finish,
    listed,
    many,
    nothing,
    numbers,
    percent,
    plain,
    short,
    wrapped,
)
from learner_kit.reading import NBSP, write_number

# From the least to the most favourable: unlike in lightness, hue and pattern; the unfavourable side is hatched.
_SCALES = {
    2: [(RED, "///"), (BLUE, "")],
    3: [(RED, "///"), ("#e6e9ec", ""), (BLUE, "")],
    4: [(RED, "xxx"), (ORANGE, "///"), (SKY, ""), (BLUE, "...")],
    5: [(RED, "xxx"), (ORANGE, "///"), ("#e6e9ec", ""), (SKY, ""), (BLUE, "...")],
}
_QUADRANTS = {  # (important, performs well) -> the name of Martilla and James, colour, marker
    (True, False): ("Concentrate here", RED, "^"),
    (True, True): ("Keep up the good work", BLUE, "o"),
    (False, False): ("Low priority", PURPLE, "s"),
    (False, True): ("Possible overkill", GREEN, "D"),
}
_NAMED = {quadrant[0]: quadrant for quadrant in _QUADRANTS.values()}


@drawn
def tally(table: pd.DataFrame, title: str = "Answers", ax: Axes | None = None) -> Axes:
    """Draw the answers to one question as bars, each with its count and percentage.

    Args:
        table: columns `answer`, `count` (0 or more) and, if wanted, `percent` (0 to 100), as `survey.tally` gives them;
            with columns `low` and `high` (fractions, from `survey.interval`) each bar shows its interval.
        title: what was asked.
        ax: where to draw; without it, on a figure of its own.

    Returns:
        The axes; `alt(axes)` gives the text that stands for the chart.

    Raises:
        DataError: for a missing column or a count that is not a number of 0 or more.

    Example:
        >>> table = pd.DataFrame({"answer": ["Daily", "Never"], "count": [35, 7]})
        >>> tally(table, title="How often do you use it?").get_title(loc="left")
        'How often do you use it?'
    """
    sure = len(also(table, ["low", "high"])) == 2
    held = numbers(table, ["count", *also(table, ["percent", *["low", "high"] * sure])], "the tally", low=0)
    has_columns(held, ["answer"], "the tally")
    base = held["count"].sum()
    shares = held["percent"] if "percent" in held else 100 * held["count"] / (base or 1)
    rows, left = held.head(MOST), max(len(held) - MOST, 0)
    names = [wrapped(answer, 34) for answer in rows["answer"]]
    ax = canvas(ax, 1.2 + 0.3 * len(rows) + 0.14 * sum(name.count("\n") for name in names))
    if held.empty:
        return nothing(ax, title, "Bar chart")
    counts = rows["count"].fillna(0)
    places = range(len(rows))
    ax.barh(places, counts, color=SKY, edgecolor=BLUE, height=0.68)
    reach = counts
    if sure and base:
        low, high = rows["low"].fillna(0) * base, rows["high"].fillna(0) * base
        ax.errorbar((low + high) / 2, places, xerr=(high - low) / 2, fmt="none", ecolor=INK, elinewidth=1.2, capsize=3)
        reach = pd.concat([counts, high], axis=1).max(axis=1)
    decimals = 0 if (shares.dropna() % 1 == 0).all() else 2
    says = [_count(count, share, decimals) for count, share in zip(rows["count"], shares.head(MOST), strict=True)]
    for place, end, said in zip(places, reach, says, strict=True):
        ax.annotate(said, (end, place), (5, 0), textcoords="offset points", va="center", fontsize=SMALL)
    ax.set_yticks(list(places), names)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, max(reach.max(), 1e-9) * 1.28 if reach.max() > 0 else 1)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    notes = [many(base, "answer")]
    notes += ["the lines show the 95 % interval" if sure else "", f"{left} more answers are not drawn" if left else ""]
    words = listed(f"{plain(answer)} {said}" for answer, said in zip(rows["answer"], says, strict=True))
    return finish(
        ax,
        title,
        f"Bar chart of {many(base, 'answer')}: {words}.",
        "; ".join(filter(None, notes)),
    )


def _count(count: float, share: float, decimals: int) -> str:
    if pd.isna(count):
        return "no value"
    return write_number(count) + ("" if pd.isna(share) else f" ({write_number(share, decimals)}{NBSP}%)")


@drawn
def likert(table: pd.DataFrame, title: str = "Answers on a scale", ax: Axes | None = None) -> Axes:
    """Draw answers on a scale, side by side for several items, so that they part at the middle of the scale.

    The unfavourable answers stand to the left (hatched), the favourable ones to the right; a middle answer is shared
    between both sides.

    Args:
        table: columns `item`, `answer` and `count`, the answers of each item from the least to the most favourable (2
            to 5 of them), as `survey.matrix` gives them; or the tally of one question.
        title: what was asked.
        ax: where to draw; without it, on a figure of its own.

    Returns:
        The axes; `alt(axes)` gives the text that stands for the chart.

    Raises:
        DataError: for a missing column or a count that is not a number of 0 or more.
        ValueError: for a scale of other than 2 to 5 answers.

    Example:
        >>> table = pd.DataFrame({"item": ["Price"] * 2, "answer": ["Poor", "Good"], "count": [1, 3]})
        >>> likert(table).alt.replace("\\xa0", " ")
        'Answers on a scale. Bar chart of 1 item, answers from Poor to Good: Price, 4 answers: Poor 25 %, Good 75 %.'
    """
    counts = _scale(table)
    answers, items = list(counts.columns), list(counts.index)
    if counts.empty:
        return nothing(canvas(ax, 1.6), title, "Bar chart of answers on a scale")
    if len(answers) not in _SCALES:
        raise ValueError(f"table must hold a scale of 2 to 5 answers, not {len(answers)}.")
    bases = counts.sum(axis=1)
    shares = counts.div(bases.where(bases > 0), axis=0).fillna(0) * 100
    rows, left = shares.head(MOST), max(len(shares) - MOST, 0)
    ax = canvas(ax, 1.9 + 0.46 * len(rows))
    half = len(answers) // 2
    start = -rows.iloc[:, :half].sum(axis=1) - (rows.iloc[:, half] / 2 if len(answers) % 2 else 0)
    places = range(len(rows))
    for answer, (colour, hatch) in zip(answers, _SCALES[len(answers)], strict=True):
        wide = rows[answer]
        ax.barh(places, wide, left=start, color=colour, hatch=hatch, edgecolor="white", height=0.7, linewidth=0.8)
        for place, (begin, width) in enumerate(zip(start, wide, strict=True)):
            if width >= 7:
                ax.text(
                    begin + width / 2,
                    place,
                    percent(width, 0),
                    ha="center",
                    va="center",
                    fontsize=SMALL,
                    bbox={"boxstyle": "round,pad=0.18", "facecolor": "white", "edgecolor": "none", "alpha": 0.9},
                )
        start = start + wide
    for place, base in enumerate(bases.head(MOST)):
        ax.text(
            1.01, place, f"n = {write_number(base)}", transform=ax.get_yaxis_transform(), va="center", fontsize=SMALL
        )
    ax.axvline(0, color=INK, linewidth=1)
    ax.set_yticks(list(places), [wrapped(item, 30) for item in rows.index])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(-100, 100) if not shares.to_numpy().any() else ax.margins(x=0.03)
    ax.set_xticks([])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    _scale_key(ax, answers)
    words = "; ".join(_row(items[place], shares.iloc[place], bases.iloc[place]) for place in places[:10])
    more = f"; and {len(items) - 10} more" if len(items) > 10 else ""
    span = f"{plain(answers[0])} to {plain(answers[-1])}"
    note = f"{left} more items are not drawn" if left else ""
    return finish(ax, title, f"Bar chart of {many(len(items), 'item')}, answers from {span}: {words}{more}.", note)


def _scale_key(ax: Axes, answers: list[object]) -> None:
    """Which colour and pattern stands for which answer, below the chart."""
    keys = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=wrapped(answer, 26))
        for answer, (colour, hatch) in zip(answers, _SCALES[len(answers)], strict=True)
    ]
    across = len(keys) if sum(len(plain(answer)) for answer in answers) < 50 else 3
    # matplotlib fills a key column by column; it is read line by line.
    keys = [keys[place] for column in range(across) for place in range(column, len(keys), across)]
    ax.figure.legend(
        handles=keys,
        loc="outside lower center",
        ncols=across,
        frameon=False,
        fontsize=SMALL,
        handlelength=2,
        handleheight=1.2,
    )


def _scale(table: pd.DataFrame) -> pd.DataFrame:
    """Counts with the items as rows and the answers, from the least favourable, as columns."""
    held = numbers(table, ["count"], "the table of answers", low=0)
    if "item" not in held:
        held = held.assign(item="All")
    has_columns(held, ["answer", "item"], "the table of answers")
    held = held.assign(answer=held["answer"].astype(object), item=held["item"].astype(object))
    answers, items = list(dict.fromkeys(held["answer"])), list(dict.fromkeys(held["item"]))
    counts = held.pivot_table(index="item", columns="answer", values="count", aggfunc="sum", sort=False)
    return counts.reindex(index=items, columns=answers).fillna(0)


def _row(item: object, shares: pd.Series, base: float) -> str:
    if not base:
        return f"{plain(item)}, no answers"
    said = ", ".join(f"{plain(answer)} {percent(share)}" for answer, share in shares.items())
    return f"{plain(item)}, {many(base, 'answer')}: {said}"


@drawn
def importance_performance(
    table: pd.DataFrame,
    title: str = "Importance and performance",
    cross: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what customers find important against how well it is done, in four quarters.

    Args:
        table: columns `attribute`, `importance` and `performance` (numbers on their scales) and, if there is one,
            `quadrant`, as `survey.importance_performance` gives them.
        title: what was asked.
        cross: the importance and the performance at which the quarters meet; without it, the crosshair the table
            comes with, or else its means.
        ax: where to draw; without it, on a figure of its own.

    Returns:
        The axes; `alt(axes)` gives the text that stands for the chart.

    Raises:
        DataError: for a missing column or text where a number should be.

    Example:
        >>> rated = pd.DataFrame({"attribute": ["Price", "Gifts"], "importance": [5, 1], "performance": [2, 4]})
        >>> importance_performance(rated).alt
        'Importance and performance. Map of 2 attributes. The quarters meet at importance 3,00 and performance 3,00. Price:
        importance 5,00, performance 2,00 (concentrate here), Gifts: importance 1,00, performance 4,00 (possible
        overkill).'

    Source: Martilla and James, Importance-Performance Analysis, Journal of Marketing 41(1), 1977.
    """
    held = numbers(table, ["importance", "performance"], "the table of attributes")
    has_columns(held, ["attribute", *also(held, ["quadrant"])], "the table of attributes")
    if cross is not None:
        low, high = cross if isinstance(cross, (tuple, list)) and len(cross) == 2 else (None, None)
        cross = number("cross", low), number("cross", high)
    held = held.dropna(subset=["importance", "performance"])
    ax = canvas(ax, 4.4 + 0.19 * min(len(held), MOST))
    if held.empty:
        return nothing(ax, title, "Map of importance and performance")
    known = table.attrs.get("crosshair", {})
    level, mark = cross or (
        known.get("importance", held["importance"].mean()),
        known.get("performance", held["performance"].mean()),
    )
    spans = []
    for values, middle in ((held["performance"], mark), (held["importance"], level)):
        spans.append(max((values - middle).abs().max() * 1.3, 0.25))
    ax.set_xlim(mark - spans[0], mark + spans[0])
    ax.set_ylim(level - spans[1], level + spans[1])
    ax.axvline(mark, color=QUIET, linewidth=1)
    ax.axhline(level, color=QUIET, linewidth=1)
    _quarters(ax)
    found = []
    for row in held.itertuples():
        placed = _QUADRANTS[(row.importance >= level - 1e-9, row.performance >= mark - 1e-9)]
        name, colour, marker = _NAMED.get(getattr(row, "quadrant", None), placed)
        found.append(name)
        ax.plot(row.performance, row.importance, marker, color=colour, markersize=9, markeredgecolor="white")
    _number_points(ax, held, spans)
    ax.set_xlabel("How well it is done (performance)")
    ax.set_ylabel("How important it is")
    ax.tick_params(labelsize=SMALL)
    for side in (ax.xaxis, ax.yaxis):
        side.set_major_formatter(lambda value, _: short(value))
    key = [f"{place}  {wrapped(name, 80, 1)}" for place, name in enumerate(held["attribute"].head(MOST), 1)]
    ax.figure.supxlabel("\n".join(key), x=0.02, ha="left", fontsize=SMALL, linespacing=1.35)
    points = (
        f"{plain(row.attribute)}: importance {write_number(row.importance, 2)}, performance "
        f"{write_number(row.performance, 2)} ({plain(quarter).lower()})"
        for row, quarter in zip(held.itertuples(), found, strict=True)
    )
    return finish(
        ax,
        title,
        f"Map of {many(len(held), 'attribute')}. The quarters meet at importance {write_number(level, 2)} and performance "
        f"{write_number(mark, 2)}. {listed(points)}.",
        f"The lines cross at importance {write_number(level, 2)} and performance {write_number(mark, 2)}",
    )


def _quarters(ax: Axes) -> None:
    """The names of the four quarters, each in its corner."""
    for (important, good), (name, _, _) in _QUADRANTS.items():
        ax.annotate(
            name,
            (1 if good else 0, 1 if important else 0),
            (-7 if good else 7, -8 if important else 8),
            "axes fraction",
            "offset points",
            ha="right" if good else "left",
            va="top" if important else "bottom",
            fontsize=SMALL,
            color=QUIET,
            fontweight="bold",
        )


def _number_points(ax: Axes, held: pd.DataFrame, spans: list[float]) -> None:
    """The number of each point beside it; points that lie on one another share a place for theirs."""
    together: dict[tuple[float, float], list[int]] = {}
    for place, row in enumerate(held.itertuples(), 1):
        key = (round(row.performance / spans[0] * 14), round(row.importance / spans[1] * 14))
        together.setdefault(key, []).append(place)
    for ids in together.values():
        row = held.iloc[ids[0] - 1]
        said = ", ".join(map(str, ids[:6])) + (" …" if len(ids) > 6 else "")
        ax.annotate(
            said, (row["performance"], row["importance"]), (8, 5), textcoords="offset points", fontweight="bold"
        )
