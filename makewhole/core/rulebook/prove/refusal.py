"""What the prover refuses to do: it says so instead of passing over what it does not understand."""

from makewhole.core.words import Text


class Unprovable(ValueError):
    """The prover does not know a kind of condition, outcome or fact, or gave up. `text` says so in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def not_known_to_the_prover(en: str, zh: str) -> Unprovable:
    """The error for something the format knows and the prover does not: teach it, in `core/rulebook/prove`."""
    return Unprovable(
        Text(
            f"证明器不认识：{zh}；请在 makewhole/core/rulebook/prove 中补上",
            f"the prover does not know {en}; teach it in makewhole/core/rulebook/prove",
        )
    )
