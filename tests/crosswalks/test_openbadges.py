"""Badge class → descriptor."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import SourceRecord
from crosswalks.descriptor.serialise import dump
from crosswalks.descriptor.serialise import load as load_descriptor
from crosswalks.openbadges.model import Alignment, BadgeClass, Criteria, Issuer, RelatedBadge, badge_class
from crosswalks.text import clean, plain
from tests.crosswalks.laws import check_reading

BADGES = crosswalk_for("openbadges")
SOURCE = SourceRecord(registry="openbadges", source_id="key")
IRI = "https://kakehashi.example/id/mc/openbadges-test"
GOLDENS = sorted((BADGES.folder / "goldens").glob("*.source.json"))
SKILL = "http://data.europa.eu/esco/skill/00000000-0000-0000-0000-000000000000"

text = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    lambda value: bool(clean(plain(value)))
)
address = st.one_of(
    st.integers(1, 99).map(lambda number: f"https://lms.example/badges/badge_json.php?id={number}"),
    text,
    st.just(SKILL),
)
link = st.none() | address
maybe = st.none() | text
alignments = st.builds(
    Alignment, target_name=maybe, target_url=link, target_description=maybe,
    target_framework=maybe, target_code=maybe,
)  # fmt: skip
badges = st.builds(
    BadgeClass,
    name=text,
    id=st.none() | address,
    context=st.sampled_from([(), ("https://w3id.org/openbadges/v2",), ("https://context.example/",)]),
    type=st.sampled_from([(), ("BadgeClass",)]),
    description=maybe,
    language=st.sampled_from([None, "ja", "en", "en_us", "not a language"]),
    version=maybe,
    criteria=st.none() | st.builds(Criteria, id=link, narrative=maybe),
    issuer=st.none() | st.builds(Issuer, id=link, name=maybe, url=link, description=maybe),
    alignments=st.lists(alignments, max_size=3).map(tuple),
    tags=st.lists(text, max_size=2).map(tuple),
    related=st.lists(st.builds(RelatedBadge, id=address, version=maybe), max_size=2).map(tuple),
    endorsement=st.none() | address,
    left_out=st.just({"image": "page_furniture", "issuer.email": "personal_data"}),
    others=st.dictionaries(st.from_regex(r"[A-Z][a-z]{2,8}", fullmatch=True), text, max_size=2),
    ordinal=st.integers(1, 3),
)


@given(badges)
def test_laws_of_reading(badge: BadgeClass) -> None:
    crossing = BADGES.read(badge, IRI, SOURCE)
    check_reading(BADGES, badge, crossing)
    assert load_descriptor(dump(crossing.value)) == crossing.value
    assert crossing.value.volume is None
    assert not crossing.value.level
    assert not crossing.value.credit
    assert not crossing.value.stackability
    assert all(assessment.type is None for assessment in crossing.value.assessment)


@given(badges)
def test_only_an_alignment_to_a_skill_becomes_an_outcome(badge: BadgeClass) -> None:
    outcomes = BADGES.read(badge, IRI, SOURCE).value.learning_outcomes
    skills = [item for item in badge.alignments if item.target_url == SKILL and clean(item.target_name or "")]
    assert [outcome.skill_refs for outcome in outcomes] == [(SKILL,)] * len(skills)


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.name.partition(".")[0])
def test_goldens(path: Path) -> None:
    badge = next(iter(BADGES.load(path.read_bytes(), path.name)))
    crossing = BADGES.read(badge, IRI, SOURCE)
    stem = path.name.removesuffix(".source.json")
    descriptor = orjson.loads(path.with_name(f"{stem}.descriptor.json").read_bytes())
    ledger = orjson.loads(path.with_name(f"{stem}.ledger.json").read_bytes())
    assert list(differences(descriptor, orjson.loads(dump(crossing.value)))) == []
    assert crossing.ledger.as_json() == ledger
    check_reading(BADGES, badge, crossing)


def test_there_are_goldens() -> None:
    assert GOLDENS


def test_people_are_never_read() -> None:
    badge = badge_class({
        "type": "BadgeClass",
        "name": "架空バッジ",
        "image": {"id": "https://lms.example/b.png", "author": "架空 花子"},
        "criteria": {"id": "https://lms.example/badges/badge.php?hash=0123456789"},
        "issuer": {"name": "架空大学", "email": "hanako@lms.example", "telephone": "03-0000-0000"},
    })  # fmt: skip
    kept = badge.model_dump_json()
    assert not any(word in kept for word in ("花子", "hanako", "0000-0000", "0123456789"))
    assert badge.left_out == {
        "image": "page_furniture", "criteria.id": "personal_data",
        "issuer.email": "personal_data", "issuer.telephone": "personal_data",
    }  # fmt: skip


def test_one_object_an_array_and_lines_are_read_alike() -> None:
    issuer = b'"issuer": "https://lms.example/issuer"'
    one = b'{"type": "BadgeClass", "name": "A", ' + issuer + b', "criteria": "Pass the test"}'
    read = [list(BADGES.load(data, "f.json")) for data in (one, b"[" + one + b"]", one + b"\n" + one)]
    assert read == [[read[0][0]], [read[0][0]], [read[0][0]] * 2]
    assert read[0][0].criteria == Criteria(narrative="Pass the test")
    assert read[0][0].issuer == Issuer(id="https://lms.example/issuer")


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (b'{"type": "Assertion", "recipient": {"identity": "x"}, "badge": "b"}', "pii_present"),
        (b'{"type": ["Achievement"], "name": "A"}', "file_not_schema"),
        (b'{"type": "BadgeClass"}', "file_not_schema"),
        (b'"text"', "file_not_schema"),
        (b"<html>", "file_not_schema"),
    ],
)
def test_what_is_no_badge_class_is_refused(record: bytes, code: str) -> None:
    with pytest.raises(CodedError) as caught:
        list(BADGES.load(record, "f.json"))
    assert caught.value.issues[0].code == code
