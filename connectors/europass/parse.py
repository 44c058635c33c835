"""What Europass's answers say, by what was asked."""

from __future__ import annotations

from collections.abc import Iterator

from config.messages import Issue
from connectors.contract import Extract, Found, Payload, Registry
from connectors.europass.api import parse_detail, parse_page
from connectors.europass.dcat import parse_catalogue
from connectors.europass.files import expect_records, name_of, opened
from connectors.europass.listed import LONGEST_NAME, Walk, candidates
from connectors.europass.nodes import InMemory
from connectors.europass.options import Setting, setting_of
from connectors.europass.sparql import count_of, rows_of


def parse(payload: Payload, registry: Registry) -> Extract:
    """Return what one payload says. Raises `StructureBroken`."""
    setting = setting_of(registry)
    if payload.kind == "catalogue":
        return parse_catalogue(payload, setting)
    if payload.kind == "search":
        return parse_page(payload)
    if payload.kind == "detail":
        return parse_detail(payload, setting)
    if payload.kind == "sparql-count":
        return Extract(stated=count_of(payload), stated_for=_class_list(payload))
    if payload.kind == "sparql-roots":
        return _from_roots(payload, setting)
    if payload.kind == "sparql-statements":
        extract = Extract(stated_for="statements")
        extract.found = _from_statements(payload, setting, extract)
        return extract
    return _from_files(payload, setting)


def _from_files(payload: Payload, setting: Setting) -> Extract:
    """Return what a data file says; the files of one unit are read together, with the first of them."""
    parts = sorted((payload, *payload.beside), key=lambda part: part.url)
    if parts[0] is not payload:
        return Extract()
    extract = Extract(stated_for=f"dump {payload.about['country']}" if "country" in payload.about else "file")
    extract.structure = tuple(sorted({name_of(part).rpartition(".")[2].lower() for part in parts}))
    extract.found = _listings_of_files(parts, setting, extract)
    return extract


def _listings_of_files(parts: list[Payload], setting: Setting, extract: Extract) -> Iterator[Found]:
    numbers, bodies = {part.about.get("part", part.url) for part in parts}, {part.hash for part in parts}
    all_parts = int(parts[0].about.get("parts", len(bodies)))
    held_parts = min(len(numbers), len(bodies))
    files = ", ".join(name_of(part) for part in parts)
    with opened(parts, setting) as held:
        walk = Walk(held, setting.options, extract, extract.stated_for, (held_parts, all_parts))
        yield from walk.listings(held.roots(), file=files)
    expect_records(extract.rows, parts)


def _from_roots(payload: Payload, setting: Setting) -> Extract:
    """Return the records of a range that no rule takes; the others come with their statements.

    An answer that reached the limit says nothing: narrower ranges say it again.
    """
    extract = Extract(stated_for=_class_list(payload))
    rows = rows_of(payload)
    if rows.size < setting.options.sparql.rows:
        for candidate in candidates(rows.roots, InMemory(rows.graph), setting.options, extract):
            if len(candidate.root) > LONGEST_NAME:
                extract.issues.append(Issue("row_invalid", {"detail": f"identifier too long: {candidate.root[:120]}"}))
    return extract


def _from_statements(payload: Payload, setting: Setting, extract: Extract) -> Iterator[Found]:
    asked = payload.about["records"].split("\n")
    rows = rows_of(payload)
    if rows.size >= setting.options.sparql.rows:
        if len(asked) == 1:
            params = {"limit": setting.options.sparql.rows}
            extract.issues.append(Issue("elm_listing_too_large", params, place=asked[0]))
        return
    walk = Walk(InMemory(rows.graph), setting.options, extract, "statements")
    yield from walk.listings(root for root in asked if root in rows.roots)
    for root in asked:
        if root not in rows.roots:
            extract.issues.append(Issue("record_not_returned", {"record_iri": root}, place=root))


def _class_list(payload: Payload) -> str:
    return f"sparql {payload.about['class']}"
