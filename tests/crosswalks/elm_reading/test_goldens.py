"""Goldens: made-up records in the shapes of the dumps, the detail pages and LOQ XML, with what they become."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import SourceRecord
from tests.crosswalks.elm_reading.shared import ELM, GOLDENS, check_laws

SOURCES = sorted(GOLDENS.glob("*.source.*"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_goldens(path: Path) -> None:
    name = path.name.partition(".")[0]
    expected = json.loads((GOLDENS / f"{name}.descriptor.json").read_text(encoding="utf-8"))
    ledgers = json.loads((GOLDENS / f"{name}.ledger.json").read_text(encoding="utf-8"))
    listings = list(ELM.load(path.read_bytes(), path.name))
    assert [listing.root for listing in listings] == [item["root"] for item in expected]
    for listing, descriptor, ledger in zip(listings, expected, ledgers, strict=True):
        source = SourceRecord(registry="elm", source_id=ELM.key(listing))
        crossing = ELM.read(listing, "https://kakehashi.example/id/mc/golden", source)
        check_laws(listing, crossing)
        found = crossing.value.model_dump(mode="json", exclude_defaults=True)
        assert list(differences(descriptor["descriptor"], found)) == []
        issues = [{"code": issue.code, "place": issue.place, "params": issue.params} for issue in crossing.issues]
        assert list(differences(ledger, {"root": listing.root, **crossing.ledger.as_json(), "issues": issues})) == []


def test_there_are_goldens_of_every_form() -> None:
    assert {path.suffix for path in SOURCES} == {".ttl", ".json", ".xml"}
