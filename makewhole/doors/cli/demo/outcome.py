"""What the demo prints: the table of its stories, where to go, whom to be and what to look at."""

from collections.abc import Sequence

from makewhole.core.case.model import Outcome
from makewhole.core.case.say import STEPS
from makewhole.core.money import to_major
from makewhole.core.words import Language, Role, Text
from makewhole.doors.cli import console
from makewhole.doors.cli.demo.load import StoryTold
from makewhole.doors.cli.demo.marketplace import PEOPLE
from makewhole.rooms.cases.queries import CaseRow

ENDS = {
    Outcome.WITHDRAWN: Text("买家撤销", "withdrawn"),
    Outcome.LAPSED: Text("逾期关闭", "lapsed"),
    Outcome.SETTLED: Text("协商一致", "settled"),
    Outcome.RULED_FOR_BUYER: Text("裁决支持买家", "ruled for the buyer"),
    Outcome.RULED_IN_PART: Text("裁决部分支持", "ruled in part"),
    Outcome.DISMISSED: Text("裁决不支持", "dismissed"),
    Outcome.LEFT_OWING: Text("商家仍有欠款", "a rest is left owing"),
}
ROLES = {
    Role.BUYER: Text("买家", "buyer"),
    Role.MERCHANT: Text("商家", "merchant"),
    Role.AGENT: Text("裁决员", "agent"),
    Role.OPERATOR: Text("运营", "operator"),
}
LOOK_AT = {
    Role.BUYER: Text("我的订单 → 我能得到什么 → 售后进度和下一步日期",
                     "my orders → what am I due? → a case with its next step and date"),
    Role.MERCHANT: Text("按时限排序的待办 → 答复一个售后", "the queue by due time → answer a claim"),
    Role.AGENT: Text("裁决台 → 双方证据并排 → 裁决", "the desk → both sides' evidence side by side → rule"),
    Role.OPERATOR: Text("今日 → 保障基金、保证金、账目、规则", "today → fund, deposits, books, rules"),
}  # fmt: skip
HEADINGS = (
    Text("故事", "story"),
    Text("结果", "outcome"),
    Text("退给买家", "paid to the buyer"),
    Text("其中基金垫付", "of it by the fund"),
    Text("下一步", "next"),
)


def print_outcomes(told: Sequence[StoryTold], language: Language) -> None:
    """One line for each case of each story."""
    titles = [heading.say(language) for heading in HEADINGS]
    aligned = dict(zip(titles, ("left", "left", "right", "right", "left"), strict=True))
    rows: list[Sequence[object]] = []
    for story in told:
        if not story.cases:
            rows.append((story.question.say(language), Text("还没有售后", "no claim yet").say(language), "", "", ""))
        for place, case in enumerate(story.cases):
            question = story.question.say(language) if place == 0 else "  …"
            paid, advanced = money(case.paid_minor, case), money(case.advanced_minor, case)
            rows.append((question, ending(case, language), paid, advanced, next_step(case, language)))
    console.print_table(Text("演示的故事", "The demo's stories").say(language), aligned, rows)


def ending(case: CaseRow, language: Language) -> str:
    open_ = Text("进行中", "under way")
    return (ENDS[case.outcome] if case.outcome else open_).say(language)


def money(amount_minor: int, case: CaseRow) -> str:
    return f"¥{to_major(amount_minor, case.currency):,}" if amount_minor else "-"


def next_step(case: CaseRow, language: Language) -> str:
    if case.next_step is None or case.next_due_at is None:
        return ""
    due = case.next_due_at.astimezone()
    return f"{STEPS[case.next_step].say(language)} · {due:%d %b %H:%M}"


def print_guide(address: str, language: Language) -> None:
    """Where it is served, whom one can be, and what to look at."""
    console.out.print(f"\nmakewhole  {address}", style="bold", soft_wrap=True)
    console.out.print(
        Text(f"在 {address}/sign-in/ 一键以任一角色进入：", f"One click per role at {address}/sign-in/:").say(language)
    )
    for role, label in ROLES.items():
        names = "、".join(person.name for person in PEOPLE if person.role is role)
        console.out.print(f"  {label.say(language):<9} {LOOK_AT[role].say(language)}  ({names})", soft_wrap=True)
