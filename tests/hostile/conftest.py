"""The fixtures of runs against servers that mean harm."""

from __future__ import annotations

import pytest

from harvester.workplace import Workplace
from tests.harvester.situations import extra_connectors, harvest_script, server, throwaway
from tests.hostile.inprocess import Here
from tests.hostile.situations import days

__all__ = ["days", "extra_connectors", "harvest_script", "here", "server", "throwaway"]


@pytest.fixture
def here(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> Here:
    return Here(place, monkeypatch)
