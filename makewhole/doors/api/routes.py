"""The API as one piece: its rooms' routes in the order of the reference."""

from ninja import NinjaAPI

import makewhole
from makewhole.doors.api import answers, cases, events, exhibits, keys, me, money, orders, rulebooks, webhooks

DESCRIPTION = """Orders, answers, cases and money of a marketplace's after-sales, for programs.

Amounts are whole minor units with their currency; times are RFC 3339 with the offset of the market. Texts for people
come in the language of `Accept-Language`. Fields that are not known are refused. Every refusal is a problem
(RFC 9457) whose `type` is stable."""


api = NinjaAPI(
    title="makewhole",
    version=makewhole.__version__,
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="v1",
)

ROOMS = (orders, answers, cases, exhibits, money, events, webhooks, rulebooks, keys, me)
for room in ROOMS:
    api.add_router("", room.router)
