"""JSON-LD: our context, then the records one per line, each concept where it is first used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

import orjson

from crosswalks.elm.context import context
from crosswalks.elm.profile import Generation
from crosswalks.elm.writing.build import Written

_BATCH = 64


def write_jsonld(records: Iterable[Written], out: BinaryIO, generation: Generation) -> None:
    """Write one JSON-LD document with its context inside; nothing needs to be fetched to read it."""
    out.write(b'{"@context":' + orjson.dumps(context(generation)) + b',\n"@graph":[')
    separator = b"\n"
    said: set[str] = set()
    gathered: list[bytes] = []
    for number, written in enumerate(records, 1):
        gathered.append(orjson.dumps(written.record))
        if not said.issuperset(written.concepts):
            gathered.extend(orjson.dumps(node) for iri, node in written.concepts.items() if iri not in said)
            said.update(written.concepts)
        if number % _BATCH == 0:
            out.write(separator + b",\n".join(gathered))
            separator, gathered = b",\n", []
    if gathered:
        out.write(separator + b",\n".join(gathered))
    out.write(b"\n]}\n")


def document(written: Written, generation: Generation = "elm-3.2") -> dict[str, Any]:
    """Return one record as a JSON-LD document of its own."""
    return {"@context": context(generation), "@graph": [written.record, *written.concepts.values()]}
