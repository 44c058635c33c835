"""No person stays in an answer, in whatever syntax and order it is written; everything else does."""

from __future__ import annotations

import pytest

from connectors.europass.redact import redact
from connectors.europass.standin_turtle import dump
from harvester.crawling.archives import redacted_lines

ELM = "http://data.europa.eu/snb/model/elm/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SAID = '"Ask for Nobody Madeup"'
KEPT = 'rov:legalName "College"@en'
TURTLE = {
    "type first": f"<o> {KEPT} ; elm:contactPoint [ a elm:ContactPoint ; dct:description {SAID}@en ] .",
    "type last": f"<o> elm:contactPoint [ dct:description {SAID} ; a elm:ContactPoint ] ; {KEPT} .",
    "no type": f"<o> elm:contactPoint [ dct:description {SAID} ] , [ dct:description {SAID} ] ; {KEPT} .",
    "deeper": f"<o> {KEPT} ; elm:contactPoint [ elm:address [ elm:fullAddress [ elm:noteLiteral {SAID} ] ] ] .",
    "type after what is deeper": f"<o> {KEPT} ; x:y [ x:z [ dct:description {SAID} ] ; a foaf:Person ] .",
    "named before": f"<c> dct:description {SAID} .\n<o> elm:contactPoint <c> ; {KEPT} .",
    "named in a list": f"<o> {KEPT} ; elm:contactPoint <b> , _:c .\n_:c dct:description {SAID} .",
    "typed later": f"<c>\n  dct:description {SAID} ;\n  a elm:ContactPoint .\n<o> {KEPT} .",
    "full names": f"_:c <http://p.example/said> {SAID} .\n_:c <{TYPE}> <{ELM}ContactPoint> .\n<o> {KEPT} .",
    "long text": f'<o> {KEPT} ; elm:contactPoint [ dct:description """Ask\nfor "Nobody" Madeup""" ] .',
    "properties of people": f'<o> {KEPT} .\n<p> foaf:givenName "Nobody" ; foaf:name "Madeup" .',
    "telephone": f'<o> {KEPT} ; x:y [ elm:phoneNumber "+00 Madeup" ] .',
    "indented in a graph": f"<g> {{\n  <o> {KEPT} .\n  <c> a elm:ContactPoint ; dct:description {SAID} .\n}}",
    "mailbox": f"<o> {KEPT} ; elm:emailAddress <mailto:nobody@Madeup.example> .",
}
XML = {
    "inside": "<organisation><contactPoint><x>Ask for Nobody Madeup</x></contactPoint><n>College</n></organisation>",
    "alone": "<r><elm:ContactPoint rdf:about='c'><d>Nobody Madeup</d></elm:ContactPoint><n>College</n></r>",
    "typed": "<rdf:Description><n>College</n></rdf:Description><rdf:Description rdf:about='c'><d>Nobody Madeup</d>"
    f"<rdf:type rdf:resource='{ELM}ContactPoint'/></rdf:Description>",
    "element": "<r><foaf:givenName xml:lang='en'>Madeup</foaf:givenName><n>College</n></r>",
    "mailbox": "<r><n>College</n><emailAddress id='mailto:nobody@Madeup.example'/></r>",
}
JSON = {
    "key": '{"legalName":"College","contactPoint":[{"description":"Nobody Madeup"}]}',
    "prefixed key": '{"rov:legalName":"College","elm:contactPoint":{"dct:description":"Nobody Madeup"}}',
    "whole name": f'{{"n":"College","{ELM}contactPoint":{{"d":"Nobody Madeup"}}}}',
    "flat": '{"@graph":[{"@id":"c","@type":["elm:ContactPoint"],"d":"Nobody Madeup"},{"n":"College"}]}',
    "mailbox": '{"n":"College","d":"write to nobody@Madeup.example"}',
}
_ROW = '{{"s":{{"value":"{}"}},"p":{{"value":"{}"}},"o":{{"value":"{}"}}}}'
ROWS = ",".join(
    [
        _ROW.format("c", "http://purl.org/dc/terms/description", "Nobody Madeup"),
        _ROW.format("c", TYPE, f"{ELM}ContactPoint"),
        _ROW.format("o", f"{ELM}contactPoint", "d"),
        _ROW.format("d", "http://purl.org/dc/terms/description", "Nobody Madeup"),
        _ROW.format("o", "http://xmlns.com/foaf/0.1/name", "Nobody Madeup"),
        _ROW.format("o", "http://www.w3.org/ns/regorg#legalName", "College"),
    ]
)
CASES = [
    *((f"turtle, {name}", text, "text/turtle") for name, text in TURTLE.items()),
    *((f"xml, {name}", text, "application/rdf+xml") for name, text in XML.items()),
    *((f"json, {name}", text, "application/json") for name, text in JSON.items()),
    *((f"zipped json, {name}", text, "application/zip") for name, text in JSON.items()),
    ("rows", f'{{"results":{{"bindings":[{ROWS}]}}}}', "application/sparql-results+json"),
]


@pytest.mark.parametrize(("text", "media_type"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_people_go_and_the_rest_stays(text: str, media_type: str) -> None:
    kept = redact(text.encode(), media_type)
    assert b"Madeup" not in kept
    assert b"Nobody" not in kept
    assert b"College" in kept


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        (
            '<o> a elm:Organisation ; dct:description "A contactPoint a elm:ContactPoint is";\n x:y "@en" .',
            "text/turtle",
        ),
        ("<r><contactPointless>stays</contactPointless><contactPoint/></r>", "application/xml"),
        ('{"name":"stays","legalName":"stays too","description":"a Person"}', "application/json"),
        ('<s> dct:title "Person to person"@en ; elm:status "released" .', "text/turtle"),
    ],
)
def test_what_only_looks_like_people_stays_readable(text: str, media_type: str) -> None:
    kept = redact(text.encode(), media_type)
    assert kept.count(b"stays") == text.count("stays")
    assert kept.count(b"dct:") == text.count("dct:")
    assert (b"Person to person" in kept) == ("Person to person" in text)


@pytest.mark.parametrize("size", [500, 4096, 2**20])
def test_a_dump_in_pieces_of_whole_lines_is_as_clean(size: int) -> None:
    whole = dump("deu", 60)
    assert b"Nobody" in whole
    kept = b"".join(redacted_lines(iter([whole[at : at + size] for at in range(0, len(whole), size)]), redact, "x/zip"))
    assert b"madeup" not in kept
    assert b"555 0100" not in kept
    assert b"Nobody" not in kept
    assert kept.count(b"rov:legalName") == whole.count(b"rov:legalName")
    assert b"masked" in kept
