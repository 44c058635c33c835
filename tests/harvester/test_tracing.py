"""Spans: none without somebody to send them to, and by OpenTelemetry's own interface where there is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from harvester.watching import tracing


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    found = tracing._tracer
    found.cache_clear()
    yield
    found.cache_clear()


def test_nothing_is_loaded_where_nobody_collects_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    monkeypatch.setattr(tracing, "import_module", refuse)
    with tracing.span("run", "one", 1):
        pass


def refuse(name: str) -> ModuleType:
    raise AssertionError(f"{name} was loaded")


def test_without_the_packages_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with tracing.span("run", "one", 1):
        pass


def test_a_step_is_a_span_with_its_registry_and_run(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, dict[str, Any]]] = []

    class Tracer:
        @contextmanager
        def start_as_current_span(self, name: str, attributes: dict[str, Any]) -> Iterator[None]:
            made.append((name, attributes))
            yield

    monkeypatch.setattr(tracing, "_tracer", Tracer)
    with tracing.span("run", "one", 7), tracing.span("crawl", "one", 7):
        pass
    attributes = {"kakehashi.registry": "one", "kakehashi.run": 7}
    assert made == [("kakehashi.run", attributes), ("kakehashi.crawl", attributes)]
