"""Text messages through an operator's own gateway, or printed in the log."""

import logging
import re
from urllib.parse import unquote, urlsplit

import httpx

from makewhole.core.words import Text
from makewhole.rooms.notices.ports import Carried, Courier, NotCarried, NoticeRefused, Outgoing

logger = logging.getLogger(__name__)

PHONE = re.compile(r"\+[1-9]\d{6,14}")
"""International form (ITU-T E.164)."""
SECONDS_MAX = 10.0
ANSWER_KEPT_MAX = 300


def check_phone(address: str) -> None:
    """Raises NoticeRefused when this is not a phone number in international form."""
    if not PHONE.fullmatch(address):
        raise NoticeRefused(
            "phone",
            Text(
                f"“{address}”不是手机号。请写国际格式，例如 +8613800000000。",
                f"{address!r} is not a phone number. Write it in international form, such as +8613800000000.",
            ),
            "phone",
        )


class ConsoleSms:
    """Writes text messages into the log instead of sending them."""

    def check(self, address: str) -> None:
        check_phone(address)

    def carry(self, message: Outgoing) -> Carried:
        check_phone(message.address)
        logger.info("Text message %s to %s:\n%s", message.key, message.address, message.body)
        return Carried(0, "written to the log")


class GatewaySms:
    """Posts `{"to", "text"}` as JSON to a gateway, with the key as `Idempotency-Key`.

    A user name or password in the address becomes HTTP basic authentication. Any 2xx answer means sent; 4xx except
    408 and 429 means it never will be.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("the SMS gateway's address must be https://user:password@host/path or console:")
        self._login = (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username else None
        self._url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def check(self, address: str) -> None:
        check_phone(address)

    def carry(self, message: Outgoing) -> Carried:
        check_phone(message.address)
        try:
            response = httpx.post(
                self._url,
                json={"to": message.address, "text": message.body},
                headers={"Idempotency-Key": message.key},
                auth=self._login,
                timeout=SECONDS_MAX,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotCarried(f"the gateway cannot be reached: {error}") from error
        except httpx.HTTPError as error:
            raise NotCarried(f"the gateway's answer is missing: {error}", unknown=True) from error
        answer = response.text[:ANSWER_KEPT_MAX]
        if response.is_success:
            return Carried(response.status_code, answer)
        for_good = response.is_client_error and response.status_code not in {408, 429}
        raise NotCarried(f"the gateway refused: {answer}", status=response.status_code, for_good=for_good)


def sms_courier(url: str) -> Courier | None:
    """The courier for `MAKEWHOLE_SMS_URL`: a gateway, `console:`, or None when it is empty."""
    if not url:
        return None
    return ConsoleSms() if url.startswith("console:") else GatewaySms(url)
