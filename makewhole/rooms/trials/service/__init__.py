"""What others may have done in the room of trials; trials themselves need neither Django nor its database."""

from makewhole.rooms.trials.ports import TrialError
from makewhole.rooms.trials.service.exporting import Exported, export_cases
from makewhole.rooms.trials.service.trying import Rules, rules_named, try_rules

__all__ = ["Exported", "Rules", "TrialError", "export_cases", "rules_named", "try_rules"]
