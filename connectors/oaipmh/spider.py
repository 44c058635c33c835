"""What to ask an OAI-PMH endpoint for: the list, page after page.

A list is always taken whole: its endpoint keeps deletions, so that one list says all that stands and all that is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from connectors.contract import Ask, Payload, Registry, StructureBroken
from connectors.oaipmh.answers import list_answer


class OaiSpider:
    """Asks for the list of one metadata prefix, and of one set if the options name one."""

    def __init__(self, registry: Registry) -> None:
        manifest = registry.manifest
        self._address = manifest.address.partition("?")[0]
        self._first = {"metadataPrefix": str(manifest.options.get("prefix") or "jmicro")}
        if chosen := manifest.options.get("set"):
            self._first["set"] = str(chosen)
        self._seen: set[str] = set()

    def start(self) -> Iterable[Ask]:
        """Begin the list."""
        yield self._ask(self._first)

    def follow(self, payload: Payload) -> Iterable[Ask]:
        """Go on with the list. Raises `StructureBroken` when it goes round in a circle."""
        token = list_answer(payload).token
        if token is None:
            return
        if token in self._seen:
            raise StructureBroken.of("list_endless", url=payload.url)
        self._seen.add(token)
        yield self._ask({"resumptionToken": token})

    def _ask(self, arguments: dict[str, str]) -> Ask:
        return Ask("list", f"{self._address}?{urlencode({'verb': 'ListRecords', **arguments})}")
