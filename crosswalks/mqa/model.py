"""The MQA list in its own words: four columns, each of which may be blank, and the parent programme's register page."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from crosswalks.listing import Listing


class RegisterEntry(BaseModel):
    """A fully accredited programme in the Malaysian Qualifications Register: the parent, never the part.

    Values stand as the page gives them; dates are `dd/mm/yyyy` there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: str
    title: str | None = None
    former_title: str | None = None
    accredited_on: str | None = None
    compliance_audit: str | None = None
    mqf_level: str | None = None
    nec_field: str | None = None
    credits: str | None = None
    mode_of_study: str | None = None
    mode_of_delivery: str | None = None
    duration: str | None = None
    remarks: str | None = None
    others: dict[str, str] = {}


class MqaListing(Listing):
    """One row of the list. `others` holds the values of columns that nobody has seen before."""

    title: str
    programme: str | None = None
    reference: str | None = None
    provider: str | None = None
    others: dict[str, str] = {}  # noqa: RUF012 - copied for each
    parent: RegisterEntry | None = None
