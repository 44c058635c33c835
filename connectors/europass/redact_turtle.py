"""Taking people out of pieces of Turtle, TriG, N-Triples and N-Quads: all that contact points and persons say.

A piece is read as text, statement by statement, wherever in a statement the type stands and whether or not it is
stated. What a piece of a dump cannot tell, because it stands in another one, stays.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

MASK = b"masked"
TEXT = rb'(?:"""(?:[^"\\]|\\.|"(?!"")){0,8000}"""|"(?!"")(?:[^"\\\r\n]|\\.){0,8000}")'
_NAME = rb"(?:<[^<>\s]{1,400}>|_:[^\s;,\[\]]{1,100}|[A-Za-z][\w\-]{0,30}:[^\s;,\[\]]{1,200})"
_SUBJECT = re.compile(rb"(?:\s|#[^\n]{0,500}\n){0,200}(" + _NAME + rb")(?=\s)")
_TYPED = re.compile(
    rb"(?:\ba|\btype>?|,)\s{1,20}(?:[A-Za-z][\w\-]{0,20}:|<[^<>\s]{1,200}[/#])"
    rb"(?:ContactPoint|Person|Individual)>?(?=[\s;,.\]])"
)
_CONTACT = rb"[:/#]contactPoint>?\s{0,200}"
_LED_TO = re.compile(_CONTACT + rb"((?:" + _NAME + rb"\s{0,50},?\s{0,50}){1,50})")
_OPENED = re.compile(_CONTACT + rb"(?:[^\[\]]{0,400},\s{0,50})?\Z")
_ONE_NAME = re.compile(_NAME)
_TOKEN = re.compile(TEXT + rb"|<[^<>\s]{0,4000}>|[\[\]]|[.{}](?=\s|\Z)")
_NEAR = 700

Span = tuple[int, int]


class Token(NamedTuple):
    """A sign that matters: a text (`"`), a bracket, or the end of a statement (`.`); and where it stands."""

    sign: bytes
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    """A node that is open while a statement is read: whether it is a person, and the texts in it."""

    person: bool
    texts: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class _Statement:
    start: int
    end: int
    tokens: list[Token]


def without_contacts(body: bytes) -> bytes:
    """Return a piece with the texts of contact points and persons masked."""
    typed = [found.start() for found in _TYPED.finditer(body)]
    if not typed and b"contactPoint" not in body:
        return body
    statements = list(_statements(body))
    people = _names_of_people(body, statements, typed)
    pieces = []
    done = 0
    for statement in statements:
        for first, last in _texts_of_people(body, statement, people, typed):
            pieces += [body[done:first], b'"', MASK, b'"']
            done = last
    return b"".join([*pieces, body[done:]])


def _statements(body: bytes) -> Iterator[_Statement]:
    start = depth = 0
    tokens: list[Token] = []
    for found in _TOKEN.finditer(body):
        sign = found.group()[:1]
        if sign == b"<":
            continue
        depth = max(0, depth + (sign == b"[") - (sign == b"]"))
        if sign in b".{}":
            if depth == 0:
                yield _Statement(start, found.end(), tokens)
                start, tokens = found.end(), []
        else:
            tokens.append(Token(sign, *found.span()))
    yield _Statement(start, len(body), tokens)


def _subject(body: bytes, statement: _Statement) -> bytes:
    found = _SUBJECT.match(body, statement.start, statement.end)
    return found.group(1) if found else b""


def _names_of_people(body: bytes, statements: list[_Statement], typed: list[int]) -> frozenset[bytes]:
    """Return the names that something calls a contact point, and those typed as one or as a person."""
    found = {name for led in _LED_TO.finditer(body) for name in _ONE_NAME.findall(led.group(1))}
    for statement in statements:
        for at in typed[bisect_left(typed, statement.start) : bisect_left(typed, statement.end)]:
            before = [token.sign for token in statement.tokens if token.start < at]
            if before.count(b"[") <= before.count(b"]"):
                found.add(_subject(body, statement))
    return frozenset(found - {b""})


def _texts_of_people(body: bytes, statement: _Statement, people: frozenset[bytes], typed: list[int]) -> list[Span]:
    """Return where the texts of people stand in a statement: in a node that is one, or in a node inside of one."""
    types = typed[bisect_left(typed, statement.start) : bisect_left(typed, statement.end)]
    person = _subject(body, statement) in people
    if not (types or person or body.find(b"contactPoint", statement.start, statement.end) >= 0):
        return []
    found: list[Span] = []
    open_nodes = [_Node(person)]
    last = (0, False)
    for token in [*statement.tokens, Token(b".", statement.end, statement.end)]:
        while types and types[0] < token.start:
            open_nodes[-1].person = True
            types = types[1:]
        if token.sign == b"[":
            follows = last[1] and body[last[0] : token.start].strip() == b","
            near = max(statement.start, token.start - _NEAR)
            contact = _OPENED.search(body, near, token.start) is not None
            open_nodes.append(_Node(open_nodes[-1].person or follows or contact))
        elif token.sign == b"]" and len(open_nodes) > 1:
            closed = open_nodes.pop()
            (found if closed.person else open_nodes[-1].texts).extend(closed.texts)
            last = (token.end, closed.person)
        elif token.sign == b'"':
            open_nodes[-1].texts.append((token.start, token.end))
    found.extend(text for node in open_nodes if node.person for text in node.texts)
    return sorted(found)
