"""The decimals of each currency. Sums are integers of minor units everywhere (fen, cents; whole units for JPY)."""

from decimal import Decimal, InvalidOperation

DECIMALS: dict[str, int] = {
    "CNY": 2, "EUR": 2, "GBP": 2, "USD": 2, "BRL": 2, "HKD": 2, "TWD": 2, "CHF": 2, "SEK": 2, "PLN": 2,
    "JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3,
}  # fmt: skip
"""Decimals of the currencies the house knows (ISO 4217). A currency not listed is refused, never guessed."""


def decimals(currency: str) -> int:
    """Number of decimals of a currency. Raises ValueError for a currency the house does not know."""
    try:
        return DECIMALS[currency]
    except KeyError:
        raise ValueError(f"currency {currency!r} is not known; known are {', '.join(sorted(DECIMALS))}") from None


def parse_major(text: str, currency: str) -> int:
    """Read an amount written in major units ('129.00') into minor units.

    Raises ValueError when the text is no plain number or has more decimals than the currency.
    """
    places = decimals(currency)
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount; write it like 129.00") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is not an amount; write it like 129.00")
    scaled = number.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{text!r} has more than the {places} decimals of {currency}")
    return int(scaled)


def to_major(amount_minor: int, currency: str) -> Decimal:
    """The amount in major units, exactly, with the decimals of its currency."""
    return Decimal(amount_minor).scaleb(-decimals(currency))
