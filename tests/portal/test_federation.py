"""Two deployments: one publishes, the other harvests it by OAI-PMH or by its event stream, and ends with the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from config.settings import Settings
from connectors.contract import Registry
from connectors.discovery import registry
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.serialise import dump, load
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from portal.partners.log import PublicationLog
from store.publications import Span, contents
from tests.portal.publishing import Publisher, iri
from tests.portal.serving import served

pytestmark = pytest.mark.slow
DOORS = {"oaipmh": "/oai", "ldes": "/ldes"}
CLOSED = {"registry": "mqa", "source_id": "n1", "rights": "facts_only", "attribution": "Contoh"}
SECRET = "a sentence that only the source may show"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Workplace]:
    place = Workplace.of(Settings(home=tmp_path / "other", public_base="https://other.example/"))
    yield place
    place.database.close()


def peer(name: str, address: str) -> Registry:
    plain = registry(name)
    gates = plain.manifest.gates.model_copy(update={"changes": 1.0, "removals": 1.0})
    update = {"address": address + DOORS[name], "rights": "reuse_with_attribution", "gates": gates}
    return Registry("peer", name, plain.manifest.model_copy(update=update))


def take(place: Workplace, name: str, address: str) -> RunReport:
    report = harvest(place, Order(peer(name, address), "test", allow_loopback=True))
    assert report.state in {"succeeded", "succeeded_with_warnings"}, report.issues
    return report


def standing(place: Workplace) -> dict[str, Any]:
    """What stands: released content by identifier, without where it was found; None for what is withdrawn."""
    log = PublicationLog(place.database, place.settings.base)
    rows = log.standing(Span(log.horizon()), 10_000)
    texts = contents(place.database, [row.seq for row in rows])
    found: dict[str, Any] = {row.iri: None for row in rows}
    for row in rows:
        if row.seq in texts:
            content = orjson.loads(dump(releasable(load(texts[row.seq]))[0]))
            source = content.pop("source_record")
            found[row.iri] = content, source["rights"], source["attribution"]
    return found


@pytest.mark.parametrize("name", DOORS)
def test_what_arrives_is_what_was_published(place: Workplace, other: Workplace, name: str) -> None:
    publisher, foreign = Publisher(place), Publisher(place, "mqa")
    publisher.publish(*range(1, 18))
    foreign.publish(1, source_record=CLOSED, description={"en": SECRET}, outcome_summary={"en": SECRET})
    publisher.update(2, "改めた題")
    with served(place, oai_page_size=5) as address:
        take(other, name, address)
        assert standing(other) == standing(place)
        publisher.update(3, "二度目の題")
        publisher.delete(4, 5)
        publisher.publish(18)
        report = take(other, name, address)
        assert (report.published.created, report.published.updated, len(report.published.retired)) == (1, 1, 2)
        assert standing(other) == standing(place)
        assert standing(other)[iri("jmicro", 4)] is None
        publisher.delete(18)
        publisher.publish(4, op="changed", title={"en": "Listed again"})
        with other.database.reading():
            before = PublicationLog(other.database, other.settings.base).horizon()
        take(other, name, address)
        take(other, name, address)
    assert standing(other)[iri("jmicro", 18)] is None
    assert PublicationLog(other.database, other.settings.base).horizon() == before + 1
    assert all(SECRET not in path.read_text(errors="replace") for path in other.settings.home.rglob("*.sqlite*"))


def test_a_record_never_comes_back_to_where_it_is_from(place: Workplace, other: Workplace) -> None:
    publisher = Publisher(place)
    publisher.publish(1, 2, 3)
    with served(place) as address:
        take(other, "oaipmh", address)
    publisher.delete(3)
    before = standing(place)
    with served(other) as address:
        report = harvest(place, Order(peer("oaipmh", address), "test", allow_loopback=True))
    assert report.published.created == 0
    assert {issue.code for issue in report.issues} >= {"identifier_taken"}
    assert standing(place) == before
