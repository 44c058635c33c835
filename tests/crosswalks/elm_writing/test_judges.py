"""Everything the writer makes passes the official shapes and schema: base shapes with the specification switched on,
vocabulary shapes apart from their known contradictions, and the XSD.
"""

from __future__ import annotations

import io
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from config.messages import Severity
from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.check import CheckReport, Reason, check_file
from crosswalks.elm.check.official import check_with_official
from crosswalks.elm.profile import Generation
from crosswalks.elm.serialise import write_elm
from crosswalks.elm.writing.build import Written, build
from tests.crosswalks.descriptor.strategies import exportable

GATHER = settings(
    max_examples=150, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip

FORMS = {
    "ntriples": ox.RdfFormat.N_TRIPLES, "nquads": ox.RdfFormat.N_QUADS, "turtle": ox.RdfFormat.TURTLE,
    "rdfxml": ox.RdfFormat.RDF_XML, "jsonld": ox.RdfFormat.JSON_LD,
}  # fmt: skip


@pytest.fixture(scope="module")
def written() -> list[Written]:
    """Many generated records, each with its own identifier, as one document would hold them."""
    gathered: dict[str, Descriptor] = {}

    @GATHER
    @given(exportable())
    def gather(descriptor: Descriptor) -> None:
        numbered = descriptor.model_copy(update={"id": f"https://kakehashi.example/id/mc/test-{len(gathered)}"})
        gathered[numbered.id] = numbered

    gather()
    records = [build(descriptor) for descriptor in gathered.values()]
    kept = [record for record in records if record.record is not None]
    assert len(kept) > 100
    return kept


def document(records: list[Written], syntax: str, generation: Generation = "elm-3.2") -> bytes:
    out = io.BytesIO()
    write_elm(records, out, syntax, generation)
    return out.getvalue()


def judged(data: bytes, name: str, judges: Path, expected: int) -> CheckReport:
    """The official verdict, which must be ours, and rest on every record."""
    official = check_with_official(data, name, judges / "elm")
    ours = check_file(data, name)
    assert ours.passed == official.passed
    assert ours.focus_nodes == official.focus_nodes
    assert official.focus_nodes["elm:LearningOpportunity"] == expected
    specifications = ("elm:LearningAchievementSpecification", "elm:Qualification")
    assert sum(official.focus_nodes.get(name, 0) for name in specifications) == expected
    return official


@pytest.mark.slow
@pytest.mark.judges
@pytest.mark.parametrize("generation", ["elm-3.2", "elm-3.3"])
def test_records_conform_to_the_official_shapes(written: list[Written], judges: Path, generation: Generation) -> None:
    report = judged(document(written, "ntriples", generation), "records.nt", judges, len(written))
    assert [reason.issue.code for reason in report.reasons if reason.known is None and _grave(reason)] == []
    assert report.passed


def _grave(reason: Reason) -> bool:
    return reason.issue.severity is not Severity.INFO


@pytest.mark.slow
@pytest.mark.judges
def test_records_are_valid_loq_xml(written: list[Written], judges: Path) -> None:
    report = judged(document(written, "xml"), "records.xml", judges, len(written))
    assert [reason.issue.code for reason in report.reasons] == []
    assert report.passed


@pytest.mark.slow
def test_every_syntax_holds_the_same_graph(written: list[Written]) -> None:
    graphs = {name: triples(document(written, name), form) for name, form in FORMS.items()}
    first = graphs["ntriples"]
    assert len(first) > 30 * len(written)
    for name, graph in graphs.items():
        assert graph == first, name


def triples(data: bytes, form: ox.RdfFormat) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(data, form)}
