"""A second registry of a known shape in five minutes: a folder copied, and nothing registered anywhere."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.messages import CodedError
from connectors.discovery import connector, connector_names, fingerprint, folder, registries, registry
from connectors.mqa.standin import rows as standin_rows
from connectors.standins import entry_url
from harvester.running.runner import Order, harvest
from harvester.serving import served
from harvester.workplace import Workplace
from tests.harvester.situations import ROOT, contents, rows

NAME = "contoh"


@pytest.fixture
def copied(tmp_path: Path, extra_connectors: Callable[[Path], None]) -> Iterator[Path]:
    """A copy of a connector's folder under another name, its manifest changed as a newcomer would."""
    copy = tmp_path / "more" / NAME
    shutil.copytree(ROOT / "connectors" / "mqa", copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in copy.rglob("*.py"):
        path.write_text(path.read_text(encoding="utf-8").replace("connectors.mqa", f"connectors.{NAME}"), "utf-8")
    manifest = copy / "connector.yaml"
    text = manifest.read_text(encoding="utf-8")
    changed = text.replace("address: ''", "address: https://contoh.example/list").replace("country: MY", "country: SG")
    assert changed != text
    manifest.write_text(changed, encoding="utf-8")
    extra_connectors(copy.parent)
    yield copy
    for module in [name for name in sys.modules if name.startswith(f"connectors.{NAME}")]:
        del sys.modules[module]
    connector.cache_clear()
    fingerprint.cache_clear()


def test_a_copied_folder_is_found_waits_for_acceptance_and_takes_its_place(copied: Path, tmp_path: Path) -> None:
    assert NAME in connector_names()
    assert folder(NAME) == copied
    waiting = registry(NAME)
    assert (waiting.pending, waiting.active) == (True, False)
    assert (waiting.manifest.address, waiting.manifest.country) == ("https://contoh.example/list", "SG")
    accepted = tmp_path / "registries.yaml"
    accepted.write_text(f"baru: {{connector: {NAME}, active: true, rights: reuse_with_attribution}}\n", "utf-8")
    known = registries(accepted)
    assert (known["baru"].pending, known["baru"].active) == (False, True)
    assert known["baru"].manifest.rights == "reuse_with_attribution"
    assert NAME not in known
    assert known["mqa"].pending


@pytest.mark.slow
def test_a_copied_folder_harvests_its_stand_in(copied: Path, place: Workplace) -> None:
    source = registry(NAME)
    with served((NAME,)) as (bound,):
        address = entry_url(connector(NAME).standin, bound.address)
        source = type(source)(NAME, NAME, source.manifest.model_copy(update={"address": address}))
        report = harvest(place, Order(source, "somebody", allow_loopback=True))
        again = harvest(place, Order(source, "somebody else", allow_loopback=True))
    listed = sum(1 for row in standin_rows(connector(NAME).standin.listings) if row.title)
    assert (report.registry, report.succeeded, report.complete) == (NAME, True, True)
    assert (report.published.created, report.reading.blank) == (listed, 1)
    assert again.same_as_run == report.run_id
    assert [row["connector"] for row in rows(place, "registry")] == [NAME]
    assert all(row["registry_id"] == NAME and row["id"].startswith(f"{NAME}-") for row in rows(place, "record"))
    own = [module.__file__ for name, module in sys.modules.items() if name.startswith(f"connectors.{NAME}.")]
    assert {Path(path or "").parent for path in own} == {copied}


def test_a_folder_without_its_manifest_or_its_code_is_told(copied: Path, tmp_path: Path) -> None:
    manifest = copied / "connector.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + "surprise: 1\n", encoding="utf-8")
    with pytest.raises(CodedError) as told:
        registry(NAME)
    assert [issue.code for issue in told.value.issues] == ["connector_invalid"]
    assert "surprise" in told.value.issues[0].params["detail"]
    manifest.unlink()
    connector_names.cache_clear()
    assert NAME not in connector_names()
    with pytest.raises(CodedError) as told:
        registry(NAME)
    assert [issue.code for issue in told.value.issues] == ["registry_unknown"]
    with pytest.raises(CodedError) as told:
        connector(NAME)
    assert [issue.code for issue in told.value.issues] == ["connector_unknown"]


def test_a_registry_without_an_address_does_not_begin_a_run(place: Workplace) -> None:
    before = contents(place)
    nowhere = registry("mqa")
    with pytest.raises(CodedError) as told:
        harvest(place, Order(nowhere, "somebody"))
    assert [issue.code for issue in told.value.issues] == ["address_missing"]
    assert contents(place) == before
