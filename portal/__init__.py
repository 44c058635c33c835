"""What people and partner registries meet: pages, linked data, OAI-PMH, feeds, dumps."""
