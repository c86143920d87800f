"""A call that fails: corrected where the error says how, repeated where it says so, else reported.

Wrong calls are shown but never learned.
"""
from __future__ import annotations

import json
from typing import Any

import lexicon
from dialogues import mending, single
from dialogues.scene import Request, Scene, assistant, calls, tool, user
from schema import Argument, styled, words_of
from values import capital

prepare = single.prepare


def turn(scene: Scene) -> list[dict] | None:
    definition = scene.usable()
    if definition is None:
        return None
    request = scene.request(definition)
    modes = [_unknown_tool, _missing_argument, _wrong_value, _wrong_value, _unknown_argument, _several, _temporary, _suggestion, _fatal, _fatal, _declined, _repeated]
    scene.rng.shuffle(modes)
    others = scene.rng.sample(mending.MODES, len(mending.MODES))
    for mode in [*others, *modes] if scene.chance(0.6) else [*modes, *others]:
        messages = mode(scene, request)
        if messages:
            return messages if messages[0]["role"] == "user" else [user(request.text), *messages]
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


def _quote(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + '..."'


def _described(value: Any) -> str:
    """A value as the product's messages name it behind "but was"."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, str):
        return f"the string {_quote(value)}"
    if isinstance(value, (int, float)):
        return f"the number {_quote(value)}"
    return "an object" if isinstance(value, dict) else "an array of 1 item" if len(value) == 1 else f"an array of {len(value)} items"


def _invalid(scene: Scene, request: Request, violations: list[str]) -> str:
    return scene.pick(_texts("invalid")).format(tool=request.definition.name, violations="; ".join(violations))


def _missing_argument(scene: Scene, request: Request) -> list[dict] | None:
    """One or two required values, at the top or inside an object, were left out."""
    arguments = request.arguments()
    required = [argument for argument in request.definition.arguments if argument.param.required and argument.name in arguments]
    if not required:
        return None
    lost = scene.rng.sample(required, 2 if len(required) > 2 and scene.chance(0.3) else 1)
    wrong = {key: value for key, value in arguments.items() if key not in [argument.name for argument in lost]}
    violations = [f'"{argument.name}" is required and missing' for argument in lost]
    inner = lost[0].schema.get("required", []) if lost[0].fields else []
    if len(lost) == 1 and inner and scene.chance(0.6):
        field = scene.pick(inner)
        wrong = {key: {name: child for name, child in value.items() if name != field} if key == lost[0].name else value for key, value in arguments.items()}
        violations = [f'"/{lost[0].name}/{field}" is required and missing']
    if scene.chance(0.25) and len(violations) == 1 and not violations[0].startswith('"/'):
        error = scene.pick(_texts("missing_elsewhere")).format(name=lost[0].name)
    else:
        error = _invalid(scene, request, violations)
    return _repaired(scene, request, {"name": request.definition.name, "arguments": wrong}, error)


def _unknown_argument(scene: Scene, request: Request) -> list[dict] | None:
    """A name that the schema does not have, where it allows no others."""
    arguments = request.arguments()
    if not arguments:
        return None
    known = [argument.name for argument in request.definition.arguments]
    old = scene.pick(list(arguments))
    argument = next(argument for argument in request.definition.arguments if argument.name == old)
    others = [name for name in (*argument.param.names, old.replace("_", ""), old + "s", styled(words_of(old) or [old], "camel"), styled(words_of(old) or [old], "snake")) if name not in known]
    if not others:
        return None
    wrong = scene.pick(others)
    near = f'; did you mean "{old}"?' if _near(wrong, old) else f"; known are {', '.join(_quote(name) for name in known)}"
    violations = [f'"{wrong}" is not a known property{near}']
    if argument.param.required:
        violations.insert(scene.rng.randrange(2), f'"{old}" is required and missing')
    written = {wrong if key == old else key: value for key, value in arguments.items()}
    return _repaired(scene, request, {"name": request.definition.name, "arguments": written}, _invalid(scene, request, violations))


def _near(one: str, other: str) -> bool:
    one, other = (text.replace("_", "").replace("-", "").lower() for text in (one, other))
    return one == other or one.startswith(other) or other.startswith(one)


def _wrong_value(scene: Scene, request: Request) -> list[dict] | None:
    arguments = request.arguments()
    options = [argument for argument in request.definition.arguments if argument.name in arguments and argument.fixed is None]
    scene.rng.shuffle(options)
    for argument in options:
        spoilt = _spoil(scene, argument, arguments[argument.name], request)
        if spoilt is None:
            continue
        value, rule = spoilt
        if scene.chance(0.25):
            error = scene.pick(_texts("invalid_elsewhere")).format(name=argument.name, rule=rule)
        else:
            error = _invalid(scene, request, [f'"{argument.name}" {rule}'])
        return _repaired(scene, request, {"name": request.definition.name, "arguments": {**arguments, argument.name: value}}, error)
    return None


def _several(scene: Scene, request: Request) -> list[dict] | None:
    """Two wrong values in one call."""
    arguments = request.arguments()
    wrong, violations = dict(arguments), []
    for argument in request.definition.arguments:
        if argument.name in arguments and argument.fixed is None and len(violations) < 2:
            spoilt = _spoil(scene, argument, arguments[argument.name], request)
            if spoilt is not None:
                wrong[argument.name] = spoilt[0]
                violations.append(f'"{argument.name}" {spoilt[1]}')
    if len(violations) < 2:
        return None
    return _repaired(scene, request, {"name": request.definition.name, "arguments": wrong}, _invalid(scene, request, violations))


def _spoil(scene: Scene, argument: Argument, value: Any, request: Request) -> tuple[Any, str] | None:
    """A wrong form of the value, and what the product says of it."""
    kind, key = argument.schema.get("type"), argument.param.key
    if "enum" in argument.schema:
        options = argument.schema["enum"]
        text = request.drawn[key].text
        wrong = scene.pick((text, str(value).upper(), capital(str(value)), str(value).replace("_", " "), f"{value}s"))
        if wrong in options:
            return None
        near = next((f"; did you mean {_quote(option)}?" for option in options if isinstance(option, str) and option.lower() == wrong.lower().replace(" ", "_") or wrong == f"{option}s"), "")
        return wrong, f"must be one of {', '.join(_quote(option) for option in options)} but was {_quote(wrong)}{near}"
    if kind in ("integer", "number") and not isinstance(value, bool):
        words = "an integer" if kind == "integer" else "a number"
        if "maximum" in argument.schema and scene.chance(0.5):
            most, least = argument.schema["maximum"], argument.schema["minimum"]
            wrong = value * 100 if value * 100 > most else -value if -value < least else None
            if wrong is not None:
                return wrong, f"must be at most {_quote(most)} but was {_quote(wrong)}" if wrong > most else f"must be at least {_quote(least)} but was {_quote(wrong)}"
        wrong = scene.pick((str(value), request.drawn[key].text, value + 0.5 if kind == "integer" and isinstance(value, int) else str(value)))
        return wrong, f"must be {words} but was {_described(wrong)}"
    if kind == "boolean":
        wrong = scene.pick((str(value).lower(), "yes" if value else "no"))
        return wrong, f"must be true or false but was {_described(wrong)}"
    if kind == "array" and value:
        return value[0], f"must be an array but was {_described(value[0])}"
    if kind == "object" and value:
        wrong = ", ".join(str(child) for child in value.values())
        return wrong, f"must be an object but was {_described(wrong)}"
    if kind == "string" and isinstance(value, str) and value.isdigit() and len(value) < 16 and not value.startswith("0"):
        return int(value), f"must be a string but was the number {value}"
    text = request.drawn[key].text
    if argument.param.kind == "date" and argument.form.name == "iso" and text != value:
        return text, f"must be a date such as 2025-01-31 but was {_quote(text)}"
    if argument.param.kind == "time" and argument.form.name == "clock" and text != value:
        return text, scene.pick(("must match the pattern ^([01][0-9]|2[0-3]):[0-5][0-9]$ but was " + _quote(text), f"must be HH:MM but was {_quote(text)}"))
    if argument.param.kind in ("email", "url"):
        wrong = value.replace("@", " at ").replace("https://", "").replace("http://", "")
        return wrong, f"must be {'an e-mail address such as name@example.com' if argument.param.kind == 'email' else 'an absolute URI such as https://example.com/path'} but was {_quote(wrong)}"
    return None


def _declined(scene: Scene, request: Request) -> list[dict] | None:
    """A person said no to a call that changes something."""
    if not request.definition.tool.writes:
        return None
    error = scene.values.fill(scene.pick(_texts("declined")), scene.language)
    return [calls([request.call()]), _error(scene, error), assistant(scene.say("declined"))]


def _repeated(scene: Scene, request: Request) -> list[dict] | None:
    """The call was made again by mistake, and its result stands above; the second one is not learned."""
    outcome = scene.outcome(request, failed=False)
    error = _texts("repeated")[request.definition.tool.writes].format(times=scene.pick((1, 2)))
    return [calls([request.call()]), tool(outcome.content), calls([request.call()], train=False), _error(scene, error), assistant(outcome.answer)]


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
