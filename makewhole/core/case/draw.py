"""The action table as a page and as a diagram, for docs/reference: what is drawn is what runs."""

from collections.abc import Iterable

from makewhole.core.case.actions import AGREED, CLOSED, TABLE, Action
from makewhole.core.case.clocks import RUNNING, SILENCE_OF, Clock
from makewhole.core.case.say import CONSEQUENCES, PARTIES, STEPS
from makewhole.core.case.silence import LEADS_TO
from makewhole.core.words import Stage, Step

PAGE = "docs/reference/actions.md"
HEADING = """# Actions of a case

Who may do what, and when. This page is made from the one table in `makewhole/core/case/actions.py`
(`makewhole case table`); the permissions, the buttons, `available_actions` of the API and the diagram come from it too.

An action is open while the case waits for one of the steps named; *own* means: for the actor's own part of it.
"""
SILENCES = """
## Silence

What follows when a step's time passes. The rulebook of the market sets the time, and picks one of these consequences.

| step | whose | on silence | 中文 | leads to |
|---|---|---|---|---|
"""
DIAGRAM = """
## Diagram

Solid labels are actions, those in brackets follow on silence. *Performance* begins with whatever the terms ask first.
"""


def page() -> str:
    """The whole of docs/reference/actions.md."""
    rows = "\n".join(row(action) for action in TABLE)
    head = "| action | who | 中文 | while the case waits for | input | leads to | |\n|---|---|---|---|---|---|---|\n"
    silences = "\n".join(silence_rows())
    return f"{HEADING}\n{head}{rows}\n{SILENCES}{silences}\n{DIAGRAM}\n```mermaid\n{diagram()}\n```\n"


def row(action: Action) -> str:
    who = ", ".join(role.value for role in action.roles)
    marks = ", ".join(name for name in ("primary", "final", "harm") if getattr(action, name))
    waits = "any step" if len(steps(action.open_while)) == len(Step) else ", ".join(steps(action.open_while))
    own = " (own)" if action.own else ""
    cells = (
        f"`{action.name}`",
        who,
        action.label.zh,
        f"{waits}{own}",
        ", ".join(f"`{each.name}`{'' if each.required else '?'}" for each in action.inputs) or "—",
        places(action.leads_to),
        marks,
    )
    return f"| {' | '.join(cells)} |"


def silence_rows() -> Iterable[str]:
    """One row for each step and each consequence a rulebook may set for it."""
    whose: dict[Step, list[str]] = {step: [] for step in Step}
    for sets in RUNNING.values():
        for step, debtor in sorted({clock for running in sets for clock in running}):
            if PARTIES[debtor].en not in whose[step]:
                whose[step].append(PARTIES[debtor].en)
    whose[Step.PAY], whose[Step.SETTLE_REFUND] = ["the merchant"], ["the platform"]
    for step, consequences in SILENCE_OF.items():
        for consequence in sorted(consequences):
            text = CONSEQUENCES[consequence]
            leads = places(LEADS_TO[consequence]) if LEADS_TO[consequence] else "the same step, with a fresh term"
            yield f"| {STEPS[step].en} | {', '.join(whose[step])} | {text.en} | {text.zh} | {leads} |"


def steps(clocks: Iterable[Clock | None]) -> list[str]:
    """The steps of these clocks, each once, in the order of the vocabulary."""
    named = {clock[0] for clock in clocks if clock is not None}
    return [step.value for step in Step if step in named]


def places(clocks: frozenset[Clock | None]) -> str:
    """Where something leads, in a table's cell."""
    if len(steps(clocks)) == len(Step):
        return "wherever it stood"
    if clocks >= AGREED:
        rest = steps(clocks - AGREED)
        return ", ".join(["performance", *rest])
    return ", ".join([*steps(clocks), *(["closed"] if CLOSED in clocks else [])])


def diagram() -> str:
    """The states of a case in Mermaid: stages with their steps, and what leads from one to the next."""
    lines = ["stateDiagram-v2", "  [*] --> respond: open_case"]
    for stage in (Stage.NEGOTIATION, Stage.PERFORMANCE, Stage.MEDIATION, Stage.APPEAL):
        lines.append(f'  state "{stage.value}" as {stage.value}_stage {{')
        lines += [f"    {name}" for name in stage_steps(stage)]
        lines.append("  }")
    lines += edges()
    return "\n".join(lines)


def stage_steps(stage: Stage) -> list[str]:
    """The steps drawn within a stage; evidence is drawn in mediation, where most of it is heard."""
    clocks = frozenset(clock for running in RUNNING[stage] for clock in running)
    names = steps(clocks)
    if stage is Stage.PERFORMANCE:
        return [*names, Step.PAY.value, Step.SETTLE_REFUND.value]
    return [name for name in names if stage is not Stage.APPEAL or name != Step.GIVE_EVIDENCE.value]


def edges() -> list[str]:
    """One line for each pair of places, with everything that leads from the first to the second."""
    labels: dict[tuple[str, str], list[str]] = {}
    for action in TABLE:
        if len(steps(action.open_while)) < len(Step):
            for start in steps(action.open_while):
                for end in ends(action.leads_to):
                    labels.setdefault((start, end), []).append(action.name)
    for step, consequences in SILENCE_OF.items():
        for consequence in sorted(consequences):
            for end in ends(LEADS_TO[consequence]) or [step.value]:
                labels.setdefault((step.value, end), []).append(f"({consequence.value})")
    return [f"  {start} --> {end}: {', '.join(dict.fromkeys(names))}" for (start, end), names in labels.items()]


def ends(clocks: frozenset[Clock | None]) -> list[str]:
    if clocks >= AGREED:
        return [f"{Stage.PERFORMANCE.value}_stage", *steps(clocks - AGREED)]
    return [*steps(clocks), *(["[*]"] if CLOSED in clocks else [])]
