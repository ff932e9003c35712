"""Turn a remedy's steps into dates: who does what by when, if every earlier step takes its full time."""

from datetime import datetime

from makewhole.core.calendar import MarketCalendar
from makewhole.core.rulebook.model import PlanStep
from makewhole.core.rulebook.terms import TermSet
from makewhole.core.words import Remedy


class PlanMaker:
    """Works out dates from `now`; steps that several remedies share are reckoned once."""

    __slots__ = ("calendar", "currency", "made", "now", "terms")

    def __init__(self, terms: TermSet, calendar: MarketCalendar, now: datetime, currency: str) -> None:
        self.terms, self.calendar, self.now, self.currency = terms, calendar, now, currency
        self.made: dict[int, PlanStep] = {}

    def steps(self, remedy: Remedy) -> tuple[PlanStep, ...]:
        """The steps of a remedy with their dates."""
        made, nodes = self.made, self.terms.nodes
        steps: list[PlanStep] = []
        for place in self.terms.steps[remedy]:
            step = made.get(place)
            if step is None:
                term, before = nodes[place]
                start, guessed = (made[before].due_at, made[before].provisional) if before >= 0 else (self.now, False)
                at, provisional = self.calendar.deadline(start, term.length, term.unit)
                step = made[place] = PlanStep(term, at, provisional or guessed)
            steps.append(step)
        return tuple(steps)
