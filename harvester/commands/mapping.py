"""`kakehashi mapping`: the rows of the mapping tables, and what people hold of them."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape

from config.settings import settings
from crosswalks.judgements import Verdict
from crosswalks.mapping import NO_TERM
from harvester.judging import judge as keep
from harvester.judging import judged_rows
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace

_WORDS = {None: "not_judged", "rejected": "mapping_rejected"}


@click.group(short_help="Show the mapping tables and judge their rows.")
def mapping() -> None:
    """Show the rows of the mapping tables with what people hold of them, and judge them.

    A judgement is added with who and why and never changed; the last one of a row stands. It changes no table: that is
    a change of the project, made for the reason given.

    \b
    Example:
      kakehashi mapping list mqa
    """  # noqa: D301


@mapping.command("list", short_help="List the rows of a schema's tables with their judgements.")
@click.argument("schema")
@click.option("--judged", is_flag=True, help="Only rows that somebody judged, with everything said about them.")
@common_options
def list_rows(console: Console, schema: str, judged: bool) -> None:  # noqa: FBT001  click passes it by name
    """List the rows of a schema's mapping tables with the judgement that stands for each.

    With --json: `rows`, each with `table`, `subject`, `negative`, `predicate`, `object`, `comment`, `verdict` and
    `judgements`; a judgement as it may stand in the schema's judgements.jsonl.

    \b
    Example:
      kakehashi mapping list mqa --judged
    """  # noqa: D301
    rows = judged_rows(Workplace.of(settings()).database, schema)
    rows = [row for row in rows if row["judgements"] or not judged]
    console.emit({"rows": rows}) if console.as_json else _show(console, rows, whole=judged)


@mapping.command(short_help="Say what you hold of a mapping, and why.")
@click.argument("subject")
@click.argument("object", metavar="OBJECT")
@click.option(
    "--verdict", type=click.Choice([one.value for one in Verdict]), required=True, help="What you hold of it."
)
@click.option("--why", required=True, metavar="REASON", help="Why; it stays with the judgement.")
@click.option("--table", metavar="TABLE", help="The table, for instance mqa/outgoing, where several have the row.")
@click.option("--predicate", metavar="PREDICATE", help="The predicate, for instance skos:closeMatch.")
@common_options
def judge(
    console: Console,
    subject: str,
    object: str,  # noqa: A002  the word of mapping tables
    verdict: str,
    why: str,
    table: str | None,
    predicate: str | None,
) -> None:
    """Judge the row between SUBJECT and OBJECT, as the tables name them.

    A mapping that no table has can be proposed, with --predicate. OBJECT is sssom:NoTermFound for a row that says there
    is no counterpart. With --json: `table`, `subject`, `predicate`, `object`, `verdict`, `actor`, `at` and `why`.

    \b
    Example:
      kakehashi mapping judge mqa:title jmicro:title --verdict confirmed --why "asked the agency" --as "A. Reviewer"
    """  # noqa: D301
    kept = keep(
        Workplace.of(settings()).database, subject, object, Verdict(verdict), actor=console.actor, why=why, table=table,
        predicate=predicate,
    )  # fmt: skip
    if console.as_json:
        console.emit(kept.as_json())
        return
    told = f"{escape(kept.subject)} {kept.predicate} {escape(kept.object)} · {kept.table}"
    console.screen.print(f"[bold]{console.word('judgement_kept')}[/bold] {told}")
    console.screen.print(f"{_word(console, kept.verdict.value)} · {escape(kept.actor)}: {escape(kept.why)}")


def _show(console: Console, rows: list[dict[str, Any]], *, whole: bool) -> None:
    columns = ("table", "subject", "relation", "object", "judgement")
    table = plain_table(console, (*columns, "judged_by", "why") if whole else columns)
    for row in rows:
        predicate = row["predicate"].removeprefix("skos:")
        target = console.word("no_counterpart") if row["object"] == NO_TERM else escape(row["object"])
        lead = (row["table"], row["subject"], f"Not {predicate}" if row["negative"] else predicate, target)
        if not whole:
            table.add_row(*lead, _word(console, row["verdict"]))
        for one in row["judgements"] if whole else ():
            word = _word(console, one["verdict"])
            table.add_row(*lead, word, Prose.of(escape(one["actor"])), Prose.of(escape(one["why"])))
    console.screen.print(table)


def _word(console: Console, verdict: str | None) -> str:
    return console.word(_WORDS.get(verdict, verdict or ""))
