"""People are taken out of running text, and nothing else is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.privacy import MASK, mask, protect
from tests.crosswalks.descriptor.strategies import descriptors, text

LEAST = {"id": "urn:example:a", "source_record": {"registry": "a", "source_id": "b"}, "title": {"ja": "架空"}}


@pytest.mark.parametrize(
    ("words", "kind", "gone", "kept"),
    [
        ("質問は made.up@contact.example まで", "e-mail", "made.up", "質問は"),
        ("Write to made.up @ contact.example now", "e-mail", "made.up", "Write to"),
        ("made.up(at)contact.example", "e-mail", "made.up", ""),
        ("お問い合わせ：電話 03-0000-0000", "telephone", "03-0000-0000", "お問い合わせ"),
        ("TEL: +64 00 000 0000 (weekdays)", "telephone", "+64", "weekdays"),
        ("担当教員：架空 花子", "name", "花子", "担当教員"),
        ("講師: 見本太郎、定員20名", "name", "見本太郎", "定員20名"),
        ("Lecturer: Dr. Fictional Person teaches data", "name", "Fictional", "Lecturer"),
        ("Pensyarah: Contoh bin Rekaan", "name", "Rekaan", "Pensyarah"),
    ],
)
def test_people_in_prose_are_masked(words: str, kind: str, gone: str, kept: str) -> None:
    masked, counts = mask(words)
    assert counts == {kind: 1}
    assert gone not in masked
    assert kept in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "words",
    [
        "総学習時間は60時間、定員は20名です。", "Open to teachers and instructors of all schools.",
        "Tel Aviv and Hotel management", "教員を目指す人のための講座", "ISO 9001:2015, 2026-04-01",
        "講師の養成を目的とする。", "The lecturer explains the 45 hours.", "連絡先は案内ページにある。",
    ],
)  # fmt: skip
def test_ordinary_words_stay(words: str) -> None:
    assert mask(words) == (words, {})


@given(descriptors())
def test_protecting_twice_changes_nothing_more(descriptor: Descriptor) -> None:
    once, _ = protect(descriptor)
    again, issues = protect(once)
    assert (again, issues) == (once, [])


@given(
    st.lists(text, max_size=3),
    st.sampled_from(["title", "description", "prerequisites", "offer", "assessment"]),
)
def test_an_address_goes_wherever_it_stands_and_is_told_with_its_place(words: list[str], field: str) -> None:
    sentence = " ".join([*words, "write to made.up@contact.example please"])
    value = {
        "title": {"ja": sentence}, "description": {"en": sentence}, "prerequisites": [{"ja": sentence}],
        "offer": [{"admission": {"en": sentence}}], "assessment": [{"text": {"en": sentence}}],
    }[field]  # fmt: skip
    clean, issues = protect(Descriptor.model_validate({**LEAST, field: value}))
    assert "made.up" not in clean.model_dump_json()
    assert {issue.code for issue in issues} == {"pii_masked"}
    assert all((issue.place or "").startswith(field) for issue in issues)


def test_addresses_of_pages_and_identifiers_stay() -> None:
    descriptor = Descriptor.model_validate(
        {**LEAST, "landing_page": "https://a.example/tel/03-0000-0000",
         "description": {"ja": "担当：架空 花子"},
         "further_info": [{"url": "https://a.example/?mail=a@b.example"}],
         "identifiers": [{"scheme": "code", "value": "tel 03-0000-0000"}]}
    )  # fmt: skip
    clean, issues = protect(descriptor)
    assert len(issues) == 1
    assert (clean.landing_page, clean.identifiers, clean.further_info) == (
        descriptor.landing_page, descriptor.identifiers, descriptor.further_info,
    )  # fmt: skip


@pytest.mark.parametrize("piece", ["a", "a.", "Lecturer: A ", "電話 0", "担当：", "x@", "Tel: (0) "])
def test_long_text_costs_little(piece: str) -> None:
    begun = time.process_time()
    mask((piece * 40_000)[:100_000])
    assert time.process_time() - begun < 5
