"""The home registry's listing: a descriptor word for word, with what a harvest needs beside it."""

from __future__ import annotations

from crosswalks.descriptor.model import Descriptor
from crosswalks.listing import Listing


class JmicroListing(Descriptor, Listing):
    """One listing. It has every field of the descriptor and takes no other."""

    @classmethod
    def of(cls, descriptor: Descriptor) -> JmicroListing:
        """Return the listing of a descriptor that is valid already."""
        return cls.model_construct(descriptor.model_fields_set, **descriptor.__dict__)
