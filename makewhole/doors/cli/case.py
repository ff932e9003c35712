"""`makewhole case`: open, read, list and act on cases; and the table of what can be done."""

import getpass
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from makewhole.core.case.actions import TABLE
from makewhole.core.case.draw import page
from makewhole.core.case.model import Actor, Case
from makewhole.core.case.read import BadInput, read_command, read_open
from makewhole.core.money import parse_major
from makewhole.core.words import LANGUAGES, Language, Reason, Role, Stage, Text
from makewhole.doors.cli import arguments, boot, console
from makewhole.doors.cli.case_view import print_rows, print_view, tell_done, view_document

if TYPE_CHECKING:
    from makewhole.rooms.orders.service import OrderRecord

CLOCKS_DIFFER_MAX = timedelta(minutes=1)
PARTIES_AND_PANEL = (Role.BUYER, Role.MERCHANT, Role.AGENT)


def whoever_types() -> str:
    """The user's name; in a container that knows none, the number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


ME = f"cli:{whoever_types()}"
TOO_EARLY = Text(
    "售后的上一步在 {last}，这一步不能更早；请改 --at",
    "the case's last step was at {last}, and this one cannot be before it; change --at",
)
actor_option = click.option(
    "--as", "who", metavar="ROLE[:ID]", help="Who acts or looks: buyer, merchant, agent or operator, and whose id."
)
time_option = click.option("--at", "at", metavar="TIME", help="When it happens, with offset; now when left out.")


@click.group("case", help=__doc__)
def command() -> None:
    pass


@command.command("table")
@console.json_option
def table(as_json: bool) -> None:
    """Print the table of actions: who may do what while a case waits for what."""
    if as_json:
        console.print_json([row_document(action) for action in TABLE])
    else:
        click.echo(page(), nl=False)


def row_document(action: Any) -> dict[str, Any]:
    return {
        "name": action.name,
        "roles": list(action.roles),
        "label": {each: action.label.say(each) for each in LANGUAGES},
        "open_while": sorted(f"{debtor}:{step}" for step, debtor in action.open_while),
        "leads_to": sorted("closed" if clock is None else f"{clock[1]}:{clock[0]}" for clock in action.leads_to),
    }


@command.command("show")
@click.argument("case_id", metavar="CASE")
@actor_option
@console.language_option
@time_option
@console.json_option
def show(case_id: str, who: str | None, language: Language, at: str | None, as_json: bool) -> None:
    """Show a case: where it stands, what happened, and what can be done now."""
    with boot.ready(), refusals(language):
        from makewhole.rooms.cases import queries

        identity, now = uuid_of(case_id), moment(at)
        view = queries.read_case(identity, actor_of("operator", None), now)
        if who is not None:
            view = queries.read_case(identity, actor_of(who, view.case), now)
        if as_json:
            console.print_json(view_document(view, language))
        else:
            print_view(view, language, () if who else PARTIES_AND_PANEL)


@command.command("list")
@actor_option
@click.option("--all", "everything", is_flag=True, help="All cases by age, not only what waits.")
@click.option("--open", "is_open", is_flag=True, help="Open cases only.")
@click.option("--stage", type=click.Choice([each.value for each in Stage]), help="Only cases in this stage.")
@click.option("--reason", type=click.Choice([each.value for each in Reason]), help="Only cases with this reason.")
@click.option("--cursor", default="", help="Where the page before ended.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200), help="Cases on a page.")
@console.language_option
@console.json_option
def list_(
    who: str | None,
    everything: bool,
    is_open: bool,
    stage: str | None,
    reason: str | None,
    cursor: str,
    limit: int,
    language: Language,
    as_json: bool,
) -> None:
    """List cases: a merchant's queue, the agents' desk, a buyer's own, or all."""
    with boot.ready(), refusals(language):
        from makewhole.rooms.cases import queries

        wanted = queries.Filter(
            waiting=False if everything else None,
            stage=Stage(stage) if stage else None,
            reason=Reason(reason) if reason else None,
            open=True if is_open else None,
        )
        try:
            found = queries.inbox(actor_of(who or "operator", None), wanted, cursor, limit)
        except queries.BadCursor as error:
            raise console.Refused(str(error)) from error
        if as_json:
            rows = [row._asdict() for row in found.rows]
            console.print_json({"cases": rows, "next_cursor": found.next_cursor})
            return
        print_rows(found.rows, language)
        if found.next_cursor:
            click.echo(f"more: --cursor {found.next_cursor}")


@command.command("open")
@click.argument("order", metavar="ORDER")
@click.option("--reason", "reasons", multiple=True, required=True, help="What went wrong; may be given again.")
@click.option("--line", "lines", multiple=True, required=True, metavar="ID[:QUANTITY]", help="A line claimed.")
@click.option("--remedy", required=True, help="What is asked for.")
@click.option("--amount", "asked", metavar="129.00", help="How much; everything due when left out.")
@click.option("--story", default="", help="What happened, in the buyer's words.")
@click.option(
    "--fact", "facts", multiple=True, metavar="NAME=VALUE", help="A fact, as docs/reference/facts.md names it."
)
@actor_option
@console.language_option
@time_option
@console.json_option
def open_(
    order: str,
    reasons: tuple[str, ...],
    lines: tuple[str, ...],
    remedy: str,
    asked: str | None,
    story: str,
    facts: tuple[str, ...],
    who: str | None,
    language: Language,
    at: str | None,
    as_json: bool,
) -> None:
    """Open a case on ORDER (its id, or SHOP/NUMBER) for the order's buyer."""
    with boot.ready(), refusals(language):
        from makewhole.rooms.cases import service

        record = order_of(order)
        body: dict[str, Any] = {
            "reasons": list(reasons),
            "lines": [line_of(line) for line in lines],
            "remedy": remedy,
            "story": story,
            "facts": dict(fact_of(fact) for fact in facts),
        }
        if asked is not None:
            body["amount_minor"] = minor_of(asked, record.order.currency)
        buyer = actor_of(who or f"buyer:{record.order.buyer_id}", None)
        done = service.open_case(record.id, read_open(body), buyer, moment_of_step(at))
        tell_done(done.case, language, as_json)


@command.command("act")
@click.argument("case_id", metavar="CASE")
@click.argument("action", metavar="ACTION")
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="One field of the input, as text or JSON.")
@click.option("--body", metavar="JSON", help="The whole input as one JSON object.")
@click.option("--version", "expected", type=int, help="Act only while the case has this many events.")
@actor_option
@console.language_option
@time_option
@console.json_option
def act(
    case_id: str,
    action: str,
    values: tuple[str, ...],
    body: str | None,
    expected: int | None,
    who: str | None,
    language: Language,
    at: str | None,
    as_json: bool,
) -> None:
    """Take ACTION on a case. Who acts is the one the table names, unless --as says otherwise."""
    with boot.ready(), refusals(language):
        from makewhole.rooms.cases import queries, service

        identity, now = uuid_of(case_id), moment_of_step(at)
        view = queries.read_case(identity, actor_of("operator", None), now)
        case, last = view.case, view.timeline[-1].at
        if now < last:
            raise console.Refused(TOO_EARLY.say(language).format(last=last.astimezone(now.tzinfo).isoformat()))
        actor = actor_of(who or default_role(action), case)
        command_given = read_command(action, actor.role, body_of(values, body))
        done = service.act(identity, command_given, actor, now, expected)
        tell_done(done.case, language, as_json)


def default_role(action: str) -> str:
    """The role that takes this action; the buyer where either side may, or nobody does."""
    roles = next((each.roles for each in TABLE if each.name == action), (Role.BUYER,))
    return roles[0].value


@contextmanager
def refusals(language: Language) -> Iterator[None]:
    """Every refusal in one sentence: what, where, and what to do."""
    from makewhole.rooms.cases.ports import Refused

    try:
        yield
    except (BadInput, Refused) as error:
        refusal = error.refusal
        where = f"{refusal.where}: " if refusal.where else ""
        said = f"{where}{console.clauses(language, refusal.what, refusal.to_do)}"
        raise console.Refused(f"{said} [{refusal.code}]") from error


def actor_of(who: str, case: Case | None) -> Actor:
    """'merchant:m-1', or 'merchant' for the case's own."""
    name, _, party = who.partition(":")
    try:
        role = Role(name)
    except ValueError:
        known = ", ".join(each for each in Role if each is not Role.SYSTEM)
        raise click.BadParameter(f"there is no role {name!r}; known are {known}", param_hint="--as") from None
    if role is Role.SYSTEM:
        raise click.BadParameter("the system acts by itself", param_hint="--as")
    if role is Role.BUYER:
        return Actor(role, ME, party or (case.buyer_id if case else ""))
    if role is Role.MERCHANT:
        return Actor(role, ME, party or (case.merchant_id if case else ""))
    return Actor(role, party or ME)


def uuid_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no id of a case or order", param_hint="CASE") from None


def order_of(text: str) -> "OrderRecord":
    """The order with this id, or with this number in a shop ('demo/A-1')."""
    from makewhole.rooms.orders import queries as orders

    shop, slash, number = text.partition("/")
    record = orders.order_by_number(shop, number) if slash else orders.order(uuid_of(text))
    if record is None:
        raise console.Refused(f"there is no order {text}; give its id, or SHOP/NUMBER")
    return record


def moment(given: str | None) -> datetime:
    """The time given, or now."""
    from makewhole.rooms import clock

    return clock.now() if given is None else arguments.moment(given)


def moment_of_step(given: str | None) -> datetime:
    """The time given, or now. Raises BadParameter for a time to come: nothing may be written down that has not been."""
    from makewhole.rooms import clock

    at, now = moment(given), clock.now()
    if at > now + CLOCKS_DIFFER_MAX:
        raise click.BadParameter(f"{given!r} is still to come; it is {now.isoformat()}", param_hint="--at")
    return at


def line_of(text: str) -> dict[str, Any]:
    """'2:1' is one unit of line 2; '2' one unit too."""
    line_id, _, quantity = text.rpartition(":") if ":" in text else (text, "", "1")
    return {"line_id": line_id, "quantity": arguments.quantity(quantity, text)}


def fact_of(text: str) -> tuple[str, Any]:
    from makewhole.core.facts import FactError, read_value

    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is no NAME=VALUE", param_hint="--fact")
    try:
        return name, read_value(name, value)
    except FactError as error:
        raise click.BadParameter(str(error), param_hint="--fact") from error


def minor_of(text: str, currency: str) -> int:
    try:
        return parse_major(text, currency)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--amount") from error


def body_of(values: tuple[str, ...], body: str | None) -> dict[str, Any]:
    """The input from --body and --set; a value that is JSON is read as such, anything else is text."""
    try:
        whole = json.loads(body) if body else {}
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"this is no JSON: {error}", param_hint="--body") from error
    if not isinstance(whole, dict):
        raise click.BadParameter('write a JSON object like {"note": "…"}', param_hint="--body")
    for each in values:
        name, equals, text = each.partition("=")
        if not equals:
            raise click.BadParameter(f"{each!r} is no NAME=VALUE", param_hint="--set")
        try:
            whole[name] = json.loads(text)
        except (ValueError, RecursionError):
            whole[name] = text
    return whole
