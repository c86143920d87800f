"""A request that no tool in the prompt can serve: the assistant says so and does not call."""
from __future__ import annotations

import domains
import lexicon
from dialogues import noise
from dialogues.scene import Scene, assistant, user


def prepare(scene: Scene) -> None:
    if scene.chance(0.12):
        scene.no_tools = True
        return
    scene.add(scene.any_tool())


def turn(scene: Scene) -> list[dict] | None:
    if scene.chance(0.2):
        return _general(scene)
    absent = _absent(scene)
    if absent is None:
        return _general(scene)
    definition = scene.drawer.draw(absent, scene.language)
    request = scene.request(definition, scene.pick(definition.usable(absent.say[scene.language])))
    return [user(request.text), assistant(_refusal(scene))]


def _refusal(scene: Scene) -> str:
    return scene.say("no_tool" if scene.tools or scene.raw_tools else "no_tools_at_all")


def _absent(scene: Scene) -> domains.Tool | None:
    """Mostly a tool of files that the prompt does not touch; sometimes a sibling of one in the prompt."""
    present = {definition.tool.key for definition in scene.tools}
    files = {definition.tool.file for definition in scene.tools}
    near = scene.chance(0.2)
    for _ in range(30):
        tool = scene.any_tool()
        if tool.key in present or (tool.file in files) != near:
            continue
        if near and (scene.clashes(tool) or sum(definition.tool.file == tool.file for definition in scene.tools) > 1):
            continue
        return tool
    return None


def _general(scene: Scene) -> list[dict]:
    """A question about the world, for which there is no tool."""
    template = scene.pick(lexicon.toml("chat.toml")["world"][scene.language])
    text = noise.surround(scene.values.fill(template, scene.language), scene.language, scene.rng)
    return [user(text), assistant(scene.say("unknown"))]
