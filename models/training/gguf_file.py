"""Writes GGUF version 3, and quantises rows to Q8_0. Needs numpy only."""
from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

ALIGNMENT = 32
F32, F16, Q8_0 = 0, 1, 8
BLOCK = 32


def quantise_q8_0(values: np.ndarray) -> bytes:
    """Blocks of 32: an fp16 scale, then 32 signed bytes. The last dimension must be a multiple of 32."""
    if values.shape[-1] % BLOCK:
        raise ValueError(f"rows of {values.shape[-1]} values cannot be cut into blocks of {BLOCK}")
    blocks = np.ascontiguousarray(values, dtype=np.float32).reshape(-1, BLOCK)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / 127
    with np.errstate(divide="ignore"):
        inverse = np.where(scale == 0, 0, 1 / scale)
    product = blocks * inverse
    # Halves away from zero, as llama.cpp rounds.
    rounded = np.trunc(np.abs(product) + np.float32(0.5)) * np.sign(product)
    out = np.empty((len(blocks), 2 + BLOCK), dtype=np.uint8)
    out[:, :2] = scale.astype("<f2").view(np.uint8)
    out[:, 2:] = rounded.astype(np.int8).view(np.uint8)
    return out.tobytes()


def dequantise_q8_0(data: bytes, shape: tuple[int, ...]) -> np.ndarray:
    blocks = np.frombuffer(data, dtype=np.uint8).reshape(-1, 2 + BLOCK)
    scale = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    values = np.ascontiguousarray(blocks[:, 2:]).view(np.int8).astype(np.float32)
    return (values * scale).reshape(shape)



class Writer:
    """Collects metadata and tensors, and writes them in one go."""

    def __init__(self) -> None:
        self.metadata: list[tuple[str, Any]] = []
        self.tensors: list[tuple[str, tuple[int, ...], int, bytes]] = []

    def add(self, key: str, value: Any) -> None:
        self.metadata.append((key, value))

    def add_tensor(self, name: str, values: np.ndarray, kind: int) -> None:
        data = quantise_q8_0(values) if kind == Q8_0 else np.ascontiguousarray(values).astype("<f2" if kind == F16 else "<f4").tobytes()
        self.tensors.append((name, values.shape, kind, data))

    def write(self, path: Path) -> int:
        """Returns the size of the file."""
        head = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(self.tensors), len(self.metadata)))
        for key, value in self.metadata:
            head += _string(key) + _value(value)
        offset = 0
        for name, shape, kind, data in self.tensors:
            # Dimensions stand in the order of memory, fastest first.
            head += _string(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", size) for size in reversed(shape))
            head += struct.pack("<IQ", kind, offset)
            offset += len(data) + _padding(len(data))
        with open(path, "wb") as file:
            file.write(head + bytes(_padding(len(head))))
            for _, _, _, data in self.tensors:
                file.write(data + bytes(_padding(len(data))))
            return file.tell()


def _padding(size: int) -> int:
    return -size % ALIGNMENT


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Any) -> bytes:
    kind, data = _typed(value)
    return struct.pack("<I", kind) + data


def _typed(value: Any) -> tuple[int, bytes]:
    if isinstance(value, bool):
        return 7, struct.pack("<?", value)
    if isinstance(value, int):
        return 4, struct.pack("<I", value)
    if isinstance(value, float):
        return 6, struct.pack("<f", value)
    if isinstance(value, str):
        return 8, _string(value)
    if isinstance(value, list):
        kinds = {int: 5, str: 8}
        kind = kinds[type(value[0])]
        items = b"".join(_string(item) if kind == 8 else struct.pack("<i", item) for item in value)
        return 9, struct.pack("<IQ", kind, len(value)) + items
    raise TypeError(f"no GGUF type for {type(value).__name__}")
