"""A model of word vectors in a folder of this machine: offline, and small enough to follow by hand.

The folder holds `model.yaml` (what the model is), `words.tsv` (language and word, a line for each row) and
`vectors.safetensors` (one tensor `vectors`, a row for each word, F32 or F16, in the layout of
https://huggingface.co/docs/safetensors). Words of one meaning lie near each other whatever their language; a text is
the mean of its words. Japanese is cut at the longest words that the model has; other languages at what is no letter. A
text of which the model knows less than half tells nothing.
"""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.messages import CodedError
from crosswalks.descriptor.model import Outcome
from crosswalks.text import UNDETERMINED, matching_key
from recognition.outcomes.suggesting import Maker
from recognition.outcomes.words import primary, words_of

ABOUT, WORDS, VECTORS = "model.yaml", "words.tsv", "vectors.safetensors"
TENSOR = "vectors"
_FORMATS = {"F32": ("f", 4), "F16": ("e", 2)}
_LONGEST_HEADER = 2**20
_LEAST_KNOWN = 0.5
_PIECE = 2**20


class About(BaseModel):
    """What `model.yaml` says: the name, the day the model is dated, its licence, where it is from, and from which
    nearness two outcomes are shown.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=200)
    dated: date
    licence: str = Field(min_length=1)
    source: str = Field(min_length=1)
    near: float = Field(gt=0, le=1)


class _Rows(NamedTuple):
    """The rows of the tensor: the bytes they lie in, where the first begins, how one is packed; how many, how wide."""

    data: mmap.mmap
    begin: int
    packed: struct.Struct
    number: int
    width: int


class VectorModel:
    """A model that was read from a folder. Vectors stay in the file and are looked up word by word."""

    def __init__(self, about: About, digest: str, words: dict[tuple[str, str], int], rows: _Rows) -> None:
        self.about = about
        self.digest = digest
        self._words = words
        self._rows = rows
        self._longest = max((len(word) for language, word in words if language == "ja"), default=0)
        self._of_text = lru_cache(maxsize=4096)(self._text)

    @property
    def maker(self) -> Maker:
        """Which model it is."""
        return Maker(name=self.about.name, digest=self.digest, dated=self.about.dated.isoformat())

    @property
    def near(self) -> float:
        """From which nearness two outcomes are shown."""
        return self.about.near

    @property
    def size(self) -> tuple[int, int]:
        """How many words it knows, and of how many numbers each of their vectors is."""
        return self._rows.number, self._rows.width

    def nearness(self, left: Outcome, right: Outcome) -> float | None:
        """Return the greatest cosine of any two texts of the outcomes, None where no two of them are known."""
        ours, theirs = ([self._of_text(text, primary(tag)) for tag, text in one.text.items()] for one in (left, right))
        return max(
            (sum(x * y for x, y in zip(a, b, strict=True)) for a, b in product(ours, theirs) if a and b), default=None
        )

    def _text(self, text: str, language: str) -> tuple[float, ...]:
        """Return the mean direction of the words of a text, empty where too few of them are known."""
        total = [0.0] * self._rows.width
        known = every = 0.0
        for word, weight in self._parts(text, language):
            every += weight
            if (row := self._words.get((language, word))) is not None:
                known += weight
                total = [one + weight * other for one, other in zip(total, self._unit(row), strict=True)]
        length = math.hypot(*total)
        if not known or known < _LEAST_KNOWN * every or not length:
            return ()
        return tuple(one / length for one in total)

    def _parts(self, text: str, language: str) -> Iterator[tuple[str, float]]:
        """Yield the words of a text as the model spells them, with how much each says."""
        if language == UNDETERMINED:
            return
        if language != "ja":
            for word in words_of(text, language):
                yield matching_key(text[word.start : word.end]), word.weight
            return
        weights = [0.0] * len(text)
        for word in words_of(text, language):
            weights[word.start : word.end] = [max(weights[n], word.weight) for n in range(word.start, word.end)]
        at = 0
        while at < len(text):
            longest = range(min(self._longest, len(text) - at), 0, -1)
            step = next((n for n in longest if ("ja", matching_key(text[at : at + n])) in self._words), 1)
            if weight := max(weights[at : at + step]):
                yield matching_key(text[at : at + step]), weight
            at += step

    def _unit(self, row: int) -> tuple[float, ...]:
        packed = self._rows.packed
        vector = packed.unpack_from(self._rows.data, self._rows.begin + row * packed.size)
        length = math.hypot(*vector)
        return tuple(one / length for one in vector) if length else vector


@lru_cache(maxsize=1)
def vector_model(folder: Path) -> VectorModel:
    """Return the model of a folder; it is read once. Raises `CodedError` with `outcome_model_unreadable`."""
    try:
        about = About.model_validate(yaml.safe_load((folder / ABOUT).read_text(encoding="utf-8")))
        rows = _rows(folder / VECTORS)
        return VectorModel(about, _digest(folder), _words(folder / WORDS, rows.number), rows)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        detail = f"{ABOUT}: {'.'.join(str(part) for part in first['loc']) or '-'}: {first['msg']}"
    except OSError as error:
        detail = f"{Path(error.filename or folder).name}: {error.strerror}"
    except (yaml.YAMLError, ValueError) as error:
        detail = str(error).splitlines()[0]
    raise CodedError.of("outcome_model_unreadable", folder=str(folder), detail=detail)


class _Odd(ValueError):
    """A file that is not what the format says."""

    def __init__(self, file: str, detail: str) -> None:
        super().__init__(f"{file}: {detail}")


def _words(path: Path, rows: int) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            language, between, word = line.rstrip("\n").partition("\t")
            key = (language, matching_key(word))
            if not between or not language or not key[1] or key in found:
                raise _Odd(path.name, f"line {number + 1}: a language, a tab and a word that is there once")
            found[key] = number
    if len(found) != rows:
        raise _Odd(path.name, f"{len(found)} words, but {rows} vectors")
    return found


def _rows(path: Path) -> _Rows:
    with path.open("rb") as file:
        head = file.read(8)
        size = int.from_bytes(head, "little")
        if len(head) < 8 or not 2 <= size <= _LONGEST_HEADER:
            raise _Odd(path.name, "no header")
        try:
            header = orjson.loads(file.read(size))
        except orjson.JSONDecodeError:
            raise _Odd(path.name, "no header") from None
        tensor = header.get(TENSOR) if isinstance(header, dict) else None
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return _tensor(path.name, tensor, 8 + size, data)


def _tensor(name: str, tensor: Any, after: int, data: mmap.mmap) -> _Rows:
    try:
        code, bytes_each = _FORMATS[tensor["dtype"]]
        number, width = (int(one) for one in tensor["shape"])
        begin, end = (after + int(one) for one in tensor["data_offsets"])
    except (TypeError, KeyError, ValueError):
        raise _Odd(name, f'no tensor "{TENSOR}" of two dimensions in F32 or F16') from None
    if number < 1 or width < 1 or end - begin != number * width * bytes_each or not after <= begin or end > len(data):
        raise _Odd(name, "the tensor does not fit the file")
    return _Rows(data, begin, struct.Struct(f"<{width}{code}"), number, width)


def _digest(folder: Path) -> str:
    """Return the hash of a model: SHA-256 over its three files, each as it stands, in the order of their names."""
    told = sha256()
    for name in sorted((ABOUT, WORDS, VECTORS)):
        with (folder / name).open("rb") as file:
            while piece := file.read(_PIECE):
                told.update(piece)
    return told.hexdigest()
