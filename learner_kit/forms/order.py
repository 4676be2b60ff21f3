"""Cells run out of order in a notebook: a sentence that says what to do, instead of a traceback.

A lesson's cells build on those above them. Who opens one in JupyterLab and runs a cell in the middle would get a
NameError; here it reads which name is missing and which entry of the menu makes it. Where nbgrader grades, and for
errors in anything but a cell itself, everything stays as IPython has it.
"""

from __future__ import annotations

from html import escape
from types import TracebackType
from typing import TYPE_CHECKING, Any

from learner_kit.workbook import marked

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

HOW = "In the menu choose Run, then “Run All Above Selected Cell”. Then run this cell again. Your answers are kept."


def says(name: str) -> str:
    """The sentence for a name that is not there yet.

    Example:
        >>> says("orders")[:75]
        'This cell uses “orders”, which a cell above it makes. In the menu choose Ru'
    """
    return f"This cell uses “{name}”, which a cell above it makes. {HOW}"


def told_plainly(shell: InteractiveShell) -> None:
    """Let a shell say a missing name of a cell in a sentence."""
    shell.set_custom_exc((NameError,), _missing)


def _missing(
    shell: InteractiveShell, kind: type[NameError], error: NameError, trace: TracebackType | None, **_: Any
) -> None:
    if marked() or not error.name or not _of_a_cell(shell, trace):
        shell.showtraceback((kind, error, trace))
        return
    from IPython.display import display

    from learner_kit.shown import framed

    said = says(error.name)
    display({"text/html": framed(escape(said), "again"), "text/plain": said}, raw=True)


def _of_a_cell(shell: InteractiveShell, trace: TracebackType | None) -> bool:
    """Whether the code that failed stands in a cell, and not in a library."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals is shell.user_ns
