"""Data files, alone or several of one unit, as nodes that can be asked for."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from connectors.contract import Payload, StructureBroken
from connectors.europass.answers import body_of, expect_data, graph_of, readable
from connectors.europass.nodes import Held, InMemory, OnDisk, joined
from connectors.europass.options import Setting
from crosswalks.elm.load import syntax_of
from crosswalks.elm.syntax.bounds import not_parsed

_STREAMED: dict[str, Any] = {
    "turtle": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG, "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
}  # fmt: skip
_BASE = "http://document.invalid/"
_CHUNK = 2**20


@contextmanager
def opened(parts: list[Payload], setting: Setting) -> Iterator[Held]:
    """Yield the nodes of all parts: from memory, or from a temporary folder that is gone afterwards whatever happens.

    Raises `StructureBroken` for a part that cannot be read whole.
    """
    syntaxes = [_syntax(part) for part in parts]
    if all(syntax in _STREAMED for syntax in syntaxes) and _size(parts, setting.options.in_memory_bytes) is None:
        scratch = tempfile.TemporaryDirectory(dir=setting.options.scratch or None, prefix="elm-")
        with scratch as folder, closing(OnDisk(Path(folder))) as nodes:
            nodes.fill(_quads(part, syntax) for part, syntax in zip(parts, syntaxes, strict=True))
            yield nodes
    else:
        yield InMemory(joined([graph_of(part, name_of(part)) for part in parts]))


def name_of(part: Payload) -> str:
    """Return the name of a data file."""
    return part.about.get("file") or part.url.partition("#")[0].partition("?")[0].rpartition("/")[2]


def _syntax(part: Payload) -> str:
    """Return the syntax of a text file of RDF; empty for what only a reader of whole documents can tell."""
    start = expect_data(part).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in {b"{", b"["} or start.startswith((b"<?xml", b"<!--", b"<!DOCTYPE")):
        return ""
    with readable(part):
        return syntax_of(start, name_of(part))


def _size(parts: list[Payload], most: int) -> int | None:
    """Return the size of all parts unpacked, or None when it is above a limit; no more is unpacked than it takes."""
    size = 0
    for part in parts:
        if part.packed is None:
            size += len(part.body)
            continue
        with gzip.open(part.packed) as plain:
            while size <= most and (chunk := plain.read(_CHUNK)):
                size += len(chunk)
    return size if size <= most else None


def _quads(part: Payload, syntax: str) -> Iterator[Any]:
    base = _BASE if syntax in {"turtle", "trig"} else None
    with readable(part):
        try:
            if part.packed is None:
                yield from ox.parse(body_of(part), _STREAMED[syntax], base_iri=base, lenient=True)
            else:
                with gzip.open(part.packed) as plain:
                    yield from ox.parse(cast("IO[bytes]", plain), _STREAMED[syntax], base_iri=base, lenient=True)
        except (SyntaxError, ValueError, OSError) as error:
            raise not_parsed(syntax, error) from None


def expect_records(count: int, parts: list[Payload]) -> None:
    """Raise `StructureBroken` with `structure_changed` when a file of records holds none."""
    if not count:
        detail = "no learning opportunity, achievement specification or qualification"
        raise StructureBroken.of("structure_changed", detail=detail, url=parts[0].url)
