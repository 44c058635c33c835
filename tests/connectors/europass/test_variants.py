"""Every state the register can be in ends as it should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.contract import Ask, Payload, StructureBroken
from connectors.europass import connector
from connectors.europass.standin import standin
from connectors.europass.standin_courses import records
from connectors.faults import COMMON
from connectors.standins import Listening
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from store.payloads import PayloadStore
from tests.conftest import standin_registry
from tests.connectors.europass.walk import HOST, Walk, ask_standin, europass

MADE = records(standin.listings)
LISTED = sum(record.listed for record in MADE)
UNRELEASED = sum(record.candidate and not record.listed for record in MADE)
NO_CANDIDATES = sum(not record.candidate for record in MADE)
Harvest = Callable[..., RunReport]

WALKED = ("full", "catalogue-xml", "multipart", "sparql", "sparql-split", "sparql-502", "api", "xml")
CHANGING = ("unreleased", "changed")
PARTIAL = ("missing-part", "no-turtle")
BROKEN = {
    "empty-jsonld-archive": "page_empty",
    "zip-bomb": "archive_refused",
    "cut-turtle": "parse_failed",
    "cut-zip": "archive_refused",
    "not-a-zip": "structure_changed",
}
FAULTS = {
    "login": "needs_access",
    "maintenance": "maintenance_page",
    "soft-404": "soft_missing",
    "blank-body": "page_empty",
    "truncated": "parse_failed",
    "mojibake": "charset_unreadable",
}
UNLIKE = {("xml", "mojibake"): "structure_changed"}
"""A data file whose very first character is spoilt cannot be told for what it is."""
STARTS = {"dump": "full", "sparql": "sparql", "api": "api", "xml": "xml"}


def codes(report: RunReport) -> set[str]:
    return {issue.code for issue in report.issues}


def test_every_variant_is_tried() -> None:
    assert sorted(standin.variants) == sorted({*WALKED, *CHANGING, *PARTIAL, *BROKEN, *FAULTS, "server-error"})
    assert COMMON.keys() == {*FAULTS, "server-error"}


@pytest.mark.parametrize("variant", ["full", "sparql"])
def test_a_run_takes_what_is_released_and_counts_what_is_not(harvest_standin: Harvest, variant: str) -> None:
    report = harvest_standin("europass", variant)
    assert (report.state, report.complete, report.published.created) == ("succeeded", True, LISTED)
    counted = {"passed_over_type": NO_CANDIDATES, "passed_over_status": UNRELEASED}
    assert report.reading.passed_over == counted
    assert LISTED + sum(counted.values()) == len(MADE)


@pytest.mark.slow
def test_an_unchanged_register_writes_nothing(harvest_standin: Harvest) -> None:
    first = harvest_standin("europass")
    second = harvest_standin("europass")
    assert second.same_as_run == first.run_id
    assert (second.published.last_seq, second.reading.unchanged) == (None, LISTED)


@pytest.mark.slow
def test_a_record_that_goes_is_absent_and_one_that_is_withdrawn_keeps_its_state(harvest_standin: Harvest) -> None:
    harvest_standin("europass")
    changed = harvest_standin("europass", "changed")
    assert (changed.published.created, changed.published.updated, changed.published.gone) == (0, 1, 1)
    assert "not_found_at_source" in codes(changed)
    withdrawn = harvest_standin("europass", "unreleased")
    assert withdrawn.reading.passed_over["passed_over_status"] == UNRELEASED
    assert (withdrawn.published.created, withdrawn.published.gone) == (0, 0)
    assert withdrawn.published.updated >= 1


@pytest.mark.slow
def test_a_run_that_cannot_be_whole_takes_nothing_away(harvest_standin: Harvest) -> None:
    harvest_standin("europass")
    report = harvest_standin("europass", "missing-part")
    assert not report.complete
    assert report.published.gone == 0
    assert "part_missing" in codes(report)


def test_a_country_that_offers_no_dump_is_told_and_counted(tmp_path: Path) -> None:
    walk = Walk(europass("no-turtle"), tmp_path)
    found, extracts = walk.read()
    assert sum(one.released for one in found) == sum(record.listed and record.country.code != "fin" for record in MADE)
    assert (extracts[0].stated, extracts[0].rows) == (4, 3)
    assert [issue.code for issue in extracts[0].issues] == ["country_without_dump"]


def test_no_person_is_in_anything_that_is_kept(harvest_standin: Harvest, home: Path, place: Workplace) -> None:
    assert harvest_standin("europass", "full").succeeded
    store = PayloadStore(home / "payloads", place.database)
    kept = [store.read(path.name.removesuffix(".gz")) for path in sorted((home / "payloads").rglob("*.gz"))]
    assert len(kept) == 5
    needles = [b"Nobody", b"nobody.madeup", b"555 0100", b"desk.madeup"]
    assert [needle for needle in needles for body in kept if needle in body] == []
    database = b"".join(path.read_bytes() for path in home.glob("kakehashi.sqlite*"))
    assert database
    assert [needle for needle in needles if needle in database] == []


def test_a_dump_larger_than_its_limit_stops_the_run(place: Workplace, standins: dict[str, Listening]) -> None:
    source = standin_registry("europass", standins["europass"].address, "full")
    limits = source.manifest.limits.model_copy(update={"bulk_bytes": 2000})
    manifest = source.manifest.model_copy(update={"limits": limits})
    report = harvest(place, Order(replace(source, manifest=manifest), "test", allow_loopback=True))
    assert report.published.created == 0
    assert codes(report) & {"answer_too_large", "archive_refused", "too_few_listings"}
    assert not report.complete


@pytest.mark.parametrize(("variant", "code"), BROKEN.items())
def test_a_broken_dump_is_known_for_what_it_is(variant: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(StructureBroken) as caught:
        Walk(europass(variant), tmp_path).read()
    assert caught.value.issues[0].code == code


def test_people_stand_in_what_the_register_answers() -> None:
    for path in ("full/europass/qdr/open-data/dcat", "xml/loq/courses.xml"):
        answer = ask_standin(Ask("x", f"{HOST}/{path}"))
        assert b"madeup" in answer.body.lower()


@pytest.mark.parametrize("door", STARTS)
@pytest.mark.parametrize(("variant", "code"), FAULTS.items())
def test_a_broken_answer_is_known_for_what_it_is(door: str, variant: str, code: str) -> None:
    """`variant` is what the server shows, whichever door the harvest goes through."""
    source = europass(STARTS[door])
    update = {"address": source.manifest.address.replace(f"/{STARTS[door]}/", f"/{variant}/")}
    source = replace(source, manifest=source.manifest.model_copy(update=update))
    spider = connector.spider(source)
    ask = next(iter(spider.start()))
    answer = ask_standin(ask)
    media_type = answer.media_type.partition(";")[0]
    body = connector.redact(answer.body, media_type)
    payload = Payload(ask.kind, ask.url, body, media_type, "h", None, dict(ask.about))
    with pytest.raises(StructureBroken) as caught:
        list(connector.parse(payload, source).found)
    assert caught.value.issues[0].code == UNLIKE.get((door, variant), code)


def test_a_server_that_answers_nothing_is_not_asked_on_for_ever(tmp_path: Path) -> None:
    for door in ("full", "sparql", "api", "xml"):
        source = europass(door)
        update = {"address": source.manifest.address.replace(f"/{door}/", "/server-error/")}
        folder = tmp_path / door
        folder.mkdir()
        walk = Walk(replace(source, manifest=source.manifest.model_copy(update=update)), folder)
        assert walk.payloads == []
        assert walk.failed
        assert len(walk.asks) < 1000
