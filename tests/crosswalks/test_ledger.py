"""The ledger's own text says what its plain values say, and reads back."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from crosswalks.ledger import Entry, FieldOutcome, Ledger

words = st.text(max_size=12)
maybe = st.none() | words
entries = st.builds(Entry, words, st.sampled_from(FieldOutcome), maybe, maybe, maybe, maybe, maybe)


@given(words, words, st.lists(entries, max_size=8))
def test_a_ledger_written_is_its_plain_values_written(one: str, other: str, lines: list[Entry]) -> None:
    ledger = Ledger(one, other, lines)
    assert ledger.dump() == orjson.dumps(ledger.as_json()).decode()
    assert Ledger.from_json(orjson.loads(ledger.dump())).dump() == ledger.dump()
