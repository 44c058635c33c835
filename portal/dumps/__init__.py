"""Dumps: all records as they stood at a horizon, in files; and deltas, which turn one dump into the next."""
