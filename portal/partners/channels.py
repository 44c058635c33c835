"""Every way to take many records, or to understand them, gathered for the application."""

from __future__ import annotations

from fastapi import APIRouter

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
from portal.sync.feed import Feed
from portal.sync.routes import FeedPages, Sync, sync_router


def channels_router(log: PublicationLog, shelf: Shelf, settings: Settings) -> APIRouter:
    """Return the addresses of all channels beside OAI-PMH and single records."""
    router, catalogue = APIRouter(), Catalogue(log, settings)
    feed = Feed(log, shelf, settings.base, catalogue.publisher()["en"])
    router.include_router(terms_router(settings.base))
    router.include_router(dumps_router(settings))
    router.include_router(ldes_router(Stream(Pages(log, settings), log, settings.base)))
    router.include_router(catalogue_router(catalogue))
    router.include_router(sync_router(Sync(log, shelf, Dumps(settings.home), settings.base), FeedPages(feed)))
    return router
