"""What each command of `learner-kit` does: it asks the rooms below and prints what they say."""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from learner_kit import files, screen
from learner_kit.course import cohort as cohorts
from learner_kit.course import programme
from learner_kit.errors import KitError


def start(given: argparse.Namespace) -> int | None:
    from learner_kit.course import practice
    from learner_kit.serve import serve

    cohort = practice.cohort(given.cohort)
    return serve(cohort.path, lab=given.lab, browser=not given.no_browser, port=given.port)


def demo(given: argparse.Namespace) -> int | None:
    from learner_kit import demo

    return demo.run(given.to)


def check(given: argparse.Namespace) -> int | None:
    from learner_kit.course import soundness
    from learner_kit.errors import DataError

    found = programme.load(given.programme or programme.ASSESSMENTS)
    rows = [
        [
            f"{criterion.number} {criterion.handle}",
            *(", ".join(one.stages[stage]) or "–" for stage in programme.STAGES),
            one.questions,
        ]
        for criterion, one in zip(found.unit.criteria, soundness.coverage(found), strict=True)
    ]
    screen.table(
        f"Unit standard {found.unit.id}, {found.unit.hours} hours", ["criterion", *programme.STAGES, "questions"], rows
    )
    if faults := soundness.faults(found):
        raise DataError(faults, source=f"The programme in {found.folder}")
    print(
        f"{len(found.unit.criteria)} criteria, {len(found.activities)} activities, {len(found.workbooks)} workbooks: in order."
    )
    return 0


def enrol(given: argparse.Namespace) -> int | None:
    from learner_kit.course import enrol as rolls

    path = _place(given.cohort)
    exists = (path / "cohort.toml").is_file()
    roles = {role: getattr(given, role) for role in rolls.ROLES if getattr(given, role)}
    if not given.list and not roles and not given.new:
        raise KitError(
            "Name a list of learners, or a person to register with --assessor, --facilitator or --moderator."
        )
    people, faults = rolls.read_list(given.list) if given.list else ([], [])
    if faults and not given.partly:
        from learner_kit.errors import DataError

        print("Nobody was enrolled. Mend these rows, or enrol the others with --partly.", file=sys.stderr)
        raise DataError(faults, source=Path(given.list).name)
    if exists and not given.new:
        cohort = cohorts.open_cohort(path)
    else:
        cohort = cohorts.create(path, given.programme or programme.ASSESSMENTS, given.db)
        print(f"Made the cohort {cohort.name} in {cohort.path}.")
    for role, said in roles.items():
        surname, _, first_names = said.partition(",")
        code = rolls.register(cohort, role, surname, first_names, given.registration, _me())
        print(f"Registered {said} as {role}: {code}.")
    if given.list:
        done = rolls.enrol(cohort, people, _me())
        span = f": {done.pseudonyms[0]} to {done.pseudonyms[-1]}" if done.pseudonyms else ""
        print(
            f"Enrolled {len(done.pseudonyms)} learners{span}."
            + (f" {len(done.already)} were enrolled already." if done.already else "")
        )
        if done.warning:
            print(f"Please note: {done.warning}")
        for fault in faults:
            print(f"Not enrolled: {fault}", file=sys.stderr)
    return 1 if faults else 0


def release(given: argparse.Namespace) -> int | None:
    from learner_kit.course import release as releases

    cohort = cohorts.open_cohort(given.cohort)
    folder = releases.release(cohort, given.workbook, _me(), _end_of(given.due))
    print(f"Released {given.workbook}: {folder}")
    if given.to:
        print(f"To hand out: {releases.place(cohort, given.workbook, given.to).parent}")


def submit(given: argparse.Namespace) -> int | None:
    from learner_kit.course.submission import ANSWERS, DECLARATION, pack
    from learner_kit.workbook.answers import load_answers

    folder = Path(given.folder)
    learner = given.learner
    if not learner and (folder / ANSWERS).is_file():
        learner = load_answers(folder / ANSWERS).learner
    if not learner:
        raise KitError("Say whose work this is: --learner L-0001 (the number your facilitator gave you).")
    workbook = given.workbook or folder.absolute().name
    packed = pack(folder, workbook, learner.strip().upper(), given.to, declared=given.own_work)
    if not given.own_work:
        print(f"Not declared as your own work; add --own-work once you can say: {DECLARATION}")
    print(f"Packed {len(packed.files)} files: {packed.path}")
    print(f"Receipt: {packed.receipt}   Keep it: it proves what you handed in.")


def collect(given: argparse.Namespace) -> int | None:
    from learner_kit.course import collect as collecting

    cohort = cohorts.open_cohort(given.cohort)
    gone = [source for source in given.sources if not Path(source).exists()]
    if gone:
        raise KitError(f"These are not there: {', '.join(gone)}. Nothing was collected.")
    found = collecting.find(given.sources)
    if not found:
        raise KitError("There is no zip file there.")
    with screen.progress("Collecting") as step:
        taken = collecting.collect(cohort, found, _me(), each=lambda _: step())
    rows = [[one.file, one.learner or "", one.workbook or "", one.state, one.receipt or "", one.said] for one in taken]
    screen.table("Collected", ["file", "learner", "workbook", "state", "receipt", "what was said"], rows)
    return 1 if any(one.state == "refused" for one in taken) else 0


def grade(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import grade as grading
    from learner_kit.assess.pool import cluster

    cohort = cohorts.open_cohort(given.cohort)
    elsewhere = cluster(given.cluster) if given.cluster else nullcontext()
    with elsewhere as executor, screen.progress("Grading") as step:
        done = grading.grade(cohort, given.workbook, given.learner, given.workers, _me(), step, executor)
    if not done:
        print("Nothing was handed in that could be graded.")
        return 0
    rows = []
    for workbook in dict.fromkeys(one.workbook for one in done):
        own = [one for one in done if one.workbook == workbook]
        points = sorted(one.score for one in own if one.state == "graded")
        spread = f"{points[0]:g} – {points[len(points) // 2]:g} – {points[-1]:g}" if points else ""
        states = [sum(one.state == state for one in own) for state in ("graded", "unchanged", "faulty")]
        late, waiting = sum(one.late is not None for one in own), sum(one.waiting for one in own)
        rows.append([workbook, *states, late, spread, waiting])
    screen.table(
        "Grading (points are help for learners, not a judgement)",
        ["workbook", "graded", "unchanged", "not readable", "late", "points: least – middle – most", "to mark"],
        rows,
    )
    needed = [one for one in done if one.needs]
    if needed:
        print("These need a person:")
        # Plain lines: laying out a table takes longer than grading when the class is large.
        for one in needed:
            points = f"{one.score:g} of {one.out_of:g} points" if one.state == "graded" else ""
            late = f"{_span(one.late)} late" if one.late else ""
            said = "  ".join(filter(None, [f"{one.learner:<7} {one.workbook:<12} {points:<18}", one.needs, late]))
            print(f"  {screen.plain(said)}")
        print(f"Marks are given in the kit: learner-kit start {given.cohort}, then Assessor, then Mark answers.")
    return 1 if any(one.state == "faulty" for one in done) else 0


def matrix(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import evidence

    cohort = cohorts.open_cohort(given.cohort)
    found = evidence.matrix(cohort, _enrolled(cohort, given.learner))
    if given.json:
        print(evidence.as_json(cohort, found))
    elif given.csv:
        print(evidence.table(found).to_csv(), end="")
    else:
        for one in dict.fromkeys(standing.learner for standing in found):
            own = [standing for standing in found if standing.learner == one]
            rows = [
                [_criterion(cohort, standing.criterion), standing.said, ", ".join(standing.missing)] for standing in own
            ]
            screen.table(one, ["criterion", "state", "still to hand in"], rows)


def judge(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import judgement

    cohort = cohorts.open_cohort(given.cohort)
    if given.correct:
        made = judgement.correct(
            cohort, given.correct, (given.decision or given.learner or "").upper(), given.by, given.reason
        )
        print(f"Recorded as judgement {made}, which corrects {given.correct}.")
        return 0
    if given.source:
        from learner_kit.reading import read_table

        rows = read_table(given.source).fillna("").to_dict("records")
    elif given.learner and given.criterion and given.decision:
        rows = [
            {"learner": given.learner, "criterion": given.criterion, "decision": given.decision, "reason": given.reason}
        ]
    else:
        raise KitError("Say learner, criterion and decision, or name a CSV with --from.")
    confirmed = [one.strip().lower() for one in given.confirmed.split(",")] if given.confirmed is not None else None
    refused = 0
    for number, row in enumerate(rows, start=1):
        said = {name: str(row.get(name, "")).strip() for name in ("learner", "criterion", "decision", "reason")}
        said["decision"] = said["decision"].upper()
        try:
            made = judgement.judge(cohort, **said, assessor=given.by, confirmed=confirmed, override=given.override)
            print(f"{said['learner']} {said['criterion']}: {judgement.DECISIONS[said['decision']]} (judgement {made}).")
        except KitError as error:
            refused += 1
            print(f"Row {number}: {error}" if given.source else str(error), file=sys.stderr)
    return 1 if refused else 0


def feedback(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import judgement, papers

    cohort = cohorts.open_cohort(given.cohort)
    judged = dict.fromkeys(row["learner"] for row in judgement.history(cohort))
    for learner in [_enrolled(cohort, given.learner)] if given.learner else judged:
        for path in papers.write(cohort, learner):
            print(path)
    if not judged and not given.learner:
        raise KitError(f"Nothing has been judged in {cohort.name} yet.")


def portfolio(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import portfolio as portfolios

    cohort = cohorts.open_cohort(given.cohort)
    learners = [_enrolled(cohort, given.learner)] if given.learner else portfolios.learners(cohort)
    if not learners and not given.key:
        raise KitError(f"Nobody in {cohort.name} has handed anything in yet.")
    key = _key(cohort, given.key)
    for learner in learners:
        print(portfolios.make(cohort, learner, key, given.by))
    print(f"Signed with the key {key.fingerprint}.")


def verify(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import portfolio as portfolios

    bags: list[Path] = []
    for path in map(Path, given.paths):
        place = path if path.exists() else _place(str(path))
        if not place.exists():
            raise KitError(f"There is nothing at {path}.")
        bags += (
            sorted(one.parent for one in (place / "portfolios").glob("*/bagit.txt"))
            if (place / "cohort.toml").is_file()
            else [place]
        )
    if not bags:
        raise KitError("There is no portfolio there yet.")
    faulty = 0
    for bag in bags:
        found = portfolios.verify(bag, given.key)
        faulty += bool(found)
        signed = portfolios.signer(bag) or {}
        print(
            f"{bag.name}: " + ("; ".join(found) if found else f"whole, signed with the key {signed.get('fingerprint')}")
        )
    return 1 if faulty else 0


def moderate(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import moderation

    cohort = cohorts.open_cohort(given.cohort)
    if given.sample is None:
        if not given.seed:
            raise KitError(
                "Give a seed (any word or number) with --seed; it makes sure that anyone can draw the same sample again."
            )
        number, sample = moderation.moderate(cohort, given.by, given.seed)
        screen.table(
            f"Sample {number}, seed {given.seed}", ["learner", "why"], [[one.learner, one.why] for one in sample]
        )
        return 0
    if not given.learner:
        raise KitError("Say whose portfolio was looked at: --learner L-0001.")
    findings = dict.fromkeys(given.upheld, ("upheld", ""))
    for finding, said in (("overturned", given.overturned), ("more evidence", given.more_evidence)):
        for one in said:
            criterion, _, reason = one.partition("=")
            findings[criterion.strip()] = (finding, reason)
    count = moderation.find(cohort, given.sample, given.learner, findings, given.by)
    agreed = moderation.agreement(cohort, given.sample)
    print(
        f"{count} findings recorded. Sample {given.sample}: {agreed['upheld']} of {agreed['looked_at']} judgements upheld."
    )
    return 0


def results(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import results as outcome

    cohort = cohorts.open_cohort(given.cohort)
    rows = outcome.results(cohort, given.named)
    if not rows:
        raise KitError(f"Nobody is enrolled in {cohort.name} yet.")
    if given.csv and given.csv != "-":
        print(files.write(given.csv, "\ufeff" + outcome.as_csv(rows)))
    elif given.csv:
        print(outcome.as_csv(rows), end="")
    else:
        screen.table(
            "Results",
            [name.replace("_", " ") for name in rows[0]],
            [[outcome.plain(cell) for cell in row.values()] for row in rows],
        )


def status(given: argparse.Namespace) -> int | None:
    from learner_kit.course import overview

    cohort = cohorts.open_cohort(given.cohort)
    screen.table(f"Cohort {cohort.name}", ["what", "how many"], [list(row) for row in overview.counts(cohort).items()])


def _place(said: str) -> Path:
    """The folder of a cohort: a bare name stands in cohorts/."""
    path = Path(said)
    if path.name == said and not path.exists():
        return programme.HOME / "cohorts" / said
    return path


def _enrolled(cohort: cohorts.Cohort, learner: str | None) -> str | None:
    from learner_kit.course import enrol as rolls

    if learner and learner not in rolls.learners(cohort):
        raise KitError(f"{learner} is not enrolled in {cohort.name}.")
    return learner


def _key(cohort: cohorts.Cohort, path: str | None) -> Any:
    from learner_kit.assess import signing

    if path:
        return signing.open_key(path, signing.passphrase())
    key, new = signing.own_key(cohort.path)
    if new:
        print(
            f"Made a signing key for {cohort.name}: {cohort.path / signing.OWN}. Whoever has it can sign; keep a copy safe."
        )
    return key


def _criterion(cohort: cohorts.Cohort, id: str) -> str:
    found = cohort.programme.unit.criterion(id)
    return f"{id} {found.handle}" if found else id


def _end_of(day: str | None) -> dt.datetime | None:
    from learner_kit.course.release import end_of
    from learner_kit.reading import read_date

    try:
        return end_of(read_date(day) if day else None)
    except ValueError as error:
        raise KitError(str(error)) from None


def _span(late: dt.timedelta | None) -> str:
    if not late:
        return ""
    hours = late.total_seconds() / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} h"


def _me() -> str:
    try:
        return getpass.getuser()[:60]
    except (OSError, KeyError):
        return "somebody"
