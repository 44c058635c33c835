"""Open Badges: badge classes (2.0) and achievements (3.0), as Moodle and other platforms publish them."""

from crosswalks.contract import Crosswalk
from crosswalks.mapping import field_paths
from crosswalks.openbadges.dump import FORMATS, dump
from crosswalks.openbadges.model import Achievement
from crosswalks.openbadges.parse import load
from crosswalks.openbadges.read import natural_key, own_iri, read
from crosswalks.openbadges.write import write

crosswalk = Crosswalk(
    schema="openbadges",
    title={
        "ja": "Open Badges（3.0 アチーブメント・2.0 バッジクラス）",
        "en": "Open Badges (3.0 achievements, 2.0 badge classes)",
    },
    load=load,
    read=read,
    key=natural_key,
    fields=lambda: frozenset(field_paths(Achievement)),
    iri=own_iri,
    write=write,
    formats=FORMATS,
    dump=dump,
)
