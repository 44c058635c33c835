"""`kakehashi export`: records as ELM or as descriptors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from config.messages import CodedError, Issue
from config.settings import settings
from crosswalks.elm.serialise import WRITERS
from harvester.console import NOT_GOOD, Console, common_options
from harvester.exporting import ExportReport, export_elm, export_jmicro
from harvester.workplace import Workplace

_MOST_LOSSES = 15


@click.group()
def export() -> None:
    """Write the records out. What a registry's rights policy holds back never leaves.

    \b
    Example:
      kakehashi export elm --format turtle -o out/elm.ttl
    """  # noqa: D301


@export.command()
@click.option("--format", "syntax", default="turtle", metavar="FORMAT", help=f"One of {', '.join(WRITERS)}.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
@click.option("--registry", "registries", multiple=True, metavar="NAME", help="Only records of this registry.")
@common_options
def elm(console: Console, syntax: str, output: Path, registries: tuple[str, ...]) -> None:
    """Write European Learning Model data: LearningOpportunity with its specification.

    Exit status 0, or 3 when no record could be written.

    \b
    Example:
      kakehashi export elm --format jsonld -o kakehashi-elm.jsonld
    """  # noqa: D301
    if syntax not in WRITERS:
        raise CodedError.of("syntax_unknown", syntax=syntax, known=", ".join(WRITERS))
    place = Workplace.of(settings())
    with console.screen.status(f"{console.word('exporting')} {output}"):
        report = export_elm(place.database, output, syntax, settings().elm_namespace, registries)
    _tell(console, report)


@export.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
@click.option("--registry", "registries", multiple=True, metavar="NAME", help="Only records of this registry.")
@common_options
def jmicro(console: Console, output: Path, registries: tuple[str, ...]) -> None:
    """Write descriptors, one JSON object per line.

    \b
    Example:
      kakehashi export jmicro -o kakehashi.jsonl
    """  # noqa: D301
    place = Workplace.of(settings())
    _tell(console, export_jmicro(place.database, output, registries))


def _tell(console: Console, report: ExportReport) -> None:
    if console.as_json and report.written:
        console.emit(report.as_json())
    elif not console.as_json:
        show_export(console, report)
    if not report.written:
        console.fail(CodedError.of("nothing_exported"))
        sys.exit(NOT_GOOD)


def show_export(console: Console, report: ExportReport) -> None:
    """Print what one export did."""
    screen, word = console.screen, console.word
    screen.print(f"[bold]{word('export')}[/bold] {report.syntax} → {escape(report.file)} · {report.size:,} B")
    per_registry = " · ".join(f"{name} {number}" for name, number in sorted(report.by_registry.items()))
    screen.print(f"{word('written')}: {report.written} ({per_registry})")
    for code, group in report.withheld.items():
        screen.print(f"{word('withheld')}: {group['count']} · {escape(Issue(code).text(console.language))}"
                     f" [dim]{', '.join(group['samples'])}[/dim]")  # fmt: skip
    show_losses(console, report.losses())


def show_losses(console: Console, losses: list[dict[str, Any]]) -> None:
    """Print what the target format could not hold."""
    if not losses:
        return
    word = console.word
    table = Table(
        title=word("lost_on_the_way"),
        title_justify="left",
        header_style="dim",
        show_edge=False,
        pad_edge=False,
    )
    for name in ("count", "field", "outcome", "reason"):
        table.add_column(word(name), justify="right" if name == "count" else "left", overflow="fold")
    for row in losses[:_MOST_LOSSES]:
        reason = Issue(row["reason"]).text(console.language)
        table.add_row(str(row["count"]), row["field"], word(row["outcome"]), escape(reason))
    console.screen.print(table)
