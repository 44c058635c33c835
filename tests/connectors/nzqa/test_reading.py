"""What the register's states read as, walked through without a network."""

from __future__ import annotations

from functools import cache

import pytest

from connectors.faults import COMMON
from connectors.nzqa.standin import organisation, records, sites, standin
from crosswalks.nzqa.model import NzqaListing
from tests.connectors.nzqa.walk import Walk, walk

FIRST = records(standin.listings)[0]
SAME = (
    "layout-dl", "layout-strong", "layout-lines", "no-headers", "td-headers", "reordered", "macron-pair",
    "short-dates", "count-mismatch", "other-host",
)  # fmt: skip


@cache
def healthy() -> Walk:
    return walk()


def without_dates(listing: NzqaListing) -> NzqaListing:
    return listing.model_copy(update={"review_date": None})


def test_every_record_is_read_whole() -> None:
    result = healthy()
    assert result.issues == []
    assert list(result.passed_over) == ["passed_over_type"]
    made = {record.number: record for record in records(standin.listings)}
    assert sorted(result.listings) == sorted(made)
    for number, listing in result.listings.items():
        record = made[number]
        assert (listing.title, listing.status, listing.type) == (record.title, record.status, record.type)
        assert (listing.level, listing.credits, listing.nzsced) == (
            record.level,
            record.credits,
            record.nzsced,
        )
        assert listing.developer == record.developer
        assert {provider.number for provider in listing.providers} == {f"{one + 1:04d}" for one in record.providers}
        assert listing.purpose
        assert listing.outcome_statement
        assert len(listing.standards) == 2
        assert listing.others == {}


def test_no_size_is_passed_over() -> None:
    assert {"1", "2.5", "40"} <= {listing.credits for listing in healthy().listings.values()}


def test_older_training_schemes_count() -> None:
    assert {listing.type for listing in healthy().listings.values()} == {
        "Micro-credential",
        "Training Scheme",
    }


def test_the_same_number_at_several_providers_is_one_listing() -> None:
    shared = [record for record in records(standin.listings) if len(record.providers) > 1]
    assert shared
    for record in shared:
        names = {organisation(one)[1] for one in record.providers}
        assert {provider.name for provider in healthy().listings[record.number].providers} == names


def test_sites_are_one_provider() -> None:
    two = next(record for record in records(standin.listings) if record.providers == (1,))
    one_id = next(record for record in records(standin.listings) if record.providers == (2,))
    (provider,) = healthy().listings[two.number].providers
    assert provider.provider_ids == tuple(site for site, _ in sites(1))
    assert len(provider.provider_ids) == len(provider.towns) == 2
    (provider,) = healthy().listings[one_id.number].providers
    assert (len(provider.provider_ids), len(provider.towns)) == (1, 2)


def test_a_provider_is_asked_for_once() -> None:
    asked = [ask.key for ask in healthy().asked]
    assert len(asked) == len(set(asked))
    assert sum(ask.kind == "results" for ask in healthy().asked) == 7


@pytest.mark.parametrize("variant", SAME)
def test_layouts_headers_and_spellings_make_no_difference(variant: str) -> None:
    result = walk(variant)
    assert result.issues == []
    if variant == "short-dates":
        expected = {number: without_dates(listing) for number, listing in healthy().listings.items()}
        assert {number: without_dates(listing) for number, listing in result.listings.items()} == expected
        assert result.listings[FIRST.number].review_date == "31/12/2027"
    else:
        assert result.listings == healthy().listings


@pytest.mark.parametrize("variant", ["full", "level-conflict", "macron-pair", "extra-column", "no-details"])
def test_the_order_of_answers_makes_no_difference(variant: str) -> None:
    forwards, backwards = walk(variant), walk(variant, backwards=True)
    assert forwards.listings == backwards.listings
    assert forwards.places == backwards.places
    assert sorted(map(str, forwards.issues)) == sorted(map(str, backwards.issues))


def test_links_to_other_hosts_are_brought_home() -> None:
    assert {ask.url for ask in walk("other-host").asked} == {
        ask.url.replace("/full/", "/other-host/") for ask in healthy().asked
    }


def test_a_contradiction_is_told_and_the_records_own_page_goes_first() -> None:
    result = walk("level-conflict")
    (issue,) = result.issues
    assert (issue.code, issue.params) == ("conflicting_duplicates", {"key": "4000", "fields": "level"})
    assert result.listings["4000"].level == FIRST.level


def test_an_unknown_label_is_kept_and_told() -> None:
    result = walk("unknown-label")
    assert result.codes() == {"unknown_label"}
    assert all(listing.others == {"Colour of the binder": "Kōkōwai red"} for listing in result.listings.values())


def test_an_unknown_column_is_kept_and_told() -> None:
    result = walk("extra-column")
    assert result.codes() == {"unknown_column"}
    assert all(listing.others == {"Iwi": "Example"} for listing in result.listings.values())


@pytest.mark.parametrize(
    ("variant", "code"),
    [
        ("detail-missing", None),
        ("record-gone", "page_without_record"),
        ("wrong-record", "page_of_another_record"),
    ],
)
def test_a_record_without_its_page_rests_on_its_rows(variant: str, code: str | None) -> None:
    result = walk(variant)
    assert result.codes() == ({code} if code else set())
    listing = result.listings[FIRST.number]
    assert (listing.title, listing.level, listing.credits) == (FIRST.title, FIRST.level, FIRST.credits)
    assert listing.purpose is None
    assert len(listing.providers) == 2
    assert listing.page


def test_lists_alone_are_enough() -> None:
    result = walk("no-details")
    assert {ask.kind for ask in result.asked} == {"providers", "results", "provider"}
    for number, listing in result.listings.items():
        whole = healthy().listings[number]
        assert (listing.title, listing.level, listing.providers) == (
            whole.title,
            whole.level,
            whole.providers,
        )
        assert listing.languages == whole.languages


def test_the_status_filter_is_passed_on() -> None:
    result = walk("current-only")
    current = {record.number for record in records(standin.listings) if record.status == "Current"}
    assert set(result.listings) == current
    assert healthy().listings.keys() - current


@pytest.mark.parametrize(("variant", "code"), [("odd-number", "row_invalid"), ("no-type", "passed_over_no_type")])
def test_one_bad_row_is_skipped_and_told(variant: str, code: str) -> None:
    result = walk(variant)
    assert result.codes() == {code}
    assert len(result.listings) == standin.listings - 1


def test_double_encoding_is_undone() -> None:
    assert walk("double-encoded").listings[FIRST.number].title == "Café Work – Basics"


def test_te_reo_keeps_its_macrons_and_its_mark() -> None:
    listing = healthy().listings[FIRST.number]
    assert (listing.title, listing.languages) == ("Toi Māori (Level 3)", {"title": "mi"})


def test_the_standin_is_the_same_every_time_and_says_it_is_made_up() -> None:
    assert records.__wrapped__(500) == records(500)
    names = {organisation(number)[1] for number in range(40)}
    assert all("Example" in name for name in names)
    assert set(COMMON) <= set(standin.variants)
