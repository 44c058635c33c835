"""The catalogue as statements: one dataset of everything, one for each registry, the European one, the event stream.

Nothing in it comes from the clock: it changes when something is published or dumped, so that a portal that compares
hashes sees no change where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from config.settings import Settings
from config.yaml_files import load_yaml
from connectors.contract import Manifest as Registry
from connectors.discovery import registries
from crosswalks.elm.codes import country_concept
from portal.dumps.europe import distributions
from portal.dumps.forms import file_forms
from portal.dumps.keeping import Dumps
from portal.dumps.manifest import FileEntry, Manifest
from portal.partners.log import PublicationLog
from portal.partners.statements import RDF_TYPE, Statement, iri, moment, text, typed
from store.publications import Activity

_DCAT = "http://www.w3.org/ns/dcat#"
_DCT = "http://purl.org/dc/terms/"
_FOAF = "http://xmlns.com/foaf/0.1/"
_VCARD = "http://www.w3.org/2006/vcard/ns#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SPDX = "http://spdx.org/rdf/terms#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_EU = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"
_PROFILE = "http://data.europa.eu/r5r/"
_LDES_SPECIFICATION = "https://w3id.org/ldes/specification"
_FORMATS = {"text/turtle": "RDF_TURTLE", "application/rdf+xml": "RDF_XML", "application/xml": "XML"}


_CONTROLLED = {
    "language/JPN": f"{_DCT}LinguisticSystem",
    "language/ENG": f"{_DCT}LinguisticSystem",
    "data-theme": f"{_SKOS}ConceptScheme",
    "data-theme/EDUC": f"{_SKOS}Concept",
    "access-right/PUBLIC": f"{_DCT}RightsStatement",
    "frequency/IRREG": f"{_DCT}Frequency",
}
"""What the values are that we take from the lists of the European Union."""


class Dataset(NamedTuple):
    """One dataset: its name, when it last changed, and everything said of it."""

    name: str
    modified: datetime
    statements: tuple[Statement, ...]


class Catalogue:
    """What there is to take from a deployment."""

    def __init__(self, log: PublicationLog, settings: Settings) -> None:
        self._log = log
        self._settings = settings
        self._base = settings.base
        self._dumps = Dumps(settings.home)

    def address(self, name: str = "") -> str:
        """Return the identifier of the catalogue, or of a dataset in it."""
        return f"{self._base}/catalogue/{name}" if name else f"{self._base}/catalogue"

    def statements(self) -> list[Statement]:
        """Return everything: the catalogue, its datasets and services."""
        found = self.datasets()
        own = iri(self.address())
        said = list(self._head(own, found))
        for dataset in found:
            said += dataset.statements
        return [*said, *self._services(found), *self._shared()]

    def datasets(self) -> list[Dataset]:
        """Return the datasets; none before anything was published."""
        active = self._log.activity()
        if not active:
            return []
        dump = self._dumps.latest()
        known = {name: one.manifest for name, one in registries(self._settings.registries_file).items()}
        begun, last = min(one.first for one in active.values()), max(one.last for one in active.values())
        whole = Activity(begun, last)
        rows = [
            self._dataset("all", whole, self._dump_files(dump), (), known),
            self._dataset("changes", whole, self._stream(), (), known),
        ]
        if dump is not None:
            rows.append(self._dataset("elm", Activity(begun, dump.published_at), self._european(dump), (), known))
        rows += [
            self._dataset(f"registry-{name}", one, self._harvest(name), (name,), known)
            for name, one in sorted(active.items())
        ]
        return rows

    def _head(self, own: str, found: list[Dataset]) -> Iterator[Statement]:
        words = _words()["catalogue"]
        yield own, RDF_TYPE, iri(f"{_DCAT}Catalog")
        yield from _named(own, words)
        yield own, iri(f"{_DCT}publisher"), iri(f"{self.address()}#publisher")
        yield own, iri(f"{_DCT}language"), iri(f"{_EU}language/JPN")
        yield own, iri(f"{_DCT}language"), iri(f"{_EU}language/ENG")
        yield own, iri(f"{_DCAT}themeTaxonomy"), iri(f"{_EU}data-theme")
        yield own, iri(f"{_FOAF}homepage"), iri(f"{self._base}/")
        yield iri(f"{self._base}/"), RDF_TYPE, iri(f"{_FOAF}Document")
        yield from ((iri(f"{_EU}{name}"), RDF_TYPE, iri(kind)) for name, kind in _CONTROLLED.items())
        yield iri(f"{_EU}data-theme"), iri(f"{_DCT}title"), text("Data theme", "en")
        yield iri(f"{_EU}data-theme/EDUC"), iri(f"{_SKOS}prefLabel"), text("Education, culture and sport", "en")
        if found:
            yield own, iri(f"{_DCT}modified"), moment(max(one.modified for one in found))
        for dataset in found:
            yield own, iri(f"{_DCAT}dataset"), iri(self.address(dataset.name))
            yield own, iri(f"{_DCAT}record"), iri(f"{self.address(dataset.name)}#record")
        if found:
            yield own, iri(f"{_DCAT}service"), iri(f"{self.address()}#oai")
            yield own, iri(f"{_DCAT}service"), iri(f"{self.address()}#http")

    def _dataset(
        self,
        name: str,
        active: Activity,
        offered: Iterable[tuple[str, list[Statement]]],
        sources: tuple[str, ...],
        known: dict[str, Registry],
    ) -> Dataset:
        own, record = iri(self.address(name)), iri(f"{self.address(name)}#record")
        said: list[Statement] = [(own, RDF_TYPE, iri(f"{_DCAT}Dataset"))]
        registry = known.get(sources[0]) if sources else None
        said += _named(own, _filled(name, registry) if sources else _words()[name])
        said += [
            (own, iri(f"{_DCT}identifier"), text(self.address(name))),
            (own, iri(f"{_DCT}publisher"), iri(f"{self.address()}#publisher")),
            (own, iri(f"{_DCAT}contactPoint"), iri(f"{self.address()}#contact")),
            (own, iri(f"{_DCAT}theme"), iri(f"{_EU}data-theme/EDUC")),
            (own, iri(f"{_DCT}accessRights"), iri(f"{_EU}access-right/PUBLIC")),
            (own, iri(f"{_DCT}accrualPeriodicity"), iri(f"{_EU}frequency/IRREG")),
            (own, iri(f"{_DCT}issued"), moment(active.first)),
            (own, iri(f"{_DCT}modified"), moment(active.last)),
            (own, iri(f"{_DCAT}landingPage"), iri(f"{self._base}/")),
        ]
        keywords: dict[str, list[str]] = _words()["keywords"]
        said += [(own, iri(f"{_DCAT}keyword"), text(word, tag)) for tag, words in keywords.items() for word in words]
        if registry is not None:
            said += self._of_registry(own, registry)
        for address, about in offered:
            said.append((own, iri(f"{_DCAT}distribution"), iri(address)))
            said += [(iri(address), RDF_TYPE, iri(f"{_DCAT}Distribution")), *about]
            said += self._terms(iri(address), name, registry)
        said += [
            (record, RDF_TYPE, iri(f"{_DCAT}CatalogRecord")),
            (record, iri(f"{_FOAF}primaryTopic"), own),
            (record, iri(f"{_DCT}modified"), moment(active.last)),
            (record, iri(f"{_DCT}conformsTo"), iri(_PROFILE)),
            (iri(_PROFILE), RDF_TYPE, iri(f"{_DCT}Standard")),
        ]
        return Dataset(name, active.last, tuple(said))

    def _of_registry(self, own: str, registry: Registry) -> Iterator[Statement]:
        if registry.homepage:
            yield own, iri(f"{_FOAF}page"), iri(registry.homepage)
            yield iri(registry.homepage), RDF_TYPE, iri(f"{_FOAF}Document")
        if registry.country and (concept := country_concept(registry.country)):
            yield own, iri(f"{_DCT}spatial"), iri(concept["id"])
            yield iri(concept["id"]), RDF_TYPE, iri(f"{_DCT}Location")

    def _terms(self, own: str, name: str, registry: Registry | None) -> Iterator[Statement]:
        """Yield what may be done with a distribution, and what has to be said of its source."""
        told = registry or (self._home() if name == "elm" else None)
        for policy in [told.rights] if told is not None else []:
            licence = iri(f"{self._base}/rights/{policy}")
            yield own, iri(f"{_DCT}license"), licence
            yield licence, RDF_TYPE, iri(f"{_DCT}LicenseDocument")
            yield from _named(licence, _words()[policy])
        rights = iri(f"{self.address(name)}#rights")
        yield own, iri(f"{_DCT}rights"), rights
        yield rights, RDF_TYPE, iri(f"{_DCT}RightsStatement")
        if told is not None:
            yield rights, iri(f"{_RDFS}label"), text(told.attribution)
        else:
            yield from ((rights, iri(f"{_RDFS}label"), text(words, tag)) for tag, words in _RIGHTS_OF_EACH.items())

    def _dump_files(self, dump: Manifest | None) -> Iterator[tuple[str, list[Statement]]]:
        oai = f"{self.address('all')}#oai"
        yield oai, _offer(oai, f"{self._base}/oai?verb=ListRecords&metadataPrefix=elm", "XML", "application/xml")
        for entry in dump.files if dump else ():
            form = file_forms().get(entry.name.removesuffix(".gz"))
            if dump is None or form is None:
                continue
            own = f"{self.address('all')}#{entry.name}"
            said = _offer(own, f"{self._base}/dumps/latest", form.format, form.media_type)
            said += _named(iri(own), {"title": form.title})
            yield own, said + _file(own, entry, f"{self._base}/dumps/latest/{entry.name}", dump)

    def _european(self, dump: Manifest) -> Iterator[tuple[str, list[Statement]]]:
        for generation, name, kind in distributions():
            own = f"{self.address('elm')}#{name}"
            address = f"{self._base}/elm/latest/{name}"
            said = _offer(own, f"{self._base}/elm/latest", _FORMATS[kind], kind)
            said += [
                (iri(own), iri(f"{_DCAT}downloadURL"), iri(address)),
                (iri(own), iri(f"{_DCT}title"), text(f"European Learning Model, {generation}", "en")),
                (iri(own), iri(f"{_DCT}modified"), moment(dump.published_at)),
                (iri(own), iri(f"{_FOAF}page"), iri(f"{self._base}/elm/latest/conformance.json")),
                (iri(f"{self._base}/elm/latest/conformance.json"), RDF_TYPE, iri(f"{_FOAF}Document")),
            ]
            yield own, said

    def _stream(self) -> Iterator[tuple[str, list[Statement]]]:
        own = f"{self.address('changes')}#stream"
        said = _offer(own, f"{self._base}/ldes", "RDF_TURTLE", "text/turtle")
        said += [
            (iri(own), iri(f"{_DCT}conformsTo"), iri(_LDES_SPECIFICATION)),
            (iri(_LDES_SPECIFICATION), RDF_TYPE, iri(f"{_DCT}Standard")),
        ]
        yield own, said

    def _harvest(self, name: str) -> Iterator[tuple[str, list[Statement]]]:
        for prefix in ("jmicro", "elm"):
            own = f"{self.address(f'registry-{name}')}#oai-{prefix}"
            address = f"{self._base}/oai?verb=ListRecords&metadataPrefix={prefix}&set=registry:{name}"
            yield own, _offer(own, address, "XML", "application/xml")

    def _services(self, found: list[Dataset]) -> Iterator[Statement]:
        places = {"oai": f"{self._base}/oai", "http": f"{self._base}/mc/"}
        for name, address in places.items() if found else ():
            own = iri(f"{self.address()}#{name}")
            yield own, RDF_TYPE, iri(f"{_DCAT}DataService")
            yield from _named(own, _words()[name])
            yield own, iri(f"{_DCAT}endpointURL"), iri(address)
            yield from ((own, iri(f"{_DCAT}servesDataset"), iri(self.address(one.name))) for one in found)

    def _shared(self) -> Iterator[Statement]:
        publisher, contact = iri(f"{self.address()}#publisher"), iri(f"{self.address()}#contact")
        yield publisher, RDF_TYPE, iri(f"{_FOAF}Agent")
        for tag, name in self.publisher().items():
            yield publisher, iri(f"{_FOAF}name"), text(name, tag)
        yield contact, RDF_TYPE, iri(f"{_VCARD}Kind")
        yield contact, iri(f"{_VCARD}hasEmail"), iri(f"mailto:{self._settings.admin_email}")

    def publisher(self) -> dict[str, str]:
        """Return who publishes: the body of the home registry."""
        home = self._home()
        return home.publisher if home else {"en": "Kakehashi"}

    def _home(self) -> Registry | None:
        known = registries(self._settings.registries_file)
        return next((one.manifest for one in known.values() if one.manifest.keeps_identifiers), None)

    def of_dataset(self, dataset: Dataset) -> list[Statement]:
        """Return what a dataset says, with who publishes it."""
        return [*dataset.statements, *self._shared()]


_RIGHTS_OF_EACH = {
    "ja": "利用条件と出典表示は登録簿ごとに異なり、記録に付いています。",
    "en": "Terms and attribution are those of each registry; every record carries them.",
}


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = load_yaml(Path(__file__).parent / "words.yaml")
    return found


def policy_words(policy: str) -> dict[str, dict[str, str]] | None:
    """Return title and description of a rights policy; None for one that is none."""
    found: dict[str, dict[str, str]] | None = _words().get(policy) if policy in _POLICIES else None
    return found


_POLICIES = ("facts_only", "reuse_with_attribution")


def _filled(name: str, registry: Registry | None) -> dict[str, dict[str, str]]:
    plain = {"ja": name, "en": name}
    title, publisher = (registry.title, registry.publisher) if registry else (plain, plain)
    return {
        part: {
            tag: words.format(title=title.get(tag, title["en"]), publisher=publisher.get(tag, publisher["en"]))
            for tag, words in texts.items()
        }
        for part, texts in _words()["registry"].items()
    }


def _named(own: str, words: dict[str, dict[str, str]]) -> list[Statement]:
    return [
        (own, iri(f"{_DCT}{part}"), text(told, tag))
        for part in ("title", "description")
        for tag, told in words.get(part, {}).items()
    ]


def _offer(own: str, access: str, form: str, media_type: str) -> list[Statement]:
    """Return what every distribution says: where to get it, and in which form."""
    node = iri(own)
    return [
        (node, iri(f"{_DCAT}accessURL"), iri(access)),
        (node, iri(f"{_DCT}format"), iri(f"{_EU}file-type/{form}")),
        (iri(f"{_EU}file-type/{form}"), RDF_TYPE, iri(f"{_DCT}MediaTypeOrExtent")),
        (node, iri(f"{_DCAT}mediaType"), iri(_IANA + media_type)),
        (iri(_IANA + media_type), RDF_TYPE, iri(f"{_DCT}MediaType")),
    ]


def _file(own: str, entry: FileEntry, address: str, dump: Manifest) -> list[Statement]:
    node, checksum = iri(own), iri(f"{own}.sha256")
    return [
        (node, iri(f"{_DCAT}downloadURL"), iri(address)),
        (node, iri(f"{_DCAT}compressFormat"), iri(_IANA + "application/gzip")),
        (iri(_IANA + "application/gzip"), RDF_TYPE, iri(f"{_DCT}MediaType")),
        (node, iri(f"{_DCAT}byteSize"), typed(entry.size, "nonNegativeInteger")),
        (node, iri(f"{_DCT}modified"), moment(dump.published_at)),
        (node, iri(f"{_SPDX}checksum"), checksum),
        (checksum, RDF_TYPE, iri(f"{_SPDX}Checksum")),
        (checksum, iri(f"{_SPDX}algorithm"), iri(f"{_SPDX}checksumAlgorithm_sha256")),
        (iri(f"{_SPDX}checksumAlgorithm_sha256"), RDF_TYPE, iri(f"{_SPDX}ChecksumAlgorithm")),
        (checksum, iri(f"{_SPDX}checksumValue"), typed(entry.sha256, "hexBinary")),
    ]
