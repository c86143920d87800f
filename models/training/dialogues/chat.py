"""Plain talk: greetings, thanks, what the assistant is and what it can do. No calls."""
from __future__ import annotations

import lexicon
from dialogues import noise
from dialogues.scene import Scene, assistant, user


def prepare(scene: Scene) -> None:
    if scene.chance(0.3):
        scene.no_tools = True
    else:
        scene.add(scene.any_tool())


def turn(scene: Scene) -> list[dict] | None:
    if scene.chance(0.35):
        return _can_do(scene)
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
    """Writes the lists of abilities once the order of the tools in the prompt is known."""
    for message in messages:
        if message.pop("can_do", False):
            message["content"] = scene.say("can_do", list=listing(tools))


def listing(tools: list[dict]) -> str:
    """One line a tool, in the order of the prompt: its description as it stands there, else its name."""
    functions = [tool.get("function", tool) for tool in tools]
    return "\n".join(f"- {first_sentence(function.get('description') or function['name'])}" for function in functions)


def first_sentence(text: str) -> str:
    text = text.split("\n")[0]
    for end in (". ", "。"):
        text = text.split(end)[0]
    return text.rstrip(".。")
