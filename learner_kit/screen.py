"""What a command shows in a terminal: tables, plain lines, and a bar while it works. Cells are text, never mark-up."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

WIDE = 130  # columns where the output is no window
CALLED = "LEARNER_KIT_CALLED"  # set by start.py: how the user started the kit, such as `py start.py`


def command(words: str = "") -> str:
    """Give a command of the kit as the user types it: after `start.py` where the kit was started with that.

    Args:
        words: what stands after the kit's name, such as `release may so1`.

    Example:
        >>> command("release may so1").endswith(" release may so1")
        True
    """
    called = "".join(letter for letter in os.environ.get(CALLED, "") if letter.isprintable()).strip()
    return f"{called or 'learner-kit'} {words}".rstrip()


def word(said: str) -> str:
    """Give a name or a path as one word of a command: in quotation marks where it holds a space or the like.

    Example:
        >>> word("may"), word("Jan 2027")
        ('may', '"Jan 2027"')
    """
    return said if re.fullmatch(r"[\w.,:/\\+@%-]+", said) else f'"{said}"'


def commands(text: str) -> str:
    """Give a text that speaks of `learner-kit` with the name that the user types.

    Example:
        >>> commands("learner-kit grade may").endswith(" grade may")
        True
    """
    return text.replace("learner-kit ", f"{command()} ")


class Screen:
    """One line a step, above a bar that shows how far the circle is."""

    def __init__(self, console, bar, task):
        self._console, self._bar, self._task, self._done = console, bar, task, 0

    def doing(self, what: str) -> None:
        """Name beside the bar what is being done now."""
        self._bar.update(self._task, description=what)

    def done(self, said: str) -> None:
        """Say in one line what was done, and move the bar on."""
        from rich.table import Table
        from rich.text import Text

        self._done += 1
        if self._console.is_terminal:
            row = Table.grid(padding=(0, 2))
            row.add_column(width=2, justify="right")
            row.add_column(overflow="fold")
            row.add_row(Text(str(self._done), style="bold"), Text(said))
            self._console.print(row)
        else:
            self._console.print(Text(f"{self._done:>2}  {said}"), soft_wrap=True)
        self._bar.advance(self._task)


@contextmanager
def screen(steps: int) -> Iterator[Screen]:
    """A screen for so many steps; the bar goes when they are done, the lines stay."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = _console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        yield Screen(console, bar, bar.add_task("", total=steps))


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; cells are plain text, for some of it comes out of learners' files."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=box.SIMPLE_HEAD)
    for place, column in enumerate(columns):
        made.add_column(column, overflow="fold", no_wrap=place == 0)
    for row in rows:
        made.add_row(*(Text(plain(cell)) for cell in row))
    console = _console()
    console.print()
    console.print(made)


@contextmanager
def progress(what: str) -> Iterator[Callable[..., None]]:
    """A bar while something is done: call what it gives with (done, of), or with nothing to move on by one."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=_console(), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def step(done: int | None = None, of: int | None = None) -> None:
            if done is None:
                bar.advance(task)
            else:
                bar.update(task, completed=done, total=of)

        yield step


def rows(text: str) -> None:
    """Print a CSV text; the ends of its lines are then the system's own, once (Windows would double their first half)."""
    print(text.replace("\r\n", "\n"), end="")


def line(said: str = "") -> None:
    """Print a line as it is; a path in it is not broken."""
    from rich.text import Text

    _console().print(Text(said), soft_wrap=True)


def note(said: str) -> None:
    """Print a remark below a table, set in as the table is and wrapped at the window's edge."""
    from rich.padding import Padding
    from rich.text import Text

    _console().print(Padding(Text(said), (0, 2)))


def _console():
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDE)


def plain(cell: object) -> str:
    """A cell without signs that would steer the terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in str(cell))
