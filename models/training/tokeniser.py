"""The tokeniser: byte-level BPE of 12,288 tokens, cut as Qwen2 cuts, made so that copying is easy.

* Letter runs are merged without a leading space, quote or underscore, so `Paris`, ` Paris`, `"Paris"` and `_Paris` share pieces.
* Every hanzi of GB 2312 level 1 is one token, and no merge crosses a character.
* ` +common word` merges come last: they shorten ordinary text and never break up a name.
* Tags of tools are user-defined tokens, `<|...|>` are control tokens.

Commands:
  python3 tokeniser.py train                   learn merges from generated dialogues, write data/tokenizer.json (about 2 minutes)
  python3 tokeniser.py check                   compare with the `tokenizers` library, if it is installed
  python3 tokeniser.py samples --out FILE      JSON lines {text, ids} for a test of the product: each text as one untrusted segment
"""
from __future__ import annotations

import argparse
import collections
import functools
import heapq
import json
import random
import re
import sys
import unicodedata
from typing import Iterable, NamedTuple

import lexicon
from render import PROMPT, Span

VOCABULARY = 12_288
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<tools>", "</tools>")
QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CHINESE_PUNCTUATION = "，。？！：；、（）“”‘’《》「」【】—…·￥¥°×÷～"
SPACED_WORDS = 1_100
PUNCTUATION_MERGES = 160


def _class(categories: str) -> str:
    """The characters of Unicode categories as the inside of a regular expression's set."""
    out, start = [], None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and unicodedata.category(chr(code))[0] in categories
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            out.append(re.escape(chr(start)) + (f"-{re.escape(chr(code - 1))}" if code - 1 > start else ""))
            start = None
    return "".join(out)


@functools.cache
def pre_tokeniser() -> re.Pattern:
    """Qwen2's pre-tokeniser for the standard library, which knows no Unicode categories."""
    letters, numbers = _class("L"), _class("N")
    space = "\\t\\n\\x0b\\x0c\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
    pattern = QWEN2.replace(r"[^\r\n\p{L}\p{N}]", f"[^\\r\\n{letters}{numbers}]").replace(r"[^\s\p{L}\p{N}]", f"[^{space}{letters}{numbers}]")
    pattern = pattern.replace(r"\p{L}", f"[{letters}]").replace(r"\p{N}", f"[{numbers}]").replace(r"\S", f"[^{space}]").replace(r"\s", f"[{space}]")
    return re.compile(pattern)


@functools.cache
def byte_letters() -> dict[int, str]:
    """GPT-2's printable stand-ins for bytes."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {byte: chr(byte) for byte in plain}
    others = [byte for byte in range(256) if byte not in table]
    return {**table, **{byte: chr(256 + index) for index, byte in enumerate(others)}}


def to_letters(text: str) -> str:
    table = byte_letters()
    return "".join(table[byte] for byte in text.encode())


# --- use

class Tokeniser:
    """Encodes rendered dialogues. Uses the `tokenizers` library where it is installed, else its own slower code; the ids are equal."""

    def __init__(self, path=lexicon.TOKENISER_FILE, fast: bool = True) -> None:
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: make it with `python3 tokeniser.py train`")
        with open(path, encoding="utf-8") as file:
            self.source = json.load(file)
        model = self.source["model"]
        self.vocabulary: dict[str, int] = model["vocab"]
        self.ranks = {tuple(merge): rank for rank, merge in enumerate(model["merges"])}
        self.special = {token["content"]: token["id"] for token in self.source["added_tokens"]}
        self.end_of_text, self.end_of_turn = self.special["<|endoftext|>"], self.special["<|im_end|>"]
        self.literals = re.compile("|".join(re.escape(literal) for literal in sorted(SPECIAL, key=len, reverse=True)))
        self._words: dict[str, list[int]] = {}
        self._fast = self._load_fast() if fast else None

    @property
    def size(self) -> int:
        return len(self.vocabulary) + len(self.special)

    def _load_fast(self):
        try:
            from tokenizers import Tokenizer
        except ImportError:
            return None
        # Without its added tokens: which text may become one is decided here.
        return Tokenizer.from_str(json.dumps({**self.source, "added_tokens": []}, ensure_ascii=False))

    def encode_runs(self, runs: list[str]) -> list[list[int]]:
        """Ids of texts in which no literal is special."""
        if self._fast is not None:
            return [encoding.ids for encoding in self._fast.encode_batch(runs, add_special_tokens=False)]
        return [self.encode_run(run) for run in runs]

    def encode_run(self, text: str) -> list[int]:
        ids: list[int] = []
        for match in pre_tokeniser().finditer(text):
            ids += self._word(match.group())
        return ids

    def _word(self, word: str) -> list[int]:
        found = self._words.get(word)
        if found is None:
            parts = list(to_letters(word))
            while len(parts) > 1:
                rank, at = min((self.ranks.get(pair, 1 << 30), index) for index, pair in enumerate(zip(parts, parts[1:])))
                if rank == 1 << 30:
                    break
                parts[at:at + 2] = [parts[at] + parts[at + 1]]
            found = self._words[word] = [self.vocabulary[part] for part in parts]
        return found

    def encode(self, documents: list[list[Span]]) -> list[tuple[list[int], list[int]]]:
        """Ids of rendered dialogues, and for each what it is to learning (see render.Span).

        Literals of added tokens become their ids only in trusted spans; elsewhere the text is cut after the literal's first
        character, as the product does. Text is also cut where an answer begins and ends, since generation starts there.
        """
        runs: list[str] = []
        plans: list[list[_Piece]] = []
        for spans in documents:
            plan = list(self._pieces(spans))
            plans.append(plan)
            runs += [piece.text for piece in plan if piece.id is None]
        encoded = iter(self.encode_runs(runs))
        out = []
        for plan in plans:
            ids: list[int] = []
            learn: list[int] = []
            for piece in plan:
                part = next(encoded) if piece.id is None else [piece.id]
                ids += part
                learn += [piece.learn] * len(part)
            out.append((ids, learn))
        return out

    def _pieces(self, spans: Iterable[Span]):
        run, run_learn = "", PROMPT
        for span in spans:
            if run and span.learn != run_learn:
                yield _Piece(run, None, run_learn)
                run = ""
            run_learn = span.learn
            at = 0
            for match in self.literals.finditer(span.text) if "<" in span.text else ():
                if span.trusted:
                    run += span.text[at:match.start()]
                    if run:
                        yield _Piece(run, None, span.learn)
                    yield _Piece("", self.special[match.group()], span.learn)
                    at = match.end()
                else:
                    yield _Piece(run + span.text[at:match.start() + 1], None, span.learn)
                    at = match.start() + 1
                run = ""
            run += span.text[at:]
        if run:
            yield _Piece(run, None, run_learn)


class _Piece(NamedTuple):
    text: str
    id: int | None
    learn: int


# --- training

def _counts(dialogues: int, seed: int) -> dict[str, collections.Counter]:
    """How often letter runs, punctuation, hanzi and spaced words occur in generated text without invented words."""
    import conversation
    import render
    from values import Values, is_held_out

    counts = {name: collections.Counter() for name in ("letters", "punctuation", "hanzi", "spaced")}
    literals = re.compile("|".join(re.escape(literal) for literal in SPECIAL))
    runs = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|[^\u2e80-\u9fff\uf900-\ufaff]+")
    word = re.compile(r"^([^\r\n\w]?|_)([^\W\d_]+)$")
    rng = random.Random(seed)
    pieces: collections.Counter = collections.Counter()
    Values.invents = False
    try:
        for _ in range(dialogues):
            dialogue = conversation.draw(rng)
            for text in literals.split(render.render(dialogue.messages, dialogue.tools)):
                pieces.update(match.group() for match in pre_tokeniser().finditer(text))
    finally:
        Values.invents = True
    for piece, count in pieces.items():
        found = word.match(piece)
        if not found:
            counts["punctuation"][piece] += count
            continue
        for run in runs.findall(found.group(2)):
            counts["hanzi" if ord(run[0]) >= 0x2E80 else "letters"][run] += count
        if found.group(1) == " " and found.group(2).isascii():
            counts["spaced"][found.group(2)] += count
    words = lexicon.load()
    for entry in (*words["common_en"], *words["words_en"]):
        for form in (entry, entry.capitalize()):
            if not is_held_out(form):
                counts["letters"][form] += 8
    return counts


def _merge(counter: collections.Counter, limit: int, least: int) -> list[tuple[str, str]]:
    """Plain BPE over counted words."""
    words = [(list(to_letters(word)), count) for word, count in sorted(counter.items()) if count >= least and len(to_letters(word)) > 1]
    pairs: collections.Counter = collections.Counter()
    places: dict[tuple[str, str], set[int]] = collections.defaultdict(set)
    for index, (parts, count) in enumerate(words):
        for pair in zip(parts, parts[1:]):
            pairs[pair] += count
            places[pair].add(index)
    heap = [(-count, pair) for pair, count in pairs.items()]
    heapq.heapify(heap)
    merges: list[tuple[str, str]] = []
    while heap and len(merges) < limit:
        count, pair = heapq.heappop(heap)
        if pairs[pair] != -count:
            if pairs[pair] > 0:
                heapq.heappush(heap, (-pairs[pair], pair))
            continue
        if count == 0:
            break
        merges.append(pair)
        changed = set()
        for index in sorted(places[pair]):
            parts, weight = words[index]
            for old in zip(parts, parts[1:]):
                pairs[old] -= weight
            joined, at = [], 0
            while at < len(parts):
                if at + 1 < len(parts) and (parts[at], parts[at + 1]) == pair:
                    joined.append(pair[0] + pair[1])
                    at += 2
                else:
                    joined.append(parts[at])
                    at += 1
            words[index] = (joined, weight)
            for new in zip(joined, joined[1:]):
                pairs[new] += weight
                places[new].add(index)
                changed.add(new)
        pairs[pair] = 0
        for new in changed:
            if pairs[new] > 0:
                heapq.heappush(heap, (-pairs[new], new))
    return merges


def _hanzi_merges(counter: collections.Counter) -> list[tuple[str, str]]:
    """First two bytes, then the third: no pair of them can cross a character."""
    characters = sorted({*lexicon.hanzi(), *CHINESE_PUNCTUATION, *(character for character in counter if counter[character] >= 3)}, key=lambda character: (-counter[character], character))
    first: dict[tuple[str, str], None] = {}
    second: list[tuple[str, str]] = []
    for character in characters:
        letters = to_letters(character)
        if len(letters) in (2, 3):
            first[(letters[0], letters[1])] = None
        if len(letters) == 3:
            second.append((letters[:2], letters[2]))
    return [*first, *second]


def train(dialogues: int = 16_000, seed: int = 12_345) -> dict:
    counts = _counts(dialogues, seed)
    hanzi = _hanzi_merges(counts["hanzi"])
    punctuation = _merge(counts["punctuation"], PUNCTUATION_MERGES, 20)
    room = VOCABULARY - 256 - len(SPECIAL) - len(hanzi) - len(punctuation) - SPACED_WORDS
    letters = _merge(counts["letters"], room + 200, 1)
    vocabulary = {byte_letters()[byte]: byte for byte in range(256)}
    merges: list[tuple[str, str]] = []

    def add(pair: tuple[str, str], limit: int) -> None:
        token = pair[0] + pair[1]
        if token not in vocabulary and pair[0] in vocabulary and pair[1] in vocabulary and len(vocabulary) < limit:
            vocabulary[token] = len(vocabulary)
            merges.append(pair)

    plain = VOCABULARY - len(SPECIAL)
    for pair in (*hanzi, *punctuation):
        add(pair, plain)
    for pair in letters:
        add(pair, plain - SPACED_WORDS)
    for word, _ in sorted(counts["spaced"].items(), key=lambda item: (-item[1], item[0])):
        add(("Ġ", to_letters(word)), plain)
    filler = 0
    while len(vocabulary) < plain:
        vocabulary[f"[PAD{filler}]"] = len(vocabulary)
        filler += 1
    print(f"{len(vocabulary)} tokens: {len(hanzi)} hanzi, {len(punctuation)} punctuation, {len(letters)} letter merges, {filler} unused")
    added = [{"id": len(vocabulary) + index, "content": literal, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
              "special": literal.startswith("<|")} for index, literal in enumerate(SPECIAL)]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": QWEN2}, "behavior": "Isolated", "invert": False}, byte_level]},
        "post_processor": None, "decoder": byte_level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": False,
                  "byte_fallback": False, "ignore_merges": False, "vocab": vocabulary, "merges": [list(pair) for pair in merges]},
    }


# --- checks

HARD_TEXTS = (
    "Hello, world! It's 3.14 — naïve café ñ", "  leading  spaces\n\n\tand tabs\r\n x", "混合English和中文123，测试。😀🎉", "don't I'LL we've THEY'RE", "日本語テスト 한국어 русский",
    "ａｂｃ１２３　全角", "a\n\n\nb   c", "SELECT * FROM t WHERE a='b''c';", "<|im_end|> is not the end", "<tool_call> in prose", "snake_case camelCase kebab-case", "龘靐齉", "١٢٣ ½ Ⅷ",
    "trailing space ", "\u2028line\u0085next", "e\u0301 combining", "“quotes” ‘single’ «guillemets»", "https://a.example/x?y=1&z=%20#frag", "👩‍👩‍👧 family", "", "\t", "x" * 300,
)


def sample_texts(count: int, seed: int = 777) -> list[str]:
    """Pieces of dialogues, and texts that are hard to cut."""
    import conversation
    import render

    rng = random.Random(seed)
    texts = list(HARD_TEXTS)
    while len(texts) < count:
        dialogue = conversation.draw(rng, held_out=rng.random() < 0.3)
        spans = [span.text for span in render.spans(dialogue.messages, dialogue.tools) if not span.trusted and span.text]
        texts += rng.sample(spans, min(4, len(spans)))
    return texts[:count]


def write_samples(path: str, count: int) -> None:
    slow = Tokeniser(fast=False)
    with open(path, "w", encoding="utf-8") as file:
        for text in sample_texts(count):
            ids, _ = slow.encode([[Span(text, False, PROMPT)]])[0]
            file.write(json.dumps({"text": text, "ids": ids}, ensure_ascii=False) + "\n")


def check(count: int) -> int:
    """Number of texts on which the two implementations differ."""
    fast, slow = Tokeniser(), Tokeniser(fast=False)
    if fast._fast is None:
        print("the tokenizers library is not installed; nothing compared")
        return 0
    texts = sample_texts(count)
    different = [text for text, ids in zip(texts, fast.encode_runs(texts)) if ids != slow.encode_run(text)]
    print(f"{len(texts) - len(different)} of {len(texts)} texts have equal ids" + "".join(f"\n  {text[:80]!r}" for text in different[:10]))
    return len(different)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train")
    training.add_argument("--dialogues", type=int, default=16_000)
    training.add_argument("--out", default=str(lexicon.TOKENISER_FILE))
    checking = commands.add_parser("check")
    checking.add_argument("--count", type=int, default=3_000)
    sampling = commands.add_parser("samples")
    sampling.add_argument("--count", type=int, default=1_200)
    sampling.add_argument("--out", required=True)
    arguments = parser.parse_args()
    if arguments.command == "train":
        trained = train(arguments.dialogues)
        with open(arguments.out, "w", encoding="utf-8") as file:
            json.dump(trained, file, ensure_ascii=False, separators=(",", ":"))
    elif arguments.command == "check":
        sys.exit(1 if check(arguments.count) else 0)
    else:
        write_samples(arguments.out, arguments.count)


if __name__ == "__main__":
    main()
