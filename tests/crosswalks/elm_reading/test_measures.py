"""Volume, duration, levels and credit out of ELM: each in its own terms, nothing converted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from crosswalks.elm.reading.measures import hours_of
from tests.crosswalks.elm_reading.shared import codes, content, crossed, opportunity, spec


@pytest.mark.parametrize(
    ("duration", "hours"),
    [
        ("PT60H", "60"), ("P2DT12H", "60"), ("PT90M", "1.5"), ("P1D", "24"), ("PT36H30M", "36.5"), ("PT3600S", "1"),
        ("P60M", None), ("P2W", None), ("P1Y", None), ("P1M2DT3H", None), ("PT0H", "0"), ("P", None), ("PT", None),
        ("-PT5H", None), ("60", None), ("PT1.5H", None), ("PT5H ", None),
    ],
)  # fmt: skip
def test_hours_are_read_from_days_and_time_only(duration: str, hours: str | None) -> None:
    assert hours_of(duration) == (None if hours is None else Decimal(hours))


@pytest.mark.parametrize(
    ("duration", "volume", "issue"),
    [
        ("PT60H", {"total_hours": "60"}, None),
        ("P2DT12H", {"total_hours": "60"}, None),
        ("P60M", {"text": {"und": "P60M"}}, "elm_volume_not_hours"),
        ("about sixty", {"text": {"und": "about sixty"}}, "elm_volume_not_hours"),
        ("P400D", {"total_hours": "9600"}, "elm_volume_implausible"),
        ("PT0H", {"text": {"und": "PT0H"}}, "elm_volume_not_hours"),
    ],
)
def test_volume(duration: str, volume: Any, issue: str | None) -> None:
    crossing = crossed(spec(f'elm:volumeOfLearning "{duration}"^^xsd:duration'))
    assert crossing.value.volume is not None
    assert crossing.value.volume.model_dump(mode="json", exclude_defaults=True) == volume
    assert codes(crossing) == ([issue] if issue else [])


def test_elapsed_time_and_taught_hours_are_no_volume() -> None:
    listing = opportunity(
        'elm:duration "P6W"^^xsd:duration ; elm:learningActivitySpecification [ elm:contactHour "24 hours" ;'
        ' elm:volumeOfLearning "PT30H"^^xsd:duration ]',
        'elm:maximumDuration "P1Y"^^xsd:duration',
    )
    assert content(listing)["volume"] == {"contact_hours": "24", "duration": "P6W"}
    several = opportunity('elm:learningActivitySpecification [ elm:contactHour "24", "12" ]')
    assert content(several)["volume"] == {"text": {"und": "12\n24"}}


EQF = "http://data.europa.eu/snb/eqf"
QDR = "http://data.europa.eu/snb/qdr"


@pytest.mark.parametrize(
    ("turtle", "expected"),
    [
        (f"elm:EQFLevel <{EQF}/5>", [("EQF", "5", f"{EQF}/5")]),
        ('elm:EQFLevel [ skos:prefLabel "Level 5"@en ]', [("EQF", "5", None)]),
        ('elm:EQFLevel "EQF level 5"', [("EQF", "5", None)]),
        ('elm:EQFLevel "5"', [("EQF", "5", None)]),
        ('elm:EQFLevel "9"', []),
        (f"elm:EQFLevel <{EQF}/9>", []),
        (f"elm:NQFLevel <{QDR}/c_670e54c7>", [("EU-NQF", "IE NQF Level 6", f"{QDR}/c_670e54c7")]),
        (f"elm:NQFLevel <{QDR}/c_761cdbf1>", [("EU-NQF", "MQF Level 1", f"{QDR}/c_761cdbf1")]),
        (f"elm:NQFLevel <{QDR}/c_new>", [("EU-NQF", f"{QDR}/c_new", f"{QDR}/c_new")]),
        ('elm:NQFLevel [ skos:prefLabel "MQF Level 6"@en ]', [("unspecified", "MQF Level 6", None)]),
        (f"elm:educationLevel <{EQF}/4>", [("EQF", "4", f"{EQF}/4")]),
        (f"elm:educationLevel <{QDR}/c_670e54c7>", [("EU-NQF", "IE NQF Level 6", f"{QDR}/c_670e54c7")]),
        ("elm:educationLevel <https://k.example/vocab/level/NZQCF/4>", [("NZQCF", "4", None)]),
        ("elm:educationLevel <https://k.example/vocab/level/JP-year/1%E5%B9%B4%2F2>", [("JP-year", "1年/2", None)]),
        ("elm:educationLevel <https://k.example/vocab/level/Unheard/4>",
         [("unspecified", "https://k.example/vocab/level/Unheard/4", "https://k.example/vocab/level/Unheard/4")]),
        ('elm:educationLevel [ skos:prefLabel "Bronze"@en ]', [("unspecified", "Bronze", None)]),
    ],
)  # fmt: skip
def test_levels(turtle: str, expected: list[tuple[str, str, str | None]]) -> None:
    levels = crossed(spec(turtle)).value.level
    assert [(level.scheme, level.value, level.iri) for level in levels] == expected


def test_levels_that_differ_are_all_kept_with_an_issue() -> None:
    crossing = crossed(opportunity(f"elm:EQFLevel <{EQF}/6>", f"elm:EQFLevel <{EQF}/5>"))
    assert [level.value for level in crossing.value.level] == ["5", "6"]
    assert codes(crossing) == ["elm_level_conflict"]
    agreeing = crossed(opportunity(f"elm:EQFLevel <{EQF}/5>", f"elm:EQFLevel <{EQF}/5>"))
    assert (len(agreeing.value.level), agreeing.issues) == (1, ())


ECTS = "http://data.europa.eu/snb/education-credit/6fcec5c5af"


@pytest.mark.parametrize(
    ("point", "framework", "expected", "issue"),
    [
        ("5", f"<{ECTS}>", {"system": "ECTS", "value": "5"}, None),
        ("60 ECTS", f"<{ECTS}>", {"system": "ECTS", "value": "60"}, None),
        ("2,5 credits", f"<{ECTS}>", {"system": "ECTS", "value": "2.5", "text": {"und": "2,5 credits"}}, None),
        ("60 ECTS", None, {"system": "ECTS", "value": "60"}, None),
        ("5", '[ skos:prefLabel "ECTS"@en ]', {"system": "ECTS", "value": "5"}, "elm_label_for_code"),
        ("0", f"<{ECTS}>", {"system": "ECTS", "value": "0"}, "elm_credit_zero"),
        ("180", None, {"system": "other", "value": "180", "text": {"und": "180"}}, "elm_credit_without_framework"),
        ("12", "<https://c.example/k>", {"system": "other", "value": "12", "text": {"und": "12 https://c.example/k"}},
         "elm_value_unknown"),
        ("2-5", f"<{ECTS}>", None, "not_understood"),
        ("five", f"<{ECTS}>", None, "not_understood"),
    ],
)  # fmt: skip
def test_credit(point: str, framework: str | None, expected: Any, issue: str | None) -> None:
    system = f"; elm:framework {framework}" if framework else ""
    crossing = crossed(spec(f'elm:creditPoint [ a elm:CreditPoint ; elm:point "{point}" {system} ]'))
    found = [credit.model_dump(mode="json", exclude_defaults=True) for credit in crossing.value.credit]
    assert found == ([expected] if expected else [])
    assert codes(crossing) == ([issue] if issue else [])


def test_a_concept_with_nothing_but_a_notation_is_read_by_its_words() -> None:
    def named(words: str) -> str:
        return f'[ a skos:Concept ; skos:notation "{words}" ]'

    points = [f'[ a elm:CreditPoint ; elm:point "{number}" ; elm:framework {named(words)} ]' for number, words in (
        ("5", "ECTS"), ("7", "Contoh points"),
    )]  # fmt: skip
    crossing = crossed(spec(f"elm:creditPoint {', '.join(points)} ; elm:mode {named('evenings')}"))
    value = crossing.value.model_dump(mode="json", exclude_defaults=True)
    assert sorted(value["credit"], key=lambda one: str(one["value"])) == [
        {"system": "ECTS", "value": "5"},
        {"system": "other", "value": "7", "text": {"und": "7 Contoh points"}},
    ]
    assert value["teaching_method"] == [{"mode": "unspecified", "text": {"und": "evenings"}}]
    unknown = [issue.params["value"] for issue in crossing.issues if issue.code == "elm_value_unknown"]
    assert sorted(unknown) == ["Contoh points", "evenings"]
    described = [entry.value for entry in crossing.ledger.entries if entry.reason == "elm_label_of_code"]
    assert described == ["ECTS"]


def test_a_thing_where_words_belong_is_never_read_by_its_made_up_name() -> None:
    wrapped = '[ a elm:Duration ; elm:duration "P4Y" ]'
    crossing = crossed(spec(
        f'elm:volumeOfLearning {wrapped} ; elm:maximumDuration {wrapped} ; dc:description [ elm:x "inner" ] ;'
        f' elm:creditPoint [ elm:point {wrapped} ]'
    ))  # fmt: skip
    value = crossing.value
    assert (value.volume, value.description, value.credit) == (None, None, ())
    told = {entry.source.split("@")[0].split(".")[1]: entry.reason for entry in crossing.ledger.entries if "." in
            (entry.source or "").split("@")[0]}  # fmt: skip
    wanted = ("volumeOfLearning", "maximumDuration", "description", "point")
    assert {name: told[name] for name in wanted} == dict.fromkeys(wanted, "not_understood")
    assert "P4Y" in {entry.value for entry in crossing.ledger.entries}


def test_a_concept_that_says_nothing_is_not_called_unknown_to_a_list() -> None:
    crossing = crossed(spec('dc:language [ a skos:Concept ] ; elm:EQFLevel [ a skos:Concept ] ; elm:mode ""'))
    assert "elm_value_unknown" not in [issue.code for issue in crossing.issues if not issue.params.get("value")]
    told = [entry.reason for entry in crossing.ledger.entries if ".EQFLevel" in (entry.source or "")]
    assert told == ["not_understood"]
