"""A required parameter is missing: the assistant asks, the user answers, the call follows."""
from __future__ import annotations

import lacking as texts
import lexicon
from dialogues import elsewhere, shared, single
from dialogues.scene import Request, Scene, assistant, user
from domains import Param
from schema import Definition

# Kinds whose values nobody takes for something else, and kinds that are near to each other.
_PLAIN = frozenset("date time city email phone money weekday month currency url food sport animal percent".split())
_GROUPS = {kind: group for group in ("date time datetime weekday month year duration", "city country address", "money int number percent", "food product", "animal given_name") for kind in group.split()}

prepare = single.prepare


def turn(scene: Scene) -> list[dict] | None:
    definition = scene.usable(lambda definition: bool(_lacking(scene, definition)))
    if definition is None:
        return None
    lacking = scene.pick(_lacking(scene, definition))
    drawn = scene.draw_values(definition, lacking.phrase)
    told = _beside_the_point(scene, definition) if scene.chance(0.25) else []
    messages = [user(scene.write(lacking.phrase, drawn))]
    open_keys = [lacking.missing]
    stated = lacking.phrase.params
    for argument in definition.arguments:
        if argument.param.required and argument.param.key not in stated and argument.param.key != lacking.missing:
            open_keys.append(argument.param.key)
    for key in open_keys:
        scene.asked.add((definition.tool.file, key))
        messages.append(assistant(question(scene, definition.argument(key).param)))
        slots = [f"{key}.{field.param.key}" for field in definition.argument(key).fields] or [key]
        given = {slot: scene.draw_slot(definition, slot) for slot in slots}
        drawn.update(given)
        template = scene.pick(lexicon.toml("phrases.toml")["give"][scene.language])
        messages.append(user(template.replace("{value}", ("，" if scene.chinese else ", ").join(value.text for value in given.values()))))
    request = Request(definition, messages[0]["content"], drawn)
    scene.last = (definition, request)
    if scene.chance(0.1):
        # The question may also be the end of what there is to learn.
        return [*told, *messages[:2]]
    return [*told, *messages, *scene.exchange(request)]


def _beside_the_point(scene: Scene, definition: Definition) -> list[dict]:
    """A fact that was told before and cannot be the missing one: the tool takes nothing of the kind."""
    groups = {_GROUPS.get(argument.param.kind, argument.param.kind) for argument in definition.arguments}
    params = [argument.param for other in scene.tools if other is not definition for argument in other.arguments
              if argument.param.kind in _PLAIN and _GROUPS.get(argument.param.kind, argument.param.kind) not in groups]
    if not params:
        return []
    param = scene.pick(params)
    fact = elsewhere.statement(scene, param, scene.values.draw(param.spec, scene.language, None if param.kind != "date" else "iso"))
    if fact is None:
        return []
    text = scene.pick(lexicon.toml("phrases.toml")["told"][scene.language]).replace("{fact}", fact)
    return [user(text), assistant(scene.say("noted"))]


def _lacking(scene: Scene, definition: Definition) -> list:
    """Texts that lack one parameter, or a second one too, which is asked for next; none that was named before, since it could be meant."""
    return [lacks for lacks in texts.texts(definition.tool, scene.language)
            if "." not in lacks.missing and lacks.phrase.params <= definition.keys and len(definition.required - lacks.phrase.params) <= 2
            and not any((definition.tool.file, key) in scene.named for key in definition.required - lacks.phrase.params)]


def question(scene: Scene, param: Param) -> str:
    """Asks for a value by its name, with or without a few words before it."""
    written = param.ask[scene.language]
    name = shared.label(scene, param)
    if written and (name is None or scene.chance(0.75)):
        asking = scene.pick(written)
    else:
        name = name or param.names[0].replace("_", " ")
        asking = scene.say("ask_generic", name=name if scene.chinese or not name[1:2].islower() else name[:1].lower() + name[1:])
    return scene.pick(lexicon.toml("phrases.toml")["ask_lead"][scene.language]).replace("{ask}", asking)
