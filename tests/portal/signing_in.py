"""Accounts for tests, and clients that are signed in with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.testclient import TestClient

from harvester.workplace import Workplace
from portal.accounts.managing import add
from portal.application import application
from portal.routing import Routes
from store.accounts import accounts

PASSWORD = "a sentence that nobody else uses"
HERE = "https://kakehashi.example"


def account(place: Workplace, role: str, name: str = "") -> str:
    """Add an account and return its name; what it is shown as is somebody made up."""
    called = name or role
    add(place.database, "test", called, role, shown=f"架空 {called}", password=PASSWORD)
    return called


def mark_in(text: str) -> str:
    """The hidden field of the first form of a page."""
    found = re.search(r'name="form" value="([0-9a-f]{64})"', text)
    assert found, "the page has no form"
    return found.group(1)


def sign_in(client: TestClient, name: str, password: str = PASSWORD, then: str = "") -> TestClient:
    """Sign in as a browser does: open the page, send its form."""
    page = client.get("/en/sign-in")
    sent = {"form": mark_in(page.text), "name": name, "password": password, "next": then}
    done = client.post("/en/sign-in", data=sent)
    assert done.status_code == 303, done.text
    return client


@contextmanager
def signed_in(place: Workplace, role: str, base: str = HERE) -> Iterator[TestClient]:
    """A client of a deployment, signed in with an account of a role."""
    if role not in _known(place):
        account(place, role)
    with TestClient(application(place.settings, place.database), base_url=base, follow_redirects=False) as client:
        yield sign_in(client, role)


def mark(client: TestClient, language: str = "en") -> str:
    """The hidden field for a client's forms."""
    return mark_in(client.get(f"/{language}/account").text)


def routes(place: Workplace) -> list[tuple[str, str]]:
    """Every method and path that the application answers to; all of them are behind the door."""
    (behind_the_door,) = application(place.settings, place.database).routes
    assert isinstance(behind_the_door, Routes)
    return [(method, way.path) for way in behind_the_door.ways for method in sorted(way.methods - {"HEAD"})]


def _known(place: Workplace) -> set[str]:
    return {row["name"] for row in accounts(place.database)}
