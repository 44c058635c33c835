"""The commands that partners are told to copy, run by curl against a deployment, as they stand there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import html

from config.settings import Settings
from harvester.workplace import Workplace
from portal.dumps.building import build
from portal.partners.log import PublicationLog
from portal.partners.ways import ways
from portal.sparql.snapshot import Snapshot
from tests.portal.asking import key_for
from tests.portal.publishing import Publisher, name
from tests.portal.serving import served

pytestmark = pytest.mark.slow
DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = "http://127.0.0.1:8080"
GUIDES = {"partners.md": 20, "api.md": 14, "sparql.md": 5}
"""The guides with commands, and at least how many each has."""


class Portal(NamedTuple):
    """A deployment that is served, where, and a key for it."""

    place: Workplace
    address: str
    key: str


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    place = Workplace.of(Settings(home=tmp_path_factory.mktemp("commands"), sparql=True))
    publisher = Publisher(place)
    publisher.publish(1, 2)
    publisher.delete(2)
    Publisher(place, registry="mqa").publish(3)
    manifest, _ = build(PublicationLog(place.database, place.settings.base), place.settings)
    Snapshot(place.settings).make(manifest.version)
    with served(place) as address:
        yield Portal(place, address, key_for(place, "check")["Authorization"].removeprefix("Bearer "))
    place.database.close()


def run(command: str, portal: Portal, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a command as it is written, with the names and the key that it leaves to the reader."""
    for written, meant in (
        (WRITTEN, portal.address), (portal.place.settings.base, portal.address),
        ("NAME", name("jmicro", 1)), ("OTHER", name("mqa", 3)), ("KEY", portal.key),
        ("-sL", "-s"),  # the address that redirections lead to is the public one
    ):  # fmt: skip
        command = command.replace(written, meant)
    words = shlex.split(command)
    assert words[0] == "curl"
    telling = [] if any(re.fullmatch("-[a-zA-Z]*f[a-zA-Z]*", word) for word in words) else ["--fail-with-body"]
    return subprocess.run([*words, *telling, "--max-time", "60"], cwd=folder, capture_output=True, check=False)


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_of_a_guide_answers(portal: Portal, guide: str, tmp_path: Path) -> None:
    lines = (DOCS / guide).read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line.startswith("curl ")]
    assert len(commands) >= GUIDES[guide]
    assert run(f"curl -s -o list.ttl {WRITTEN}/mc/NAME.ttl", portal, tmp_path).returncode == 0
    for command in commands:
        told = run(command, portal, tmp_path)
        assert told.returncode == 0, (command, told.stderr, told.stdout[:300])
        assert b"<error code=" not in told.stdout, "OAI-PMH tells what is wrong with status 200"


def test_every_command_of_the_page_answers(portal: Portal, tmp_path: Path) -> None:
    for language in ("ja", "en"):
        page = run(f"curl -s {WRITTEN}/{language}/partners", portal, tmp_path).stdout
        commands = html.document_fromstring(page).xpath("//pre/code/text()")
        assert len(commands) == len(ways())
        for command in commands:
            told = run(str(command), portal, tmp_path)
            assert told.returncode == 0, (command, told.stderr)
            assert len(told.stdout) > 100
            assert re.search(rb"<|\{|@prefix", told.stdout)


@pytest.mark.parametrize(("guide", "said"), [("partners.md", "oai:"), ("sparql.md", r"^[1-9]\d+$")])
def test_every_program_of_a_guide_runs(portal: Portal, guide: str, said: str, tmp_path: Path) -> None:
    (latest,) = (path for path in (portal.place.settings.home / "dumps").iterdir() if path.is_dir())
    (tmp_path / "descriptor.nq.gz").write_bytes((latest / "descriptor.nq.gz").read_bytes())
    blocks = re.findall(
        r"^```(?:python)?\n(.*?)^```", (DOCS / guide).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    programs = [block for block in blocks if re.match(r"(import|from) ", block)]
    assert programs
    for program in programs:
        done = subprocess.run(
            [sys.executable, "-c", program.replace(WRITTEN, portal.address)],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert re.search(said, done.stdout.decode(), re.MULTILINE), done.stdout
