"""CTDL: micro-credentials as Credential Engine's registry publishes them, in graph form."""

from crosswalks.contract import Crosswalk
from crosswalks.ctdl.model import CtdlListing
from crosswalks.ctdl.parse import FORMATS, dump, load
from crosswalks.ctdl.read import natural_key, own_iri, read
from crosswalks.ctdl.write import write
from crosswalks.mapping import field_paths

crosswalk = Crosswalk(
    schema="ctdl",
    title={"ja": "CTDL マイクロクレデンシャル（Credential Engine）", "en": "CTDL micro-credential (Credential Engine)"},
    load=load,
    read=read,
    key=natural_key,
    fields=lambda: frozenset(field_paths(CtdlListing)),
    iri=own_iri,
    write=write,
    formats=FORMATS,
    dump=dump,
)
