"""What the benchmarks run on: the home registry's complete made-up listings, as descriptors and as records of ELM."""

from __future__ import annotations

from connectors.jmicro.standin_made import made
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.serialise import from_dict


def descriptors(count: int, first: int = 1) -> list[Descriptor]:
    """Return the descriptors of made-up listings, from a number on."""
    return [from_dict(made(number)) for number in range(first, first + count)]
