"""`kakehashi compare`: two to six records side by side."""

from __future__ import annotations

from string import ascii_uppercase

import click
from rich.markup import escape
from rich.table import Table

from config.messages import CodedError, Issue
from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.workplace import Workplace
from recognition.cells import Difference, Value
from recognition.commands.showing import cell_text, coloured, evidence_line, in_language, remark_line, reviewed_line
from recognition.comparison import Compared, ComparedHeading, ComparedRow, Comparison
from recognition.comparison import compare as compare_subjects
from recognition.loading import load_subject
from recognition.models.vectors import VectorModel, vector_model
from recognition.outcomes.align import Alignment, Link
from recognition.subject import Reviewed


@click.command(short_help="Lay two to six records side by side.")
@click.argument("records", metavar="ID ID...", nargs=-1, required=True)
@click.option("--evidence", is_flag=True, help="Show where each value came from.")
@common_options
def compare(console: Console, records: tuple[str, ...], evidence: bool) -> None:  # noqa: FBT001  click passes it by name
    """Compare two to six records heading by heading. There is no score, and nothing is decided.

    Each ID is a record's id, its identifier, or the beginning of an id. Differences say how a record looks beside the
    first. With --json: `key`, `subjects`, `headings`, `alignments`, `statement`,
    `suggested` (machine-made) and `issues`.

    \b
    Example:
      kakehashi compare jmicro-46z2 jmicro-pebw
      kakehashi compare jmicro-46z2 jmicro-pebw jmicro-66mt --json
    """  # noqa: D301
    place = Workplace.of(settings())
    model, trouble = _model(place)
    found = compare_subjects([load_subject(place.database, name) for name in records], model)
    if console.as_json:
        console.emit({**found.model_dump(mode="json"), "issues": [trouble.as_json()] if trouble else []})
        return
    if trouble:
        console.screen.print(console.issue(trouble))
    _show(console, found, evidence=evidence)


def _model(place: Workplace) -> tuple[VectorModel | None, Issue | None]:
    """Return the model that is set, or what is wrong with it: a comparison is made without it all the same."""
    folder = place.settings.outcome_model
    try:
        return (vector_model(folder) if folder else None), None
    except CodedError as error:
        return None, error.issues[0]


def _show(console: Console, found: Comparison, *, evidence: bool) -> None:
    for letter, column in zip(ascii_uppercase, found.subjects, strict=False):
        console.screen.print(_column(console, letter, column))
    nobody = []
    for heading in found.headings:
        stated = [row for row in heading.rows if any(cell.stated or cell.remarks for cell in row.cells)]
        nobody += [row.labels[console.language] for row in heading.rows if row not in stated]
        _heading(console, heading, stated, evidence=evidence)
    console.screen.print()
    if nobody:
        console.screen.print(Prose.of(escape(console.word("nobody_states", names=", ".join(nobody)))))
    for alignment in found.alignments:
        _alignment(console, found, alignment)
    console.screen.print(remark_line(console, found.statement))


def _column(console: Console, letter: str, column: Compared) -> Prose:
    retrieved = f"{column.retrieved_at:%Y-%m-%d %H:%M}Z" if column.retrieved_at else "-"
    counts = console.word("states_rows", stated=column.stated, not_stated=column.not_stated)
    about = (column.id, f"{console.word('version')} {column.version}", column.registry, retrieved, counts)
    title = f"[bold]{letter}  {escape(in_language(console, column.title))}[/bold]"
    return Prose.of(f"{title}\n   [dim]{escape(' · '.join(about))}[/dim]")


def _heading(console: Console, heading: ComparedHeading, rows: list[ComparedRow], *, evidence: bool) -> None:
    if not rows:
        return
    number = f"{heading.number} " if heading.number else ""
    console.screen.print(f"\n[bold]{number}{heading.labels[console.language]}[/bold]")
    if heading.note:
        console.screen.print(remark_line(console, heading.note))
    table = Table(header_style="dim", show_edge=False, pad_edge=False)
    table.add_column("", overflow="fold", min_width=8)
    for letter, _ in zip(ascii_uppercase, rows[0].cells, strict=False):
        table.add_column(letter, overflow="fold", ratio=2)
    table.add_column(console.word("beside_first", first="A"), overflow="fold", ratio=2)
    for row in rows:
        cells = [cell_text(console, cell) for cell in row.cells]
        table.add_row(Prose.of(row.labels[console.language]), *cells, _differences(console, row))
    console.screen.print(table)
    for row in rows if evidence else ():
        for letter, cell in zip(ascii_uppercase, row.cells, strict=False):
            for value in cell.values:
                console.screen.print(Prose.of(f"[dim]  {letter} {escape(evidence_line(value.evidence))}[/dim]"))


def _differences(console: Console, row: ComparedRow) -> Prose:
    lines = []
    for pair in row.pairs:
        if pair.first == 0:
            who = f"{ascii_uppercase[pair.second]} " if len(row.cells) > 2 else ""
            plain = pair.difference in {Difference.SAME, Difference.NOT_STATED} and not pair.levels
            told = plain or pair.because.code == "cell_other_value"
            why = "" if told else f"\n[dim]{escape(pair.because.text[console.language])}[/dim]"
            lines.append(f"{who}{coloured(console, pair.difference.value)}{why}")
    return Prose.of("\n".join(lines))


def _alignment(console: Console, found: Comparison, alignment: Alignment) -> None:
    row = found.row("learning_outcomes")
    left, right = (row.cells[index].values for index in (alignment.first, alignment.second))
    if not left or not right:
        return
    names = {"first": ascii_uppercase[alignment.first], "second": ascii_uppercase[alignment.second]}
    console.screen.print(f"\n[bold]{console.word('outcomes_aligned', **names)}[/bold]")
    if alignment.links:
        table = Table(header_style="dim", show_edge=False, pad_edge=False)
        for name in (names["first"], names["second"], console.word("matched_words")):
            table.add_column(name, overflow="fold", ratio=2)
        for link in alignment.links:
            read = ((left[link.left], link.left_reviewed), (right[link.right], link.right_reviewed))
            texts = (Prose.of(escape(_outcome(console, value, used))) for value, used in read)
            table.add_row(*texts, Prose.of(escape(_matched(console, link))))
        console.screen.print(table)
    alone = {"left": len(alignment.left_alone), "right": len(alignment.right_alone)}
    console.screen.print(console.word("outcomes_alone", **names, **alone))
    if alignment.not_compared:
        console.screen.print(console.word("outcomes_not_compared", number=alignment.not_compared))
    pairs = [one for one in found.suggested if (one.first, one.second) == (alignment.first, alignment.second)]
    if pairs:
        console.screen.print(f"[bold]{console.word('machine_suggested')}[/bold]")
    for one in pairs:
        sides = [in_language(console, side[at].texts) for side, at in ((left, one.left), (right, one.right))]
        maker = console.word("machine_by", called=one.by.name, dated=one.by.dated, digest=one.by.digest)
        console.screen.print(Prose.of(f"{escape(' · '.join(sides))}\n   [dim]{escape(maker)}[/dim]"))


def _outcome(console: Console, value: Value, used: Reviewed | None) -> str:
    text = in_language(console, value.texts)
    return f"{text}\n{reviewed_line(console, used)}" if used else text


def _matched(console: Console, link: Link) -> str:
    terms = [f"{term.left} = {term.right}" for term in link.terms]
    words = [] if link.terms or link.skills else list(dict.fromkeys((*link.left_words, *link.right_words)))
    return f"{', '.join([*words, *terms, *link.skills])} ({console.word(f'means_{link.means}')})"
