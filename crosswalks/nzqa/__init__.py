"""NZQA, New Zealand: micro-credentials listed on the New Zealand Qualifications and Credentials Framework."""

from crosswalks.contract import Crosswalk
from crosswalks.mapping import field_paths
from crosswalks.nzqa.files import FORMATS, dump, load
from crosswalks.nzqa.model import NzqaListing
from crosswalks.nzqa.read import natural_key, read
from crosswalks.nzqa.write import write

crosswalk = Crosswalk(
    schema="nzqa",
    title={
        "ja": "NZQA（ニュージーランド）マイクロクレデンシャル登録",
        "en": "NZQA (New Zealand) register of micro-credentials",
    },
    load=load,
    read=read,
    key=natural_key,
    fields=lambda: frozenset(field_paths(NzqaListing)),
    write=write,
    formats=FORMATS,
    dump=dump,
)
