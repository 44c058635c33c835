"""Schemathesis asks the API what its OpenAPI document allows, and what it does not, and finds nothing wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harvester.workplace import Workplace
from tests.portal.asking import ROOT, key_for
from tests.portal.publishing import Publisher, name
from tests.portal.serving import served

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = 4
FREELY: dict[str, Any] = {"api_rate": "100000/minute", "key_rate": "100000/minute"}


@pytest.mark.slow
def test_the_api_is_as_its_document_says(place: Workplace, tmp_path: Path) -> None:
    publisher = Publisher(place)
    publisher.publish(*range(1, 9))
    publisher.update(3, "改訂")
    publisher.delete(4)
    publisher.delete(5, reason="merged", successor=name("jmicro", 6))
    Publisher(place, registry="mqa").publish(9)
    key = key_for(place, "check")["Authorization"]
    with served(place, as_public=True, **FREELY) as address:
        done = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "--config-file", CONFIGURATION,
                "run", f"{address}{ROOT}/openapi.json", "--header", f"Authorization: {key}",
                "--checks", "all", "--max-examples", str(EXAMPLES), "--seed", "20261121", "--workers", "2",
                "--generation-database", "none", "--request-timeout", "60", "--max-response-time", "60",
                "--no-color", "--warnings", "off",
            ],
            cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:]
    assert "No issues found" in done.stdout
