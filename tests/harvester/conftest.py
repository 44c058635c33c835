"""The fixtures of runs."""

from tests.harvester.situations import extra_connectors, harvest_files, harvest_script, server, throwaway

__all__ = ["extra_connectors", "harvest_files", "harvest_script", "server", "throwaway"]
