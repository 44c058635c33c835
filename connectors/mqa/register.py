"""The Malaysian Qualifications Register, asked only for the parents of listed parts.

Its pages are layout tables of the nineties: header cells are ordinary cells and repeat, junk rows stand among the
data, a provider's contact data stands beside its programmes, and durations are tables inside tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import html
from pydantic import BaseModel

from connectors.contract import Payload
from connectors.pages import parse_page, text_of, unrecognised
from connectors.tables import cells_of, rows_of
from crosswalks.mqa.model import RegisterEntry
from crosswalks.mqa.reference import parse_reference
from crosswalks.text import clean, matching_key, repaired

_NEXT = re.compile(r"^\s*next\b.*\brecords?\b", re.IGNORECASE)
_FORMERLY = re.compile(
    r"\s{0,9}\(?\s{0,9}(?:previously known as|nama lama)\s{0,9}:\s{0,9}([^()]{1,300})\)?\s{0,9}$", re.IGNORECASE
)
_NOT_FOUND = (
    "no such record of the information in the database",
    "tiada rekod maklumat tersebut di dalam pangkalan data",
)
_LABELS = {
    "name of qualification": "title", "nama kelayakan": "title",
    "certificate number": "reference", "no. sijil": "reference", "no. rujukan": "reference",
    "date of accreditation": "accredited_on", "tarikh akreditasi": "accredited_on",
    "compliance audit": "compliance_audit",
    "mqf level": "mqf_level", "tahap mqf": "mqf_level",
    "nec field": "nec_field", "nec field (national education code)": "nec_field",
    "number of credits": "credits", "jumlah kredit": "credits",
    "mode of study": "mode_of_study", "mod pengajian": "mode_of_study",
    "mode of delivery": "mode_of_delivery",
    "duration of study": "duration", "duration of study (years)": "duration",
    "remark": "remarks", "remarks": "remarks", "remark(s)": "remarks", "catatan": "remarks",
}  # fmt: skip


@dataclass(slots=True)
class ProvidersPage:
    """Provider names with the addresses of their pages, and further pages of the list."""

    providers: list[tuple[str, str]]
    next_urls: list[str]


def reference_key(reference: str) -> str:
    """Return a form of a reference that is the same however it was spaced: kind and number, or the text itself."""
    parsed = parse_reference(reference)
    return f"{parsed.kind} {parsed.number}" if parsed.number else matching_key(reference)


def split_former_name(name: str) -> tuple[str, str | None]:
    """Return a name without its "(Previously known as : …)", and the former name."""
    if match := _FORMERLY.search(name):
        return name[: match.start()].strip(), match.group(1).strip()
    return name, None


def parse_providers(payload: Payload) -> ProvidersPage:
    """Return the providers of one page of the register's list. Rows without a provider link are junk."""
    document = parse_page(payload)
    providers, next_urls = [], []
    for link in cast("list[html.HtmlElement]", document.xpath("//a[@href]")):
        url = urljoin(payload.url, link.get("href") or "")
        text = clean(text_of(link))
        names = {name.lower() for name, _ in parse_qsl(urlsplit(url).query)}
        if "idakripts" in names and text:
            providers.append((split_former_name(repaired(text))[0], url))
        elif "startrow" in names and _NEXT.match(text):
            next_urls.append(url)
    if not providers:
        raise unrecognised(document, payload, "no provider with a link to its programmes")
    return ProvidersPage(providers, sorted(set(next_urls)))


def programme_links(payload: Payload) -> dict[str, str]:
    """Return the addresses of a provider's programmes by the key of their references."""
    document = parse_page(payload)
    links: dict[str, str] = {}
    for link in cast("list[html.HtmlElement]", document.xpath("//a[@href]")):
        url = urljoin(payload.url, link.get("href") or "")
        for name, value in parse_qsl(urlsplit(url).query):
            if name.lower() == "noruja" and value.strip():
                links.setdefault(reference_key(clean(value)), url)
    return links


def parse_programme(payload: Payload) -> dict[str, BaseModel]:
    """Return a programme's page by the key of its reference; nothing when the register says it has no such record."""
    document = parse_page(payload)
    whole = matching_key(text_of(document))
    if any(sentence in whole for sentence in _NOT_FOUND):
        return {}
    values, others = _labelled(document)
    if "title" not in values or not (reference := values.get("reference") or payload.about.get("reference")):
        raise unrecognised(document, payload, "no labelled programme data")
    title, former = split_former_name(values.pop("title"))
    values["reference"] = reference
    entry = RegisterEntry(title=title, former_title=former, others=others, **values)
    return {reference_key(reference): entry, payload.about.get("reference", reference_key(reference)): entry}


def _labelled(document: html.HtmlElement) -> tuple[dict[str, str], dict[str, str]]:
    """Return the label-colon-value rows of the outermost tables that have them; nested tables are part of a value."""
    values: dict[str, str] = {}
    others: dict[str, str] = {}
    for table in cast("list[html.HtmlElement]", document.xpath("//table")):
        for row in rows_of(table):
            cells = cells_of(row)
            if len(cells) != 3 or clean(text_of(cells[1])) != ":" or _inside_value(table):
                continue
            label, value = clean(text_of(cells[0])).rstrip(":").strip(), repaired(clean(text_of(cells[2])))
            if not label or not value:
                continue
            if name := _LABELS.get(matching_key(label)):
                values.setdefault(name, value)
            else:
                others.setdefault(label, value)
    return values, others


def _inside_value(table: html.HtmlElement) -> bool:
    """Tell whether a table stands in the value cell of a labelled row."""
    for ancestor in table.iterancestors("td"):
        row = ancestor.getparent()
        if row is not None and row.tag == "tr":
            cells = cells_of(row)
            if len(cells) == 3 and clean(text_of(cells[1])) == ":":
                return True
    return False
