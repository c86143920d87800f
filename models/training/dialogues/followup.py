"""A follow-up that names only what is new; everything else is carried over from the request before it."""
from __future__ import annotations

from dialogues import single
from dialogues.scene import Request, Scene, user

prepare = single.prepare


def turn(scene: Scene) -> list[dict] | None:
    """Needs a request before it; makes one where there is none."""
    before: list[dict] = []
    if scene.last is None:
        before = single.turn(scene) or []
    if scene.last is None:
        return None
    request = again(scene, scene.last[1])
    if request is None:
        return None
    scene.last = (request.definition, request)
    return [*before, user(request.text), *scene.exchange(request)]


def again(scene: Scene, previous: Request) -> Request | None:
    definition = previous.definition
    phrases = [phrase for phrase in definition.usable(definition.tool.again[scene.language]) if phrase.slots]
    if not phrases:
        return None
    for _ in range(6):
        phrase = scene.pick(phrases)
        request = scene.request(definition, phrase)
        drawn = {**previous.drawn, **request.drawn}
        follow_up = Request(definition, request.text, drawn)
        if follow_up.arguments() != previous.arguments() and definition.required <= {slot.split(".")[0] for slot in drawn}:
            return follow_up
    return None
