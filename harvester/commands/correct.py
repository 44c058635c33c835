"""`kakehashi correct`: a reviewed value laid over a harvested one."""

from __future__ import annotations

import click
import orjson
from rich.markup import escape

from config.messages import CodedError
from config.settings import settings
from harvester.correcting import correct as lay_over
from harvester.correcting import value_of
from harvester.correcting import withdraw as take_off
from harvester.terminal.console import Console, common_options
from harvester.workplace import Workplace


@click.command(short_help="Lay a reviewed value over a harvested one.")
@click.argument("record", metavar="ID")
@click.argument("field")
@click.argument("value", required=False)
@click.option("--why", required=True, metavar="REASON", help="Why the value is right; it stays with the value.")
@click.option("--withdraw", is_flag=True, help="Take the reviewed value of the field off again.")
@common_options
def correct(
    console: Console,
    record: str,
    field: str,
    value: str | None,
    why: str,
    withdraw: bool,  # noqa: FBT001  click passes it by name
) -> None:
    """Lay a reviewed VALUE over a FIELD of a record, and publish it with who assigned it and why.

    FIELD is a path in the descriptor (`kakehashi show ID` lists them), for instance `title.en` or `volume.total_hours`;
    `field.+` lays a value beside those of a list. VALUE is JSON, or plain text. A field of study can be given as
    `ISCED-F:0613`. The harvested value is kept, the reviewed one survives later harvests, and when the source states
    something else there, every run says so. Exit status 0 when it was published.

    \b
    Example:
      kakehashi correct mqa-24gy field.+ ISCED-F:0613 --why "syllabus, page 2" --as "A. Reviewer"
      kakehashi correct mqa-24gy field.+ --withdraw --why "entered by mistake"
    """  # noqa: D301
    if (value is None) is not withdraw:
        raise CodedError.of("correction_incomplete")
    place = Workplace.of(settings())
    if withdraw:
        done = take_off(place, console.actor, record, field, why)
    else:
        done = lay_over(place, console.actor, record, field, value_of(field, value or ""), why)
    if console.as_json:
        console.emit(done)
        return
    was, now = (orjson.dumps(done[name]).decode() if done[name] is not None else "–" for name in ("was", "is"))
    told = f"{done['record']} · {console.word('version')} {done['version']}"
    console.screen.print(f"[bold]{console.word('corrected')}[/bold] {told}")
    console.screen.print(f"{escape(field)}: {escape(was)} → {escape(now)}")
