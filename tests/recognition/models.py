"""A tiny model of word vectors in a folder, as large ones are: made up, four numbers wide."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import orjson

MEANINGS = {"pruning": (1, 0, 0, 0), "trees": (0, 1, 0, 0), "roofs": (0, 0, 1, 0), "books": (0, 0, 0, 1)}
SPELT = {
    "pruning": (("en", "prune"), ("en", "pruning"), ("ms", "memangkas"), ("ja", "剪定")),
    "trees": (("en", "trees"), ("ms", "pokok"), ("ja", "果樹"), ("ja", "果樹園")),
    "roofs": (("en", "roofs"), ("ms", "bumbung"), ("ja", "屋根")),
    "books": (("en", "books"), ("ms", "buku"), ("ja", "帳簿")),
}
ABOUT = "name: contoh-4\ndated: 2026-04-01\nlicence: CC0-1.0\nsource: made up for tests\nnear: 0.8\n"


def tensor(rows: list[tuple[float, ...]], *, code: str = "F32", name: str = "vectors") -> bytes:
    """Return a file in the layout of safetensors with one tensor."""
    packed = b"".join(struct.pack(f"<{len(row)}{'f' if code == 'F32' else 'e'}", *row) for row in rows)
    told = {"dtype": code, "shape": [len(rows), len(rows[0])], "data_offsets": [0, len(packed)]}
    header = orjson.dumps({"__metadata__": {"made": "up"}, name: told})
    return len(header).to_bytes(8, "little") + header + packed


def tiny_model(folder: Path, code: str = "F32", **files: bytes | None) -> Path:
    """Write the model; `files` replace its files by the beginnings of their names, None leaves one out."""
    folder.mkdir(parents=True)
    words = [(word, MEANINGS[meaning]) for meaning, many in SPELT.items() for word in many]
    whole: Mapping[str, bytes] = {
        "model.yaml": ABOUT.encode(),
        "words.tsv": "".join(f"{language}\t{word}\n" for (language, word), _ in words).encode(),
        "vectors.safetensors": tensor([row for _, row in words], code=code),
    }
    for name, body in whole.items():
        chosen = files.get(name.partition(".")[0], body)
        if chosen is not None:
            (folder / name).write_bytes(chosen)
    return folder
