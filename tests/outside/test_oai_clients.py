"""Harvesters that others wrote take everything, and then what changed, out of the OAI-PMH endpoint."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from oaipmh_scythe import Scythe, exceptions
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch

from config.settings import Settings
from harvester.workplace import Workplace
from tests.conftest import _omit
from tests.portal.publishing import Publisher
from tests.portal.serving import served

State = dict[str, bool]
"""What a harvester knows: record → whether it is deleted."""
PAGE = 7
SLIM: dict[str, Any] = {
    **dict.fromkeys(("description", "issuer", "volume", "quality_assurance", "certificate", "fee", "recognition")),
    **dict.fromkeys(("learning_outcomes", "assessment", "level", "credit", "field", "teaching_method", "offer"), ()),
}
"""Of a record, little more than its title: a harvest of many is about the lists, not about writing what is in them."""
HARVESTERS, STANDING, BATCHES, BATCH = 8, 1500, 20, 50
PATIENCE = 60


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


def by_catmandu(endpoint: str, prefix: str = "oai_dc", *options: str) -> State:
    program = shutil.which("catmandu")
    if program is None:
        _omit("Catmandu with its OAI module (Debian: libcatmandu-oai-perl)")
        return {}
    asked = ["convert", "OAI", "--url", endpoint, "--metadataPrefix", prefix, *options]
    done = subprocess.run(
        [program, *asked, "to", "JSON", "--line_delimited", "1"], capture_output=True, check=True, timeout=180
    )
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return {one["_identifier"].rpartition(":")[2]: one["_status"] == "deleted" for one in records}


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
        publisher.publish(*range(first, first + 1000), **SLIM)
    publisher.delete(*range(1, 20_001, 10))
    with served(place) as address:
        yield f"{address}/oai", truth_of(publisher)
    place.database.close()


@pytest.mark.slow
@pytest.mark.parametrize("harvest", [*CLIENTS, by_catmandu])
def test_twenty_thousand_records_come_with_their_deletions(
    harvest: Callable[..., State], large: tuple[str, State]
) -> None:
    endpoint, truth = large
    found = harvest(endpoint)
    assert (len(found), sum(found.values())) == (20_000, 2_000)
    assert found == truth


@pytest.mark.slow
def test_catmandu_takes_everything_with_its_deletions(endpoint: str, publisher: Publisher) -> None:
    assert by_catmandu(endpoint) == truth_of(publisher)
    expected = {record: gone for record, gone in truth_of(publisher).items() if record.startswith("mqa-")}
    assert by_catmandu(endpoint, "jmicro", "--set", "registry:mqa", "--handler", "raw") == expected


def titles_by_sickle(endpoint: str, **span: str) -> Iterator[tuple[str, str | None]]:
    for one in Sickle(endpoint).ListRecords(metadataPrefix="oai_dc", **span):
        title = None if one.deleted else one.metadata["title"][0]
        yield one.header.identifier.rpartition(":")[2], title


def titles_by_scythe(endpoint: str, **span: str) -> Iterator[tuple[str, str | None]]:
    named: dict[str, Any] = {"from_" if name == "from" else name: value for name, value in span.items()}
    with Scythe(endpoint) as client:
        for one in client.list_records(metadata_prefix="oai_dc", **named):
            record: Any = one
            title = None if record.deleted else record.metadata["title"][0]
            yield record.header.identifier.rpartition(":")[2], title


def change_everything(publisher: Publisher) -> Iterator[int]:
    """Publish a thousand changes in batches: new records, other titles, withdrawals; give the number of each batch."""
    for batch in range(BATCHES):
        first = batch * BATCH + 1
        if batch % 4 == 0:
            publisher.publish(*range(STANDING + first, STANDING + first + BATCH), **SLIM)
        elif batch % 4 == 1:
            publisher.delete(*range(first, first + BATCH))
        else:
            slim = {**SLIM, "title": {"ja": f"改訂 {batch}"}}
            publisher.publish(*range(first, first + BATCH), op="changed", **slim)
        yield batch


@pytest.mark.slow
def test_eight_harvesters_while_a_thousand_changes_are_published_end_with_the_truth(place: Workplace) -> None:
    publisher = Publisher(place)
    publisher.publish(*range(1, STANDING + 1), **SLIM)
    all_begun, going_on = threading.Barrier(HARVESTERS + 1), threading.Event()

    def harvest(number: int) -> tuple[dict[str, str | None], str]:
        """Take everything; a batch is published between the first record and the rest."""
        since = Sickle(oai).Identify().xml.getroottree().findtext("{*}responseDate")
        assert since is not None
        records = (titles_by_sickle if number % 2 else titles_by_scythe)(oai)
        replica = dict([next(records)])
        all_begun.wait(PATIENCE)
        assert going_on.wait(PATIENCE)
        return replica | dict(records), since

    with served(place, oai_page_size=50) as address, ThreadPoolExecutor(HARVESTERS) as pool:
        oai = f"{address}/oai"
        begun = [pool.submit(harvest, number) for number in range(HARVESTERS)]
        all_begun.wait(PATIENCE)
        for _ in change_everything(publisher):
            going_on.set()
        replicas = [one.result() for one in begun]
        truth = publisher.truth
        assert all(replica != truth for replica, _ in replicas)
        for number, (replica, since) in enumerate(replicas):
            later = (titles_by_sickle if number % 2 else titles_by_scythe)(oai, **{"from": since})
            assert replica | dict(later) == truth
    assert len(truth) == STANDING + BATCHES // 4 * BATCH
    assert sum(title is None for title in truth.values()) == BATCHES // 4 * BATCH


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
