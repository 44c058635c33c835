"""What clients prefer, at every address of a record, whatever became of the record."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from starlette.testclient import TestClient

from tests.portal.publishing import BASE, Publisher, name

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PREFERENCES = {
    "*/*": "text/html",
    BROWSER: "text/html",
    "application/ld+json": "application/ld+json",
    "application/json": "application/json",
    "application/*": "application/ld+json",
    "text/turtle, application/rdf+xml;q=0.5": "text/turtle",
    "text/turtle;q=0.4, application/rdf+xml": "application/rdf+xml",
    "application/n-triples": "application/n-triples",
    "text/xml": "application/xml",
    "text/html;q=0, */*;q=0.1": "application/ld+json",
    'application/ld+json; profile="https://schema.org"': "application/ld+json",
    "image/png": None,
}
"""Header → the form that a record is given in; None when there is none that the client takes."""
RESOURCES = ("/id/mc/{}", "/mc/{}", "/mc/{}.ttl", "/mc/{}/linkset", "/mc/{}/versions", "/mc/{}/versions/1")
LIVE, DELETED, MERGED, SUCCESSOR = (name("jmicro", number) for number in range(1, 5))
PROBLEM = "application/problem+json"


class Expected(NamedTuple):
    status: int
    kind: str | None = None
    location: str | None = None


@pytest.fixture
def states(publisher: Publisher) -> None:
    """A record that stands, one that was withdrawn and one that was merged into another."""
    publisher.publish(1, 2, 3, 4)
    publisher.delete(2)
    publisher.delete(3, reason="merged", successor=SUCCESSOR)


def expected(resource: str, record: str, kind: str | None) -> Expected:
    """What an address answers to a client for which a record's form would be `kind`."""
    if resource == "/mc/{}/versions":
        return Expected(200, "application/json")
    if resource != "/mc/{}/versions/1":
        if record == DELETED:
            by_page = kind == "text/html" and resource != "/mc/{}.ttl"
            return Expected(410, "text/html" if by_page else PROBLEM)
        if record == MERGED:
            return Expected(301, location=BASE + resource.removeprefix("/id").format(SUCCESSOR))
    if resource == "/id/mc/{}":
        return Expected(303, location=f"{BASE}/mc/{record}")
    fixed = {"/mc/{}.ttl": "text/turtle", "/mc/{}/linkset": "application/linkset+json"}
    if resource in fixed:
        return Expected(200, fixed[resource])
    return Expected(200, kind) if kind else Expected(406, PROBLEM)


@pytest.mark.usefixtures("states")
@pytest.mark.parametrize("resource", RESOURCES)
def test_every_preference_is_answered_in_every_state(client: TestClient, resource: str) -> None:
    assert len(PREFERENCES) == 12
    wrong, unnamed = [], []
    for record in (LIVE, DELETED, MERGED):
        for accept, kind in PREFERENCES.items():
            found = client.get(resource.format(record), headers={"accept": accept})
            told = found.headers.get("content-type", "").partition(";")[0] or None
            seen = Expected(found.status_code, told, found.headers.get("location"))
            if seen != (meant := expected(resource, record, kind)):
                wrong.append((record, accept, seen, meant))
            if resource == "/mc/{}" and found.status_code != 301 and "Accept" not in found.headers.get("vary", ""):
                unnamed.append((record, accept))
    assert not wrong, "\n".join(map(str, wrong))
    assert not unnamed, "answers that depend on Accept without saying so"
