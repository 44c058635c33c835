"""`kakehashi demo`: the main job from end to end, on stand-in registries, with nothing set up."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from config.demonstration import demo_accounts
from config.messages import CodedError, Issue
from harvester.commands.export import show_losses
from harvester.demonstration import Demonstration, Export, Step, demonstrate
from harvester.running.runner import Progress
from harvester.terminal.console import NOT_GOOD, Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import figures, issue_matrix, plain_table


@click.command(short_help="Run the main job on stand-in registries.")
@common_options
def demo(console: Console) -> None:
    """Run the main job on stand-in registries: harvest, crosswalk, check, export. Nothing leaves this machine.

    The demo has a home of its own, ./var/demo, and leaves its exports in ./var/demo/export. One registry then comes
    back with half its list: that run is held, and waits there for a decision. With --json: `home`, `runs`, `held`,
    `exports` and `troubles`. Exit status 0, or 3 when a run failed or an export does not conform.

    \b
    Example:
      kakehashi demo
      kakehashi demo --lang ja
    """  # noqa: D301
    console.screen.print(f"[bold]{console.word('demo_title')}[/bold]\n")
    with _progress(console) as step:
        done = demonstrate(console.actor, step)
    troubles = done.troubles()
    if not console.as_json:
        _summary(console, done)
    elif not troubles:
        console.emit(done.as_json())
    if troubles:
        console.fail(CodedError.of("demo_failed", detail="; ".join(troubles)), done.as_json())
        sys.exit(NOT_GOOD)


@contextmanager
def _progress(console: Console) -> Iterator[Step]:
    """Show what goes on: a moving line while a step works, a line that stays when it is done."""
    screen, word = console.screen, console.word

    @contextmanager
    def step(name: str, what: str) -> Iterator[Progress]:
        begun = time.monotonic()
        label = f"{word(name)} [bold]{escape(what)}[/bold]"

        def tell(stage: str, told: dict[str, int]) -> None:
            numbers = " · ".join(f"{word(key)} {number}" for key, number in told.items())
            status.update(f"{label} · {word(stage)} · {numbers}")

        with screen.status(label) as status:
            yield tell
        screen.print(f"[green]✓[/green] {label} [dim]{time.monotonic() - begun:.1f} s[/dim]")

    yield step


def _summary(console: Console, done: Demonstration) -> None:
    screen, word = console.screen, console.word
    screen.print(f"\n[bold]{word('registries')}[/bold]")
    screen.print(figures(console, done.runs, states=True))
    if all(view["same_as_run"] for view in done.runs):
        screen.print(word("demo_unchanged"))
    screen.print()
    screen.print(f"[bold]{word('issues')}[/bold]")
    screen.print(issue_matrix(console, done.runs))
    _held(console, done)
    screen.print(f"\n[bold]{word('exports')}[/bold]")
    screen.print(_exports(console, done.exports))
    first = done.exports[0]
    looked = " · ".join(f"{name} {number}" for name, number in first.focus_nodes.items())
    screen.print(f"[dim]{word('focus_nodes')}: {looked}[/dim]\n")
    _withheld(console, first)
    show_losses(console, first.written.losses())
    screen.print(f"\n[bold]{word('demo_left')}[/bold] {escape(str(done.folder))}/")
    _next(console, done)


def _held(console: Console, done: Demonstration) -> None:
    """Tell of the run that waits for a person, and how to look at it."""
    if view := done.held:
        screen, word = console.screen, console.word
        screen.print(f"\n[magenta]{word('demo_held', run=view['run'], registry=view['registry'])}[/magenta]")
        screen.print(f"  {escape(_program(done))} runs {view['run']}", soft_wrap=True)


def _exports(console: Console, exports: list[Export]) -> Table:
    word = console.word
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("file", "written", "withheld", "size", "statements", "focus_nodes", "verdict"):
        table.add_column(word(name), justify="left" if name in {"file", "verdict"} else "right", no_wrap=True)
    for one in exports:
        colour, verdict = ("green", "conforms") if one.conforms else ("red", "does_not_conform")
        table.add_row(
            escape(Path(one.written.file).name),
            str(one.written.written),
            str(sum(group["count"] for group in one.written.withheld.values())),
            f"{one.written.size:,} B",
            f"{one.statements:,}",
            f"{sum(one.focus_nodes.values()):,}",
            f"[{colour}]{word(verdict)}[/{colour}]",
        )
    return table


def _withheld(console: Console, export: Export) -> None:
    console.screen.print(f"[bold]{console.word('withheld')}[/bold]")
    table = plain_table(console, ("count", "reason", "fix"))
    for code, group in sorted(export.written.withheld.items(), key=lambda row: (-row[1]["count"], row[0])):
        issue = Issue(code)
        table.add_row(
            str(group["count"]),
            Prose.of(f"[bold]{code}[/bold] {escape(issue.text(console.language))}"),
            Prose.of(escape(issue.fix(console.language))),
        )
    console.screen.print(table)


def _next(console: Console, done: Demonstration) -> None:
    home = _program(done)
    console.screen.print(f"[bold]{console.word('demo_next')}[/bold]")
    for command in (f"{home} runs", f"{home} show {done.example}", f"{home} export jmicro -o jmicro.jsonl"):
        console.screen.print(f"  {escape(command)}", soft_wrap=True)
    console.screen.print(f"[bold]{console.word('demo_open')}[/bold]")
    for one in demo_accounts():
        console.screen.print(f"  {one.name} · {one.password} · {console.word(f'role_{one.role}')}", soft_wrap=True)


def _program(done: Demonstration) -> str:
    """Return how this program is called for the home of the demonstration."""
    called = Path(sys.argv[0])
    inside = called.is_absolute() and called.is_relative_to(Path.cwd())
    return f"KAKEHASHI_HOME={done.home} {called.relative_to(Path.cwd()) if inside else called}"
