"""Sessions: who is signed in with which browser. The browser holds a random token, the database only its hash."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from config.settings import Settings
from portal.accounts.visitor import Visitor
from store.accounts import close_sign_in, note_seen, open_sign_in, signed_in
from store.clock import now
from store.database import Database

_SEEN_AGAIN = timedelta(minutes=1)
"""How exactly it is known when a session was last in use; a page does not write for less."""


class Sessions:
    """The sessions of a deployment. They end when unused for a while, and after a day's work whatever happens."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._longest = timedelta(hours=settings.session_hours)

    def begin(self, account_id: int, instead_of: str) -> str:
        """Begin a session under a token of its own, end the browser's earlier one, and return the token."""
        token = secrets.token_urlsafe(32)
        oldest = now() - self._longest
        open_sign_in(self.database, _hash(token), account_id, _hash(instead_of) if instead_of else None, oldest)
        return token

    def visitor(self, token: str) -> Visitor | None:
        """Return who a token belongs to; None when nobody, no longer, or to an account that is closed."""
        if not token:
            return None
        kept = _hash(token)
        row = signed_in(self.database, kept)
        if row is None:
            return None
        moment = now()
        if row["disabled"] or moment - row["seen"] > self._idle or moment - row["begun"] > self._longest:
            close_sign_in(self.database, kept)
            return None
        if moment - row["seen"] > _SEEN_AGAIN:
            note_seen(self.database, kept)
        return Visitor.of(row, kept)

    def end(self, visitor: Visitor) -> None:
        """End a session."""
        close_sign_in(self.database, visitor.token)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
