"""The commands that partners are told to copy, run by curl against a deployment, as they stand there."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

from lxml import html

from harvester.workplace import Workplace
from portal.dumps.building import build
from portal.partners.log import PublicationLog
from portal.partners.ways import ways
from tests.portal.publishing import Publisher, name
from tests.portal.serving import served

GUIDE = Path(__file__).parents[2] / "docs" / "partners.md"
WRITTEN = "http://127.0.0.1:8080"
COMMANDS = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("curl ")]


def run(command: str, address: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    words = shlex.split(command.replace(WRITTEN, address).replace("NAME", name("jmicro", 1)))
    assert words[0] == "curl"
    return subprocess.run([*words, "--fail", "--max-time", "30"], cwd=folder, capture_output=True, check=False)


def test_every_command_of_the_guide_answers(place: Workplace, tmp_path: Path) -> None:
    assert len(COMMANDS) > 15
    publisher = Publisher(place)
    publisher.publish(1, 2)
    publisher.delete(2)
    Publisher(place, registry="mqa").publish(3)
    with served(place) as address:
        build(PublicationLog(place.database, place.settings.base), place.settings)
        for command in COMMANDS:
            if "-sL" in command:  # the address that redirections lead to is the public one
                command = command.replace("-sL", "-s", 1)  # noqa: PLW2901
            told = run(command, address, tmp_path)
            assert told.returncode == 0, (command, told.stderr)
            assert b'"code":"' not in told.stdout, command


def test_every_command_of_the_page_answers(place: Workplace, tmp_path: Path) -> None:
    Publisher(place).publish(1)
    with served(place) as address:
        build(PublicationLog(place.database, place.settings.base), place.settings)
        for language in ("ja", "en"):
            page = run(f"curl -s {address}/{language}/partners", address, tmp_path).stdout
            commands = html.document_fromstring(page).xpath("//pre/code/text()")
            assert len(commands) == len(ways())
            for command in commands:
                told = run(str(command).replace(place.settings.base, address), address, tmp_path)
                assert told.returncode == 0, (command, told.stderr)
                assert len(told.stdout) > 100
                assert re.search(rb"<|\{|@prefix", told.stdout)
