"""The fixtures of runs."""

from tests.harvester.situations import extra_connectors, harvest_script, server, throwaway

__all__ = ["extra_connectors", "harvest_script", "server", "throwaway"]
