"""OAI-PMH 2.0: partner registries harvest everything, or what changed since they last came.

Source: the protocol, http://www.openarchives.org/OAI/2.0/openarchivesprotocol.htm.
"""
