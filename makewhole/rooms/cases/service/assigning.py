"""Which agent has a case. The table of actions says what an agent may do; this says who of them does it."""

from uuid import UUID

from makewhole.core.case.decision import Refusal
from makewhole.core.words import Text
from makewhole.rooms.cases import store
from makewhole.rooms.cases.ports import Refused
from makewhole.rooms.cases.store.loading import CASE_UNKNOWN


def assign(case_id: UUID, agent_id: str) -> None:
    """Give an open case to an agent; harmless to repeat. Raises Refused when another agent has it."""
    holder = store.assign(case_id, agent_id)
    if holder is None:
        raise Refused(CASE_UNKNOWN)
    if holder != agent_id:
        raise Refused(
            Refusal(
                "case_taken",
                Text("另一位裁决员正在处理", "another agent has this case"),
                Text("选择下一个案件", "take the next one"),
            )
        )


def release(case_id: UUID, agent_id: str) -> None:
    """Put a case back on the desk. Raises Refused when this agent has it not."""
    if not store.release(case_id, agent_id):
        raise Refused(CASE_UNKNOWN)
