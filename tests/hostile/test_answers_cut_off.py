"""Bodies that end too soon, whether or not their length was told: nothing wrong is public, and one more run heals."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harvester.loopback import Asked
from tests.hostile.second_day import Spoil, Spoilt, faulty_day, told
from tests.hostile.situations import FIRST_SEED, Days, dice
from tests.hostile.source import DRESSINGS

pytestmark = pytest.mark.slow
SHARES = (10, 50, 90, 99)
LENGTHS = ("told", "not told", "of what is left")
_LENGTH = re.compile(rb"\r\nContent-Length: \d+")


def cut(whole: bytes, share: int, length: str) -> bytes:
    """A share of an answer's body, in percent."""
    head, _, body = whole.partition(b"\r\n\r\n")
    body = body[: min(len(body) * share // 100, len(body) - 1)]
    if length != "told":
        head = _LENGTH.sub(b"" if length == "not told" else b"\r\nContent-Length: %d" % len(body), head)
    return head + b"\r\n\r\n" + body


def one_address(spoil: Spoil) -> Spoil:
    """Spoil every answer of the first address that comes, and of no other."""
    chosen: list[str] = []

    def only(asked: Asked, whole: bytes) -> bytes:
        chosen.append(asked.path)
        return spoil(asked, whole) if asked.path == chosen[0] else whole

    return only


def cells() -> list[Any]:
    """Every share and length for every source; the short form takes one of every second source by the first seed."""
    found = []
    for turn, dressing in enumerate(DRESSINGS):
        all_of = [(share, length) for share in SHARES for length in LENGTHS]
        short = (FIRST_SEED + turn * 7) % len(all_of)
        found += [
            pytest.param(dressing, *cell, id=f"{dressing}-{cell[0]}-{cell[1]}".replace(" ", "_"),
                         marks=[] if number == short and turn % 2 == FIRST_SEED % 2 else [pytest.mark.torture])
            for number, cell in enumerate(all_of)
        ]  # fmt: skip
    return found


@pytest.mark.parametrize(("dressing", "share", "length"), cells())
def test_a_body(days: Callable[[str], Days], dressing: str, share: int, length: str, tmp_path: Path) -> None:
    of, throw = days(dressing), dice(FIRST_SEED, dressing, share, length)
    seed = throw.randint(0, 1)
    first = throw.randint(1, of.requests(seed))
    print(f"{dressing}: from request {first} on, the same address")
    spoil = one_address(lambda _, whole: cut(whole, share, length))
    report = faulty_day(of, seed, tmp_path / "home", lambda source: Spoilt(source, first, spoil))
    if length == "told":
        assert "download_failed" in told(report)
