"""Writing the registry's records out: as ELM in every syntax, and as descriptors."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from filecmp import cmp
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from config.messages import CodedError, Issue, catalogue
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.serialise import dump, load
from crosswalks.elm.check.records import codes_of, faults, record_key
from crosswalks.elm.profile import Generation
from crosswalks.elm.serialise import documents
from crosswalks.elm.serialise.document import Document
from crosswalks.elm.writing import cross
from crosswalks.elm.writing.build import Written
from crosswalks.elm.writing.counts import OutgoingCounts
from crosswalks.ledger import FieldOutcome, general
from harvester.collecting import rare_collection
from store.database import Database
from store.records import Current, current_records
from store.verdicts import conforming, keep_conforming

STANDARD_OUTPUT = Path("-")
_SAMPLES = 3
_BATCH = 250


@dataclass(slots=True)
class ExportReport:
    """What one export wrote, what it withheld and why, and what the target could not hold (field, outcome, reason)."""

    syntax: str
    file: str
    written: int = 0
    withheld: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_registry: Counter[str] = field(default_factory=Counter)
    ledger: Counter[tuple[str, FieldOutcome, str]] = field(default_factory=Counter)
    size: int = 0

    def withhold(self, issue: Issue, record: str) -> None:
        """Count a withheld record, and the rules it breaks, and keep the first examples."""
        group = self.withheld.setdefault(issue.code, {"count": 0, "samples": []})
        group["count"] += 1
        if len(group["samples"]) < _SAMPLES:
            group["samples"].append(record)
        if detail := issue.params.get("detail"):
            rules = group.setdefault("rules", {})
            rules[detail] = rules.get(detail, 0) + 1

    def losses(self) -> list[dict[str, Any]]:
        """Return what the target could not hold of the records written, the commonest first."""
        told = catalogue().keys() - self.withheld.keys() - {"rights_withheld"}
        rows = [
            {"field": name, "outcome": outcome.value, "reason": reason, "count": number}
            for (name, outcome, reason), number in self.ledger.items()
            if reason in told
        ]
        return sorted(rows, key=lambda row: (-row["count"], row["field"], row["reason"]))

    def as_json(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {
            "syntax": self.syntax,
            "file": self.file,
            "written": self.written,
            "by_registry": dict(self.by_registry),
            "withheld": self.withheld,
            "losses": self.losses(),
            "bytes": self.size,
        }


def export_elm(
    database: Database, target: Path, syntax: str, generation: Generation, registries: tuple[str, ...] = ()
) -> ExportReport:
    """Write every record that ELM can hold honestly. The file appears whole or, when there is no record, not at all."""
    (report,) = export_elm_files(database, [(syntax, target)], generation, registries)
    return report


def export_elm_files(
    database: Database,
    targets: Sequence[tuple[str, Path]],
    generation: Generation,
    registries: tuple[str, ...] = (),
    tell: Callable[[int], None] = lambda _written: None,
) -> list[ExportReport]:
    """Write the same records to several files, a syntax and a place for each, in one pass over the records.

    `tell` hears how many records have been written. Files appear as `export_elm` says.
    """
    reports = [ExportReport(syntax, str(target)) for syntax, target in targets]
    with suppress(Abandoned), rare_collection(), ExitStack() as opened:
        outs = [opened.enter_context(_whole(target)) for _, target in targets]
        syntaxes = [syntax for syntax, _ in targets]
        begun = documents(list(zip(syntaxes, outs, strict=True)), generation)
        for document in begun:
            opened.enter_context(closing(document))
        _write_all(database, reports, begun, registries, tell)
        for report, document, out in zip(reports, begun, outs, strict=True):
            with _failing_as(report.file):
                document.end()
            _finish(report, out)
    return reports


def _write_all(
    database: Database,
    reports: list[ExportReport],
    begun: list[Document],
    registries: tuple[str, ...],
    tell: Callable[[int], None],
) -> None:
    counts, first = OutgoingCounts(), reports[0]
    pairs = list(zip(reports, begun, strict=True))
    for some in _batches(current_records(database, registries)):
        for registry, written in _fit(database, some, counts, reports):
            for report, document in pairs:
                with _failing_as(report.file):
                    document.add(written)
                report.ledger.update((general(e.source), e.outcome, e.reason or "") for e in document.losses)
                report.written += 1
                report.by_registry[registry] += 1
        tell(first.written)
    for report in reports:
        report.ledger.update(counts.counts())


def _fit(
    database: Database, some: list[Current], counts: OutgoingCounts, reports: list[ExportReport]
) -> Iterator[tuple[str, Written]]:
    """Yield the records that ELM can hold, with their registries; count what became of the fields of all."""
    crossed = [(one, *cross(load(one.content), one.changed_at.replace(microsecond=0))) for one in some]
    wrong = _not_conforming(database, [written for _, _, written, _ in crossed if written.withheld is None])
    for current, released, written, held in crossed:
        counts.add(released, written, held)
        if withheld := written.withheld or wrong.get(id(written)):
            for report in reports:
                report.withhold(withheld, current.record_id)
        else:
            yield current.registry, written


def _finish(report: ExportReport, out: BinaryIO) -> None:
    if not report.written:
        raise Abandoned
    report.size = out.tell()


def _batches(records: Iterator[Current]) -> Iterator[list[Current]]:
    while some := list(islice(records, _BATCH)):
        yield some


def _not_conforming(database: Database, records: list[Written]) -> dict[int, Issue]:
    """Return why records do not keep the rules of ELM, by the identity of each; verdicts are kept."""
    keys = [record_key(written) for written in records]
    known = conforming(database, keys)
    open_ones = [(key, written) for key, written in zip(keys, records, strict=True) if key not in known]
    found = faults([written for _, written in open_ones])
    if passed := [key for (key, _), rows in zip(open_ones, found, strict=True) if not rows]:
        keep_conforming(database, passed)
    return {
        id(written): Issue("withheld_not_conforming", {"detail": "; ".join(codes_of(rows))}, record=_name(written))
        for (_, written), rows in zip(open_ones, found, strict=True)
        if rows
    }


def _name(written: Written) -> str | None:
    return written.record["id"] if written.record else None


def export_jmicro(database: Database, target: Path, registries: tuple[str, ...] = ()) -> ExportReport:
    """Write every record as a descriptor, one JSON object per line, holding only what its rights policy releases."""
    report = ExportReport("jsonl", str(target))
    with whole_file(target) as out:
        for current in current_records(database, registries):
            released, held = releasable(load(current.content))
            report.ledger.update((general(path), FieldOutcome.DROPPED, "rights_withheld") for path in held)
            out.write(dump(released) + b"\n")
            report.written += 1
            report.by_registry[current.registry] += 1
        _finish(report, out)
    return report


class Abandoned(Exception):
    """Raised inside `whole_file` when there is nothing to write after all; the file stays as it was."""


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its place only when it was written to the end; an equal one is left as it was.

    `-` is standard output; like a device or a pipe it gets everything at the end. Raises `CodedError` with
    `output_unwritable`.
    """
    with suppress(Abandoned), _whole(target) as out:
        yield out


@contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """Open a file as `whole_file` does, but let `Abandoned` through to the other files that are open."""
    special = target == STANDARD_OUTPUT or (target.exists() and not target.is_file())
    with _failing_as(str(target)), _handed_over(target) if special else _replacing(target.resolve()) as out:
        yield out


@contextmanager
def _failing_as(file: str) -> Iterator[None]:
    """Tell what the system says of a file that cannot be written with the name of the file."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CodedError.of("output_unwritable", file=file, detail=error.strerror or str(error)) from error


@contextmanager
def _handed_over(target: Path) -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as whole:
        yield cast("BinaryIO", whole)
        whole.seek(0)
        if target == STANDARD_OUTPUT:
            shutil.copyfileobj(whole, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return
        with target.open("wb") as out:
            shutil.copyfileobj(whole, out)


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as partial:
        path = Path(partial.name)
        try:
            yield cast("BinaryIO", partial)
            partial.flush()
            os.fsync(partial.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    if target.is_file() and cmp(path, target, shallow=False):
        path.unlink()
        return
    path.chmod(0o644)
    path.replace(target)
