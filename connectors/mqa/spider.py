"""What to ask MQA for: the list in whichever of its three transports it comes, and register pages of parents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from connectors.contract import Ask, Payload, Registry
from connectors.mqa import register
from connectors.mqa.parse import json_list, parse_list, stated_bare
from crosswalks.text import matching_key

_AJAX = re.compile(
    r"""["']?(?P<style>sAjaxSource|ajax)["']?\s{0,5}:\s{0,5}(?:\{\s{0,5}["']?url["']?\s{0,5}:\s{0,5})?["'](?P<url>[^"'<>\s]{1,500})["']"""
)


class MqaSpider:
    """Follows `StartRow` links and DataTables pages; asks the register only about fully accredited parents."""

    def __init__(self, registry: Registry) -> None:
        self._manifest = registry.manifest
        self._options = registry.manifest.options
        self._planned_to: int | None = None
        self._wanted: dict[str, set[str]] = {}
        self._providers: dict[str, str] = {}
        self._programmes: dict[str, str] = {}

    def start(self) -> Iterable[Ask]:
        """Begin with the list, and with the register's provider list when one is set."""
        yield Ask("list", self._manifest.address)
        if register_address := self._options.get("register"):
            yield Ask("register-providers", register_address, aside=True)

    def follow(self, payload: Payload) -> Iterable[Ask]:
        """Go on through the pages of the list and the register."""
        if payload.kind == "list":
            yield from self._after_page(payload)
        elif payload.kind == "list-json":
            yield from self._after_json(payload)
        elif payload.kind == "register-providers":
            yield from self._after_providers(payload)
        elif payload.kind == "register-provider":
            self._programmes.update(register.programme_links(payload))
        yield from self._parents()

    def _after_page(self, payload: Payload) -> Iterator[Ask]:
        if payload.media_type.endswith("json"):
            yield from self._after_json(payload)
            return
        parents = bool(self._options.get("register"))
        if self._planned_to is not None and not parents and stated_bare(payload) == self._planned_to:
            return
        page = parse_list(payload, parents=parents)
        self._planned_to = page.planned_to
        self._note_parents(page.references)
        yield from (Ask("list", url) for url in page.next_urls)
        if page.filled or self._options.get("transport") == "html":
            return
        source = self._options.get("data_url")
        style = "draw"
        if found := _AJAX.search(page.scripts):
            source = source or found.group("url")
            style = "sEcho" if found.group("style") == "sAjaxSource" else "draw"
        if source:
            columns = ",".join(page.columns)
            yield self._json_page(urljoin(payload.url, source), style, columns, 0)

    def _json_page(self, url: str, style: str, columns: str, start: int) -> Ask:
        length = int(self._options.get("page_length", 100))
        draw = start // length + 1
        names = ("draw", "start", "length", "search[value]")
        if style == "sEcho":
            names = ("sEcho", "iDisplayStart", "iDisplayLength", "sSearch")
        query = urlencode(dict(zip(names, (draw, start, length, ""), strict=True)))
        about = (("style", style), ("columns", columns), ("start", str(start)), ("source", url))
        return Ask("list-json", f"{url}{'&' if '?' in url else '?'}{query}", about=about)

    def _after_json(self, payload: Payload) -> Iterator[Ask]:
        answer = json_list(payload)
        self._note_parents(answer.references)
        start = int(payload.about.get("start", 0))
        source = payload.about.get("source") or payload.url.partition("?")[0]
        if start == 0 and answer.rows:
            for later in range(answer.rows, answer.total, answer.rows):
                yield self._json_page(source, answer.style, payload.about.get("columns", ""), later)

    def _note_parents(self, references: Iterable[tuple[str, str]]) -> None:
        for provider, reference in references:
            self._wanted.setdefault(matching_key(provider), set()).add(register.reference_key(reference))

    def _after_providers(self, payload: Payload) -> Iterator[Ask]:
        page = register.parse_providers(payload)
        for name, url in page.providers:
            self._providers.setdefault(matching_key(name), url)
        yield from (Ask("register-providers", url, aside=True) for url in page.next_urls)

    def _parents(self) -> Iterator[Ask]:
        """Yield the register pages that what is known so far leads to; the harvester asks each only once."""
        if not self._options.get("register"):
            return
        references: set[str] = set()
        for provider in sorted(self._wanted):
            references |= self._wanted[provider]
            if url := self._providers.get(provider):
                yield Ask("register-provider", url, aside=True)
        for reference in sorted(references & self._programmes.keys()):
            about = (("reference", reference),)
            yield Ask("register-programme", self._programmes[reference], about=about, aside=True)


def start_row(url: str) -> int:
    """Return the `StartRow` of an address, 1 when it has none."""
    values = parse_qs(urlsplit(url).query)
    for name, value in values.items():
        if name.lower() == "startrow" and value[0].isdigit():
            return int(value[0])
    return 1
