"""Text out of markup: words stay, code goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswalks.text import plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>About <b>bees</b> &amp; more</p><script>alert(1)</script>", "About bees & more"),
        ("<STYLE type='text/css'>p {color: red}</STYLE><p>Bees</p>", "Bees"),
        ("a<script>if (1 < 2) { b() }</script>c<script>d()</script>e", "ace"),
        ("a<script>x</style>y</script>b", "ab"),
        ("never <script>closed", "never closed"),
        ("only </script>closed", "only closed"),
        ("5 < 6 and scripts of plays", "5 < 6 and scripts of plays"),
    ],
)
def test_scripts_and_styles_are_no_text(markup: str, text: str) -> None:
    assert plain(markup) == text


@given(st.lists(st.sampled_from(["<script>", "</script>", "<style>", "</style>", "w"])))
def test_words_outside_code_stay(pieces: list[str]) -> None:
    assert plain("start " + "".join(pieces)).startswith("start")
