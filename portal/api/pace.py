"""How fast the API may be asked: by key, counted for all processes together; without one, by address.

Reading must not wait for a database that is being written, so requests without a key are counted in this process only.
"""

from __future__ import annotations

import threading
from time import monotonic

from limits import parse
from starlette.requests import Request

from config.messages import Issue
from portal.accounts.door import TurnedAway
from portal.accounts.keys import any_key, needs_key
from portal.accounts.rates import Rates
from portal.answers import problem

_MOST_ADDRESSES = 100_000


class Pace:
    """Counts requests. Header fields are those of draft-ietf-httpapi-ratelimit-headers-10."""

    def __init__(self, rates: Rates, key_rate: str, open_rate: str) -> None:
        self._rates = rates
        self._key_rate = key_rate
        self._of_keys, self._of_addresses = _Told(key_rate), _Told(open_rate)
        self._window = _Window(open_rate)

    def count(self, request: Request, scope: str | None) -> dict[str, str]:
        """Count a request and return what its answer says of the limits. Raises `TurnedAway` when it must not pass."""
        if scope is None and "authorization" not in request.headers:
            left, wait = self._window.hit(request.client.host if request.client else "")
            if left < 0:
                told = {"Retry-After": str(wait), **self._of_addresses(0, wait)}
                raise TurnedAway(problem(request, Issue("too_many", {"seconds": wait}), 429, headers=told))
            return self._of_addresses(left, wait)
        caller = needs_key(scope)(request) if scope else any_key(request)
        return self._of_keys(*self._rates.left(self._key_rate, "key", caller.prefix))


class _Window:
    """Counts hits of addresses in windows of fixed length; those of a window that is over are forgotten."""

    def __init__(self, rate: str) -> None:
        item = parse(rate)
        self._amount, self._length = item.amount, float(item.get_expiry())
        self._lock = threading.Lock()
        self._begun = monotonic()
        self._hits: dict[str, int] = {}

    def hit(self, address: str) -> tuple[int, int]:
        """Count a hit; return how many are left, below 0 when it was too many, and the seconds to the window's end."""
        with self._lock:
            passed = monotonic() - self._begun
            if passed >= self._length or len(self._hits) > _MOST_ADDRESSES:
                self._hits.clear()
                self._begun, passed = monotonic(), 0.0
            self._hits[address] = self._hits.get(address, 0) + 1
            return self._amount - self._hits[address], max(1, round(self._length - passed))


class _Told:
    """What answers say of one rate."""

    def __init__(self, rate: str) -> None:
        item = parse(rate)
        self._policy = f'"requests";q={item.amount};w={item.get_expiry()}'

    def __call__(self, left: int, wait: int) -> dict[str, str]:
        """Return the fields for what is left, and the seconds until there is more."""
        return {"RateLimit-Policy": self._policy, "RateLimit": f'"requests";r={max(0, left)};t={wait}'}
