"""What MQA's answers say: the list as a table or as DataTables JSON of either generation, and register pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import orjson
from lxml import html
from pydantic import BaseModel

from config.messages import Issue
from connectors.contract import Extract, Found, Payload, Registry, StructureBroken
from connectors.decode import decoded
from connectors.mqa import register
from connectors.pages import parse_page, text_of, unrecognised
from connectors.structure import of_records, of_table
from connectors.tables import Table, expect_shape, find_table, places_of, values_of
from crosswalks.mqa.model import MqaListing, RegisterEntry
from crosswalks.mqa.reference import parse_reference
from crosswalks.text import clean, matching_key, plain, repaired

HEADERS = {
    "bil": "bil", "bil.": "bil", "no": "bil", "no.": "bil",
    "kursus micro-credential": "title",
    "nama program akreditasi": "programme",
    "no rujukan akreditasi": "reference",
    "nama ppt": "provider",
}  # fmt: skip
REQUIRED = frozenset({"title", "programme", "reference", "provider"})
ORDER = ("bil", "title", "programme", "reference", "provider")
_REFERENCE = re.compile(r"^\s*(?:MQA|KPT|JPS|P?A\s?\d|A\s?\d|[A-Z]{1,5}\s?/)", re.IGNORECASE)
_NOTHING = re.compile(r"tiada (?:rekod|data|maklumat)|no (?:data|matching|records?)|sila tunggu|loading", re.IGNORECASE)
_NEXT = re.compile(r"^\s*(?:next\b|seterusnya|kemudian|[>»]+$)", re.IGNORECASE)
_STATED = re.compile(
    r"Paparan\s+(?:dari\s+)?[\d,.]+\s+hingga\s+[\d,.]+\s+dari(?:pada)?\s+([\d,.]+)\s+rekod", re.IGNORECASE
)

_SENTENCE = 200


@dataclass(slots=True)
class ListPage:
    """What the spider needs of a list page: `filled` is true when it has a row with a value.

    `planned_to` is the number of rows that the page states, where the further pages for all of them are known.
    """

    filled: bool
    columns: tuple[str, ...]
    scripts: str
    next_urls: list[str]
    references: list[tuple[str, str]]
    planned_to: int | None = None


@dataclass(slots=True)
class JsonPage:
    """What the spider needs of a JSON answer. `style` is the generation: `draw` or `sEcho`."""

    rows: int
    total: int
    style: str
    references: list[tuple[str, str]] = field(default_factory=list)


def parse(payload: Payload, registry: Registry) -> Extract:  # noqa: ARG001
    """Return what one payload says. Raises `StructureBroken`."""
    if payload.kind == "list-json" or (payload.kind == "list" and payload.media_type.endswith("json")):
        return _from_json(payload)
    if payload.kind == "list":
        return _from_table(payload)
    if payload.kind == "register-programme":
        return Extract(lookups=register.parse_programme(payload))
    return Extract()


def join(found: Found, lookups: Mapping[str, BaseModel]) -> Found:
    """Add the parent's register page to a row whose reference is a full accreditation."""
    listing = cast("MqaListing", found.listing)
    if not lookups or not listing.reference:
        return found
    parent = lookups.get(register.reference_key(listing.reference))
    if not isinstance(parent, RegisterEntry):
        return found
    return Found(listing.model_copy(update={"parent": parent}), found.places)


def parse_list(payload: Payload, *, parents: bool) -> ListPage:
    """Return what the spider needs of a list page, references only if it asks about parents. Raises `StructureBroken`.

    Otherwise the rows are left to the parser: one with a value is enough to know that the page has rows.
    """
    document = parse_page(payload)
    table = _table(document, payload)
    filled_rows = (pair[0] for row in table.rows if (pair := values_of(table, row)) and any(pair[0].values()))
    first = next(filled_rows, None)
    scripts = "\n".join(script.text or "" for script in document.iter("script"))
    columns = tuple(sorted(table.columns, key=lambda name: table.columns[name]))
    next_urls, planned_to = _next_urls(document, payload, filled=first is not None)
    references = _full_references([first, *filled_rows]) if parents and first is not None else []
    return ListPage(first is not None, columns, scripts, next_urls, references, planned_to)


def _full_references(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [
        (row["provider"], row["reference"])
        for row in rows
        if row["provider"] and row["reference"] and parse_reference(row["reference"]).kind == "full"
    ]


def _next_urls(document: html.HtmlElement, payload: Payload, *, filled: bool) -> tuple[list[str], int | None]:
    """Return the addresses of further pages: only the row to start at is taken from a link, never its host.

    Where the first page states how many rows there are, all pages are known at once; that number is returned too.
    """
    starts = set()
    for link in cast("list[html.HtmlElement]", document.xpath("//a[@href]")):
        query = urlsplit(urljoin(payload.url, link.get("href") or "")).query
        found = [value for name, value in parse_qsl(query) if name.lower() == "startrow" and value.isdigit()]
        if found and _NEXT.match(clean(text_of(link))):
            starts.add(int(found[0]))
    here = urlsplit(payload.url)
    kept = [(name, value) for name, value in parse_qsl(here.query) if name.lower() != "startrow"]
    stated = _stated(document, payload)
    all_known = bool(starts and stated and filled and len(kept) == len(parse_qsl(here.query)))
    if all_known and stated:
        starts.update(range(min(starts), stated + 1, min(starts) - 1))
    urls = [
        here._replace(query=urlencode([*kept, ("StartRow", str(start))]), fragment="").geturl()
        for start in sorted(starts)
    ]
    return urls, stated if all_known else None


def stated_bare(payload: Payload) -> int | None:
    """Return the number of rows that a page states without markup in the sentence, None when it does not.

    A cheap look at the bytes, for a page that is read in full later.
    """
    found = payload.body.rfind(b"Paparan")
    match = _STATED.match(payload.body[found : found + _SENTENCE].decode("utf-8", "replace")) if found >= 0 else None
    return int(re.sub(r"\D", "", match.group(1))) if match else None


def _stated(document: html.HtmlElement, payload: Payload) -> int | None:
    if b"aparan" not in payload.body:
        return None
    for words in cast("list[Any]", document.xpath("//text()[contains(., 'aparan')]")):
        element = words.getparent()
        while element is not None:
            if match := _STATED.search(text_of(element)):
                return int(re.sub(r"\D", "", match.group(1)))
            element = element.getparent()
    return None


def _table(document: html.HtmlElement, payload: Payload) -> Table:
    table = find_table(document, payload, HEADERS, REQUIRED)
    if table is None:
        raise unrecognised(document, payload, "no table with the columns of the list")
    return table


def _from_table(payload: Payload) -> Extract:
    extract = Extract()
    document = parse_page(payload, extract)
    table = _table(document, payload)
    extract.stated, extract.stated_for = _stated(document, payload), "list"
    for label in table.unknown:
        extract.issues.append(Issue("unknown_column", {"column": label}))
    extract.structure = of_table(table)
    extract.found = _rows_of_table(table, payload, extract)
    return extract


def _rows_of_table(table: Table, payload: Payload, extract: Extract) -> Iterator[Found]:
    rows = [(row, values_of(table, row)) for row in table.rows]
    _check_shape([pair[0]["reference"] for _, pair in rows if pair], payload)
    places = places_of(table)
    for number, (row, pair) in enumerate(rows, 1):
        if pair is None:
            if not _NOTHING.search(text_of(row)) and text_of(row).strip():
                extract.issues.append(
                    Issue("row_invalid", {"detail": clean(text_of(row))[:120]}, place=f"row {number}")
                )
            elif not text_of(row).strip():
                extract.blank += 1
            continue
        yield from _listing(pair[0], pair[1], places, f"{table.path}//tr[{number + 1}]", extract)


def _check_shape(references: list[str], payload: Payload) -> None:
    expect_shape(references, _REFERENCE, "No Rujukan Akreditasi", payload, least_share=0.5, unless_fewer=3)


def _listing(
    values: dict[str, str], others: dict[str, str], places: dict[str, str], at: str, extract: Extract
) -> Iterator[Found]:
    title, programme, reference, provider = (
        repaired(values[name]) for name in ("title", "programme", "reference", "provider")
    )
    if _is_header(title, provider):
        return
    extract.rows += 1
    if not (title or programme or reference or provider):
        extract.blank += 1
        return
    if not title:
        detail = " / ".join(filter(None, (programme, reference, provider)))
        extract.issues.append(Issue("row_invalid", {"detail": f"no title: {detail}"}, place=at))
        return
    listing = MqaListing(
        title=title,
        programme=programme or None,
        reference=reference or None,
        provider=provider or None,
        others=others,
    )
    yield Found(listing, {"at": at, "fields": places, "bil": values.get("bil", "")})


def _is_header(title: str, provider: str) -> bool:
    return title == "Kursus Micro-Credential" or (
        HEADERS.get(matching_key(title)) == "title" and HEADERS.get(matching_key(provider)) == "provider"
    )


def json_list(payload: Payload) -> JsonPage:
    """Return what the spider needs of a JSON answer. Raises `StructureBroken`."""
    rows, total, style = _json(payload)
    order = _columns(payload)
    values = [pair[0] for row in rows if (pair := _json_values(row, order))]
    return JsonPage(len(rows), total, style, _full_references(values))


def _json(payload: Payload) -> tuple[list[Any], int, str]:
    text, _ = decoded(payload)
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise StructureBroken.of("parse_failed", detail=str(error), url=payload.url) from None
    rows = data.get("data", data.get("aaData")) if isinstance(data, dict) else None
    if not isinstance(rows, list):
        detail = "neither `data` nor `aaData` is a list of rows"
        raise StructureBroken.of("structure_changed", detail=detail, url=payload.url)
    total = data.get("recordsTotal", data.get("iTotalRecords", len(rows)))
    if not str(total).isdigit():
        detail = f"the number of records is {total!r}"
        raise StructureBroken.of("structure_changed", detail=detail, url=payload.url)
    return rows, int(str(total)), "sEcho" if "aaData" in data else "draw"


def _columns(payload: Payload) -> tuple[str, ...]:
    return tuple(filter(None, payload.about.get("columns", "").split(","))) or ORDER


def _json_values(row: Any, order: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]] | None:
    """Return a JSON row by field, and its further values; None when it is neither a list nor an object of cells."""
    if isinstance(row, list) and len(row) >= len(order):
        cells = [clean(plain("" if cell is None else str(cell))) for cell in row]
        values = dict(zip(order, cells, strict=False))
        others = {f"column {number + 1}": cells[number] for number in range(len(order), len(cells)) if cells[number]}
    elif isinstance(row, dict):
        named = {str(key): clean(plain("" if cell is None else str(cell))) for key, cell in row.items()}
        fields = {key: HEADERS.get(matching_key(key.replace("_", " "))) for key in named}
        values = {name: named[key] for key, name in fields.items() if name}
        others = {key: named[key] for key, name in fields.items() if name is None and named[key] and key[:3] != "DT_"}
    else:
        return None
    return (values, others) if values.keys() >= REQUIRED else None


def _from_json(payload: Payload) -> Extract:
    rows, total, style = _json(payload)
    extract = Extract(stated=total, stated_for="list", structure=(style, *of_records(rows)))
    extract.found = _rows_of_json(rows, payload, extract)
    return extract


def _rows_of_json(rows: list[Any], payload: Payload, extract: Extract) -> Iterator[Found]:
    order = _columns(payload)
    places = {name: f"/{number}" for number, name in enumerate(order)}
    pairs = [_json_values(row, order) for row in rows]
    if rows and not any(pairs):
        raise StructureBroken.of(
            "columns_changed", expected=", ".join(ORDER), found=str(rows[0])[:200], url=payload.url
        )
    _check_shape([pair[0]["reference"] for pair in pairs if pair], payload)
    for number, pair in enumerate(pairs):
        at = f"/data/{number}"
        if pair is None:
            extract.rows += 1
            extract.issues.append(Issue("row_invalid", {"detail": str(rows[number])[:120]}, place=at))
            continue
        yield from _listing(pair[0], pair[1], places, at, extract)
