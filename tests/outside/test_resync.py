"""The `resync` client keeps a copy in step by ResourceSync: everything first, then changes and deletions."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from harvester.workplace import Workplace
from portal.dumps.building import build
from portal.partners.log import PublicationLog
from tests.outside.test_oai_clients import SLIM
from tests.portal.publishing import Publisher, name
from tests.portal.serving import served

Copy = dict[str, bytes]


@dataclass(frozen=True)
class Mirror:
    """A copy of a deployment in a folder, kept by `resync-sync`."""

    address: str
    folder: Path

    def sync(self, *options: str) -> str:
        """Run the client; return what it says. Anything it finds not to match is in there."""
        program = Path(sys.executable).with_name("resync-sync")
        lists = f"{self.address}/resourcesync"
        # This client cannot check hashes of a change list: it breaks down when told to.
        how = ("--changelist-uri", f"{lists}/changelist.xml") if "--incremental" in options else ("--hash", "sha-256")
        done = subprocess.run(
            [program, *options, *how, "--verbose", f"{self.address}/=copy/"],
            cwd=self.folder, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        told = done.stdout + done.stderr
        assert done.returncode == 0, told
        assert not [word for word in ("FatalError", "mismatch", "does not match", "Failed to GET") if word in told], (
            told
        )
        return told

    @property
    def content(self) -> Copy:
        return {file.name: file.read_bytes() for file in (self.folder / "copy").rglob("*") if file.is_file()}


@pytest.fixture
def mirror(place: Workplace, tmp_path: Path) -> Iterator[Mirror]:
    folder = tmp_path / "mirror"
    folder.mkdir()
    with served(place, as_public=True) as address:
        yield Mirror(address, folder)


def public(mirror: Mirror, publisher: Publisher) -> Copy:
    """What stands, each as it is served."""
    standing = [record for record, title in publisher.truth.items() if title is not None]
    with httpx.Client(base_url=mirror.address) as client:
        return {f"{record}.json": client.get(f"/mc/{record}.json").content for record in standing}


def dumped(place: Workplace, mirror: Mirror) -> None:
    settings = place.settings.model_copy(update={"public_base": mirror.address})
    build(PublicationLog(place.database, mirror.address), settings)


@pytest.mark.slow
def test_a_copy_is_in_step_after_changes_and_deletions(place: Workplace, mirror: Mirror) -> None:
    publisher = Publisher(place)
    publisher.publish(*range(1, 21), **SLIM)
    publisher.delete(20)
    dumped(place, mirror)
    mirror.sync("--baseline")
    assert mirror.content == public(mirror, publisher)
    assert len(mirror.content) == 19

    publisher.publish(1, 2, op="changed", **SLIM | {"title": {"ja": "改訂"}})
    publisher.publish(2, op="changed", **SLIM | {"title": {"ja": "再改訂"}})
    publisher.delete(3, 4)
    publisher.bring_back(4)
    publisher.publish(21, 22, **SLIM)
    publisher.delete(22)
    mirror.sync("--incremental", "--delete")
    assert mirror.content == public(mirror, publisher)
    assert f"{name('jmicro', 3)}.json" not in mirror.content

    publisher.delete(5)
    dumped(place, mirror)
    mirror.sync("--incremental", "--delete")
    assert mirror.content == public(mirror, publisher)
    assert "to create=0, to update=0, to delete=0" in mirror.sync("--audit")
