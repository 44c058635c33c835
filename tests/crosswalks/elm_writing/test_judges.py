"""Everything the writer makes passes the official shapes and schema: base shapes with the specification switched on,
vocabulary shapes apart from their known contradictions, and the XSD.
"""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lxml import etree

from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.profile import expand
from crosswalks.elm.serialise import write_elm
from crosswalks.elm.writing.build import Written, build
from tests.crosswalks.descriptors import descriptors
from tests.judges import known_contradiction, shacl_results

GATHER = settings(
    max_examples=150, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@pytest.fixture(scope="module")
def written() -> list[Written]:
    """Many generated records, each with its own identifier, as one document would hold them."""
    gathered: dict[str, Descriptor] = {}

    @GATHER
    @given(descriptors(exportable=True))
    def gather(descriptor: Descriptor) -> None:
        numbered = descriptor.model_copy(update={"id": f"https://kakehashi.example/id/mc/test-{len(gathered)}"})
        gathered[numbered.id] = numbered

    gather()
    records = [build(descriptor) for descriptor in gathered.values()]
    kept = [record for record in records if record.record is not None]
    assert len(kept) > 100
    return kept


def document(records: list[Written], syntax: str) -> bytes:
    out = io.BytesIO()
    write_elm(records, out, syntax)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.judges
def test_records_conform_to_the_official_shapes(written: list[Written], judges: Path) -> None:
    data = document(written, "ntriples")
    kinds = Counter(
        quad.object.value
        for quad in ox.parse(data, ox.RdfFormat.N_TRIPLES)
        if quad.predicate.value.endswith("#type") and isinstance(quad.object, ox.NamedNode)
    )
    specifications = kinds[expand("elm:LearningAchievementSpecification")] + kinds[expand("elm:Qualification")]
    assert kinds[expand("elm:LearningOpportunity")] == len(written)
    assert specifications == len(written)
    assert shacl_results(judges, data, "base") == []
    rest = [row for row in shacl_results(judges, data, "vocabulary") if not known_contradiction(row)]
    assert rest == []


@pytest.mark.slow
@pytest.mark.judges
def test_records_are_valid_loq_xml(written: list[Written], judges: Path) -> None:
    schema = etree.XMLSchema(etree.parse(judges / "elm/xsd/loq/loq.xsd"))
    whole = etree.fromstring(document(written, "xml"))
    assert schema.validate(whole), schema.error_log.filter_from_errors()[:5]
    assert len(whole.findall(".//{*}learningOpportunity[@id]")) == len(written)
