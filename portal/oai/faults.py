"""The errors of the protocol, and the prefixes it may be asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from config.settings import Settings
from config.yaml_files import load_yaml
from crosswalks.elm.profile import XML_NAMESPACES

Code = Literal[
    "badArgument",
    "badResumptionToken",
    "badVerb",
    "cannotDisseminateFormat",
    "idDoesNotExist",
    "noRecordsMatch",
    "noMetadataFormats",
    "noSetHierarchy",
]


class Fault(Exception):
    """A request that the protocol answers with an error. It is told in plain words, in English as the protocol is."""

    def __init__(self, code: Code, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Prefix(NamedTuple):
    """A metadata format: its prefix, the form it is, where that is described."""

    name: str
    form: str
    namespace: str
    schema: str


def prefixes(settings: Settings) -> dict[str, Prefix]:
    """Return the metadata formats by prefix."""
    places = {"base": settings.base, "loq": XML_NAMESPACES[settings.elm_namespace]}
    return {
        name: Prefix(name, row["form"], row["namespace"].format(**places), row["schema"].format(**places))
        for name, row in _rows().items()
    }


@cache
def _rows() -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = load_yaml(Path(__file__).parent / "prefixes.yaml")
    return rows
