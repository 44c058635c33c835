"""Making renditions: published descriptors written in the forms partners take.

Every form shows only what the rights policy of its registry releases. A form that cannot hold a record honestly
withholds it and says why; for ELM that includes records that would not keep its rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path

import orjson

import config
import crosswalks
from config.messages import CodedError, Issue
from config.settings import Settings
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.jsonld import to_jsonld
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rdf import to_ntriples, to_turtle
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.serialise import dump, load
from crosswalks.descriptor.xml import to_xml
from crosswalks.elm.check.records import codes_of, faults, record_key
from crosswalks.elm.serialise import write_elm
from crosswalks.elm.writing import cross
from crosswalks.elm.writing.build import Written
from portal.partners.dublin_core import dublin_core
from portal.partners.forms import PIVOT, Form
from portal.partners.provenance import provenance
from portal.partners.wallet import WALLET_FORMS
from store.database import Database
from store.publications import LogRow
from store.renditions import Rendition
from store.verdicts import conforming, keep_conforming

Published = tuple[LogRow, str]
"""A row of the log with the descriptor it published, as canonical JSON."""
_PIVOT_FORMS: dict[str, Callable[[Descriptor, str], bytes | None]] = {
    "json": lambda released, _: dump(released) + b"\n",
    "jsonld": lambda released, base: orjson.dumps(to_jsonld(released, base)) + b"\n",
    "turtle": lambda released, _: to_turtle(released),
    "ntriples": lambda released, _: to_ntriples(released),
    "xml": lambda released, _: to_xml(released),
    "oai_dc": lambda released, _: dublin_core(released),
    "provenance": lambda released, _: provenance(released),
}
_RULES = {".py", ".yaml", ".tsv"}


@cache
def _rules() -> bytes:
    digest = blake2b(digest_size=16)
    for root in (Path(config.__path__[0]), Path(crosswalks.__path__[0]), Path(__file__).parent):
        for path in sorted(root.rglob("*")):
            if path.suffix in _RULES and "goldens" not in path.parts:
                digest.update(f"{path.relative_to(root)}\0".encode())
                digest.update(path.read_bytes())
    return digest.digest()


def edition(settings: Settings) -> str:
    """Return what stands for all that decides how a record is written: code, tables and the settings that matter."""
    wallet = [settings.wallet_security, settings.wallet_binding]
    chosen = orjson.dumps([settings.elm_namespace, settings.base, *wallet])
    return blake2b(_rules() + chosen, digest_size=16).hexdigest()


def tag_of(body: bytes, media_type: str) -> str:
    """Return the entity tag of some bytes as a media type, without its quotation marks."""
    return blake2b(body, digest_size=12, person=blake2b(media_type.encode(), digest_size=8).digest()).hexdigest()


def make(
    database: Database, settings: Settings, forms: Iterable[Form], published: Sequence[Published]
) -> list[Rendition]:
    """Return the renditions of some published descriptors in some forms."""
    wanted = list(forms)
    loaded = [(row, load(content)) for row, content in published]
    made = [
        _rendition(row, form, _written(form, settings, row, descriptor))
        for form in wanted
        if form.schema_name != "elm"
        for row, descriptor in loaded
    ]
    if elm := [form for form in wanted if form.schema_name == "elm"]:
        made += _elm(database, settings, elm, loaded)
    return made


@contextmanager
def where_possible() -> Iterator[None]:
    """Pass over what could not be kept because the database is busy or not to be written: it is made again."""
    try:
        yield
    except CodedError as error:
        if error.issues[0].code != "database_unreachable":
            raise


def _elm(
    database: Database, settings: Settings, forms: list[Form], loaded: list[tuple[LogRow, Descriptor]]
) -> list[Rendition]:
    crossed = [(row, cross(descriptor, row.published_at)[1]) for row, descriptor in loaded]
    wrong = not_conforming(database, [written for _, written in crossed if written.withheld is None])
    made = []
    for row, written in crossed:
        withheld = written.withheld or wrong.get(id(written))
        for form in forms:
            if withheld:
                made.append(_rendition(row, form, withheld))
                continue
            out = BytesIO()
            write_elm([written], out, form.format, settings.elm_namespace)
            made.append(_rendition(row, form, out.getvalue()))
    return made


def not_conforming(database: Database, records: list[Written]) -> dict[int, Issue]:
    """Return why records do not keep the rules of ELM, by the identity of each; verdicts are kept."""
    keys = [record_key(written) for written in records]
    known = conforming(database, keys)
    unjudged = [(key, written) for key, written in zip(keys, records, strict=True) if key not in known]
    found = faults([written for _, written in unjudged])
    if passed := [key for (key, _), rows in zip(unjudged, found, strict=True) if not rows]:
        with where_possible():
            keep_conforming(database, passed)
    return {
        id(written): Issue("withheld_not_conforming", {"detail": "; ".join(codes_of(rows))})
        for (_, written), rows in zip(unjudged, found, strict=True)
        if rows
    }


def _written(form: Form, settings: Settings, row: LogRow, descriptor: Descriptor) -> bytes | Issue | None:
    """Return a descriptor in a form, or why it is withheld."""
    try:
        if form.schema_name == PIVOT:
            released = releasable(descriptor)[0]
            if form.format in WALLET_FORMS:
                return WALLET_FORMS[form.format](released, row, settings)
            return _PIVOT_FORMS[form.format](released, settings.base)
        way = crosswalk_for(form.schema_name)
        if way.write is None or way.dump is None:
            return Issue("form_unavailable", {"form": form.name})
        crossing = way.write(descriptor)
        if crossing.value is None:
            return crossing.issues[0] if crossing.issues else Issue("form_unavailable", {"form": form.name})
        out = BytesIO()
        way.dump([crossing.value], form.format, out, {"public_base": settings.base})
        return out.getvalue()
    except CodedError as error:
        return error.issues[0]


def _rendition(row: LogRow, form: Form, outcome: bytes | Issue | None) -> Rendition:
    if isinstance(outcome, bytes):
        return Rendition(row.seq, form.name, tag_of(outcome, form.media_type), outcome)
    withheld = outcome or Issue("form_unavailable", {"form": form.name})
    told = orjson.dumps({"code": withheld.code, "params": withheld.params}, default=str).decode()
    return Rendition(row.seq, form.name, "", None, told)
