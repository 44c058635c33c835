"""What a crawl process needs to know, passed to it by its nursery."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from connectors.contract import Manifest, Registry


class CrawlSpec(BaseModel):
    """One crawl: the run it belongs to, the registry as it is to be harvested, and where things are kept.

    `connect` maps a public origin to the one really connected to (stand-ins). `preview` is a number of listings, after
    which the crawl may end. `last_good` is the run whose answers are fetched again only if they changed. `paced_in`
    is the database that runs share the pace of hosts in, where it is not the crawl's own (previews).
    """

    model_config = ConfigDict(frozen=True)

    run_id: int
    registry_id: str
    connector: str
    manifest: dict[str, Any]
    database: str
    payloads: Path
    user_agent: str
    connect: dict[str, str] = {}
    allow_loopback: bool = False
    preview: int | None = None
    last_good: int | None = None
    paced_in: str | None = None

    @property
    def registry(self) -> Registry:
        """The registry to crawl."""
        return Registry(self.registry_id, self.connector, Manifest.model_validate(self.manifest))

    @property
    def hosts(self) -> list[str]:
        """The hosts the crawl may ask: the registry's own and those its manifest names."""
        manifest = self.registry.manifest
        own = [parts.netloc for parts in (urlsplit(manifest.address), *map(urlsplit, self.connect)) if parts.netloc]
        plain = [netloc.partition(":")[0] for netloc in own if not self.allow_loopback]
        return sorted({*own, *plain, *manifest.hosts})
