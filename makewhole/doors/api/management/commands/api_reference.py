"""`makewhole manage api_reference`: write the API's reference into the documentation."""

from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser

from makewhole.doors.api import reference

INTRODUCTION = """# API

Written by `makewhole manage api_reference` from the routes themselves; a test compares. The same is served as
`/v1/openapi.json` (OpenAPI 3.1) and, for people, at `/v1/docs`.

"""


class Command(BaseCommand):
    """Writes `api.md` and `openapi.json`."""

    help = "Write docs/reference/api.md and docs/reference/openapi.json from the routes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=Path("docs/reference"), help="folder to write to")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["to"]
        (folder / "openapi.json").write_bytes(orjson.dumps(reference.openapi(), option=orjson.OPT_INDENT_2) + b"\n")
        (folder / "api.md").write_text(guide(), encoding="utf-8")
        self.stdout.write(f"wrote {folder / 'api.md'} and {folder / 'openapi.json'}")


def guide() -> str:
    """The reference as Markdown: conventions, routes and problem types."""
    parts = [INTRODUCTION, CONVENTIONS]
    for room, operations in reference.rooms().items():
        parts.append(f"## {room}\n\n")
        for one in operations:
            parts.append(f"### {one['method']} {one['path']}\n\n{one['summary']}.\n\n")
            parts.extend(f"{paragraph}\n\n" for paragraph in one["paragraphs"])
    parts.append("## Problem types\n\nEvery refusal is `application/problem+json` (RFC 9457).\n\n")
    parts.append("| status | `type` | meaning | 含义 | what to do |\n|---|---|---|---|---|\n")
    for problem in reference.problems():
        title, to_do = problem["title"], problem["to_do"]
        name = f"/v1/problems/{problem['name']}"
        parts.append(f"| {problem['status']} | `{name}` | {title.en} | {title.zh} | {to_do.en} |\n")
    return "".join(parts)


CONVENTIONS = """## Conventions

- **Who calls.** `Authorization: Bearer` with an API key (`mw_…`; scopes `shop`, `merchant`, `operator`, `read_only`)
  or with the token a shop got for its buyer (`mwt_…`, ten minutes, `POST /v1/tokens`). The portal's own pages use the
  session and send the page's CSRF token with every change. What is not yours is answered 404, like what is not there.
- **Once only.** A write needs an `Idempotency-Key`: the same key and the same body give the same answer again, marked
  `Idempotency-Replayed: true`, and no second effect; another body is refused. Kept for seven days. Input that could not
  be read may be mended under the same key; a refusal on the merits is the answer for good. Secrets are told once: the
  repetition of a request that made one has null in its place. Routes that are idempotent by themselves say so.
- **Versions.** A case's `ETag` goes into `If-Match` when you act on what you saw; if it moved on, the answer is 412.
- **Lists** have `items` and `next_cursor`; go on with `?cursor=`, up to `?limit=200`.
- **Values.** Amounts are `{"amount_minor": 12900, "currency": "CNY"}`; times RFC 3339 with the market's offset. Numbers
  beyond 64 bits, names given twice, unknown fields and anything but UTF-8 are refused.
- **Language.** `Accept-Language` decides the language of texts: simplified Chinese, traditional Chinese (`zh-Hant`,
  `zh-TW`, `zh-HK`) or English; `type`, names and codes stay.
- **How often.** Keys are not limited. People and tokens may read 600 times at once (then 10 a second) and write 120
  times (then 2 a second) per web process; beyond that the answer is 429 with `Retry-After`.

"""
