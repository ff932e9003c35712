"""The gallery: every part in all its states, for those who build pages and for the browser tests."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from makewhole.core.words import Head, Party, Remedy
from makewhole.doors.portal.parts import gallery, samples
from makewhole.doors.portal.parts.actions import confirm_context, is_confirmed
from makewhole.doors.portal.parts.icons import ICONS

SECTIONS = ("answer", "case", "desk", "forms", "tables", "small")


def refuse_outside() -> None:
    """The gallery is open while developing and in the demo only."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404("The gallery is shown only in the demo and while developing.")


@require_GET
def show(request: HttpRequest, section: str = "answer") -> HttpResponse:
    """One section of the gallery."""
    refuse_outside()
    if section not in SECTIONS:
        raise Http404(f"The gallery has the sections {', '.join(SECTIONS)}.")
    context: dict[str, Any] = samples.answer_context(full=True)
    now = context["now"]
    names = (_("Answer"), _("Case"), _("Desk"), _("Forms"), _("Tables"), _("Small parts"))
    tabs = [(key, name, f"/parts/{key}/") for key, name in zip(SECTIONS, names, strict=True)]
    wrong = gallery.SampleForm({"story": "", "email": "lin", "line": "1"})
    context |= {
        "section": section,
        "tab_items": tabs,
        "obligations": gallery.obligations(now),
        "entries": gallery.entries(now),
        "movements": gallery.movements(),
        "actions": gallery.actions(now),
        "form": gallery.SampleForm() if request.GET.get("fresh") else wrong,
        "fields": gallery.fields(),
        "table": gallery.queue(request.GET, now) if section == "tables" else None,
        "offer": {"dues": [{"line_id": "1", "head": Head.GOODS, "amount_minor": 6000, "payer": Party.MERCHANT}]},
        "crumbs": [(_("Claims"), "/parts/tables/")],
        "icon_names": list(ICONS),
        "chosen": Remedy.PARTIAL_REFUND,
        "nothing": {"currency": "CNY", "order_id": "2026112100417"},
        "buyer_story": gallery.entries(now)[3]["quote"],
        "merchant_story": gallery.entries(now)[2]["quote"],
        **gallery.exhibits(now),
        **gallery.plots(),
    }
    return render(request, f"parts/gallery/{section}.html", context)


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The confirm page with the sample action; confirmed, it leads back."""
    refuse_outside()
    context = samples.answer_context()
    if is_confirmed(request):
        return render(request, "parts/gallery/done.html", context)
    sentences = [_("The buyer has the money within 3 days, by the original means.")]
    accept = gallery.actions(context["now"])[0]
    return render(
        request, "parts/confirm.html", {**context, **confirm_context(request, accept, sentences, "/parts/case/")}
    )
