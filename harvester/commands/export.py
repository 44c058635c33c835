"""`kakehashi export`: records as ELM or as descriptors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from config.messages import CodedError, Issue
from config.settings import settings
from crosswalks.elm.serialise import SUFFIXES, WRITERS
from harvester.exporting import STANDARD_OUTPUT, ExportReport, export_elm_files, export_jmicro
from harvester.terminal.console import NOT_GOOD, Console, common_options, screen
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table, show_more
from harvester.terminal.views import check_registries
from harvester.workplace import Workplace
from store.audit import audit

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
@click.option(
    "--format", "syntax", metavar="FORMAT",
    help=f"One of {', '.join(WRITERS)}; without it, what the ending of the file tells, else turtle.",
)  # fmt: skip
@click.option(
    "-o", "--output", "outputs", type=click.Path(path_type=Path), required=True, multiple=True,
    help="File to write; - is standard output. Several times: several files from one pass over the records.",
)  # fmt: skip
@_REGISTRY
@common_options
def elm(console: Console, syntax: str | None, outputs: tuple[Path, ...], registries: tuple[str, ...]) -> None:
    """Write European Learning Model data: LearningOpportunity with its specification.

    With --json: `syntax`, `file`, `written`, `by_registry`, `withheld`, `losses` and `bytes`; for several files a list
    of these, named exports. Exit status 0, or 3 when no record could be written; a file that was there is then left
    as it was.

    \b
    Example:
      kakehashi export elm --format jsonld -o kakehashi-elm.jsonld
      kakehashi export elm -o kakehashi-elm.ttl -o kakehashi-elm.jsonld -o kakehashi-elm.rdf
    """  # noqa: D301
    if syntax is not None and syntax not in WRITERS:
        raise CodedError.of("syntax_unknown", syntax=syntax, known=", ".join(WRITERS))
    targets = [(syntax or _told_by_ending(output), output) for output in outputs]
    place = Workplace.of(settings())
    check_registries(place, registries)
    with console.screen.status(f"{console.word('exporting')} {escape(', '.join(map(str, outputs)))}"):
        reports = export_elm_files(place.database, targets, settings().elm_namespace, registries)
    _conclude(console, place, reports)


def _told_by_ending(output: Path) -> str:
    ending = output.suffix.lstrip(".").lower()
    return next((syntax for syntax, suffix in SUFFIXES.items() if suffix == ending), "turtle")


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
    _conclude(console, place, [export_jmicro(place.database, output, registries)])


def _conclude(console: Console, place: Workplace, reports: list[ExportReport]) -> None:
    """Tell what was written (on standard error when the records went to standard output), and keep who did it."""
    told = reports[0].as_json() if len(reports) == 1 else {"exports": [report.as_json() for report in reports]}
    if not reports[0].written:
        if not console.as_json:
            show_export(console, reports[0])
        console.fail(CodedError.of("nothing_exported"), told)
        sys.exit(NOT_GOOD)
    for report in reports:
        details = {"syntax": report.syntax, "written": report.written}
        audit(place.database, console.actor, "export", report.file, details)
    if console.as_json:
        console.emit(told, stderr=any(report.file == str(STANDARD_OUTPUT) for report in reports))
        return
    for report in reports:
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
