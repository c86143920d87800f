"""Reads GGUF version 3: metadata, and tensors of the types F32, F16 and Q8_0 as float32. Needs numpy only."""
from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np

from gguf_file import ALIGNMENT, BLOCK, F16, F32, Q8_0, dequantise_q8_0

_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9


class Reader:
    """A file in memory. Raises ValueError, naming the file and what is wrong, where it is no such file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data = path.read_bytes()
        self._at = 4
        if self._data[:4] != b"GGUF":
            raise ValueError(f"{path} is no GGUF file; join its parts first, in the order of their names")
        version, tensors, entries = (self._scalar(code) for code in ("<I", "<Q", "<Q"))
        if version != 3:
            raise ValueError(f"{path} is GGUF version {version}; version 3 is read")
        self.metadata: dict[str, Any] = {}
        for _ in range(entries):
            key = self._string()
            self.metadata[key] = self._value(self._scalar("<I"))
        self._entries: dict[str, tuple[tuple[int, ...], int, int]] = {}
        for _ in range(tensors):
            name = self._string()
            sizes = [self._scalar("<Q") for _ in range(self._scalar("<I"))]
            # Dimensions stand in the order of memory, fastest first.
            self._entries[name] = tuple(reversed(sizes)), self._scalar("<I"), self._scalar("<Q")
        alignment = self.metadata.get("general.alignment", ALIGNMENT)
        self._start = self._at + -self._at % alignment

    def names(self) -> list[str]:
        """The tensors, in the order of the file."""
        return list(self._entries)

    def tensor(self, name: str) -> np.ndarray:
        """Raises KeyError where the file has no such tensor."""
        shape, kind, offset = self._entries[name]
        count, at = math.prod(shape), self._start + offset
        sizes = {F32: 4 * count, F16: 2 * count, Q8_0: count // BLOCK * (2 + BLOCK)}
        if kind not in sizes:
            raise ValueError(f"{self.path}: {name} is of the GGML type {kind}; F32, F16 and Q8_0 are read")
        data = self._data[at:at + sizes[kind]]
        if len(data) != sizes[kind]:
            raise ValueError(f"{self.path} ends inside {name}; the file is not whole")
        if kind == Q8_0:
            return dequantise_q8_0(data, shape)
        return np.frombuffer(data, "<f4" if kind == F32 else "<f2").astype(np.float32).reshape(shape)

    def _scalar(self, code: str) -> Any:
        value, = struct.unpack_from(code, self._data, self._at)
        self._at += struct.calcsize(code)
        return value

    def _string(self) -> str:
        size = self._scalar("<Q")
        self._at += size
        return self._data[self._at - size:self._at].decode()

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self._string()
        if kind == _ARRAY:
            item = self._scalar("<I")
            return [self._value(item) for _ in range(self._scalar("<Q"))]
        return self._scalar(_SCALARS[kind])
