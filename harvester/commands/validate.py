"""`kakehashi validate`: does a file of ELM data keep the rules?"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.markup import escape

from config.messages import CodedError, Issue
from config.settings import settings
from crosswalks.elm.check import CheckReport, check_file
from harvester.terminal.console import NOT_GOOD, Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table


@click.command(short_help="Check whether a file of ELM data keeps the rules.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--shapes", type=click.Path(path_type=Path), help="Folder with the official shapes and schema.")
@common_options
def validate(console: Console, file: Path, shapes: Path | None) -> None:
    """Check ELM data (RDF in any syntax, or LOQ XML) and say what is wrong, by reason, with examples and a fix.

    The rules are those of the profile table, which equal the official shapes; with --shapes the official files
    judge as well. With --json: `file` and `reports`. Exit status 0 when the file conforms, 3 when it does not.

    \b
    Example:
      kakehashi validate kakehashi-elm.ttl
      kakehashi validate loq.xml --shapes elm --json
    """  # noqa: D301
    folder = shapes or settings().shapes
    try:
        with console.screen.status(f"{console.word('checking')} {file}"):
            reports = [check_file(file, file.name), *([_official(file, folder)] if folder else [])]
    except OSError as error:
        raise CodedError.of("file_unreadable", file=str(file), detail=error.strerror or str(error)) from None
    if console.as_json:
        console.emit({"file": str(file), "reports": [report.as_json() for report in reports]})
    else:
        for report in reports:
            show_check(console, report, folder)
        if folder is None:
            console.screen.print(f"[dim]{console.word('shapes_where')}[/dim]")
    if not all(report.passed for report in reports):
        sys.exit(NOT_GOOD)


def _official(file: Path, folder: Path) -> CheckReport:
    from crosswalks.elm.check.official import check_with_official  # noqa: PLC0415  pyshacl takes a second to load

    return check_with_official(file, file.name, folder)


def show_check(console: Console, report: CheckReport, folder: Path | None = None) -> None:
    """Print one report: the verdict, what was looked at, and the reasons."""
    screen, word = console.screen, console.word
    colour, verdict = ("green", "conforms") if report.passed else ("red", "does_not_conform")
    judge = word("checked_by_shapes", folder=folder) if report.engine == "official files" else word("checked_by_table")
    looked = " · ".join(f"{name} {number}" for name, number in report.focus_nodes.items() if number)
    screen.print(
        f"[bold {colour}]{word(verdict)}[/bold {colour}] {escape(report.name)} · {report.syntax or '?'} · {judge}"
    )
    screen.print(f"{word('statements')}: {report.statements} · {word('focus_nodes')}: {looked or 0}")
    if not report.reasons:
        return
    table = plain_table(console, ("count", "severity", "reason", "example", "fix"))
    for reason in report.reasons:
        issue = reason.issue
        examples = "\n".join(f"{one.node} {one.value or ''} {one.place or ''}".strip() for one in reason.examples)
        fix = Issue(reason.known).text(console.language) if reason.known else issue.fix(console.language)
        table.add_row(
            str(reason.count),
            word("known") if reason.known else console.severity(issue.severity.value),
            Prose.of(f"[bold]{issue.code}[/bold] {escape(issue.text(console.language))}"),
            Prose.of(escape(examples)),
            Prose.of(escape(fix)),
        )
    screen.print(table)
