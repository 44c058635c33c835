"""Words of screens: each has a text in Japanese and in English, and nothing else."""

from __future__ import annotations

import re

from config.labels import _labels

_PLACE = re.compile(r"\{(\w+)\}")


def test_every_label_has_both_languages_and_the_same_places() -> None:
    odd = [
        name
        for name, texts in _labels().items()
        if set(texts) != {"ja", "en"} or {type(text) for text in texts.values()} != {str} or not all(texts.values())
    ]
    assert not odd, "quote texts with commas or colons, and words such as on and off"
    apart = {
        name
        for name, texts in _labels().items()
        if set(_PLACE.findall(texts["ja"])) != set(_PLACE.findall(texts["en"]))
    }
    assert not apart
