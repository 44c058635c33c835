"""The value tables agree with the official vocabularies, the code lists and the message catalogue."""

from __future__ import annotations

import pytest

from config.codelists import codelist
from config.frameworks import credit_systems
from config.messages import catalogue
from crosswalks.elm.codes import value_rows
from crosswalks.elm.profile import classes, vocabularies
from crosswalks.elm.reading.codes import reviewed
from crosswalks.elm.reading.fields import fields_by_class
from crosswalks.mapping import PREDICATES, descriptor_paths

READING = value_rows("reading.tsv")
BEYOND = {"c_1f1a469a", "c_0ab66479", "c_3a90b26d"}
"""Codes of later lists than the published ones."""
WHOLE = ("learning-assessment", "assessment", "skill-type", "education-credit", "accreditation", "entitlement")


def allowed(name: str) -> set[str]:
    if name == "CreditSystem":
        return set(credit_systems())
    if name == "Descriptor":
        return set(descriptor_paths())
    return {"positive"} if name == "Decision" else set(codelist(name).labels)


def test_values_are_in_their_lists_and_predicates_are_known() -> None:
    for row in READING:
        assert row["value"] in allowed(row["list"]), row
        assert row["predicate"] in PREDICATES, row
        assert row["comment"], row


@pytest.mark.parametrize("name", WHOLE)
def test_every_code_of_a_vocabulary_was_reviewed(name: str) -> None:
    reviewed_codes = {row["concept"] for row in READING if row["vocabulary"] == name}
    assert reviewed_codes - BEYOND == set(vocabularies()[name].labels)
    assert len(reviewed()) == len(READING)


def test_a_value_of_ours_is_read_from_what_it_is_written_as() -> None:
    for row in value_rows("writing.tsv"):
        if row["predicate"] == "skos:exactMatch":
            assert reviewed()[row["vocabulary"], row["concept"]].value == row["value"], row


def test_labels_stand_for_listed_codes() -> None:
    for row in value_rows("labels.tsv"):
        assert row["concept"] in vocabularies()[row["vocabulary"]].labels, row


def test_reasons_are_messages_and_fields_are_listed() -> None:
    for row in value_rows("not_carried.tsv"):
        assert row["reason"] in catalogue(), row
        assert row["class"] == "*" or row["class"] in classes(), row
    for row in value_rows("also_read.tsv"):
        assert row["property"] in fields_by_class()[row["class"]]
        assert row["property"] not in classes()[row["class"]].properties
