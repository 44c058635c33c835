"""`kakehashi mark`: what a named person holds of a row of a kept dossier."""

from __future__ import annotations

import click
from rich.markup import escape

from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from recognition.commands.dossier import show_dossier
from recognition.marking import KeptView, kept, unmark
from recognition.marking import mark as set_mark


@click.group(short_help="Set marks on the rows of a kept dossier.")
def mark() -> None:
    """Set marks on the rows of a dossier that was kept with `kakehashi dossier --keep`, and show it.

    Only people set marks, each with a reason. A mark is never changed: a later one takes its place, and both stay.

    \b
    Example:
      kakehashi mark show 6f1c0f5d2a9be1c7d3aa
    """  # noqa: D301


@mark.command(short_help="Show a kept dossier with its marks.")
@click.argument("key")
@common_options
def show(console: Console, *, key: str) -> None:
    """Show a kept dossier with the marks that stand, and every mark ever set.

    With --json: `dossier`, `kept_by`, `kept_at`, `history` and `newer`.

    \b
    Example:
      kakehashi mark show 6f1c0f5d2a9be1c7d3aa
    """  # noqa: D301
    _done(console, kept(Workplace.of(settings()), key))


@mark.command("set", short_help="Set a mark on a row.")
@click.argument("key")
@click.argument("view", type=click.Choice(["elements", "criteria"]))
@click.argument("row")
@click.argument("grade", type=click.Choice(["met", "differs", "no_information"]))
@click.option(
    "--material/--not-material", "material", default=None, help="Whether a difference matters for the purpose."
)
@click.option("--why", required=True, metavar="REASON", help="Why; it stays with the mark.")
@common_options
def set_one(
    console: Console, *, key: str, view: str, row: str, grade: str, material: bool | None, why: str
) -> None:  # fmt: skip
    """Set GRADE on ROW of one VIEW of the evidence. What no source states can never be graded as a difference.

    With --json: as `kakehashi mark show --json`.

    \b
    Example:
      kakehashi mark set 6f1c0f5d2a9be1c7d3aa elements level met --why "same framework" --as "A. Member"
    """  # noqa: D301
    _done(console, set_mark(Workplace.of(settings()), console.actor, key, view, row, grade, material=material, why=why))


@mark.command(short_help="Take a mark back.")
@click.argument("key")
@click.argument("view", type=click.Choice(["elements", "criteria"]))
@click.argument("row")
@click.option("--why", required=True, metavar="REASON", help="Why; it stays in the history.")
@common_options
def clear(console: Console, *, key: str, view: str, row: str, why: str) -> None:
    """Take back the mark that stands on ROW; the row is without a grade again, and the history says why.

    With --json: as `kakehashi mark show --json`.

    \b
    Example:
      kakehashi mark clear 6f1c0f5d2a9be1c7d3aa elements level --why "looked at another edition" --as "A. Member"
    """  # noqa: D301
    _done(console, unmark(Workplace.of(settings()), console.actor, key, view, row, why=why))


def _done(console: Console, view: KeptView) -> None:
    if console.as_json:
        console.emit(view.model_dump(mode="json"))
        return
    show_dossier(console, view.dossier)
    if view.newer is not None:
        console.screen.print(f"[yellow]{console.word('dossier_newer', version=view.newer)}[/yellow]")
    if view.history:
        table = plain_table(console, ("field", "grade", "when", "decision_who", "decision_reason"))
        for one in view.history:
            grade = console.word(f"grade_{one.grade}") if one.grade else console.word("no_grade")
            name = f"{console.word('five_elements' if one.view == 'elements' else 'seven_criteria')} · {one.row}"
            cells = (Prose.of(escape(one.by)), Prose.of(escape(one.reason)))
            table.add_row(Prose.of(name), grade, f"{one.at:%Y-%m-%d %H:%M}Z", *cells)
        console.screen.print(table)
