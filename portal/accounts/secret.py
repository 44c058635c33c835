"""What the portal signs by: one key for each purpose, all made from the key of the deployment."""

from __future__ import annotations

import hmac
from hashlib import sha256

from config.settings import Settings
from portal.oai.tokens import signing_key


class Secret:
    """The key of a deployment; made or read at its first use, so that a portal that only shows needs none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key = b""

    def key(self, purpose: str) -> bytes:
        """Return the key for a purpose. Raises `CodedError` with `home_unwritable`."""
        if not self._key:
            self._key = signing_key(self._settings)
        return hmac.new(self._key, f"portal {purpose}".encode(), sha256).digest()

    def mark(self, purpose: str, text: str) -> str:
        """Return a mark of a text that only this deployment can make."""
        return hmac.new(self.key(purpose), text.encode(), sha256).hexdigest()

    def is_mark(self, purpose: str, text: str, given: str) -> bool:
        """Tell whether a mark is ours, in a time that tells nothing."""
        return hmac.compare_digest(self.mark(purpose, text).encode(), given.encode())
