"""Views as tables and panels for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console as Screen
from rich.markup import escape
from rich.table import Table

from config.messages import Issue, Severity
from crosswalks.ledger import FieldOutcome
from harvester.terminal.console import Console
from harvester.terminal.prose import Prose
from harvester.terminal.wording import coded, evidence_of, leaves

_STATE_COLOURS = {
    "succeeded": "green", "succeeded_with_warnings": "yellow", "failed": "red", "held": "magenta", "lost": "red",
}  # fmt: skip
_MOST_GROUPS = 12


def plain_table(console: Console, columns: Iterable[str], *, right: Iterable[str] = ("count",)) -> Table:
    """Return an empty table with the columns that labels name; `right` are those of figures."""
    table = Table(header_style="dim", show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(console.word(name), justify="right" if name in right else "left", overflow="fold")
    return table


def show_run(console: Console, view: dict[str, Any]) -> None:
    """Print one run: what it did in one line of figures, then its issues by reason."""
    screen, word = console.screen, console.word
    seconds = "" if view["seconds"] is None else f" · {view['seconds']:.1f} s"
    head = f"[bold]{word('run')} {view['run']}[/bold] {view['registry']} · {_state(console, view)}{seconds}"
    screen.print(f"{head} · [dim]{escape(view['address'])}[/dim]")
    screen.print(
        f"[dim]{word('started')} {_moment(view['started_at'])} · {word('actor')} {escape(view['actor'])}[/dim]"
    )
    for decision in view["decisions"]:
        told = f"{_moment(decision['at'])} · {word('actor')} {decision['actor']} · {decision['why']}".rstrip(" ·")
        screen.print(Prose.of(f"[bold]{word('decision_' + decision['action'])}[/bold] {escape(told)}"))
    screen.print(figures(console, [view]))
    if passed_over := sum(view["passed_over"].values()):
        screen.print(f"{word('passed_over')}: {passed_over}")
    if view["same_as_run"]:
        screen.print(word("nothing_new", run=view["same_as_run"]))
    elif view["complete"] is False and view["state"] not in {"failed", "held"}:
        screen.print(word("incomplete"))
    if view["state"] == "held":
        _show_held(console, view)
    why_held_first = sorted(view["issues"], key=lambda group: not group["code"].startswith("gate_"))
    show_groups(console, why_held_first, screen)


def _show_held(console: Console, view: dict[str, Any]) -> None:
    """Print why a run is held, what it would do, what drifted, and what can be done."""
    screen, word, plan = console.screen, console.word, view["plan"]
    screen.print(f"[magenta]{word('held_because')}[/magenta]")
    table = plain_table(console, ("gate", "field", "seen", "limit"), right=())
    for passage in view["gates"]:
        if not passage["passed"]:
            names = (word(f"gate_{passage['gate']}"), passage["field"], passage["seen"], passage["limit"])
            table.add_row(*(Prose.of(escape(name)) for name in names))
    screen.print(table)
    told = " · ".join(f"{word(name)} {plan[name]}" for name in ("new", "changed", "gone", "returned"))
    at_once = f" · {word('plan_withdrawn', number=plan['withdrawn'])}" if plan["withdrawn"] else ""
    screen.print(f"[bold]{word('plan')}[/bold] {told}{at_once}")
    for item in plan["samples"]:
        named = [name for name in item["fields"] if not name.startswith("origins.")] or item["fields"]
        fields = f" · {', '.join(named[:6])}" if named else ""
        screen.print(f"  {word(item['op'])} {item['record']} [dim]{escape(item['key'][:80])}{escape(fields)}[/dim]")
    for drift in view["drift"]:
        line = f"{drift['field']}: {drift['was']:.0%} → {drift['now']:.0%}"
        if drift["renamed_to"]:
            line += f" · {word('likely_renamed', to=drift['renamed_to'])}"
        screen.print(f"[bold]{word('drift')}[/bold] {escape(line)}")
        for name, samples in (("was", drift["samples_before"]), ("is", drift["samples_after"])):
            if samples:
                screen.print(Prose.of(f"  [dim]{word(name)}[/dim] {escape(' | '.join(samples))}"))
    screen.print(Prose.of(f"[dim]{word('held_next', run=view['run'])}[/dim]"))


def show_runs(console: Console, views: list[dict[str, Any]]) -> None:
    """Print runs, one line each."""
    if not views:
        console.screen.print(console.word("no_runs"))
        return
    console.screen.print(figures(console, views, states=True))


def figures(console: Console, views: list[dict[str, Any]], *, states: bool = False) -> Table:
    """Return the figures of runs as a table, a line for each; `states` adds which run it is and how it ended."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    if states:
        for name in ("run", "registry", "state", "started"):
            table.add_column(console.word(name), no_wrap=True, justify="right" if name == "run" else "left")
    names = ("payloads", "listings", "new", "changed", "unchanged", "gone", "rejected", "blank")
    for name in names:
        table.add_column(console.word(name), justify="right")
    for view in views:
        lead = (str(view["run"]), view["registry"], _state(console, view), _moment(view.get("started_at")))
        table.add_row(*(lead if states else ()), *(str(view[name]) for name in names))
    return table


def _state(console: Console, view: dict[str, Any]) -> str:
    colour = _STATE_COLOURS.get(view["state"], "white")
    return f"[{colour}]{console.word(view['state'])}[/{colour}]"


def _moment(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z" if moment else ""


def show_groups(console: Console, groups: list[dict[str, Any]], screen: Screen | None = None) -> None:
    """Print issues grouped by reason: count, the message for the first example, and what to do."""
    screen = screen or console.screen
    if not groups:
        return
    table = plain_table(console, ("count", "severity", "reason", "fix"))
    for group in groups[:_MOST_GROUPS]:
        sample = group["samples"][0] if group["samples"] else {}
        where = sample.get("record") or sample.get("place")
        example = f"\n[dim]{console.word('example')}: {escape(str(where))}[/dim]" if where else ""
        if group["code"] == "prose_review":
            example = "".join(f"\n[dim]{escape(line)}[/dim]" for line in _passages(group["samples"]))
        table.add_row(
            str(group["count"]),
            console.severity(group["severity"]),
            Prose.of(f"[bold]{group['code']}[/bold] {escape(group['text'][console.language])}{example}"),
            Prose.of(escape(group["fix"][console.language])),
        )
    screen.print(f"[bold]{console.word('issues')}[/bold]")
    screen.print(table)
    show_more(screen, console, len(groups) - _MOST_GROUPS)


def _passages(samples: list[dict[str, Any]]) -> Iterator[str]:
    """Yield, for passages that a person should look at: record, source field, language and quotation."""
    for sample in samples:
        told = sample["params"]
        where = " · ".join(filter(None, (sample["record"], sample["place"], told.get("language"))))
        yield f"{where}: «{told.get('quote', '')}»"


def show_more(screen: Screen, console: Console, number: int) -> None:
    """Print how many lines were left out, if any."""
    if number > 0:
        screen.print(f"[dim]{console.word('more', number=number)}[/dim]")


def issue_matrix(console: Console, views: list[dict[str, Any]]) -> Table:
    """Return the issues of several runs as a table: a line for each reason, a column for each registry.

    A message that names a value shows the first one met.
    """
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
        table.add_row(
            console.severity(group["severity"]),
            Prose.of(f"[bold]{code}[/bold] {escape(group['text'][console.language])}"),
            *(str(counts[code].get(view["registry"], "")) for view in views),
        )
    return table


def show_record(console: Console, view: dict[str, Any]) -> None:
    """Print one record: its values with where each came from, its ledger in figures, findings and versions."""
    screen, word = console.screen, console.word
    descriptor = view["descriptor"]
    title = descriptor["title"].get(console.language) or next(iter(descriptor["title"].values()))
    screen.print(Prose.of(f"[bold]{escape(title)}[/bold]\n[dim]{view['id']} · {view['iri']}[/dim]"))
    retrieved = f"{word('registry')} {view['registry']} · {word('retrieved')} {_moment(view['retrieved_at'])}"
    screen.print(f"[dim]{retrieved}[/dim]")
    if view["not_found_since"]:
        screen.print(f"[yellow]{word('not_found_since', since=view['not_found_since'].date())}[/yellow]")
    _values(console, view)
    entries = view["ledger"]["entries"]
    counts = Counter(entry["outcome"] for entry in entries)
    told = " · ".join(f"{word(name)} {counts[name]}" for name in FieldOutcome if counts[name])
    screen.print(f"\n[bold]{word('ledger')}[/bold] {told}")
    for entry in entries:
        if entry["outcome"] in {"dropped", "unknown"} and entry.get("reason") != "not_stated":
            reason = Issue(entry["reason"], {"field": entry["source"], "value": entry.get("value", ""), "list": "…"})
            text = escape(reason.text(console.language))
            screen.print(Prose.of(f"  [dim]{escape(entry['source'])}[/dim] {word(entry['outcome'])}: {text}"))
    if view["issues"]:
        screen.print(f"\n[bold]{word('issues')}[/bold]")
    for issue in view["issues"]:
        screen.print(console.issue(Issue(issue["code"], issue["params"], None, issue["place"])))
    screen.print(f"\n[bold]{word('versions')}[/bold]")
    for row in view["versions"]:
        screen.print(f"  {row['version']}  {_moment(row['published_at'])}  {word(row['op'])}")
        for line in row["differences"]:
            screen.print(Prose.of(f"     {escape(line)}"))


def _values(console: Console, view: dict[str, Any]) -> None:
    sources = {entry["target"]: entry for entry in view["ledger"]["entries"] if entry.get("target")}
    table = plain_table(console, ("field", "value", "evidence"))
    for path, value in leaves(view["descriptor"]):
        if not path.startswith(("source_record.", "origins.", "descriptor_version", "id")):
            shown = coded(path, value, console.language)
            evidence = evidence_of(path, sources, view["places"], console.word("derived"))
            table.add_row(path, Prose.of(escape(shown)), Prose.of(f"[dim]{escape(evidence)}[/dim]"))
    console.screen.print(table)
