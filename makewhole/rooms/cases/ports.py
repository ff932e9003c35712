"""What this room may raise at its callers."""

from makewhole.core.case.decision import Refusal


class Refused(Exception):
    """A command was not carried out and nothing is stored. `refusal` says what, where, and what to do."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code}: {refusal.what.en}; {refusal.to_do.en}")
        self.refusal = refusal
