"""`kakehashi similar`: what is like a record, with reasons."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape

from config.messages import CodedError
from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.workplace import Workplace
from portal.partners.log import PublicationLog
from portal.public.alike import Like, Likes, Twin
from portal.public.finding import Finder
from portal.public.names import said
from store.records import find_record


@click.command(short_help="Find the records that are like one, with reasons.")
@click.argument("record", metavar="ID")
@click.option("--registry", metavar="NAME", help="Look only in this registry.")
@click.option("--count", type=click.IntRange(1, 100), default=10, show_default=True, help="How many to show.")
@common_options
def similar(console: Console, record: str, registry: str | None, count: int) -> None:
    """Find what is like a record: by words of title and outcomes, terms of the glossary, skills, field, level, hours.

    First come those that share most, rare things before common ones. There is no score, and it is no order of merit.
    ID is a record's id, its identifier, or the beginning of an id. With --json: `record`, `similar` (each with
    `record`, `registry`, `title`, `reasons` and `judged`) and `may_be_the_same`.

    \b
    Example:
      kakehashi similar jmicro-46z2
      kakehashi similar mqa-24gy --registry jmicro
    """  # noqa: D301
    place = Workplace.of(settings())
    found = find_record(place.database, record)
    log = PublicationLog(place.database, place.settings.base)
    row = log.record(found["id"])
    if row is None or row.deleted:
        raise CodedError.of("record_unknown", name=record)
    likes = Likes(Finder(log, place.database, place.settings), place.database)
    near, twins = likes.of(row, count, registry), likes.twins(row)
    if console.as_json:
        told = {"record": row.record_id, "similar": [_like(one) for one in near]}
        console.emit(told | {"may_be_the_same": [twin_told(one) for one in twins]})
        return
    for one in near:
        console.screen.print(card_line(console, one.card))
        for reason in one.reasons:
            shared = escape(", ".join(reason.shared[:8]))
            console.screen.print(Prose.of(f"   [dim]{console.word(f'reason_{reason.kind}')}[/dim]  {shared}"))
    if not near:
        console.screen.print(console.word("page_alike_none"))
    if twins:
        console.screen.print(f"\n[bold]{console.word('page_twins_maybe')}[/bold]")
    for twin in twins:
        console.screen.print(card_line(console, twin.card))
        console.screen.print(Prose.of(f"   {signs_line(console, twin)}"))


def card_line(console: Console, card: dict[str, Any]) -> Prose:
    """Return how a record is listed, on one line."""
    about = escape(f"{card['record']} · {card['registry']}")
    return Prose.of(f"[bold]{escape(said(card['title'], console.language).text)}[/bold]  [dim]{about}[/dim]")


def signs_line(console: Console, twin: Twin) -> str:
    """Return what a record may be the same by, and what was judged of it."""
    line = ", ".join(console.word(f"sign_{sign}") for sign in twin.signs)
    if twin.judged:
        said_by = escape(f"{twin.judged.actor}, {twin.judged.reason}")
        line += f" · {console.word(f'likeness_{twin.judged.verdict}')}: {said_by}"
    return line


def twin_told(twin: Twin) -> dict[str, Any]:
    """Return a record that may be the same, for machines."""
    judged = twin.judged and {**twin.judged._asdict(), "at": twin.judged.at.isoformat()}
    return {**_card(twin.card), "signs": list(twin.signs), "judged": judged}


def _card(card: dict[str, Any]) -> dict[str, Any]:
    return {name: card[name] for name in ("record", "registry", "title")}


def _like(like: Like) -> dict[str, Any]:
    reasons = [{"kind": one.kind, "shared": list(one.shared)} for one in like.reasons]
    return {**_card(like.card), "reasons": reasons, "judged": like.judged and like.judged.verdict}
