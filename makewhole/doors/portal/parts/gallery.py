"""Invented cases, tables, plots and exhibits for the gallery."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from makewhole.core.case.model import Obligation
from makewhole.core.words import Consequence, Party, Reason, Stage, Step, Text
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.plots import Plot, Series
from makewhole.doors.portal.parts.tables import Column, Filter, Table, read_wish, sort_rows
from makewhole.doors.portal.parts.words import label_of


def both(zh: str, en: str) -> str:
    """A sample sentence in the reader's language."""
    return say(Text(zh, en))


def obligations(now: datetime) -> list[Any]:
    """One obligation of the merchant with a running ring, one provisional one of the buyer."""
    respond = Obligation(
        "1",
        Step.RESPOND,
        Party.MERCHANT,
        now + timedelta(hours=31, minutes=20),
        False,
        Consequence.CLAIM_ACCEPTED,
        "cn.silence.accepted",
    )
    return [
        {**respond._asdict(), "started_at": now - timedelta(hours=17)},
        Obligation("2", Step.GIVE_EVIDENCE, Party.BUYER, now + timedelta(days=4), True, Consequence.RULED_ON_FILE, ""),
    ]


def entries(now: datetime) -> list[dict[str, Any]]:
    """What happened in the sample case, newest first."""
    return [
        {
            "who": both("保障基金", "Guarantee fund"),
            "at": now - timedelta(hours=2),
            "icon": "money",
            "tone": "good",
            "text": both("先行赔付已到账，原路退回。", "paid at once, by the original means:"),
            "amount_minor": 12500,
            "currency": "CNY",
        },
        {
            "who": both("周敏（裁决员）", "Zhou Min (agent)"),
            "at": now - timedelta(hours=5),
            "icon": "gavel",
            "tone": "active",
            "text": both(
                "裁决：商家未能证明两只杯子都已装箱，支持买家退款。",
                "ruled: the merchant could not show that both cups were packed; the refund is granted.",
            ),
            "rule_id": "cn.proof.signing",
        },
        {
            "who": both("山野器物（商家）", "Shanye Ceramics (merchant)"),
            "at": now - timedelta(days=1, hours=3),
            "icon": "close",
            "tone": "harm",
            "text": both("拒绝了诉求，理由：", "refused the claim and said:"),
            "quote": both(
                "出库时称重 1.32 千克，两只都装了。", "The parcel weighed 1.32 kg when it left. Both were in."
            ),
        },
        {
            "who": both("林悦（买家）", "Lin Yue (buyer)"),
            "at": now - timedelta(days=2),
            "icon": "message",
            "text": both("发起售后：漏发。", "opened the claim: item missing from the parcel."),
            "quote": both(
                "下单两只，箱子里只有一只，泡沫没有被拆过的痕迹。",
                "I ordered two. There was one in the box, and the foam had not been touched.",
            ),
        },
    ]


def exhibits(now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Two exhibits of the buyer, two of the merchant."""
    base = {"href": "#exhibits", "uploaded_at": now - timedelta(days=2)}
    buyer = [
        {
            **base,
            "id": "b1",
            "number": "B1",
            "side": "buyer",
            "kind": "photo",
            "sha256": "9f2c41d07be3a5586c",
            "title": both("开箱照片：只有一只杯子", "Photo of the open box: one cup"),
        },
        {
            **base,
            "id": "b2",
            "number": "B2",
            "side": "buyer",
            "kind": "video",
            "sha256": "41be07c3355d9a6f2c",
            "title": both("开箱视频，42 秒", "Unboxing video, 42 s"),
        },
    ]
    merchant = [
        {
            **base,
            "id": "m1",
            "number": "M1",
            "side": "merchant",
            "kind": "carrier_event",
            "sha256": "c07be3a5586c9f2c41",
            "title": both("物流揽收重量 0.86 千克", "Weight at pick-up: 0.86 kg"),
        },
        {
            **base,
            "id": "m2",
            "number": "M2",
            "side": "merchant",
            "kind": "photo",
            "sha256": "5586c9f2c41d07be3a",
            "title": both("打包台照片", "Photo of the packing bench"),
            "warning": both("同一张照片出现在另一起案件中", "The same photo was used in another case"),
        },
    ]
    return {"buyer_exhibits": buyer, "merchant_exhibits": merchant}


def movements() -> list[dict[str, Any]]:
    """The fund pays, the deposit repays it, the rest is on its way."""
    fund, merchant, buyer = label_of("fund", "party"), label_of("merchant", "party"), label_of("buyer", "party")
    return [
        {
            "source": fund,
            "target": buyer,
            "amount_minor": 12500,
            "currency": "CNY",
            "state": "posted",
            "label": both("先行赔付", "Advance"),
        },
        {
            "source": both("商家保证金", "Deposit"),
            "target": fund,
            "amount_minor": 9000,
            "currency": "CNY",
            "state": "posted",
            "label": both("追偿", "Recourse"),
        },
        {
            "source": merchant,
            "target": fund,
            "amount_minor": 3500,
            "currency": "CNY",
            "state": "pending",
            "label": both("应收余款", "Receivable"),
        },
    ]


def actions(now: datetime) -> list[dict[str, Any]]:
    """What the merchant may do on the sample case, as `available_actions` gives it."""
    reason = {
        "type": "string",
        "maxLength": 2000,
        "title": _("Your reason"),
        "description": _("The buyer and, if it comes to that, the agent will read it."),
    }
    return [
        {
            "name": "accept",
            "label": _("Accept and pay"),
            "href": "/parts/confirm/",
            "icon": "check",
            "confirm": True,
            "effect": _("The amount leaves your balance at once and the case is closed once the buyer has it."),
            "figures": [{"label": _("Refund to the buyer"), "amount_minor": 12500, "currency": "CNY"}],
            "final": True,
            "due_at": now + timedelta(hours=31),
            "on_silence": Consequence.CLAIM_ACCEPTED,
        },
        {
            "name": "offer",
            "label": _("Make another offer"),
            "href": "/parts/confirm/",
            "icon": "message",
            "draft": "gallery-offer",
            "effect": _("The buyer has 3 days to answer; your own clock stops until then."),
            "schema": {
                "properties": {
                    "amount_minor": {"type": "integer", "title": _("Amount"), "currency": "CNY"},
                    "remedy": {
                        "title": _("Way"),
                        "oneOf": [
                            {"const": "reship", "title": label_of("reship", "remedy")},
                            {"const": "partial_refund", "title": label_of("partial_refund", "remedy")},
                        ],
                    },
                    "note": reason,
                },
                "required": ["amount_minor", "remedy"],
            },
        },
        {
            "name": "refuse",
            "label": _("Refuse with a reason"),
            "href": "/parts/confirm/",
            "icon": "close",
            "harm": True,
            "draft": "gallery-refuse",
            "effect": _("The buyer may then ask the platform to decide."),
            "fields": [
                Field(name="reason", label=_("Your reason"), kind="textarea", required=True, length_max=2000),
                Field(
                    name="files",
                    label=_("Evidence"),
                    kind="file",
                    multiple=True,
                    accept="image/*,video/*,application/pdf",
                    help=_("Photos, videos or PDF. The original file is kept and cannot be changed later."),
                ),
            ],
        },
    ]


def queue(query: QueryDict, now: datetime) -> Table:
    """A merchant's queue of claims, sortable and filterable by URL."""
    columns = [
        Column(key="title", label=_("Claim"), kind="link", note_key="buyer"),
        Column(key="reason", label=_("Reason"), kind="chip", vocabulary="reason"),
        Column(key="stage", label=_("Stage"), kind="chip", vocabulary="stage", sortable=True),
        Column(key="amount_minor", label=_("Asked for"), kind="money", sortable=True),
        Column(key="due_at", label=_("Respond by"), kind="clock", sortable=True),
    ]
    stages = [(stage.value, label_of(stage)) for stage in Stage]
    filters = [Filter(name="stage", label=_("Stage"), choices=stages)]
    wish = read_wish(query, columns, filters, sort="due_at")
    rows = [row for row in claims(now) if wish.filters.get("stage", row["stage"]) == row["stage"]]
    rows = [row for row in rows if wish.text.casefold() in row["title"].casefold()]
    return Table(
        caption=_("Claims waiting for you"),
        columns=columns,
        rows=sort_rows(rows, wish),
        wish=wish,
        filters=filters,
        searchable=True,
        row_count=137,
        page_size=20,
        mark="late",
        empty_title=_("Nothing waits for you"),
        empty_text=_("No claim fits this view."),
    )


def claims(now: datetime) -> Sequence[dict[str, Any]]:
    """Invented claims."""
    data = [
        (
            "手冲咖啡杯少一只",
            "One cup missing",
            "林悦，2026112100417",
            "Lin Yue, 2026112100417",
            Reason.ITEM_MISSING,
            Stage.NEGOTIATION,
            12500,
            31,
        ),
        (
            "陶瓷花瓶碎裂",
            "Vase arrived broken",
            "王建国，2026111800233",
            "Wang Jianguo, 2026111800233",
            Reason.DAMAGED_IN_TRANSIT,
            Stage.NEGOTIATION,
            25800,
            -3,
        ),
        (
            "餐盘颜色与图片不符",
            "Plates not the colour shown",
            "陈思雨，2026111500871",
            "Chen Siyu, 2026111500871",
            Reason.NOT_AS_DESCRIBED,
            Stage.MEDIATION,
            8800,
            6,
        ),
        (
            "茶具套装七天无理由",
            "Tea set, no-reason return",
            "赵磊，2026111900054",
            "Zhao Lei, 2026111900054",
            Reason.CHANGED_MIND,
            Stage.PERFORMANCE,
            129900,
            122,
        ),
    ]
    return [
        {
            "title": both(zh, en),
            "buyer": both(who_zh, who_en),
            "reason": reason.value,
            "stage": stage.value,
            "amount_minor": amount,
            "currency": "CNY",
            "due_at": now + timedelta(hours=hours),
            "late": hours < 0,
            "href": f"#claim-{amount}",
        }
        for zh, en, who_zh, who_en, reason, stage, amount, hours in data
    ]


def plots() -> dict[str, Plot]:
    """A line plot with a forecast and a floor, and a bar plot."""
    weeks = [
        f"{month}/{day}" for month, day in ((9, 7), (9, 21), (10, 5), (10, 19), (11, 2), (11, 16), (11, 30), (12, 14))
    ]
    level = [82_000_00, 79_500_00, 84_200_00, 77_800_00, 61_300_00, 58_900_00, None, None]
    forecast = [None, None, None, None, None, 58_900_00, 52_000_00, 47_500_00]
    return {
        "fund_plot": Plot(
            title=_("Level of the guarantee fund"),
            labels=weeks,
            currency="CNY",
            threshold=40_000_00,
            threshold_label=_("floor"),
            series=[Series(_("Level"), level), Series(_("Forecast"), forecast, dashed=True, tone=1)],
        ),
        "claims_plot": Plot(
            title=_("Claims per week"),
            labels=weeks[:6],
            series=[Series(_("Opened"), [41, 38, 52, 97, 74, 55]), Series(_("Closed"), [36, 44, 40, 61, 88, 70])],
        ),
    }


class SampleForm(forms.Form):
    """Every kind of field, some of them wrong."""

    story = forms.CharField(widget=forms.Textarea, max_length=2000)
    email = forms.EmailField()
    when = forms.DateField(widget=forms.DateInput, required=False)
    line = forms.ChoiceField()
    agree = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["story"].label = _("What happened?")
        self.fields["story"].help_text = _("In your own words. Say what was in the parcel and what was not.")
        self.fields["email"].label = _("E-mail")
        self.fields["when"].label = _("When did you notice?")
        choices = [
            ("1", both("手冲咖啡杯（雾蓝）", "Pour-over cup, mist blue")),
            ("2", both("云南挂耳咖啡", "Yunnan drip coffee")),
        ]
        self.fields["line"] = forms.ChoiceField(label=_("Which item?"), choices=choices)
        self.fields["agree"].label = _("Tell me by e-mail when something happens")


def fields() -> list[Field]:
    """Fields that a Django form has no widget for."""
    return [
        Field(name="amount", label=_("Amount"), kind="money", currency="CNY", required=True, value="125.00"),
        Field(
            name="wish",
            label=_("What would you like?"),
            kind="radio",
            required=True,
            value="refund",
            choices=[
                ("refund", label_of("partial_refund", "remedy"), both("3 天内到账", "There within 3 days")),
                ("reship", label_of("reship", "remedy"), both("商家 72 小时内发出", "Sent within 72 hours")),
            ],
        ),
        Field(
            name="photo",
            label=_("Photos"),
            kind="file",
            accept="image/*",
            capture="environment",
            multiple=True,
            help=_("Show the parcel, the label and what was inside."),
        ),
    ]
