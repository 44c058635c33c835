"""Who a request comes from, once that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from store.account_tables import ROLES


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in. `token` is the hash of the session, `shown` the name that pages show."""

    account_id: int
    name: str
    shown: str
    role: str
    token: str
    local: bool

    @property
    def actor(self) -> str:
        """The name that acts are kept under: what people call the account, and what tells it from all others."""
        return self.name if self.shown == self.name else f"{self.shown} ({self.name})"

    @classmethod
    def of(cls, row: dict[str, Any], token: str) -> Visitor:
        """Return the visitor that an account's row and a session make."""
        local = row["password"] is not None
        return cls(row["id"], row["name"], row["shown"], row["role"], token, local)


def role_rank(role: str) -> int:
    """Return where a role stands in the list of roles, for sorting."""
    return ROLES.index(role)
