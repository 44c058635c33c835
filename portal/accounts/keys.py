"""Keys of machines: 256 random bits with a prefix to call them by, scopes, an end; kept as hashes.

A route of machines takes `needs_key(scope)` as its dependency, and has the scope in its row of `routes.tsv`.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.requests import Request

from config.messages import CodedError, Issue
from config.yaml_files import load_yaml
from portal.accounts.door import TurnedAway
from portal.accounts.rates import Rates
from portal.answers import problem
from store.api_keys import keep_key, key_of, keys, note_use, revoke
from store.audit import audit
from store.clock import now
from store.database import Database

_KEY = re.compile(r"kk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_USED_AGAIN = timedelta(minutes=10)
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Caller:
    """The machine that a request comes from."""

    prefix: str
    title: str
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        """The name that its acts are kept under."""
        return f"{self.title} (key {self.prefix})"


@cache
def scopes() -> dict[str, dict[str, str]]:
    """Return what a key may be for, with a name in each language."""
    table: dict[str, dict[str, str]] = load_yaml(Path(__file__).parent / "scopes.yaml")
    return table


def make_key(
    database: Database, actor: str, title: str, wanted: list[str], days: int | None = None
) -> tuple[str, dict[str, Any]]:
    """Make a key; return it, for the only time, and what is known of it.

    Raises `CodedError` with `scope_unknown` or `key_title_invalid`.
    """
    if unknown := [scope for scope in wanted if scope not in scopes()] or ([] if wanted else ["-"]):
        raise CodedError.of("scope_unknown", scope=unknown[0], known=", ".join(scopes()))
    if not title.strip() or not title.isprintable() or len(title) > _LONGEST_TITLE:
        raise CodedError.of("key_title_invalid")
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    whole = f"kk_{prefix}_{secret}"
    ends = now() + timedelta(days=days) if days else None
    keep_key(database, prefix=prefix, secret=_hash(whole), title=title.strip(), scopes=sorted(set(wanted)),
             made_by=actor, expires_at=ends)  # fmt: skip
    audit(database, actor, "key_new", prefix, {"title": title.strip(), "scopes": sorted(set(wanted))})
    row = key_of(database, prefix)
    return whole, _told(row or {})


def listed_keys(database: Database) -> list[dict[str, Any]]:
    """Return every key without its secret."""
    return [_told(row) for row in keys(database)]


def revoke_key(database: Database, actor: str, prefix: str) -> dict[str, Any]:
    """End a key for ever. Raises `CodedError` with `key_unknown`."""
    if key_of(database, prefix) is None:
        raise CodedError.of("key_unknown", prefix=prefix)
    revoke(database, prefix)
    audit(database, actor, "key_revoke", prefix)
    return _told(key_of(database, prefix) or {})


def needs_key(scope: str) -> Callable[[Request], Caller]:
    """Return a dependency that gives the caller of a route that needs a scope, and turns all others away.

    The key comes as `Authorization: Bearer …`, nowhere else. Without a good one the answer is 401, with one for other
    things 403, after too many requests 429 with `Retry-After`.
    """
    if scope not in scopes():
        raise ValueError(f"scopes.yaml has no {scope!r}")

    def caller(request: Request) -> Caller:
        return _admitted(request, scope)

    return caller


def any_key(request: Request) -> Caller:
    """Return the caller of a public route who sent a key, whatever it is for; turn a bad key or a crowd away."""
    return _admitted(request, None)


def _admitted(request: Request, scope: str | None) -> Caller:
    database: Database = request.app.state.database
    rates: Rates = request.app.state.rates
    found = _caller(database, request.headers.get("authorization", ""))
    named = f', scope="{scope}"' if scope else ""
    if found is None:
        asked = {"WWW-Authenticate": f'Bearer realm="kakehashi"{named}'}
        raise TurnedAway(problem(request, Issue("key_needed", {"scope": scope or "-"}), 401, headers=asked))
    if scope is not None and scope not in found.scopes:
        asked = {"WWW-Authenticate": f'Bearer realm="kakehashi", error="insufficient_scope"{named}'}
        raise TurnedAway(problem(request, Issue("scope_refused", {"scope": scope}), 403, headers=asked))
    if wait := rates.hit(request.app.state.key_rate, "key", found.prefix):
        told = Issue("too_many", {"seconds": wait})
        raise TurnedAway(problem(request, told, 429, headers={"Retry-After": str(wait)}))
    return found


def _caller(database: Database, header: str) -> Caller | None:
    kind, _, given = header.partition(" ")
    match = _KEY.fullmatch(given.strip())
    if kind.lower() != "bearer" or match is None:
        return None
    row = key_of(database, match[1])
    if row is None or not hmac.compare_digest(row["secret"], _hash(match[0])):
        return None
    moment = now()
    if row["revoked_at"] or (row["expires_at"] and row["expires_at"] <= moment):
        return None
    if row["used_at"] is None or moment - row["used_at"] > _USED_AGAIN:
        note_use(database, row["prefix"])
    return Caller(row["prefix"], row["title"], frozenset(row["scopes"]))


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "secret"}
