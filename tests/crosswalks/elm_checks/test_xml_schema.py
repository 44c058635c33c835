"""The checks of LOQ XML give the verdict of libxml2 with the official schema."""

from __future__ import annotations

import random
from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from crosswalks.elm.check.results import Layer
from crosswalks.elm.check.xml import check_xml
from crosswalks.elm.profile import XML_NAMESPACES
from crosswalks.elm.syntax.bounds import xml_bytes, xml_root
from tests.crosswalks.elm_checks.corpus import BASE
from tests.crosswalks.elm_checks.documents import (
    Change,
    Maker,
    alone,
    faults,
    in_xml,
    liberties,
    place,
    whole_faults,
)

FAULTS = list(faults())

pytestmark = pytest.mark.judges


@pytest.mark.parametrize("name", ["loq.xml", "loq_withLearningAchievementSpecification.xml"])
def test_the_official_samples(official: Path, schema: etree.XMLSchema, name: str) -> None:
    root = xml_root(xml_bytes((official / "xsd/loq" / name).read_bytes()))
    verdict = check_xml(root)
    assert verdict.rows == ()
    assert schema.validate(root)
    assert verdict.conforms
    assert verdict.focus["elm:LearningOpportunity"] == 2


@pytest.mark.parametrize("seed", range(5))
def test_sound_documents(schema: etree.XMLSchema, seed: int) -> None:
    document = Maker(seed).document()
    assert schema.validate(document.root), schema.error_log
    assert check_xml(document.root).rows == ()


def test_the_sound_document_holds_every_child_of_every_class() -> None:
    document = Maker().document()
    for name, holder in document.holders.items():
        wanted = {place(row).element.rpartition(":")[2] for row in in_xml(name)}
        assert {etree.QName(child).localname for child in holder} == wanted


@pytest.mark.parametrize(("name", "change"), list(liberties()), ids=[name for name, _ in liberties()])
def test_what_the_schema_allows(schema: etree.XMLSchema, name: str, change: Change) -> None:
    document = Maker().document()
    change(document)
    assert schema.validate(document.root)
    assert check_xml(document.root).valid, name


@pytest.mark.parametrize(
    ("name", "component", "change"), list(whole_faults()), ids=[name for name, _, _ in whole_faults()]
)
def test_faults_of_the_whole(schema: etree.XMLSchema, name: str, component: str, change: Change) -> None:
    document = Maker().document()
    change(document)
    assert not schema.validate(document.root)
    assert component in {row.component for row in check_xml(document.root).rows}, name


@pytest.mark.slow
def test_every_fault_of_every_element(schema: etree.XMLSchema) -> None:
    wrong = []
    for label, name, component, change in FAULTS:
        document = alone(name)
        change(document)
        verdict = check_xml(document.root)
        told = {row.component for row in verdict.rows if row.layer is Layer.XML}
        if schema.validate(document.root) or verdict.valid or component not in told:
            wrong.append((label, name, component, verdict.valid, sorted(told)))
    assert wrong == []
    assert len(FAULTS) > 1800


def muddle(root: etree._Element, rng: random.Random) -> None:
    """Change a document in one random way; half of the ways leave it valid often enough."""
    elements = list(root.iter(etree.Element))
    one, other = rng.choice(elements[1:]), rng.choice(elements[1:])
    way = rng.randrange(8)
    if way == 0:
        one.getparent().remove(one)
    elif way == 1:
        one.addnext(deepcopy(one))
    elif way == 2 and other not in list(one.iter()):
        other.append(one)
    elif way == 3:
        one.text = rng.choice((" ", "teks", "2026-04-01T00:00:00Z", "true", "1", "http://[", None))
    elif way == 4 and one.attrib:
        name = rng.choice(list(one.attrib))
        one.set(name, rng.choice((f"{BASE}kolam/organisation", f"{BASE}kolam/location", "", "%", "ja")))
    elif way == 5 and one.attrib:
        del one.attrib[rng.choice(list(one.attrib))]
    elif way == 6:
        one.set(rng.choice(("id", "idref", "uri", "language", "type")), f"{BASE}kolam/location")
    else:
        one.tag = other.tag


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_any_muddle_gets_the_verdict_of_the_schema(schema: etree.XMLSchema, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - test data, not a secret
    sound = Maker(seed).document().root
    verdicts = set()
    for number in range(120):
        root = deepcopy(sound)
        for _ in range(rng.choice((1, 1, 2))):
            muddle(root, rng)
        ours, theirs = check_xml(root).valid, schema.validate(root)
        assert ours == theirs, (seed, number, [str(error) for error in schema.error_log][:3])
        verdicts.add(theirs)
    assert verdicts == {True, False}


def test_the_namespace_from_3_3_on_is_checked_by_the_same_rules() -> None:
    document = Maker(generation="elm-3.3").document()
    verdict = check_xml(document.root)
    assert [row.component for row in verdict.rows] == ["Mapped"]
    assert (verdict.valid, verdict.generation) == (True, "elm-3.3")
    document.root[0][0].remove(document.root[0][0][0])
    assert [row.component for row in check_xml(document.root).rows] == ["MinCount", "Mapped"]


def test_a_fault_has_its_place() -> None:
    document = Maker().document()
    titles = document.root[0][1].findall(f"{{{XML_NAMESPACES['elm-3.2']}}}title")
    del titles[1].attrib["language"]
    (row,) = check_xml(document.root).rows
    assert row.node == "/Courses/learningOpportunityReferences[1]/learningOpportunity[2]/title[2]"
    assert (row.component, row.owner, row.path) == ("AttributeMissing", "dc:title", "language")


def test_the_schema_is_not_sought_where_the_document_says(schema: etree.XMLSchema) -> None:
    """Whoever judges by the official schema must not follow a document's own hints; our check has none to
    follow.
    """
    document = Maker().document()
    dict(liberties())["hints"](document)
    assert check_xml(document.root).rows == ()
