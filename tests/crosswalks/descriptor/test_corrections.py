"""Reviewed values over harvested ones: nothing of the source is lost, every reviewed value says who and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from config.messages import CodedError
from crosswalks.descriptor.corrections import Correction, lay, stated_at
from crosswalks.descriptor.model import Descriptor
from tests.crosswalks.descriptor.strategies import descriptors

ON = date(2026, 4, 1)


def correction(descriptor: Descriptor, field: str, value: Any) -> Correction:
    return Correction(field, value, stated_at(descriptor, field), "A. Reviewer", ON, "the syllabus says so")


@given(descriptors(always=("field",)))
def test_a_field_of_study_is_laid_beside_the_harvested_ones(descriptor: Descriptor) -> None:
    laid, entries, issues = lay(descriptor, [correction(descriptor, "field.+", {"scheme": "ISCED-F", "code": "0613"})])
    assert laid.field[:-1] == descriptor.field
    place = f"field.{len(descriptor.field)}"
    assert (laid.field[-1].code, laid.origin_of(place).kind) == ("0613", "assigned")
    assert (laid.origin_of(place).by, laid.origin_of(place).reason) == ("A. Reviewer", "the syllabus says so")
    assert [entry.target for entry in entries] == [place]
    assert not issues
    same = laid.model_copy(update={"field": descriptor.field, "origins": descriptor.origins})
    assert same == descriptor


@given(descriptors(always=("volume",)))
def test_a_value_takes_the_place_of_the_harvested_one_and_remembers_it(descriptor: Descriptor) -> None:
    one = correction(descriptor, "volume.total_hours", "42")
    laid, _, issues = lay(descriptor, [one])
    assert laid.volume
    assert str(laid.volume.total_hours) == "42"
    assert not issues
    stated = descriptor.volume.total_hours if descriptor.volume else None
    assert one.was == (None if stated is None else str(stated))


@given(descriptors())
def test_a_source_that_changed_is_a_conflict_and_the_reviewed_value_stays(descriptor: Descriptor) -> None:
    one = correction(descriptor, "title.en", "Reviewed title")
    moved = descriptor.model_copy(update={"title": {**descriptor.title, "en": "Something else at the source"}})
    laid, _, issues = lay(moved, [one])
    assert [issue.code for issue in issues] == ["correction_conflict"]
    assert laid.title["en"] == "Reviewed title"


@given(descriptors())
def test_without_corrections_nothing_changes(descriptor: Descriptor) -> None:
    assert lay(descriptor, []) == (descriptor, [], [])


@pytest.mark.parametrize(
    "field",
    ["", ".", "titel", "title..en", "source_record.url", "id", "origins.title", "field.+.code", "title.+", "field.9"],
)
def test_places_that_no_descriptor_has_are_refused(field: str) -> None:
    descriptor = Descriptor.model_validate({
        "id": "urn:x:1", "source_record": {"registry": "r", "source_id": "1"}, "title": {"en": "A title"},
    })  # fmt: skip
    with pytest.raises(CodedError, match="field_unknown"):
        lay(descriptor, [correction(descriptor, field, "x")])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("credit_status", "perhaps", "record_invalid"), ("field.+", {"scheme": "ISCED-F"}, "record_invalid"),
     ("volume.total_hours", "-3", "record_invalid"), ("issuer.email", "a@b.example", "pii_present")],
)  # fmt: skip
def test_values_that_cannot_stand_there_are_refused(field: str, value: Any, code: str) -> None:
    descriptor = Descriptor.model_validate({
        "id": "urn:x:1", "source_record": {"registry": "r", "source_id": "1"}, "title": {"en": "A title"},
    })  # fmt: skip
    with pytest.raises(CodedError) as refused:
        lay(descriptor, [correction(descriptor, field, value)])
    assert code in [issue.code for issue in refused.value.issues]
