"""`kakehashi template`: the empty workbook that institutions fill."""

from __future__ import annotations

from pathlib import Path

import click

from crosswalks.spreadsheet.dump import template as write_template
from harvester.exporting import STANDARD_OUTPUT, whole_file
from harvester.terminal.console import Console, common_options


@click.command(short_help="Write the empty workbook that institutions fill.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=STANDARD_OUTPUT,
    help="File to write; by default, or as -, standard output.",
)
@common_options
def template(console: Console, output: Path) -> None:
    """Write the workbook, in Japanese and English, in which an institution lists its micro-credentials.

    It holds a guide, drop-down lists and example rows that reading passes over. A filled one is read with
    `kakehashi convert`, or harvested from the folder of a registry.

    With --json: `written`, when it went to a file.

    \b
    Example:
      kakehashi template -o listings.xlsx
    """  # noqa: D301
    with whole_file(output) as out:
        write_template(out)
    if console.as_json and output != STANDARD_OUTPUT:
        console.emit({"written": str(output)})
