"""Pairs of dialogues that differ in one thing: whether a required value is told. In the one the assistant asks for it, in the other it calls.

Both are made from the same chance (conversation.draw_all), so that system prompt, tools, earlier turns and the request are the same. The value
stands before or behind the request, in an earlier turn, in the system prompt, in a passage, or in an earlier call; in the other twin nothing
stands there, or a sentence that tells nothing. Everything that decides the text is drawn before the two part.
"""
from __future__ import annotations

import lacking
import lexicon
from dialogues import elsewhere, followup, frames, missing, shared
from dialogues.scene import Request, Scene, assistant, user
from domains import Lacking, Param
from schema import Definition
from values import Value

_PLACES = ("told_after", "told_before", "told", "told_system", "passage")
_SHARES = (36, 23, 19, 11, 11)


def prepare(scene: Scene) -> None:
    followup.prepare(scene)


def turn(scene: Scene) -> list[dict] | None:
    if scene.chance(0.2):
        messages = _after_another(scene)
        if messages:
            return messages
    definition = scene.usable(lambda definition: bool(_options(scene, definition)))
    if definition is None:
        return None
    chosen = _choose(scene, definition, _options(scene, definition))
    drawn = scene.draw_values(definition, chosen.phrase)
    slot = chosen.missing
    value = scene.draw_slot(definition, slot)
    fact = elsewhere.statement(scene, param_of(definition, slot), value)
    text = scene.write(chosen.phrase, drawn)
    place = scene.rng.choices(_PLACES, _SHARES)[0]
    template = scene.pick(lexicon.toml("phrases.toml")["told" if place == "passage" else place][scene.language])
    instead = scene.pick(_unrelated(scene)) if scene.chance(0.6) else ""
    passages = frames.about(scene, fact.rstrip(".。")) if place == "passage" else None
    scene.twin_value = value.text
    # From here on the twins part.
    told = scene.told
    before: list[dict] = []
    sentence = fact if told else instead
    if place == "told" and sentence:
        before = [user(template.replace("{fact}", sentence)), assistant(scene.say("noted"))]
    elif place == "told_system" and sentence:
        scene.system = f"{scene.system}\n\n{template.replace('{fact}', sentence)}"
    elif place == "passage":
        text = frames.framed(scene, text, passages.told if told else passages.untold)
    elif place in ("told_after", "told_before") and sentence:
        text = template.replace("{fact}", sentence).replace("{request}", scene.sentence(text) if place == "told_after" else text)
    scene.named.add((definition.tool.file, slot))
    if told:
        request = Request(definition, text, {**drawn, slot: value})
        scene.last = (definition, request)
        return [*before, user(text), *scene.exchange(request)]
    return [*before, *asked(scene, definition, text, drawn, slot, value)]


def asked(scene: Scene, definition: Definition, text: str, drawn: dict[str, Value], slot: str, value: Value) -> list[dict]:
    """The request, the question for the value, and mostly what comes of it."""
    scene.asked.add((definition.tool.file, slot))
    messages = [user(text), assistant(missing.question(scene, param_of(definition, slot)))]
    if scene.framed or scene.chance(0.35):
        return messages
    given = scene.pick(lexicon.toml("phrases.toml")["give"][scene.language]).replace("{value}", value.text)
    request = Request(definition, text, {**drawn, slot: value})
    scene.last = (definition, request)
    return [*messages, user(given), *scene.exchange(request)]


def param_of(definition: Definition, slot: str) -> Param:
    key, _, inner = slot.partition(".")
    argument = definition.argument(key)
    return next(field for field in argument.fields if field.param.key == inner).param if inner else argument.param


def _options(scene: Scene, definition: Definition) -> list[Lacking]:
    """Texts that lack just one value, which nothing before has named."""
    return [lacks for lacks in lacking.texts(definition.tool, scene.language)
            if lacks.phrase.params <= definition.keys and _only(definition, lacks)
            and (definition.tool.file, lacks.missing) not in scene.named
            and shared.label(scene, param_of(definition, lacks.missing)) is not None]


def _only(definition: Definition, lacks: Lacking) -> bool:
    """Whether nothing else is missing, inside an object neither."""
    key, _, inner = lacks.missing.partition(".")
    argument = definition.argument(key)
    if not inner:
        return not argument.fields and definition.required - lacks.phrase.params == {key}
    needed = {field.param.key for field in argument.fields if field.name in argument.schema.get("required", ())}
    named = {slot.partition(".")[2] for slot in lacks.phrase.slots if slot.startswith(key + ".")}
    return inner in needed and needed - named == {inner} and definition.required - lacks.phrase.params <= {key}


def _choose(scene: Scene, definition: Definition, options: list[Lacking]) -> Lacking:
    """One parameter like the other, and a written text like a made one."""
    slot = scene.pick(sorted({lacks.missing for lacks in options}))
    of_slot = [lacks for lacks in options if lacks.missing == slot]
    written = [lacks for lacks in of_slot if lacks in definition.tool.lacking[scene.language]]
    return scene.pick(written if written and scene.chance(0.5) else of_slot)


def _unrelated(scene: Scene) -> list[str]:
    phrases = lexicon.toml("phrases.toml")
    return phrases["unrelated"][scene.language] + phrases["context"][scene.language]


def _after_another(scene: Scene) -> list[dict] | None:
    """Something was done to a thing before; or nothing was, and the same request leaves open which is meant."""
    pair = elsewhere.continued(scene, unnamed=True)
    if pair is None:
        return None
    scene.twin_value = pair.value.text
    return pair.messages(scene) if scene.told else asked(scene, pair.definition, pair.text, pair.drawn, pair.slot, pair.value)
