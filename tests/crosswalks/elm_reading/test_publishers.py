"""The habits of other publishers, as their public code shows them: classes, addresses, figures and XML of their own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crosswalks.elm.context import context
from tests.crosswalks.elm_reading.shared import PREFIXES, content, crossed, one, spec

AUTHORITY = "http://publications.europa.eu/resource/authority"
QL = "http://data.quality-link.eu/ontology/v1#"
AGGREGATED = f"""{PREFIXES} @prefix ql: <{QL}> .
<https://u.example/courses/1> a ql:LearningOpportunitySpecification ; dc:title "Tides"@en ;
    dc:publisher <urn:uuid:00000000-0000-0000-0000-000000000001> ; elm:volumeOfLearning 120.0 ;
    elm:creditPoint [ elm:point "5.0E0"^^xsd:double ;
        elm:framework <http://data.europa.eu/snb/education-credit/6fcec5c5af> ] ;
    elm:EQFLevel <http://data.europa.eu/snb/eqf/6> ;
    elm:mode <http://data.europa.eu/snb/learning-assessment/c_3a90b26d> ;
    elm:admissionProcedure [ a elm:Note ; elm:noteLiteral "By form"@en ] ;
    elm:provenBy [ a elm:LearningAssessmentSpecification ; dc:description "A test"@en ] ;
    elm:location [ a dc:Location ; elm:geographicName "Example Harbour"@en ] ;
    ql:sourceType ql:OOAPISource .
<https://u.example/courses/1/offerings/9> a ql:LearningOpportunityInstance ; dc:title "Tides"@en ;
    elm:learningAchievementSpecification <https://u.example/courses/1> ;
    elm:providedBy <urn:uuid:00000000-0000-0000-0000-000000000002> .
<urn:uuid:00000000-0000-0000-0000-000000000002> a elm:Organisation ; rov:legalName "Example University"@en .
<urn:uuid:00000000-0000-0000-0000-000000000009> <http://www.w3.org/2002/07/owl#sameAs> <https://u.example/courses/1> .
"""


def test_an_aggregators_own_subclasses_are_read_as_what_they_are() -> None:
    listing = one(AGGREGATED)
    assert listing.root == "https://u.example/courses/1/offerings/9"
    assert listing.nodes["https://u.example/courses/1"].types == (
        "elm:LearningAchievementSpecification",
        f"{QL}LearningOpportunitySpecification",
    )
    crossing = crossed(listing)
    value = crossing.value.model_dump(mode="json", exclude_defaults=True)
    assert value["credit"] == [{"system": "ECTS", "value": "5.0"}]
    assert value["level"][0]["value"] == "6"
    assert value["teaching_method"] == [{"mode": "hybrid"}]
    assert value["assessment"] == [{"text": {"en": "A test"}}]
    assert value["offer"] == [{"location": {"en": "Example Harbour"}, "admission": {"en": "By form"}}]
    assert value["volume"] == {"text": {"und": "120.0"}}
    assert [one["name"]["en"] for one in value["co_providers"]] == ["Example University"]
    assert "issuer" not in value
    assert {issue.code for issue in crossing.issues} == {"elm_volume_not_hours", "unmapped_field"}


def test_subclasses_that_the_data_declares_are_followed() -> None:
    listing = one(f"""{PREFIXES} @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    <https://p.example/Micro> rdfs:subClassOf elm:Qualification .
    <https://p.example/1> a <https://p.example/Micro> ; dc:title "T"@en .""")
    assert listing.root == "https://p.example/1"
    assert "elm:Qualification" in listing.nodes[listing.root].types


@pytest.mark.parametrize(
    "start",
    [
        "http://data.europa.eu/snb",
        "https://data.europa.eu/snb",
        "http://publications.europa.eu/resource/authority/snb",
        "https://publications.europa.eu/resource/authority/snb",
    ],
)
def test_lists_under_their_other_addresses(start: str) -> None:
    value = content(spec(
        f"elm:ISCEDFCode <{start}/isced-f/0220> ; elm:EQFLevel <{start}/eqf/5> ;"
        f" elm:NQFLevel <{start}/qdr/c_670e54c7> ;"
        f" elm:mode <{start}/learning-assessment/920fbb3cbe> ;"
        " dc:language <https://publications.europa.eu/resource/authority/language/FIN>"
    ))  # fmt: skip
    assert value["field"] == [{"scheme": "ISCED-F", "code": "0220"}]
    assert [(level["scheme"], level["iri"]) for level in value["level"]] == [
        ("EQF", "http://data.europa.eu/snb/eqf/5"),
        ("EU-NQF", "http://data.europa.eu/snb/qdr/c_670e54c7"),
    ]
    assert value["teaching_method"] == [{"mode": "online"}]
    assert value["language_of_instruction"] == ["fi"]


def test_numbers_of_json_are_the_numbers_they_were() -> None:
    document: dict[str, Any] = {
        "@context": context(),
        "id": "https://x.example/o",
        "type": "LearningOpportunity",
        "title": {"en": "T"},
        "priceDetail": {"amount": {"value": 450.5, "unit": f"{AUTHORITY}/currency/EUR"}},
        "learningAchievementSpecification": {
            "type": "LearningAchievementSpecification",
            "title": {"en": "T"},
            "creditPoint": {"point": 2.5, "framework": "http://data.europa.eu/snb/education-credit/6fcec5c5af"},
            "influencedBy": {"contactHour": 24},
        },
    }  # fmt: skip
    value = content(one(json.dumps(document), "x.jsonld"))
    assert value["fee"] == {"amount": "450.5", "currency": "EUR"}
    assert value["credit"] == [{"system": "ECTS", "value": "2.5"}]
    assert value["volume"] == {"contact_hours": "24"}


def test_a_catalogue_with_a_prefix_and_only_one_section() -> None:
    namespace = "http://data.europa.eu/snb/model/ap/loq-constraints/"
    listing = one(
        f'<loq:Courses xmlns:loq="{namespace}"><loq:learningOpportunityReferences>'
        '<loq:learningOpportunity id="https://x.example/o"><loq:title language="fi">Leipä</loq:title>'
        '<loq:homepage><loq:language uri="http://publications.europa.eu/resource/authority/language/FIN"/>'
        "<loq:contentUrl>https://x.example/fi</loq:contentUrl></loq:homepage>"
        '<loq:providedBy idref="https://x.example/org"/>'
        '<loq:learningAchievementSpecification idref="https://x.example/s"/></loq:learningOpportunity>'
        "</loq:learningOpportunityReferences></loq:Courses>",
        "catalogue.xml",
    )
    value = content(listing)
    assert value["title"] == {"fi": "Leipä"}
    assert value["landing_page"] == "https://x.example/fi"
    assert value["identifiers"][1]["value"] == "https://x.example/s"
