"""Short entries of a dictionary as plain text, for the first part of a run: what words mean and which belong together."""
from __future__ import annotations

import random

import wordnet
from render import ANSWER, Span

POS = (("noun", 62), ("verb", 24), ("adj", 14))


def entry(rng: random.Random) -> list[Span]:
    """One entry: a word with its meaning, or a word in both languages."""
    return [Span(_pairs(rng) if rng.random() < 0.3 else _meaning(rng), False, ANSWER)]


def _meaning(rng: random.Random) -> str:
    pos = rng.choices([name for name, _ in POS], [weight for _, weight in POS])[0]
    senses = wordnet.senses(pos)
    # Common words come more often.
    number = max((rng.randrange(len(senses)) for _ in range(3)), key=lambda index: senses[index].score)
    sense = senses[number]
    word = rng.choice(sense.words)
    name = {"noun": "noun", "verb": "verb", "adj": "adjective"}[pos]
    if rng.random() < 0.25:
        # The other way round: the word for a meaning.
        return f"{sense.gloss}: {word} ({name})"
    text = rng.choice((f"{word} ({name}): {sense.gloss}", f"{word}: {sense.gloss}", f"To {word} is to {sense.gloss}." if pos == "verb" else f"{word} means {sense.gloss}."))
    same = [other for other in sense.words if other != word]
    if same:
        text += rng.choice((f"\nThe same: {', '.join(same)}", f"\nSynonyms: {', '.join(same)}"))
    if sense.parent >= 0:
        text += f"\n{'A way to' if pos == 'verb' else 'A kind of' if pos == 'noun' else 'Like'}: {senses[sense.parent].words[0]}"
    kinds = wordnet.below(pos).get(number, ())
    if kinds and rng.random() < 0.5:
        text += f"\n{'Ways' if pos == 'verb' else 'Kinds'}: {', '.join(senses[kind].words[0] for kind in rng.sample(kinds, min(len(kinds), 5)))}"
    return text


def _pairs(rng: random.Random) -> str:
    pairs = rng.sample(wordnet.all_pairs(), rng.choice((1, 2, 4)))
    turned = rng.random() < 0.5
    joiner = rng.choice((" = ", ": ", " - "))
    return "\n".join(f"{chinese}{joiner}{english}" if turned else f"{english}{joiner}{chinese}" for english, chinese in pairs)
