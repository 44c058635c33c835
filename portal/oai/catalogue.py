"""The set of the catalogue: each dataset is a record with one format, DCAT-AP. Its datestamp is its last change.

The set is small and never cut into pages; nothing in it is ever deleted.
"""

from __future__ import annotations

from portal.catalogue.graph import Catalogue, Dataset
from portal.catalogue.routes import serialised
from portal.oai.arguments import Asked
from portal.oai.document import header, record
from portal.oai.faults import Fault, Prefix

CATALOGUE_SET = "catalogue"
DCAT_AP = Prefix(
    "dcat_ap",
    "",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.openarchives.org/OAI/2.0/rdf.xsd",
)


class CatalogueSet:
    """Answers for the datasets of the catalogue."""

    def __init__(self, catalogue: Catalogue, domain: str) -> None:
        self._catalogue = catalogue
        self._start = f"oai:{domain}:{CATALOGUE_SET}/"

    def has(self, identifier: str) -> bool:
        """Tell whether an identifier is that of a dataset."""
        return identifier.startswith(self._start) and self._named(identifier) is not None

    def record(self, request: Asked) -> list[bytes]:
        """Return the dataset that a request names. Raises `Fault`."""
        found = self._named(request.values["identifier"])
        if found is None:
            raise Fault("idDoesNotExist", "there is no dataset with this identifier")
        if request.values["metadataPrefix"] != DCAT_AP.name:
            raise Fault("cannotDisseminateFormat", f"datasets are available as {DCAT_AP.name} only")
        return [self._written(found, whole=True)]

    def listed(self, request: Asked) -> list[bytes]:
        """Return the datasets that changed in the span a request asks for. Raises `Fault`."""
        since, until = request.since, request.until
        found = [
            one
            for one in self._catalogue.datasets()
            if request.values.get("set", CATALOGUE_SET) == CATALOGUE_SET
            and (since is None or one.modified.replace(microsecond=0) >= since)
            and (until is None or one.modified.replace(microsecond=0) <= until)
        ]
        if not found:
            raise Fault("noRecordsMatch", "no dataset changed in this span")
        return [self._written(one, whole=request.verb == "ListRecords") for one in found]

    def _named(self, identifier: str) -> Dataset | None:
        name = identifier.removeprefix(self._start)
        return next((one for one in self._catalogue.datasets() if one.name == name), None)

    def _written(self, dataset: Dataset, *, whole: bool) -> bytes:
        head = header(f"{self._start}{dataset.name}", dataset.modified, (CATALOGUE_SET,), deleted=False)
        if not whole:
            return head + b"\n"
        return record(head, serialised(self._catalogue.of_dataset(dataset), "rdf"), None)
