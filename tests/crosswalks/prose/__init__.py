"""Sentences that are easily misread, one file for each kind: a sentence, a tab, and what must be read out of it."""
