"""What the register's answers say: provider lists and pages, lists of what each offers, pages of records."""

from __future__ import annotations

from connectors.contract import Extract, Payload, Registry
from connectors.nzqa.detail import parse_record
from connectors.nzqa.providers import parse_provider, parse_providers
from connectors.nzqa.results import parse_results


def parse(payload: Payload, registry: Registry) -> Extract:
    """Return what one payload says. Raises `StructureBroken`."""
    if payload.kind == "results":
        return parse_results(payload, registry)
    if payload.kind == "record":
        return parse_record(payload)
    if payload.kind == "providers":
        return parse_providers(payload)
    return parse_provider(payload)
