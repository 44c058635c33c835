"""`python -m benchmarks [name …] [--quick] [--json FILE]`: measure, compare, print.

Exit status 0 whether goals were met or not (time is never a test); 1 when two sides gave different outputs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import orjson
from rich.console import Console
from rich.markup import escape

from benchmarks.measure import LeftOut, Outcome
from benchmarks.table import figure, machine, print_table

NAMES = (
    "elm_export",
    "memory",
    "conversion",
    "validation",
    "load",
    "harvest",
    "scale",
    "channels",
    "partner",
    "chain",
    "portal",
)
_WIDE = 120


def main() -> int:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed and memory, ours against naive.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which to run: {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="fewer records and repetitions; the goals are for all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in NAMES]:
        parser.error(f"no benchmark called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    screen, facts = _screen(), machine()
    outcomes: list[Outcome] = []
    for name in asked.names or NAMES:
        measure: Callable[..., Iterator[Outcome]] = import_module(f"benchmarks.{name}").outcomes
        try:
            with screen.status(f"measuring {name}"):
                for one in measure(quick=asked.quick):
                    outcomes.append(one)
                    screen.print(
                        f"[dim]  {escape(one.name)}: {figure(one.ratio, one.unit if one.at_most else '×')}[/dim]"
                    )
        except LeftOut as reason:
            screen.print(f"[yellow]–[/yellow] {name} left out: {reason}")
        else:
            screen.print(f"[green]✓[/green] {name}")
    screen.print()
    print_table(screen, outcomes, facts)
    if asked.json:
        told = [{**{field: getattr(one, field) for field in one.__slots__}, "met": one.met} for one in outcomes]
        asked.json.write_bytes(orjson.dumps({"machine": facts, "outcomes": told}, option=orjson.OPT_INDENT_2))
    return 1 if any(one.difference for one in outcomes) else 0


def _screen() -> Console:
    """Return a console that is wide enough for the table when it is no terminal."""
    screen = Console()
    return screen if screen.is_terminal else Console(width=_WIDE)


if __name__ == "__main__":
    sys.exit(main())
