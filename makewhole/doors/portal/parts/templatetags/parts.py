"""Template tags of the house. What each takes is told in makewhole/doors/portal/README.md.

Tags read three values from the context when present: `zone` (the market's time zone; else the home market's), `now`
(the moment the page speaks of; else this moment) and `request`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.template.context import RequestContext
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from makewhole.doors.portal.parts import actions, cards, fields, figures, icons, markets, plots, tables, times, words
from makewhole.doors.portal.parts.reading import read
from makewhole.rooms.clock import now as present

register = template.Library()

THEMES = ("system", "light", "dark")
THEME_COOKIE = "makewhole_theme"
LANGUAGES = {
    "zh-hans": ("简", "切换到简体中文"),
    "zh-hant": ("繁", "切換到繁體中文"),
    "en": ("EN", "Read this in English"),
}


def now_of(context: Context) -> datetime:
    """The moment the page speaks of."""
    return context.get("now") or present()


def zone_of_page(context: Context) -> str | ZoneInfo:
    """The zone the page tells times in: its market's, else that of the home market."""
    return context.get("zone") or markets.home_zone()


def draw(context: Context, name: str, **values: Any) -> SafeString:
    """Render one part's template inside the present context with `values` on top."""
    template_ = context.template.engine.get_template(f"parts/{name}.html")  # type: ignore[union-attr]
    with context.push(**values):
        return template_.render(context)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "clock" %}`: an icon of the set; `label` only when no text stands beside it."""
    return icons.icon_svg(name, label)


@register.simple_tag
def money(amount_minor: int, currency: str, signed: bool = False) -> SafeString:
    """`{% money 129900 "CNY" %}` → ¥1,299.00."""
    text = figures.money_text(amount_minor, currency, signed=signed)
    return format_html('<span class="money" translate="no">{}</span>', text)


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime | None, relative: bool = True, provisional: bool = False) -> SafeString:
    """`{% when moment %}` → date and time in the market's zone, relative time beside it."""
    if moment is None:
        return format_html('<span class="when-none">{}</span>', "–")
    now = now_of(context)
    return draw(
        context,
        "when",
        stamp=moment.isoformat(),
        text=times.when_text(moment, now, zone_of_page(context)),
        relative_text=times.relative_text(moment, now) if relative else "",
        provisional=provisional,
    )


@register.simple_tag(takes_context=True)
def day(context: Context, moment: datetime) -> SafeString:
    """`{% day moment %}` → 11月21日 周六 / Sat 21 Nov, without the hour."""
    text = times.date_text(moment, now_of(context), zone_of_page(context))
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)


@register.simple_tag(takes_context=True)
def clock(
    context: Context,
    due_at: datetime,
    started_at: datetime | None = None,
    provisional: bool = False,
    small: bool = False,
) -> SafeString:
    """`{% clock obligation.due_at %}` → date AND remaining time, in amber; with `started_at` a ring that fills."""
    now = now_of(context)
    state = times.clock(due_at, now, started_at)
    return draw(
        context,
        "clock",
        stamp=due_at.isoformat(),
        clock=state,
        text=times.when_text(due_at, now, zone_of_page(context)),
        gone=round((state.elapsed or 0) * 100, 1),
        provisional=provisional,
        small=small,
    )


@register.simple_tag(takes_context=True)
def zone_words(context: Context) -> str:
    """`{% zone_words as zone_name %}`: which clock the page's times go by; empty on a page that speaks of none."""
    return times.zone_text(zone_of_page(context)) if "zone" in context else ""


@register.filter
def word(value: Any, vocabulary: str = "") -> str:
    """`{{ case.stage|word }}` or `{{ "goods"|word:"head" }}` → what it is called on screen."""
    return words.label_of(value, vocabulary) if value else ""


register.filter(words.listing)
register.filter(words.words_of)
register.filter(words.goods)
register.filter(words.few)
register.simple_tag(words.said)
register.simple_tag(words.next_step)
register.simple_tag(figures.currency_sign)
register.simple_tag(figures.percent)


@register.simple_tag
def chip(value: Any, vocabulary: str = "", tone: str = "") -> SafeString:
    """`{% chip case.stage %}`: a word of the house as a chip in its colour."""
    colour = tone or words.TONES.get(str(value), "quiet")
    return format_html('<span class="chip chip-{}">{}</span>', colour, words.label_of(value, vocabulary))


@register.simple_tag
def tag(text: str, tone: str = "quiet") -> SafeString:
    """`{% tag "Demo" "waiting" %}`: free text as a chip."""
    return format_html('<span class="chip chip-{}">{}</span>', tone, text)


@register.simple_tag(takes_context=True)
def answer_card(
    context: Context,
    answer: Any,
    rules: Mapping[str, Any] | None = None,
    lines: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    choose: str = "",
    chosen: str = "",
    heading: str = "",
) -> SafeString:
    """The answer card. With `choose` (a field's name) its plans are radio buttons of the form around it."""
    view = cards.answer_view(answer, cards.Reader(rules, lines, facts))
    return draw(context, "answer_card", answer=view, choose=choose, chosen=str(chosen), heading=heading)


@register.simple_tag(takes_context=True)
def dues(
    context: Context,
    terms: Any,
    currency: str,
    rules: Mapping[str, Any] | None = None,
    lines: Mapping[str, Any] | None = None,
) -> SafeString:
    """Amounts of an offer, agreed terms or a ruling, by head, with their sum."""
    heads = cards.heads_of(read(terms, "dues", ()), cards.Reader(rules, lines, None))
    total = sum(head.amount_minor for head in heads)
    several = len({head.payer for head in heads}) > 1
    return draw(context, "dues", heads=heads, currency=currency, total_minor=total, several_payers=several)


@register.simple_tag(takes_context=True)
def plan_steps(context: Context, steps: Sequence[Any], rules: Mapping[str, Any] | None = None) -> SafeString:
    """Steps of a plan, or open obligations, as a line with dates. A step may carry `state`: done, now, later."""
    reader = cards.Reader(rules, None, None)
    ready = [step if isinstance(step, cards.StepView) else reader.step(step) for step in steps]
    return draw(context, "plan_steps", steps=ready)


@register.simple_tag(takes_context=True)
def timeline(
    context: Context,
    entries: Sequence[Any],
    obligations: Sequence[Any] = (),
    rules: Mapping[str, Any] | None = None,
    role: str = "",
) -> SafeString:
    """What happens next on top, then what happened (newest first). `role` marks the reader's own steps."""
    reader = cards.Reader(rules, None, None)
    nexts = [
        {
            "step": reader.step(each, "now"),
            "started_at": read(each, "started_at"),
            "mine": bool(role) and str(read(each, "debtor")) == role,
        }
        for each in obligations
    ]
    nexts.sort(key=lambda each: (each["step"].due_at, not each["mine"]))
    past = [
        {"entry": entry, "rule": reader.rule(rule_id) if (rule_id := read(entry, "rule_id", "")) else None}
        for entry in entries
    ]
    return draw(context, "timeline", nexts=nexts, past=past)


@register.simple_tag(takes_context=True)
def money_flow(context: Context, movements: Sequence[Any], title: str = "") -> SafeString:
    """Who → whom with figures as a small picture, and a table behind it."""
    rows = plots.flow_of(movements)
    height = max(plots.ROW_HEIGHT, plots.ROW_HEIGHT * len(rows))
    return draw(context, "money_flow", rows=rows, height=height, title=title or _("How the money moves"))


@register.simple_tag(takes_context=True)
def line_plot(context: Context, plot: plots.Plot) -> SafeString:
    """A line plot with a table behind it."""
    return plot_of(context, plot, edges=True)


@register.simple_tag(takes_context=True)
def bar_plot(context: Context, plot: plots.Plot) -> SafeString:
    """A bar plot with a table behind it."""
    return plot_of(context, plot, edges=False)


def plot_of(context: Context, plot: plots.Plot, *, edges: bool) -> SafeString:
    """Draw a plot: lines reach both edges, bars stand in columns."""
    frame = plots.frame_of(plot, edges=edges)
    drawn = plots.drawn_lines(plot, frame) if edges else plots.drawn_bars(plot, frame)
    threshold = None if plot.threshold is None else frame.y(float(plot.threshold))
    return draw(context, "plot", plot=plot, frame=frame, drawn=drawn, threshold_y=threshold)


@register.simple_tag(takes_context=True)
def stat(
    context: Context,
    label: str,
    value: Any = "",
    amount_minor: int | None = None,
    currency: str = "",
    note: str = "",
    tone: str = "",
    href: str = "",
) -> SafeString:
    """A figure with its name: `value` as text, or an amount."""
    figure = value if amount_minor is None else figures.money_text(amount_minor, currency)
    return draw(context, "stat", label=label, figure=figure, note=note, tone=tone, href=href)


@register.simple_tag(takes_context=True)
def action_form(context: Context, action: Any, base: str = "", primary: bool = True) -> SafeString:
    """One entry of `available_actions` as a form that posts to its `href`, or to `base` + name + '/'."""
    view = actions.action_view(action, base)
    return draw(context, "action_form", action=view, primary=primary, key=actions.new_key())


@register.simple_tag(takes_context=True)
def action_list(context: Context, available: Sequence[Any], base: str = "") -> SafeString:
    """All entries of `available_actions`: the page's one primary action open, the rest folded."""
    ready = [actions.action_view(each, base) for each in available]
    first = ready[0] if ready and ready[0].primary else None
    return draw(context, "action_list", first=first, others=ready[1:] if first else ready)


@register.simple_tag(takes_context=True)
def exhibits(context: Context, items: Sequence[Any], base: str = "", heading: str = "", pick: str = "") -> SafeString:
    """A gallery of exhibits, each at `base` + id + '/'. With `pick` (a field's name) each can be relied upon."""
    views = [cards.exhibit_view(item, base) for item in items]
    return draw(context, "exhibits", items=views, heading=heading, pick=pick)


@register.simple_tag(takes_context=True)
def data_table(context: Context, table: tables.Table) -> SafeString:
    """A dense table: sorted, filtered and paged by URL; j and k move, enter opens."""
    return draw(context, "data_table", table=table)


@register.simple_tag(takes_context=True)
def cell(context: Context, cell: tables.Cell, href: str) -> SafeString:
    """One cell of a table, drawn by its column's kind. A table has hundreds: this is written for speed."""
    value, kind = cell.value, cell.column.kind
    drawn: Any = value
    if value is None or value == "":
        drawn = "–"
    elif kind == "money":
        drawn = money(value, cell.currency)
    elif kind == "when":
        drawn = when(context, value)
    elif kind == "clock":
        drawn = clock(context, value, small=True)
    elif kind == "chip":
        drawn = chip(value, cell.column.vocabulary)
    elif kind == "share":
        drawn = figures.percent(value)
    elif kind == "link" and href:
        drawn = format_html('<a class="row-link" href="{}">{}</a>', href, value)
    note = format_html('<span class="cell-note">{}</span>', cell.note) if cell.note else ""
    return format_html('<div class="cell">{}{}</div>', drawn, note)


@register.simple_tag(takes_context=True)
def sort_link(context: RequestContext, column: tables.Column, wish: tables.Wish) -> str:
    """The URL that sorts by this column, turning the direction when it already does."""
    query = context["request"].GET.copy()
    query["sort"] = f"-{column.key}" if wish.sort == column.key and not wish.descending else column.key
    query.pop("page", None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: int, page_count: int) -> SafeString:
    """Links to the pages around the present one."""
    around = [number for number in range(page - 1, page + 2) if 1 <= number <= page_count]
    return draw(context, "pagination", page=page, page_count=page_count, around=around)


@register.simple_tag(takes_context=True)
def field(context: Context, control: Any, **changes: Any) -> SafeString:
    """A form field with label, help and errors, from a `Field` or a bound field of a Django form."""
    ready = control if isinstance(control, fields.Field) else fields.from_bound(control)
    if changes:
        ready = fields.replaced(ready, **changes)
    return draw(context, "field", field=ready)


@register.simple_tag(takes_context=True)
def error_summary(context: Context, form: Any) -> SafeString:
    """What is wrong with a form, on top of it, each line leading to its field."""
    wrong = [fields.from_bound(bound) for bound in form if bound.errors]
    return draw(context, "error_summary", wrong=wrong, general=form.non_field_errors())


@register.simple_tag(takes_context=True)
def empty(
    context: Context, title: str, text: str = "", icon: str = "inbox", href: str = "", action: str = ""
) -> SafeString:
    """Nothing here, said kindly, with what comes next."""
    return draw(context, "empty", title=title, text=text, icon_name=icon, href=href, action=action)


@register.simple_tag(takes_context=True)
def notice(context: Context, text: str, tone: str = "info", title: str = "") -> SafeString:
    """A sentence set apart: info, waiting, good or harm."""
    return draw(context, "notice", text=text, tone=tone, title=title)


@register.simple_tag(takes_context=True)
def breadcrumbs(context: Context, trail: Sequence[tuple[str, str]], here: str) -> SafeString:
    """The way here: (label, href) pairs, then this page."""
    return draw(context, "breadcrumbs", trail=trail, here=here)


@register.simple_tag(takes_context=True)
def tabs(context: Context, items: Sequence[tuple[str, str, str]], current: str, label: str = "") -> SafeString:
    """Views of one thing: (key, label, href) triples; `current` is the key shown."""
    return draw(context, "tabs", items=items, current=current, label=label or _("Views"))


@register.simple_tag(takes_context=True)
def nav_item(context: Context, label: str, href: str, icon: str, count: int = 0, also: str = "") -> SafeString:
    """One entry of a portal's navigation; it knows by the path whether it is the present one.

    `also` names the beginnings of other paths that belong to it, apart by spaces.
    """
    path = context["request"].path
    current = path == href or (href.count("/") > 2 and path.startswith(href))
    current = current or any(path.startswith(each) for each in also.split())
    return draw(context, "nav_item", label=label, href=href, icon_name=icon, count=count, current=current)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The reader's choice of light and dark: system, light or dark."""
    request = context.get("request")
    chosen = request.COOKIES.get(THEME_COOKIE, "system") if request else "system"
    return chosen if chosen in THEMES else "system"


@register.simple_tag
def other_languages() -> list[tuple[str, str, str]]:
    """The languages the page could also be read in: code, how a small button calls it, and the invitation in it."""
    return [(code, *invitation) for code, invitation in LANGUAGES.items() if code != get_language()]


@register.simple_tag(takes_context=True)
def page_now(context: Context) -> str:
    """The moment the page speaks of, so that running clocks start from the server's time."""
    return now_of(context).isoformat()


@register.simple_tag
def clock_words() -> SafeString:
    """The words of running clocks as JSON for parts.js: data, not script."""
    return json_script(times.clock_words(), "clock-words")
