"""Two to four calls in one turn: one tool with several values, or several tools."""
from __future__ import annotations

import re

import lexicon
from dialogues import followup
from dialogues.noise import decapital
from dialogues.scene import Outcome, Request, Scene, assistant, calls, tool, user
from domains import Phrase
from schema import Definition
from values import Value, join

# Kinds whose values may stand in a list where a phrase expects one.
LISTABLE = frozenset("""person given_name city country company product title id email url symbol food animal plant sport file code word
    date time weekday month color country language currency label enum address""".split())

# What stands between the parts of a list: a value that holds it would look like two.
_JOINERS = re.compile(r",|、|，| and |和|以及")
_QUOTES = "\"'“‘《「"


def prepare(scene: Scene) -> None:
    scene.add(scene.any_tool())
    for _ in range(scene.pick((0, 0, 1, 1, 2, 3))):
        scene.add(scene.any_tool())


def turn(scene: Scene) -> list[dict] | None:
    makers = [_several_values, _several_values, _again, _several_tools]
    scene.rng.shuffle(makers)
    for make in makers:
        requests = make(scene)
        if requests:
            return _messages(scene, *requests)
    return None


def _messages(scene: Scene, text: str, requests: list[Request]) -> list[dict]:
    outcomes = [scene.outcome(request) for request in requests]
    return [user(text), calls([request.call() for request in requests]), *(tool(outcome.content) for outcome in outcomes), assistant(combined(scene, outcomes))]


def combined(scene: Scene, outcomes: list[Outcome]) -> str:
    return ("" if scene.chinese else " ").join(outcome.answer for outcome in outcomes)


def _several_values(scene: Scene) -> tuple[str, list[Request]] | None:
    """Put A and B on hold."""
    definition = scene.usable(lambda definition: bool(_listable(definition)))
    if definition is None:
        return None
    keys = _listable(definition)
    options = [(phrase, key) for phrase in definition.usable(definition.tool.say[scene.language]) for key in keys if phrase.parts[1::2].count(key) == 1 and not _quoted(phrase, key)]
    if not options:
        return None
    phrase, key = scene.pick(options)
    drawn = scene.draw_values(definition, phrase)
    values = [drawn[key]] if _can_stand_in_a_list(drawn[key].text) else []
    wanted = scene.pick((2, 2, 3, 3, 4))
    for _ in range(12):
        if len(values) >= wanted:
            break
        value = scene.draw_slot(definition, key)
        if _can_stand_in_a_list(value.text) and value.json not in [other.json for other in values] and value.text not in [other.text for other in values]:
            values.append(value)
    if len(values) < 2:
        return None
    listed = Value(None, join([value.text for value in values], scene.language, scene.rng))
    text = scene.write(phrase, {**drawn, key: listed})
    return text, [Request(definition, text, {**drawn, key: value}) for value in values]


def _can_stand_in_a_list(text: str) -> bool:
    return not _JOINERS.search(text)


def _quoted(phrase: Phrase, key: str) -> bool:
    """Whether the value stands between quotation marks, which a list would break."""
    return phrase.parts[phrase.parts.index(key, 1) - 1][-1:] in _QUOTES


def _listable(definition: Definition) -> list[str]:
    return [argument.param.key for argument in definition.arguments if argument.param.required and argument.param.kind in LISTABLE]


def _again(scene: Scene) -> tuple[str, list[Request]] | None:
    """Put A on hold. And B? And C?"""
    definition = scene.usable(lambda definition: bool(definition.tool.again[scene.language]))
    if definition is None:
        return None
    requests = [scene.request(definition)]
    for _ in range(scene.pick((1, 1, 2, 3))):
        more = followup.again(scene, requests[-1])
        if more is None or any(more.arguments() == request.arguments() for request in requests):
            break
        requests.append(more)
    if len(requests) < 2:
        return None
    text = requests[0].text
    for request in requests[1:]:
        text = f"{ended(text, scene)}{request.text}"
    return text, requests


def _several_tools(scene: Scene) -> tuple[str, list[Request]] | None:
    """Do this, and also that."""
    options = [definition for definition in scene.tools if definition.usable(definition.tool.say[scene.language])]
    if len(options) < 2:
        return None
    chosen = scene.rng.sample(options, min(len(options), scene.pick((2, 2, 2, 3, 3, 4))))
    requests = [scene.request(definition, noisy=definition is chosen[0]) for definition in chosen]
    text = requests[0].text
    for request in requests[1:]:
        connector = scene.pick(lexicon.toml("phrases.toml")["connect"][scene.language])
        text = f"{ended(text, scene).rstrip()}{connector}{request.text if scene.chinese else decapital(request.text)}"
    return text, requests


def ended(text: str, scene: Scene) -> str:
    """The text with a full stop, and the space that separates it from the next sentence."""
    return scene.sentence(text) + ("" if scene.chinese else " ")
