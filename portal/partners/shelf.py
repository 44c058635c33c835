"""The shelf: renditions of published versions, taken from where they are kept, made once where they are not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from config.settings import Settings
from portal.partners.forms import Form, forms
from portal.partners.making import edition, make, where_possible
from store.database import Database
from store.publications import LogRow, contents
from store.renditions import Rendition, keep_renditions, kept_renditions

_BATCH = 100


class Shelf:
    """Gives renditions. Where they cannot be kept (the database is busy or not to be written) they are made again."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    @cached_property
    def edition(self) -> str:
        """What stands for the rules that renditions are made by."""
        return edition(self._settings)

    @cached_property
    def forms(self) -> dict[str, Form]:
        """Every form by name."""
        return forms(self._settings.elm_namespace)

    def of(self, rows: Sequence[LogRow], names: Collection[str]) -> dict[tuple[int, str], Rendition]:
        """Return the renditions of some rows in some forms, by number and form. Tombstones have none."""
        living = [row for row in rows if not row.deleted]
        found = kept_renditions(self._database, [row.seq for row in living], names, self.edition)
        for name in names:
            missing = [row for row in living if (row.seq, name) not in found]
            for start in range(0, len(missing), _BATCH):
                some = missing[start : start + _BATCH]
                lacking = [other for other in names if all((row.seq, other) not in found for row in some)]
                found |= self._make(some, lacking)
        return found

    def one(self, row: LogRow, name: str) -> Rendition | None:
        """Return one rendition; None for a tombstone."""
        return self.of([row], [name]).get((row.seq, name))

    def fill(self, rows: Sequence[LogRow], names: Collection[str]) -> None:
        """Write rows in some forms and keep what was written. Raises `CodedError` with `database_unreachable`."""
        living = [row for row in rows if not row.deleted]
        for start in range(0, len(living), _BATCH):
            keep_renditions(self._database, self._written(living[start : start + _BATCH], names), self.edition)

    def _make(self, rows: list[LogRow], names: list[str]) -> dict[tuple[int, str], Rendition]:
        made = self._written(rows, names)
        with where_possible():
            keep_renditions(self._database, made, self.edition)
        return {(one.seq, one.form): one for one in made}

    def _written(self, rows: list[LogRow], names: Collection[str]) -> list[Rendition]:
        texts = contents(self._database, [row.seq for row in rows])
        published = [(row, texts[row.seq]) for row in rows if row.seq in texts]
        return make(self._database, self._settings, [self.forms[name] for name in names], published)
