"""`kakehashi convert`: a file from one schema to another, through the descriptor."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import orjson
from rich.markup import escape

from config.messages import CodedError, Issue
from config.settings import settings
from crosswalks.contract import crosswalk_for
from harvester.converting import Account, Converted, carried, guess, write_records
from harvester.exporting import STANDARD_OUTPUT, Abandoned, whole_file
from harvester.pieces import Pieces
from harvester.terminal.console import NOT_GOOD, Console, common_options, screen
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table, show_more

_MOST_ISSUES = 20
_MOST_LOSSES = 25


@click.command(short_help="Convert a file from one schema to another.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "source", metavar="SCHEMA", help="Schema of the file; by default told by what the file is.")
@click.option("--to", "target", required=True, metavar="SCHEMA", help="Schema to write, for instance jmicro, elm.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=STANDARD_OUTPUT,
    help="File to write; by default, or as -, standard output.",
)
@click.option("--format", "syntax", metavar="FORMAT", help="Serialisation; by default told by the name of the output.")
@click.option("--marked", type=click.Path(path_type=Path), help="Copy of a filled workbook, with the errors marked.")
@click.option("--ledger", type=click.Path(path_type=Path), help="File for the ledger of every record, as JSON.")
@common_options
def convert(
    console: Console,
    file: Path,
    source: str | None,
    target: str,
    output: Path,
    syntax: str | None,
    marked: Path | None,
    ledger: Path | None,
) -> None:
    """Convert a file, or as - standard input, from one schema to another and say what became of every field.

    The converted records go to the output, the account to standard error; with --json it goes to standard output
    when the records do not. Files of one record a line (.jsonl) may be of any size. Exit status 0, or 3 when no record
    could be written.

    With --json: `from`, `to`, `records`, `written`, `losses` and `issues`.

    \b
    Example:
      kakehashi convert loq.xml --from elm --to jmicro -o loq.jsonl --ledger loq-ledger.json
      kakehashi convert listing.jsonl --to elm -o listing.ttl
      kakehashi convert filled.xlsx --to jmicro -o filled.jsonl --marked filled-marked.xlsx
    """  # noqa: D301
    form = _form(target, syntax, output)
    pieces = Pieces(file)
    try:
        account = Account(source or guess(pieces.first, pieces.name), target)
        if marked:
            _mark(pieces, account.source, marked)
        with _ledger(ledger, account, pieces.name) as told, whole_file(output) as out:
            options = {"elm_namespace": settings().elm_namespace, "public_base": settings().base}
            write_records(account, told(carried(pieces, account)), form, out, **options)
            if not account.written:
                raise Abandoned
    finally:
        pieces.close()
    if console.as_json:
        console.emit(_account(account), stderr=output == STANDARD_OUTPUT)
    else:
        _tell(console, account)
    if not account.written:
        sys.exit(NOT_GOOD)


def _mark(pieces: Pieces, schema: str, target: Path) -> None:
    """Write a copy of the file with everything found marked in it. Raises `CodedError` with `schema_not_marked`."""
    mark = crosswalk_for(schema).marked
    if mark is None:
        raise CodedError.of("schema_not_marked", schema=schema)
    copy = mark(pieces.first, pieces.name)
    with whole_file(target) as out:
        out.write(copy)


@contextmanager
def _ledger(
    file: Path | None, account: Account, name: str
) -> Iterator[Callable[[Iterable[Converted]], Iterable[Converted]]]:
    """Give a function that passes records on and writes the ledger of each to a file, if there is one."""
    if file is None:
        yield lambda records: records
        return
    with whole_file(file) as out:
        head = orjson.dumps({"from": account.source, "to": account.target, "file": name})
        out.write(head[:-1] + b',\n"records":[')

        def noted(records: Iterable[Converted]) -> Iterator[Converted]:
            for number, one in enumerate(records):
                out.write((b",\n" if number else b"\n") + orjson.dumps(one.as_json()))
                yield one

        yield noted
        issues = orjson.dumps([issue.as_json() for issue in account.issues])
        out.write(b'\n],\n"issues":' + issues + b"}\n")


def _form(target: str, syntax: str | None, output: Path) -> str:
    formats = crosswalk_for(target).formats
    if syntax:
        if syntax not in formats:
            raise CodedError.of("syntax_unknown", syntax=syntax, known=", ".join(formats))
        return syntax
    ending = output.suffix.lstrip(".").lower()
    by_ending = next((name for name, suffix in formats.items() if suffix == ending), None)
    return by_ending or next(iter(formats), "")


def _in_general(reason: str, name: str) -> Issue:
    """Return a reason as it holds for many values of a field at once."""
    return Issue(reason, {"field": name, "value": "…", "list": "…"})


def _account(account: Account) -> dict[str, object]:
    return {
        "from": account.source,
        "to": account.target,
        "records": account.read,
        "written": account.written,
        "losses": [dict(zip(("way", "field", "reason", "count"), row, strict=True)) for row in account.losses()],
        "issues": [issue.as_json() for issue in account.issues],
    }


def _tell(console: Console, account: Account) -> None:
    told, word = screen(stderr=True), console.word
    told.print(f"{account.source} → {account.target} · {word('records')}: {account.read} · "
               f"{word('written')}: {account.written}")  # fmt: skip
    if lost := account.losses():
        told.print(f"\n[bold]{word('statements_lost')}[/bold]")
        table = plain_table(console, ("count", "way", "field", "reason"))
        for way, name, reason, number in lost[:_MOST_LOSSES]:
            text = escape(_in_general(reason, name).text(console.language))
            table.add_row(str(number), way, name, Prose.of(text))
        told.print(table)
        show_more(told, console, len(lost) - _MOST_LOSSES)
    if account.issues:
        told.print(f"\n[bold]{word('issues')}[/bold]")
    for issue in account.issues[:_MOST_ISSUES]:
        told.print(console.issue(issue))
    show_more(told, console, account.codes.total() - min(len(account.issues), _MOST_ISSUES))
