"""Every event of a case can be told to everybody the core tells of it, in both languages, with figures and dates."""

import ast
import re
from datetime import timedelta
from pathlib import Path
from string import Formatter

import pytest

import makewhole.core.case
from makewhole.core.case.events import PAYLOADS as CARRIED
from makewhole.core.case.events import Event, EventKind
from makewhole.core.words import Consequence, Language, Party, Role, Stage, Step, Text
from makewhole.rooms.notices.service import about_case, next_text
from makewhole.rooms.notices.service.cases import NOTE_SHOWN_MAX
from makewhole.rooms.notices.service.sending import PARTIES
from makewhole.rooms.notices.service.texts import TEMPLATES, Worded, word
from tests.rooms.notices.case_material import NOW, PAYLOADS, RESPOND, SHANGHAI, case, events

CHINESE = re.compile(r"[\u4e00-\u9fff]")
FIGURE = re.compile(r"¥[\d,]+\.\d\d")


def told(event: Event, party: Party) -> Worded:
    (notice,) = about_case(case(RESPOND), [(party, event)], order_number="T-1001", zone=SHANGHAI)
    return word(TEMPLATES[notice.template], PARTIES.get(notice.to_role, Party.PLATFORM), notice.data)


def told_by_the_core() -> set[tuple[EventKind, Party]]:
    """Read from the core's own source: which kinds of event are recorded where the platform is told."""
    found = set()
    for path in Path(makewhole.core.case.__file__).parent.glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            named = {ast.unparse(call.func): call for call in calls}
            if "draft.tell" not in named or "Party.PLATFORM" not in ast.unparse(named["draft.tell"]):
                continue
            kinds = re.findall(r"EventKind\.([A-Z_]+)", ast.unparse(function))
            found |= {(EventKind[kind], Party.PLATFORM) for kind in kinds}
    return found


def test_every_kind_of_event_is_tried_here_with_what_it_carries() -> None:
    assert {kind: type(every[0]) for kind, every in PAYLOADS.items()} == CARRIED


@pytest.mark.parametrize("role", [Role.BUYER, Role.MERCHANT, Role.AGENT, Role.SYSTEM])
@pytest.mark.parametrize("party", [Party.BUYER, Party.MERCHANT])
def test_buyer_and_merchant_can_be_told_of_every_event(party: Party, role: Role) -> None:
    for event in events(role):
        worded = told(event, party)
        for text in (*worded.subject, *worded.body):
            assert "{" not in text.replace("{braces}", ""), event.kind
        assert "T-1001" in worded.subject.zh
        assert "T-1001" in worded.subject.en
        assert CHINESE.search(worded.body.zh), event.kind
        assert set(FIGURE.findall(worded.body.zh)) == set(FIGURE.findall(worded.body.en)), event.kind
        assert "11月23日 周一 18:00" in worded.body.zh
        assert "Mon 23 Nov, 18:00" in worded.body.en


def test_the_platform_can_be_told_of_whatever_the_core_tells_it() -> None:
    wanted = told_by_the_core()
    assert {kind for kind, _ in wanted} >= {EventKind.REMINDED, EventKind.REFUND_FAILED, EventKind.PAYMENT_SHORT}
    for kind, _ in wanted:
        event = next(each for each in reversed(events(Role.SYSTEM)) if each.kind is kind)
        assert "T-1001" in told(event, Party.PLATFORM).subject.en


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.startswith("case.")])
def test_a_template_belongs_to_an_event_that_exists(name: str) -> None:
    assert name.split(".")[1] in {kind.value for kind in EventKind}


@pytest.mark.parametrize("name", TEMPLATES)
def test_both_languages_say_the_same_figures(name: str) -> None:
    template = TEMPLATES[name]
    for text in (template.subject, template.buyer, template.merchant, template.platform):
        if text is not None:
            assert placeholders(text, "zh") == placeholders(text, "en")


def placeholders(text: Text, language: Language) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text.say(language)) if field}


@pytest.mark.parametrize(
    ("kind", "role", "zh", "en"),
    [
        (EventKind.CLAIM_ACCEPTED, Role.MERCHANT, "商家已同意您的诉求", "The merchant has accepted your claim"),
        (EventKind.CLAIM_ACCEPTED, Role.SYSTEM, "商家没有按时回应", "The merchant did not answer in time"),
        (EventKind.CLAIM_REFUSED, Role.MERCHANT, "“出库称重正常 {braces} %s”", "“出库称重正常 {braces} %s”"),
        (EventKind.EVIDENCE_REQUESTED, Role.AGENT, "“请提供包裹外箱照片。”", "“请提供包裹外箱照片。”"),
        (
            EventKind.CLOSED,
            Role.SYSTEM,
            "协商解决。共付给您 ¥139.00",
            "settled between both sides. Paid to you in all: ¥139.00",
        ),
    ],
)
def test_a_buyer_reads_what_happened(kind: EventKind, role: Role, zh: str, en: str) -> None:
    event = next(each for each in events(role) if each.kind is kind)
    body = told(event, Party.BUYER).body
    assert zh in body.zh
    assert en in body.en


def test_turns_of_an_event_read_differently() -> None:
    bodies = {
        kind: {told(event, Party.MERCHANT).body.en for event in events(Role.SYSTEM) if event.kind is kind}
        for kind in (
            EventKind.RULED,
            EventKind.RULING_FINAL,
            EventKind.PAYMENT_MADE,
            EventKind.PAYMENT_SHORT,
            EventKind.SHIPPED_BACK,
        )
    }
    assert {kind: len(said) for kind, said in bodies.items()} == dict.fromkeys(bodies, 2)
    assert any("Return freight: ¥12.00." in body for body in bodies[EventKind.SHIPPED_BACK])
    assert any("¥50.00 of it advanced by the guarantee fund" in body for body in bodies[EventKind.PAYMENT_MADE])


def test_a_long_note_is_cut_and_lines_become_one() -> None:
    from makewhole.core.case.events import Said

    event = Event(1, EventKind.CLAIM_REFUSED, NOW, Role.MERCHANT, "m", Said("长\n\n" * 5000))
    body = told(event, Party.BUYER).body
    assert len(body.zh) < NOTE_SHOWN_MAX + 200
    assert "…" in body.zh
    assert body.zh.count("\n") == 1


@pytest.mark.parametrize(
    ("note", "zh"),
    [("没有缺口。", "留言：“没有缺口。”您"), ("没有缺口", "留言：“没有缺口”。您"), ("真的？", "留言：“真的？”您")],
)
def test_what_somebody_wrote_ends_with_one_stop(note: str, zh: str) -> None:
    from makewhole.core.case.events import Said

    event = Event(1, EventKind.CLAIM_REFUSED, NOW, Role.MERCHANT, "m", Said(note))
    assert zh in told(event, Party.BUYER).body.zh


def test_the_next_step_speaks_to_the_reader() -> None:
    waiting = case(RESPOND)
    assert next_text(waiting, Party.MERCHANT, NOW, SHANGHAI) == Text(
        "下一步：请您在 11月23日 周一 18:00 前回应诉求；逾期则视为同意诉求。",
        "Next: please answer the claim by Mon 23 Nov, 18:00; otherwise the claim counts as accepted.",
    )
    assert next_text(waiting, Party.BUYER, NOW, SHANGHAI) == Text(
        "下一步：商家须在 11月23日 周一 18:00 前回应诉求；逾期则视为同意诉求。",
        "Next: the merchant has until Mon 23 Nov, 18:00 to answer the claim; otherwise the claim counts as accepted.",
    )


def test_several_clocks_are_told_by_date_and_a_provisional_one_says_so() -> None:
    later = RESPOND._replace(
        id="o2", step=Step.RULE, debtor=Party.PLATFORM, due_at=NOW + timedelta(days=60), provisional=True,
        on_silence=Consequence.REMINDED,
    )  # fmt: skip
    said = next_text(case(later, RESPOND), Party.BUYER, NOW, SHANGHAI)
    first, second = said.en.splitlines()
    assert "answer the claim" in first
    assert "Wed 20 Jan 2027, 18:00" in second
    assert "may move once the holidays are published" in second
    assert "2027年1月20日 周三 18:00" in said.zh


def test_a_closed_case_and_one_under_way_say_so() -> None:
    assert "nothing more is to be done" in next_text(case(stage=Stage.CLOSED), Party.BUYER, NOW, SHANGHAI).en
    assert "you will be told the result" in next_text(case(), Party.BUYER, NOW, SHANGHAI).en


def test_what_lacks_a_figure_is_not_worded() -> None:
    with pytest.raises(KeyError, match="terms"):
        word(TEMPLATES["case.opened"], Party.BUYER, {"order_number": "1", "next": "x"})
    with pytest.raises(KeyError, match="never told"):
        word(TEMPLATES["case.opened"], Party.PLATFORM, {})
