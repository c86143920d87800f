"""Pronouns: for a value of the request before, or for one that its result has brought."""
from __future__ import annotations

import functools
import re
from typing import NamedTuple

import lexicon
from dialogues import chain
from dialogues.scene import Request, Scene, by_file, lookup, user
from domains import Phrase, Tool
from values import Value

_PLACES = frozenset("city country address".split())
# What stands in front of a name itself, where no pronoun can.
NAMED = re.compile(r"(?:named|called|titled|title|name)[ :]*$|(?:名为|名叫|叫|名称|标题是|主题：)$|[\"'“‘《「]$")
# Words behind which "it" or "that one" can stand.
_TAKES_IT = re.compile(r"(?:^|\b(?:for|to|from|with|of|about|on|in|at|into|by|cancel|delete|remove|close|open|show|send|move|print|book|hold|return|end|stop|start|check|find|confirm|extend|change|use|reserve|buy|pay|read)) $|[把给将对跟查看取退订删改开关用找寄送停]$", re.IGNORECASE)
# Kinds of things that one points to with their noun.
POINTED = frozenset("id person city country address company product title email phone url file food symbol".split())


def with_pronoun(scene: Scene, phrase: Phrase, key: str, kind: str, drawn: dict[str, Value], pronouns: str = "same") -> str:
    """The phrase with a pronoun in place of a value."""
    phrases = lexicon.toml("phrases.toml")
    place = phrase.parts.index(key, 1)
    parts = list(phrase.parts)
    if kind in _PLACES and scene.chinese and scene.chance(0.6):
        pronoun = scene.pick(phrases["there"]["zh"])
    elif kind in _PLACES and not scene.chinese and re.search(r"\b(in|at|for|of)( the)?(?: city of)? $", parts[place - 1]):
        parts[place - 1] = re.sub(r"\b(in|at|for|of)( the)?(?: city of)? $", "", parts[place - 1])
        pronoun = "there"
    else:
        noun = scene.pick(chain.NOUNS[kind][scene.chinese])
        # Behind a noun or at the beginning only the kind itself can stand.
        bare = not _TAKES_IT.search(parts[place - 1])
        pronoun = scene.pick([form for form in phrases[pronouns][scene.language] if "{noun}" in form or not bare]).replace("{noun}", noun)
    shown = {slot: value.text for slot, value in drawn.items()} | {key: pronoun}
    return "".join(part if index % 2 == 0 else shown[part] for index, part in enumerate(parts))


class HandedOn(NamedTuple):
    """A field of a result that another tool of the same file takes."""

    first: Tool
    second: Tool
    path: str
    key: str


@functools.lru_cache(maxsize=4)
def handing_on(library: tuple[Tool, ...]) -> tuple[HandedOn, ...]:
    """Every pair of tools where the result of the first names what the second needs."""
    out = []
    for first in library:
        for result in first.results:
            for path, kind in chain.fields(result.json):
                field = path.split(".")[-1]
                for second in by_file(library)[first.file]:
                    for param in second.params:
                        names = {param.key, f"{param.key}_id", f"{param.key}_no", *param.names}
                        # One of its kind on both sides, so that the pronoun means it.
                        if second is not first and param.required and param.kind == kind and kind in POINTED and field in names \
                                and sum(other.kind == kind for other in second.params) == 1 and sum(other == kind for _, other in chain.fields(result.json)) == 1:
                            out.append(HandedOn(first, second, path, param.key))
    return tuple(out)


def handed_on(scene: Scene) -> list[dict] | None:
    """Something is found or made; the next request speaks of it with a pronoun."""
    present = {definition.tool.key: definition for definition in scene.tools}
    pairs = [pair for pair in handing_on(scene.library) if pair.first.key in present and pair.second.key in present] if len(present) > 1 else []
    if not pairs:
        return None
    pair = scene.pick(pairs)
    first, second = present[pair.first.key], present[pair.second.key]
    phrases = [phrase for phrase in second.usable(second.tool.say[scene.language])
               if phrase.parts[1::2].count(pair.key) == 1 and not NAMED.search(phrase.parts[phrase.parts.index(pair.key, 1) - 1])]
    openings = first.usable(first.tool.say[scene.language])
    if not phrases or not openings or second.argument(pair.key).form.name is not None or "enum" in second.argument(pair.key).schema:
        return None
    opening = scene.request(first, scene.pick(openings))
    results = [result for result in first.tool.results if any(path == pair.path for path, _ in chain.fields(result.json))]
    outcome = scene.outcome(opening, scene.pick(results), failed=False)
    value = lookup(outcome.value, pair.path)
    phrase = scene.pick(phrases)
    drawn = scene.draw_values(second, phrase)
    text = with_pronoun(scene, phrase, pair.key, second.argument(pair.key).param.kind, drawn, "it")
    request = Request(second, text, {**drawn, pair.key: Value(value, str(value))})
    scene.last = (second, request)
    return [user(opening.text), *scene.exchange(opening, outcome), user(text), *scene.exchange(request)]
