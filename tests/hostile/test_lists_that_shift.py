"""Lists that change while they are read: pages repeat, lists shrink, rows move, addresses expire."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.harvester.loopback import Asked, answer
from tests.hostile.second_day import Spoil, Spoilt, faulty_day, told
from tests.hostile.situations import FIRST_SEED, Days, dice
from tests.hostile.source import DRESSINGS, Source

pytestmark = pytest.mark.slow
_START = re.compile(r"\b(start|from)=(\d+)")


def bare(asked: Asked) -> str:
    return asked.path.partition("?")[0]


def repeating(source: Source) -> Spoil:
    """Give again what the page before it was given, to whoever asks for another page of the same name."""
    given: dict[str, tuple[str, bytes]] = {}
    instead: dict[str, bytes] = {}

    def spoil(asked: Asked, whole: bytes) -> bytes:
        earlier = given.get(bare(asked))
        if earlier and earlier[0] != asked.path and len(instead) < 1:
            instead[asked.path] = earlier[1]
        given[bare(asked)] = (asked.path, whole)
        return instead.get(asked.path, whole)

    return spoil


def shrinking(source: Source) -> Spoil:
    """Lose a sixth of the list between two pages."""
    state = source.state

    def spoil(asked: Asked, whole: bytes) -> bytes:
        source.state = replace(state, listings=state.listings * 5 // 6)
        return source._whole(asked)

    return spoil


def moving(source: Source) -> Spoil:
    """Move three rows from the pages to come to those that were read."""

    def spoil(asked: Asked, whole: bytes) -> bytes:
        moved = _START.sub(lambda match: f"{match[1]}={int(match[2]) + 3 * bool(int(match[2]))}", asked.path)
        return source._whole(replace(asked, path=moved))

    return spoil


def expiring(source: Source) -> Spoil:
    """Let no address hold that the source gave out itself."""

    def spoil(asked: Asked, whole: bytes) -> bytes:
        return answer(b'{"error": "this page has expired"}', 410) if "?" in asked.path else whole

    return spoil


SHIFTS: dict[str, Callable[[Source], Spoil]] = {
    "repeating": repeating, "shrinking": shrinking, "moving": moving, "expiring": expiring,
}  # fmt: skip


def cells() -> list[Any]:
    """Every shift for every source at three moments; the short form takes one source by the first seed, once each."""
    return [
        pytest.param(dressing, shift, number, id=f"{dressing}-{shift}-{number}",
                     marks=[] if number == 0 and turn == FIRST_SEED % 4 else [pytest.mark.torture])
        for turn, dressing in enumerate(DRESSINGS)
        for shift in SHIFTS
        for number in range(3)
    ]  # fmt: skip


@pytest.mark.parametrize(("dressing", "shift", "number"), cells())
def test_a_list(days: Callable[[str], Days], dressing: str, shift: str, number: int, tmp_path: Path) -> None:
    of, throw = days(dressing), dice(FIRST_SEED, dressing, shift, number)
    seed = throw.randint(0, 1)
    first = throw.randint(2, of.requests(seed) * 2 // 3)
    print(f"{dressing}: {shift} from request {first} on")
    report = faulty_day(of, seed, tmp_path / "home", lambda source: Spoilt(source, first, SHIFTS[shift](source)))
    if shift == "expiring":
        assert told(report)
