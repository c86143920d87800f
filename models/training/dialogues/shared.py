"""What requests have in common: tools that take the same value, the value carried from one to the other, a parameter's name in words."""
from __future__ import annotations

import re

from dialogues.scene import Request, Scene, by_file
from domains import Param
from schema import Definition
from values import Value

# Descriptions that are questions in disguise and name nothing.
_QUESTION = re.compile(r"^(where|who|which|what|how|whether|when|why|if|only|optional|include|also|send)\b|^(哪|是否|几|谁|什么|只|多少|怎|为何|何)|[;,，；?？(（]", re.IGNORECASE)


def add_pair(scene: Scene) -> None:
    """A tool, and mostly a second one that takes a value of the same kind."""
    scene.add(scene.any_tool())
    if not scene.tools or scene.chance(0.2):
        return
    first = scene.tools[-1]
    library = scene.library if first.tool in by_file(scene.library).get(first.tool.file, ()) else None
    siblings = by_file(library)[first.tool.file] if library else ()
    near = [tool for tool in siblings if tool is not first.tool and any(_same(one, other) for one in first.tool.params for other in tool.params)]
    if near:
        scene.add(scene.pick(near))


def _same(one: Param, other: Param) -> bool:
    return one.key == other.key and one.kind == other.kind and one.required and other.required and not one.fields


def shares(first: Definition, second: Definition, key: str) -> bool:
    """Whether both take a value of that name and kind."""
    return key in first.keys and key in second.keys and _same(first.argument(key).param, second.argument(key).param)


def carried(second: Definition, key: str, previous: Request) -> Value | None:
    """The value as the second tool wants it; None where its form is another."""
    value = previous.drawn.get(key)
    if value is None or previous.definition.argument(key).form.name != second.argument(key).form.name:
        return None
    argument = second.argument(key)
    if "enum" in argument.schema and value.json not in argument.schema["enum"]:
        return None
    return value


def label(scene: Scene, param: Param) -> str | None:
    """What the parameter is called in words; None where its descriptions name nothing."""
    for text in param.describe[scene.language]:
        text = text.rstrip(".。")
        if not _QUESTION.search(text):
            return text
    return None
