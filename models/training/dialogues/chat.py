"""Plain talk: greetings, thanks, what the assistant is and what it can do. No calls."""
from __future__ import annotations

import lexicon
from dialogues import noise, talk
from dialogues.scene import Scene, assistant, user


def prepare(scene: Scene) -> None:
    if scene.chance(0.15):
        scene.no_tools = True
    else:
        scene.add(scene.any_tool())


def turn(scene: Scene) -> list[dict] | None:
    chance = scene.rng.random()
    if chance < 0.15:
        return _can_do(scene)
    if chance < 0.8:
        kinds = (talk.line, talk.known, talk.sums, talk.opinion, talk.writing)
        return scene.rng.choices(kinds, (65, 8, 9, 8, 10))[0](scene) or talk.line(scene)
    group = scene.pick(lexicon.toml("chat.toml")["talk"])
    text = scene.values.fill(scene.pick(group["user"][scene.language]), scene.language)
    if scene.chance(0.3):
        text = text.rstrip(".!?。！？") or text
    if scene.chance(0.15) and not scene.chinese:
        text = text.lower()
    return [user(text), assistant(scene.pick(group["assistant"][scene.language]))]


def _can_do(scene: Scene) -> list[dict]:
    question = scene.pick(lexicon.toml("chat.toml")["can_do"][scene.language])
    if scene.chance(0.2):
        question = noise.surround(question, scene.language, scene.rng)
    present = [definition.json for definition in scene.tools] + scene.raw_tools
    if not present:
        return [user(question), assistant(scene.say("can_do_nothing"))]
    return [user(question), {"role": "assistant", "content": "", "can_do": True}]


def complete(messages: list[dict], tools: list[dict], scene: Scene) -> None:
    """Writes what the tools can do once the order of the tools in the prompt is known."""
    for message in messages:
        if message.pop("can_do", False):
            message["content"] = scene.say("can_do", list=listing(tools))
        if message.pop("offer", False):
            message["content"] = message["content"].replace("{offer}", talk.offer(tools, scene))


def listing(tools: list[dict]) -> str:
    """One line a tool, in the order of the prompt: its description as it stands there, else its name."""
    functions = [tool.get("function", tool) for tool in tools]
    return "\n".join(f"- {talk.first_sentence(function.get('description') or function['name'])}" for function in functions)
