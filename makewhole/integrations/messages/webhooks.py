"""Webhook requests that cannot be turned against the house's own network (server-side request forgery)."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

import httpx

from makewhole.core.words import Text
from makewhole.rooms.notices.ports import Carried, NotCarried, NoticeRefused, Outgoing

CONNECT_SECONDS_MAX = 5.0
SECONDS_MAX = 15.0
ANSWER_KEPT_MAX = 300
URL_LENGTH_MAX = 2000
GONE = 410


class Webhooks:
    """Posts to endpoints of strangers.

    A name is looked up once, and the connection goes to the very address that was checked, so a name that changes
    its address in between gains nothing. Redirects are not followed and proxies not used. `to_private_addresses`
    allows http and addresses inside the house, for testing and for programs beside this one.
    """

    def __init__(self, *, to_private_addresses: bool) -> None:
        self.to_private_addresses = to_private_addresses

    def check(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            host, _ = parts.hostname, parts.port
            # A name that no resolver could be asked for is found out now, not at every delivery.
            httpx.URL(address).host.encode("idna")
        except (ValueError, httpx.InvalidURL):
            raise _bad_address() from None
        schemes = {"https", "http"} if self.to_private_addresses else {"https"}
        if parts.scheme not in schemes or not host or parts.username or parts.password or parts.fragment:
            raise _bad_address()
        if len(address) > URL_LENGTH_MAX or any(ord(character) <= 32 for character in address):
            raise _bad_address()
        if not self.to_private_addresses and _is_private_literal(host):
            raise _bad_address()

    def carry(self, message: Outgoing) -> Carried:
        try:
            self.check(message.address)
        except NoticeRefused as refusal:
            raise NotCarried(str(refusal), for_good=True) from refusal
        url = httpx.URL(message.address)
        request_url = url.copy_with(host=self._looked_up(url))
        headers = dict(message.headers) | {
            "host": url.netloc.decode("ascii"),
            "content-type": "application/json",
            "user-agent": "makewhole-webhooks/1",
        }
        try:
            response, answer = asyncio.run(_post(request_url, url.host, message.body.encode("utf-8"), headers))
        except TimeoutError as error:
            raise NotCarried(f"no answer within {SECONDS_MAX:.0f} seconds", unknown=True) from error
        except (httpx.HTTPError, OSError) as error:
            raise NotCarried(f"{type(error).__name__}: {error}", unknown=True) from error
        if response.is_success:
            return Carried(response.status_code, answer)
        raise NotCarried(
            answer or response.reason_phrase, status=response.status_code, gone=response.status_code == GONE,
            for_good=response.status_code == GONE,
        )  # fmt: skip

    def _looked_up(self, url: httpx.URL) -> str:
        """The address to connect to: the first of the name's, if all of them may be connected to."""
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise NotCarried(f"the name {url.host} cannot be looked up: {error}") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not self.to_private_addresses:
            for address in addresses:
                if not _is_public(address):
                    raise NotCarried(f"{url.host} points to {address}, which is not a public address", for_good=True)
        return addresses[0]


def _is_public(address: str) -> bool:
    """Whether an address is on the open internet. Addresses that wrap an IPv4 one are judged by that one as well."""
    parsed = ipaddress.ip_address(address.split("%", 1)[0])
    inner: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = [parsed]
    if isinstance(parsed, ipaddress.IPv6Address):
        inner += [one for one in (parsed.ipv4_mapped, parsed.sixtofour) if one is not None]
        if parsed.teredo is not None:
            inner += parsed.teredo
        if parsed in ipaddress.ip_network("64:ff9b::/96"):
            inner.append(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in inner)


def _is_private_literal(host: str) -> bool:
    try:
        return not _is_public(host)
    except ValueError:
        pass
    try:
        # 2130706433 and 0x7f.1 are 127.0.0.1 to every resolver.
        return not _is_public(socket.inet_ntoa(socket.inet_aton(host)))
    except OSError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


async def _post(url: httpx.URL, host: str, body: bytes, headers: dict[str, str]) -> tuple[httpx.Response, str]:
    """Post and read the beginning of the answer, all within one time limit: a receiver that trickles gains nothing."""
    data = b""
    timeout = httpx.Timeout(SECONDS_MAX, connect=CONNECT_SECONDS_MAX)
    async with (
        asyncio.timeout(SECONDS_MAX),
        httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", url, content=body, headers=headers, extensions={"sni_hostname": host}) as response,
    ):
        async for chunk in response.aiter_raw():
            data += chunk
            if len(data) >= ANSWER_KEPT_MAX:
                break
    return response, data[:ANSWER_KEPT_MAX].decode("utf-8", "replace").replace("\x00", "")


def _bad_address() -> NoticeRefused:
    return NoticeRefused(
        "webhook_address",
        Text(
            "这个地址不能接收 Webhook。请填写公网的 https 地址，不带用户名和 #。",
            "This address cannot receive webhooks. Give a public https address without user name and #.",
        ),
        "url",
    )
