"""The tool search_passages: when to call it, with which query, and how to answer from what it finds."""
from __future__ import annotations

import lexicon
from dialogues import noise, passages
from dialogues.scene import Scene, assistant, calls, tool, user


def prepare(scene: Scene) -> None:
    scene.knows_anything = True
    data = lexicon.toml("passages.toml")
    stock = scene.chance(0.6)
    language = scene.drawer.style.language
    scene.search_name = "search_passages" if stock else scene.pick(data["tool_names"])
    scene.search_parameter = "query" if stock else scene.pick(data["tool_parameters"])
    parameter: dict = {"type": "string"}
    if scene.chance(0.8):
        parameter["description"] = scene.pick(data["tool_parameter_description"][language])
    properties = {scene.search_parameter: parameter}
    if scene.chance(0.2):
        properties["top"] = {"type": "integer", "description": "数量" if language == "zh" else "How many passages"}
    function = {"name": scene.search_name, "description": scene.pick(data["tool_description"][language]),
                "parameters": {"type": "object", "properties": properties, "required": [scene.search_parameter]}}
    scene.add_raw({"type": "function", "function": function} if scene.drawer.style.wrap else function)


def turn(scene: Scene) -> list[dict] | None:
    data = lexicon.toml("passages.toml")
    reading = passages.read(scene)
    question = reading.question
    chance = scene.rng.random()
    if chance < 0.35:
        opening = scene.pick(data["search_opening"][scene.language])
        text = opening + question if scene.chinese or opening.endswith(": ") else opening + noise.decapital(question)
    elif chance < 0.5:
        text = noise.surround(question, scene.language, scene.rng)
    else:
        text = question
    call = {"name": scene.search_name, "arguments": {scene.search_parameter: question}}
    if not reading.found and scene.chance(0.4):
        content = scene.dump([]) if scene.chance(0.5) else scene.dump({"passages": []})
        return [user(text), calls([call]), tool(content), assistant(scene.say("found_nothing"))]
    return [user(text), calls([call]), tool(_encode(scene, reading.passages)), assistant(reading.answer)]


def _encode(scene: Scene, found: list[passages.Passage]) -> str:
    form = scene.pick(("text", "text", "list", "object"))
    if form == "text":
        return passages.numbered(scene, found)
    number = scene.pick(("n", "number", "id", "index"))
    entries = [{number: index, **({"title": passage.title} if scene.chance(0.7) else {}), "text": passage.text} for index, passage in enumerate(found, 1)]
    return scene.dump(entries if form == "list" else {"passages": entries})
