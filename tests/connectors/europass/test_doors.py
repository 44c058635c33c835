"""The four doors: the same records through each, chosen by the same rules, and every other record counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.contract import Found
from connectors.europass.standin_courses import COUNTRIES, Record, records
from crosswalks import elm
from crosswalks.descriptor.model import SourceRecord
from crosswalks.descriptor.serialise import dump
from crosswalks.elm.model import ElmListing
from tests.connectors.europass.walk import Walk, europass

MADE = {record.iri: record for record in records(60)}
CANDIDATES = {iri for iri, record in MADE.items() if record.candidate}
LISTED = {iri for iri, record in MADE.items() if record.listed}
WHOLE = ("full", "catalogue-xml", "multipart", "sparql", "sparql-split", "sparql-502", "xml")
ALIKE = WHOLE[1:-1]
SOURCE = SourceRecord(
    registry="europass", source_id="x", retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
    rights="reuse_with_attribution", attribution="made up",
)  # fmt: skip


def listing_of(found: Found) -> ElmListing:
    assert isinstance(found.listing, ElmListing)
    return found.listing


def read(walk: Walk) -> dict[str, Found]:
    found, _ = walk.read()
    by_root = {listing_of(one).root: one for one in found}
    assert len(by_root) == len(found)
    return by_root


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Found]:
    return read(Walk(europass("full"), tmp_path_factory.mktemp("dumps")))


def descriptor(found: Found) -> dict[str, Any]:
    crossing = elm.crosswalk.read(listing_of(found), "https://x.example/a", SOURCE)
    value: dict[str, Any] = orjson.loads(dump(crossing.value))
    return value


@pytest.mark.parametrize("variant", WHOLE)
def test_every_record_is_taken_or_counted(variant: str, tmp_path: Path) -> None:
    walk = Walk(europass(variant), tmp_path)
    found, extracts = walk.read()
    assert {listing_of(one).root for one in found} == CANDIDATES
    assert {listing_of(one).root for one in found if one.released} == LISTED
    passed_over = sum((extract.passed_over for extract in extracts), Counter())
    assert passed_over == {"passed_over_type": len(MADE) - len(CANDIDATES)}
    assert walk.failed == []


def test_the_search_shows_what_is_released_and_counts_the_rest(tmp_path: Path) -> None:
    walk = Walk(europass("api"), tmp_path)
    found, extracts = walk.read()
    assert {listing_of(one).root for one in found if one.released} == LISTED
    passed_over = sum((extract.passed_over for extract in extracts), Counter())
    shown = [record for record in MADE.values() if record.status != "not published anymore"]
    assert sum(passed_over.values()) == len(shown) - len(found)


@pytest.mark.parametrize("variant", ALIKE)
def test_doors_that_say_the_same_give_the_same_listings(variant: str, tmp_path: Path, dumps: dict[str, Found]) -> None:
    for root, found in read(Walk(europass(variant), tmp_path)).items():
        assert descriptor(found) == descriptor(dumps[root]), root
        assert listing_of(found).selected_by == listing_of(dumps[root]).selected_by


def same(record: Record, ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield what the details and the XML say like the dumps."""
    tag = record.country.tag
    yield "title", ours["title"][tag], theirs["title"][tag]
    yield "hours", ours.get("volume"), theirs.get("volume")
    yield "credit", ours.get("credit"), theirs.get("credit")
    yield (
        "field",
        [(one["scheme"], one["code"]) for one in ours["field"]],
        [(one["scheme"], one["code"]) for one in theirs["field"]],
    )
    yield "identifier", ours["identifiers"][0], theirs["identifiers"][0]


@pytest.mark.parametrize("variant", ["api", "xml"])
def test_shorter_doors_agree_in_what_they_say(variant: str, tmp_path: Path, dumps: dict[str, Found]) -> None:
    found = read(Walk(europass(variant), tmp_path))
    assert found.keys() >= LISTED
    for root, one in found.items():
        assert listing_of(one).selected_by == listing_of(dumps[root]).selected_by
        for what, ours, theirs in same(MADE[root], descriptor(dumps[root]), descriptor(one)):
            assert ours == theirs, (root, what)


def test_the_reason_why_a_record_was_taken_stays_with_it(dumps: dict[str, Found]) -> None:
    rules = {0: "short-programme", 2: "programme-module", 3: "category-word", 6: "title-word", 9: "small-non-formal"}
    for root, found in dumps.items():
        told = listing_of(found).selected_by
        assert told
        assert descriptor(found)["source_record"]["selected_by"] == list(told)
        if (expected := rules.get(MADE[root].shape)) is not None:
            assert expected in told


def test_three_generations_of_terms_are_among_the_dumps(dumps: dict[str, Found]) -> None:
    assert len({country.terms for country in COUNTRIES}) == 3
    assert {MADE[root].country.terms for root in dumps} == {country.terms for country in COUNTRIES}
    for found in dumps.values():
        names = {name for node in listing_of(found).nodes.values() for name in node.properties}
        assert not {name for name in names if "europa.eu" in name}


def test_the_state_of_a_record_stays_with_it(dumps: dict[str, Found]) -> None:
    for root, found in dumps.items():
        assert (listing_of(found).status or "") == MADE[root].status
        assert found.released == MADE[root].listed


def test_a_country_is_asked_for_alone(tmp_path: Path) -> None:
    for variant in ("full", "sparql", "api"):
        folder = tmp_path / variant
        folder.mkdir()
        found = read(Walk(europass(variant, countries=["mlt"]), folder))
        malta = {iri for iri, record in MADE.items() if record.listed and record.country.code == "mlt"}
        assert {root for root, one in found.items() if one.released} == malta, variant


def test_courses_that_repeat_are_told_and_kept(tmp_path: Path) -> None:
    _, extracts = Walk(europass("full"), tmp_path).read()
    told = [issue for extract in extracts for issue in extract.issues if issue.code == "same_course_repeated"]
    offered = [record for record in MADE.values() if record.listed and not record.qualification]
    by_course = Counter((record.title, record.provider_name) for record in offered)
    assert len(told) == sum(count > 1 for count in by_course.values()) > 0
    assert all(issue.place in LISTED for issue in told)


def test_the_same_harvest_says_the_same_in_the_same_order(tmp_path: Path) -> None:
    said = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        found, extracts = Walk(europass("multipart"), tmp_path / name).read()
        said.append([*found, *(extract.issues for extract in extracts)])
    assert said[0] == said[1]
