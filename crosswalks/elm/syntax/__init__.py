"""The forms ELM data is written in, each read into one graph: RDF in six syntaxes, LOQ XML, and QDR's JSON.

Every reader is a pure function of bytes. Nothing is fetched and no file is opened; sizes and depths are bounded. What
cannot be read raises `CodedError`; what is read but unknown keeps a name, so that the crosswalk can tell it.
"""
