"""Writes folding.txt and simplified.txt beside itself: python3 folding.py [path of OpenCC's share folder]

folding.txt     one line for each result: its code points, a tab, the code points that become it (hexadecimal, first-last for a run).
                From the Unicode Character Database as Python's unicodedata holds it.
simplified.txt  one line for each result: the simplified character, then the characters that become it.
                From OpenCC's t2s table (Apache License 2.0, see THIRD-PARTY-NOTICES.txt); made only where the opencc program and the share folder are given.
"""
import itertools
import os
import subprocess
import sys
import unicodedata as ucd

HERE = os.path.dirname(os.path.abspath(__file__))

# Letters that no decomposition leads to their base, and marks that are typed for one another.
MANUAL = {
    "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n", "ĸ": "k", "ɓ": "b", "ƀ": "b",
    "ɖ": "d", "ɗ": "d", "ƙ": "k", "ɨ": "i", "ɵ": "o", "ƶ": "z", "ё": "е", "\u2010": "-", "\u2018": "'", "\u2019": "'", "\u02bc": "'",
}
STRIPPED = ("LATIN ", "GREEK ", "ARABIC ", "HEBREW ")
MARKS = [
    (0x300, 0x36F), (0x483, 0x489), (0x591, 0x5BD), (0x5BF, 0x5BF), (0x5C1, 0x5C2), (0x5C4, 0x5C5), (0x5C7, 0x5C7), (0x610, 0x61A), (0x640, 0x640),
    (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6DC), (0x6DF, 0x6E4), (0x6E7, 0x6E8), (0x6EA, 0x6ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF), (0x3099, 0x309A), (0xFE20, 0xFE2F), (0xFF9E, 0xFF9F),
]
IGNORED = [
    (0xAD, 0xAD), (0x61C, 0x61C), (0x180B, 0x180F), (0x200C, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x206F), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF), (0xE0100, 0xE01EF),
]
DROPPED = {chr(c) for first, last in MARKS + IGNORED for c in range(first, last + 1)}


def strip(text):
    kept, stripping = [], False
    for char in ucd.normalize("NFD", text):
        if ucd.category(char) == "Mn":
            if not stripping and char not in DROPPED or not stripping and ucd.combining(char) and kept:
                kept.append(char)
        else:
            stripping = ucd.name(char, "").startswith(STRIPPED)
            kept.append(char)
    return ucd.normalize("NFC", "".join(kept))


def step(char):
    if char in DROPPED:
        return ""
    if ucd.category(char) == "Nd":
        return str(ucd.decimal(char))
    text = ucd.normalize("NFKC", char)
    if " " in text:
        # Spacing marks, and the ligatures of whole Arabic phrases, which would be many words in the place of one character.
        return char
    return "".join(MANUAL.get(c, c) for c in strip(text.casefold()))


def fold(char):
    text = char
    for _ in range(8):
        folded = "".join(step(c) for c in text)
        if folded == text:
            return text
        text = folded
    raise ValueError(f"U+{ord(char):04X} does not settle")


def runs(points):
    for _, group in itertools.groupby(enumerate(sorted(points)), lambda pair: pair[1] - pair[0]):
        group = [point for _, point in group]
        yield f"{group[0]:X}" if len(group) == 1 else f"{group[0]:X}-{group[-1]:X}"


def every():
    return (chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF)


def write_folding():
    results = {}
    for char in every():
        folded = fold(char)
        if folded != char:
            results.setdefault(folded, []).append(ord(char))
    with open(os.path.join(HERE, "folding.txt"), "w", encoding="ascii", newline="\n") as file:
        for result, points in sorted(results.items()):
            file.write(" ".join(f"{ord(c):X}" for c in result) + "\t" + " ".join(runs(points)) + "\n")


def write_simplified(share):
    chars = [c for c in every() if ucd.name(c, "").startswith("CJK UNIFIED IDEOGRAPH")]
    done = subprocess.run(["opencc", "-c", "t2s.json"], cwd=share, input="\n".join(chars), capture_output=True, encoding="utf-8", check=True)
    table = dict(zip(chars, done.stdout.split("\n"), strict=False))
    results = {}
    for char in chars:
        # OpenCC decides this one by the words around it; here both are one.
        simple = "着" if char == "著" else table[char]
        while len(simple) == 1 and table[simple] != simple:
            simple = table[simple]
        if len(simple) == 1 and simple != char:
            results.setdefault(simple, []).append(char)
    with open(os.path.join(HERE, "simplified.txt"), "w", encoding="utf-8", newline="\n") as file:
        for result, sources in sorted(results.items()):
            file.write(result + "".join(sources) + "\n")


write_folding()
if len(sys.argv) > 1:
    write_simplified(sys.argv[1])
