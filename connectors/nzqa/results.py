"""The list of what one provider offers: a sentence with a count, and a table read by headers or by order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from lxml import html

from config.messages import Issue
from connectors.contract import Extract, Found, Payload, Registry
from connectors.nzqa.addresses import own_url, parameter, relative
from connectors.pages import parse_page, text_of, unrecognised
from connectors.structure import of_table
from connectors.tables import Table, cells_of, expect_shape, find_table, places_of, rows_of, values_of
from crosswalks.nzqa.model import NzqaListing, Provider
from crosswalks.text import clean, matching_key, repaired

HEADERS = {
    "title": "title", "qualification title": "title", "qualification": "title", "name": "title",
    "micro-credential title": "title",
    "number": "number", "qualification number": "number", "no.": "number", "no": "number", "ref": "number",
    "reference": "number", "code": "number", "id": "number",
    "status": "status",
    "type": "type", "qualification type": "type",
    "level": "level",
    "credits": "credits", "credit": "credits", "credit value": "credits",
}  # fmt: skip
REQUIRED = frozenset({"title", "number", "type"})
ORDER = {"title": 1, "number": 2, "status": 3, "type": 4, "level": 5, "credits": 6}
"""The cells of a row where no headers tell them; the first holds an icon."""

NUMBER = re.compile(r"(?=[A-Z]*\d)[A-Z0-9]{3,12}")
_WHOLE_NUMBER = re.compile(NUMBER.pattern + "$")
_LEVEL = re.compile(r"(?:level )?\d{1,2}$|-$", re.IGNORECASE)
_STATED = re.compile(
    r"\b([\d,]{1,9}|no)\s+(?:qualifications?|micro-?credentials?|records?|results?)\s+(?:was |were )?found",
    re.IGNORECASE,
)
_NEXT = re.compile(r"^\s*(?:next\b|[>»›]+\s*$)", re.IGNORECASE)
_WORD = re.compile(r"[^a-z]")


@dataclass(frozen=True, slots=True)
class Row:
    """One micro-credential in a list: its number, and the address of its own page where it links to one."""

    number: str
    url: str | None


def provider_of(payload: Payload) -> str:
    """Return the provider whose list this is."""
    return payload.about.get("provider") or parameter(payload.url, "org")


def parse_results(payload: Payload, registry: Registry) -> Extract:
    """Return the micro-credentials of one list. Raises `StructureBroken`."""
    extract = Extract(stated_for=f"results {provider_of(payload)}")
    document = parse_page(payload, extract)
    table, extract.stated = _table(document, payload)
    if table is None:
        return extract
    for label in table.unknown:
        extract.issues.append(Issue("unknown_column", {"column": label}))
    extract.structure = of_table(table)
    extract.found = _listings(table, payload, registry, extract)
    return extract


def parse_rows(payload: Payload, registry: Registry) -> tuple[list[Row], list[str]]:
    """Return what the spider needs: the micro-credentials of a list, and further pages of it."""
    document = parse_page(payload)
    table, _ = _table(document, payload)
    if table is None:
        return [], []
    wanted = wanted_types(registry)
    rows = []
    for row in table.rows:
        pair = values_of(table, row)
        if pair and type_key(pair[0]["type"]) in wanted and NUMBER.fullmatch(pair[0]["number"]):
            rows.append(Row(pair[0]["number"], _own_page(row, payload, registry)))
    return rows, _next_pages(document, payload, registry)


def wanted_types(registry: Registry) -> frozenset[str]:
    """Return the values of Type that count as micro-credential, as `type_key` gives them."""
    return frozenset(type_key(str(value)) for value in registry.manifest.options.get("types", ()))


def type_key(text: str) -> str:
    """Return a value of Type for matching: `Micro-credential` and `Microcredentials` are one."""
    return _WORD.sub("", matching_key(text)).removesuffix("s")


def _table(document: html.HtmlElement, payload: Payload) -> tuple[Table | None, int | None]:
    """Return the table of a list and the count it states; no table where the list is stated to be empty."""
    stated = _stated(document)
    table = find_table(document, payload, HEADERS, REQUIRED) or _table_by_order(document)
    if table is None and stated != 0:
        raise unrecognised(document, payload, "neither a table of results nor a sentence that there are none")
    if table is not None:
        pairs = [pair[0] for row in table.rows if (pair := values_of(table, row))]
        numbers, levels = [pair["number"] for pair in pairs], [pair.get("level", "") for pair in pairs]
        expect_shape(numbers, _WHOLE_NUMBER, "Number", payload, least_share=0.5, unless_fewer=3)
        expect_shape(levels, _LEVEL, "Level", payload, least_share=0.5, unless_fewer=3)
    return table, stated


def _stated(document: html.HtmlElement) -> int | None:
    match = _STATED.search(clean(text_of(document)))
    if match is None:
        return None
    return 0 if match.group(1).lower() == "no" else int(match.group(1).replace(",", ""))


def _table_by_order(document: html.HtmlElement) -> Table | None:
    """Return the first table whose rows have seven cells and, in the second, a link to a record."""
    for table in cast("list[html.HtmlElement]", document.xpath("//table")):
        rows = rows_of(table)
        first = next((index for index, row in enumerate(rows) if _links_to_record(row)), None)
        if first is not None:
            return Table(table, ORDER, {}, rows[first:], cast("str", table.getroottree().getpath(table)))
    return None


def _links_to_record(row: html.HtmlElement) -> bool:
    cells = cells_of(row)
    return len(cells) >= len(ORDER) + 1 and any(
        parameter(link.get("href") or "", "selectedItemKey") for link in cells[1].iter("a")
    )


def _own_page(row: html.HtmlElement, payload: Payload, registry: Registry) -> str | None:
    for link in row.iter("a"):
        url = own_url(registry.manifest.address, payload.url, link.get("href") or "")
        if url and parameter(url, "selectedItemKey"):
            return url
    return None


def _next_pages(document: html.HtmlElement, payload: Payload, registry: Registry) -> list[str]:
    """Return further pages of the same list. None has been seen; should there be any, they are asked for."""
    found = set()
    for link in cast("Iterator[html.HtmlElement]", document.iter("a")):
        if not _NEXT.match(text_of(link)):
            continue
        url = own_url(registry.manifest.address, payload.url, link.get("href") or "")
        if url and parameter(url, "org") == provider_of(payload):
            found.add(url)
    return sorted(found)


def _listings(table: Table, payload: Payload, registry: Registry, extract: Extract) -> Iterator[Found]:
    wanted, provider, places = wanted_types(registry), provider_of(payload), places_of(table)
    passed: Counter[str] = Counter()
    first = len(rows_of(table.element)) - len(table.rows) + 1
    for position, row in enumerate(table.rows, first):
        pair = values_of(table, row)
        if pair is None:
            _odd_row(row, extract)
            continue
        values, others = {name: repaired(value) for name, value in pair[0].items()}, pair[1]
        if not any(values.values()):
            extract.blank += 1
            continue
        if HEADERS.get(matching_key(values["title"])) == "title" and HEADERS.get(matching_key(values["number"])):
            continue
        extract.rows += 1
        if type_key(values["type"]) not in wanted:
            passed["passed_over_type" if values["type"] else "passed_over_no_type"] += 1
            continue
        at = f"{table.path}//tr[{position}]"
        if not NUMBER.fullmatch(values["number"]):
            detail = f"no register number: {values['number']} {values['title']}".strip()
            extract.issues.append(Issue("row_invalid", {"detail": detail[:120]}, place=at))
            continue
        languages = {"title": tag} if (tag := _language(row, table, payload)) else {}
        url = _own_page(row, payload, registry)
        listing = NzqaListing(
            **{name: value for name, value in values.items() if value and value != "-"},
            providers=(Provider(provider_ids=(provider,)),) if provider else (),
            page=relative(payload.url, url) if url else None,
            languages=languages,
            others=others,
        )
        yield Found(listing, {"at": at, "fields": places, "payload": payload.hash, "kind": "row"})
    extract.passed_over.update(passed)
    extract.issues.extend(
        Issue("passed_over_no_type", {"count": n}) for code, n in passed.items() if code[-7:] == "no_type"
    )


def _odd_row(row: html.HtmlElement, extract: Extract) -> None:
    text = clean(text_of(row))
    if not text:
        extract.blank += 1
    elif not all(matching_key(clean(text_of(cell))) in {"", *HEADERS} for cell in cells_of(row)):
        extract.issues.append(Issue("row_invalid", {"detail": text[:120]}))


def _language(row: html.HtmlElement, table: Table, payload: Payload) -> str:
    """Return the language that the page marks on the whole title, empty where it marks none."""
    if b"lang=" not in payload.body:
        return ""
    cell = cells_of(row)[table.columns["title"]]
    whole = clean(text_of(cell))
    for element in cell.iter():
        if isinstance(element.tag, str) and element.get("lang") and clean(text_of(element)) == whole:
            return str(element.get("lang"))
    return ""
