"""One story through the API alone, from the order to the refund, as a shop, its buyer, a merchant and an agent live it.

Every answer is held against the OpenAPI document by the client. With RECORD_EXAMPLES=1 the answers become
the examples of the reference (then run `makewhole manage api_reference`).
"""

from collections.abc import Callable
from typing import Any

from makewhole.core.words import Role
from makewhole.rooms.identity.models import Scope
from tests.contracts.api.client import Speaker
from tests.contracts.api.market import BUYER, MERCHANT, order_document, photo

CLAIM = {
    "reasons": ["quality"],
    "lines": [{"line_id": "2", "quantity": 1}],
    "remedy": "return_and_refund",
    "story": "水果刀刀刃有缺口，用不了。",
}
QUESTION = {"reasons": ["quality"], "lines": [{"line_id": "2", "quantity": 1}], "facts": {"goods_defective": True}}


def good(response: Any) -> Any:
    assert response.status_code < 300, response.json()
    return response.json()


def upload(speaker: Speaker, order_id: str, told: dict[str, Any]) -> str:
    data = photo()
    told["new_upload"] = {"order_id": order_id, "kind": "photo", "file_name": "刀刃.jpg", "size_bytes": len(data)}
    told["upload"] = started = good(speaker.post("/v1/uploads", told["new_upload"]))
    half = len(data) // 2
    for offset, piece in ((0, data[:half]), (half, data[half:])):
        path = f"/v1/uploads/{started['id']}/parts/{offset}"
        received = good(speaker.send("PUT", path, piece, content_type="application/octet-stream"))
        assert received == {"received_bytes": offset + len(piece)}
    told["exhibit"] = exhibit = good(speaker.post(f"/v1/uploads/{started['id']}/finish", key=None))
    return str(exhibit["id"])


def test_a_buyer_is_made_whole(
    shop: Speaker,
    buyer: Callable[..., Speaker],
    key_of: Callable[..., Speaker],
    signed_in: Callable[..., Speaker],
    operator: Speaker,
    told: dict[str, Any],
) -> None:
    merchant, agent = key_of(Scope.MERCHANT, merchant_id=MERCHANT), signed_in(Role.AGENT)
    lin = buyer(BUYER)
    lin.headers["Accept-Language"] = "en"

    told["order_document"] = order_document()
    told["taken_in"] = good(shop.post("/v1/orders", told["order_document"]))
    order_id = told["taken_in"]["id"]
    told["orders"] = good(lin.get("/v1/orders"))
    told["order"] = good(lin.get(f"/v1/orders/{order_id}"))
    told["question"] = {"order_id": order_id, **QUESTION}
    told["answer"] = good(lin.post("/v1/answers", told["question"], key=None))
    assert "return_and_refund" in [plan["remedy"] for plan in told["answer"]["plans"]]
    assert told["answer"]["texts"]
    for rule in told["answer"]["rules"].values():
        assert Speaker().browser.get(rule["page_path"]).status_code == 200, rule

    exhibit_id = upload(lin, order_id, told)
    told["opening"] = {"order_id": order_id, **CLAIM, "exhibit_ids": [exhibit_id]}
    told["opened"] = good(lin.post("/v1/cases", told["opening"]))
    case_id = told["opened"]["case"]["id"]
    told["cases"] = good(merchant.get("/v1/cases"))
    assert [(row["id"], row["next_step"]) for row in told["cases"]["items"]] == [(case_id, "respond")]

    def act(speaker: Speaker, name: str, body: Any = None) -> Any:
        version = speaker.get(f"/v1/cases/{case_id}").headers["ETag"]
        return good(speaker.post(f"/v1/cases/{case_id}/{name}", body, headers={"If-Match": version}))

    act(merchant, "make_offer", {"remedy": "partial_refund", "amount_minor": 800, "note": "补偿 8 元，刀不用退。"})
    act(lin, "revise_claim", {"remedy": "return_and_refund", "note": "刀不能用，还是退货退款。"})
    act(merchant, "refuse_claim", {"note": "发货前检查过，没有缺口。"})
    act(lin, "escalate", {"note": "请平台看照片。"})
    act(lin, "finish_evidence")
    told["acted"] = act(merchant, "finish_evidence")
    assert [each["step"] for each in told["acted"]["case"]["obligations"]] == ["rule"]

    assert agent.post(f"/v1/cases/{case_id}/assign", key=None).status_code == 204
    told["case"] = good(agent.get(f"/v1/cases/{case_id}"))
    told["case_answer"] = good(agent.get(f"/v1/cases/{case_id}/answer"))
    told["timeline"] = good(agent.get(f"/v1/cases/{case_id}/events"))
    finding = {"fact": "goods_defective", "value": True, "why": "照片清楚显示刀刃缺口。", "exhibit_ids": [exhibit_id]}
    act(
        agent, "rule", {"findings": [finding], "remedy": "return_and_refund", "reasons": "缺口影响使用，应予退货退款。"}
    )
    act(lin, "accept_ruling")
    act(merchant, "accept_ruling")
    act(lin, "ship_back", {"carrier": "SF", "tracking_number": "SF1403350022"})
    paid = act(merchant, "confirm_return")["case"]
    assert [payment["total"]["amount_minor"] for payment in paid["payments"]] == [
        paid["wanted"]["total"]["amount_minor"]
    ]

    told["order_money"] = good(lin.get(f"/v1/orders/{order_id}/money"))
    told["payouts"] = good(lin.get("/v1/payouts"))
    told["statement"] = good(merchant.get(f"/v1/merchants/{MERCHANT}/statement"))
    told["fund"] = good(operator.get("/v1/fund"))
    told["fund_days"] = good(operator.get("/v1/fund/days?days=2"))
    told["events"] = good(operator.get("/v1/events?limit=3"))
    told["markets"] = good(lin.get("/v1/rulebooks"))
    rules, facts = good(lin.get("/v1/rulebooks/cn/rules")), good(lin.get("/v1/facts"))
    told["rules"] = {**rules, "items": rules["items"][:2]}
    told["facts"] = {"items": facts["items"][:3]}
    assert sum(payout["amount_minor"] for payout in told["order_money"]["payouts"]) == 2691
