"""Passwords at their real cost, which the other tests of accounts save themselves."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from portal.accounts import passwords
from tests.portal.conftest import REAL_HASHER
from tests.portal.signing_in import PASSWORD


def test_a_password_costs_what_the_standard_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    monkeypatch.setattr(passwords, "_hasher", REAL_HASHER)
    kept = passwords.hashed(PASSWORD, "somebody")
    found = extract_parameters(kept)
    assert (found.type, found.time_cost, found.memory_cost) == (
        RFC_9106_LOW_MEMORY.type, RFC_9106_LOW_MEMORY.time_cost, RFC_9106_LOW_MEMORY.memory_cost,
    )  # fmt: skip
    assert passwords.matches(kept, PASSWORD)
    assert not passwords.matches(kept, PASSWORD + "!")
    assert not passwords.matches(None, PASSWORD)
    assert passwords.fresh_hash(kept, PASSWORD) is None
    renewed = passwords.fresh_hash(cheap, PASSWORD)
    assert renewed is not None
    assert extract_parameters(renewed) == found
