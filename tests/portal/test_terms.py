"""What is published below /ns: vocabulary and codes in three forms, contexts, schemas."""

from __future__ import annotations

import jsonschema
import orjson
import pyoxigraph as ox
import pytest
from lxml import html
from starlette.testclient import TestClient

from crosswalks.descriptor.jsonld import context
from crosswalks.openbadges import extension
from tests.portal.publishing import BASE, Publisher, name


@pytest.mark.parametrize("name", ["descriptor", "codes"])
def test_a_vocabulary_says_the_same_in_every_form(client: TestClient, name: str) -> None:
    turtle = client.get(f"/ns/{name}", headers={"accept": "text/turtle"})
    linked = client.get(f"/ns/{name}", headers={"accept": "application/ld+json"})
    page = client.get(f"/ns/{name}", headers={"accept": "text/html"})
    assert turtle.content == client.get(f"/ns/{name}.ttl").content
    statements = {str(one) for one in ox.parse(turtle.content, ox.RdfFormat.TURTLE)}
    assert {str(one.triple) for one in ox.parse(linked.content, ox.RdfFormat.JSON_LD)} == statements
    fragments = set(html.document_fromstring(page.content).xpath("//tr/@id"))
    subjects = {str(one.subject)[1:-1] for one in ox.parse(turtle.content, ox.RdfFormat.TURTLE)}
    assert fragments == {one.partition("#")[2] for one in subjects} - {""}
    assert "Accept" in turtle.headers["vary"]
    assert client.get(f"/ns/{name}", headers={"accept": "image/png"}).status_code == 406


def test_the_contexts_are_where_the_documents_say(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    record = client.get(f"/mc/{name('jmicro', 1)}.descriptor.jsonld").json()
    found = client.get(record["@context"])
    assert found.headers["content-type"] == "application/ld+json"
    assert found.json() == context()
    badge = client.get(f"/mc/{name('jmicro', 1)}.ob3.json").json()
    (own,) = [one for one in badge["@context"] if isinstance(one, str) and one.startswith(BASE)]
    assert client.get(own).json() == extension.context(BASE)


def test_the_json_schema_is_at_its_own_address_and_holds(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    found = client.get("/ns/descriptor/1.0/schema.json").json()
    assert found["$id"].endswith("/ns/descriptor/1.0/schema.json")
    record = client.get(f"/mc/{name('jmicro', 1)}.json").content
    jsonschema.validate(orjson.loads(record), found)


def test_other_names_are_not_there(client: TestClient) -> None:
    for address in ("/ns/none", "/ns/descriptor.docx", "/ns/descriptor/v2"):
        assert client.get(address).status_code == 404
