"""What the pages of a stream say: of every record its versions in order, of which the last counts."""

from __future__ import annotations

from collections.abc import Iterator

from config.messages import CodedError, Issue
from connectors.contract import Extract, Found, Payload, Registry
from connectors.ldes.pages import Member, Page
from crosswalks.descriptor.rdf import from_statements
from crosswalks.descriptor.rdf_values import identifier_of
from crosswalks.jmicro.model import JmicroListing


def parse(payload: Payload, registry: Registry) -> Extract:  # noqa: ARG001
    """Return the listings of one page, and which records are gone. Raises `StructureBroken`."""
    page = Page(payload)
    extract = Extract()
    extract.found = _found(list(page.members()), payload, extract)
    return extract


def _found(members: list[Member], payload: Payload, extract: Extract) -> Iterator[Found]:
    for member in members:
        extract.rows += 1
        if member.deleted:
            key = identifier_of(member.of)
            extract.withdrawn[key] = max(member.position, extract.withdrawn.get(key, 0))
            continue
        try:
            (descriptor,) = from_statements(member.statements)
        except ValueError:
            detail = "a member that is not one descriptor"
            extract.issues.append(Issue("record_invalid", {"detail": detail}, place=member.name))
            continue
        except CodedError as error:
            extract.issues += [Issue(one.code, one.params, place=member.name) for one in error.issues[:1]]
            continue
        places = {"at": member.name, "payload": payload.hash}
        yield Found(JmicroListing.of(descriptor), places, position=member.position)


def merge(found: list[Found]) -> tuple[Found, list[Issue]]:
    """Return the last version of a record."""
    return max(found, key=lambda one: one.position), []
