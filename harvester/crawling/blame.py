"""Telling a fault in someone's code as a reason, so that it is not lost where callbacks swallow exceptions."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.messages import CodedError

_LOG = logging.getLogger(__name__)


@contextmanager
def blaming(connector: str) -> Iterator[None]:
    """Run a connector's code. Raises `CodedError` with `connector_fault` for whatever it fails with unforeseen."""
    try:
        yield
    except CodedError:
        raise
    except Exception as error:
        _LOG.exception("the connector %s failed", connector)
        raise CodedError.of("connector_fault", connector=connector, detail=whereabouts(error)) from error


def whereabouts(error: Exception) -> str:
    """Return what an error is and where it arose. Its text is left out: it may quote what was being read."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__}, {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
