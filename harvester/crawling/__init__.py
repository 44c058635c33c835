"""Asking a registry: one crawl in a process of its own, polite, guarded, and able to go on where it was broken off."""
