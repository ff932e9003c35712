"""Reading pages as a person does: their words, their forms with what stands in them, and sending these."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.test import Client


class Forms(HTMLParser):
    """Every form of a page: where it goes and what it would send."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self.select = self.textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.found.append({"action": given.get("action", ""), "data": {}})
        if not self.found:
            return
        data, name = self.found[-1]["data"], given.get("name", "")
        if tag == "input" and name and (given.get("type") not in {"radio", "checkbox", "file"} or "checked" in given):
            data.setdefault(name, []).append(given.get("value", ""))
        elif tag == "textarea" and name:
            self.textarea = name
            data[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            data[self.select] = [given.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.found[-1]["data"][self.textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.textarea = ""
        if tag == "select":
            self.select = ""


def text(response: Any) -> str:
    """The page as plain words."""
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    words = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))
    return re.sub(r" ([.,])", r"\1", words)


def form(response: Any, ending: str) -> dict[str, Any]:
    """What the form whose address ends so would send as it stands; '' is the form that goes to its own page."""
    forms = Forms(response.content.decode()).found
    for each in forms:
        if each["action"].endswith(ending) if ending else not each["action"]:
            data: dict[str, Any] = each["data"]
            return {name: values[0] if len(values) == 1 else values for name, values in data.items()}
    raise AssertionError(f"no form ends in {ending!r}; there are {[each['action'] for each in forms]}")


def send(client: Client, page: str, ending: str, **typed: Any) -> Any:
    """Open a page, fill the form whose address ends so, and send it; the answer as it comes."""
    filled = {**form(client.get(page), ending), **typed}
    return client.post(f"{page}{ending}" if not ending.startswith("/") else ending, filled)


def confirmed(client: Client, asked: Any, place: str) -> Any:
    """Say yes on the page that asks once more."""
    assert "Once more, to be sure" in text(asked)
    return client.post(place, {**form(asked, place), "confirmed": "yes"})
