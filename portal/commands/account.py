"""`kakehashi account`: who may sign in to the portal. The first administrator is made here, and nowhere else."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape

from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from portal.accounts import managing
from portal.accounts.passwords import made_up
from store.account_tables import ROLES

_ROLE = click.Choice(ROLES)


@click.group(short_help="Say who may sign in to the portal, and as what.")
def account() -> None:
    """Add accounts of the portal, give them roles, close them and reset their passwords.

    \b
    Example:
      kakehashi account list
    """  # noqa: D301


@account.command("list", short_help="List the accounts.")
@common_options
def list_accounts(console: Console) -> None:
    """List the accounts with their roles and when they last signed in.

    With --json: `accounts`, each with `name`, `shown`, `email`, `role`, `disabled`, `password` (whether it has one),
    `provider`, `created_at` and `signed_in_at`.

    \b
    Example:
      kakehashi account list --json
    """  # noqa: D301
    _show(console, managing.listed(Workplace.of(settings()).database))


@account.command(short_help="Add an account.")
@click.argument("name")
@click.option("--role", type=_ROLE, required=True, help="What the account may do.")
@click.option("--shown", default="", metavar="NAME", help="The name that pages and the audit log show.")
@click.option("--email", metavar="ADDRESS", help="Address that a provider of identities knows the person by.")
@click.option("--no-password", is_flag=True, help="Only the provider signs this account in; it needs --email.")
@common_options
def add(
    console: Console,
    name: str,
    role: str,
    shown: str,
    email: str | None,
    no_password: bool,  # noqa: FBT001  click passes it by name
) -> None:
    """Add an account. Its first password is made up and told once; the person changes it on the account page.

    With --json: as one of `kakehashi account list --json`, and `new_password`.

    \b
    Example:
      kakehashi account add hanako --role admin --shown "架空 花子"
      kakehashi account add taro@contoh.example --role operator --email taro@contoh.example --no-password
    """  # noqa: D301
    password = None if no_password else made_up()
    place = Workplace.of(settings())
    made = managing.add(place.database, console.actor, name, role, shown=shown, email=email, password=password)
    _tell(console, made, password)


@account.command(short_help="Give an account another role.")
@click.argument("name")
@click.argument("role", type=_ROLE)
@common_options
def role(console: Console, name: str, role: str) -> None:
    """Give an account another role; it holds from the next page on.

    \b
    Example:
      kakehashi account role taro committee
    """  # noqa: D301
    _tell(console, managing.give_role(Workplace.of(settings()).database, console.actor, name, role))


@account.command(short_help="Close an account, or open it again.")
@click.argument("name")
@click.option("--again", is_flag=True, help="Open it again.")
@common_options
def disable(console: Console, name: str, again: bool) -> None:  # noqa: FBT001  click passes it by name
    """Close an account: it is signed out everywhere and cannot sign in. With --again it can.

    \b
    Example:
      kakehashi account disable taro
      kakehashi account disable taro --again
    """  # noqa: D301
    database = Workplace.of(settings()).database
    _tell(console, managing.disable(database, console.actor, name, disabled=not again))


@account.command(short_help="Give an account a new password.")
@click.argument("name")
@common_options
def reset(console: Console, name: str) -> None:
    """Give an account a new password, told once, and sign it out everywhere.

    \b
    Example:
      kakehashi account reset taro
    """  # noqa: D301
    database = Workplace.of(settings()).database
    password = managing.reset(database, console.actor, name)
    _tell(console, next(row for row in managing.listed(database) if row["name"] == name), password)


@account.command(short_help="Take an account away with all that is known of the person.")
@click.argument("name")
@common_options
def forget(console: Console, name: str) -> None:
    """Take an account away with its name, address and sessions. The audit log keeps what it did, under its name.

    With --json: `name`.

    \b
    Example:
      kakehashi account forget taro
    """  # noqa: D301
    managing.forget(Workplace.of(settings()).database, console.actor, name)
    if console.as_json:
        console.emit({"name": name})
    else:
        console.screen.print(f"[bold]{console.word('account_forgotten')}[/bold] {escape(name)}")


def _tell(console: Console, row: dict[str, Any], password: str | None = None) -> None:
    if console.as_json:
        console.emit({**row, "new_password": password} if password else row)
        return
    _show(console, [row])
    if password:
        console.screen.print(f"{console.word('account_password')} [bold]{escape(password)}[/bold]")
        console.screen.print(console.word("told_once"))


def _show(console: Console, rows: list[dict[str, Any]]) -> None:
    if console.as_json:
        console.emit({"accounts": rows})
        return
    table = plain_table(console, ("inside_name", "inside_shown", "inside_role", "inside_how", "inside_last_seen"))
    for row in rows:
        role = console.word(f"role_{row['role']}")
        how = " ".join(filter(None, (row["provider"], console.word("inside_password") if row["password"] else "")))
        seen = f"{row['signed_in_at']:%Y-%m-%d %H:%M}Z" if row["signed_in_at"] else console.word("never")
        closed = f" ({console.word('inside_disabled')})" if row["disabled"] else ""
        table.add_row(escape(row["name"]), escape(row["shown"]), role + closed, escape(how), seen)
    console.screen.print(table)
