"""European Learning Model: learning opportunities and qualifications as the European registers publish them."""

from crosswalks.contract import Crosswalk
from crosswalks.elm.load import load
from crosswalks.elm.reading import natural_key, own_identifier, read
from crosswalks.elm.reading.fields import fields
from crosswalks.elm.serialise import SUFFIXES, dump
from crosswalks.elm.writing import write

crosswalk = Crosswalk(
    schema="elm",
    title={
        "ja": "欧州学習モデル（ELM）の学修機会・資格",
        "en": "European Learning Model: opportunities and qualifications",
    },
    load=load,
    read=read,
    key=natural_key,
    fields=fields,
    iri=own_identifier,
    write=write,
    formats=SUFFIXES,
    dump=dump,
    reads_loosely=True,
)
