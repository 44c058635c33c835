"""Values, evidence and remarks as lines for a terminal, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable

from rich.markup import escape

from harvester.terminal.console import Console
from harvester.terminal.prose import Prose
from recognition.cells import Amount, Cell, Converted, Remark, Value
from recognition.subject import Evidence, Reviewed

COLOURS = {
    "same": "green", "wider": "cyan", "narrower": "cyan", "different": "yellow", "not_stated": "dim",
    "not_comparable": "magenta", "meets": "green", "fails": "red", "says_nothing": "dim", "stated": "green",
    "partly_stated": "yellow",
}  # fmt: skip


def coloured(console: Console, word: str) -> str:
    """Return one of the fixed words in the reader's language."""
    return f"[{COLOURS[word]}]{console.word(word)}[/{COLOURS[word]}]"


def in_language(console: Console, texts: dict[str, str]) -> str:
    """Return a text in the reader's language; one in another is shown with its language."""
    if console.language in texts:
        return texts[console.language]
    tag, text = next(iter(texts.items()))
    return f"{text} {console.word('text_language', tag=tag)}"


def cell_text(console: Console, cell: Cell) -> Prose:
    """Return what a cell says; a silent one says so."""
    lines = []
    for value in cell.values:
        lines.append(escape(_value(console, value)))
        lines += [f"[dim]{escape(reviewed_line(console, one))}[/dim]" for one in value.reviewed
                  if one.language == console.language]  # fmt: skip
    lines = lines or [f"[dim]{console.word('not_stated')}[/dim]"]
    lines += [f"[dim]{escape(remark.text[console.language])}[/dim]" for remark in cell.remarks]
    return Prose.of("\n".join(lines))


def reviewed_line(console: Console, one: Reviewed) -> str:
    """Return an approved translation with who wrote and approved it, so that it cannot be taken for the source's."""
    kind = "page_translation_machine" if one.machine else "page_translation"
    who = {"by": one.by, "approved": one.approved_by, "day": one.on}
    told = console.word("reviewed_machine_by", note=one.note or "-", **who) if one.machine else console.word(
        "page_translation_by", **who
    )  # fmt: skip
    return f"{one.text} [{console.word(kind, called=one.original_language)}; {told}]"


def _value(console: Console, value: Value) -> str:
    if value.hours:
        parts = [value.native, *_hours(value.native, value.normalised, value.hours), *map(_converted, value.converted)]
        return " · ".join(dict.fromkeys(parts))
    said = [in_language(console, value.texts)] if value.texts else []
    if value.labels:
        label = value.labels[console.language]
        said = [*said, label] if label == value.native else [f"{label} ({value.native})", *said]
    elif value.native not in value.texts.values():
        said = [value.native, *said]
    return " · ".join(said)


def _hours(native: str, normalised: str | None, hours: Amount) -> Iterable[str]:
    if hours.basis == "stated":
        return
    year = f", {hours.year}" if hours.year else ""
    plain = f"{hours.least:f} h" if hours.least == hours.most else f"{hours.least:f}–{hours.most:f} h"
    span = normalised if normalised and normalised.endswith(" h") else plain
    if span != native:
        yield f"{span} ({hours.source}{year})"


def _converted(one: Converted) -> str:
    span = f"{one.least.normalize():f}" if one.least == one.most else f"{one.least:f}–{one.most:f}"
    return f"{span} {one.system}"


def evidence_line(evidence: Evidence) -> str:
    """Return where a value came from, on one line."""
    retrieved = f"{evidence.retrieved_at:%Y-%m-%d %H:%M}Z" if evidence.retrieved_at else None
    quoted = f"«{evidence.quotation}»" if evidence.quotation else None
    how = evidence.origin if evidence.origin != "stated" else None
    parts = (
        evidence.path, evidence.registry, evidence.address, retrieved, evidence.field, evidence.place, how,
        evidence.rule, quoted,
    )  # fmt: skip
    return " · ".join(part for part in parts if part)


def place_line(evidence: Evidence) -> str:
    """Return only where in the record a value stands, and how it came about."""
    quoted = f"«{evidence.quotation}»" if evidence.quotation else None
    return " · ".join(part for part in (evidence.path, evidence.field, evidence.place, evidence.rule, quoted) if part)


def remark_line(console: Console, remark: Remark) -> Prose:
    """Return a remark on a line of its own."""
    return Prose.of(f"[dim]{escape(remark.text[console.language])}[/dim]")
