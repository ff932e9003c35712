"""Landing page, sign-in, sign-out, one-click doors of the demo, light and dark."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from makewhole.core.words import Role
from makewhole.doors.portal.anyone.forms import SignInForm
from makewhole.doors.portal.parts import samples
from makewhole.doors.portal.parts.templatetags.parts import THEME_COOKIE, THEMES
from makewhole.rooms.identity.models import User
from makewhole.rooms.identity.queries import people_of_role
from makewhole.rooms.identity.service import set_person_language

YEAR_SECONDS = 365 * 24 * 3600

DOORS = {
    Role.BUYER: (_("Something went wrong with an order: see what is due, claim it, follow it."), "person"),
    Role.MERCHANT: (_("Claims wait for an answer, each with a clock: accept, offer or refuse with a reason."), "shop"),
    Role.AGENT: (_("Both sides' evidence beside the rules: find what is true, and rule."), "scales"),
    Role.OPERATOR: (_("The day at a glance: clocks at risk, the fund, the books, the rules."), "chart"),
}
"""Who stands behind each door of the demo, in a sentence, and its icon."""


def home_of(person: User) -> str:
    """Where a person's work begins."""
    return f"/{person.role}/"


def safe_next(request: HttpRequest) -> str:
    """The place asked for by `next` when it lies on this site, else ''."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    hosts = {request.get_host()}
    return wanted if url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()) else ""


def demo_people(role: Role) -> list[User]:
    """The demo's invented people: those without a password, who can be let in no other way, and no superuser."""
    return [person for person in people_of_role(role) if not person.has_usable_password() and not person.is_superuser]


def demo_doors() -> dict[str, Any]:
    """Context of the doors: one per role that has invented people; none outside the demo."""
    if not settings.DEMO:
        return {"doors": [], "has_others": False}
    doors = []
    for role, (sentence, icon) in DOORS.items():
        people = demo_people(role)
        if people:
            doors.append({"role": role, "sentence": sentence, "icon": icon, "first": people[0], "others": people[1:]})
    return {"doors": doors, "has_others": any(door["others"] for door in doors)}


def remember_language(response: HttpResponse, person: User) -> HttpResponse:
    """Let the pages speak the language the person chose for themselves."""
    if person.language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            person.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            secure=settings.HTTPS,
        )
    return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Let the pages speak another language, and, to whoever is signed in, mail and text messages too."""
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        set_person_language(request.user, chosen)
    return set_language(request)


@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    """The product in a screen, with an example of an answer."""
    context = {
        **demo_doors(),
        "home_href": home_of(request.user) if request.user.is_authenticated else "",
        **samples.answer_context(),
    }
    return render(request, "anyone/landing.html", context)


class SignIn(LoginView):
    """Sign in with name and password, then on to where one was going."""

    template_name = "anyone/sign_in.html"
    authentication_form = SignInForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "GET" and request.user.is_authenticated and not request.GET.get("next"):
            return redirect(home_of(request.user))
        return sensitive_post_parameters("password")(super().dispatch)(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        return home_of(self.request.user) if self.request.user.is_authenticated else "/"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**demo_doors(), came_back=bool(safe_next(self.request)), **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        return remember_language(response, form.get_user())


class SignOut(LogoutView):
    """Sign out and say so."""

    next_page = "/sign-in/?signed_out=1"


@require_POST
def enter_demo(request: HttpRequest) -> HttpResponse:
    """Let the visitor in as one of the demo's invented people. There is no such door outside the demo."""
    if not settings.DEMO:
        raise Http404("The demo is not running.")
    everyone = {str(person.pk): person for role in DOORS for person in demo_people(role)}
    person = everyone.get(request.POST.get("person", ""))
    if person is None:
        raise Http404("The demo has no such person.")
    chosen_language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    response = redirect(safe_next(request) or home_of(person))
    return response if chosen_language else remember_language(response, person)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or the device's wish, and return to the same place."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        return HttpResponse(f"theme must be one of {', '.join(THEMES)}", status=400, content_type="text/plain")
    response = HttpResponseRedirect(safe_next(request) or "/")
    response.set_cookie(
        THEME_COOKIE, chosen, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.HTTPS, httponly=True
    )
    return response
