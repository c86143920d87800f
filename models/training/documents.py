"""Hand-written documents with questions, data/reading/*.txt. `python3 documents.py` checks the files.

    ## Allotment rules
    s: Water may be taken from the tank until {time}.       a sentence; {kind} or {kind#tag} is drawn, one value for each tag
    q1: At what hour does the tank close?                   a question that sentence 1 answers, and no other
    n: What does a plot cost?                               a question that this document does not answer
"""
from __future__ import annotations

import functools
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from values import Values, is_held_out, parse_kind

FOLDER = Path(__file__).parent / "data" / "reading"
_SLOT = re.compile(r"\{([a-z_]+(?::[^{}#]*)?)(?:#(\w+))?\}")
_KINDS = frozenset("date time city country person given_name weekday month email phone url money percent duration int number year language company product address id color".split())
# What is written with its unit.
_PLAIN = frozenset("money percent duration currency int number year".split())


@dataclass(frozen=True)
class Document:
    language: str
    title: str
    sentences: tuple[str, ...]
    # Index of the sentence that answers, and the question.
    asked: tuple[tuple[int, str], ...]
    unanswered: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """A document with its values drawn."""

    document: Document
    sentences: tuple[str, ...]
    asked: tuple[tuple[int, str], ...]
    unanswered: tuple[str, ...]


def tell(document: Document, values: Values, keep: dict[str, str] | None = None) -> Told:
    """Draws the values. keep: those with tags, taken from it and put into it, so that two tellings agree on them."""
    tags = {} if keep is None else keep

    def fill(text: str) -> str:
        def drawn(match: re.Match) -> str:
            spec, tag = parse_kind(match.group(1)), match.group(2)
            if tag is None:
                return _draw(values, spec, document.language)
            key = f"{spec['kind']}#{tag}"
            if key not in tags:
                tags[key] = _draw(values, spec, document.language)
            return tags[key]

        return _SLOT.sub(drawn, text)

    return Told(document, tuple(map(fill, document.sentences)), tuple((index, fill(text)) for index, text in document.asked), tuple(map(fill, document.unanswered)))


def _draw(values: Values, spec: dict, language: str) -> str:
    return values.draw(spec, language, "text" if spec["kind"] in _PLAIN else None).text


@functools.cache
def load(language: str, held_out: bool = False) -> tuple[Document, ...]:
    """All documents of a language: those for training, or those kept for measuring."""
    return tuple(document for file in sorted(FOLDER.glob(f"{language}_*.txt")) for document in read(file) if is_held_out(document.title) == held_out)


def read(file: Path) -> list[Document]:
    out: list[Document] = []
    language = file.name[:2]
    title, sentences, asked, unanswered = "", [], [], []

    def end() -> None:
        if title:
            out.append(_checked(file, Document(language, title, tuple(sentences), tuple(asked), tuple(unanswered))))

    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if line.startswith("## "):
            end()
            title, sentences, asked, unanswered = line[3:].strip(), [], [], []
        elif line.startswith("s: "):
            sentences.append(line[3:].strip())
        elif match := re.match(r"q(\d+): (.+)$", line):
            asked.append((int(match.group(1)) - 1, match.group(2).strip()))
        elif line.startswith("n: "):
            unanswered.append(line[3:].strip())
        elif line:
            raise ValueError(f"{file.name}:{number}: neither ##, s:, q1: nor n: {line}")
    end()
    return out


def _checked(file: Path, document: Document) -> Document:
    def wrong(text: str) -> ValueError:
        return ValueError(f"{file.name}: {document.title}: {text}")

    if len(document.sentences) < 2 or not document.asked:
        raise wrong("two sentences and a question at least")
    tags = {(kind.split(":")[0], tag) for text in document.sentences for kind, tag in _SLOT.findall(text) if tag}
    for text in (*document.sentences, *document.unanswered, *(question for _, question in document.asked)):
        if re.sub(_SLOT, "", text).count("{") + re.sub(_SLOT, "", text).count("}"):
            raise wrong(f"a brace that begins no slot: {text}")
        for kind, tag in _SLOT.findall(text):
            if kind.split(":")[0] not in _KINDS:
                raise wrong(f"no kind of values: {kind}")
    for sentence in document.sentences:
        if sentence[-1] not in ".。!！?？":
            raise wrong(f"no full stop: {sentence}")
    for index, question in document.asked:
        if not 0 <= index < len(document.sentences):
            raise wrong(f"no such sentence: q{index + 1}")
        for kind, tag in _SLOT.findall(question):
            if (kind.split(":")[0], tag) not in tags:
                raise wrong(f"a question with a value that no sentence has: {question}")
    return document


if __name__ == "__main__":
    wrongs = 0
    for path in sorted(FOLDER.glob("*.txt")):
        try:
            found = read(path)
            print(f"{path.name}: {len(found)} documents, {sum(len(d.sentences) for d in found)} sentences, {sum(len(d.asked) for d in found)} questions, {sum(len(d.unanswered) for d in found)} without an answer")
        except ValueError as error:
            wrongs += 1
            print(error)
    sys.exit(1 if wrongs else 0)
