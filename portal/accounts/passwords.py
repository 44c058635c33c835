"""Passwords of local accounts: hashed with argon2id, never kept, never told again."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config.messages import CodedError

SHORTEST, LONGEST = 12, 200
_hasher = PasswordHasher()
"""Parameters of RFC 9106 for machines with little memory, as the library has them: 64 MiB, three passes."""


def hashed(password: str, name: str) -> str:
    """Return the hash of a new password. Raises `CodedError` with `password_weak`."""
    if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < 5 or name.lower() in password.lower():
        raise CodedError.of("password_weak", least=SHORTEST, most=LONGEST)
    return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one that was hashed. An account without one takes as long to say no."""
    try:
        _hasher.verify(kept or _nobodys(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def fresh_hash(kept: str, password: str) -> str | None:
    """Return a new hash for a password that matched, where the one kept is of weaker parameters than today's."""
    return _hasher.hash(password) if _hasher.check_needs_rehash(kept) else None


def made_up() -> str:
    """Return a password for somebody to sign in with for the first time."""
    return "-".join(secrets.token_hex(3) for _ in range(3))


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_hex(16))
