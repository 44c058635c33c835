"""schema.org: credentials and courses as web pages carry them."""

from crosswalks.contract import Crosswalk
from crosswalks.mapping import field_paths
from crosswalks.schemaorg.model import SchemaorgListing
from crosswalks.schemaorg.parse import FORMATS, dump, load
from crosswalks.schemaorg.read import natural_key, own_iri, read
from crosswalks.schemaorg.write import write

crosswalk = Crosswalk(
    schema="schemaorg",
    title={"ja": "schema.org のクレデンシャルとコース", "en": "schema.org credential and course"},
    load=load,
    read=read,
    key=natural_key,
    fields=lambda: frozenset(field_paths(SchemaorgListing)),
    iri=own_iri,
    write=write,
    formats=FORMATS,
    dump=dump,
    reads_pages=True,
)
