"""The one table of a run: each goal, both sides, the ratio, and whether it was reached; below it, on what machine."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.measure import Outcome

_LIBRARIES = ("rdflib", "pyshacl", "lxml", "scrapy", "sqlalchemy", "sqlmodel", "orjson", "pyoxigraph", "pydantic")


def machine() -> dict[str, Any]:
    """Return what figures depend on."""
    model = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = [line for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    return {
        "processor": model[0].partition(":")[2].strip() if model else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(int(memory[0].split()[1]) / 2**20) if memory else None,
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def figure(value: float | None, unit: str) -> str:
    """Return a figure with three significant digits and its unit."""
    if value is None:
        return "–"
    return f"{value:,.0f} {unit}" if abs(value) >= 100 else f"{value:.3g} {unit}"


def print_table(screen: Console, outcomes: Sequence[Outcome], facts: dict[str, Any]) -> None:
    """Print the outcomes and the machine."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("goal", "ours", "naive", "ratio", "wanted"):
        table.add_column(name, justify="left" if name == "goal" else "right", no_wrap=name != "goal")
    table.add_column("", no_wrap=True)
    for one in outcomes:
        sign = "≤" if one.at_most else "≥"
        unit = one.unit if one.at_most else "×"
        verdict = "[green]met[/green]" if one.met else "[yellow]not met[/yellow]"
        if one.difference:
            verdict = "[red]outputs differ[/red]"
        table.add_row(
            escape(one.name),
            figure(one.ours, one.unit),
            figure(one.naive, one.unit),
            figure(one.ratio, unit),
            f"{sign} {figure(one.wanted, unit)}",
            verdict,
        )
    screen.print(table)
    screen.print()
    for one in outcomes:
        if one.difference:
            screen.print(f"[red]{escape(one.name)}[/red]: {escape(one.difference)}")
        if one.noisy:
            screen.print(f"[dim]{escape(one.name)} is noisy: {escape(one.noisy)}[/dim]")
    met = sum(one.met for one in outcomes)
    screen.print(f"\n[bold]{met} of {len(outcomes)} goals met[/bold]; outputs compared in the same run:")
    for words in dict.fromkeys(one.equal for one in outcomes if one.equal):
        screen.print(f"  [dim]= {escape(words)}[/dim]")
    libraries = " · ".join(f"{name} {number}" for name, number in facts["libraries"].items())
    screen.print(
        f"\n[dim]{escape(str(facts['processor']))} · {facts['cores']} cores · {facts['memory_gb']} GB · "
        f"Python {facts['python']} · load {facts['load']:.1f} at the start\n"
        f"{escape(facts['system'])}\n{libraries}[/dim]"
    )
