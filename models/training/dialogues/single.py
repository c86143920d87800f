"""One request, one call, one answer."""
from __future__ import annotations

from dialogues.scene import Scene, user


def prepare(scene: Scene) -> None:
    scene.add(scene.any_tool())


def turn(scene: Scene) -> list[dict] | None:
    definition = scene.usable()
    if definition is None:
        return None
    request = scene.request(definition)
    scene.last = (definition, request)
    return [user(request.text), *scene.exchange(request)]
