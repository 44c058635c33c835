"""`kakehashi doctor`: is everything as it should be here, and if not, what to do."""

from __future__ import annotations

import sys
from collections import Counter

import click
from rich.markup import escape

from config.messages import CodedError, Severity
from config.settings import read_settings
from harvester.terminal.console import NOT_GOOD, Console, common_options
from harvester.terminal.prose import Prose
from harvester.watching.doctor import Finding, examine, shown_settings

_MARKS = {"info": "[green]✓[/green]", "warning": "[yellow]![/yellow]"}
_BAD = "[red]✗[/red]"


@click.command(short_help="Look the deployment over and say what to mend.")
@click.option(
    "--ask",
    is_flag=True,
    help="Ask each registry's address once (robots.txt, a pause, one HEAD), and the translation service if one is set.",
)
@common_options
def doctor(
    console: Console,
    ask: bool,  # noqa: FBT001  click passes it by name
) -> None:
    """Look over settings, secrets (shown as dots), folders, disk, database, clock, addresses of registries, tools and
    models, and say what to do about each thing that is not as it should be. Nothing is changed, and without --ask
    nothing is asked over the network but the database. The exit status is 3 when something will not work, 0 with
    warnings.

    With --json: `good`, `settings` (those that differ from their defaults), and `findings`, each with `part` and the
    message.

    \b
    Example:
      kakehashi doctor
      kakehashi doctor --ask --json
    """  # noqa: D301
    findings: list[Finding] = []
    part = ""
    for finding in examine(ask=ask):
        findings.append(finding)
        if not console.as_json:
            if finding.part != part:
                part = finding.part
                console.screen.print(f"[bold]{console.word(f'doctor_{part}')}[/bold]")
            console.screen.print(_line(console, finding))
    good = not any(finding.grave for finding in findings)
    if console.as_json:
        told = [{"part": finding.part, **finding.told.as_json()} for finding in findings]
        console.emit({"good": good, "settings": _settings(), "findings": told})
    else:
        counts = Counter("grave" if one.grave else one.told.severity.value for one in findings)
        console.screen.print()
        console.screen.print(console.word("doctor_sum", grave=counts["grave"], warnings=counts["warning"]))
    if not good:
        sys.exit(NOT_GOOD)


def _line(console: Console, finding: Finding) -> Prose:
    told = finding.told
    mark = _MARKS.get(told.severity.value, _BAD)
    text = f" {mark} {escape(told.text(console.language))}"
    if told.severity is Severity.INFO:
        return Prose.of(text)
    return Prose.of(f"{text} [dim]{told.code}[/dim]\n   → {escape(told.fix(console.language))}")


def _settings() -> dict[str, str]:
    try:
        return shown_settings(read_settings())
    except CodedError:
        return {}
