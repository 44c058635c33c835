"""Spellings of values: the rule is that of XML Schema, told by libxml2; where RDF engines differ is written
down.
"""

from __future__ import annotations

import random

import pytest
from lxml import etree

from crosswalks.elm.check.lexical import SPELLINGS, is_address

SEEDS = {
    "xsd:dateTime": (
        "2025-04-01T00:00:00+09:00", "2024-02-29T24:00:00Z", "-0001-12-31T23:59:59.123",
        "12025-04-01T00:00:00-14:00", "0000-01-01T00:00:00", "2000-02-29T24:00:00.000",
    ),
    "xsd:date": ("2025-04-01", "2024-02-29Z", "2025-04-01+09:00", "1900-02-29"),
    "xsd:duration": ("P1Y2M3DT4H5M6.7S", "-PT5S", "P1D", "PT1M", "P1YT1S"),
    "xsd:decimal": ("-12.50", "+.5", "1."),
    "xsd:integer": ("-012", "+5"),
    "xsd:boolean": ("true", "0", "false"),
    "xsd:anyURI": (
        "http://user:p@contoh.example:80/a/b;c?d=e#f", "//h/p", "a/b:c", "mailto:x@y.z", "urn:a:b%20c",
        "http://[::1]:80/x", "?q", "#f", "a:b", "http://例え.jp/道", "1a:b", "a%2", "http://h/[x]", "x#a#b",
        "http://h/a b", "http://h:8a/", "//u@h@i/", "http://a\\b/", "a|b", "http://[fe80::1%25en0]/",
    ),
}  # fmt: skip
SIGNS = {"xsd:anyURI": 'ab:/?#[]@!%2AZ <>"{}|\\^`~é;=&.-+1'}
LOOSER = ("PT.5S", "PT5.S")
"""libxml2 takes seconds that begin or end with a point; XML Schema does not."""


def schema_of(datatype: str) -> etree.XMLSchema:
    name = datatype.replace("xsd:", "xs:")
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="{name}"/></xs:schema>'
    return etree.XMLSchema(etree.fromstring(text))


def accepted(schema: etree.XMLSchema, text: str) -> bool:
    element = etree.Element("a")
    element.text = text
    return bool(schema.validate(element))


def mutated(text: str, rng: random.Random, signs: str) -> str:
    for _ in range(rng.randrange(4)):
        place = rng.randrange(len(text) + 1)
        text = text[:place] + rng.choice(("", rng.choice(signs))) + text[place + rng.randrange(2) :]
    return " ".join(text.split())


@pytest.mark.parametrize("datatype", sorted(SEEDS))
def test_spellings_are_those_of_the_schema_language(datatype: str) -> None:
    rng = random.Random(datatype)  # noqa: S311 - test data, not a secret
    schema = schema_of(datatype)
    rule = is_address if datatype == "xsd:anyURI" else SPELLINGS[datatype]
    verdicts = set()
    for _ in range(4000):
        text = mutated(rng.choice(SEEDS[datatype]), rng, SIGNS.get(datatype, "0123456789-+:.TZPYMDHS eE"))
        theirs = accepted(schema, text)
        verdicts.add(theirs)
        if datatype == "xsd:duration" and (".S" in text or "T." in text or "M." in text or "H." in text):
            continue
        assert bool(rule(text)) == theirs, text
    assert verdicts == {True, False}


def test_where_we_hold_to_the_standard_against_libxml2() -> None:
    for text in LOOSER:
        assert accepted(schema_of("xsd:duration"), text)
        assert not SPELLINGS["xsd:duration"](text)


@pytest.mark.parametrize("datatype", sorted(SPELLINGS))
def test_white_space_is_not_forgiven(datatype: str) -> None:
    sample = {"xsd:string": "a", "xsd:anyURI": "a"}.get(datatype) or SEEDS[datatype][0]
    assert SPELLINGS[datatype](sample)
    if datatype not in {"xsd:string", "xsd:anyURI"}:
        assert not SPELLINGS[datatype](f" {sample}")
        assert not SPELLINGS[datatype](f"{sample}\n")
