"""Where a harvested record came from, in the provenance container of OAI-PMH.

Source: Implementation Guidelines for the Open Archives Initiative Protocol, "XML schema to hold
provenance information". A registry's page has no datestamp of its own, so the day it was read stands for it; what
leaves has always been altered by its crosswalk.
"""

from __future__ import annotations

from datetime import UTC
from urllib.parse import quote

from lxml import etree

from crosswalks.descriptor.model import Descriptor

PROVENANCE = "http://www.openarchives.org/OAI/2.0/provenance"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = "http://www.openarchives.org/OAI/2.0/provenance.xsd"


def provenance(descriptor: Descriptor) -> bytes | None:
    """Return the container in UTF-8, or None when it is not known where or when the record was found."""
    found = descriptor.source_record
    if found.url is None or found.retrieved_at is None:
        return None
    moment = found.retrieved_at
    stamp = (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
    root = etree.Element(f"{{{PROVENANCE}}}provenance", nsmap={None: PROVENANCE, "xsi": _XSI})
    root.set(f"{{{_XSI}}}schemaLocation", f"{PROVENANCE} {_SCHEMA}")
    origin = etree.SubElement(root, f"{{{PROVENANCE}}}originDescription", harvestDate=stamp, altered="true")
    for name, value in (
        ("baseURL", found.url),
        ("identifier", _as_uri(found.registry, found.source_id)),
        ("datestamp", stamp),
        ("metadataNamespace", f"urn:kakehashi:listing:{quote(found.registry)}"),
    ):
        etree.SubElement(origin, f"{{{PROVENANCE}}}{name}").text = value
    return bytes(etree.tostring(root, encoding="utf-8"))


def _as_uri(registry: str, source_id: str) -> str:
    """Return the source's own identifier as it is when it is an address, else as a name within the registry."""
    if source_id.startswith(("http://", "https://", "urn:")) and not any(sign in source_id for sign in ' <>"'):
        return source_id
    return "urn:kakehashi:source:" + quote(f"{registry}:{source_id}", safe=":")
