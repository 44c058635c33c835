"""`kakehashi replay`: the kept answers of a registry, read again by today's rules."""

from __future__ import annotations

import sys

import click
from rich.markup import escape

from config.messages import CodedError
from config.settings import settings
from connectors.discovery import registry as find_registry
from harvester.running.changes import Changes, plain
from harvester.running.report import RunReport
from harvester.running.runner import Order
from harvester.running.runner import harvest as run_harvest
from harvester.terminal.console import NOT_GOOD, Console, common_options
from harvester.terminal.screens import plain_table, show_groups
from harvester.workplace import Workplace
from store.runs import last_answered_run, registry_state

_MOST = 20


@click.command(short_help="Read the kept answers of a registry again.")
@click.argument("registry")
@click.option("--diff", is_flag=True, help="Show every record's differences, not only those of each field.")
@click.option("--publish", is_flag=True, help="Publish what differs.")
@common_options
def replay(
    console: Console,
    registry: str,
    diff: bool,  # noqa: FBT001  click passes it by name
    publish: bool,  # noqa: FBT001
) -> None:
    """Read the answers of the last complete run again, with today's parser, crosswalk and tables; ask nobody.

    Shows what would differ from what is published, field by field with samples: LOST is published and would go,
    SPURIOUS would be new, CHANGED has another value. Keeps nothing unless --publish is given. Exit status 0 when
    nothing differs or the differences were published, 3 when there are some or the run failed.

    \b
    Example:
      kakehashi replay mqa --diff
      kakehashi replay mqa --publish --as "A. Reviewer"
    """  # noqa: D301
    source = find_registry(registry, settings().registries_file)
    place = Workplace.of(settings())
    run = last_answered_run(place.database, registry) if registry_state(place.database, registry) else None
    if run is None:
        raise CodedError.of("nothing_to_replay", registry=registry)
    with console.screen.status(f"{console.word('replaying')} {registry}"):
        report = run_harvest(place, Order(source, console.actor, replay=run, keep=publish))
    if console.as_json:
        console.emit({"registry": registry, "replay_of": run, "run": report.run_id if publish else None,
                      "state": report.state, "published": publish and report.succeeded,
                      **report.changes.as_json(every=diff), "issues": report.groups()})  # fmt: skip
    else:
        _show(console, report, run, every=diff, published=publish)
    if not report.succeeded or (report.changes and not publish):
        sys.exit(NOT_GOOD)


def _show(console: Console, report: RunReport, run: int, *, every: bool, published: bool) -> None:
    screen, word, changes = console.screen, console.word, report.changes
    screen.print(f"[bold]{word('replay')}[/bold] {report.registry} · {word('run')} {run} · {word(report.state)}")
    told = (("listings", report.reading.listings), ("changed", len(changes.each)), ("new", len(changes.new)),
            ("no_longer_found", len(changes.lost)))  # fmt: skip
    screen.print(" · ".join(f"{word(name)} {number}" for name, number in told))
    if not changes and report.succeeded:
        screen.print(word("nothing_differs"))
    if changes.fields:
        _show_fields(console, changes)
    for title, records in (("new", changes.new), ("no_longer_found", changes.lost)):
        if records:
            more = f" … +{len(records) - _MOST}" if len(records) > _MOST else ""
            screen.print(f"{word(title)}: {', '.join(records[:_MOST])}{more}")
    if every:
        for record, found in changes.each.items():
            screen.print(f"[bold]{record}[/bold]")
            for change in found:
                row = plain(change)
                screen.print(f"  {row['kind']} {escape(row['path'])}: {_values(row['was'], row['is'])}")
    if report.issues:
        show_groups(console, report.groups(), screen)
    if changes and not published:
        screen.print(f"[dim]{word('publish_with', command=f'kakehashi replay {report.registry} --publish')}[/dim]")


def _show_fields(console: Console, changes: Changes) -> None:
    table = plain_table(console, ("count", "difference", "field", "sample"))
    for (kind, name), number in sorted(changes.fields.items(), key=lambda row: (-row[1], row[0]))[:_MOST]:
        samples = [(record, plain(change)) for record, change in changes.samples[kind, name]]
        shown = "\n".join(f"{record}: {_values(row['was'], row['is'])}" for record, row in samples)
        table.add_row(str(number), kind, name, shown)
    console.screen.print(table)


def _values(was: str | None, is_: str | None) -> str:
    return " → ".join(escape(value) for value in (was, is_) if value is not None)
