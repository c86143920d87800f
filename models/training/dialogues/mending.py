"""Errors in the words of many servers (data/repairs.toml): the call is corrected where the text says how, else the failure is told.

A call that the text of the user asks for is learned even where it fails; one that the model should not have written is shown only.
"""
from __future__ import annotations

import json
from typing import Any

import lexicon
from dialogues.scene import Request, Scene, assistant, calls, tool, user
from schema import Argument
from values import Value

_NAMED = frozenset("city person product title file code company topic id address food plant animal word given_name".split())
_RECORDS = frozenset("id person given_name file code address".split())
_LIMITS = frozenset(("optional_limit", "limit", "top", "max_results"))
_PATTERNS = {"iso": "YYYY-MM-DD", "clock": "HH:MM", "space": "YYYY-MM-DD HH:MM", "dmy": "DD/MM/YYYY", "mdy": "MM/DD/YYYY", "slashes": "YYYY/MM/DD", "compact": "YYYYMMDD"}
_PREFIXES = ("ID-", "NO.", "CN-", "ref:", "#", "X-", "A/", "usr_", "ORD-", "00")


def _texts() -> dict:
    return lexicon.toml("repairs.toml")


def _say(scene: Scene, key: str, **parts: Any) -> str:
    texts: Any = _texts()
    for step in key.split("."):
        texts = texts[step]
    text = scene.pick(texts[scene.language if scene.chance(0.6) else "en"])
    for name, part in parts.items():
        text = text.replace("{" + name + "}", part if isinstance(part, str) else json.dumps(part, ensure_ascii=False))
    return text


def result(scene: Scene, text: str) -> dict:
    """The error as a server wraps it."""
    wraps = _texts()["wrap"]
    quoted = scene.chance(0.75)
    wrap = scene.pick(wraps["json" if quoted else "plain"])
    wrap = wrap.replace("{code}", str(scene.pick(wraps["codes"]))).replace("{id}", scene.values.digits(6))
    return tool(wrap.replace("{text}", json.dumps(text, ensure_ascii=False) if quoted else text))


def _corrected(scene: Scene, request: Request, wrong: dict, text: str) -> list[dict]:
    return [calls([{"name": request.definition.name, "arguments": wrong}], train=False), result(scene, text), *scene.exchange(request)]


def _given(request: Request, need) -> list[Argument]:
    arguments = request.arguments()
    return [argument for argument in request.definition.arguments if argument.name in arguments and argument.fixed is None and not argument.fields and need(argument)]


def missing(scene: Scene, request: Request) -> list[dict] | None:
    options = _given(request, lambda argument: argument.param.required)
    if not options:
        return None
    name = scene.pick(options).name
    wrong = {key: value for key, value in request.arguments().items() if key != name}
    return _corrected(scene, request, wrong, _say(scene, "missing", name=name, tool=request.definition.name))


def choice(scene: Scene, request: Request) -> list[dict] | None:
    options = _given(request, lambda argument: "enum" in argument.schema and len(argument.schema["enum"]) > 1)
    if not options:
        return None
    argument = scene.pick(options)
    value = request.drawn[argument.param.key]
    wrong = scene.pick((value.text, f"{value.json}_1", str(value.json).title(), str(value.json)[:3]))
    if wrong in argument.schema["enum"]:
        return None
    quoted = scene.pick(("{}", "'{}'", '"{}"'))
    shown = scene.pick((", ", " | ", ", ")).join(quoted.format(option) for option in argument.schema["enum"])
    return _corrected(scene, request, {**request.arguments(), argument.name: wrong}, _say(scene, "choice", name=argument.name, wrong=wrong, options=shown))


def kind(scene: Scene, request: Request) -> list[dict] | None:
    options = _given(request, lambda argument: argument.schema.get("type") in ("integer", "number", "boolean", "array"))
    if not options:
        return None
    argument = scene.pick(options)
    value = request.arguments()[argument.name]
    wanted = argument.schema["type"]
    if wanted == "array":
        if len(value) != 1 or isinstance(value[0], dict):
            return None
        wrong, got = value[0], "string" if isinstance(value[0], str) else "number"
    else:
        wrong, got = scene.pick((str(value).lower() if wanted == "boolean" else str(value), request.drawn[argument.param.key].text)), "string"
    text = _say(scene, "type", name=argument.name, type=wanted, got=got, wrong=str(wrong))
    return _corrected(scene, request, {**request.arguments(), argument.name: wrong}, text)


def form(scene: Scene, request: Request) -> list[dict] | None:
    """A date or time as the user writes it, where the tool wants a form."""
    options = [argument for argument in _given(request, lambda argument: argument.param.kind in ("date", "time", "datetime") and argument.form.name in _PATTERNS)
               if request.drawn[argument.param.key].text != request.arguments()[argument.name]]
    if not options:
        return None
    argument = scene.pick(options)
    wrong = request.drawn[argument.param.key].text
    pattern = "YYYY-MM-DDTHH:MM:SS" if argument.param.kind == "datetime" and argument.form.name == "iso" else _PATTERNS[argument.form.name]
    return _corrected(scene, request, {**request.arguments(), argument.name: wrong}, _say(scene, "format", name=argument.name, wrong=wrong, right=pattern))


def spelling(scene: Scene, request: Request) -> list[dict] | None:
    """The user has mistyped a name; the tool knows the right one. What changes things is not pointed to another record or person by likeness."""
    kinds = _NAMED - _RECORDS if request.definition.tool.writes else _NAMED
    options = [argument for argument in _given(request, lambda argument: argument.param.kind in kinds)
               if isinstance(request.drawn[argument.param.key].json, str) and request.text.count(request.drawn[argument.param.key].text) == 1 and len(request.drawn[argument.param.key].text) > 2]
    if not options:
        return None
    argument = scene.pick(options)
    key = argument.param.key
    right = request.drawn[key]
    wrong = mistyped(scene, right.text)
    if wrong == right.text or right.text != right.json:
        return None
    said = Request(request.definition, request.text.replace(right.text, wrong), {**request.drawn, key: Value(wrong, wrong)})
    meant = Request(request.definition, said.text, {**request.drawn})
    text = _say(scene, "spelling", name=argument.name, wrong=wrong, right=right.text)
    return [user(said.text), calls([said.call()]), result(scene, text), *scene.exchange(meant)]


def mistyped(scene: Scene, text: str) -> str:
    """One letter is wrong, missing, double, or has changed its place."""
    at = scene.rng.randrange(1, len(text) - 1)
    if not text[at].isalnum() or not text[at - 1].isalnum():
        return text
    other = scene.values.han(1) if text[at] >= "\u3400" else scene.pick("0123456789" if text[at].isdigit() else "abcdefghijklmnopqrstuvwxyz")
    return scene.pick((text[:at] + text[at + 1:], text[:at] + other + text[at + 1:], text[:at] + text[at] + text[at:], text[:at - 1] + text[at] + text[at - 1] + text[at + 1:]))


def shape(scene: Scene, request: Request) -> list[dict] | None:
    """An identifier has to be written in another way, which the text describes."""
    options = []
    for argument in _given(request, lambda argument: argument.param.kind in ("id", "phone", "symbol", "label", "code") and argument.schema.get("type") == "string"):
        value = request.drawn[argument.param.key].json
        if not isinstance(value, str) or argument.form.name or len(value) > 20:
            continue
        if argument.param.kind in ("id", "code") and value != value.upper():
            options.append((argument, "upper", value.upper(), ""))
        if argument.param.kind == "phone" and not value.isdigit() and not value.startswith("+"):
            options.append((argument, "digits", "".join(letter for letter in value if letter.isdigit()), ""))
        if argument.param.kind == "id":
            prefix = scene.pick(_PREFIXES)
            options += [] if value.startswith(prefix) else [(argument, "prefix", prefix + value, prefix)]
    if not options:
        return None
    argument, what, right, prefix = scene.pick(options)
    key = argument.param.key
    text = _say(scene, f"shape.{what}", name=argument.name, wrong=request.drawn[key].json, prefix=prefix)
    meant = Request(request.definition, request.text, {**request.drawn, key: Value(right, request.drawn[key].text)})
    return [calls([request.call()]), result(scene, text), *scene.exchange(meant)]


def unsupported(scene: Scene, request: Request) -> list[dict] | None:
    """An optional argument has to go; none that a person may rely on, as on a dry run."""
    options = _given(request, lambda argument: not argument.param.required and argument.param.kind != "bool" and (argument.param.key.startswith("optional_") or not request.definition.tool.writes))
    if not options:
        return None
    argument = scene.pick(options)
    meant = Request(request.definition, request.text, {key: value for key, value in request.drawn.items() if key != argument.param.key})
    return [calls([request.call()]), result(scene, _say(scene, "unsupported", name=argument.name)), *scene.exchange(meant)]


def most(scene: Scene, request: Request) -> list[dict] | None:
    """Too many results were wanted."""
    options = _given(request, lambda argument: argument.param.key in _LIMITS and argument.schema.get("type") == "integer" and argument.schema.get("minimum", 0) < 2)
    options = [argument for argument in options if request.drawn[argument.param.key].json > 3]
    if not options:
        return None
    key = options[0].param.key
    right = scene.rng.randint(2, request.drawn[key].json - 1)
    meant = Request(request.definition, request.text, {**request.drawn, key: Value(right, str(right))})
    return [calls([request.call()]), result(scene, _say(scene, "most", name=options[0].name, right=str(right))), *scene.exchange(meant)]


def order(scene: Scene, request: Request) -> list[dict] | None:
    """Two days or times stand in each other's place."""
    arguments = request.arguments()
    options = _given(request, lambda argument: argument.param.kind in ("date", "time", "datetime") and argument.form.name != "words")
    if len(options) != 2 or options[0].param.kind != options[1].param.kind or options[0].form.name not in ("iso", "clock", "space"):
        return None
    first, second = (argument.name for argument in options)
    if arguments[first] == arguments[second]:
        return None
    if arguments[first] > arguments[second]:
        first, second = second, first
    wrong = {**arguments, first: arguments[second], second: arguments[first]}
    return _corrected(scene, request, wrong, _say(scene, "order", first=first, second=second))


def again(scene: Scene, request: Request) -> list[dict] | None:
    """The same call once more; if it fails again, that is told."""
    messages = [calls([request.call()]), result(scene, _say(scene, "again"))]
    if scene.chance(0.2):
        return [*messages, calls([request.call()]), *hopeless(scene, request)[1:]]
    return [*messages, *scene.exchange(request)]


def hopeless(scene: Scene, request: Request) -> list[dict] | None:
    """Nothing says what else could be done."""
    text = scene.values.fill(_say(scene, "hopeless"), scene.language)
    return [calls([request.call()]), result(scene, text), assistant(scene.say("failed", reason=text.rstrip(".。")))]


MODES = (missing, missing, choice, choice, kind, form, form, spelling, spelling, spelling, shape, shape, unsupported, most, order, again, hopeless, hopeless, hopeless, hopeless)
