"""A set of texts on disk says what a set in memory says, however many texts it holds."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswalks.elm.serialise import seen
from crosswalks.elm.serialise.seen import Seen

TEXTS = st.lists(st.text(max_size=2) | st.sampled_from(["a", "b", "架け橋"]), max_size=40)


@given(texts=TEXTS, few=st.integers(0, 8))
def test_it_says_once_that_a_text_is_new(texts: list[str], few: int) -> None:
    met: set[str] = set()
    with pytest.MonkeyPatch.context() as patch, closing(Seen()) as found:
        patch.setattr(seen, "_IN_MEMORY", few)
        for text in texts:
            assert found.add(text) is (text not in met)
            met.add(text)


def test_many_are_not_held_in_memory() -> None:
    with closing(Seen()) as found:
        assert all(found.add(str(number)) for number in range(30_000))
        assert not found._few
        assert not any(found.add(str(number)) for number in range(0, 30_000, 777))
