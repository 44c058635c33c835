"""The stand-in's data: real examples say only what is known, made-up ones exercise everything."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from pydantic import BaseModel

from config.codelists import codelists
from config.frameworks import credit_systems, level_schemes
from config.messages import Severity
from connectors.jmicro.standin import lines, standin
from connectors.jmicro.standin_listings import BASE, files, numbered, written
from connectors.jmicro.standin_made import made
from crosswalks.descriptor.checks import check
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.privacy import protect
from crosswalks.descriptor.serialise import dump, load
from crosswalks.mapping import descriptor_paths

FILES = files()
REAL = [descriptor for file in FILES if file.stem == "real" for descriptor in numbered(file).values()]
FICTIONAL = [descriptor for file in FILES if file.stem != "real" for descriptor in numbered(file).values()]
CODED = {
    "learning_outcomes.category": "OutcomeCategory", "assessment.type": "AssessmentType",
    "assessment.supervision": "Supervision", "teaching_method.mode": "DeliveryMode",
    "credit_status": "CreditStatus", "other_recognition.kind": "OtherRecognition",
    "certificate.form": "CertificateForm", "certificate.technical": "TechStandard",
    "stackability.target_kind": "StackTarget", "stackability_status": "StackStatus",
    "education_classification": "McClass", "issuer.type": "ProviderType", "co_providers.role": "ProviderRole",
    "quality_assurance.external.object": "QaObject", "recognition.status": "RecognitionStatus",
    "field.scheme": "FieldScheme", "level.scheme": "LevelScheme", "credit.system": "CreditSystem",
}  # fmt: skip
QUESTIONED = {
    "fictional-041": {"duration_ge_1y"},
    "fictional-042": {"attendance_only", "volume_below_10h"},
    "fictional-043": {"volume_credit_mismatch", "level_without_scheme", "qa_undivided"},
}


def _number(descriptor: Descriptor) -> str:
    return descriptor.id.removeprefix(BASE)


def _stated(part: BaseModel, start: str = "") -> Iterator[tuple[str, object]]:
    """Every path of a descriptor that holds something, with what it holds."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if value in (None, (), {}):
            continue
        yield f"{start}{name}", value
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
        for item in inner:
            if isinstance(item, BaseModel):
                yield from _stated(item, f"{start}{name}.")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_file_is_sorted_unique_and_valid(file: Path) -> None:
    keys = re.findall(r"^  ([a-z]+-[a-z0-9]+):", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert keys == sorted(set(keys)) == list(numbered(file))
    for descriptor in numbered(file).values():
        assert load(dump(descriptor)) == descriptor
        assert protect(descriptor) == (descriptor, [])
        assert not [issue for issue in check(descriptor) if issue.severity in {Severity.REJECT, Severity.STOP}]


def test_no_listing_is_in_two_files() -> None:
    identifiers = [descriptor.id for descriptor in written()]
    assert len(identifiers) == len(set(identifiers)) == len(REAL) + len(FICTIONAL)


def test_the_fictional_listings_exercise_every_field() -> None:
    stated = {path for descriptor in FICTIONAL for path, _ in _stated(descriptor)}
    missing = sorted(descriptor_paths() - stated)
    assert missing == [], f"fields that no fictional listing has: {missing}"


def test_the_fictional_listings_exercise_every_code() -> None:
    used: dict[str, set[object]] = defaultdict(set)
    for descriptor in FICTIONAL:
        for path, value in _stated(descriptor):
            if path in CODED:
                used[CODED[path]].update(value if isinstance(value, tuple) else (value,))
    wanted = {name: set(entry.labels) for name, entry in codelists().items()}
    wanted |= {"LevelScheme": set(level_schemes()), "CreditSystem": set(credit_systems())}
    assert set(CODED.values()) == set(wanted), "a code list that the table above does not know"
    missing = {name: sorted(codes - used[name]) for name, codes in wanted.items() if codes - used[name]}
    assert missing == {}, f"codes that no fictional listing has: {missing}"


def test_there_are_at_least_forty_of_them() -> None:
    assert len(FICTIONAL) >= 40
    assert standin.listings == len(REAL) + len(FICTIONAL)


@pytest.mark.parametrize("descriptor", FICTIONAL, ids=_number)
def test_a_fictional_listing_is_complete_and_visibly_made_up(descriptor: Descriptor) -> None:
    issuer = descriptor.issuer
    assert issuer is not None
    assert issuer.country == "JP"
    assert issuer.name["ja"].startswith("架空")
    assert re.match(r"Fictional|Example", issuer.name["en"])
    assert {"ja", "en"} <= set(descriptor.title)
    assert descriptor.learning_outcomes
    assert all({"ja", "en"} <= set(outcome.text) for outcome in descriptor.learning_outcomes)
    codes = {issue.code for issue in check(descriptor)}
    assert codes == QUESTIONED.get(_number(descriptor), set())


@pytest.mark.parametrize("descriptor", FICTIONAL, ids=_number)
def test_a_fictional_listing_makes_up_no_real_address_and_no_real_body(descriptor: Descriptor) -> None:
    hosts = set(re.findall(r"https?://([^/\"\s]+)", dump(descriptor).decode()))
    assert {host for host in hosts if not host.endswith(".example")} <= {"data.europa.eu"}
    for body in descriptor.co_providers:
        assert re.search(r"架空|Fictional|Example|Rekaan|示例|가상", " ".join(body.name.values())), body.name
    for decision in descriptor.quality_assurance.external if descriptor.quality_assurance else ():
        named = " ".join((decision.body or {"en": "Fictional"}).values())
        assert re.search(r"架空|Fictional", named), named


@pytest.mark.parametrize("descriptor", [*FICTIONAL, *REAL], ids=_number)
def test_levels_and_dates_are_ones_that_can_be(descriptor: Descriptor) -> None:
    for level in descriptor.level:
        allowed = level_schemes()[level.scheme].values
        assert allowed is None or level.value in allowed, level
    for offer in descriptor.offer:
        assert not (offer.starts and offer.ends) or offer.starts < offer.ends
        assert not (offer.application_deadline and offer.starts) or offer.application_deadline < offer.starts
    volume = descriptor.volume
    if volume and volume.total_hours and volume.contact_hours:
        assert volume.contact_hours <= volume.total_hours
    if (known := descriptor.recognition) is not None:
        events = [event.on for event in known.history]
        assert events == sorted(events)
        dates = [day for day in (known.decided_on, known.valid_from, known.valid_until) if day]
        assert dates == sorted(dates)
        assert known.source or not (dates or known.history or known.id)


def test_links_between_listings_lead_somewhere() -> None:
    known = {descriptor.id for descriptor in FICTIONAL}
    links = {link.target_ref for descriptor in FICTIONAL for link in descriptor.stackability if link.target_ref}
    assert links
    assert links <= known


def test_some_listings_leave_out_what_a_registry_often_lacks() -> None:
    assert [each for each in FICTIONAL if not each.field]
    assert [each for each in FICTIONAL if not each.language_of_instruction]
    assert [each for each in FICTIONAL if not each.landing_page]
    assigned = [each for each in FICTIONAL for origin in each.origins.values() if origin.kind == "assigned"]
    assert len(assigned) >= 3
    assert all(each.field for each in assigned)
    assert len({tag for each in FICTIONAL for tag in each.title} - {"ja", "en"}) >= 6


@pytest.mark.parametrize("descriptor", REAL, ids=_number)
def test_a_real_example_says_only_what_is_known(descriptor: Descriptor) -> None:
    assert not descriptor.learning_outcomes
    assert descriptor.outcome_summary is None
    assert descriptor.volume is None or descriptor.volume.total_hours is None
    assert descriptor.recognition is None
    assert descriptor.landing_page is None
    assert not descriptor.field
    assert not descriptor.origins
    sources = " ".join(text for note in descriptor.further_info for text in (note.label or {}).values())
    assert "出典" in sources
    assert ".example" not in dump(descriptor).decode().replace(BASE, "")
    assert "no_outcome" in {issue.code for issue in check(descriptor)}


def test_facts_of_real_examples_that_are_easily_got_wrong() -> None:
    real = {_number(descriptor): descriptor for descriptor in REAL}
    assert [(each.system, str(each.value)) for each in real["real-b02"].credit] == [("JP-tani", "16")]
    assert not any(descriptor.credit for name, descriptor in real.items() if name != "real-b02")
    assert not real["real-b02"].level, "a TOEIC score is a condition, not a level"
    assert real["real-b03"].volume is not None
    assert real["real-b03"].volume.text == {"ja": "120時間以上", "en": "120 hours or more"}
    assert real["real-b03"].volume.duration == "P6M"
    assert {"volume_missing"} <= {issue.code for issue in check(real["real-b01"])}
    assert not real["real-b05a"].offer
    assert len([each for each in real["real-a3"].level if each.scheme == "ITSS"]) == 2
    assert "looks_non_learning" in {issue.code for issue in check(real["real-d1"])}
    assert "looks_macro" in {issue.code for issue in check(real["real-d2"])}
    assert "issuer_missing" in {issue.code for issue in check(real["real-d3"])}
    for name in ("real-b07a", "real-b07b", "real-c1a"):
        assurance = real[name].quality_assurance
        assert assurance is not None
        assert [decision.object for decision in assurance.external] == ["programme"]
        assert assurance.external[0].valid_until is None


def test_generated_listings_are_complete_distinct_and_always_the_same() -> None:
    found = [load(orjson.dumps(made(number))) for number in range(1, 400)]
    assert found == [load(orjson.dumps(made(number))) for number in range(1, 400)]
    assert len({descriptor.title["en"] for descriptor in found}) == len(found)
    for descriptor in found:
        assert check(descriptor) == []
        assert protect(descriptor) == (descriptor, [])
        assert descriptor.issuer is not None
        assert descriptor.issuer.name["ja"].startswith("架空")
        assert len(descriptor.learning_outcomes) == 5
        assert len({outcome.text["en"] for outcome in descriptor.learning_outcomes}) == 5


@pytest.mark.parametrize("listings", [1, 60, 500])
def test_the_list_grows_to_the_number_asked_for(listings: int) -> None:
    whole = lines(listings)
    assert len(whole) == max(listings, len(written()))
    assert whole[: len(written())] == tuple(map(dump, written()))
    assert len({orjson.loads(line)["id"] for line in whole}) == len(whole)
