"""Reduces WordNet 3.0 to the common words that training needs: python3 lexical_sources.py --wordnet /usr/share/wordnet

The database is that of Debian's package wordnet-base. Kept are synsets in which a common word has its first or second sense: common is what the
tagged texts of WordNet hold, or what has several senses. The result, data/wordnet.json.gz, names its source and licence; the notice in
THIRD-PARTY-NOTICES.txt belongs to it.
"""
from __future__ import annotations

import argparse
import collections
import gzip
import json
import re
from pathlib import Path
from typing import NamedTuple

import lexicon

OUT = lexicon.DATA / "wordnet.json.gz"
MOST_BYTES = 2 * 2**20
MOST_WORDS = 5
POS = {"noun": "n", "verb": "v", "adj": "a"}
_WORD = re.compile(r"^[a-z]{2,}(?:[ -][a-z]{2,})?$")
_UNWANTED = re.compile(r"obscen|vulgar|offensive|ethnic|slur|sexual|disparag|derogat|genital|Nazi|slang|archaic", re.IGNORECASE)


class Synset(NamedTuple):
    file: int
    words: list[str]
    gloss: str
    parents: list[int]


def read_synsets(path: Path) -> dict[int, Synset]:
    out = {}
    with open(path, encoding="latin-1") as lines:
        for line in lines:
            if line.startswith("  "):
                continue
            head, _, gloss = line.partition(" | ")
            fields = head.split(" ")
            count = int(fields[3], 16)
            words = [re.sub(r"\(\w+\)$", "", fields[4 + 2 * index]).replace("_", " ") for index in range(count)]
            at = 4 + 2 * count
            pointers = [fields[at + 1 + 4 * index:at + 5 + 4 * index] for index in range(int(fields[at]))]
            parents = [int(pointer[1]) for pointer in pointers if pointer[0] in ("@", "&") and pointer[3] == "0000"]
            instance = any(pointer[0] == "@i" for pointer in pointers)
            if not instance:
                out[int(fields[0])] = Synset(int(fields[1]), words, gloss.strip(), parents)
    return out


def read_senses(path: Path) -> dict[str, list[int]]:
    """The synsets of a word, commonest first."""
    out = {}
    with open(path, encoding="latin-1") as lines:
        for line in lines:
            if not line.startswith("  "):
                fields = line.split()
                count = int(fields[2])
                out[fields[0].replace("_", " ")] = [int(offset) for offset in fields[-count:]]
    return out


def read_counts(path: Path) -> collections.Counter:
    """How often a sense of a word was tagged: (part of speech, word, number of the sense)."""
    out: collections.Counter = collections.Counter()
    parts = {"1": "noun", "2": "verb", "3": "adj", "5": "adj", "4": "adv"}
    with open(path, encoding="latin-1") as lines:
        for line in lines:
            key, number, count = line.split()
            word, _, rest = key.partition("%")
            out[(parts[rest[0]], word.replace("_", " "), int(number))] += int(count)
    return out


def definition(gloss: str) -> str:
    """The definition without examples and remarks."""
    text = re.split(r';? "', gloss)[0].strip(" ;")
    text = re.sub(r"^\([^)]*\)\s*", "", text)
    return re.split(r"; (?=or |also |usually |used )", text)[0].strip(" ;:")[:110]


def reduce(folder: Path) -> dict:
    counts = read_counts(folder / "cntlist.rev")
    out: dict = {"source": "WordNet 3.0, Princeton University; reduced: common words, definitions without examples, hypernyms",
                 "licence": "WordNet 3.0 license, see THIRD-PARTY-NOTICES.txt"}
    for pos in POS:
        synsets, senses = read_synsets(folder / f"data.{pos}"), read_senses(folder / f"index.{pos}")
        kept: dict[int, tuple[float, list[str]]] = {}
        for offset, synset in synsets.items():
            words, score = [], 0.0
            for word in synset.words:
                if not _WORD.match(word) or offset not in senses.get(word, ()):
                    continue
                number = senses[word].index(offset) + 1
                tagged = counts[(pos, word, number)]
                total = sum(counts[(pos, word, other + 1)] for other in range(len(senses[word])))
                common = total > 0 or len(senses[word]) > 1
                # A word stands for the synset where that is its first meaning, or one met nearly as often.
                if number == 1 or tagged and tagged >= total * 0.3:
                    words.append(word)
                    score = max(score, 1 + tagged if common else 0.5 if " " not in word and len(word) <= 9 else 0.0)
            text = definition(synset.gloss)
            if words and score > 0 and 6 <= len(text) < 110 and not _UNWANTED.search(synset.gloss):
                kept[offset] = (score, words[:MOST_WORDS])
        numbers = {offset: index for index, offset in enumerate(kept)}
        rows = []
        for offset, (score, words) in kept.items():
            synset = synsets[offset]
            parent = _ancestor(synsets, synset, numbers)
            rows.append([words, definition(synset.gloss), parent, synset.file, min(99, round(score))])
        out[pos] = rows
    return out


def _ancestor(synsets: dict[int, Synset], synset: Synset, numbers: dict[int, int]) -> int:
    """The nearest synset above that is kept, within three steps; -1 where there is none."""
    for _ in range(3):
        above = next((other for other in synset.parents if other in synsets), None)
        if above is None or above in numbers:
            return numbers[above] if above is not None else -1
        synset = synsets[above]
    return -1


def write(data: dict, path: Path) -> int:
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, compresslevel=9) as file:
        file.write(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ValueError(f"{path} has {size} bytes, more than {MOST_BYTES}: keep fewer words")
    return size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    data = reduce(options.wordnet)
    size = write(data, options.out)
    print(f"{', '.join(f'{len(data[pos])} {pos}s' for pos in POS)}; {size / 2**20:.2f} MiB in {options.out}")


if __name__ == "__main__":
    main()
