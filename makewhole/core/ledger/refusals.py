"""Why a movement of money is refused. Each says what is wrong, with which figures, and what would help."""

from makewhole.core.ledger.model import AccountKey


class MoneyRefused(ValueError):
    """A movement was refused whole; nothing was moved."""


class BadAmount(MoneyRefused):
    def __init__(self, amount_minor: int) -> None:
        super().__init__(f"amount {amount_minor} is not above zero; give the amount in minor units, such as 12900")


class InsufficientFunds(MoneyRefused):
    def __init__(self, account: AccountKey, wanted_minor: int, available_minor: int) -> None:
        super().__init__(
            f"{account.kind} of {account.owner} holds {available_minor} {account.asset}, {wanted_minor} are needed; "
            "ask for less or pay in first"
        )
        self.account, self.wanted_minor, self.available_minor = account, wanted_minor, available_minor


class FundInsolvent(MoneyRefused):
    def __init__(self, asset: str, wanted_minor: int, available_minor: int) -> None:
        super().__init__(f"the fund holds {available_minor} {asset}, {wanted_minor} are needed; top the fund up first")


class FundCapReached(MoneyRefused):
    def __init__(self, wanted_minor: int, cap_minor: int, advanced_minor: int) -> None:
        super().__init__(
            f"the fund covers at most {cap_minor} for this order and has laid out {advanced_minor}; "
            f"{wanted_minor} more is too much. The rest stays the merchant's debt to the buyer"
        )


class DebtOutstanding(MoneyRefused):
    def __init__(self, merchant_id: str, outstanding_minor: int) -> None:
        super().__init__(
            f"merchant {merchant_id} owes the fund {outstanding_minor}; deposit and balance stay until that is paid"
        )


class MoreThanOwed(MoneyRefused):
    def __init__(self, merchant_id: str, wanted_minor: int, outstanding_minor: int) -> None:
        super().__init__(
            f"merchant {merchant_id} owes {outstanding_minor}, {wanted_minor} is more; give at most what is owed"
        )
