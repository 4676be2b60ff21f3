"""Branching scenarios: a talk in which each reply leads on, read from a settings file; plain data, no widgets.

A scenario is a file in `data/scenarios/` (its README says how it is written). `load` reads one and says everything that
is wrong with it at once; `follow` walks through it. `learner_kit.tools.branching` shows one as a live form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from learner_kit.errors import Fault
from learner_kit.settings import Keys, read, refuse

FOLDER = Path(__file__).resolve().parents[2] / "data" / "scenarios"
MARKS = ("good", "fair", "poor")  # what a reply does: helps, is not harmful, harms
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Reply:
    """Something the learner may say or do in a scene: how good it is, why, and the scene it leads to."""

    key: str
    says: str
    mark: str
    why: str
    then: str


@dataclass(frozen=True)
class Scene:
    """A moment of a scenario: what happens, what the other person says, and the replies; an ending has none."""

    key: str
    sees: str
    says: str
    replies: Mapping[str, Reply]
    ending: str | None = None  # one of MARKS

    @property
    def is_end(self) -> bool:
        return self.ending is not None


@dataclass(frozen=True)
class Scenario:
    """A talk to practise: `task` says what the learner has to do, `lesson` what to take away from it."""

    title: str
    task: str
    who: str
    lesson: str
    start: str
    scenes: Mapping[str, Scene]

    @property
    def first(self) -> Scene:
        return self.scenes[self.start]


class Step(NamedTuple):
    """A scene and the reply chosen in it."""

    scene: Scene
    reply: Reply


class Walk(NamedTuple):
    """A talk so far: the steps taken, and the scene in which it stands now."""

    steps: tuple[Step, ...]
    now: Scene

    @property
    def path(self) -> str:
        """The talk in one line, such as "door/greet looks/wait", from which `follow` finds it again."""
        return " ".join(f"{step.scene.key}/{step.reply.key}" for step in self.steps)

    def count(self, mark: str) -> int:
        """How many replies had this mark."""
        return sum(step.reply.mark == mark for step in self.steps)


def load(name: str | Path) -> Scenario:
    """Read a scenario.

    Args:
        name: name of a file in `data/scenarios/`, such as "guarded-customer"; or a path.

    Returns:
        The scenario.

    Raises:
        DataError: every fault of the file at once: a key that is missing or misspelt, a reply that leads nowhere, a
            scene that nobody can come to, or one from which no ending can be reached.
        KitError: it is not there, or is not TOML.

    Example:
        >>> scenario = load("guarded-customer")
        >>> scenario.who, len(scenario.first.replies)
        ('Customer', 3)
    """
    path = FOLDER / f"{name}.toml" if isinstance(name, str) and _KEY.fullmatch(name) else Path(name)
    faults: list[Fault] = []
    raw = read(path)
    top = Keys(raw, faults)
    top.take("format", int, among=(1,))
    said = {key: top.take(key, str) for key in ("title", "task", "lesson", "start")}
    who = top.take("who", str, "Customer")
    table = top.table("scenes")
    keys = list(raw["scenes"]) if isinstance(raw.get("scenes"), dict) else []
    scenes = {key: _scene(key, table.table(key), raw["scenes"][key], faults) for key in keys}
    top.done()
    if not faults:  # these compare scenes that must each be right by themselves first
        faults += _ways(said["start"], scenes)
    refuse(faults, path.name)
    return Scenario(said["title"], said["task"], who, said["lesson"], said["start"], scenes)


def follow(scenario: Scenario, path: str | Iterable[str] = ()) -> Walk:
    """Walk through a scenario.

    Args:
        scenario: from `load`.
        path: the replies, as `Walk.path` writes them; what does not fit (any more) ends the walk before it.

    Returns:
        The walk as far as it goes.

    Example:
        >>> scenario = load("guarded-customer")
        >>> follow(scenario).now.key == scenario.start, follow(scenario, "nowhere/nothing").steps
        (True, ())
    """
    now, steps = scenario.first, []
    for part in path.split() if isinstance(path, str) else path:
        scene, _, reply = part.partition("/")
        if scene != now.key or reply not in now.replies:
            break
        steps.append(Step(now, now.replies[reply]))
        now = scenario.scenes[steps[-1].reply.then]
    return Walk(tuple(steps), now)


def _scene(key: str, table: Keys, raw: object, faults: list[Fault]) -> Scene:
    sees, says = table.take("sees", str, ""), table.take("says", str, "")
    ending = table.take("ending", str, None, among=MARKS)
    if not (sees or says).strip():
        faults.append(Fault(None, f"scenes.{key}", None, "needs sees (what happens) or says (what the other says)"))
    replies: dict[str, Reply] = {}
    given = raw.get("replies") if isinstance(raw, dict) else None
    if given is not None:
        under = table.table("replies")
        for name in given if isinstance(given, dict) else ():
            one = under.table(name)
            words = {part: one.take(part, str) for part in ("says", "why", "then")}
            mark = one.take("mark", str, among=MARKS)
            one.done()
            replies[name] = Reply(name, words["says"], mark, words["why"], words["then"])
    if ending is None and len(replies) < 2:
        faults.append(Fault(None, f"scenes.{key}", None, "needs two replies or more, or an ending"))
    if ending is not None and given is not None:
        faults.append(Fault(None, f"scenes.{key}", None, "is an ending, so it has no replies"))
    faults += [
        Fault(None, f"scenes.{key}.{name}", None, "must be named in small letters, digits and hyphens")
        for name in (key, *replies)
        if not _KEY.fullmatch(name)
    ]
    table.done()
    return Scene(key, sees or "", says or "", replies, ending)


def _ways(start: str, scenes: Mapping[str, Scene]) -> list[Fault]:
    """What is wrong with how the scenes hang together."""
    if start not in scenes:
        return [Fault(None, "start", start, "is not one of the scenes")]
    leads = {
        key: {reply.then: f"scenes.{key}.replies.{reply.key}.then" for reply in scene.replies.values()}
        for key, scene in scenes.items()
    }
    faults = [
        Fault(None, place, then, "is not one of the scenes")
        for ways in leads.values()
        for then, place in ways.items()
        if then not in scenes
    ]
    if faults:
        return faults
    reached = _grown({start}, lambda known: {then for key in known for then in leads[key]})
    ends = {key for key, scene in scenes.items() if scene.is_end}
    ending = _grown(ends, lambda known: {key for key, ways in leads.items() if known & ways.keys()})
    return [Fault(None, f"scenes.{key}", None, "cannot be reached") for key in scenes if key not in reached] + [
        Fault(None, f"scenes.{key}", None, "never comes to an ending") for key in scenes if key not in ending
    ]


def _grown(known: set[str], more: Callable[[set[str]], set[str]]) -> set[str]:
    while found := more(known) - known:
        known = known | found
    return known
