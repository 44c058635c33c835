"""What to ask the register for: providers by kind, what each offers, and the pages of micro-credentials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connectors.contract import Ask, Payload, Registry
from connectors.nzqa.addresses import provider_url, providers_url, results_url
from connectors.nzqa.providers import provider_ids
from connectors.nzqa.results import parse_rows, provider_of


class NzqaSpider:
    """Goes from providers to records. A provider or record that is met again is asked for once."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._root = registry.manifest.address
        self._options = registry.manifest.options

    def start(self) -> Iterable[Ask]:
        """Begin with the providers of each kind."""
        for code in self._options.get("provider_types", ()):
            yield Ask("providers", providers_url(self._root, str(code)), about=(("type", str(code)),))

    def follow(self, payload: Payload) -> Iterable[Ask]:
        """Go on to what a provider offers, and from there to micro-credentials. No size is passed over."""
        if payload.kind == "providers":
            status = str(self._options.get("status") or "")
            for provider in provider_ids(payload):
                yield Ask("results", results_url(self._root, provider, status), about=(("provider", provider),))
        elif payload.kind == "results":
            yield from self._after_results(payload)

    def _after_results(self, payload: Payload) -> Iterator[Ask]:
        rows, next_pages = parse_rows(payload, self._registry)
        provider = provider_of(payload)
        for url in next_pages:
            yield Ask("results", url, about=(("provider", provider),))
        if rows and provider and self._options.get("provider_pages", True):
            about = (("provider", provider),)
            yield Ask("provider", provider_url(self._root, provider), about=about, aside=True)
        if self._options.get("details", True):
            for row in rows:
                if row.url:
                    yield Ask("record", row.url, about=(("number", row.number),))
