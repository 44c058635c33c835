"""Models that a deployment may add, off by default: word vectors in a folder, and a service that drafts translations.

What they make is called machine-made wherever it shows. Nothing here is needed for anything else.
"""
