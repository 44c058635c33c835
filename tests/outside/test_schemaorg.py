"""Our schema.org data as other people's JSON-LD processors read them.

The context of schema.org is not among the judges; every name in it is a name below its address, which is what this one
says.
"""

from __future__ import annotations

import io
from typing import Any

import orjson
from hypothesis import HealthCheck, Phase, given, settings
from rdflib import RDF, URIRef

from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor
from crosswalks.schemaorg.parse import CONTEXT, TERMS
from tests.crosswalks.descriptor.strategies import descriptors
from tests.outside.judged_jsonld import graph_of, values_lost

SCHEMAORG = crosswalk_for("schemaorg")
SCHEMA = "https://schema.org/"
KNOWN: dict[str, dict[str, Any]] = {CONTEXT: {"@context": {"@vocab": SCHEMA}}}
NAMES = {
    "Course", "CourseInstance", "DefinedTerm", "EducationalAudience", "EducationalOccupationalCredential", "Offer",
    "Organization", "Place", "PostalAddress", "PropertyValue", "StructuredValue", "about", "address",
    "addressCountry", "addressRegion", "audience", "audienceType", "category", "competencyRequired", "courseCode",
    "courseMode", "coursePrerequisites", "courseWorkload", "credentialCategory", "creditText", "description",
    "duration", "educationalCredentialAwarded", "educationalLevel", "endDate", "hasCourseInstance", "identifier",
    "inDefinedTermSet", "inLanguage", "location", "maximumAttendeeCapacity", "name", "numberOfCredits", "offers",
    "price", "priceCurrency", "propertyID", "provider", "recognizedBy", "sameAs", "startDate", "subjectOf",
    "teaches", "termCode", "timeRequired", "unitText", "url", "value", "version",
}  # fmt: skip
"""Names of schema.org that we use, from its public vocabulary."""


def document(descriptor: Descriptor) -> dict[str, Any]:
    assert SCHEMAORG.write is not None
    assert SCHEMAORG.dump is not None
    out = io.BytesIO()
    SCHEMAORG.dump([SCHEMAORG.write(descriptor).value], "jsonld", out, {})
    made: dict[str, Any] = orjson.loads(out.getvalue())
    return made


def test_only_names_of_schema_org_are_used() -> None:
    used = {row.key for rows in TERMS.rows.values() for row in rows if row.key[0] != "@"}
    assert used - NAMES == set()


@given(descriptors())
@settings(max_examples=25, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
def test_processors_agree_on_generated_documents(descriptor: Descriptor) -> None:
    graph = graph_of(document(descriptor), KNOWN)
    assert (URIRef(descriptor.id), RDF.type, URIRef(SCHEMA + "EducationalOccupationalCredential")) in graph
    used = {str(term) for triple in graph for term in triple[1:2]} | {
        str(kind) for kind in graph.objects(None, RDF.type)
    }
    assert {name.removeprefix(SCHEMA) for name in used if name.startswith(SCHEMA)} <= NAMES


def test_no_value_of_the_golden_is_lost_and_the_course_leads_to_the_credential() -> None:
    made = orjson.loads((SCHEMAORG.folder / "goldens" / "written.jsonld").read_bytes())
    graph = graph_of(made, KNOWN)
    assert values_lost(made, KNOWN) == set()
    credential, course = (URIRef(node["@id"]) for node in made["@graph"])
    assert (course, URIRef(SCHEMA + "educationalCredentialAwarded"), credential) in graph
