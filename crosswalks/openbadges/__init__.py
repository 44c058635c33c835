"""Open Badges 2.0: badge classes, as Moodle and other platforms publish them. Reading only."""

from crosswalks.contract import Crosswalk
from crosswalks.mapping import field_paths
from crosswalks.openbadges.model import BadgeClass, load
from crosswalks.openbadges.read import natural_key, own_iri, read

crosswalk = Crosswalk(
    schema="openbadges",
    title={"ja": "Open Badges 2.0 バッジクラス", "en": "Open Badges 2.0 badge class"},
    load=load,
    read=read,
    key=natural_key,
    fields=lambda: frozenset(field_paths(BadgeClass)),
    iri=own_iri,
)
