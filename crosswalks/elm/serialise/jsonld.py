"""JSON-LD: our context, then the records one per line, each concept where it is first used."""

from __future__ import annotations

from typing import Any, BinaryIO

import orjson

from crosswalks.elm.context import context
from crosswalks.elm.profile import Generation
from crosswalks.elm.serialise.document import Document
from crosswalks.elm.writing.build import Written

_BATCH = 16


class JsonldDocument(Document):
    """One JSON-LD document with its context inside; nothing needs to be fetched to read it."""

    def __init__(self, out: BinaryIO, generation: Generation) -> None:
        super().__init__(out)
        out.write(b'{"@context":' + orjson.dumps(context(generation)) + b',\n"@graph":[')
        self._separator = b"\n"
        self._said: set[str] = set()
        self._gathered: list[bytes] = []

    def add(self, written: Written) -> None:
        """Gather one record and the concepts that are new, and write when there are enough."""
        gathered = self._gathered
        gathered.append(written.json())
        if not self._said.issuperset(written.concepts):
            gathered.extend(orjson.dumps(node) for iri, node in written.concepts.items() if iri not in self._said)
            self._said.update(written.concepts)
        if len(gathered) >= _BATCH:
            self._write()

    def end(self) -> None:
        """Write what is gathered, and close the document."""
        if self._gathered:
            self._write()
        self.out.write(b"\n]}\n")

    def _write(self) -> None:
        self.out.write(self._separator + b",\n".join(self._gathered))
        self._separator = b",\n"
        self._gathered.clear()


def document(written: Written, generation: Generation = "elm-3.2") -> dict[str, Any]:
    """Return one record as a JSON-LD document of its own."""
    return {"@context": context(generation), "@graph": [written.record, *written.concepts.values()]}
