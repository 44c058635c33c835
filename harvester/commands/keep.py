"""`kakehashi backup`, `restore` and `verify`: keeping what is kept."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.markup import escape

from config.messages import Issue
from config.settings import settings
from harvester.keeping.backups import back_up
from harvester.keeping.backups import restore as restore_from
from harvester.keeping.verifying import verify as look_at_everything
from harvester.terminal.console import NOT_GOOD, Console, common_options
from harvester.workplace import Workplace
from store.audit import audit

_MOST_SHOWN = 100


@click.command(short_help="Write a backup of database and payloads.")
@click.argument("target", type=click.Path(path_type=Path))
@common_options
def backup(console: Console, target: Path) -> None:
    """Write a backup to TARGET: a folder that does not exist yet, or a file that ends in .tar.

    It holds the database as it was at one moment, every payload it names, and the SHA-256 of each file. It may be made
    while runs are under way. Settings and secrets are not in it. With --json: `target`, `made_at`, `engine`,
    `revision`, `sizes`, `files`, `bytes`, `missing` and `issues`. Exit status 3 when payloads were missing: all else is
    in the backup.

    \b
    Example:
      kakehashi backup backups/monday --as "N. Operator"
      kakehashi backup backups/monday.tar
    """  # noqa: D301
    place = Workplace.of(settings())
    word = console.word
    with console.screen.status(word("backing_up")) as status:

        def tell(done: int) -> None:
            status.update(f"{word('backing_up')} · {word('payloads')} {done:,}")

        manifest, issues = back_up(place, target, tell)
    audit(place.database, console.actor, "backup", str(target), {"files": manifest["files"]})
    if console.as_json:
        console.emit({"target": str(target), **manifest, "issues": [issue.as_json() for issue in issues]})
    else:
        console.screen.print(f"{escape(str(target))} · {manifest['files']:,} · {manifest['bytes']:,} B")
        _print(console, issues)
    if issues:
        sys.exit(NOT_GOOD)


@click.command(short_help="Restore a backup into an empty home.")
@click.argument("source", type=click.Path(path_type=Path))
@common_options
def restore(console: Console, source: Path) -> None:
    """Restore the backup SOURCE into an empty home, and an empty database where it is PostgreSQL.

    KAKEHASHI_HOME and KAKEHASHI_DATABASE_URL name them. Every file is held against its SHA-256 first; when one is not
    as it was, nothing is written. Afterwards `kakehashi verify` looks at everything. With --json: `source` and the
    backup's manifest.

    \b
    Example:
      kakehashi restore backups/monday.tar --as "N. Operator"
    """  # noqa: D301
    with console.screen.status(console.word("restoring")):
        manifest = restore_from(settings(), source)
    place = Workplace.of(settings())
    audit(place.database, console.actor, "restore", str(source), {"made_at": manifest["made_at"]})
    if console.as_json:
        console.emit({"source": str(source), **manifest})
    else:
        counted = " · ".join(f"{console.word(name)} {number:,}" for name, number in manifest["sizes"].items())
        console.screen.print(f"{escape(str(settings().home))} · {counted}")


@click.command(short_help="Check that what is kept is as it was written.")
@common_options
def verify(console: Console) -> None:
    """Check that what is kept is as it was written; nothing is changed.

    Every payload is hashed again. The publication log is replayed: the state, version and content it gives must be
    those that stand. Current listings and descriptors are hashed, the counters of ledgers counted, the audit log
    followed. With --json: `looked_at` (how many of each) and `issues`. Exit status 3 when something was found.

    \b
    Example:
      kakehashi verify
      kakehashi verify --json
    """  # noqa: D301
    place = Workplace.of(settings())
    with console.screen.status(console.word("verifying")) as status:
        looked, issues = look_at_everything(
            place, lambda name, done: status.update(f"{console.word('verifying')} · {console.word(name)} {done:,}")
        )
    if console.as_json:
        console.emit({"looked_at": looked, "issues": [issue.as_json() for issue in issues]})
    else:
        counted = " · ".join(f"{console.word(name)} {number:,}" for name, number in looked.items())
        console.screen.print(counted)
        _print(console, issues[:_MOST_SHOWN] or [Issue("all_sound")])
        if len(issues) > _MOST_SHOWN:
            console.screen.print(console.word("more", number=len(issues) - _MOST_SHOWN))
    if issues:
        sys.exit(NOT_GOOD)


def _print(console: Console, issues: list[Issue]) -> None:
    for issue in issues:
        console.screen.print(console.issue(issue))
