"""`kakehashi registries`: what can be harvested, and how fresh it is."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape

from config.settings import settings
from connectors.contract import Registry
from connectors.discovery import registries as all_registries
from harvester.accepting import state_of_registry
from harvester.commands.registry import STATES
from harvester.crawling.folder import door_of
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from store.acceptances import standing_verdicts
from store.ledgers import outcome_sums
from store.runs import registry_sizes, registry_state


@click.command(short_help="List the registries and what is held of them.")
@common_options
def registries(console: Console) -> None:
    """List the registries: who publishes them, under which terms, what is held of them and since when.

    One that is pending waits for `kakehashi registry accept`. With --json: `registries`, each with `registry`,
    `connector`, `title`, `publisher`, `country`, `active`, `state`, `decision` (who accepted or refused it, when and
    why), `rights`, `address`, `schedule`, `records`, `last_complete_run`, `last_complete_at` and `ledger`: how often
    each outcome stands in the ledgers of its records (`kakehashi ledger` says for which fields).

    \b
    Example:
      kakehashi registries --json
    """  # noqa: D301
    place = Workplace.of(settings())
    sizes, sums = registry_sizes(place.database), outcome_sums(place.database)
    verdicts = standing_verdicts(place.database)
    rows = [
        {
            **_row(one, registry_state(place.database, one.id) or {}, sizes.get(one.id, 0)),
            **_standing(one, verdicts),
            "ledger": sums.get(one.id, {}),
        }
        for one in all_registries(settings().registries_file).values()
    ]
    if console.as_json:
        console.emit({"registries": rows})
        return
    table = plain_table(
        console,
        ("registry", "title", "country", "state", "records", "last_complete", "rights", "address"),
        right=("records",),
    )
    for row in rows:
        confirmed = row["last_complete_at"]
        table.add_row(
            row["registry"],
            Prose.of(escape(row["title"][console.language])),
            row["country"] or "—",
            console.word(STATES[row["state"]]),
            str(row["records"]),
            f"{confirmed:%Y-%m-%d %H:%M}Z" if confirmed else console.word("never"),
            Prose.of(console.word(row["rights"])),
            escape(row["address"] or console.word("not_set")),
        )
    console.screen.print(table)


def _standing(registry: Registry, verdicts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    state, verdict = state_of_registry(registry, verdicts), verdicts.get(registry.id)
    told = (
        {"verdict": verdict["verdict"], "actor": verdict["actor"], "at": verdict["at"], "why": verdict["reason"]}
        if verdict
        else None
    )
    return {"active": state == "active", "state": state, "decision": told}


def _row(registry: Registry, state: dict[str, Any], size: int) -> dict[str, Any]:
    manifest = registry.manifest
    return {
        "registry": registry.id,
        "connector": registry.connector,
        "title": manifest.title,
        "publisher": manifest.publisher,
        "country": manifest.country,
        "rights": manifest.rights,
        "address": door_of(manifest),
        "schedule": manifest.schedule.model_dump(),
        "records": size,
        "last_complete_run": state.get("last_complete_run"),
        "last_complete_at": state.get("last_complete_at"),
    }
