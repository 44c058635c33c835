"""The laws of writing ELM, on generated descriptors."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings

from config.codelists import codelists
from config.frameworks import credit_systems
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.check.index import Index, index_quads, statements
from crosswalks.elm.check.records import faults
from crosswalks.elm.graph import Lit
from crosswalks.elm.profile import vocabularies
from crosswalks.elm.serialise import WRITERS, write_elm
from crosswalks.elm.serialise.graph import graph_of
from crosswalks.elm.writing import write
from crosswalks.elm.writing.build import Written, build
from crosswalks.elm.writing.notes import field_names
from crosswalks.elm.writing.outgoing import outgoing_rows
from crosswalks.ledger import FieldOutcome, general
from crosswalks.mapping import DESCRIPTOR, descriptor_paths, read_table
from crosswalks.outgoing import TABLE as OUTGOING
from tests.crosswalks.descriptor.strategies import descriptors, exportable
from tests.crosswalks.laws import leaves

QUIET = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
NOT_ELM = {"no_elm_slot", "technical_field", "not_in_official_list", "withheld_no_country"}


def text_values(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from text_values(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from text_values(item)
    elif isinstance(value, str):
        yield value


def written_texts(written: Written) -> str:
    return "\x00".join([*text_values(written.record), *text_values(written.concepts)])


def value_at(descriptor: Descriptor, path: str) -> Any:
    value: Any = descriptor.model_dump(mode="json", exclude_defaults=True)
    if path.startswith("origins."):
        return None
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


@given(descriptors())
@QUIET
def test_every_stated_field_has_an_outcome(descriptor: Descriptor) -> None:
    crossing = write(descriptor)
    told = {entry.source for entry in crossing.ledger.entries if entry.source}
    stated = descriptor.model_dump(mode="json", exclude_defaults=True)
    silent = [leaf for leaf in leaves(stated) if not any(leaf == path or leaf.startswith(f"{path}.") for path in told)]
    assert silent == []


@given(descriptors())
@QUIET
def test_a_record_leaves_whole_or_is_withheld_with_a_reason(descriptor: Descriptor) -> None:
    crossing = write(descriptor)
    assert (crossing.value.record is None) == bool(crossing.issues)
    if not descriptor.learning_outcomes:
        assert crossing.issues[0].code == "withheld_no_outcome"


@given(exportable())
@QUIET
def test_what_the_ledger_says_is_carried_is_there(descriptor: Descriptor) -> None:
    crossing = write(descriptor)
    assert crossing.value.record is not None
    texts = written_texts(crossing.value)
    for entry in crossing.ledger.entries:
        if entry.outcome is FieldOutcome.MAPPED and entry.source and entry.target:
            for text in text_values(value_at(descriptor, entry.source)):
                stands_for_a_code = general(entry.source) in CODED
                assert stands_for_a_code or text in texts, f"{entry.source} is not in the record: {text!r}"


CODED = {
    "issuer.country", "co_providers.country", "co_providers.role", "teaching_method.mode", "assessment.type",
    "learning_outcomes.category", "language_of_instruction", "field.scheme", "field.code", "credit.system",
    "level.scheme", "level.value", "level.label", "quality_assurance.external.object",
    "quality_assurance.external.body_country", "fee.currency", "volume.contact_hours", "fee.amount",
}  # fmt: skip


@given(exportable())
@QUIET
def test_what_the_ledger_says_is_lost_is_not_there(descriptor: Descriptor) -> None:
    marked = _with_marked_losses(descriptor)
    crossing = write(marked)
    texts = written_texts(crossing.value)
    for entry in crossing.ledger.entries:
        if entry.outcome is FieldOutcome.DROPPED and entry.reason in NOT_ELM:
            for text in text_values(value_at(marked, entry.source)):
                assert "lost-on-purpose" not in text or text not in texts, entry


def _with_marked_losses(descriptor: Descriptor) -> Descriptor:
    """Give texts that ELM has no place for a mark that nothing else has."""
    if descriptor.quality_assurance is None:
        return descriptor
    marked = tuple(
        statement.model_copy(update={"text": {"en": f"lost-on-purpose {number}"}})
        for number, statement in enumerate(descriptor.quality_assurance.internal)
    )
    assurance = descriptor.quality_assurance.model_copy(update={"internal": marked})
    return descriptor.model_copy(update={"quality_assurance": assurance})


@given(exportable())
@QUIET
def test_nothing_is_invented(descriptor: Descriptor) -> None:
    """Every text of the record comes from the descriptor, from a label of a list, or is an identifier or a figure."""
    written = build(descriptor)
    stated = "\x00".join(text_values(descriptor.model_dump(mode="json")))
    known = {label for listed in codelists().values() for labels in listed.labels.values() for label in labels.values()}
    known |= {label for listed in vocabularies().values() for label in listed.labels.values()}
    known |= {label for system in credit_systems().values() for label in system.labels.values()}
    known |= set(field_names()) | {"Micro-credential", "Kakehashi", "stackability target", "accreditation"}
    for node in _nodes(written.record):
        for term in ("title", "description", "legalName", "altLabel"):
            for text in text_values(node.get(term, {})):
                assert text in known or all(word in stated for word in text.split()), (term, text)


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for item in value.values():
            yield from _nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _nodes(item)


@given(exportable())
@QUIET
def test_every_syntax_carries_the_same_graph(descriptor: Descriptor) -> None:
    written = build(descriptor)
    graphs = {}
    for syntax, form in FORMATS.items():
        out = io.BytesIO()
        write_elm([written], out, syntax)
        graphs[syntax] = {str(quad) for quad in ox.parse(out.getvalue(), form)}
    assert len(graphs["ntriples"]) > 10
    for syntax, graph in graphs.items():
        assert graph == graphs["ntriples"], syntax


@given(exportable())
@QUIET
def test_equal_descriptors_give_equal_bytes(descriptor: Descriptor) -> None:
    again = Descriptor.model_validate_json(descriptor.model_dump_json())
    for syntax in WRITERS:
        first, second = io.BytesIO(), io.BytesIO()
        write_elm([build(descriptor)], first, syntax)
        write_elm([build(again)], second, syntax)
        assert first.getvalue() == second.getvalue(), syntax


def test_the_table_of_outgoing_fields_knows_every_field_and_no_other() -> None:
    fields = {field for field, _ in outgoing_rows() if field}
    assert sorted(fields - descriptor_paths()) == []
    for path in descriptor_paths():
        ancestors = {path.rsplit(".", cut)[0] for cut in range(path.count(".") + 1)}
        inside = any(field.startswith(f"{path}.") for field in fields)
        assert inside or ancestors & fields, path


def test_the_published_mapping_of_the_way_out_is_what_the_writer_does() -> None:
    rows = read_table(crosswalk_for("elm").folder / OUTGOING, DESCRIPTOR, "elm")
    done = {(field, row.target) for (field, _), found in outgoing_rows().items() for row in found if field}
    usual = {field for (field, case), found in outgoing_rows().items() if field and not case for _ in found}
    placed = {(field, target) for field, target in done if target}
    nowhere = {field for field, target in done if not target and field in usual} - {field for field, _ in placed}
    assert {(row.subject, row.object) for row in rows if row.object} == placed
    assert {row.subject for row in rows if not row.object} == nowhere


@pytest.mark.parametrize("generation", ["elm-3.2", "elm-3.3"])
def test_one_namespace_generation_per_document(generation: Any) -> None:
    descriptor = next(iter([Descriptor.model_validate(MINIMAL)]))
    other = {"elm-3.2": b"snb/model/ontology/", "elm-3.3": b"snb/model/elm/"}[generation]
    for syntax in WRITERS:
        out = io.BytesIO()
        write_elm([build(descriptor)], out, syntax, generation)
        assert other not in out.getvalue()


MINIMAL: dict[str, Any] = {
    "id": "https://kakehashi.example/id/mc/test-1",
    "source_record": {"registry": "test", "source_id": "1"},
    "title": {"en": "A title"},
    "issuer": {"name": {"en": "Example University"}, "country": "JP"},
    "learning_outcomes": [{"text": {"en": "Explain something"}}],
}


@given(exportable())
@QUIET
def test_the_graph_that_is_judged_is_the_graph_that_leaves(descriptor: Descriptor) -> None:
    written = build(descriptor, datetime(2026, 4, 1, tzinfo=UTC))
    out = io.BytesIO()
    write_elm([written], out, "ntriples")
    direct = Index.of(graph_of(written))
    parsed = index_quads(ox.parse(out.getvalue(), ox.RdfFormat.N_TRIPLES))
    ours, theirs = (sorted(repr(_lower_tag(row)) for row in statements(index)) for index in (direct, parsed))
    assert ours == theirs
    assert direct.statements() == len(theirs) > 0
    assert faults([written]) == [()]


def _lower_tag(statement: tuple[str, str, Any]) -> tuple[str, str, Any]:
    """A statement as a parser gives it, which spells the tags of languages in small letters."""
    *rest, value = statement
    return (*rest, value._replace(language=value.language.lower()) if isinstance(value, Lit) else value)
