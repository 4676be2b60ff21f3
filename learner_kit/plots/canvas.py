"""What every chart shares: its canvas, colours, words and pictures.

Charts are drawn on figures of their own, never through pyplot, so that none stays behind in memory. Colours are those of
Okabe and Ito, which people with any kind of colour vision can tell apart; every chart also says the same by pattern,
shape, place or number.
"""

from __future__ import annotations

import base64
import functools
import io
import textwrap
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from learner_kit.checks import LARGEST, has_columns, kind, row_numbers, whole
from learner_kit.documents.text import clean, ended, shown
from learner_kit.errors import DataError, Fault
from learner_kit.reading import NBSP, write_number

ORANGE, SKY, GREEN = "#E69F00", "#56B4E9", "#009E73"  # of the eight of Okabe and Ito (2008)
BLUE, RED, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
INK, QUIET, PALE = "#1b2733", "#485662", "#d5dce1"
SMALL, PLAIN, TITLE = 9.5, 10.5, 12.5  # points, on a picture WIDTH inches wide
WIDTH = 7.2
MOST = 30  # bars or rows drawn; a chart says how many it leaves out

_LOOK = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every computer
    "font.size": PLAIN,
    "text.color": INK,
    "text.usetex": False,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.formatter.use_locale": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": PALE,
    "hatch.linewidth": 0.7,
    "savefig.bbox": None,
    "savefig.facecolor": "white",
}


def drawn(chart: Callable[..., Axes]) -> Callable[..., Axes]:
    """Draw a chart in the kit's look, whatever the user's own settings are."""

    @functools.wraps(chart)
    def draw(*args: Any, **kwargs: Any) -> Axes:
        with matplotlib.rc_context(_LOOK):
            return chart(*args, **kwargs)

    return draw


def canvas(ax: Axes | None, height: float) -> Axes:
    """Give the axes to draw on: the ones given, or new ones on a figure of their own (`height` in inches)."""
    if ax is not None:
        kind("ax", ax, Axes, "axes of matplotlib")
    else:
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        figure.get_layout_engine().set(w_pad=0.12, h_pad=0.1)  # inches round the chart
        ax = figure.subplots()
        ax.alone = True
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0, labelsize=PLAIN)
    return ax


def finish(ax: Axes, title: str, words: str, note: str = "") -> Axes:
    """Set the title, a small note under it, and the text that stands for the chart."""
    kind("title", title, str, "a text")
    _settle(ax.figure)  # how wide the axes are beside their labels
    inches = max(ax.get_window_extent().width / ax.figure.dpi, 2.5)
    said = wrapped(note, int(inches * 13), 6) if note else ""
    heading = wrapped(title, int(inches * 9.5), 4)
    room = 12 + 13 * (said.count("\n") + 1) if said else 10  # points; a line of the note is about 13 high
    ax.set_title(heading, fontsize=TITLE, fontweight="bold", loc="left", pad=room)
    if said:
        ax.annotate(said, (0, 1), (0, 8), "axes fraction", "offset points", fontsize=SMALL, color=QUIET, va="bottom")
    if getattr(ax, "alone", False):  # many words must not press the chart together
        more = 0.18 * said.count("\n") + 0.2 * heading.count("\n")
        ax.figure.set_figheight(ax.figure.get_figheight() + more)
    ax.alt = f"{ended(plain(title).strip())} {words}".strip()
    return ax


def _settle(figure: Figure) -> None:
    """Work out the places of a chart's parts without drawing them."""
    layout = figure.get_layout_engine()
    if layout is None:
        figure.draw_without_rendering()
    else:
        layout.execute(figure)


def nothing(ax: Axes, title: str, kind: str) -> Axes:
    """Draw the chart of an empty table: an empty frame that says so."""
    ax.set_axis_off()
    if getattr(ax, "alone", False):
        ax.figure.set_figheight(1.6)
    ax.text(0.5, 0.5, "There is no data to show.", ha="center", va="center", fontsize=PLAIN, color=QUIET)
    return finish(ax, title, f"{kind}: there is no data to show.")


def alt(ax: Axes) -> str:
    """Give the text that stands for a chart, made from its table when it was drawn.

    Args:
        ax: what any function of `learner_kit.plots` returned; the text is also its attribute `alt`.

    Returns:
        One paragraph that says what the chart is and what its numbers are.

    Example:
        >>> from learner_kit import plots
        >>> table = pd.DataFrame({"answer": ["Yes", "No"], "count": [3, 1], "percent": [75.0, 25.0]})
        >>> print(plots.alt(plots.tally(table, title="Would you come again?")).replace(NBSP, " "))
        Would you come again? Bar chart of 4 answers: Yes 3 (75 %), No 1 (25 %).
    """
    words = getattr(ax, "alt", None)
    if not words:
        raise ValueError("ax must be a chart made by learner_kit.plots; this one carries no text.")
    return words


def to_png(ax: Axes, dpi: int = 160) -> bytes:
    """Give the picture of a chart, the same bytes for the same chart.

    Args:
        ax: what any function of `learner_kit.plots` returned.
        dpi: points an inch, from 50 to 600.

    Returns:
        The bytes of a PNG picture.

    Example:
        >>> from learner_kit import plots
        >>> plots.to_png(plots.tally(pd.DataFrame({"answer": ["Yes"], "count": [1]})), dpi=60)[1:4]
        b'PNG'
    """
    kind("ax", ax, Axes, "a chart made by learner_kit.plots")
    dpi = whole("dpi", dpi, 50, 600)
    picture = io.BytesIO()
    figure = ax.figure
    before, layout = figure.dpi, figure.get_layout_engine()
    with matplotlib.rc_context(_LOOK):
        try:
            figure.dpi = dpi
            _settle(figure)
            figure.set_layout_engine("none")  # it is laid out: savefig would draw it twice more
            figure.savefig(picture, format="png", dpi=dpi, metadata={"Software": None})
        finally:
            figure.set_layout_engine(layout)
            figure.dpi = before
    return picture.getvalue()


def to_html(ax: Axes) -> str:
    """Give the chart as a piece of a web page: its picture, with its text as the picture's alternative.

    Args:
        ax: what any function of `learner_kit.plots` returned.

    Returns:
        An `<img>` that holds the picture in itself.

    Example:
        >>> from learner_kit import plots
        >>> plots.to_html(plots.tally(pd.DataFrame({"answer": ["Yes"], "count": [1]})))[:20]
        '<img alt="Answers. B'
    """
    picture = base64.b64encode(to_png(ax)).decode("ascii")
    return f'<img alt="{escape(alt(ax))}" style="max-width:100%;width:46em" src="data:image/png;base64,{picture}">'


class Picture:
    """A chart as a notebook shows it; `words` is its text."""

    def __init__(self, ax: Axes):
        self.ax = ax
        self.words = alt(ax)

    def _repr_html_(self) -> str:
        return to_html(self.ax)

    def __repr__(self) -> str:
        return self.words


def show(ax: Axes) -> Picture:
    """Show a chart in a notebook or on a page: make it the last line of a cell.

    Args:
        ax: what any function of `learner_kit.plots` returned.

    Returns:
        Something a notebook shows as the picture, with its text for people who can't see it.
    """
    return Picture(ax)


def also(table: Any, columns: Iterable[str]) -> list[str]:
    """Those of the columns that a table has: it may have them, it need not."""
    return [name for name in columns if name in getattr(table, "columns", ())]


def label(said: Any) -> str:
    """Make any text fit to draw: on one line, with nothing that could be read as a formula and no unknown letters."""
    known = _letters()
    flat = " ".join(clean(shown(said)).split(" ")).replace("\n", " ")
    return "".join(one if ord(one) in known else "\ufffd" for one in flat).replace("$", r"\$")


def plain(said: Any) -> str:
    """The same text for the words that stand for a chart."""
    return label(said).replace(r"\$", "$")


def wrapped(said: Any, width: int, lines: int = 2) -> str:
    """Break a text into at most so many lines of about `width` letters; what is left out ends in …"""
    return "\n".join(textwrap.wrap(label(said), width, max_lines=lines, placeholder=" …")) or " "


@functools.cache
def _letters() -> frozenset[int]:
    from matplotlib.font_manager import get_font

    font = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return frozenset(get_font(str(font)).get_charmap())


def short(value: float, decimals: int = 2) -> str:
    """Write a number with as many decimals as it needs, at most so many."""
    said = write_number(value, decimals)
    return said.rstrip("0").rstrip(",") if "," in said else said


def percent(value: float, decimals: int = 1) -> str:
    """Write a percentage (0 to 100), without decimals that say nothing."""
    return f"{short(value, decimals)}{NBSP}%"


def many(count: float, one: str) -> str:
    """Write a count with its noun.

    Example:
        >>> many(1, "point"), many(2, "point")
        ('1 point', '2 points')
    """
    return f"{write_number(count)} {one}{'' if count == 1 else 's'}"


def listed(parts: Iterable[str], most: int = 15) -> str:
    """Join the parts of a sentence, saying how many are left out beyond `most`."""
    parts = list(parts)
    more = f", and {len(parts) - most} more" if len(parts) > most else ""
    return ", ".join(parts[:most]) + more


def numbers(table: pd.DataFrame, columns: Iterable[str], source: str, low: float | None = None) -> pd.DataFrame:
    """Give the table with these columns as floats; missing values stay missing.

    Raises:
        DataError: for a missing column, text where a number should be, an infinite number, or one below `low`.
    """
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"table must be a DataFrame ({source}), not {type(table).__name__}.")
    columns = list(columns)
    has_columns(table, columns, source)
    made, rows, faults = table.reset_index(drop=True), row_numbers(table), []
    for name in columns:
        read = pd.to_numeric(made[name], errors="coerce").astype(float)
        wrong = (read.isna() & made[name].notna()) | (read.abs() > LARGEST)
        if low is not None:
            wrong |= read < low
        allowed = "must be a number" + (f" of {low:g} or more" if low is not None else "")
        faults += [Fault(int(rows[row]), name, made[name][row], allowed) for row in made.index[wrong]]
        made = made.assign(**{name: read})
    if faults:
        raise DataError(faults, source)
    return made
