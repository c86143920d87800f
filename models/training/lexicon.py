"""The word lists of data/lexicon.toml, and the letter pieces of the tokeniser once it has been trained."""
from __future__ import annotations

import functools
import json
import tomllib
from pathlib import Path

DATA = Path(__file__).parent / "data"
TOKENISER_FILE = DATA / "tokenizer.json"


@functools.cache
def load() -> dict:
    with open(DATA / "lexicon.toml", "rb") as file:
        return tomllib.load(file)


@functools.cache
def toml(name: str) -> dict:
    """A data file by its path under data/, parsed once."""
    with open(DATA / name, "rb") as file:
        return tomllib.load(file)


@functools.cache
def hanzi() -> tuple[str, ...]:
    """The 3,755 characters of GB 2312 level 1."""
    rows = ((high, low) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return tuple(bytes(pair).decode("gb2312") for pair in rows if not (pair[0] == 0xD7 and pair[1] > 0xF9))


@functools.cache
def rare_hanzi() -> tuple[str, ...]:
    """The 3,008 characters of GB 2312 level 2, and some thousand traditional ones of Big5 level 1."""
    simplified = tuple(bytes((high, low)).decode("gb2312") for high in range(0xD8, 0xF8) for low in range(0xA1, 0xFF))
    traditional = (bytes((high, low)).decode("big5") for high in range(0xA4, 0xC6) for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    known = {*hanzi(), *simplified}
    return (*simplified, *(character for character in traditional if character not in known))


@functools.cache
def letter_pieces() -> tuple[str, ...]:
    """Lower-case letter pieces of the vocabulary, so that each of them is seen as part of a value; empty before training it."""
    if not TOKENISER_FILE.exists():
        return ()
    with open(TOKENISER_FILE, encoding="utf-8") as file:
        vocabulary = json.load(file)["model"]["vocab"]
    return tuple(sorted(token for token in vocabulary if token.isascii() and token.isalpha() and len(token) > 1))
