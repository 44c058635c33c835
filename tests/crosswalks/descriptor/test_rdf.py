"""A descriptor comes back out of its RDF as it went in, whoever reads the JSON-LD; the vocabulary names all it uses."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld import jsonld as pyld
from rdflib.compare import isomorphic

from config.codelists import codelists
from config.messages import CodedError
from crosswalks.descriptor import model, types
from crosswalks.descriptor.jsonld import CONTEXT_PATH, context, to_jsonld
from crosswalks.descriptor.rdf import from_jsonld, from_rdf, to_ntriples, to_turtle
from crosswalks.descriptor.rdf_values import CODES, NAMESPACE
from crosswalks.descriptor.serialise import dump
from crosswalks.descriptor.vocabulary import (
    CODE_LISTS,
    VOCABULARY,
    classes,
    code_tables,
    codes_turtle,
    labels,
    properties,
    vocabulary_turtle,
)
from tests.crosswalks.descriptor import strategies as known

BASE = "https://kakehashi.example"
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
SYNTAXES = (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE, ox.RdfFormat.N_QUADS)

ODD_TEXT = st.text(
    st.sampled_from("ab%;\x00\x0b\x1f\r\n\t\ufffe\uffff<&>\"'\\]架🎓\u0085\u2028"), min_size=1, max_size=12
).filter(lambda text: text.strip() != "")
ODD_TAGS = st.one_of(
    st.sampled_from(["EN", "en", "zh-hans", "zh-Hans", "ZH-HANS", "pt-br", "abcdefgh", "en-a", "en-x-y", "de-1996"]),
    st.from_regex(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,2}", fullmatch=True),
)
ODD_TEXTS = st.dictionaries(ODD_TAGS, ODD_TEXT, min_size=1, max_size=3)
ODD_IRIS = st.one_of(
    st.sampled_from(["title:foo", "codes:x", "a:[", "http://[bad", "http://a:b:c/", "https://x.example/a/../b%zz",
                     "urn:x:é", "xsd:date", "jmicro:title"]),
    st.from_regex(r'[A-Za-z][A-Za-z0-9+.\-]{0,5}:[^\x00-\x20<>"{}|\\^`]{1,12}', fullmatch=True),
)  # fmt: skip
ODD_MOMENTS = st.sampled_from(["2026-99-99", "2026-01-01T09:00", "2026-01-01T25:00:00Z", "2026-02-28", "2026-02-29"])


@st.composite
def odd_descriptors(draw: st.DrawFn) -> model.Descriptor:
    """A descriptor that keeps the rules of the model and few others."""
    source = model.SourceRecord(registry=draw(ODD_TEXT), source_id=draw(ODD_TEXT))
    outcome = st.builds(model.Outcome, text=ODD_TEXTS, skill_refs=known.some(ODD_IRIS))
    offer = st.builds(model.Offer, starts=ODD_MOMENTS, capacity=known.maybe(st.integers(0, 10**30)))
    return model.Descriptor(
        id=draw(ODD_IRIS), source_record=source, title=draw(ODD_TEXTS), prerequisites=draw(known.some(ODD_TEXTS)),
        learning_outcomes=draw(known.some(outcome)), offer=draw(known.some(offer)), certificate=model.Certificate(),
        level=(types.Level(scheme="EQF", value=draw(ODD_TEXT), iri=draw(ODD_IRIS)),),
        volume=draw(st.sampled_from([None, model.Volume(), model.Volume(duration="P12W")])),
        fee=model.Fee(amount=draw(st.sampled_from([Decimal("1E+2"), Decimal("0E-9"), Decimal("90.50")]))),
    )  # fmt: skip


def read_back(record: model.Descriptor) -> Iterator[bytes]:
    lines = to_ntriples(record)
    for data, syntax in ((lines, SYNTAXES[0]), (to_turtle(record), SYNTAXES[1]),
                         (to_ntriples(record, "urn:x:graph"), SYNTAXES[2])):  # fmt: skip
        (found,) = from_rdf(data, syntax)
        yield dump(found)
    (found,) = from_jsonld(orjson.dumps(to_jsonld(record, BASE)))
    yield dump(found)


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(known.descriptors())
def test_nothing_is_lost_in_any_syntax(record: model.Descriptor) -> None:
    assert set(read_back(record)) == {dump(record)}


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(odd_descriptors())
def test_what_rdf_has_no_form_for_comes_back_too(record: model.Descriptor) -> None:
    assert set(read_back(record)) == {dump(record)}


def by_pyld(document: dict[str, Any]) -> str:
    def load(url: str, options: Any) -> dict[str, Any]:
        assert url == BASE + CONTEXT_PATH
        return {"contextUrl": None, "documentUrl": url, "document": context(), "contentType": "application/ld+json"}

    text: str = pyld.to_rdf(document, {"documentLoader": load, "format": "application/n-quads"})
    return text


def by_rdflib(document: dict[str, Any]) -> rdflib.Graph:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return rdflib.Graph().parse(data=orjson.dumps({**document, **context()}).decode(), format="json-ld")


@pytest.fixture
def _as_written(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    logging.getLogger("rdflib.term").disabled = True
    yield
    logging.getLogger("rdflib.term").disabled = False


@pytest.mark.usefixtures("_as_written")
@settings(max_examples=25, deadline=None, suppress_health_check=[*SLOW, HealthCheck.function_scoped_fixture])
@given(known.descriptors())
def test_pyld_and_rdflib_agree_with_what_we_write_and_give_it_back(record: model.Descriptor) -> None:
    document = to_jsonld(record, BASE)
    theirs = by_rdflib(document)
    pyld_text = by_pyld(document)
    ours = rdflib.Graph().parse(data=to_ntriples(record).decode(), format="nt")
    assert len(ours) > 3
    for other in (theirs, rdflib.Graph().parse(data=pyld_text, format="nt")):
        assert isomorphic(_small_tags(ours), _small_tags(other))
    for text in (pyld_text, theirs.serialize(format="nt")):
        (back,) = from_rdf(text.encode(), ox.RdfFormat.N_TRIPLES)
        assert dump(back) == dump(record)


def _small_tags(graph: rdflib.Graph) -> rdflib.Graph:
    made = rdflib.Graph()
    for subject, predicate, value in graph:
        tagged = isinstance(value, rdflib.Literal) and value.language
        made.add((subject, predicate, rdflib.Literal(str(value), lang=str(tagged).lower()) if tagged else value))
    return made


def test_what_is_no_document_of_ours_is_refused() -> None:
    for data in (b"{", b"[]", b'{"@context": "https://other.example/"}', b'{"@id": "urn:x:1"}'):
        with pytest.raises(CodedError, match="rdf_unreadable"):
            from_jsonld(data)
    with pytest.raises(CodedError, match="rdf_unreadable"):
        from_rdf(b"<urn:x:1> <urn:x:2>", ox.RdfFormat.N_TRIPLES)
    assert from_rdf(b"<urn:x:1> <urn:x:2> <urn:x:3> .", ox.RdfFormat.N_TRIPLES) == []


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(known.descriptors())
def test_the_vocabulary_has_every_term_that_is_used(record: model.Descriptor) -> None:
    names = {one.path for one in properties()} | set(classes())
    codes = {f"{name}.{code}" for name, table in code_tables().items() for code in table}
    for quad in ox.parse(to_ntriples(record), ox.RdfFormat.N_TRIPLES):
        for term in (quad.predicate, quad.object):
            value = term.value if isinstance(term, ox.NamedNode) else ""
            assert not value.startswith(NAMESPACE) or value.removeprefix(NAMESPACE) in names
            assert not value.startswith(CODES) or value.removeprefix(CODES) in codes


def test_labels_and_model_agree_in_both_directions() -> None:
    paths = [one.path for one in properties()]
    assert list(labels()) == [*[name for name in labels() if name[0].isupper()], *paths]
    assert {name for name in labels() if name[0].isupper()} == set(classes())
    assert all(words["ja"] and words["en"] for words in labels().values())
    assert set(code_tables()) == {*codelists(), "LevelScheme", "CreditSystem"}


def test_what_is_published_is_fresh_and_is_rdf() -> None:
    assert VOCABULARY.read_text(encoding="utf-8") == vocabulary_turtle()
    assert CODE_LISTS.read_text(encoding="utf-8") == codes_turtle()
    out = io.BytesIO()
    ox.serialize(ox.parse(path=str(VOCABULARY)), out, ox.RdfFormat.N_TRIPLES)
    graph = rdflib.Graph().parse(data=out.getvalue(), format="nt")
    label = rdflib.RDFS.label
    for name in classes():
        assert {str(one.language) for one in graph.objects(rdflib.URIRef(NAMESPACE + name), label)} == {"ja", "en"}  # type: ignore[attr-defined]
