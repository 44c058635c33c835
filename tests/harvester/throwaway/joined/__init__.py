"""A connector of the tests: a listing is joined from several answers."""

from tests.harvester.scripted import joined as connector

__all__ = ["connector"]
