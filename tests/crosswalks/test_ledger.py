"""The ledger's own text says what its plain values say, and reads back."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.messages import catalogue
from crosswalks.ledger import Entry, FieldOutcome, Ledger, explain

words = st.text(max_size=12)
maybe = st.none() | words
entries = st.builds(Entry, words, st.sampled_from(FieldOutcome), maybe, maybe, maybe, maybe, maybe)


@given(words, words, st.lists(entries, max_size=8))
def test_a_ledger_written_is_its_plain_values_written(one: str, other: str, lines: list[Entry]) -> None:
    ledger = Ledger(one, other, lines)
    assert ledger.dump() == orjson.dumps(ledger.as_json()).decode()
    assert Ledger.from_json(orjson.loads(ledger.dump())).dump() == ledger.dump()


@pytest.mark.parametrize("value", [None, "forty"])
def test_no_reason_is_shown_with_a_place_that_nothing_fills(value: str | None) -> None:
    for code in catalogue():
        entry = Entry("learning.0.hours@_:node", FieldOutcome.DROPPED, reason=code, value=value)
        for text in (explain(entry, "ja"), explain(entry, "en")):
            assert text, code
            assert not {"{", "}"} & set(text), (code, text)


def test_a_reason_names_the_value_its_field_and_its_list() -> None:
    lost = Entry("mode.2", FieldOutcome.UNKNOWN, reason="elm_value_unknown", value="by pigeon")
    assert explain(lost, "en") == '"by pigeon" is not in the list mode as known here, which does not make it invalid.'
    assert explain(lost, "ja").startswith("「by pigeon」は手元の mode の一覧")
    assert explain(Entry("a.0.b", FieldOutcome.UNKNOWN, reason="unmapped_field"), "ja").startswith("項目「a.b」")
    assert explain(Entry("a", FieldOutcome.DERIVED, "b", rule="value_table"), "ja") == "value_table"
    old = Entry("a", FieldOutcome.DROPPED, reason="a_reason_of_its_time")
    assert explain(old, "en") == "a_reason_of_its_time"
