"""MQA, Malaysia: the list of micro-credentials that providers notified to the Malaysian Qualifications Agency."""

from crosswalks.contract import Crosswalk
from crosswalks.mapping import field_paths
from crosswalks.mqa.files import FORMATS, dump, load
from crosswalks.mqa.model import MqaListing
from crosswalks.mqa.read import REFERENCE_PARTS, natural_key, read
from crosswalks.mqa.write import write

crosswalk = Crosswalk(
    schema="mqa",
    title={
        "ja": "MQA（マレーシア）マイクロクレデンシャル一覧",
        "en": "MQA (Malaysia) list of micro-credentials",
    },
    load=load,
    read=read,
    key=natural_key,
    fields=lambda: frozenset({*field_paths(MqaListing), "bil", *REFERENCE_PARTS}),
    write=write,
    formats=FORMATS,
    dump=dump,
)
