"""Records by what they share: a part of the search index that answers which others have most in common with one.

A trait is a word of letters and digits; what it stands for is the caller's matter. Rare traits count for more than
common ones. Signs are things that only one credential should have; where two records have the same, they may be one.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import log
from typing import NamedTuple

import orjson

SCHEMA = """
CREATE VIRTUAL TABLE alike USING fts5 (traits, detail = none, columnsize = 0, tokenize = "ascii");
CREATE VIRTUAL TABLE trait USING fts5vocab (alike, row);
CREATE TABLE sign (sign TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (sign, seq)) WITHOUT ROWID;
CREATE INDEX ix_sign_seq ON sign (seq);
"""
TABLES = ("trait", "alike", "sign")
_BUDGET = 300_000
"""How many times a record is looked at for one question; what is left over by then are the commonest traits."""
_COMMON = 0.05
_FEW = 500
_MOST_HOLDERS = 6
"""A sign that more records have than this tells nothing: a page that lists a whole catalogue, a title such as "AI"."""


class Wanted(NamedTuple):
    """A trait that is looked for, how much it counts, and whether it only counts where another is shared."""

    trait: str
    weight: float
    beside: bool = False


def put_in(connection: sqlite3.Connection, seq: int, traits: Iterable[str], signs: Iterable[str]) -> None:
    """Keep the traits and signs of a record."""
    connection.execute("INSERT INTO alike (rowid, traits) VALUES (?, ?)", (seq, " ".join(traits)))
    connection.executemany("INSERT OR IGNORE INTO sign (sign, seq) VALUES (?, ?)", [(sign, seq) for sign in signs])


def take_out(connection: sqlite3.Connection, seq: int) -> None:
    """Forget the traits and signs of a record."""
    connection.execute("DELETE FROM alike WHERE rowid = ?", (seq,))
    connection.execute("DELETE FROM sign WHERE seq = ?", (seq,))


def nearest(
    connection: sqlite3.Connection, wanted: Sequence[Wanted], total: int, number_of: Callable[[str], int]
) -> list[tuple[int, float]]:
    """Return records that share something, first the one that shares most and rarest, with how much, for ordering only.

    `total` is how many records there are, `number_of` tells how many of them have a trait.
    """
    holders = {one: number_of(one.trait) for one in wanted}
    found: defaultdict[int, float] = defaultdict(float)
    spent = 0
    leading = sorted((one for one in wanted if holders[one]), key=lambda one: (one.beside, holders[one], one.trait))
    for one in leading:
        number = holders[one]
        if spent + number > _BUDGET:
            continue
        spent += number
        worth = one.weight * log((total + 1) / (number + 0.5) + 0.1)
        seqs = _with(connection, one.trait)
        if one.beside or (number > _FEW and number > total * _COMMON):
            for seq in seqs:
                if seq in found:
                    found[seq] += worth
        else:
            for seq in seqs:
                found[seq] += worth
    return sorted(found.items(), key=lambda one: (-one[1], -one[0]))


def number_of_holders(connection: sqlite3.Connection, trait: str) -> int:
    """Return how many records have a trait; slow for a common one."""
    row = connection.execute("SELECT doc FROM trait WHERE term = ?", (trait,)).fetchone()
    return row[0] if row else 0


def twins(connection: sqlite3.Connection, seq: int) -> dict[int, list[str]]:
    """Return the records that have a sign of a record, with those signs."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for (sign,) in connection.execute("SELECT sign FROM sign WHERE seq = ? ORDER BY sign", (seq,)).fetchall():
        holders = [row[0] for row in connection.execute(_HOLDERS, (sign, _MOST_HOLDERS + 1))]
        if len(holders) <= _MOST_HOLDERS:
            for other in holders:
                if other != seq:
                    found[other].append(sign)
    return dict(found)


def pairs_of_twins(connection: sqlite3.Connection) -> Iterator[tuple[int, int, str]]:
    """Yield every two records that have a sign in common, with the sign, in a steady order."""
    for sign, told in connection.execute(_SHARED, (_MOST_HOLDERS,)):
        seqs = sorted(orjson.loads(told))
        yield from ((one, other, sign) for index, one in enumerate(seqs) for other in seqs[index + 1 :])


_HOLDERS = "SELECT seq FROM sign WHERE sign = ? ORDER BY seq LIMIT ?"
_SHARED = (
    "SELECT sign, json_group_array(seq) FROM sign GROUP BY sign HAVING count(*) BETWEEN 2 AND ? ORDER BY sign"
)  # fmt: skip


def _with(connection: sqlite3.Connection, trait: str) -> list[int]:
    row = connection.execute("SELECT json_group_array(rowid) FROM alike WHERE alike MATCH ?", (trait,)).fetchone()
    seqs: list[int] = orjson.loads(row[0])
    return seqs
