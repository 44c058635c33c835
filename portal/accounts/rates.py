"""How often something may be tried: the library `limits`, counting in the deployment's own database.

Its memory stores would count in each process apart, and its shared ones need a service of their own.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from portal.accounts.secret import Secret
from store.clock import now
from store.database import Database
from store.rates import count_try, forget_tries, tries_of


class DatabaseStorage(Storage):
    """The store of `limits` in a table: what several processes count, they count together."""

    STORAGE_SCHEME = None

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """Nothing is wrapped: a database that cannot be asked has its own code."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count tries and return how many there were in the window."""
        return count_try(self._database, key, expiry, amount)

    def get(self, key: str) -> int:
        """Return how many tries there were."""
        return tries_of(self._database, key)[0]

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, in seconds of the epoch."""
        return (tries_of(self._database, key)[1] or now()).timestamp()

    def check(self) -> bool:
        """Tell whether the store answers."""
        tries_of(self._database, "")
        return True

    def reset(self) -> int | None:
        """Forget the windows that are over."""
        return forget_tries(self._database)

    def clear(self, key: str) -> None:
        """Forget the tries of one name."""
        forget_tries(self._database, key)


class Rates:
    """Limits of a deployment. What is counted stands in the table as a mark: no address, no name."""

    def __init__(self, database: Database, secret: Secret) -> None:
        self._storage = DatabaseStorage(database)
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._secret = secret

    def hit(self, limit: str, *names: str) -> int:
        """Count a try; return 0 when it is allowed, else after how many seconds the next one is.

        `limit` is in the words of the library: `10/15minutes`.
        """
        item = _item(limit)
        marked = self._marked(names)
        return 0 if self._limiter.hit(item, marked) else self._wait(item, marked)

    def full(self, limit: str, *names: str) -> int:
        """Tell as `hit` does, without counting."""
        item = _item(limit)
        marked = self._marked(names)
        return 0 if self._limiter.test(item, marked) else self._wait(item, marked)

    def left(self, limit: str, *names: str) -> tuple[int, int]:
        """Return how many tries are left, and in how many seconds they are counted anew."""
        ends, left = self._limiter.get_window_stats(_item(limit), self._marked(names))
        return left, max(1, round(ends - now().timestamp()))

    def forgive(self, limit: str, *names: str) -> None:
        """Forget what was counted."""
        self._limiter.clear(_item(limit), self._marked(names))

    def sweep(self) -> None:
        """Take away the windows that are over."""
        self._storage.reset()

    def _wait(self, item: RateLimitItem, marked: str) -> int:
        ends, _ = self._limiter.get_window_stats(item, marked)
        return max(1, round(ends - now().timestamp()))

    def _marked(self, names: tuple[str, ...]) -> str:
        return self._secret.mark("rates", "\n".join(names))


@cache
def _item(limit: str) -> Any:
    return parse(limit)
