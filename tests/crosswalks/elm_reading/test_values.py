"""The value tables agree with the official vocabularies, the code lists and the message catalogue."""

from __future__ import annotations

import pytest

from config.codelists import codelist
from config.frameworks import credit_systems
from config.messages import catalogue
from crosswalks.elm.codes import language_tag, value_pairs
from crosswalks.elm.codes import value_rows as plain_values
from crosswalks.elm.profile import classes, vocabularies
from crosswalks.elm.reading.codes import reviewed
from crosswalks.elm.reading.fields import fields_by_class
from crosswalks.mapping import NO_TERM, PREDICATES, descriptor_paths, mapping_tables, plain_rows
from crosswalks.text import matching_key
from crosswalks.values import value_of, value_rows

READING = value_pairs("reading")
BEYOND = {"c_1f1a469a", "c_0ab66479", "c_3a90b26d"}
"""Codes of later lists than the published ones."""
WHOLE = ("learning-assessment", "assessment", "skill-type", "education-credit", "accreditation", "entitlement")


def allowed(name: str) -> set[str]:
    if name == "CreditSystem":
        return set(credit_systems())
    if not name:
        return set(descriptor_paths())
    return {"positive"} if name == "Decision" else set(codelist(name).labels)


def codes(table: str, column: str) -> dict[str, set[str]]:
    """The codes that a table of values has, by list, those without a counterpart included."""
    found: dict[str, set[str]] = {}
    for row in plain_rows(mapping_tables()[f"elm/values/{table}"]):
        listed, _, code = row[column].partition(":")[2].rpartition("/")
        found.setdefault(listed, set()).add(code)
    return found


def test_values_are_in_their_lists_and_predicates_are_known() -> None:
    for pair in READING:
        assert pair.target[1] in allowed(pair.target[0]), pair
        assert pair.predicate in PREDICATES, pair


@pytest.mark.parametrize("name", WHOLE)
def test_every_code_of_a_vocabulary_was_reviewed(name: str) -> None:
    assert codes("reading", "subject_id")[name] - BEYOND == set(vocabularies()[name].labels)
    assert len(reviewed()) == len(READING)


def test_every_value_that_can_be_written_has_a_concept_or_a_row_that_says_there_is_none() -> None:
    found = codes("writing", "subject_id")
    assert set(found) == {"DeliveryMode", "AssessmentType", "OutcomeCategory", "CreditSystem"}
    assert {name: allowed(name) for name in found} == found
    for pair in value_pairs("writing"):
        assert pair.target[1] in vocabularies()[pair.target[0]].labels, pair


def test_every_country_has_its_code_or_a_row_that_says_it_is_none() -> None:
    assert codes("countries", "subject_id")["country"] == set(vocabularies()["country"].labels)
    alpha_2 = [pair.target[1] for pair in value_pairs("countries")]
    assert len(alpha_2) == len(set(alpha_2))


def test_languages_are_listed_ones_and_none_stands_for_several() -> None:
    assert codes("languages", "subject_id")["language"] <= set(vocabularies()["language"].labels)
    tags = [pair.target[1] for pair in value_pairs("languages")]
    assert len(tags) == len(set(tags))
    for row in plain_rows(mapping_tables()["elm/values/languages"]):
        if row["object_id"] == NO_TERM:
            assert language_tag(row["subject_id"].rpartition("/")[2]) is None


def test_a_value_of_ours_is_read_from_what_it_is_written_as() -> None:
    for pair in value_pairs("writing"):
        if pair.predicate == "skos:exactMatch":
            assert reviewed()[pair.target].value == pair.source[1], pair


def test_labels_stand_for_listed_codes() -> None:
    for row in plain_rows(mapping_tables()["elm/values/labels"]):
        if row["object_id"] != NO_TERM:
            label, concept = value_of(row["subject_id"]), value_of(row["object_id"])
            assert label.listed == concept.listed
            assert concept.code in vocabularies()[concept.listed].labels, row
            assert label.code == row["subject_label"]


def test_no_label_of_ours_hides_an_official_one() -> None:
    for row in plain_rows(mapping_tables()["elm/values/labels"]):
        label = value_of(row["subject_id"], row["subject_label"])
        official = {matching_key(one): code for code, one in vocabularies()[label.listed].labels.items()}
        code = official.get(matching_key(label.label), "")
        assert row["predicate_modifier"] == "Not" or code in {"", value_of(row["object_id"]).code}, row


def test_classes_of_projects_are_read_as_classes_of_the_profile() -> None:
    rows = value_rows(mapping_tables()["elm/values/subclasses"])
    assert rows
    assert {row.object.name for row in rows} <= set(classes())


def test_reasons_are_messages_and_fields_are_listed() -> None:
    for row in plain_values("not_carried.tsv"):
        assert row["reason"] in catalogue(), row
        assert row["class"] == "*" or row["class"] in classes(), row
    for row in plain_values("also_read.tsv"):
        assert row["property"] in fields_by_class()[row["class"]]
        assert row["property"] not in classes()[row["class"]].properties
