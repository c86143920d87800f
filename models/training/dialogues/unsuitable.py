"""A request that no tool in the prompt can serve: the assistant says so and does not call."""
from __future__ import annotations

import combinations
import domains
import lexicon
from dialogues import noise, talk
from dialogues.scene import Scene, assistant, by_file, user
from domains import Phrase
from schema import Definition


def prepare(scene: Scene) -> None:
    if scene.chance(0.06):
        scene.no_tools = True
        return
    scene.add(scene.any_tool())


def turn(scene: Scene) -> list[dict] | None:
    chance = scene.rng.random()
    if chance < 0.22:
        return talk.outside(scene) or _absent_request(scene) or general(scene)
    if chance < 0.34:
        return general(scene)
    return _absent_request(scene) or general(scene)


def _absent_request(scene: Scene) -> list[dict] | None:
    """A request for a tool of the domain files that the prompt does not hold."""
    found = absent(scene)
    if found is None:
        return None
    definition, phrase = found
    request = scene.request(definition, phrase)
    return [user(request.text), refuse(scene, definition.tool)]


def refuse(scene: Scene, tool: domains.Tool) -> dict:
    """Says that there is no such tool; half the time also what it would have to do."""
    if not scene.tools and not scene.raw_tools:
        return assistant(scene.say("no_tools_at_all"))
    what = talk.first_sentence(tool.describe[scene.language][0])
    if len(what) > 70 or scene.chance(0.5):
        return talk.refusal(scene, "plain")
    return talk.refusal(scene, "named", what if scene.chinese or not what[1:2].islower() else what[:1].lower() + what[1:])


def absent(scene: Scene, near_share: float = 0.45) -> tuple[Definition, Phrase] | None:
    """A tool that is not there with a request for it: of files that the prompt does not touch, or of one that it does."""
    present = {definition.tool.key for definition in scene.tools}
    files = {definition.tool.file for definition in scene.tools}
    near = scene.chance(near_share)
    for attempt in range(40):
        if attempt == 25:
            near = False
        tool = scene.any_tool()
        if near and files:
            siblings = _siblings(scene, scene.pick(sorted(files)))
            tool = scene.pick(siblings) if siblings else tool
        if tool.key in present or (tool.file in files) != near or near and scene.clashes(tool):
            continue
        definition = scene.drawer.draw(tool, scene.language)
        phrases = definition.usable(tool.say[scene.language])
        if not phrases:
            continue
        phrase = scene.pick(phrases)
        if not near or not any(_might_serve(other.tool, tool, phrase) for other in scene.tools if other.tool.file == tool.file):
            return definition, phrase
    return None


def _siblings(scene: Scene, file: str) -> list[domains.Tool]:
    return by_file(combinations.pool() if file.startswith(combinations.GROUP) else scene.library).get(file, [])


def _might_serve(present: domains.Tool, wanted: domains.Tool, phrase: Phrase) -> bool:
    """Whether a tool of the same file could be taken for the one that is asked for: it does the same kind of thing, and the request says all that it needs."""
    if present.cluster is not None:
        return False
    return present.writes == wanted.writes and present.required <= phrase.params


def general(scene: Scene) -> list[dict]:
    """A question about the world, for which there is no tool."""
    if scene.chance(0.6):
        messages = talk.world(scene)
        if messages:
            return messages
    template = scene.pick(lexicon.toml("chat.toml")["world"][scene.language])
    text = noise.surround(scene.values.fill(template, scene.language), scene.language, scene.rng)
    return [user(text), talk.refusal(scene, "unknown")]
