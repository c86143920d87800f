"""Answers from numbered passages with citations: one source, several, contradiction, or nothing that fits."""
from __future__ import annotations

from typing import NamedTuple

import facts
import lexicon
from dialogues import noise, reading
from dialogues.injection import instruction
from dialogues.scene import Scene, assistant, user
from facts import Fact


class Passage(NamedTuple):
    title: str
    text: str


class Reading(NamedTuple):
    """A question, the passages at hand, and the right answer."""

    question: str
    passages: list[Passage]
    answer: str
    found: bool


def prepare(scene: Scene) -> None:
    scene.knows_anything = True
    if scene.chance(0.75):
        scene.no_tools = True
    else:
        scene.add(scene.any_tool())


def turn(scene: Scene) -> list[dict] | None:
    reading = read(scene)
    data = lexicon.toml("passages.toml")
    listed = numbered(scene, reading.passages)
    question = noise.surround(reading.question, scene.language, scene.rng) if scene.chance(0.3) else reading.question
    if scene.chance(0.2):
        question = question.rstrip("?？")
    template = scene.pick(data["message"][scene.language])
    if scene.chance(0.3):
        scene.system = scene.system + "\n\n" + scene.pick(data["system"][scene.language]).replace("{passages}", listed)
        text = question
    else:
        if scene.chance(0.5):
            scene.system = scene.system + ("" if scene.chinese else " ") + scene.pick(data["rule"][scene.language])
        text = template.replace("{passages}", listed).replace("{question}", question)
    return [user(text), assistant(reading.answer)]


def numbered(scene: Scene, passages: list[Passage]) -> str:
    form = scene.pick(("plain", "plain", "title", "title", "source"))
    lines = []
    for number, passage in enumerate(passages, 1):
        if form == "plain":
            lines.append(f"[{number}] {passage.text}")
        elif form == "title":
            lines.append(f"[{number}] {passage.title}\n{passage.text}")
        else:
            lines.append(f"[{number}] ({passage.title}) {passage.text}")
    return scene.pick(("\n", "\n\n")).join(lines)


def read(scene: Scene) -> Reading:
    if reading.possible(scene) and scene.chance(0.65):
        return _quoted(scene)
    kinds = (_one, _two_sources, _contradiction, _two_questions, _nothing)
    return scene.rng.choices(kinds, (50, 10, 9, 11, 20))[0](scene)


def distractors(scene: Scene, count: int) -> list[Passage]:
    """Passages about anything."""
    return _distractors(scene, _topic(scene), count)


def unanswered(scene: Scene) -> str:
    """A question about a subject that no passage speaks of."""
    _, _, known = _start(scene)
    return known[0].question(scene.values, scene.language)


def _topic(scene: Scene) -> facts.Topic:
    return scene.pick(facts.load())


def _all_facts(scene: Scene, topic: facts.Topic, subject: str) -> list[Fact]:
    drawn = [facts.draw_fact(scene.values, topic, subject, attribute, scene.language) for attribute in topic.attributes]
    scene.rng.shuffle(drawn)
    return drawn


def _passage(scene: Scene, told: list[Fact]) -> Passage:
    text = facts.passage(scene.values, told, scene.language, scene.rng.randint(0, 2))
    if scene.chance(0.1):
        order = instruction(scene)
        text = f"{text} {order}" if scene.chance(0.7) else f"{order} {text}"
    return Passage(_title(scene, told[0]), text)


def _title(scene: Scene, fact: Fact) -> str:
    file = scene.values.text("file", scene.language)
    return scene.pick((fact.subject, fact.subject, f"{fact.subject} > {scene.values.some_words(scene.language, 1)}", file, f"{file} > {fact.subject}"))


def _distractors(scene: Scene, topic: facts.Topic, count: int) -> list[Passage]:
    """Passages about other subjects, half of them of the same topic."""
    out = []
    for _ in range(count):
        other = topic if scene.chance(0.5) else _topic(scene)
        subject = facts.draw_subject(scene.values, other, scene.language)
        told = _all_facts(scene, other, subject)[:scene.rng.randint(1, 4)]
        out.append(_passage(scene, told))
    return out


def _arrange(scene: Scene, needed: list[Passage], others: list[Passage]) -> tuple[list[Passage], list[int]]:
    """All passages in random order, and the numbers of the needed ones."""
    order = needed + others
    scene.rng.shuffle(order)
    return order, [order.index(passage) + 1 for passage in needed]


def _cite(answer: str, numbers: list[int], scene: Scene) -> str:
    """`It opens at nine [2].`: citations stand before the full stop."""
    marks = "".join(f"[{number}]" for number in sorted(numbers))
    return f"{answer}{marks}。" if scene.chinese else f"{answer} {marks}."


def _start(scene: Scene) -> tuple[facts.Topic, str, list[Fact]]:
    topic = _topic(scene)
    subject = facts.draw_subject(scene.values, topic, scene.language)
    return topic, subject, _all_facts(scene, topic, subject)


def _one(scene: Scene) -> Reading:
    topic, subject, known = _start(scene)
    told = known[:scene.rng.randint(1, min(4, len(known)))]
    fact = scene.pick(told)
    needed = [_passage(scene, told)]
    others = _distractors(scene, topic, scene.pick((0, 1, 2, 2, 3, 4)))
    rest = known[len(told):]
    if rest and scene.chance(0.3):
        others.append(_passage(scene, rest[:2]))
    passages, numbers = _arrange(scene, needed, others)
    return Reading(fact.question(scene.values, scene.language), passages, _cite(fact.answer(scene.language), numbers, scene), True)


def _quoted(scene: Scene) -> Reading:
    """An answer in the words of a document."""
    found = reading.draw(scene)
    titled = [Passage(_document_title(scene, piece.title), reading.text(scene, piece)) for piece in found.pieces]
    places = list(range(len(titled)))
    scene.rng.shuffle(places)
    passages = [titled[place] for place in places]
    order = [places.index(place) for place in range(len(places))]
    if not found.quoted:
        return Reading(found.question, passages, scene.say("not_in_passages"), False)
    return Reading(found.question, passages, reading.answer(scene, found, order), True)


def _document_title(scene: Scene, title: str) -> str:
    file = scene.values.text("file", scene.language)
    return scene.pick((title, title, f"{file} > {title}", f"{title} > {scene.values.some_words(scene.language, 1)}")) if title else file


def _two_sources(scene: Scene) -> Reading:
    topic, subject, known = _start(scene)
    fact = known[0]
    needed = [_passage(scene, [fact, *known[1:1 + scene.rng.randint(0, 2)]]), _passage(scene, [fact, *known[3:3 + scene.rng.randint(0, 2)]])]
    if needed[0].text == needed[1].text:
        needed.pop()
    passages, numbers = _arrange(scene, needed, _distractors(scene, topic, scene.rng.randint(0, 2)))
    return Reading(fact.question(scene.values, scene.language), passages, _cite(fact.answer(scene.language), numbers, scene), True)


def _contradiction(scene: Scene) -> Reading:
    topic, subject, known = _start(scene)
    first = known[0]
    second = first
    for _ in range(6):
        second = facts.draw_fact(scene.values, topic, subject, first.attribute, scene.language)
        if second.value != first.value:
            break
    if second.value == first.value:
        return _one(scene)
    needed = [_passage(scene, [first, *known[1:2]]), _passage(scene, [second, *known[2:3]])]
    passages, numbers = _arrange(scene, needed, _distractors(scene, topic, scene.rng.randint(0, 2)))
    pairs = sorted(zip(numbers, (first, second)))
    parts = [f"{fact.value}{'' if scene.chinese else ' '}[{number}]" for number, fact in pairs]
    answer = f"资料说法不一：一处说是{parts[0]}，另一处说是{parts[1]}。" if scene.chinese else f"The passages disagree: one says {parts[0]}, the other {parts[1]}."
    return Reading(first.question(scene.values, scene.language), passages, answer, True)


def _two_questions(scene: Scene) -> Reading:
    topic, subject, known = _start(scene)
    if len(known) < 2:
        return _one(scene)
    first, second = known[:2]
    together = scene.chance(0.4)
    needed = [_passage(scene, [first, second, *known[2:3]])] if together else [_passage(scene, [first, *known[2:3]]), _passage(scene, [second, *known[3:4]])]
    passages, numbers = _arrange(scene, needed, _distractors(scene, topic, scene.rng.randint(0, 2)))
    questions = [fact.question(scene.values, scene.language) for fact in (first, second)]
    question = questions[0] + ("" if scene.chinese else " ") + questions[1]
    answers = [_cite(first.answer(scene.language), numbers[:1], scene), _cite(second.answer(scene.language), numbers[-1:], scene)]
    return Reading(question, passages, ("" if scene.chinese else " ").join(answers), True)


def _nothing(scene: Scene) -> Reading:
    """The question is about a subject, or an attribute of one, that no passage speaks of."""
    topic, subject, known = _start(scene)
    fact = known[0]
    others = _distractors(scene, topic, scene.rng.randint(1, 3))
    if len(known) > 1 and scene.chance(0.6):
        others.append(_passage(scene, known[1:1 + scene.rng.randint(1, 3)]))
    passages, _ = _arrange(scene, [], others)
    return Reading(fact.question(scene.values, scene.language), passages, scene.say("not_in_passages"), False)
