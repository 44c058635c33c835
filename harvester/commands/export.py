"""`kakehashi export`: records as ELM or as descriptors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from config.messages import CodedError, Issue
from config.settings import settings
from crosswalks.elm.serialise import WRITERS
from harvester.console import NOT_GOOD, Console, common_options, screen
from harvester.exporting import STANDARD_OUTPUT, ExportReport, export_elm, export_jmicro
from harvester.prose import Prose
from harvester.screens import plain_table, show_more
from harvester.views import check_registries
from harvester.workplace import Workplace
from store.runs import audit

_MOST_LOSSES = 15
_OUTPUT = click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="File to write; - is standard output."
)
_REGISTRY = click.option(
    "--registry", "registries", multiple=True, metavar="NAME", help="Only records of this registry."
)


@click.group(short_help="Write the records out, as ELM or as descriptors.")
def export() -> None:
    """Write the records out. What a registry's rights policy holds back never leaves.

    \b
    Example:
      kakehashi export elm --format turtle -o out/elm.ttl
    """  # noqa: D301


@export.command(short_help="Write European Learning Model data.")
@click.option("--format", "syntax", default="turtle", metavar="FORMAT", help=f"One of {', '.join(WRITERS)}.")
@_OUTPUT
@_REGISTRY
@common_options
def elm(console: Console, syntax: str, output: Path, registries: tuple[str, ...]) -> None:
    """Write European Learning Model data: LearningOpportunity with its specification.

    With --json: `syntax`, `file`, `written`, `by_registry`, `withheld`, `losses` and `bytes`. Exit status 0, or 3 when
    no record could be written; a file that was there is then left as it was.

    \b
    Example:
      kakehashi export elm --format jsonld -o kakehashi-elm.jsonld
    """  # noqa: D301
    if syntax not in WRITERS:
        raise CodedError.of("syntax_unknown", syntax=syntax, known=", ".join(WRITERS))
    place = Workplace.of(settings())
    check_registries(place, registries)
    with console.screen.status(f"{console.word('exporting')} {escape(str(output))}"):
        report = export_elm(place.database, output, syntax, settings().elm_namespace, registries)
    _conclude(console, place, report)


@export.command(short_help="Write descriptors, one JSON object per line.")
@_OUTPUT
@_REGISTRY
@common_options
def jmicro(console: Console, output: Path, registries: tuple[str, ...]) -> None:
    """Write descriptors, one JSON object per line.

    With --json: `syntax`, `file`, `written`, `by_registry`, `withheld`, `losses` and `bytes`. Exit status 0, or 3 when
    there is no record; a file that was there is then left as it was.

    \b
    Example:
      kakehashi export jmicro -o kakehashi.jsonl
    """  # noqa: D301
    place = Workplace.of(settings())
    check_registries(place, registries)
    _conclude(console, place, export_jmicro(place.database, output, registries))


def _conclude(console: Console, place: Workplace, report: ExportReport) -> None:
    """Tell what was written (on standard error when the records went to standard output), and keep who did it."""
    if not report.written:
        if not console.as_json:
            show_export(console, report)
        console.fail(CodedError.of("nothing_exported"), report.as_json())
        sys.exit(NOT_GOOD)
    details = {"syntax": report.syntax, "written": report.written}
    audit(place.database, console.actor, "export", report.file, details)
    if console.as_json:
        console.emit(report.as_json(), stderr=report.file == str(STANDARD_OUTPUT))
    else:
        show_export(console, report)


def show_export(console: Console, report: ExportReport) -> None:
    """Print what one export did."""
    told, word = screen(stderr=report.file == str(STANDARD_OUTPUT)), console.word
    size = f" · {report.size:,} B" if report.written else ""
    told.print(f"[bold]{word('export')}[/bold] {report.syntax} → {escape(report.file)}{size}")
    per_registry = " · ".join(f"{name} {number}" for name, number in sorted(report.by_registry.items()))
    told.print(f"{word('written')}: {report.written}" + (f" ({per_registry})" if per_registry else ""))
    for code, group in sorted(report.withheld.items(), key=lambda row: (-row[1]["count"], row[0])):
        text = escape(Issue(code).text(console.language))
        examples = f"[dim]{word('example')}: {', '.join(group['samples'])}[/dim]"
        told.print(Prose.of(f"{word('withheld')}: {group['count']} · {text} {examples}"))
    show_losses(console, report.losses(), stderr=report.file == str(STANDARD_OUTPUT))


def show_losses(console: Console, losses: list[dict[str, Any]], *, stderr: bool = False) -> None:
    """Print what the target format could not hold, the commonest first."""
    if not losses:
        return
    told = screen(stderr=stderr)
    told.print(f"\n[bold]{console.word('lost_on_the_way')}[/bold]")
    table = plain_table(console, ("count", "field", "outcome", "reason"))
    for row in losses[:_MOST_LOSSES]:
        reason = Issue(row["reason"]).text(console.language)
        table.add_row(str(row["count"]), row["field"], console.word(row["outcome"]), Prose.of(escape(reason)))
    told.print(table)
    show_more(told, console, len(losses) - _MOST_LOSSES)
