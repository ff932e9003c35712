"""A market's rules as one page of Markdown, written from the book itself: `docs/reference/rules-….md`."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice, pairwise

from makewhole.core.rulebook import phrases
from makewhole.core.rulebook.describe import Describer
from makewhole.core.rulebook.history import changes, difference, editions_of_rule
from makewhole.core.rulebook.reach import own_rules
from makewhole.core.rulebook.rule import Grant, Rule, Rulebook
from makewhole.core.words import Language, Layer, RuleStatus, Text

LATEST_DAYS = 3
_WORDS = {
    "title": Text("规则：{market}", "Rules: {market}"),
    "written": Text(
        "本页由 `makewhole rulebook page` 按规则库生成，有测试核对。每条先说一句话，再说给什么、何时成立、管哪些原因。"
        "订单按下单当天的版本判断，程序上的步骤按走这一步时的版本。已与原文核对的标 ✓。不是法律意见。",
        "Written by `makewhole rulebook page` from the rulebook itself; a test compares. Each rule is told in a "
        "sentence; then what it gives or sets, when it holds, and for which reasons. An order is judged by the edition "
        "of the day it was placed, a step of the procedure by that of the day it is taken. ✓ marks what was checked "
        "against the official text. None of this is legal advice.",
    ),
    "counted": Text("共 {rules} 条规则，{editions} 个版本。", "{rules} rules in {editions} editions."),
    "shared": Text(
        "另有 {count} 条与其他市场共用，见 {pages}。", "{count} more are shared with other markets: see {pages}."
    ),
    "lately": Text("最近的变化", "What changed lately"),
    "by_reason": Text("按原因查权利", "Rights by reason"),
    "gives": Text("给什么", "gives or sets"),
    "when": Text("何时成立", "holds when"),
    "for": Text("管哪些原因", "for"),
    "since": Text("{start} 起", "since {start}"),
    "until": Text("{start} 至 {end}", "from {start} to {end}"),
    "earlier": Text("{span}：{lines}", "{span}: {lines}"),
    "between": Text("；", "; "),
    "colon": Text("：", ": "),
}


def rules_page(book: Rulebook, language: Language) -> str:
    """The whole page in one language. A variant of a market tells its own rules and names the pages of the others."""
    writer = _Writer(book, language)
    return "\n".join((*writer.head(), *writer.lately(), *writer.by_reason(), *writer.rules())).rstrip() + "\n"


class _Writer:
    def __init__(self, book: Rulebook, language: Language) -> None:
        self.book, self.language, self.describer = book, language, Describer(book, language)
        own = {rule.id for rule in own_rules(book)}
        self.newest = [editions_of_rule(book, rule_id)[0] for rule_id in book.by_id if rule_id in own]

    def say(self, word: str, **parts: object) -> str:
        return _WORDS[word].say(self.language).format(**parts)

    def head(self) -> Iterator[str]:
        book = self.book
        yield from (f"# {self.say('title', market=book.name.say(self.language))}", "", self.say("written"), "")
        counted = self.say("counted", rules=len(self.newest), editions=len(book.editions))
        others = len(book.by_id) - len(self.newest)
        if others:
            folders = {rule.place.file.rpartition("/")[0] for rule in book.rules} - {"", book.market}
            ending = "" if self.language == "en" else f".{self.language}"
            pages = self.say("between").join(f"[{name}](rules-{name}{ending}.md)" for name in sorted(folders))
            counted = f"{counted} {self.say('shared', count=others, pages=pages)}"
        yield from (counted, "")

    def lately(self) -> Iterator[str]:
        """The rules of the last few days of change."""
        own = {rule.id for rule in self.newest}
        told = [change for change in changes(self.book) if change.rule.id in own]
        yield from (f"## {self.say('lately')}", "")
        for day, of_day in islice(groupby(told, key=lambda change: change.day), LATEST_DAYS):
            links = self._links(change.rule for change in of_day)
            yield f"- **{day.isoformat()}**{self.say('colon')}{links}"
        yield ""

    def by_reason(self) -> Iterator[str]:
        """The rights of each reason, as links to the rules."""
        yield from (f"## {self.say('by_reason')}", "")
        for reason in self.book.reasons:
            rights = [rule for rule in self.newest if reason in rule.reasons and isinstance(rule.outcome, Grant)]
            if rights:
                name = phrases.REASONS[reason].say(self.language)
                yield f"- **{name}**{self.say('colon')}{self._links(rights)}"
        yield ""

    def rules(self) -> Iterator[str]:
        """Every rule, by layer and source, in the order of the book."""
        for layer in Layer:
            of_layer = [rule for rule in self.newest if rule.layer is layer]
            if not of_layer:
                continue
            yield from (f"## {_capital(phrases.LAYERS[layer].say(self.language))}", "")
            sources = dict.fromkeys(rule.citation.source for rule in of_layer)
            for source in sources:
                yield from (f"### {source.say(self.language)}", "")
                for rule in of_layer:
                    if rule.citation.source == source:
                        yield from self.rule(rule)

    def rule(self, rule: Rule) -> Iterator[str]:
        mark = " ✓" if rule.status is RuleStatus.VERIFIED else ""
        cited = rule.citation.text.say(self.language)
        yield from (f"#### {rule.id}", "", f"**{rule.sentence.say(self.language)}**", "")
        yield f"{cited}{mark} · {phrases.STATUSES[rule.status].say(self.language)} · {self.span(rule)}"
        yield ""
        yield self._points("gives", self.describer.outcome(rule.outcome))
        if rule.when:
            yield self._points("when", self.describer.when(rule))
        yield self._points("for", (self.describer.reasons(rule),))
        editions = editions_of_rule(self.book, rule.id)
        for now, before in pairwise(editions):
            gone = difference(before, now, self.describer).gone
            yield f"- {self.say('earlier', span=self.span(before), lines=self.say('between').join(gone) or '–')}"
        yield ""

    def span(self, rule: Rule) -> str:
        """From when to when an edition of a rule is in force."""
        return self.say("until" if rule.end is not None else "since", start=rule.start, end=rule.end)

    def _points(self, word: str, lines: Sequence[str]) -> str:
        return f"- *{self.say(word)}*{self.say('colon')}{self.say('between').join(lines)}"

    def _links(self, rules: Iterable[Rule]) -> str:
        return self.describer.say("and").join(f"[{rule.id}](#{rule.id})" for rule in rules)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
