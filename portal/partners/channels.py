"""Every way to take many records, or to understand them, gathered for the application."""

from __future__ import annotations

from config.settings import Settings
from portal.catalogue.graph import Catalogue
from portal.catalogue.routes import catalogue_router
from portal.dumps.keeping import Dumps
from portal.dumps.routes import dumps_router
from portal.ldes.pages import Pages
from portal.ldes.routes import Stream, ldes_router
from portal.partners.log import PublicationLog
from portal.partners.shelf import Shelf
from portal.partners.terms import terms_router
from portal.routing import Router
from portal.sync.feed import Feed
from portal.sync.routes import FeedPages, Sync, sync_router


def channel_routers(log: PublicationLog, shelf: Shelf, settings: Settings) -> tuple[Router, ...]:
    """Return the addresses of all channels beside OAI-PMH and single records."""
    catalogue = Catalogue(log, settings)
    feed = Feed(log, shelf, settings.base, catalogue.publisher()["en"])
    return (
        terms_router(settings.base),
        dumps_router(settings),
        ldes_router(Stream(Pages(log, settings), log, settings.base)),
        catalogue_router(catalogue),
        sync_router(Sync(log, shelf, Dumps(settings.home), settings.base), FeedPages(feed)),
    )
