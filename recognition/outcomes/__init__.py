"""Learning outcomes of two credentials laid beside each other, with the words that matched.

What matches is an aid to reading. It is never a verdict, and it is never added up.
"""
