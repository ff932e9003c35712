"""Trials of rules on past cases: asked for, watched while they run, read as a report."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from makewhole.core.rulebook import phrases
from makewhole.core.words import Party, Reason, Remedy, Text
from makewhole.doors.portal.operator.comparing import chosen_book, edition_pair, market_tabs
from makewhole.doors.portal.operator.frame import case_href, frame, operators_only
from makewhole.doors.portal.operator.tabs import rules_tabs
from makewhole.doors.portal.parts.acting import Went, actor_of, once, see_other
from makewhole.doors.portal.parts.actions import new_key
from makewhole.doors.portal.parts.markets import book_of
from makewhole.doors.portal.parts.plots import Plot, Series
from makewhole.doors.portal.parts.times import language
from makewhole.rooms import clock
from makewhole.rooms.trials import queries
from makewhole.rooms.trials.ports import TrialError
from makewhole.rooms.trials.queries import Trial
from makewhole.rooms.trials.service import asking

TRIALS = "/operator/rules/trials/"
PLOTTED_MAX = 4
AFFECTED_SHOWN = 20


@require_GET
@operators_only
def list_trials(request: HttpRequest) -> HttpResponse:
    """The latest trials, and the form to ask for one."""
    book = chosen_book(request)
    before, after = edition_pair(request, book)
    context: dict[str, Any] = {
        **frame(request),
        "tabs": rules_tabs(),
        "markets": market_tabs(TRIALS),
        "market": book.market,
        "editions": [edition.name for edition in reversed(book.editions)],
        "before": before,
        "after": after,
        "key": new_key(),
        "trials": queries.trials(book.market),
    }
    return render(request, "operator/trials.html", context)


@require_POST
@operators_only
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a trial; the worker carries it out."""
    back = f"{TRIALS}?market={request.POST.get('market', '')[:16]}"
    book = chosen_book(request)
    edition, against = (request.POST.get(name, "")[:64] for name in ("after", "before"))

    def act() -> Went:
        trial_id = asking.ask(book.market, edition, against, actor_of(request).id, clock.now())
        return Went(f"{TRIALS}{trial_id}/", "")

    try:
        return once(request, act, back)
    except TrialError as error:
        messages.error(request, error.text.say(language()))
        return see_other(back)


@require_GET
@operators_only
def show_trial(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """How far a trial is, or what it found."""
    trial = queries.trial(trial_id)
    if trial is None:
        raise Http404
    context: dict[str, Any] = {
        **frame(request),
        "tabs": rules_tabs(),
        "trial": trial,
        "running": trial.state in (Trial.State.WAITING, Trial.State.RUNNING),
        "percent": round(100 * trial.steps_done / trial.steps) if trial.steps else 0,
        "fault": Text(**trial.fault).say(language()) if trial.fault else "",
    }
    if trial.report is not None:
        # Changed rules have the name of the edition they were, and that of a file: too much for the head of a column.
        tried = _("as changed") if trial.changed_file else trial.report["edition"]
        context |= _Reader(trial.report | {"edition": tried}).context()
    return render(request, "operator/trial.html", context)


class _Reader:
    """A report as the page shows it."""

    def __init__(self, report: dict[str, Any]) -> None:
        self.report, self.language = report, language()
        self.currency: str = report["currency"]
        book = book_of(report["market"])
        self.categories = book.categories if book is not None else {}

    def context(self) -> dict[str, Any]:
        report = self.report
        in_all: dict[str, Any] = report["in_all"]
        share = in_all["paid_share"]
        merchant = in_all["after"]["merchant_minor"] - in_all["before"]["merchant_minor"]
        return {
            "report": report,
            "currency": self.currency,
            "in_all": in_all,
            "changed_share": in_all["changed"] / in_all["cases"] if in_all["cases"] else 0.0,
            "month_minor": round(in_all["delta_minor"] / max(1, report["months"])),
            "expected_minor": None if share is None else round(in_all["delta_minor"] * share),
            "fund_minor": 0 if share is None else round(merchant * share * in_all["fund_share"]),
            "paid_share": share,
            "open_minor": max(in_all["before"]["open_minor"], in_all["after"]["open_minor"]),
            "payers": self._payers(in_all),
            "skipped": sum(report["skipped"].values()),
            "plots": [self._by_month(), *(self._differences(kind) for kind in ("reason", "category", "size"))],
            "reasons": [self._row(part) for part in report["by_reason"]],
            "affected": [self._affected(one) for one in report["affected"][:AFFECTED_SHOWN]],
        }

    def _payers(self, in_all: dict[str, Any]) -> list[dict[str, Any]]:
        rows = []
        for party in (Party.MERCHANT, Party.PLATFORM, Party.FUND):
            before, after = (in_all[side][f"{party}_minor"] for side in ("before", "after"))
            if before or after:
                name = phrases.PARTIES[party].say(self.language)
                rows.append({"name": name, "before": before, "after": after, "delta": after - before})
        return rows

    def _by_month(self) -> Plot:
        parts = self.report["by_month"]
        totals = {side: [part[side]["total_minor"] for part in parts] for side in ("before", "after")}
        series = [
            Series(self.report["against"], totals["before"], dashed=True, tone=2),
            Series(self.report["edition"], totals["after"], tone=1),
        ]
        return Plot(title=_("What the cases of each month cost"), labels=[part["key"] for part in parts],
                    series=series, currency=self.currency)  # fmt: skip

    def _differences(self, kind: str) -> Plot:
        titles = {
            "reason": _("Difference by reason"), "category": _("Difference by category"),
            "size": _("Difference by size of merchant (past cases)"),
        }  # fmt: skip
        every: list[dict[str, Any]] = self.report[f"by_{kind}"]
        parts = ([part for part in every if part["delta_minor"]] or every)[:PLOTTED_MAX]
        labels = [self._key(kind, part["key"]) for part in parts]
        series = [Series(titles[kind], [part["delta_minor"] for part in parts], tone=1)]
        return Plot(title=titles[kind], labels=labels, series=series, currency=self.currency)

    def _key(self, kind: str, key: str) -> str:
        if kind == "reason":
            joined = ", " if self.language == "en" else "、"
            return joined.join(phrases.REASONS[Reason(one)].say(self.language) for one in key.split("+"))
        label = self.categories.get(key)
        return label.say(self.language) if label is not None else key or _("none")

    def _row(self, part: dict[str, Any]) -> dict[str, Any]:
        return {"name": self._key("reason", part["key"]), **part}

    def _affected(self, one: dict[str, Any]) -> dict[str, Any]:
        def side(told: dict[str, Any]) -> dict[str, Any]:
            remedy = phrases.REMEDIES[Remedy(told["remedy"])].say(self.language) if told["remedy"] else _("nothing")
            return {"remedy": remedy, "minor": told["total_minor"], "rules": told["rules"]}

        return {
            "href": case_href(one["case_id"]), "case_id": one["case_id"], "reason": self._key("reason", one["reasons"]),
            "before": side(one["before"]), "after": side(one["after"]), "delta": one["delta_minor"],
        }  # fmt: skip
