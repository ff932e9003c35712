"""Read a market's rulebook from its YAML texts: safe, strict, every fault with file, line and what to do.

`docs/reference/rulebook-format.md` explains the format. Faults of different rules are reported together.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from makewhole.core.calendar import MarketCalendar
from makewhole.core.money import DECIMALS
from makewhole.core.rulebook.read_calendar import ZoneOf, read_calendar
from makewhole.core.rulebook.read_conditions import ConditionReader
from makewhole.core.rulebook.read_outcomes import OutcomeReader
from makewhole.core.rulebook.read_values import date_of, id_of, items_of, sentence_of, text_of, unknown, word_of
from makewhole.core.rulebook.references import cross_faults
from makewhole.core.rulebook.rule import ARTICLE, PROCEDURE, Citation, Clock, Place, Rule, Rulebook, editions_of
from makewhole.core.rulebook.source import Fields, Problem, RulebookError, Value, fault, read_text
from makewhole.core.words import Layer, Reason, RuleStatus, Text

_FILES_MAX = 40
_NEVER_YEAR = 2900
_T = TypeVar("_T")


class Header(NamedTuple):
    """What `market.yaml` says: the market's names, and in which files its rules and calendar are.

    `places` tells where each file is named.
    """

    market: str
    name: Text
    currency: str
    reasons: tuple[Reason, ...]
    sources: dict[str, Citation]
    categories: dict[str, Text]
    calendar: str
    files: tuple[str, ...]
    places: Mapping[str, Place]
    like: str = ""
    """Another market whose sources and categories are known here too."""

    def knowing(self, other: "Header") -> "Header":
        """This header with the sources and categories of another beside its own."""
        return self._replace(
            sources={**other.sources, **self.sources}, categories={**other.categories, **self.categories}
        )


def read_header(file: str, text: str) -> Header:
    """The head of a rulebook. Raises RulebookError with file, line and what to do."""
    fields = Fields(read_text(file, text), "market")
    calendar, files = fields.take("calendar"), fields.take("files")
    header = Header(
        market=id_of(fields.take("market")),
        name=sentence_of(fields.take("name")),
        currency=_currency(fields.take("currency")),
        reasons=items_of(fields.take("reasons"), word_of(Reason)),
        sources=fields.given("sources", lambda value: _named(value, _source), {}),
        categories=fields.given("categories", lambda value: _named(value, sentence_of), {}),
        calendar=text_of(calendar),
        files=items_of(files, text_of),
        places={text_of(named): named.place for named in (*(files.items or ()), calendar)},
        like=fields.given("like", id_of, ""),
    )
    fields.done()
    if not header.sources and not header.like:
        raise fault(fields.place, "没有 sources", "there are no sources", "补上 sources，或用 like 指明同类市场",
                    "add sources, or name a market it is like")  # fmt: skip
    if len(header.files) > _FILES_MAX:
        raise fault(
            fields.place, "文件过多", "there are too many files", f"最多 {_FILES_MAX} 个", f"at most {_FILES_MAX}"
        )
    return header


def read_rulebook(header: Header, texts: Mapping[str, str], zone_of: ZoneOf) -> Rulebook:
    """The rulebook of a market, from the texts of the files its header names.

    Raises RulebookError with every fault found: those within a rule first; when there are none, those between rules.
    """
    calendar = read_calendar(header.calendar, texts[header.calendar], zone_of)
    reader = _RuleReader(header)
    problems: list[Problem] = []
    for file in header.files:
        try:
            problems += reader.read_file(file, texts[file])
        except RulebookError as error:
            problems += error.problems
    rules = tuple(reader.rules)
    problems = problems or list(cross_faults(rules, header.reasons))
    if problems:
        raise RulebookError(tuple(problems))
    return book_of(header, calendar, rules)


def book_of(header: Header, calendar: MarketCalendar, rules: tuple[Rule, ...]) -> Rulebook:
    """The book made of rules already read."""
    editions = editions_of(header.market, rules)
    return Rulebook(
        market=header.market,
        name=header.name,
        currency=header.currency,
        calendar=calendar,
        reasons=header.reasons,
        categories=header.categories,
        rules=rules,
        editions=editions,
        starts=tuple(edition.start.toordinal() for edition in editions),
        covered=frozenset(header.reasons),
    )


def _currency(value: Value) -> str:
    found = text_of(value)
    if found not in DECIMALS:
        raise unknown(value, found, "currency", sorted(DECIMALS))
    return found


def _named(value: Value, read: Callable[[Value], _T]) -> dict[str, _T]:
    return {name: read(field.value) for name, field in Fields(value, "list").rest().items()}


def _source(value: Value) -> Citation:
    """A source as cited without an article; its field `article` says how its articles are cited."""
    fields = Fields(value, "source")
    source = Citation(
        Text(text_of(fields.take("zh")), text_of(fields.take("en"))),
        "",
        fields.given("url", text_of, ""),
        fields.given("article", _article, ARTICLE),
    )
    fields.done()
    return source


def _article(value: Value) -> Text:
    text = sentence_of(value)
    for written in text:
        rest = written.replace("{article}", "", 1)
        if rest == written or "{" in rest or "}" in rest:
            raise fault(
                value.place,
                "须含一处 {article}",
                "it has {article} once, where the number goes",
                "如 {zh: 第{article}款, en: 's. {article}'}",
                "like {zh: 第{article}款, en: 's. {article}'}",
            )
    return text


class _RuleReader:
    def __init__(self, header: Header) -> None:
        self.header = header
        self.conditions = ConditionReader(header.currency, header.categories)
        self.outcomes = OutcomeReader(header.currency)
        self.rules: list[Rule] = []

    def read_file(self, file: str, text: str) -> list[Problem]:
        """Read the rules of one file; faults of single rules are returned, so that all are found at once."""
        fields = Fields(read_text(file, text), "rule file")
        layer = word_of(Layer)(fields.take("layer"))
        listed = fields.take("rules")
        fields.done()
        if not listed.items:
            raise fault(
                listed.place, "rules 须是规则列表", "rules is a list of rules", "以 - id: 开始", "begin with - id:"
            )
        problems: list[Problem] = []
        for value in listed.items:
            try:
                self.rules.append(self._rule(value, layer))
            except RulebookError as error:
                problems += error.problems
        return problems

    def _rule(self, value: Value, layer: Layer) -> Rule:
        fields = Fields(value, "rule")
        in_force = Fields(fields.take("in_force"), "in_force")
        start, end = date_of(in_force.take("from")), in_force.given("to", date_of, None)
        by = in_force.given("by", word_of(Clock), None)
        in_force.done()
        if end is not None and end.year >= _NEVER_YEAR:
            raise fault(in_force.place, f"施行止日 {end} 等于没有止日", f"the last day {end} is as good as none",
                        "没有止日时不写 to", "leave out to where there is none")  # fmt: skip
        if end is not None and end < start:
            raise fault(in_force.place, f"施行止日 {end} 早于起日 {start}",
                        f"the last day {end} is before the first {start}",
                        "对调或更正日期", "swap or correct the dates")  # fmt: skip
        rule = Rule(
            id=id_of(fields.take("id")),
            layer=layer,
            start=start,
            end=end,
            citation=self._citation(fields.take("citation")),
            status=word_of(RuleStatus)(fields.take("status")),
            sentence=sentence_of(fields.take("text")),
            reasons=fields.given("reasons", lambda found: frozenset(items_of(found, word_of(Reason))), frozenset()),
            when=fields.given("when", self.conditions.all_of, ()),
            outcome=self.outcomes.outcome(fields),
            place=value.place,
        )
        fields.done()
        return rule._replace(by=by or (Clock.STEP if isinstance(rule.outcome, PROCEDURE) else Clock.ORDER))

    def _citation(self, value: Value) -> Citation:
        fields = Fields(value, "citation")
        name = fields.take("source")
        found = self.header.sources.get(text_of(name))
        if found is None:
            raise unknown(name, text_of(name), "source", self.header.sources)
        citation = found._replace(
            article=fields.given("article", text_of, ""), url=fields.given("url", text_of, found.url)
        )
        fields.done()
        return citation
