"""ResourceSync and the feed: resources with their hashes, what changed since, everything in packages; and news.

Source: ResourceSync 1.1 (ANSI/NISO Z39.99), http://www.openarchives.org/rs/toc; RFC 4287, 5005 and 6721 for the feed.
"""
