"""ELM in every form it is written in: the same data gives the same listings, and nothing is lost on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from config.messages import CodedError
from crosswalks.elm.closure import listings
from crosswalks.elm.context import context
from crosswalks.elm.graph import TYPE, Graph, Lit
from crosswalks.elm.load import read_graph
from crosswalks.elm.profile import TERMS
from crosswalks.elm.syntax.jsonld import read_jsonld
from crosswalks.elm.syntax.loq_xml import read_loq_xml
from crosswalks.elm.syntax.qdr_json import read_qdr_json
from crosswalks.elm.syntax.rdf import read_rdf, tag_form
from tests.crosswalks.elm_reading.shared import (
    DUMP,
    ELM,
    FORMATS,
    PREFIXES,
    SOURCE,
    in_generation,
    listed,
    one,
    rewritten,
)

LISTINGS = list(ELM.load(DUMP, "dump.ttl"))
COURSES = "http://data.europa.eu/snb/model/ap/loq-constraints/"


@pytest.mark.parametrize("extension", FORMATS)
def test_every_syntax_gives_the_same_listings(extension: str) -> None:
    assert len(LISTINGS) == 2
    assert list(ELM.load(rewritten(DUMP, extension), f"dump.{extension}")) == LISTINGS


@pytest.mark.parametrize("extension", FORMATS)
def test_the_syntax_is_told_from_the_content_too(extension: str) -> None:
    assert list(ELM.load(rewritten(DUMP, extension), "payload")) == LISTINGS


@pytest.mark.parametrize("generation", TERMS)
def test_three_generations_of_terms_give_the_same_listings(generation: Any) -> None:
    data = in_generation(DUMP, generation)
    assert read_graph(data, "dump.ttl").generations == {generation}
    assert list(ELM.load(data, "dump.ttl")) == LISTINGS


def test_generations_may_be_mixed() -> None:
    mixed = DUMP.replace(b"elm:providedBy", f"<{TERMS['elm-3.3']}providedBy>".encode()).replace(
        b"elm:EQFLevel", f"<{TERMS['elm-2']}EQFLevel>".encode()
    )
    assert read_graph(mixed, "dump.ttl").generations == set(TERMS)
    assert list(ELM.load(mixed, "dump.ttl")) == LISTINGS


def test_saying_a_thing_twice_changes_nothing() -> None:
    triples = rewritten(DUMP, "nt")
    assert list(ELM.load(triples + triples, "dump.nt")) == LISTINGS


def test_named_graphs_are_read_as_one() -> None:
    lines = rewritten(DUMP, "nt").decode().splitlines()
    quads = "\n".join(f"{line[:-1]} <https://g.example/{number % 3}> ." for number, line in enumerate(lines))
    assert list(ELM.load(quads.encode(), "dump.nq")) == LISTINGS


def compact() -> dict[str, Any]:
    return {
        "@context": context(),
        "id": "https://x.example/o",
        "type": "LearningOpportunity",
        "title": {"en": "Title", "ja": ["題"]},
        "homepage": {"type": "WebResource", "contentUrl": "https://x.example/"},
        "learningAchievementSpecification": {
            "id": "https://x.example/s",
            "type": "LearningAchievementSpecification",
            "title": {"en": "Title"},
            "dcType": [{"id": "http://data.europa.eu/snb/learning-opportunity/74a4a268e8"}],
        },
    }


def test_our_own_context_is_read() -> None:
    listing = one(json.dumps(compact()), "file.jsonld")
    assert listing.root == "https://x.example/o"
    assert {value.language: value.value for value in listing.nodes[listing.root].properties["dc:title"]} == {
        "en": "Title",
        "ja": "題",
    }


def test_documents_as_lists_and_graphs() -> None:
    plain = compact()
    bare = {key: value for key, value in plain.items() if key != "@context"}
    graph = {"@context": context(), "@graph": [bare]}
    expected = one(json.dumps(plain), "file.jsonld")
    assert one(json.dumps([plain]), "file.jsonld") == expected
    assert one(json.dumps(graph), "file.jsonld") == expected


def test_keys_that_no_context_explains_keep_their_names_and_values() -> None:
    document = compact() | {"oddKey": {"inner": 5}, "@note": "a reserved word", "score": 0.5}
    graph = read_jsonld(json.dumps(document).encode())
    properties = graph.nodes["https://x.example/o"]
    assert properties["note"] == [Lit("a reserved word")]
    assert properties["score"] == [Lit("5.0E-1", "xsd:double")]
    (inner,) = properties["oddKey"]
    assert isinstance(inner, str)
    assert graph.nodes[inner] == {"inner": [Lit("5", "xsd:integer")]}


def test_labels_where_identifiers_are_expected_become_literals() -> None:
    document = compact()
    specification = document["learningAchievementSpecification"]
    specification |= {"EQFLevel": "Level 5", "ISCEDFCode": ["0612", 613], "language": "English"}
    properties = read_jsonld(json.dumps(document).encode()).nodes["https://x.example/s"]
    assert properties["elm:EQFLevel"] == [Lit("Level 5")]
    assert properties["elm:ISCEDFCode"] == [Lit("0612"), Lit("613", "xsd:integer")]
    assert properties["dc:language"] == [Lit("English")]


def test_several_language_maps_are_one_text() -> None:
    document = compact() | {"title": [{"en": "One"}, {"de": "Eins", "en": "Two"}], "description": {"en": [5, "six"]}}
    properties = read_jsonld(json.dumps(document).encode()).nodes["https://x.example/o"]
    texts = [(value.language, value.value) for value in properties["dc:title"] if isinstance(value, Lit)]
    assert sorted(texts) == [("de", "Eins"), ("en", "One"), ("en", "Two")]
    assert properties["dc:description"] == [
        Lit("5", "rdf:langString", "en"),
        Lit("six", "rdf:langString", "en"),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "http://data.europa.eu/snb/model/context/edc-ap",
        "https://data.europa.eu/snb/model/context/edc-ap/",
        "https://www.w3.org/2018/credentials/v1",
    ],
)
def test_known_contexts_are_ours(address: str) -> None:
    document = {
        "@context": [address],
        "id": "https://x.example/q",
        "type": "Qualification",
        "title": {"en": "T"},
        "eqfLevel": "http://data.europa.eu/snb/eqf/5",
        "nqfLevel": "http://data.europa.eu/snb/qdr/c_670e54c7",
        "thematicArea": "http://data.europa.eu/snb/isced-f/0612",
        "dcType": "http://data.europa.eu/snb/learning-opportunity/74a4a268e8",
        "dateModified": "2025-01-01T00:00:00Z",
        "homepage": {"contentURL": "https://x.example/"},
    }
    properties = one(json.dumps(document), "x.jsonld").nodes["https://x.example/q"].properties
    assert set(properties) == {
        "dc:title", "elm:EQFLevel", "elm:NQFLevel", "elm:ISCEDFCode", "dc:type", "dc:modified", "foaf:homepage",
    }  # fmt: skip
    assert properties["dc:modified"][0].datatype == "xsd:dateTime"


def scoped(address: str) -> list[Any]:
    """Every place a context can be named in."""
    return [
        address,
        [context(), address],
        [[address]],
        {"@import": address},
        {"part": {"@id": "https://x.example/part", "@context": address}},
    ]


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("address", ["https://elsewhere.example/context", "file:///etc/passwd", "context.jsonld"])
def test_an_unknown_context_is_refused(place: int, address: str) -> None:
    document = compact() | {"@context": scoped(address)[place]}
    with pytest.raises(CodedError) as caught:
        read_jsonld(json.dumps(document).encode())
    assert caught.value.issues[0].code == "remote_context"
    assert address in caught.value.issues[0].text("en")


def test_an_unknown_context_below_the_first_is_refused() -> None:
    document = compact()
    document["learningAchievementSpecification"]["@context"] = "https://elsewhere.example/context"
    with pytest.raises(CodedError, match="remote_context"):
        read_jsonld(json.dumps(document).encode())


def test_foreign_contexts_inside_the_document_are_used() -> None:
    document = {
        "@context": {
            "@version": 1.1,
            "@protected": True,
            "e": TERMS["elm-3.3"],
            "dct": "http://purl.org/dc/terms/",
            "name": {"@id": "dct:title", "@language": "fr"},
        },
        "@id": "https://x.example/q",
        "@type": "e:Qualification",
        "name": "Titre",
        "e:EQFLevel": {"@id": "http://data.europa.eu/snb/eqf/4"},
    }
    properties = one(json.dumps(document), "x.json").nodes["https://x.example/q"].properties
    assert properties["dc:title"][0].language == "fr"
    assert properties["elm:EQFLevel"][0].id == "http://data.europa.eu/snb/eqf/4"


def test_lists_are_opened() -> None:
    turtle = f'{PREFIXES} <https://x.example/q> a elm:Qualification ; dc:title "T"@en ; elm:category ("a" ("b" "c")) .'
    properties = read_rdf(turtle.encode(), "turtle").nodes["https://x.example/q"]
    assert properties["elm:category"] == [Lit("a"), Lit("b"), Lit("c")]


def test_relative_and_odd_identifiers_are_kept() -> None:
    turtle = f'{PREFIXES} <q> a elm:Qualification ; dc:title "T"@en ; elm:learningOutcome <#one> ; dc:type <no iri> .'
    turtle += '<#one> a elm:LearningOutcome ; dc:title "O"@en .'
    graph = read_rdf(turtle.encode(), "turtle")
    assert graph.nodes["q"]["elm:learningOutcome"] == ["#one"]
    assert graph.nodes["q"]["dc:type"] == [Lit("no iri")]
    assert ELM.iri(one(turtle)) is None


def test_language_tags_take_their_usual_form() -> None:
    assert [tag_form(tag) for tag in ("EN", "en-gb", "ZH-hant", "pt-br", "x")] == [
        "en", "en-GB", "zh-Hant", "pt-BR", "x",
    ]  # fmt: skip


def courses(body: str, namespace: str = COURSES) -> bytes:
    return (
        f'<Courses xmlns="{namespace}" xmlns:skos="http://www.w3.org/2004/02/skos/core#" xsdVersion="3.1.0">'
        f"{body}</Courses>"
    ).encode()


QUALIFICATION = (
    '<learningAchievementSpecificationReferences><qualification id="https://x.example/q"><title language="en">T</title>'
    "{body}</qualification></learningAchievementSpecificationReferences>"
)


@pytest.mark.parametrize("namespace", [COURSES, "http://data.europa.eu/snb/model/application-profile/loq-constraints/"])
def test_loq_xml_of_both_namespaces(namespace: str) -> None:
    graph = read_loq_xml(courses(QUALIFICATION.format(body=""), namespace))
    assert graph.nodes["https://x.example/q"] == {
        TYPE: ["elm:Qualification"],
        "dc:title": [Lit("T", "rdf:langString", "en")],
    }


def test_loq_xml_gives_nodes_names_and_places() -> None:
    body = (
        '<identifier><skos:notation type="https://x.example/t">N</skos:notation></identifier>'
        "<homepage><contentUrl>https://x.example/</contentUrl></homepage>"
        "<homepage><contentUrl>https://y.example/</contentUrl></homepage>"
        '<ISCEDFCode uri="http://data.europa.eu/snb/isced-f/0612"/><volumeOfLearning>PT60H</volumeOfLearning>'
    )
    graph = read_loq_xml(courses(QUALIFICATION.format(body=body)))
    place = "/Courses/learningAchievementSpecificationReferences[1]/qualification[1]"
    said = graph.nodes["https://x.example/q"]
    assert said["foaf:homepage"] == [f"_:{place}/homepage[1]", f"_:{place}/homepage[2]"]
    assert graph.places["https://x.example/q"] == place
    assert graph.places[f"_:{place}/homepage[2]"] == f"{place}/homepage[2]"
    assert said["elm:volumeOfLearning"] == [Lit("PT60H", "xsd:duration")]
    assert said["elm:ISCEDFCode"] == ["http://data.europa.eu/snb/isced-f/0612"]
    assert graph.nodes[f"_:{place}/identifier[1]"]["skos:notation"] == [Lit("N", "https://x.example/t")]


def test_loq_xml_keeps_what_the_table_does_not_list() -> None:
    body = (
        '<oven heat="230">fired</oven><mystery/><note xmlns="https://n.example/" language="de">Wort</note>'
        '<link xmlns="https://n.example/" uri="https://n.example/x"/><title colour="red" language="fr">R</title>'
        '<EQFLevel uri="http://data.europa.eu/snb/eqf/5" trust="low"/>stray words'
    )
    said = read_loq_xml(courses(QUALIFICATION.format(body=body))).nodes["https://x.example/q"]
    (oven,) = said["elm:oven"]
    assert isinstance(oven, Lit)
    assert oven.datatype == "rdf:XMLLiteral"
    assert 'heat="230"' in oven.value
    assert said["elm:mystery"] == [Lit("")]
    assert said["https://n.example/note"] == [Lit("Wort", "rdf:langString", "de")]
    assert said["https://n.example/link"] == ["https://n.example/x"]
    assert said["attribute:EQFLevel"] == [Lit("low")]


def test_loq_xml_reads_a_property_in_a_class_that_does_not_list_it() -> None:
    body = '<learningOpportunityReferences><learningOpportunity id="https://x.example/o"><title language="en">T</title>'
    body += '<EQFLevel uri="http://data.europa.eu/snb/eqf/5"/></learningOpportunity></learningOpportunityReferences>'
    said = read_loq_xml(courses(body)).nodes["https://x.example/o"]
    assert said["elm:EQFLevel"] == ["http://data.europa.eu/snb/eqf/5"]


def test_qdr_search_answers_have_a_record_for_each_hit() -> None:
    hits = [{"uri": f"http://data.europa.eu/snb/data/qualification/{n}", "title": f"T{n}"} for n in range(3)]
    answer = {"courses": hits, "paginationInfos": {"currentPageNumber": 1, "totalPageCount": 1}}
    graph = read_qdr_json(json.dumps(answer).encode())
    assert [listing.root for listing in listed(graph)] == [hit["uri"] for hit in hits]
    assert graph.places["http://data.europa.eu/snb/data/qualification/2"] == "/courses/2"
    assert read_qdr_json(b'{"courses": [], "paginationInfos": {}}') == Graph()


@pytest.mark.parametrize(
    "shape",
    [
        {"noteLiteral": "words"},
        [{"noteLiteral": "words"}],
        {"noteLiteral": ["words"]},
        [{"noteLiteral": {"en": "words"}}],
        {"noteLiteral": {"en": ["words"]}},
        {"en": "words"},
        "words",
        ["words"],
    ],
)
def test_notes_in_every_shape_of_the_search_api(shape: Any) -> None:
    record = {"uri": "https://x.example/q", "title": "T", "learningOutcomeSummary": shape}
    (listing,) = listed(read_qdr_json(json.dumps(record).encode()))
    crossing = ELM.read(listing, "https://x.example/1", SOURCE)
    assert list((crossing.value.outcome_summary or {}).values()) == ["words"]


@pytest.mark.parametrize("key", ["uri", "id"])
def test_an_object_of_an_identifier_alone_is_no_text_in_a_language(key: str) -> None:
    record = {
        "uri": "https://q.example/1",
        "title": "T",
        "ISCEDFCode": [{key: "http://data.europa.eu/snb/isced-f/0811"}],
    }
    (listing,) = listed(read_qdr_json(json.dumps(record).encode()))
    assert [value.id for value in listing.nodes[listing.root].properties["elm:ISCEDFCode"]] == [
        "http://data.europa.eu/snb/isced-f/0811"
    ]
    (listing,) = listed(read_qdr_json(json.dumps({**record, "title": {"id": "Judul"}}).encode()))
    assert listing.nodes[listing.root].properties["dc:title"][0].language == "id"


def test_texts_beside_the_name_of_their_language_are_read_in_it() -> None:
    texts = [{"language": "en", "value": "Tides"}, {"lang": "ja", "value": "潮汐"}, {"value": "?"}]
    document = {"uri": "urn:x:1", "title": texts, "description": {"language": "English, mostly", "value": "D"}}
    (listing,) = listed(read_qdr_json(json.dumps(document).encode()))
    properties = listing.nodes["urn:x:1"].properties
    assert {(one.language, one.value) for one in properties["dc:title"]} == {
        ("en", "Tides"),
        ("ja", "潮汐"),
        (None, "?"),
    }
    assert [(one.language, one.value) for one in properties["dc:description"]] == [(None, "D")]


def test_qdr_json_places_are_pointers_and_unknown_keys_stay() -> None:
    record = {
        "uri": "https://x.example/q",
        "title": "T",
        "learningOutcome": [{"title": "one"}, {"title": {"en": "two"}}],
        "odd/key~": {"a": [1]},
        "relevance": 3,
        "nothing": None,
        "empty": "",
    }
    graph = read_qdr_json(json.dumps(record).encode())
    said = graph.nodes["https://x.example/q"]
    assert [graph.places[str(node)] for node in said["elm:learningOutcome"]] == [
        "/learningOutcome/0",
        "/learningOutcome/1",
    ]
    assert said["odd/key~"] == [Lit('{"a":[1]}', "rdf:JSON")]
    assert said["relevance"] == [Lit("3")]
    assert "nothing" not in said
    assert "empty" not in said


def test_qdr_json_and_turtle_of_one_record_say_the_same() -> None:
    record = {
        "uri": "https://x.example/q",
        "type": "Qualification",
        "title": {"en": "T"},
        "eqfLevel": "http://data.europa.eu/snb/eqf/5",
        "volumeOfLearning": "PT60H",
        "awardingOpportunity": {"awardingBody": {"uri": "https://x.example/org", "legalName": {"en": "Org"}}},
    }
    turtle = (
        f'{PREFIXES} <https://x.example/q> a elm:Qualification ; dc:title "T"@en ;'
        ' elm:EQFLevel <http://data.europa.eu/snb/eqf/5> ; elm:volumeOfLearning "PT60H"^^xsd:duration ;'
        " elm:awardingOpportunity [ a elm:AwardingOpportunity ; elm:awardingBody <https://x.example/org> ] ."
        ' <https://x.example/org> a elm:Organisation ; rov:legalName "Org"@en .'
    )
    assert one(json.dumps(record), "detail.json") == one(turtle)


def test_several_types_and_project_subclasses_are_kept() -> None:
    turtle = f'{PREFIXES} <https://x.example/q> a elm:Qualification, <https://p.example/Micro> ; dc:title "T"@en .'
    assert one(turtle).nodes["https://x.example/q"].types == ("elm:Qualification", "https://p.example/Micro")


def test_a_file_in_no_known_form_is_told() -> None:
    for data, code in (
        (b"just words", "elm_syntax_unknown"),
        (b"<html><body>Not found</body></html>", "elm_syntax_unknown"),
        (b'{"status": "down"}', "elm_nothing_found"),
        (b"[]", "elm_nothing_found"),
        (b"<https://a.example/s> <https://a.example/p> <https://a.example/o> .", "elm_nothing_found"),
    ):
        with pytest.raises(CodedError) as caught:
            list(ELM.load(data, "payload"))
        assert caught.value.issues[0].code == code, data


def test_the_outcomes_of_one_document_come_in_a_steady_order() -> None:
    lines = rewritten(DUMP, "nt").splitlines()
    forward = [outcome.root for outcome in listings(read_rdf(b"\n".join(lines), "ntriples"))]
    backward = [outcome.root for outcome in listings(read_rdf(b"\n".join(reversed(lines)), "ntriples"))]
    assert forward == backward
