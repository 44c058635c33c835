"""Who may deliver: lists by kind, in which a provider stands once for each site, and a provider's page."""

from __future__ import annotations

import re
from typing import cast

from lxml import html
from pydantic import BaseModel, ConfigDict

from config.messages import Issue
from connectors.contract import Extract, Payload
from connectors.nzqa.addresses import parameter
from connectors.nzqa.labelled import labelled
from connectors.nzqa.labels import labels
from connectors.pages import parse_page, text_of, unrecognised
from connectors.structure import of_labels
from connectors.tables import cells_of
from crosswalks.text import clean, repaired

_STATED = re.compile(r"\bThere (?:are|is) ([\d,]{1,9}|one) (?:Education )?(?:Organisation|provider)s?\b", re.IGNORECASE)
_NONE = re.compile(r"\bThere are no (?:providers|Education Organisations)\b", re.IGNORECASE)
_NOT_FOUND = re.compile(r"\bNo provider was found\b", re.IGNORECASE)
_NUMBER, _ID = re.compile(r"\d{4}"), re.compile(r"\d{9}")
_TITLE = re.compile(r"NZQA\s{0,3}[-–]\s{0,3}(.{1,200})$")


class ListedProvider(BaseModel):
    """A provider as the lists show it, all its sites together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    towns: tuple[str, ...] = ()


class ProviderPage(BaseModel):
    """What a provider's own page says that a listing needs: the organisation number and the name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str | None = None
    name: str | None = None


def listed_key(provider: str) -> str:
    """Return the look-up key of a provider in the lists."""
    return f"listed {provider}"


def page_key(provider: str) -> str:
    """Return the look-up key of a provider's page."""
    return f"page {provider}"


def parse_providers(payload: Payload) -> Extract:
    """Return the providers of one kind as look-ups. Raises `StructureBroken`."""
    extract = Extract(stated_for=f"providers {payload.about.get('type', '')}".strip())
    document = parse_page(payload, extract)
    sites = _sites(document, payload)
    found: dict[str, ListedProvider] = {}
    for provider, name, town in sites:
        before = found.get(provider, ListedProvider(name=name))
        towns = before.towns if not town or town in before.towns else (*before.towns, town)
        found[provider] = ListedProvider(name=before.name, towns=towns)
    extract.lookups.update({listed_key(provider): entry for provider, entry in found.items()})
    extract.structure = ("name", *(["town"] if any(town for _, _, town in sites) else [])) if sites else ()
    extract.stated = _stated(document)
    extract.rows = len(found) if len(found) == extract.stated else len(sites)
    return extract


def provider_ids(payload: Payload) -> list[str]:
    """Return the providers of a list, each once. Raises `StructureBroken`."""
    return list(dict.fromkeys(provider for provider, _, _ in _sites(parse_page(payload), payload)))


def _sites(document: html.HtmlElement, payload: Payload) -> list[tuple[str, str, str]]:
    """Return provider, name and town of every row that links to a provider. Raises `StructureBroken`."""
    sites = []
    for link in cast("list[html.HtmlElement]", document.xpath("//a[@href]")):
        provider = parameter(link.get("href") or "", "providerId")
        if provider:
            name, town = _name_and_town(link)
            sites.append((provider, name, town))
    if not sites and not _NONE.search(clean(text_of(document))):
        raise unrecognised(document, payload, "neither providers nor a sentence that there are none")
    return sites


def _name_and_town(link: html.HtmlElement) -> tuple[str, str]:
    name = repaired(clean(text_of(link)))
    row = next(link.iterancestors("tr"), None)
    if row is None:
        return name, ""
    texts = [repaired(clean(text_of(cell))) for cell in cells_of(row)]
    return name or texts[0], texts[1] if len(texts) > 1 else ""


def _stated(document: html.HtmlElement) -> int | None:
    text = clean(text_of(document))
    if match := _STATED.search(text):
        return 1 if match.group(1).lower() == "one" else int(match.group(1).replace(",", ""))
    return 0 if _NONE.search(text) else None


def parse_provider(payload: Payload) -> Extract:
    """Return a provider's page as a look-up; nothing where the register has no such provider."""
    extract = Extract()
    document = parse_page(payload, extract)
    provider = payload.about.get("provider") or parameter(payload.url, "providerId")
    if _NOT_FOUND.search(clean(text_of(document))):
        return extract
    values: dict[str, str] = {}
    found = labelled(document, labels("provider"))
    for item in found:
        if item.field in {"number", "name"}:
            values.setdefault(item.field, item.text)
    if match := _TITLE.search(clean(document.findtext(".//title") or "")):
        values.setdefault("name", match.group(1))
    extract.structure = of_labels(item.field for item in found if item.field)
    if not values and not any(item.field for item in found):
        raise unrecognised(document, payload, "no label of a provider")
    if (number := values.get("number", "")) and _is_of_another(number, provider):
        extract.issues.append(Issue("page_of_another_provider", {"asked": provider, "found": number}))
        return extract
    extract.lookups[page_key(provider)] = ProviderPage(**values)
    return extract


def _is_of_another(number: str, provider: str) -> bool:
    """Tell whether an organisation number is not that of a provider: its nine digits begin with that number."""
    return bool(_NUMBER.fullmatch(number) and _ID.fullmatch(provider)) and not provider.startswith(number)
