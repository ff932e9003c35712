"""Who works here, and the keys of programs: made with the secret shown once, and revoked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from makewhole.core.words import Role
from makewhole.doors.portal.operator.frame import frame, operators_only
from makewhole.doors.portal.operator.tabs import house_tabs
from makewhole.doors.portal.parts.acting import Went, once
from makewhole.doors.portal.parts.actions import confirm_context, is_confirmed, new_key
from makewhole.doors.portal.parts.fields import Field
from makewhole.doors.portal.parts.words import label_of
from makewhole.rooms import clock
from makewhole.rooms.identity import queries, service
from makewhole.rooms.identity.models import ApiKey, Scope

KEYS = "/operator/keys/"
NAME_CHARACTERS_MAX = 200


@require_GET
@operators_only
def list_people(request: HttpRequest) -> HttpResponse:
    """The people who can sign in, by role."""
    groups = [
        {"label": label_of(role), "people": list(queries.people_of_role(role)[:200])}
        for role in (Role.OPERATOR, Role.AGENT, Role.MERCHANT, Role.BUYER)
    ]
    return render(request, "operator/people.html", {**frame(request), "groups": groups, "tabs": house_tabs()})


def scope_choices() -> list[tuple[str, str, str]]:
    return [
        (Scope.SHOP.value, _("Shop"), _("Hands in orders and acts for the shop's buyers.")),
        (Scope.MERCHANT.value, _("Merchant"), _("Acts for one merchant: name it below.")),
        (Scope.OPERATOR.value, _("Operator"), _("Reads and does what an operator may.")),
        (
            Scope.READ_ONLY.value,
            _("Read only"),
            _("Reads what an operator or one merchant may read, no more."),
        ),
    ]


def fields_of(values: Any, errors: dict[str, list[str]]) -> list[Field]:
    return [
        Field(
            name="name", label=_("What is it for?"), required=True, length_max=NAME_CHARACTERS_MAX,
            value=values.get("name", ""), errors=errors.get("name", ()),
            help=_("For example: the shop's order export."),
        ),
        Field(
            name="scope", label=_("What may it do?"), kind="radio", required=True, choices=scope_choices(),
            value=values.get("scope", ""), errors=errors.get("scope", ()),
        ),
        Field(
            name="read_only", label=_("Reading only, whatever the choice above allows"), kind="checkbox",
            value=values.get("read_only", ""),
        ),
        Field(
            name="merchant_id", label=_("Merchant's id"), length_max=NAME_CHARACTERS_MAX,
            value=values.get("merchant_id", ""), errors=errors.get("merchant_id", ()),
            help=_("Needed for the choice Merchant, possible for Read only."),
        ),
        Field(
            name="shop_id", label=_("Shop's id"), length_max=64, value=values.get("shop_id", ""),
            errors=errors.get("shop_id", ()), help=_("For the choice Shop, where there are several shops."),
        ),
    ]  # fmt: skip


def read_errors(data: Any) -> dict[str, list[str]]:
    """What is wrong with the form, field by field."""
    errors: dict[str, list[str]] = {}
    scope = data.get("scope", "")
    if not data.get("name", "").strip():
        errors["name"] = [_("Give the key a name, so that others know what it is for.")]
    if scope not in {each.value for each in Scope}:
        errors["scope"] = [_("Choose one.")]
    if scope == Scope.MERCHANT and not data.get("merchant_id", "").strip():
        errors["merchant_id"] = [_("Name the merchant the key acts for.")]
    if scope in {Scope.SHOP, Scope.OPERATOR} and data.get("merchant_id", "").strip():
        errors["merchant_id"] = [_("Only keys of a merchant, or for reading, are bound to one. Clear this.")]
    if scope != Scope.SHOP and data.get("shop_id", "").strip():
        errors["shop_id"] = [_("Only keys of a shop are bound to one. Clear this.")]
    return errors


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def show_keys(request: HttpRequest) -> HttpResponse:
    """The live keys; sent as a form, a new one is made and its text shown this once."""
    if request.method != "POST":
        return draw(request, {}, {})
    errors = read_errors(request.POST)
    if errors:
        return draw(request, request.POST, errors, status=422)
    made: list[tuple[ApiKey, str]] = []

    def make() -> Went:
        made.append(make_key(request))
        return Went(KEYS)

    answer = once(request, make, KEYS)
    if not made:
        messages.info(request, _("This key was made already. Its text was shown then and cannot be shown again."))
        return answer
    key, text = made[0]
    return render(
        request,
        "operator/key_made.html",
        {**frame(request), "key": key, "text": text, "trail": [(_("API keys"), KEYS)]},
    )


def make_key(request: HttpRequest) -> tuple[ApiKey, str]:
    data = request.POST
    scopes = {Scope(data["scope"])} | ({Scope.READ_ONLY} if data.get("read_only") == "true" else set())
    return service.make_key(
        data["name"].strip()[:NAME_CHARACTERS_MAX],
        scopes,
        clock.now(),
        merchant_id=data.get("merchant_id", "").strip(),
        shop_id=data.get("shop_id", "").strip(),
    )


def draw(request: HttpRequest, values: Any, errors: dict[str, list[str]], status: int = 200) -> HttpResponse:
    labels = {value: label for value, label, _help in scope_choices()}
    keys = [
        {"key": key, "may": [labels.get(scope, scope) for scope in key.scopes], "href": f"{KEYS}{key.id}/revoke/"}
        for key in queries.live_keys()[:200]
    ]
    fields = fields_of(values, errors)
    context = {
        **frame(request),
        "keys": keys,
        "fields": fields,
        "wrong": [field for field in fields if field.errors],
        "key": new_key(),
        "tabs": house_tabs(),
    }
    return render(request, "operator/keys.html", context, status=status)


@require_POST
@operators_only
def revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """End a key, asked once more: programs that use it stop working."""
    key = queries.key(key_id)
    if key is None:
        raise Http404(_("There is no such key."))
    if not is_confirmed(request):
        shown = {
            "name": "revoke", "label": _("Revoke the key"), "href": request.path, "final": True, "harm": True,
            "effect": _("%(name)s stops working within half a minute, everywhere.") % {"name": key.name}, "fields": (),
        }  # fmt: skip
        return render(request, "parts/confirm.html", confirm_context(request, shown, (), KEYS))

    def act() -> Went:
        service.revoke_key(key, clock.now())
        return Went(KEYS, _("The key is revoked."))

    return once(request, act, KEYS)
