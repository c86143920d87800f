"""A call that fails: corrected where the error says how, repeated where it says so, else reported.

Wrong calls are shown but never learned.
"""
from __future__ import annotations

import json
from typing import Any

import lexicon
from dialogues import single
from dialogues.scene import Request, Scene, assistant, calls, tool, user
from schema import Argument, styled, words_of

prepare = single.prepare


def turn(scene: Scene) -> list[dict] | None:
    definition = scene.usable()
    if definition is None:
        return None
    request = scene.request(definition)
    modes = [_unknown_tool, _missing_argument, _wrong_value, _wrong_value, _temporary, _suggestion, _fatal, _fatal]
    scene.rng.shuffle(modes)
    for mode in modes:
        messages = mode(scene, request)
        if messages:
            return [user(request.text), *messages]
    return None


def _error(scene: Scene, text: str) -> dict:
    return tool(json.dumps({"error": text}, ensure_ascii=False, separators=(",", ":") if scene.compact_results else None))


def _texts(key: str) -> list[str]:
    return lexicon.toml("errors.toml")[key]


def _repaired(scene: Scene, request: Request, wrong: dict, error: str) -> list[dict]:
    return [calls([wrong], train=False), _error(scene, error), *scene.exchange(request)]


def _unknown_tool(scene: Scene, request: Request) -> list[dict] | None:
    words = words_of(request.definition.name)
    if len(words) < 2:
        return None
    taken = {definition.name for definition in scene.tools}
    wrong = scene.pick((styled(words[:-1], "snake"), styled([*words, "data"], "snake"), styled(words, "camel"), styled(words, "snake"), styled(list(reversed(words)), "snake")))
    if wrong in taken:
        return None
    error = scene.pick(_texts("unknown_tool")).format(wrong=wrong, name=request.definition.name, names=", ".join(definition.name for definition in scene.tools))
    return _repaired(scene, request, {"name": wrong, "arguments": request.arguments()}, error)


def _missing_argument(scene: Scene, request: Request) -> list[dict] | None:
    arguments = request.arguments()
    required = [argument.name for argument in request.definition.arguments if argument.param.required and argument.name in arguments]
    if not required:
        return None
    name = scene.pick(required)
    wrong = {key: value for key, value in arguments.items() if key != name}
    error = scene.pick(_texts("missing_argument")).format(tool=request.definition.name, name=name)
    return _repaired(scene, request, {"name": request.definition.name, "arguments": wrong}, error)


def _wrong_value(scene: Scene, request: Request) -> list[dict] | None:
    arguments = request.arguments()
    options = [argument for argument in request.definition.arguments if argument.name in arguments]
    scene.rng.shuffle(options)
    for argument in options:
        spoilt = _spoil(scene, argument, arguments[argument.name], request)
        if spoilt is None:
            continue
        value, rule = spoilt
        error = scene.pick(_texts("invalid_argument")).format(tool=request.definition.name, name=argument.name, rule=rule)
        return _repaired(scene, request, {"name": request.definition.name, "arguments": {**arguments, argument.name: value}}, error)
    return None


def _spoil(scene: Scene, argument: Argument, value: Any, request: Request) -> tuple[Any, str] | None:
    """A wrong form of the value, and the rule it breaks."""
    kind, key = argument.schema.get("type"), argument.param.key
    if "enum" in argument.schema:
        listed = ", ".join(json.dumps(option, ensure_ascii=False) for option in argument.schema["enum"])
        text = request.drawn[key].text
        return (text if text != value else str(value).upper()), scene.pick((f"must be one of {listed}", f"value not in enum [{listed}]"))
    if kind in ("integer", "number") and not isinstance(value, bool):
        return str(value), scene.pick((f"must be of type {kind}", f"expected {kind}, got string"))
    if kind == "boolean":
        return str(value).lower(), scene.pick(("must be of type boolean", "expected boolean, got string"))
    if kind == "array" and value:
        return value[0], scene.pick(("must be of type array", "expected array, got string"))
    if argument.param.kind == "date" and argument.form.name == "iso":
        text = request.drawn[key].text
        return (text, scene.pick(("must match format date", "not a date in YYYY-MM-DD format"))) if text != value else None
    if argument.param.kind == "time" and argument.form.name == "clock":
        text = request.drawn[key].text
        return (text, scene.pick(("must be HH:MM", "does not match ^[0-2][0-9]:[0-5][0-9]$"))) if text != value else None
    return None


def _temporary(scene: Scene, request: Request) -> list[dict] | None:
    error = scene.pick(_texts("temporary")).format(tool=request.definition.name)
    call = request.call()
    messages = [calls([call]), _error(scene, error)]
    if scene.chance(0.25):
        again = scene.pick(_texts("temporary")).format(tool=request.definition.name)
        return [*messages, calls([call]), _error(scene, again), assistant(scene.say("failed", reason=again.rstrip(".")))]
    return [*messages, *scene.exchange(request)]


def _suggestion(scene: Scene, request: Request) -> list[dict] | None:
    """The tool does not know the value, but a similar one, and asks for that."""
    options = [argument for argument in request.definition.arguments
               if argument.param.kind in ("city", "product", "title", "file", "code", "company", "topic") and argument.param.key in request.drawn]
    if not options:
        return None
    argument = scene.pick(options)
    old = request.drawn[argument.param.key]
    better = scene.draw_slot(request.definition, argument.param.key)
    if better.json == old.json:
        return None
    error = scene.pick(_texts("suggestion")).format(old=old.json, new=better.json, name=argument.name)
    corrected = Request(request.definition, request.text, {**request.drawn, argument.param.key: better})
    return [calls([request.call()]), _error(scene, error), *scene.exchange(corrected)]


def _fatal(scene: Scene, request: Request) -> list[dict] | None:
    template = scene.pick(lexicon.toml("errors.toml")["fatal_" + scene.language] if scene.chance(0.7) else _texts("fatal_en"))
    error = scene.values.fill(template.replace("{tool}", request.definition.name), scene.language)
    return [calls([request.call()]), _error(scene, error), assistant(scene.say("failed", reason=error.rstrip(".。")))]
