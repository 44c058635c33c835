"""Pages as PDF, set by WeasyPrint. Nothing is fetched from anywhere: the style sheet comes with the program."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from config.messages import CodedError

_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
_STYLE = Path(__file__).parent / "sheet.css"


def pdf(page: bytes, base: str) -> bytes:
    """Return a page as a tagged PDF. `base` is what its links are relative to.

    Raises `CodedError` with `pdf_unavailable`, which names the Debian packages, where Pango is missing.
    """
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415  loads libraries of the system, which may be missing
    except OSError as error:
        raise CodedError.of("pdf_unavailable", packages=_PACKAGES, detail=str(error).splitlines()[0][:120]) from None
    sheet = CSS(string=_style(), url_fetcher=_nothing)
    document = HTML(string=page.decode(), base_url=f"{base}/", url_fetcher=_nothing)
    made: bytes = document.write_pdf(stylesheets=[sheet], pdf_tags=True)
    return made


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")


def _nothing(url: str, *_: Any, **__: Any) -> Any:
    """Fetch nothing, whatever a page names."""
    raise ValueError(f"nothing is fetched: {url[:60]}")
