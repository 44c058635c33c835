"""The official files, loaded once: shapes repaired in memory, and the XML schema."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from lxml import etree
from rdflib import Graph

from crosswalks.elm.check.official import official_file, repaired_shapes, xml_schema
from crosswalks.elm.check.results import Layer


@pytest.fixture(scope="session")
def official(judges: Path) -> Path:
    return judges / "elm"


@pytest.fixture(scope="session")
def shapes(official: Path) -> Mapping[Layer, Graph]:
    return {layer: repaired_shapes(official_file(official, layer)) for layer in (Layer.BASE, Layer.VOCABULARY)}


@pytest.fixture(scope="session")
def schema(official: Path) -> etree.XMLSchema:
    return xml_schema(official)
