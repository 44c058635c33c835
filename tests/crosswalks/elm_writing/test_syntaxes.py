"""The documents against a library: the bytes pyoxigraph would write; and written side by side as each alone."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.serialise import WRITERS, documents, write_elm
from crosswalks.elm.serialise.turtle import prefixes
from crosswalks.elm.writing.build import Written, build
from tests.crosswalks.descriptor.strategies import exportable

QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
FORMATS = {"turtle": ox.RdfFormat.TURTLE, "rdfxml": ox.RdfFormat.RDF_XML}


def in_syntax(records: Sequence[Written], syntax: str) -> bytes:
    out = io.BytesIO()
    write_elm(records, out, syntax)
    return out.getvalue()


def by_library(records: Sequence[Written], syntax: str) -> bytes:
    quads = ox.parse(in_syntax(records, "ntriples"), ox.RdfFormat.N_TRIPLES, lenient=True)
    triples = (quad.triple for quad in quads)
    return ox.serialize(triples, format=FORMATS[syntax], prefixes=prefixes("elm-3.2")) or b""


def body(document: bytes, syntax: str) -> bytes:
    """The library gives the prefixes in no steady order, spells language tags small and escapes apostrophes."""
    if syntax == "turtle":
        lines = document.splitlines(keepends=True)
        return b"".join(line for line in lines if not line.startswith(b"@prefix ")).lower()
    return document[document.index(b"\n\t") :].rstrip().replace(b"&apos;", b"'").lower()


@pytest.mark.parametrize("syntax", FORMATS)
@given(descriptor=exportable())
@QUIET
def test_our_bytes_are_those_of_the_library(syntax: str, descriptor: Descriptor) -> None:
    records = [build(descriptor)]
    ours = body(in_syntax(records, syntax), syntax)
    assert len(ours) > 1000
    assert ours == body(by_library(records, syntax), syntax)


@given(st.lists(exportable(), min_size=2, max_size=3))
@QUIET
def test_documents_side_by_side_are_as_each_alone(descriptors: list[Descriptor]) -> None:
    records = [build(descriptor) for descriptor in descriptors]
    outs = {syntax: io.BytesIO() for syntax in WRITERS}
    begun = documents(list(outs.items()), "elm-3.2")
    for written in records:
        for document in begun:
            document.add(written)
    for document in begun:
        document.end()
        document.close()
    for syntax, out in outs.items():
        assert out.getvalue() == in_syntax([build(descriptor) for descriptor in descriptors], syntax), syntax


def texts(text: str) -> list[Written]:
    return [
        build(
            Descriptor.model_validate(
                {
                    "id": "https://kakehashi.example/id/mc/é-1",
                    "source_record": {"registry": "test", "source_id": "1"},
                    "title": {"en": text, "pt-BR": "Só um título"},
                    "issuer": {"name": {"en": "Example University"}, "country": "JP"},
                    "learning_outcomes": [{"text": {"en": "Explain something"}}],
                }
            )
        )
    ]


@pytest.mark.parametrize("text", ['a "b" \\ c', "a\nb\tc", "a\rb", "<a> & 'b' > c", "架空 ￾ é", "]]>", "a\x7fb"])
def test_signs_that_need_an_escape_come_back(text: str) -> None:
    records = texts(text)
    for syntax, form in {**FORMATS, "ntriples": ox.RdfFormat.N_TRIPLES, "jsonld": ox.RdfFormat.JSON_LD}.items():
        titles = {quad.object.value for quad in ox.parse(in_syntax(records, syntax), form) if "title" in str(quad)}
        wanted = text.replace("￾", "") if syntax == "rdfxml" else text
        assert wanted in titles, syntax


def test_what_xml_cannot_hold_is_left_out_of_it() -> None:
    document = in_syntax(texts("a\x01b\x0bc"), "rdfxml")
    assert b">abc<" in document
    assert not any(sign in document for sign in b"\x01\x0b")
