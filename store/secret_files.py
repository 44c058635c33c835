"""Secrets that a deployment makes once and keeps in its home, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from config.messages import CodedError


def kept_secret(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return what a file holds, made first if there is none; of several processes that make it, one wins.

    Raises `CodedError` with `home_unwritable`.
    """
    try:
        if not path.exists():
            fresh = _written(path, make())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_bytes()
    except OSError as error:
        raise _unwritable(path, error) from None


def replace_secret(path: Path, content: bytes) -> None:
    """Put other content in the place of what a file holds, at once. Raises `CodedError` with `home_unwritable`."""
    try:
        _written(path, content).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None


def _written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    return fresh


def _unwritable(path: Path, error: OSError) -> CodedError:
    return CodedError.of("home_unwritable", folder=str(path.parent), detail=error.strerror or str(error))
