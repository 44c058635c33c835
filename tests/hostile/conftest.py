"""The fixtures of runs against servers that mean harm."""

from tests.harvester.situations import extra_connectors, harvest_script, server, throwaway

__all__ = ["extra_connectors", "harvest_script", "server", "throwaway"]
