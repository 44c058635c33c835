"""CTDL micro-credentials ↔ descriptor."""

from __future__ import annotations

import io
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.ctdl.model import CtdlListing
from crosswalks.ctdl.parse import TERMS
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.serialise import dump
from crosswalks.descriptor.serialise import load as load_descriptor
from crosswalks.ledger import Crossing
from tests.crosswalks.descriptor.strategies import descriptors
from tests.crosswalks.generated_records import records
from tests.crosswalks.laws import check_reading, check_there_and_back, check_writing

CTDL = crosswalk_for("ctdl")
SOURCE = SourceRecord(registry="ctdl", source_id="key")
IRI = "https://kakehashi.example/id/mc/ctdl-test"
FOLDER = CTDL.folder / "goldens"
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
VOCABULARY = ("deliveryType:InPerson", "assessMethod:Exam", "creditUnit:SemesterHour", "ceterms:Degree", "PT45H")
OFTEN = ("level", "credit", "assessment", "field", "issuer", "learning_outcomes", "fee", "volume", "stackability")
"""Fields that every generated descriptor tries."""
KEPT = ("title", "description", "version", "language_of_instruction", "landing_page", "prerequisites", "target_group")
"""Fields that CTDL holds as they are."""


def written(descriptor: Descriptor) -> Crossing[CtdlListing]:
    assert CTDL.write is not None
    return CTDL.write(descriptor)


def dumped(listing: CtdlListing) -> bytes:
    out = io.BytesIO()
    assert CTDL.dump is not None
    CTDL.dump([listing], "jsonld", out, {})
    return out.getvalue()


@given(descriptors())
@QUIET
def test_laws_of_writing(descriptor: Descriptor) -> None:
    check_writing(CTDL, descriptor, written(descriptor))


@given(descriptors(always=OFTEN))
@QUIET
def test_what_was_written_reads_back_but_for_what_the_ledgers_name(descriptor: Descriptor) -> None:
    there = written(descriptor)
    content = dumped(there.value)
    assert content == dumped(written(load_descriptor(dump(descriptor))).value)
    (listing,) = CTDL.load(content, "graph.json")
    back = CTDL.read(listing, descriptor.id, descriptor.source_record)
    check_reading(CTDL, listing, back)
    check_there_and_back(descriptor, back.value, there.ledger, back.ledger)
    released, _ = releasable(descriptor)
    before, after = (orjson.loads(dump(one)) for one in (released, back.value))
    for name in KEPT:
        assert list(differences(before.get(name), after.get(name))) == [], name
    assert [(one.system, one.value, one.text) for one in back.value.credit] == [
        (one.system, one.value, one.text) for one in released.credit
    ]
    assert back.value.level == released.level
    assert back.value.fee == released.fee or not before.get("fee")
    if released.issuer is not None:
        assert back.value.issuer is not None
        assert back.value.issuer.name == released.issuer.name
    assert [one.text for one in back.value.learning_outcomes] == [one.text for one in released.learning_outcomes]
    assert [one.note for one in back.value.learning_outcomes] == [one.note for one in released.learning_outcomes]
    assert [(one.target_title, one.conditions) for one in back.value.stackability] == [
        (one.target_title, one.conditions) for one in released.stackability
    ]
    assert [one.type for one in back.value.assessment] == [
        one.type for one in released.assessment if one.type or one.text
    ]


@given(records(CtdlListing, VOCABULARY), st.booleans())
@settings(QUIET, max_examples=25)
@pytest.mark.slow
def test_laws_of_reading(listing: CtdlListing, own: bool) -> None:  # noqa: FBT001
    back = CTDL.read(listing, (own and CTDL.iri(listing)) or IRI, SOURCE)
    check_reading(CTDL, listing, back)
    assert load_descriptor(dump(back.value)) == back.value
    (again,) = CTDL.load(dumped(written(back.value).value), "graph.json")
    second = CTDL.read(again, back.value.id, SOURCE)
    for name in ("title", "description", "version", "credit", "level", "prerequisites", "fee"):
        assert getattr(second.value, name) == getattr(back.value, name), name


@pytest.mark.parametrize("golden", ["registry", "college"])
def test_goldens(golden: str) -> None:
    path = FOLDER / f"{golden}.source.json"
    (listing,) = CTDL.load(path.read_bytes(), path.name)
    back = CTDL.read(listing, IRI, SOURCE)
    expected = orjson.loads((FOLDER / f"{golden}.descriptor.json").read_bytes())
    assert list(differences(expected, orjson.loads(dump(back.value)))) == []
    assert orjson.loads(orjson.dumps(back.ledger.as_json())) == orjson.loads(
        (FOLDER / f"{golden}.ledger.json").read_bytes()
    )
    check_reading(CTDL, listing, back)
    assert "@college" not in listing.model_dump_json()
    assert "Example Road" not in listing.model_dump_json()


def test_goldens_of_writing() -> None:
    descriptor = load_descriptor((FOLDER / "written.descriptor.json").read_bytes())
    there = written(descriptor)
    assert dumped(there.value) == (FOLDER / "written.jsonld").read_bytes()
    assert orjson.loads(orjson.dumps(there.ledger.as_json())) == orjson.loads(
        (FOLDER / "written.outgoing.json").read_bytes()
    )


def test_fields_of_the_registry_are_known_and_one_nobody_has_seen_is_told() -> None:
    path = FOLDER / "college.source.json"
    (listing,) = CTDL.load(path.read_bytes(), path.name)
    assert set(listing.others) == {"ceterms:colourOfTheHive"}
    issues = CTDL.read(listing, IRI, SOURCE).issues
    assert [issue.place for issue in issues if issue.code == "unmapped_field"] == ["others.ceterms:colourOfTheHive"]


def test_a_property_that_is_read_is_not_also_said_to_have_no_place() -> None:
    keys = {row.key for row in TERMS.rows["CtdlListing"]}
    assert TERMS.unplaced & keys == set()


def test_no_ctid_is_ever_made_and_a_stated_one_is_kept() -> None:
    descriptor = load_descriptor((FOLDER / "written.descriptor.json").read_bytes())
    assert b"ctid" not in dumped(written(descriptor).value)
    path = FOLDER / "registry.source.json"
    (listing,) = CTDL.load(path.read_bytes(), path.name)
    back = CTDL.read(listing, IRI, SOURCE).value
    assert ("ceterms:ctid", listing.ctid) in {(one.scheme, one.value) for one in back.identifiers}
    assert written(back).value.ctid == listing.ctid


def test_an_accreditation_of_the_institution_is_not_passed_off_as_one_of_the_credential() -> None:
    descriptor = load_descriptor((FOLDER / "written.descriptor.json").read_bytes())
    assert descriptor.quality_assurance is not None
    assert [one.object for one in descriptor.quality_assurance.external] == ["institution"]
    listing = written(descriptor).value
    assert (*listing.recognized_by, *listing.accredited_by, *listing.approved_by) == ()


def test_every_field_has_a_key() -> None:
    told = {row.field for row in TERMS.rows["CtdlListing"]}
    assert set(CtdlListing.model_fields) - told == {"ordinal", "left_out", "unplaced", "others"}


@pytest.mark.parametrize("whole", ["envelope", "array", "bare", "lines"])
def test_graphs_envelopes_arrays_and_lines_are_read_alike(whole: str) -> None:
    graph = orjson.loads((FOLDER / "written.jsonld").read_bytes())
    node = graph["@graph"][0]
    data = {
        "envelope": orjson.dumps({"envelope_id": "x", "decoded_resource": graph}),
        "array": orjson.dumps([graph, graph]),
        "bare": orjson.dumps(node),
        "lines": orjson.dumps(graph) + b"\n" + orjson.dumps(graph),
    }[whole]
    found = list(CTDL.load(data, "f.json"))
    assert [one.name for one in found] == [node["ceterms:name"]] * (2 if whole in {"array", "lines"} else 1)


@pytest.mark.parametrize(
    "data", [b"{}", b'{"@graph": []}', b'{"@type": "ceterms:Course", "ceterms:name": "A"}', b"[1]", b"<a/>"]
)
def test_what_is_no_credential_is_refused(data: bytes) -> None:
    with pytest.raises(CodedError) as caught:
        list(CTDL.load(data, "f.json"))
    assert caught.value.issues[0].code == "file_not_schema"


def test_the_goldens_are_there() -> None:
    assert sorted(Path(FOLDER).glob("*.source.json"))


def credential(**more: object) -> dict[str, object]:
    own = {"@id": "urn:example:bees", "@type": "ceterms:MicroCredential", "ceterms:name": {"en": "Example Beekeeping"}}
    return own | {f"ceterms:{key}": value for key, value in more.items()}


def read_one(data: object) -> Crossing[Descriptor]:
    (listing,) = CTDL.load(orjson.dumps(data), "f.json")
    back = CTDL.read(listing, IRI, SOURCE)
    check_reading(CTDL, listing, back)
    return back


def loaded(data: object) -> tuple[list[CtdlListing], list[str]]:
    """What a file yields, and the codes of what it tells at its end."""
    found: list[CtdlListing] = []
    try:
        found.extend(CTDL.load(orjson.dumps(data), "f.json"))
    except CodedError as error:
        return found, [issue.code for issue in error.issues]
    return found, []


OWNER = {
    "@id": "urn:example:college",
    "@type": "ceterms:CredentialOrganization",
    "ceterms:name": {"en": "Example College"},
}


@pytest.mark.parametrize("first", [True, False])
def test_an_organisation_with_a_record_of_its_own_in_the_file_gives_its_name(first: bool) -> None:  # noqa: FBT001
    records = [OWNER, credential(ownedBy=["urn:example:college"])]
    back = read_one(records if first else records[::-1])
    assert back.value.issuer is not None
    assert back.value.issuer.name == {"en": "Example College"}
    assert back.issues == ()


def test_an_organisation_that_is_elsewhere_is_told_with_what_to_do() -> None:
    back = read_one(credential(ownedBy=["urn:example:college"]))
    assert [(issue.code, issue.place) for issue in back.issues] == [("organisation_elsewhere", "owned_by.0.id")]
    assert "record_elsewhere" in {entry.reason for entry in back.ledger.entries if entry.source == "owned_by.0.id"}


def test_a_record_of_another_kind_or_without_a_name_costs_no_other_record() -> None:
    degree = {"@id": "urn:example:d", "@type": "ceterms:BachelorDegree", "ceterms:name": {"en": "Example Degree"}}
    nameless = credential() | {"ceterms:name": {}}
    found, told = loaded([degree, credential(), nameless, credential()])
    assert told == ["record_of_another_kind"]
    assert [bool(one.name) for one in found] == [True, False, True]
    with pytest.raises(CodedError) as caught:
        CTDL.read(found[1], IRI, SOURCE)
    assert [issue.place for issue in caught.value.issues] == ["title"]
    assert loaded([degree]) == ([], ["file_not_schema", "record_of_another_kind"])


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ({"ceterms:targetNode": "credentialStat:Ceased", "ceterms:targetNodeName": {"en": "Ceased"}}, "Ceased"),
        ({"ceterms:targetNode": "credentialStat:Deprecated"}, "Deprecated"),
        ({"ceterms:targetNode": "https://purl.org/ctdl/vocabs/credentialStat/Suspended"}, "Suspended"),
    ],
)
def test_the_state_of_a_credential_is_kept_in_the_registrys_word(status: dict[str, object], word: str) -> None:
    assert read_one(credential(credentialStatusType=status)).value.source_record.status == word


def test_how_to_earn_a_credential_is_not_what_a_learner_has_learnt() -> None:
    earning = {"@type": "ceterms:ConditionProfile", "ceterms:description": {"en": "Complete four example courses."}}
    learnt = earning | {"ceterms:name": {"en": "Learning outcomes"}, "ceterms:description": {"en": "Keeps bees."}}
    back = read_one(credential(requires=[earning, learnt])).value
    assert back.outcome_summary == {"en": "Keeps bees."}
    assert [one.label for one in back.further_info] == [{"en": "Complete four example courses."}]


def test_names_of_languages_and_currencies_are_read_as_their_codes() -> None:
    cost = {"@type": "ceterms:CostProfile", "ceterms:price": 90, "ceterms:currency": "US Dollar"}
    back = read_one(credential(inLanguage=["English"], estimatedCost=[cost]))
    assert back.value.language_of_instruction == ("en",)
    assert back.value.fee is not None
    assert back.value.fee.currency == "USD"
    assert back.issues == ()


def test_a_picture_is_no_data_about_a_person_and_another_record_no_unknown_field() -> None:
    other = credential(targetPathway="urn:example:p", colourOfTheHive="red") | {"@id": "urn:example:other"}
    other["@type"] = "ceterms:Certificate"
    graph = {"@graph": [credential(image="https://a.example/b.png", isPartOf=["urn:example:other"]), other]}
    back = read_one(graph)
    reasons = {entry.source: entry.reason for entry in back.ledger.entries}
    assert reasons["left_out.0"] == "page_furniture"
    assert reasons["unplaced.ceterms:isPartOf.ceterms:colourOfTheHive"] == "no_descriptor_slot"
    assert back.issues == ()
