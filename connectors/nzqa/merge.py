"""One listing of what several pages say of one number: a row for each provider, and the record's own page.

What the record's own page says goes before the rows; where they contradict each other, that is told. Nothing
depends on the order in which pages were fetched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from pydantic import BaseModel

from config.messages import Issue
from connectors.contract import Found
from connectors.nzqa.providers import ListedProvider, ProviderPage, listed_key, page_key
from connectors.nzqa.results import type_key
from crosswalks.nzqa.model import NzqaListing, Provider
from crosswalks.nzqa.values import credits_of, level_of, maori_key, title_key
from crosswalks.text import matching_key

_COMPARED: dict[str, Callable[[str], object]] = {
    "title": title_key,
    "status": matching_key,
    "type": type_key,
    "level": lambda raw: level_of(raw) or raw,
    "credits": lambda raw: credits_of(raw) or raw,
}
"""Fields that both rows and pages state, and what two values of each must share to say the same."""

_MACRONS = re.compile("[āēīōūĀĒĪŌŪ]")
_ID_DIGITS = 9
_NUMBER_DIGITS = 4


def merge(found: list[Found]) -> tuple[Found, list[Issue]]:
    """Join the finds of one number; return the whole listing, and an issue where they contradict."""
    ordered = sorted(found, key=_order)
    pages = [one for one in ordered if one.places.get("kind") == "page"]
    main = pages[0] if pages else ordered[0]
    values: dict[str, Any] = {name: getattr(main.listing, name) for name in NzqaListing.model_fields}
    elsewhere: dict[str, dict[str, str]] = {}
    conflicts = []
    for name, key in _COMPARED.items():
        stated = [
            one for one in ordered if getattr(one.listing, name) is not None and not _mere_heading(one, name, ordered)
        ]
        chosen = _chosen(stated, name, main)
        if chosen is None:
            continue
        values[name] = getattr(chosen.listing, name)
        if chosen is not main:
            elsewhere[name] = _where(chosen, name)
        if len({key(getattr(one.listing, name)) for one in stated}) > 1:
            conflicts.append(name)
        if name == "title":
            values["languages"] = _languages(main, values["title"], stated)
    conflicts += _gather(values, ordered)
    for name in ("providers", "page"):
        source = next((one for one in ordered if getattr(one.listing, name)), None)
        if source is not None and source is not main:
            elsewhere[name] = _where(source, name)
    places = {**main.places, **({"elsewhere": elsewhere} if elsewhere else {})}
    whole = Found(NzqaListing.model_construct(**values), places)
    if not conflicts:
        return whole, []
    told = {"key": values["number"], "fields": ", ".join(sorted(conflicts))}
    return whole, [Issue("conflicting_duplicates", told)]


def _listing(found: Found) -> NzqaListing:
    return cast("NzqaListing", found.listing)


def _order(one: Found) -> tuple[str, tuple[str, ...], str, str]:
    ids = tuple(value for provider in _listing(one).providers for value in provider.provider_ids)
    return one.places.get("kind", ""), ids, one.places.get("payload", ""), str(one.places.get("at"))


def _mere_heading(one: Found, name: str, ordered: list[Found]) -> bool:
    """Tell whether a title is only the heading of a page: rows state a title, and none of them that one."""
    if name != "title" or "heading" not in one.places:
        return False
    titles = [title for other in ordered if other is not one and (title := _listing(other).title)]
    return bool(titles) and title_key(_listing(one).title or "") not in map(title_key, titles)


def _chosen(stated: list[Found], name: str, main: Found) -> Found | None:
    """Return where a value is taken from: the record's own page, else what most rows say.

    Where as many rows say one thing as another, the spelling with macrons goes first.
    """
    if not stated or any(one is main and one.places.get("kind") == "page" for one in stated):
        return main if stated else None
    values = [getattr(one.listing, name) for one in stated]
    counts = Counter(values)
    best = min(counts, key=lambda value: (-counts[value], -len(_MACRONS.findall(value)), value))
    return stated[values.index(best)]


def _where(one: Found, name: str) -> dict[str, str]:
    place = one.places.get("fields", {}).get(name)
    where = {"payload": str(one.places.get("payload")), "at": str(one.places.get("at"))}
    return {**where, "field": place} if place else where


def _languages(main: Found, title: str, stated: list[Found]) -> dict[str, str]:
    """Return the marks of the record's own page, and for the title that of any page that states it so."""
    own = {name: tag for name, tag in _listing(main).languages.items() if name != "title"}
    listings = [_listing(one) for one in stated]
    marks = [one.languages["title"] for one in listings if one.title == title and "title" in one.languages]
    return {**own, "title": marks[0]} if marks else own


def _gather(values: dict[str, Any], ordered: list[Found]) -> list[str]:
    """Put together what every find adds to: providers, unknown labels and columns, the record's address."""
    listings = [_listing(one) for one in ordered]
    conflicts = []
    others: dict[str, str] = dict(values["others"])
    for listing in listings:
        for label, value in listing.others.items():
            if others.setdefault(label, value) != value:
                conflicts.append(f"others.{label}")
    values["others"] = others
    values["page"] = min((listing.page for listing in listings if listing.page), default=None)
    values["providers"] = tuple(dict.fromkeys(provider for listing in listings for provider in listing.providers))
    return conflicts


def join(found: Found, lookups: Mapping[str, BaseModel]) -> Found:
    """Give providers their names, towns and organisation numbers, and take all sites of one together."""
    listing = _listing(found)
    if not listing.providers:
        return found
    known = [_known(provider, lookups) for provider in listing.providers]
    return Found(listing.model_copy(update={"providers": _as_set(known)}), found.places)


def _known(provider: Provider, lookups: Mapping[str, BaseModel]) -> Provider:
    name, towns, number = provider.name, provider.towns, provider.number
    for one in provider.provider_ids:
        listed, page = lookups.get(listed_key(one)), lookups.get(page_key(one))
        if isinstance(listed, ListedProvider):
            name, towns = listed.name or name, listed.towns
        if isinstance(page, ProviderPage):
            name, number = name or page.name, page.number or number
    return Provider(number=number, provider_ids=provider.provider_ids, name=name or None, towns=towns)


def _as_set(providers: Iterable[Provider]) -> tuple[Provider, ...]:
    """Return the organisations behind providers: one for each number, and names that no number belongs to."""
    groups: dict[str, list[Provider]] = {}
    named: list[Provider] = []
    for provider in providers:
        if key := _organisation(provider):
            groups.setdefault(key, []).append(provider)
        else:
            named.append(provider)
    names = {maori_key(one.name): key for key, group in sorted(groups.items()) for one in group if one.name}
    for provider in named:
        key = maori_key(provider.name or "")
        groups.setdefault(names.get(key, f"name {key}"), []).append(provider)
    return tuple(sorted((_one(group) for group in groups.values()), key=_sorting))


def _organisation(provider: Provider) -> str:
    """Return what tells an organisation apart: its number, else the digits of an id that stand for it."""
    if provider.number:
        return provider.number
    for value in provider.provider_ids:
        return value[:_NUMBER_DIGITS] if len(value) == _ID_DIGITS and value.isdigit() else value
    return ""


def _one(group: list[Provider]) -> Provider:
    with_id = sorted(group, key=lambda one: (not one.provider_ids, one.provider_ids, one.name or ""))
    return Provider(
        number=next((one.number for one in with_id if one.number), None),
        provider_ids=tuple(sorted({value for one in group for value in one.provider_ids})),
        name=next((one.name for one in with_id if one.name), None),
        towns=tuple(sorted({town for one in group for town in one.towns})),
    )


def _sorting(provider: Provider) -> tuple[str, str, tuple[str, ...]]:
    return maori_key(provider.name or "~"), provider.number or "", provider.provider_ids
