"""The verdict on an index, or on the nodes of one record in it.

A verdict depends on nothing but the data and the tables, so a caller may keep it under `verdict_key(bytes)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

from crosswalks.elm.check.compile import run
from crosswalks.elm.check.index import Index
from crosswalks.elm.check.known import marked
from crosswalks.elm.check.own import MAIN_CLASSES, own_rows
from crosswalks.elm.check.results import Layer, Row
from crosswalks.elm.profile import FOLDER, Generation, classes

_REFUSED = ("Empty", "Main", "Mixed")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks say. `focus` counts the nodes that were checked, class by class; `rows` is everything
    found.
    """

    statements: int
    generations: tuple[Generation, ...]
    focus: dict[str, int]
    rows: tuple[Row, ...]

    @property
    def checked(self) -> bool:
        """True when there was something to check: a node of a main class, in one namespace generation."""
        return any(self.focus.get(name) for name in MAIN_CLASSES) and not any(
            row.layer is Layer.OWN and row.component in _REFUSED for row in self.rows
        )

    @property
    def conforms(self) -> bool:
        """True when the base shapes find nothing wrong, and something was checked."""
        return self.checked and not any(row.layer is Layer.BASE for row in self.rows)

    @property
    def conforms_vocabulary(self) -> bool:
        """True when the vocabulary shapes find nothing but their own contradictions, and something was
        checked.
        """
        return self.checked and not any(row.layer is Layer.VOCABULARY and not row.known for row in self.rows)


def judge(index: Index, nodes: Iterable[str] | None = None) -> Verdict:
    """Return the verdict on a whole index, or on the given nodes as they stand in it."""
    chosen = None if nodes is None else set(nodes)
    rows = run(index, Layer.BASE, chosen)
    rows += marked(index, run(index, Layer.VOCABULARY, chosen))
    rows += own_rows(index, chosen)
    if chosen is None:
        focus = {name: len(index.members[name]) for name in classes() if index.members[name]}
        statements = index.statements()
    else:
        counts = {name: len(index.members[name].keys() & chosen) for name in classes()}
        focus = {name: count for name, count in counts.items() if count}
        statements = sum(len(values) for node in chosen for values in index.nodes.get(node, {}).values())
    return Verdict(statements, tuple(sorted(index.generations)), focus, tuple(rows))


def part_of(index: Index, root: str) -> list[str]:
    """Return the nodes that a record reaches from its root, the root first: what a verdict on it rests on."""
    found = {root: None}
    waiting = [root]
    while waiting:
        for values in index.nodes.get(waiting.pop(), {}).values():
            for value in values:
                if isinstance(value, str) and value in index.nodes and value not in found:
                    found[value] = None
                    waiting.append(value)
    return list(found)


def verdict_key(content: bytes) -> str:
    """Return a key under which a caller may keep the verdict on a record's own bytes; it changes with the
    rules.
    """
    return blake2b(content, digest_size=16, key=_rules_digest()).hexdigest()


@cache
def _rules_digest() -> bytes:
    digest = blake2b(digest_size=32)
    for folder in (FOLDER, Path(__file__).parent):
        for path in sorted((*folder.rglob("*.tsv"), *folder.glob("*.py"))):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.digest()
