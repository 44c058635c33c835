"""`kakehashi dossier`: the evidence file for one recognition question."""

from __future__ import annotations

import click
from rich.markup import escape

from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from recognition.commands.showing import cell_text, coloured, in_language, remark_line
from recognition.criteria import purposes
from recognition.dossier import Dossier, Graded, Mark, Point, Question
from recognition.dossier import dossier as gather
from recognition.loading import load_subject
from recognition.marking import keep as keep_dossier


@click.command(short_help="Gather the evidence for one recognition question.")
@click.argument("record", metavar="ID")
@click.option("--purpose", type=click.Choice(list(purposes())), required=True, help="What recognition is sought for.")
@click.option("--receiving", metavar="BODY", required=True, help="The body that will decide.")
@click.option("--framework", metavar="SCHEME", help="Its framework of levels, for instance NZQCF.")
@click.option("--credit-system", metavar="SYSTEM", help="Its system of credit, for instance MY-credit.")
@click.option("--details", default="", metavar="TEXT", help="More on the purpose.")
@click.option("--documents-unavailable", is_flag=True, help="The applicant cannot bring papers.")
@click.option("--keep", is_flag=True, help="Keep it, so that people can set their marks (`kakehashi mark`).")
@common_options
def dossier(
    console: Console,
    *,
    record: str,
    purpose: str,
    receiving: str,
    framework: str | None,
    credit_system: str | None,
    details: str,
    documents_unavailable: bool,
    keep: bool,
) -> None:
    """Show the fifteen points of a dossier on a record, and two views of the evidence.

    Only how far things are stated is filled in. Grades stay empty: people set them on a dossier that is kept. With
    --json: `key`, `question`, `record`, `iri`, `registry`, `source_id`, `version`, `content_hash`, `title`, `address`,
    `retrieved_at`, `evidence`, `elements`, `criteria`, `levels`, `points`, `missing`, `sources` and `statement`.

    \b
    Example:
      kakehashi dossier jmicro-46z2 --purpose credit --receiving "Example University"
      kakehashi dossier jmicro-46z2 --purpose listing --receiving "Example agency" --framework NZQCF --json
    """  # noqa: D301
    place = Workplace.of(settings())
    question = Question(
        purpose=purpose, receiving=receiving, details=details, framework=framework, credit_system=credit_system,
        documents_unavailable=documents_unavailable,
    )  # fmt: skip
    if keep:
        made = keep_dossier(place, console.actor, record, question).dossier
    else:
        made = gather(load_subject(place.database, record), question)
    console.emit(made.model_dump(mode="json")) if console.as_json else show_dossier(console, made)


def show_dossier(console: Console, made: Dossier) -> None:
    """Print a dossier point by point, with the marks that people set."""
    screen, word = console.screen, console.word
    screen.print(Prose.of(f"[bold]{word('dossier')} · {escape(in_language(console, made.title))}[/bold]"))
    screen.print(f"[dim]{word('dossier')} {made.key}[/dim]")
    screen.print(remark_line(console, made.statement))
    for point in made.points:
        screen.print(f"\n[bold]{point.number} {escape(point.labels[console.language])}[/bold]")
        for line in _lines(console, made, point):
            screen.print(Prose.of(line))
        if point.rows:
            table = plain_table(console, ("field", "value"))
            for row in point.rows:
                table.add_row(Prose.of(row.labels[console.language]), cell_text(console, row.cell))
            screen.print(table)
        if point.code == "elements":
            _view(console, "five_elements", made.elements)
            _view(console, "seven_criteria", made.criteria)
        for remark in point.remarks:
            screen.print(remark_line(console, remark))


def _lines(console: Console, made: Dossier, point: Point) -> list[str]:
    word, question = console.word, made.question
    if point.code == "purpose":
        purpose = purposes()[question.purpose][console.language]
        told = f"{purpose} · {question.details}" if question.details else purpose
        return [f"{word('purpose')}: {escape(told)}", f"{word('receiving')}: {escape(question.receiving)}"]
    if point.code == "credential":
        retrieved = f"{made.retrieved_at:%Y-%m-%d %H:%M}Z" if made.retrieved_at else "-"
        return [
            f"{word('registry')}: {escape(made.registry)} · {escape(made.source_id)} · {escape(made.iri)}",
            f"{word('address')}: {escape(made.address or '-')} · {word('retrieved')}: {retrieved}",
            f"{word('version')}: {made.version} · {word('content_hash')}: {made.content_hash}",
        ]
    if point.code == "missing":
        names = {row.item: row.labels[console.language] for row in (*made.elements, *made.criteria)}
        asks = {one.item: escape(one.ask.text[console.language]) for one in made.missing}
        states = {one.item: coloured(console, one.state.value) for one in made.missing}
        return [f"{escape(names[item])}: {states[item]} — {ask}" for item, ask in asks.items()]
    if point.code == "sources":
        return [
            escape(" · ".join(str(part) for part in (one.what, one.address, one.day or one.year) if part))
            for one in made.sources
        ]
    return [f"[dim]{word('to_be_filled_in')}[/dim]"] if point.for_receiver else []


def _view(console: Console, name: str, rows: tuple[Graded, ...]) -> None:
    console.screen.print(console.word(name))
    table = plain_table(console, ("field", "evidence_state", "grade"))
    for row in rows:
        grade = mark_text(console, row.mark) if row.mark else f"[dim]{console.word('no_grade')}[/dim]"
        table.add_row(Prose.of(row.labels[console.language]), coloured(console, row.state.value), Prose.of(grade))
    console.screen.print(table)


def mark_text(console: Console, mark: Mark) -> str:
    """Return a mark with who set it, when and why."""
    matters = "" if mark.material is None else console.word("grade_material" if mark.material else "grade_not_material")
    by = console.word("mark_by", by=mark.by, day=mark.on, reason=mark.reason)
    told = " · ".join(part for part in (console.word(f"grade_{mark.grade}"), matters) if part)
    return f"{told}\n[dim]{escape(by)}[/dim]"
