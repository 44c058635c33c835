"""Record identifiers: stable for as long as a listing's natural key is, and never derived from a person."""

from __future__ import annotations

from hashlib import blake2b

_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(one + other for one in _DIGITS for other in _DIGITS)
"""Ten bits each: Base32 (RFC 4648) in lower case, two digits at a time."""


def record_id(registry: str, key: str) -> str:
    """Return the short id of a record: the registry and a hash of the natural key."""
    digest = blake2b(key.encode(), digest_size=10, person=registry.encode()[:16]).digest()
    number = int.from_bytes(digest)
    return f"{registry}-{''.join([_PAIRS[number >> shift & 1023] for shift in range(70, -1, -10)])}"


def record_iri(base: str, registry: str, key: str) -> str:
    """Return the identifier of a record below the registry's public address."""
    return f"{base}/id/mc/{record_id(registry, key)}"


def converted_iri(schema: str, key: str) -> str:
    """Return the identifier of a record in a file that somebody converts by hand: it belongs to no registry."""
    return f"urn:kakehashi:{record_id(schema, key)}"
