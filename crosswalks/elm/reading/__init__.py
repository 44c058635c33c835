"""ELM listing → descriptor. The opportunity says who teaches, when and where; the specification says what is learned.

Every statement of the listing ends in the ledger, carried or not. Levels and credits stay in their own systems, an
issuer is only who is named as awarding, and nothing is concluded from silence.
"""

from __future__ import annotations

from pydantic import ValidationError

from config.messages import CodedError
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.serialise import explain
from crosswalks.descriptor.types import Identifier
from crosswalks.elm.model import ElmListing
from crosswalks.elm.reading.fields import OPPORTUNITY, QUALIFICATION, SPECIFICATION
from crosswalks.elm.reading.identifiers import Identifiers
from crosswalks.elm.reading.identity import description, documents, languages, pages, studies, titles
from crosswalks.elm.reading.measures import credits_of, levels, volume
from crosswalks.elm.reading.offers import fee, offers
from crosswalks.elm.reading.organisations import Bodies
from crosswalks.elm.reading.own_notes import with_own_notes
from crosswalks.elm.reading.quality import quality_assurance
from crosswalks.elm.reading.stackability import entitlements
from crosswalks.elm.reading.statements import Reading, Statement, is_identifier
from crosswalks.elm.reading.substance import (
    assessments,
    outcomes,
    prerequisites,
    target_groups,
    teaching_methods,
)
from crosswalks.elm.reading.texts import note_of
from crosswalks.ledger import Crossing
from crosswalks.origins import origins_of

_OFFERS = "elm:learningAchievementSpecification"
_REFERENCE = "elm:QualificationReference"
_ACTIVITY = "elm:LearningActivitySpecification"
_STATUS = "elm:status"
_STATES = "http://data.europa.eu/snb/status/"


def natural_key(listing: ElmListing) -> str:
    """Return the key of a listing: its root's identifier, or the name made from its content when it has none."""
    return listing.root if listing.ordinal == 1 else f"{listing.root} | {listing.ordinal}"


def own_identifier(listing: ElmListing) -> str | None:
    """Return the identifier that a listing brings, if it is one beyond its own document."""
    return listing.root if is_identifier(listing.root) else None


def read(listing: ElmListing, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry one listing to the descriptor. Raises `CodedError` as `read_as`."""
    return read_as(Reading(listing), iri, source)


def read_as(reading: Reading, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry the listing of a reading that has begun to the descriptor.

    Raises `CodedError` with `title_missing`, or with `record_invalid` for values that no descriptor can hold.
    """
    try:
        return _crossing(reading, iri, source)
    except ValidationError as error:
        raise CodedError(*explain(error)) from None


def _crossing(reading: Reading, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    root = reading.root
    specification = _specification(reading)
    holders = _holders(root, specification)
    offered = holders[::-1]
    title = titles(reading, holders)
    if not title:
        raise CodedError.of("title_missing", record=root)
    said = description(reading, offered)
    activities = _activities(reading, root, specification)
    bodies = Bodies(reading)
    bodies.read(holders)
    methods, grading = assessments(reading, holders)
    links, recognition = entitlements(reading, holders)
    summary = note_of(
        reading,
        reading.said(holders, "elm:learningOutcomeSummary"),
        "outcome_summary",
    )
    credit = with_own_notes(reading, offered, credits_of(reading, holders))
    page = pages(reading, offered)
    documents(reading, offered)
    descriptor = Descriptor(
        id=iri,
        source_record=_source(reading, source, offered),
        identifiers=_identifiers(reading, root, specification),
        title=title,
        description=said or None,
        language_of_instruction=languages(reading, specification),
        field=studies(reading, holders),
        landing_page=page,
        issuer=bodies.issuer,
        co_providers=tuple(bodies.others),
        learning_outcomes=outcomes(reading, holders),
        outcome_summary=summary or None,
        assessment=methods,
        volume=volume(reading, holders, activities),
        level=levels(reading, holders),
        teaching_method=teaching_methods(reading, offered, activities),
        quality_assurance=quality_assurance(reading, holders, bodies.taking_part),
        credit=credit,
        other_recognition=recognition,
        stackability=links,
        prerequisites=prerequisites(reading, holders),
        grading_scheme=grading or None,
        fee=fee(reading, offered),
        offer=offers(reading, offered),
        target_group=target_groups(reading, holders),
        further_info=tuple(reading.further),
        origins=origins_of(reading.ledger.entries),
    )
    _tell_activities(reading, root, specification)
    reading.finish()
    return Crossing(descriptor, reading.ledger, tuple(reading.issues))


def _specification(reading: Reading) -> str | None:
    """Return the node that says what is learned: the one the opportunity offers, or the root itself."""
    root = reading.root
    if reading.read_root_as() != OPPORTUNITY:
        return root
    found: str | None = None
    elsewhere: list[Statement] = []
    for one in reading.statements(root, _OFFERS):
        if one.value.id == root:
            reading.dropped(one, "elm_back_link")
            continue
        node = reading.follow(one, SPECIFICATION, QUALIFICATION, *_reference_only(reading, one))
        if node is None:
            elsewhere.append(one)
        elif found is None:
            found = node
            if not is_identifier(node):
                reading.derived(one, "title", "specification_of_the_opportunity")
        else:
            reading.further_value(one, "title")
    for one in elsewhere:
        if found is not None:
            reading.further_value(one, "title")
        reading.otherwise([one], "elm_empty_target")
    return found


def _reference_only(reading: Reading, link: Statement) -> tuple[str, ...]:
    """Return the class of references for a node that is one and says nothing but an identifier."""
    node = reading.listing.nodes.get(link.text)
    return (_REFERENCE,) if node is not None and set(node.properties) <= {"adms:identifier"} else ()


def _holders(root: str, specification: str | None) -> list[str]:
    """Return the nodes that describe the record, the specification first."""
    return [specification, root] if specification not in {None, root} else [root]


def _activity_links(reading: Reading, root: str, specification: str | None) -> list[Statement]:
    return [
        *reading.said(_holders(root, specification), "elm:influencedBy", "elm:learningActivitySpecification"),
    ]


def _activities(reading: Reading, root: str, specification: str | None) -> list[str]:
    """Return the learning activities."""
    links = _activity_links(reading, root, specification)
    nodes = [reading.follow(one, _ACTIVITY) for one in links]
    return list(dict.fromkeys(filter(None, nodes)))


def _tell_activities(reading: Reading, root: str, specification: str | None) -> None:
    """Tell the links to activities that something was carried from."""
    for one in _activity_links(reading, root, specification):
        node = reading.follow(one, _ACTIVITY)
        if target := reading.first_target(node) if node else None:
            reading.derived(one, target, "activity_of_the_listing")
        else:
            reading.dropped(one, "elm_empty_target")


def _identifiers(reading: Reading, root: str, specification: str | None) -> tuple[Identifier, ...]:
    """Return the identifiers of the nodes themselves, then those they list."""
    found = Identifiers(reading, "identifiers")
    things = list(dict.fromkeys(filter(None, (root, specification))))
    for thing in things:
        found.add_node(thing, reading.class_of(thing) or SPECIFICATION)
    for one in reading.statements(root, _OFFERS):
        if specification in {None, one.value.id} and specification != root:
            found.add_link(one, SPECIFICATION)
    for thing in things:
        for one in reading.statements(thing, "adms:identifier"):
            found.add(one)
    return tuple(found.found)


def _source(reading: Reading, source: SourceRecord, holders: list[str]) -> SourceRecord:
    """Return the source record with the publisher's word for the record's state, and the rules that chose it."""
    update: dict[str, object] = {}
    listing = reading.listing
    for holder in holders:
        for one in reading.statements(holder, _STATUS):
            text = one.text.strip()
            if not text:
                reading.unknown(one)
            elif "status" in update:
                reading.dropped(one, "elm_second_choice")
            else:
                update["status"] = text.removeprefix(_STATES)
                reading.carried(one, "source_record.status", str(update["status"]), "code_of_the_state")
    if listing.selected_by:
        update["selected_by"] = listing.selected_by
        reading.ledger.mapped("selected_by", "source_record.selected_by")
    if listing.ordinal > 1:
        reading.ledger.derived("ordinal", "source_record.source_id", "ordinal_of_equal_keys")
    return source.model_copy(update=update) if update else source
