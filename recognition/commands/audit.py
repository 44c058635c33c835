"""`kakehashi audit`: what people did, and whether the log of it is whole."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from rich.markup import escape

from config.messages import CodedError, Issue
from config.settings import settings
from harvester.terminal.console import NOT_GOOD, Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from store.audit import Verified, Wanted, events
from store.audit import verify as verify_log

_DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.group(invoke_without_command=True, short_help="Show what people did, and check that the log is whole.")
@click.option("--by", metavar="NAME", help="Only what this person did.")
@click.option("--action", metavar="WORD", help="Only actions that begin so, for instance decision.")
@click.option("--subject", metavar="WORD", help='Only what was done to this, for instance "decision 12".')
@click.option("--since", type=_DAY, metavar="DATE", help="From this day or moment on, in UTC.")
@click.option("--until", type=_DAY, metavar="DATE", help="Before this day or moment, in UTC.")
@click.option("--before", type=int, metavar="NUMBER", help="Only events with a lower number, to go on with a list.")
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True, help="How many, newest first.")
@common_options
def audit(
    console: Console,
    *,
    by: str | None,
    action: str | None,
    subject: str | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
) -> None:
    """Show what people did, newest first. Each event carries the hash of the one before it.

    With --json: `events`, each with `number`, `at`, `actor`, `action`, `subject`, `details`, `previous` and `hash`.

    \b
    Example:
      kakehashi audit --limit 20
      kakehashi audit --action decision --since 2026-04-01 --json
    """  # noqa: D301
    if click.get_current_context().invoked_subcommand is not None:
        return
    wanted = Wanted(by, action, subject, _moment(since), _moment(until), before)
    found = events(Workplace.of(settings()).database, wanted, limit)
    if console.as_json:
        console.emit({"events": [one._asdict() for one in found]})
        return
    table = plain_table(console, ("audit_number", "when", "decision_who", "audit_action", "audit_subject", "why"))
    for one in found:
        why = str(one.details.get("why", ""))
        cells = (one.actor, one.action, one.subject, why)
        table.add_row(str(one.number), f"{one.at:%Y-%m-%d %H:%M:%S}Z", *(Prose.of(escape(cell)) for cell in cells))
    console.screen.print(table)


@audit.command(short_help="Check that no event was altered, removed or moved.")
@click.option("--head", metavar="HASH", help="A head that was noted elsewhere; the log must still contain it.")
@common_options
def verify(console: Console, *, head: str | None) -> None:
    """Follow the chain from the first event to the last, and name the first one that is not as it was written.

    What the chain alone cannot show is a log whose end was cut off: note the head somewhere else, and give it with
    --head. Exit status 3 when something is wrong. With --json: `events`, `head`, `fault`, `bad`, `unguarded` and
    `sound`.

    \b
    Example:
      kakehashi audit verify
    """  # noqa: D301
    found = verify_log(Workplace.of(settings()).database, head.strip().lower() if head else None)
    issues = list(_issues(found, head))
    if issues:
        console.fail(CodedError(*issues), {**found._asdict(), "sound": found.sound} if console.as_json else None)
        sys.exit(NOT_GOOD)
    if console.as_json:
        console.emit({**found._asdict(), "sound": True})
        return
    console.screen.print(console.word("audit_sound", count=found.events))
    console.screen.print(f"{console.word('audit_head')}: {found.head}", soft_wrap=True)


def _issues(found: Verified, noted: str | None) -> list[Issue]:
    told = []
    if found.fault == "head_missing":
        told.append(Issue("audit_chain_head_missing", {"head": noted or "-"}))
    elif found.fault is not None:
        told.append(Issue(f"audit_chain_{found.fault}", {"number": found.bad, "sound": found.events}))
    if found.unguarded:
        told.append(Issue("audit_chain_unguarded"))
    return told


def _moment(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None
