"""Our CTDL graphs as other people's JSON-LD processors read them.

The context of Credential Engine is not among the judges; this one follows its public terms: prefixes, texts by
language, and references.
"""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from rdflib import RDF, URIRef

from crosswalks.contract import crosswalk_for
from crosswalks.ctdl.parse import CONTEXT, TERMS
from crosswalks.descriptor.model import Descriptor
from tests.crosswalks.descriptor.strategies import descriptors
from tests.outside.judged_jsonld import graph_of, values_lost

CTDL = crosswalk_for("ctdl")
CETERMS = "https://purl.org/ctdl/terms/"
REFERENCES = ("ownedBy", "offeredBy", "recognizedBy", "accreditedBy", "targetNode", "subjectWebpage")
TEXTS = {row.key for rows in TERMS.rows.values() for row in rows if row.form in {"text", "texts"}}
VOCABULARIES = ("deliveryType:", "assessMethod:")
"""Terms of these stand in the graph with their whole address."""
KNOWN: dict[str, dict[str, Any]] = {
    CONTEXT: {
        "@context": {
            "ceterms": CETERMS,
            "schema": "https://schema.org/",
            "deliveryType": "https://credreg.net/ctdl/vocabs/deliveryType/",
            "assessMethod": "https://credreg.net/ctdl/vocabs/assessMethod/",
            "creditUnit": "https://credreg.net/ctdl/vocabs/creditUnit/",
            **{key: {"@container": "@language"} for key in sorted(TEXTS)},
            **{f"ceterms:{name}": {"@type": "@id"} for name in REFERENCES},
        }
    }
}


def document(descriptor: Descriptor) -> dict[str, Any]:
    assert CTDL.write is not None
    assert CTDL.dump is not None
    out = io.BytesIO()
    CTDL.dump([CTDL.write(descriptor).value], "jsonld", out, {})
    made: dict[str, Any] = orjson.loads(out.getvalue())
    return made


@given(descriptors())
@settings(max_examples=25, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
def test_processors_agree_on_generated_graphs(descriptor: Descriptor) -> None:
    graph = graph_of(document(descriptor), KNOWN)
    assert (URIRef(descriptor.id), RDF.type, URIRef(CETERMS + "MicroCredential")) in graph


def test_no_value_of_the_golden_is_lost_and_organisations_hang_together() -> None:
    made = orjson.loads((CTDL.folder / "goldens" / "written.jsonld").read_bytes())
    graph = graph_of(made, KNOWN)
    assert all(value.startswith(VOCABULARIES) for value in values_lost(made, KNOWN))
    (owner,) = graph.objects(URIRef(made["@graph"][0]["@id"]), URIRef(CETERMS + "ownedBy"))
    assert len(list(graph.objects(owner, URIRef(CETERMS + "name")))) == 2


@pytest.mark.parametrize("key", ["@graph", "@context"])
def test_the_form_is_that_of_the_registry(key: str) -> None:
    made = orjson.loads((CTDL.folder / "goldens" / "written.jsonld").read_bytes())
    assert list(made) == ["@context", "@graph"]
    assert made[key]
    assert [node["@type"] for node in made["@graph"]] == ["ceterms:MicroCredential", "ceterms:Organization"]
