"""N-Triples and N-Quads from our lines, and RDF/XML from the same lines through pyoxigraph."""

from __future__ import annotations

from typing import BinaryIO

import pyoxigraph as ox

from crosswalks.elm.profile import Generation
from crosswalks.elm.serialise.document import Batched
from crosswalks.elm.serialise.lines import Lines
from crosswalks.elm.serialise.turtle import prefixes
from crosswalks.elm.writing.build import Written


class LineDocument(Batched):
    """One N-Triples document, or N-Quads: every statement is in the default graph, so that the lines are the same."""

    def __init__(self, out: BinaryIO, generation: Generation, lines: Lines) -> None:
        super().__init__(out, generation)
        self._lines = lines

    def text(self, written: Written) -> str:
        """Return the lines of one record."""
        return self._lines.of(written)


class RdfxmlDocument(LineDocument):
    """One RDF/XML document: a root with the prefixes sorted, then the nodes in the order of the records."""

    def __init__(self, out: BinaryIO, generation: Generation, lines: Lines) -> None:
        super().__init__(out, generation, lines)
        self._prefixes = prefixes(generation)
        names = "".join(f' xmlns:{name}="{iri}"' for name, iri in self._prefixes.items())
        out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{names}>\n'.encode())

    def batch(self, text: bytes) -> None:
        """Write the statements of some records in RDF/XML."""
        triples = (quad.triple for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES, lenient=True))
        made = ox.serialize(triples, format=ox.RdfFormat.RDF_XML, prefixes=self._prefixes) or b""
        start = made.index(b">", made.index(b"<rdf:RDF")) + 2
        self.out.write(memoryview(made)[start : made.rindex(b"</rdf:RDF>")])

    def end(self) -> None:
        """Write what is gathered, and close the root."""
        super().end()
        self.out.write(b"</rdf:RDF>\n")
