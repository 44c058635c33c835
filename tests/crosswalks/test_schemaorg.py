"""schema.org credentials and courses ↔ descriptor."""

from __future__ import annotations

import io

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.serialise import dump
from crosswalks.descriptor.serialise import load as load_descriptor
from crosswalks.ledger import Crossing
from crosswalks.schemaorg.model import SchemaorgListing
from harvester.converting import convert
from tests.crosswalks.descriptor.strategies import descriptors
from tests.crosswalks.generated_records import records
from tests.crosswalks.laws import check_reading, check_there_and_back, check_writing

SCHEMAORG = crosswalk_for("schemaorg")
SOURCE = SourceRecord(registry="schemaorg", source_id="key")
IRI = "https://kakehashi.example/id/mc/schemaorg-test"
FOLDER = SCHEMAORG.folder / "goldens"
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
OFTEN = ("level", "credit", "assessment", "field", "issuer", "learning_outcomes", "fee", "volume", "stackability")
"""Fields that every generated descriptor tries."""
KEPT = (
    "title", "description", "version", "language_of_instruction", "landing_page", "prerequisites", "target_group",
    "field", "level", "identifiers",
)  # fmt: skip
"""Fields that schema.org holds as they are."""
WORDS = ("online", "onsite", "PT45H", "P8W")


def written(descriptor: Descriptor) -> Crossing[SchemaorgListing]:
    assert SCHEMAORG.write is not None
    return SCHEMAORG.write(descriptor)


def dumped(listing: SchemaorgListing, form: str = "jsonld") -> bytes:
    out = io.BytesIO()
    assert SCHEMAORG.dump is not None
    SCHEMAORG.dump([listing], form, out, {})
    return out.getvalue()


@given(descriptors())
@QUIET
def test_laws_of_writing(descriptor: Descriptor) -> None:
    check_writing(SCHEMAORG, descriptor, written(descriptor))


@given(descriptors(always=OFTEN), st.sampled_from(sorted(SCHEMAORG.formats)))
@QUIET
def test_what_was_written_reads_back_but_for_what_the_ledgers_name(descriptor: Descriptor, form: str) -> None:
    there = written(descriptor)
    content = dumped(there.value, form)
    assert content == dumped(written(load_descriptor(dump(descriptor))).value, form)
    (listing,) = SCHEMAORG.load(content, "page")
    back = SCHEMAORG.read(listing, descriptor.id, descriptor.source_record)
    check_reading(SCHEMAORG, listing, back)
    check_there_and_back(descriptor, back.value, there.ledger, back.ledger)
    released, _ = releasable(descriptor)
    before, after = (orjson.loads(dump(one)) for one in (released, back.value))
    for name in KEPT:
        assert list(differences(before.get(name), after.get(name))) == [], name
    assert back.value.fee == released.fee or not before.get("fee")
    assert [one.text for one in back.value.learning_outcomes] == [one.text for one in released.learning_outcomes]
    assert [(one.system, one.value) for one in back.value.credit] == [
        (one.system, one.value) for one in released.credit
    ]


@given(records(SchemaorgListing, WORDS))
@settings(QUIET, max_examples=25)
@pytest.mark.slow
def test_laws_of_reading(listing: SchemaorgListing) -> None:
    back = SCHEMAORG.read(listing, SCHEMAORG.iri(listing) or IRI, SOURCE)
    check_reading(SCHEMAORG, listing, back)
    assert load_descriptor(dump(back.value)) == back.value
    (again,) = SCHEMAORG.load(dumped(written(back.value).value), "page")
    second = SCHEMAORG.read(again, back.value.id, SOURCE)
    for name in KEPT:
        assert getattr(second.value, name) == getattr(back.value, name), name


def test_goldens_of_a_page() -> None:
    path = FOLDER / "page.source.html"
    (listing,) = SCHEMAORG.load(path.read_bytes(), path.name)
    back = SCHEMAORG.read(listing, IRI, SOURCE)
    expected = orjson.loads((FOLDER / "page.descriptor.json").read_bytes())
    assert list(differences(expected, orjson.loads(dump(back.value)))) == []
    assert orjson.loads(orjson.dumps(back.ledger.as_json())) == orjson.loads((FOLDER / "page.ledger.json").read_bytes())
    check_reading(SCHEMAORG, listing, back)
    assert "Somebody" not in listing.model_dump_json()


@pytest.mark.parametrize("form", sorted(SCHEMAORG.formats))
def test_goldens_of_writing(form: str) -> None:
    descriptor = load_descriptor((FOLDER / "written.descriptor.json").read_bytes())
    there = written(descriptor)
    assert dumped(there.value, form) == (FOLDER / f"written.{form}").read_bytes()
    assert orjson.loads(orjson.dumps(there.ledger.as_json())) == orjson.loads(
        (FOLDER / "written.outgoing.json").read_bytes()
    )


def test_nothing_in_a_text_ends_the_script_of_a_page() -> None:
    record = {"id": "urn:example:a", "source_record": {"registry": "r", "source_id": "a"}}
    record |= {"title": {"en": "</script><script>alert(1)</script>"}}
    page = dumped(written(load_descriptor(orjson.dumps(record))).value, "html")
    assert page.count(b"<") == 2
    (listing,) = SCHEMAORG.load(page, "page.html")
    assert listing.name == record["title"]


def test_a_page_is_converted_without_a_connector() -> None:
    data = (FOLDER / "page.source.html").read_bytes()
    conversion = convert(data, "page.html", "schemaorg", "jmicro")
    assert [one.written for one in conversion.records] == [True]
    assert conversion.records[0].descriptor.title == {"en": "Example micro-credential"}


@pytest.mark.parametrize(
    "data",
    [b"{}", b'{"@type": "Person", "name": "A"}', b"<html><body>no data</body></html>", b"[1]", b"<", b"{",
     b'<script type="application/ld+json">{"@type": "Course"</script>'],
)  # fmt: skip
def test_what_has_no_credential_is_refused(data: bytes) -> None:
    with pytest.raises(CodedError) as caught:
        list(SCHEMAORG.load(data, "f"))
    assert caught.value.issues[0].code == "file_not_schema"


def test_prefixed_and_full_names_are_read_like_plain_ones() -> None:
    plain = orjson.loads((FOLDER / "written.jsonld").read_bytes())["@graph"]
    for prefix in ("schema:", "http://schema.org/", "https://schema.org/"):
        named = [
            {key if key[0] == "@" else prefix + key: value for key, value in node.items()}
            | {"@type": prefix + node["@type"]}
            for node in plain
        ]
        assert list(SCHEMAORG.load(orjson.dumps({"@graph": named}), "f")) == list(
            SCHEMAORG.load(orjson.dumps({"@graph": plain}), "f")
        )


def test_a_name_is_no_language_a_thirteenth_month_no_day_and_words_of_mode_are_all_kept() -> None:
    page = {
        "@context": "https://schema.org", "@type": "Course", "name": "Example Beekeeping", "inLanguage": "Examplish",
        "hasCourseInstance": {
            "@type": "CourseInstance", "courseMode": ["online", "onsite"], "startDate": "2026-13-01",
            "endDate": "2026-02-29",
        },
    }  # fmt: skip
    (listing,) = SCHEMAORG.load(orjson.dumps(page), "page.json")
    back = SCHEMAORG.read(listing, IRI, SOURCE)
    check_reading(SCHEMAORG, listing, back)
    assert back.value.title == {"und": "Example Beekeeping"}
    assert back.value.language_of_instruction == ()
    assert back.value.offer == ()
    assert [one.text for one in back.value.teaching_method] == [{"und": "online, onsite"}]
    assert sorted(issue.place or "" for issue in back.issues if issue.code == "not_understood") == [
        "course.instances.0.ends", "course.instances.0.starts", "course.languages.0",
    ]  # fmt: skip


def course(**more: object) -> Crossing[Descriptor]:
    """A course of a page, read."""
    page = {"@context": "https://schema.org", "@type": "Course", "name": "Example Beekeeping", "inLanguage": "en"}
    (listing,) = SCHEMAORG.load(orjson.dumps(page | more), "page.json")
    back = SCHEMAORG.read(listing, IRI, SOURCE)
    check_reading(SCHEMAORG, listing, back)
    return back


def test_what_a_course_awards_in_words_is_kept_as_a_note() -> None:
    back = course(educationalCredentialAwarded=["Example certificate", "https://awards.example/bees"])
    assert [(one.label, one.url) for one in back.value.further_info] == [
        ({"en": "Example certificate"}, None), (None, "https://awards.example/bees"),
    ]  # fmt: skip


def test_a_credential_without_a_name_is_called_as_its_course() -> None:
    awarded = {"@type": "EducationalOccupationalCredential", "credentialCategory": "badge", "version": "3"}
    back = course(educationalCredentialAwarded=awarded)
    assert back.value.title == {"en": "Example Beekeeping"}
    assert back.value.version == "3"
    assert back.issues == ()


def test_what_pages_say_of_mode_price_and_workload_in_other_places_is_read() -> None:
    back = course(
        **{"@id": "./"}, courseMode="online",
        hasCourseInstance={
            "@type": "CourseInstance", "name": "Spring", "courseWorkload": "2 hours of lectures a week",
            "location": {"@type": "Place", "address": {"@type": "PostalAddress", "addressCountry": "JP"}},
            "offers": {"@type": "Offer", "name": "For members", "price": 90, "priceCurrency": "JPY"},
        },
        aggregateRating={"@type": "AggregateRating", "ratingValue": 5},
    )  # fmt: skip
    assert [one.mode for one in back.value.teaching_method] == ["online"]
    assert back.value.fee is not None
    assert dict(back.value.fee) == {"amount": 90, "currency": "JPY", "text": {"en": "For members"}}
    assert back.value.volume is not None
    assert back.value.volume.text == {"und": "2 hours of lectures a week"}
    assert back.value.volume.total_hours is None
    assert back.value.identifiers == ()
    assert back.issues == ()
