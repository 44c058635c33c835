"""What a query may say: nothing that leads out of the snapshot (SERVICE, FROM, LOAD). Updates are no queries at all.

The words are looked for in what is left of a query without texts, addresses, variables and comments. An engine may read
`SERVICEex:a` or `trueSERVICE` as the word, so the word counts wherever it stands in another.
Source: SPARQL 1.1 Query Language, 19.
"""

from __future__ import annotations

import re

from config.messages import CodedError

LONGEST = 16_384
_ESCAPED = re.compile(r"\\[uU]")
_TOKEN = re.compile(
    r'''(?P<comment>\#[^\r\n]*)
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<text>"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\'
        |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    |(?P<variable>[?$]\w+)
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<name>(?P<prefix>[^\W\d_](?:[\w.\-]*[\w\-])?)?:[\w.:%\-\\]*)
    |(?P<word>\w+)
    |(?P<other>.)''',
    re.VERBOSE | re.DOTALL,
)
_INSIDE = ("service",)
_WHOLE = frozenset({"from", "load", "insert", "delete", "clear", "drop", "create", "copy", "move", "add"})


def check(query: str) -> None:
    """Raise `CodedError` with `query_refused` for a query that must not be run."""
    if len(query) > LONGEST:
        raise CodedError.of("query_refused", detail=f"more than {LONGEST} characters")
    if _ESCAPED.search(query):
        raise CodedError.of("query_refused", detail="\\u: write the characters themselves")
    for token in _TOKEN.finditer(query):
        told = (token["word"] or token["prefix"] or "").lower()
        if any(word in told for word in _INSIDE):
            raise CodedError.of("query_refused", detail="SERVICE")
        if token["word"] and told in _WHOLE:
            raise CodedError.of("query_refused", detail=told.upper())
