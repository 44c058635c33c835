"""Questions in SPARQL over a snapshot of the newest dump: read only, off by default, in a process of their own."""
