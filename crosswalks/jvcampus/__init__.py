"""JV-Campus: courses of a Moodle site, with the Boxes they stand in and the badge classes they link to."""

from crosswalks.contract import Crosswalk
from crosswalks.jvcampus.files import FORMATS, dump, load
from crosswalks.jvcampus.model import MoodleCourse
from crosswalks.jvcampus.read import natural_key, read
from crosswalks.jvcampus.values import left_out_keys
from crosswalks.jvcampus.write import write
from crosswalks.mapping import field_paths

crosswalk = Crosswalk(
    schema="jvcampus",
    title={"ja": "JV-Campus（Moodle のコース）", "en": "JV-Campus (courses of a Moodle site)"},
    load=load,
    read=read,
    key=natural_key,
    fields=lambda: frozenset({*field_paths(MoodleCourse), *left_out_keys()}),
    write=write,
    formats=FORMATS,
    dump=dump,
    rests_on=("openbadges",),
)
