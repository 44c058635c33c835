"""Descriptor → NZQA listing, and the listing's way there and back."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.ledger import Crossing
from crosswalks.nzqa.files import RULE_SIX
from crosswalks.nzqa.model import NzqaListing, NzqaProposal
from tests.crosswalks.descriptor.strategies import descriptors
from tests.crosswalks.laws import account_of, check_reading, check_there_and_back, check_writing
from tests.crosswalks.test_nzqa import listings

NZQA = crosswalk_for("nzqa")
IRI = "https://kakehashi.example/id/mc/nzqa-test"
SOURCE = SourceRecord(registry="nzqa", source_id="4000", url="https://register.example/nzqf/search/results.do?org=1")
GOLDENS = sorted((NZQA.folder / "goldens").glob("*.outgoing.json"))
QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
WHOLE: dict[str, Any] = {
    "id": IRI,
    "source_record": {"registry": "test", "source_id": "1"},
    "title": {"en": "Example carving"},
    "description": {"en": "For learners who carve examples."},
    "field": [{"scheme": "NZSCED", "code": "100301"}],
    "co_providers": [{"name": {"en": "Example Academy"}, "role": "developer"}],
    "learning_outcomes": [{"text": {"en": "Carve an example"}, "category": "skill"}],
    "assessment": [{"type": "practical"}],
    "level": [{"scheme": "NZQCF", "value": "3"}],
    "credit": [{"system": "NZ-credit", "value": "10"}],
    "stackability": [{"target_kind": "unspecified", "conditions": {"en": "May lead to Example Studies."}}],
    "further_info": [
        {"label": {"en": "Employment or community pathway: Work as an example carver."}},
        {"label": {"en": "Review period: 3 years"}},
    ],
}
REGISTERED = {"identifiers": [{"scheme": "nzqa-register", "value": "4000"}]}


def written(descriptor: Descriptor) -> Crossing[Any]:
    assert NZQA.write is not None
    crossing = NZQA.write(descriptor)
    check_writing(NZQA, descriptor, crossing)
    return crossing


def crossed(**changes: Any) -> Crossing[Any]:
    return written(Descriptor.model_validate({**WHOLE, **changes}))


def codes(crossing: Crossing[Any]) -> list[str]:
    return [issue.code for issue in crossing.issues]


def dumped(records: list[Any]) -> bytes:
    assert NZQA.dump is not None
    out = io.BytesIO()
    NZQA.dump(records, "json", out, {})
    return out.getvalue()


of_the_register = st.builds(lambda listing: NZQA.read(listing, IRI, SOURCE).value, listings)
numbered = descriptors().map(
    lambda one: one.model_copy(update={"identifiers": Descriptor.model_validate({**WHOLE, **REGISTERED}).identifiers})
)
parts = descriptors(always=("level", "credit", "field", "co_providers", "learning_outcomes"))
anything = st.one_of(descriptors(), parts, of_the_register, numbered)


@given(anything)
@QUIET
def test_laws_of_writing(descriptor: Descriptor) -> None:
    crossing = written(descriptor)
    listing = crossing.value
    assert listing.title in descriptor.title.values()
    levels = {level.value for level in descriptor.level if level.scheme == "NZQCF"}
    assert {listing.level} - {None} <= levels
    figures = {f"{credit.value:f}" for credit in descriptor.credit if credit.system == "NZ-credit"}
    assert {listing.credits} - {None} <= figures
    assert bool(levels) == (listing.level is not None)
    assert bool(figures) == (listing.credits is not None)
    roles = {body.role for body in descriptor.co_providers}
    assert (listing.developer is not None) == ("developer" in roles)
    assert bool(listing.providers) == ("accredited_provider" in roles)
    assert not any(issue.severity == "reject" or issue.code.startswith("withheld") for issue in crossing.issues)


@given(descriptors())
@QUIET
def test_what_is_not_in_the_register_claims_nothing_of_it(descriptor: Descriptor) -> None:
    listing = written(descriptor).value
    assert (listing.number, listing.status, listing.type, listing.version, listing.page) == (None,) * 5


@given(anything)
@QUIET
def test_what_was_written_reads_back_but_for_what_the_ledgers_name(descriptor: Descriptor) -> None:
    out = written(descriptor)
    back = NZQA.read(out.value, descriptor.id, SourceRecord(registry="nzqa", source_id="4000"))
    check_reading(NZQA, out.value, back)
    check_there_and_back(descriptor, back.value, out.ledger, back.ledger)
    if out.value.number is None and back.value.quality_assurance:
        assert all(decision.object == "unknown" for decision in back.value.quality_assurance.external)


@given(listings)
@QUIET
def test_a_listing_comes_back_but_for_what_the_ledgers_name(listing: NzqaListing) -> None:
    there = NZQA.read(listing, IRI, SOURCE)
    back = written(there.value)
    check_there_and_back(listing, back.value, there.ledger, back.ledger)
    assert (back.value.number, back.value.title) == (listing.number, listing.title)
    assert (back.value.status, back.value.version, back.value.purpose) == (
        listing.status, listing.version, listing.purpose,
    )  # fmt: skip
    assert back.value.standards == listing.standards
    assert [one.text for one in back.value.outcomes] == [one.text for one in listing.outcomes]


@given(st.lists(anything, max_size=3))
@QUIET
def test_files_hold_every_field_of_rule_six(some: list[Descriptor]) -> None:
    records = [written(one).value for one in some]
    content = dumped(records)
    assert content == dumped(records)
    assert list(NZQA.load(content or b"[]", "listings.json")) == records
    objects = orjson.loads(content or b"[]")
    for one in objects if isinstance(objects, list) else [objects]:
        assert list(one)[: len(RULE_SIX)] == list(RULE_SIX)


def test_a_whole_proposal_has_no_finding() -> None:
    crossing = crossed()
    assert codes(crossing) == []
    assert crossing.value == NzqaProposal(
        title="Example carving", credits="10", level="3", nzsced="100301",
        purpose="For learners who carve examples.", outcomes=({"text": "Carve an example", "heading": "Skills"},),
        pathway_education="May lead to Example Studies.", pathway_employment="Work as an example carver.",
        developer="Example Academy", review_period="3 years",
        languages=dict.fromkeys(
            ("title", "purpose", "outcomes", "pathway_education", "pathway_employment", "review_period"), "en"
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"title": {"en": "National carving"}}, "nzqa_title_reserved", "national"),
        ({"title": {"en": "Post-graduate carving"}}, "nzqa_title_reserved", "post-graduate"),
        ({"title": {"en": "New Zealand carving"}}, "nzqa_title_reserved", "new zealand"),
        ({"title": {"en": "Carving by EXAMPLE academy"}}, "nzqa_title_names_body", "Example Academy"),
        ({"credit": [{"system": "NZ-credit", "value": "40.01"}]}, "nzqa_credits_above_40", "40.01"),
        ({"credit": [{"system": "NZ-credit", "value": "0.5"}]}, "nzqa_credits_below_1", "0.5"),
        ({"credit": [{"system": "ECTS", "value": "2"}]}, "nzqa_credits_missing", None),
        ({"level": [{"scheme": "EQF", "value": "3"}]}, "nzqa_level_missing", "EQF 3"),
        ({"level": [{"scheme": "NZQCF", "value": "11"}]}, "nzqa_level_outside", "11"),
        ({"field": [{"scheme": "ISCED-F", "code": "0213"}]}, "nzqa_nzsced_missing", None),
        ({"field": [{"scheme": "NZSCED", "code": "1003"}]}, "nzqa_nzsced_not_six", "1003"),
        ({"description": None}, "nzqa_purpose_missing", None),
        ({"learning_outcomes": []}, "nzqa_outcomes_missing", None),
        ({"assessment": []}, "nzqa_assessment_missing", None),
        ({"assessment": [{"type": "attendance_only"}]}, "nzqa_assessment_missing", None),
        ({"stackability": []}, "nzqa_education_pathway_missing", None),
        ({"further_info": WHOLE["further_info"][:1]}, "nzqa_review_period_missing", None),
        ({"further_info": WHOLE["further_info"][1:]}, "nzqa_employment_pathway_missing", None),
        ({"co_providers": [], "issuer": {"name": {"en": "Kakuu"}}}, "nzqa_developer_missing", "Kakuu"),
        ({"description": {"ja": "架空"}}, "listing_languages", "en, mi"),
    ],
)
def test_what_new_zealand_would_send_back(changes: dict[str, Any], code: str, word: str | None) -> None:
    crossing = crossed(**changes)
    assert codes(crossing) == [code]
    assert word is None or word in crossing.issues[0].params.values()


@pytest.mark.parametrize("value", ["1", "40", "2.5"])
def test_credits_within_the_bounds_are_no_finding(value: str) -> None:
    crossing = crossed(credit=[{"system": "NZ-credit", "value": value}])
    assert (codes(crossing), crossing.value.credits) == ([], value)


@pytest.mark.parametrize(("hours", "extra"), [("9.5", "nzqa_hours_below_10"), ("401", "nzqa_hours_above_400")])
def test_hours_are_held_against_the_bounds_but_never_become_credits(hours: str, extra: str) -> None:
    crossing = crossed(credit=[], volume={"total_hours": hours})
    assert codes(crossing) == ["nzqa_credits_missing", extra]
    assert crossing.value.credits is None
    assert codes(crossed(credit=[], volume={"total_hours": "400"})) == ["nzqa_credits_missing"]


def test_what_the_rights_policy_keeps_back_is_not_called_missing() -> None:
    crossing = crossed(source_record={"registry": "test", "source_id": "1", "rights": "facts_only"})
    assert codes(crossing) == ["held_back_from_listing"]
    assert crossing.value.purpose is None


@pytest.mark.parametrize("role", [None, "provider", "awarding_body", "content", "publisher"])
def test_nobody_is_given_a_role_that_is_not_stated(role: str | None) -> None:
    crossing = crossed(co_providers=[{"name": {"en": "Kakuu"}, "role": role}], issuer={"name": {"en": "Kakuu"}})
    assert (crossing.value.developer, crossing.value.providers) == (None, ())
    assert codes(crossing) == ["nzqa_developer_missing"]


def test_a_competency_is_not_renamed() -> None:
    crossing = crossed(learning_outcomes=[{"text": {"en": "x"}, "category": "competency"}])
    assert crossing.value.outcomes[0].heading == "Competency"


def test_a_file_that_holds_no_listing_is_told() -> None:
    with pytest.raises(CodedError) as caught:
        list(NZQA.load(b'{"number": "4000", "level": 3}', "one.json"))
    assert caught.value.issues[0].code == "file_not_schema"


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda path: path.name.partition(".")[0])
def test_goldens(golden: Any) -> None:
    crossing = written(Descriptor.model_validate_json(golden.read_bytes()))
    stem = golden.name.partition(".")[0]
    assert dumped([crossing.value]) == (golden.parent / f"{stem}.written.json").read_bytes()
    account = orjson.loads((golden.parent / f"{stem}.account.json").read_bytes())
    assert list(differences(account, account_of(crossing))) == []
