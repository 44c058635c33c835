"""A deployment in process: its publisher and a client of its portal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from harvester.workplace import Workplace
from portal.application import application
from tests.portal.publishing import BASE, Publisher


@pytest.fixture
def publisher(place: Workplace) -> Publisher:
    return Publisher(place)


@pytest.fixture
def client(place: Workplace) -> Iterator[TestClient]:
    with TestClient(application(place.settings, place.database), base_url=BASE, follow_redirects=False) as client:
        yield client
