"""The linked data event stream: the whole publication log as pages, of which the full ones never change.

Source: LDES 1.0, https://semiceu.github.io/LinkedDataEventStreams/, and TREE, https://w3id.org/tree/specification.
"""
