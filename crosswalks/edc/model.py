"""What a credential certifies, as a listing: the specification of one achievement, and counts of what was left out."""

from __future__ import annotations

from pydantic import Field

from crosswalks.elm.model import ElmListing


class EdcListing(ElmListing):
    """A specification lifted out of a credential.

    `left_out` counts, by field, the statements about the holder and about the credential itself; their values are
    never taken in.
    """

    left_out: dict[str, int] = Field(default_factory=dict)
