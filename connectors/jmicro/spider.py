"""What to ask the home registry for: one file of listings, or an index and the files that it names."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.contract import Ask, Payload, Registry
from connectors.jmicro.parse import index_of


class JmicroSpider:
    """Asks for the address; where an index answers, for each of its files."""

    def __init__(self, registry: Registry) -> None:
        self._address = registry.manifest.address

    def start(self) -> Iterable[Ask]:
        """Begin with the list."""
        yield Ask("list", self._address)

    def follow(self, payload: Payload) -> Iterable[Ask]:
        """Ask for the files of an index. Raises `StructureBroken` for what is neither index nor list."""
        if payload.kind != "list":
            return
        for file in index_of(payload) or ():
            count = () if file.records is None else (("count", str(file.records)),)
            yield Ask("file", file.url, about=(("file", file.name), *count))
