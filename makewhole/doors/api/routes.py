"""The API as one piece: its rooms' routes in the order of the reference."""

from ninja import NinjaAPI

import makewhole
from makewhole.doors.api import answers, cases, events, exhibits, keys, me, money, orders, rulebooks, webhooks

DESCRIPTION = """Orders, answers, cases and money of a marketplace's after-sales, for programs.

Amounts are whole minor units with their currency; times are RFC 3339 with the offset of the market. Texts for people
come in the language of `Accept-Language`. Fields that are not known are refused. Every refusal is a problem
(RFC 9457) whose `type` is stable."""


class Api(NinjaAPI):
    """Ninja without its own pages for errors."""

    def set_default_exception_handlers(self) -> None:
        """None: the door answers what goes wrong, for every route alike."""


api = Api(
    title="makewhole",
    version=makewhole.__version__,
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="v1",
)

for room in (orders, answers, cases, exhibits, money, events, webhooks, rulebooks, keys, me):
    api.add_router("", room.router)
