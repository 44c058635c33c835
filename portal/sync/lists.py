"""The XML of ResourceSync: sitemaps with what its namespace adds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
RS = "http://www.openarchives.org/rs/terms/"
MOST = 50_000
"""Most entries of one document."""
JSON = "application/json"


class Resource(NamedTuple):
    """One resource at a moment: where it is, what it is, and what became of it, if that is what is told."""

    address: str
    modified: datetime
    content: bytes | None = None
    change: str | None = None
    path: str | None = None


def stamp(moment: datetime) -> str:
    """Return a moment as it is written, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def entry(one: Resource) -> str:
    """Return the entry of a resource. One that is gone has no hash."""
    about: dict[str, str] = {}
    if one.change is not None:
        about |= {"change": one.change, "datetime": stamp(one.modified)}
    if one.content is not None:
        digest = sha256(one.content).hexdigest()
        about |= {"hash": f"sha-256:{digest}", "length": str(len(one.content)), "type": JSON}
    if one.path is not None:
        about["path"] = one.path
    return _url(one.address, about, one.modified)


def pointer(address: str, capability: str) -> str:
    """Return the entry of another document."""
    return _url(address, {"capability": capability}, None)


def package(address: str, media_type: str, size: int, digest: str) -> str:
    """Return the entry of a package; `digest` is its SHA-256."""
    return _url(address, {"type": media_type, "length": str(size), "hash": f"sha-256:{digest}"}, None)


def opening(root: str, capability: str, up: str | None, **about: str) -> str:
    """Return how a document begins: `urlset` or `sitemapindex`, what it can do, and what it belongs to."""
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SITEMAP}" xmlns:rs="{RS}">\n'
    above = f'<rs:ln rel="up" href={quoteattr(up)}/>\n' if up else ""
    return f"{start}{above}<rs:md {_attributes({'capability': capability, **about})}/>\n"


def document(root: str, capability: str, up: str | None, entries: Iterable[str], **about: str) -> bytes:
    """Return a whole document."""
    return "".join([opening(root, capability, up, **about), *entries, f"</{root}>\n"]).encode()


def index_entry(address: str) -> str:
    """Return the entry of a part in an index."""
    return f"<sitemap><loc>{_escaped(address)}</loc></sitemap>\n"


def _url(address: str, about: dict[str, str], modified: datetime | None) -> str:
    when = f"<lastmod>{stamp(modified)}</lastmod>" if modified else ""
    return f"<url><loc>{_escaped(address)}</loc>{when}<rs:md {_attributes(about)}/></url>\n"


def _attributes(about: dict[str, str]) -> str:
    return " ".join(f"{name}={quoteattr(value)}" for name, value in about.items())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
