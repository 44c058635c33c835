"""Comparing and recognising: what stands side by side, on which basis, and what a committee has to decide itself.

The software compares and gathers evidence; a competent recognition authority decides. What has no published basis is
never claimed.
"""
