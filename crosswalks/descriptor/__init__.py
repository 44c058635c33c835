"""The JMICRO descriptor: the pivot that every crosswalk passes through."""

from crosswalks.descriptor.model import Descriptor

__all__ = ["Descriptor"]
