"""NZQA listing → descriptor."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.frameworks import level_schemes
from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor import Descriptor
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import SourceRecord
from crosswalks.descriptor.serialise import dump, load
from crosswalks.ledger import Crossing
from crosswalks.nzqa.model import NzqaListing, Provider, StatedOutcome
from crosswalks.nzqa.read import natural_key
from crosswalks.nzqa.values import credits_of, date_of, field_of, level_of, maori_key, title_key
from tests.crosswalks.laws import check_reading

NZQA = crosswalk_for("nzqa")
OWN_PAGE = "https://register.example/nzqf/search/viewQualification.do?selectedItemKey=4000"
SOURCE = SourceRecord(registry="nzqa", source_id="4000", url=OWN_PAGE, rights="facts_only")
IRI = "https://kakehashi.example/id/mc/nzqa-test"
GOLDENS = sorted((NZQA.folder / "goldens").glob("*.source.json"))

text = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(str.strip)
maybe = st.none() | text
labels = st.from_regex(r"[A-Z][a-z]{2,8}", fullmatch=True)
languages = st.sampled_from(["mi", "en", "en-NZ", "not a tag!"])
names = st.sampled_from(["Te Wānanga Tauira", "Te Wananga Tauira", "Te Wänanga Tauira", "Example Academy"])
providers = st.builds(
    Provider,
    number=st.none() | st.from_regex(r"[0-9]{4}", fullmatch=True),
    provider_ids=st.lists(st.from_regex(r"[0-9]{9}", fullmatch=True), max_size=2).map(tuple),
    name=st.none() | names | text,
    towns=st.lists(text, max_size=2).map(tuple),
)
listings = st.builds(
    NzqaListing,
    number=st.from_regex(r"[A-Z0-9]{3,12}", fullmatch=True),
    title=text | st.just("Toi Māori (Level 3)"),
    version=maybe,
    status=st.none() | st.sampled_from(["Current", "Expiring", "Discontinued"]) | text,
    type=st.none() | st.just("Micro-credential") | text,
    level=st.none() | st.sampled_from(["3", "Level 3", "03", "0", "11", "three"]) | text,
    credits=st.none() | st.sampled_from(["1", "40", "2.5", "10 credits", "0", "400", "ten"]) | text,
    nzsced=st.none() | st.sampled_from(["020103", "09 Society", "0201 > 020103 Programming", "123"]) | text,
    purpose=maybe,
    outcome_statement=maybe,
    outcomes=st.lists(
        st.builds(StatedOutcome, text=text, heading=st.none() | st.sampled_from(["Skills", "Attributes"])),
        max_size=3,
    ).map(tuple),
    pathway_education=maybe | st.just("None"),
    pathway_employment=maybe,
    developer=st.none() | names | text,
    standards=st.lists(text, max_size=3).map(tuple),
    review_period=maybe,
    review_date=st.none() | st.sampled_from(["31 December 2026", "31/12/2026", "12/31/2026"]) | text,
    te_hono=st.none() | st.sampled_from(["Yes", "No", "perhaps"]),
    providers=st.lists(providers, max_size=3).map(tuple),
    page=st.none() | st.just("viewQualification.do?selectedItemKey=4000") | text,
    languages=st.dictionaries(st.sampled_from(["title", "purpose", "outcomes", "status"]), languages, max_size=3),
    others=st.dictionaries(labels, text, max_size=2),
    ordinal=st.integers(1, 3),
)


def cross(**fields: object) -> Crossing[Descriptor]:
    return NZQA.read(NzqaListing.model_validate({"number": "4000", "title": "Example", **fields}), IRI, SOURCE)


@given(listings)
def test_laws_of_reading(listing: NzqaListing) -> None:
    crossing = NZQA.read(listing, IRI, SOURCE)
    check_reading(NZQA, listing, crossing)
    assert load(dump(crossing.value)) == crossing.value


@given(listings)
def test_nothing_is_claimed_that_the_register_does_not_say(listing: NzqaListing) -> None:
    value = NZQA.read(listing, IRI, SOURCE).value
    assert value.volume is None
    assert value.recognition is None
    assert value.stackability_status is None
    assert value.education_classification is None
    assert {level.scheme for level in value.level} <= {"NZQCF"}
    assert {level.value for level in value.level} <= set(level_schemes()["NZQCF"].values or ())
    assert {credit.system for credit in value.credit} <= {"NZ-credit"}
    assert {field.scheme for field in value.field} <= {"NZSCED"}
    assert len(value.learning_outcomes) == len(listing.outcomes)
    assert value.source_record.status == listing.status
    assert value.quality_assurance is not None
    assert all(one.body is None and one.valid_until is None for one in value.quality_assurance.external)


@given(listings)
def test_titles_stand_as_they_were(listing: NzqaListing) -> None:
    assert list(NZQA.read(listing, IRI, SOURCE).value.title.values()) == [listing.title]


@given(listings, listings)
def test_the_key_is_the_number_alone(one: NzqaListing, other: NzqaListing) -> None:
    same = other.model_copy(update={"number": one.number, "ordinal": one.ordinal})
    assert natural_key(one) == natural_key(same)
    assert (natural_key(one) == natural_key(other)) == ((one.number, one.ordinal) == (other.number, other.ordinal))


@given(listings)
def test_an_issuer_is_only_a_developer_who_is_the_only_provider(listing: NzqaListing) -> None:
    issuer = NZQA.read(listing, IRI, SOURCE).value.issuer
    if issuer is not None:
        (provider,) = listing.providers
        assert list(issuer.name.values()) == [listing.developer]
        assert maori_key(provider.name or "") == maori_key(listing.developer or "")


def test_developer_and_providers_have_their_own_roles() -> None:
    shared = [{"name": "Te Wānanga Tauira", "number": "0003"}, {"name": "Example Academy"}]
    value = cross(developer="Te Wananga Tauira", providers=shared).value
    assert [(one.role, one.country) for one in value.co_providers] == [
        ("developer", None),
        ("accredited_provider", "NZ"),
        ("accredited_provider", None),
    ]
    assert value.issuer is None


def test_the_sole_provider_who_owns_it_awards_it_and_that_is_marked_as_worked_out() -> None:
    value = cross(developer="Te Wänanga Tauira", providers=[{"name": "Te Wānanga Tauira", "number": "0003"}]).value
    assert value.issuer is not None
    assert value.issuer.name == {"und": "Te Wänanga Tauira"}
    assert value.origin_of("issuer.name").rule == "developer_is_the_only_accredited_provider"


@pytest.mark.parametrize("raw", ["0", "11", "three", "3-4", "Level", "", "MQF 3", "3 4"])
def test_odd_levels_are_issues_and_never_levels(raw: str) -> None:
    assert level_of(raw) is None
    if raw:
        crossing = cross(level=raw)
        assert crossing.value.level == ()
        assert [issue.code for issue in crossing.issues] == ["not_understood"]


def test_a_title_that_states_another_level_is_told() -> None:
    crossing = cross(title="Example (Level 4)", level="3")
    assert [issue.code for issue in crossing.issues] == ["title_level_differs"]
    assert crossing.value.level[0].value == "3"
    assert cross(title="Example (Level 3)", level="Level 3").issues == ()
    assert cross(title="Example (Level 4)").value.level == ()


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1", "1"),
        ("40", "40"),
        ("2.5", "2.5"),
        ("10 credits", "10"),
        ("10.0", "10.0"),
        ("ten", None),
        ("10-20", None),
    ],
)
def test_credits_keep_their_figure(raw: str, value: str | None) -> None:
    assert credits_of(raw) == (Decimal(value) if value else None)
    crossing = cross(credits=raw)
    assert [str(credit.value) for credit in crossing.value.credit] == ([value] if value else [])


def test_credits_above_the_ceiling_are_told_and_left_alone() -> None:
    crossing = cross(credits="60")
    assert [issue.code for issue in crossing.issues] == ["credit_above_ceiling"]
    assert crossing.value.credit[0].value == 60


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("020103", ("020103", None)),
        ("0201 Computer Science", ("0201", "Computer Science")),
        ("Computer Science (0201)", ("0201", "Computer Science")),
        ("09 Society > 0915 Sport > 091599 Sport not elsewhere", ("091599", "Sport not elsewhere")),
        ("Society and Culture", (None, "Society and Culture")),
        ("02010", None),
        ("0201 and 0301", None),
        ("-", None),
    ],
)
def test_field_codes_have_two_four_or_six_digits(raw: str, expected: tuple[str | None, str | None] | None) -> None:
    assert field_of(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("31 December 2026", date(2026, 12, 31)),
        ("1 Sept 2026", date(2026, 9, 1)),
        ("31/12/2026", date(2026, 12, 31)),
        ("01/02/2026", date(2026, 2, 1)),
        ("12/31/2026", None),
        ("31 Ju 2026", None),
        ("30 February 2026", None),
        ("2026", None),
        ("December 2026", None),
    ],
)
def test_dates_put_the_day_first(raw: str, expected: date | None) -> None:
    assert date_of(raw) == expected


def test_a_review_is_a_note_and_no_date_of_validity() -> None:
    value = cross(review_date="31/12/2026", review_period="3 years").value
    assert [info.label for info in value.further_info] == [
        {"und": "Review period: 3 years"},
        {"en": "Review date: 2026-12-31"},
    ]


@pytest.mark.parametrize("name", ["Te Wänanga Tauira", "Te Waananga Tauira", "te wananga tauira", "Te Wānanga  Tauira"])
def test_spellings_of_long_vowels_match(name: str) -> None:
    assert maori_key(name) == maori_key("Te Wānanga Tauira")
    assert title_key(f"{name} (Level 3)") == title_key(name)


def test_languages_are_those_the_page_marks() -> None:
    marked = {"title": "mi", "purpose": "not a tag!"}
    value = cross(title="Toi Māori", purpose="He kaupapa", languages=marked).value
    assert (value.title, value.description) == ({"mi": "Toi Māori"}, {"und": "He kaupapa"})


@pytest.mark.parametrize(
    ("found_at", "landing_page"),
    [
        (OWN_PAGE, OWN_PAGE),
        ("https://register.example/nzqf/search/results.do?org=1", OWN_PAGE),
        (None, "https://www.nzqa.govt.nz/nzqf/search/viewQualification.do?selectedItemKey=4000"),
    ],
)
def test_the_landing_page_is_the_records_own(found_at: str | None, landing_page: str) -> None:
    listing = NzqaListing(number="4000", title="Example", page="viewQualification.do?selectedItemKey=4000")
    source = SourceRecord(registry="nzqa", source_id="4000", url=found_at)
    assert NZQA.read(listing, IRI, source).value.landing_page == landing_page


@pytest.mark.parametrize("page", ["//elsewhere.example/x?y=1", "https://elsewhere.example/x?y=1", "x y?z=1", "nothing"])
def test_a_page_elsewhere_is_no_landing_page(page: str) -> None:
    crossing = cross(page=page)
    assert crossing.value.landing_page is None
    assert [issue.code for issue in crossing.issues] == ["not_understood"]


def test_a_record_without_a_title_is_refused() -> None:
    with pytest.raises(CodedError) as caught:
        NZQA.read(NzqaListing(number="4000"), IRI, SOURCE)
    assert [issue.code for issue in caught.value.issues] == ["title_missing"]


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.name.partition(".")[0])
def test_goldens(path: Path) -> None:
    (listing,) = NZQA.load(path.read_bytes(), path.name)
    crossing = NZQA.read(listing, IRI, SOURCE)
    stem = path.name.removesuffix(".source.json")
    descriptor = orjson.loads(path.with_name(f"{stem}.descriptor.json").read_bytes())
    written = orjson.loads(dump(crossing.value))
    assert list(differences(descriptor, written)) == []
    assert list(differences(written, descriptor)) == []
    ledger = orjson.loads(path.with_name(f"{stem}.ledger.json").read_bytes())
    assert crossing.ledger.as_json() == ledger
    check_reading(NZQA, listing, crossing)
    assert dump(load(orjson.dumps(descriptor))) == dump(crossing.value)


def test_there_are_goldens() -> None:
    assert {path.name.partition(".")[0] for path in GOLDENS} == {"whole", "row", "odd"}
