"""Counting what became of fields gives the numbers that the ledgers of the same records give."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.writing import cross, write
from crosswalks.elm.writing.counts import Counts, OutgoingCounts
from crosswalks.ledger import FieldOutcome
from tests.crosswalks.descriptor.strategies import descriptors, exportable

QUIET = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
BOUND = {"rights": "facts_only"}


def counted(made: list[Descriptor]) -> Counts:
    counts = OutgoingCounts()
    for descriptor in made:
        counts.add(*cross(descriptor))
    return counts.counts()


def summed(made: list[Descriptor]) -> Counts:
    total: Counter[tuple[str, FieldOutcome, str]] = Counter()
    for descriptor in made:
        total.update(write(descriptor).ledger.summary())
    return total


@given(descriptors() | exportable())
@QUIET
def test_the_counts_of_a_record_are_those_of_its_ledger(descriptor: Descriptor) -> None:
    assert counted([descriptor]) == summed([descriptor])
    assert counted([descriptor]).total() > 0


@given(descriptors() | exportable())
@QUIET
def test_so_are_those_of_a_record_that_is_held_back_in_part(descriptor: Descriptor) -> None:
    source = descriptor.source_record.model_copy(update=BOUND)
    bound = descriptor.model_copy(update={"source_record": source})
    assert counted([bound]) == summed([bound])


@given(st.lists(descriptors() | exportable(), min_size=2, max_size=4))
@settings(QUIET, max_examples=40)
def test_the_counts_of_many_are_the_sum(made: list[Descriptor]) -> None:
    assert counted(made) == summed(made)
