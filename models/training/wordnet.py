"""Words and their meanings from data/wordnet.json.gz (see lexical_sources.py), and pairs of English and Chinese words from the hand-written data."""
from __future__ import annotations

import functools
import gzip
import json
from typing import NamedTuple

import domains
import lexicon

FILE = lexicon.DATA / "wordnet.json.gz"
# WordNet's files of nouns that name things one can have, see, order or report.
THINGS = frozenset((4, 5, 6, 8, 10, 11, 13, 14, 15, 17, 18, 19, 20, 21, 27))
DEEDS = frozenset((30, 31, 32, 36, 40, 41))


class Sense(NamedTuple):
    """A meaning: its words, commonest first, its definition, the number of the meaning above it or -1, WordNet's file, how common it is."""

    words: tuple[str, ...]
    gloss: str
    parent: int
    file: int
    score: int


@functools.cache
def senses(pos: str) -> tuple[Sense, ...]:
    return tuple(Sense(tuple(words), gloss, parent, file, score) for words, gloss, parent, file, score in _read()[pos])


@functools.cache
def _read() -> dict:
    with gzip.open(FILE, "rb") as file:
        return json.load(file)


@functools.cache
def below(pos: str) -> dict[int, tuple[int, ...]]:
    """The meanings under a meaning."""
    out: dict[int, list[int]] = {}
    for number, sense in enumerate(senses(pos)):
        if sense.parent >= 0:
            out.setdefault(sense.parent, []).append(number)
    return {parent: tuple(children) for parent, children in out.items()}


@functools.cache
def families() -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Things of one kind: a meaning and at least three common ones under it."""
    nouns = senses("noun")
    out = []
    for parent, children in below("noun").items():
        fit = tuple(child for child in children if nouns[child].score >= 2 and nouns[child].file in THINGS)
        if len(fit) >= 3 and parent >= 0:
            out.append((parent, fit))
    return tuple(out)


@functools.cache
def deeds() -> tuple[int, ...]:
    """Common verbs that have a synonym, or a short definition."""
    return tuple(number for number, sense in enumerate(senses("verb")) if sense.file in DEEDS and sense.score >= 12 and len(sense.words) >= 2)


@functools.cache
def only_meaning() -> dict[str, int]:
    """The meaning of a noun that has one."""
    out: dict[str, int] = {}
    several: set[str] = set()
    for number, sense in enumerate(senses("noun")):
        for word in sense.words:
            if word in out:
                several.add(word)
            out[word] = number
    return {word: number for word, number in out.items() if word not in several}


@functools.cache
def pairs() -> dict[str, tuple[tuple[str, str], ...]]:
    """English and Chinese words for the same, by kind."""
    out: dict[str, list[tuple[str, str]]] = {}
    words = lexicon.load()
    for key in ("foods", "animals", "plants", "sports", "products", "topics", "colors", "countries"):
        out[key] = [(entry[0], entry[1]) for entry in words[key]]
    for kind, nouns in lexicon.toml("combinations.toml")["nouns"].items():
        out[kind] = [(english, chinese) for english, chinese in nouns]
    return {kind: tuple(dict.fromkeys(entries)) for kind, entries in out.items()}


@functools.cache
def all_pairs() -> tuple[tuple[str, str], ...]:
    """Those pairs, and the choices, parameters and tools of the domains with what they are called in both languages."""
    out = [pair for entries in pairs().values() for pair in entries]
    for tool in domains.load():
        for param in tool.params:
            for entry in param.spec.get("values", ()):
                if isinstance(entry["value"], str):
                    out.append((entry["value"].replace("_", " "), entry["zh"][0]))
            out.append((param.describe["en"][0], param.describe["zh"][0]))
        out.append((tool.describe["en"][0], tool.describe["zh"][0]))
    return tuple(dict.fromkeys(out))
