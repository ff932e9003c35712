"""A small sound book in two layers, and the same with something changed: what the prover is tried on."""

from collections.abc import Iterable, Mapping
from textwrap import indent
from zoneinfo import ZoneInfo

from makewhole.core.rulebook.read import read_header, read_rulebook
from makewhole.core.rulebook.rule import Rulebook
from tests.core.rulebook.books import calendar_text, rule

HEADER = """
market: cn
name: {zh: 试验, en: trial}
currency: CNY
calendar: cn/calendar.yaml
files: [law.yaml, platform.yaml]
reasons: [changed_mind, quality, item_missing]
sources:
  law: {zh: 《试验法》, en: Trial Law, url: "https://example.org/law"}
categories:
  fresh: {zh: 生鲜, en: fresh}
  fresh/fruit: {zh: 水果, en: fruit}
"""
TERMS = (
    ("respond", "merchant", "claim_accepted"), ("answer_offer", "buyer", "offer_lapses"),
    ("answer_offer", "merchant", "offer_lapses"), ("revise_or_escalate", "buyer", "case_closed"),
    ("ship_back", "buyer", "case_closed"), ("inspect", "merchant", "return_accepted"),
    ("send_goods", "merchant", "refunded_instead"), ("confirm_receipt", "buyer", "receipt_confirmed"),
    ("pay", "merchant", "fund_advances"), ("settle_refund", "platform", "reminded"),
    ("give_evidence", "buyer", "ruled_on_file"), ("give_evidence", "merchant", "ruled_on_file"),
    ("rule", "platform", "reminded"), ("appeal", "buyer", "ruling_final"), ("appeal", "merchant", "ruling_final"),
    ("rule_appeal", "platform", "reminded"),
)  # fmt: skip
PRICE = "amounts: [{head: goods, of: price}]"

LAW: Mapping[str, str] = {
    "law-return": rule(
        "law-return",
        f"when: {{within: {{term: 7 days, after: signed_at}}}}\ngrant: {{remedy: return_and_refund, {PRICE}}}",
        reasons="[changed_mind]",
    ),
    "law-intact": rule(
        "law-intact",
        "when: {delivered: yes, goods_intact: no}\nexclusion: {of: [law-return]}",
        reasons="[changed_mind]",
    ),
    "law-defect": rule(
        "law-defect",
        "when: {goods_defective: yes, within: {term: 24 months, after: signed_at}}\n"
        f"grant: {{remedy: return_and_refund, {PRICE}}}",
        reasons="[quality]",
    ),
    "law-repair": rule(
        "law-repair", "when: {goods_defective: yes}\ngrant: {remedy: repair}", reasons="[quality]"
    ),
    "law-freight": rule(
        "law-freight",
        "when: {goods_defective: yes}\nliability: {freight_out: merchant, freight_back: merchant}",
        reasons="[quality]",
    ),
    "law-loss": rule(
        "law-loss",
        "when: {goods_defective: yes, loss_minor: {at_least: 0.01 CNY}}\n"
        "grant: {remedy: compensation, adds: yes, amounts: [{head: damages, of: loss_minor, for: order}]}",
        reasons="[quality]",
    ),
    "law-missing": rule(
        "law-missing", f"when: {{item_absent: yes}}\ngrant: {{remedy: refund_only, {PRICE}}}", reasons="[item_missing]"
    ),
}  # fmt: skip
PLATFORM: Mapping[str, str] = {
    "fund": rule("fund", "cap: {on: fund, amount: {of: order_paid}}"),
    **{
        f"term-{step}-{debtor}": rule(
            f"term-{step}-{debtor}".replace("_", "-"),
            f"term: {{step: {step}, debtor: {debtor}, within: 3 days, on_silence: {silence}}}",
        )
        for step, debtor, silence in TERMS
    },
}


def file_of(layer: str, rules: Iterable[str]) -> str:
    """The text of a file of rules."""
    return f"layer: {layer}\nrules:\n" + indent("\n".join(rules), "  ")


def small_book(
    law: Mapping[str, str | None] | None = None,
    platform: Mapping[str, str | None] | None = None,
    head: str = HEADER,
    *,
    reorder: bool = False,
) -> Rulebook:
    """The small book with rules changed, added, or, with None, left out; `reorder`: in the order they are given."""
    laws, others = {**LAW, **(law or {})}, {**({} if reorder else PLATFORM), **(platform or {})}
    texts = {
        "law.yaml": file_of("law", (text for text in laws.values() if text is not None)),
        "platform.yaml": file_of("platform", (text for text in others.values() if text is not None)),
        "cn/calendar.yaml": calendar_text(),
    }
    return read_rulebook(read_header("market.yaml", head), texts, ZoneInfo)
