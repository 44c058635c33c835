"""What the pages of a list say: descriptors as XML, or records of another schema as its own reader takes them.

The count that a list states covers deleted records too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from config.messages import CodedError, Issue
from connectors.contract import Extract, Found, Payload, Registry
from connectors.oaipmh.answers import OaiRecord, list_answer
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.xml import from_xml
from crosswalks.jmicro.model import JmicroListing

_DESCRIPTORS = "jmicro"


def parse(payload: Payload, registry: Registry) -> Extract:
    """Return the listings of one page, and which records are gone. Raises `StructureBroken`."""
    page = list_answer(payload)
    extract = Extract(structure=tuple(sorted({str(etree.QName(one).localname) for one in page.root})))
    if page.size is not None:
        extract.stated, extract.stated_for = page.size, registry.manifest.address
    else:
        extract.stated_for = registry.manifest.address
    extract.found = _found(list(page.records()), registry.manifest.schema_name, extract)
    return extract


def _found(records: list[OaiRecord], schema: str, extract: Extract) -> Iterator[Found]:
    for record in records:
        extract.rows += 1
        if record.deleted:
            extract.withdrawn[record.identifier] = 1
            continue
        if record.metadata is None or not record.identifier:
            detail = "a record without metadata or identifier"
            extract.issues.append(Issue("record_invalid", {"detail": detail}, place=record.identifier or None))
            continue
        try:
            listings = list(_listings(record.metadata, schema))
        except CodedError as error:
            extract.issues += [Issue(one.code, one.params, place=record.identifier) for one in error.issues[:1]]
            continue
        if len(listings) != 1:
            detail = f"{len(listings)} records of {schema} in one"
            extract.issues.append(Issue("record_invalid", {"detail": detail}, place=record.identifier))
            continue
        yield Found(listings[0], {"at": record.identifier})


def _listings(metadata: Any, schema: str) -> Iterator[Any]:
    """Yield what stands in a record. Raises `CodedError`."""
    if schema == _DESCRIPTORS:
        yield JmicroListing.of(from_xml(metadata))
    else:
        yield from crosswalk_for(schema).load(etree.tostring(metadata, encoding="utf-8"), "record.rdf")
