"""Views as tables and panels for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console as Screen
from rich.markup import escape
from rich.table import Table

from config.messages import Issue, Severity
from crosswalks.ledger import general
from harvester.console import SEVERITY_COLOURS, Console

_STATE_COLOURS = {
    "succeeded": "green", "succeeded_with_warnings": "yellow", "failed": "red", "held": "magenta", "lost": "red",
}  # fmt: skip
_MOST_GROUPS = 12


def show_run(console: Console, view: dict[str, Any]) -> None:
    """Print one run: what it did in one line of figures, then its issues by reason."""
    screen, word = console.screen, console.word
    colour = _STATE_COLOURS.get(view["state"], "white")
    state = f"[{colour}]{word(view['state'])}[/{colour}]"
    head = f"[bold]{word('run')} {view['run']}[/bold] {view['registry']} · {state} · {view['seconds']} s"
    screen.print(f"{head} · [dim]{escape(view['address'])}[/dim]")
    screen.print(figures(console, [view]))
    if view["same_as_run"]:
        screen.print(word("nothing_new", run=view["same_as_run"]))
    elif view["complete"] is False and view["state"] != "failed":
        screen.print(word("incomplete"))
    show_groups(console, view["issues"], screen)


def show_runs(console: Console, views: list[dict[str, Any]]) -> None:
    """Print runs, one line each."""
    console.screen.print(figures(console, views, states=True))


def figures(console: Console, views: list[dict[str, Any]], *, states: bool = False) -> Table:
    """Return the figures of runs as a table, a line for each; `states` adds which run it is and how it ended."""
    word = console.word
    table = Table(box=None, pad_edge=False, header_style="dim")
    if states:
        for name in ("run", "registry", "state", "started"):
            table.add_column(word(name), no_wrap=True)
    names = ("payloads", "listings", "new", "changed", "unchanged", "gone", "rejected", "blank")
    for name in names:
        table.add_column(word(name), justify="right")
    for view in views:
        colour = _STATE_COLOURS.get(view["state"], "white")
        started = view["started_at"].strftime("%Y-%m-%d %H:%M") if view.get("started_at") else ""
        lead = (str(view["run"]), view["registry"], f"[{colour}]{word(view['state'])}[/{colour}]", started)
        table.add_row(*(lead if states else ()), *(str(view[name]) for name in names))
    return table


def show_groups(console: Console, groups: list[dict[str, Any]], screen: Screen | None = None) -> None:
    """Print issues grouped by reason: count, the message for the first example, and what to do."""
    screen = screen or console.screen
    if not groups:
        return
    table = Table(
        title=console.word("issues"),
        title_justify="left",
        header_style="dim",
        show_edge=False,
        pad_edge=False,
    )
    table.add_column(console.word("count"), justify="right")
    table.add_column(console.word("severity"), no_wrap=True)
    table.add_column(console.word("reason"), overflow="fold")
    table.add_column(console.word("fix"), overflow="fold")
    for group in groups[:_MOST_GROUPS]:
        sample = group["samples"][0] if group["samples"] else {}
        where = sample.get("record") or sample.get("place")
        example = f"\n[dim]{console.word('example')}: {escape(str(where))}[/dim]" if where else ""
        table.add_row(
            str(group["count"]),
            console.word(group["severity"]),
            f"[bold]{group['code']}[/bold] {escape(group['text'][console.language])}{example}",
            escape(group["fix"][console.language]),
        )
    screen.print(table)
    if len(groups) > _MOST_GROUPS:
        screen.print(f"[dim]… +{len(groups) - _MOST_GROUPS}[/dim]")


def issue_matrix(console: Console, views: list[dict[str, Any]]) -> Table:
    """Return the issues of several runs as a table: a line for each reason, a column for each registry."""
    table = Table(header_style="dim", show_edge=False, pad_edge=False, box=None)
    for name in ("severity", "reason"):
        table.add_column(console.word(name), no_wrap=name == "severity", overflow="fold")
    counts: dict[str, dict[str, int]] = {}
    groups: dict[str, dict[str, Any]] = {}
    for view in views:
        table.add_column(view["registry"], justify="right")
        for group in view["issues"]:
            counts.setdefault(group["code"], {})[view["registry"]] = group["count"]
            groups.setdefault(group["code"], group)
    order = [severity.value for severity in Severity]
    for code, group in sorted(groups.items(), key=lambda row: (order.index(row[1]["severity"]), row[0])):
        colour = SEVERITY_COLOURS[group["severity"]]
        table.add_row(
            f"[{colour}]{console.word(group['severity'])}[/{colour}]",
            f"[bold]{code}[/bold] {escape(group['text'][console.language])}",
            *(str(counts[code].get(view["registry"], "")) for view in views),
        )
    return table


def show_record(console: Console, view: dict[str, Any]) -> None:
    """Print one record: its values with where each came from, its ledger in figures, findings and versions."""
    screen, word = console.screen, console.word
    descriptor = view["descriptor"]
    title = descriptor["title"].get(console.language) or next(iter(descriptor["title"].values()))
    screen.print(f"[bold]{escape(title)}[/bold]\n[dim]{view['id']} · {view['iri']}[/dim]")
    if view["not_found_since"]:
        screen.print(f"[yellow]{word('not_found_since', since=view['not_found_since'].date())}[/yellow]")
    sources = _sources(view)
    table = Table(header_style="dim", show_edge=False, pad_edge=False)
    for name in ("field", "value", "evidence"):
        table.add_column(word(name), overflow="fold")
    for path, value in _leaves(descriptor, ""):
        if not path.startswith(("source_record.", "origins.", "descriptor_version", "id")):
            table.add_row(path, escape(str(value)), escape(_evidence(path, sources, view)))
    screen.print(table)
    counts = Counter(entry["outcome"] for entry in view["ledger"]["entries"])
    screen.print(f"[bold]{word('ledger')}[/bold] " + " · ".join(f"{word(name)} {n}" for name, n in counts.items()))
    for entry in view["ledger"]["entries"]:
        if entry["outcome"] in {"dropped", "unknown"} and entry.get("reason") != "not_stated":
            reason = Issue(entry["reason"], {"field": entry["source"], "value": entry.get("value")})
            told = escape(reason.text(console.language))
            screen.print(f"  [dim]{escape(entry['source'])}[/dim] {word(entry['outcome'])}: {told}")
    for issue in view["issues"]:
        screen.print(console.issue(Issue(issue["code"], issue["params"], None, issue["place"])))
    screen.print(f"[bold]{word('versions')}[/bold]")
    for row in view["versions"]:
        screen.print(f"  {row['version']}  {row['published_at']:%Y-%m-%d %H:%M:%S}Z  {row['op']}")
        for line in row["differences"]:
            screen.print(f"     {escape(line)}")


def _leaves(value: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        return [leaf for key, item in value.items() for leaf in _leaves(item, f"{path}.{key}" if path else key)]
    if isinstance(value, list) and value:
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, f"{path}.{index}")]
    return [(path, value)]


def _sources(view: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {entry["target"]: entry for entry in view["ledger"]["entries"] if entry.get("target")}


def _evidence(path: str, sources: dict[str, dict[str, str]], view: dict[str, Any]) -> str:
    """Return where a value came from: the source field, its place in the payload, the rule, the quotation."""
    while path and path not in sources:
        path = path.rpartition(".")[0]
    entry = sources.get(path)
    if entry is None:
        return ""
    places = view["places"]
    inside = (
        places.get("fields", {}).get(general(entry["source"]), "") if isinstance(places.get("fields"), dict) else ""
    )
    where = "/".join(filter(None, (str(places.get("at", "")), inside))) if entry["source"] else ""
    parts = [
        entry["source"] or "—",
        entry.get("rule", ""),
        f"«{entry['quote']}»" if entry.get("quote") else "",
        where,
    ]
    return " · ".join(part for part in parts if part)
