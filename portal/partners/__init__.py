"""What partner registries take: every record as linked data, in versions, and all of them in order."""
