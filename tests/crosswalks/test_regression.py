"""The whole corpus before and after a change of a crosswalk, field by field.

What differs must be declared in `corpus/declared.yaml` (kind, path, why), or the snapshot made anew with
`python -m tests.crosswalks.corpus`, which empties the declarations.
"""

from __future__ import annotations

import pytest

from crosswalks.contract import crosswalk_table
from tests.crosswalks import corpus
from tests.crosswalks.corpus import SNAPSHOT, Line, changes, declared, meant, packed, snapshot

LINES = list(snapshot())


def test_the_corpus_has_listings_of_every_registry_and_every_way_out() -> None:
    schemas = {line.schema for line in LINES}
    assert {"elm", "jmicro", "jvcampus", "mqa", "nzqa", "openbadges"} <= schemas <= set(crosswalk_table())
    assert len(LINES) > 80
    written = {name for line in LINES for name in line.made["out"]}
    assert {"elm", "mqa", "nzqa"} <= written


def test_nothing_differs_that_is_not_declared() -> None:
    rows = declared()
    found = changes(LINES)
    undeclared = [str(change) for change in found if not any(meant(change, row) for row in rows)]
    assert undeclared == [], "\n".join(["undeclared differences:", *undeclared])
    stale = [row for row in rows if not any(meant(change, row) for change in found)]
    assert stale == [], "declared, but nothing differs so: take these out"
    assert all(row["why"].strip() for row in rows)


def test_packing_is_the_same_every_time() -> None:
    assert packed(LINES) == packed(snapshot()) == SNAPSHOT.read_bytes()


def test_a_changed_crosswalk_is_told_as_lost_spurious_and_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    line = next(line for line in LINES if line.schema == "mqa" and line.listing.get("provider"))
    made = corpus.made_of(line.schema, 0, corpus.listing_of(line), ("mqa",))
    descriptor = dict(made["descriptor"])
    del descriptor["issuer"]
    spoiled = {**made, "descriptor": {**descriptor, "title": {"und": "another"}, "version": "9"}}
    monkeypatch.setattr(corpus, "made_of", lambda *_: spoiled)
    told = {(one.kind, one.path) for one in changes([Line(line.schema, line.model, line.listing, made)])}
    assert told == {
        ("LOST", "mqa: descriptor.issuer"),
        ("CHANGED", "mqa: descriptor.title.und"),
        ("SPURIOUS", "mqa: descriptor.version"),
    }
