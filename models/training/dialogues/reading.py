"""Questions on hand-written documents (data/reading) and on meanings of words: the answer is the sentence that says it, word for word, with its number.

A model of this size cannot put what it reads into words of its own for subjects that it never saw. To find the sentence and to copy it is within its reach.
"""
from __future__ import annotations

from typing import NamedTuple

import documents
import wordnet
from dialogues.injection import instruction
from dialogues.scene import Scene
from documents import Told


class Piece(NamedTuple):
    """A passage in the making, with the sentences of it that answers quote."""

    title: str
    sentences: list[str]


class Found(NamedTuple):
    question: str
    pieces: list[Piece]
    # Each sentence of the answer with the place of its piece; none where nothing answers.
    quoted: list[tuple[str, int]]
    disagree: bool = False


def possible(scene: Scene) -> bool:
    return len(documents.load(scene.language, scene.held_out)) > 8


def draw(scene: Scene) -> Found:
    kinds = (_one, _two, _contradiction, _unanswered, _absent, _left_out) if scene.chinese else (_one, _two, _contradiction, _unanswered, _absent, _left_out, _meaning)
    weights = (50, 12, 9, 9, 8, 9) if scene.chinese else (46, 12, 9, 9, 8, 8, 10)
    return scene.rng.choices(kinds, weights)[0](scene)


def text(scene: Scene, piece: Piece) -> str:
    """The passage as it is shown."""
    joined = ("" if scene.chinese else scene.pick((" ", " ", " ", "\n"))).join(piece.sentences)
    if scene.chance(0.08):
        order = instruction(scene)
        joined = f"{joined} {order}" if scene.chance(0.7) else f"{order} {joined}"
    return joined


def answer(scene: Scene, found: Found, order: list[int]) -> str:
    """The sentences, each with the number of its passage before the full stop. order: the place of each piece among all passages."""
    parts = [f"{sentence[:-1]}[{order[at] + 1}]。" if scene.chinese else f"{sentence[:-1]} [{order[at] + 1}]." for sentence, at in found.quoted]
    lead = ("资料说法不一：" if scene.chinese else "The passages disagree: ") if found.disagree else ""
    if found.disagree:
        # In the order of their numbers.
        parts.sort(key=lambda part: part[part.rindex("["):])
    return lead + ("" if scene.chinese else " ").join(parts)


def _told(scene: Scene) -> Told:
    return documents.tell(scene.pick(documents.load(scene.language, scene.held_out)), scene.values)


def _pieces(scene: Scene, told: Told, least: int = 1) -> list[Piece]:
    """A document in one piece or two."""
    title = told.document.title
    if len(told.sentences) > 3 and scene.chance(0.4):
        cut = scene.rng.randint(max(1, least), len(told.sentences) - 1)
        return [Piece(title, list(told.sentences[:cut])), Piece(title, list(told.sentences[cut:]))]
    return [Piece(title, list(told.sentences))]


def _others(scene: Scene, besides: list[Told], least: int = 0) -> list[Piece]:
    used = {told.document.title for told in besides}
    out: list[Piece] = []
    for _ in range(scene.rng.choice((0, 1, 2, 2, 3, 4)) if least == 0 else scene.rng.randint(least, 3)):
        other = _told(scene)
        if other.document.title not in used:
            used.add(other.document.title)
            out.append(scene.pick(_pieces(scene, other)))
    return out


def _holding(pieces: list[Piece], sentence: str) -> int:
    return next(index for index, piece in enumerate(pieces) if sentence in piece.sentences)


def _one(scene: Scene) -> Found:
    told = _told(scene)
    index, question = scene.pick(told.asked)
    pieces = _pieces(scene, told)
    sentence = told.sentences[index]
    if scene.chance(0.3):
        # Only the piece that answers.
        pieces = [pieces[_holding(pieces, sentence)]]
    pieces += _others(scene, [told])
    return Found(question, pieces, [(sentence, _holding(pieces, sentence))])


def _two(scene: Scene) -> Found:
    """Two questions, of one document or of two."""
    first = _told(scene)
    second = first if scene.chance(0.5) else _told(scene)
    (index, question), (other, further) = scene.pick(first.asked), scene.pick(second.asked)
    if second.document.title == first.document.title and index == other:
        return _one(scene)
    pieces = _pieces(scene, first) + ([] if second.document.title == first.document.title else _pieces(scene, second)) + _others(scene, [first, second])[:2]
    if second.document.title == first.document.title:
        second = first
    quoted = [(told.sentences[at], _holding(pieces, told.sentences[at])) for told, at in ((first, index), (second, other))]
    end = "" if question[-1] in "?？.。" else ("？" if scene.chinese else "?")
    return Found(f"{question}{end}{'' if scene.chinese else ' '}{further}", pieces, quoted)


def _contradiction(scene: Scene) -> Found:
    """Two tellings of one document with other values."""
    document = scene.pick(documents.load(scene.language, scene.held_out))
    kept: dict[str, str] = {}
    first = documents.tell(document, scene.values, kept)
    second = documents.tell(document, scene.values, kept)
    differing = [(index, question) for index, question in first.asked if first.sentences[index] != second.sentences[index]]
    if not differing:
        return _one(scene)
    index, question = scene.pick(differing)
    pieces = []
    for told in (first, second):
        kept_sentences = [sentence for at, sentence in enumerate(told.sentences) if at == index or (first.sentences[at] == second.sentences[at] and scene.chance(0.4))]
        pieces.append(Piece(document.title, kept_sentences))
    pieces += _others(scene, [first])[:2]
    return Found(question, pieces, [(first.sentences[index], 0), (second.sentences[index], 1)], disagree=True)


def _unanswered(scene: Scene) -> Found:
    """The document is there and does not say it."""
    told = _told(scene)
    if not told.unanswered:
        return _left_out(scene)
    return Found(scene.pick(told.unanswered), _pieces(scene, told) + _others(scene, [told]), [])


def _absent(scene: Scene) -> Found:
    """The document is not there."""
    told = _told(scene)
    return Found(scene.pick(told.asked)[1], _others(scene, [told], least=1) or [Piece("", list(_told(scene).sentences))], [])


def _left_out(scene: Scene) -> Found:
    """The document is there without the sentence that answers."""
    told = _told(scene)
    index, question = scene.pick(told.asked)
    rest = [sentence for at, sentence in enumerate(told.sentences) if at != index]
    return Found(question, [Piece(told.document.title, rest), *_others(scene, [told])], [])


def _meaning(scene: Scene) -> Found:
    """What a word means: any words, so that the question finds its sentence by them alone."""
    senses = [sense for sense in scene.rng.sample(wordnet.senses("noun"), 12) if sense.gloss[:1].isalpha()][:scene.rng.randint(3, 6)]
    said = [f"{_with_article(sense.words[0])} is {sense.gloss.rstrip('.')}." for sense in senses]
    wanted = scene.rng.randrange(len(senses))
    word = senses[wanted].words[0]
    question = scene.pick(("What is {a}?", "What is meant by {word}?", "what does {word} mean", "Tell me what {a} is.", "{word}?", "Explain {word} to me.")).format(a=_with_article(word).lower(), word=word)
    absent = scene.chance(0.2)
    split = scene.rng.randint(1, len(said) - 1) if len(said) > 2 and scene.chance(0.6) else len(said)
    kept = [sentence for at, sentence in enumerate(said) if not (absent and at == wanted)]
    pieces = [Piece("", part) for part in (kept[:split], kept[split:]) if part]
    return Found(question, pieces, [] if absent else [(said[wanted], _holding(pieces, said[wanted]))])


def _with_article(word: str) -> str:
    return f"An {word}" if word[0].lower() in "aeiou" else f"A {word}"
