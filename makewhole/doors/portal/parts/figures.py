"""Amounts of money as people write them, from integer minor units. Nothing is rounded."""

from typing import NamedTuple

from makewhole.core.money import decimals

MINUS = "\N{MINUS SIGN}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


class Style(NamedTuple):
    """How a currency is written: its sign in front, the marks for thousands and decimals."""

    sign: str
    thousands: str = ","
    point: str = "."


STYLES: dict[str, Style] = {
    "CNY": Style("¥"),
    "JPY": Style(f"JP{NO_BREAK_SPACE}¥"),
    "USD": Style("$"),
    "GBP": Style("£"),
    "EUR": Style("€"),
    "HKD": Style("HK$"),
    "TWD": Style("NT$"),
    "KRW": Style("₩"),
    "BRL": Style(f"R${NO_BREAK_SPACE}", ".", ","),
    "CHF": Style(f"CHF{NO_BREAK_SPACE}", "’", "."),
    "PLN": Style(f"PLN{NO_BREAK_SPACE}"),
}
"""Signs that cannot be mistaken. A currency without an entry is written with its code: 'SEK 1,299.00'."""


def style_of(currency: str) -> Style:
    """How this currency is written."""
    return STYLES.get(currency, Style(f"{currency}{NO_BREAK_SPACE}"))


def number_text(amount_minor: int, currency: str) -> str:
    """The amount without sign or currency: 129900 CNY → '1,299.00', 1299 JPY → '1,299'.

    Raises ValueError for a currency the house does not know and TypeError when the amount is not a whole number.
    """
    if isinstance(amount_minor, bool) or not isinstance(amount_minor, int):
        raise TypeError(f"amount_minor must be a whole number of minor units, not {amount_minor!r}")
    places = decimals(currency)
    style = style_of(currency)
    whole, part = divmod(abs(amount_minor), 10**places)
    text = f"{whole:,}".replace(",", style.thousands)
    return f"{text}{style.point}{part:0{places}d}" if places else text


def money_text(amount_minor: int, currency: str, *, signed: bool = False) -> str:
    """The amount with its currency: 129900 CNY → '¥1,299.00', BRL → 'R$ 1.299,00', minus as a true minus sign.

    `signed` also marks amounts above zero with a plus, for statements.
    """
    text = f"{style_of(currency).sign}{number_text(amount_minor, currency)}"
    if amount_minor < 0:
        return MINUS + text
    return f"+{text}" if signed and amount_minor > 0 else text


def currency_sign(currency: str) -> str:
    """The sign in front of an amount's control: ¥."""
    return style_of(currency).sign.strip()


def percent(value: float | None, places: int = 1) -> str:
    """`{% percent 0.034 %}` → 3.4%; nothing known is a dash."""
    return "–" if value is None else f"{value * 100:.{places}f}%"
