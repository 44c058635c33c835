"""The forms of a dump, written side by side from one pass over the records."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict

from config.messages import Issue
from config.yaml_files import load_yaml
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rdf import to_ntriples
from crosswalks.descriptor.rdf_values import node_id
from crosswalks.descriptor.serialise import dump
from crosswalks.elm.profile import Generation
from crosswalks.elm.serialise import documents
from crosswalks.elm.serialise.document import Document
from crosswalks.elm.serialise.lines import Lines
from crosswalks.elm.writing.build import Written
from portal.dumps import table
from portal.dumps.manifest import FileEntry
from portal.dumps.packing import Packed, packed
from store.publications import LogRow

ELM_CONTEXT = "/ns/elm/{generation}"
"""Where the context of a line of JSON-LD is, below the public address."""


class One(NamedTuple):
    """One record of a dump: its row of the log, what may be shown of it, and its ELM unless that is withheld."""

    row: LogRow
    released: Descriptor
    elm: Written
    withheld: Issue | None


class FileForm(BaseModel):
    """A row of `files.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    media_type: str
    format: str
    delta: bool
    title: dict[str, str]


@cache
def file_forms() -> dict[str, FileForm]:
    """Return the files of a dump by name, in the order of the list."""
    rows = load_yaml(Path(__file__).parent / "files.yaml")
    return {name: FileForm.model_validate(row) for name, row in rows.items()}


class FormWriter(ABC):
    """Writes records in one form."""

    def __init__(self, file: Packed) -> None:
        self.file = file

    @abstractmethod
    def add(self, one: One) -> None:
        """Write one record, if the form can hold it."""

    def end(self) -> None:  # noqa: B027 - most forms end with their last record
        """Write what is left."""


class _Each(FormWriter):
    """A form in which every record is a piece of its own; None is a record that it cannot hold."""

    def __init__(self, file: Packed, piece: Callable[[One], bytes | None], start: bytes = b"") -> None:
        super().__init__(file)
        self._piece = piece
        file.out.write(start)

    def add(self, one: One) -> None:
        if (piece := self._piece(one)) is not None:
            self.file.out.write(piece)
            self.file.records += 1


class _Whole(FormWriter):
    """A form that is one document of ELM."""

    def __init__(self, file: Packed, document: Document) -> None:
        super().__init__(file)
        self._document = document

    def add(self, one: One) -> None:
        if one.withheld is None:
            self._document.add(one.elm)
            self.file.records += 1

    def end(self) -> None:
        self._document.end()


class Rules(NamedTuple):
    """What decides how records are written: the term namespace of ELM, and our public address."""

    generation: Generation
    base: str


@contextmanager
def forms(folder: Path, rules: Rules, *, delta: bool) -> Iterator[list[FormWriter]]:
    """Begin every form in a folder; those that stand line by line when they are for a delta."""
    prefix = "delta." if delta else ""
    with ExitStack() as opened:
        begun: list[FormWriter] = []
        for name, about in file_forms().items():
            if about.delta or not delta:
                file = opened.enter_context(packed(folder, prefix + name, about.media_type))
                begun.append(_begun(name, file, rules, opened))
        yield begun
        for form in begun:
            form.end()


@contextmanager
def elm_documents(
    folder: Path, names: Iterable[tuple[str, str, str]], generation: Generation
) -> Iterator[list[FormWriter]]:
    """Begin documents of ELM in a folder: name, syntax and media type of each."""
    with ExitStack() as opened:
        begun = [
            _whole(opened.enter_context(packed(folder, name, kind)), syntax, generation, opened)
            for name, syntax, kind in names
        ]
        yield begun
        for form in begun:
            form.end()


def entries(begun: Iterable[FormWriter]) -> tuple[FileEntry, ...]:
    """Return what the manifest says of forms that were written and closed."""
    return tuple(form.file.entry() for form in begun)


def _begun(name: str, file: Packed, rules: Rules, opened: ExitStack) -> FormWriter:
    if name in {"elm.ttl", "elm.xml"}:
        return _whole(file, "turtle" if name == "elm.ttl" else "xml", rules.generation, opened)
    if name == "records.csv":
        return _Each(file, lambda one: table.row(one.row, one.released), table.head())
    pieces: dict[str, Callable[[One], bytes | None]] = {
        "descriptor.ndjson": lambda one: dump(one.released) + b"\n",
        "descriptor.nq": lambda one: to_ntriples(one.released, node_id(one.released.id)),
        "elm.nq": lambda one: _elm_quads(one, rules),
        "elm.jsonl": lambda one: _elm_line(one, rules),
    }
    return _Each(file, pieces[name])


def _whole(file: Packed, syntax: str, generation: Generation, opened: ExitStack) -> FormWriter:
    (document,) = documents([(syntax, file.out)], generation)
    return _Whole(file, opened.enter_context(closing(document)))


def _elm_quads(one: One, rules: Rules) -> bytes | None:
    """Return the statements of a record in a graph of its own, with all concepts it uses."""
    if one.withheld is not None:
        return None
    text = Lines(rules.generation).of(one.elm)
    graph = node_id(one.released.id).encode().decode("latin-1")
    return text.replace(" .\n", f" <{graph}> .\n").encode("latin-1")


def _elm_line(one: One, rules: Rules) -> bytes | None:
    """Return a record as a JSON-LD document on one line; its context is at a stable address."""
    if one.withheld is not None:
        return None
    told = {
        "@context": rules.base + ELM_CONTEXT.format(generation=rules.generation),
        "@graph": [orjson.Fragment(one.elm.json()), *one.elm.concepts.values()],
    }
    return orjson.dumps(told) + b"\n"
