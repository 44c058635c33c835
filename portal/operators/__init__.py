"""The pages that operators work with: how harvests go, what holds them, and what to do about it."""
