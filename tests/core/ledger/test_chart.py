"""The chart of accounts in the docs is that of the code, and the fund's example is what the code does."""

import re
from pathlib import Path

from makewhole.core.ledger.funding import fund_dues
from makewhole.core.ledger.model import (
    UNBOUNDED,
    AccountKind,
    Funding,
    FundLimits,
    PayDue,
    PaymentInstruction,
    PayoutKind,
)
from makewhole.core.ledger.movements import applied
from makewhole.core.words import Head, Party
from tests.core.ledger.tables import CURRENCY, account

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_every_kind_of_account_is_in_the_chart_with_its_floor() -> None:
    chart = (DOCS / "reference" / "accounts.md").read_text(encoding="utf-8").partition("## Acts")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \| [^|]+ \| (0|none) \|", chart, re.MULTILINE)
    assert [(kind, floor == "none") for kind, floor in rows] == [(str(kind), kind in UNBOUNDED) for kind in AccountKind]


ACT = re.compile(r'transfer\(\s*"([a-z_]+)"|act = "([a-z_]+)" if|else "([a-z_]+)"\n')


def test_every_act_the_code_writes_is_in_the_chart_and_no_other() -> None:
    acts = (DOCS / "reference" / "accounts.md").read_text(encoding="utf-8").partition("## Acts")[2]
    listed = {name for row in re.findall(r"^\| (`[^|]+)\|", acts, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    code = DOCS.parent / "makewhole"
    files = [*(code / "core" / "ledger").glob("*.py"), code / "rooms" / "treasury" / "service" / "prior.py"]
    named = {name for path in files for found in ACT.findall(path.read_text("utf-8")) for name in found if name}
    sent = {str(PayoutKind.REFUND), str(PayoutKind.PAYOUT)}
    taken_back = {f"{act}_returned" for act in {*sent, "receive", "deposit_out", "merchant_out"}}
    assert listed == named | sent | taken_back


def test_the_funds_example_is_what_the_code_does() -> None:
    page = (DOCS / "concepts" / "fund.md").read_text(encoding="utf-8")
    table = page[page.index("| | escrow") :].split("\n\n")[0].splitlines()
    names = [cell.strip() for cell in table[0].split("|")[2:-1]]
    rows = [
        {
            account(name): round(float(cell.replace("−", "-")) * 100)
            for name, cell in zip(names, line.split("|")[2:-1], strict=True)
        }
        for line in table[2:]
    ]
    dues = (PayDue("1", Head.GOODS, 6_000, Party.MERCHANT),)
    wanted = PaymentInstruction("r-1", "c-1", "o-1", "m-1", "b-1", CURRENCY, dues, Funding.FUND, 100_000)
    limits = FundLimits((account("fund"),), 9_000, 0, 100_000)
    balances = rows[0]
    for transfer, row in zip(fund_dues(wanted, dues, balances, limits).transfers, rows[1:], strict=True):
        balances = applied(balances, [transfer])
        assert balances == row
