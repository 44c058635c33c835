"""MQA, Malaysia: the list of micro-credentials that providers notified to the Malaysian Qualifications Agency."""

from crosswalks.contract import Crosswalk
from crosswalks.files import listing_loader
from crosswalks.mapping import field_paths
from crosswalks.mqa.model import MqaListing
from crosswalks.mqa.read import REFERENCE_PARTS, natural_key, read

crosswalk = Crosswalk(
    schema="mqa",
    title={
        "ja": "MQA（マレーシア）マイクロクレデンシャル一覧",
        "en": "MQA (Malaysia) list of micro-credentials",
    },
    load=listing_loader(MqaListing, "mqa"),
    read=read,
    key=natural_key,
    fields=lambda: frozenset({*field_paths(MqaListing), "bil", *REFERENCE_PARTS}),
)
