"""Every JSON-LD that the portal serves, as PyLD, rdflib and pyoxigraph understand it: one graph for all three."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import html
from starlette.testclient import TestClient

from crosswalks.openbadges.dump import OB3_CONTEXT
from harvester.workplace import Workplace
from portal.application import application
from portal.dumps.building import build
from portal.partners.log import PublicationLog
from tests.outside import test_ctdl, test_schemaorg
from tests.outside.judged_jsonld import graph_of
from tests.outside.test_downloads import HOSTILE
from tests.portal.publishing import BASE, Publisher, name

pytestmark = [pytest.mark.slow, pytest.mark.judges]
RECORD = "/mc/" + name("jmicro", 1)
FORMS = ("jsonld", "descriptor.jsonld", "ob3.json", "ctdl.json", "schemaorg.json")
PREFERRED = ("/catalogue", "/ldes", "/ldes/pages", "/ldes/pages/0", "/ns/descriptor", "/ns/codes")
LINKED = {"accept": "application/ld+json"}


class Known(dict[str, dict[str, Any]]):
    """Contexts of others, as the judges and the neighbouring tests have them; ours are fetched from where they are."""

    def __init__(self, client: TestClient, judges: Path) -> None:
        file = judges / "schemas" / "openbadges" / "ob-v3p0-context-3.0.3.json"
        super().__init__({OB3_CONTEXT: orjson.loads(file.read_bytes()), **test_ctdl.KNOWN, **test_schemaorg.KNOWN})
        self._client = client

    def __missing__(self, address: str) -> dict[str, Any]:
        assert address.startswith(f"{BASE}/ns/"), f"a context of nobody's: {address}"
        found = self._client.get(address)
        assert found.status_code == 200, address
        return self.setdefault(address, found.json())


@pytest.fixture
def client(place: Workplace) -> Iterator[TestClient]:
    publisher = Publisher(place)
    publisher.publish(1)
    publisher.publish(2, title={"en": HOSTILE[0], "ja": HOSTILE[2]})
    publisher.delete(2)
    Publisher(place, registry="europass").publish(3)
    build(PublicationLog(place.database, BASE), place.settings)
    with TestClient(application(place.settings, place.database), base_url=BASE) as client:
        yield client


def documents(client: TestClient) -> Iterator[tuple[str, Any]]:
    """Everything in JSON-LD that has an address, as it is served there."""
    for record in (
        RECORD,
        f"{RECORD}/versions/1",
        "/mc/" + name("europass", 3),
        "/mc/" + name("jmicro", 2) + "/versions/1",
    ):
        for form in FORMS:
            found = client.get(f"{record}.{form}")
            assert found.status_code == 200, (record, form)
            yield f"{record}.{form}", found.json()
    for address in (RECORD, *PREFERRED):
        found = client.get(address, headers=LINKED)
        assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (200, LINKED["accept"]), address
        yield address, found.json()
    (script,) = html.document_fromstring(client.get(RECORD).content).xpath(
        "//script[@type='application/ld+json']/text()"
    )
    yield f"{RECORD}.html", orjson.loads(str(script))
    packed = client.get("/dumps/latest/elm.jsonl.gz").content
    for number, line in enumerate(gzip.decompress(packed).splitlines()):
        yield f"/dumps/latest/elm.jsonl.gz#{number}", orjson.loads(line)


def test_three_processors_agree_on_every_document(client: TestClient, judges: Path) -> None:
    known, sizes = Known(client, judges), dict[str, int]()
    for address, document in documents(client):
        sizes[address] = len(graph_of(document, known, BASE + address))
    assert len(sizes) >= 4 * len(FORMS) + len(PREFERRED) + 4
    assert min(sizes.values()) > 3, sizes
