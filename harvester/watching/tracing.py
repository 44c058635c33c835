"""Spans of OpenTelemetry around the steps of a run, for deployments that collect traces.

Without its packages nothing happens. With `opentelemetry-sdk` and an exporter installed beside Kakehashi, and the
usual `OTEL_…` variables set (`OTEL_EXPORTER_OTLP_ENDPOINT` above all), the process that executes a run sends a span for
the run and one for each step: `crawl`, `read`, `publish`. They carry the registry's and the run's name, never
anything of a record.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from typing import Any

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_EXPORTERS = ("opentelemetry.exporter.otlp.proto.http", "opentelemetry.exporter.otlp.proto.grpc")


@contextmanager
def span(name: str, registry: str, run: int) -> Iterator[None]:
    """Have a step measured, if traces are collected."""
    tracer = _tracer()
    if tracer is None:
        yield
        return
    attributes = {"kakehashi.registry": registry, "kakehashi.run": run}
    with tracer.start_as_current_span(f"kakehashi.{name}", attributes=attributes):
        yield


@cache
def _tracer() -> Any:
    """Return what makes spans; None where nobody would receive them."""
    if not any(os.environ.get(name) for name in _ENDPOINTS):
        return None
    try:
        trace, sdk = import_module("opentelemetry.trace"), import_module("opentelemetry.sdk.trace")
        export, resources = (
            import_module("opentelemetry.sdk.trace.export"),
            import_module("opentelemetry.sdk.resources"),
        )
    except ImportError:
        return None
    provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": _service()}))
    for name in _EXPORTERS:
        with suppress(ImportError):
            exporter = import_module(f"{name}.trace_exporter").OTLPSpanExporter()
            provider.add_span_processor(export.BatchSpanProcessor(exporter))
            return trace.get_tracer("kakehashi", tracer_provider=provider)
    return None


def _service() -> str:
    return os.environ.get("OTEL_SERVICE_NAME", "kakehashi")
