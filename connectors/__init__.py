"""Registries Kakehashi can harvest: one folder each."""
