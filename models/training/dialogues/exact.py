"""Calls whose values are easily got wrong: two of one kind, choices that go by other words, numbers in words, names that end where one does not expect it."""
from __future__ import annotations

import dataclasses

from dialogues import followup, single
from dialogues.scene import Scene, by_file, user

PAIRS = "two_of_a_kind.toml"
_COUNTED = frozenset("int number money rows".split())
_NAMES = frozenset("city company product title person food given_name topic word".split())


def prepare(scene: Scene) -> None:
    kind = scene.rng.choices(("pairs", "choice", "number", "name"), (28, 30, 20, 22))[0]
    if kind == "pairs" and PAIRS in by_file(scene.library):
        scene.add(scene.pick(by_file(scene.library)[PAIRS]))
        return
    if kind == "choice":
        scene.drawer.style = dataclasses.replace(scene.drawer.style, coded=0.9)
    kinds = {"choice": frozenset(("enum",)), "number": _COUNTED}.get(kind, _NAMES)
    for _ in range(20):
        tool = scene.any_tool()
        if any(param.kind in kinds and param.required for param in tool.params):
            break
    scene.add(tool)


def turn(scene: Scene) -> list[dict] | None:
    """One request, and now and then the same with another value."""
    messages = single.turn(scene)
    if messages and scene.last and scene.chance(0.25):
        again = followup.changed(scene, scene.last[1])
        if again is not None:
            scene.last = (again.definition, again)
            messages += [user(again.text), *scene.exchange(again)]
    return messages
