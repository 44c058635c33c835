"""`kakehashi lookalikes`: records that may be the same credential, and what people hold of them."""

from __future__ import annotations

import click
from rich.markup import escape

from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.workplace import Workplace
from portal.commands.similar import card_line, signs_line, twin_told
from portal.partners.log import PublicationLog
from portal.public.alike import Likes, judged_pair
from portal.public.finding import Finder
from store.likeness_judgements import keep_likeness
from store.likeness_tables import VERDICTS
from store.records import find_record


@click.group(short_help="List records that may be the same, and judge them.")
def lookalikes() -> None:
    """List pairs of records that have a whole title, an identifier or a page in common, and judge them.

    A judgement is added with who and why and never changed; the last one of a pair stands. A pair that is not the same
    is not offered again.

    \b
    Example:
      kakehashi lookalikes list
    """  # noqa: D301


@lookalikes.command("list", short_help="List pairs that may be the same.")
@click.option("--judged", is_flag=True, help="Show the pairs that were judged instead, with who and why.")
@common_options
def list_pairs(console: Console, judged: bool) -> None:  # noqa: FBT001  click passes it by name
    """List the pairs that nobody has judged yet. With --json: `pairs`, each with `first`, `second` and `signs`.

    \b
    Example:
      kakehashi lookalikes list --judged
    """  # noqa: D301
    place = Workplace.of(settings())
    finder = Finder(PublicationLog(place.database, place.settings.base), place.database, place.settings)
    pairs = [pair for pair in Likes(finder, place.database).pairs() if (pair[0].judged is not None) is judged]
    if console.as_json:
        told = [{"first": twin_told(one), "second": twin_told(other), "signs": list(one.signs)} for one, other in pairs]
        console.emit({"pairs": told})
        return
    for one, other in pairs:
        console.screen.print(card_line(console, one.card))
        console.screen.print(card_line(console, other.card))
        console.screen.print(Prose.of(f"   {signs_line(console, one)}\n"))
    if not pairs:
        console.screen.print(console.word("page_twins_none"))


@lookalikes.command(short_help="Say whether two records are the same, and why.")
@click.argument("first", metavar="ID")
@click.argument("second", metavar="ID")
@click.option(
    "--verdict", type=click.Choice(VERDICTS), required=True, help="What you hold of the two; open takes it back."
)
@click.option("--why", required=True, metavar="REASON", help="Why; it stays with the judgement.")
@common_options
def judge(console: Console, first: str, second: str, verdict: str, why: str) -> None:
    """Judge two records. It changes neither of them.

    With --json: `first`, `second`, `verdict`, `actor`, `at` and `reason`.

    \b
    Example:
      kakehashi lookalikes judge jmicro-46z2 mqa-24gy --verdict not_same --why "another course" --as "A. Reviewer"
    """  # noqa: D301
    place = Workplace.of(settings())
    log = PublicationLog(place.database, place.settings.base)
    one, other = judged_pair(log, *(find_record(place.database, name)["id"] for name in (first, second)))
    kept = keep_likeness(place.database, one.record_id, other.record_id, verdict, actor=console.actor, reason=why)
    if console.as_json:
        console.emit({**kept._asdict(), "at": kept.at.isoformat()})
        return
    console.screen.print(f"[bold]{console.word('likeness_kept')}[/bold] {kept.first} · {kept.second}")
    console.screen.print(
        Prose.of(f"{console.word(f'likeness_{verdict}')} · {escape(kept.actor)}: {escape(kept.reason)}")
    )
