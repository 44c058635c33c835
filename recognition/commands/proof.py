"""`kakehashi proof`: signed proofs of recognition, and the keys they are signed with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from config.messages import CodedError
from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from recognition.commands.showing import in_language, remark_line
from recognition.decisions.lifecycle import name_of
from recognition.proving import ProofView, check_proof, jwks, make_proof, proof_picture, rotate_key
from recognition.proving import proof as find_proof
from recognition.proving import proofs as every_proof

_FILE = click.Path(path_type=Path)


@click.group(invoke_without_command=True, short_help="Make, show and check signed proofs of recognition.")
@click.option("--decision", "number", type=int, metavar="DECISION", help="Only proofs of this decision.")
@common_options
def proof(console: Console, *, number: int | None) -> None:
    """Show the proofs of recognition, with how each stands today.

    With --json: `proofs`, each as `kakehashi proof show --json` gives it.

    \b
    Example:
      kakehashi proof
      kakehashi proof --decision 12 --json
    """  # noqa: D301
    if click.get_current_context().invoked_subcommand is not None:
        return
    found = every_proof(_place(), number)
    if console.as_json:
        console.emit({"proofs": [_json(view) for view in found]})
    elif not found:
        console.screen.print(console.word("proofs_none"))
    else:
        table = plain_table(console, ("proof", "decision", "title", "decision_status", "address"))
        for view in found:
            title = Prose.of(escape(in_language(console, view.title)))
            table.add_row(view.name, str(view.decision), title, _status(console, view), Prose.of(view.address))
        console.screen.print(table)


@proof.command(short_help="Sign a proof of what a decision grants.")
@click.argument("number", metavar="DECISION", type=int)
@common_options
def make(console: Console, *, number: int) -> None:
    """Sign a proof of what DECISION grants today; asked again, the same proof is given.

    Only a recognition in force can be proved. With --json: as `kakehashi proof show --json`.

    \b
    Example:
      kakehashi proof make 12 --as "A. Member"
    """  # noqa: D301
    _done(console, make_proof(_place(), console.actor, number))


@proof.command(short_help="Show a proof.")
@click.argument("name", metavar="PROOF")
@click.option("--qr", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the QR code of its address as SVG.")  # fmt: skip
@common_options
def show(console: Console, *, name: str, qr: Path | None) -> None:
    """Show what a proof says, how that stands today, and the signed document.

    With --json: `name`, `address`, `decision`, `kid`, `made_at`, `status`, `reopened`, `said`, `title`, `document`,
    `successor`, `statement` and `flattened`.

    \b
    Example:
      kakehashi proof show abcdefghijklmnop
    """  # noqa: D301
    view = find_proof(_place(), name)
    if qr is not None:
        try:
            qr.write_bytes(proof_picture(view))
        except OSError as error:
            raise CodedError.of("output_unwritable", file=str(qr), detail=error.strerror or str(error)) from None
    _done(console, view)


@proof.command(short_help="Check a signed document.")
@click.argument("file", type=_FILE)
@click.option("--record", type=_FILE, metavar="FILE", help="The record it should speak of.")
@common_options
def verify(console: Console, *, file: Path, record: Path | None) -> None:
    """Check a signed document against the keys of this deployment, and tell how what it says stands today.

    How anybody else checks one is told in docs/proof-of-recognition.md. With --json: as `kakehashi proof show --json`.

    \b
    Example:
      kakehashi proof verify proof.jws --record record.json
    """  # noqa: D301
    document = _read(file).decode(errors="replace")
    view = check_proof(_place(), document, _read(record) if record else None)
    if not console.as_json:
        console.screen.print(f"[green]{console.word('proof_good')}[/green]")
    _done(console, view)


@proof.command(short_help="Show the public keys.")
@common_options
def keys(console: Console) -> None:
    """Show the public keys as they are served at /.well-known/jwks.json, old ones included.

    With --json: `keys`.

    \b
    Example:
      kakehashi proof keys
    """  # noqa: D301
    found = jwks(_place())
    if console.as_json:
        console.emit(found)
        return
    for key in found["keys"]:
        console.screen.print(f"{console.word('proof_key')} {key['kid']} · {key['alg']}", soft_wrap=True)


@proof.command(short_help="Sign with a new key from now on.")
@click.option("--why", required=True, metavar="REASON", help="Why; it stays in the audit log.")
@common_options
def rotate(console: Console, *, why: str) -> None:
    """Make a new key and sign with it from now on. What was signed before stays good: its public key stays served.

    With --json: `kid` and `algorithm`.

    \b
    Example:
      kakehashi proof rotate --why "once a year" --as "A. Member"
    """  # noqa: D301
    made = rotate_key(_place(), console.actor, why=why)
    if console.as_json:
        console.emit({"kid": made.kid, "algorithm": made.algorithm})
        return
    console.screen.print(f"{console.word('proof_key_new')}: {made.kid} · {made.algorithm}", soft_wrap=True)


def _place() -> Workplace:
    return Workplace.of(settings())


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CodedError.of("file_unreadable", file=str(file), detail=error.strerror or str(error)) from None


def _json(view: ProofView) -> dict[str, Any]:
    return {**view.model_dump(mode="json"), "flattened": view.as_json}


def _status(console: Console, view: ProofView) -> str:
    return name_of("statuses", view.status.value, "home", console.language)


def _done(console: Console, view: ProofView) -> None:
    if console.as_json:
        console.emit(_json(view))
        return
    told = f"[bold]{console.word('proof')} {view.name}[/bold] · {escape(in_language(console, view.title))}"
    console.screen.print(Prose.of(told))
    console.screen.print(f"{console.word('decision_status')}: {_status(console, view)}")
    for remark in view.reopened:
        console.screen.print(remark_line(console, remark))
    console.screen.print(f"{console.word('address')}: {view.address}", soft_wrap=True)
    console.screen.print(remark_line(console, view.statement))
    console.screen.print(escape(view.document), soft_wrap=True)
