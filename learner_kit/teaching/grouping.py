"""Groups drawn by chance, so that over the sessions as few people as possible work together twice.

Source: the "social golfer problem" of combinatorics. It has no quick exact answer; starting anew with many orders drawn
by chance and exchanging people while that helps comes close, and is the same for the same seed.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import sqlalchemy as sa

from learner_kit.course import class_records, enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.documents.text import long_date
from learner_kit.errors import KitError
from learner_kit.teaching import attendance, plans

TRIES = 24  # orders to start from; fewer with large classes
Pair = frozenset[str]


@dataclass(frozen=True)
class Grouping:
    """Who works with whom on a day; `again` are the pairs who have worked together before."""

    day: dt.date
    teams: tuple[tuple[str, ...], ...]
    seed: str
    again: tuple[tuple[str, str], ...] = ()


def sizes(people: int, size: int) -> list[int]:
    """How large the groups are: none differs from another by more than one, and none is larger than asked if that can be.

    Args:
        people: how many there are, at least 2.
        size: how many to a group, at least 2.

    Example:
        >>> sizes(30, 4), sizes(11, 3), sizes(5, 4)
        ([4, 4, 4, 4, 4, 4, 3, 3], [3, 3, 3, 2], [3, 2])
    """
    if not 2 <= size <= 50:
        raise KitError("A group has 2 to 50 people.")
    if people < 2:
        raise KitError("There are fewer than two people to put into groups.")
    count = min(-(-people // size), people // 2)  # nobody works alone
    each, rest = divmod(people, count)
    return [each + 1] * rest + [each] * (count - rest)


def draw(learners: Sequence[str], size: int, met: Mapping[Pair, int], seed: str) -> tuple[tuple[str, ...], ...]:
    """Put people into groups.

    Args:
        learners: who is there.
        size: how many to a group.
        met: pair → how often the two have worked together.
        seed: the same seed with the same past draws the same groups.

    Returns:
        The groups, each in the order of its numbers.
    """
    people = sorted(learners)
    wanted = sizes(len(people), size)
    place = {one: number for number, one in enumerate(people)}
    past = [[0] * len(people) for _ in people]
    for pair, often in met.items():
        if all(one in place for one in pair) and len(pair) == 2:
            a, b = (place[one] for one in pair)
            past[a][b] = past[b][a] = often * often  # a third time is worse than two people's second
    chance = random.Random(f"{seed}\n{len(people)}")
    best, least = None, None
    for _ in range(max(2, min(TRIES, 6_000 // (len(people) ** 2 // 8 + 1)))):
        teams = _improved(_greedy(len(people), wanted, past, chance), past)
        cost = sum(past[a][b] for team in teams for a, b in combinations(team, 2))
        if least is None or cost < least:
            best, least = teams, cost
        if not cost:
            break
    return tuple(tuple(people[one] for one in sorted(team)) for team in best or [])


def met(cohort: Cohort) -> Counter[Pair]:
    """Pair → how often the two have worked together so far."""
    found: Counter[Pair] = Counter()
    for one in history(cohort):
        for team in one.teams:
            found.update(frozenset(pair) for pair in combinations(team, 2))
    return found


def there(cohort: Cohort, day: dt.date) -> tuple[list[str], str]:
    """Who can be put into groups on a day, and a sentence that says where that comes from.

    Those marked as there in the register; everybody where the register of the day was not begun.
    """
    learners = enrol.learners(cohort)
    plan = plans.current(cohort)
    rows = attendance.standing(cohort, day) if plan and plan.session(day) else {}
    begun = {one: row for one, row in rows.items() if row["state"] != attendance.NONE}
    if not begun:
        return learners, f"The register of {long_date(day)} was not begun: all {len(learners)} learners are taken."
    here = [one for one in learners if begun.get(one, {}).get("state") == attendance.PRESENT]
    return here, f"{len(here)} are there by the register of {long_date(day)}; {len(learners) - len(here)} are left out."


def propose(cohort: Cohort, day: dt.date, size: int, seed: str, without: Iterable[str] = ()) -> Grouping:
    """Draw the groups of a day; nothing is kept yet.

    Args:
        cohort: the cohort.
        day: the day; the register says who is there.
        size: how many to a group.
        seed: a word or number; another one draws other groups.
        without: who is left out besides.
    """
    gone = set(without)
    here = [one for one in there(cohort, day)[0] if one not in gone]
    past = met(cohort)
    teams = draw(here, size, past, seed)
    return Grouping(day, teams, seed, _again(teams, past))


def keep(cohort: Cohort, grouping: Grouping, who: str) -> int:
    """Keep groups, so that later ones differ from them.

    Returns:
        The number of the grouping.

    Raises:
        KitError: somebody else has kept one at the same moment.
    """
    table = class_records.groups
    at = records.now()
    try:
        with records.transaction(cohort.engine) as connection:
            number = (connection.scalar(sa.select(sa.func.max(table.c.grouping))) or 0) + 1
            rows = [
                {
                    "grouping": number,
                    "day": grouping.day,
                    "learner": learner,
                    "team": place,
                    "seed": grouping.seed[:40],
                    "who": who,
                    "at": at,
                }
                for place, team in enumerate(grouping.teams, 1)
                for learner in team
            ]
            connection.execute(table.insert(), rows)
            records.note(connection, who, "groups", str(grouping.day), {"grouping": number, "seed": grouping.seed[:40]})
    except sa.exc.IntegrityError:
        raise KitError("Somebody else kept groups at the same moment. Draw again, so that theirs count too.") from None
    return number


def take_back(cohort: Cohort, who: str) -> None:
    """Take back the newest groups, as when the exercise did not take place.

    Raises:
        KitError: there are none.
    """
    table = class_records.groups
    with records.transaction(cohort.engine) as connection:
        number = connection.scalar(sa.select(sa.func.max(table.c.grouping)))
        if number is None:
            raise KitError("No groups have been kept.")
        connection.execute(table.delete().where(table.c.grouping == number))
        records.note(connection, who, "groups taken back", str(number))


def history(cohort: Cohort) -> list[Grouping]:
    """Every grouping that was kept, oldest first."""
    table = class_records.groups
    query = sa.select(table).order_by(table.c.grouping, table.c.team, table.c.learner)
    kept: dict[int, list[dict[str, Any]]] = {}
    for row in records.rows(cohort.engine, query):
        kept.setdefault(row["grouping"], []).append(row)
    found, past = [], Counter()
    for rows in kept.values():
        teams: dict[int, list[str]] = {}
        for row in rows:
            teams.setdefault(row["team"], []).append(row["learner"])
        made = tuple(map(tuple, teams.values()))
        found.append(Grouping(rows[0]["day"], made, rows[0]["seed"], _again(made, past)))
        past.update(frozenset(pair) for team in made for pair in combinations(team, 2))
    return found


def _again(teams: Iterable[Sequence[str]], past: Mapping[Pair, int]) -> tuple[tuple[str, str], ...]:
    return tuple((a, b) for team in teams for a, b in combinations(team, 2) if past.get(frozenset((a, b))))


def _greedy(count: int, wanted: Sequence[int], past: Sequence[Sequence[int]], chance: random.Random) -> list[list[int]]:
    """Everybody, in an order drawn by chance, goes where the fewest old partners sit and there is room."""
    order = list(range(count))
    chance.shuffle(order)
    teams: list[list[int]] = [[] for _ in wanted]
    for one in order:
        free = [at for at, team in enumerate(teams) if len(team) < wanted[at]]
        at = min(free, key=lambda at: (sum(past[one][other] for other in teams[at]), len(teams[at]) / wanted[at]))
        teams[at].append(one)
    return teams


def _improved(teams: list[list[int]], past: Sequence[Sequence[int]]) -> list[list[int]]:
    """Exchange two people of different groups as long as that makes it better; those who sit with old partners first."""
    for _ in range(200):
        sore = [
            (at, seat)
            for at, team in enumerate(teams)
            for seat, one in enumerate(team)
            if any(past[one][other] for other in team)
        ]
        if not any(_exchange(teams, past, at, seat) for at, seat in sore):
            break
    return teams


def _exchange(teams: list[list[int]], past: Sequence[Sequence[int]], at: int, seat: int) -> bool:
    one, own = teams[at][seat], teams[at]
    now = sum(past[one][other] for other in own)
    if not now:
        return False
    best, where = 0, None
    for to, team in enumerate(teams):
        if to == at:
            continue
        there = sum(past[one][other] for other in team)
        for place, other in enumerate(team):
            before = now + sum(past[other][third] for third in team)
            after = there - past[one][other] + sum(past[other][third] for third in own) - past[other][one]
            if after - before < best:
                best, where = after - before, (to, place)
    if where is None:
        return False
    to, place = where
    teams[at][seat], teams[to][place] = teams[to][place], one
    return True
