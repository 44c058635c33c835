"""Badge class → descriptor."""

from __future__ import annotations

import io
from pathlib import Path

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
from crosswalks.ledger import Crossing, FieldOutcome
from crosswalks.mapping import field_paths
from crosswalks.openbadges.extension import Extension, terms
from crosswalks.openbadges.model import (
    Achievement,
    AchievementAlignment,
    Criteria,
    OtherIdentifier,
    Profile,
    RelatedBadge,
)
from crosswalks.openbadges.parse import badge_class
from crosswalks.text import clean, plain
from tests.crosswalks.descriptor.strategies import descriptors
from tests.crosswalks.laws import NOT_READ, check_reading, check_there_and_back, check_writing

BADGES = crosswalk_for("openbadges")
SOURCE = SourceRecord(registry="openbadges", source_id="key")
IRI = "https://kakehashi.example/id/mc/openbadges-test"
GOLDENS = sorted((BADGES.folder / "goldens").glob("*.source.json"))
SKILL = "http://data.europa.eu/esco/skill/00000000-0000-0000-0000-000000000000"

QUIET = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))

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
    AchievementAlignment, target_name=maybe, target_url=link, target_description=maybe,
    target_framework=maybe, target_code=maybe | st.just("5"),
    target_type=st.sampled_from([None, "ceasn:Competency", "CFItem", "ceterms:Credential", "ext:EQF"]),
)  # fmt: skip
others = st.lists(
    st.builds(OtherIdentifier, identifier=text, identifier_type=st.sampled_from([None, "ext:ror", "systemId"])),
    max_size=2,
).map(tuple)
profiles = st.builds(
    Profile, id=link, name=maybe, url=link, description=maybe, other_identifiers=others,
    country=st.sampled_from([None, "JP", "Japan"]), region=st.sampled_from([None, "JP-13", "Tokyo"]),
)  # fmt: skip
figures = st.none() | st.decimals(0, 500, places=1)
OB3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
badges = st.builds(
    Achievement,
    name=text,
    id=st.none() | address,
    context=st.sampled_from([(), ("https://w3id.org/openbadges/v2",), (OB3,), ("https://context.example/",)]),
    type=st.sampled_from([(), ("BadgeClass",), ("Achievement",)]),
    description=maybe,
    language=st.sampled_from([None, "ja", "en", "en_us", "not a language"]),
    version=maybe,
    criteria=st.none() | st.builds(Criteria, id=link, narrative=maybe),
    issuer=st.none() | profiles,
    alignments=st.lists(alignments, max_size=3).map(tuple),
    tags=st.lists(text, max_size=2).map(tuple),
    related=st.lists(st.builds(RelatedBadge, id=address, version=maybe), max_size=2).map(tuple),
    endorsement=st.none() | address,
    left_out=st.just({"image": "page_furniture", "issuer.email": "personal_data"}),
    others=st.dictionaries(st.from_regex(r"[A-Z][a-z]{2,8}", fullmatch=True), text, max_size=2),
    ordinal=st.integers(1, 3),
    achievement_type=st.sampled_from([None, "MicroCredential", "Badge"]),
    credits_available=figures,
    field_of_study=maybe,
    human_code=maybe,
    specialization=maybe,
    other_identifiers=others,
    results=st.lists(text, max_size=1).map(tuple),
    ects=figures,
    eqf=st.sampled_from([None, "6", "9"]),
    study_load=figures,
    learning_outcome=maybe,
    taught_in=st.sampled_from([None, "nl_NL", "en", "?"]),
    participation=st.sampled_from([None, "online", "onsite or blended"]),
    assessed_by=st.sampled_from([None, "testing"]),
    supervision=st.sampled_from([None, "onsite with identity verification", "supervised online", "by whom?"]),
    identity_checked=st.sampled_from([None, True, False]),
    programmes=st.lists(text, max_size=2).map(tuple),
)


@given(badges)
def test_laws_of_reading(badge: Achievement) -> None:
    crossing = BADGES.read(badge, IRI, SOURCE)
    check_reading(BADGES, badge, crossing)
    assert load_descriptor(dump(crossing.value)) == crossing.value
    assert (crossing.value.volume is None) == (not badge.study_load)
    coded = [one for one in badge.alignments if (one.target_type, one.target_code) == ("ext:EQF", "5")]
    said = ["5"] * len(coded) + ["6"] * (badge.eqf == "6")
    assert [(level.scheme, level.value) for level in crossing.value.level] == [("EQF", value) for value in said]
    assert [credit.value for credit in crossing.value.credit] == ([] if badge.ects is None else [badge.ects])
    assert not crossing.value.stackability
    assert all(assessment.type is None for assessment in crossing.value.assessment)


@given(badges)
def test_only_an_alignment_to_something_learned_becomes_an_outcome(badge: Achievement) -> None:
    outcomes = BADGES.read(badge.model_copy(update={"learning_outcome": None}), IRI, SOURCE).value.learning_outcomes
    others = [item for item in badge.alignments if (item.target_type, item.target_code) != ("ext:EQF", "5")]
    named = [item for item in others if clean(item.target_name or "")]
    competencies = [
        item
        for item in named
        if item.target_type in {"ceasn:Competency", "CFItem"} and clean(item.target_name or "") != clean(badge.name)
    ]
    learned = [item for item in named if item.target_url == SKILL or item in competencies]
    aligned = [item.target_url for item in learned if not item.target_url or ":" in item.target_url]
    assert {ref for outcome in outcomes for ref in outcome.skill_refs} <= set(aligned)
    assert len(outcomes) <= len(learned)
    assert sum(outcome.skill_refs == (SKILL,) for outcome in outcomes) == sum(
        one.target_url == SKILL for one in learned
    )


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


def dumped(record: Achievement, form: str) -> bytes:
    out = io.BytesIO()
    assert BADGES.dump is not None
    BADGES.dump([record], form, out, {})
    return out.getvalue()


def written(descriptor: Descriptor) -> Crossing[Achievement]:
    assert BADGES.write is not None
    return BADGES.write(descriptor)


@given(descriptors())
@QUIET
def test_laws_of_writing(descriptor: Descriptor) -> None:
    check_writing(BADGES, descriptor, written(descriptor))


@given(descriptors(), st.sampled_from(sorted(BADGES.formats)))
@QUIET
def test_what_was_written_reads_back_whole(descriptor: Descriptor, form: str) -> None:
    """With our extension nothing is lost, in either version, but how values came about and where they were found."""
    there = written(descriptor)
    content = dumped(there.value, form)
    assert content == dumped(written(load_descriptor(dump(descriptor))).value, form)
    (badge,) = BADGES.load(content, "badge.json")
    back = BADGES.read(badge, descriptor.id, SOURCE)
    check_reading(BADGES, badge, back)
    released, _ = releasable(descriptor)
    before, after = (orjson.loads(dump(one)) for one in (released, back.value))
    for name in NOT_READ[1:]:
        before.pop(name, None)
        after.pop(name, None)
    assert list(differences(before, after)) == []
    check_there_and_back(descriptor, back.value, there.ledger, back.ledger)


@given(badges, st.sampled_from(sorted(BADGES.formats)))
@QUIET
def test_a_foreign_badge_comes_back_but_for_what_the_ledgers_name(badge: Achievement, form: str) -> None:
    read = BADGES.read(badge, IRI, SOURCE)
    back = written(read.value)
    (again,) = BADGES.load(dumped(back.value, form), "badge.json")
    second = BADGES.read(again, IRI, SOURCE)
    assert second.value.model_copy(update={"source_record": SOURCE, "origins": {}}) == read.value.model_copy(
        update={"source_record": SOURCE, "origins": {}}
    )
    named = {entry.source for entry in read.ledger.entries if entry.outcome is not FieldOutcome.MAPPED}
    for field in ("name", "description", "version"):
        if field not in named:
            assert getattr(again, field) == getattr(badge, field), field


def test_a_standard_field_edited_on_a_platform_wins_over_the_extension_and_is_told() -> None:
    descriptor = load_descriptor(orjson.dumps({
        "id": "https://kakehashi.example/id/mc/a", "source_record": {"registry": "jmicro", "source_id": "a"},
        "title": {"ja": "架空データ入門", "en": "Example data"}, "description": {"ja": "一", "en": "one"},
        "issuer": {"name": {"ja": "架空大学", "en": "Example University"}},
        "assessment": [{"type": "quiz", "text": {"ja": "小テスト"}}],
    }))  # fmt: skip
    record = orjson.loads(dumped(written(descriptor).value, "ob3"))
    record |= {"name": "新しい名称", "description": "新しい概要", "criteria": {"narrative": "新しい条件"}}
    record["creator"]["name"] = "新架空大学"
    (badge,) = BADGES.load(orjson.dumps(record), "edited.json")
    back = BADGES.read(badge, descriptor.id, SOURCE)
    check_reading(BADGES, badge, back)
    assert back.value.title == {"ja": "新しい名称"}
    assert back.value.description == {"ja": "新しい概要"}
    assert back.value.issuer is not None
    assert back.value.issuer.name == {"ja": "新架空大学"}
    assert [one.text for one in back.value.assessment] == [{"ja": "新しい条件"}]
    told = [issue.place or "" for issue in back.issues if issue.code == "openbadges_extension_differs"]
    assert sorted(told) == ["criteria.narrative", "description", "issuer.name", "name"]


def test_the_extension_has_a_term_for_each_of_its_fields_and_no_other() -> None:
    assert set(terms()) == set(field_paths(Extension))


def test_a_person_behind_a_badge_is_left_out_whole() -> None:
    badge = badge_class({
        "type": ["Achievement"], "name": "架空バッジ", "criteria": {},
        "creator": {"id": "https://x.example/p", "name": "架空 花子", "familyName": "架空", "phone": "0"},
    })  # fmt: skip
    assert badge.issuer is None
    assert "花子" not in badge.model_dump_json()
    assert badge.left_out == {
        "creator.name": "personal_data", "creator.familyName": "personal_data", "creator.phone": "personal_data",
    }  # fmt: skip


@pytest.mark.parametrize("form", sorted(BADGES.formats))
def test_goldens_of_writing(form: str) -> None:
    folder = BADGES.folder / "goldens"
    descriptor = load_descriptor((folder / "written.descriptor.json").read_bytes())
    there = written(descriptor)
    assert dumped(there.value, form) == (folder / f"written.{form}.json").read_bytes()
    assert there.ledger.as_json() == orjson.loads((folder / "written.outgoing.json").read_bytes())
    check_writing(BADGES, descriptor, there)


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
    assert read[0][0].issuer == Profile(id="https://lms.example/issuer")


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (b'{"type": "Assertion", "recipient": {"identity": "x"}, "badge": "b"}', "pii_present"),
        (b'{"type": ["Course"], "name": "A"}', "file_not_schema"),
        (b'{"type": ["VerifiableCredential", "OpenBadgeCredential"], "name": "A"}', "pii_present"),
        (b'{"type": "AchievementCredential", "credentialSubject": {"id": "did:example:a"}}', "pii_present"),
        (b'{"type": ["VerifiableCredential", "EndorsementCredential"], "name": "A"}', "pii_present"),
        (b'{"type": "BadgeClass"}', "file_not_schema"),
        (b'"text"', "file_not_schema"),
        (b"<html>", "file_not_schema"),
    ],
)
def test_what_is_no_badge_class_is_refused(record: bytes, code: str) -> None:
    with pytest.raises(CodedError) as caught:
        list(BADGES.load(record, "f.json"))
    assert caught.value.issues[0].code == code


ACHIEVEMENT = {
    "id": "https://badges.example/a/1",
    "type": ["Achievement"],
    "name": "架空の潮汐観測",
    "inLanguage": "ja",
    "criteria": {"narrative": "筆記試験に合格すること。"},
}


def lifted(document: object) -> list[Achievement]:
    found = list(BADGES.load(orjson.dumps(document), "f.json"))
    assert all(isinstance(one, Achievement) for one in found)
    return found


def test_the_achievement_of_a_credential_is_taken_out_without_its_holder() -> None:
    document = {
        "@context": [OB3],
        "id": "urn:uuid:secret-1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://contoh.example", "type": ["Profile"], "name": "Contoh Institute"},
        "validFrom": "2026-03-04T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:secret-2",
            "type": ["AchievementSubject"],
            "achievement": ACHIEVEMENT,
            "result": [{"value": "secret-3"}],
        },
        "evidence": [{"narrative": "secret-4"}],
    }
    (badge,) = lifted(document)
    assert badge.issuer == Profile(id="https://contoh.example", name="Contoh Institute")
    crossing = BADGES.read(badge, IRI, SOURCE)
    check_reading(BADGES, badge, crossing)
    assert crossing.value.certificate is not None
    assert crossing.value.certificate.technical == ("OB-3.0",)
    told = orjson.dumps([crossing.ledger.as_json(), badge.model_dump(mode="json")]).decode()
    assert "secret" not in told
    assert "2026-03" not in told
    assert badge.left_out["credential.credentialSubject.result"] == "personal_data"
    assert badge.left_out["credential.id"] == "edc_envelope"


def test_the_creator_of_an_achievement_goes_before_who_issued_the_credential() -> None:
    held = {**ACHIEVEMENT, "creator": {"id": "https://maker.example", "name": "Example Makers"}}
    issuer = {"id": "https://contoh.example", "name": "Contoh Institute"}
    (badge,) = lifted({"type": "AchievementCredential", "issuer": issuer, "credentialSubject": {"achievement": held}})
    assert badge.issuer == Profile(id="https://maker.example", name="Example Makers")
    assert badge.left_out["credential.issuer"] == "edc_envelope"


def test_a_badge_inside_an_assertion_and_several_achievements_of_a_record_are_taken_out() -> None:
    badge = {"type": "BadgeClass", "name": "Tides", "issuer": {"name": "Contoh Institute"}}
    (found,) = lifted({"type": "Assertion", "recipient": {"identity": "secret"}, "badge": badge})
    assert (found.name, found.left_out["credential.recipient"]) == ("Tides", "personal_data")
    several = {
        "type": "ClrCredential",
        "credentialSubject": {"achievement": [ACHIEVEMENT, {**ACHIEVEMENT, "name": "B"}]},
    }
    assert [one.name for one in lifted(several)] == ["架空の潮汐観測", "B"]


def test_alignments_of_open_badges_1_are_read_by_their_older_names() -> None:
    older = {"name": "Measure", "url": "https://frame.example/1", "description": "Measures a length"}
    badge = badge_class({"name": "A", "alignment": [older]})
    assert badge.others == {}
    assert badge.alignments[0] == AchievementAlignment(
        target_name="Measure", target_url="https://frame.example/1", target_description="Measures a length"
    )
    both = badge_class({"name": "A", "alignment": [{**older, "targetName": "Weigh"}]})
    assert (both.alignments[0].target_name, both.others) == ("Weigh", {"alignments 1.name": "Measure"})


def test_what_edubadges_writes_as_plain_keys_is_read() -> None:
    badge = badge_class({
        **ACHIEVEMENT, "ECTS": 3, "SBU": 84, "participationType": "online", "assessmentType": "testing",
        "supervisionType": "supervised online", "identityChecked": True, "educationProgramIdentifier": 4711,
        "alignment": [{"targetType": "ext:EQF", "targetName": "EQF level 5", "targetCode": "5"}],
    })  # fmt: skip
    crossing = BADGES.read(badge, IRI, SOURCE)
    check_reading(BADGES, badge, crossing)
    value = crossing.value.model_dump(mode="json", exclude_defaults=True)
    assert value["credit"] == [{"system": "ECTS", "value": "3"}]
    assert value["volume"] == {"total_hours": "84"}
    assert value["level"] == [{"scheme": "EQF", "value": "5"}]
    assert value["teaching_method"] == [{"mode": "online"}]
    assert value["assessment"] == [
        {"type": "written_exam", "text": {"ja": "筆記試験に合格すること。"}},
        {"text": {"en": "testing"}, "supervision": "supervised_online_id"},
    ]
    unchecked = BADGES.read(badge.model_copy(update={"identity_checked": None}), IRI, SOURCE)
    assert unchecked.value.assessment[1].supervision is None
    assert [issue.place for issue in unchecked.issues] == ["supervision"]


def test_criteria_are_said_once_whatever_kinds_of_assessment_they_name() -> None:
    words = "To pass, learners submit a written report and give an oral presentation that is assessed. Attend all days."
    badge = badge_class({"name": "A", "inLanguage": "en", "criteria": {"narrative": words}})
    crossing = BADGES.read(badge, IRI, SOURCE)
    check_reading(BADGES, badge, crossing)
    assert [(one.type, one.text) for one in crossing.value.assessment] == [
        (None, {"en": words}), ("report", None), ("oral_presentation", None),
    ]  # fmt: skip
    quoted = [entry.quote for entry in crossing.ledger.entries if entry.quote]
    assert len(quoted) == 2
    assert all(quote and quote in words for quote in quoted)
    assert [place for place in crossing.value.origins if place.startswith("assessment")] == [
        "assessment.1",
        "assessment.2",
    ]


def test_keys_of_another_form_are_kept_and_told() -> None:
    badge = badge_class({
        "name": ["A"], "description": {"en": "A", "nl": "B"}, "inLanguage": ["nl"],
        "criteria": [{"narrative": "One"}, "https://lms.example/c", {"id": "https://lms.example/d", "extra": 1}],
        "resultDescription": [{"type": ["ResultDescription"], "name": "Grade", "requiredValue": "6"}, {"name": "Pass"}],
        "endorsement": [{"id": "https://e.example/1", "proof": {}}, "https://e.example/2"],
        "creator": {"name": "Contoh Institute", "parentOrg": {"name": "Contoh Group"}, "otherIdentifier": [
            {"identifierType": "nationalIdentityNumber", "identifier": "secret"},
            {"identifierType": "identifier", "identifier": "C-1", "extra": 2},
        ]},
    })  # fmt: skip
    assert (badge.name, badge.language, badge.description) == ("A", "nl", None)
    assert badge.criteria == Criteria(id="https://lms.example/c", narrative="One")
    assert badge.results == ('{"name":"Grade","requiredValue":"6"}', "Pass")
    assert badge.others == {
        "description": '{"en":"A","nl":"B"}', "criteria.extra": "1", "criteria 2.id": "https://lms.example/d",
        "creator.otherIdentifier.extra": "2",
    }  # fmt: skip
    assert badge.left_out == {
        "endorsement 1.proof": "no_descriptor_slot", "endorsement 2.id": "no_descriptor_slot",
        "creator.parentOrg": "no_descriptor_slot", "creator.otherIdentifier.nationalIdentityNumber": "personal_data",
    }  # fmt: skip
    assert badge.issuer == Profile(
        name="Contoh Institute", other_identifiers=(OtherIdentifier(identifier="C-1", identifier_type="identifier"),)
    )


def test_an_issuer_that_is_only_referred_to_is_told() -> None:
    crossing = BADGES.read(badge_class({"name": "A", "issuer": "https://lms.example/issuer"}), IRI, SOURCE)
    assert crossing.value.issuer is None
    assert [(issue.code, issue.params["value"]) for issue in crossing.issues] == [
        ("organisation_not_named", "https://lms.example/issuer")
    ]


def test_an_alignment_that_repeats_the_title_is_no_outcome() -> None:
    aligned = {"targetType": "CFItem", "targetName": "Contoh Degree", "targetUrl": "https://catalogue.example/degree"}
    crossing = BADGES.read(badge_class({"name": "Contoh Degree", "alignment": [aligned]}), IRI, SOURCE)
    assert crossing.value.learning_outcomes == ()
    assert [one.url for one in crossing.value.further_info] == ["https://catalogue.example/degree"]


def test_the_extensions_of_edubadges_for_hours_and_programme_are_read() -> None:
    def extension(name: str, key: str, value: int) -> dict[str, object]:
        return {f"extensions:{name}Extension": {"type": ["Extension"], key: value}}

    hours, load = extension("TimeInvestment", "TimeInvestment", 13), extension("StudyLoad", "StudyLoad", 28)
    programme = extension("EducationProgramIdentifier", "EducationProgramIdentifier", 4711)
    badge = badge_class({"name": "A", **hours, **programme})
    assert (str(badge.study_load), badge.programmes, badge.others) == ("13", ("4711",), {})
    both = badge_class({"name": "A", **hours, **load, "SBU": 28})
    assert (str(both.study_load), list(both.others.values())) == ("28", ["13"])


def test_what_a_platform_says_of_assessment_is_no_criteria() -> None:
    said = "Learners are assessed by a written report."
    crossing = BADGES.read(badge_class({"name": "A", "assessmentType": said}), IRI, SOURCE)
    assert [(one.type, one.text) for one in crossing.value.assessment] == [(None, {"en": said})]
    assert "criteria.narrative" not in {entry.source for entry in crossing.ledger.entries}
