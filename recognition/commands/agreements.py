"""`kakehashi agreements`: agreements between registries, as somebody recorded them."""

from __future__ import annotations

from datetime import datetime

import click
from pydantic import ValidationError
from rich.markup import escape

from config.messages import CodedError
from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from recognition.agreeing import Recorded, agreements_on, finish_agreement, record_agreement
from recognition.agreeing import agreements as every_agreement
from recognition.commands.showing import remark_line
from recognition.decisions.agreements import Agreement, LevelLimit, Party, Scope

_DAY = click.DateTime(["%Y-%m-%d"])
_WHY = click.option("--why", required=True, metavar="REASON", help="Why; it stays with the agreement.")


@click.group(invoke_without_command=True, short_help="Show agreements between registries, and record them.")
@click.option("--record", metavar="ID", help="What each says of this record.")
@click.option("--on", "day", type=_DAY, metavar="DATE", help="On which day; by default today.")
@common_options
def agreements(console: Console, *, record: str | None, day: datetime | None) -> None:
    """Show agreements between registries. With --record, what each says of a record: as information, not a decision.

    With --json: `agreements`, each with `number`, `agreement`, `by`, `at`, `reason`, `ended_by`, `ended_at` and
    `ended_because`; with --record: `coverage`, each with `number`, `agreement`, `covering`, `because` and `statement`.

    \b
    Example:
      kakehashi agreements
      kakehashi agreements --record jmicro-46z2 --on 2026-04-01
    """  # noqa: D301
    if click.get_current_context().invoked_subcommand is not None:
        return
    if record is not None:
        _covering(console, record, day)
        return
    found = every_agreement(_place())
    console.emit({"agreements": _json(found)}) if console.as_json else _show(console, found)


@agreements.command(short_help="Record an agreement.")
@click.argument("title")
@click.option("--party", "parties", metavar="NAME[=REGISTRY]", multiple=True, required=True,
              help="A party, with the registry it answers for; given two times or more.")  # fmt: skip
@click.option("--document", required=True, metavar="TEXT", help="The document it is recorded from.")
@click.option("--address", metavar="URL", help="Where the document is.")
@click.option("--from", "begins", type=_DAY, required=True, metavar="DATE", help="First day.")
@click.option("--until", "ends", type=_DAY, metavar="DATE", help="Last day; without it no end is stated.")
@click.option("--field", "fields", metavar="CODE", multiple=True, help="Beginning of an ISCED-F code it covers.")
@click.option("--level", "levels", metavar="SCHEME:LEVEL", multiple=True, help="A level it covers.")
@click.option("--kind", "kinds", metavar="CLASS", multiple=True, help="A class of micro-credential it covers.")
@_WHY
@common_options
def add(
    console: Console,
    *,
    title: str,
    parties: tuple[str, ...],
    document: str,
    address: str | None,
    begins: datetime,
    ends: datetime | None,
    fields: tuple[str, ...],
    levels: tuple[str, ...],
    kinds: tuple[str, ...],
    why: str,
) -> None:
    """Record an agreement with its parties, its scope and its dates. Without limits it covers everything.

    With --json: `number`, `agreement`, `by`, `at`, `reason`, `ended_by`, `ended_at` and `ended_because`.

    \b
    Example:
      kakehashi agreements add "Pilot" --party A=jmicro --party B --document "Art. 2" --from 2026-04-01 --why "signed"
    """  # noqa: D301
    try:
        made = Agreement(
            title=title, parties=tuple(map(_party, parties)), document=document, address=address,
            valid_from=begins.date(), valid_until=ends.date() if ends else None,
            scope=Scope(fields=fields, levels=tuple(map(_level, levels)), kinds=kinds),
        )  # fmt: skip
    except ValidationError as error:
        raise CodedError.of("agreement_incomplete", what=str(error.errors()[0]["loc"][0])) from None
    _one(console, record_agreement(_place(), console.actor, made, why=why))


@agreements.command(short_help="End an agreement.")
@click.argument("number", metavar="AGREEMENT", type=int)
@_WHY
@common_options
def end(console: Console, *, number: int, why: str) -> None:
    """End an agreement before its last day; what was recorded stays, with who ended it and why.

    With --json: as `kakehashi agreements add --json`.

    \b
    Example:
      kakehashi agreements end 1 --why "given notice of" --as "A. Member"
    """  # noqa: D301
    _one(console, finish_agreement(_place(), console.actor, number, why=why))


def _place() -> Workplace:
    return Workplace.of(settings())


def _party(text: str) -> Party:
    name, _, registry = text.partition("=")
    return Party(name=name.strip(), registry=registry.strip() or None)


def _level(text: str) -> LevelLimit:
    scheme, _, value = text.partition(":")
    return LevelLimit(scheme=scheme.strip(), value=value.strip())


def _json(found: list[Recorded]) -> list[dict[str, object]]:
    return [one.model_dump(mode="json") for one in found]


def _one(console: Console, made: Recorded) -> None:
    console.emit(made.model_dump(mode="json")) if console.as_json else _show(console, [made])


def _show(console: Console, found: list[Recorded]) -> None:
    if not found:
        console.screen.print(console.word("agreements_none"))
        return
    columns = ("agreement", "agreement_parties", "agreement_dates", "agreement_scope", "agreement_document")
    table = plain_table(console, columns)
    for one in found:
        parties = "\n".join(party.name for party in one.agreement.parties)
        table.add_row(
            Prose.of(escape(f"{one.number} {one.agreement.title}")),
            Prose.of(escape(parties)),
            _dates(console, one),
            Prose.of(escape(_scope(console, one.agreement.scope))),
            Prose.of(escape(one.agreement.document)),
        )
    console.screen.print(table)


def _dates(console: Console, one: Recorded) -> str:
    last = one.agreement.valid_until or console.word("decision_no_end")
    over = f"\n{console.word('agreement_is_over')} {one.ended_at:%Y-%m-%d}" if one.ended_at else ""
    return f"{one.agreement.valid_from} – {last}{over}"


def _scope(console: Console, scope: Scope) -> str:
    limits = [*scope.fields, *(f"{one.scheme} {one.value}" for one in scope.levels), *scope.kinds]
    return ", ".join(limits) or console.word("agreement_no_limit")


def _covering(console: Console, record: str, day: datetime | None) -> None:
    found = agreements_on(_place(), record, day.date() if day else None)
    if console.as_json:
        console.emit({"coverage": [one.model_dump(mode="json") for one in found]})
        return
    if not found:
        console.screen.print(console.word("agreements_none"))
    for one in found:
        title = Prose.of(f"[bold]{one.number} {escape(one.agreement.title)}[/bold] · {escape(one.agreement.document)}")
        console.screen.print(title)
        because = escape(one.because.text[console.language])
        console.screen.print(Prose.of(f"{console.word('agreement_says')}: {because}"))
        console.screen.print(remark_line(console, one.statement))
