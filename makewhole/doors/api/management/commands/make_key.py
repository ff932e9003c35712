"""`makewhole manage make_key`: an API key without another key, such as the very first one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from makewhole.rooms import clock
from makewhole.rooms.identity import service
from makewhole.rooms.identity.models import Scope
from makewhole.rooms.orders.ports import SHOP_ID


class Command(BaseCommand):
    """Makes a key and prints its text, which is shown this once."""

    help = "Make an API key and print it. It is stored as a digest, so it cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what people call the program that uses it")
        parser.add_argument(
            "--scope", action="append", required=True, choices=[scope.value for scope in Scope], help="what it may do"
        )
        parser.add_argument("--shop", default="", help="the shop whose orders a shop's key hands in")
        parser.add_argument("--merchant", default="", help="the merchant a merchant's key acts for")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["shop"] and not SHOP_ID.fullmatch(options["shop"]):
            raise CommandError("A shop's word has lower-case letters, digits, '-' and '_', such as my-shop.")
        scopes = [Scope(scope) for scope in options["scope"]]
        try:
            _, text = service.make_key(
                options["name"], scopes, clock.now(), merchant_id=options["merchant"], shop_id=options["shop"]
            )
        except service.BadKey as error:
            raise CommandError(str(error)) from error
        self.stdout.write(text)
