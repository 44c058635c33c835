"""The search index: a file of its own beside the database, made from the publication log and never the truth.

It can be deleted at any time, and lost with the machine; the next question makes it again. It works the same whatever
database holds the records. Matches are exact to the character, also for one or two characters of Japanese. Order:
title exactly, title, elsewhere; newest publication first. Nothing is scored, so common words cost little more than
rare ones. What a piece of a query matches, and the records of each value of a facet, are bit sets in memory.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple
from weakref import finalize

import orjson

from config.messages import CodedError
from store import alike
from store.alike import Wanted
from store.bigrams import Piece, folded, phrase, pieces, signs

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE entry (seq INTEGER PRIMARY KEY, record_id TEXT NOT NULL UNIQUE, facets TEXT NOT NULL, card TEXT NOT NULL);
CREATE TABLE whole (title TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (title, seq)) WITHOUT ROWID;
CREATE TABLE coverage (registry TEXT NOT NULL, day TEXT NOT NULL, heading TEXT NOT NULL, number INTEGER NOT NULL,
                       PRIMARY KEY (registry, day, heading)) WITHOUT ROWID;
CREATE TABLE stated (seq INTEGER PRIMARY KEY, registry TEXT NOT NULL, headings TEXT NOT NULL);
CREATE INDEX ix_whole_seq ON whole (seq);
CREATE VIRTUAL TABLE words USING fts5 (title, title_single, body, body_single,
                                       tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'");
"""
_TABLES = ("words", "whole", "entry", "coverage", "stated", "meta", *alike.TABLES)
_COVERAGE = "SELECT registry, day, heading, number FROM coverage ORDER BY registry, day, heading"
_COUNTED = (
    "INSERT INTO coverage VALUES (?, ?, ?, ?) "
    "ON CONFLICT (registry, day, heading) DO UPDATE SET number = number + excluded.number"
)
_SAME = "SELECT seq FROM whole WHERE title = ?"
_MATCHED = "SELECT json_group_array(rowid) FROM words WHERE words MATCH ?"
_LONGEST_PREFIXED = 3
_MOST_PIECES = 24
_KEPT = 256
_KEPT_TRAITS = 4096
_CACHE = 65_536
"""KiB of the index that a connection keeps in memory at most."""
_MOST_VALUES = 250
"""How many values of a facet are counted for each question, the commonest; others can be chosen all the same."""


class Entry(NamedTuple):
    """A published record as search sees it: the number of its row in the log, what it says, and how it is listed."""

    seq: int
    record_id: str
    titles: tuple[str, ...]
    body: tuple[str, ...]
    facets: tuple[tuple[str, str], ...]
    card: dict[str, Any]
    traits: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()


class Matches(NamedTuple):
    """A page of what was found: how many there are, the cards of this page, and the counts of each facet."""

    total: int
    cards: list[dict[str, Any]]
    facets: dict[str, dict[str, int]]


class Near(NamedTuple):
    """A record that shares something with another; `order` says how much, for ordering only, `signs` which signs."""

    seq: int
    card: dict[str, Any]
    order: float = 0.0
    signs: tuple[str, ...] = ()


class _Bits(NamedTuple):
    exact: int
    title: int
    anywhere: int


class _Kept(NamedTuple):
    """A connection that stays open between questions with what it has read, which file it is of, and what closes it."""

    connection: sqlite3.Connection
    file: tuple[int, int]
    close: Callable[[], object]


class SearchIndex:
    """The index of one deployment. `edition` stands for the rules of its entries; under others it is made anew."""

    def __init__(self, path: Path, edition: str) -> None:
        self._path = path
        self._edition = edition
        self._lock = RLock()
        self._kept: _Kept | None = None
        self._loaded = -1
        self._all = 0
        self._values: dict[str, dict[str, int]] = {}
        self._rare: dict[str, dict[str, list[int]]] = {}
        self._matching = lru_cache(_KEPT)(self._look)
        self._holding = lru_cache(_KEPT)(self._hold)
        self._holders = lru_cache(_KEPT_TRAITS)(self._count_holders)

    def horizon(self) -> int:
        """Return the number of the last row of the log that the index has seen, 0 for a new index."""
        with self._open() as connection:
            return self._seen(connection)

    def write(self, entries: Iterable[Entry], gone: Iterable[tuple[str, str]], horizon: int) -> None:
        """Put in entries, each in the place of an older one of its record, and take out what is gone since a day."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if self._seen(connection) < horizon:
                for record_id, day in gone:
                    _take_out(connection, record_id, day)
                for entry in entries:
                    _take_out(connection, entry.record_id, entry.card.get("changed", ""))
                    _put_in(connection, entry)
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('horizon', ?)", (str(horizon),))
            connection.execute("COMMIT")

    def clear(self) -> None:
        """Forget everything, for a log that begins anew."""
        with self._lock, self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            for table in ("words", "whole", "entry", "coverage", "stated", "alike", "sign"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            connection.execute("DELETE FROM meta WHERE name = 'horizon'")
            connection.execute("COMMIT")
            self._loaded = -1
            self._matching.cache_clear()
            self._holding.cache_clear()
            self._holders.cache_clear()

    def find(self, query: str, chosen: Mapping[str, Sequence[str]], first: int, count: int) -> Matches:
        """Return a page of the records that match a query and one of the chosen values of each facet.

        An empty query matches all. A facet's own choice does not narrow its own counts.
        """
        with self._asking() as connection:
            self._load(connection)
            bits = self._matching(query, self._loaded)
            within = {facet: self._either(facet, values) for facet, values in chosen.items() if values}
            counts = {}
            for facet, values in self._values.items():
                others = bits.anywhere
                for name, allowed in within.items():
                    others &= allowed if name != facet else -1
                counts[facet] = {value: n for value, held in values.items() if (n := (held & others).bit_count())}
            allowed = bits.anywhere
            for held in within.values():
                allowed &= held
            tiers = (allowed & bits.exact, allowed & bits.title & ~bits.exact, allowed & ~bits.title)
            ordered = (seq for tier in tiers for seq in _descending(tier))
            cards = [_card(connection, seq) for seq in islice(ordered, first, first + count)]
            return Matches(allowed.bit_count(), cards, counts)

    def coverage(self) -> dict[str, dict[str, dict[str, int]]]:
        """Return by registry, heading and day how many more records state a heading since; `""` counts all records."""
        found: dict[str, dict[str, dict[str, int]]] = {}
        with self._open() as connection:
            for registry, day, heading, number in connection.execute(_COVERAGE):
                found.setdefault(registry, {}).setdefault(heading, {})[day] = number
        return found

    def size(self) -> int:
        """Return how many records the index has."""
        with self._asking() as connection:
            self._load(connection)
            return self._all.bit_count()

    def warm(self) -> None:
        """Bring into memory what questions need, so that the first does not wait for it."""
        with self._asking() as connection:
            self._load(connection)

    def near(self, wanted: Sequence[Wanted], without: int, count: int, registry: str | None = None) -> list[Near]:
        """Return the records, all or of one registry, that share most of some traits; most and rarest first."""
        with self._asking() as connection:
            self._load(connection)
            allowed = self._either("registry", [registry]) if registry else self._all
            found = alike.nearest(
                connection, wanted, self._all.bit_count(), lambda trait: self._holders(trait, self._loaded)
            )
            kept = ((seq, order) for seq, order in found if seq != without and allowed >> seq & 1)
            return [Near(seq, _card(connection, seq), order) for seq, order in islice(kept, count)]

    def twins(self, seq: int) -> list[Near]:
        """Return the records that have a sign in common with a record."""
        with self._asking() as connection:
            found = alike.twins(connection, seq)
            return [Near(other, _card(connection, other), signs=tuple(found[other])) for other in sorted(found)]

    def pairs_of_twins(self) -> list[tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]]:
        """Return every two records that have a sign in common, by their cards, with the signs."""
        signs: dict[tuple[int, int], list[str]] = defaultdict(list)
        with self._open() as connection:
            for one, other, sign in alike.pairs_of_twins(connection):
                signs[one, other].append(sign)
            return [
                (_card(connection, one), _card(connection, other), tuple(told))
                for (one, other), told in sorted(signs.items())
            ]

    def _either(self, facet: str, values: Sequence[str]) -> int:
        held = 0
        for value in values:
            if value in self._rare.get(facet, {}):
                held |= _bits(self._rare[facet][value])
            held |= self._values.get(facet, {}).get(value, 0)
        return held

    def _look(self, query: str, horizon: int) -> _Bits:
        asked = pieces(query)[:_MOST_PIECES]
        if not asked:
            return _Bits(0, 0, 0 if query.strip() else self._all)
        title, anywhere = self._all, self._all
        for piece in dict.fromkeys(asked):
            here, there = self._holding(piece, horizon)
            title, anywhere = title & here, anywhere & there
            if not anywhere:
                break
        with self._asking() as connection:
            same = _bits(row[0] for row in connection.execute(_SAME, (_whole(query),)))
        return _Bits(same & title, title, anywhere)

    def _hold(self, piece: Piece, horizon: int) -> tuple[int, int]:  # noqa: ARG002 - keeps answers of an older index apart
        """Return which records have a piece in their title, and which anywhere."""
        with self._asking() as connection:
            title = _matched(connection, _term(piece, "title"))
            return title, title | _matched(connection, _term(piece, "body"))

    def _count_holders(self, trait: str, horizon: int) -> int:  # noqa: ARG002 - as in `_hold`
        with self._asking() as connection:
            return alike.number_of_holders(connection, trait)

    def _load(self, connection: sqlite3.Connection) -> None:
        seen = self._seen(connection)
        if seen == self._loaded:
            return
        found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        numbers = []
        for seq, facets in connection.execute("SELECT seq, facets FROM entry"):
            numbers.append(seq)
            for facet, value in orjson.loads(facets):
                found[facet][value].append(seq)
        self._all = _bits(numbers)
        self._values, self._rare = {}, {}
        for facet, values in found.items():
            common = dict(sorted(values.items(), key=lambda one: (-len(one[1]), one[0]))[:_MOST_VALUES])
            self._values[facet] = {value: _bits(held) for value, held in common.items()}
            self._rare[facet] = {value: held for value, held in values.items() if value not in common}
        self._loaded = seen

    def _seen(self, connection: sqlite3.Connection) -> int:
        row = connection.execute("SELECT value FROM meta WHERE name = 'horizon'").fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Close the connection that was kept. Asked again, the index opens another."""
        with self._lock:
            if self._kept is not None:
                self._kept.close()
            self._kept = None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Give a connection of its own to what takes long."""
        with self._told(), closing(self._connected()) as connection:
            yield connection

    @contextmanager
    def _asking(self) -> Iterator[sqlite3.Connection]:
        """Give the connection that is kept, to one question at a time."""
        with self._lock, self._told():
            if self._kept is None or self._kept.file != self._file():
                self.close()
                connection = self._connected()
                connection.execute(f"PRAGMA cache_size=-{_CACHE}")
                self._kept = _Kept(connection, self._file(), finalize(self, connection.close))
            else:
                self._prepare(self._kept.connection)
            yield self._kept.connection

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA synchronous=OFF")
            self._prepare(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _file(self) -> tuple[int, int]:
        """Return which file is at our path: another one may have been put there."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_dev, found.st_ino

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self.close()
            raise CodedError.of("database_unreachable", detail=f"{self._path.name}: {error}") from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if _edition(connection) == self._edition:
            return
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN IMMEDIATE")
        if _edition(connection) != self._edition:
            for table in _TABLES:
                connection.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in f"{_SCHEMA}{alike.SCHEMA}".strip().split(";\n"):
                connection.execute(statement.strip().rstrip(";"))
            connection.execute("INSERT INTO meta VALUES ('edition', ?)", (self._edition,))
        connection.execute("COMMIT")


def _edition(connection: sqlite3.Connection) -> str | None:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
        return None
    row = connection.execute("SELECT value FROM meta WHERE name = 'edition'").fetchone()
    return row[0] if row else None


def _count(connection: sqlite3.Connection, registry: str, day: str, headings: Iterable[str], step: int) -> None:
    rows = [(registry, day, heading, step) for heading in ("", *headings)]
    connection.executemany(_COUNTED, rows)


def _take_out(connection: sqlite3.Connection, record_id: str, day: str) -> None:
    for (seq,) in connection.execute("SELECT seq FROM entry WHERE record_id = ?", (record_id,)).fetchall():
        connection.execute("DELETE FROM words WHERE rowid = ?", (seq,))
        connection.execute("DELETE FROM whole WHERE seq = ?", (seq,))
        connection.execute("DELETE FROM entry WHERE seq = ?", (seq,))
        for registry, headings in connection.execute("SELECT registry, headings FROM stated WHERE seq = ?", (seq,)):
            _count(connection, registry, day, headings.split(), -1)
        connection.execute("DELETE FROM stated WHERE seq = ?", (seq,))
        alike.take_out(connection, seq)


def _put_in(connection: sqlite3.Connection, entry: Entry) -> None:
    title, body = (signs("\n".join(texts)) for texts in (entry.titles, entry.body))
    connection.execute(
        "INSERT INTO words (rowid, title, title_single, body, body_single) VALUES (?, ?, ?, ?, ?)",
        (entry.seq, title.pairs, title.single, body.pairs, body.single),
    )
    wholes = {(_whole(text), entry.seq) for text in entry.titles}
    connection.executemany("INSERT INTO whole (title, seq) VALUES (?, ?)", sorted(wholes))
    values = (entry.seq, entry.record_id, orjson.dumps(entry.facets).decode(), orjson.dumps(entry.card).decode())
    connection.execute("INSERT INTO entry (seq, record_id, facets, card) VALUES (?, ?, ?, ?)", values)
    if registry := entry.card.get("registry"):
        connection.execute("INSERT INTO stated VALUES (?, ?, ?)", (entry.seq, registry, " ".join(entry.stated)))
        _count(connection, registry, entry.card["changed"], entry.stated, 1)
    alike.put_in(connection, entry.seq, entry.traits, entry.signs)


def _whole(text: str) -> str:
    return " ".join(folded(text).split())


def _term(piece: Any, *columns: str) -> str:
    text, single = phrase(piece)
    where = " ".join(f"{column}_single" if single else column for column in columns)
    more = "*" if not piece.joined and len(text) >= _LONGEST_PREFIXED else ""
    return f'({{{where}}} : "{text}"{more})'


def _matched(connection: sqlite3.Connection, expression: str) -> int:
    """Return which records match; the numbers come as one text, because a row for each is slow."""
    (told,) = connection.execute(_MATCHED, (expression,)).fetchone()
    return _bits(orjson.loads(told))


def _bits(numbers: Iterable[int]) -> int:
    known = list(numbers)
    if not known:
        return 0
    last = max(known)
    digits = bytearray(b"0") * (last + 1)
    for number in known:
        digits[last - number] = 49
    return int(digits, 2)


def _descending(bits: int) -> Iterator[int]:
    if bits:
        written = f"{bits:b}"
        for match in re.finditer("1", written):
            yield len(written) - 1 - match.start()


def _card(connection: sqlite3.Connection, seq: int) -> dict[str, Any]:
    row = connection.execute("SELECT card FROM entry WHERE seq = ?", (seq,)).fetchone()
    card: dict[str, Any] = orjson.loads(row[0])
    return card
