"""The door for a shop's buyers: they come from the shop's own *my orders* page, with a token the shop got for them."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from makewhole.core.words import Role
from makewhole.doors.portal.anyone.views import home_of, remember_language, safe_next
from makewhole.rooms import clock
from makewhole.rooms.identity.service import NotRecognised, Visit, visit_of_shop_token
from makewhole.rooms.orders import queries as orders


@csrf_exempt  # The form stands on the shop's page. What lets the buyer in is the token, which only the shop can get.
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("token")
@never_cache
def enter_from_shop(request: HttpRequest) -> HttpResponse:
    """Let the buyer of a shop's `token` in, and lead them to the shop's `order` of this number, or to `next`.

    Both a link and a form will do. Whoever was signed in on this device is signed out first. A token that is not valid
    gets a page that says where to begin anew, with status 403.
    """
    given = request.POST if request.method == "POST" else request.GET
    try:
        visit = visit_of_shop_token(given.get("token", ""), clock.now())
    except NotRecognised:
        return render(request, "anyone/turned_away.html", status=403)
    chosen_language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    login(request, visit.person, backend="django.contrib.auth.backends.ModelBackend")
    response = redirect(_place(request, visit, given.get("order", "")))
    return response if chosen_language else remember_language(response, visit.person)


def _place(request: HttpRequest, visit: Visit, number: str) -> str:
    """Where the buyer wants to go. What is not theirs is as unknown as what there is not."""
    if not number:
        return safe_next(request) or home_of(visit.person)
    record = orders.order_by_number(visit.shop_id, number)
    if record is not None and record.order.buyer_id == visit.person.buyer_id:
        return f"/{Role.BUYER}/orders/{record.id}/"
    text = _("Order %(number)s has not arrived here yet. These are the orders that have; try again in a few minutes.")
    messages.info(request, text % {"number": number[:200]})
    return home_of(visit.person)
