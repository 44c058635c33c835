"""Where a deployment keeps things."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.messages import CodedError
from config.settings import Settings
from store.database import Database
from store.payloads import PayloadStore
from store.schema import migrate


@dataclass(frozen=True, slots=True)
class Workplace:
    """The settings, the database and the payload folder that belong together."""

    settings: Settings
    database: Database
    payloads: PayloadStore

    @classmethod
    def of(cls, settings: Settings) -> Workplace:
        """Open the database and the payload folder of a deployment, bringing the schema up to date.

        Raises `CodedError` with `home_unwritable`, `database_unreachable` or `database_newer`.
        """
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            detail = error.strerror or str(error)
            raise CodedError.of("home_unwritable", folder=str(settings.home), detail=detail) from None
        database = Database(settings.database)
        migrate(database)
        return cls(settings, database, PayloadStore(settings.home / "payloads", database))


@contextmanager
def scratch(settings: Settings) -> Iterator[Workplace]:
    """Open a workplace that is gone afterwards, for previews."""
    with tempfile.TemporaryDirectory(prefix="kakehashi-preview-") as folder:
        place = Workplace.of(settings.model_copy(update={"home": Path(folder), "database_url": None}))
        try:
            yield place
        finally:
            place.database.close()
