"""Scenarios: a sentence, an order and a claim, and the answer a lawyer expects, with its arithmetic.

`rulebooks/<market>/scenarios/*.yaml` hold them; tests and `rulebook check` run them. An order may be told as another
one with changes. Amounts are written as people write them ('139.00'), dates as days or times of the market.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

from makewhole.core.allocation.allocate import allocate
from makewhole.core.facts import Fact, read_value
from makewhole.core.money import parse_major, to_major
from makewhole.core.order.model import Order
from makewhole.core.order.read import OrderError, read_order
from makewhole.core.rulebook.assess import assess
from makewhole.core.rulebook.model import Answer, Claim, ClaimLine, Due, Obstacle, Paid, Plan
from makewhole.core.rulebook.read_values import id_of, sentence_of
from makewhole.core.rulebook.rule import Place, Rulebook
from makewhole.core.rulebook.source import Fields, RulebookError, Value, fault, read_text
from makewhole.core.words import Head, Party, Provenance, Reason, Text

_SUM_MAX = 300
_SUM = re.compile(r"^[\d., +\-−×*/÷()%]+$")


class Scenario(NamedTuple):
    """One sentence with the answer expected. `expected` holds what is checked, by name; what is absent is not."""

    id: str
    says: Text
    order: Order
    claim: Claim
    paid: tuple[Paid, ...]
    expected: Mapping[str, Any]
    arithmetic: tuple[str, ...]
    place: Place


def read_scenarios(file: str, text: str, book: Rulebook) -> tuple[Scenario, ...]:
    """The scenarios of one file. Raises RulebookError with file, line and what to do."""
    fields = Fields(read_text(file, text), "scenarios")
    orders = {name: plain(field.value) for name, field in Fields(fields.take("orders"), "orders").rest().items()}
    listed = fields.take("scenarios")
    fields.done()
    if not listed.items:
        raise fault(listed.place, "没有场景", "there is no scenario", "写一个", "write one")
    return tuple(_scenario(value, orders, book) for value in listed.items)


def _scenario(value: Value, orders: Mapping[str, Any], book: Rulebook) -> Scenario:
    fields = Fields(value, "scenario")
    scenario_id, says = id_of(fields.take("id")), sentence_of(fields.take("says"))
    name = fields.take("order")
    if name.text is None or name.text not in orders:
        raise fault(name.place, f"没有订单 {name.text}", f"there is no order {name.text}", f"可用：{', '.join(orders)}",
                    f"there are {', '.join(orders)}")  # fmt: skip
    document = deepcopy(orders[name.text])
    for path, field in fields.given("change", lambda found: Fields(found, "change").rest(), {}).items():
        with _told_at(field.place):
            _change(document, path.split("."), plain(field.value))
    try:
        order = read_order(document)
    except OrderError as error:
        raise fault(
            name.place, f"订单有误：{error}", f"the order is wrong: {error}", "更正订单", "correct it"
        ) from None
    claimed = fields.take("claim")
    with _told_at(claimed.place):
        claim = _claim(claimed, book)
        paid = fields.given("paid", lambda found: tuple(_paid(one, book.currency) for one in found.items or ()), ())
    expecting = fields.take("expect")
    expected = plain(Value(expecting.place, fields=Fields(expecting, "expect").rest()))
    sums: Any = fields.given("arithmetic", plain, ())
    fields.done()
    return Scenario(
        scenario_id, says, order, claim, paid, expected, (sums,) if isinstance(sums, str) else tuple(sums), value.place
    )


@contextmanager
def _told_at(place: Place) -> Iterator[None]:
    """Whatever cannot be made of what is written here is a fault of this place."""
    try:
        yield
    except RulebookError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise fault(
            place, f"此处写法有误（{error}）", f"this cannot be read ({error})",
            "参见 docs/reference/rulebook-format.md 的场景一节", "see Scenarios in docs/reference/rulebook-format.md",
        ) from None  # fmt: skip


def plain(value: Value) -> Any:
    """A value as data: unquoted whole numbers and yes or no as such, everything else as text."""
    if value.items is not None:
        return [plain(item) for item in value.items]
    if value.fields is not None:
        return {name: plain(field.value) for name, field in value.fields.items()}
    text = value.text or ""
    if value.quoted:
        return text
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    return {"yes": True, "no": False, "": None, "null": None}.get(text, text)


def _change(document: Any, path: Sequence[str], new: Any) -> None:
    """Set one place of the order's document; a whole number names a place in a list."""
    *way, last = path
    for step in way:
        document = document[int(step)] if isinstance(document, list) else document.setdefault(step, {})
    if isinstance(document, list):
        document[int(last)] = new
    else:
        document[last] = new


def _claim(value: Value, book: Rulebook) -> Claim:
    fields = Fields(value, "claim")
    reasons = tuple(Reason(one) for one in plain(fields.take("reasons")))
    lines = tuple(_claim_line(str(one)) for one in plain(fields.take("lines")))
    at = datetime.fromisoformat(str(plain(fields.take("at"))))
    told = fields.given("facts", lambda found: Fields(found, "facts").rest(), {})
    fields.done()
    facts = {}
    for name, field in told.items():
        written, _, firmness = (field.value.text or "").partition(" ")
        facts[name] = Fact(read_value(name, written), Provenance(firmness or "alleged"))
    at = at if at.tzinfo is not None else at.replace(tzinfo=book.calendar.zone)
    return Claim(reasons, lines, facts, at)


def _claim_line(text: str) -> ClaimLine:
    """'1:2' claims two units of line 1; '1:2+1' two units after one claimed before."""
    line_id, _, count = text.partition(":")
    quantity, _, first = count.partition("+")
    return ClaimLine(line_id, int(quantity or 1), int(first or 0))


def _paid(value: Value, currency: str) -> Paid:
    """'1 goods 60.00 fund'."""
    line_id, head, amount, payer = (value.text or "").split(" ")
    return Paid(line_id, Head(head), parse_major(amount, currency), Party(payer))


def answer_to(scenario: Scenario, book: Rulebook) -> Answer:
    """What the engine says."""
    order = scenario.order
    return assess(book, order, allocate(order), scenario.claim, scenario.claim.claimed_at, scenario.paid)


def differences(scenario: Scenario, answer: Answer, book: Rulebook) -> tuple[str, ...]:
    """Everything in which the answer is not what was expected; empty when it is."""
    return (*_Comparer(scenario, answer, book).all(), *wrong_sums(scenario.arithmetic))


def run(scenario: Scenario, book: Rulebook) -> tuple[str, ...]:
    """Ask the engine; in what it differs from what was expected, or why it cannot even be asked or compared."""
    try:
        return differences(scenario, answer_to(scenario, book), book)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return (f"it cannot be run as written ({error})",)


class _Comparer:
    def __init__(self, scenario: Scenario, answer: Answer, book: Rulebook) -> None:
        self.expected, self.answer, self.book = scenario.expected, answer, book

    def all(self) -> Iterator[str]:
        known = {"plans", "obstacles", "questions", "evidence", "fund", "edition", "sanctions", "avenues"}
        if strange := set(self.expected) - known:
            yield f"expect has no {sorted(strange)}; it knows {sorted(known)}"
        plans = self.expected.get("plans", [])
        yield from self.same("plans", [plan["remedy"] for plan in plans], [p.remedy.value for p in self.answer.plans])
        for wanted in plans:
            found = next((plan for plan in self.answer.plans if plan.remedy.value == wanted["remedy"]), None)
            if found is not None:
                yield from self.plan(wanted, found)
        self_told = {
            "obstacles": [self.obstacle(one) for one in self.answer.obstacles],
            "questions": [question.fact for question in self.answer.questions],
            "evidence": [f"{one.fact} {one.burden} {one.standing}" for one in self.answer.evidence],
            "fund": self.major(self.answer.fund.cap_minor),
            "edition": self.answer.edition,
            "sanctions": [f"{one.points} {one.on} {one.rule_id}" for one in self.answer.sanctions],
            "avenues": [f"{one.to} {one.rule_id}" for one in self.answer.avenues],
        }
        for name, actual in self_told.items():
            if name in self.expected:
                yield from self.same(name, self.expected[name], actual)

    def same(self, what: str, wanted: Any, actual: Any) -> Iterator[str]:
        if wanted != actual:
            yield f"{what}: expected {wanted}, but it is {actual}"

    def plan(self, wanted: Mapping[str, Any], plan: Plan) -> Iterator[str]:
        until = plan.claim_until
        told: dict[str, Any] = {
            "remedy": plan.remedy.value,
            "dues": {f"{due.line_id} {due.head}": self.due(due) for due in plan.dues},
            "total": self.major(plan.total_minor),
            "rule": plan.rule_ids[0],
            "depends_on": list(plan.depends_on),
            "prospect": self.prospect(plan),
            "settled": plan.settled,
            "adds": plan.adds_to_any,
            "claim_until": self.book.calendar.local(until.at).date().isoformat() if until is not None else None,
            "freight_back": plan.freight_back_payer.value if plan.freight_back_payer is not None else None,
            "payer": sorted({due.payer.value for due in plan.dues}),
            "form": sorted({due.form.value for due in plan.dues}),
            "by_court": [f"{due.line_id} {due.head}" for due in plan.dues if due.by_court],
            "steps": {step.term.step.value: self.moment(step.due_at) for step in plan.steps},
            "rules": list(plan.rule_ids),
        }
        if strange := set(wanted) - set(told):
            yield f"a plan has no {sorted(strange)}; it has {sorted(told)}"
        for name, value in wanted.items():
            actual = told.get(name)
            if name == "rules":
                value, actual = sorted(value), sorted(rule for rule in told["rules"] if rule in value)
            if name == "steps":
                actual = {step: at for step, at in told["steps"].items() if step in value}
            yield from self.same(f"{plan.remedy} {name}", value, actual)

    def prospect(self, plan: Plan) -> str | None:
        if plan.prospect is None:
            return None
        most = "?" if plan.prospect.total_minor is None else self.major(plan.prospect.total_minor)
        return " ".join((most, *plan.prospect.facts))

    def major(self, amount_minor: int) -> str:
        return str(to_major(amount_minor, self.book.currency))

    def due(self, due: Due) -> str:
        of = f" of {self.major(due.full_minor)}" if due.full_minor != due.amount_minor else ""
        return f"{self.major(due.amount_minor)}{of}"

    def moment(self, at: datetime) -> str:
        local = self.book.calendar.local(at)
        return local.date().isoformat() if f"{local:%H:%M:%S}" == "23:59:59" else f"{local:%Y-%m-%d %H:%M}"

    def obstacle(self, one: Obstacle) -> str:
        since = f" {self.moment(one.since)}" if one.since is not None else ""
        return f"{one.kind} {one.remedy} {one.rule_id}{since}"


def wrong_sums(sums: Sequence[str]) -> Iterator[str]:
    """The sums that are not right: both sides, reckoned exactly, differ by half a cent or more.

    '≈' stands where a unit's share by running totals is meant: less than a cent off.
    """
    for text in sums:
        left, equals, right = text.partition("≈" if "≈" in text else "=")
        most = Fraction(1, 100 if equals == "≈" else 200)
        try:
            if not equals or len(text) > _SUM_MAX or not _SUM.match(left) or not _SUM.match(right):
                raise ValueError(text)
            first, second = reckoned(left), reckoned(right)
        except (ValueError, IndexError, ZeroDivisionError):
            yield f"{text[:_SUM_MAX]!r} is no sum; write it like 199.00 - 60.00 = 139.00"
            continue
        if abs(first - second) >= most:
            yield f"{text!r} is not right: {float(first):.4f} is not {float(second):.4f}"


def reckoned(text: str) -> Fraction:
    """The value of a sum of numbers with + - × ÷, percentages and parentheses, exactly."""
    for sign, plain_sign in (("−", "-"), ("×", "*"), ("÷", "/"), (",", "")):
        text = text.replace(sign, plain_sign)
    tokens = re.findall(r"\d+(?:\.\d+)?%?|[-+*/()]", text)
    value, rest = _added(tokens)
    if rest:
        raise ValueError(f"{text!r} is no sum")
    return value


def _added(tokens: list[str]) -> tuple[Fraction, list[str]]:
    value, rest = _multiplied(tokens)
    while rest and rest[0] in "+-":
        sign = rest[0]
        part, rest = _multiplied(rest[1:])
        value = value + part if sign == "+" else value - part
    return value, rest


def _multiplied(tokens: list[str]) -> tuple[Fraction, list[str]]:
    value, rest = _number(tokens)
    while rest and rest[0] in "*/":
        sign = rest[0]
        part, rest = _number(rest[1:])
        value = value * part if sign == "*" else value / part
    return value, rest


def _number(tokens: list[str]) -> tuple[Fraction, list[str]]:
    if not tokens:
        raise ValueError("the sum ends too early")
    first, rest = tokens[0], tokens[1:]
    if first == "(":
        value, rest = _added(rest)
        return value, rest[1:]
    return (Fraction(first[:-1]) / 100 if first.endswith("%") else Fraction(first)), rest
