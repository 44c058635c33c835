"""Issued credentials, read to compare what they certify: the holder is never taken in."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.edc.model import EdcListing
from crosswalks.ledger import Crossing, general
from crosswalks.mapping import read_table
from tests.crosswalks.laws import check_explained

EDC = crosswalk_for("edc")
SOURCE = SourceRecord(registry="edc", source_id="key")
CONTEXTS = ["https://www.w3.org/2018/credentials/v1", "http://data.europa.eu/snb/model/context/edc-ap"]
SECRETS = ("Contoh", "Orang", "1990", "2026-02", "ID-4711", "contoh@", "Excellent", "Kampung")


def concept(iri: str, label: str) -> dict[str, Any]:
    return {"id": iri, "type": "Concept", "prefLabel": {"en": label}}


def body(name: str) -> dict[str, Any]:
    return {
        "id": f"urn:epass:org:{name}",
        "type": "Organisation",
        "legalName": {"en": name},
        "location": {
            "type": "Location",
            "address": {
                "type": "Address",
                "countryCode": concept("http://publications.europa.eu/resource/authority/country/IRL", "Ireland"),
            },
        },
    }


def credential(**changes: Any) -> dict[str, Any]:
    """A made-up credential about a made-up person."""
    achievement = {
        "id": "urn:epass:learningAchievement:1",
        "type": "LearningAchievement",
        "title": {"en": "Tides"},
        "awardedBy": {
            "type": "AwardingProcess",
            "awardingBody": body("Example University"),
            "awardingDate": "2026-02-03T00:00:00Z",
        },
        "provenBy": {
            "type": "LearningAssessment",
            "title": {"en": "Exam of Contoh"},
            "grade": {"type": "Note", "noteLiteral": {"en": "Excellent"}},
            "specifiedBy": {
                "type": "LearningAssessmentSpecification",
                "title": {"en": "Written exam"},
                "dcType": concept("http://data.europa.eu/snb/assessment/6e6cb2cc78", "written examination"),
            },
        },
        "influencedBy": {
            "type": "LearningActivity",
            "directedBy": body("Kampung Tutors"),
            "specifiedBy": {
                "type": "LearningActivitySpecification",
                "title": {"en": "Field days"},
                "contactHour": "24",
            },
        },
        "specifiedBy": {
            "id": "urn:epass:qualification:1",
            "type": "Qualification",
            "title": {"en": "Certificate in Tides"},
            "eqfLevel": concept("http://data.europa.eu/snb/eqf/5", "Level 5"),
            "thematicArea": concept("http://data.europa.eu/snb/isced-f/0532", "Earth sciences"),
            "volumeOfLearning": "PT60H",
            "learningOutcome": [{"type": "LearningOutcome", "title": {"en": "Read a tide gauge"}}],
        },
    }  # fmt: skip
    return {
        "@context": CONTEXTS,
        "id": "urn:credential:1",
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
        "issued": "2026-02-04T00:00:00Z",
        "issuer": body("Example Sealing Office"),
        "credentialSubject": {
            "id": "urn:epass:person:1",
            "type": "Person",
            "fullName": {"en": "Contoh Orang"},
            "dateOfBirth": "1990-01-01T00:00:00Z",
            "nationalID": {"type": "LegalIdentifier", "notation": "ID-4711"},
            "contactPoint": {
                "type": "ContactPoint",
                "emailAddress": {"id": "mailto:contoh@x.example", "type": "Mailbox"},
            },
            "hasClaim": achievement | changes,
        },
        "displayParameter": {"type": "DisplayParameter", "title": {"en": "Certificate of Contoh"}},
    }  # fmt: skip


def loaded(document: Any) -> EdcListing:
    (listing,) = EDC.load(json.dumps(document).encode(), "credential.jsonld")
    assert isinstance(listing, EdcListing)
    return listing


def crossed(listing: EdcListing) -> Crossing[Descriptor]:
    crossing = EDC.read(listing, "urn:x:1", SOURCE)
    check_explained(crossing)
    known = EDC.fields() | {row.subject for row in read_table(EDC.folder.parent / "elm" / "mapping.sssom.tsv", "elm")}
    for entry in crossing.ledger.entries:
        source = general(entry.source)
        assert not source or source in known or source.partition(".")[0] in known, source
    return crossing


def test_what_a_credential_certifies() -> None:
    crossing = crossed(loaded(credential()))
    value = crossing.value.model_dump(mode="json", exclude_defaults=True)
    assert value["title"] == {"en": "Certificate in Tides"}
    assert value["issuer"]["name"] == {"en": "Example University"}
    assert value["issuer"]["country"] == "IE"
    assert value["assessment"] == [{"type": "written_exam", "text": {"en": "Written exam"}}]
    assert value["volume"] == {"total_hours": "60", "contact_hours": "24"}
    assert value["level"] == [{"scheme": "EQF", "value": "5", "iri": "http://data.europa.eu/snb/eqf/5"}]
    assert value["field"] == [{"scheme": "ISCED-F", "code": "0532"}]
    assert [outcome["text"] for outcome in value["learning_outcomes"]] == [{"en": "Read a tide gauge"}]
    assert "identifiers" not in value
    assert "offer" not in value


def test_the_holder_is_never_taken_in() -> None:
    listing = loaded(credential())
    crossing = crossed(listing)
    said = listing.model_dump_json() + json.dumps(crossing.ledger.as_json()) + crossing.value.model_dump_json()
    assert [word for word in SECRETS if word in said] == []
    lost = [entry for entry in crossing.ledger.entries if entry.reason == "personal_data"]
    assert {entry.source for entry in lost} >= {
        "Person.fullName.0", "Person.dateOfBirth.0", "Person.notation.0", "LearningAssessment.grade.0",
        "AwardingProcess.awardingDate.0", "EuropeanDigitalCredential.credentialSubject.0",
    }  # fmt: skip
    assert all(entry.value is None for entry in lost)
    assert listing.left_out["DisplayParameter.title"] == 1


@pytest.mark.parametrize("wrapping", ["plain", "with delivery details", "sealed", "sealed twice", "list"])
def test_every_wrapping_gives_the_same(wrapping: str) -> None:
    plain = credential()
    wrapped: dict[str, Any] = {
        "plain": plain,
        "with delivery details": {"credential": plain, "deliveryDetails": {"deliveryAddress": ["contoh@x.example"]}},
        "sealed": {"payload": json.dumps(plain), "signatures": [{"protected": "e30", "signature": "x"}]},
        "sealed twice": {"payload": json.dumps({"credential": plain}), "signatures": []},
        "list": [plain],
    }
    assert loaded(wrapped[wrapping]) == loaded(plain)


def test_a_credential_that_forgot_its_context_is_read_by_ours() -> None:
    bare = {key: value for key, value in credential().items() if key != "@context"}
    assert loaded(bare) == loaded(credential())


def test_an_achievement_that_nothing_specifies_has_its_own_title_but_not_its_identifier() -> None:
    listing = loaded(credential(specifiedBy=None, id="https://claims.example/4711"))
    crossing = crossed(listing)
    assert crossing.value.title == {"en": "Tides"}
    assert crossing.value.identifiers == ()
    assert "4711" not in listing.model_dump_json()


def test_the_key_is_the_specification_or_its_content() -> None:
    named = credential()
    named["credentialSubject"]["hasClaim"]["specifiedBy"]["id"] = "https://register.example/q/1"
    assert EDC.key(loaded(named)) == EDC.iri(loaded(named)) == "https://register.example/q/1"
    other = credential()
    other["credentialSubject"]["fullName"] = {"en": "Another Orang"}
    assert EDC.key(loaded(other)) == EDC.key(loaded(credential()))
    assert EDC.iri(loaded(credential())) is None


def token() -> bytes:
    """The start of a compact token, made of its parts."""
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "none"}, {}))
    return b".".join([*parts, b""])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (token(), "edc_token"),
        (json.dumps({"payload": token().decode(), "signatures": []}).encode(), "edc_token"),
        (b'{"payload": "not json", "signatures": []}', "elm_not_parsed"),
        (b'["words"]', "edc_no_achievement"),
        (
            b'{"@context": "https://www.w3.org/2018/credentials/v1", "id": "urn:x:1", "title": {"en": "T"}}',
            "elm_nothing_found",
        ),
        (b"{", "elm_not_parsed"),
        (json.dumps({"@context": "https://elsewhere.example/c", "id": "urn:x:1"}).encode(), "remote_context"),
        (json.dumps(credential(type="LearningActivity")).encode(), "edc_no_achievement"),
    ],
)
def test_what_cannot_be_read_is_told(data: bytes, code: str) -> None:
    with pytest.raises(CodedError) as caught:
        list(EDC.load(data, "credential.json"))
    assert caught.value.issues[0].code == code


def test_several_achievements_are_several_listings() -> None:
    document = credential()
    claim = document["credentialSubject"]["hasClaim"]
    second = claim | {
        "id": "urn:epass:learningAchievement:2",
        "specifiedBy": {"type": "Qualification", "title": {"en": "Two"}},
    }
    document["credentialSubject"]["hasClaim"] = [claim, second]
    titles = [crossed(listing).value.title["en"] for listing in EDC.load(json.dumps(document).encode(), "x.jsonld")]
    assert sorted(titles) == ["Certificate in Tides", "Two"]


def test_what_one_achievement_leaves_out_does_not_hang_on_how_many_there_are() -> None:
    document = credential()
    claim = document["credentialSubject"]["hasClaim"]
    document["credentialSubject"]["hasClaim"] = [claim | {"id": f"urn:epass:claim:{number}"} for number in range(100)]
    listings = list(EDC.load(json.dumps(document).encode(), "x.jsonld"))
    assert len(listings) == 100
    assert len({json.dumps(one.left_out) for one in listings}) == 1
    assert listings[0].left_out["LearningAchievement.title"] == 100


def test_a_credential_of_too_many_achievements_ends_early() -> None:
    document = credential()
    claims = [{"type": "LearningAchievement", "title": {"en": "T"}} for _ in range(4000)]
    document["credentialSubject"]["hasClaim"] = claims
    started = time.monotonic()
    with pytest.raises(CodedError, match="credential_crowded"):
        list(EDC.load(json.dumps(document).encode(), "x.jsonld"))
    assert time.monotonic() - started < 10


@pytest.mark.judges
def test_the_official_samples(judges: Path) -> None:
    folder = judges / "elm" / "samples"
    found: dict[str, list[Crossing[Descriptor]]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("Sample-CertOfPart"):
            with pytest.raises(CodedError, match="edc_no_achievement"):
                list(EDC.load(path.read_bytes(), path.name))
        else:
            found[path.name] = [crossed(listing) for listing in EDC.load(path.read_bytes(), path.name)]
    assert len(found) == 3
    (annex,) = found.pop("Sample-MC-Annex1-unsigned.jsonld")
    value = annex.value
    assert value.volume is not None
    assert (str(value.volume.total_hours), [level.value for level in value.level]) == ("60", ["6", "RQF Level 6"])
    assert [credit.system for credit in value.credit] == ["ECTS"]
    assert [assessment.type for assessment in value.assessment] == ["other"]
    for crossings in found.values():
        (crossing,) = crossings
        assert crossing.value.title["en"] == "some kind of learning achievement"
    text = json.dumps([annex.ledger.as_json(), annex.value.model_dump(mode="json")])
    assert [word for word in ("Andromeda", "1999-10", "@email") if word in text] == []
