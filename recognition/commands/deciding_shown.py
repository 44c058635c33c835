"""Decisions on a terminal, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable

from rich.markup import escape

from harvester.terminal.console import Console
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from recognition.deciding import DecisionView
from recognition.decisions.lifecycle import name_of
from recognition.decisions.model import Outcome, Standing, Status, Terms

_COLOURS = {Status.VALID: "green", Status.NOT_YET: "dim", Status.REOPENED: "yellow"}


def show_decisions(console: Console, views: Iterable[DecisionView]) -> None:
    """Print decisions as a table, one line each."""
    columns = ("decision", "title", "state", "decision_outcome", "decision_status", "decision_due")
    table = plain_table(console, columns)
    for view in views:
        table.add_row(
            str(view.opened.id),
            Prose.of(escape(view.opened.title)),
            _state(console, view),
            outcome_text(console, view),
            _status(console, view),
            str(view.due_on or "-"),
        )
    console.screen.print(table)


def show_decision(console: Console, view: DecisionView) -> None:
    """Print a decision: where it stands, what was granted, why it is open again, every step, what can be done."""
    opened, found, word = view.opened, view.standing, console.word
    kind = name_of("tracks", opened.track, opened.track, console.language)
    console.screen.print(Prose.of(f"[bold]{word('decision')} {opened.id}[/bold] · {escape(opened.title)} · {kind}"))
    lines = [(word("registry"), f"{opened.registry} · {opened.record}"), (word("state"), _state(console, view))]
    if opened.receiving:
        lines.insert(1, (word("receiving"), escape(opened.receiving)))
    if found.pin is not None:
        lines.append((word("decision_version"), f"{found.pin.version} · {found.pin.content_hash}"))
    lines.append((word("decision_outcome"), outcome_text(console, view)))
    if found.grant is not None:
        lines.append((word("decision_status"), _status(console, view)))
        lines += _terms(console, found.grant.terms)
    if opened.track == "home":
        lines.append((word("decision_mark"), word("decision_mark_shows" if found.mark else "decision_mark_hidden")))
    for name, text in lines:
        console.screen.print(Prose.of(f"{name}: {text}"))
    for remark in found.reopened:
        console.screen.print(Prose.of(f"{word('decision_reopened')}: {escape(remark.text[console.language])}"))
    _pending(console, found)
    _steps(console, view)
    if view.may:
        names = ", ".join(f"{name_of('acts', act, opened.track, console.language)} ({act})" for act in view.may)
        console.screen.print(Prose.of(f"{word('decision_may')}: {escape(names)}"))


def outcome_text(console: Console, view: DecisionView) -> str:
    """Return what may be said today; that nothing is in force is told apart from a "no"."""
    found = view.standing
    if view.opened.track == "home":
        return name_of("states", "recognised", "home", console.language) if found.recognised else _nothing(console)
    if found.outcome is None:
        return _nothing(console)
    return _outcome(console, found.outcome)


def _outcome(console: Console, outcome: Outcome) -> str:
    kind = "states" if outcome is Outcome.UNDECIDED else "verdicts"
    return name_of(kind, outcome.value, "foreign", console.language)  # type: ignore[arg-type]  # one of the two words


def _nothing(console: Console) -> str:
    return console.word("decision_none_in_force")


def _state(console: Console, view: DecisionView) -> str:
    if view.standing.state is None:
        return "-"
    return name_of("states", view.standing.state, view.opened.track, console.language)


def _status(console: Console, view: DecisionView) -> str:
    status = view.standing.status
    if status is None:
        return "-"
    text = name_of("statuses", status.value, view.opened.track, console.language)
    colour = _COLOURS.get(status, "red")
    return f"[{colour}]{text}[/{colour}]"


def _terms(console: Console, terms: Terms) -> list[tuple[str, str]]:
    found = [(console.word("decision_until"), str(terms.valid_until or console.word("decision_no_end")))]
    if terms.covers:
        found.append((console.word("decision_covers"), escape(terms.covers)))
    return found + [(console.word("decision_conditions"), escape(text)) for text in terms.conditions]


def _pending(console: Console, found: Standing) -> None:
    if found.pending is not None:
        verdict = name_of("verdicts", found.pending.terms.verdict, "home", console.language)
        by = console.word("decision_proposed_by", by=found.pending.by)
        console.screen.print(Prose.of(escape(f"{by}: {verdict} — {found.pending.reason}")))


def _steps(console: Console, view: DecisionView) -> None:
    table = plain_table(console, ("decision_step", "when", "decision_who", "decision_reason"))
    for step in view.steps:
        name = name_of("acts", step.act, view.opened.track, console.language)
        verdict = name_of("verdicts", step.terms.verdict, view.opened.track, console.language) if step.terms else ""
        told = f"{step.number} {name} {verdict}".strip()
        table.add_row(told, f"{step.at:%Y-%m-%d %H:%M}Z", Prose.of(escape(step.actor)), Prose.of(escape(step.reason)))
    console.screen.print(table)
