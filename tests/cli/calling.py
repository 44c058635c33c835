"""Calling the command line: in this process for most tests, as a process of its own for a few."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from config.settings import settings
from harvester.cli import run


@dataclass(frozen=True)
class Outcome:
    """How a call ended, and what it said where."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def document(self) -> Any:
        """Standard output, which must be one JSON document."""
        return json.loads(self.out)

    @property
    def code(self) -> str:
        """The code of the first error of a JSON answer."""
        return str(self.document["error"][0]["code"])


@dataclass(frozen=True)
class Caller:
    """The command line in a home of its own, in a clean environment."""

    home: Path
    folder: Path
    changes: Mapping[str, str] = field(default_factory=dict)

    def with_(self, **changes: str) -> Caller:
        return Caller(self.home, self.folder, {**self.changes, **changes})

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KAKEHASHI_", "LC_")) and name not in {"LANG", "COLUMNS"}
        }
        return {**kept, "LANG": "C.UTF-8", "KAKEHASHI_HOME": str(self.home), **self.changes}

    def __call__(self, *arguments: str | Path) -> Outcome:
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        before = Path.cwd()
        settings.cache_clear()
        try:
            os.chdir(self.folder)
            with mock.patch.dict(os.environ, self.environment, clear=True), redirect_stdout(out), redirect_stderr(err):
                status = run([str(argument) for argument in arguments])
        finally:
            os.chdir(before)
            settings.cache_clear()
        return Outcome(status, _written(out), _written(err).decode())

    def process(self, *arguments: str | Path, program: str = "from harvester.cli import main; main()") -> Outcome:
        command = [sys.executable, "-c", program, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=self.folder, env=self.process_environment, capture_output=True, timeout=60, check=False
        )
        return Outcome(done.returncode, done.stdout, done.stderr.decode())

    @property
    def process_environment(self) -> dict[str, str]:
        return {**self.environment, "PYTHONPATH": str(Path(__file__).parents[2])}


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    buffer = stream.detach()
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()
