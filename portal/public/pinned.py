"""Which versions of which records an address names: `name` is what is public now, `name@3` the third version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from config.messages import CodedError, Language
from portal.partners.log import PublicationLog, public_name
from recognition.comparison import MOST
from recognition.loading import load_version
from recognition.subject import Subject
from store.database import Database
from store.publications import LogRow

_BETWEEN = re.compile(r"[,、，\s]+")
_PINNED = re.compile(r"(?P<name>[^@]+)@(?P<version>[1-9]\d{0,6})\Z")
_LONGEST = 200


class Pinned(NamedTuple):
    """A version of a record under comparison.

    `newest` is the number of the version that is public now, None once the record is withdrawn (`withdrawn` is the row
    that says so); `versions` are those that were ever published.
    """

    name: str
    row: LogRow
    subject: Subject
    versions: tuple[int, ...]
    newest: int | None
    withdrawn: LogRow | None

    @property
    def token(self) -> str:
        """How an address names exactly this version."""
        return f"{self.name}@{self.row.version}"

    @property
    def current(self) -> bool:
        """Whether this is the version that is public now."""
        return self.newest == self.row.version

    def beside(self, step: int) -> int | None:
        """Return the version so many steps later or earlier, None where there is none."""
        place = self.versions.index(self.row.version) + step
        return self.versions[place] if 0 <= place < len(self.versions) else None


def tokens(asked: Iterable[str]) -> list[str]:
    """Return the names in an address, one more than can be compared at most."""
    return [name[:_LONGEST] for text in asked for name in _BETWEEN.split(text) if name][: MOST + 1]


def address(language: Language, named: Sequence[str], suffix: str = "") -> str:
    """Return the address of the comparison of some records or versions."""
    return f"/{language}/compare{suffix}?{urlencode({'ids': ','.join(named)}, safe=',@')}"


def pinned(log: PublicationLog, database: Database, base: str, token: str) -> Pinned:
    """Return the version that a name in an address stands for.

    Raises `CodedError` with `nothing_here`, `version_unknown`, or `record_removed` for a record that is withdrawn and
    whose version is not named.
    """
    found = _PINNED.match(token)
    name = found["name"] if found else token
    standing = log.record(name)
    if standing is None:
        raise CodedError.of("nothing_here", name=name)
    if standing.deleted and found is None:
        date = standing.published_at.date().isoformat()
        raise CodedError.of("record_removed", date=date, reason=standing.reason or "-")
    rows = {row.version: row for row in log.versions(standing.record_id) if not row.deleted}
    version = int(found["version"]) if found else standing.version
    if version not in rows:
        raise CodedError.of("version_unknown", name=name, version=version)
    return Pinned(
        public_name(standing, base), rows[version], load_version(database, rows[version].seq), tuple(sorted(rows)),
        None if standing.deleted else standing.version, standing if standing.deleted else None,
    )  # fmt: skip
