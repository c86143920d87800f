"""A required parameter is missing: the assistant asks, the user answers, the call follows."""
from __future__ import annotations

import lexicon
from dialogues import single
from dialogues.scene import Request, Scene, assistant, user
from schema import Definition

prepare = single.prepare


def turn(scene: Scene) -> list[dict] | None:
    definition = scene.usable(lambda definition: bool(_lacking(scene, definition)))
    if definition is None:
        return None
    lacking = scene.pick(_lacking(scene, definition))
    drawn = scene.draw_values(definition, lacking.phrase)
    messages = [user(scene.write(lacking.phrase, drawn))]
    open_keys = [lacking.missing]
    stated = lacking.phrase.params
    for argument in definition.arguments:
        if argument.param.required and argument.param.key not in stated and argument.param.key != lacking.missing:
            open_keys.append(argument.param.key)
    for key in open_keys:
        messages.append(assistant(question(scene, definition, key)))
        slots = [f"{key}.{field.param.key}" for field in definition.argument(key).fields] or [key]
        given = {slot: scene.draw_slot(definition, slot) for slot in slots}
        drawn.update(given)
        template = scene.pick(lexicon.toml("phrases.toml")["give"][scene.language])
        messages.append(user(template.replace("{value}", ("，" if scene.chinese else ", ").join(value.text for value in given.values()))))
    request = Request(definition, messages[0]["content"], drawn)
    scene.last = (definition, request)
    if scene.chance(0.1):
        # The question may also be the end of what there is to learn.
        return messages[:2]
    return [*messages, *scene.exchange(request)]


def _lacking(scene: Scene, definition: Definition) -> list:
    """Texts that lack one parameter, or a second one too, which is asked for next."""
    return [lacking for lacking in definition.tool.lacking[scene.language]
            if lacking.phrase.params <= definition.keys and len(definition.required - lacking.phrase.params) <= 2]


def question(scene: Scene, definition: Definition, key: str) -> str:
    param = definition.argument(key).param
    questions = param.ask[scene.language]
    if questions:
        # The first wording only: which of several would be said cannot be known, and a greedy reader learns one.
        return questions[0] if scene.chance(0.7) else scene.pick(questions)
    name = param.describe[scene.language][0].rstrip(".。") if scene.chinese else param.names[0].replace("_", " ")
    return scene.say("ask_generic", name=name)
