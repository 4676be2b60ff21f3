"""Every chart of the kit: a table in, a matplotlib Axes out, with the text that stands for it.

Each function takes a table as `learner_kit.survey`, `contact`, `grading` and `trends` give them, and `ax` to draw on
axes of your own. It draws nothing on pyplot. `alt(axes)` is the chart in words, made from the table; `show(axes)` shows it
in a notebook, `to_png(axes)` gives the picture for a document, `to_html(axes)` a piece of a web page. Colours are safe for
colour-blind readers, and no chart says anything by colour alone.

    >>> import pandas as pd
    >>> from learner_kit import plots
    >>> chart = plots.tally(pd.DataFrame({"answer": ["Yes", "No"], "count": [3, 1]}), title="Was your problem solved?")
    >>> plots.to_png(chart)[1:4]
    b'PNG'
"""

from learner_kit.plots.canvas import Picture, alt, show, to_html, to_png
from learner_kit.plots.customers import calendar, scorecard
from learner_kit.plots.survey import importance_performance, likert, tally
from learner_kit.plots.trends import pareto, scatter, trend

__all__ = [
    "Picture",
    "alt",
    "calendar",
    "importance_performance",
    "likert",
    "pareto",
    "scatter",
    "scorecard",
    "show",
    "tally",
    "to_html",
    "to_png",
    "trend",
]
