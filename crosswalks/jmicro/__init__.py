"""JMICRO, Japan: the home registry, whose listings are descriptors already, one JSON object per line."""

from crosswalks.contract import Crosswalk
from crosswalks.jmicro.forms import natural_key, own_iri, read
from crosswalks.jmicro.lines import dump, load
from crosswalks.jmicro.model import JmicroListing
from crosswalks.jmicro.write import write
from crosswalks.mapping import field_paths

crosswalk = Crosswalk(
    schema="jmicro",
    title={"ja": "JMICRO 記述子（JSON Lines）", "en": "JMICRO descriptor (JSON Lines)"},
    load=load,
    read=read,
    key=natural_key,
    fields=lambda: frozenset(field_paths(JmicroListing)),
    iri=own_iri,
    write=write,
    formats={"jsonl": "jsonl"},
    dump=dump,
    rests_on=("spreadsheet",),
)
