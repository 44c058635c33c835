"""Record identifiers: stable for as long as a listing's natural key is, and never derived from a person."""

from __future__ import annotations

import base64
from hashlib import blake2b


def record_id(registry: str, key: str) -> str:
    """Return the short id of a record: the registry and a hash of the natural key."""
    digest = blake2b(key.encode(), digest_size=10, person=registry.encode()[:16]).digest()
    return f"{registry}-{base64.b32encode(digest).decode().lower()}"


def record_iri(base: str, registry: str, key: str) -> str:
    """Return the identifier of a record below the registry's public address."""
    return f"{base}/id/mc/{record_id(registry, key)}"


def converted_iri(schema: str, key: str) -> str:
    """Return the identifier of a record in a file that somebody converts by hand: it belongs to no registry."""
    return f"urn:kakehashi:{record_id(schema, key)}"
