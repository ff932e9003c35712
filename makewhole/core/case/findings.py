"""What the panel may hold to be true, and what an automatic ruling rests on."""

from makewhole.core.case.decision import refuse
from makewhole.core.case.model import Case, Finding
from makewhole.core.facts import ALLEGED_BY, FACTS, FactError, FactValue, check_value, fact_name
from makewhole.core.rulebook.model import Answer
from makewhole.core.words import Provenance, Text


def check_findings(case: Case, findings: tuple[Finding, ...]) -> None:
    """Refuse findings on unknown facts, of values that do not fit, without a why, or on exhibits not on file."""
    on_file = {exhibit_id for exhibit_id, _ in case.exhibits}
    seen = set()
    for place, finding in enumerate(findings):
        where = f"findings.{place}"
        try:
            check_value(fact_name(finding.fact), finding.value)
        except FactError as error:
            refuse("fact_unknown", error.text, Text("更正认定的事实", "correct the finding"), where)
        if finding.fact in seen:
            refuse(
                "fact_twice",
                Text(f"事实 {finding.fact} 认定了两次", f"fact {finding.fact} is found twice"),
                Text("每个事实只认定一次", "find each fact once"),
                where,
            )
        seen.add(finding.fact)
        if not finding.why.strip():
            refuse(
                "why_missing",
                Text(f"没有说明为何认定 {finding.fact}", f"the finding on {finding.fact} does not say why"),
                Text("写明理由", "say why"),
                f"{where}.why",
            )
        for exhibit_id in finding.exhibit_ids:
            if exhibit_id not in on_file:
                refuse(
                    "exhibit_unknown",
                    Text(
                        f"本案没有编号为 {exhibit_id} 的证据", f"exhibit {exhibit_id} is not on the file of this case"
                    ),
                    Text("只引用本案的证据", "cite exhibits of this case"),
                    f"{where}.exhibit_ids",
                )


def unproven(answer: Answer) -> tuple[str, ...]:
    """Facts the answer turns on that are so far only alleged or not known."""
    alleged = [needed.fact for needed in answer.evidence if needed.standing is Provenance.ALLEGED]
    return tuple(dict.fromkeys([*alleged, *(question.fact for question in answer.questions)]))


def relied_on(case: Case, answer: Answer) -> tuple[Finding, ...]:
    """The facts an automatic ruling rests on; `why` names how firmly each stands."""
    told: dict[str, FactValue] = {ALLEGED_BY[reason]: True for reason in case.reasons if reason in ALLEGED_BY}
    told.update((name, fact.value) for name, fact in case.facts)
    findings = []
    for needed in answer.evidence:
        if needed.fact in told and needed.standing is not Provenance.ALLEGED:
            findings.append(Finding(needed.fact, told[needed.fact], needed.standing.value, ()))
    return tuple(findings)


def fact_labels(names: tuple[str, ...]) -> Text:
    """The names of facts as people read them."""
    labels = [FACTS[name].label if name in FACTS else Text(name, name) for name in names]
    return Text("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))
