"""`kakehashi assertions`: limits for a registry's gates, from its healthy runs."""

from __future__ import annotations

import click
from rich.markup import escape

from config.settings import settings
from connectors.discovery import registry as find_registry
from harvester.running.assertions import Healthy, Suggestion, suggest
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from store.runs import healthy_runs

_MOST_WORDS = 8


@click.command(short_help="Suggest limits for a registry's gates from its healthy runs.")
@click.argument("registry")
@click.option("--last", type=click.IntRange(2, 1000), default=20, show_default=True, help="How many runs to look at.")
@common_options
def assertions(console: Console, registry: str, last: int) -> None:
    """Suggest limits for the gates of REGISTRY from its complete runs that succeeded, as lines for its row in the list
    of registries. Nothing is changed: paste what you want to hold from now on.

    With --json: `registry`, `runs`, `listings`, `lowest`, `highest`, `deepest_drop`, `fields` (each with `field`,
    `least`, `most`, `words`, `key` and `categorical`), `gates` and `yaml`.

    \b
    Example:
      kakehashi assertions jmicro
      kakehashi assertions jmicro --last 50 --json
    """  # noqa: D301
    place = Workplace.of(settings())
    source = find_registry(registry, settings().registries_file)
    healthy = [Healthy(row["id"], row["profile"]) for row in healthy_runs(place.database, source.id, last)]
    found = suggest(source.id, healthy, source.manifest.gates)
    if console.as_json:
        console.emit({"registry": source.id, **found.as_json()})
    else:
        _show(console, source.id, found)


def _show(console: Console, registry: str, found: Suggestion) -> None:
    screen, word = console.screen, console.word
    screen.print(f"[bold]{word('registry')} {registry}[/bold] · {word('rests_on_runs', number=len(found.runs))}")
    table = plain_table(console, ("field", "least_stated", "most_stated", "proposed_as", "few_words"),
                        right=("least_stated", "most_stated"))  # fmt: skip
    for one in found.fields:
        proposed = [name for name, chosen in (("key_fields", one.key), ("categorical", one.categorical)) if chosen]
        words = ", ".join(one.words[:_MOST_WORDS]) + (" …" if len(one.words) > _MOST_WORDS else "")
        table.add_row(one.field, f"{one.least:.0%}", f"{one.most:.0%}", ", ".join(proposed), Prose.of(escape(words)))
    screen.print(table)
    screen.print(f"\n[dim]{word('paste_gates', registry=registry)}[/dim]")
    screen.out(found.yaml(), highlight=False)
