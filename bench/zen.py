"""A plain table decision of ours against zen-engine's best mode on an equivalent table, in the same run.

Forty rows, each for a range of days and a kind of defect; both engines give the same result on every input, which is
checked first. zen-engine is asked one by one with its table read before, and in batches of a thousand; the faster way
counts. Medians over the rounds, processor time of one thread. Budget: at least five times zen-engine.
"""

import json
import statistics
import sys
from collections.abc import Callable, Sequence
from typing import Any

import zen

from bench.answer import TABLE, compiled_table, each, inputs, rate

ROUNDS = 9
BUDGET = 5.0
BATCH = 1_000


def document() -> dict[str, Any]:
    """The table as zen-engine reads it."""
    rules = [
        {
            "_id": str(place), "days": f"[{row['low']}..{row['high']}]", "kind": f'"{row["kind"]}"',
            "give": str(row["give"]),
        }
        for place, row in enumerate(TABLE)
    ]  # fmt: skip
    columns = {
        "hitPolicy": "first", "rules": rules,
        "inputs": [{"id": name, "name": name, "field": name} for name in ("days", "kind")],
        "outputs": [{"id": "give", "name": "give", "field": "give"}],
    }  # fmt: skip
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": columns},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}


def modes(asked: Sequence[tuple[int, str]]) -> dict[str, Callable[[], None]]:
    """zen-engine's ways to work through all inputs, with the table read before."""
    content = zen.ZenDecisionContent(json.dumps(document()))
    engine = zen.ZenEngine({"loader": lambda key: content})
    contexts = [{"days": days, "kind": kind} for days, kind in asked]
    batches = [
        [{"key": "table", "context": context} for context in contexts[start : start + BATCH]]
        for start in range(0, len(contexts), BATCH)
    ]

    def one_by_one() -> None:
        for context in contexts:
            engine.evaluate("table", context)

    def in_batches() -> None:
        for batch in batches:
            engine.evaluate_batch(batch)

    decide = compiled_table()
    for one, context in zip(asked, contexts, strict=True):
        theirs = engine.evaluate("table", context)["result"]
        if (theirs["give"] if theirs else -1) != decide(*one):
            raise AssertionError(f"the tables disagree on {one}")
    return {"one by one": one_by_one, "batches": in_batches}


def main(arguments: Sequence[str] = ()) -> int:
    """Print what was measured; 1 when the budget is missed."""
    asked = inputs()
    decide = compiled_table()
    ways = modes(asked)
    rates: dict[str, list[float]] = {name: [] for name in ("ours", *ways)}
    for _ in range(ROUNDS):
        rates["ours"].append(rate(each(decide, asked), len(asked)))
        for name, work in ways.items():
            rates[name].append(rate(work, len(asked)))
    found = {name: statistics.median(values) for name, values in rates.items()}
    best = max(found[name] for name in ways)
    ratio = found["ours"] / best
    missed = ratio < BUDGET
    if "--json" in arguments:
        print(json.dumps({"bench": "zen", "found": found | {"ratio": ratio}, "budgets": {"ratio": BUDGET},
                          "missed": ["ratio"] if missed else []}))  # fmt: skip
        return int(missed)
    print("A plain table decision of forty rows, one thread")
    print(
        f"  ours                   {found['ours']:>12,.0f} /s   {ratio:.1f} x zen-engine's best, budget {BUDGET:.0f} x"
    )
    for name in ways:
        print(f"  zen-engine, {name:<11}{found[name]:>12,.0f} /s   the reference of the same run")
    if missed:
        print("  MISSED: ratio")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
