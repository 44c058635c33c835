"""Which records are candidates, and by which rules."""

from __future__ import annotations

import pytest

from connectors.contract import Extract
from connectors.europass.listed import candidates
from connectors.europass.nodes import InMemory
from connectors.europass.options import setting_of
from connectors.europass.select import fired, is_released, says_micro_credential, signs_of, words
from crosswalks.elm.load import read_graph
from tests.connectors.europass.walk import europass

OPTIONS = setting_of(europass()).options
TYPES = "http://data.europa.eu/snb/learning-opportunity/"
HEAD = """@prefix elm: <http://data.europa.eu/snb/model/elm/> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix rov: <http://www.w3.org/ns/regorg#> .
"""
NON_FORMAL = "elm:learningSetting <http://data.europa.eu/snb/learning-setting/e207a81fc7>"
ECTS = "elm:framework <http://data.europa.eu/snb/education-credit/6fcec5c5af>"


def held(body: str, more: str = "") -> InMemory:
    text = f"{HEAD}<https://x.example/1> a elm:LearningOpportunity ; {body} .\n{more}"
    return InMemory(read_graph(text.encode(), "a.ttl"))


def rules(body: str, more: str = "") -> tuple[str, ...]:
    return fired(signs_of("https://x.example/1", held(body, more)), OPTIONS.candidates)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"dct:type <{TYPES}74a4a268e8>", ("short-programme",)),
        (f"dct:type <{TYPES}0f7dac46ca>", ("programme-module",)),
        (f"dct:type <{TYPES}05053c1cbe>", ()),
        ('dct:type "short learning PROGRAMME"', ("short-programme",)),
        ('dct:type [ a skos:Concept ; skos:prefLabel "Short learning programme"@en ]', ("short-programme",)),
        ('dct:type "Programme of short stories"', ()),
        ('dct:title "Micro-credential: bees"@en', ("title-word",)),
        ('dct:title "MICRO CREDENTIALS"', ("title-word",)),
        ('dct:title "Μικροδιαπιστευτήριο"@EL', ("title-word",)),
        ('dct:title "Microbiology of credentials"@en', ()),
        ('elm:category "Mikrokredenzjali (MLT)"@mt', ("category-word",)),
        (NON_FORMAL, ()),
        (f'{NON_FORMAL} ; elm:volumeOfLearning "PT40H"', ("small-non-formal",)),
        (f'{NON_FORMAL} ; elm:volumeOfLearning "PT751H"', ()),
        (f'{NON_FORMAL} ; elm:volumeOfLearning "P31DT6H"', ("small-non-formal",)),
        (f'{NON_FORMAL} ; elm:volumeOfLearning "P60M"', ()),
        (f'{NON_FORMAL} ; elm:creditPoint [ {ECTS} ; elm:point "0" ]', ()),
        (f'{NON_FORMAL} ; elm:creditPoint [ elm:point "3 ECTS" ]', ("small-non-formal",)),
        (f'{NON_FORMAL} ; elm:creditPoint [ elm:point "3 points" ]', ()),
        (f'{NON_FORMAL} ; elm:creditPoint [ {ECTS} ; elm:point "60" ] ; elm:volumeOfLearning "PT40H"', ()),
        ('elm:volumeOfLearning "PT10H"', ()),
    ],
)
def test_rules_hold_for_what_they_state_and_nothing_else(body: str, expected: tuple[str, ...]) -> None:
    assert rules(body) == expected


def test_what_the_offered_specification_says_counts_too() -> None:
    offered = "<https://x.example/2> a elm:Qualification ; "
    link = "elm:learningAchievementSpecification <https://x.example/2>"
    assert rules(link, f"{offered} dct:type <{TYPES}74a4a268e8> .") == ("short-programme",)
    assert rules(link, f'{offered} dct:title "Microcredential" .') == ("title-word",)


def test_records_that_no_rule_takes_are_counted() -> None:
    extract = Extract()
    assert list(candidates(["https://x.example/1"], held('dct:title "Bees"'), OPTIONS, extract)) == []
    assert (extract.rows, extract.passed_over) == (1, {"passed_over_type": 1})


@pytest.mark.parametrize("status", ['"released"', '"Released"', "<http://data.europa.eu/snb/status/released>", '""'])
def test_states_that_are_current(status: str) -> None:
    assert is_released(signs_of("https://x.example/1", held(f"elm:status {status}")), OPTIONS.released)


@pytest.mark.parametrize("status", ['"not published anymore"', '"to-be-reviewed"', '"unreleased"'])
def test_states_that_are_not(status: str) -> None:
    assert not is_released(signs_of("https://x.example/1", held(f"elm:status {status}")), OPTIONS.released)


def test_every_word_of_the_table_is_found_in_a_text() -> None:
    for _, start in words():
        assert says_micro_credential(f"About {start.upper()}x and more")
        assert not says_micro_credential(f"about pre{start}")
