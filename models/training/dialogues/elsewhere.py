"""A request that lacks a value which stands somewhere else: beside it, in an earlier turn, in the system prompt. The call can be made.

The texts are those of `missing`, so that only the value decides between a call and a question.
"""
from __future__ import annotations

from typing import NamedTuple

import lexicon
from dialogues import chain, shared
from dialogues.scene import Outcome, Request, Scene, assistant, user
from domains import Lacking, Param
from schema import Definition
from values import Value

# Kinds of things that stay the topic of a conversation; a day or an amount need not.
_THINGS = frozenset(chain.NOUNS) - {"date", "word", "topic"}


def prepare(scene: Scene) -> None:
    shared.add_pair(scene)


def turn(scene: Scene) -> list[dict] | None:
    if scene.chance(0.35):
        pair = continued(scene)
        if pair:
            return pair.messages(scene)
    definition = scene.usable(lambda definition: bool(options(scene, definition)))
    if definition is None:
        return None
    lacking = scene.pick(options(scene, definition))
    drawn = scene.draw_values(definition, lacking.phrase)
    key = lacking.missing
    drawn[key] = scene.draw_slot(definition, key)
    fact = statement(scene, definition.argument(key).param, drawn[key])
    if fact is None:
        return None
    text = scene.write(lacking.phrase, drawn_without(drawn, key))
    place = scene.rng.choices(("told_after", "told_before", "told", "told_system"), (35, 25, 25, 15))[0]
    if place == "told_system" and (definition.tool.file, key) in scene.asked | scene.named:
        # The system prompt stands before all turns: it would answer a question that was asked, or contradict a value.
        place = "told_after"
    scene.named.add((definition.tool.file, key))
    template = scene.pick(lexicon.toml("phrases.toml")[place][scene.language]).replace("{fact}", fact)
    before: list[dict] = []
    if place == "told":
        before = [user(template), assistant(scene.say("noted"))]
    elif place == "told_system":
        scene.system = f"{scene.system}\n\n{template}"
    else:
        text = template.replace("{request}", scene.sentence(text) if place == "told_after" else text)
    request = Request(definition, text, drawn)
    scene.last = (definition, request)
    return [*before, user(text), *scene.exchange(request)]


def drawn_without(drawn: dict[str, Value], key: str) -> dict[str, Value]:
    return {slot: value for slot, value in drawn.items() if slot != key}


def options(scene: Scene, definition: Definition) -> list[Lacking]:
    """Texts that lack just one simple parameter."""
    return [lacking for lacking in definition.tool.lacking[scene.language]
            if lacking.phrase.params <= definition.keys and definition.required - lacking.phrase.params == {lacking.missing}
            and not definition.argument(lacking.missing).fields and shared.label(scene, definition.argument(lacking.missing).param) is not None]


def statement(scene: Scene, param: Param, value: Value) -> str | None:
    """A sentence that tells the value of a parameter."""
    name = shared.label(scene, param)
    if name is None:
        return None
    if scene.chinese:
        return scene.pick((f"{name}是{value.text}。", f"{name}：{value.text}。", f"{name}为{value.text}。"))
    lower = name[:1].lower() + name[1:] if name[1:2].islower() or name[1:2] == " " else name
    return scene.pick((f"{name}: {value.text}.", f"{name} is {value.text}." if name.lower().startswith(("the ", "name ")) else f"The {lower} is {value.text}."))


class Continued(NamedTuple):
    """Something is done to a thing; the next request names no thing of the kind."""

    opening: Request
    outcome: Outcome
    # The next request: its tool, its text, and its values but the one that it lacks.
    definition: Definition
    text: str
    drawn: dict[str, Value]
    slot: str
    # What it lacks: the thing of the opening.
    value: Value

    def messages(self, scene: Scene) -> list[dict]:
        """Both requests with their calls: the second means the thing of the first."""
        request = Request(self.definition, self.text, {**self.drawn, self.slot: self.value})
        scene.last = (self.definition, request)
        return [user(self.opening.text), *scene.exchange(self.opening, self.outcome), user(self.text), *scene.exchange(request)]


def continued(scene: Scene, unnamed: bool = False) -> Continued | None:
    """Two requests about the same thing. unnamed: nothing before may have named a value like the one that is lacking."""
    pairs = [(first, second, lacking) for first in scene.tools for second in scene.tools if first is not second and first.tool.file == second.tool.file
             for lacking in options(scene, second) if second.argument(lacking.missing).param.kind in _THINGS and shared.shares(first, second, lacking.missing)
             and not (unnamed and (second.tool.file, lacking.missing) in scene.named)]
    if not pairs:
        return None
    first, second, lacking = scene.pick(pairs)
    phrases = [phrase for phrase in first.usable(first.tool.say[scene.language]) if lacking.missing in phrase.slots]
    if not phrases:
        return None
    opening = scene.request(first, scene.pick(phrases))
    outcome = scene.outcome(opening, failed=False)
    drawn = scene.draw_values(second, lacking.phrase)
    text = scene.write(lacking.phrase, drawn)
    value = shared.carried(second, lacking.missing, opening)
    return None if value is None else Continued(opening, outcome, second, text, drawn, lacking.missing, value)
