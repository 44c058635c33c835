"""Signposts: how a program that met one address of a record finds the others.

Source: FAIR Signposting, level 1 (`Link` headers) and level 2 (a linkset, RFC 9264), and RFC 5829 for versions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.partners.forms import Form
from portal.partners.log import landing
from store.publications import LogRow

KIND = "https://schema.org/EducationalOccupationalCredential"
LINKSET = "application/linkset+json"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one record: its page, the forms it has, its versions."""

    row: LogRow
    base: str
    forms: tuple[Form, ...]

    @property
    def page(self) -> str:
        """The record's page."""
        return landing(self.row, self.base)

    @property
    def linkset(self) -> str:
        """The record's linkset."""
        return f"{self.page}/linkset"

    @property
    def versions(self) -> str:
        """The list of the record's versions."""
        return f"{self.page}/versions"

    def form(self, form: Form) -> str:
        """The record in one form."""
        return f"{self.page}.{form.suffix}"

    def on_page(self) -> str:
        """Return the `Link` header of the page."""
        return ", ".join(
            [
                _link(self.row.iri, "cite-as"),
                _link(KIND, "type"),
                _link(f"{self.base}/", "collection", 'type="text/html"'),
                *(
                    _link(self.form(form), "describedby", f'type="{form.media_type}"', *_profile(form))
                    for form in self.forms
                ),
                _link(self.linkset, "linkset", f'type="{LINKSET}"'),
                _link(self.versions, "version-history", 'type="application/json"'),
            ]
        )

    def on_form(self) -> str:
        """Return the `Link` header of any form of the record."""
        return ", ".join(
            [
                _link(self.page, "describes", 'type="text/html"'),
                _link(self.row.iri, "cite-as"),
                _link(self.linkset, "linkset", f'type="{LINKSET}"'),
                _link(self.versions, "version-history", 'type="application/json"'),
            ]
        )

    def on_version(self) -> str:
        """Return the `Link` header of a version."""
        return ", ".join(
            [
                _link(self.page, "latest-version"),
                _link(self.versions, "version-history", 'type="application/json"'),
                _link(self.row.iri, "cite-as"),
            ]
        )

    def as_linkset(self) -> dict[str, Any]:
        """Return all signposts of the record as one document."""
        described = [
            {
                "href": self.form(form),
                "type": form.media_type,
                "title": form.title["en"],
                "title*": [{"value": text, "language": tag} for tag, text in form.title.items()],
                **({"profile": [form.profile]} if form.profile else {}),
            }
            for form in self.forms
        ]
        page = {
            "anchor": self.page,
            "cite-as": [{"href": self.row.iri}],
            "type": [{"href": KIND}],
            "collection": [{"href": f"{self.base}/", "type": "text/html"}],
            "describedby": described,
            "version-history": [{"href": self.versions, "type": "application/json"}],
        }
        back = [{"anchor": one["href"], "describes": [{"href": self.page, "type": "text/html"}]} for one in described]
        return {"linkset": [page, *back]}


def link_header(links: Iterable[tuple[str, str]]) -> str:
    """Return a `Link` header of (address, relation) pairs."""
    return ", ".join(_link(address, relation) for address, relation in links)


def _link(address: str, relation: str, *parameters: str) -> str:
    return "; ".join([f"<{address}>", f'rel="{relation}"', *parameters])


def _profile(form: Form) -> list[str]:
    return [f'profile="{form.profile}"'] if form.profile else []
