"""`kakehashi profile`: a record against the rules of receiving sides."""

from __future__ import annotations

import click
from rich.markup import escape

from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from recognition.commands.showing import coloured, place_line, remark_line
from recognition.loading import load_subject
from recognition.profiles import ProfileReport, check_profile, profiles
from recognition.profiles import profile as find_profile


@click.command(short_help="Hold a record against the rules of receiving sides.")
@click.argument("record", metavar="ID")
@click.option("--against", metavar="RULES", multiple=True, help="Only these rules, for instance eu-2022 or mqa-samc.")
@common_options
def profile(console: Console, record: str, against: tuple[str, ...]) -> None:
    """Show which rules a record meets, fails, or says nothing about, with the places each answer rests on.

    A record fails a rule only by what it states. With --json: `reports`, each with `profile`, `labels`, `source`,
    `year`, `mark`, `record`, `version`, `rules` and `statement`.

    \b
    Example:
      kakehashi profile jmicro-46z2
      kakehashi profile jmicro-46z2 --against eu-2022 --json
    """  # noqa: D301
    chosen = [find_profile(code) for code in against or profiles()]
    subject = load_subject(Workplace.of(settings()).database, record)
    reports = [check_profile(subject, one) for one in chosen]
    if console.as_json:
        console.emit({"reports": [report.model_dump(mode="json") for report in reports]})
        return
    for report in reports:
        _show(console, report)
    console.screen.print(remark_line(console, reports[0].statement))


def _show(console: Console, report: ProfileReport) -> None:
    title = f"[bold]{escape(report.labels[console.language])}[/bold] [dim]{report.profile}[/dim]"
    console.screen.print(Prose.of(f"{title}\n[dim]{escape(report.source)} ({report.year})[/dim]"))
    table = plain_table(console, ("rule", "outcome", "reason", "evidence"))
    for rule in report.rules:
        name = rule.labels[console.language] + (f" {console.word('optional_rule')}" if rule.optional else "")
        places = "\n".join(place_line(one) for one in rule.evidence)
        table.add_row(
            Prose.of(escape(name)),
            coloured(console, rule.judged.value),
            Prose.of(escape(rule.because.text[console.language])),
            Prose.of(f"[dim]{escape(places)}[/dim]"),
        )
    console.screen.print(table)
    console.screen.print()
