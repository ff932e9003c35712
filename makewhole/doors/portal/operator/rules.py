"""The rules in force, inside the operator's portal; the pages themselves are those anyone can read."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from makewhole.doors.portal.operator.frame import frame, operators_only
from makewhole.doors.portal.operator.tabs import rules_tabs
from makewhole.doors.portal.parts import rule_page, rule_pages

RULES = "/operator/rules/"


@require_GET
@operators_only
def list_rules(request: HttpRequest, market: str = "") -> HttpResponse:
    """A market's rules."""
    return rule_pages.show_book(
        request, market, RULES, "operator/rules.html", frame(request) | {"rules_tabs": rules_tabs()}
    )


@require_GET
@operators_only
def show_rule(request: HttpRequest, market: str, rule_id: str, start: str = "") -> HttpResponse:
    """One rule with its history, or one edition of it."""
    return rule_page.show_rule(request, market, rule_id, start, RULES, "operator/rule.html", frame(request))


@require_GET
@operators_only
def list_changes(request: HttpRequest, market: str) -> HttpResponse:
    """What changed in a market's rules."""
    return rule_pages.show_changes(request, market, RULES, "operator/changes.html", frame(request))
