"""MQA row → descriptor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import SourceRecord
from crosswalks.descriptor.serialise import dump, load
from crosswalks.mqa.model import MqaListing, RegisterEntry
from crosswalks.mqa.read import natural_key
from crosswalks.mqa.reference import parse_reference
from tests.crosswalks.laws import check_reading

MQA = crosswalk_for("mqa")
SOURCE = SourceRecord(registry="mqa", source_id="key", rights="facts_only")
IRI = "https://kakehashi.example/id/mc/mqa-test"

text = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(str.strip)
references = st.one_of(
    st.integers(1, 99999).map(lambda n: f"MQA/PA{n}"),
    st.integers(1, 9999).map(lambda n: f"A {n}"),
    st.integers(1, 9999).map(lambda n: f"KPT/JPS (PA {n}) 06/12"),
    st.integers(1, 9999).map(lambda n: f"KPT/JPS(N/523/6/0123)(MQA/PA{n})06/27"),
    text,
)
entries = st.builds(
    RegisterEntry, reference=references, title=st.none() | text, mqf_level=st.none() | text,
    accredited_on=st.none() | text | st.just("15/07/2019"), others=st.dictionaries(text, text, max_size=2),
)  # fmt: skip
listings = st.builds(
    MqaListing, title=text, programme=st.none() | text, reference=st.none() | references, provider=st.none() | text,
    others=st.dictionaries(st.from_regex(r"[A-Z][a-z]{2,8}", fullmatch=True), text, max_size=2),
    parent=st.none() | entries, ordinal=st.integers(1, 3),
).map(lambda listing: listing if listing.reference else listing.model_copy(update={"parent": None}))  # fmt: skip


@given(listings)
def test_laws_of_reading(listing: MqaListing) -> None:
    crossing = MQA.read(listing, IRI, SOURCE)
    check_reading(MQA, listing, crossing)
    assert load(dump(crossing.value)) == crossing.value
    assert not crossing.value.level
    assert not crossing.value.credit
    assert crossing.value.volume is None


@pytest.mark.parametrize("sign", ["-", "–", "*", "..."])
def test_a_sign_for_an_empty_cell_is_no_reference(sign: str) -> None:
    crossing = MQA.read(MqaListing(title="Contoh", programme="Diploma Contoh", reference=sign), IRI, SOURCE)
    check_reading(MQA, MqaListing(title="Contoh", programme="Diploma Contoh", reference=sign), crossing)
    assert crossing.value.quality_assurance is None
    assert crossing.value.education_classification is None
    assert [link.target_ref for link in crossing.value.stackability] == [None]
    assert crossing.issues == ()


@given(listings)
def test_the_running_number_never_counts(listing: MqaListing) -> None:
    assert natural_key(listing) == natural_key(listing.model_copy(update={"programme": "another", "parent": None}))


@pytest.mark.parametrize(
    ("raw", "kind", "number", "expiry"),
    [
        ("MQA/PA12318", "provisional", "12318", None),
        ("MQA / FA 1234", "full", "1234", None),
        ("MQA-FA1234", "full", "1234", None),
        ("MQA/SWA0042", "self_accrediting", "0042", None),
        ("A 1234", "full", "1234", None),
        ("PA 1234", "provisional", "1234", None),
        ("KPT/JPS (A 1234) 06/12", "full", "1234", "2012-06"),
        ("KPT/JPS(N/523/6/0123)(MQA/PA1234)06/27", "provisional", "1234", "2027-06"),
        ("MQA/PA12318 (lama)", "unknown", None, None),
        ("B 77", "unknown", None, None),
    ],
)
def test_references_are_told_apart_by_whole_shapes(raw: str, kind: str, number: str | None, expiry: str | None) -> None:
    reference = parse_reference(raw)
    assert (reference.raw, reference.kind, reference.number, reference.expiry) == (raw, kind, number, expiry)
