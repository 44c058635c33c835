"""`kakehashi convert`: a file from one schema to another, through the descriptor."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson
from rich.markup import escape

from config.messages import CodedError, Issue
from config.settings import settings
from crosswalks.contract import crosswalk_for
from crosswalks.ledger import general
from harvester.console import NOT_GOOD, Console, common_options, screen
from harvester.converting import Conversion, losses, write_records
from harvester.converting import convert as convert_file
from harvester.exporting import STANDARD_OUTPUT, Abandoned, whole_file
from harvester.prose import Prose
from harvester.screens import plain_table, show_more

_MOST_ISSUES = 20
_MOST_LOSSES = 25


@click.command(short_help="Convert a file from one schema to another.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from", "source", required=True, metavar="SCHEMA", help="Schema of the file, for instance mqa, elm, jmicro."
)
@click.option("--to", "target", required=True, metavar="SCHEMA", help="Schema to write, for instance jmicro, elm.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=STANDARD_OUTPUT,
    help="File to write; by default, or as -, standard output.",
)
@click.option("--format", "syntax", metavar="FORMAT", help="Serialisation; by default told by the name of the output.")
@click.option("--ledger", type=click.Path(path_type=Path), help="File for the ledger of every record, as JSON.")
@common_options
def convert(
    console: Console,
    file: Path,
    source: str,
    target: str,
    output: Path,
    syntax: str | None,
    ledger: Path | None,
) -> None:
    """Convert a file from one schema to another and say what became of every field.

    The converted records go to the output, the account to standard error; with --json it goes to standard output
    when the records do not. Exit status 0, or 3 when no record could be written.

    With --json: `from`, `to`, `records`, `written`, `losses` and `issues`.

    \b
    Example:
      kakehashi convert loq.xml --from elm --to jmicro -o loq.jsonl --ledger loq-ledger.json
      kakehashi convert listing.jsonl --from jmicro --to elm -o listing.ttl
    """  # noqa: D301
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CodedError.of("file_unreadable", file=str(file), detail=error.strerror or str(error)) from None
    form = _form(target, syntax, output)
    conversion = convert_file(data, file.name, source, target)
    if ledger:
        account = {
            "from": source,
            "to": target,
            "file": file.name,
            "records": [one.as_json() for one in conversion.records],
            "issues": [issue.as_json() for issue in conversion.issues],
        }
        with whole_file(ledger) as out:
            out.write(orjson.dumps(account, option=orjson.OPT_INDENT_2))
    _write(conversion, form, output)
    if console.as_json:
        console.emit(_account(conversion), stderr=output == STANDARD_OUTPUT)
    else:
        _tell(console, conversion)
    if not conversion.written:
        sys.exit(NOT_GOOD)


def _form(target: str, syntax: str | None, output: Path) -> str:
    formats = crosswalk_for(target).formats
    if syntax:
        if syntax not in formats:
            raise CodedError.of("syntax_unknown", syntax=syntax, known=", ".join(formats))
        return syntax
    ending = output.suffix.lstrip(".").lower()
    by_ending = next((name for name, suffix in formats.items() if suffix == ending), None)
    return by_ending or next(iter(formats), "")


def _write(conversion: Conversion, syntax: str, output: Path) -> None:
    options = {"elm_namespace": settings().elm_namespace}
    with whole_file(output) as out:
        write_records(conversion, syntax, out, options)
        if not conversion.written:
            raise Abandoned


def _in_general(reason: str, name: str) -> Issue:
    """Return a reason as it holds for many values of a field at once."""
    return Issue(reason, {"field": name, "value": "…", "list": "…"})


def _account(conversion: Conversion) -> dict[str, object]:
    return {
        "from": conversion.source,
        "to": conversion.target,
        "records": len(conversion.records),
        "written": conversion.written,
        "losses": [
            dict(zip(("way", "field", "reason", "count"), row, strict=True)) for row in losses(conversion.records)
        ],
        "issues": [issue.as_json() for issue in _issues(conversion)],
    }


def _issues(conversion: Conversion) -> list[Issue]:
    return [*conversion.issues, *(issue for one in conversion.records for issue in one.issues)]


def _tell(console: Console, conversion: Conversion) -> None:
    told, word = screen(stderr=True), console.word
    told.print(f"{word('records')}: {len(conversion.records)} · {word('written')}: {conversion.written}")
    lost: dict[tuple[str, str, str], int] = {}
    for way, name, reason, number in losses(conversion.records):
        key = (way, general(name), reason)
        lost[key] = lost.get(key, 0) + number
    if lost:
        told.print(f"\n[bold]{word('statements_lost')}[/bold]")
        table = plain_table(console, ("count", "way", "field", "reason"))
        for (way, name, reason), number in sorted(lost.items(), key=lambda row: (-row[1], row[0]))[:_MOST_LOSSES]:
            text = escape(_in_general(reason, name).text(console.language))
            table.add_row(str(number), way, name, Prose.of(text))
        told.print(table)
        show_more(told, console, len(lost) - _MOST_LOSSES)
    issues = _issues(conversion)
    if issues:
        told.print(f"\n[bold]{word('issues')}[/bold]")
    for issue in issues[:_MOST_ISSUES]:
        told.print(console.issue(issue))
    show_more(told, console, len(issues) - _MOST_ISSUES)
