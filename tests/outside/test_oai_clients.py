"""Harvesters that others wrote take everything, and then what changed, out of the OAI-PMH endpoint."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from oaipmh_scythe import Scythe, exceptions
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch

from config.settings import Settings
from harvester.workplace import Workplace
from tests.portal.publishing import Publisher
from tests.portal.serving import served

State = dict[str, bool]
"""What a harvester knows: record → whether it is deleted."""
PAGE = 7


@pytest.fixture
def publisher(place: Workplace) -> Publisher:
    """A deployment of 40 records in two registries, some changed, some withdrawn."""
    made = Publisher(place)
    made.publish(*range(1, 31))
    other = Publisher(place, registry="mqa", truth=made.truth)
    other.publish(*range(31, 41))
    made.update(3, "改訂")
    for number in (4, 11, 30):
        made.delete(number)
    other.delete(35)
    return made


@pytest.fixture
def endpoint(publisher: Publisher) -> Iterator[str]:
    with served(publisher.place, oai_page_size=PAGE) as address:
        yield f"{address}/oai"


def by_sickle(endpoint: str, prefix: str = "oai_dc", **span: str) -> State:
    client = Sickle(endpoint)
    try:
        records = client.ListRecords(metadataPrefix=prefix, **span)
        return {one.header.identifier.rpartition(":")[2]: one.deleted for one in records}
    except NoRecordsMatch:
        return {}


def by_scythe(endpoint: str, prefix: str = "oai_dc", **span: str) -> State:
    named: dict[str, Any] = {name + "_" if name in {"from", "set"} else name: value for name, value in span.items()}
    with Scythe(endpoint) as client:
        try:
            records: Any = list(client.list_records(metadata_prefix=prefix, **named))
        except exceptions.NoRecordsMatch:
            return {}
        return {one.header.identifier.rpartition(":")[2]: one.deleted for one in records}


CLIENTS = [by_sickle, by_scythe]


def truth_of(publisher: Publisher) -> State:
    return {record: title is None for record, title in publisher.truth.items()}


@pytest.mark.parametrize("harvest", CLIENTS)
def test_a_full_harvest_has_every_record_and_every_deletion(
    harvest: Callable[..., State], endpoint: str, publisher: Publisher
) -> None:
    assert harvest(endpoint) == truth_of(publisher)
    assert harvest(endpoint, "jmicro") == truth_of(publisher)
    expected = {record: gone for record, gone in truth_of(publisher).items() if record.startswith("mqa-")}
    assert harvest(endpoint, set="registry:mqa") == expected


@pytest.mark.slow
@pytest.mark.parametrize("harvest", CLIENTS)
def test_a_harvest_of_elm_has_what_conforms(harvest: Callable[..., State], endpoint: str, publisher: Publisher) -> None:
    assert harvest(endpoint, "elm") == truth_of(publisher)


@pytest.mark.parametrize("harvest", CLIENTS)
def test_an_incremental_harvest_brings_a_replica_up_to_date(
    harvest: Callable[..., State], endpoint: str, publisher: Publisher
) -> None:
    time.sleep(1.1)
    since = Sickle(endpoint).Identify().xml.getroottree().findtext("{*}responseDate")
    assert since is not None
    replica = harvest(endpoint)
    assert harvest(endpoint, **{"from": since}) == {}
    publisher.update(5, "改訂")
    publisher.delete(6)
    publisher.publish(50)
    changed = harvest(endpoint, **{"from": since})
    assert len(changed) == 3
    assert replica | changed == truth_of(publisher)
    assert harvest(endpoint, until="2001-01-01T00:00:00Z") == {}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, State]]:
    """A deployment of 20 000 records, 2 000 of them withdrawn, and what is true of it."""
    place = Workplace.of(Settings(home=tmp_path_factory.mktemp("large")))
    publisher = Publisher(place)
    for first in range(1, 20_001, 1000):
        publisher.publish(*range(first, first + 1000))
    publisher.delete(*range(1, 20_001, 10))
    with served(place) as address:
        yield f"{address}/oai", truth_of(publisher)
    place.database.close()


@pytest.mark.slow
@pytest.mark.parametrize("harvest", CLIENTS)
def test_twenty_thousand_records_come_with_their_deletions(
    harvest: Callable[..., State], large: tuple[str, State]
) -> None:
    endpoint, truth = large
    found = harvest(endpoint)
    assert (len(found), sum(found.values())) == (20_000, 2_000)
    assert found == truth


def test_sickle_reads_the_rest_of_the_protocol(endpoint: str, publisher: Publisher) -> None:
    client = Sickle(endpoint)
    assert client.Identify().deletedRecord == "persistent"
    prefixes = [one.metadataPrefix for one in client.ListMetadataFormats()]
    assert prefixes == ["oai_dc", "elm", "elm_xml", "jmicro", "dcat_ap"]
    datasets = list(client.ListRecords(metadataPrefix="dcat_ap", set="catalogue"))
    assert {one.header.identifier.rpartition("/")[2] for one in datasets} == {
        "all", "changes", "registry-jmicro", "registry-mqa",
    }  # fmt: skip
    assert [one.setSpec for one in client.ListSets()] == ["registry", "registry:jmicro", "registry:mqa", "catalogue"]
    first = next(iter(client.ListIdentifiers(metadataPrefix="oai_dc", set="registry:mqa")))
    record = client.GetRecord(identifier=first.identifier, metadataPrefix="oai_dc")
    assert record.metadata["title"]


def test_scythe_reads_the_rest_of_the_protocol(endpoint: str, publisher: Publisher) -> None:
    with Scythe(endpoint) as client:
        told: Any = client.identify()
        formats: Any = client.list_metadata_formats()
        sets: Any = client.list_sets()
        assert told.deletedRecord == "persistent"
        assert next(formats).metadataPrefix == "oai_dc"
        assert [one.setSpec for one in sets] == ["registry", "registry:jmicro", "registry:mqa", "catalogue"]
