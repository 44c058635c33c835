"""What to ask an event stream for: its description, the root of its tree, and every page below.

Pages that are closed never change; the harvester asks for what it has only on condition that it has changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from connectors.contract import Ask, Payload, Registry
from connectors.ldes.pages import Page

_ACCEPT = (("Accept", "text/turtle"),)


class LdesSpider:
    """Asks for the stream and follows every relation; what was asked for once is not asked for again."""

    def __init__(self, registry: Registry) -> None:
        self._address = registry.manifest.address

    def start(self) -> Iterable[Ask]:
        """Begin with the stream."""
        yield Ask("page", self._address, headers=_ACCEPT)

    def follow(self, payload: Payload) -> Iterable[Ask]:
        """Ask for the pages that a page leads to. Raises `StructureBroken`."""
        yield from (Ask("page", address, headers=_ACCEPT) for address in Page(payload).links())
