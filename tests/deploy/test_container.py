"""The container: two stages, hash-checked, without a compiler, nobody's root; and the compose file around it.

What the formats allow is written down here as facts: the Dockerfile's instructions from Docker's reference, the keys of
a service from the Compose Specification.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from config.settings import Settings, secret_files
from harvester.cli import cli

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
INSTRUCTIONS = {
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "ONBUILD", "RUN",
    "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip
SERVICE_KEYS = {
    "build", "cap_add", "cap_drop", "command", "configs", "depends_on", "deploy", "environment", "healthcheck", "image",
    "init", "logging", "networks", "ports", "read_only", "restart", "secrets", "security_opt", "shm_size",
    "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
"""Of the keys that the specification has for a service, those in use here."""
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
SIZE, TIME = re.compile(r"\d+[bkmg]"), re.compile(r"(\d+(us|ms|s|m|h))+")
COMPILERS = re.compile(r"\b(gcc|g\+\+|clang|build-essential|make|cargo|rustc|python3?-dev|libpq-dev)\b")


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text()
    lines = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(line.split(maxsplit=1)[0], " ".join(line.split()[1:])) for line in lines if line.strip()]


def final_stage() -> list[tuple[str, str]]:
    told = instructions()
    return told[max(number for number, (name, _) in enumerate(told) if name == "FROM") :]


def of(name: str, told: list[tuple[str, str]]) -> list[str]:
    return [rest for instruction, rest in told if instruction == name]


def test_it_is_a_dockerfile_in_two_stages_of_one_tagged_base() -> None:
    told = instructions()
    assert {name for name, _ in told} <= INSTRUCTIONS
    bases = [base.split()[0] for base in of("FROM", told)]
    assert len(bases) == 2
    assert set(bases) == {"python:3.11-slim-bookworm"}
    required = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert required == ">=3.11"


def test_everything_that_is_installed_is_checked_by_its_hash_or_is_ours() -> None:
    installs = [part for run in of("RUN", instructions()) for part in run.split("&&") if "pip install" in part]
    assert len(installs) == 3
    for install in installs:
        words = shlex.split(install)
        ours = words[-1] == "." and {"--no-deps", "--no-build-isolation"} <= set(words)
        assert ours or {"--require-hashes", "--only-binary"} <= set(words), install
    pinned = (DEPLOY / "build.lock").read_text()
    assert re.search(r"^setuptools==[\d.]+ \\\n    --hash=sha256:[0-9a-f]{64}$", pinned, re.MULTILINE)


def test_the_image_has_no_compiler_and_no_installer() -> None:
    assert not any(COMPILERS.search(run) for run in of("RUN", instructions()))
    assert any("pip uninstall --yes setuptools pip" in run for run in of("RUN", instructions()))
    assert not any("pip" in run for run in of("RUN", final_stage()))


def test_it_runs_as_nobody_of_importance_and_tells_its_health() -> None:
    told = final_stage()
    names = [name for name, _ in told]
    user, group = of("USER", told)[-1].split(":")
    assert min(int(user), int(group)) >= 1000
    assert names.index("USER") > max(number for number, name in enumerate(names) if name in {"RUN", "COPY"})
    assert "/healthz" in of("HEALTHCHECK", told)[0]
    assert str(Settings.model_fields["health_port"].default) in of("HEALTHCHECK", told)[0]
    assert of("ENTRYPOINT", told) == ['["kakehashi"]']
    assert {f"KAKEHASHI_{name.upper()}" for name in Settings.model_fields} >= set(
        re.findall(r"KAKEHASHI_\w+", " ".join(of("ENV", told)))
    )


def test_what_is_copied_is_there_and_let_in() -> None:
    let_in = {
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied: set[str] = set()
    for copy in of("COPY", instructions()):
        words = copy.split()
        if not words[0].startswith("--from"):
            copied |= set(words[:-1])
    assert all((ROOT / name).exists() for name in copied)
    assert copied == let_in
    rooms = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {room.rstrip("*") for room in rooms} <= copied


def compose() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return told


SERVICES: dict[str, dict[str, Any]] = compose()["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"].startswith("kakehashi:"))


def test_there_are_a_database_a_portal_a_scheduler_two_workers_and_a_maker_of_dumps() -> None:
    assert set(SERVICES) == {"database", "dumps", "portal", "prepare", "scheduler", "worker"}
    assert SERVICES["worker"]["deploy"]["replicas"] == 2
    assert {key for key in compose() if not key.startswith("x-")} <= {
        "configs", "name", "networks", "secrets", "services", "volumes",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert set(service) <= SERVICE_KEYS
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all("size=" in mount for mount in service["tmpfs"])
    limits = service["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}
    assert SIZE.fullmatch(limits["memory"])
    assert float(limits["cpus"]) > 0
    assert not service.get("privileged")
    assert ":latest" not in service["image"]
    assert ":" in service["image"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_what_a_service_names_is_declared(name: str) -> None:
    service, whole = SERVICES[name], compose()
    assert set(service["secrets"]) <= set(whole["secrets"])
    assert {one["source"] for one in service.get("configs", ())} <= set(whole["configs"])
    assert set(service["networks"]) <= set(whole["networks"])
    assert {volume.split(":")[0] for volume in service["volumes"]} <= set(whole["volumes"])
    for other, how in service.get("depends_on", {}).items():
        assert how["condition"] in CONDITIONS
        assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]
    for key, value in service.get("healthcheck", {}).items():
        assert key in {"test", "interval", "timeout", "retries", "start_period", "disable"}
        assert key not in {"interval", "timeout", "start_period"} or TIME.fullmatch(value)


@pytest.mark.parametrize("name", OURS)
def test_a_command_of_ours_can_be_read_and_its_settings_are_there(name: str) -> None:
    service = SERVICES[name]
    command, *arguments = service["command"]
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    found.make_context(command, list(arguments))
    known = {f"KAKEHASHI_{setting.upper()}" for setting in Settings.model_fields} | set(secret_files().values())
    assert set(service["environment"]) <= known
    files = {value for key, value in service["environment"].items() if key.endswith("_FILE") and "secrets" in value}
    assert files == {f"/run/secrets/{secret}" for secret in service["secrets"]}
    user = of("USER", final_stage())[-1]
    assert service["user"] == user


def test_secrets_are_files_and_the_database_is_reached_from_inside_only() -> None:
    whole = compose()
    assert all(set(secret) == {"file"} for secret in whole["secrets"].values())
    text = (DEPLOY / "compose.yaml").read_text()
    assert not re.search(r"(PASSWORD|TOKEN|SECRET)\w*: (?!/run/secrets/)", text)
    assert whole["networks"]["inside"] == {"internal": True}
    assert SERVICES["database"]["networks"] == ["inside"]
    assert "ports" not in SERVICES["database"]
    assert all(port.startswith("127.0.0.1:") for service in SERVICES.values() for port in service.get("ports", ()))


def test_readme_tells_how_to_make_every_file_that_compose_needs() -> None:
    guide = (DEPLOY / "README.md").read_text()
    whole = compose()
    for part in ("secrets", "configs"):
        for one in whole[part].values():
            assert one["file"].removeprefix("./") in guide
    for variable in re.findall(r"\$\{(\w+):\?", (DEPLOY / "compose.yaml").read_text()):
        assert variable in guide
