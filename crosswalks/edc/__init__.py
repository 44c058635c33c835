"""European Digital Credentials: read only to compare what one certifies with a listing, never for its holder."""

from crosswalks.contract import Crosswalk
from crosswalks.edc.load import load
from crosswalks.edc.read import fields, natural_key, read
from crosswalks.elm.reading import own_identifier

crosswalk = Crosswalk(
    schema="edc",
    title={
        "ja": "欧州デジタルクレデンシャル（比較用）",
        "en": "European Digital Credential (to compare with a listing)",
    },
    load=load,
    read=read,
    key=natural_key,
    fields=fields,
    iri=own_identifier,
)
