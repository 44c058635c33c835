"""A connector of the tests: one listing stands whole in one answer."""

from tests.harvester.scripted import plain as connector

__all__ = ["connector"]
