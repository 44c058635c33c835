"""ELM listing → descriptor: the laws on generated data, and each decision of the mapping."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings

from config.messages import CodedError
from crosswalks.elm.graph import Graph
from crosswalks.elm.model import ElmListing
from crosswalks.elm.reading.fields import fields
from crosswalks.ledger import general
from crosswalks.mapping import read_table
from tests.crosswalks.elm_reading.graphs import Maker, graphs
from tests.crosswalks.elm_reading.shared import (
    ELM,
    IRI,
    PREFIXES,
    SOURCE,
    check_laws,
    codes,
    content,
    crossed,
    listed,
    one,
    opportunity,
    spec,
)

EN = "http://publications.europa.eu/resource/authority/language/ENG"
COUNTRY = "http://publications.europa.eu/resource/authority/country"


@given(graphs)
@example(Maker(518).build())
@settings(max_examples=150, deadline=None)
def test_laws_of_reading(graph: Graph) -> None:
    for listing in listed(graph):
        try:
            crossing = ELM.read(listing, IRI, SOURCE)
        except CodedError as error:
            assert [issue.code for issue in error.issues] == ["title_missing"]  # noqa: PT017 - the other way out
            continue
        check_laws(listing, crossing)
        assert crossing.value.recognition is None
        assert crossing.value.certificate is None
        assert crossing.value.credit_status is None
        sources = {general(entry.source) for entry in crossing.ledger.entries}
        assert not {source for source in sources if "(" not in source} - fields() - {""}


@given(graphs)
@settings(max_examples=40, deadline=None)
def test_reading_twice_gives_the_same(graph: Graph) -> None:
    for listing in listed(graph):
        try:
            first, second = (ELM.read(listing, IRI, SOURCE) for _ in range(2))
        except CodedError:
            continue
        assert first.value == second.value
        assert first.ledger == second.ledger
        assert first.issues == second.issues


def test_a_record_without_a_name_is_refused() -> None:
    with pytest.raises(CodedError, match="title_missing"):
        ELM.read(one(f"{PREFIXES} <urn:x:q> a elm:Qualification ."), IRI, SOURCE)


def titled(of_opportunity: str, of_specification: str) -> ElmListing:
    return one(
        f"{PREFIXES} <https://x.example/o> a elm:LearningOpportunity ; dc:title {of_opportunity} ;"
        f" elm:learningAchievementSpecification <https://x.example/s> ."
        f" <https://x.example/s> a elm:LearningAchievementSpecification ; dc:title {of_specification} ."
    )


def test_the_title_of_the_specification_is_completed_by_the_opportunity() -> None:
    value = content(titled('"Course A"@en, "Kurs A"@de', '"Course A"@en'))
    assert value["title"] == {"de": "Kurs A", "en": "Course A"}
    assert "further_info" not in value


def test_a_title_that_differs_is_kept_and_told() -> None:
    crossing = crossed(titled('"Summer course"@en, "Sommer"@de', '"Certificate"@en, "Zeugnis"@de'))
    assert crossing.value.title == {"de": "Zeugnis", "en": "Certificate"}
    assert [info.label for info in crossing.value.further_info] == [{"de": "Sommer", "en": "Summer course"}]
    assert codes(crossing) == ["elm_titles_differ"]


def test_text_is_made_plain_and_repaired() -> None:
    value = content(titled('"<b>Data</b>  &amp; maps"@en', '"Caf\u00c3\u00a9"@fr'))
    assert value["title"] == {"en": "Data & maps", "fr": "Café"}


def test_text_without_a_language_is_undetermined_and_not_doubled() -> None:
    assert content(titled('"Plain"', '"Plain"'))["title"] == {"und": "Plain"}
    assert content(titled('"Plain"@en', '"Plain"'))["title"] == {"en": "Plain"}
    assert content(titled('"Plain"@eng', '"Ngā mea"@mri'))["title"] == {"en": "Plain", "mi": "Ngā mea"}


def test_the_description_of_the_opportunity_goes_first() -> None:
    both = opportunity('dc:description "Of the offer"@en', 'dc:description "Of the award"@en')
    assert content(both)["description"] == {"en": "Of the offer"}
    assert content(both)["further_info"] == [{"label": {"en": "Of the award"}}]
    alone = opportunity("dc:type <urn:x:t>", 'dc:description "Of the award"@en')
    assert content(alone)["description"] == {"en": "Of the award"}


def test_identifiers_are_those_of_the_nodes_and_those_listed() -> None:
    listing = opportunity(
        'adms:identifier [ skos:notation "A1" ; elm:schemeName "codes" ], [ skos:notation "https://x.example/o" ],'
        ' [ skos:notation "B2" ; elm:schemeId "https://s.example/"^^xsd:anyURI ], "C3"',
        'adms:identifier [ skos:notation "A1" ; elm:schemeName "codes" ], [ skos:notation "D4" ;'
        ' adms:schemeAgency "Agency"@en ], [ elm:schemeName "no notation" ]',
    )
    assert [(item["scheme"], item["value"]) for item in content(listing)["identifiers"]] == [
        ("elm:LearningOpportunity", "https://x.example/o"),
        ("elm:LearningAchievementSpecification", "https://x.example/s"),
        ("codes", "A1"),
        ("https://s.example/", "B2"),
        ("identifier", "C3"),
        ("Agency", "D4"),
    ]


def test_a_specification_that_is_published_elsewhere_is_still_named() -> None:
    listing = one(
        f'{PREFIXES} <https://x.example/o> a elm:LearningOpportunity ; dc:title "T"@en ;'
        " elm:learningAchievementSpecification <https://y.example/q> ."
    )
    assert content(listing)["identifiers"][1] == {
        "scheme": "elm:LearningAchievementSpecification",
        "value": "https://y.example/q",
    }


def test_a_qualification_reference_gives_its_identifier() -> None:
    listing = one(
        f'{PREFIXES} <https://x.example/o> a elm:LearningOpportunity ; dc:title "T"@en ;'
        " elm:learningAchievementSpecification [ a elm:QualificationReference ;"
        ' adms:identifier [ skos:notation "Q-9" ; elm:schemeName "national" ] ] .'
    )
    assert content(listing)["identifiers"][1] == {"scheme": "national", "value": "Q-9"}


@pytest.mark.parametrize(
    ("value", "tags", "issue"),
    [
        (f"<{EN}>", ["en"], None),
        (f"<{EN[:-3]}MRI>", ["mi"], None),
        (f"<{EN[:-3]}AAR>, <{EN[:-3]}AAB>", ["aab", "aa"], None),
        (f"<{EN[:-3]}UND>", [], None),
        (f"<{EN[:-3]}MUL>", [], None),
        ('[ skos:prefLabel "English"@en ]', ["en"], "elm_label_for_code"),
        ('"en"', ["en"], None),
        ('"jpn"', ["ja"], None),
        ('"Klingonisch"@de', [], "elm_value_unknown"),
        ("<https://other.example/lang/en>", [], "elm_value_unknown"),
    ],
)
def test_languages_of_instruction(value: str, tags: list[str], issue: str | None) -> None:
    crossing = crossed(spec(f"dc:language {value}"))
    assert list(crossing.value.language_of_instruction) == tags
    assert codes(crossing) == ([issue] if issue else [])


def test_the_default_language_is_not_that_of_instruction() -> None:
    assert "language_of_instruction" not in content(opportunity(f"elm:defaultLanguage <{EN}>"))


def test_a_language_of_the_opportunity_is_told_and_not_read() -> None:
    crossing = crossed(opportunity(f"dc:language <{EN}>"))
    assert crossing.value.language_of_instruction == ()
    assert codes(crossing) == ["unmapped_field"]


ISCED = "http://data.europa.eu/snb/isced-f"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"<{ISCED}/0612>", [{"scheme": "ISCED-F", "code": "0612"}]),
        (f"<{ISCED}/061>", [{"scheme": "ISCED-F", "code": "061"}]),
        (f"<{ISCED}/06>", [{"scheme": "ISCED-F", "code": "06"}]),
        (f"<{ISCED}/9999>", None),
        (f"<{ISCED}/0777>", [{"scheme": "ISCED-F", "code": "0777"}]),
        ('[ skos:prefLabel "Database design"@en ]', [{"scheme": "text", "label": {"en": "Database design"}}]),
        ('"0612"', [{"scheme": "ISCED-F", "code": "0612"}]),
        ('[ skos:prefLabel "Wissenschaft"@de ; skos:notation "0612" ]', [{"scheme": "ISCED-F", "code": "0612"}]),
    ],
)  # fmt: skip
def test_fields_of_study(value: str, expected: Any) -> None:
    assert content(spec(f"elm:ISCEDFCode {value}")).get("field") == expected


def test_subjects_keep_the_words_of_the_source() -> None:
    value = content(spec('elm:educationSubject <https://s.example/1> . <https://s.example/1> skos:prefLabel "Tea"@en'))
    assert value["field"] == [{"scheme": "text", "code": "https://s.example/1", "label": {"en": "Tea"}}]


def test_the_first_usable_page_is_the_landing_page() -> None:
    listing = opportunity(
        'foaf:homepage [ elm:contentUrl "www.x.example" ], [ elm:contentUrl " HTTPS://b.example/ " ],'
        ' [ elm:contentUrl "https://c.example/" ; dc:title "C"@en ], <https://d.example/>',
        'foaf:homepage [ elm:contentUrl "https://e.example/" ]',
    )
    crossing = crossed(listing)
    assert crossing.value.landing_page == "https://d.example/"
    assert {info.url for info in crossing.value.further_info} == {
        "https://b.example/", "https://c.example/", "https://e.example/",
    }  # fmt: skip
    assert codes(crossing) == ["elm_homepage_unusable"]


ORGANISATIONS = f"""
<https://o.example/1> a elm:Organisation ; rov:legalName "One"@en, "Eins"@de ; skos:altLabel "Uno"@es ;
  rov:registration [ a elm:LegalIdentifier ; skos:notation "11" ; dc:spatial <{COUNTRY}/JPN> ] ;
  adms:identifier [ skos:notation "R1" ; elm:schemeName "ror" ] ;
  foaf:homepage [ elm:contentUrl "https://one.example/" ] ;
  elm:location [ elm:address [ elm:countryCode <{COUNTRY}/JPN> ] ] .
<https://o.example/2> a elm:Agent ; skos:prefLabel "Two"@en .
<https://o.example/3> a elm:Organisation .
"""


def awarded(body: str, more: str = "") -> ElmListing:
    return one(
        f'{PREFIXES}{ORGANISATIONS} <https://x.example/q> a elm:Qualification ; dc:title "T"@en ;'
        f" elm:awardingOpportunity [ a elm:AwardingOpportunity ; elm:awardingBody {body} ] {more} ."
    )


def test_the_issuer_is_the_awarding_body() -> None:
    value = content(awarded("<https://o.example/1>"))
    assert value["issuer"] == {
        "name": {"de": "Eins", "en": "One"},
        "country": "JP",
        "id": [
            {"scheme": "elm:Organisation", "value": "https://o.example/1"},
            {"scheme": "ror", "value": "R1"},
            {"scheme": "registration", "value": "11"},
        ],
        "url": "https://one.example/",
    }
    assert "co_providers" not in value


def test_without_an_awarding_body_there_is_no_issuer() -> None:
    listing = opportunity(
        'elm:providedBy [ rov:legalName "P"@en ] ; dc:publisher [ rov:legalName "R"@en ]',
        'dc:publisher [ rov:legalName "P"@en ]',
    )
    value = content(listing)
    assert "issuer" not in value
    assert [(one["name"]["en"], one["role"]) for one in value["co_providers"]] == [
        ("P", "provider"),
        ("R", "publisher"),
    ]


def test_an_organisation_in_several_parts_is_told_once() -> None:
    crossing = crossed(awarded("<https://o.example/1>, <https://o.example/2>", "; dc:publisher <https://o.example/1>"))
    assert crossing.value.issuer is not None
    assert [(one.name["en"], one.role) for one in crossing.value.co_providers] == [("Two", "awarding_body")]
    (said,) = [entry for entry in crossing.ledger.entries if entry.source.startswith("Qualification.publisher")]
    assert (said.target, said.rule) == ("issuer", "same_organisation")


def test_an_organisation_without_a_name_is_not_made_up() -> None:
    assert "issuer" not in content(awarded("<https://o.example/3>"))
    assert "issuer" not in content(awarded("<https://nowhere.example/>"))
    assert content(awarded('"Words only"'))["issuer"] == {"name": {"und": "Words only"}}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (f"<{COUNTRY}/MYS>", "MY"), (f"<{COUNTRY}/NZL>", "NZ"), (f"<{COUNTRY}/1A0>", "XK"), (f"<{COUNTRY}/GRC>", "GR"),
        ('[ skos:prefLabel "Ireland"@en ]', "IE"), ('"Ireland"', "IE"), ('"ie"', "IE"), ('"IRL"', "IE"), ('"EL"', "GR"),
        ('"Czech Republic"@en', "CZ"), ('"Atlantis"', None), (f"<{COUNTRY}/OP_DATPRO>", None),
    ],
)  # fmt: skip
def test_countries(value: str, code: str | None) -> None:
    listing = awarded(f'[ rov:legalName "O"@en ; elm:location [ elm:address [ elm:countryCode {value} ] ] ]')
    assert content(listing)["issuer"].get("country") == code


def test_the_country_of_a_region_is_derived() -> None:
    crossing = crossed(
        awarded('[ rov:legalName "O"@en ; elm:location [ elm:spatialCode <http://data.europa.eu/nuts/code/EL30> ] ]')
    )
    assert crossing.value.issuer is not None
    assert crossing.value.issuer.country == "GR"
    assert crossing.value.origin_of("issuer.country").kind == "derived"


def test_outcomes_keep_their_category_skills_and_notes() -> None:
    value = content(spec(
        'elm:learningOutcome [ dc:title "Explain"@en ; dc:type <http://data.europa.eu/snb/skill-type/knowledge> ;'
        ' elm:additionalNote [ elm:noteLiteral "In writing"@en ] ; elm:relatedSkill <https://s.example/1> ],'
        ' [ elm:additionalNote [ elm:noteLiteral "Only a note"@en ] ], "As text", <https://missing.example/>,'
        ' <http://data.europa.eu/esco/skill/1> . <http://data.europa.eu/esco/skill/1> skos:prefLabel "listed skill"@en'
    ))["learning_outcomes"]  # fmt: skip
    assert sorted(value, key=str) == sorted([
        {"text": {"en": "Explain"}, "category": "knowledge", "note": {"en": "In writing"}, "skill_refs": ["https://s.example/1"]},
        {"text": {"en": "Only a note"}}, {"text": {"und": "As text"}},
        {"text": {"en": "listed skill"}, "skill_refs": ["http://data.europa.eu/esco/skill/1"]},
    ], key=str)  # fmt: skip


ASSESSMENT = "http://data.europa.eu/snb/assessment"


def test_assessments() -> None:
    value = content(spec(
        f'elm:provenBy [ dc:title "Exam"@en ; dc:description "Two hours"@en ; dc:type <{ASSESSMENT}/6e6cb2cc78>,'
        f' <{ASSESSMENT}/b1b68f6735> ; elm:gradingScheme [ dc:title "Pass"@en ; dc:description "or fail"@en ] ]'
    ))  # fmt: skip
    assert value["assessment"] == [{"type": "written_exam", "text": {"en": "Exam\nTwo hours"}}, {"type": "quiz"}]
    assert value["grading_scheme"] == {"en": "Pass\nor fail"}


MODE = "http://data.europa.eu/snb/learning-assessment"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"<{MODE}/9191af2ed9>", [{"mode": "onsite"}]),
        (f"<{MODE}/920fbb3cbe>", [{"mode": "online"}]),
        (f"<{MODE}/7813801c77>", [{"mode": "unspecified", "text": {"en": "Project based"}}]),
        ('[ skos:prefLabel "Online"@en ]', [{"mode": "online"}]),
        ('"Face-to-face"', [{"mode": "onsite"}]),
        ('"Im Wald"@de', [{"mode": "unspecified", "text": {"de": "Im Wald"}}]),
        ("<https://m.example/forest>", None),
    ],
)
def test_modes(value: str, expected: Any) -> None:
    assert content(spec(f"elm:mode {value}")).get("teaching_method") == expected


def test_modes_of_activities_count_only_when_nothing_else_is_said() -> None:
    activity = f"elm:influencedBy [ elm:mode <{MODE}/920fbb3cbe> ]"
    assert content(spec(activity))["teaching_method"] == [{"mode": "online"}]
    assert content(spec(f"{activity} ; elm:mode <{MODE}/e92d221e4d>"))["teaching_method"] == [{"mode": "blended"}]


def test_the_offer() -> None:
    value = content(opportunity(f"""dc:temporal [ elm:startDate "2026-04-01T00:00:00+09:00" ; elm:endDate "2026-03-01" ;
        skos:prefLabel "Spring"@en ] ; elm:learningSchedule <http://data.europa.eu/snb/learning-schedule/72a0ab92fa> ;
        elm:scheduleInformation [ elm:noteLiteral "Mondays"@en ] ;
        elm:admissionProcedure [ elm:noteLiteral "By form"@en ] ;
        elm:applicationDeadline "2026-02-01", "2026-02-15", "soon" ;
        elm:location [ elm:address [ elm:countryCode <{COUNTRY}/JPN> ; elm:fullAddress [ elm:noteLiteral "1-1"@ja ] ] ],
        [ elm:address [ elm:countryCode <{COUNTRY}/JPN> ] ] """))["offer"]  # fmt: skip
    assert value == [
        {"starts": "2026-04-01T00:00:00+09:00", "ends": "2026-03-01", "application_deadline": "2026-02-01",
         "location": {"en": "Japan", "ja": "1-1"}, "schedule": {"en": "Full time\nMondays\nSpring"},
         "admission": {"en": "By form"}},
        {"application_deadline": "2026-02-15"},
    ]  # fmt: skip


def test_dates_in_the_wrong_order_and_dates_that_are_none_are_told() -> None:
    crossing = crossed(opportunity('dc:temporal [ elm:startDate "2026-04-01" ; elm:endDate "2026-03-01" ]'))
    assert codes(crossing) == ["elm_dates_reversed"]
    crossing = crossed(opportunity('elm:applicationDeadline "31/12/2026"'))
    assert crossing.value.offer == ()
    assert codes(crossing) == ["not_understood"]


CURRENCY = "http://publications.europa.eu/resource/authority/currency"


@pytest.mark.parametrize(
    ("price", "expected", "issue"),
    [
        (f'[ elm:amount [ <http://www.w3.org/1999/02/22-rdf-syntax-ns#value> 450.5 ; elm:unit <{CURRENCY}/EUR> ] ]',
         {"amount": "450.5", "currency": "EUR"}, None),
        ('[ elm:amount [ elm:value "100" ] ; skos:prefLabel "Fee"@en ]',
         {"amount": "100", "text": {"en": "Fee"}}, None),
        ('[ elm:amount [ elm:value "ask us" ] ]', {"text": {"und": "ask us"}}, None),
        ('"free"', {"text": {"und": "free"}}, None),
        ('[ skos:prefLabel "A"@en ], [ skos:prefLabel "B"@en ]', {"text": {"en": "A"}}, "elm_several_values"),
    ],
)  # fmt: skip
def test_fee(price: str, expected: Any, issue: str | None) -> None:
    crossing = crossed(opportunity(f"elm:priceDetail {price}"))
    assert crossing.value.fee is not None
    assert crossing.value.fee.model_dump(mode="json", exclude_defaults=True) == expected
    assert codes(crossing) == ([issue] if issue else [])


def test_what_it_counts_towards() -> None:
    turtle = f"""{PREFIXES} <https://x.example/q> a elm:Qualification ; dc:title "T"@en ;
        elm:entitlesTo [ dc:title "Diploma"@en ; dc:type <http://data.europa.eu/snb/entitlement/64aad92881> ;
            dc:description "With two more"@en ; adms:identifier [ skos:notation "DIP" ] ],
          [ dc:title "Guild"@en ; dc:type <http://data.europa.eu/snb/entitlement/bebd32e8e6> ] ;
        elm:isPartOf <https://x.example/whole> .
        <https://x.example/whole> a elm:Qualification ; dc:title "Whole"@en ."""
    (listing,) = [found for found in ELM.load(turtle.encode(), "x.ttl") if found.root == "https://x.example/q"]
    value = content(listing)
    assert value["stackability"] == [
        {"target_kind": "unspecified", "target_ref": "DIP", "target_title": {"en": "Diploma"},
         "conditions": {"en": "With two more"}},
        {"target_kind": "qualification", "target_ref": "https://x.example/whole", "target_title": {"en": "Whole"}},
    ]  # fmt: skip
    assert value["other_recognition"] == [{"kind": "other", "text": {"en": "Guild"}}]
    assert "stackability_status" not in value


def test_requirements_audience_and_notes() -> None:
    group = "http://data.europa.eu/snb/target-group/c900d8ecb1"
    value = content(spec(
        f'elm:entryRequirement [ elm:noteLiteral "A"@en, "B"@en ] ; elm:targetGroup <{group}>,'
        ' [ skos:prefLabel "Alle"@de ] ;'
        ' elm:additionalNote [ elm:noteLiteral "Note"@en ] ;'
        ' elm:supplementaryDocument [ dc:title "Guide"@en ; elm:contentUrl "https://g.example/" ]'
    ))  # fmt: skip
    assert value["prerequisites"] == [{"en": "A\nB"}]
    assert sorted(map(str, value["target_group"])) == sorted(map(str, [{"en": "Migrants"}, {"de": "Alle"}]))
    assert value["further_info"] == [
        {"label": {"en": "Guide"}, "url": "https://g.example/"},
        {"label": {"en": "Note"}},
    ]


def test_the_state_is_the_publishers_word() -> None:
    assert crossed(spec('elm:status "not published anymore"')).value.source_record.status == "not published anymore"
    listing = spec("elm:status <http://data.europa.eu/snb/status/released>")
    assert crossed(listing).value.source_record.status == "released"
    assert listing.status == "http://data.europa.eu/snb/status/released"


def test_rules_of_selection_and_ordinals_are_carried() -> None:
    listing = spec('dc:description "d"@en').model_copy(update={"selected_by": ("short_programme",), "ordinal": 2})
    crossing = crossed(listing)
    assert crossing.value.source_record.selected_by == ("short_programme",)
    assert ELM.key(listing) == "https://x.example/q | 2"


def test_keys_and_identifiers() -> None:
    named, nameless = spec('dc:description "d"@en'), one(f'{PREFIXES} [] a elm:Qualification ; dc:title "T"@en .')
    assert (ELM.key(named), ELM.iri(named)) == ("https://x.example/q", "https://x.example/q")
    assert ELM.key(nameless).startswith("_:")
    assert ELM.iri(nameless) is None
    thrown_away = one(f'{PREFIXES} <urn:epass:qualification:1> a elm:Qualification ; dc:title "T"@en .')
    assert ELM.iri(thrown_away) is None
    assert "identifiers" not in content(thrown_away)


def test_negative_rows_of_the_mapping_table_are_never_followed() -> None:
    rows = read_table(ELM.folder / "mapping.sssom.tsv", "elm")
    refused = {(row.subject, row.object) for row in rows if row.negative}
    allowed = {(row.subject, row.object) for row in rows if not row.negative}
    assert len(refused) >= 5
    assert refused & allowed == {("LearningOpportunity.providedBy", "issuer")}
