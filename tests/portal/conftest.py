"""A deployment in process: its publisher and a client of its portal; and a browser, with what it needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from harvester.workplace import Workplace
from portal.accounts import passwords
from portal.application import application
from tests import browser as browsers
from tests.conftest import _omit
from tests.portal.publishing import BASE, Publisher

REAL_HASHER = passwords._hasher
"""The hasher of a deployment, at its real cost."""


@pytest.fixture(scope="module", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords at the least cost there is: the tests here sign in hundreds of times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobodys.cache_clear()
        yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def publisher(place: Workplace) -> Publisher:
    return Publisher(place)


@pytest.fixture
def client(place: Workplace) -> Iterator[TestClient]:
    with TestClient(application(place.settings, place.database), base_url=BASE, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of one module; it reaches loopback only because nothing else is asked for."""
    if (executable := browsers.program()) is None:
        _omit(f"Chromium (install it, or set {browsers.GIVEN} to the program)")
        return
    with browsers.chromium(executable) as started:
        yield started


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A fresh tab without cookies, as wide as a desk, that waits no longer than ten seconds for anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
