"""`makewhole export`: write what the house knows to files for analysis."""

from pathlib import Path

import click

from makewhole.core.words import Language
from makewhole.doors.cli import boot, console


@click.group("export", help=__doc__)
def command() -> None:
    pass


@command.command("cases")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@console.language_option
@console.json_option
def cases(target: Path, language: Language, as_json: bool) -> None:
    """Write all past cases to FILE (….parquet): one row for each claimed line, no name, no story.

    The file holds what the rules read (facts, dates, prices, freight), what was agreed and paid, and how it ended.
    """
    with boot.ready():
        from makewhole.rooms.cases import queries
        from makewhole.rooms.trials import service

        try:
            with console.progress("Exporting", queries.count_cases()) as bar:
                done = service.export_cases(
                    target, queries.past_cases(), lambda count: bar.advance(bar.task_ids[0], count)
                )
        except service.TrialError as error:
            raise console.Refused(error.text.say(language)) from error
    if as_json:
        console.print_json({"file": str(target), **done._asdict()})
        return
    console.out.print(
        f"已导出 {done.cases:,} 个案件、{done.lines:,} 行到 {target}。"
        if language == "zh"
        else f"{done.cases:,} cases in {done.lines:,} rows written to {target}."
    )
    if done.left_out:
        console.out.print(
            f"{done.left_out:,} 个案件无法读取，或所属市场已没有规则库，未导出。"
            if language == "zh"
            else f"{done.left_out:,} cases were left out: unreadable, or of a market that has no rulebook any more."
        )
