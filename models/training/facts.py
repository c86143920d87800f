"""Facts about invented places, firms and things: statements, questions and answers of data/facts.toml."""
from __future__ import annotations

import functools
from dataclasses import dataclass

import lexicon
from values import Values, capital, parse_kind

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Attribute:
    spec: dict
    tell: dict[str, list[str]]
    ask: dict[str, list[str]]
    answer: dict[str, str]


@dataclass(frozen=True)
class Topic:
    key: str
    subject: dict[str, list[str]]
    pronoun: dict[str, str]
    filler: dict[str, list[str]]
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True)
class Fact:
    """One attribute of one subject, with its value written as the passage writes it."""

    topic: Topic
    subject: str
    attribute: Attribute
    value: str

    def fill(self, template: str, language: str) -> str:
        text = template.replace("{s}", self.subject).replace("{v}", self.value)
        # A sentence may begin with "the ..."; a value at its beginning stays as it is.
        return capital(text) if language == "en" and template.startswith("{s}") else text

    def statement(self, values: Values, language: str) -> str:
        return self.fill(values.pick(self.attribute.tell[language]), language)

    def question(self, values: Values, language: str) -> str:
        return self.fill(values.pick(self.attribute.ask[language]), language)

    def answer(self, language: str) -> str:
        return self.fill(self.attribute.answer[language], language)


@functools.cache
def load() -> tuple[Topic, ...]:
    return tuple(_topic(entry) for entry in lexicon.toml("facts.toml")["topic"])


def _topic(entry: dict) -> Topic:
    attributes = []
    for fact in entry["fact"]:
        for language in LANGUAGES:
            texts = [*fact["tell"][language], *fact["ask"][language], fact["answer"][language]]
            if not all("{s}" in text or text in fact["ask"][language] for text in texts) or not all("{v}" in text for text in fact["tell"][language]):
                raise ValueError(f"facts.toml: {entry['key']}: every tell needs {{s}} and {{v}}, every answer {{s}}: {fact['tell'][language]}")
            if "{v}" not in fact["answer"][language]:
                raise ValueError(f"facts.toml: {entry['key']}: an answer lacks {{v}}: {fact['answer'][language]}")
        spec = parse_kind(fact["kind"])
        attributes.append(Attribute(spec, fact["tell"], fact["ask"], fact["answer"]))
    return Topic(entry["key"], entry["subject"], entry["it"], entry["filler"], tuple(attributes))


def draw_subject(values: Values, topic: Topic, language: str) -> str:
    return values.fill(values.pick(topic.subject[language]), language)


def draw_fact(values: Values, topic: Topic, subject: str, attribute: Attribute, language: str) -> Fact:
    plain = attribute.spec["kind"] in ("money", "percent", "duration", "currency", "int", "number", "year")
    value = values.draw(attribute.spec, language, "text" if plain else None).text
    return Fact(topic, subject, attribute, value)


def passage(values: Values, facts: list[Fact], language: str, fillers: int) -> str:
    """Several sentences about one subject; after the first, a pronoun may stand for it."""
    topic, subject = facts[0].topic, facts[0].subject
    sentences = [fact.statement(values, language) for fact in facts]
    start = capital(subject) if language == "en" else subject
    sentences += [text.replace("{s}", start if text.startswith("{s}") else subject)
                  for text in values.rng.sample(topic.filler[language], min(fillers, len(topic.filler[language])))]
    values.rng.shuffle(sentences)
    # The first sentence that names the subject keeps its name.
    named = False
    for index, sentence in enumerate(sentences):
        if named and values.chance(0.45) and sentence.startswith(start) and not sentence[len(start):].startswith(("'s", "的")):
            sentences[index] = topic.pronoun[language] + sentence[len(start):]
        named = named or subject in sentence or start in sentence
    return ("" if language == "zh" else " ").join(sentences)
