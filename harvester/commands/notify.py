"""`kakehashi notify`: who is told of runs, what was sent, and a trial."""

from __future__ import annotations

import sys
from typing import Any

import click
from rich.markup import escape

from config.messages import CodedError, Issue
from config.settings import settings
from connectors.discovery import registries
from harvester.terminal.console import NOT_GOOD, Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.watching.noticing import look_at_runs, put_trial, targets_of
from harvester.watching.posting import send_due
from harvester.workplace import Workplace
from store.audit import audit
from store.notices import notices

_WHEN = {"never": "never_told", "always": "always_told"}
_STATES = {"waiting": "waiting_to_send", "sent": "sent", "given_up": "given_up"}
_SENT = "notice_sent"


@click.group(invoke_without_command=True, short_help="Show who is told of runs, and send notices.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many notices to show.")
@common_options
def notify(console: Console, limit: int) -> None:
    """Show who is told of each registry's runs, and the latest notices with what became of them.

    `notify` in a registry's row says when (`never`, `on_failure`, `on_failure_or_change`, `always`) and whom; without
    addresses of its own those of the settings are told. With --json: `registries` with `registry`, `when` and `to`;
    `notices` with `id`, `registry`, `run`, `kind`, `channel`, `address`, `state`, `attempts`, `created_at`,
    `next_attempt_at`, `ended_at` and `error`.

    \b
    Example:
      kakehashi notify
      kakehashi notify --json --limit 5
    """  # noqa: D301
    if click.get_current_context().invoked_subcommand is not None:
        return
    place = Workplace.of(settings())
    policies = [
        {
            "registry": one.id,
            "when": one.manifest.notify.when,
            "to": [f"{target.channel} {target.address}" for target in targets_of(place, one.manifest.notify)],
        }
        for one in registries(settings().registries_file).values()
    ]
    rows = [_row(row) for row in notices(place.database, limit=limit)]
    if console.as_json:
        console.emit({"registries": policies, "notices": rows})
        return
    table = plain_table(console, ("registry", "told_when", "recipient"))
    for policy in policies:
        when, to = str(policy["when"]), policy["to"]
        told = escape(", ".join(to)) if to else console.word("nobody")
        table.add_row(str(policy["registry"]), console.word(_WHEN.get(when, when)), Prose.of(told))
    console.screen.print(table)
    if rows:
        _show(console, rows)


@notify.command("test", short_help="Send a trial to everyone who is told of a registry.")
@click.argument("name", metavar="REGISTRY")
@common_options
def trial(console: Console, name: str) -> None:
    """Send a trial now to everyone who is told of a registry, whatever its policy says.

    With --json: `results`, an issue for each address. Exit status 3 when one could not be reached; that one is tried
    again by `kakehashi work` or `kakehashi notify send`.

    \b
    Example:
      kakehashi notify test nzqa --as "N. Operator"
    """  # noqa: D301
    place = Workplace.of(settings())
    made = put_trial(place, name)
    if not made:
        raise CodedError.of("notify_nobody", registry=name)
    audit(place.database, console.actor, "notify_test", name, {"notices": made})
    _tell(console, send_due(place, only=made))


@notify.command("send", short_help="Send the notices that are due.")
@common_options
def send(console: Console) -> None:
    """Look at the runs that have ended, and send the notices that are due; `kakehashi work` does it by itself.

    With --json: `results`, an issue for each attempt. Exit status 3 when one failed.

    \b
    Example:
      kakehashi notify send
    """  # noqa: D301
    place = Workplace.of(settings())
    look_at_runs(place)
    _tell(console, send_due(place))


def _tell(console: Console, results: list[Issue]) -> None:
    if console.as_json:
        console.emit({"results": [issue.as_json() for issue in results]})
    for issue in results:
        if not console.as_json:
            console.screen.print(console.issue(issue))
    if any(issue.code != _SENT for issue in results):
        sys.exit(NOT_GOOD)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"], "registry": row["registry_id"], "run": row["run_id"], "kind": row["kind"],
        "channel": row["channel"], "address": row["address"], "state": row["state"], "attempts": row["attempts"],
        "created_at": row["created_at"], "next_attempt_at": row["not_before"] if row["state"] == "waiting" else None,
        "ended_at": row["ended_at"], "error": row["error"],
    }  # fmt: skip


def _show(console: Console, rows: list[dict[str, Any]]) -> None:
    table = plain_table(console, ("when", "registry", "run", "kind", "recipient", "state", "attempts", "reason"),
                        right=("run", "attempts"))  # fmt: skip
    for row in rows:
        table.add_row(
            f"{row['created_at']:%Y-%m-%d %H:%M}Z",
            escape(row["registry"]),
            str(row["run"] or ""),
            console.word(f"told_{row['kind']}"),
            escape(row["address"]),
            console.word(_STATES[row["state"]]),
            str(row["attempts"]),
            Prose.of(escape(row["error"] or "")),
        )
    console.screen.print(table)
