"""The systemd units: hardened, and read by systemd itself where it is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from config.settings import Settings
from harvester.cli import cli
from harvester.scheduling.worker import PATIENCE

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
MOST_EXPOSED = 1.5
HARDENED = {
    "NoNewPrivileges": "true", "ProtectSystem": "strict", "ProtectHome": "true", "PrivateTmp": "true",
    "PrivateDevices": "true", "PrivateUsers": "true", "PrivateMounts": "true", "ProtectProc": "invisible",
    "ProtectKernelTunables": "true", "RestrictNamespaces": "true", "RestrictSUIDSGID": "true",
    "LockPersonality": "true", "CapabilityBoundingSet": "", "SystemCallArchitectures": "native",
}  # fmt: skip


def read(unit: Path) -> dict[str, list[str]]:
    """The values of every key, in order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in unit.read_text().splitlines():
        if re.match(r"[A-Z]\w+=", line):
            key, _, value = line.partition("=")
            found[key].append(value)
    return found


def test_there_is_a_unit_for_each_thing_that_runs() -> None:
    names = [unit.name for unit in UNITS]
    assert names == ["kakehashi-dump.service", "kakehashi-portal.service", "kakehashi-work.service"]
    assert [timer.stem for timer in DEPLOY.glob("*.timer")] == ["kakehashi-dump"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_hardened_and_runs_a_command_that_can_be_read(unit: Path) -> None:
    told = read(unit)
    assert {key: told[key][-1] for key in HARDENED if told[key]} == HARDENED
    assert told["SystemCallFilter"][0] == "@system-service"
    assert told["MemoryMax"]
    assert told["TasksMax"]
    assert told["User"] == ["kakehashi"]
    program, command, *arguments = told["ExecStart"][0].split()
    assert program.endswith("/kakehashi")
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    found.make_context(command, arguments)
    settings = {line.split("=")[0] for line in told["Environment"] if line.startswith("KAKEHASHI_")}
    assert settings <= {f"KAKEHASHI_{name.upper()}" for name in Settings.model_fields}


def test_workers_are_given_their_time_to_stop() -> None:
    told = read(DEPLOY / "kakehashi-work.service")
    assert told["KillMode"] == ["mixed"]
    assert int(told["TimeoutStopSec"][0]) > PATIENCE + 7


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_reads_a_unit_and_finds_little_exposed(unit: Path, tmp_path: Path, omit: Callable[[str], None]) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        omit("systemd-analyze (install systemd)")
    assert program
    copy = tmp_path / unit.name
    copy.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE))
    verified = subprocess.run(
        [program, "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    told = subprocess.run(
        [program, "security", "--offline=true", "--no-pager", str(copy)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout)
    assert level is not None, told.stderr
    assert float(level[1]) <= MOST_EXPOSED


def test_systemd_knows_when_a_dump_is_made(omit: Callable[[str], None]) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        omit("systemd-analyze (install systemd)")
    assert program
    (when,) = read(DEPLOY / "kakehashi-dump.timer")["OnCalendar"]
    told = subprocess.run([program, "calendar", when], capture_output=True, text=True, check=False, timeout=60)
    assert (told.returncode, "Next elapse" in told.stdout) == (0, True)
