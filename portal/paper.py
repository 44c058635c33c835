"""Pages as PDF, set by WeasyPrint with a style sheet of ours. Nothing is fetched from anywhere.

Setting a page takes a second or more of a processor, so one is set at a time and others are told to come back.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Any

from config.messages import CodedError

_STYLE = Path(__file__).with_suffix(".css")
_PATIENCE = 15
_BUSY = threading.Lock()


def pdf(page: bytes, base: str) -> bytes:
    """Return a page as a tagged PDF. `base` is what its links are relative to.

    Raises `CodedError` with `pdf_tool_missing`, whose fix names the Debian packages, where Pango is missing, and with
    `pdf_busy` when others are waiting.
    """
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415  loads libraries of the system, which may be missing
    except (ImportError, OSError) as error:
        raise CodedError.of("pdf_tool_missing", detail=" ".join(str(error).split())[:120]) from None
    if not _BUSY.acquire(timeout=_PATIENCE):
        raise CodedError.of("pdf_busy")
    try:
        sheet = CSS(string=_style(), url_fetcher=_nothing)
        document = HTML(string=page.decode(), base_url=f"{base}/", url_fetcher=_nothing)
        made: bytes = document.write_pdf(stylesheets=[sheet], pdf_tags=True)
        return made
    finally:
        _BUSY.release()


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")


def _nothing(url: str, *_: Any, **__: Any) -> Any:
    """Fetch nothing, whatever a page names."""
    raise ValueError(f"nothing is fetched: {url[:60]}")
