"""`kakehashi decisions`: what was decided, what is open again, what comes up for renewal."""

from __future__ import annotations

import click

from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.workplace import Workplace
from recognition.commands.deciding_shown import show_decisions
from recognition.deciding import decisions as every_decision
from recognition.deciding import due as due_within
from recognition.decisions.lifecycle import TRACKS, life_cycle
from recognition.decisions.model import Status

_STATES = list(dict.fromkeys(state for track in TRACKS for state in life_cycle(track).states))


@click.command(short_help="List decisions, those due and those open again.")
@click.option("--record", metavar="ID", help="Only decisions about this record.")
@click.option("--state", type=click.Choice(_STATES), help="Only decisions in this state.")
@click.option("--due", type=click.IntRange(min=0), metavar="DAYS",
              help="Only what ends or is to be reviewed within so many days, the earliest first.")  # fmt: skip
@click.option("--reopened", is_flag=True, help="Only decisions that are open again.")
@common_options
def decisions(console: Console, *, record: str | None, state: str | None, due: int | None, reopened: bool) -> None:
    """List decisions as they stand today. A decision that is over or open again never counts as in force.

    With --json: `decisions`, each as `kakehashi decide show --json` gives it.

    \b
    Example:
      kakehashi decisions
      kakehashi decisions --due 90
      kakehashi decisions --reopened --json
    """  # noqa: D301
    found = every_decision(Workplace.of(settings()), record=record)
    if state is not None:
        found = [view for view in found if view.standing.state == state]
    if reopened:
        found = [view for view in found if view.standing.status is Status.REOPENED]
    if due is not None:
        found = due_within(found, due)
    if console.as_json:
        console.emit({"decisions": [view.model_dump(mode="json") for view in found]})
    elif found:
        show_decisions(console, found)
    else:
        console.screen.print(console.word("decisions_none"))
