"""The index says what the file says: every syntax gives the same one, literals keep their form."""

from __future__ import annotations

import gc

import pyoxigraph as ox
import pytest

from crosswalks.elm.check.index import Index, index_quads, statements
from crosswalks.elm.graph import Lit
from crosswalks.elm.profile import PREFIXES, TERMS
from tests.crosswalks.elm_checks import corpus
from tests.crosswalks.elm_checks.corpus import complete, ntriples

FORMATS = [
    ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML,
    ox.RdfFormat.JSON_LD,
]  # fmt: skip
PREFIX = "@prefix e: <https://contoh.example/> . @prefix dc: <http://purl.org/dc/terms/> .\n"


def turtle(text: str) -> Index:
    return index_quads(ox.parse((PREFIX + text).encode(), format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize("syntax", FORMATS, ids=lambda one: one.name)
def test_every_syntax_gives_the_graph(syntax: ox.RdfFormat) -> None:
    graph = complete()
    triples = ox.parse(ntriples(graph), format=ox.RdfFormat.N_TRIPLES)
    written = ox.serialize(triples, format=syntax, prefixes={"elm": TERMS["elm-3.2"], **PREFIXES})
    index = index_quads(ox.parse(written, format=syntax))
    expected = Index.of(graph)
    assert set(statements(index)) == set(statements(expected)) == set(corpus.statements(graph))
    assert index.statements() == graph.size()
    assert {name: set(nodes) for name, nodes in index.members.items()} == {
        name: set(nodes) for name, nodes in expected.members.items()
    }
    assert index.generations == {"elm-3.2"}
    assert index.foreign == set()


def test_literals_keep_their_form() -> None:
    index = turtle('e:a dc:title "x"@EN, " 1 "^^<http://www.w3.org/2001/XMLSchema#integer>, "2025"^^e:date, "plain" .')
    assert index.nodes["https://contoh.example/a"]["dc:title"] == [
        Lit("x", "rdf:langString", "en"),
        Lit(" 1 ", "xsd:integer"),
        Lit("2025", "https://contoh.example/date"),
        Lit("plain"),
    ]


def test_saying_a_thing_twice_changes_nothing() -> None:
    index = turtle('e:a dc:title "x", "x", "y" ; dc:title "y" . e:b dc:title "z" . e:a dc:title "x" .')
    assert index.nodes["https://contoh.example/a"]["dc:title"] == [Lit("x"), Lit("y")]
    assert index.statements() == 3


def test_the_graphs_of_a_dataset_count_as_one() -> None:
    data = b'<urn:g> { <urn:a> <urn:p> "1" } <urn:h> { <urn:a> <urn:p> "1", "2" }'
    index = index_quads(ox.parse(data, format=ox.RdfFormat.TRIG))
    assert index.nodes == {"urn:a": {"urn:p": [Lit("1"), Lit("2")]}}


def test_blank_nodes_are_named_by_their_order() -> None:
    text = 'e:a dc:publisher [ dc:title "x" ], [ dc:title "y" ] .'
    assert turtle(text).nodes == turtle(text).nodes
    assert sorted(turtle(text).nodes) == ["_:b1", "_:b2", "https://contoh.example/a"]


def test_an_identifier_that_only_looks_like_a_prefixed_name_is_not_one() -> None:
    index = turtle('e:a <dc:title> "x" ; a <elm:Note> .')
    assert index.nodes["https://contoh.example/a"] == {"<dc:title>": [Lit("x")], "rdf:type": ["<elm:Note>"]}
    assert index.foreign == {"<dc:title>", "<elm:Note>"}
    assert not index.members["elm:Note"]
    assert ("https://contoh.example/a", "dc:title", Lit("x")) in set(statements(index))


def test_a_statement_about_a_statement_is_no_node() -> None:
    index = turtle('e:a dc:relation <<( e:a dc:title "x" )>> .')
    (value,) = index.nodes["https://contoh.example/a"]["dc:relation"]
    assert str(value).startswith("<<")


def test_the_collector_is_put_back_as_it_was() -> None:
    assert gc.isenabled()
    with pytest.raises(SyntaxError):
        index_quads(ox.parse(b"<urn:a> <urn:b> ", format=ox.RdfFormat.TURTLE))
    assert gc.isenabled()
