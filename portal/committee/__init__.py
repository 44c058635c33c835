"""The pages that a committee works in: what waits, the basket, dossiers, decisions, the calendar, what is watched."""
